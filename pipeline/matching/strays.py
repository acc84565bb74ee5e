"""Strays: figures that a torn dump prints apart from their rows, put back where the identities allow just one place.

Only a blank cell of a bound row can be such a place, and only if every identity through it fails without the figure
and holds with it, at least two of them. Anything less leaves the figure where it is, as an issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.matching.arithmetic import Values, holds, numbers
from pipeline.matching.model import Bound
from pipeline.numbers import figure

_LEAST = 2
RowCol = tuple[str, str]


def place_strays(
    bound: Sequence[Bound], issues: Sequence[Issue], table: FormTable
) -> tuple[tuple[Bound, ...], tuple[Issue, ...]]:
    """The bound cells with strays put back, and the issues, where a note replaces the issue that each stray had."""
    placed, left = list(bound), []
    for flaw in issues:
        at = _place(placed, flaw, table)
        if at is None:
            left.append(flaw)
            continue
        row, column = placed[at].row, placed[at].column
        placed[at] = placed[at]._replace(cell=flaw.cells[0])
        meant = table.name_of(row)
        left.append(
            issue(
                "figure-apart",
                table_no=table.number,
                row_code=row.code,
                col_code=column.code,
                printed=flaw.printed,
                at=flaw.cells[0],
                meant=meant,
            )
        )
    return tuple(placed), tuple(left)


def _place(bound: Sequence[Bound], flaw: Issue, table: FormTable) -> int | None:
    """The one blank cell where the single figure of an unbound row belongs."""
    if flaw.code != "row-unbound" or len(flaw.cells) != 1:
        return None
    value = figure(flaw.cells[0].text).value
    values = numbers({_key(b): b.cell for b in bound})
    if not value:
        return None
    fitting = [i for i, b in enumerate(bound) if b.cell.is_blank and _mends(_key(b), value, values, table)]
    return fitting[0] if len(fitting) == 1 else None


def _key(b: Bound) -> RowCol:
    return b.row.code, b.column.code


def _mends(key: RowCol, value: Decimal, values: Values, table: FormTable) -> bool:
    through = [e for e in table.equations if key in e.cells]
    mended = {**values, key: value}
    return len(through) >= _LEAST and all(not holds(e, values) and holds(e, mended) for e in through)
