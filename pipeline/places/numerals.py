"""Numerals before a publisher's name that nothing sets off from it: 二崆峒区教育局, 附件三崆峒区教育局, 2崆峒区教育局.

The register tells them from names that begin with a numeral: 二道区, 三亚市, 一七一医院, 100中学.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.numbering import CHINESE
from pipeline.places import townships
from pipeline.places.divisions import Names, names_in_year
from pipeline.places.reading import LONGEST_NAME

_LEAD = re.compile("^(?:附件|附录|附表|附|之)")
_NUMERAL = re.compile(f"(?:{CHINESE})")
_PAGE = re.compile(r"^(?:[Pp]age(?=\d))?[\d.、]+")
# What a number belongs to that stands right before it: 100中学, 120急救中心.
_NUMBERED = re.compile(
    r"^\d+(?=号|中学|小学|学校|幼儿园|医院|急救|指挥|热线|政务|部队|团|师|中心|社区|厂|矿|大队|中队|地质|队|级)"
)


def without_numeral(name: str) -> str:
    """The name without a numeral before it, where what follows is a place and the whole is none."""
    if (number := _NUMBERED.match(name)) and not _begins_with_division(name[number.end() :], has_town=False):
        return name
    name = _PAGE.sub("", name)
    lead = _LEAD.match(name)
    rest = name[lead.end() :] if lead else name
    if not _NUMERAL.match(rest) or _may_begin_with_place(rest):
        return name
    behind = (each for each in _behind_numerals(rest) if _begins_with_division(each, has_town=lead is not None))
    return next(behind, name)


def _behind_numerals(text: str) -> Iterator[str]:
    """What follows the numeral at the start, for each way to end it, the shortest first."""
    return (text[n:] for n in (1, 2, 3) if _NUMERAL.fullmatch(text[:n]))


def _heads(text: str) -> Iterator[str]:
    return (text[:length] for length in range(2, min(LONGEST_NAME, len(text)) + 1))


def _may_begin_with_place(text: str) -> bool:
    """True where any name of the register, however short, begins the text."""
    names = names_in_year(None)
    return any(_is_town(h) or names.is_full(h) or names.bare(h) or names.bare_county(h) for h in _heads(text))


def _begins_with_division(text: str, *, has_town: bool) -> bool:
    """True for a text that begins with a division's full name; a township is enough only where it `has_town`."""
    return any(Names.is_full(head) or (has_town and _is_town(head)) for head in _heads(text))


def _is_town(name: str) -> bool:
    kind = townships.split_kind(name)[1]
    return bool(kind) and any(each.name == name for each in townships.lookalikes(name))
