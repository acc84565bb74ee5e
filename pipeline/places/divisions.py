"""Divisions of county level and above, by year, read from ``divisions.csv``.

Knows codes, years and names; does not know publishers or townships.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from pipeline.places.wording import wording

CENTRE_CODE = "000000"
MUNICIPALITIES = frozenset({"110000", "120000", "310000", "500000"})  # provinces that are cities themselves


class RegisterError(ValueError):
    """A data file of the register contradicts itself."""


@dataclass(frozen=True, slots=True)
class Division:
    """One code of GB/T 2260 (or the centre, ``000000``) under one name.

    ``start_year`` and ``end_year`` are the first and last year on whose 31 December it was in force; an
    ``end_year`` of None means that it still is. ``current_codes`` are the codes of today that it became:
    itself when in force. A county of a municipality has the municipality for its prefecture; a county ruled
    by the province directly has none.
    """

    code: str
    name: str
    level: str
    start_year: int
    end_year: int | None
    current_codes: tuple[str, ...]
    prefecture_code: str | None
    prefecture_name: str | None
    province_code: str | None
    province_name: str | None

    def in_force(self, year: int | None) -> bool:
        """Whether the code stood under this name on 31 December of the year (None: today)."""
        if year is None:
            return self.end_year is None
        return self.start_year <= year and (self.end_year is None or year <= self.end_year)


class _Row(NamedTuple):
    code: str
    name: str
    start_year: int
    end_year: int | None
    successors: tuple[str, ...]
    origins: tuple[str, ...]


def _split(codes: str) -> tuple[str, ...]:
    return tuple(codes.split(";")) if codes else ()


def _read_row(line: Mapping[str, str]) -> _Row:
    try:
        end = int(line["end_year"]) if line["end_year"] else None
        row = _Row(
            line["code"],
            line["name"],
            int(line["start_year"]),
            end,
            _split(line["successors"]),
            _split(line["origins"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RegisterError(f"divisions.csv: {line} cannot be read: {error}") from error
    if len(row.code) != 6 or not row.code.isdigit() or not row.name:
        raise RegisterError(f"divisions.csv: {line} has no six-digit code or no name")
    if row.end_year is not None and row.end_year < row.start_year:
        raise RegisterError(f"divisions.csv: {row.code} {row.name} ends before it starts")
    return row


@cache
def _rows() -> Mapping[str, tuple[_Row, ...]]:
    """Rows by code, in the order of years; a code's years never overlap and its relatives exist."""
    text = files(__package__).joinpath("divisions.csv").read_text(encoding="utf-8")
    columns, *lines = csv.reader(text.splitlines())
    return checked_rows(dict(zip(columns, line, strict=False)) for line in lines)


def checked_rows(lines: Iterable[Mapping[str, str]]) -> Mapping[str, tuple[_Row, ...]]:
    """Rows by code from the lines of ``divisions.csv``; raises :class:`RegisterError`."""
    by_code: dict[str, list[_Row]] = defaultdict(list)
    for line in lines:
        row = _read_row(line)
        by_code[row.code].append(row)
    for code, rows in by_code.items():
        rows.sort(key=_start)
        for earlier, later in pairwise(rows):
            if earlier.end_year is None or earlier.end_year >= later.start_year:
                raise RegisterError(f"divisions.csv: {code} has two names in {later.start_year}")
        related = {other for row in rows for other in row.successors + row.origins}
        if not related <= by_code.keys():
            raise RegisterError(f"divisions.csv: {code} points at unknown codes {sorted(related - by_code.keys())}")
        if rows[-1].end_year is not None and not rows[-1].successors:
            raise RegisterError(f"divisions.csv: {code} ended without a successor")
    return {code: tuple(by_code[code]) for code in sorted(by_code)}


def _start(row: _Row) -> int:
    return row.start_year


@cache
def _predecessors() -> Mapping[str, tuple[str, ...]]:
    """Codes that a code came from: those that name it as successor, else its curated origins."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, rows in _rows().items():
        for row in rows:
            for successor in row.successors:
                found[successor].add(code)
    for code, rows in _rows().items():
        found[code].update(origin for row in rows for origin in row.origins)
    return {code: tuple(sorted(codes)) for code, codes in found.items()}


@cache
def _codes_in_force(year: int | None) -> frozenset[str]:
    """All codes in force in the year (None: today)."""
    rows = (row for rows in _rows().values() for row in rows)
    return frozenset(row.code for row in rows if (row.end_year is None if year is None else _covers(row, year)))


def _covers(row: _Row, year: int) -> bool:
    return row.start_year <= year and (row.end_year is None or year <= row.end_year)


@cache
def codes_in_year(code: str, year: int | None) -> frozenset[str]:
    """The code or codes in force in the year (None: today) for the area that a code of any year stood for.

    Empty when the register has no answer, as before the first year of a county without a known origin.
    """
    if code == CENTRE_CODE or code in _codes_in_force(year):
        return frozenset({code})
    rows = _rows().get(code, ())
    if not rows:
        return frozenset()
    if year is not None and year < rows[0].start_year:
        return frozenset().union(*(codes_in_year(old, year) for old in _predecessors().get(code, ())))
    return frozenset().union(*(codes_in_year(new, year) for new in rows[-1].successors))


def parent_codes(code: str) -> tuple[str, ...]:
    """Codes of the prefecture and the province above a code, read off its digits."""
    if code == CENTRE_CODE or code.endswith("0000"):
        return ()
    province = code[:2] + "0000"
    return (province,) if code.endswith("00") else (code[:4] + "00", province)


def level_of(code: str) -> str:
    """``centre``, ``province``, ``prefecture`` or ``county``."""
    if code == CENTRE_CODE:
        return "centre"
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def _row_of(code: str, year: int | None) -> _Row | None:
    """The code's row of that year, else its last."""
    rows = _rows().get(code, ())
    fitting = [row for row in rows if year is not None and _covers(row, year)]
    return fitting[0] if fitting else rows[-1] if rows else None


def _prefecture_of(row: _Row) -> _Row | None:
    level = level_of(row.code)
    if level == "province":
        return None
    if level == "prefecture":
        return row
    province = row.code[:2] + "0000"
    return _row_of(province if province in MUNICIPALITIES else row.code[:4] + "00", row.end_year)


@cache
def _division(row: _Row) -> Division:
    prefecture = _prefecture_of(row)
    province = _row_of(row.code[:2] + "0000", row.end_year)
    return Division(
        code=row.code,
        name=row.name,
        level=level_of(row.code),
        start_year=row.start_year,
        end_year=row.end_year,
        current_codes=tuple(sorted(codes_in_year(row.code, None))),
        prefecture_code=prefecture.code if prefecture else None,
        prefecture_name=prefecture.name if prefecture else None,
        province_code=province.code if province else None,
        province_name=province.name if province else None,
    )


@cache
def _centre() -> Division:
    start = min(row.start_year for rows in _rows().values() for row in rows)
    return Division(CENTRE_CODE, "中央", "centre", start, None, (CENTRE_CODE,), None, None, None, None)


@cache
def divisions() -> tuple[Division, ...]:
    """All codes in force in any year since 2008, ordered by code, then by first year.

    Raises :class:`RegisterError` when the register contradicts itself. Sources: see ``ATTRIBUTION.md``.
    """
    return (_centre(), *(_division(row) for rows in _rows().values() for row in rows))


def division(code: str, year: int | None = None) -> Division | None:
    """The division under a code that was in force in the year, else the latest one; None if there is none."""
    rows = [_centre()] if code == CENTRE_CODE else [_division(row) for row in _rows().get(code, ())]
    fitting = [row for row in rows if row.in_force(year)]
    return fitting[-1] if fitting else rows[-1] if rows else None


@cache
def lineage(code: str) -> frozenset[str]:
    """The code, those it came from and those it became, of whatever year."""
    earlier: set[str] = set()
    later: set[str] = set()
    _collect(code, _predecessors(), earlier)
    _collect(code, _successors(), later)
    return frozenset({code} | earlier | later)


@cache
def descendants(code: str) -> frozenset[str]:
    """Codes that took over ground from this one: its successors, and counties carved out of it."""
    found: set[str] = set()
    _collect(code, _heirs(), found)
    return frozenset(found)


@cache
def _heirs() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for code, older in _predecessors().items():
        for each in older:
            found[each].add(code)
    return {code: tuple(sorted(heirs)) for code, heirs in found.items()}


def handover_year(old: str, new: str) -> int:
    """The first year in which the new code held ground of the old one: when the old ended or the new began."""
    end, start = _rows()[old][-1].end_year, _rows()[new][0].start_year
    return start if end is None or start > end + 1 else end + 1


@cache
def _successors() -> Mapping[str, tuple[str, ...]]:
    return {code: rows[-1].successors for code, rows in _rows().items()}


def _collect(code: str, relatives: Mapping[str, tuple[str, ...]], found: set[str]) -> None:
    for other in relatives.get(code, ()):
        if other not in found:
            found.add(other)
            _collect(other, relatives, found)


@cache
def within(code: str, area: str) -> bool:
    """Whether a code is the area or lies in it, by its digits or by those it had or got in other years.

    六安市寿县 is printed long after 寿县 went to 淮南市, and 淮南市寿县 for the years before.
    """
    if code == area or area in parent_codes(code):
        return True
    areas = lineage(area)
    return any(each in areas or not areas.isdisjoint(parent_codes(each)) for each in lineage(code))


@cache
def counties_of(area: str, year: int | None) -> tuple[str, ...]:
    """Codes of county level in force in the year inside a prefecture or province."""
    in_force = _codes_in_force(year)
    return tuple(code for code in _counties().get(area, ()) if code in in_force)


@cache
def _counties() -> Mapping[str, Sequence[str]]:
    """Codes of county level, of whatever year, inside each prefecture and province."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in _rows():
        for area in parent_codes(code) if level_of(code) == "county" else ():
            found[area].append(code)
    return found


# ---------------------------------------------------------------- names


@cache
def short_forms(code: str, name: str) -> tuple[str, ...]:
    """Names that keep the division's kind: 黔南州, 秀山县, 科左中旗."""
    without_group = wording().autonomous.sub("", name)
    shorter = () if without_group == name else (without_group,)
    return (*shorter, *wording().short.get(code, ()))


@cache
def bare_form(code: str, name: str) -> str | None:
    """The name without its kind (武汉, 黔南, 内蒙古, 从化), None if too short to stand alone."""
    if level_of(code) == "province":
        bare = wording().province_tail.sub("", name)
    else:
        kept = wording().autonomous.sub("", name)
        bare = kept[:-2] if kept.endswith(("地区", "林区", "特区")) else kept[:-1]
    return bare if len(bare) > 1 else None


@dataclass(frozen=True, slots=True)
class Names:
    """Names to the codes in force in one year: those with their kind, and bare ones by rank.

    A report of one year is written in the next, and signboards lag behind: names of the neighbouring years count as
    much as those of the year itself. Names of other years are understood where no nearer year has them.
    """

    year: int | None

    @staticmethod
    def is_full(name: str) -> bool:
        """True for a name with its kind of any year."""
        return ("full", name) in _bearers()

    def full(self, name: str) -> frozenset[str]:
        """The codes that a name with its kind means, such as 武汉市 or 黔南州; none for an unknown name."""
        return self._codes("full", name)

    def bare(self, name: str) -> frozenset[str]:
        """The codes of prefectures and provinces that a name without its kind means."""
        return self._codes("bare", name)

    def bare_county(self, name: str) -> frozenset[str]:
        """The codes of counties that a name without its kind means."""
        return self._codes("county", name)

    def _codes(self, kind: str, name: str) -> frozenset[str]:
        return _borne(kind, name, self.year) if (kind, name) in _bearers() else frozenset()


@cache
def names_in_year(year: int | None) -> Names:
    """Names that a report of the year may print, to codes in force in that year."""
    return Names(year)


@cache
def _bearers() -> Mapping[tuple[str, str], tuple[_Row, ...]]:
    """The rows that bear a name, of whatever year: by its kind (`full`, `bare` or `county`) and the name."""
    found: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for code, rows in _rows().items():
        rank = "county" if level_of(code) == "county" else "bare"
        for row in rows:
            for name in dict.fromkeys((row.name, *short_forms(code, row.name))):
                found["full", name].append(row)
            if (bare := bare_form(code, row.name)) is not None:
                found[rank, bare].append(row)
    return {name: tuple(rows) for name, rows in found.items()}


@cache
def _borne(kind: str, name: str, year: int | None) -> frozenset[str]:
    """The codes that a name of the register means in a year."""
    rows = _bearers()[kind, name]
    near = [row for row in rows if _near(row, year)]
    return frozenset().union(*(_bearing(row.name, codes_in_year(row.code, year), year) for row in near or rows))


def _bearing(name: str, codes: frozenset[str], year: int | None) -> frozenset[str]:
    """Of several successors, the one that kept the name: 曾都区 of 曾都区 and 随县."""
    if len(codes) < 2:
        return codes
    same = frozenset(code for code in codes if (row := _row_of(code, year)) and row.name == name)
    return same or codes


def _near(row: _Row, year: int | None) -> bool:
    if year is None:
        return row.end_year is None
    return row.start_year <= year + 1 and (row.end_year is None or year - 1 <= row.end_year)
