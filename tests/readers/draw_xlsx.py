"""Draw reports as spreadsheets: the same pages as the Word documents of `draw_docx`, cell by cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from openpyxl import Workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Border, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.model import Form
from tests.readers.draw_docx import Box, drawn_table
from tests.render import HEADINGS, TITLE, Figures

LINE = Side(style="thin")
LINES = Border(LINE, LINE, LINE, LINE)


@dataclass
class XlsxStyle:
    """How the report is spread over sheets and cells."""

    value: Callable[[str], object] = lambda text: int(text) if text.isdecimal() else text or None
    number_format: str = "General"
    borders: bool = True
    merges: bool = True
    gap: int = 0  # blank rows around a table
    sheet_each: bool = False
    wide_headings: bool = False  # merged over the whole width
    at: tuple[int, int] = (1, 1)


def xlsx_report(form: Form, figures: Figures, style: XlsxStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is left blank."""
    return saved(workbook(form, figures, style or XlsxStyle()))


def workbook(form: Form, figures: Figures, s: XlsxStyle) -> Workbook:
    book = Workbook()
    sheet = book.active
    tables = {t.number: drawn_table(t, figures) for t in form.tables}
    row = _text(sheet, s.at[0], TITLE, s)
    for number, heading in HEADINGS.items():
        if s.sheet_each and number > 1:
            sheet, row = book.create_sheet(), s.at[0]
        row = _text(sheet, row, heading, s)
        if number in tables:
            row = _table(sheet, row + s.gap, tables[number], s) + s.gap
        else:
            row = _text(sheet, row, "2024 年公开政府信息 385 条。", s)
    return book


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet: Worksheet, row: int, text: str, s: XlsxStyle) -> int:
    sheet.cell(row, s.at[1], text)
    if s.wide_headings:
        sheet.merge_cells(start_row=row, end_row=row, start_column=s.at[1], end_column=s.at[1] + 15)
    return row + 1


def _table(sheet: Worksheet, top: int, rows: list[list[Box]], s: XlsxStyle) -> int:
    for depth, boxes in enumerate(rows):
        for box in boxes:
            _box(sheet, top + depth, s.at[1] + box.col, box, s)
    return top + len(rows)


def _box(sheet: Worksheet, row: int, column: int, box: Box, s: XlsxStyle) -> None:
    cell = sheet.cell(row, column)
    cell.value = s.value(box.text) if box.figure else box.text
    if box.figure:
        cell.number_format = s.number_format
    lay_over(sheet, (row, column), (box.height, box.width), lines_of(sheet) if s.borders else 0, merges=s.merges)


def lines_of(sheet: Worksheet) -> int:
    """The number by which cells are drawn with lines on all sides."""
    return int(sheet.parent._borders.add(LINES))


def lay_over(
    sheet: Worksheet, first: tuple[int, int], spans: tuple[int, int], lines: int, *, merges: bool = True
) -> None:
    """Lets a cell cover the places right of it and below, each with its own lines; 0 draws none.

    openpyxl would work out the borders of each merged area, which takes most of the time of a file.
    """
    (row, column), (height, width) = first, spans
    for place in product(range(row, row + height), range(column, column + width)):
        if merges and place != first:
            sheet._cells[place] = MergedCell(sheet, *place)
        if lines:
            cell = sheet.cell(*place)
            cell._style = cell._style or StyleArray()
            cell._style.borderId = lines
    if merges and (height, width) != (1, 1):
        ends = [f"{get_column_letter(c)}{r}" for r, c in (first, (row + height - 1, column + width - 1))]
        sheet.merged_cells.add(":".join(ends))
