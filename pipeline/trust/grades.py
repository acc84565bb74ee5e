"""Trust: how far each figure of a report can be relied on, and a grade for the report with its reasons.

A figure is *proven* by an identity that holds, *doubtful* where an identity points at it, where the two ways of
reading differ, where its value is impossible, or where it is read from a picture without certainty; else it is
*unproven*. What does *not* belong here: what a person decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.facts import Fact
from pipeline.issues import CATALOGUE, Issue
from pipeline.schema import Letter, Trust
from pipeline.trust.balances import Balance
from pipeline.trust.blame import Agreement, Blame, has_failed
from pipeline.trust.certainty import uncertain
from pipeline.trust.proposals.model import Finding
from pipeline.trust.second_reading import CellKey

_WELL_COVERED = 0.9  # of the figures should have a second reading
_LETTERS: tuple[Letter, ...] = ("D", "C", "B")


@dataclass(frozen=True, slots=True)
class Grade:
    """A: all identities hold, both ways of reading agree, nothing is odd. B: with reservations. C: some identity
    fails in print, or something is missing. D: figures were read two ways or could not be placed. `none` where the
    report has no figures in tables. `reasons` are words, the gravest first.
    """  # fmt: skip

    letter: Letter
    reasons: tuple[str, ...]


def trust_of(
    facts: Sequence[Fact],
    balances: Sequence[Balance],
    findings: Mapping[int, Sequence[Finding]],
    agreement: Agreement,
    issues: Sequence[Issue],
) -> dict[CellKey, Trust]:
    """The trust of every fact by table, row and column; `findings` by table number."""
    doubtful = {
        *_differing(facts, balances, agreement),
        *_suspects(balances, findings),
        *((i.table_no, i.row_code, i.col_code) for i in issues if CATALOGUE[i.code].doubtful),
    }
    doubtful |= {f.key for f in uncertain(facts, balances)}
    proven = {(b.table_no, *cell) for b in balances if _holds(b) for cell in (*b.left_cells, *b.right_cells)}
    return {f.key: "doubtful" if f.key in doubtful else "proven" if f.key in proven else "unproven" for f in facts}


def _differing(facts: Sequence[Fact], balances: Sequence[Balance], agreement: Agreement) -> tuple[CellKey, ...]:
    """The figures on which the two ways differ; for pictures, where an identity decides, only the undecided ones."""
    pictured = [f for f in facts if f.printed.ocr]
    if not pictured or not agreement.differing:
        return tuple(agreement.differing)
    held = {(b.table_no, *cell) for b in balances if _holds(b) for cell in (*b.left_cells, *b.right_cells)}
    decided = {f.key for f in pictured if f.key in held}
    return tuple(k for k in agreement.differing if k not in decided)


def _holds(balance: Balance) -> bool:
    """True for an identity that holds between printed numbers; a bound that holds proves nothing, nor do blanks."""
    return balance.state_blank_as_zero == "pass" and balance.stated and not balance.is_bound


def _suspects(balances: Sequence[Balance], findings: Mapping[int, Sequence[Finding]]) -> Iterator[CellKey]:
    """The cells that some smallest explanation would change; where there is none, all cells of what fails."""
    for table_no, found in findings.items():
        for finding in found:
            yield from ((table_no, p.row_code, p.col_code) for p in finding.proposals)
    explained = {(n, key) for n, found in findings.items() for f in found if f.proposals for key in f.identities}
    for b in balances:
        if has_failed(b) and (b.table_no, b.identity) not in explained:
            yield from ((b.table_no, *cell) for cell in (*b.left_cells, *b.right_cells))


def grade(
    facts: Sequence[Fact], balances: Sequence[Balance], blames: Sequence[Blame], agreement: Agreement,
    issues: Sequence[Issue],
) -> Grade:  # fmt: skip
    """The grade of a report with its reasons."""
    if not facts:
        return Grade("none", ("no-tables",))
    reasons = dict(_reasons(facts, balances, blames, agreement, {i.code for i in issues}))
    letter: Letter = next((letter for letter in _LETTERS if letter in reasons.values()), "A")
    return Grade(letter, tuple(sorted(reasons, key=lambda r: (_LETTERS.index(reasons[r]), r))))


def _reasons(
    facts: Sequence[Fact], balances: Sequence[Balance], blames: Sequence[Blame], agreement: Agreement,
    codes: set[str],
) -> Iterator[tuple[str, Letter]]:  # fmt: skip
    for flaw in (CATALOGUE[code] for code in codes):
        if flaw.grade is not None:
            yield flaw.because, flaw.grade
    if _differing(facts, balances, agreement):
        yield "routes-differ", "D"
    if blames:
        yield "identity-fails", "C"
    if any(b.state == "incomplete" for b in balances):
        yield "identity-incomplete", "B"
    if not any(_holds(b) for b in balances):
        yield "nothing-proven", "B"
    if agreement.compared < _WELL_COVERED * len(facts):
        yield "one-route", "B"
