"""What is seen of a number in a sheet of any format: letters in the colour of their cell, tiny ones, low rows, units."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import xlwt
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.readers import read
from tests.conftest import parse_bytes
from tests.odd import page as hands
from tests.odd.tables import report
from tests.readers.draw_odf import odf
from tests.readers.draw_xlsb import as_xlsb

ROWS = (("名称", "甲", "乙"), ("丙", 3, 61), ("丁", 4, 5))
BLACK, WHITE, BLUE = "000000", "FFFFFF", "0000FF"


@dataclass(frozen=True)
class Look:
    """Letters of a colour and a size on a fill, None for the usual one, in a number format."""

    letters: str | None = None
    fill: str | None = None
    size: int = 11
    number_format: str = "General"


LOOKS = {
    "plain": (Look(), True),
    "white": (Look(WHITE), False),
    "nearly white": (Look("FEFEFE"), False),
    "white on white": (Look(WHITE, WHITE), False),
    "white on blue": (Look(WHITE, BLUE), True),
    "black on black": (Look(BLACK, BLACK), False),
    "usual letters on black": (Look(None, BLACK), False),
    "blue on white": (Look(BLUE, WHITE), True),
    "tiny": (Look(size=1), False),
    "white by its format": (Look(number_format="[White]0"), False),
    "white by its format on blue": (Look(None, BLUE, number_format="[White]0"), True),
    "red by its format": (Look(number_format="[Red]0"), True),
}


def book(change: Callable[[Worksheet], None] = lambda sheet: None) -> Workbook:
    made = Workbook()
    for row in ROWS:
        made.active.append(row)
    change(made.active)
    return made


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def xlsx(look: Look) -> bytes:
    def change(sheet: Worksheet) -> None:
        cell = sheet["C2"]
        cell.font = Font(color=look.letters and f"FF{look.letters}", size=look.size)
        cell.number_format = look.number_format
        if look.fill:
            cell.fill = PatternFill("solid", fgColor=f"FF{look.fill}")

    return saved(book(change))


def xls(look: Look) -> bytes:
    made = xlwt.Workbook()
    sheet = made.add_sheet("a")
    style = xlwt.XFStyle()
    style.font.height = 20 * look.size
    style.num_format_str = look.number_format
    for number, name, colour in ((40, "letters", look.letters), (41, "fill", look.fill)):
        if colour:
            xlwt.add_palette_colour(name, number)
            made.set_colour_RGB(number, *bytes.fromhex(colour))
    if look.letters:
        style.font.colour_index = 40
    if look.fill:
        style.pattern.pattern, style.pattern.pattern_fore_colour = xlwt.Pattern.SOLID_PATTERN, 41
    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            sheet.write(r, c, value, style if value == 61 else xlwt.XFStyle())
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def spreadsheetml(look: Look) -> bytes:
    colour = f" ss:Color='#{look.letters}'" if look.letters else ""
    fill = f"<Interior ss:Color='#{look.fill}' ss:Pattern='Solid'/>" if look.fill else ""
    of_number = f"<NumberFormat ss:Format='{look.number_format}'/>"
    style = f"<Style ss:ID='x'><Font ss:Size='{look.size}'{colour}/>{fill}{of_number}</Style>"
    return in_xml(style)


def in_xml(styles: str = "", more: str = "", name: str = "a") -> bytes:
    def cell(value: object) -> str:
        kind = "Number" if isinstance(value, int) else "String"
        styled = " ss:StyleID='x'" if value == 61 and styles else ""
        return f"<Cell{styled}><Data ss:Type='{kind}'>{value}</Data></Cell>"

    rows = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in ROWS)
    return (
        "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' "
        "xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>"
        f"<Styles>{styles}</Styles><Worksheet ss:Name='{name}'><Table>{more}{rows}</Table></Worksheet></Workbook>"
    ).encode()


def xlsb(look: Look) -> bytes:
    """The struck font of the drawing, and its fill, in the place of which the look stands."""

    def change(sheet: Worksheet) -> None:
        sheet["C2"].font = Font(strike=True)
        sheet["C2"].number_format = look.number_format

    made = as_xlsb(book(change))
    struck = struct.pack("<HHHHBBBB", 220, 8, 400, 0, 0, 0, 134, 0) + bytes(8)
    font = struct.pack("<HHHHBBBB", 20 * look.size, 0, 400, 0, 0, 0, 134, 0) + colour(look.letters)
    fill = struct.pack("<I", 1) + colour(look.fill) + bytes(56) if look.fill else bytes(68)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/styles.bin":
                assert content.count(struck) == 1
                assert content.count(b"\x2d\x44" + bytes(68)) == 1
                content = content.replace(struck, font).replace(b"\x2d\x44" + bytes(68), b"\x2d\x44" + fill)
            target.writestr(name, content)
    return out.getvalue()


def colour(written: str | None) -> bytes:
    return bytes([5, 0, 0, 0]) + bytes.fromhex(written) + b"\xff" if written else bytes(8)


WRITERS = {"xlsx": xlsx, "xls": xls, "spreadsheetml": spreadsheetml, "xlsb": xlsb}


def figure(data: bytes) -> tuple[str, str]:
    (grid,) = read(data).grids
    return next((c.text, c.left_out) for c in grid.cells if (c.row, c.col) == (1, 2))


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
@pytest.mark.parametrize(("look", "is_seen"), LOOKS.values(), ids=LOOKS.keys())
def test_a_number_is_seen_before_what_fills_its_cell(look: Look, is_seen: bool, write: Callable[[Look], bytes]) -> None:
    if write is xlsb and look.fill:
        return  # the drawing has one fill for all of its cells
    assert figure(write(look)) == (("61", "") if is_seen else ("", "61"))


def xls_in_runs(first: Look, second: Look) -> bytes:
    made = xlwt.Workbook()
    sheet = made.add_sheet("a")
    xlwt.add_palette_colour("paper", 40)
    made.set_colour_RGB(40, 255, 255, 255)

    def font(look: Look) -> xlwt.Font:
        found = xlwt.Font()
        found.height, found.colour_index = 20 * look.size, 40 if look.letters == WHITE else 0x7FFF
        return found

    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            if value == 61:
                sheet.write_rich_text(r, c, (("7", font(first)), ("61", font(second))))
            else:
                sheet.write(r, c, value)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def xml_in_runs(first: Look, second: Look) -> bytes:
    def font(look: Look, text: str) -> str:
        return f"<Font html:Size='{look.size}' html:Color='#{look.letters or BLACK}'>{text}</Font>"

    parts = f"<ss:Data ss:Type='String' xmlns:html='http://www.w3.org/TR/REC-html40'>{font(first, '7')}<B>{font(second, '61')}</B></ss:Data>"
    return in_xml().replace(b"<Data ss:Type='Number'>61</Data>", parts.encode())


def ods_in_runs(first: Look, second: Look) -> bytes:
    def style(name: str, look: Look) -> str:
        looks = f"fo:color='#{(look.letters or BLACK).lower()}' fo:font-size='{look.size}pt'"
        return f"<style:style style:name='{name}' style:family='text'><style:text-properties {looks}/></style:style>"

    runs = (
        "<text:p><text:span text:style-name='T1'>7</text:span><text:span text:style-name='T2'>61</text:span></text:p>"
    )
    cells = [[runs if v == 61 else f"<text:p>{v}</text:p>" for v in row] for row in ROWS]
    rows = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell>{c}</table:table-cell>' for c in row)}</table:table-row>"
        for row in cells
    )
    return odf(f"<table:table>{rows}</table:table>", "spreadsheet", style("T1", first) + style("T2", second))


@pytest.mark.parametrize("write", [xls_in_runs, xml_in_runs, ods_in_runs])
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Look(WHITE), Look(), ("61", "7")),
        (Look(size=1), Look(), ("61", "7")),
        (Look(), Look(WHITE), ("7", "61")),
        (Look(), Look(), ("761", "")),
    ],
)
def test_a_part_of_a_text_that_is_not_seen_is_no_part_of_it(
    first: Look, second: Look, expected: tuple[str, str], write: Callable[[Look, Look], bytes]
) -> None:
    assert figure(write(first, second)) == expected


# Its other cells, in usual letters, have the same fill.
@pytest.mark.parametrize(
    ("look", "is_seen"),
    [(Look(WHITE, WHITE), False), (Look(WHITE, BLUE), True), (Look(BLUE, BLUE), False), (Look(BLUE, WHITE), True)],
)
def test_a_binary_sheet_has_fills(look: Look, is_seen: bool) -> None:
    assert figure(xlsb(look)) == (("61", "") if is_seen else ("", "61"))


@pytest.mark.parametrize("number", [1, 9, 65])
def test_white_by_its_number_is_white(number: int) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["C2"].font = Font(color=Color(indexed=number))

    assert figure(saved(book(change))) == ("", "61")


@pytest.mark.parametrize(
    ("looks", "is_seen"),
    [
        ({"fill": PatternFill("solid", bgColor="FF000000")}, False),
        ({"fill": PatternFill("solid", bgColor="FFFFC7CE"), "font": Font(color="FF9C0006")}, True),
        ({"fill": PatternFill("solid", bgColor="FFFF0000"), "font": Font(color="FFFF0000")}, False),
        ({"font": Font(color="FFFFFFFF")}, False),
        ({"font": Font(color="FFFF0000")}, True),
    ],
)
def test_a_rule_that_paints_a_cell_in_the_colour_of_its_letters_hides_it(
    looks: dict[str, object], is_seen: bool
) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.conditional_formatting.add("C2", CellIsRule(operator="greaterThan", formula=["0"], **looks))

    assert figure(saved(book(change))) == (("61", "") if is_seen else ("", "61"))


def test_rows_and_columns_too_small_for_letters_are_not_seen() -> None:
    def low(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].height = 0.75

    def narrow(sheet: Worksheet) -> None:
        sheet.column_dimensions["B"].width = 0.1

    low_row = in_xml().replace(
        b"<Row><Cell><Data ss:Type='String'>\xe4\xb8\x99", b"<Row ss:Height='0.75'><Cell><Data>x"
    )
    narrow_column = in_xml(more="<Column/><Column ss:Width='0.75'/>")
    texts = [[c.text for c in next(iter(read(d).grids)).cells] for d in (saved(book(low)), low_row)]
    assert texts == [["名称", "甲", "乙", "丁", "4", "5"]] * 2
    texts = [[c.text for c in next(iter(read(d).grids)).cells] for d in (saved(book(narrow)), narrow_column)]
    assert texts == [["名称", "乙", "丙", "61", "丁", "5"]] * 2


def in_part(made: bytes, part: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            assert name != part or content.count(old) == 1
            target.writestr(name, content.replace(old, new) if name == part else content)
    return out.getvalue()


def xls_of_no_size(change: Callable[[xlwt.Worksheet], None]) -> bytes:
    made = xlwt.Workbook()
    sheet = made.add_sheet("a")
    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    change(sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def ods_of_sizes(height: str, width: str) -> bytes:
    styles = (
        f"<style:style style:name='r' style:family='table-row'><style:table-row-properties {height}/></style:style>"
        f"<style:style style:name='c' style:family='table-column'><style:table-column-properties {width}/></style:style>"
    )
    rows = "".join(
        f"<table:table-row table:style-name='{'r' if n == 1 else 'usual'}'>"
        + "".join(f"<table:table-cell><text:p>{v}</text:p></table:table-cell>" for v in row)
        + "</table:table-row>"
        for n, row in enumerate(ROWS)
    )
    columns = "<table:table-column/><table:table-column table:style-name='c'/>"
    return odf(f"<table:table>{columns}{rows}</table:table>", "spreadsheet", styles)


def texts(data: bytes) -> list[str]:
    return [c.text for c in next(iter(read(data).grids)).cells]


SHEET = "xl/worksheets/sheet1.xml"
NO_HEIGHT = {
    "xlsx": lambda: in_part(saved(book()), SHEET, b'<row r="2"', b'<row r="2" ht="0" customHeight="1"'),
    "xls": lambda: xls_of_no_size(lambda s: (setattr(s.row(1), "height", 0), setattr(s.row(1), "height_mismatch", 1))),
    "ods": lambda: ods_of_sizes("style:row-height='0cm' style:use-optimal-row-height='false'", ""),
    "spreadsheetml": lambda: in_xml().replace(
        "<Row><Cell><Data ss:Type='String'>丙".encode(), "<Row ss:Height='0'><Cell><Data ss:Type='String'>丙".encode()
    ),
}
NO_WIDTH = {
    "xlsx": lambda: in_part(
        saved(book()),
        SHEET,
        b"<sheetData>",
        b'<cols><col min="2" max="2" width="0" customWidth="1"/></cols><sheetData>',
    ),
    "xls": lambda: xls_of_no_size(lambda s: setattr(s.col(1), "width", 0)),
    "ods": lambda: ods_of_sizes("", "style:column-width='0cm'"),
    "spreadsheetml": lambda: in_xml(more="<Column/><Column ss:Width='0'/>"),
}


@pytest.mark.parametrize("kind", NO_HEIGHT)
def test_a_row_without_height_is_not_seen(kind: str) -> None:
    assert texts(NO_HEIGHT[kind]()) == ["名称", "甲", "乙", "丁", "4", "5"]


@pytest.mark.parametrize("kind", NO_WIDTH)
def test_a_column_without_width_is_not_seen(kind: str) -> None:
    assert texts(NO_WIDTH[kind]()) == ["名称", "乙", "丙", "61", "丁", "5"]


def test_a_row_as_high_as_its_letters_is_seen_whatever_height_is_noted() -> None:
    made = ods_of_sizes("style:row-height='0cm' style:use-optimal-row-height='true'", "style:column-width='2cm'")
    assert texts(made) == [str(v) for row in ROWS for v in row]


@pytest.mark.parametrize(("flags", "is_seen"), [(0, True), (0x20, False)])
def test_a_binary_row_without_height_is_not_seen_where_its_height_is_set(flags: int, is_seen: bool) -> None:
    def row(height: int, flags: int) -> bytes:
        return struct.pack("<IIHBBBI", 1, 0, height, 0, flags, 0, 0)

    made = in_part(as_xlsb(book()), "xl/worksheets/sheet1.bin", row(300, 0), row(0, flags))
    assert ("丙" in texts(made)) == is_seen


@pytest.mark.parametrize("place", ["name", "header", "footer"])
def test_the_unit_of_a_sheet_is_that_of_its_amounts(place: str) -> None:
    """Where the table prints another one, the figure is doubtful; where it prints none, the sheet's holds."""
    for without in (False, True):
        made = load_workbook(io.BytesIO(hands.xlsx(report())))
        sheet = made.active
        for row in sheet.iter_rows() if without else ():
            for cell in row:
                if isinstance(cell.value, str) and "万元" in cell.value:
                    cell.value = cell.value.replace("（单位：万元）", "").replace("万元", "")
        if place == "name":
            sheet.title = "表二(单位：元)"
        else:
            getattr(sheet, f"odd{place.title()}").center.text = "单位：元"
        found = parse_bytes(saved(made), "report.xlsx")
        codes = {i.code for i in found.issues if i.row_code == "8.fee"}
        units = {f.unit for f in found.facts if f.key[1] == "8.fee"}
        assert (units, codes) == (({"元"}, {"figure-unit"}) if without else ({"万元"}, {"units-differ"}))


def test_the_name_of_a_sheet_without_a_unit_says_nothing() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.title = "政府信息公开年报"

    assert not list(read(saved(book(change))).paragraphs)
    assert [p.text for p in read(in_xml(name="表（万元）")).paragraphs] == ["单位：万元"]
