"""The period that a report covers, as its title names it: a calendar year, or a half-year, quarters, a school year.

What does *not* belong here: the words of a period in the text (`decisions.period_issue`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.labels import compact
from pipeline.raw.overrides import Pin
from pipeline.schema import Period

# How a title names a period other than a calendar year.
_OTHER = re.compile(
    r"(?P<half>[上下]半年|半年报|半年度?)|第?(?P<quarter>[一二三四1-4])季度|前(?P<quarters>[一二三])季度"
    r"|(?<![0-9])(?P<first>[0-9]{1,2})月?[-—–~至到](?P<last>[0-9]{1,2})月份?"
    r"|(?<![0-9])[0-9]{1,2}月份|(?:(?P<begins>20[0-9]{2})[-—–~/至](?:20)?[0-9]{2})?(?P<school>学年)度?|月报|季报"
)
_NUMBERS = {number: n for n, numbers in enumerate(("一1", "二2", "三3", "四4"), 1) for number in numbers}
_QUARTERS: tuple[Period, ...] = ("quarter-1", "quarter-2", "quarter-3", "quarter-4")
_FIRST_QUARTERS: tuple[Period, ...] = ("quarter-1", "half-year-1", "quarters-1-3")
_MONTHS: Mapping[tuple[int, int], Period] = {
    (1, 3): "quarter-1",
    (4, 6): "quarter-2",
    (7, 9): "quarter-3",
    (10, 12): "quarter-4",
    (1, 6): "half-year-1",
    (7, 12): "half-year-2",
    (1, 9): "quarters-1-3",
    (1, 12): "year",
}


@dataclass(frozen=True, slots=True)
class Covered:
    """The period of a report: None where its title names one that the vocabulary lacks, in these `words`.

    `heading` is the title without them. A school year counts under the year in which it begins.
    """

    period: Period | None
    heading: str
    words: str = ""


def covered(heading: str, pin: Pin | None) -> Covered:
    """The period that a title names; a year where it names none, or where a person has pinned the report's year."""
    text = compact(heading)
    found = _OTHER.search(text) if pin is None or pin.year is None else None
    if found is None:
        return Covered("year", heading)
    year = f"{found['begins']}年" if found["begins"] else ""
    return Covered(_period(found), f"{text[: found.start()]}{year}{text[found.end() :]}", found[0])


def _period(found: re.Match[str]) -> Period | None:
    if found["half"]:
        return "half-year-2" if found["half"].startswith("下") else "half-year-1"
    if found["quarter"]:
        return _QUARTERS[_NUMBERS[found["quarter"]] - 1]
    if found["quarters"]:
        return _FIRST_QUARTERS[_NUMBERS[found["quarters"]] - 1]
    if found["first"]:
        return _MONTHS.get((int(found["first"]), int(found["last"])))
    return "school-year" if found["school"] else None
