"""The smallest sets of cells whose change closes every open sum of a report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from pipeline.trust.balances import RowCol
from pipeline.trust.proposals.model import MAX_SIZE, MAX_STEPS, Change, Ledger, LedgerRow, LedgerRows


def components(rows: LedgerRows) -> list[LedgerRows]:
    """The equations in parts that share no cell, each in order."""
    parts: list[tuple[set[RowCol], set[int]]] = []
    for n, row in rows.items():
        touched = [p for p in parts if not p[0].isdisjoint(row.coefs)]
        parts = [p for p in parts if p not in touched]
        parts.append((set(row.coefs).union(*(p[0] for p in touched)), {n}.union(*(p[1] for p in touched))))
    return sorted(({n: rows[n] for n in sorted(p[1])} for p in parts), key=min)


def closing(rows: LedgerRows) -> Iterator[Change]:
    """The single cells that explain every failing equation and touch no other, with what they would gain."""
    failing = [row for row in rows.values() if row.rest]
    if not failing:
        return
    shared = reduce(lambda keys, row: keys & row.coefs.keys(), failing[1:], set(failing[0].coefs))
    holding = [row for row in rows.values() if not row.rest and not shared.isdisjoint(row.coefs)]
    for k in failing[0].coefs:
        if k in shared and not any(k in row.coefs for row in holding):
            coef, rest = failing[0].coefs[k], failing[0].rest
            if rest % coef == 0 and all(r.rest * coef == rest * r.coefs[k] for r in failing):
                yield {k: -rest // coef}


def smallest(ledger: Ledger, rows: LedgerRows) -> list[Change]:
    """All smallest sets of two or more cells; empty where none has up to `MAX_SIZE` cells or the steps run out."""
    search = _Search(ledger)
    for size in range(2, MAX_SIZE + 1):
        search.seen.clear()
        search.down(rows, (), size)
        if search.exhausted:
            return []
        if search.found:
            return list(search.found.values())
    return []


class _Search:
    """A search for sets of a given size, by implied equations.

    A set that mends everything has a cell in every failing equation. So one failing equation is taken, each of its
    cells in turn is set free (eliminated from the other equations), and the equations that still fail lead to the
    rest.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.steps = 0
        self.seen: set[frozenset[RowCol]] = set()
        self.found: dict[frozenset[RowCol], Change] = {}

    @property
    def exhausted(self) -> bool:
        """True when no steps are left: then nothing is known about the rest."""
        return self.steps >= MAX_STEPS

    def down(self, rows: LedgerRows, freed: tuple[tuple[RowCol, LedgerRow], ...], size: int) -> None:
        """All sets of `size` more cells, given the cells set free so far with the equation that gives each."""
        self.steps += 1
        failing = [row for row in rows.values() if row.rest]
        if self.exhausted or not failing or not _enough(failing, size):
            return
        if size == 1:
            for last in closing(rows):
                self._note(_solved(freed, last))
            return
        for k in shortest(failing).coefs:
            chosen = frozenset({k, *(f for f, _ in freed)})
            if chosen not in self.seen:
                self.seen.add(chosen)
                remaining, pivot = _eliminated(rows, k)
                self.down(remaining, (*freed, (k, pivot)), size - 1)

    def _note(self, change: Change | None) -> None:
        if change and all(change.values()) and self.ledger.plausible(change):
            self.found.setdefault(frozenset(change), change)


def _enough(failing: Sequence[LedgerRow], size: int) -> bool:
    """True where `size` cells could reach every failing equation. Each has cells: 0 = 0 does not fail."""
    met: dict[RowCol, int] = defaultdict(int)
    for row in failing:
        for k in row.coefs:
            met[k] += 1
    return len(failing) <= size * max(met.values())


def _eliminated(rows: LedgerRows, key: RowCol) -> tuple[LedgerRows, LedgerRow]:
    """The equations with one cell set free, and the equation that gives it."""
    pivot = min((n for n, row in rows.items() if key in row.coefs), key=lambda n: len(rows[n].coefs))
    by = rows[pivot]
    return {n: _without(row, by, key) if key in row.coefs else row for n, row in rows.items() if n != pivot}, by


def _without(row: LedgerRow, by: LedgerRow, key: RowCol) -> LedgerRow:
    mine, its = row.coefs[key], by.coefs[key]
    coefs = {k: c * its for k, c in row.coefs.items()}
    for k, c in by.coefs.items():
        coefs[k] = coefs.get(k, 0) - c * mine
    return LedgerRow({k: c for k, c in coefs.items() if c}, row.rest * its - by.rest * mine)


def _solved(freed: Sequence[tuple[RowCol, LedgerRow]], last: Change) -> Change | None:
    """The gain of each cell set free, worked out backwards from the last; None where one is not a whole number."""
    change = dict(last)
    for k, row in reversed(freed):
        known = row.rest + sum(c * change.get(other, 0) for other, c in row.coefs.items())
        if known % row.coefs[k]:
            return None
        change[k] = -known // row.coefs[k]
    return change


def shortest(rows: Iterable[LedgerRow]) -> LedgerRow:
    """The row with the fewest cells."""
    return min(rows, key=lambda row: len(row.coefs))
