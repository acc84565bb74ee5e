"""Printed figures: from the text of a cell to its kind, value and unit. The text itself is kept elsewhere.

A figure that cannot be read for certain is a `word`, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.schema import ValueKind

OBJECT = "\ufffc"  # stands in a text for something else: a picture, what a script fills in, a formula without a result

# Units in which things are counted one by one, in whole numbers. Money and unknown units may have decimals.
COUNTING_UNITS = ("件", "项", "条", "次", "篇", "个", "份", "宗", "人次", "人")
# Only the digits and signs of a Chinese keyboard; circled or raised digits are notes, not figures.
_WIDTHS = str.maketrans("０１２３４５６７８９＋－．，（）％／\u2212\u3000\u00a0", "0123456789+-.,()%/-  ")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_RIGHT_TO_LEFT = "\u202e"  # behind it the digits of a number are shown in reverse
_SLASH = re.compile(r"^[/\\]+$")
_DASH = re.compile(r"^[-‐‑‒–—―─━]+$")
_UNITS = "亿元|千万元|百万元|万元|千元|百元|元|人次|万件|万条|件|项|条|个|次|宗|人|份|篇|期|场|例"
# A remark in brackets, a part of the figure behind it, or the mark of a note: 61*, 121[1], 8255注1, 2982①, 61¹.
_REMARK = re.compile(
    r"(?:\([^()]*\)|\[[^\[\]]{1,6}\]|【[^【】]{1,6}】|〔[^〔〕]{1,6}〕|[*＊※†‡△▲☆★#＃]{1,3}"
    r"|注释?(?:[0-9]{0,2}|[①-⑳❶-❿])|[①-⑳❶-❿¹²³⁰⁴-⁹]{1,2}|[,;；]?其中[^0-9()]{1,12}[0-9]{1,9}万?[件项条个次宗人份元]?)$"
)
# What a program of a page fills in, where it has not: {{ item.made }}, ${made}, <%= made %>, {% made %}.
_TEMPLATE = re.compile(r"\{\{[^{}]{0,200}\}\}|[$#]\{[^{}]{0,200}\}|<%[^<>%]{0,200}%>|\{%[^{}%]{0,200}%\}")
_OWN_SIGN = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_BRACKETS = "()[]【】〔〕"
_FIGURE = re.compile(
    r"^(?P<sign>[+-]|增加|减少|增|减|減)?\s*"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?P<fraction>\.[0-9]{1,6})?"
    rf"\s*(?P<unit>{_UNITS})?$"
)
_DIGITS = 15  # a 64-bit float holds every number of up to this many digits
_NEGATIVE = {"-", "减少", "减", "減"}


@dataclass(frozen=True, slots=True)
class Figure:
    """The content of a cell: its kind, the value of a number, the unit and the remark printed with it.

    `signed` says that the number is printed as a change: 增加3, 减3, +3; a minus before it may be a mere number's own.
    """

    kind: ValueKind
    value: Decimal | None = None
    unit: str | None = None
    remark: str | None = None
    signed: bool = False


@lru_cache(maxsize=20_000)
def figure(printed: str) -> Figure:
    """Read a cell: `1,234`, `５６７`, `12件`, `减3`, `22（其中修订 16 件）`, `61*`; a blank, `/`, `—`; else a word.

    The value is in the unit printed with it, or in none. At most twelve digits before the point, six
    after it and fifteen in all are read, which is what frames and warehouse hold without loss.
    """
    text = _INVISIBLE.sub("", printed.translate(_WIDTHS)).strip()
    if not text:
        return Figure("blank")
    if OBJECT in text or _is_template(text) or _is_of_own_signs(text):
        return Figure("unread")
    if _SLASH.match(text):
        return Figure("slash")
    if _DASH.match(text):
        return Figure("dash")
    remark = _REMARK.search(text)
    found = _FIGURE.match(text[: remark.start()].strip() if remark else text)
    if found is None or _RIGHT_TO_LEFT in printed:
        return Figure("word")
    value = Decimal(found["digits"].replace(",", "") + (found["fraction"] or ""))
    if len(value.as_tuple().digits) > _DIGITS:
        return Figure("word")
    return Figure(
        "number",
        -value if found["sign"] in _NEGATIVE else value,
        found["unit"],
        remark[0].strip(_BRACKETS) if remark else None,
        found["sign"] not in (None, "-"),
    )


def _is_template(text: str) -> bool:
    """True where a program was to write the figure, or a part of it."""
    if "{" not in text and "<%" not in text:
        return False
    written, templates = _TEMPLATE.subn("", text)
    return templates > 0 and (not written.strip() or _FIGURE.match("0" + written.strip()) is not None)


def _is_of_own_signs(text: str) -> bool:
    """True for signs of a font of its own, which nobody knows, alone or as a part of a figure."""
    if text.isascii() or not _OWN_SIGN.search(text):
        return False
    rest = _OWN_SIGN.sub("", text).strip()
    return not rest or _FIGURE.match("0" + rest) is not None or _FIGURE.match(rest) is not None


@lru_cache(maxsize=20_000)
def is_figure(printed: str) -> bool:
    """True for a cell that is surely not a label: a number, slash, dash, non-text, or digits over several lines."""
    if figure(printed).kind in ("number", "slash", "dash", "unread"):
        return True
    return "\n" in printed and figure(printed.replace("\n", "")).kind == "number"
