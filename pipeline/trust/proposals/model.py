"""The values of the search for wrong cells: changes, proposals, findings, and the ledger of sums that is searched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from pipeline.facts import Fact
from pipeline.forms.model import FormCell, FormTable
from pipeline.trust.balances import Balance, RowCol

ProposalOutcome = Literal["unique", "ambiguous", "undetermined"]


Explanation = Literal[
    "total-not-summed",  # a printed total is 0 or blank, its parts are not
    "digit-lost",  # the figure without one of its digits
    "digit-added",  # the figure with a digit more, as doubled or ten times
    "digits-turned",  # two neighbouring digits are swapped
    "digit-changed",  # one digit is another
    "blank-for-number",  # nothing is printed
    "shifted",  # the figures of a row are shifted by one column
    "glued",  # the figures of two neighbours are in one cell
    "split",  # the digits of two neighbours are divided at another place
    "swapped",  # two figures of a row or column are swapped
    "other",
]


# The search is exact up to this many cells; it gives up rather than running long. A step takes some 0.1 ms.
MAX_SIZE = 5


MAX_STEPS = 1500


LISTED = 20  # the most alternatives listed beside the first set; all are counted


RANK: Mapping[Explanation, int] = {
    "total-not-summed": 0,
    "digit-lost": 1,
    "digit-added": 1,
    "digits-turned": 1,
    "blank-for-number": 1,
    "shifted": 2,
    "glued": 2,
    "split": 2,
    "swapped": 2,
    "digit-changed": 3,
    "other": 4,
}


Change = dict[RowCol, int]  # what each cell would gain


class Claim(NamedTuple):
    """What something beside a table says of it: these cells add up to what is stated."""

    cells: tuple[RowCol, ...]
    stated: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """One cell of a set whose change makes the identities hold. Rows of one `set_no` belong together.

    `size` counts the cells of the set; `alternatives` the other sets that explain the same with as few errors;
    `identities` are the failing ones that the cell is part of, as rule@row:column of the cell that names each.
    `blank_as_zero` says that blanks in them were counted as 0. `borne_out` counts the claims of the text and of the
    second reading that the set bears out, less those that it contradicts.
    """

    form: str
    table_no: int
    set_no: int
    size: int
    row_code: str
    col_code: str
    printed: str
    printed_value: Decimal | None
    proposed: Decimal
    alternatives: int
    explanation: Explanation
    blank_as_zero: bool
    identities: tuple[str, ...]
    borne_out: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Failing identities that are linked, and what explains them; without proposals the cause is undetermined."""

    identities: tuple[str, ...]
    proposals: tuple[Proposal, ...]

    @property
    def outcome(self) -> ProposalOutcome:
        """One smallest set, several, or none within the limits of the search."""
        if not self.proposals:
            return "undetermined"
        return "ambiguous" if self.proposals[0].alternatives else "unique"


class LedgerRow(NamedTuple):
    """An equation of the system: the sum of coefficient × change over the cells must be −`rest`."""

    coefs: dict[RowCol, int]
    rest: int


LedgerRows = dict[int, LedgerRow]


class ChangeSet(NamedTuple):
    """A set that explains the failures: what each cell would gain, and the slip that changes several at once."""

    change: Change
    slip: Explanation | None = None


@dataclass(frozen=True)
class Ledger:
    """A table of one report made ready: figures as whole numbers of 10^-`places`, equations, and where cells stand."""

    table: FormTable
    form: str
    facts: Mapping[RowCol, Fact]
    balances: Mapping[int, Balance]
    places: int
    values: Mapping[RowCol, int]
    rows: LedgerRows
    columns: Mapping[RowCol, Sequence[tuple[int, int]]]  # for each cell its equations and coefficients
    lines: tuple[tuple[RowCol, ...], ...]  # the readable cells of each row, in order

    @classmethod
    def of(cls, table: FormTable, form: str, facts: Sequence[Fact], worked: Sequence[Balance]) -> Ledger:
        """The ledger of a table; only numbers and blanks are readable."""
        by_key = {(f.cell.row.code, f.cell.column.code): f for f in facts if f.kind in ("number", "blank")}
        readable = {k: by_key[k] for k in table.cells if k in by_key}
        complete = {n: b for n, b in enumerate(worked) if b.state_blank_as_zero != "incomplete"}
        places = max((_places(f.value) for f in readable.values() if f.value), default=0)
        values = {k: int((f.value or Decimal(0)).scaleb(places)) for k, f in readable.items()}
        rows = {n: _row(b, values) for n, b in complete.items()}
        columns: dict[RowCol, list[tuple[int, int]]] = defaultdict(list)
        for n, row in rows.items():
            for k, coef in row.coefs.items():
                columns[k].append((n, coef))
        lines = tuple(
            tuple((r.code, c.code) for c in b.columns if (r.code, c.code) in readable)
            for b in table.blocks
            for r in b.rows
        )
        return cls(table, form, readable, complete, places, values, rows, columns, lines)

    @property
    def scale(self) -> int:
        """The figure 1 in the units that are counted here."""
        return int(10**self.places)

    def plausible(self, change: Change) -> bool:
        """True where every cell would print what its form allows: whole counts, below 0 only where signed."""
        return all(_allowed(self.table.cells[k], self.value(k, x)) for k, x in change.items())

    def value(self, key: RowCol, change: int) -> Decimal:
        """The figure that the cell would print after a change."""
        made = Decimal(self.values[key] + change).scaleb(-self.places)
        return made.quantize(Decimal(1)) if made == made.to_integral_value() else made

    def empty(self, key: RowCol) -> bool:
        """True where 0 or nothing is printed."""
        return not self.values[key]


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # a figure is finite
    return max(0, -exponent)


def _row(balance: Balance, values: Mapping[RowCol, int]) -> LedgerRow:
    coefs: dict[RowCol, int] = defaultdict(int)
    for keys, sign in ((balance.left_cells, 1), (balance.right_cells, -1)):
        for k in keys:
            coefs[k] += sign
    made = {k: c for k, c in coefs.items() if c}
    return LedgerRow(made, sum(c * values[k] for k, c in made.items()))


def _allowed(cell: FormCell, value: Decimal) -> bool:
    amount = cell.unit is None or cell.unit.endswith("元")
    signed = cell.column.signed or cell.row.signed
    return (signed or value >= 0) and (amount or value == value.to_integral_value())
