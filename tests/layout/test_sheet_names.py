"""The name of a sheet, in every format of spreadsheets, as a caption of the tables in it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from pipeline.forms.loading import form
from pipeline.layout.sheet_names import doubt_of
from pipeline.parsed import Parsed
from tests.conftest import parse_bytes, printed
from tests.readers.draw_odf import as_ods
from tests.readers.draw_spreadsheetml import as_spreadsheetml
from tests.readers.draw_xls import as_xls
from tests.readers.draw_xlsb import as_xlsb
from tests.readers.draw_xlsx import XlsxStyle, saved, workbook
from tests.render import balanced_figures

MADE = form("2021")
FIGURES = balanced_figures(MADE, random.Random(7))
TITLE = "郏县渣园乡人民政府2024年政府信息公开工作年度报告"
WRITERS: dict[str, Callable[[Workbook], bytes]] = {
    "xlsx": saved, "xls": as_xls, "xlsb": as_xlsb, "ods": as_ods, "xml": as_spreadsheetml,
}  # fmt: skip
DOUBTFUL = [
    "2023年", "2023", "2023年度", "23年", "2025年", "上半年", "1-6月", "第一季度", "Q1", "6月", "上年", "历年", "近三年", "同比", "计划",
    "教育局", "附件2 教育局数据", "教育局2024年", "渣园中学", "郏县", "样例", "示例", "填表说明", "旧版", "更正前", "作废", "汇总", "全县", "各单位",
]  # fmt: skip
PLAIN = [
    "Sheet1", "Sheet1 (2)", "Table 1", "表二", "年报", "主动公开", "收到和处理", "复议诉讼", "定稿", "更正后", "填报表", "数据", "latest",
    "渣园乡", "渣园乡人民政府", "郏县渣园乡", "2024年", "2024", "24年", "2024年度", "1-12月", "全年累计", "2025.1.15", "20250115", "渣园乡2024年统计表",
]  # fmt: skip


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_name_of_something_else_casts_doubt(name: str) -> None:
    assert doubt_of(name, 2024, TITLE)


@pytest.mark.parametrize("name", PLAIN)
def test_other_names_cast_none(name: str) -> None:
    assert doubt_of(name, 2024, TITLE) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("政府办", "郏县人民政府办公室2024年政府信息公开工作年度报告"),
        ("教育局", "郏县教育局2024年政府信息公开工作年度报告"),
        ("郏县", "郏县2024年政府信息公开工作年度报告"),
        ("旧县镇", "东平县旧县镇2024年政府信息公开工作年度报告"),
        ("上半年", "郏县渣园乡人民政府2024年上半年政府信息公开工作报告"),
    ],
)
def test_a_name_that_the_title_says_as_well_casts_none(name: str, title: str) -> None:
    assert doubt_of(name, 2024, title) is None


def codes(parsed: Parsed) -> set[tuple[int | None, str]]:
    return {(i.table_no, i.code) for i in parsed.issues if i.code in ("table-doubtful", "table-elsewhere")}


def with_copy(own: str, copy: str) -> Workbook:
    """A workbook with a whole report in its first sheet, and its tables with other figures in the second."""
    book = workbook(MADE, FIGURES, XlsxStyle())
    book.active.title = own
    other = book.copy_worksheet(book.active)
    other.title = copy
    other.cell(1, 1).value = None
    for row in other.iter_rows():
        for cell in row:
            if isinstance(cell.value, int):
                cell.value += 1000
    return book


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_sheet_of_such_a_name_alone_is_told_and_nothing_is_taken_out(write: Callable[[Workbook], bytes]) -> None:
    book = workbook(MADE, FIGURES, XlsxStyle())
    book.active.title = "上半年"
    parsed = parse_bytes(write(book), "report.bin")
    assert codes(parsed) == {(n, "table-doubtful") for n in (2, 3, 4)}
    assert printed(parsed) == FIGURES


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_beside_the_reports_own_sheet_its_tables_are_taken_out(write: Callable[[Workbook], bytes]) -> None:
    parsed = parse_bytes(write(with_copy("2024年", "2023年")), "report.bin")
    assert codes(parsed) == {(n, "table-elsewhere") for n in (2, 3, 4)}
    assert printed(parsed) == FIGURES


@pytest.mark.parametrize("names", [("Sheet1", "样例"), ("正式", "旧版"), ("年报", "教育局"), ("年报", "汇总")])
def test_so_are_those_of_a_sample_an_old_version_or_another_body(names: tuple[str, str]) -> None:
    parsed = parse_bytes(saved(with_copy(*names)), "report.xlsx")
    assert codes(parsed) == {(n, "table-elsewhere") for n in (2, 3, 4)}
    assert printed(parsed) == FIGURES


def test_of_a_sum_and_one_body_the_sum_is_kept_with_a_doubt() -> None:
    parsed = parse_bytes(saved(with_copy("汇总", "教育局")), "report.xlsx")
    assert codes(parsed) == {(n, code) for n in (2, 3, 4) for code in ("table-elsewhere", "table-doubtful")}
    assert printed(parsed) == FIGURES


def test_a_sample_beside_a_blank_form_fills_nothing() -> None:
    book = with_copy("填报表", "样例")
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if isinstance(cell.value, int):
                cell.value = None
    parsed = parse_bytes(saved(book), "report.xlsx")
    assert codes(parsed) == {(n, "table-elsewhere") for n in (2, 3, 4)}
    assert not any(printed(parsed).values())


def test_without_a_doubt_two_sheets_remain_a_conflict() -> None:
    parsed = parse_bytes(saved(with_copy("Sheet1", "Sheet2")), "report.xlsx")
    assert not codes(parsed)
    assert "row-conflict" in {i.code for i in parsed.issues}
