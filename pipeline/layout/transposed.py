"""Tables printed with the columns of their form as rows: the applicants below each other, the results as heads.

What does *not* belong here: a table without labels for its rows, whose groups and outcomes stand around one figure each
(`arranged`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.document import Block, Cell, Grid
from pipeline.forms.model import Form
from pipeline.labels import label
from pipeline.numbers import is_figure


def transposed(block: Block, forms: Sequence[Form]) -> tuple[Grid, int] | None:
    """The grid with rows and columns exchanged, and the number of its table, where its labels stand so.

    Most rows of the form must be named above the figures, and all its columns left of them.
    """
    if not isinstance(block, Grid) or block.folded or not block.cells:
        return None
    at = next((row[0].row for row in block.rows if any(is_figure(c.text) and not c.is_blank for c in row)), 0)
    if not at:
        return None
    above = frozenset(label(c.text).text for c in block.cells if c.row < at and c.text)
    for number, rows, columns in _tables(tuple(forms)):
        if 2 * sum(not names.isdisjoint(above) for names in rows) < len(rows):
            continue
        first = min((c.col for c in block.cells if is_figure(c.text) and not c.is_blank), default=0)
        left = frozenset(label(c.text).text for c in block.cells if c.col < first and c.row >= at)
        if all(not names.isdisjoint(left) for names in columns):
            return _exchanged(block), number
    return None


_Names = tuple[frozenset[str], ...]


@lru_cache(maxsize=8)
def _tables(forms: tuple[Form, ...]) -> tuple[tuple[int, _Names, _Names], ...]:
    """The number of each table of one block with labels for its rows, with the names of its rows and columns."""
    tables = (t for f in forms for t in f.tables if len(t.blocks) == 1 and not t.beside and any(r.path for r in t.rows))
    return tuple(
        (t.number, tuple(r.names for r in t.rows), tuple(c.names for c in t.blocks[0].columns)) for t in tables
    )


def _exchanged(grid: Grid) -> Grid:
    cells = (c._replace(row=c.col, col=c.row, row_span=c.col_span, col_span=c.row_span) for c in grid.cells)
    return replace(grid, cells=tuple(sorted(cells, key=_place)))


def _place(cell: Cell) -> tuple[int, int]:
    return cell.row, cell.col
