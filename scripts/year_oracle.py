"""The rules between two years worked out in Python, to hold the view `year_balances` against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipeline.facts import Fact
from pipeline.forms.loading import form
from pipeline.forms.year_rules import Jump, YearCell, YearEquation, year_equations
from pipeline.schema import Severity

State = Literal["pass", "fail", "uncertain"]


@dataclass(frozen=True, slots=True)
class YearBalance:
    """One equation for two reports: the cells of either side, their sums, and whether they agree.

    `state` is uncertain where any cell is not a number; `state_blank_as_zero` counts blanks as 0 and is uncertain
    only where a year, a table or a cell is missing or prints a slash, dash or word. Sums count blanks as 0 too and
    are None where they are unknown.
    """

    rule: str
    severity: Severity
    number: int
    left_cells: tuple[YearCell, ...]
    right_cells: tuple[YearCell, ...]
    left: Decimal | None
    right: Decimal | None
    state: State
    state_blank_as_zero: State

    @property
    def cells(self) -> tuple[YearCell, ...]:
        """The cells of both sides."""
        return (*self.left_cells, *self.right_cells)


def across(now: Sequence[Fact], before: Sequence[Fact]) -> tuple[YearBalance, ...]:
    """All rules between the facts of one report and those of the same publisher a year earlier.

    The form is decided table by table. A table that one year lacks leaves its rules uncertain, as between two
    reports on the same form; a table that neither has gets no rows.
    """
    known = {("now", *f.key): f for f in now} | {("before", *f.key): f for f in before}
    shown = {(year, f.key[0]): counts_as(f.form) for (year, *_), f in known.items()}
    return tuple(_balance(e, known) for e in year_equations() if _applies(e, shown))


def counts_as(name: str) -> str:
    """The form that a form counts as: the one that it varies, else itself."""
    return getattr(form(name), "variant_of", None) or name


def _applies(equation: YearEquation, shown: Mapping[tuple[str, int], str]) -> bool:
    table = equation.left[0].table_no
    now, before = shown.get(("now", table)), shown.get(("before", table))
    if now is None and before is None:
        return False
    return (equation.form_now, equation.form_before) == (now or before, before or now)


def _balance(equation: YearEquation, known: Mapping[tuple[str, int, str, str], Fact]) -> YearBalance:
    kinds = {known[c[:4]].kind if c[:4] in known else "absent" for c in equation.cells}
    complete = kinds <= {"number", "blank"}
    left, right = (_sum(equation.left, known), _sum(equation.right, known)) if complete else (None, None)
    agree = _agree(equation.rule.jump, left, right)
    state: State = agree if kinds == {"number"} else "uncertain"
    rule = equation.rule
    return YearBalance(
        rule.rule, rule.severity, equation.number, equation.left, equation.right, left, right, state, agree
    )


def _sum(cells: Sequence[YearCell], known: Mapping[tuple[str, int, str, str], Fact]) -> Decimal:
    return sum((c.sign * (known[c[:4]].value or Decimal(0)) for c in cells), Decimal(0))


def _agree(jump: Jump | None, left: Decimal | None, right: Decimal | None) -> State:
    if left is None or right is None:
        return "uncertain"
    if jump is None:
        return "pass" if left == right else "fail"
    low, high = sorted((abs(left), abs(right)))
    return "fail" if high > jump.above and high > jump.factor * low else "pass"
