"""Numbers and dates as a spreadsheet shows them: a stored value in its number format → text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[[^\]]*\]|(?P<plain>.)', re.DOTALL)
_SECTION_END = re.compile(r'("[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[]|["\\\[])*', re.DOTALL)
_PATTERN = re.compile(
    r"^(?P<before>[^0#?.]*)(?P<whole>[0#?][0#?,]*|(?=\.[0#?]))(?:\.(?P<part>[0#?]+))?(?P<after>[^0#?]*)$"
)
_PLACEHOLDER = re.compile("[0#?]")
_LITERAL = 0xF0000  # literal characters are moved to a private plane while a pattern is read
_MOST_DIGITS = 15
_TOO_MUCH = Decimal(10) ** _MOST_DIGITS
_EXACTLY = Context(prec=100)
_MOST_PART, _MOST_SCALE = 30, 12


def printed(value: object, number_format: str) -> str:
    """The text that a cell shows for a stored value."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return _day(value, number_format) if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return _day(value, number_format)
    return str(value) if isinstance(value, str | time | timedelta) else ""


def _day(value: date, number_format: str) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if "年" in number_format else f"{value:%Y-%m-%d}"


def _number(value: float, number_format: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    section, magnitude, signed = _section(value, number_format)
    if section.strip().lower() in ("general", "@"):
        return _general(value)
    pattern = _parsed(section)
    if pattern is None or magnitude >= _TOO_MUCH:
        return _general(value)
    return ("-" if signed else "") + pattern.text(magnitude)


def _section(value: float, number_format: str) -> tuple[str, Decimal, bool]:
    """The part of a format that is for a number, the number to show, and whether a minus comes before it."""
    sections = _sections(number_format)
    exact = Decimal(f"{Decimal(value):.{_MOST_DIGITS}g}")
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
    """A number format read: the text around the number, and how its digits are written."""

    before: str
    after: str
    least_whole: int
    least_part: int
    most_part: int
    thousands: bool
    scale: int  # the power of ten to multiply with
    digits: bool = True  # False where only the text is shown

    def text(self, magnitude: Decimal) -> str:
        """The number written in this format."""
        if not self.digits:
            return self.before
        shown = magnitude.scaleb(self.scale, _EXACTLY)
        shown = shown.quantize(Decimal(1).scaleb(-self.most_part), ROUND_HALF_UP, _EXACTLY)
        whole, _, part = format(shown, "f").partition(".")
        whole = whole.lstrip("0").rjust(self.least_whole, "0")
        if self.thousands and whole:
            whole = format(int(whole), ",").rjust(self.least_whole, "0")
        while len(part) > self.least_part and part.endswith("0"):
            part = part[:-1]
        return self.before + whole + (f".{part}" if part else "") + self.after


@lru_cache(maxsize=1000)
def _parsed(section: str) -> _Pattern | None:
    """A format for plain numbers; None for dates, fractions, exponents and anything else unknown here."""
    spelled = "".join(_unquoted(token) for token in _TOKEN.finditer(section))
    found = _PATTERN.match(spelled)
    if re.search(r"[A-DF-Za-df-z/@]|[Ee][-+]", spelled) or (found is None and _PLACEHOLDER.search(spelled)):
        return None
    if found is None:
        return _Pattern(_shown(spelled).strip(), "", 0, 0, 0, thousands=False, scale=0, digits=False)
    whole, part = found["whole"], found["part"] or ""
    shrunk = len(whole) - len(whole.rstrip(","))
    scale = 2 * (found["before"] + found["after"]).count("%") - 3 * shrunk
    if len(part) > _MOST_PART or abs(scale) > _MOST_SCALE:
        return None
    return _Pattern(
        _shown(found["before"]).lstrip(),
        _shown(found["after"]).rstrip(),
        min(whole.count("0"), _MOST_PART),
        part.count("0"),
        len(part),
        thousands="," in whole.rstrip(","),
        scale=scale,
    )


def _unquoted(token: re.Match[str]) -> str:
    literal = token["quoted"] or token["escaped"] or ""
    return "".join(chr(ord(c) + _LITERAL) for c in literal if ord(c) < 0x10000) + (token["plain"] or "")


def _shown(text: str) -> str:
    return "".join(chr(ord(c) - _LITERAL) if ord(c) >= _LITERAL else c for c in text)
