"""Rows without rulings whose cells print several lines: figures alone on a line that stand over or below another.

Where the label beside them stands at their middle, such lines reach over its own. What else prints figures alone is
left as a line by itself. Labels and heads that wrap reach over the lines beside them in the same way: where all of
their lines make labels that are known, these are one row too. What does *not* belong here: whether two lines are one
figure, which the identities say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.numbers import is_figure
from pipeline.readers.pdf.lines import CELL_LEADING, UNIT, TextLine, joined, pieces_of, segments_of
from pipeline.readers.vocabulary import NO_WORDS, Vocabulary

_BEGINS_SO = re.compile(r"[^\w\s]{0,2}\s?[0-9]|[百千万亿]")
_LIKE_FIGURE = re.compile(  # a number with a sign or a mark beside it, a part of one, or what it is counted in
    r"[^\w\s]{0,2}\s?[0-9][0-9,.，．·]*\s?(?:[%％)）]|[百千万亿]?[元件项条个份次]?)|[百千万亿]{1,2}[元件项条个份次]?"
)


@dataclass(frozen=True, slots=True)
class TallRow:
    """Several lines that are one row of a table, and its cells from left to right, each the lines that it prints."""

    lines: tuple[TextLine, ...]
    cells: tuple[tuple[TextLine, ...], ...]

    @property
    def texts(self) -> list[str]:
        """The text of each cell, its lines apart."""
        return ["\n".join(p.text for p in cell) for cell in self.cells]


def tall_rows(lines: Sequence[TextLine], words: Vocabulary = NO_WORDS) -> Mapping[int, TallRow]:
    """The rows of several lines of a page, which come from top to bottom, by the number of their first line."""
    return {**_rows_of_labels(lines, words), **_rows_of_figures(lines)}


def _rows_of_labels(lines: Sequence[TextLine], words: Vocabulary) -> Mapping[int, TallRow]:
    """The rows that are tall since labels wrap in them."""
    found: dict[int, TallRow] = {}
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _is_beside(lines[end - 1], lines[end]):
            end += 1
        if end > at + 1 and (row := _row_of_labels(lines[at:end], words)):
            found[at] = row
        at = end
    return found


def _is_beside(line: TextLine, below: TextLine) -> bool:
    """True for a line that stands less than its height below another."""
    return line.page == below.page and below.top < line.bottom


def _row_of_labels(lines: Sequence[TextLine], words: Vocabulary) -> TallRow | None:
    """The row of some lines, of which labels that wrap reach over others; None where one of these is not known."""
    cells = tuple(_cells([p for line in lines for p in pieces_of(line)]))
    texts = [joined(p.text for p in cell) for cell in cells]
    wrapped = [text for text, cell in zip(texts, cells, strict=True) if len(cell) > 1]
    if len(cells) == 1 or not wrapped or not all(map(words.knows, wrapped)):
        return None
    if not all(words.knows(t) or is_like_figure(t) or len(t) <= UNIT for t in texts):
        return None
    return TallRow(tuple(lines), tuple((replace(c[0], text=t),) for c, t in zip(cells, texts, strict=True)))


def _rows_of_figures(lines: Sequence[TextLine]) -> Mapping[int, TallRow]:
    alone = [bool(_BEGINS_SO.match(line.text)) and _are_figures(segments_of(line)) for line in lines]
    found: dict[int, TallRow] = {}
    at = 0
    while any(alone[at:]):
        row = next((r for end in _ends(at, alone) if (r := _row(lines[at:end], alone[at:end]))), None)
        if row is not None:
            found[at] = row
        at += len(row.lines) if row else 1
    return found


def is_like_figure(text: str) -> bool:
    """True for a figure, and for what is a part of one or has a sign beside it: `12345.`, `.6789`, `≥12`, `(10)`."""
    return is_figure(text) or bool(_LIKE_FIGURE.fullmatch(text))


def _are_figures(parts: Sequence[TextLine]) -> bool:
    return all(any(c.isdigit() or c in "百千万亿" for c in p.text) and is_like_figure(p.text) for p in parts)


def _ends(at: int, alone: Sequence[bool]) -> Iterator[int]:
    """Where a row of several lines that begins at one may end, the longest first: all but one are of figures alone."""
    own = at if not alone[at] else next((n for n in range(at, len(alone)) if not alone[n]), None)
    if own is not None:
        end = next((n for n in range(own + 1, len(alone)) if not alone[n]), len(alone))
        yield from range(end, max(own, at + 1), -1)


def _row(lines: Sequence[TextLine], alone: Sequence[bool]) -> TallRow | None:
    """The row of which one line prints the label, and the others belong to cells beside it; None where they do not."""
    own = lines[alone.index(False)]
    label, *beside = segments_of(own)
    others = [p for line in lines if line is not own for p in segments_of(line)]
    figures = [*others, *(p for p in beside if is_like_figure(p.text))]
    if (
        len({line.page for line in lines}) > 1
        or is_figure(label.text)
        or any(p.x0 < label.x1 for p in others)
        or any(line.bottom <= own.top for line in lines[: alone.index(False)])  # over the label, not beside it
        or not all(any(_is_over(p, q) or _is_over(q, p) for q in figures) for p in others)
    ):
        return None
    return TallRow(tuple(lines), tuple(_cells([label, *beside, *others])))


def _is_over(a: TextLine, b: TextLine) -> bool:
    """True for a figure that stands right over another."""
    return min(a.x1, b.x1) > max(a.x0, b.x0) and 0 <= b.top - a.bottom <= CELL_LEADING * a.size


def _cells(parts: Sequence[TextLine]) -> Iterator[tuple[TextLine, ...]]:
    """The parts that stand over each other together, from left to right."""
    cells: list[list[TextLine]] = []
    for part in sorted(parts, key=lambda p: p.x0):
        if cells and part.x0 < max(p.x1 for p in cells[-1]):
            cells[-1].append(part)
        else:
            cells.append([part])
    yield from (tuple(sorted(cell, key=lambda p: p.top)) for cell in cells)
