"""Rows of the warehouse's tables with made-up figures, for tests: what a test does not say is filled in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.document import RawFile
from pipeline.forms.loading import form
from pipeline.forms.loading import forms as known_forms
from pipeline.forms.model import FormCell
from pipeline.forms.series import all_series, series_of
from pipeline.schema import (
    BALANCES,
    CELLS,
    COMPARISONS,
    DISTRICTS,
    FACTS,
    FILES,
    ISSUES,
    METRICS,
    PANDAS_DTYPES,
    QUARANTINE,
    REPORT_TABLES,
    REPORTS,
    SECTIONS,
    SERIES,
    SERIES_CELLS,
    SERIES_VERDICTS,
    STATEMENTS,
    TABLES,
    VALIDATIONS,
    YEAR_RULES,
    Table,
)
from pipeline.warehouse import Known

Row = dict[str, Any]
Frames = dict[str, pd.DataFrame]
CellKey = tuple[int, str, str]

ROWS_3 = (
    *("1", "2", "3.1", "3.2", *(f"3.3.{n}" for n in range(1, 9)), *(f"3.4.{n}" for n in range(1, 4))),
    *(*(f"3.5.{n}" for n in range(1, 6)), *(f"3.6.{n}" for n in range(1, 4)), "3.7", "4"),
)
COLS_3 = ("natural", "business", "research", "welfare", "legal", "other", "total")
CELLS_2 = (
    *((f"1.{row}", col) for row in ("rule", "doc") for col in ("made", "repealed", "valid")),
    *(("5.permit", "count"), ("6.penalty", "count"), ("6.coercion", "count"), ("8.fee", "amount")),
)
COLS_4 = tuple(
    f"{kind}.{col}"
    for kind in ("review", "direct", "after")
    for col in ("upheld", "corrected", "other", "pending", "total")
)
FORM = (
    *((2, row, col) for row, col in CELLS_2),
    *((3, row, col) for row in ROWS_3 for col in COLS_3),
    *((4, "1", col) for col in COLS_4),
)


FORMS: dict[str, tuple[CellKey, ...]] = {
    **{f.name: tuple((c.table_no, c.row.code, c.column.code) for c in f.cells) for f in known_forms()},
    "2021": FORM,
}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def report_id(name: str, code: str, year: int) -> str:
    return sha256(f"{name} {code} {year}")[:16]


def publisher_id(name: str) -> str:
    return sha256(f"publisher {name}")[:16]


def filled(table: Table, **given: Any) -> Row:
    """A row with the values given; other columns have some value of their type where one is required."""
    some = {"text": "x", "integer": 1, "bytes": 1, "number": 1.0, "boolean": True}
    row = {c.name: (c.values[0] if c.values else some[c.type]) if c.required else None for c in table.columns}
    assert not set(given) - set(row), given
    return {**row, **given}


def frame(table: Table, rows: Sequence[Row]) -> pd.DataFrame:
    columns = {c.name: pd.Series([r[c.name] for r in rows], dtype=PANDAS_DTYPES[c.type]) for c in table.columns}
    return pd.DataFrame(columns)


def figure(number: int, seed: int) -> float:
    """A figure that differs from cell to cell and from seed to seed."""
    return float(seed * 1000 + number)


def form_cell(name: str, cell: CellKey) -> FormCell:
    table_no, row_code, col_code = cell
    return form(name).table(table_no).cells[row_code, col_code]


def fact(key: Row, number: int, value: float | str, form_name: str = "2021") -> Row:
    """A fact of the form's cell `number`; a text stands there without being a number."""
    table_no, row_code, col_code = FORMS[form_name][number]
    cell = form_cell(form_name, (table_no, row_code, col_code))
    kinds = {"": "blank", "/": "slash", "—": "dash"}
    is_number = not isinstance(value, str)
    return filled(
        FACTS,
        **key,
        table_no=table_no,
        row_code=row_code,
        col_code=col_code,
        form=form_name,
        series=series_of(form_name, cell),
        value=value if is_number else None,
        value_kind="number" if is_number else kinds.get(str(value), "word"),
        value_raw=f"{value:g}" if not isinstance(value, str) else value,
        unit=cell.unit or cell.row.unit,
        additive=not col_code.endswith("total"),
        line=number + 10,
        row=number,
        grid=max(table_no - 1, 1),
    )


def table_rows(key: Row, form_name: str, cells: Sequence[CellKey]) -> list[Row]:
    """A row a table that has any of the cells."""
    numbers = sorted({table_no for table_no, _, _ in cells})
    return [filled(REPORT_TABLES, **key, table_no=n, form=form_name, mixed=False, grid=n) for n in numbers]


def report(
    name: str = "甲",
    code: str = "410402",
    year: int = 2024,
    seed: int = 1,
    path: str | None = None,
    printed: Mapping[CellKey, float | str] | None = None,
    cells: Sequence[CellKey] | None = None,
    form_name: str = "2021",
    **given: Any,
) -> Frames:
    """The frames of one report with all cells of the form; `printed` says what stands in some of them.

    `given` are columns of its row in `reports`.
    """
    key = {"report_id": report_id(name, code, year), "district_code": code, "year": year}
    path = path or f"{code}/{year}/{name}.txt"
    all_cells = FORMS[form_name]
    wanted = all_cells if cells is None else cells
    values = {cell: figure(n, seed) for n, cell in enumerate(all_cells)} | dict(printed or {})
    facts = [fact(key, n, values[cell], form_name) for n, cell in enumerate(all_cells) if cell in wanted]
    about = {
        "publisher": f"{name}政府",
        "publisher_id": publisher_id(name),
        "publisher_name": f"{name}政府",
        "title": f"{name}政府{year}年报告",
        "form": form_name,
        "district_name": f"区{code}",
        "prefecture_code": f"{code[:4]}00",
        "prefecture_name": "平顶山市",
        "province_code": f"{code[:2]}0000",
        "province_name": "河南省",
        "level": "township",
        "period": "year",
        "scope": "own_organ",
        "file_path": path,
        "file_sha256": sha256(f"{path} {seed}"),
        "version": seed,
    }
    rows: dict[Table, list[Row]] = {
        REPORTS: [filled(REPORTS, **key, **{**about, **given})],
        REPORT_TABLES: table_rows(key, form_name, [c for c in all_cells if c in wanted]),
        FACTS: facts,
        SECTIONS: [filled(SECTIONS, **key, section_no=n, text=f"text {n} of {seed}") for n in range(3)],
        BALANCES: [filled(BALANCES, **key, rule="R01", row_code="3.7", col_code=c) for c in COLS_3],
        ISSUES: [filled(ISSUES, **key, issue_no=1)],
        VALIDATIONS: [filled(VALIDATIONS, **key)],
    }
    return {table.name: frame(table, found) for table, found in rows.items()}


def together(*reports: Frames) -> Frames:
    """The frames of several reports, one below the other."""
    names = [t for t in TABLES if any(t in r for r in reports)]
    return {t: pd.concat([r[t] for r in reports if t in r], ignore_index=True) for t in names}


def spread(pattern: Frames, keys: Sequence[tuple[str, int]], seed: int = 1) -> Frames:
    """One report a partition, each with the rows of `pattern` and figures of its own: many rows in little time."""
    spread_frames = {}
    for name, rows in pattern.items():
        frame = rows.loc[rows.index.repeat(len(keys))].reset_index(drop=True)
        for n, column in enumerate(("district_code", "year")):
            frame[column] = pd.Series([key[n] for key in keys] * len(rows), dtype=frame[column].dtype)
        frame["report_id"] = pd.Series([report_id("", *key) for key in keys] * len(rows), dtype="str")
        spread_frames[name] = frame
    reports = spread_frames["reports"]
    reports["file_path"] = [f"{code}/{year}.txt" for code, year in keys]
    reports["publisher_id"] = [publisher_id(code) for code, _ in keys]
    reports["prefecture_code"] = [f"{code[:4]}00" for code, _ in keys]
    reports["province_code"] = [f"{code[:2]}0000" for code, _ in keys]
    facts = spread_frames["facts"]
    facts["value"] = (pd.Series(range(len(facts))) + seed).astype("float64")
    return spread_frames


def keys_of(frames: Frames) -> list[tuple[str, int]]:
    """The partitions that frames fall into."""
    pairs = zip(frames["reports"]["district_code"], frames["reports"]["year"], strict=True)
    return sorted({(str(code), int(year)) for code, year in pairs})


def files(paths: Sequence[str], status: str = "loaded") -> pd.DataFrame:
    return frame(FILES, [filled(FILES, path=p, file_sha256=sha256(p), status=status) for p in paths])


def quarantine(paths: Sequence[str]) -> pd.DataFrame:
    return frame(QUARANTINE, [filled(QUARANTINE, path=p) for p in paths])


def known(path: str, fingerprint: str = "code 1", pin: str = "") -> Known:
    return Known(RawFile(path, 5_000_000_000, 1_700_000_000_123_456_789, sha256(path)), fingerprint, pin)


def form_cells(name: str) -> pd.DataFrame:
    """The cells of a form with made-up labels."""
    made = [
        filled(
            CELLS,
            form=name,
            table_no=table_no,
            row_code=row_code,
            col_code=col_code,
            row_label=f"行{row_code}",
            col_label=f"列{col_code}",
            cell_no=n + 1,
        )
        for n, (table_no, row_code, col_code) in enumerate(FORMS[name])
    ]
    return frame(CELLS, made)


def dimensions() -> Frames:
    districts = [
        filled(DISTRICTS, district_code=code, name=f"区{code}", level="county", start_year=2008)
        for code in ("410402", "410502")
    ]
    return {"districts": frame(DISTRICTS, districts), "cells": form_cells("2021")}


def of_objects(table: Table, objects: Sequence[object], **renamed: str) -> pd.DataFrame:
    """A row an object, whose attributes have the names of the columns unless `renamed` says otherwise."""
    return frame(table, [{c: getattr(o, renamed.get(c, c)) for c in table.column_names} for o in objects])


def series() -> Frames:
    """The true series: what they are, their cells, and how they compare."""
    found = all_series()
    return {
        "series": of_objects(SERIES, found, series="code"),
        "series_cells": of_objects(SERIES_CELLS, [c for s in found for c in s.cells]),
        "series_verdicts": of_objects(SERIES_VERDICTS, [v for s in found for v in s.verdicts]),
    }


def year_rule(rule: str, forms: tuple[str, str], equation: int, *terms: tuple[str, str, CellKey, int]) -> list[Row]:
    """The rows of one equation: forms of the later and the earlier year, terms as (side, of, cell, sign)."""
    severity = "info" if rule == "R31" else "warning"
    keys = ("side", "of", "table_no", "row_code", "col_code", "sign")
    return [
        filled(
            YEAR_RULES,
            rule=rule,
            severity=severity,
            form_now=forms[0],
            form_before=forms[1],
            equation=equation,
            **dict(zip(keys, (side, of, *cell, sign), strict=True)),
        )
        for side, of, cell, sign in terms
    ]


def year_rules() -> pd.DataFrame:
    """Made-up rules between years on true cells, as the forms would have them."""
    made: list[Row] = []
    for pair in (("2021", "2021"), ("2021", "2019"), ("2019", "2019")):
        for n, col in enumerate(COLS_3, start=1):
            made += year_rule("R10", pair, n, ("left", "now", (3, "2", col), 1), ("right", "before", (3, "4", col), 1))
    for n, row in enumerate(("1.rule", "1.doc"), start=1):
        terms = [("right", "before", (2, row, "valid"), 1), ("right", "now", (2, row, "made"), 1)]
        terms += [("left", "now", (2, row, "valid"), 1), ("right", "now", (2, row, "repealed"), -1)]
        made += year_rule("R11", ("2021", "2021"), n, *terms)
    terms = [("left", "now", (2, "5.permit", "prev"), 1), ("right", "before", (2, "5.permit", "prev"), 1)]
    made += year_rule("R12", ("2019", "2019"), 1, *terms, ("right", "before", (2, "5.permit", "delta"), 1))
    for n, cell in enumerate(FORM, start=1):
        made += year_rule("R31", ("2021", "2021"), n, ("left", "now", cell, 1), ("right", "before", cell, 1))
    return frame(YEAR_RULES, made)


def metrics() -> pd.DataFrame:
    return frame(METRICS, [filled(METRICS, metric="req_received", label="收到申请", meaning="Requests received")])


def knowledge() -> Frames:
    """What depends on no report beside `dimensions`, with the cells of all forms."""
    cells = pd.concat([form_cells(name) for name in FORMS], ignore_index=True)
    return {**series(), "year_rules": year_rules(), "metrics": metrics(), "cells": cells}


def narrative(report: Frames, value: float = 12.0, phrase: str = "收到申请12件") -> Frames:
    """A report with a statement and its comparison with table 3."""
    keys = report["reports"].iloc[0]
    key = {"report_id": keys["report_id"], "district_code": keys["district_code"], "year": int(keys["year"])}
    said = {"statement_no": 1, "metric": "req_received", "phrase": phrase, "unit": "件", "scope": "own_organ"}
    statement = filled(STATEMENTS, **key, **said, value=value, approximate=False, in_words=False, cumulative=False)
    held = {"comparison_no": 1, "rule": "R20", "metric": "req_received", "statement_no": 1, "cells_used": "3:1:total"}
    comparison = filled(COMPARISONS, **key, **held, stated_value=value, table_value=value, severity="warning")
    return {**report, "statements": frame(STATEMENTS, [statement]), "comparisons": frame(COMPARISONS, [comparison])}
