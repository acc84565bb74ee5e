"""Which of two reports is the newer one, by what they say of themselves."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.issues import UNDECIDED
from pipeline.runs.same_report.precedence import Words, is_newer, told_why, words

EARLY, LATE = date(2024, 1, 20), date(2024, 3, 1)


@pytest.mark.parametrize(
    ("one", "other", "newer"),
    [
        (Words(LATE), Words(EARLY), True),
        (Words(EARLY), Words(LATE), False),
        (Words(EARLY), Words(EARLY), None),
        (Words(LATE), Words(), None),
        (Words(EARLY, is_corrected=True), Words(LATE), True),  # signed with the old day
        (Words(LATE), Words(is_corrected=True), False),
        (Words(LATE, is_corrected=True), Words(EARLY, is_corrected=True), True),
    ],
)
def test_a_correction_goes_before_a_day_and_a_later_day_before_an_earlier_one(
    one: Words, other: Words, newer: bool | None
) -> None:
    assert is_newer(one, other) is newer
    assert is_newer(other, one) is (None if newer is None else not newer)
    assert (told_why(one, other) != UNDECIDED) is bool(newer)


@pytest.mark.parametrize("title", ["某县年度报告(更正版)", "【修订】某县年度报告", "某县年度报告(2024年3月更正)"])
def test_a_title_that_calls_it_a_correction(title: str) -> None:
    assert words(title, LATE) == Words(LATE, is_corrected=True)
    assert words("某县年度报告", None) == Words()
