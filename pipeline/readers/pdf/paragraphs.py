"""Lines to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.document import Paragraph
from pipeline.readers.pdf.lines import TextLine, columns_of, joined
from pipeline.readers.pdf.tall_rows import is_like_figure, tall_rows

_SAME_SIZE = 0.1
_LEADING = 1.3  # of the font size: a wider gap between lines ends a paragraph
_RAGGED = 2.5  # of the font size: how far before the margin a full line may end
_INDENT = 1.2  # of the font size: a line that starts further in begins a paragraph
_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十]{1,3}[）)])")
_HEADING_LENGTH = 25


def paragraphs(lines: Sequence[TextLine], left: float, right: float) -> Iterator[Paragraph]:
    """Lines between two margins as paragraphs: a line goes on with the one before where that one was full.

    The row of a table without rulings is a paragraph of its own, its columns two spaces apart.
    """
    tall = tall_rows(lines)
    parts: list[TextLine] = []
    inside = 0
    for n, line in enumerate(lines):
        if n < inside:
            continue
        inside = n + len(tall[n].lines) if n in tall else n
        row = tall[n].texts if n in tall else columns_of(line)
        if n in tall or (len(row) > 1 and any(map(is_like_figure, row))):
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


def _goes_on(parts: Sequence[TextLine], line: TextLine, left: float, right: float) -> bool:
    last, size = parts[-1], line.size
    if abs(last.size - size) > _SAME_SIZE * size or _HEADING.match(line.text):
        return False
    if len(parts) == 1 and _HEADING.match(last.text) and len(last.text) <= _HEADING_LENGTH:
        return False
    if last.page == line.page and line.top - last.bottom > _LEADING * size:
        return False
    return last.x1 >= right - _RAGGED * size and line.x0 <= left + _INDENT * size
