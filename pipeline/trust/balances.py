"""Balances: the identities (勾稽关系) of a form worked out for a report.

A failure says something about the report, not about our code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.facts import Fact
from pipeline.forms.model import Equation, FormTable
from pipeline.schema import BalanceState

RowCol = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Balance:
    """One identity for one report: the cells of either side, their sums, and whether they agree.

    `state` is incomplete where any cell is not a number; `state_blank_as_zero` counts blanks as 0 and is
    incomplete only where a cell is absent or prints a slash, dash or word.
    """

    rule: str
    form: str
    table_no: int
    left_cells: tuple[RowCol, ...]
    right_cells: tuple[RowCol, ...]
    left: Decimal | None
    right: Decimal | None
    state: BalanceState
    state_blank_as_zero: BalanceState
    stated: bool  # both sides print a number: otherwise nothing is claimed
    is_bound: bool = False  # a bound: it also holds where the left side is less

    @property
    def target(self) -> RowCol:
        """The cell that names the balance: the first of the left side."""
        return self.left_cells[0]

    @property
    def identity(self) -> str:
        """The identity's name within its table: the rule and the cell that names it, as R03@3.1:total."""
        return f"{self.rule}@{':'.join(self.target)}"

    @property
    def difference(self) -> Decimal | None:
        """Left less right, None where a side is unknown."""
        return None if self.left is None or self.right is None else self.left - self.right


def balances(table: FormTable, form: str, facts: Sequence[Fact]) -> tuple[Balance, ...]:
    """All identities of a table, in the form's order, worked out on its facts."""
    known = {(f.cell.row.code, f.cell.column.code): f for f in facts}
    return tuple(_balance(e, form, table.number, known) for e in table.equations)


def bounds(table: FormTable, form: str, facts: Sequence[Fact]) -> tuple[Balance, ...]:
    """All bounds of a table: a figure that is part of another one is at most that."""
    known = {(f.cell.row.code, f.cell.column.code): f for f in facts}
    return tuple(_balance(e, form, table.number, known, is_bound=True) for e in table.inequalities)


def _balance(
    equation: Equation, form: str, table_no: int, known: Mapping[RowCol, Fact], *, is_bound: bool = False
) -> Balance:
    left, right = equation.left, equation.right
    kinds = {known[k].kind if k in known else "absent" for k in equation.cells}
    complete = kinds == {"number"}
    a, b = (_sum(left, known), _sum(right, known)) if kinds <= {"number", "blank"} else (None, None)
    agree: BalanceState = (
        "incomplete" if a is None or b is None else "pass" if a == b or (is_bound and a < b) else "fail"
    )
    state: BalanceState = agree if complete else "incomplete"
    stated = (complete and bool(left and right)) or all(
        any(k in known and known[k].kind == "number" for k in side) for side in (left, right)
    )
    return Balance(equation.rule, form, table_no, left, right, a, b, state, agree, stated, is_bound)


def _sum(keys: tuple[RowCol, ...], known: Mapping[RowCol, Fact]) -> Decimal:
    return sum((known[k].value or Decimal(0) for k in keys), Decimal(0))
