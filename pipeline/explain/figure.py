"""Collects the trace of one figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from pipeline.document import Cell
from pipeline.explain.cells import Describer, flaw, form_table
from pipeline.explain.decisions import decisions
from pipeline.explain.model import ExplainError, FactPath, ProposalPath, Recognised, Second, SeriesPath, name_of
from pipeline.explain.tracing import Around, Traced
from pipeline.facts import Fact
from pipeline.forms.series import all_series
from pipeline.issues import Issue
from pipeline.numbers import figure
from pipeline.parsed import Parsed
from pipeline.raw.verdicts import COLUMNS, Verdict
from pipeline.trust.balances import Balance
from pipeline.trust.blame import has_failed
from pipeline.trust.certainty import is_certain

WHO, WHEN, WHY = "WHO", "YYYY-MM-DD", "WHY"
"""What a person has to fill in in a line of verdicts."""

_NEAREST = 5
_LISTED = 24


def explain_fact(p: Traced, cell: str, verdicts: Sequence[Verdict] = ()) -> FactPath:
    """Collects the trace of one figure. Raises `ExplainError` where the report does not have the cell."""
    describer = Describer(p)
    fact = find_fact(p, cell)
    key, report, shown = fact.key, p.report, describer.shown(fact.form, fact.key)
    reading = p.judged.readings.get(key)
    identities = tuple(
        b for b in p.found.balances if b.table_no == key[0] and key[1:] in (*b.left_cells, *b.right_cells)
    )
    proposals = tuple(proposal for proposal in describer.proposals() if proposal.at.cell == cell)
    around = p.around or Around((), None)
    return FactPath(
        path=p.raw.path,
        sha256=p.raw.sha256,
        format=p.format,
        report_id=report.report_id if report else None,
        district_code=report.district_code if report else None,
        year=report.year if report else None,
        publisher=report.publisher if report else None,
        form=fact.form,
        caption=form_table(fact.form, key[0]).caption,
        at=shown,
        row_printed=around.row,
        col_printed=around.header,
        unit=fact.unit,
        unit_printed=fact.unit_raw,
        additive=fact.cell.additive,
        series=tuple(_series(fact)),
        second=Second(reading.text, reading.page, reading.line) if reading else None,
        recognised=_recognised(fact.printed),
        route=p.judged.agreement.routes.get(key, "one"),
        trust=describer.trust[key],
        why=tuple(_why(describer, fact, identities, proposals)),
        identities=tuple(describer.identity(b) for b in identities),
        proposals=proposals,
        flaws=tuple(flaw(i) for i in p.issues if _touches(i, fact)),
        decisions=tuple(d for d in decisions(p, verdicts) if d.cell in (None, cell)),
        verdict_columns=",".join(COLUMNS),
        verdict_line=_verdict_line(p, fact),
    )


def _recognised(cell: Cell) -> Recognised | None:
    """What was read in the picture of a cell; None for text."""
    if cell.ocr is None:
        return None
    first, other, second, others = cell.ocr
    return Recognised(cell.text, first, other, second, others, is_certain(cell))


def find_fact(p: Parsed, cell: str) -> Fact:
    """The fact of a cell. Raises `ExplainError` that names the nearest ones, or why there is none."""
    facts = {name_of(f.key): f for f in p.facts}
    if cell in facts:
        return facts[cell]
    if not facts:
        reason = f": {p.refusal.sentence}" if p.refusal else ""
        raise ExplainError(f"{p.raw.path} has no figures in tables{reason}")
    raise ExplainError(f"{p.raw.path} has no cell {cell}; {_instead(cell, facts)}")


def _instead(cell: str, facts: Mapping[str, Fact]) -> str:
    """The cells that could be asked for instead of one that is not there."""
    table, _, rest = cell.partition(":")
    tables = sorted({str(f.key[0]) for f in facts.values()})
    if not rest or table not in tables:
        return f"a cell is TABLE:ROW:COLUMN, as {next(iter(facts))}; its tables are {', '.join(tables)}"
    row, _, _ = rest.rpartition(":")
    rows = list(dict.fromkeys(f.key[1] for f in facts.values() if str(f.key[0]) == table))
    columns = list(dict.fromkeys(f.key[2] for f in facts.values() if (str(f.key[0]), f.key[1]) == (table, row)))
    near = get_close_matches(cell, facts, _NEAREST, 0.6)
    said = f"near it are {', '.join(near)}; " if near else ""
    if columns:
        return f"{said}the columns of row {row} are {_few(columns)}"
    return f"{said}the rows of table {table} are {_few(rows)}"


def _few(codes: Sequence[str]) -> str:
    return ", ".join(codes) if len(codes) <= _LISTED else f"{', '.join(codes[:_LISTED])} …"


def _series(fact: Fact) -> Iterator[SeriesPath]:
    place = (fact.form, *fact.key)
    for s in all_series():
        for c in s.cells:
            if (c.form, c.table_no, c.row_code, c.col_code) == place:
                yield SeriesPath(s.code, s.label, s.since, c.cells == 1)


def _touches(i: Issue, fact: Fact) -> bool:
    """True for an issue of the cell, of its row or of its column, or of its table as a whole."""
    table_no, row_code, col_code = fact.key
    if fact.printed in (i.at, *i.cells):
        return True
    return i.table_no == table_no and i.row_code in (None, row_code) and i.col_code in (None, col_code)


def _why(
    describer: Describer, fact: Fact, identities: Sequence[Balance], proposals: Sequence[ProposalPath]
) -> Iterator[str]:
    """What speaks for and against a figure, in sentences."""
    p = describer.p
    if p.judged.agreement.routes.get(fact.key) == "differ":
        yield f"the second way of reading gives “{p.judged.readings[fact.key].text.strip()}”"
    failing = [b for b in identities if has_failed(b)]
    if proposals:
        mends = dict.fromkeys(m for proposal in proposals for m in proposal.mends)
        yield f"an explanation of what fails would change it: {', '.join(mends)}"
    elif failing:
        explained = {i for f in p.judged.findings.get(fact.key[0], ()) if f.proposals for i in f.identities}
        names = ", ".join(b.identity for b in failing)
        elsewhere = all(b.identity in explained for b in failing)
        yield f"{names} fails; " + ("other cells explain it" if elsewhere else "no small set of cells explains it")
    yield from (i.sentence for i in p.issues if i.severity != "info" and _is_of(i, fact))
    yield from _proofs(identities, failing)


def _proofs(identities: Sequence[Balance], failing: Sequence[Balance]) -> Iterator[str]:
    """The identities that hold, and what that is worth."""
    equal = [b for b in identities if not b.is_bound]
    holding = [b.identity for b in equal if b.state_blank_as_zero == "pass"]
    if holding:
        blanks = "" if all(b.state == "pass" for b in equal if b.identity in holding) else ", blanks as 0"
        yield f"{', '.join(holding)} hold{'s' if len(holding) == 1 else ''}{blanks}"
    elif not equal:
        yield "no identity of the form has it"
    elif not failing:
        yield "its identities have a cell that is no number, and say nothing"
    if any(b.is_bound and b.state_blank_as_zero == "pass" for b in identities):
        yield "it is within its bounds, which proves nothing"


def _is_of(i: Issue, fact: Fact) -> bool:
    return (i.table_no, i.row_code, i.col_code) == fact.key and not i.code.startswith(("balance-", "bound-"))


def _verdict_line(p: Parsed, fact: Fact) -> str | None:
    """A line that a person can paste: misread where the second way reads another number, else confirmed."""
    if p.report is None:
        return None
    second = p.judged.readings.get(fact.key)
    meant = figure(second.text).value if second and p.judged.agreement.routes.get(fact.key) == "differ" else None
    verdict = ("misread", f"{meant:f}") if meant is not None else ("confirmed", "")
    report, text = p.report, " ".join(fact.printed.text.split())
    line = (report.district_code, report.year, report.publisher, *fact.key, text, *verdict, WHO, WHEN, WHY)
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(line)
    return out.getvalue()
