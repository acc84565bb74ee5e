"""What should be there, and what was there before: the list that a person gives, and what has vanished.

Which report is received, late, in quarantine or missing is told by the view `coverage`. What does *not* belong here:
what the reports say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from pipeline.raw.csv_lines import checked_code, checked_year, decided_lines
from pipeline.raw.folder import Folder, InputError

EXPECTED_FILE = "expected.csv"
COLUMNS = ("district_code", "publisher", "year")
NAMED = 5

Partition = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Expected:
    """A line of `data/raw/expected.csv`: this publisher's report of this year should be there."""

    line: int
    district_code: str
    publisher: str
    year: int


def read_expected(raw_dir: Folder) -> tuple[Expected, ...]:
    """The lines in the order of the file; none without it. Raises `InputError` naming line and reason."""
    return tuple(_checked(raw_dir))


def _checked(raw_dir: Folder) -> Iterator[Expected]:
    seen: dict[tuple[str, str, int], int] = {}
    for number, line in decided_lines(raw_dir, EXPECTED_FILE, COLUMNS, COLUMNS):
        try:
            found = _expected(number, line)
            if (first := seen.setdefault((found.district_code, found.publisher, found.year), number)) != number:
                raise ValueError(f"line {first} says the same")
        except ValueError as error:
            raise InputError(f"{EXPECTED_FILE}, line {number}: {error}") from None
        yield found


def _expected(number: int, line: Mapping[str, str]) -> Expected:
    code, publisher, year = (line.get(name, "") for name in COLUMNS)
    checked_code(code)
    if not publisher:
        raise ValueError("the column 'publisher' is empty")
    return Expected(number, code, "".join(publisher.split()), checked_year(year))


# --- What was there before -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vanished:
    """What a published version has nothing of any more, though the one before had.

    `years` went whole; `districts` are those of which no year is left; `partitions` went beside these.
    """

    years: tuple[int, ...] = ()
    districts: tuple[str, ...] = ()
    partitions: tuple[Partition, ...] = ()

    def __bool__(self) -> bool:
        """True where anything has vanished."""
        return bool(self.years or self.districts or self.partitions)

    @property
    def sentence(self) -> str:
        """What has vanished, in a sentence."""
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
    """The first of them, and how many more there are."""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
