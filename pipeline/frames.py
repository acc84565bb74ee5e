"""Tidy pandas frames, one a table, columns and dtypes from `schema`. The only place where rows are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from pipeline.document import Cell
from pipeline.forms import forms
from pipeline.issues import Issue
from pipeline.parse import Parsed, Report
from pipeline.places import Division, division, divisions
from pipeline.schema import CELLS, DISTRICTS, EXTRACTED, QUARANTINE, Table

Frames = dict[str, pd.DataFrame]
Row = dict[str, Any]


def empty(table: Table) -> pd.DataFrame:
    """A frame of a table without rows."""
    return frame(table, [])


def frame(table: Table, rows: Iterable[Row]) -> pd.DataFrame:
    """A frame of a table from its rows. Raises `KeyError` where a row lacks a column of the table."""
    listed = list(rows)
    return pd.DataFrame({c: _series([r[c] for r in listed], d) for c, d in table.dtypes.items()})


def _series(values: list[Any], dtype: str) -> pd.Series[Any]:
    if dtype == "float64":
        values = [None if v is None else float(v) for v in values]
    return pd.Series(values, dtype=dtype)


def extracted_frames(parsed: Sequence[Parsed]) -> Frames:
    """The rows of all reports without a refusal, by table, and those of the refused files as `quarantine`."""
    makers = {
        "reports": _reports,
        "facts": _facts,
        "sections": _sections,
        "balances": _balances,
        "issues": _issues,
    }
    used = [(p, p.report) for p in parsed if p.report is not None and p.refusal is None]
    made = {t.name: frame(t, (r for p, report in used for r in makers[t.name](p, report))) for t in EXTRACTED}
    return {**made, "quarantine": frame(QUARANTINE, _quarantine(parsed))}


def dimension_frames() -> Frames:
    """The tables that do not depend on reports: districts and cells."""
    return {"districts": frame(DISTRICTS, map(_district, divisions())), "cells": frame(CELLS, _cells())}


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
        "level": report.level,
        "scope": report.scope,
        "title": report.title,
        "form": report.form,
        **_division_names(found),
        "district_name": found.name if found else report.district_code,
        "district_code_current": report.place.district_code_current,
        "township": report.place.township,
        "located_via": report.place.via,
        "file_path": p.raw.path,
        "file_sha256": p.raw.sha256,
        "file_format": p.format,
        "version": 1,
        "body_cells": p.body_cells,
        "fact_cells": p.fact_cells,
        "issue_cells": p.issue_cells,
    }


def _division_names(found: Division | None) -> Row:
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
            "series": f.cell.row.series,
            "value": f.value,
            "value_kind": f.kind,
            "value_raw": f.printed.text.strip(),
            "unit": f.unit,
            "additive": f.cell.additive,
            **_place(f.printed),
        }


def _sections(p: Parsed, report: Report) -> Iterator[Row]:
    for s in p.sections:
        yield {
            **_keys(report),
            "section_no": s.number,
            "topic": s.topic,
            "heading": s.heading,
            "text": s.text,
            "line": s.line,
        }


def _balances(p: Parsed, report: Report) -> Iterator[Row]:
    for b in p.balances:
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
            "cells_used": f"{_codes(b.left_cells)} = {_codes(b.right_cells)}",
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


def _quarantine(parsed: Iterable[Parsed]) -> Iterator[Row]:
    for p in parsed:
        if p.refusal is not None:
            yield quarantine_row(p)


def quarantine_row(p: Parsed) -> Row:
    """The row of a refused file."""
    assert p.refusal is not None
    place = p.place
    return {
        "path": p.raw.path,
        "file_sha256": p.raw.sha256,
        "stage": p.refusal.stage,
        "reason": p.refusal.reason,
        "sentence": p.refusal.sentence,
        "title": p.title or None,
        "publisher": (place.publisher or None) if place else None,
        "year": place.year if place else None,
        "candidates": " ".join(place.candidates) or None if place else None,
    }


def _district(d: Division) -> Row:
    return {
        "district_code": d.code,
        "name": d.name,
        "level": d.level,
        "start_year": d.start_year,
        "end_year": d.end_year,
        "current_codes": " ".join(d.current_codes),
        **_division_names(d),
    }


def _cells() -> Iterator[Row]:
    for f in forms():
        for number, c in enumerate(f.cells, start=1):
            yield {
                "form": f.name,
                "table_no": c.table_no,
                "row_code": c.row.code,
                "col_code": c.column.code,
                "row_label": " / ".join(c.row.path),
                "col_label": " / ".join(c.column.path),
                "unit": c.unit,
                "series": c.row.series,
                "additive": c.additive,
                "cell_no": number,
            }
