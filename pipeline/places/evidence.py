"""What the other text of a page says about the place: full names only, and only when they agree.

A report's body also names higher governments and partners, so text may narrow what the publisher's name
leaves open, and never overrule it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipeline.places.divisions import Names, division, level_of, names_in_year, parent_codes, within
from pipeline.places.wording import wording

_NAME_END = re.compile("[省市县区旗州盟]")
_BOUNDARY = re.compile(r"[\s，。；：、（）()《》“”\"'>|:,;/·\-—_]")
_LONGEST = 15
SHORT_TEXT = 120  # a breadcrumb, an address or a site's name rather than a report's body
FEW = 12  # the most candidates between which a prefecture named in a long text may decide


@dataclass(frozen=True, slots=True)
class Mention:
    """A division's full name in a text, with the codes that bear it in the year."""

    name: str
    codes: frozenset[str]
    start: int
    end: int


def mentions(text: str, year: int | None) -> tuple[Mention, ...]:
    """Divisions named in full, from left to right; a name inside a longer one is not counted."""
    names = names_in_year(year)
    found: list[Mention] = []
    for end in _NAME_END.finditer(text):
        mention = _ending_at(end.end(), text, names, found[-1].end if found else 0)
        if mention is not None:
            found.append(mention)
    return tuple(found)


def _ending_at(end: int, text: str, names: Names, previous_end: int) -> Mention | None:
    for start in range(max(0, end - _LONGEST), end - 1):
        name = text[start:end]
        codes = names.full(name)
        if codes and _plausible(name, start, text, previous_end):
            return Mention(name, codes, start, end)
    return None


def _plausible(name: str, start: int, text: str, previous_end: int) -> bool:
    """经费县, 公开县: a name of two characters counts only where a word begins."""
    if name in wording().common_words:
        return False
    return len(name) > 2 or start in (0, previous_end) or bool(_BOUNDARY.match(text[start - 1]))


def supported(codes: frozenset[str], text: str, year: int | None) -> frozenset[str]:
    """The candidates that the text speaks for; none when it is silent.

    Counties named in full count before prefectures and provinces. Several that are named stay several, unless they
    share one name (新华区) and the text names the prefecture of one of them.
    """
    found = mentions(text, year)
    if len(text) > SHORT_TEXT:
        found = _attested(found, text)
    named = frozenset(code for each in found for code in each.codes)
    counties = frozenset(code for code in named & codes if level_of(code) == "county")
    areas = frozenset(code for code in named if level_of(code) != "county")
    by_area = frozenset(code for code in counties or codes if _under(code, areas))
    if counties:
        return by_area if by_area and _one_name(counties) else counties
    return by_area if len(codes) <= FEW or len(text) <= SHORT_TEXT else frozenset()


def _under(code: str, areas: frozenset[str]) -> bool:
    """Whether a prefecture above the code is named (a province says too little)."""
    above = [area for area in areas if level_of(area) == "prefecture" or area in parent_codes(code)[-1:]]
    prefectures = [area for area in above if level_of(area) == "prefecture"]
    return any(within(code, area) for area in (prefectures or above))


def _one_name(codes: frozenset[str]) -> bool:
    """Whether the codes share one name: 新华区 of three prefectures."""
    return len({found.name for code in codes if (found := division(code))}) == 1


def adjacent(text: str, followers: tuple[str, ...], kind: str, year: int | None) -> frozenset[str]:
    """Codes of divisions of one kind named right before one of the words: 青川县 before 乡村振兴局."""
    words = tuple(word for word in followers if len(word) > 1)
    if not words:
        return frozenset()
    found = [each.codes for each in _of_kind(kind, mentions(text, year)) if text.startswith(words, each.end)]
    return frozenset().union(*found)


def _of_kind(kind: str, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Mentions whose names end like the kind's; all of them for no kind."""
    endings = wording().kinds[kind] if kind else ""
    return tuple(each for each in found if each.name.endswith(endings))


def of_kind(kind: str, text: str, year: int | None) -> frozenset[str]:
    """Places of a kind (县, 市) that the text is about: the only ones of their kind in it, well attested."""
    everything = mentions(text, year)
    found = _of_kind(kind, everything)
    if len(text) > SHORT_TEXT and len(_attested(found, text)) < len(found):
        return frozenset()
    codes = frozenset(code for each in found for code in each.codes)
    areas = frozenset(code for each in everything for code in each.codes) - codes
    narrower = frozenset(code for code in codes if _under(code, areas))
    return narrower if narrower and len({each.name for each in found}) == 1 else codes


def _attested(found: tuple[Mention, ...], text: str) -> tuple[Mention, ...]:
    """In a long text, only names that come twice, or near an address or a contact."""
    counts = Counter(each.name for each in found)
    return tuple(each for each in found if counts[each.name] > 1 or _near_anchor(each, text))


def _near_anchor(mention: Mention, text: str) -> bool:
    return wording().anchors.search(text, max(0, mention.start - 20), mention.end + 20) is not None
