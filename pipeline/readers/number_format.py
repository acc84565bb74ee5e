"""Numbers and dates as a spreadsheet shows them: a stored value in its number format → text."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from pipeline.marks import OBJECT

# A literal is quoted or escaped, in Chinese programs with an exclamation mark: `0!.0,` shows 12345 as 1.2.
_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[[^\]]*\]|(?P<plain>.)', re.DOTALL)
_SECTION_END = re.compile(r'("[^"]*"|[\\!].|\[[^\]]*\]|[^;"\\!\[]|["\\!\[])*', re.DOTALL)
_CONDITION = re.compile(r"\[(?P<sign><=|>=|<>|<|>|=) *(?P<limit>-?[0-9]+(?:\.[0-9]+)?)\]")
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, "=": operator.eq, "<>": operator.ne, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip
_GENERAL = re.compile(r"general|g/通用格式", re.IGNORECASE)
_UNKNOWN = re.compile(r"[A-DF-Za-df-z/@]|[Ee][-+]")
_EXPONENT = re.compile(r"^ *[0#](?:\.(?P<part>[0#?]+))?E[-+]0+ *$", re.IGNORECASE)
_PLACEHOLDERS = "0#?"
_LITERAL = 0xF0000  # literal characters are moved to a private plane while a pattern is read
_MOST_DIGITS = 15
_TOO_MUCH = Decimal(10) ** _MOST_DIGITS
_EXACTLY = Context(prec=100)
_MOST_PART, _MOST_SCALE = 30, 12


def printed(value: object, number_format: str) -> str:
    """The text that a cell shows for a stored value; one sign where its format is not known here."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return _day(value, number_format) if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return _day(value, number_format)
    return str(value) if isinstance(value, str | time | timedelta) else ""


def section_of(value: object, number_format: str) -> str:
    """The part of a format that is for a value."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return number_format
    return _section(value, number_format)[0]


def _day(value: date, number_format: str) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if "年" in number_format else f"{value:%Y-%m-%d}"


def _number(value: float, number_format: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    section, magnitude, signed = _section(value, number_format)
    sign = "-" if signed else ""
    if section.strip() == "@" or not number_format:
        return _general(value)
    spelled = "".join(_unquoted(token) for token in _TOKEN.finditer(section))
    if general := _GENERAL.search(spelled):
        before, after = spelled[: general.start()], spelled[general.end() :]
        return f"{_shown(before)}{sign}{_general(float(magnitude))}{_shown(after)}".strip()
    if magnitude >= _TOO_MUCH:
        return _general(value)
    if exponent := _EXPONENT.match(spelled):
        rounded = Decimal(f"{magnitude:.{len(exponent['part'] or '')}e}")
        return sign + _general(float(magnitude)) if rounded == magnitude else OBJECT
    pattern = _parsed(spelled)
    return OBJECT if pattern is None else sign + pattern.text(magnitude)


def _section(value: float, number_format: str) -> tuple[str, Decimal, bool]:
    """The part of a format that is for a number, the number to show, and whether a minus comes before it."""
    sections = _sections(number_format)
    exact = Decimal(f"{Decimal(value):.{_MOST_DIGITS}g}")
    if any(_CONDITION.search(s) for s in sections):
        fitting = (
            s for s in sections if (c := _CONDITION.search(s)) is None or _HOLDS[c["sign"]](exact, Decimal(c["limit"]))
        )
        return next(fitting, "General"), abs(exact), exact < 0
    if exact < 0 and len(sections) > 1:
        return sections[1], -exact, False
    if exact == 0 and len(sections) > 2:
        return sections[2], exact, False
    return sections[0], abs(exact), exact < 0


@lru_cache(maxsize=1000)
def _sections(number_format: str) -> tuple[str, ...]:
    found: list[str] = []
    at = 0
    while at <= len(number_format):
        section = _SECTION_END.match(number_format, at)
        assert section is not None
        found.append(section[0])
        at = section.end() + 1
    return tuple(found)


def _general(value: float) -> str:
    """The number with at most fifteen digits, without exponent or needless decimals."""
    text = format(Decimal(f"{Decimal(value):.{_MOST_DIGITS}g}"), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A number format read: the text around the number, and the places of its digits with literals between them."""

    before: str
    after: str
    whole: str
    part: str
    thousands: bool
    scale: int  # the power of ten to multiply with
    digits: bool = True  # False where only the text is shown

    def text(self, magnitude: Decimal) -> str:
        """The number written in this format."""
        if not self.digits:
            return self.before
        most = sum(self.part.count(p) for p in _PLACEHOLDERS)
        shown = magnitude.scaleb(self.scale, _EXACTLY).quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP, _EXACTLY)
        whole, _, part = format(shown, "f").partition(".")
        written = _filled(self.part, part, self.part.count("0"))
        return self.before + self._whole(whole.lstrip("0")) + (f".{written}" if written else "") + self.after

    def _whole(self, digits: str) -> str:
        least = min(self.whole.count("0"), _MOST_PART)
        if any(c not in _PLACEHOLDERS for c in self.whole):
            return _filled(self.whole[::-1], digits[::-1], least)[::-1]
        return format(int(digits), ",").rjust(least, "0") if self.thousands and digits else digits.rjust(least, "0")


def _filled(places: str, digits: str, least: int) -> str:
    """The digits in their places, literals between them; what is left over goes to the last place."""
    while len(digits) > least and digits.endswith("0") and "0" not in places[len(digits) - 1 :]:
        digits = digits[:-1]
    last = max((n for n, c in enumerate(places) if c in _PLACEHOLDERS), default=-1)
    written: list[str] = []
    for n, place in enumerate(places):
        if place not in _PLACEHOLDERS:
            written.append(_shown(place))
            continue
        written.append(digits if n == last else digits[:1] or ("0" if place == "0" else ""))
        digits = "" if n == last else digits[1:]
        if n == last and not written[-1] and place == "0":
            written[-1] = "0"
    return "".join(written)


@lru_cache(maxsize=1000)
def _parsed(spelled: str) -> _Pattern | None:
    """A format for plain numbers; None for dates, fractions, exponents and anything else unknown here."""
    if _UNKNOWN.search(spelled):
        return None
    at = [n for n, c in enumerate(spelled) if c in _PLACEHOLDERS]
    if not at:
        return _Pattern(_shown(spelled).strip(), "", "", "", thousands=False, scale=0, digits=False)
    first = at[0] - (at[0] > 0 and spelled[at[0] - 1] == ".")
    before, places, after = spelled[:first], spelled[first : at[-1] + 1], spelled[at[-1] + 1 :]
    whole, _, part = places.partition(".")
    shrunk = len(after) - len(after.lstrip(",")) + len(whole) - len(whole.rstrip(","))
    scale = 2 * spelled.count("%") - 3 * shrunk
    if "." in part or len(part) > _MOST_PART or abs(scale) > _MOST_SCALE:
        return None
    whole = whole.rstrip(",")
    return _Pattern(
        _shown(before).lstrip(),
        _shown(after.lstrip(",")).rstrip(),
        whole.replace(",", ""),
        part.replace(",", ""),
        thousands="," in whole,
        scale=scale,
    )


def _unquoted(token: re.Match[str]) -> str:
    literal = token["quoted"] or token["escaped"] or ""
    return "".join(chr(ord(c) + _LITERAL) for c in literal if ord(c) < 0x10000) + (token["plain"] or "")


def _shown(text: str) -> str:
    return "".join(chr(ord(c) - _LITERAL) if ord(c) >= _LITERAL else c for c in text)
