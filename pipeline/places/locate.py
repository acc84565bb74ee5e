"""Find the district of a publisher: title, then year, then name, then other text of the page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.places import evidence
from pipeline.places.divisions import codes_in_year, level_of, within
from pipeline.places.publisher import read_title, stated_publishers
from pipeline.places.reading import NOTHING, TOWNSHIP, UNKNOWN, ZONE, Reading, read_name
from pipeline.places.systems import leading_body
from pipeline.places.townships import codes_of, lookalikes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a publisher is.

    ``status`` is ``unique``, ``ambiguous`` or ``none``; only a unique place has a ``district_code`` (in force
    on 31 December of ``year``). ``candidates`` are all codes that fit, ascending. ``district_code_current``
    is the code today; where a code was split since, the one that has the township, else None. ``via`` says
    what decided: ``name`` (a division is printed), ``township``, ``context`` or ``none``.
    """

    title: str
    year: int | None
    publisher: str
    level: str
    status: str
    district_code: str | None
    candidates: tuple[str, ...]
    township: str | None
    via: str
    district_code_current: str | None


def locate(title: str, year: int | None = None, context: str = "") -> Place:
    """Find the district that a report's title, or a publisher's bare name, means.

    ``year`` is the report's year, by default the first one in the title. ``context`` is other text of the
    page; it may narrow what the name leaves open and supply a place the name leaves out, never overrule it.
    Never raises for any text.
    """
    heading = read_title(title)
    year = heading.year if year is None else year
    publisher = leading_body(heading.publisher)
    reading = read_name(publisher, year)
    if not publisher and context:
        publisher, reading = _stated_in(context, year)
    for text in (heading.rest, context):  # 太平镇2022年…年度报告_泾阳县人民政府: a title may name the site as well
        if text and not reading.unique:
            reading = _with_context(reading, text, year)
    return _place(title, year, publisher, reading)


def _stated_in(context: str, year: int | None) -> tuple[str, Reading]:
    """The first publisher in the text that means something; unsure when another one contradicts it."""
    found = [(name, read_name(name, year)) for name in stated_publishers(context)]
    telling = [(name, reading) for name, reading in found if reading.codes or reading.kind]
    if not telling:
        return "", NOTHING
    name, first = telling[0]
    others = frozenset(code for _, other in telling[1:] if other.unique for code in other.codes)
    against = frozenset(code for code in others if first.unique and not _related(code, first.codes))
    return name, replace(first, codes=first.codes | against)


def _related(code: str, codes: frozenset[str]) -> bool:
    return any(within(code, each) or within(each, code) for each in codes)


def _with_context(reading: Reading, context: str, year: int | None) -> Reading:
    if reading.codes:
        codes = _narrowed(reading, context, year)
    elif reading.kind or reading.tail:
        codes = _supplied(reading, context, year)
    else:
        return reading
    if not codes:
        return reading
    only = next(iter(codes)) if len(codes) == 1 else ""
    level = level_of(only) if only and reading.kind and reading.level == UNKNOWN else reading.level
    return replace(reading, codes=codes, level=level, via="context", certain=True)


def _narrowed(reading: Reading, context: str, year: int | None) -> frozenset[str]:
    """Narrow candidates: a place right before the township's name, else full names in the text."""
    if reading.level == ZONE and len(context) > evidence.SHORT_TEXT:
        return frozenset()
    if reading.township:
        followers = tuple({each.name for each in lookalikes(reading.township)})
        beside = evidence.adjacent(context, followers, "", year) & reading.codes
        if len(beside) == 1:
            return beside
    return evidence.supported(reading.codes, context, year)


def _supplied(reading: Reading, context: str, year: int | None) -> frozenset[str]:
    """Supply a place that the name leaves out: right before the same department, else the only one."""
    beside = evidence.adjacent(context, (reading.tail,), reading.kind, year)
    if beside or not reading.kind:
        return beside
    return evidence.of_kind(reading.kind, context, year)


def _place(title: str, year: int | None, publisher: str, reading: Reading) -> Place:
    codes = tuple(sorted(reading.codes))
    code = codes[0] if reading.unique else None
    return Place(
        title=title,
        year=year,
        publisher=publisher,
        level=reading.level,
        status="unique" if code else "ambiguous" if codes else "none",
        district_code=code,
        candidates=codes,
        township=reading.township if code or reading.level == TOWNSHIP else None,
        via=reading.via if codes else "none",
        district_code_current=_current(code, reading) if code else None,
    )


def _current(code: str, reading: Reading) -> str | None:
    today = codes_in_year(code, None)
    if len(today) > 1 and reading.township:
        same = [each for each in lookalikes(reading.township) if each.name == reading.township]
        today &= codes_of([each for each in same if not today.isdisjoint(each.codes(None))], None)
    return next(iter(today)) if len(today) == 1 else None
