"""From the identities of a table that fail to the cells that explain them. Nothing is ever applied.

The identities of a table form a linear system with coefficients of ±1. Of all sets of cells whose change makes every
identity hold, the smallest are named with the figures that they would then have (Fellegi and Holt, 1976). One slip of
a hand may touch several cells (a row shifted by one column, two cells swapped): it counts as one error like a single
cell. Parts of the table that share no cell are worked out apart, unless one slip explains them together. Blanks count
as 0; an identity with a slash, a dash, a word or an absent cell says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from pipeline.facts import Fact
from pipeline.forms.model import FormTable
from pipeline.trust.balances import Balance, RowCol, balances
from pipeline.trust.proposals.model import (
    LISTED,
    RANK,
    Change,
    ChangeSet,
    Claim,
    Explanation,
    Finding,
    Ledger,
    LedgerRows,
    Proposal,
)
from pipeline.trust.proposals.search import closing, components, smallest
from pipeline.trust.proposals.slips import slips_of


def proposals(table: FormTable, form: str, facts: Sequence[Fact]) -> tuple[Proposal, ...]:
    """The smallest sets of cells whose change makes all identities of a table hold; empty where all hold."""
    return tuple(chain.from_iterable(f.proposals for f in findings(table, form, facts)))


def findings(
    table: FormTable,
    form: str,
    facts: Sequence[Fact],
    worked: Sequence[Balance] | None = None,
    claims: Sequence[Claim] = (),
) -> tuple[Finding, ...]:
    """The cells that the failing identities of a table point at, including findings that remain undetermined.

    `worked` are its identities as worked out on these facts; without them they are worked out here. `claims` are what
    the text says and what the second way of reading sees otherwise: of several explanations those come first that
    bear most of it out.
    """
    worked = balances(table, form, facts) if worked is None else worked
    if all(b.state_blank_as_zero != "fail" for b in worked):
        return ()
    ledger = Ledger.of(table, form, facts, worked)
    failing = {n for n, row in ledger.rows.items() if row.rest}
    parts = [rows for rows in components(ledger.rows) if failing & rows.keys()]
    if len(parts) > 1 and (together := list(slips_of(ledger, failing))):
        return (_finding(ledger, failing, together, 0, claims),)
    found: list[Finding] = []
    for rows in parts:
        for explained, sets in _explained(ledger, rows):
            before = max((p.set_no for f in found for p in f.proposals), default=0)
            found.append(_finding(ledger, explained, sets, before, claims))
    return tuple(found)


def _explained(ledger: Ledger, rows: LedgerRows, blanks: bool = True) -> Iterator[tuple[set[int], list[ChangeSet]]]:
    """The failing identities of one part, with their explanation.

    Where a whole side is left blank nothing is claimed: a single error may explain it; otherwise the blank cells are
    set aside and the rest is searched.
    """
    failing = {n for n, row in rows.items() if row.rest}
    left_out = _left_out(ledger, failing) if blanks else set()
    sets = [*(ChangeSet(c) for c in closing(rows) if ledger.plausible(c)), *slips_of(ledger, failing)]
    if sets or not left_out:
        yield failing, sets or [ChangeSet(c) for c in smallest(ledger, rows)]
        return
    kept = {n: row for n, row in rows.items() if left_out.isdisjoint(row.coefs)}
    for part in components(kept):
        if any(row.rest for row in part.values()):
            yield from _explained(ledger, part, blanks=False)


def _left_out(ledger: Ledger, failing: Iterable[int]) -> set[RowCol]:
    """The cells of the sides that are wholly blank while the other side is not."""
    sides = (s for n in failing if not (b := ledger.balances[n]).stated for s in (b.left_cells, b.right_cells))
    return {k for side in sides if all(ledger.facts[k].kind == "blank" for k in side) for k in side}


def _finding(
    ledger: Ledger, failing: set[int], sets: Sequence[ChangeSet], before: int, claims: Sequence[Claim]
) -> Finding:
    """The finding with its sets in order, the likeliest first, numbered on from `before`."""
    order = {k: n for n, k in enumerate(ledger.table.cells)}

    def key(ranked: tuple[int, ChangeSet]) -> tuple[int, int, int, list[int]]:
        borne_out, found = ranked
        rank = max(RANK[_explanation(ledger, found, k)] for k in found.change)
        return -borne_out, rank, len(found.change), sorted(order[k] for k in found.change)

    listed = sorted(((_borne_out(ledger, s, claims), s) for s in sets), key=key)[: LISTED + 1]
    rows = (
        replace(_proposal(ledger, s, k, failing, before + n, len(sets) - 1), borne_out=borne_out)
        for n, (borne_out, s) in enumerate(listed, 1)
        for k in sorted(s.change, key=order.__getitem__)
    )
    return Finding(_names(ledger, failing), tuple(rows))


def _borne_out(ledger: Ledger, found: ChangeSet, claims: Sequence[Claim]) -> int:
    """How many more claims hold after a change than before it; below 0 where it contradicts more than it bears out."""
    touched = [c for c in claims if not found.change.keys().isdisjoint(c.cells) and ledger.facts.keys() >= {*c.cells}]
    return sum(_holds(ledger, c, found.change) - _holds(ledger, c, {}) for c in touched)


def _holds(ledger: Ledger, claim: Claim, change: Change) -> bool:
    return sum(ledger.value(k, change.get(k, 0)) for k in claim.cells) == claim.stated


def _proposal(
    ledger: Ledger, found: ChangeSet, key: RowCol, failing: set[int], number: int, alternatives: int
) -> Proposal:
    fact = ledger.facts[key]
    asked = {n for k in found.change for n, _ in ledger.columns.get(k, ())}
    blanks = any(ledger.facts[k].kind == "blank" for n in asked for k in ledger.rows[n].coefs)
    return Proposal(
        ledger.form,
        ledger.table.number,
        number,
        len(found.change),
        *key,
        fact.printed.text.strip(),
        fact.value,
        ledger.value(key, found.change[key]),
        alternatives,
        _explanation(ledger, found, key),
        blanks,
        _names(ledger, {n for n, _ in ledger.columns.get(key, ())} & failing),
    )


def _names(ledger: Ledger, numbers: set[int]) -> tuple[str, ...]:
    return tuple(ledger.balances[n].identity for n in sorted(numbers))


def _explanation(ledger: Ledger, found: ChangeSet, key: RowCol) -> Explanation:
    """The slip by which the proposed figure may have become the printed one."""
    if found.slip:
        return found.slip
    cell = ledger.table.cells[key]
    if ledger.empty(key) and (cell.row.total or cell.column.total):
        return "total-not-summed"
    if ledger.facts[key].kind == "blank":
        return "blank-for-number"
    read, proposed = f"{ledger.value(key, 0):f}", f"{ledger.value(key, found.change[key]):f}"
    as_printed = slip_of_digits(ledger.facts[key].printed.text.strip(), proposed)
    return as_printed if as_printed != "other" else slip_of_digits(read, proposed)


def slip_of_digits(printed: str, proposed: str) -> Explanation:
    """The slip of a single digit, or `other`, by which one text may have become another, as printed."""
    if _one_less(proposed, printed):
        return "digit-lost"
    if _one_less(printed, proposed):
        return "digit-added"
    apart = [n for n, (a, b) in enumerate(zip(printed, proposed, strict=False)) if a != b]
    if len(printed) == len(proposed) > 1:
        if len(apart) == 1:
            return "digit-changed"
        if len(apart) == 2 and apart[1] == apart[0] + 1 and sorted(printed) == sorted(proposed):
            return "digits-turned"
    return "other"


def _one_less(longer: str, shorter: str) -> bool:
    """True where the shorter text is the longer one without one of its characters."""
    return len(longer) == len(shorter) + 1 and any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))
