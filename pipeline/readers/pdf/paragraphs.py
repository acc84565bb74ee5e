"""Lines to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.document import Paragraph
from pipeline.numbers import OBJECT, is_figure
from pipeline.readers.pdf.lines import UNIT, TextLine, columns_of, joined, pieces_of, segments_of
from pipeline.readers.pdf.tall_rows import is_like_figure, tall_rows
from pipeline.readers.vocabulary import NO_WORDS, Vocabulary

_SAME_SIZE = 0.1
_LEADING = 1.3  # of the font size: a wider gap between lines ends a paragraph
_RAGGED = 2.5  # of the font size: how far before the margin a full line may end
_INDENT = 1.2  # of the font size: a line that starts further in begins a paragraph
_HALF_WAY = 0.25  # of the font size: how far from the middle between two rows figures of both may stand
_ROWS = 4.0  # of the font size: the largest distance of such rows
_UNIT_BESIDE = re.compile(rf"(?=.*[0-9])(?:[0-9]{{1,2}}\s?)?[^\W\d]{{1,{UNIT}}}(?:\s?[0-9.,]+)?")
_BESIDE_UNITS = ([False, True], [True, False], [True, False, True])  # which of the cells are figures
_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十]{1,3}[）)])")
_HEADING_LENGTH = 25


def paragraphs(
    lines: Sequence[TextLine], left: float, right: float, words: Vocabulary = NO_WORDS
) -> Iterator[Paragraph]:
    """Lines between two margins as paragraphs: a line goes on with the one before where that one was full.

    The row of a table without rulings is a paragraph of its own, its columns two spaces apart. Figures of two rows get
    the sign of an object, since nobody can say whose they are.
    """
    tall = tall_rows(lines, words)
    parts: list[TextLine] = []
    inside = 0
    for n, line in enumerate(lines):
        if n < inside:
            continue
        inside = n + len(tall[n].lines) if n in tall else n
        row = tall[n].texts if n in tall else _cells_of(line, words)
        is_of_two = len(lines) > n + 1 and n > 0 and _is_between(lines[n - 1 : n + 2], words)
        row = [text + OBJECT for text in row] if is_of_two else row
        if n in tall or is_of_two or (len(row) > 1 and any(map(is_like_figure, row))):
            if parts:
                yield Paragraph(joined(p.text for p in parts), parts[0].page)
                parts = []
            yield Paragraph("  ".join(row), line.page)
            continue
        if parts and not _goes_on(parts, line, left, right):
            yield Paragraph(joined(p.text for p in parts), parts[0].page)
            parts = []
        parts.append(line)
    if parts:
        yield Paragraph(joined(p.text for p in parts), parts[0].page)


def _cells_of(line: TextLine, words: Vocabulary) -> list[str]:
    """The texts of a line between wide gaps; behind a label that is known, a unit apart from what stands beside it."""
    texts = columns_of(line)
    if len(texts) < 2 or not any(_UNIT_BESIDE.fullmatch(text) for text in texts[1:]):
        return texts
    parts = segments_of(line)
    if len(parts) != len(texts):
        return texts
    made = texts[:1]
    for before, part in pairwise(parts):
        cells = [p.text for p in pieces_of(part)] if words.knows(before.text) else []
        made += cells if _are_of_a_row(cells) else [part.text]
    return made


def _are_of_a_row(cells: Sequence[str]) -> bool:
    """True for a unit and what stands beside it: the number of the row before it, its figure behind it, or both."""
    digits = [is_figure(text) for text in cells]
    units = [text for text, is_digits in zip(cells, digits, strict=True) if not is_digits]
    return digits in _BESIDE_UNITS and len(units[0]) <= UNIT


def _is_between(lines: Sequence[TextLine], words: Vocabulary) -> bool:
    """True for figures alone half-way between two labels without any: those of a cell merged over two rows."""
    above, line, below = lines
    if not line.text[:1].isdigit() or line.x0 < max(above.x1, below.x1) or not above.page == line.page == below.page:
        return False
    off = line.top - (above.top + below.top) / 2
    is_half_way = abs(off) <= _HALF_WAY * line.size and below.top - above.top <= _ROWS * line.size
    labels = words.knows(above.text) and words.knows(below.text)
    return is_half_way and labels and all(is_like_figure(text) for text in columns_of(line))


def _goes_on(parts: Sequence[TextLine], line: TextLine, left: float, right: float) -> bool:
    last, size = parts[-1], line.size
    if abs(last.size - size) > _SAME_SIZE * size or _HEADING.match(line.text):
        return False
    if len(parts) == 1 and _HEADING.match(last.text) and len(last.text) <= _HEADING_LENGTH:
        return False
    if last.page == line.page and line.top - last.bottom > _LEADING * size:
        return False
    return last.x1 >= right - _RAGGED * size and line.x0 <= left + _INDENT * size
