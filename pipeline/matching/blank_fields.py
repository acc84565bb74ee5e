"""Blank fields: figures of a text behind which fields are blank, so that they may be merged over these.

A text has no spans: 14 merged over three columns is written as 14 and two blank fields, just as 14 and two blank cells
are. Where the identities do not bear out the row as it is printed, a figure alone in its row is in doubt, since that is
how figures are merged; any other before a blank field is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.document import Cell
from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.matching.arithmetic import is_row_even, numbers
from pipeline.matching.model import Bound
from pipeline.numbers import figure


def maybe_merged(bound: Sequence[Bound], table: FormTable) -> Iterator[Issue]:
    """The issues of the figures before a blank field, for the bound cells of a document that tells no spans."""
    rows: dict[str, list[Bound]] = {}
    for b in bound:
        if b.row.known and b.column.known:
            rows.setdefault(b.row.code, []).append(b)
    rows = {code: row for code, row in rows.items() if any(b.cell.is_blank for b in row)}
    told = {code: found for code, row in rows.items() if (found := list(_of_row(row, table)))}
    if told:
        values = numbers({(b.row.code, b.column.code): b.cell for b in bound})
        yield from (i for code, found in told.items() if not is_row_even(code, values, table) for i in found)


def _of_row(cells: Sequence[Bound], table: FormTable) -> Iterator[Issue]:
    row = sorted(cells, key=lambda b: (b.cell.grid, b.cell.row, b.cell.col))
    is_alone = all(b.cell.is_blank for b in row[1:]) and len(row) > 2
    for b, following in pairwise(row):
        if _are_fields(b.cell, following.cell) and figure(b.cell.text).kind == "number":
            yield issue(
                "figure-maybe-merged" if is_alone else "blank-maybe-merged",
                table_no=table.number,
                row_code=b.row.code,
                col_code=b.column.code,
                printed=b.cell.text.strip(),
                at=b.cell,
                meant=table.name_of(b.row),
            )


def _are_fields(cell: Cell, after: Cell) -> bool:
    """True for fields side by side of which the second is blank."""
    return after.is_blank and (after.grid, after.row, after.col) == (cell.grid, cell.row, cell.col + cell.col_span)
