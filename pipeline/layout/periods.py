"""The words for years and parts of a year that are not the report's own, as patterns."""

from __future__ import annotations

import re
from functools import lru_cache

LAST_YEAR = r"上一?年度?|去年"
EARLIER_YEAR = rf"{LAST_YEAR}|前年|往年"
ALL_YEARS = r"历年|累计"
PART_OF_YEAR = r"[上下]半年|第?[一二三四1-4]季度|(?!1-12月)[1-9]-(?:1[0-2]|[1-9])月"
CHANGE = r"同比|[比较]上一?年|增[减长幅]"
_NUMERAL = "[0-9〇零一二两三四五六七八九十]"
OTHER_PERIODS = (
    rf"{EARLIER_YEAR}|{ALL_YEARS}|{PART_OF_YEAR}|同比|环比|[比较]上一?年|20[0-9]{{2}}年|下一?年|明年|次年|近{_NUMERAL}+年"
    rf"|季度|半年|[本上下当每]月|月份|月均|{_NUMERAL}月|以来|历次|历届|预计|计划|任期"
)  # what no label of a year's own figures says
_OF_OTHERS = re.compile(OTHER_PERIODS)


@lru_cache(maxsize=4_096)
def names_another_period(text: str) -> bool:
    """True for a label that counts another period than the report's year: 上年…, 2023年…, 近三年…."""
    return bool(_OF_OTHERS.search(text))
