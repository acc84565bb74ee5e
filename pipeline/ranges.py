"""A range of years and districts, and which files fall into it before anybody has read them.

What does *not* belong here: how a range is brought up to date (`backfill`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.raw.folder import InputError

if TYPE_CHECKING:
    from pipeline.register import Plan

Partition = tuple[str, int]
Places = Mapping[str, Partition]
"""The partition of every loaded file, by its path and by its SHA-256."""

_FOLDER = re.compile(r"(?:^|/)(?P<district>\d{6})/(?P<year>20\d{2})/")
_CODE = 6  # digits; fewer are a prefix: a province has two, a prefecture four

# The regulation has been in force since 1 May 2008. The upper end is fixed, so that the list of
# partitions does not depend on the day; a report beyond it is quarantined with a sentence that says so.
YEARS = range(2008, 2031)


@dataclass(frozen=True, slots=True)
class Range:
    """The districts by code or prefix (none: all of them) and the years whose reports are meant."""

    years: tuple[int, ...]
    districts: tuple[str, ...] = ()

    def holds(self, partition: Partition) -> bool:
        """Whether a district's year falls into it."""
        return partition[1] in self.years and self._has(partition[0])

    def may_hold(self, codes: Collection[str], year: int | None) -> bool:
        """Whether a report of one of these districts and that year could fall into it; what is not known could."""
        return (year is None or year in self.years) and (not codes or any(map(self._has, codes)))

    def _has(self, code: str) -> bool:
        return not self.districts or code.startswith(self.districts)

    def __str__(self) -> str:
        """The range in words."""
        return f"{_spans(self.years)}, {' '.join(self.districts) or 'all districts'}"


def years_of(text: str, known: range) -> tuple[int, ...]:
    """The years of a list such as 2019-2021,2023. Raises `InputError` for one that is none of the `known`."""
    years: set[int] = set()
    for part in filter(None, (p.strip() for p in text.split(","))):
        found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{4}))?", part)
        if not found or int(found[2] or found[1]) < int(found[1]):
            raise InputError(f"{part!r} is neither a year nor a span of years such as 2019-2021")
        years |= set(range(int(found[1]), int(found[2] or found[1]) + 1))
    if odd := sorted(years - set(known)):
        raise InputError(f"{odd[0]} is not within {known[0]} to {known[-1]}, the years that are loaded")
    if not years:
        raise InputError("no year is given")
    return tuple(sorted(years))


def districts_of(text: str, codes: Collection[str]) -> tuple[str, ...]:
    """The districts of a list such as 41,4105,410402. Raises `InputError` for one that begins none of the `codes`."""
    found = sorted({part.strip() for part in text.split(",")} - {""})
    for part in found:
        if not re.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{6}", part):
            raise InputError(f"{part!r} is neither a district code of six digits nor the first two or four of one")
        if not any(code.startswith(part) for code in codes):
            raise InputError(f"no district code begins with {part}" if len(part) < _CODE else f"no district is {part}")
    return tuple(found)


def place_of(path: str, sha256: str, places: Places) -> Partition | None:
    """Where a file's report is known to lie, by its content, else where its folder says; None where nothing does."""
    if sha256 in places:
        return places[sha256]
    folder = _FOLDER.search(path)
    return (folder["district"], int(folder["year"])) if folder else None


def narrowed(work: Plan, wanted: Range, places: Places) -> Plan:
    """What of a plan is about a range: files whose report falls into it, or fell, and those of which nobody knows.

    The latter are its `unplaced`: once read, those are left out that fall outside.
    """
    unplaced = [raw.path for raw, _ in work.todo if _standing(raw.path, raw.sha256, wanted, places) is None]
    first = {raw.path for raw, _ in work.todo}
    kept = {raw.path for raw, _ in work.todo if _standing(raw.path, raw.sha256, wanted, places) is not False}
    return replace(
        work,
        wanted=wanted,
        unplaced=tuple(unplaced),
        todo=tuple((raw, pin) for raw, pin in work.todo if raw.path in kept),
        copies=tuple((raw, f) for raw, f in work.copies if f in kept or (f not in first and _is_in(f, wanted, places))),
        gone=tuple(path for path in work.gone if _standing(path, "", wanted, places) is not False),
    )


def _is_in(path: str, wanted: Range, places: Places) -> bool:
    return path in places and wanted.holds(places[path])


def _standing(path: str, sha256: str, wanted: Range, places: Places) -> bool | None:
    """Whether a file is about the range; None where only reading it tells."""
    if path in places and (not sha256 or wanted.holds(places[path])):  # what is gone has no content any more
        return wanted.holds(places[path])
    found = place_of(path, sha256, places)
    return None if found is None else wanted.holds(found)


def chunks(work: Plan, places: Places, most: int) -> Iterator[tuple[str, Plan]]:
    """A plan in pieces with their names: what has no place yet, then the years, none of more than `most` files.

    A copy goes with the file that stands for it; whatever else is to be noted goes with the first piece.
    """
    years = {raw.path: _year(raw.path, raw.sha256, places) for raw, _ in work.todo}
    years |= {path: _year(path, "", places) for path in work.gone}
    years |= {raw.path: years.get(first) for raw, first in work.copies}
    # What is gone comes last of its year: until then, a file that was moved stands back before it.
    gone = set(work.gone)
    ordered = sorted(years, key=lambda path: (path in gone, path))
    rest = replace(work, todo=(), copies=(), gone=(), unplaced=())
    for year in sorted({*years.values(), None}, key=lambda y: y or 0):
        of_year = [path for path in ordered if years[path] == year]
        for number, start in enumerate(range(0, max(1, len(of_year)), most), 1):
            piece = _of_paths(work, set(of_year[start : start + most]), rest)
            rest = replace(piece, todo=(), copies=(), gone=(), unplaced=(), verdicts=None, expected=None, unreadable=())
            rest = replace(rest, touched=())
            if not piece.idle:
                yield f"{year or 'no place yet'}{f', part {number}' if len(of_year) > most else ''}", piece


def _year(path: str, sha256: str, places: Places) -> int | None:
    found = places.get(path) or place_of(path, sha256, places)
    return found[1] if found else None


def _of_paths(work: Plan, paths: set[str], rest: Plan) -> Plan:
    return replace(
        rest,
        todo=tuple((raw, pin) for raw, pin in work.todo if raw.path in paths),
        copies=tuple((raw, first) for raw, first in work.copies if raw.path in paths),
        gone=tuple(path for path in work.gone if path in paths),
        unplaced=tuple(path for path in work.unplaced if path in paths),
    )


def _spans(years: tuple[int, ...]) -> str:
    """Years as spans: 2019-2021, 2023."""
    spans: list[list[int]] = []
    for year in years:
        if spans and spans[-1][-1] == year - 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}-{s[-1]}" for s in spans)
