"""Ranges of district codes: of a range DuckDB reads the reports alone, for a list of codes it reads all of them.

What does *not* belong here: SQL of the views.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from pipeline.warehouse import Snapshot
from pipeline.warehouse.ddl import literal

# So many reports are read at once that they fit into DuckDB's memory.
REPORTS_AT_ONCE = 1_200
# A range may include this many unwanted reports: fewer cost less than another query.
REPORTS_BETWEEN = 200


@dataclass(frozen=True, slots=True)
class Part:
    """Some of today's districts, the codes shown under them, and the ranges in which these lie."""

    homes: tuple[str, ...]
    codes: tuple[str, ...]
    ranges: tuple[tuple[str, str], ...]

    def ask(self, snapshot: Snapshot, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, in which `{within}` stands for the condition that follows `district_code`.

        There may be rows of other districts within the ranges.
        """
        for within in self.conditions():
            yield from snapshot.query(sql.format(within=within))

    def conditions(self) -> list[str]:
        """What follows `district_code` in a query for each range."""
        return [f"BETWEEN {literal(low)} AND {literal(high)}" for low, high in self.ranges]

    @property
    def listed_homes(self) -> str:
        """The districts of today as SQL lists them."""
        return ", ".join(map(literal, self.homes))


def parts(homes: Mapping[str, Sequence[str]], reports: Mapping[str, int]) -> Iterator[Part]:
    """The districts in parts that fit into memory; `reports` counts those of each code, of every district there is."""
    order = sorted(reports)
    before = [0, *accumulate(reports[code] for code in order)]

    def between(low: str, high: str) -> int:
        return before[bisect_right(order, high)] - before[bisect_left(order, low)]

    some: list[str] = []
    for home in sorted(homes):
        if some and between(some[0], home) > REPORTS_AT_ONCE:
            yield _part(some, homes, between)
            some = []
        some.append(home)
    if some:
        yield _part(some, homes, between)


def _part(some: Sequence[str], homes: Mapping[str, Sequence[str]], between: Callable[[str, str], int]) -> Part:
    codes = sorted({code for home in some for code in homes[home]})
    ranges: list[tuple[str, str]] = []
    for code in codes:
        if ranges and between(ranges[-1][1], code) - between(ranges[-1][1], ranges[-1][1]) <= (
            REPORTS_BETWEEN + between(code, code)
        ):
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return Part(tuple(some), tuple(codes), tuple(ranges))
