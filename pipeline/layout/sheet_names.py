"""The name of a sheet as a caption of the tables in it: `2022年`, 上半年, 教育局, 样例, 旧版, 汇总.

Where a table stands in several sheets, that of the sheet whose name says nothing against it is the report's own. Where
it stands only in a sheet of such a name, nothing is taken out: the name may be left over. A person decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from pipeline.labels import compact
from pipeline.layout.periods import names_another_period

_LEAD = re.compile(r"^(?:附[件表]?|表|sheet|table)?[0-9一二三四五六七八九十]{0,2}[-_.、:：]*", re.IGNORECASE)
_DATE = re.compile(r"20[0-9]{2}[-./年](?:1[0-2]|0?[1-9])[-./月][0-3]?[0-9]日?")
_YEAR = re.compile(r"(?<![0-9])(?:20([0-9]{2})(?![0-9])|([12][0-9])(?=年))(?:年度?)?")
_WHOLE_YEAR = re.compile(r"1月?(?:份)?[-至到—~～]12月(?:份)?|(?:全年|本年度?|当年|今年|年度)(?:累计|合计|汇总)")
_PART = re.compile(r"(?<![0-9])(?:1[0-2]|[1-9])月|[一二三四五六七八九十]月|季|[qQ][1-4](?![0-9])|^(?:上年?|去年?)$")
_VOID = re.compile(
    r"作废|废[止弃表]|样[例表本]|示例|范[例本]|举例|例表|模[板版]|说明|旧|原[表版稿件始数]|更正前|[修更]改前|修[订正]前|调整前"
    r"|[草初底]稿|草表|备份|测试|试填|空表|勿[用看填删]|错误|^[误废错]$|停用"
    r"|(?<![a-z])(?:backup|sample|example|template|draft|old|test)(?![a-z])",
    re.IGNORECASE,
)
_OF_ALL = re.compile(
    r"汇总|合计|总计|总表|总数|合并|全[省市区县州旗盟镇乡系]|各(?!项|类|表)|下[属辖级]|所[属辖]|[其][他它她](?:单位|部门|机关|乡|镇|街)"
)
_ENDS = (
    "局|委|办|厅|处|院|署|镇|乡|区|县|市|省|州|旗|盟|街道|中心|办公室|政府|委员会|管委会|学校|大学|学院|医院|中学|小学|高中|一中"
    "|村|社区|公司|集团|站|所|大队|支队|银行|馆|协会|总会|联社|残联|妇联|团委|联合会|开发区|园区|新区"
)
_BODY = re.compile(rf"^[\u4e00-\u9fff]{{1,20}}(?:{_ENDS})$")
_NO_BODY = frozenset({"到处", "出处", "待办", "承办", "经办", "主办", "代办", "查办", "督办", "转办", "申请办"})
_WORDS = re.compile(r"(?:的|年度|政府信息公开|信息公开|工作|统计|数据|数字|情况|报告|年报|报表|表|稿|报)+$")
_BELOW = re.compile(
    r"[^0-9()]{0,16}(?:[局委厅署镇乡]|街道|办事处|中心|委员会)(?:人民政府|政府|办事处)?(?:20|关于|政府信息|信息|$)"
)


class Doubt(NamedTuple):
    """Why a table may not be the report's own; `strong` where a table of all bodies is the likelier one."""

    why: str
    strong: bool = True


def doubt_of(name: str, year: int | None, heading: str) -> Doubt | None:
    """What the name of a sheet says against its tables in a report of that year and title; None for most names."""
    text = compact(name)
    if not text or text in (title := compact(heading)):
        return _of_body(text, title) if text else None
    plain = _WHOLE_YEAR.sub("", _DATE.sub("", text))
    years = {2000 + int(a or b) for a, b in _YEAR.findall(plain)}
    if year is not None and years and year not in years:
        return Doubt("it may be of another year")
    rest = _YEAR.sub("", plain)
    if _PART.search(rest) or names_another_period(rest):
        return None if rest and rest in title else Doubt("it may be of another period")
    if _VOID.search(rest):
        return Doubt("it may be void")
    if _OF_ALL.search(rest):
        return Doubt("it may be of several bodies", strong=False)
    return _of_body(_WORDS.sub("", _LEAD.sub("", rest)), title)


def _of_body(name: str, title: str) -> Doubt | None:
    """A doubt where a name is a body's, and not that of the title: in its order, and to its end."""
    if name in _NO_BODY or not _BODY.match(name):
        return None
    found = re.search(".{0,12}?".join(map(re.escape, name)), title)
    is_own = found and not _BELOW.match(title[found.end() :])
    return None if is_own else Doubt("it may be of another body")


def not_own(doubts: Mapping[int, Doubt | None]) -> dict[int, str]:
    """By place the tables of one number that are not the report's own, where another of them is; with why."""
    strong = {at for at, doubt in doubts.items() if doubt is not None and doubt.strong}
    gone = {at for at, doubt in doubts.items() if doubt is not None}
    gone = gone if len(gone) < len(doubts) else strong if len(strong) < len(doubts) else set()
    return {at: doubt.why for at, doubt in doubts.items() if doubt is not None and at in gone}
