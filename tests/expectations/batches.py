"""Batches of made-up reports, typed as in the schema, that keep the contract unless a test breaks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.schema import (
    BALANCES,
    CELLS,
    COMPARISONS,
    FACTS,
    ISSUES,
    PROPOSALS,
    REPORT_TABLES,
    REPORTS,
    SECTIONS,
    STATEMENTS,
    Table,
)

FORM = "2021"
ROWS = ("1", "2", "3.1", "3.7", "4")
COLUMNS = ("natural", "business", "total")
ISSUE_TEXT = "The cell holds a word where a figure is expected."


@dataclass(frozen=True)
class Place:
    """Where a made-up report belongs."""

    report_id: str
    district_code: str
    year: int

    @property
    def keys(self) -> dict[str, object]:
        return {"report_id": self.report_id, "district_code": self.district_code, "year": self.year}


PLACES = (
    Place("00000000000000a1", "410402", 2024),
    Place("00000000000000b2", "410502", 2024),
    Place("00000000000000c3", "410502", 2023),
    Place("00000000000000d4", "321302", 2022),
)
DISTRICTS = ("321302", "410402", "410502")


def places(count: int) -> tuple[Place, ...]:
    """As many reports as wanted, in order of their report_id, in the districts and years in turn."""
    return tuple(Place(f"{n:016x}", DISTRICTS[n % len(DISTRICTS)], 2020 + n % 4) for n in range(1, count + 1))


def frame(table: Table, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """The rows as a frame of the table; what a row does not name is empty."""
    columns = {name: pd.Series([row.get(name) for row in rows], dtype=dtype) for name, dtype in table.dtypes.items()}
    return pd.DataFrame(columns)


def cells() -> pd.DataFrame:
    """A small form: a table of requests, and cells of three units, one of them a change."""
    requests = [(3, row, col, f"标签 {row}", col, "件") for row in ROWS for col in COLUMNS]
    others = [
        (2, "8.fee", "delta", "行政事业性收费", "本年增/减", "项"),
        (2, "8.fee", "amount", "行政事业性收费", "本年收费金额", "万元"),
        (2, "1.rule", "made", "规章", "本年制发件数", "件"),
    ]
    names = ("table_no", "row_code", "col_code", "row_label", "col_label", "unit")
    rows = [dict(zip(names, cell, strict=True)) for cell in (*requests, *others)]
    return frame(CELLS, [{"form": FORM, "additive": True, "cell_no": n, **row} for n, row in enumerate(rows, start=1)])


def batch(places: Sequence[Place] = PLACES) -> dict[str, pd.DataFrame]:
    """The extracted frames of the reports."""
    return {
        "reports": frame(REPORTS, [_report(p) for p in places]),
        "facts": frame(FACTS, [row for p in places for row in _facts(p)]),
        "report_tables": frame(REPORT_TABLES, [_report_table(p) for p in places]),
        "statements": frame(STATEMENTS, [_statement(p) for p in places]),
        "comparisons": frame(COMPARISONS, [_comparison(p) for p in places]),
        "proposals": frame(PROPOSALS, []),
        "sections": frame(SECTIONS, [row for p in places for row in _sections(p)]),
        "balances": frame(BALANCES, [row for p in places for row in _balances(p)]),
        "issues": frame(ISSUES, [_issue(p) for p in places[:1]]),
    }


def _report(place: Place) -> dict[str, object]:
    count = len(cells())
    return place.keys | {
        "publisher": "某区人民政府",
        "publisher_id": place.report_id[::-1],
        "publisher_name": "某区人民政府",
        "level": "county",
        "period": "year",
        "scope": "aggregate",
        "title": f"{place.year}年政府信息公开工作年度报告",
        "form": FORM,
        "district_name": "某区",
        "located_via": "name",
        "file_path": f"{place.district_code}/{place.year}/{place.report_id}.txt",
        "file_sha256": "0f" * 32,
        "file_format": "text",
        "grade": "A",
        "grade_reasons": "",
        "routes_compared": count,
        "routes_agreeing": count,
        "version": 1,
        "body_cells": count,
        "fact_cells": count - 1,
        "issue_cells": 1,
    }


def _facts(place: Place) -> list[dict[str, object]]:
    return [_fact(place, n, cell) for n, cell in enumerate(cells().to_dict("records"))]


def _fact(place: Place, number: int, cell: Mapping[object, object]) -> dict[str, object]:
    names = ("form", "table_no", "row_code", "col_code", "unit", "additive")
    value = {"delta": -2.0, "amount": 12.34, "made": None}.get(str(cell["col_code"]), float(number))
    kind = {"value": value, "value_kind": "number", "value_raw": str(value)}
    if value is None:
        kind = {"value_kind": "blank", "value_raw": ""}
    where = {
        "route": "both",
        "read_by": "text",
        "trust": "proven",
        "grid": 1,
        "row": number,
        "col": 2,
        "line": 40 + number,
    }
    return place.keys | {str(name): cell[name] for name in names} | kind | where


def _report_table(place: Place) -> dict[str, object]:
    return place.keys | {
        "table_no": 3,
        "form": FORM,
        "expected": 32,
        "matched": 32,
        "left_over": 0,
        "mixed": False,
        "grid": 2,
    }


def _statement(place: Place) -> dict[str, object]:
    words = {"metric": "nar_req_received", "value": 9.0, "phrase": "收到申请9件", "section_no": 1, "char_offset": 4}
    return place.keys | words | {"statement_no": 1, "approximate": False, "in_words": False, "cumulative": False}


def _comparison(place: Place) -> dict[str, object]:
    compared = {"rule": "R20", "metric": "nar_req_received", "stated_value": 9.0, "table_value": 9.0}
    return (
        place.keys
        | compared
        | {
            "comparison_no": 1,
            "cells_used": "3:1:total",
            "blanks_as_zero": False,
            "sentence": "9 = 9",
            "state": "agree",
            "severity": "info",
        }
    )


def _sections(place: Place) -> list[dict[str, object]]:
    return [
        place.keys | {"section_no": n, "topic": n or None, "heading": "总体情况" if n else "", "text": "正文"}
        for n in range(7)
    ]


def _balances(place: Place) -> list[dict[str, object]]:
    sums = {"left_value": 9.0, "right_value": 9.0, "difference": 0.0}
    common = place.keys | sums | {"table_no": 3, "form": FORM, "cells_used": "1:total + 2:total = 4:total"}
    states = {"R01": "pass", "R02": "pass", "R03": "incomplete", "R04": "pass"}
    return [
        common | {"rule": rule, "row_code": "4", "col_code": "total", "state": state, "state_blank_as_zero": "pass"}
        for rule, state in states.items()
    ]


def _issue(place: Place) -> dict[str, object]:
    return place.keys | {"issue_no": 1, "code": "figure-word", "severity": "warning", "sentence": ISSUE_TEXT}
