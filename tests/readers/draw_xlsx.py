"""Draw reports as spreadsheets: the same pages as the Word documents of `draw_docx`, cell by cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.model import Form
from tests.readers.draw_docx import Box, drawn_table
from tests.render import HEADINGS, TITLE, Figures

LINE = Side(style="thin")


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
    bottom, right = row + box.height - 1, column + box.width - 1
    if s.borders:
        for covered in (sheet.cell(r, c) for r in range(row, bottom + 1) for c in range(column, right + 1)):
            assert isinstance(covered, Cell)
            covered.border = Border(LINE, LINE, LINE, LINE)
    if s.merges and (bottom, right) != (row, column):
        sheet.merge_cells(start_row=row, start_column=column, end_row=bottom, end_column=right)
