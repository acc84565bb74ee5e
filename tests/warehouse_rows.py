"""Rows of the warehouse's tables with made-up figures, for tests: what a test does not say is filled in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.document import RawFile
from pipeline.schema import (
    BALANCES,
    CELLS,
    DISTRICTS,
    FACTS,
    FILES,
    ISSUES,
    PANDAS_DTYPES,
    QUARANTINE,
    REPORTS,
    SECTIONS,
    TABLES,
    VALIDATIONS,
    Table,
)
from pipeline.warehouse import Known

Row = dict[str, Any]
Frames = dict[str, pd.DataFrame]

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


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def report_id(name: str, code: str, year: int) -> str:
    return sha256(f"{name} {code} {year}")[:16]


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


def fact(key: Row, number: int, value: float | str, seed: int) -> Row:
    """A fact of the form's cell `number`; a text stands there without being a number."""
    table_no, row_code, col_code = FORM[number]
    kinds = {"": "blank", "/": "slash", "—": "dash"}
    is_number = not isinstance(value, str)
    return filled(
        FACTS,
        **key,
        table_no=table_no,
        row_code=row_code,
        col_code=col_code,
        form="2021",
        value=value if is_number else None,
        value_kind="number" if is_number else kinds.get(str(value), "word"),
        value_raw=f"{value:g}" if not isinstance(value, str) else value,
        unit="万元" if row_code == "8.fee" else "件",
        additive=not col_code.endswith("total"),
        line=number + 10,
        row=number,
        grid=table_no - 1,
    )


def report(
    name: str = "甲",
    code: str = "410402",
    year: int = 2024,
    seed: int = 1,
    path: str | None = None,
    printed: Mapping[tuple[int, str, str], float | str] | None = None,
    cells: Sequence[tuple[int, str, str]] = FORM,
) -> Frames:
    """The frames of one report with all cells of the form; `printed` says what stands in some of them."""
    key = {"report_id": report_id(name, code, year), "district_code": code, "year": year}
    path = path or f"{code}/{year}/{name}.txt"
    values = {cell: figure(n, seed) for n, cell in enumerate(FORM)} | dict(printed or {})
    facts = [fact(key, n, values[cell], seed) for n, cell in enumerate(FORM) if cell in cells]
    rows: dict[Table, list[Row]] = {
        REPORTS: [
            filled(
                REPORTS,
                **key,
                publisher=f"{name}政府",
                title=f"{name}政府{year}年报告",
                district_name=f"区{code}",
                prefecture_name="平顶山市",
                province_name="河南省",
                level="township",
                scope="own_organ",
                file_path=path,
                file_sha256=sha256(f"{path} {seed}"),
                version=seed,
            )
        ],
        FACTS: facts,
        SECTIONS: [filled(SECTIONS, **key, section_no=n, text=f"text {n} of {seed}") for n in range(3)],
        BALANCES: [filled(BALANCES, **key, rule="R01", row_code="3.7", col_code=c) for c in COLS_3],
        ISSUES: [filled(ISSUES, **key, issue_no=1)],
        VALIDATIONS: [filled(VALIDATIONS, **key)],
    }
    return {table.name: frame(table, table_rows) for table, table_rows in rows.items()}


def together(*reports: Frames) -> Frames:
    """The frames of several reports, one below the other."""
    names = [t for t in TABLES if any(t in r for r in reports)]
    return {t: pd.concat([r[t] for r in reports], ignore_index=True) for t in names}


def spread(pattern: Frames, keys: Sequence[tuple[str, int]], seed: int = 1) -> Frames:
    """One report a partition, each with the rows of `pattern` and figures of its own: many rows in little time."""
    spread_frames = {}
    for name, rows in pattern.items():
        frame = rows.loc[rows.index.repeat(len(keys))].reset_index(drop=True)
        for n, column in enumerate(("district_code", "year")):
            frame[column] = pd.Series([key[n] for key in keys] * len(rows), dtype=frame[column].dtype)
        frame["report_id"] = pd.Series([report_id("", *key) for key in keys] * len(rows), dtype="str")
        spread_frames[name] = frame
    spread_frames["reports"]["file_path"] = [f"{code}/{year}.txt" for code, year in keys]
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


def dimensions() -> Frames:
    cells = [
        filled(
            CELLS,
            form="2021",
            table_no=table_no,
            row_code=row_code,
            col_code=col_code,
            row_label=f"行{row_code}",
            col_label=f"列{col_code}",
            cell_no=n + 1,
        )
        for n, (table_no, row_code, col_code) in enumerate(FORM)
    ]
    districts = [filled(DISTRICTS, district_code=code, start_year=2008) for code in ("410402", "410502")]
    return {"districts": frame(DISTRICTS, districts), "cells": frame(CELLS, cells)}
