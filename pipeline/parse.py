"""The whole flow for one file, top to bottom: read → split → match → extract → balance → audit → locate."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.document import Document, Paragraph, RawFile
from pipeline.facts import Fact, extract
from pipeline.forms.loading import forms
from pipeline.forms.model import Form
from pipeline.issues import Issue, issue, reason_sentence
from pipeline.labels import compact
from pipeline.layout.dumps import reflow
from pipeline.layout.sections import Section, headed_by, sections, title
from pipeline.matching import Match, TableFit, match
from pipeline.narrative.publication_date import Publication, published
from pipeline.narrative.scope import scope_of
from pipeline.narrative.statements import Statement, statements
from pipeline.narrative.text_and_tables import Comparison, compare
from pipeline.places import Place, Publisher, division, identify, locate, read_title
from pipeline.raw.overrides import Pin
from pipeline.readers import Refused, read
from pipeline.trust.balances import Balance, balances, bounds
from pipeline.trust.blame import Agreement, Blame, Verdict, agreement, blame
from pipeline.trust.certainty import chosen, doubts
from pipeline.trust.grades import Grade, Trust, grade, trust_of
from pipeline.trust.missing import audit
from pipeline.trust.plausibility import Traits, implausible, traits
from pipeline.trust.proposals import findings
from pipeline.trust.proposals.model import Finding
from pipeline.trust.second_reading import Key, Reading, second_readings

# The period that a report counts, as it says itself: 统计期限自2024年1月1日起至12月31日止.
_PERIOD = re.compile(r"(20[0-9]{2})年1月1日[^。；]{0,6}[至到\-—~～][^。；]{0,10}12月31日")
_ATTACHMENTS_NAMED = 3
_FEWEST_SECTIONS = 2  # of a report without tables
_MENU_LENGTH = 60  # characters
_LEAST_TEXT = 400  # characters that a report without tables says at the least
_HINT = re.compile(r"(?:^|[/!])(?P<district>\d{6})/(?P<year>20\d{2})/")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is quarantined: the stage that refused it, a code of `issues.REASONS`, and the sentence."""

    stage: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """One publisher's report of one year, located. Codes and names are those in force in that year."""

    report_id: str
    district_code: str
    year: int
    publisher: str
    level: str
    scope: str
    title: str
    form: str | None
    place: Place
    identity: Publisher
    publication: Publication | None
    grade: Grade
    traits: Traits


@dataclass(frozen=True)
class Parsed:
    """All that a file gave. With a refusal it is quarantined; what was read until then is there all the same.

    `body_cells` counts the printed cells of the table bodies: each is in exactly one fact or one issue. `findings`
    are by table number: what failing identities point at. `readings` are the figures by the second way of reading.
    """

    raw: RawFile
    format: str
    title: str = ""
    report: Report | None = None
    place: Place | None = None
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    balances: tuple[Balance, ...] = ()
    issues: tuple[Issue, ...] = ()
    body_cells: int = 0
    tables: tuple[TableFit, ...] = ()
    statements: tuple[Statement, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    findings: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)
    agreement: Agreement = field(default_factory=lambda: Agreement({}))
    blames: tuple[Blame, ...] = ()
    readings: Mapping[Key, Reading] = field(default_factory=dict)
    trust: Mapping[Key, Trust] = field(default_factory=dict)
    refusal: Refusal | None = None

    @property
    def fact_cells(self) -> int:
        """How many printed cells became facts."""
        return len({f.printed for f in self.facts if not f.printed.is_blank})

    @property
    def issue_cells(self) -> int:
        """How many printed cells became issues instead."""
        return len({c for i in self.issues for c in i.cells})

    def blame_of(self, table_no: int, identities: Collection[str]) -> Verdict:
        """Whose error it is that these identities fail: one verdict for them together."""
        told = {b.verdict for b in self.blames if b.balance.table_no == table_no and b.balance.identity in identities}
        return "misread" if "misread" in told else "source" if told == {"source"} else "undecided"


def parse(raw: RawFile, data: bytes, pin: Pin | None = None, known: Sequence[Form] | None = None) -> Parsed:
    """What one file says, read by the `known` forms (without them, by all that are issued).

    A file that cannot be used comes back with its refusal, never as an exception.
    """
    try:
        return _parse(raw, data, pin, forms() if known is None else tuple(known))
    except Refused as e:
        return Parsed(raw, "unknown", refusal=Refusal("read", e.reason, str(e)))
    except MemoryError:
        raise  # whoever set the limit names it
    except Exception as e:  # the one place: a file that our code fails on must not stop a night
        logging.getLogger(__name__).exception("parsing %s failed", raw.path)
        return Parsed(raw, "unknown", refusal=_refusal("read", "reader-failed", f"{type(e).__name__}: {e}"))


def _parse(raw: RawFile, data: bytes, pin: Pin | None, known: Sequence[Form]) -> Parsed:
    found = read(data)
    document = reflow(found, known)
    tables = [chosen(m) for m in match(document, known)]
    heading = title(document, known)
    attachments = "” and “".join(found.attachments[:_ATTACHMENTS_NAMED]) if not tables else ""
    if attachments and _says_little(document, known):
        return Parsed(raw, document.format, heading, refusal=_refusal("extract", "only-an-attachment", attachments))
    if not tables and not heading:
        return Parsed(raw, document.format, refusal=_refusal("extract", "not-a-report"))
    parsed = _extracted(raw, document, tables, heading, known)
    if attachments:
        parsed = replace(parsed, issues=(*parsed.issues, issue("tables-in-attachment", printed=attachments)))
    return _located(_read_again(parsed, document, tables, data), document, tables, pin)


def _says_little(document: Document, known: Sequence[Form]) -> bool:
    """True for a text without the sections of a report or long paragraphs: menus are many, and short."""
    if sum(1 for s in sections(document, known) if s.topic) >= _FEWEST_SECTIONS:
        return False
    long = (len(p.text) for p in document.paragraphs if len(p.text) > _MENU_LENGTH)
    return sum(long) < _LEAST_TEXT


def _extracted(
    raw: RawFile, document: Document, tables: Sequence[Match], heading: str, known: Sequence[Form]
) -> Parsed:
    extracted = [extract(m) for m in tables]
    facts = tuple(f for found, _ in extracted for f in found)
    worked = tuple(
        b
        for m, (found, _) in zip(tables, extracted, strict=True)
        for work_out in (balances, bounds)
        for b in work_out(m.table, m.form.name, found)
    )
    parts = sections(document, known)
    return Parsed(
        raw,
        document.format,
        heading,
        facts=facts,
        sections=parts,
        balances=worked,
        issues=(
            *(i for m in tables for i in m.issues),
            *(i for _, odd in extracted for i in odd),
            *doubts(facts, worked),
            *audit(_leading_form(tables, document, known), tables, parts, worked),
        ),
        body_cells=sum(len(m.body) for m in tables),
        tables=tuple(m.fit for m in tables),
    )  # fmt: skip


def _read_again(parsed: Parsed, document: Document, tables: Sequence[Match], data: bytes) -> Parsed:
    """The figures by the second way of reading, what failing identities point at, and whose error they are."""
    facts = parsed.facts
    readings = second_readings(data, document, {m.table.number: m.table for m in tables})
    failing = {b.table_no for b in parsed.balances if b.state_blank_as_zero == "fail" and not b.at_most}
    return replace(
        parsed,
        findings={
            m.table.number: findings(m.table, m.form.name, [f for f in facts if f.key[0] == m.table.number])
            for m in tables
            if m.table.number in failing
        },
        agreement=agreement(facts, readings),
        blames=blame(parsed.balances, facts, readings),
        readings=readings,
    )


def _leading_form(tables: Sequence[Match], document: Document, known: Sequence[Form]) -> Form | None:
    """The form that most cells follow; of a report without tables, the one that its headings tell."""
    if not tables:
        return headed_by(document, known)
    return max((m.form for m in tables), key=lambda f: sum(len(m.bound) for m in tables if m.form is f))


def _located(parsed: Parsed, document: Document, tables: Sequence[Match], pin: Pin | None) -> Parsed:
    """The report with its publisher, year and district: as printed, as the folder hints, as a person pinned."""
    text = "\n".join(p.text for p in document.paragraphs)
    hint = _HINT.search(parsed.raw.path)
    printed = read_title(parsed.title).year
    place = locate(parsed.title, _year(printed, pin, text, hint), text)
    place = _narrowed(_pinned(place, pin), hint["district"] if hint else None)
    parsed = replace(parsed, place=place, issues=(*parsed.issues, *_year_issue(printed, place, hint)))
    parsed = _told(parsed, place.year)
    refusal = _unplaced(place, parsed.title) or _unconfirmed(parsed, document, place, pin)
    if refusal:
        return replace(parsed, refusal=refusal)
    return _judged(parsed, document, place, text, tables)


def _told(parsed: Parsed, year: int | None) -> Parsed:
    """The counted claims of the text, and how they compare with the tables where the year is known."""
    told = statements(parsed.sections, year)
    compared = compare(parsed.facts, told, parsed.sections, year) if year else ()
    return replace(parsed, statements=told, comparisons=compared)


def _judged(parsed: Parsed, document: Document, place: Place, text: str, tables: Sequence[Match]) -> Parsed:
    """The report with all that can be said once publisher and year are known."""
    parsed = replace(parsed, issues=(*parsed.issues, *implausible(parsed.facts, place.level)))
    trust = trust_of(parsed.facts, parsed.balances, parsed.findings, parsed.agreement, parsed.issues)
    return replace(parsed, trust=trust, report=_report(parsed, document, place, text, tables))


def _year(printed: int | None, pin: Pin | None, text: str, hint: re.Match[str] | None) -> int | None:
    """The year that a person pinned, else that of the title, else the one beside it."""
    if pin and pin.year is not None:
        return pin.year
    return _year_beside(text, hint) if printed is None else printed


def _year_beside(text: str, hint: re.Match[str] | None) -> int | None:
    """The year where the title has none: that of the period counted, else that of the folder."""
    periods = {int(y) for y in _PERIOD.findall(compact(text))}
    if len(periods) == 1:
        return periods.pop()
    return int(hint["year"]) if hint else None


def _pinned(place: Place, pin: Pin | None) -> Place:
    if pin is None:
        return place
    place = replace(place, publisher=pin.publisher or place.publisher, level=pin.level or place.level)
    return _decided(place, pin.district_code, "override") if pin.district_code else place


def _narrowed(place: Place, hint: str | None) -> Place:
    """A folder named by a district decides between candidates; it never overrules what is printed."""
    return _decided(place, hint, "folder") if place.status == "ambiguous" and hint in place.candidates else place


def _decided(place: Place, code: str | None, via: str) -> Place:
    assert code is not None
    found = division(code, place.year)
    current = found.current_codes[0] if found and len(found.current_codes) == 1 else None
    return replace(
        place, status="unique", district_code=code, candidates=(code,), via=via, district_code_current=current
    )


def _year_issue(printed: int | None, place: Place, hint: re.Match[str] | None) -> tuple[Issue, ...]:
    meant = int(hint["year"]) if hint else place.year
    if printed is None or meant is None or printed == meant:
        return ()
    return (issue("year-mismatch", printed=str(printed), meant=meant),)


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


def _unconfirmed(parsed: Parsed, document: Document, place: Place, pin: Pin | None) -> Refusal | None:
    """A refusal where publisher or year stand in a picture alone: no identity would tell that one letter is wrong.

    The text, the path or a person must name them once more.
    """
    if not any(p.ocr and compact(p.text) in parsed.title for p in document.paragraphs if p.text.strip()):
        return None
    text = compact("".join(p.text for p in document.blocks if isinstance(p, Paragraph)))
    path = compact(parsed.raw.path)
    hint = _HINT.search(parsed.raw.path)
    by_folder = hint is not None and hint["district"] == place.district_code
    by_person = pin is not None and (pin.publisher or pin.district_code)
    if not (by_person or by_folder or _is_named_again(compact(place.publisher), text, path)):
        return _refusal("locate", "title-unconfirmed", f"the publisher “{place.publisher}”")
    if not ((pin and pin.year) or _is_named_again(str(place.year), text, path)):
        return _refusal("locate", "title-unconfirmed", f"the year {place.year}")
    return None


def _is_named_again(name: str, text: str, path: str) -> bool:
    """True where a name of the title stands in the text once more, or in the file's path."""
    return text.count(name) >= 2 or name in path


def _report(parsed: Parsed, document: Document, place: Place, text: str, tables: Sequence[Match]) -> Report:
    assert place.district_code is not None
    assert place.year is not None
    names = sorted({m.form.name for m in tables})
    publisher = identify(place) or _as_printed(place)
    return Report(
        report_id(publisher.publisher_id, place.year),
        place.district_code,
        place.year,
        place.publisher,
        place.level,
        scope_of(place.level, place.publisher, text),
        parsed.title,
        "+".join(names) or None,
        place,
        publisher,
        published(document, place.year),
        grade(parsed.facts, parsed.balances, parsed.blames, parsed.agreement, parsed.issues),
        traits(parsed.facts, parsed.sections, (place.publisher, publisher.name, place.township or "")),
    )


def _as_printed(place: Place) -> Publisher:
    """A publisher whose name does not say which body it is (县分局) is one with its own spelling alone."""
    assert place.district_code is not None
    digest = hashlib.sha256(f"{place.district_code}|{place.publisher}".encode()).hexdigest()[:16]
    return Publisher(digest, place.district_code, place.publisher, place.level)


def report_id(publisher_id: str, year: int) -> str:
    """The stable code of a report: the same publisher and year always give the same, however they are printed."""
    return hashlib.sha256(f"{publisher_id}|{year}".encode()).hexdigest()[:16]


def _refusal(stage: str, reason: str, detail: str = "") -> Refusal:
    return Refusal(stage, reason, reason_sentence(reason, detail))
