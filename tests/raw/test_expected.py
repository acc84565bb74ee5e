"""The list of reports that are expected: its lines, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.raw.expected import EXPECTED_FILE, Expected, read_expected
from pipeline.raw.folder import InputError


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("district_code,year\n", "line 1: the column 'publisher' is missing"),
        ("district_code,publisher,year\n41,x,2020\n", "line 2: '41' is no district code"),
        ("district_code,publisher,year\n410402,,2020\n", "line 2: the column 'publisher' is empty"),
        ("district_code,publisher,year\n410402,x,20\n", "line 2: '20' is no year"),
        ("district_code,publisher,year\n410402,x,2020\n\n410402, x,2020\n", "line 4: line 2 says the same"),
    ],
)
def test_a_list_that_cannot_be_used_names_the_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / EXPECTED_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_expected(tmp_path)


def test_lines_of_the_list(tmp_path: Path) -> None:
    assert read_expected(tmp_path) == ()
    (tmp_path / EXPECTED_FILE).write_text("year,publisher,district_code\n2020, 甲 乙 ,410402\n", encoding="utf-8")
    assert read_expected(tmp_path) == (Expected(2, "410402", "甲乙", 2020),)
