"""How well a table fits the form it was read by, and whether it holds parts of another form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from pipeline.forms.model import Form, FormTable
from pipeline.issues import Issue
from pipeline.labels import label
from pipeline.matching.model import BoundRow, Columns, Region, TableFit
from pipeline.numbers import is_figure


def fit_of(
    region: Region,
    form: Form,
    rows: Sequence[BoundRow],
    columns: Columns,
    issues: Sequence[Issue],
    forms: Sequence[Form],
) -> TableFit:
    """The fit of a region to the form that was chosen for it among others.

    `rows` are bound to a row of the form or kept under their own label; `issues` are the final ones.
    """
    table = form.table(region.table_no)
    left_rows = list(_left_rows(rows, issues))
    strange = (set(left_rows) - table.names) | ({label(c.text).text for c in columns.left} - table.headers)
    also = _also(strange, form, forms, table.number)
    first = next(c for r in region.rows for c in r.cells)
    return TableFit(
        table_no=table.number,
        form=form.name,
        expected=len(table.lines),
        matched=_matched(rows, columns, table),
        left_over=len(left_rows) + len(columns.left),
        mixed=also is not None,
        also=also,
        grid=first.grid,
        page=first.page,
    )


def _left_rows(rows: Sequence[BoundRow], issues: Sequence[Issue]) -> Iterator[str]:
    """The canonical label of each printed row that is unbound or unknown to the form; '' where it has none."""
    yield from (r.row.leading[-1][1].text for r in rows if not r.line.known)
    for flaw in issues:
        if flaw.code == "row-unbound":
            before = takewhile(lambda c: not is_figure(c.text), flaw.cells)
            yield label(next(iter(reversed([c.text for c in before])), "")).text


def _matched(rows: Sequence[BoundRow], columns: Columns, table: FormTable) -> int:
    """How many rows and columns of the form are found; a column counts once for each block."""
    rows = [r for r in rows if r.line.known]
    found = {r.line.code for r in rows}
    block_no = {r.code: n for n, b in enumerate(table.blocks) for r in b.rows}
    heads = {(block_no[r.line.code], code) for r in rows for code in columns.of(r)}
    known = {(n, c.code) for n, b in enumerate(table.blocks) for c in b.columns}
    return len(found) + len(heads & known)


def _also(strange: set[str], form: Form, forms: Sequence[Form], table_no: int) -> str | None:
    """The other form that accounts for most of the rows and columns unknown to this one."""
    counted = {
        other.name: len(strange & t.names)
        for other in forms
        for t in other.tables
        if t.number == table_no and other is not form
    }
    best = max(counted, key=lambda name: counted[name], default=None)
    return best if best is not None and counted[best] else None
