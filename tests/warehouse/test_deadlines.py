"""The macro of due dates is made of its file; what it gives stands in `views/test_columns`."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.warehouse.deadlines import DeadlineError, parse_macro

FILE = """meaning = "The last day"
label = "期限"

[[deadline]]
before = 2030
levels = ["county"]
day = { month = 6, day = 30 }

[[deadline]]
day = { month = 5, day = 1 }
"""


@pytest.mark.parametrize(
    ("year", "level", "day"),
    [
        (2029, "'county'", "2030-06-30"),
        (2030, "'county'", "2031-05-01"),
        (2029, "'township'", "2030-05-01"),
        (2029, "NULL", "2030-05-01"),
    ],
)
def test_the_first_deadline_that_fits_holds(year: int, level: str, day: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(parse_macro(FILE))
        assert connection.execute(f"SELECT due_on({year}, {level})::VARCHAR").fetchone() == (day,)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"county"', '"village"', r"deadline 1: no levels: \['village'\]"),
        ("day = 30", "day = 31", "deadline 1: .*day"),
        ("month = 5", 'month = "5"', "deadline 2"),
        ("before = 2030", "until = 2030", "until"),
        ("before = 2030\nlevels", "levels", ""),
        ("day = { month = 5", "before = 2040\nday = { month = 5", "the last deadline, and only that one"),
        ('label = "期限"', "", "KeyError: 'label'"),
    ],
)
def test_a_faulty_file_is_refused(before: str, after: str, said: str) -> None:
    assert before in FILE
    made = FILE.replace(before, after, 1)
    if said:
        with pytest.raises(DeadlineError, match=f"due_on: .*{said}"):
            parse_macro(made)
    else:
        assert "year <" not in parse_macro(made)
