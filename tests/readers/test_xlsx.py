"""XLSX workbooks, drawn in many styles and read."""

from __future__ import annotations

import io
import random
import time
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Color, Font, PatternFill

from pipeline.document import Document
from pipeline.facts import extract
from pipeline.forms.loading import form, forms
from pipeline.forms.model import Form
from pipeline.layout.sections import sections, title
from pipeline.matching import match
from pipeline.readers.archive import kind_of_ole, kind_of_zip
from pipeline.readers.number_format import printed
from pipeline.readers.refused import Refused
from pipeline.readers.xlsx import read
from tests.conftest import examples, parse_bytes
from tests.conftest import printed as printed_facts
from tests.readers.draw_docx import zipped
from tests.readers.draw_xlsx import XlsxStyle, saved, workbook, xlsx_report
from tests.render import TITLE, Figures, balanced_figures, distinct_figures

STYLES = {
    "plain": XlsxStyle(),
    "blank rows around tables": XlsxStyle(gap=2),
    "a sheet for each section": XlsxStyle(sheet_each=True),
    "no borders": XlsxStyle(borders=False),
    "no borders, blank rows": XlsxStyle(borders=False, gap=1),
    "headings over the width": XlsxStyle(wide_headings=True),
    "no merged cells": XlsxStyle(merges=False),
    "no merged cells, no borders": XlsxStyle(merges=False, borders=False),
    "figures as text": XlsxStyle(value=lambda t: t),
    "figures as 12.0": XlsxStyle(value=lambda t: float(t) if t else None),
    "thousands": XlsxStyle(number_format='_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '),
    "not at the top left": XlsxStyle(at=(5, 4)),
}


def facts(document: Document) -> Figures:
    found = [f for m in match(document, forms()) for f in extract(m)[0]]
    assert len({f.key for f in found}) == len(found)
    return {f.key: f.printed.text.strip().replace(",", "") for f in found}


def grids(document: Document) -> list[list[tuple[int, int, str, int, int]]]:
    return [[(c.row, c.col, c.text, c.row_span, c.col_span) for c in g.cells] for g in document.grids]


@pytest.mark.each_value
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@pytest.mark.parametrize("name", ["2021", "2019"])
def test_a_report_comes_back_whole(style: XlsxStyle, name: str) -> None:
    figures = distinct_figures(form(name), random.Random(4))
    document = read(xlsx_report(form(name), figures, style))
    assert facts(document) == figures
    assert title(document, forms()) == TITLE
    assert [s.topic for s in sections(document, forms()) if s.topic] == [1, 2, 3, 4, 5, 6]
    assert [g.number for g in document.grids] == list(range(1, len(list(document.grids)) + 1))
    assert [p.text for p in document.paragraphs].count("2024 年公开政府信息 385 条。") == 3


@pytest.mark.parametrize(
    "style", [STYLES["plain"], STYLES["headings over the width"], STYLES["blank rows around tables"]]
)
@pytest.mark.parametrize("zeros", [0.5, 0.95])
def test_blanks_within_borders_stay_blanks(style: XlsxStyle, zeros: float, form_2021: Form) -> None:
    figures = {k: "" if v == "0" else v for k, v in balanced_figures(form_2021, random.Random(8), zeros).items()}
    assert facts(read(xlsx_report(form_2021, figures, style))) == figures


def test_a_blank_form_is_blank(form_2021: Form) -> None:
    found = facts(read(xlsx_report(form_2021, {})))
    assert len(found) == 200
    assert set(found.values()) == {""}


def test_a_strict_file_is_read(form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    parts: dict[str, str | bytes] = {}
    with zipfile.ZipFile(io.BytesIO(xlsx_report(form_2021, figures))) as archive:
        for name in archive.namelist():
            parts[name] = (
                archive.read(name)
                .replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
                .replace(b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships")
            )  # fmt: skip
    assert facts(read(zipped(parts))) == figures


def test_what_is_hidden_is_not_read(form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    book = workbook(form_2021, figures, XlsxStyle(at=(3, 2)))
    sheet = book.active
    sheet["A1"] = "草稿"
    sheet.row_dimensions[1].hidden = True
    sheet["A5"] = 77
    sheet.column_dimensions["A"].hidden = True
    other = book.create_sheet("选项")
    other["A1"], other.sheet_state = "是", "hidden"
    document = read(saved(book))
    assert facts(document) == figures
    everything = [p.text for p in document.paragraphs] + [c.text for g in document.grids for c in g.cells]
    assert not {"草稿", "77", "是"} & set(everything)


def test_formulas_show_their_stored_value_and_without_one_are_not_read() -> None:
    book = Workbook()
    sheet = book.active
    for row in (["甲", 1], ["乙", 2], ["总计", "=SUM(B1:B2)"]):
        sheet.append(row)
    assert [t for _, _, t, _, _ in grids(read(saved(book)))[0]] == ["甲", "1", "乙", "2", "总计", "\ufffc"]
    with zipfile.ZipFile(io.BytesIO(saved(book))) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = (
        bytes(parts[name]).replace(b"<v></v>", b"<v>3</v>").replace(b"<v />", b"<v>3</v>").replace(b"<v/>", b"<v>3</v>")
    )  # type: ignore[arg-type]
    assert [t for _, _, t, _, _ in grids(read(zipped(parts)))[0]][-1] == "3"


def test_lines_and_rows() -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["标题"],
        ["一、情况"],
        [],
        ["说明一\n说明二"],
        ["名称", "数量"],
        ["甲", 3],
        ["乙"],
        ["丙", 4],
        ["注：略"],
    ):
        sheet.append(row)
    document = read(saved(book))
    assert [b.text if not hasattr(b, "cells") else [c.text for c in b.cells] for b in document.blocks] == [
        "标题", "一、情况", "说明一", "说明二", ["名称", "数量", "甲", "3", "乙", "", "丙", "4"], "注：略",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (12.0, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (59237.2449, "General", "59237.2449"),
        (160.5964, "0.00", "160.60"),
        (2.675, "0.00", "2.68"),
        (12.5, "0.00", "12.50"),
        (12.5, "0.##", "12.5"),
        (12, "0_ ", "12"),
        (1234567, "#,##0", "1,234,567"),
        (-3, "0", "-3"),
        (-3, r"0_);[Red]\(0\)", "(3)"),
        (0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        (0, "0;-0;", ""),
        (12, '0"件"', "12件"),
        (12, "0件", "12件"),
        (0.125, "0.0%", "12.5%"),
        (7, "000", "007"),
        (0.5, ".00", ".50"),
        (12000, "0,", "12"),
        (1e300, "0", "1" + "0" * 300),
        (10**400, "0.0", "1" + "0" * 400),
        (float("nan"), "0", ""),
        (True, "General", "TRUE"),
        (1500, "0.00E+00", "1500"),
        (12, 'G/通用格式"件"', "12件"),
        (-2, 'General"件"', "-2件"),
        (12, "*x0", "12"),
        (2, "0.##", "2"),
        (12, "[DBNum1]0", "12"),
        (12345, "0.0,", "12.3"),
        # Literals between digits: ten thousands by a point that is only printed.
        (12345, '0"."0000', "1.2345"),
        (5, '0"."0000', "0.0005"),
        (12345, "0!.0,", "1.2"),
        (12345, r"0\.0,", "1.2"),
        (12345, '0"."0,"万元"', "1.2万元"),
        (123456, '#"."##,"万"', "1.23万"),
        (12345, "000-000", "012-345"),
        (0, '[=0]"";0', ""),
        (5, '[=0]"";0', "5"),
        (0, '[=0]"-";General', "-"),
        (12345, '[>=10000]0!.0,"万";0', "1.2万"),
        (999, '[>=10000]0!.0,"万";0', "999"),
        (date(2024, 1, 31), "yyyy/m/d", "2024-01-31"),
        (date(2024, 1, 31), 'yyyy"年"m"月"d"日"', "2024年1月31日"),
        ("规章", "0", "规章"),
    ],
)
def test_numbers_as_printed(value: object, number_format: str, text: str) -> None:
    assert printed(value, number_format) == text


@pytest.mark.parametrize("number_format", ["0.00E+00", "# ?/?", "yyyy", "[h]:mm", "0.0.0"])
def test_a_format_that_is_not_known_leaves_the_number_unread(number_format: str) -> None:
    assert printed(12345, number_format) == "\ufffc"


@given(st.integers(-(10**12), 10**12))
def test_integers_are_printed_as_they_are(number: int) -> None:
    for number_format in ("General", "0", "0_ ", "#,##0", "@"):
        assert printed(number, number_format).replace(",", "") == str(number)
        assert printed(float(number), number_format).replace(",", "") == str(number)


@given(st.floats(), st.text('0#?,.;%"\\_*[]@-+()Ey件 ', max_size=12))
def test_any_format_prints_something(number: float, number_format: str) -> None:
    assert isinstance(printed(number, number_format), str)


def outcome(data: bytes) -> str:
    started = time.process_time()
    try:
        assert read(data).format == "xlsx"
        reason = ""
    except Refused as e:
        reason = e.reason
    assert time.process_time() - started < 8
    return reason


def with_sheet(content: str) -> bytes:
    """A workbook whose only sheet has this XML."""
    with zipfile.ZipFile(io.BytesIO(saved(Workbook()))) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{main}">{content}</worksheet>'
    return zipped(parts)


ROW = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"PK\x03\x04", "damaged", id="no archive"),
        pytest.param(zipped({"a": "x"}), "not-a-document", id="another zip"),
        pytest.param(zipped({"xl/workbook.xml": "<x/>"}), "damaged", id="no parts"),
        pytest.param(with_sheet(f'<sheetData>{ROW}</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'), "too-large", id="all merged"),
        pytest.param(with_sheet(f'<sheetData>{ROW}</sheetData><mergeCells><mergeCell ref="A1:?"/></mergeCells>'), "damaged", id="merged nowhere"),
        pytest.param(with_sheet('<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row></sheetData>'), "", id="far right"),
        pytest.param(with_sheet(f'<dimension ref="A1:XFD1048576"/><sheetData>{ROW}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), "", id="far down"),
        pytest.param(with_sheet("<sheetData>" + "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 30)) + "</sheetData>"), "too-large", id="wide"),
        pytest.param(with_sheet('<cols>' + '<col min="1" max="999999999" hidden="1"/>' * 3 + f"</cols><sheetData>{ROW}</sheetData>"), "", id="all columns hidden"),
        pytest.param(with_sheet("<sheetData><row>" + "<c/>" * 200_001 + "</row></sheetData>"), "too-large", id="many cells"),
        pytest.param(with_sheet('<sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData>'), "damaged", id="no such string"),
        pytest.param(with_sheet('<sheetData><row r="1"><c r="A1" s="99"><v>x</v></c></row></sheetData>'), "damaged", id="no such style"),
        pytest.param(with_sheet("<a>" * 5000), "damaged", id="deep"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    assert outcome(data) == reason


def test_entities_are_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(saved(Workbook()))) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    parts["xl/styles.xml"] = b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + bytes(parts["xl/styles.xml"])  # type: ignore[arg-type]
    assert outcome(zipped(parts)) == "damaged"


def test_damaged_files_end_well(form_2021: Form) -> None:
    rng = random.Random(6)
    data = xlsx_report(form_2021, distinct_figures(form_2021, rng))
    for cut in range(1, len(data), len(data) // 25):
        assert outcome(data[:cut]) == "damaged"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, bytes] = {n: archive.read(n) for n in archive.namelist()}
    for _ in range(60):  # damage inside the XML, which a check sum would have caught
        name = rng.choice([n for n in parts if n.startswith("xl/")])
        flipped = bytearray(parts[name])
        for _ in range(rng.randint(1, 4)):
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        outcome(zipped({**parts, name: bytes(flipped)}))
    for name in parts:
        outcome(zipped({n: c for n, c in parts.items() if n != name}))


@settings(max_examples=examples(60))
@given(st.lists(st.lists(st.sampled_from(["", "甲", "3", "二、"]), max_size=4), max_size=8), st.data())
def test_every_text_is_there_once(rows: list[list[str]], data: st.DataObject) -> None:
    book = Workbook()
    for row in rows:
        book.active.append([c or None for c in row])
    height, width = max(len(rows), 1), 4
    if data.draw(st.booleans()):
        top, left = data.draw(st.integers(1, height)), data.draw(st.integers(1, width))
        area = {
            "start_row": top,
            "start_column": left,
            "end_row": data.draw(st.integers(top, height)),
            "end_column": data.draw(st.integers(left, width)),
        }
        book.active.merge_cells(**area)
    made = saved(book)
    left_over = sorted(
        str(c) for r in load_workbook(io.BytesIO(made)).active.iter_rows(values_only=True) for c in r if c
    )
    document = read(made)
    found = [p.text for p in document.paragraphs] + [c.text for g in document.grids for c in g.cells if c.text]
    assert sorted(found) == left_over


def test_old_and_locked_files_are_refused() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    old, locked = ole + "Workbook".encode("utf-16-le"), ole + "EncryptedPackage".encode("utf-16-le")
    assert [kind_of_ole(old), kind_of_ole(locked)] == ["xls", "encrypted"]
    assert [outcome(old), outcome(locked)] == ["not-a-document", "encrypted"]


def test_kinds() -> None:
    whole = saved(Workbook())
    assert kind_of_zip(whole) == "xlsx"
    assert kind_of_zip(whole[:-30]) == "xlsx"


WHITE, TINY = InlineFont(color="FFFFFFFF"), InlineFont(sz=1)
STRUCK, RAISED = InlineFont(strike=True), InlineFont(vertAlign="superscript")
CELLS: dict[str, tuple[object, dict[str, object], tuple[str, str]]] = {
    "a part struck": (CellRichText(TextBlock(STRUCK, "12"), "61"), {}, ("61", "12")),
    "a part raised": (CellRichText("61", TextBlock(RAISED, "1")), {}, ("61", "1")),
    "a part white": (CellRichText(TextBlock(WHITE, "12"), "61"), {}, ("61", "12")),
    "a part tiny": (CellRichText("61", TextBlock(TINY, "12")), {}, ("61", "12")),
    "a part white on blue": (
        CellRichText(TextBlock(WHITE, "6"), "1"),
        {"fill": PatternFill("solid", "FF0000FF")},
        ("61", ""),
    ),
    "all but a part white": (
        CellRichText("12", TextBlock(InlineFont(color="FF000000"), "61")),
        {"font": Font(color="FFFFFFFF")},
        ("61", "12"),
    ),
    "all but a part struck": (
        CellRichText("12", TextBlock(InlineFont(b=True), "61")),
        {"font": Font(strike=True)},
        ("61", "12"),
    ),
    "a part plain": (CellRichText("6", TextBlock(InlineFont(b=True), "1")), {}, ("61", "")),
    "struck": (61, {"font": Font(strike=True)}, ("", "61")),
    "raised": (61, {"font": Font(vertAlign="superscript")}, ("61", "")),
    "white": (61, {"font": Font(color="FFFFFFFF")}, ("", "61")),
    "white of the theme": (61, {"font": Font(color=Color(theme=0))}, ("", "61")),
    "white on blue": (61, {"font": Font(color="FFFFFFFF"), "fill": PatternFill("solid", "FF0000FF")}, ("61", "")),
    "a format that shows nothing": (61, {"number_format": ";;;"}, ("", "61")),
    "a picture of WPS": ('=DISPIMG("ID_1",1)', {"data_type": "s"}, ("\ufffc", "")),
    "lines": ("523\n77", {}, ("523\n77", "")),
    "lines of a label": ("本年\n制发", {}, ("本年制发", "")),
}


@pytest.mark.parametrize(("value", "looks", "seen"), CELLS.values(), ids=CELLS.keys())
def test_what_a_person_sees_of_a_cell(value: object, looks: dict[str, object], seen: tuple[str, str]) -> None:
    book = Workbook()
    sheet = book.active
    for row in (["名称", "甲", "乙"], ["丙", 3, value], ["丁", 4, 5]):
        sheet.append(row)
    for name, look in looks.items():
        setattr(sheet["C2"], name, look)
    (grid,) = read(saved(book)).grids
    assert [(c.text, c.left_out) for c in grid.cells if (c.row, c.col) == (1, 2)] == [seen]


def test_the_second_way_sees_the_same(form_2021: Form) -> None:
    figures = balanced_figures(form_2021, random.Random(9))
    book = workbook(form_2021, figures, XlsxStyle())
    numbers = [c for row in book.active.iter_rows() for c in row if str(c.value).isdecimal()]
    for n, cell in enumerate(numbers):
        if n % 3 < 2:
            cell.value = CellRichText(TextBlock((STRUCK, RAISED)[n % 3], "7"), str(cell.value))
    parsed = parse_bytes(saved(book))
    assert printed_facts(parsed) == figures
    assert not parsed.judged.agreement.differing
    assert parsed.judged.agreement.agreeing > 150
