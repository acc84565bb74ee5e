"""Localisation: from the identities of a table that fail to the cells that explain them. Nothing is ever applied.

The identities of a table form a linear system with coefficients of ±1. Of all sets of cells whose change makes every
identity hold, the smallest are named with the figures that they would then have (Fellegi and Holt, 1976). One slip of
a hand may touch several cells (a row shifted by one column, two cells swapped): it counts as one error like a single
cell. Parts of the table that share no cell are worked out apart, unless one slip explains them together. Blanks count
as 0; an identity with a slash, a dash, a word or an absent cell says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from itertools import chain, combinations, pairwise
from typing import Literal, NamedTuple

from pipeline.facts import Fact
from pipeline.forms import FormCell, FormTable
from pipeline.trust.balances import Balance, Key, balances

Outcome = Literal["unique", "ambiguous", "undetermined"]
Explanation = Literal[
    "total-not-summed",  # a printed total is 0 or blank, its parts are not
    "digit-lost",  # the figure without one of its digits
    "digit-added",  # the figure with a digit more, as doubled or ten times
    "digits-turned",  # two neighbouring digits in each other's place
    "digit-changed",  # one digit is another
    "blank-for-number",  # nothing is printed
    "shifted",  # figures of a row stand one column aside
    "glued",  # the figures of two neighbours stand in one cell
    "split",  # the digits of two neighbours are parted at another place
    "swapped",  # two figures of a row or column in each other's place
    "other",
]

# The search is exact up to this many cells; it gives up rather than running long. A step takes some 0.1 ms.
MAX_SIZE = 5
MAX_STEPS = 1500
LISTED = 20  # so many alternatives are listed beside the first set; all are counted

_RANK: Mapping[Explanation, int] = {
    "total-not-summed": 0,
    "digit-lost": 1,
    "digit-added": 1,
    "digits-turned": 1,
    "blank-for-number": 1,
    "shifted": 2,
    "glued": 2,
    "split": 2,
    "swapped": 2,
    "digit-changed": 3,
    "other": 4,
}

Change = dict[Key, int]  # what each cell would gain


@dataclass(frozen=True, slots=True)
class Proposal:
    """One cell of a set whose change makes the identities hold. Rows of one `set_no` belong together.

    `size` counts the cells of the set; `alternatives` the other sets that explain the same with as few errors;
    `identities` are the failing ones that the cell is part of, as rule@row:column of the cell that names each.
    `blank_as_zero` says that blanks in them were counted as 0.
    """

    form: str
    table_no: int
    set_no: int
    size: int
    row_code: str
    col_code: str
    printed: str
    printed_value: Decimal | None
    proposed: Decimal
    alternatives: int
    explanation: Explanation
    blank_as_zero: bool
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Failing identities that hang together, and what explains them; without proposals it is undetermined."""

    identities: tuple[str, ...]
    proposals: tuple[Proposal, ...]

    @property
    def outcome(self) -> Outcome:
        """One smallest set, several, or none within the limits of the search."""
        if not self.proposals:
            return "undetermined"
        return "ambiguous" if self.proposals[0].alternatives else "unique"


class _Row(NamedTuple):
    """An equation of the system: the sum of coefficient × change over the cells must be −`rest`."""

    coefs: dict[Key, int]
    rest: int


_Rows = dict[int, _Row]


class _Set(NamedTuple):
    """A set that explains: what each cell would gain, and the slip that changes several at once."""

    change: Change
    slip: Explanation | None = None


def proposals(table: FormTable, form: str, facts: Sequence[Fact]) -> tuple[Proposal, ...]:
    """The smallest sets of cells whose change makes all identities of a table hold; empty where all hold."""
    return tuple(chain.from_iterable(f.proposals for f in findings(table, form, facts)))


def findings(table: FormTable, form: str, facts: Sequence[Fact]) -> tuple[Finding, ...]:
    """What the failing identities of a table point at, also where that remains undetermined."""
    worked = balances(table, form, facts)
    if all(b.state_blank_as_zero != "fail" for b in worked):
        return ()
    sheet = _Sheet.of(table, form, facts, worked)
    failing = {n for n, row in sheet.rows.items() if row.rest}
    parts = [rows for rows in _components(sheet.rows) if failing & rows.keys()]
    if len(parts) > 1 and (together := list(_slips(sheet, failing))):
        return (_finding(sheet, failing, together, 0),)
    found: list[Finding] = []
    for rows in parts:
        for told, sets in _explained(sheet, rows):
            before = max((p.set_no for f in found for p in f.proposals), default=0)
            found.append(_finding(sheet, told, sets, before))
    return tuple(found)


@dataclass(frozen=True)
class _Sheet:
    """A table of one report made ready: figures as whole numbers of 10^-`places`, equations, who stands where."""

    table: FormTable
    form: str
    facts: Mapping[Key, Fact]
    balances: Mapping[int, Balance]
    places: int
    values: Mapping[Key, int]
    rows: _Rows
    columns: Mapping[Key, Sequence[tuple[int, int]]]  # for each cell its equations and coefficients
    lines: tuple[tuple[Key, ...], ...]  # the readable cells of each row, in order

    @classmethod
    def of(cls, table: FormTable, form: str, facts: Sequence[Fact], worked: Sequence[Balance]) -> _Sheet:
        """The sheet of a table; only numbers and blanks are readable."""
        by_key = {(f.cell.row.code, f.cell.column.code): f for f in facts if f.kind in ("number", "blank")}
        readable = {k: by_key[k] for k in table.cells if k in by_key}
        told = {n: b for n, b in enumerate(worked) if b.state_blank_as_zero != "incomplete"}
        places = max((_places(f.value) for f in readable.values() if f.value), default=0)
        values = {k: int((f.value or Decimal(0)).scaleb(places)) for k, f in readable.items()}
        rows = {n: _row(b, values) for n, b in told.items()}
        columns: dict[Key, list[tuple[int, int]]] = defaultdict(list)
        for n, row in rows.items():
            for k, coef in row.coefs.items():
                columns[k].append((n, coef))
        lines = tuple(
            tuple((r.code, c.code) for c in b.columns if (r.code, c.code) in readable)
            for b in table.blocks
            for r in b.rows
        )
        return cls(table, form, readable, told, places, values, rows, columns, lines)

    @property
    def scale(self) -> int:
        """How many of the units counted here are 1."""
        return int(10**self.places)

    def plausible(self, change: Change) -> bool:
        """True where every cell would print what its form allows: whole counts, nothing below 0 but what is signed."""
        return all(_allowed(self.table.cells[k], self.value(k, x)) for k, x in change.items())

    def value(self, key: Key, change: int) -> Decimal:
        """What the cell would print after a change."""
        made = Decimal(self.values[key] + change).scaleb(-self.places)
        return made.quantize(Decimal(1)) if made == made.to_integral_value() else made

    def empty(self, key: Key) -> bool:
        """True where 0 or nothing is printed."""
        return not self.values[key]


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # a figure is finite
    return max(0, -exponent)


def _row(balance: Balance, values: Mapping[Key, int]) -> _Row:
    coefs: dict[Key, int] = defaultdict(int)
    for keys, sign in ((balance.left_cells, 1), (balance.right_cells, -1)):
        for k in keys:
            coefs[k] += sign
    made = {k: c for k, c in coefs.items() if c}
    return _Row(made, sum(c * values[k] for k, c in made.items()))


def _allowed(cell: FormCell, value: Decimal) -> bool:
    amount = cell.unit is None or cell.unit.endswith("元")
    signed = cell.column.signed or cell.row.signed
    return (signed or value >= 0) and (amount or value == value.to_integral_value())


def _components(rows: _Rows) -> list[_Rows]:
    """The equations in parts that share no cell, each in order."""
    parts: list[tuple[set[Key], set[int]]] = []
    for n, row in rows.items():
        touched = [p for p in parts if not p[0].isdisjoint(row.coefs)]
        parts = [p for p in parts if p not in touched]
        parts.append((set(row.coefs).union(*(p[0] for p in touched)), {n}.union(*(p[1] for p in touched))))
    return sorted(({n: rows[n] for n in sorted(p[1])} for p in parts), key=min)


def _explained(sheet: _Sheet, rows: _Rows, blanks: bool = True) -> Iterator[tuple[set[int], list[_Set]]]:
    """The failing identities of one part, with what explains them.

    Where a whole side is left blank, nothing is claimed that could be wrong: one error may explain it, else the
    blank cells are taken out of the question, and what remains is asked.
    """
    failing = {n for n, row in rows.items() if row.rest}
    left_out = _left_out(sheet, failing) if blanks else set()
    sets = [*(_Set(c) for c in _closing(rows) if sheet.plausible(c)), *_slips(sheet, failing)]
    if sets or not left_out:
        yield failing, sets or [_Set(c) for c in _smallest(sheet, rows)]
        return
    told = {n: row for n, row in rows.items() if left_out.isdisjoint(row.coefs)}
    for part in _components(told):
        if any(row.rest for row in part.values()):
            yield from _explained(sheet, part, blanks=False)


def _left_out(sheet: _Sheet, failing: Iterable[int]) -> set[Key]:
    """The cells of those sides that are blank as a whole while the other side is not."""
    sides = (s for n in failing if not (b := sheet.balances[n]).stated for s in (b.left_cells, b.right_cells))
    return {k for side in sides if all(sheet.facts[k].kind == "blank" for k in side) for k in side}


# ------------------------------------------------------------------------------------------------- sets of cells


def _closing(rows: _Rows) -> Iterator[Change]:
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


def _smallest(sheet: _Sheet, rows: _Rows) -> list[Change]:
    """All smallest sets of two cells or more; none where there is none up to `MAX_SIZE` or the steps run out."""
    search = _Search(sheet)
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

    A set that mends everything has a cell in every failing equation; so one failing equation is taken, each of its
    cells in turn is set free, that is, eliminated from the other equations, and what still fails asks for the rest.
    """

    def __init__(self, sheet: _Sheet) -> None:
        self.sheet = sheet
        self.steps = 0
        self.seen: set[frozenset[Key]] = set()
        self.found: dict[frozenset[Key], Change] = {}

    @property
    def exhausted(self) -> bool:
        """True when no steps are left: then nothing is known about the rest."""
        return self.steps >= MAX_STEPS

    def down(self, rows: _Rows, freed: tuple[tuple[Key, _Row], ...], size: int) -> None:
        """All sets of `size` more cells, given the cells set free so far with the equation that gives each."""
        self.steps += 1
        failing = [row for row in rows.values() if row.rest]
        if self.exhausted or not failing or not _enough(failing, size):
            return
        if size == 1:
            for last in _closing(rows):
                self._note(_solved(freed, last))
            return
        for k in _shortest(failing).coefs:
            chosen = frozenset({k, *(f for f, _ in freed)})
            if chosen not in self.seen:
                self.seen.add(chosen)
                remaining, pivot = _eliminated(rows, k)
                self.down(remaining, (*freed, (k, pivot)), size - 1)

    def _note(self, change: Change | None) -> None:
        if change and all(change.values()) and self.sheet.plausible(change):
            self.found.setdefault(frozenset(change), change)


def _enough(failing: Sequence[_Row], size: int) -> bool:
    """True where so many cells could reach every failing equation. None is without cells: 0 = 0 does not fail."""
    met: dict[Key, int] = defaultdict(int)
    for row in failing:
        for k in row.coefs:
            met[k] += 1
    return len(failing) <= size * max(met.values())


def _eliminated(rows: _Rows, key: Key) -> tuple[_Rows, _Row]:
    """The equations with one cell set free, and the equation that gives it."""
    pivot = min((n for n, row in rows.items() if key in row.coefs), key=lambda n: len(rows[n].coefs))
    by = rows[pivot]
    return {n: _without(row, by, key) if key in row.coefs else row for n, row in rows.items() if n != pivot}, by


def _without(row: _Row, by: _Row, key: Key) -> _Row:
    mine, its = row.coefs[key], by.coefs[key]
    coefs = {k: c * its for k, c in row.coefs.items()}
    for k, c in by.coefs.items():
        coefs[k] = coefs.get(k, 0) - c * mine
    return _Row({k: c for k, c in coefs.items() if c}, row.rest * its - by.rest * mine)


def _solved(freed: Sequence[tuple[Key, _Row]], last: Change) -> Change | None:
    """What each cell set free gains, worked out backwards from the last; None where one is no whole number."""
    change = dict(last)
    for k, row in reversed(freed):
        known = row.rest + sum(c * change.get(other, 0) for other, c in row.coefs.items())
        if known % row.coefs[k]:
            return None
        change[k] = -known // row.coefs[k]
    return change


# --------------------------------------------------------------------------------------------- slips of a hand


def _slips(sheet: _Sheet, failing: set[int]) -> Iterator[_Set]:
    """The slips that change several cells at once and explain all these failing identities, each change once."""
    seen: set[frozenset[tuple[Key, int]]] = set()
    reached = [line for line in sheet.lines if _reaches(sheet, line, failing)]
    probe = _shortest(sheet.rows[n] for n in sorted(failing))
    for slip, change in chain(_shifts(sheet, reached, failing), _recuts(sheet, reached), _swaps(sheet, probe)):
        if probe.rest + sum(probe.coefs.get(k, 0) * x for k, x in change.items()):
            continue  # most do not even mend one
        real = {k: x for k, x in change.items() if x}
        key = frozenset(real.items())
        if len(real) > 1 and key not in seen and not _rests(sheet, real, failing) and sheet.plausible(real):
            seen.add(key)
            yield _Set(real, slip)


def _shortest(rows: Iterable[_Row]) -> _Row:
    return min(rows, key=lambda row: len(row.coefs))


def _reaches(sheet: _Sheet, line: Sequence[Key], failing: set[int]) -> bool:
    return failing <= {n for k in line for n, _ in sheet.columns.get(k, ())}


def _rests(sheet: _Sheet, change: Change, failing: set[int]) -> dict[int, int]:
    """What these failing equations, and all that the change touches, would still be wrong by."""
    rests = {n: sheet.rows[n].rest for n in failing}
    for k, x in change.items():
        for n, coef in sheet.columns.get(k, ()):
            rests[n] = rests.get(n, 0) + coef * x
    return {n: rest for n, rest in rests.items() if rest}


def _shifts(sheet: _Sheet, lines: Iterable[Sequence[Key]], failing: set[int]) -> Iterator[tuple[Explanation, Change]]:
    """Figures of a row one column aside, where an empty cell came in; what fell off the edge is worked out."""
    for line in lines:
        for way in (line, line[::-1]):
            for i, j in combinations(range(len(way)), 2):
                if sheet.empty(way[i]):
                    change = {way[k]: sheet.values[way[k + 1]] - sheet.values[way[k]] for k in range(i, j)}
                    yield "shifted", {**change, way[j]: -sheet.values[way[j]]}
                    if j == len(way) - 1:
                        yield from (("shifted", {**change, **lost}) for lost in _lost(sheet, change, way[j], failing))


def _lost(sheet: _Sheet, change: Change, key: Key, failing: set[int]) -> Iterator[Change]:
    """What the cell at the edge would have to gain for the first of its equations to hold."""
    for n, coef in sheet.columns.get(key, ())[:1]:
        rest = _rests(sheet, change, failing | {n}).get(n, 0)
        if rest % coef == 0:
            yield {key: -rest // coef}


def _recuts(sheet: _Sheet, lines: Iterable[Sequence[Key]]) -> Iterator[tuple[Explanation, Change]]:
    """The digits of two neighbours parted at another place."""
    for line in lines:
        for a, b in pairwise(line):
            x, y = _digits(sheet, a), _digits(sheet, b)
            whole = (x or "") + (y or "")
            if x is None or y is None or len(whole) < 2:
                continue
            for cut in range(len(whole) + 1):
                left, right = whole[:cut], whole[cut:]
                if not (left.startswith("0") or right.startswith("0")):
                    slip: Explanation = "glued" if left and right and not (x and y) else "split"
                    yield slip, {a: _gain(sheet, a, left), b: _gain(sheet, b, right)}


def _digits(sheet: _Sheet, key: Key) -> str | None:
    """The digits of a count, empty for 0 and blank; None for what has no such digits."""
    value = sheet.value(key, 0)
    if value < 0 or value != value.to_integral_value():
        return None
    return str(int(value)) if value else ""


def _gain(sheet: _Sheet, key: Key, digits: str) -> int:
    return int(digits or "0") * sheet.scale - sheet.values[key]


def _swaps(sheet: _Sheet, probe: _Row) -> Iterator[tuple[Explanation, Change]]:
    """Two figures of a row or of a column in each other's place, one of them in a failing equation."""
    for k in probe.coefs:
        for other in sheet.values:
            if (other[0] == k[0]) != (other[1] == k[1]):
                gain = sheet.values[other] - sheet.values[k]
                yield "swapped", {k: gain, other: -gain}


# -------------------------------------------------------------------------------------------------- the report


def _finding(sheet: _Sheet, failing: set[int], sets: Sequence[_Set], before: int) -> Finding:
    """The finding with its sets in order, the likeliest first, numbered on from `before`."""
    order = {k: n for n, k in enumerate(sheet.table.cells)}

    def key(found: _Set) -> tuple[int, int, list[int]]:
        rank = max(_RANK[_explanation(sheet, found, k)] for k in found.change)
        return rank, len(found.change), sorted(order[k] for k in found.change)

    listed = sorted(sets, key=key)[: LISTED + 1]
    rows = (
        _proposal(sheet, s, k, failing, before + n, len(sets) - 1)
        for n, s in enumerate(listed, 1)
        for k in sorted(s.change, key=order.__getitem__)
    )
    return Finding(_names(sheet, failing), tuple(rows))


def _proposal(sheet: _Sheet, found: _Set, key: Key, failing: set[int], number: int, alternatives: int) -> Proposal:
    fact = sheet.facts[key]
    asked = {n for k in found.change for n, _ in sheet.columns.get(k, ())}
    blanks = any(sheet.facts[k].kind == "blank" for n in asked for k in sheet.rows[n].coefs)
    return Proposal(
        sheet.form,
        sheet.table.number,
        number,
        len(found.change),
        *key,
        fact.printed.text.strip(),
        fact.value,
        sheet.value(key, found.change[key]),
        alternatives,
        _explanation(sheet, found, key),
        blanks,
        _names(sheet, {n for n, _ in sheet.columns.get(key, ())} & failing),
    )


def _names(sheet: _Sheet, numbers: set[int]) -> tuple[str, ...]:
    return tuple(sheet.balances[n].identity for n in sorted(numbers))


def _explanation(sheet: _Sheet, found: _Set, key: Key) -> Explanation:
    """How what is printed may have come from what is proposed."""
    if found.slip:
        return found.slip
    cell = sheet.table.cells[key]
    if sheet.empty(key) and (cell.row.total or cell.column.total):
        return "total-not-summed"
    if sheet.facts[key].kind == "blank":
        return "blank-for-number"
    read, proposed = f"{sheet.value(key, 0):f}", f"{sheet.value(key, found.change[key]):f}"
    as_printed = _slip_of_digits(sheet.facts[key].printed.text.strip(), proposed)
    return as_printed if as_printed != "other" else _slip_of_digits(read, proposed)


def _slip_of_digits(printed: str, proposed: str) -> Explanation:
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
    """True where the shorter is the longer without one of its characters."""
    return len(longer) == len(shorter) + 1 and any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))
