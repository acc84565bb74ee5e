"""Old spreadsheets, binary ones and those in XML: what is drawn in them is laid out as in the spreadsheet that they were made from."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

import pytest
from openpyxl import Workbook
from openpyxl.styles import Border, Font, Side

from pipeline.forms.model import Form
from pipeline.readers import Refused, read, sniff
from tests.readers.draw_spreadsheetml import HEAD, as_spreadsheetml
from tests.readers.draw_xls import as_xls
from tests.readers.draw_xlsb import as_xlsb, record
from tests.readers.draw_xlsx import XlsxStyle, saved, workbook
from tests.readers.test_docx import zipped
from tests.readers.test_xlsx import STYLES, facts, grids
from tests.render import distinct_figures

Write = Callable[[Workbook], bytes]
WRITERS: dict[str, Write] = {"xls": as_xls, "xlsb": as_xlsb, "spreadsheetml": as_spreadsheetml}


@pytest.mark.one_case
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@pytest.mark.parametrize("name", WRITERS)
def test_it_is_laid_out_as_the_new_format(name: str, style: XlsxStyle, form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    book = workbook(form_2021, figures, style)
    data = WRITERS[name](book)
    assert sniff(data) == name
    document = read(data)
    assert document.format == name
    assert document.blocks == read(saved(book)).blocks
    assert facts(document) == figures


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_what_is_hidden_is_not_read(write: Write, form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    book = workbook(form_2021, figures, XlsxStyle(at=(3, 2)))
    sheet = book.active
    sheet["A1"], sheet["A5"] = "草稿", 77
    sheet.row_dimensions[1].hidden = sheet.column_dimensions["A"].hidden = True
    for state in ("hidden", "veryHidden"):
        other = book.create_sheet(state)
        other["A1"], other.sheet_state = "是", state
    document = read(write(book))
    assert facts(document) == figures
    everything = [p.text for p in document.paragraphs] + [c.text for g in document.grids for c in g.cells]
    assert not {"草稿", "77", "是"} & set(everything)


SHOWN: list[tuple[object, str, str]] = [
    (890.527, "0.00", "890.53"),
    (890.527, "General", "890.527"),
    (12345, "#,##0", "12,345"),
    (-3, "0_);(0)", "(3)"),
    (0, '#,##0;-#,##0;"-"', "-"),
    (0.5, "0%", "50%"),
    (2**40, "0", "1099511627776"),
    (-7, "General", "-7"),
    (12.5, "General", "12.5"),
    (True, "General", "TRUE"),
    (datetime(2024, 1, 31), 'yyyy"年"m"月"d"日"', "2024年1月31日"),
    ("〇", "@", "〇"),
]


@pytest.mark.parametrize(("value", "number_format", "shown"), SHOWN)
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_numbers_are_shown_in_their_format(write: Write, value: object, number_format: str, shown: str) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["公开", value, 7])
    sheet["B1"].number_format = number_format
    sheet.append(["不公开", 8, 9])
    assert [t for *_, t, _, _ in grids(read(write(book)))[0]][1] == shown


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_zeros_that_are_not_shown_are_blanks(write: Write) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["公开", 0, 7])
    sheet.append(["不公开", 8, 0])
    sheet.sheet_view.showZeros = False
    for row in sheet["A1:C2"]:
        for cell in row:
            cell.border = Border(*[Side(style="thin")] * 4)
    assert [t for *_, t, _, _ in grids(read(write(book)))[0]] == ["公开", "", "7", "不公开", "8", ""]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_a_struck_figure_is_left_out(write: Write) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["公开", 61, 7])
    sheet.append(["不公开", 8, 9])
    sheet["B1"].font = Font(strike=True)
    (grid,) = read(write(book)).grids
    assert [(c.text, c.left_out) for c in grid.cells][:3] == [("公开", ""), ("", "61"), ("7", "")]


def in_xml(cells: str, styles: str = "") -> list[str]:
    """What the cells of two rows in XML show; the second row is the same without looks."""
    table = f"<Table><Row>{cells}</Row><Row><Cell><Data ss:Type='String'>文件</Data></Cell><Cell><Data>1</Data></Cell></Row></Table>"
    data = f"{HEAD}<Styles>{styles}</Styles><Worksheet ss:Name='a'>{table}</Worksheet></Workbook>"
    return [c.text for c in next(iter(read(data.encode()).grids)).cells if c.row == 0]


LABEL = "<Cell><Data ss:Type='String'>规章</Data></Cell>"
RICH = "<ss:Data ss:Type='String' xmlns='http://www.w3.org/TR/REC-html40'>{}</ss:Data>"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (f"<Cell>{RICH.format('<S>12</S><B>61</B>')}</Cell>", "61"),
        (f"<Cell>{RICH.format('61<Sup>1</Sup>')}</Cell>", "61"),
        ("<Cell ss:StyleID='child'><Data ss:Type='Number'>890.527</Data></Cell>", "890.53"),
        ("<Cell ss:StyleID='fixed'><Data ss:Type='Number'>1234.5</Data></Cell>", "1,234.50"),
        ("<Cell><Data ss:Type='Number'>12.0</Data></Cell>", "12"),
        ("<Cell><Data ss:Type='Number'>无</Data></Cell>", "无"),
        ("<Cell ss:Formula='=1+1'><Data ss:Type='Number'>2</Data><Comment><ss:Data>7</ss:Data></Comment></Cell>", "2"),
        ("<Cell><Data Type='Number'>7.0</Data></Cell>", "7"),
    ],
)
def test_what_a_cell_in_xml_shows(cell: str, shown: str) -> None:
    styles = "<Style ss:ID='two'><NumberFormat ss:Format='0.00'/></Style><Style ss:ID='child' ss:Parent='two'/>"
    styles += "<Style ss:ID='fixed'><NumberFormat ss:Format='Standard'/></Style>"
    assert in_xml(LABEL + cell, styles) == ["规章", shown]


def outcome(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(data)
    return refused.value.reason


def test_what_is_refused(form_2021: Form) -> None:
    old = as_xls(workbook(form_2021, {}, XlsxStyle()))
    assert outcome(old.replace(b"\x09\x08\x10\0\0\x06\5\0", bytes(8))) == "damaged"
    sheet = {"Id": "rId1", "Target": "worksheets/sheet1.bin"}
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    relations += "<Relationship {}/></Relationships>".format(" ".join(f'{k}="{v}"' for k, v in sheet.items()))
    name = "rId1".encode("utf-16-le")
    book = record(156, bytes(8) + b"\4\0\0\0" + name + b"\1\0\0\0S\0")

    def binary(content: bytes) -> bytes:
        parts: dict[str, str | bytes] = {"xl/_rels/workbook.bin.rels": relations, "xl/workbook.bin": book}
        return zipped(parts | {"xl/worksheets/sheet1.bin": content})

    assert outcome(binary(record(7, b"\0\0\0"))) == "damaged"
    assert outcome(binary(record(0) * 3)) == "damaged"
    merged = record(176, (0).to_bytes(4, "little") + b"\xff\xff\x0f\0" + bytes(4) + b"\xff\x3f\0\0")
    assert outcome(binary(merged)) == "too-large"
    assert outcome(binary(record(1, bytes(8)) * 200_001)) == "too-large"
