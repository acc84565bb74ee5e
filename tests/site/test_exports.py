"""The views as files: the same rows in each layout, texts stay texts, and more rows than a sheet holds go on in another."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pytest

from pipeline.site import exports
from pipeline.site.areas import keep_coverage
from pipeline.site.exports import VIEWS, write_exports
from pipeline.site.folder import SiteFolder
from pipeline.warehouse import Warehouse
from tests.site.conftest import HOSTILE, published
from tests.warehouse.views.cookbook import report

YEAR = 2023


def sheets(file: Path) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(file)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def lines(file: Path) -> list[list[str]]:
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")  # without it Excel takes Chinese for something else
    return list(csv.reader(file.read_text("utf-8-sig").splitlines()))


@pytest.mark.one_case
@pytest.mark.parametrize("view", VIEWS)
def test_each_layout_has_the_rows_of_the_view(site: Path, warehouse: Warehouse, view: str) -> None:
    names, found = warehouse.query(f"SELECT * FROM {view} WHERE year = {YEAR}")
    folder = site / "exports" / view
    assert pyarrow.parquet.read_table(folder / f"{YEAR}.parquet").num_rows == len(found)
    assert [len(row) for row in lines(folder / f"{YEAR}.csv")] == [len(names)] * (len(found) + 1)
    (rows,) = sheets(folder / f"{YEAR}.xlsx").values()
    assert list(rows[0]) == names
    numbers = [[v for v in row if isinstance(v, int | float | Decimal) and not isinstance(v, bool)] for row in rows[1:]]
    assert sorted(map(len, numbers)) == sorted(
        sum(isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in row) for row in found
    )


def test_a_blank_is_no_zero(site: Path, warehouse: Warehouse) -> None:
    _, found = warehouse.query(f"SELECT * FROM requests_trusted WHERE year = {YEAR}")
    blanks = sum(value is None for row in found for value in row)
    assert blanks
    (rows,) = sheets(site / "exports" / "requests_trusted" / f"{YEAR}.xlsx").values()
    assert sum(value is None for row in rows for value in row) == blanks


def test_a_text_is_no_formula_and_no_markup(tmp_path: Path) -> None:
    name = "=1+2局"
    title = f"{name}2023年{HOSTILE}"
    warehouse = published(tmp_path, report(name, "410402", YEAR, {}, level="department", title=title))
    folder = SiteFolder(tmp_path, "x")
    folder.begin(None)
    with warehouse.snapshot(512) as snapshot:
        keep_coverage(snapshot)
        write_exports(snapshot, folder, {YEAR: 1})
    (rows,) = sheets(folder.path / "exports" / "reports_checked" / f"{YEAR}.xlsx").values()
    assert {name, title} <= set(rows[1])
    assert {f"'{name}", f"'{title}"} <= set(lines(folder.path / "exports" / "reports_checked" / f"{YEAR}.csv")[1])


def test_more_rows_than_a_sheet_holds(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 3)
    folder = SiteFolder(tmp_path, "x")
    folder.begin(None)
    with warehouse.snapshot(512) as snapshot:
        keep_coverage(snapshot)
        write_exports(snapshot, folder, {YEAR: 5})
    found = sheets(folder.path / "exports" / "requests_trusted" / f"{YEAR}.xlsx")
    whole = warehouse.query(f"SELECT report_id FROM requests_trusted WHERE year = {YEAR}")[1]
    assert len(whole) > 2
    assert list(found) == ["data", *(f"data{n}" for n in range(2, -(-len(whole) // 2) + 1))]
    assert len({rows[0] for rows in found.values()}) == 1  # each has the header
    assert sum(len(rows) - 1 for rows in found.values()) == len(whole)
