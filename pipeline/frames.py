"""The rows of a report in every table, columns as in `schema`, and those of a file that is refused.

What does *not* belong here: tables that depend on no report (`dimensions`), and frames of rows (`tables`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

import pandas as pd

from pipeline.document import Cell
from pipeline.forms.series import series_of
from pipeline.issues import Issue
from pipeline.parsed import Parsed, Refusal, Report
from pipeline.places import Division, division
from pipeline.schema import (
    EXTRACTED,
    REPORT_TABLES,
)
from pipeline.tables import columns

Frames = dict[str, pd.DataFrame]
Row = dict[str, Any]
Columns = dict[str, list[list[Any]]]  # by table, see `tables`


def columns_of(p: Parsed) -> Columns:
    """The rows of a report by table, the values of each column in a list; nothing of a file that is refused.

    The columns are those of the schema in its order. So they pass from one process to another faster than as rows.
    """
    if p.report is None or p.refusal is not None:
        return {}
    makers = {
        "reports": _reports,
        "facts": _facts,
        "report_tables": _report_tables,
        "sections": _sections,
        "statements": _statements,
        "comparisons": _comparisons,
        "balances": _balances,
        "proposals": _proposals,
        "issues": _issues,
    }
    return {table.name: columns(table, makers[table.name](p, p.report)) for table in EXTRACTED}


def _keys(report: Report) -> Row:
    return {"report_id": report.report_id, "district_code": report.district_code, "year": report.year}


def _place(cell: Cell | None, line: int | None = None) -> Row:
    if cell is None:
        return {"page": None, "grid": None, "row": None, "col": None, "line": line}
    return {"page": cell.page, "grid": cell.grid, "row": cell.row, "col": cell.col, "line": cell.line}


def _reports(p: Parsed, report: Report) -> Iterator[Row]:
    found = division(report.district_code, report.year)
    yield {
        **_keys(report),
        "publisher": report.publisher,
        "publisher_id": report.body.publisher_id,
        "publisher_name": report.body.name,
        "level": report.level,
        "period": report.period,
        "scope": report.scope,
        "title": report.title,
        "form": report.form,
        **division_names(found),
        "district_name": found.name if found else report.district_code,
        "district_code_current": report.place.district_code_current,
        "township": report.place.township,
        "located_via": report.place.via,
        "file_path": p.raw.path,
        "file_sha256": p.raw.sha256,
        "file_format": p.format,
        # Neither pandas nor Arrow makes a column of times of a date: it is the midnight of that day.
        "published_on": datetime.combine(report.publication.on, time.min) if report.publication else None,
        "published_via": report.publication.via if report.publication else None,
        "grade": report.grade.letter,
        "grade_reasons": " ".join(report.grade.reasons),
        "routes_compared": p.judged.agreement.compared,
        "routes_agreeing": p.judged.agreement.agreeing,
        "all_zero": report.traits.all_zero,
        "figures_digest": report.traits.figures_digest,
        "narrative_digest": report.traits.narrative_digest,
        "version": 1,
        "body_cells": p.found.body_cells,
        "fact_cells": p.fact_cells,
        "issue_cells": p.issue_cells,
    }


def division_names(found: Division | None) -> Row:
    """The names and codes of the province and prefecture of a division; none for none."""
    names = ("prefecture_code", "prefecture_name", "province_code", "province_name")
    return {n: getattr(found, n) if found else None for n in names}


def _facts(p: Parsed, report: Report) -> Iterator[Row]:
    for f in p.facts:
        table_no, row_code, col_code = f.key
        yield {
            **_keys(report),
            "table_no": table_no,
            "row_code": row_code,
            "col_code": col_code,
            "form": f.form,
            "label_raw": f.label_raw,
            "series": series_of(f.form, f.cell),
            "value": f.value,
            "value_kind": f.kind,
            "value_raw": f.printed.text.strip(),
            "unit": f.unit,
            "additive": f.cell.additive,
            "route": p.judged.agreement.routes[f.key],
            "read_by": "ocr" if f.printed.ocr else "text",
            "ocr_confidence": _confidence(f.printed),
            "trust": p.judged.trust[f.key],
            **_place(f.printed),
        }


def _confidence(cell: Cell) -> float | None:
    """How certain the less certain recogniser was of a cell; None for text."""
    if cell.ocr is None:
        return None
    return round(min(cell.ocr.sure, cell.ocr.other_sure), 2) if cell.ocr.other is not None else round(cell.ocr.sure, 2)


def _report_tables(p: Parsed, report: Report) -> Iterator[Row]:
    for fit in p.found.fits:
        yield {**_keys(report), **{n: getattr(fit, n) for n in REPORT_TABLES.column_names[3:]}}


def _statements(p: Parsed, report: Report) -> Iterator[Row]:
    for number, s in enumerate(p.narrative.statements, start=1):
        yield {
            **_keys(report),
            "statement_no": number,
            "metric": s.metric,
            "value": s.value,
            "unit": s.unit,
            "approximate": s.approximate,
            "in_words": s.in_words,
            "cumulative": s.cumulative,
            "stated_year": s.year,
            "scope": s.scope,
            "basis": s.basis,
            "phrase": s.phrase,
            "section_no": s.section_no,
            "char_offset": s.offset,
        }


def _comparisons(p: Parsed, report: Report) -> Iterator[Row]:
    for number, c in enumerate(p.narrative.comparisons, start=1):
        yield {
            **_keys(report),
            "comparison_no": number,
            "rule": c.rule,
            "metric": c.metric,
            "statement_no": None if c.statement is None else c.statement + 1,
            "stated_value": c.stated,
            "table_value": c.printed,
            "cells_used": " + ".join(":".join(map(str, key)) for key in c.cells),
            "blanks_as_zero": c.blanks_as_zero,
            "against_no": None if c.against is None else c.against + 1,
            "state": c.state,
            "cause": c.cause,
            "severity": c.severity,
            "sentence": c.sentence,
        }


def _sections(p: Parsed, report: Report) -> Iterator[Row]:
    for s in p.narrative.sections:
        yield {
            **_keys(report),
            "section_no": s.number,
            "topic": s.topic,
            "heading": s.heading,
            "text": s.text,
            "line": s.line,
        }


def _balances(p: Parsed, report: Report) -> Iterator[Row]:
    blamed = {id(b.balance): b for b in p.judged.blames}
    for b in p.found.balances:
        blame = blamed.get(id(b))
        row_code, col_code = b.target
        yield {
            **_keys(report),
            "rule": b.rule,
            "table_no": b.table_no,
            "row_code": row_code,
            "col_code": col_code,
            "form": b.form,
            "left_value": b.left,
            "right_value": b.right,
            "difference": b.difference,
            "state": b.state,
            "state_blank_as_zero": b.state_blank_as_zero,
            "cells_used": f"{_codes(b.left_cells)} {'<=' if b.is_bound else '='} {_codes(b.right_cells)}",
            "blame": blame.culprit if blame else None,
            "misread_cells": _codes(blame.cells) if blame and blame.culprit == "misread" else None,
        }


def _proposals(p: Parsed, report: Report) -> Iterator[Row]:
    return ({**_keys(report), **row} for row in proposal_rows(p))


def proposal_rows(p: Parsed) -> Iterator[Row]:
    """What failing identities point at, one row per cell, without the keys of the report."""
    for finding in (f for found in p.judged.findings.values() for f in found):
        for proposal in finding.proposals:
            yield {
                "table_no": proposal.table_no,
                "set_no": proposal.set_no,
                "row_code": proposal.row_code,
                "col_code": proposal.col_code,
                "form": proposal.form,
                "size": proposal.size,
                "printed": proposal.printed,
                "proposed": proposal.proposed,
                "alternatives": proposal.alternatives,
                "explanation": proposal.explanation,
                "blank_as_zero": proposal.blank_as_zero,
                "borne_out": proposal.borne_out,
                "mends": " ".join(proposal.identities),  # the identities that would then hold
                "blame": p.blame_of(proposal.table_no, finding.identities),
            }


def _codes(keys: Iterable[tuple[str, str]]) -> str:
    return " + ".join(f"{row}:{column}" for row, column in keys)


def _issues(p: Parsed, report: Report) -> Iterator[Row]:
    for number, i in enumerate(p.issues, start=1):
        yield {**_keys(report), "issue_no": number, **issue_row(i)}


def issue_row(i: Issue) -> Row:
    """An issue as a row, without the keys of its report."""
    return {
        "code": i.code,
        "severity": i.severity,
        "table_no": i.table_no,
        "row_code": i.row_code,
        "col_code": i.col_code,
        "printed": i.printed,
        "sentence": i.sentence,
        **_place(i.at, i.line),
    }


def aside_row(p: Parsed) -> Row:
    """The content of a file's row in quarantine, should it be put there."""
    place = p.place
    return {
        "path": p.raw.path,
        "file_sha256": p.raw.sha256,
        "title": p.title or None,
        "publisher": (place.publisher or None) if place else None,
        "year": place.year if place else None,
        "candidates": " ".join(place.candidates) or None if place else None,
    }


def refused_row(aside: Row, refusal: Refusal) -> Row:
    """A row of `quarantine`: the file, and why it was refused."""
    told = {"stage": refusal.stage, "reason": refusal.reason, "sentence": refusal.sentence}
    return {**aside, **told, "kept_since": None}
