"""A range of years and districts: how it is written, and what it holds."""

from __future__ import annotations

import pytest

from pipeline.raw.folder import InputError
from pipeline.raw.range import Range, districts_of, years_of
from pipeline.schema import Partition

YEARS = range(2008, 2031)
ALL_CODES = frozenset({"410000", "410400", "410402", "410403", "110108"})


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2019", (2019,)),
        ("2019-2021,2023", (2019, 2020, 2021, 2023)),
        ("2023, 2019-2020", (2019, 2020, 2023)),
        ("2020-2021,2021-2022", (2020, 2021, 2022)),
    ],
)
def test_years(text: str, years: tuple[int, ...]) -> None:
    assert years_of(text, YEARS) == years


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no year is given"),
        (",", "no year is given"),
        ("19", "neither a year nor a span"),
        ("2021-2019", "neither a year nor a span"),
        ("2019–2021", "neither a year nor a span"),
        ("2007", "2007 is not within 2008 to 2030"),
    ],
)
def test_what_is_no_list_of_years(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        years_of(text, YEARS)


@pytest.mark.parametrize(
    ("text", "found"), [("", ()), ("410402", ("410402",)), ("41, 1101", ("1101", "41")), ("4104,", ("4104",))]
)
def test_districts(text: str, found: tuple[str, ...]) -> None:
    assert districts_of(text, ALL_CODES) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("4", "neither a district code"),
        ("41040", "neither"),
        ("99", "begins with 99"),
        ("410499", "410499 is not a district"),
    ],
)
def test_what_is_no_list_of_districts(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        districts_of(text, ALL_CODES)


@pytest.mark.parametrize(
    ("districts", "partition", "holds"),
    [
        ((), ("410402", 2022), True),
        ((), ("410402", 2021), False),
        (("41",), ("410402", 2022), True),
        (("4104", "11"), ("110108", 2022), True),
        (("410400",), ("410402", 2022), False),
    ],
)
def test_a_range_holds(districts: tuple[str, ...], partition: Partition, holds: bool) -> None:
    assert Range((2022,), districts).holds(partition) is holds
