"""Scope: whether a report's figures are the organ's own or add up those of the organs below it."""

from __future__ import annotations

import re

from pipeline.schema import Scope

_OWN_LEVELS = ("township", "department", "public_institution")
_OFFICE = re.compile(r"(办公室|办公厅)$")
_AGGREGATE = re.compile(
    r"(根据|汇总|综合)[^。]{0,40}(各[镇乡街][^。]{0,20}(部门|单位|局)|各(级行政机关|部门|单位))[^。]{0,30}(年度报告|编制|汇总)"
    r"|[全本][市县区省州盟旗](行政机关|各级行政机关)[^。]{0,20}(收到|受理|办理)"
)


_SYSTEM = re.compile(r"系统(?:20[0-9]{2}|[0-9]{4}|年度|政府|政务|信息)|^(?:20[0-9]{2}年?度?)?全[国省市县区州]")


def scope_of(level: str, publisher: str, title: str, text: str) -> Scope:
    """own_organ, aggregate, system or unknown. A government's report says which only in its text, and often not at all.

    A title of a whole system (全省税务系统, 全国海关) names no organ of its own.
    """
    if _SYSTEM.search(title):
        return "system"
    if level in _OWN_LEVELS or _OFFICE.search(publisher):
        return "own_organ"
    return "aggregate" if _AGGREGATE.search(text) else "unknown"
