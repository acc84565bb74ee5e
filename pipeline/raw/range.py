"""A range of years and districts.

What does *not* belong here: which files fall into it (`runs.narrowing`), and how it is brought up to date.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from pipeline.raw.folder import InputError
from pipeline.schema import Partition

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
    """The years of a list such as 2019-2021,2023. Raises `InputError` for a year that is not `known`."""
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
            raise InputError(
                f"no district code begins with {part}" if len(part) < _CODE else f"{part} is not a district"
            )
    return tuple(found)


def _spans(years: tuple[int, ...]) -> str:
    """Years as spans: 2019-2021, 2023."""
    spans: list[list[int]] = []
    for year in years:
        if spans and spans[-1][-1] == year - 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}-{s[-1]}" for s in spans)
