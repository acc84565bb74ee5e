"""How labels, captions and notes print units: 单位：万元, （元）, 收费金额/元, 以元计.

What does *not* belong here: which of several printed units holds for a figure (`matching.units`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.labels import compact, simplified
from pipeline.numbers import COUNTING_UNITS

MONEY = frozenset({"亿元", "千万元", "百万元", "万元", "千元", "百元", "元"})
_UNIT = "|".join((*sorted(MONEY, key=len, reverse=True), *(f"[亿万千百]?{unit}" for unit in COUNTING_UNITS)))
_LIST = rf"(?:{_UNIT})(?:[、,/和及或;]?(?:{_UNIT}))*"
_YUAN = "(?:人民币|RMB|¥)"
_BEHIND_UNIT = rf"(?:整|{_YUAN}|计)?"
# What may follow a unit at once; anything else makes it a part of another word: 元氏县.
_END = r"(?=$|\W|数量|金额|其|均|都|币种|计量|下同|收费|采购)"
_NAMED = re.compile(
    rf"单位(?:均|都|统一)?[:为是]?(?:均|都|统一)?[为是]?[:(]*(?:(?:%|[^\W\d元]{{1,2}})[、,/])*"
    rf"{_YUAN}?[:,/、]?({_LIST}){_BEHIND_UNIT}{_END}"
)
# （元）, （人民币，元）, （元，保留两位小数）, （含税，元
_BRACKETED = re.compile(
    rf"\((?:[^()]{{0,12}}[,、:/;])??{_YUAN}?[,/:]?({_LIST}){_BEHIND_UNIT}(?:[,、/;:][^()]{{0,20}})?(?:\)|$)"
)
# 收费金额/元, 收费金额，元, 收费金额元, 金额：元, 采购金额为元
_OF_MONEY = "金额|收费|收入|费用|经费|支出|总额|采购|人民币"
_BEHIND = re.compile(
    rf"(?:[/,、:|·•・—–-]|(?:{_OF_MONEY})(?:均|都)?[为是/,、:(|·—–-]*(?:以|按)?{_YUAN}?)"
    rf"({_UNIT})(?:计|为单位|{_YUAN})?(?=\)?$|[,。;(])"
)
_COUNTED_IN = re.compile(rf"[以按]{_YUAN}?({_UNIT}){_YUAN}?(?:为(?:计量)?单位|计|统计|填报|填列|表示)")
_ALONE = re.compile(rf"\(*{_YUAN}?({_LIST}){_BEHIND_UNIT}\)*")
_WAYS = (_NAMED, _BRACKETED, _BEHIND, _COUNTED_IN)
_EACH = re.compile(_UNIT)
_DENIED = re.compile(rf"(?:不是|不为|而非|并非)(?:{_UNIT})")
# 采购总金额（万）: the word before says that it is money.
_SCALE_OF_MONEY = re.compile(rf"(?:{_OF_MONEY})[^()]*\((?:单位:?)?([亿万千百]|千万|百万)\)$")
_SIGN_OF_MONEY = re.compile(r"\(¥\)$")
_SCALED = re.compile(r"^[亿万千百]")
_AROUND_UNITS = re.compile(
    rf"{_YUAN}|计量|金额|数量|数据|单位|币种|本?报告|[本下上]表|以[下上]?|中|的|均|都|为|是|整|按|计|其[余他]"
)
_NOTE = re.compile(r"\(?(?:注|备注|附注|说明|[※*★])")
_BRACKETS = str.maketrans("[]【】〔〕〖〗「」《》{}圆", "()" * 7 + "元")
# Money that none of the ways above reads: 美元, 十万元, 单位：万. An amount (2950元, 数十万元) names no unit.
_SOME_MONEY = re.compile(
    rf"(?<![0-9.,零〇一二两三四五六七八九几数上近约余多单公状十百千万亿])[十百千万亿]*[美港欧日韩澳加]?元{_BEHIND_UNIT}(?=$|[^\w])"
    r"|单位[:为]\(?(?:[美港欧日韩澳]?[十百千万亿]+|块|角|分|港币|欧元|美金)(?=$|\W)|\((?:[十百千]?[万亿]|[百千])\)$"
)
_MONEY_WORDS = re.compile(rf"单位|{_OF_MONEY}|[(]")
_SIGN = re.compile("[元圆圓单單万萬千亿億¥￥件]")


def may_print_unit(printed: str) -> bool:
    """False for a text that none of the ways above reads a unit from, as most are."""
    return _SIGN.search(printed) is not None


@lru_cache(maxsize=4_096)
def units_in(printed: str) -> tuple[str, ...]:
    """The units that a label, caption or note names, each once, in the order of its words."""
    text = _DENIED.sub("", _plain(printed))
    whole = _ALONE.fullmatch(text)
    found = [whole] if whole else [m for way in _WAYS for m in way.finditer(text)]
    units = [u for m in sorted(found, key=lambda m: m.start(1)) for u in _EACH.findall(m[1])]
    if not units and (scale := _SCALE_OF_MONEY.search(text)):
        units = [f"{scale[1]}元"]
    elif not units and _SIGN_OF_MONEY.search(text):
        units = ["元"]
    return tuple(dict.fromkeys(units))


@lru_cache(maxsize=4_096)
def fitting(printed: str, expected: str | None) -> tuple[str, ...]:
    """The units that a text names for figures that the form counts in `expected`.

    Counts are counted in multiples such as 万件, or one by one: 件, 项 and 条 are used interchangeably, so that the
    form's own unit stands for any of them.
    """
    found = (_as_expected(u, expected) for u in units_in(printed))
    return tuple(dict.fromkeys(u for u in found if u))


def _as_expected(unit: str, expected: str | None) -> str | None:
    if unit in MONEY:
        return unit if expected is None or expected in MONEY else None
    if expected in MONEY:
        return None
    return unit if _SCALED.match(unit) else expected


@lru_cache(maxsize=4_096)
def unit_of(printed: str, expected: str | None) -> str | None:
    """The unit that a label or caption prints for figures that the form counts in `expected`; of several none.

    A count that is counted one by one has the form's unit anyway.
    """
    units = fitting(printed, expected)
    return units[0] if len(units) == 1 and units[0] not in COUNTING_UNITS else None


@lru_cache(maxsize=4_096)
def speaks_of_money(printed: str) -> bool:
    """True for a text that names a unit of money, read here or not: 单位：万元, 单位：美元, 采购总金额（十万元）."""
    text = _plain(printed)
    return any(u in MONEY for u in units_in(printed)) or bool(_MONEY_WORDS.search(text) and _SOME_MONEY.search(text))


@lru_cache(maxsize=4_096)
def is_unit_line(printed: str) -> bool:
    """True for a text that says nothing but a unit: 单位：万元, （元）, 金额单位：元."""
    text = re.sub(r"[^\w]", "", _plain(printed))
    return not _EACH.sub("", _AROUND_UNITS.sub("", text)) and bool(units_in(printed))


@lru_cache(maxsize=4_096)
def is_note(printed: str) -> bool:
    """True for a text that begins as notes under a table do."""
    return bool(_NOTE.match(_plain(printed[:9])))


def _plain(printed: str) -> str:
    """The text in compact, simplified characters, brackets of all kinds as round ones."""
    return simplified(compact(printed)).translate(_BRACKETS)
