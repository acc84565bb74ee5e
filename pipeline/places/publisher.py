"""The publisher's name and the report's year, taken from a printed title.

Only takes the title apart; which place the name means is found in ``reading``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from pipeline.numbering import without_numbering
from pipeline.places.numerals import without_numeral
from pipeline.places.wording import wording

_SPACE = re.compile(r"[\s\u00a0\u200b-\u200f\u2028-\u202f\u2060\u3000\ufeff]+")
_CHINESE_DIGITS = dict(zip("〇○零OoＯ一二三四五六七八九", "0000001234567890"[:6] + "123456789", strict=True))
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)|二[〇○零OoＯ][〇○零OoＯ一二三四五六七八九]{2}")
_YEAR_WORDS = re.compile(rf"(?:{_YEAR.pattern})(?:年度|年|度)?")
_DATE = re.compile(
    r"(?<!\d)20\d\d(?:年(?:1[0-2]|0?[1-9])月(?:[0-3]?\d[日号])?|([-./])(?:1[0-2]|0?[1-9])(?!\d)(?:\1[0-3]?\d(?!\d))?)"
)
_YEARS = re.compile(r"(?<!\d)(20\d\d)(?:年度?)?(?:[-—–~～至到、和及与]+)(?!\1)20\d\d(?!\d)")
# 2024年某乡公布2023年…: who publishes stands before the word; where more than a year follows, whose report it is.
_PUBLISHES = re.compile(r"(?<=[^关现])(?:公布|转发|印发)(?=.)")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_BRACKETED = re.compile(r"[（(【\[《〈「]([^（()）【】\[\]《》〈〉「」]+)[）)】\]》〉」]")
# Marks of a lost character: kept, so that 下□镇 is not read as 下镇.
_LOST = frozenset("\ufffd□■?？*＊×")


class Heading(NamedTuple):
    """The contents of a title: the publisher's name as printed ("" if none) and the year (None if none).

    ``rest`` is what follows the words for the report, often the name of the site.
    """

    publisher: str
    year: int | None
    rest: str = ""


def read_title(title: str) -> Heading:
    """Take a report's title, or a bare publisher's name, apart."""
    text = _SPACE.sub("", without_numbering(title)).translate(_FULL_WIDTH)
    cut = wording().title_cuts.search(text)
    before, behind = (text[: cut.start()], text[cut.end() :]) if cut else (text, "")
    return Heading(_publisher(text, cut), _year(before, behind), behind)


def _year(before: str, behind: str) -> int | None:
    """The last year before the words for the report, else the first one behind; none of a date, none of several.

    A school year counts under the year in which it begins.
    """
    of_school = "学年" in before or "学年" in behind
    before, behind = _DATE.sub("", before), _DATE.sub("", behind)
    if not of_school and (_YEARS.search(before) or _YEARS.search(behind)):
        return None
    found = _YEAR.findall(before)[:: 1 if of_school else -1] or _YEAR.findall(behind)
    return int("".join(_CHINESE_DIGITS.get(character, character) for character in found[0])) if found else None


def _publisher(text: str, cut: re.Match[str] | None) -> str:
    left = text if cut is None else text[: cut.start()]
    if wording().sentence_words.search(left):
        return ""
    name = clean_name(left)
    if name or cut is None:
        return name
    # 2018年政府信息公开年报 (安华镇): the name stands behind, in brackets.
    bracketed = _BRACKETED.search(text, cut.end())
    return clean_name(bracketed.group(1)) if bracketed else ""


def stated_publishers(text: str) -> tuple[str, ...]:
    """Publishers that a report's text states itself: in a title, a contact, a signature; in this order."""
    found = (*_titles_in(text), *_phrases_in(text), *_signature_in(text))
    return tuple(dict.fromkeys(name for name in found if name and not name.startswith(wording().cited)))


def _titles_in(text: str) -> Iterator[str]:
    for match in wording().report.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not line.strip():
            line = _line_before(text, match.start())  # a heading broken into lines
        start = max(line.rfind(mark) for mark in wording().sentence_starts)
        yield read_title(line[start + 1 :][-60:] + match.group()).publisher


def _line_before(text: str, position: int) -> str:
    return text[:position].rstrip().rpartition("\n")[2]


def _phrases_in(text: str) -> Iterator[str]:
    for phrase in wording().body_phrases:
        yield from (clean_name(match.group("name")) for match in phrase.finditer(text))


def _signature_in(text: str) -> Iterator[str]:
    lines = [_SPACE.sub("", line) for line in text.splitlines()[-12:]]
    for line, following in pairwise(lines):
        if 2 < len(line) < 30 and wording().date.fullmatch(following):
            yield clean_name(line)


def clean_name(text: str) -> str:
    """A publisher's name without years, brackets and words of the title around it."""
    name = without_numbering(_YEAR_WORDS.sub("", _DATE.sub("", without_numbering(text))))
    name = "".join(filter(_belongs, name))
    name = without_numeral(name)
    name = _without_lead(_PUBLISHES.split(_without_tail(name))[-1])
    for end, missing in wording().swallowed.items():
        if name.endswith(end):
            name += missing
    return name


def _belongs(character: str) -> bool:
    """Letters and digits, rare characters that Unicode added later, and marks of lost ones."""
    return character.isalnum() or character in _LOST or unicodedata.category(character) in ("Cn", "Co")


def _without_tail(name: str) -> str:
    """Drop words that belong to the title, as long as there are any."""
    shorter = name
    for tail in wording().title_tails:
        if shorter.endswith(tail):
            return _without_tail(shorter[: -len(tail)])
    return shorter


def _without_lead(name: str) -> str:
    """Drop 中共, 关于 and the like."""
    for prefix in wording().prefixes:
        if name.startswith(prefix) and len(name) > len(prefix) + 1:
            return _without_lead(name[len(prefix) :])
    return name
