"""Columns and rows of another year beside those of the report's own, in one table of a form.

A head or a label that is a year takes its columns or its row out, where another one is of the report's own year. What
stands above or below the own year's head then heads the columns alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.document import Cell, Grid
from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label
from pipeline.layout.periods import EARLIER_YEAR
from pipeline.numbers import is_figure

_TWO = re.compile("[2２]")  # every year of a report begins so; most cells do not hold it
_YEAR = re.compile(r"^(20[0-9]{2})(?:年度?)?(?:数量?|情况|合计|实际)?$")
_MAY = re.compile(
    r"(?:^|\n)\s*[2２]\s*[0０]\s*[0-9０-９]\s*[0-9０-９]\s*(?:[年数量情合实]|\n|$)"
    rf"|(?:{EARLIER_YEAR})(?:同期|数)?\s*(?:\n|$)"
)
# A part of whatever `_MAY` finds; since it begins with one of a few characters, it is searched for many times faster.
_SIGN = re.compile(
    r"[2２上去前往](?:(?<=[上去前往])一?年|\s*[0０]\s*[0-9０-９]\s*[0-9０-９]\s*(?:[年数量情合实]|\n|$))"
)
_LAST = re.compile(rf"^(?:{EARLIER_YEAR})(?:同期)?(?:数量?|情况)?$")

_THIS = re.compile(r"^(?:本年度?|今年|当年)(?:数量?|情况|合计)?$")


def without_other_years(grid: Grid, year: int, table: FormTable) -> tuple[Grid, tuple[Issue, ...]]:
    """The grid without the columns and rows of other years, and an issue for each of them."""
    if grid.folded:
        return grid, ()
    printed = "\n".join([c.text for c in grid.cells])
    if not _SIGN.search(printed) or not _MAY.search(printed):
        return grid, ()
    kept, issues = _of_columns(grid, year, table)
    rows, more = _of_rows(kept, year, table)
    return rows, (*issues, *more)


def _year_of(cell: Cell) -> int | None:
    found = _YEAR.match(compact(cell.text)) if _TWO.search(cell.text) else None
    return int(found[1]) if found else None


def _is_last(cell: Cell) -> bool:
    return bool(_LAST.match(compact(cell.text)))


def _year_in_words(cell: Cell, year: int) -> int | None:
    """The year that 本年 or 上年 means in a report of `year`."""
    return year if _THIS.match(compact(cell.text)) else year - 1 if _is_last(cell) else None


def _of_columns(grid: Grid, year: int, table: FormTable) -> tuple[Grid, tuple[Issue, ...]]:
    cells = list(grid.cells)
    issues: list[Issue] = []
    rows = grid.rows
    for n, row in enumerate(rows):
        if any(is_figure(c.text) and not _year_of(c) for c in row):
            continue
        own = [c for c in row if _year_of(c) == year]
        others = [c for c in row if (_year_of(c) or year) != year or _is_last(c)]
        if not own or not others:
            continue
        until = next((r[0].row for r in rows[n + 1 :] if _heads_again(r, table)), rows[-1][0].row + 1)
        below = range(row[0].row, until)
        gone = {f for c in others for f in range(c.col, _end(c, row))}
        cells = [c for c in cells if c.row not in below or c.col not in gone]
        cells = list(_renamed(cells, own, table))
        issues += [issue("column-elsewhere", table_no=table.number, printed=c.text.strip(), at=c) for c in others]
    return (replace(grid, cells=tuple(cells)) if issues else grid), tuple(issues)


def _end(head: Cell, row: Sequence[Cell]) -> int:
    """The field behind a head: where its span ends, or without one where the next is printed."""
    behind = [c.col for c in row if c.col > head.col and not c.is_blank]
    return head.col + head.col_span if head.col_span > 1 else min(behind, default=row[-1].col + row[-1].col_span)


def _heads_again(row: Sequence[Cell], table: FormTable) -> bool:
    """True for a row of years or of a corner, with which another header begins."""
    corners = {label(c).text for c in table.corner}
    return any(label(c.text).text in corners for c in row)


def _renamed(cells: Sequence[Cell], own: Sequence[Cell], table: FormTable) -> Iterator[Cell]:
    """The cells, the head of the own year as the column that is named above it, or without that head."""
    columns = {n for b in table.blocks for c in b.columns for n in c.names | c.damaged_names}
    above = {head: next((c for c in cells if _covers(c, head) and label(c.text).text in columns), None) for head in own}
    gone = {c for c in above.values() if c is not None}
    for cell in cells:
        if cell in above:
            over = above[cell]
            if over is not None:
                yield cell._replace(text=over.text)
        elif cell not in gone:
            yield cell


def _covers(cell: Cell, head: Cell) -> bool:
    return cell.row < head.row <= cell.row + cell.row_span and cell.col <= head.col < cell.col + cell.col_span


def _of_rows(grid: Grid, year: int, table: FormTable) -> tuple[Grid, tuple[Issue, ...]]:
    """For a table whose one row has no label: the row of the report's year, without its year."""
    if any(r.path for r in table.rows):
        return grid, ()
    long = [row for row in grid.rows if len(row) > len(table.rows[0].path) + 2]
    labelled = [(row, y) for row in long if (y := _year_of(row[0]) or _year_in_words(row[0], year))]
    others = [row for row, y in labelled if y != year]
    if not others or len(others) == len(labelled):
        return grid, ()
    gone = {c for row in others for c in row} | {row[0] for row, _ in labelled}
    issues = tuple(issue("row-elsewhere", table_no=table.number, printed=r[0].text.strip(), at=r[0]) for r in others)
    return replace(grid, cells=tuple(c for c in grid.cells if c not in gone)), issues
