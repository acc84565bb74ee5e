"""Townships, towns and streets, read from ``townships.csv.gz``, and how a printed name matches them.

A name is kept with the county that had it in each edition of the register (late 2015, mid 2023, 2026),
because townships are renamed, upgraded and merged all the time.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from pipeline.places.divisions import RegisterError, codes_in_year, counties_of, descendants, handover_year, level_of
from pipeline.places.wording import wording


@dataclass(frozen=True, slots=True)
class Township:
    """One name in one county, with the years of the editions that list it.

    ``county_code`` is the code at the time of the edition, or the prefecture's where the edition lists the
    township under a development zone.
    """

    name: str
    county_code: str
    editions: tuple[int, ...]

    def codes(self, year: int | None) -> frozenset[str]:
        """Codes in force in the year that may contain it."""
        codes = codes_in_year(self.county_code, year)
        return frozenset().union(*(counties_of(code, year) or (code,) for code in codes if _is_area(code))) | (
            frozenset(code for code in codes if not _is_area(code))
        )


def _is_area(code: str) -> bool:
    return level_of(code) != "county"


def split_kind(name: str) -> tuple[str, str]:
    """Stem and kind: 曙光街 and 街道."""
    kind = next(filter(name.endswith, _kinds_on(name[-1:])), "")
    return (name[: -len(kind)], kind) if kind else (name, "")


@lru_cache(maxsize=256)
def _kinds_on(letter: str) -> tuple[str, ...]:
    """The kinds that end on a letter: a name is compared with few of all, and a thousand names are for a county."""
    return tuple(kind for kind in wording().township_kinds if kind.endswith(letter))


@cache
def _office_tail() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(map(re.escape, wording().township_tails))})$")


def township_name(rest: str) -> str | None:
    """The township that a name's end states, in the register's spelling of kinds; None if it states none."""
    name = rest
    while (shorter := _office_tail().sub("", name)) != name:
        name = shorter
    name = re.sub(r"(?:人民政府|政府)(?:办公室|办)?$", "", name)
    name = re.sub(r"(?:街道办事处|街道办公室|街道办|街办事处|街办)$", "街道", name)
    name = re.sub(r"(?<=地区)办事处$", "", name)
    if name.endswith("办事处") and not name.endswith("地区办事处"):
        name = name[: -len("办事处")] + ("" if name[: -len("办事处")].endswith(("镇", "乡")) else "街道")
    stem, kind = split_kind(name)
    return name if kind and stem else None


def without_group(stem: str) -> str:
    """The stem without the ethnic groups at its end: 杨柳 of 杨柳白族彝族."""
    return wording().ethnic_tail.sub("", stem) if stem.endswith("族") else stem


def without_street(stem: str) -> str:
    """The stem without 大街, 路 and the like at its end, unless nothing would be left."""
    word = next((w for w in _street_words_on(stem[-1:]) if stem.endswith(w) and len(stem) > len(w)), "")
    return stem[: -len(word)] if word else stem


@lru_cache(maxsize=256)
def _street_words_on(letter: str) -> tuple[str, ...]:
    return tuple(word for word in wording().street_words if word.endswith(letter))


def _key(name: str) -> str:
    return without_street(without_group(split_kind(name)[0]))


_COLUMNS = "county_code,name,editions"
_GOOD_LINES = re.compile(r"(?:[0-9]{6},[^,\n]+,[0-9]{4}(?:;[0-9]{4})*+\n)*+")
_BEFORE_COMMA = len("\n110101")


@cache
def _text() -> str:
    packed = files(__package__).joinpath("townships.csv.gz").read_bytes()
    return checked_text(gzip.decompress(packed).decode("utf-8"))


def checked_text(text: str) -> str:
    """The text of ``townships.csv.gz``, each line of which is whole; raises :class:`RegisterError`."""
    columns, _, lines = text.partition("\n")
    if columns != _COLUMNS:
        raise RegisterError(f"townships.csv.gz: unexpected columns {columns!r}")
    good = _GOOD_LINES.match(lines)
    if not good or good.end() < len(lines):
        line = lines[good.end() if good else 0 :].partition("\n")[0]
        raise RegisterError(f"townships.csv.gz: {line!r} is not a code, a name and editions")
    return text


def _lines_of(initial: str) -> Iterator[list[str]]:
    """Code, name and editions of the names with an initial: only these lines of the text are taken apart."""
    text = _text()
    at = text.find(f",{initial}")
    while initial and at >= 0:
        if text[at - _BEFORE_COMMA] == "\n":  # else it is no name that begins here
            yield text[at - _BEFORE_COMMA + 1 : text.index("\n", at)].split(",")
        at = text.find(f",{initial}", at + 1)


@cache
def _by_key(initial: str) -> Mapping[str, tuple[Township, ...]]:
    found: dict[str, list[Township]] = defaultdict(list)
    for code, name, editions in _lines_of(initial):
        found[_key(name)].append(Township(name, code, tuple(map(int, editions.split(";")))))
    return {key: tuple(townships) for key, townships in found.items()}


@cache
def _editions() -> tuple[int, ...]:
    columns = {line[line.rindex(",") + 1 :] for line in _text().splitlines()[1:]}
    return tuple(sorted({int(year) for column in columns for year in column.split(";")}))


def registered() -> Iterator[Township]:
    """All townships of the register."""
    lines = _text().splitlines()[1:]
    for initial in dict.fromkeys(line[_BEFORE_COMMA] for line in lines):
        for group in _by_key(initial).values():
            yield from group


def editions_around(year: int | None) -> frozenset[int]:
    """The last edition not after the year and the first one after it; all of them for an unknown year."""
    editions = _editions()
    if year is None:
        return frozenset(editions)
    before = [edition for edition in editions if edition <= year]
    after = [edition for edition in editions if edition > year]
    return frozenset(before[-1:] + after[:1])


def before_first_edition(year: int | None) -> bool:
    """Whether the year lies before all editions, so that upgrades since then went unseen."""
    return year is not None and year < _editions()[0]


def lookalikes(name: str) -> tuple[Township, ...]:
    """All townships that a printed name could mean, however loosely written."""
    return _by_key(name[:1]).get(_key(name), ())


# How a printed name matches a registered one, best first. Names are shortened in print, not lengthened:
# 茅坪回族镇 is never 茅坪镇, and 迎宾路街道 hardly 迎宾街道.
STREET = "街道"
EXACT, SHORTENED, OTHER_KIND, REWORDED, OTHER_KIND_REWORDED = range(5)
LOOSEST = OTHER_KIND_REWORDED


def match_rank(printed: str, registered: str) -> int:
    """How a printed name matches a registered lookalike, smaller is better."""
    if printed == registered:
        return EXACT
    (stem, kind), (other_stem, other_kind) = split_kind(printed), split_kind(registered)
    plain = without_group(other_stem)
    if kind != other_kind:
        return OTHER_KIND if stem == plain else OTHER_KIND_REWORDED
    shortened = (plain, without_street(plain)) if kind == STREET else (plain,)  # 厚镇 is not 厚街镇
    return SHORTENED if stem in shortened else REWORDED


def upgraded(printed: str, registered: str) -> bool:
    """Whether the registered name is the printed one after an upgrade: 安昌乡 to 安昌镇."""
    (stem, kind), (other_stem, other_kind) = split_kind(printed), split_kind(registered)
    return stem == other_stem and other_kind in wording().upgrades.get(kind, ())


def named(townships: Iterable[Township], year: int | None) -> tuple[Township, ...]:
    """The townships listed in the editions around the year; all of them if none is listed there."""
    found = tuple(townships)
    around = editions_around(year)
    return tuple(each for each in found if not around.isdisjoint(each.editions)) or found


def codes_of(townships: Iterable[Township], year: int | None) -> frozenset[str]:
    """Codes in force in the year that may contain townships of one name.

    Where a county took a township over from one that it succeeded or was carved out of, the year decides
    which of the two had it.
    """
    found = tuple(townships)
    dropped = {_outdated(old, new, year) for old in found for new in found if _taken_over(old, new)}
    return frozenset(code for each in found if each not in dropped for code in each.codes(year))


def _taken_over(old: Township, new: Township) -> bool:
    return (
        old.county_code != new.county_code
        and old.name == new.name
        and old.editions[-1] < new.editions[-1]
        and new.county_code in descendants(old.county_code)
    )


def _outdated(old: Township, new: Township, year: int | None) -> Township:
    """The one of the two that does not hold in the year."""
    taken = handover_year(old.county_code, new.county_code)
    return new if year is not None and year < taken else old
