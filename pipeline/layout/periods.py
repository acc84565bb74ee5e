"""The words for years and parts of a year that are not the report's own, as patterns."""

from __future__ import annotations

LAST_YEAR = r"上一?年度?|去年"
EARLIER_YEAR = rf"{LAST_YEAR}|前年|往年"
ALL_YEARS = r"历年|累计"
PART_OF_YEAR = r"[上下]半年|第?[一二三四1-4]季度|(?!1-12月)[1-9]-(?:1[0-2]|[1-9])月"
CHANGE = r"同比|[比较]上一?年|增减"
