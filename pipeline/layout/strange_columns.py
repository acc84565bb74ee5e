"""Columns that a table has beside those of its form, under heads that are in no form: 占比, 上年总计, labels once more.

Where the header names every column of the form exactly once, what stands under another head is none of its figures: it
is taken out with an issue. So is a row that numbers the columns, where it has no label by which it could be told from
figures. Indicator tables, open tables and tables of several blocks keep such columns for `matching`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from pipeline.document import Cell, Grid
from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import label
from pipeline.numbers import is_figure


def without_strange_columns(grid: Grid, table: FormTable) -> tuple[Grid, tuple[Issue, ...]]:
    """The grid without such columns, and an issue for each."""
    if grid.folded or table.beside or table.open or len(table.blocks) != 1:
        return grid, ()
    grid, numbers = _without_numbers(grid, table)
    header = list(takewhile(lambda row: not any(is_figure(c.text) and not c.is_blank for c in row), grid.rows))
    strange = _strange(header, grid, table) if header else []
    if not strange:
        return grid, numbers
    gone = {c.col for c in strange}
    cells = tuple(c for c in grid.cells if c.col not in gone)
    issues = tuple(issue("column-aside", table_no=table.number, printed=c.text.strip(), at=c) for c in strange)
    return replace(grid, cells=cells), (*numbers, *issues)


def _without_numbers(grid: Grid, table: FormTable) -> tuple[Grid, tuple[Issue, ...]]:
    """The grid of a table without stub, without a row 1, 2, 3 … above its figures."""
    if any(r.path for r in table.rows):
        return grid, ()
    rows = [[c for c in row if not c.is_blank] for row in grid.rows if any(is_figure(c.text) for c in row)]
    if len(rows) < 2 or [c.text.strip() for c in rows[0]] != [str(n + 1) for n in range(len(table.blocks[0].columns))]:
        return grid, ()
    first = rows[0][0]
    told = issue("row-aside", table_no=table.number, printed=" ".join(c.text.strip() for c in rows[0]), at=first)
    return replace(grid, cells=tuple(c for c in grid.cells if c.row != first.row)), (told,)


def _strange(header: Sequence[Sequence[Cell]], grid: Grid, table: FormTable) -> list[Cell]:
    """The heads right of the form's first column that name none of its columns, where all of these are named."""
    names = {n: c.leaf.text for c in table.blocks[0].columns for n in c.names}
    lowest = {c.col: c for row in header for c in row if not c.is_blank}
    named = {col: names[t] for col, c in lowest.items() if (t := label(c.text).text) in names}
    if Counter(named.values()) != Counter(c.leaf.text for c in table.blocks[0].columns):
        return []
    first = min(named)
    strange = [c for col, c in lowest.items() if col > first and col not in named and _is_narrow(c, grid)]
    return strange if strange and _has_stub(header, first, grid, table) else []


def _is_narrow(head: Cell, grid: Grid) -> bool:
    """True where a head is over one column alone, in which no cell is part of another column too."""
    within = (c for c in grid.cells if c.col <= head.col < c.col + c.col_span and c.row > head.row)
    return head.col_span == 1 and all(c.col_span == 1 for c in within)


def _has_stub(header: Sequence[Sequence[Cell]], first: int, grid: Grid, table: FormTable) -> bool:
    """True where the labels of the rows stand before the columns, or the table has none."""
    return not any(r.path for r in table.rows) or any(_stubs(header, first, grid, table))


def _stubs(header: Sequence[Sequence[Cell]], first: int, grid: Grid, table: FormTable) -> Iterator[bool]:
    below = header[-1][0].row
    return (label(c.text).text in table.stubs for c in grid.cells if c.col < first and c.row > below)
