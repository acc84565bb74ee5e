"""Facts: from bound cells to reported values, each with what is printed and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.document import Cell
from pipeline.forms.model import FormCell
from pipeline.forms.units import MONEY, unit_of
from pipeline.issues import Issue, issue
from pipeline.matching import Bound, Match
from pipeline.numbers import COUNTING_UNITS, Figure, figure
from pipeline.schema import ValueKind

_MARKS = ("blank", "slash", "dash")
_FEW_IN = 20  # up to one cell in twenty is an exception, more are a habit


@dataclass(frozen=True, slots=True)
class Fact:
    """One reported value: the cell of the form that it answers, its value and kind, and the cell as printed.

    `value` is in `unit`, the printed one where one is printed; it is None unless `kind` is number. `label_raw` is
    how a row or column that no form knows is labelled in print, None where the form knows both.
    """

    form: str
    cell: FormCell
    value: Decimal | None
    kind: ValueKind
    unit: str | None
    printed: Cell
    label_raw: str | None = None
    unit_raw: str | None = None

    @property
    def key(self) -> tuple[int, str, str]:
        """Table number, row code, column code."""
        return self.cell.key


def extract(match: Match) -> tuple[tuple[Fact, ...], tuple[Issue, ...]]:
    """The facts of a matched table, and what is odd about single figures."""
    facts = tuple(_fact(match, b) for b in match.bound)
    odd = (i for f in facts for i in _oddities(f, has_units=bool(match.table.beside)))
    return facts, (*odd, *_marks(facts), *_without_figures(match.table.number, facts))


def _without_figures(table_no: int, facts: Sequence[Fact]) -> Iterator[Issue]:
    """A table in which no number is printed at all says nothing, however many blanks it has."""
    if facts and all(f.value is None for f in facts):
        yield issue("table-without-figures", table_no=table_no)


def _fact(match: Match, bound: Bound) -> Fact:
    cell = match.table.cells.get((bound.row.code, bound.column.code)) or _strange_cell(match, bound)
    read = _meant(bound.cell, cell)
    unit = read.unit or bound.unit
    label_raw = None if cell.known else _label_raw(bound)
    return Fact(match.form.name, cell, read.value, read.kind, unit or cell.unit, bound.cell, label_raw, unit_raw=unit)


def _meant(printed: Cell, cell: FormCell) -> Figure:
    """The figure that a cell prints; a change (增加3, +3) in a column of counts is a word, not a figure."""
    read = figure(printed.text)
    return Figure("word") if read.signed and cell.known and not cell.column.signed else read


def _strange_cell(match: Match, bound: Bound) -> FormCell:
    """A cell of a row or column that no form knows, which has no unit but the printed one."""
    return FormCell(match.table.number, bound.row, bound.column, None)


def _label_raw(bound: Bound) -> str | None:
    """The labels as printed of what no form knows, parents first; of row and column with a bar between."""
    strange = [" / ".join(line.path) for line in (bound.row, bound.column) if not line.known]
    return " | ".join(strange) or None


def _oddities(fact: Fact, *, has_units: bool) -> Iterator[Issue]:
    """What is odd about a figure; `has_units` says that the form prints a unit beside each row."""
    printed, cell, value, unit = fact.printed, fact.cell, fact.value, fact.unit_raw
    if printed.left_out:
        yield _issue("text-left-out", fact, left_out=printed.left_out)
    if fact.kind == "unread":
        yield _issue("figure-unread", fact)
    if printed.maybe_page:
        yield _issue("figure-maybe-page", fact)
    if not cell.known:
        return  # nothing is expected there
    if fact.kind == "word":
        yield _issue("figure-word", fact)
    elif figure(printed.text).remark:
        yield _issue("figure-remark", fact)
    if unit and cell.unit and unit != cell.unit:
        yield _issue("figure-unit", fact, unit=unit, expected=cell.unit)
    if value and unit is None and (unit_of(cell.column.path[-1], cell.unit) or (has_units and cell.unit in MONEY)):
        yield _issue("unit-missing", fact, expected=cell.unit or "")
    if value is not None and value < 0 and not cell.column.signed:
        yield _issue("figure-negative", fact)
    if value is not None and (unit or cell.unit) in COUNTING_UNITS and value != value.to_integral_value():
        yield _issue("figure-fraction", fact)


def _marks(facts: Sequence[Fact]) -> Iterator[Issue]:
    """Blanks, slashes and dashes in a table of numbers: a few one by one, a habit once; of the form's own cells.

    Where a table prints no zero and has many, they stand for zero, and nothing is odd about any of them.
    """
    facts = [f for f in facts if f.cell.known]
    few = max(1, len(facts) // _FEW_IN)
    for kind in _MARKS:
        marks = [f for f in facts if f.kind == kind]
        if len(marks) <= few and len(marks) < len(facts):
            yield from (_issue("figure-not-number", f, kind=f"a {kind}") for f in marks)
        elif any(f.value == 0 for f in facts):
            yield issue("figures-not-numbers", table_no=facts[0].key[0], kind=kind, choices=len(marks))


def _issue(code: str, fact: Fact, **words: str) -> Issue:
    table_no, row_code, col_code = fact.key
    return issue(
        code,
        table_no=table_no,
        row_code=row_code,
        col_code=col_code,
        printed=fact.printed.text.strip(),
        at=fact.printed,
        **words,  # type: ignore[arg-type]  # only words of sentences are passed, never a keyword named above
    )
