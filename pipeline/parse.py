"""The whole flow for one file, top to bottom: read → lay out → locate → match → facts → check → narrative → judge.

What does *not* belong here: how any of these is done; each is a package of its own.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.collecting import collecting_rarely
from pipeline.document import Document, RawFile, path_in
from pipeline.facts import Fact, extract
from pipeline.forms.loading import form_in_force, forms
from pipeline.forms.model import Form
from pipeline.issues import Issue, issue, reason_sentence
from pipeline.layout.arranged import arranged
from pipeline.layout.attachments import names_of, says_little
from pipeline.layout.dumps import reflow
from pipeline.layout.elsewhere import Own, own_tables
from pipeline.layout.other_lines import own_lines
from pipeline.layout.program_index import without_indexes
from pipeline.layout.sections import headed_by, sections, titles
from pipeline.layout.several import reports_in
from pipeline.layout.title_lines import text_without_lists
from pipeline.matching import Match, match
from pipeline.narrative.publication_date import published
from pipeline.narrative.scope import scope_of
from pipeline.narrative.statements import statements
from pipeline.narrative.text_and_tables import Comparison, compare
from pipeline.numbers import figure
from pipeline.parsed import Found, Judged, Narrative, Parsed, Refusal, Report
from pipeline.places import Place, Publisher, identify
from pipeline.places.decisions import period_issue, place_of, unconfirmed
from pipeline.places.periods import Covered, covered
from pipeline.raw.overrides import Pin
from pipeline.readers import Refused, Vocabulary, bare, by_name, no_report, read
from pipeline.schema import Period, Scope
from pipeline.trust.balances import Balance, balances, bounds
from pipeline.trust.blame import agreement, blame
from pipeline.trust.certainty import chosen, doubts
from pipeline.trust.grades import grade, trust_of
from pipeline.trust.missing import audit, unread
from pipeline.trust.plausibility import implausible, traits
from pipeline.trust.proposals import findings
from pipeline.trust.proposals.model import Claim, Finding
from pipeline.trust.second_reading import CellKey, Reading, second_readings
from pipeline.trust.second_reading.parts import parts_of


def parse(raw: RawFile, data: bytes, pin: Pin | None = None, known: Sequence[Form] | None = None) -> Parsed:
    """What one file says, read by the `known` forms (without them, by all that are issued).

    A file that cannot be used comes back with its refusal, never as an exception.
    """
    try:
        with collecting_rarely():
            return _parse(raw, data, pin, forms() if known is None else tuple(known))
    except Refused as e:
        return Parsed(raw, "unknown", refusal=_told("read", by_name(e, raw.path)))
    except MemoryError:
        raise  # the code that set the limit names it
    except Exception as e:  # the one place: a file that our code fails on must not stop a night
        logging.getLogger(__name__).exception("parsing %s failed", raw.path)
        return Parsed(raw, "unknown", refusal=_refusal("read", "reader-failed", f"{type(e).__name__}: {e}"))


@lru_cache(maxsize=4)
def words_of(known: tuple[Form, ...]) -> Vocabulary:
    """The labels of some forms, for the readers."""
    return Vocabulary(frozenset(text for f in known for text in f.labels))


def _parse(raw: RawFile, data: bytes, pin: Pin | None, known: tuple[Form, ...]) -> Parsed:
    data = bare(data)
    documents = reports_in(read(data, words_of(known)), known)
    first, *more = (
        _report_in(
            replace(raw, path=path_in(raw.path, number)),
            own_lines(document, known),
            part,
            pin.of_report(number) if pin else None,
            known,
        )
        for number, (document, part) in enumerate(zip(documents, parts_of(data, documents), strict=True), 1)
    )
    return replace(first, more=tuple(more))


def _report_in(raw: RawFile, lines: Own, data: bytes, pin: Pin | None, known: Sequence[Form]) -> Parsed:
    """One report of a file. The second reading is of all its `data`: there is none where others' tables are in it."""
    whole = reflow(without_indexes(lines.document), known)
    named = titles(whole, known)
    heading = named.own
    period = covered(heading, pin)
    place, odd_year = place_of(period.heading, text_without_lists(whole), raw.path, pin)
    own = own_tables(whole, place.year, known, heading)
    as_issued = arranged(own.document, known)
    document = as_issued.document
    tables = [chosen(m) for m in match(document, known, place.year)]
    attachments = () if tables else document.attachments
    if attachments and says_little(document, known):
        refusal = _refusal("extract", "only-an-attachment", names_of(attachments))
        return Parsed(raw, document.format, heading, refusal=refusal)
    if not tables and not heading:
        return Parsed(raw, document.format, refusal=_told("extract", no_report(document, data)))

    found, odd = _found(tables)
    refused = _of_other_period(period) or _contradicted(named.rivals, pin) or _unplaced(place, heading)
    refused = refused or _unconfirmed(heading, document, place, raw.path, pin)
    narrative = _narrative(document, found.facts, place.year, known)
    alone = bool(data) and not own.issues and not lines.issues
    readings = second_readings(data, document, {m.table.number: m.table for m in tables}) if alone else {}
    form = _leading_form(tables, document, known)
    missing = audit(form, tables, narrative.sections, found.balances, form_in_force(place.year, known))
    elsewhere = (issue("tables-in-attachment", printed=names_of(attachments)),) if attachments else ()
    improbable = () if refused else implausible(found.facts, place.level)
    odd_period = period_issue(_text(whole)) if period.period == "year" else ()
    laid_out = (*lines.issues, *own.issues, *as_issued.issues)
    issues = (*odd, *missing, *laid_out, *elsewhere, *odd_year, *odd_period, *improbable)
    issues += unread(document, tables, known, {i.table_no for i in issues if i.table_no})
    judged = _judged(tables, found, readings, narrative.comparisons, issues)
    if refused or period.period is None:
        return Parsed(raw, document.format, heading, found, narrative, judged, issues, place, None, refused)
    report = _report(document, heading, period.period, tables, place, found, narrative, judged, issues)
    return Parsed(raw, document.format, heading, found, narrative, judged, issues, place, report, refused)


def _found(tables: Sequence[Match]) -> tuple[Found, tuple[Issue, ...]]:
    """What the tables give, and what is odd about their cells."""
    extracted = [extract(m) for m in tables]
    facts = tuple(f for found, _ in extracted for f in found)
    worked = tuple(
        b
        for m, (found, _) in zip(tables, extracted, strict=True)
        for work_out in (balances, bounds)
        for b in work_out(m.table, m.form.name, found)
    )
    odd = (
        *(i for m in tables for i in m.issues),
        *(i for _, issues in extracted for i in issues),
        *doubts(facts, worked),
    )
    return Found(facts, worked, sum(len(m.body) for m in tables), tuple(m.fit for m in tables)), odd


def _narrative(document: Document, facts: Sequence[Fact], year: int | None, known: Sequence[Form]) -> Narrative:
    """What the text says, compared with the tables where the year is known."""
    parts = sections(document, known)
    claims = statements(parts, year)
    return Narrative(parts, claims, compare(facts, claims, parts, year) if year else ())


def _judged(
    tables: Sequence[Match],
    found: Found,
    readings: Mapping[CellKey, Reading],
    comparisons: Sequence[Comparison],
    issues: Sequence[Issue],
) -> Judged:
    """How the second way of reading compares, what failing identities point at, and whose error they are."""
    compared = agreement(found.facts, readings)
    failing = [m for m in tables if _fails(m.table.number, found.balances)]
    pointed = {
        m.table.number: _findings(m, found, [*_claims(m.table.number, found, readings, comparisons)]) for m in failing
    }
    trust = trust_of(found.facts, found.balances, pointed, compared, issues)
    return Judged(readings, compared, pointed, blame(found.balances, compared), trust)


def _fails(table_no: int, worked: Sequence[Balance]) -> bool:
    return any(b.table_no == table_no and b.state_blank_as_zero == "fail" and not b.is_bound for b in worked)


def _claims(
    table_no: int, found: Found, readings: Mapping[CellKey, Reading], comparisons: Sequence[Comparison]
) -> Iterator[Claim]:
    """What the second way of reading gives otherwise in a table, and what the text says about it for certain.

    That both ways read a figure alike is no evidence that it is printed right.
    """
    first = {f.key: f.value for f in found.facts}
    for (number, *key), reading in readings.items():
        value = figure(reading.text).value
        if number == table_no and value is not None and value != first.get((number, key[0], key[1])):
            yield Claim(((key[0], key[1]),), value)
    for c in comparisons:
        if c.stated is not None and c.state != "uncertain" and c.cells and {k[0] for k in c.cells} == {table_no}:
            yield Claim(tuple((row, col) for _, row, col in c.cells), c.stated)


def _findings(m: Match, found: Found, claims: Sequence[Claim]) -> tuple[Finding, ...]:
    number = m.table.number
    identities = [b for b in found.balances if b.table_no == number and not b.is_bound]
    return findings(m.table, m.form.name, [f for f in found.facts if f.key[0] == number], identities, claims)


def _text(document: Document) -> str:
    return "\n".join(p.text for p in document.paragraphs)


def _leading_form(tables: Sequence[Match], document: Document, known: Sequence[Form]) -> Form | None:
    """The form that most cells follow; for a report without tables, the form of its headings."""
    if not tables:
        return headed_by(document, known)
    return max((m.form for m in tables), key=lambda f: sum(len(m.bound) for m in tables if m.form is f))


def _contradicted(titles: Sequence[str], pin: Pin | None) -> Refusal | None:
    """A refusal where titles before the text contradict each other, unless a person has pinned year or publisher."""
    is_pinned = pin is not None and (pin.year is not None or pin.publisher or pin.district_code)
    return _refusal("locate", "titles-contradict", "; ".join(titles)) if titles and not is_pinned else None


def _unplaced(place: Place, heading: str) -> Refusal | None:
    if not place.publisher:
        return _refusal("locate", "no-publisher")
    if place.year is None:
        return _refusal("locate", "no-year")
    if place.status == "ambiguous":
        return _refusal("locate", "district-ambiguous", place.publisher)
    if place.status == "none":
        return _refusal("locate", "district-none", place.publisher)
    return None


def _of_other_period(found: Covered) -> Refusal | None:
    """A refusal for a period that has no name among `schema.PERIODS`, such as one month."""
    return _refusal("locate", "other-period", found.words) if found.period is None else None


def _unconfirmed(heading: str, document: Document, place: Place, path: str, pin: Pin | None) -> Refusal | None:
    """A refusal where publisher or year stand in a picture alone: no identity would reveal a wrong letter."""
    doubtful = unconfirmed(heading, document, place, path, pin)
    return _refusal("locate", "title-unconfirmed", doubtful) if doubtful else None


def _report(
    document: Document,
    heading: str,
    period: Period,
    tables: Sequence[Match],
    place: Place,
    found: Found,
    narrative: Narrative,
    judged: Judged,
    issues: Sequence[Issue],
) -> Report:
    """The report of a publisher and a year that are known."""
    assert place.district_code is not None
    assert place.year is not None
    publisher = identify(place) or _as_printed(place)
    scope = scope_of(place.level, place.publisher, heading, _text(document))
    return Report(
        report_id(publisher.publisher_id, place.year, period, scope),
        place.district_code,
        place.year,
        place.publisher,
        place.level,
        period,
        scope,
        heading,
        "+".join(sorted({m.form.name for m in tables})) or None,
        place,
        publisher,
        published(document, place.year),
        grade(found.facts, found.balances, judged.blames, judged.agreement, issues),
        traits(found.facts, narrative.sections, (place.publisher, publisher.name, place.township or "")),
    )


def _as_printed(place: Place) -> Publisher:
    """A publisher whose name does not say which body it is (县分局) is one with its own spelling alone."""
    assert place.district_code is not None
    digest = hashlib.sha256(f"{place.district_code}|{place.publisher}".encode()).hexdigest()[:16]
    return Publisher(digest, place.district_code, place.publisher, place.level)


def report_id(publisher_id: str, year: int, period: Period = "year", scope: Scope = "unknown") -> str:
    """The stable code of a report: the same publisher and year always give the same, however they are printed.

    Another period than the year, and a whole system, give other codes. The other scopes do not: what a report says of
    its scope may change with a new version.
    """
    apart = [word for word in (period, scope) if word not in ("year", "own_organ", "aggregate", "unknown")]
    return hashlib.sha256("|".join([publisher_id, str(year), *apart]).encode()).hexdigest()[:16]


def _refusal(stage: str, reason: str, detail: str = "") -> Refusal:
    return Refusal(stage, reason, reason_sentence(reason, detail))


def _told(stage: str, refused: Refused) -> Refusal:
    return Refusal(stage, refused.reason, str(refused))
