"""Write a drawn spreadsheet as an old one: the same cells, formats, borders, merged and hidden parts."""

from __future__ import annotations

import io

import xlwt
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.model import Form
from tests.readers.draw_xlsx import XlsxStyle, workbook
from tests.render import Figures

_STATES = {"visible": 0, "hidden": 1, "veryHidden": 2}


def xls_report(form: Form, figures: Figures, style: XlsxStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is left blank."""
    return as_xls(workbook(form, figures, style or XlsxStyle()))


def as_xls(book: Workbook) -> bytes:
    """The workbook in the format of Excel 97."""
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
