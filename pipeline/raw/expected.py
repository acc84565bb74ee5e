"""The reports that should be there, as a person lists them.

The view `coverage` shows which report is received, late, in quarantine or missing. What does *not* belong here:
what the reports say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pipeline.raw.csv_lines import checked_code, checked_year, decided_lines, known_code
from pipeline.raw.folder import Folder, InputError

EXPECTED_FILE = "expected.csv"


COLUMNS = ("district_code", "publisher", "year")


@dataclass(frozen=True, slots=True)
class Expected:
    """A line of `data/raw/expected.csv`: this publisher's report of this year should be there."""

    line: int
    district_code: str
    publisher: str
    year: int


def read_expected(raw_dir: Folder, codes: Collection[str] = ()) -> tuple[Expected, ...]:
    """The lines in the order of the file; none without it. Raises `InputError` naming line and reason.

    With `codes`, a district code must be one of them.
    """
    return tuple(_checked(raw_dir, codes))


def _checked(raw_dir: Folder, codes: Collection[str]) -> Iterator[Expected]:
    seen: dict[tuple[str, str, int], int] = {}
    for number, line in decided_lines(raw_dir, EXPECTED_FILE, COLUMNS, COLUMNS):
        try:
            found = _expected(number, line)
            known_code(found.district_code, codes)
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
