"""What a publisher's printed name says by itself: its level, and the divisions it can mean.

Reads the name from the left, longest names first (浙江省 金华市 武义县 教育局), then classifies the rest. Looks only
at the name; other text of the page is weighed in ``evidence``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.places import townships
from pipeline.places.divisions import (
    CENTRE_CODE,
    MUNICIPALITIES,
    Names,
    counties_of,
    level_of,
    names_in_year,
    parent_codes,
    within,
)
from pipeline.places.townships import Township, township_name
from pipeline.places.wording import wording

LONGEST_NAME = 15  # 积石山保安族东乡族撒拉族自治县 has 15 characters
GOVERNMENT, TOWNSHIP, DEPARTMENT, ZONE, INSTITUTION, UNKNOWN = (
    "government", "township", "department", "special_zone", "public_institution", "unknown",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name.

    ``codes``: the divisions it can mean; empty if the name alone identifies none.
    ``township``: registered name, when one was recognised. ``kind``: 县, 市 and so on, when only that is
    printed. ``tail``: the department's own name. ``certain``: False when one code is still only a candidate.
    """

    level: str
    codes: frozenset[str]
    via: str
    township: str | None = None
    kind: str = ""
    tail: str = ""
    certain: bool = True

    @property
    def unique(self) -> bool:
        """Whether the name alone decides."""
        return self.certain and len(self.codes) == 1


NOTHING = Reading(UNKNOWN, frozenset(), "none")


@dataclass(frozen=True, slots=True)
class _Parse:
    """Divisions read so far (None: none yet), the last one's name, what is left, how many were read."""

    codes: frozenset[str] | None
    last: str
    rest: str
    depth: int = 0
    bare: bool = False  # the last name was printed without its kind: 武汉, 浙江


def read_name(name: str, year: int | None) -> Reading:
    """The best reading of a publisher's name in a report of the year."""
    if not name:
        return NOTHING
    central = _central_part(name)
    if central is not None and not central:
        return Reading("ministry", frozenset({CENTRE_CODE}), "name")
    fallback: Reading | None = None
    for parse in _parses(_Parse(None, "", central or name), names_in_year(year)):
        reading = _interpret(parse, year)
        if reading.level != UNKNOWN and (reading.codes or reading.kind) and not _loose(reading):
            return _as_branch(reading) if central else _or_township(name, parse, reading, year)
        fallback = fallback or reading
    if central:
        # The rest names no place: a part of the ministry itself.
        return Reading("ministry", frozenset({CENTRE_CODE}), "name")
    return fallback or NOTHING


def _or_township(name: str, parse: _Parse, reading: Reading, year: int | None) -> Reading:
    """上海庙镇 may be a town of that very name rather than 庙镇 of 上海."""
    printed = township_name(name)
    if not parse.bare or printed is None or not _is_registered(printed):
        return reading
    whole = _bare_township(printed, year, townships.EXACT)
    return replace(reading, codes=reading.codes | whole.codes, township=None, via="township")


def _is_registered(name: str) -> bool:
    return any(each.name == name for each in townships.lookalikes(name))


def _loose(reading: Reading) -> bool:
    """A township that is not in the register: another way to read the name may find it."""
    return reading.level == "township" and reading.township is None


def _as_branch(reading: Reading) -> Reading:
    return replace(reading, level=DEPARTMENT)


def _central_part(name: str) -> str | None:
    """What follows the name of a central body at the start; None if there is none at the start."""
    for body in wording().centre:
        if name.startswith(body):
            return "" if name[len(body) :] in ("", "办公厅", "机关") else name[len(body) :]
    return None


# ---------------------------------------------------------------- divisions, from the left


def _parses(parse: _Parse, names: Names) -> Iterator[_Parse]:
    """All ways to read divisions from the left, those that read longer names first."""
    for length in range(min(LONGEST_NAME, len(parse.rest)), 1, -1):
        name, rest = parse.rest[:length], parse.rest[length:]
        for found, bare in _divisions_named(name, rest, parse, names):
            yield from _parses(_Parse(found, name, rest, parse.depth + 1, bare), names)
    yield from _behind_zone(parse, names)
    yield parse


def _behind_zone(parse: _Parse, names: Names) -> Iterator[_Parse]:
    """雄安新区容城县, 第八师石河子市: a zone or a division of the corps before a county's full name."""
    skipped = wording().skipped_prefix.match(parse.rest)
    if skipped is None:
        return
    behind = parse.rest[skipped.end() :]
    if any(names.is_full(behind[:length]) for length in range(2, LONGEST_NAME + 1)):
        for inner in _parses(replace(parse, rest=behind), names):
            if inner.depth > parse.depth:
                yield inner


def _divisions_named(name: str, rest: str, parse: _Parse, names: Names) -> Iterator[tuple[frozenset[str], bool]]:
    """Divisions of that name inside those read before, and whether the name is a bare one."""
    full = _inside(names.full(name), parse.codes)
    if full:
        yield full, False
    bare = _inside(names.bare(name), parse.codes) if rest else frozenset()
    if bare and parse.codes is None:
        # 朝阳教育局 may be that of 朝阳市, or of one of the counties called 朝阳.
        yield bare | names.bare_county(name), True
    elif bare:
        yield bare, True
    if parse.codes is not None:
        county = _inside(names.bare_county(name), parse.codes)
        own = frozenset(code for code in county if _is_countys_own(code, rest, names.year))
        if own:
            yield own, True


def _inside(codes: frozenset[str], area: frozenset[str] | None) -> frozenset[str]:
    """Codes inside the area: by their digits, or else by those of their predecessors and successors."""
    if area is None:
        return codes
    strict = frozenset(code for code in codes if any(outer in (code, *parent_codes(code)) for outer in area))
    return strict or frozenset(code for code in codes if any(within(code, outer) for outer in area))


def _is_countys_own(code: str, rest: str, year: int | None) -> bool:
    """Whether what follows a county's bare name shows that the county is meant: its zone or its township."""
    if rest.startswith(wording().county_zone):
        return True
    printed = township_name(rest)
    same = [each for each in townships.lookalikes(printed) if each.name == printed] if printed is not None else []
    return code in townships.codes_of(same, year)


# ---------------------------------------------------------------- the rest


def _interpret(parse: _Parse, year: int | None) -> Reading:
    """Classify the rest of the name; the order matters, the surest signs first."""
    rest = _after_government(parse.rest)
    if rest in wording().government or not rest:
        return _government(parse, rest)
    if rest.startswith("街道") or rest in wording().township_kinds or rest == "办事处":
        return NOTHING  # the name before was the township's own: 中山街道 is not a street of 中山市
    township = _registered_township(rest, parse, year)
    if township is not None:
        return township
    if wording().zone_prefix.match(rest):
        return _zone(rest, parse, year)
    if township_name(rest) is not None and "驻" not in rest:
        return _unregistered(parse, year)
    return _body(rest, parse, year)


def _registered_township(rest: str, parse: _Parse, year: int | None) -> Reading | None:
    """The reading as a township of the register, with or without zones in front of it."""
    in_zone = False
    while rest:
        printed = township_name(rest)
        reading = _township(printed, parse, year, in_zone=in_zone) if printed is not None else None
        if reading is not None and reading.township:
            return reading
        zone = wording().zone_prefix.match(rest)
        in_zone, rest = True, rest[zone.end() :] if zone is not None else ""
    return None


def _after_government(rest: str) -> str:
    """宗关街道办事处 of 人民政府宗关街道办事处; the government's own offices stay whole."""
    for head in ("人民政府", "政府"):
        if rest.startswith(head) and rest not in wording().government:
            return rest[len(head) :]
    return rest


def _government(parse: _Parse, rest: str) -> Reading:
    if parse.codes is None:
        return NOTHING
    levels = {level_of(code) for code in parse.codes}
    level = levels.pop() if len(levels) == 1 else UNKNOWN
    return _named(Reading(level, parse.codes, "name", tail=rest), parse)


def _named(reading: Reading, parse: _Parse) -> Reading:
    """A name that elsewhere is a mere description decides nothing by itself."""
    mere_description = parse.depth == 1 and parse.last in wording().generic
    return replace(reading, certain=False) if mere_description else reading


def _township(printed: str, parse: _Parse, year: int | None, *, in_zone: bool = False) -> Reading:
    if parse.codes is None:
        return _bare_township(printed, year, townships.OTHER_KIND if in_zone else townships.SHORTENED)
    matches = _matches_inside(printed, parse.codes, year)
    if not matches:
        return _unregistered(parse, year)
    best = min(townships.match_rank(printed, each.name) for each in matches)
    fitting = [each for each in matches if townships.match_rank(printed, each.name) == best]
    codes = _in_scope(townships.codes_of(fitting, year), parse.codes)
    via = "name" if codes == parse.codes else "township"
    return Reading("township", codes, via, _one_name(printed, fitting))


def _in_scope(codes: frozenset[str], scope: frozenset[str]) -> frozenset[str]:
    """Codes of the townships found, compared with what is printed: a printed county stays that county.

    黄粱梦镇 was in 邯郸县 and is listed under 丛台区: printed with 邯郸县 it means 邯郸县.
    """
    inside = _inside(codes, scope)
    counties = frozenset(code for code in scope if level_of(code) == "county")
    printed = frozenset(county for county in counties if county in inside) or frozenset(
        county for county in counties if any(within(code, county) for code in inside)
    )
    return printed or inside


def _matches_inside(printed: str, area: frozenset[str], year: int | None) -> list[Township]:
    """Lookalikes in the area; where more than one county is open, only those that differ in kind at most."""
    loosest = townships.OTHER_KIND if len(area) > 1 or _is_wide(area) else townships.LOOSEST
    found = [each for each in townships.lookalikes(printed) if townships.match_rank(printed, each.name) <= loosest]
    inside = [each for each in found if _inside(each.codes(year), area)]
    return list(townships.named(inside, year))


def _is_wide(area: frozenset[str]) -> bool:
    return any(level_of(code) != "county" for code in area)


def _unregistered(parse: _Parse, year: int | None) -> Reading:
    """A township no edition lists: a county that is printed decides, a prefecture leaves its counties."""
    codes = parse.codes or frozenset()
    if any(level_of(code) == "province" for code in codes):
        return Reading("township", frozenset(), "none")
    spread = frozenset(inner for code in codes for inner in (counties_in(code, year) or (code,)))
    return _named(Reading("township", spread, "name"), parse)


def counties_in(code: str, year: int | None) -> tuple[str, ...]:
    """Counties of a prefecture; none for a county, or a prefecture without counties."""
    return counties_of(code, year) if level_of(code) != "county" else ()


def _bare_township(printed: str, year: int | None, loosest: int) -> Reading:
    """A township printed alone: unique only when no other one could be printed so.

    A name that no edition has only resembles others: these are candidates, even if there is just one. Zones print
    their townships before the registers follow, so for them other kinds count as well.
    """
    found = townships.lookalikes(printed)
    ranks = {each: townships.match_rank(printed, each.name) for each in found}
    close = [each for each in found if ranks[each] <= loosest]
    close = list(townships.named(close, year))
    if townships.before_first_edition(year):
        close += [each for each in found if townships.upgraded(printed, each.name)]
    likely = close or list(found)
    if not likely:
        return NOTHING
    name, codes = _one_name(printed, likely), townships.codes_of(likely, year)
    return Reading("township", codes, "township", name, certain=bool(close))


def _one_name(printed: str, found: list[Township]) -> str | None:
    """The name as printed if it is registered so, else the registered one if they all agree."""
    names = {each.name for each in found}
    return printed if printed in names else names.pop() if len(names) == 1 else None


def _zone(rest: str, parse: _Parse, year: int | None) -> Reading:
    """A development zone or a department of one: the zone has no code of its own."""
    zone = wording().zone_prefix.match(rest)
    after = rest[zone.end() :] if zone else ""
    level = DEPARTMENT if after.endswith(wording().department) else ZONE
    return _spread(Reading(level, parse.codes or frozenset(), "name", tail=rest), parse, year)


def _spread(reading: Reading, parse: _Parse, year: int | None) -> Reading:
    """A part of a prefecture or municipality may lie in any of its counties; of a province, anywhere."""
    if any(level_of(code) == "province" and code not in MUNICIPALITIES for code in reading.codes):
        return replace(reading, codes=frozenset())
    inner = frozenset(county for code in reading.codes for county in counties_in(code, year))
    return _named(replace(reading, codes=reading.codes | inner), parse)


def _body(rest: str, parse: _Parse, year: int | None) -> Reading:
    """A department, an institution or something unknown."""
    within_township = _township_in_front(rest, parse, year)
    if within_township is not None:
        return within_township
    level = _level_of_body(rest)
    if parse.codes is None:
        return _without_place(rest, level)
    reading = Reading(level, parse.codes, "name", tail=rest)
    if _unread_county(rest, parse, year):
        return _spread(reading, parse, year)
    if parse.bare and level == INSTITUTION:
        return replace(reading, certain=False)  # 河北大学 is not a body of 河北省's own
    if rest.endswith(("分局", "分公司", "大队", "支队", "支局", "分中心")) and _is_branch(rest, parse, year):
        return _spread(reading, parse, year)
    if level == UNKNOWN:
        return replace(reading, certain=_decides_anyway(parse))
    return _named(reading, parse)


def _unread_county(rest: str, parse: _Parse, year: int | None) -> bool:
    """浙江武义教育局: a county's bare name stands where the department's should begin."""
    names = names_in_year(year)
    heads = (rest[:length] for length in range(2, 6))
    inner = (names.bare_county(head) | names.bare(head) for head in heads)
    return any(_inside(codes, parse.codes) - (parse.codes or frozenset()) for codes in inner)


def _decides_anyway(parse: _Parse) -> bool:
    """A full county name decides whatever follows; a short or wider name does not."""
    counties_only = all(level_of(code) == "county" for code in parse.codes or ())
    return bool(parse.codes) and counties_only and len(parse.last) > 2


def _is_branch(rest: str, parse: _Parse, year: int | None) -> bool:
    return any(counties_in(code, year) for code in parse.codes or ())


def _level_of_body(rest: str) -> str:
    if rest.endswith(wording().institution):
        return INSTITUTION
    return DEPARTMENT if rest.endswith(wording().department) else UNKNOWN


def _without_place(rest: str, level: str) -> Reading:
    """县教育局: only the kind of the place is printed."""
    for kind in sorted(wording().kinds, key=len, reverse=True):
        tail = rest[len(kind) :]
        is_government = tail in wording().government
        if rest.startswith(kind) and (is_government or _level_of_body(tail) == DEPARTMENT):
            if is_government:
                level = wording().levels_of_kinds[kind]
            return Reading(level, frozenset(), "none", kind=kind, tail=tail)
    return Reading(level, frozenset(), "none", tail=rest)


def _township_in_front(rest: str, parse: _Parse, year: int | None) -> Reading | None:
    """安镇街道财政所: a body of a township, when the register knows that township exactly."""
    for length in range(len(rest) - 1, 2, -1):
        printed = rest[:length]
        if not printed.endswith(wording().township_kinds) or rest[length:].startswith(wording().township_kinds):
            continue
        if _is_registered(printed):
            reading = _township(printed, parse, year)
            if reading.township:
                return replace(reading, level=_level_of_body(rest[length:]), tail=rest[length:])
    return None
