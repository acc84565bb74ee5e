"""Slips of the hand that explain a set of changes: shifted, swapped, lost and re-cut figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, pairwise

from pipeline.trust.balances import RowCol
from pipeline.trust.proposals.model import Change, ChangeSet, Explanation, Ledger, LedgerRow
from pipeline.trust.proposals.search import shortest


def slips_of(ledger: Ledger, failing: set[int]) -> Iterator[ChangeSet]:
    """The slips that change several cells at once and explain all these failing identities, each change once."""
    seen: set[frozenset[tuple[RowCol, int]]] = set()
    reached = [line for line in ledger.lines if _reaches(ledger, line, failing)]
    probe = shortest(ledger.rows[n] for n in sorted(failing))
    for slip, change in chain(_shifts(ledger, reached, failing), _recuts(ledger, reached), _swaps(ledger, probe)):
        if probe.rest + sum(probe.coefs.get(k, 0) * x for k, x in change.items()):
            continue  # most do not even mend one
        real = {k: x for k, x in change.items() if x}
        key = frozenset(real.items())
        if len(real) > 1 and key not in seen and not _rests(ledger, real, failing) and ledger.plausible(real):
            seen.add(key)
            yield ChangeSet(real, slip)


def _reaches(ledger: Ledger, line: Sequence[RowCol], failing: set[int]) -> bool:
    return failing <= {n for k in line for n, _ in ledger.columns.get(k, ())}


def _rests(ledger: Ledger, change: Change, failing: set[int]) -> dict[int, int]:
    """The errors left in these failing equations, and in all that the change touches."""
    rests = {n: ledger.rows[n].rest for n in failing}
    for k, x in change.items():
        for n, coef in ledger.columns.get(k, ()):
            rests[n] = rests.get(n, 0) + coef * x
    return {n: rest for n, rest in rests.items() if rest}


def _shifts(
    ledger: Ledger, lines: Iterable[Sequence[RowCol]], failing: set[int]
) -> Iterator[tuple[Explanation, Change]]:
    """Figures of a row shifted by one column where an empty cell came in; the figure lost at the edge is worked out."""
    for line in lines:
        for way in (line, line[::-1]):
            for i, j in combinations(range(len(way)), 2):
                if ledger.empty(way[i]):
                    change = {way[k]: ledger.values[way[k + 1]] - ledger.values[way[k]] for k in range(i, j)}
                    yield "shifted", {**change, way[j]: -ledger.values[way[j]]}
                    if j == len(way) - 1:
                        yield from (("shifted", {**change, **lost}) for lost in _lost(ledger, change, way[j], failing))


def _lost(ledger: Ledger, change: Change, key: RowCol, failing: set[int]) -> Iterator[Change]:
    """What the cell at the edge would have to gain for the first of its equations to hold."""
    for n, coef in ledger.columns.get(key, ())[:1]:
        rest = _rests(ledger, change, failing | {n}).get(n, 0)
        if rest % coef == 0:
            yield {key: -rest // coef}


def _recuts(ledger: Ledger, lines: Iterable[Sequence[RowCol]]) -> Iterator[tuple[Explanation, Change]]:
    """The digits of two neighbours divided at another place."""
    for line in lines:
        for a, b in pairwise(line):
            x, y = _digits(ledger, a), _digits(ledger, b)
            whole = (x or "") + (y or "")
            if x is None or y is None or len(whole) < 2:
                continue
            for cut in range(len(whole) + 1):
                left, right = whole[:cut], whole[cut:]
                if not (left.startswith("0") or right.startswith("0")):
                    slip: Explanation = "glued" if left and right and not (x and y) else "split"
                    yield slip, {a: _gain(ledger, a, left), b: _gain(ledger, b, right)}


def _digits(ledger: Ledger, key: RowCol) -> str | None:
    """The digits of a count, empty for 0 and blank; None for any other value."""
    value = ledger.value(key, 0)
    if value < 0 or value != value.to_integral_value():
        return None
    return str(int(value)) if value else ""


def _gain(ledger: Ledger, key: RowCol, digits: str) -> int:
    return int(digits or "0") * ledger.scale - ledger.values[key]


def _swaps(ledger: Ledger, probe: LedgerRow) -> Iterator[tuple[Explanation, Change]]:
    """Two swapped figures of a row or a column, one of them in a failing equation."""
    for k in probe.coefs:
        for other in ledger.values:
            if (other[0] == k[0]) != (other[1] == k[1]):
                gain = ledger.values[other] - ledger.values[k]
                yield "swapped", {k: gain, other: -gain}
