"""How certain the figures read from a picture are, and which of two readings the identities choose.

Two recognisers read each figure. Where they differ, and one reading alone makes all identities of the cell hold, that
one is taken: a choice between what two have read, never a figure that nobody read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product

from pipeline.document import Cell, Ocr
from pipeline.facts import Fact
from pipeline.forms.model import Equation
from pipeline.issues import Issue, issue
from pipeline.matching import Bound, Match
from pipeline.numbers import figure
from pipeline.trust.balances import Balance

SURE = 0.9
"""The least probability of a character that is taken as read."""

_TOGETHER = 2  # cells that are chosen at once
_MOST = 16  # cells in which the recognisers differ: with more the page is bad, and a choice would be a guess

RowCol = tuple[str, str]


def is_certain(cell: Cell) -> bool:
    """True for a cell that is not a picture, and for one in which both recognisers surely read the same figure."""
    ocr = cell.ocr
    if ocr is None:
        return True
    return min(ocr.sure, ocr.other_sure) >= SURE and ocr.other is not None and _alike(cell.text, ocr.other)


def _alike(one: str, other: str) -> bool:
    a, b = figure(one), figure(other)
    return (a.kind, a.value) == (b.kind, b.value)


def uncertain(facts: Sequence[Fact], balances: Sequence[Balance]) -> tuple[Fact, ...]:
    """The figures of pictures that are neither certain nor part of an identity that holds."""
    unsure = [f for f in facts if f.printed.ocr is not None and not is_certain(f.printed)]
    if not unsure:
        return ()
    held = {
        (b.table_no, *cell)
        for b in balances
        if b.state_blank_as_zero == "pass" and b.stated and not b.is_bound
        for cell in (*b.left_cells, *b.right_cells)
    }
    return tuple(f for f in unsure if f.key not in held)


def doubts(facts: Sequence[Fact], balances: Sequence[Balance]) -> Iterator[Issue]:
    """An issue for each figure that is uncertain."""
    for fact in uncertain(facts, balances):
        table_no, row_code, col_code = fact.key
        ocr = fact.printed.ocr
        assert ocr is not None
        yield issue(
            "ocr-uncertain",
            table_no=table_no,
            row_code=row_code,
            col_code=col_code,
            printed=fact.printed.text.strip(),
            at=fact.printed,
            other="nothing else" if ocr.other is None else f"“{ocr.other.strip()}”",
        )


# ---------------------------------------------------------------------------------------------- choosing by identities


def chosen(match: Match) -> Match:
    """The table with those other readings that its identities ask for, and an issue for each."""
    rivals = dict(_rivals(match.bound))
    equations = [e for e in match.table.equations if not set(e.cells).isdisjoint(rivals)]
    if not rivals or len(rivals) > _MOST or not equations:
        return match
    first = {(b.row.code, b.column.code): _value(b.cell.text) for b in match.bound}
    wanted = _choice(first, rivals, equations)
    if not wanted:
        return match
    changed = {
        b.cell: _instead(b.cell, wanted[b.row.code, b.column.code])
        for b in match.bound
        if (b.row.code, b.column.code) in wanted
    }
    return replace(
        match,
        bound=tuple(b._replace(cell=changed.get(b.cell, b.cell)) for b in match.bound),
        body=frozenset(changed.get(cell, cell) for cell in match.body),
        issues=(
            *match.issues,
            *(_repaired(match.table.number, b, changed[b.cell]) for b in match.bound if b.cell in changed),
        ),
    )


def _rivals(bound: Sequence[Bound]) -> Iterator[tuple[RowCol, tuple[str, ...]]]:
    """The other numbers that the recognisers read in a cell, where there are any."""
    for b in bound:
        if b.cell.ocr is None:
            continue
        texts = dict.fromkeys([b.cell.ocr.other or "", *b.cell.ocr.rivals])
        other = {figure(t).value: t for t in texts if figure(t).kind == "number" and not _alike(b.cell.text, t)}
        if other:
            yield (b.row.code, b.column.code), tuple(other.values())


def _value(text: str) -> Decimal | None:
    read = figure(text)
    return Decimal(0) if read.kind == "blank" else read.value


def _choice(
    first: Mapping[RowCol, Decimal | None], rivals: Mapping[RowCol, Sequence[str]], equations: Sequence[Equation]
) -> dict[RowCol, str]:
    """The fewest cells whose other readings make all their identities hold; none where several sets would do."""
    failing = {n for n, e in enumerate(equations) if not _holds(e, first)}
    involved = {p for p in rivals if any(p in equations[n].cells for n in failing)}
    for size in range(1, _TOGETHER + 1):
        found = [
            taken
            for places in combinations(sorted(involved), size)
            for texts in product(*(rivals[p] for p in places))
            if _mends(taken := dict(zip(places, texts, strict=True)), first, equations, failing)
        ]
        if found:
            return {p: t for taken in found for p, t in taken.items()} if _are_apart(found, equations) else {}
    return {}


def _mends(
    taken: Mapping[RowCol, str],
    first: Mapping[RowCol, Decimal | None],
    equations: Sequence[Equation],
    failing: set[int],
) -> bool:
    """True where with these readings each identity of their cells holds, and each cell is needed for that."""
    values = {**first, **{place: _value(text) for place, text in taken.items()}}
    touched = [n for n, e in enumerate(equations) if not set(e.cells).isdisjoint(taken)]
    needed = all(any(p in equations[n].cells for n in touched if n in failing) for p in taken)
    return needed and all(_holds(equations[n], values) for n in touched)


def _are_apart(found: Sequence[Collection[RowCol]], equations: Sequence[Equation]) -> bool:
    """True for choices that share no identity with each other: all of them are right."""
    touched = [{n for n, e in enumerate(equations) if not set(e.cells).isdisjoint(places)} for places in found]
    return all(a.isdisjoint(b) for a, b in combinations(touched, 2))


def _holds(equation: Equation, values: Mapping[RowCol, Decimal | None]) -> bool:
    sides = [[values.get(cell) for cell in side] for side in (equation.left, equation.right)]
    if any(v is None for side in sides for v in side):
        return False
    left, right = (sum((v for v in side if v is not None), Decimal(0)) for side in sides)
    return left == right


def _instead(cell: Cell, text: str) -> Cell:
    """The cell with its other reading; the certainty of that reading is dropped, since the identities vouch for it."""
    assert cell.ocr is not None
    return cell._replace(text=text, ocr=Ocr(0.0, cell.text, cell.ocr.sure))


def _repaired(table_no: int, bound: Bound, cell: Cell) -> Issue:
    return issue(
        "ocr-repaired",
        table_no=table_no,
        row_code=bound.row.code,
        col_code=bound.column.code,
        printed=bound.cell.text.strip(),
        at=cell,
        other=cell.text.strip(),
    )
