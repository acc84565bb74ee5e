"""Which publisher a placed name is, across the years: one id for one body, however it is printed.

Joins spellings (县教育局, 武义县教育局, 浙江省武义县教育局) and follows codes and townships through the register as
long as the line is unbroken. Two bodies under one id would be worse than one body under two, so bodies not known to be
the same stay apart. Finds no places itself: that is done in ``locate``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files

from pipeline.places.divisions import (
    CENTRE_CODE,
    RegisterError,
    codes_in_year,
    counties_of,
    descendants,
    division,
    handover_year,
    level_of,
    parent_codes,
    short_forms,
)
from pipeline.places.locate import Place
from pipeline.places.reading import DEPARTMENT, TOWNSHIP, Reading, read_name
from pipeline.places.townships import (
    SHORTENED,
    Township,
    lookalikes,
    match_rank,
    split_kind,
    township_name,
    upgraded,
)
from pipeline.places.wording import wording

_SEPARATOR = "\x1f"  # stands in no name, so that parts cannot run together
_SPELLING_CACHE = 65_536  # names of one year's reports come again and again; each entry is a few hundred bytes


@dataclass(frozen=True, slots=True)
class Publisher:
    """One publisher of all years.

    ``publisher_id``: 16 hex digits, a digest of what the publisher is: the anchoring code, the township, the
    central body and the body's own canonical name. ``district_code``: the anchoring code, the last one of an
    unbroken line of codes (each the only heir of the one before, and that its only origin), which is today's
    where the line reaches today. ``name`` for people, with today's names: 洪泽区人民政府, 商颂大街街道,
    武义县教育局. ``kind``: the level; of a government and its offices that of the anchoring code.

    Ids hold for one state of the register: where a newer one gives a code an heir, ids follow it.
    """

    publisher_id: str
    district_code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Body:
    """What follows the place in a name: a township ("" if none), a central body ("" if none), the name of the rest."""

    township: str
    centre: str
    tail: str
    level: str


def identify(place: Place) -> Publisher | None:
    """The publisher that a place's name means; None unless the place is unique and the name says which body.

    The same id: spellings of one name, with and without the wider places, abbreviations from
    ``identity.toml``; a division under one code, or whose code passed 1:1 to another; a township that went
    from county to county, or from 乡 to 镇 to 街道, where the register shows one after the other and no second
    of that name.

    Different ids: a government and its office; divisions before and after a merger or a split; a zone and the
    county around it; a bureau and its branches; bodies before and after a reorganisation of substance
    (卫生局, 卫生和计划生育局, 卫生健康局); a bare zone and its committee; a township and its Party office.

    It is also None for names such as 县分局 or 县办公室, which more than one body of a place may print, and for a
    shortened township name that fits two townships of one edition. Never raises for any place of ``locate``.
    """
    if place.status != "unique" or place.district_code is None:
        return None
    return _identified(unicodedata.normalize("NFKC", place.publisher), place.year, place.district_code)


@lru_cache(maxsize=_SPELLING_CACHE)
def _identified(name: str, year: int | None, code: str) -> Publisher | None:
    body = _body(name, read_name(name, year), code, year)
    if body is None:
        return None
    if not body.township:
        return _publisher(line_end(code), body, body.township, "")
    stage = _Stage(line_end(code), body.township)
    end, early = _township_end(stage, year)
    return _publisher(end.code, body, end.name, "early" if early else "")


def _publisher(code: str, body: _Body, township: str, mark: str) -> Publisher:
    parts = (code, township, body.centre, body.tail, *([mark] if mark else []))
    digest = sha256(_SEPARATOR.join(parts).encode()).hexdigest()
    is_office = body.tail in (_GOVERNMENT, *_own_offices()) and not (township or body.centre)
    return Publisher(
        publisher_id=digest[:16],
        district_code=code,
        name=_name_for_people(code, body, township),
        kind=level_of(code) if is_office else body.level,
    )


def _name_for_people(code: str, body: _Body, township: str) -> str:
    if code == CENTRE_CODE:
        return body.tail
    if township:
        return f"{body.centre}{township}{body.tail}"
    here = division(code)
    place = here.name if here is not None else code
    if body.tail == _GOVERNMENT and place.endswith(_spelling().agency_endings):
        return place + _spelling().agency
    return f"{body.centre}{place}{body.tail}"


# ---------------------------------------------------------------- spellings

_GOVERNMENT = "人民政府"


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Word lists of ``identity.toml``; ``canonical`` leads from every other spelling to the name in ``known``."""

    itself: frozenset[str]
    agency_endings: tuple[str, ...]
    agency: str
    township_itself: re.Pattern[str]
    vague: frozenset[str]
    branches: Mapping[str, tuple[str, ...]]
    canonical: Mapping[str, str]
    known: frozenset[str]


@cache
def _spelling() -> _Spelling:
    """The word lists; raises :class:`RegisterError` when one spelling stands for two names."""
    data = tomllib.loads(files(__package__).joinpath("identity.toml").read_text(encoding="utf-8"))
    government, township = data["government"], data["township"]
    offices, tails = "|".join(township["offices"]), "|".join(township["tails"])
    return _Spelling(
        itself=frozenset(government["itself"]),
        agency_endings=tuple(government["agency_endings"]),
        agency=government["agency"],
        township_itself=re.compile(f"(?:{offices})?(?:{tails})?"),
        vague=frozenset(data["vague"]["tails"]),
        branches={centre: tuple(own) for centre, own in data["branches"].items()},
        canonical=checked_spellings(data["spellings"]),
        known=frozenset(data["spellings"]),
    )


def checked_spellings(names: Mapping[str, Iterable[str]]) -> Mapping[str, str]:
    """Spellings to canonical names; raises :class:`RegisterError` when one spelling stands for two names."""
    found: dict[str, str] = {}
    for canonical, others in names.items():
        for other in others:
            if other in found or other in names:
                raise RegisterError(f"identity.toml: {other} stands for {canonical} and for another name")
            found[other] = canonical
    return found


@cache
def _own_offices() -> tuple[str, ...]:
    """Canonical names that a government's offices print, behind the division's name."""
    return tuple(sorted({_canonical(name) for name in wording().government} - {_GOVERNMENT}))


def _canonical(tail: str) -> str:
    if tail in _spelling().itself:
        return _GOVERNMENT
    if tail.endswith("管委会"):
        tail = tail[: -len("管委会")] + "管理委员会"
    return _spelling().canonical.get(tail, tail)


# ---------------------------------------------------------------- the body


def _body(name: str, reading: Reading, code: str, year: int | None) -> _Body | None:
    """The body that the name means at the place; None where the name does not say which."""
    if code == CENTRE_CODE:
        return _Body("", "", _canonical(name), reading.level)
    if not (reading.codes or reading.kind or reading.tail):
        return None
    centre = next((each for each in wording().centre if name.startswith(each)), "")
    if reading.level == TOWNSHIP or reading.township is not None:
        return _in_township(name, reading, centre, code, year)
    if centre:
        return _Body("", *_branch(centre, reading.tail), reading.level)
    tail = _canonical(reading.tail)
    # 国有资产监督管理委员会 ends like the committee of a zone.
    level = DEPARTMENT if tail in _spelling().known else reading.level
    return None if tail in _spelling().vague else _Body("", "", tail, level)


def _branch(centre: str, tail: str) -> tuple[str, str]:
    """A branch keeps the name of its centre (河南局 of which one?), unless its own name implies it."""
    return ("" if tail in _spelling().branches.get(centre, ()) else centre), tail


def _in_township(name: str, reading: Reading, centre: str, code: str, year: int | None) -> _Body | None:
    """A township's own government, one of its offices or a body in it."""
    is_itself = reading.level == TOWNSHIP
    printed = _printed_township(name if is_itself else name[: len(name) - len(reading.tail)], reading, code, year)
    township = _registered_name(printed, code, year) if printed else None
    if township is None:
        return None
    tail = _canonical(_behind_township(name, printed) if is_itself else reading.tail)
    if tail in _spelling().vague and not is_itself:
        return None
    return _Body(township, centre, "" if tail == _GOVERNMENT else tail, reading.level)


def _printed_township(text: str, reading: Reading, code: str, year: int | None) -> str:
    """The township's name as printed, in the register's spelling of kinds, without the places before it."""
    whole = township_name(text) or ""
    if reading.township is not None:
        for start in range(len(whole)):
            if any(each.name == reading.township for each in lookalikes(whole[start:])):
                return whole[start:]
    return _without_places(whole, code, year)


def _without_places(text: str, code: str, year: int | None) -> str:
    """Drop the names of the place and of the wider ones around it from the left."""
    for each in _names_around(code, year):
        rest = text.removeprefix(each)
        if rest != text and township_name(rest) is not None:
            return _without_places(rest, code, year)
    return text


@cache
def _names_around(code: str, year: int | None) -> tuple[str, ...]:
    """Full names of the code and its parents, then and now, longest first."""
    around = (code, *parent_codes(code))
    found = [each for area in around for at in (year, None) if (each := division(area, at)) is not None]
    names = {name for each in found for name in (each.name, *short_forms(each.code, each.name))}
    return tuple(sorted(names | {_GOVERNMENT}, key=lambda name: (-len(name), name)))


def _registered_name(printed: str, code: str, year: int | None) -> str | None:
    """The township's name in the register: as printed, or the only one in the county that is shortened so.

    A name that no edition has, or that differs in kind, stays as printed. None where it may shorten two townships of
    one edition.
    """
    here = [each for each in lookalikes(printed) if code in each.codes(year)]
    if any(each.name == printed for each in here):
        return printed
    shortened = [each for each in here if match_rank(printed, each.name) == SHORTENED]
    names = {each.name for each in shortened}
    if len(names) == 1:
        return names.pop()
    return None if _side_by_side(shortened) else printed


def _side_by_side(found: list[Township]) -> bool:
    """Whether an edition lists two names at once."""
    return any(
        one.name < other.name and not set(one.editions).isdisjoint(other.editions) for one in found for other in found
    )


def _behind_township(name: str, printed: str) -> str:
    """What follows the township's name: "" for the township itself, else its office."""
    stem, kind = split_kind(printed)
    rest = name[name.rfind(stem) + len(stem) :] if stem in name else name
    for word in (kind, "街" if kind == "街道" else kind):
        if rest.startswith(word):
            rest = rest[len(word) :]
            break
    return "" if _spelling().township_itself.fullmatch(rest) else rest


# ---------------------------------------------------------------- lines of codes


@cache
def line_end(code: str) -> str:
    """The last code of the unbroken line that starts with the code.

    A line goes on where a code's ground went to exactly one code, and that one came from no other: 大洼县
    211121 to 大洼区 211104. It ends with a merger (孟津县 and 吉利区) and with a split (江干区). What a division
    loses or gains while it keeps its code does not break its line.
    """
    end = _end_year(code)
    if end is None:
        return code
    heirs = codes_in_year(code, end + 1)
    if len(heirs) != 1:
        return code
    heir = next(iter(heirs))
    return line_end(heir) if codes_in_year(heir, end) == {code} else code


@cache
def _end_year(code: str) -> int | None:
    """The last year of a code under any name; None while it is in force."""
    latest = division(code)
    return latest.end_year if latest is not None else None


# ---------------------------------------------------------------- lines of townships


@dataclass(frozen=True, slots=True, order=True)
class _Stage:
    """A township under one name in one county, which stands for the county's whole line of codes."""

    code: str
    name: str


def _township_end(stage: _Stage, year: int | None) -> tuple[_Stage, bool]:
    """The last stage of a township's line, and whether the year is too early for the stage it starts from.

    Too early: the register shows the stage before in a later year, so this may be a namesake of old.
    """
    editions = _stages_named_like(stage.name)
    earlier = _step(stage, editions, back=True)
    if earlier is not None and year is not None and year < max(editions[earlier]):
        return stage, True
    while (later := _step(stage, editions)) is not None:
        stage = later
    return stage, False


@cache
def _stages_named_like(name: str) -> Mapping[_Stage, frozenset[int]]:
    """Stages whose names could follow one another, with the editions that list them."""
    found: dict[_Stage, frozenset[int]] = {}
    for each in lookalikes(name):
        if not _is_under_zone(each):
            stage = _Stage(line_end(each.county_code), each.name)
            found[stage] = found.get(stage, frozenset()) | frozenset(each.editions)
    return found


def _is_under_zone(each: Township) -> bool:
    """Whether an edition lists it under a prefecture's zone, so that its county is not known."""
    code = each.county_code
    return level_of(code) != "county" and any(counties_of(code, year) for year in each.editions)


def _step(stage: _Stage, editions: Mapping[_Stage, frozenset[int]], *, back: bool = False) -> _Stage | None:
    """The one stage that follows (or precedes), if it has no other one to come from (or to go to)."""
    near = _neighbours(stage, editions, back=back)
    if len(near) != 1:
        return None
    return near[0] if _neighbours(near[0], editions, back=not back) == [stage] else None


def _neighbours(stage: _Stage, editions: Mapping[_Stage, frozenset[int]], *, back: bool) -> list[_Stage]:
    """Stages right after (or before) this one; those that another one leads to are not right after it."""
    linked = sorted(_linked(stage, editions, back=back))
    return [each for each in linked if not any(other in _linked(each, editions, back=not back) for other in linked)]


def _linked(stage: _Stage, editions: Mapping[_Stage, frozenset[int]], *, back: bool) -> Iterator[_Stage]:
    if stage in editions:
        for other in editions:
            old, new = (other, stage) if back else (stage, other)
            if _follows(old, new, editions):
                yield other


def _follows(old: _Stage, new: _Stage, editions: Mapping[_Stage, frozenset[int]]) -> bool:
    """Whether the register shows the one first and the other later, as one township moved or upgraded."""
    last, first = max(editions[old]), min(editions[new])
    if old == new or last >= first or not (old.name == new.name or upgraded(old.name, new.name)):
        return False
    if old.code == new.code:
        return True
    taken = handover_year(old.code, new.code) if new.code in descendants(old.code) else None
    return taken is not None and last <= taken <= first
