"""Blame: whether the report printed a sum wrong or we misread it, decided by a second, independent reading.

A failed identity is the report's own fault where both ways read all its cells alike. Nothing is corrected here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.facts import Fact
from pipeline.labels import compact
from pipeline.numbers import figure
from pipeline.schema import Culprit, Route
from pipeline.trust.balances import Balance, RowCol
from pipeline.trust.certainty import is_certain
from pipeline.trust.second_reading import CellKey, Reading


@dataclass(frozen=True)
class Agreement:
    """The comparison of the two ways: for each fact both (they agree), differ, or one (only the first way read it)."""

    routes: Mapping[CellKey, Route]

    @cached_property
    def differing(self) -> tuple[CellKey, ...]:
        """The facts that the two ways read differently, in order."""
        return tuple(k for k, route in self.routes.items() if route == "differ")

    @cached_property
    def agreeing(self) -> int:
        """How many facts both ways read alike."""
        return sum(route == "both" for route in self.routes.values())

    @property
    def compared(self) -> int:
        """How many facts both ways read."""
        return self.agreeing + len(self.differing)

    @property
    def share(self) -> float | None:
        """The share of those compared that agree; None where nothing could be compared."""
        return self.agreeing / self.compared if self.compared else None


@dataclass(frozen=True, slots=True)
class Blame:
    """Who is to blame for a failed identity, and the cells that show it: row codes and column codes.

    With culprit `source` all cells of the identity, with `misread` those that the two ways read differently, with
    `undecided` those that only one way read.
    """

    balance: Balance
    culprit: Culprit
    cells: tuple[RowCol, ...]


def agreement(facts: Sequence[Fact], readings: Mapping[CellKey, Reading]) -> Agreement:
    """Compare the facts with the second readings, by kind and value; words by what is printed."""
    return Agreement({f.key: _route(f, readings.get(f.key)) for f in facts})


def _route(fact: Fact, reading: Reading | None) -> Route:
    if reading is None:
        return "one"
    # Digits on two lines are one figure for the first way only where an identity proves it.
    read = figure(reading.text.replace("\n", "") if fact.kind == "number" else reading.text)
    alike = (read.kind, read.value) == (fact.kind, fact.value)
    if alike and fact.kind == "word":
        alike = compact(reading.text) == compact(fact.printed.text)
    if alike and not is_certain(fact.printed):
        return "one"  # two readings of a blurred figure prove less than two of a text
    return "both" if alike else "differ"


def blame(balances: Sequence[Balance], compared: Agreement) -> tuple[Blame, ...]:
    """The blame for each identity that fails, in order; blanks count as zero where both sides print a number."""
    return tuple(_blamed(balances, compared))


def has_failed(balance: Balance) -> bool:
    """True where an identity fails by what is printed, or with blanks as zero."""
    return balance.state == "fail" or (balance.state_blank_as_zero == "fail" and balance.stated)


def _blamed(balances: Sequence[Balance], compared: Agreement) -> Iterator[Blame]:
    for balance in filter(has_failed, balances):
        cells = (*balance.left_cells, *balance.right_cells)
        routes = {cell: compared.routes.get((balance.table_no, *cell), "one") for cell in cells}
        differing = tuple(c for c in cells if routes[c] == "differ")
        single = tuple(c for c in cells if routes[c] == "one")
        if differing:
            yield Blame(balance, "misread", differing)
        elif single:
            yield Blame(balance, "undecided", single)
        else:
            yield Blame(balance, "source", cells)
