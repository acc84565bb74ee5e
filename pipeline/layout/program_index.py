"""Tables that a program wrote with its own index: a count of columns above them and one of rows beside them.

Such programs repeat a merged cell in each of its fields; it is one cell again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from pipeline.document import Block, Cell, Document, Grid, Paragraph
from pipeline.readers.fields import FieldRow, Fields, cells_of, filled, without_index

_LEAST_COLUMNS = 2


def without_indexes(document: Document) -> Document:
    """The document with its tables as they were before a program numbered their rows and columns."""
    if not any(_has_index(b) for b in document.blocks):
        return document
    numbers = count(max(g.number for g in document.grids) + 1)
    return replace(document, blocks=tuple(plain for b in document.blocks for plain in _plain(b, numbers)))


def _has_index(block: Block) -> bool:
    if not isinstance(block, Grid) or block.folded:
        return False
    # In hardly any grid the first cells of a row count so, and the rows take time to make.
    begun = {c.row for c in block.cells if c.text == "0" and c.col < 2}
    goes_on = begun and any(c.text == "1" and c.row in begun for c in block.cells)
    return bool(goes_on) and any(map(_is_index, block.rows))


def _is_index(row: Sequence[Cell]) -> bool:
    """True for a row that counts the columns from nought."""
    if len(row) < _LEAST_COLUMNS or row[1].text not in ("0", "1"):  # most rows: this is asked of all
        return False
    printed = [c for c in row if not c.is_blank]
    if len(printed) < _LEAST_COLUMNS or [c.text for c in printed] != [str(n) for n in range(len(printed))]:
        return False
    first = printed[0].col
    return first < 2 and [c.col for c in printed] == list(range(first, first + len(printed)))


def _plain(block: Block, numbers: Iterator[int]) -> Sequence[Block]:
    """The lines and tables of a grid in which nothing else stands than these; else the grid as it is."""
    if not isinstance(block, Grid) or not _has_index(block):
        return (block,)
    made: list[Block] = []
    rows, at = block.rows, 0
    while at < len(rows):
        end = at + 1
        if _is_index(rows[at]):
            while end < len(rows) and rows[end][0].text == str(end - at - 1):
                end += 1
            table = _table(rows[at:end], block, next(numbers) if made else block.number)
            if table is None:
                return (block,)
            made.append(table)
        else:
            printed = [c for c in rows[at] if not c.is_blank]
            if len(printed) > 1:
                return (block,)
            made += [Paragraph(c.text, page=c.page, line=c.line) for c in printed]
        at = end
    return made


def _table(rows: Sequence[Sequence[Cell]], block: Grid, number: int) -> Grid | None:
    """A table without the index above and beside it; None where a cell is merged or its rows differ in length.

    Blank cells to the right of the index are left out: another table of the sheet is wider.
    """
    last = max(c.col for c in rows[0] if not c.is_blank)
    if any(c.col > last and not c.is_blank for row in rows for c in row):
        return None
    rows = [[c for c in row if c.col <= last] for row in rows]
    if len({len(row) for row in rows}) > 1 or any(c.row_span > 1 or c.col_span > 1 for row in rows for c in row):
        return None
    fields = tuple(FieldRow(row[0].line or 0, tuple(filled(c.text) for c in row)) for row in rows)
    plain = without_index(Fields(fields, len(fields)))
    page = rows[0][0].page
    cells = tuple(c._replace(page=page, line=c.line or None) for c in cells_of(plain, number))
    return replace(block, number=number, cells=cells, ragged=False) if len(plain.rows) < len(rows) else None
