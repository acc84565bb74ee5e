"""Write a drawn spreadsheet as an old one: the same cells, formats, borders, merged and hidden parts."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence

import xlwt
from olefile import OleFileIO
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.model import Form
from tests.readers.draw_ole import art, drawing, entry, group, ole, shape
from tests.readers.draw_xlsx import XlsxStyle, workbook
from tests.render import Figures

_STATES = {"visible": 0, "hidden": 1, "veryHidden": 2}


def xls_report(form: Form, figures: Figures, style: XlsxStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is left blank."""
    return as_xls(workbook(form, figures, style or XlsxStyle()))


def as_xls(book: Workbook, bitmaps: Sequence[tuple[Corners, bytes]] = ()) -> bytes:
    """The workbook in the format of Excel 97; bitmaps over its first sheet stand as in that of Excel 5."""
    made = xlwt.Workbook(encoding="utf-8")
    looks: dict[tuple[str, bool, bool], xlwt.XFStyle] = {}
    for sheet in book.worksheets:
        page = made.add_sheet(sheet.title)
        page.visibility = _STATES[sheet.sheet_state]
        page.show_zero_values = sheet.sheet_view.showZeros is not False
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell, Cell) and (cell.value is not None or cell.has_style):
                    look = cell.number_format, bool(cell.border.left.style), bool(cell.font.strike)
                    page.write(cell.row - 1, cell.column - 1, cell.value, looks.setdefault(look, _style(*look)))
        _areas(sheet, page)
    for (top, left, _, right), data in bitmaps:
        wide = 0.1 if right == left else 4 * (right - left)
        made.get_sheet(0).insert_bitmap_data(data, top - 1, left - 1, scale_x=wide, scale_y=0.1)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _areas(sheet: Worksheet, page: xlwt.Worksheet) -> None:
    for area in sheet.merged_cells.ranges:
        page.merged_ranges.append((area.min_row - 1, area.max_row - 1, area.min_col - 1, area.max_col - 1))
    for number, row in sheet.row_dimensions.items():
        page.row(number - 1).hidden = bool(row.hidden)
    for letter, column in sheet.column_dimensions.items():
        page.col(column_index_from_string(letter) - 1).hidden = bool(column.hidden)


def _style(number_format: str, bordered: bool, struck: bool) -> xlwt.XFStyle:
    style = xlwt.XFStyle()
    style.num_format_str = number_format
    style.font.struck_out = struck
    if bordered:
        for side in ("left", "right", "top", "bottom"):
            setattr(style.borders, side, xlwt.Borders.THIN)
    return style


Corners = tuple[int, int, int, int]
"""The first row and column of a picture, and those in which it ends, from 1."""


def with_pictures(data: bytes, pictures: Sequence[tuple[Corners, bytes]]) -> bytes:
    """The first sheet of a file with pictures over its cells."""
    with OleFileIO(io.BytesIO(data)) as file:
        records = list(_records(file.openstream("Workbook").read()))
    store = group([entry(picture) for _, picture in pictures])
    shapes = [shape(100 + n, n, art(0xF010, _anchor(at))) for n, (at, _) in enumerate(pictures, start=1)]
    ends = [n for n, (kind, _) in enumerate(records) if kind == 0x0A]
    records[ends[1] : ends[1]] = list(_cut(0xEC, drawing(*shapes)))
    records[ends[0] : ends[0]] = list(_cut(0xEB, store))
    return ole(Workbook=_written(records))


def _anchor(corners: Corners) -> bytes:
    top, left, bottom, right = corners
    return struct.pack("<9H", 2, left - 1, 10, top - 1, 10, right - 1, 900, bottom - 1, 200)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _cut(kind: int, content: bytes, longest: int = 8224) -> Iterator[tuple[int, bytes]]:
    """A content in as many records as it needs."""
    for at in range(0, len(content), longest):
        yield (0x3C if at else kind), content[at : at + longest]


def _written(records: Sequence[tuple[int, bytes]]) -> bytes:
    """The records with the places of the sheets, which have moved."""
    at, places = 0, []
    for kind, content in records:
        places += [at] * (kind == 0x809)
        at += 4 + len(content)
    sheets = iter(places[1:])
    out = b""
    for kind, content in records:
        if kind == 0x85:
            content = struct.pack("<I", next(sheets)) + content[4:]
        out += struct.pack("<HH", kind, len(content)) + content
    return out
