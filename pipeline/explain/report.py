"""Collects the trace of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.document import file_of, path_in
from pipeline.explain.cells import Describer, flaw, states
from pipeline.explain.decisions import decisions
from pipeline.explain.model import Claim, District, Found, Quarantined, ReportPath, name_of
from pipeline.explain.tracing import Traced
from pipeline.narrative.text_and_tables import Comparison
from pipeline.parsed import Parsed
from pipeline.places import Place, division
from pipeline.raw.verdicts import Verdict
from pipeline.trust.blame import has_failed


def explain_report(p: Traced, verdicts: Sequence[Verdict] = ()) -> ReportPath:
    """Collects the trace of a report."""
    describer = Describer(p)
    report = p.report
    compared = Counter(c.state for c in p.narrative.comparisons)
    return ReportPath(
        path=p.raw.path,
        size_bytes=p.raw.size_bytes,
        sha256=p.raw.sha256,
        format=p.format,
        encoding=p.encoding,
        others=tuple(_others(p)),
        title=p.title,
        report_id=report.report_id if report else None,
        found=_found(p),
        published_on=report.publication.on if report and report.publication else None,
        form=report.form if report else "+".join(sorted({t.form for t in p.found.fits})) or None,
        grade=report.grade.letter if report else None,
        reasons=report.grade.reasons if report else (),
        body_cells=p.found.body_cells,
        fact_cells=p.fact_cells,
        issue_cells=p.issue_cells,
        tables=tuple(describer.tables()),
        compared=p.judged.agreement.compared,
        agreeing=p.judged.agreement.agreeing,
        trust=dict(sorted(Counter(describer.trust.values()).items())),
        identities=states(p.found.balances),
        failing=tuple(describer.identity(b) for b in p.found.balances if has_failed(b)),
        proposals=tuple(describer.proposals()),
        unexplained=tuple(
            i for found in p.judged.findings.values() for f in found if not f.proposals for i in f.identities
        ),
        flaws=tuple(flaw(i) for i in p.issues),
        statements=len(p.narrative.statements),
        comparisons=dict(sorted(compared.items())),
        differing=tuple(_claim(p, c) for c in p.narrative.comparisons if c.state == "differ"),
        decisions=tuple(decisions(p, verdicts)),
        quarantined=Quarantined(p.refusal.stage, p.refusal.reason, p.refusal.sentence) if p.refusal else None,
    )


def _others(p: Traced) -> Iterator[str]:
    """The paths of the other reports in the file."""
    file = file_of(p.raw.path) if p.held > 1 else p.raw.path
    return (path for n in range(1, p.held + 1) if (path := path_in(file, n)) != p.raw.path)


def _found(p: Traced) -> Found | None:
    place = p.place
    if place is None:
        return None
    report = p.report
    return Found(
        place.publisher,
        report.body.name if report else None,
        place.level,
        report.scope if report else None,
        place.year,
        place.status,
        place.via,
        _district(place.district_code, place) if place.district_code else None,
        place.district_code_current,
        place.township,
        tuple(_district(code, place) for code in place.candidates),
        p.pinned,
    )


def _district(code: str, place: Place) -> District:
    return District(code, division_path(code, place.year))


def division_path(code: str, year: int | None) -> str:
    """The names of a division and of those around it, largest first; empty for an unknown code."""
    found = division(code, year)
    if found is None:
        return ""
    names = (found.province_name, found.prefecture_name, found.name)
    return " ".join(dict.fromkeys(n for n in names if n))


def _claim(p: Parsed, c: Comparison) -> Claim:
    stated = p.narrative.statements[c.statement] if c.statement is not None else None
    return Claim(
        c.rule,
        c.metric,
        c.severity,
        c.cause,
        c.sentence,
        tuple(name_of(k) for k in c.cells),
        stated.section_no if stated else None,
        stated.offset if stated else None,
        stated.phrase if stated else None,
    )
