"""Partitions that the published warehouse had and no longer has, in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from pipeline.schema import Partition

NAMED = 5


@dataclass(frozen=True, slots=True)
class Vanished:
    """The years and districts that a published version lacks and the one before had.

    `years` are gone as a whole; `districts` have no year left; `partitions` are gone besides these.
    """

    years: tuple[int, ...] = ()
    districts: tuple[str, ...] = ()
    partitions: tuple[Partition, ...] = ()

    def __bool__(self) -> bool:
        """True where anything has vanished."""
        return bool(self.years or self.districts or self.partitions)

    @property
    def sentence(self) -> str:
        """A sentence that says what has vanished."""
        years = [f"the year {year}" for year in self.years]
        districts = [f"district {code}" for code in self.districts]
        pairs = [
            f"district{'s' if len(codes) > 1 else ''} {_named(codes)} of {year}"
            for year, codes in _by_year(self.partitions)
        ]
        parts = [_named(part) for part in (years, districts) if part]
        return f"no report is left of {'; '.join([*parts, *pairs])}" if self else "nothing has vanished"


def vanished(before: Collection[Partition], after: Collection[Partition]) -> Vanished:
    """Which years, districts and partitions are in `before` and not in `after`."""
    years = {y for _, y in before} - {y for _, y in after}
    districts = {d for d, _ in before} - {d for d, _ in after}
    rest = {(d, y) for d, y in set(before) - set(after) if d not in districts and y not in years}
    return Vanished(tuple(sorted(years)), tuple(sorted(districts)), tuple(sorted(rest)))


def _by_year(partitions: Collection[Partition]) -> Iterator[tuple[int, list[str]]]:
    ordered = sorted((year, code) for code, year in partitions)
    return ((year, [code for _, code in of_year]) for year, of_year in groupby(ordered, key=lambda p: p[0]))


def _named(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
