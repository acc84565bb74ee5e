"""Conditional formats of a spreadsheet: a number that they hide, strike or write otherwise is read as it is seen."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule, DataBarRule, FormulaRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from pipeline.readers.xlsx import read
from tests.readers.draw_docx import zipped

WHITE = Font(color="FFFFFFFF")
RED = PatternFill(bgColor="FFFF0000", fill_type="solid")


def _writes(number_format: str, **when: object) -> Rule:
    style = DifferentialStyle(numFmt=NumberFormat(numFmtId=200, formatCode=number_format))
    return Rule(type="cellIs", dxf=style, **when)


ZERO = {"operator": "equal", "formula": ["0"]}
RULES = [
    (_writes(";;;", **ZERO), ["", "7"]),
    (CellIsRule(**ZERO, font=WHITE), ["", "7"]),
    (CellIsRule(**ZERO, font=Font(strike=True)), ["", "7"]),
    (CellIsRule(operator="between", formula=["5", "9"], font=WHITE), ["0", ""]),
    (_writes('0"件"', operator="greaterThan", formula=["1"]), ["0", "7件"]),
    (CellIsRule(**ZERO, font=WHITE, fill=RED), ["0", "7"]),
    (CellIsRule(**ZERO, font=Font(color="FFFF0000")), ["0", "7"]),
    (FormulaRule(formula=["B1=0"], font=Font(bold=True)), ["0", "7"]),
    (FormulaRule(formula=["B1=0"], font=WHITE), ["\ufffc", "\ufffc"]),
    (CellIsRule(operator="equal", formula=["$A$1"], font=Font(strike=True)), ["\ufffc", "\ufffc"]),
    (DataBarRule("min", None, "max", None, color="FF638EC6", showValue=False), ["\ufffc", "\ufffc"]),
]


def sheet(*rules: Rule) -> bytes:
    book = Workbook()
    for row in (["规章", 0, 4], ["规范性文件", 7, 4]):
        book.active.append(row)
    for rule in rules:
        book.active.conditional_formatting.add("B1:B2", rule)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("rule", "shown"), RULES)
def test_a_number_is_read_as_its_rules_show_it(rule: Rule, shown: list[str]) -> None:
    (grid,) = read(sheet(rule)).grids
    assert [row[1].text for row in grid.rows] == shown
    assert [row[2].text for row in grid.rows] == ["4", "4"]


def _edited(pattern: bytes, by: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(sheet())) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name], done = re.subn(pattern, by, bytes(parts[name]))
    assert done
    return zipped(parts)


@pytest.mark.parametrize(
    ("pattern", "by", "seen"),
    [
        (rb'<row r="2"', rb'<row r="2" ht="0" customHeight="1"', {"规章", "0", "4"}),
        (rb"<sheetFormatPr ", rb'<sheetFormatPr zeroHeight="1" ', set()),
        (rb"<sheetData>", rb'<cols><col min="2" max="2" width="0"/></cols><sheetData>', {"规章", "规范性文件", "4"}),
    ],
)
def test_what_has_no_height_or_width_is_not_seen(pattern: bytes, by: bytes, seen: set[str]) -> None:
    found = read(_edited(pattern, by))
    texts = {c.text for g in found.grids for c in g.cells} | {p.text for p in found.paragraphs}
    assert texts - {""} == seen


def test_a_cell_that_is_written_twice_is_unread() -> None:
    (grid,) = read(_edited(rb'<c r="C2"', rb'<c r="B2"')).grids
    assert "\ufffc" in [c.text for c in grid.cells]
