"""Surplus: figures in a dump's rows that belong to no column of the form, such as a subtotal or a remark.

The rows of a dump have no columns of their own. Where rows print more figures than the form has columns, it may be the
same run of them in all rows that is too many. It is left out where the identities across the columns hold without just
that one, in several rows; anything less leaves the rows unplaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.document import Cell
from pipeline.forms.model import FormTable
from pipeline.matching.arithmetic import is_borne_out, numbers, verdict
from pipeline.matching.model import BoundRow, Columns

_LEAST = 3  # this many sums do not hold by accident

_Key = tuple[tuple[str, ...], int]  # the columns of a row in order, and how many cells it prints
_Figures = list[dict[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Surplus:
    """Where the surplus of a row begins among its cells, by its columns and number of cells."""

    starts: dict[_Key, int]

    def placed(self, row: BoundRow, columns: dict[str, int]) -> dict[str, int] | None:
        """The fields of the columns in a row without its surplus; None where that is not certain."""
        start = self.starts.get(_key(row, columns))
        if start is None:
            return None
        return {code: cell.col for code, cell in _kept(row, columns, start).items()}


def surplus_of(rows: Sequence[BoundRow], columns: Columns, table: FormTable) -> Surplus:
    """The surplus of folded rows, as far as the identities prove it."""
    wide: dict[_Key, list[BoundRow]] = {}
    for row in rows:
        own = columns.of(row)
        if row.row.folded and row.line.known and len(cells_of(row)) > len(own) > 0:
            wide.setdefault(_key(row, own), []).append(row)
    proven = {key: _start(alike, columns, table) for key, alike in wide.items()}
    return Surplus({key: start for key, start in proven.items() if start is not None})


def cells_of(row: BoundRow) -> list[Cell]:
    """The cells behind the label of a row, blank ones included."""
    return [c for c in row.row.cells if c.col > row.label_col]


def _key(row: BoundRow, columns: dict[str, int]) -> _Key:
    return tuple(sorted(columns, key=lambda code: columns[code])), len(cells_of(row))


def _kept(row: BoundRow, columns: dict[str, int], start: int) -> dict[str, Cell]:
    """The cells of a row by column, without the surplus that begins at `start`."""
    (codes, size), cells = _key(row, columns), cells_of(row)
    return dict(zip(codes, (*cells[:start], *cells[start + size - len(codes) :]), strict=True))


def _start(rows: Sequence[BoundRow], columns: Columns, table: FormTable) -> int | None:
    """Where the surplus of rows alike begins; None unless all beginnings that are borne out give the same figures."""
    width = len(columns.of(rows[0]))
    borne_out: list[tuple[int, _Figures]] = []
    for start in range(width, -1, -1):
        figures = [numbers(_kept(row, columns.of(row), start)) for row in rows]
        told = [verdict(i, f) for f in figures for i in table.identities if i.over == "columns"]
        if told.count("holds") >= _LEAST and is_borne_out(told):
            borne_out.append((start, figures))
    if not borne_out or any(figures != borne_out[0][1] for _, figures in borne_out):
        return None
    return borne_out[0][0]
