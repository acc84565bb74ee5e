"""The partitions: district × year. Only the loading asset has them, since each costs Dagster some 15 ms.

A key begins with the district's code, which decides, and goes on with its name, for people: `410402 新华区|2024`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby, product
from typing import Any

import dagster as dg

from pipeline.places import divisions
from pipeline.raw.range import YEARS
from pipeline.schema import Partition

# Ranges need a backfill policy, which Dagster calls beta and says so at every start; the version is locked
# and the tests run a range.
warnings.filterwarnings("ignore", message=".*backfill_policy", category=dg.BetaWarning)

CODE_DIGITS = 6


def _names() -> dict[str, str]:
    """The name of every code of the register, the newest where it has had several."""
    ordered = sorted(divisions(), key=lambda division: (division.code, division.start_year))
    return {division.code: division.name for division in ordered}


# Static, and in order of codes: a range of a dynamic dimension follows the order in which keys were added,
# and a code that is in no year's list is a mistake to look at, not a new partition.
_KEYS = {code: f"{code} {name}" for code, name in _names().items()}
DISTRICTS: tuple[str, ...] = tuple(_KEYS.values())

_YEARS = tuple(str(year) for year in YEARS)


class _DistrictYears(dg.MultiPartitionsDefinition):
    """All districts in all years, listed in a third of the time.

    Dagster lists the keys of all partitions at each publication, for the version of what was loaded, and checks every
    key in each of its dimensions: more than a second for 80,000.
    """

    def get_partition_keys(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> Sequence[dg.MultiPartitionKey]:
        """All keys, district by district; both arguments are of no account, since no list here changes with time."""
        return list_keys(DISTRICTS, _YEARS)


@lru_cache(maxsize=2)
def list_keys(districts: Sequence[str], years: Sequence[str]) -> tuple[dg.MultiPartitionKey, ...]:
    """The key of each district in each year, made of parts that Dagster has checked once for each of them."""
    first, *_ = years
    of_districts = [_parts(district, first)[0] for district in districts]
    of_years = [_parts(districts[0], year)[1] for year in years]
    return tuple(map(_joined, product(of_districts, of_years)))


def _parts(district: str, year: str) -> list[Any]:
    """The parts of one key, as Dagster makes and checks them."""
    return dg.MultiPartitionKey({"district": district, "year": year}).dimension_keys


def _joined(parts: tuple[Any, Any]) -> dg.MultiPartitionKey:
    """The key of parts that have been checked."""
    district, year = parts
    key = str.__new__(dg.MultiPartitionKey, f"{district.partition_key}|{year.partition_key}")
    key.dimension_keys = [district, year]
    return key


district_year = _DistrictYears(
    {"district": dg.StaticPartitionsDefinition(DISTRICTS), "year": dg.StaticPartitionsDefinition(_YEARS)}
)


def key_of(partition: Partition) -> str:
    """The partition's key in Dagster: `410402 新华区|2024`, the dimensions in order of their names."""
    district_code, year = partition
    return f"{_KEYS[district_code]}|{year}"


def partition_of(key: str) -> Partition:
    """The district code and year of a key; its name may be left out or be another."""
    district, year = key.split("|")
    return district[:CODE_DIGITS], int(year)


def by_year(partitions: Iterable[Partition]) -> dict[int, tuple[Partition, ...]]:
    """The partitions of each year, in order."""
    ordered = sorted(partitions, key=lambda p: (p[1], p[0]))
    return {year: tuple(of_year) for year, of_year in groupby(ordered, key=lambda p: p[1])}


def range_tags(of_year: Sequence[Partition]) -> dict[str, str]:
    """The tags of one run over the range from the first to the last of these partitions of one year."""
    return {
        "dagster/asset_partition_range_start": key_of(of_year[0]),
        "dagster/asset_partition_range_end": key_of(of_year[-1]),
    }
