"""Write a drawn spreadsheet as a binary one, record by record: the same cells, formats, borders, merged and hidden parts."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.model import Form
from tests.readers.draw_xlsx import XlsxStyle, workbook
from tests.render import Figures

_STATES = {"visible": 0, "hidden": 1, "veryHidden": 2}
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>{}</Types>'
)
_OVERRIDE = '<Override PartName="/xl/{}.bin" ContentType="application/vnd.ms-excel.{}"/>'
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_RELATION = (
    '<Relationship Id="{}" Target="{}" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"/>'
)  # fmt: skip


def xlsb_report(form: Form, figures: Figures, style: XlsxStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is left blank."""
    return as_xlsb(workbook(form, figures, style or XlsxStyle()))


def as_xlsb(book: Workbook) -> bytes:
    """The workbook in the binary format of Excel 2007."""
    strings: dict[str, int] = {}
    looks: dict[tuple[str, bool, bool], int] = {("General", False, False): 0}
    parts = {f"worksheets/sheet{n}": _sheet(s, strings, looks) for n, s in enumerate(book.worksheets, start=1)}
    overrides = [_OVERRIDE.format(name, "worksheet") for name in parts]
    related = [_RELATION.format(f"rId{n}", f"{name}.bin", "worksheet") for n, name in enumerate(parts, start=1)]
    for name, kind in (("sharedStrings", "sharedStrings"), ("styles", "styles")):
        overrides.append(_OVERRIDE.format(name, kind))
        related.append(_RELATION.format(name, f"{name}.bin", kind))
    parts |= {"workbook": _book(book), "sharedStrings": _shared(strings), "styles": _styles(list(looks))}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", _TYPES.format("".join(overrides)))
        made.writestr("_rels/.rels", _RELATIONS.format(_RELATION.format("rId1", "xl/workbook.bin", "officeDocument")))
        made.writestr("xl/_rels/workbook.bin.rels", _RELATIONS.format("".join(related)))
        for name, content in parts.items():
            made.writestr(f"xl/{name}.bin", content)
    return out.getvalue()


def with_drawing(data: bytes, drawn: bytes) -> bytes:
    """The first sheet of a file with the drawing of a sheet of Excel 2007."""
    out, (file, other) = io.BytesIO(), (zipfile.ZipFile(io.BytesIO(content)) for content in (data, drawn))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in file.namelist():
            content = file.read(name)
            if name == "xl/worksheets/sheet1.bin":
                content = content.removesuffix(record(130)) + record(550, _text("rId7")) + record(130)
            made.writestr(name, content)
        for name in other.namelist():
            if name.startswith(("xl/drawings/", "xl/media/")):
                made.writestr(name, other.read(name))
        relation = _RELATION.format("rId7", "../drawings/drawing1.xml", "drawing")
        made.writestr("xl/worksheets/_rels/sheet1.bin.rels", _RELATIONS.format(relation))
    return out.getvalue()


def record(number: int, content: bytes = b"") -> bytes:
    return _varying(number) + _varying(len(content)) + content


def _varying(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def _book(book: Workbook) -> bytes:
    sheets = b"".join(
        record(156, struct.pack("<II", _STATES[s.sheet_state], n) + _text(f"rId{n}") + _text(s.title))
        for n, s in enumerate(book.worksheets, start=1)
    )
    return record(131) + record(143) + sheets + record(144) + record(132)


def _shared(strings: dict[str, int]) -> bytes:
    items = b"".join(record(19, b"\0" + _text(s)) for s in strings)
    return record(159, struct.pack("<II", len(strings), len(strings))) + items + record(160)


def _styles(looks: list[tuple[str, bool, bool]]) -> bytes:
    formats = b"".join(record(44, struct.pack("<H", 164 + n) + _text(look[0])) for n, look in enumerate(looks))
    plain = struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 0, 134, 0) + bytes(8) + b"\0" + _text("Calibri")
    struck = struct.pack("<HHHHBBBB", 220, 8, 400, 0, 0, 0, 134, 0) + bytes(8) + b"\0" + _text("Calibri")
    fonts = record(611, struct.pack("<I", 2)) + record(43, plain) + record(43, struck) + record(612)
    fills = record(603, struct.pack("<I", 1)) + record(45, bytes(68)) + record(604)
    line, none = b"\x01\0" + bytes(8), bytes(10)
    borders = record(613, struct.pack("<I", 2))
    borders += record(46, b"\0" + none * 5) + record(46, b"\0" + line * 4 + none) + record(614)
    base = (
        record(626, struct.pack("<I", 1))
        + record(47, struct.pack("<HHHHHBBHB", 0xFFFF, 0, 0, 0, 0, 0, 0, 0, 0) + b"\0")
        + record(627)
    )
    cells = b"".join(
        record(47, struct.pack("<HHHHHBBHBB", 0, 164 + n, int(look[2]), 0, int(look[1]), 0, 0, 0, 0, 0))
        for n, look in enumerate(looks)
    )
    used = record(617, struct.pack("<I", len(looks))) + cells + record(618)
    return (
        record(278) + record(615, struct.pack("<I", len(looks))) + formats + record(616) + fonts + fills + borders
        + base + used + record(279)
    )  # fmt: skip


def _sheet(sheet: Worksheet, strings: dict[str, int], looks: dict[tuple[str, bool, bool], int]) -> bytes:
    zeros = 0x10 if sheet.sheet_view.showZeros is not False else 0
    view = struct.pack("<HIIIBBHHHHI", 0x04CC | zeros, 0, 0, 0, 64, 0, 0, 100, 0, 0, 0)
    size = struct.pack("<IIII", 0, sheet.max_row - 1, 0, sheet.max_column - 1)
    out = [
        record(129),
        record(148, size),
        record(133),
        record(137, view),
        record(138),
        record(134),
        _columns(sheet),
        record(145),
    ]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        hidden = 0x10 if sheet.row_dimensions[number].hidden else 0
        out.append(record(0, struct.pack("<IIHBBBI", number - 1, 0, 300, 0, hidden, 0, 0)))
        for cell in row:
            if isinstance(cell, Cell) and (cell.value is not None or cell.has_style):
                look = cell.number_format, bool(cell.border.left.style), bool(cell.font.strike)
                out.append(_cell(cell, strings, looks.setdefault(look, len(looks))))
    out.append(record(146))
    areas = [
        struct.pack("<IIII", a.min_row - 1, a.max_row - 1, a.min_col - 1, a.max_col - 1)
        for a in sheet.merged_cells.ranges
    ]
    if areas:
        out += [record(177, struct.pack("<I", len(areas))), *(record(176, a) for a in areas), record(178)]
    return b"".join([*out, record(130)])


def _columns(sheet: Worksheet) -> bytes:
    hidden = [column_index_from_string(c) - 1 for c, d in sheet.column_dimensions.items() if d.hidden]
    found = [record(60, struct.pack("<IIIIH", c, c, 2304, 0, 1)) for c in hidden]
    return b"".join([record(390), *found, record(391)]) if found else b""


def _cell(cell: Cell, strings: dict[str, int], style: int) -> bytes:
    place = struct.pack("<II", cell.column - 1, style)
    match cell.value:
        case None:
            return record(1, place)
        case bool(value):
            return record(4, place + bytes([value]))
        case int(value) if -(2**29) <= value < 2**29:
            return record(2, place + struct.pack("<I", (value << 2 | 2) & 0xFFFFFFFF))
        case int(value) | float(value):
            return record(5, place + struct.pack("<d", value))
        case datetime() as value:
            return record(5, place + struct.pack("<d", to_excel(value)))
        case value:
            return record(7, place + struct.pack("<I", strings.setdefault(str(value), len(strings))))
