"""The whole flow for one file, top to bottom: read → split → match → extract → balance → audit → locate."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.audit import audit
from pipeline.balances import Balance, balances
from pipeline.document import Document, RawFile
from pipeline.facts import Fact, extract
from pipeline.forms import Form, forms
from pipeline.issues import Issue, issue, reason_sentence
from pipeline.labels import compact
from pipeline.matching import Match, match
from pipeline.places import Place, division, locate
from pipeline.readers import Refused, read
from pipeline.reflow import reflow
from pipeline.register import Pin
from pipeline.scope import scope_of
from pipeline.sections import Section, sections, title

# The period that a report counts, as it says itself: 统计期限自2024年1月1日起至12月31日止.
_PERIOD = re.compile(r"(20[0-9]{2})年1月1日[^。；]{0,6}[至到\-—~～][^。；]{0,10}12月31日")
_HINT = re.compile(r"(?:^|/)(?P<district>\d{6})/(?P<year>20\d{2})/")


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


@dataclass(frozen=True)
class Parsed:
    """All that a file gave. With a refusal it is quarantined; what was read until then is there all the same.

    `body_cells` counts the printed cells of the table bodies: each is in exactly one fact or one issue.
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
    refusal: Refusal | None = None

    @property
    def fact_cells(self) -> int:
        """How many printed cells became facts."""
        return len({f.printed for f in self.facts if not f.printed.is_blank})

    @property
    def issue_cells(self) -> int:
        """How many printed cells became issues instead."""
        return len({c for i in self.issues for c in i.cells})


def parse(raw: RawFile, data: bytes, pin: Pin | None = None) -> Parsed:
    """What one file says. A file that cannot be used comes back with its refusal, never as an exception."""
    try:
        return _parse(raw, data, pin)
    except Refused as e:
        return Parsed(raw, "unknown", refusal=Refusal("read", e.reason, str(e)))
    except MemoryError:
        raise  # whoever set the limit names it
    except Exception as e:  # the one place: a file that our code fails on must not stop a night
        logging.getLogger(__name__).exception("parsing %s failed", raw.path)
        return Parsed(raw, "unknown", refusal=_refusal("read", "reader-failed", f"{type(e).__name__}: {e}"))


def _parse(raw: RawFile, data: bytes, pin: Pin | None) -> Parsed:
    known = forms()
    document = reflow(read(data), known)
    tables = match(document, known)
    heading = title(document, known)
    if not tables and not heading:
        return Parsed(raw, document.format, refusal=_refusal("extract", "not-a-report"))
    parsed = _extracted(raw, document, tables, heading, known)
    return _located(parsed, document, tables, pin)


def _extracted(
    raw: RawFile, document: Document, tables: Sequence[Match], heading: str, known: Sequence[Form]
) -> Parsed:
    extracted = [extract(m) for m in tables]
    facts = tuple(f for found, _ in extracted for f in found)
    worked = tuple(
        b for m, (found, _) in zip(tables, extracted, strict=True) for b in balances(m.table, m.form.name, found)
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
            *audit(_leading_form(tables, known), tables, parts, worked),
        ),
        body_cells=sum(len(m.body) for m in tables),
    )  # fmt: skip


def _leading_form(tables: Sequence[Match], known: Sequence[Form]) -> Form:
    """The form that most cells follow; of a report without tables, the newest."""
    return max(
        (m.form for m in tables),
        key=lambda f: sum(len(m.bound) for m in tables if m.form is f),
        default=known[-1],
    )


def _located(parsed: Parsed, document: Document, tables: Sequence[Match], pin: Pin | None) -> Parsed:
    """The report with its publisher, year and district: as printed, as the folder hints, as a person pinned."""
    text = "\n".join(p.text for p in document.paragraphs)
    hint = _HINT.search(parsed.raw.path)
    place = locate(parsed.title, pin.year if pin else None, text)
    if place.year is None and (year := _year_beside(text, hint)):
        place = locate(parsed.title, year, text)
    place = _narrowed(_pinned(place, pin), hint["district"] if hint else None)
    parsed = replace(parsed, place=place, issues=(*parsed.issues, *_year_issue(parsed.title, place, hint)))
    refusal = _unplaced(place, parsed.title)
    if refusal:
        return replace(parsed, refusal=refusal)
    return replace(parsed, report=_report(parsed, place, text, tables))


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


def _year_issue(heading: str, place: Place, hint: re.Match[str] | None) -> tuple[Issue, ...]:
    printed = locate(heading).year
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


def _report(parsed: Parsed, place: Place, text: str, tables: Sequence[Match]) -> Report:
    assert place.district_code is not None
    assert place.year is not None
    names = sorted({m.form.name for m in tables})
    return Report(
        report_id(place.district_code, place.year, place.publisher),
        place.district_code,
        place.year,
        place.publisher,
        place.level,
        scope_of(place.level, place.publisher, text),
        parsed.title,
        "+".join(names) or None,
        place,
    )


def report_id(district_code: str, year: int, publisher: str) -> str:
    """The stable code of a report: the same publisher, district and year always give the same."""
    return hashlib.sha256(f"{district_code}|{year}|{publisher}".encode()).hexdigest()[:16]


def _refusal(stage: str, reason: str, detail: str = "") -> Refusal:
    return Refusal(stage, reason, reason_sentence(reason, detail))
