"""Second lines: figures without a label right above or below a row, which may belong to cells of that row.

A cell may print two figures over each other, or one that is broken; what makes a text or lines of a page leaves the
second line as a row without a label. Under a figure in true fields it is the second line of that figure's cell, and
the identities say whether both are one figure. Elsewhere every figure of the row beside is in doubt. A row that the
identities prove as it is printed keeps its figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.document import Cell
from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.matching.arithmetic import is_row_proven, numbers
from pipeline.matching.model import Bound, BoundRow, LooseRow
from pipeline.numbers import figure


def with_second_lines(
    bound: Sequence[Bound], issues: Sequence[Issue], loose: Sequence[LooseRow], table: FormTable
) -> tuple[tuple[Bound, ...], tuple[Issue, ...]]:
    """The bound cells with their second lines, and the issues with those of figures in doubt beside a loose row."""
    open_rows = {i.cells for i in issues if i.code == "row-unbound"}
    cells, flaws = list(bound), list(issues)
    for row in (r for r in loose if r.row.printed in open_rows):
        below = _below(row, cells, table)
        if below:
            cells = [b._replace(cell=_both(b.cell, below[b.cell])) if b.cell in below else b for b in cells]
            flaws = [f for f in flaws if f.cells != row.row.printed]
            flaws += _second_lines(row, [b for b in bound if b.cell in below], below, table)
        else:
            flaws += _in_doubt(row, cells, table)
    return tuple(cells), tuple(flaws)


def _both(first: Cell, second: Cell) -> Cell:
    return first._replace(text=f"{first.text}\n{second.text}")


def _below(loose: LooseRow, bound: Sequence[Bound], table: FormTable) -> Mapping[Cell, Cell]:
    """The figures of a loose row by the cells of the row above, each in the same field; none where they are not so.

    As many figures as the row has columns are rather a row that has lost its label, and so is what stands where the
    form has a row that is not printed.
    """
    above = loose.above
    if above is None or loose.row.folded or loose.is_in_gap or _is_proven(above, bound, table):
        return {}
    own = {b.cell.col: b.cell for b in _cells_of(above, bound) if figure(b.cell.text).kind == "number"}
    if len(loose.row.printed) >= max(len(above.block.columns), 2) or any(c.col not in own for c in loose.row.printed):
        return {}
    return {own[c.col]: c for c in loose.row.printed}


def _second_lines(
    loose: LooseRow, bound: Sequence[Bound], below: Mapping[Cell, Cell], table: FormTable
) -> Iterator[Issue]:
    assert loose.above is not None
    for b in bound:
        yield issue(
            "figure-second-line",
            table_no=table.number,
            row_code=b.row.code,
            col_code=b.column.code,
            cells=(below[b.cell],),
            meant=table.name_of(loose.above.line),
        )


def _in_doubt(loose: LooseRow, bound: Sequence[Bound], table: FormTable) -> Iterator[Issue]:
    """The figures of the rows above and below that the identities do not prove."""
    other = " | ".join(c.text.strip() for c in loose.row.printed)
    for beside in (loose.above, loose.below):
        if beside is None or _is_proven(beside, bound, table):
            continue
        for b in _cells_of(beside, bound):
            yield issue(
                "figure-beside-another",
                table_no=table.number,
                row_code=b.row.code,
                col_code=b.column.code,
                printed=b.cell.text.strip(),
                at=b.cell,
                meant=table.name_of(beside.line),
                other=other,
            )


def _cells_of(row: BoundRow, bound: Sequence[Bound]) -> list[Bound]:
    return [b for b in bound if b.row is row.line]


def _is_proven(row: BoundRow, bound: Sequence[Bound], table: FormTable) -> bool:
    return is_row_proven(row.line.code, numbers({(b.row.code, b.column.code): b.cell for b in bound}), table)
