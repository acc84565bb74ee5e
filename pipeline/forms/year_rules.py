"""What the reports of two consecutive years say about each other: rules as data, worked out on their facts.

A rule that does not hold is a finding about either year: figures are restated, organs merged. Where a year or a cell
leaves the result open it is uncertain, never a failure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Any, Literal, NamedTuple

from pipeline.forms.loading import form, forms
from pipeline.forms.model import Form, FormError, FormTable
from pipeline.schema import SEVERITIES, Severity

Year = Literal["now", "before"]


Side = Literal["left", "right"]


_EACH = "*"


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of a side as written: the year, table, row and column (`*` stands for each of them), and ±1."""

    year: Year
    table: int | None
    row: str
    col: str
    sign: int


@dataclass(frozen=True, slots=True)
class Jump:
    """A limit on growth: the larger is above `above` and more than `factor` times the smaller."""

    factor: int
    above: int


@dataclass(frozen=True, slots=True)
class YearRule:
    """A rule between a year and the one before, on the forms named; `jump` where it compares and does not add up."""

    rule: str
    severity: Severity
    now: tuple[str, ...]
    before: tuple[str, ...]
    rows: tuple[str, ...]
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    jump: Jump | None = None


class YearCell(NamedTuple):
    """A cell of this year's or last year's report, with the sign by which it counts."""

    year: Year
    table_no: int
    row_code: str
    col_code: str
    sign: int


class EquationRow(NamedTuple):
    """One cell of one equation, flat. `number` identifies the equation among all rules and forms."""

    rule: str
    severity: Severity
    form_now: str
    form_before: str
    number: int
    side: Side
    year: Year
    table_no: int
    row_code: str
    col_code: str
    sign: int


@dataclass(frozen=True, slots=True)
class YearEquation:
    """A rule worked out for one row and column and for one pair of forms."""

    rule: YearRule
    form_now: str
    form_before: str
    number: int
    left: tuple[YearCell, ...]
    right: tuple[YearCell, ...]

    @property
    def cells(self) -> tuple[YearCell, ...]:
        """The cells of both sides."""
        return (*self.left, *self.right)


@lru_cache(maxsize=1)
def year_rules() -> tuple[YearRule, ...]:
    """All rules between years, in the order of the file. Raises `FormError` where one contradicts the forms."""
    return parse_rules(files("pipeline.forms").joinpath("years.toml").read_text("utf-8"))


def parse_rules(toml: str) -> tuple[YearRule, ...]:
    """The rules of a file like years.toml. Raises `FormError` naming the rule and what is wrong."""
    try:
        rules = tuple(_rule(raw) for raw in tomllib.loads(toml)["rule"])
    except (KeyError, TypeError, ValueError, tomllib.TOMLDecodeError) as e:
        raise FormError(f"rules between years: {type(e).__name__}: {e}") from e
    for rule in rules:
        _check(rule)
    return rules


def _rule(raw: Mapping[str, Any]) -> YearRule:
    return YearRule(
        raw["rule"],
        raw["severity"],
        tuple(raw["now"]),
        tuple(raw["before"]),
        tuple(raw.get("rows", [])),
        tuple(_term(t) for t in raw["left"]),
        tuple(_term(t) for t in raw["right"]),
        Jump(int(raw["jump"]["factor"]), int(raw["jump"]["above"])) if "jump" in raw else None,
    )


def _term(raw: Mapping[str, Any]) -> Term:
    table = None if raw["table"] == _EACH else int(raw["table"])
    return Term(raw["year"], table, raw["row"], raw["col"], int(raw.get("sign", 1)))


def _check(rule: YearRule) -> None:
    if rule.severity not in SEVERITIES:
        raise FormError(f"{rule.rule}: no severity {rule.severity}")
    if rule.jump and (len(rule.left), len(rule.right)) != (1, 1):
        raise FormError(f"{rule.rule}: a jump compares one cell with one")
    for term in (*rule.left, *rule.right):
        if term.year not in ("now", "before") or term.sign not in (1, -1):
            raise FormError(f"{rule.rule}: a term is of now or before, and its sign 1 or -1")
        for name in rule.now if term.year == "now" else rule.before:
            _check_term(rule, term, name)
    for now, before in product(rule.now, rule.before):
        if not any(_expanded(rule, form(now), form(before))):
            raise FormError(f"{rule.rule}: nothing in form {now} answers to anything in form {before}")


def _check_term(rule: YearRule, term: Term, name: str) -> None:
    """Raise unless every code that a rule uses is in every form that it names."""
    if all(f.name != name for f in forms()):
        raise FormError(f"{rule.rule}: no form {name}")
    if term.table is None:
        return
    table = _table(form(name), term.table)
    rows = (rule.rows or (None,)) if term.row == _EACH else (term.row,)
    for row in rows:
        if table is None or not any(row in (None, r) and term.col in (_EACH, c) for r, c in table.cells):
            raise FormError(f"{rule.rule}: form {name} has no cell {term.table}:{row or _EACH}:{term.col}")


def _table(made: Form, number: int) -> FormTable | None:
    return next((t for t in made.tables if t.number == number), None)


@lru_cache(maxsize=1)
def year_equations() -> tuple[YearEquation, ...]:
    """Every rule worked out for each row, column and pair of forms, numbered from 1 in the order of the rules."""
    found = (
        (rule, now, before, sides)
        for rule in year_rules()
        for now, before in product(rule.now, rule.before)
        for sides in _expanded(rule, form(now), form(before))
    )
    return tuple(YearEquation(r, n, b, i, *sides) for i, (r, n, b, sides) in enumerate(found, 1))


def equations() -> tuple[EquationRow, ...]:
    """The cells of all equations as flat rows, to be worked out elsewhere; jumps are among them, see `YearRule`."""
    return tuple(
        EquationRow(e.rule.rule, e.rule.severity, e.form_now, e.form_before, e.number, side, *cell)
        for e in year_equations()
        for side, cells in _sides(e)
        for cell in cells
    )


def _sides(equation: YearEquation) -> tuple[tuple[Side, tuple[YearCell, ...]], ...]:
    return ("left", equation.left), ("right", equation.right)


def _expanded(rule: YearRule, now: Form, before: Form) -> Iterator[tuple[tuple[YearCell, ...], tuple[YearCell, ...]]]:
    """Both sides for each table, row and column that stands for a `*` and that all terms have."""
    cells = {"now": _keys(now), "before": _keys(before)}
    terms = (*rule.left, *rule.right)
    for table, row, col in _stand_ins(rule, terms, cells):
        left, right = (tuple(_cell(t, table, row, col) for t in side) for side in (rule.left, rule.right))
        if all(cell[1:4] in cells[cell.year] for cell in (*left, *right)):
            yield left, right


def _keys(made: Form) -> dict[tuple[int, str, str], None]:
    """The cells of a form by number of table, row and column, in order."""
    return {(t.number, *k): None for t in made.tables for k in t.cells}


def _stand_ins(
    rule: YearRule, terms: Sequence[Term], cells: Mapping[str, Mapping[tuple[int, str, str], None]]
) -> dict[tuple[int, str, str], None]:
    """The table, row and column that each `*` may stand for, in the form's order; without a `*`, one empty key."""
    first = terms[0]
    found = {
        (
            table if first.table is None else 0,
            row if first.row == _EACH else "",
            col if first.col == _EACH else "",
        ): None
        for table, row, col in cells[first.year]
        if first.table in (None, table) and first.row in (_EACH, row) and first.col in (_EACH, col)
    }
    return {k: None for k in found if not rule.rows or k[1] in rule.rows}


def _cell(term: Term, table: int, row: str, col: str) -> YearCell:
    return YearCell(
        term.year,
        table if term.table is None else term.table,
        row if term.row == _EACH else term.row,
        col if term.col == _EACH else term.col,
        term.sign,
    )
