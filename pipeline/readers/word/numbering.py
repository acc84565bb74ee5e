"""The ordinals that Word prints before paragraphs of a list: counted level by level, written as the list says.

A numeral in a writing that is not known here leaves the ordinal out, rather than print a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MAX_LEVEL = 8
_LONGEST = 60  # characters around the numerals, which every paragraph of the list repeats
_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: where it starts, how its numeral is written, the text around it (`%1、`), what follows."""

    start: int = 1
    writing: str = "decimal"
    text: str = ""
    gap: str = ""
    restarts: bool = True
    legal: bool = False  # numerals of the levels above are decimal too


@dataclass(frozen=True, slots=True)
class Numbered:
    """A list as paragraphs name it. Lists with the same `definition` go on counting from each other."""

    definition: str
    levels: Mapping[int, Level]
    restarted: frozenset[int] = frozenset()


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has counted."""

    lists: Mapping[str, Numbered]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def ordinal(self, name: str, level: int) -> str:
        """The ordinal of the next paragraph of a list, '' where it has none."""
        numbered = self.lists.get(name)
        if numbered is None or level not in numbered.levels:
            return ""
        counts = self._counts.setdefault(numbered.definition, {})
        if name not in self._begun:
            self._begun.add(name)
            for restarted in numbered.restarted:
                counts.pop(restarted, None)
        counts[level] = counts.get(level, numbered.levels[level].start - 1) + 1
        for deeper in [n for n in counts if n > level and numbered.levels.get(n, Level()).restarts]:
            del counts[deeper]
        return _printed(numbered.levels, counts, level)


def _printed(levels: Mapping[int, Level], counts: Mapping[int, int], level: int) -> str:
    own = levels[level]
    if own.writing in ("bullet", "none") or len(own.text) > _LONGEST:
        return ""
    numerals: dict[int, str | None] = {}
    for place in {int(n) - 1 for n in _PLACE.findall(own.text)}:
        there = levels.get(place, Level())
        legal = own.legal and there.writing != "none"
        numerals[place] = numeral(counts.get(place, there.start), "decimal" if legal else there.writing)
    if None in numerals.values():
        return ""
    text = _PLACE.sub(lambda m: numerals[int(m[1]) - 1] or "", own.text)
    return text + own.gap if text else ""


def numeral(number: int, writing: str) -> str | None:
    """A number in a writing by its name in Office XML; None where the writing is unknown or has no such numeral."""
    write = _WRITINGS.get(writing)
    if write is None or number < 0:
        return None
    return write(number)


def _counting(number: int, digits: str = _DIGITS, units: str = "十百千") -> str | None:
    """一百零五: with units, 一 left out before 十 at the start, one 零 for any gap."""
    if not 0 < number < 10_000:
        return digits[0] if number == 0 else None
    text = ""
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            text += digits[digit] + (units[power - 1] if power else "")
        elif text and not text.endswith("零") and number % 10**power:
            text += "零"
    return text[1:] if text.startswith(digits[1] + units[0]) and digits == _DIGITS else text


def _digital(number: int) -> str:
    return "".join(_DIGITS[int(d)] for d in str(number))


def _full_width(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def _roman(number: int) -> str | None:
    if not 0 < number < 5000:
        return None
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def _letters(number: int) -> str | None:
    """A to Z, then AA, BB, as Word counts."""
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 260 else None


def _lower(write: Callable[[int], str | None]) -> Callable[[int], str | None]:
    def lower(number: int) -> str | None:
        text = write(number)
        return text.lower() if text else None

    return lower


def _one_of(signs: str) -> Callable[[int], str | None]:
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else None


def _signs(first: str, count: int) -> str:
    return "".join(chr(ord(first) + n) for n in range(count))


_CIRCLED = _one_of(_signs("①", 20) + _signs("㉑", 15) + _signs("㊱", 15))
_WRITINGS: Mapping[str, Callable[[int], str | None]] = MappingProxyType(
    {
        "decimal": str,
        "decimalZero": lambda n: f"{n:02}",
        "decimalHalfWidth": str,
        "decimalFullWidth": _full_width,
        "decimalFullWidth2": _full_width,
        "decimalEnclosedCircle": _CIRCLED,
        "decimalEnclosedCircleChinese": _CIRCLED,
        "decimalEnclosedFullstop": _one_of(_signs("⒈", 20)),
        "decimalEnclosedParen": _one_of(_signs("⑴", 20)),
        "numberInDash": lambda n: f"- {n} -",
        "upperRoman": _roman,
        "lowerRoman": _lower(_roman),
        "upperLetter": _letters,
        "lowerLetter": _lower(_letters),
        "chineseCounting": _counting,
        "chineseCountingThousand": _counting,
        "taiwaneseCounting": _counting,
        "taiwaneseCountingThousand": _counting,
        "japaneseCounting": _counting,
        "chineseLegalSimplified": lambda n: _counting(n, _LEGAL_DIGITS, "拾佰仟"),
        "ideographDigital": _digital,
        "japaneseDigitalTenThousand": _digital,
        "taiwaneseDigital": _digital,
        "ideographTraditional": _one_of("甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac": _one_of("子丑寅卯辰巳午未申酉戌亥"),
        "ideographEnclosedCircle": _one_of(_signs("㊀", 10)),
        "none": lambda _: "",
    }
)
