"""Counts in running text: digits, 万, Chinese numerals, 余 and 约, and the unit printed with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEP = {"十": 10, "百": 100, "千": 1000}
_SCALE = {"万": 10_000, "亿": 100_000_000} | _STEP
_LONGEST = 12  # digits

# The longer unit first; a character after some units turns them into another word.
UNITS = {
    "人次": "", "条": "例款规", "件": "套", "篇": "", "期": "间限刊", "次": "性", "场": "", "份": "", "项": "目第",
    "例": "如", "个": "月工小百季年部单县市区镇乡街", "册": "", "宗": "", "元": "", "人": "民大才员", "起": "来",
    "名": "", "部": "门", "批": "", "轮": "", "张": "", "节": "",
}  # fmt: skip
_UNIT = "|".join(f"{u}(?![{not_before}])" if not_before else u for u, not_before in UNITS.items())
_CHINESE = "零〇一二两三四五六七八九十百千万"
_ALONE = r"(?=[,;。、)\n]|$)"
_FIGURE = re.compile(
    rf"(?:(?<![A-Za-z0-9第.\-–/〔\[№#+~ 每])(?<![0-9],)"
    rf"(?P<digits>[0-9]++(?:,[0-9]{{3}}(?![0-9]))*+(?:\.[0-9]++)?+)(?P<scale>[百千万亿])?+"
    rf"|(?<![第数几每{_CHINESE}])(?P<words>[{_CHINESE}]++))"
    rf"(?P<more>[余多来])?+(?:(?P<unit>{_UNIT})(?P<about>左右|上下|以上)?+|{_ALONE})"
)
_NOT_ONE = re.compile("[无未没]")  # 无一例, 未发生一起
_ABOUT = ("约", "近", "超", "过", "逾")


@dataclass(frozen=True, slots=True)
class Figure:
    """A count in a text: where it begins, where it ends with its unit, and its value."""

    start: int
    end: int
    value: Decimal
    unit: str | None
    approximate: bool
    in_words: bool
    is_word_for_none: bool = False


def figures(text: str, start: int = 0, end: int | None = None) -> Iterator[Figure]:
    """The counts of a text in order: those with a unit, and bare numbers that end their clause.

    Dates, ordinals, document and telephone numbers, percentages and ranges are not counts. Linear in the text.
    """
    for found in _FIGURE.finditer(text, start, len(text) if end is None else end):
        read = _figure(text, found)
        if read:
            yield read


def _figure(text: str, found: re.Match[str]) -> Figure | None:
    words, unit = found["words"], found["unit"]
    value = chinese(words) if words else _value(found["digits"], found["scale"])
    if value is None or (unit is None and (found["scale"] or words not in (None, "零"))):
        return None
    if unit == "元" and found["scale"] == "万":
        unit = "万元"
    if words == "一" and _NOT_ONE.search(text, max(0, found.start() - 8), found.start()):
        return None
    before = text[max(0, found.start() - 1) : found.start()]
    about = bool(found["more"] or found["about"]) or before in (("上", *_ABOUT) if words else _ABOUT)
    return Figure(found.start(), found.end(), value, unit, about, bool(words))


def _value(digits: str, scale: str | None) -> Decimal | None:
    if len(digits) > _LONGEST + 4:
        return None
    return Decimal(digits.replace(",", "")) * _SCALE.get(scale or "", 1)


def chinese(numeral: str) -> Decimal | None:
    """The value of a Chinese numeral of at most eight figures (三千零二十, 一百二, 两万), None of anything else."""
    if not numeral or len(numeral) > 2 * _LONGEST or numeral.count("万") > 1:
        return None
    high, wan, low = numeral.rpartition("万")
    if not wan:
        return _below_myriad(low)
    above = _below_myriad(high) if high else Decimal(1)
    below = _below_myriad(low) if low else Decimal(0)
    if above is None or below is None:
        return None
    return above * 10_000 + below * (1000 if low in _DIGIT and low not in "零〇" else 1)


def _below_myriad(numeral: str) -> Decimal | None:
    total, digit, step = 0, None, 10_000
    for char in numeral:
        if char in _STEP:
            if _STEP[char] >= step:
                return None
            step = _STEP[char]
            total += (1 if digit is None else digit) * step
            digit = None
        elif digit not in (None, 0):
            return None  # 二三: a year or a guess (两三), not a count
        else:
            digit = _DIGIT[char]
    if not numeral:
        return None
    if digit and step in (100, 1000) and numeral[-2] in _STEP:
        return Decimal(total + digit * step // 10)  # 一百二 is 120
    return Decimal(total + (digit or 0))
