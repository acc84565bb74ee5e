"""Old spreadsheets (.xls, .et of WPS): the cells of Excel 5 to 2003 as xlrd decodes them, with what is hidden."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from typing import Any

import xlrd

from pipeline.document import Document
from pipeline.marks import OBJECT, Mark, marked
from pipeline.readers.archive import OLE_ERRORS, ole_stream, open_ole
from pipeline.readers.number_format import printed, section_of
from pipeline.readers.pictured import Pictures
from pipeline.readers.refused import Refused
from pipeline.readers.sheet import MAX_CELLS, Bounds, Stored, StoredCell, document
from pipeline.readers.sheet_looks import LEAST_HEIGHT, LEAST_WIDTH, SYSTEM, colour_in, is_unseen
from pipeline.readers.sheet_pictures import with_pictures
from pipeline.readers.word.shades import UNKNOWN
from pipeline.readers.xls_pictures import pictures_over

MAX_BYTES = 60_000_000
_VISIBLE = 0
_SOLID = 1
_STREAMS = ("Workbook", "Book")
_ESCAPEMENTS: Mapping[int, Mark] = {1: "raised", 2: "lowered"}
_BEGIN = b"\x09\x08"  # the first record of a workbook since Excel 5
# What xlrd raises on records that are missing, cut off or contradict each other.
_ERRORS = (
    xlrd.XLRDError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
    struct.error,
)


def read(data: bytes) -> Document:
    """The paragraphs and tables of an old spreadsheet. Raises `Refused` where it cannot be read."""
    pictures = Pictures()
    laid_out = document("xls", stored(data, pictures.sign))
    return replace(laid_out, blocks=pictures.shown(laid_out.blocks))


def stored(data: bytes, sign: Callable[[bytes | None], str] = lambda _: OBJECT) -> Iterator[Stored]:
    """The visible sheets as stored, rows and columns from 0; `sign` gives what stands for a picture.

    Raises `Refused` as `read` does.
    """
    stream = _stream(data)
    book, over = _book(stream), pictures_over(stream)
    for number, sheet in enumerate(book.sheets()):
        if sheet.visibility == _VISIBLE:
            yield with_pictures(_stored(book, sheet), over.get(number, ()), sign)


def _book(stream: bytes) -> Any:
    """The workbook with its formats, as xlrd decodes it. Raises `Refused` where it cannot."""
    try:
        return xlrd.open_workbook(file_contents=stream, logfile=StringIO(), formatting_info=True, ragged_rows=True)
    except _ERRORS as e:
        if "encrypted" in str(e):
            raise Refused("encrypted") from e
        raise Refused("damaged", f"its workbook cannot be read ({type(e).__name__})") from e


def _stream(data: bytes) -> bytes:
    """The records of the workbook. The container is not for xlrd to open, which follows its chains without an end."""
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of an old spreadsheet")
    try:
        with open_ole(data) as ole:
            found = next((s for name in _STREAMS if (s := ole_stream(ole, name, len(data)))), b"")
    except OLE_ERRORS as e:
        raise Refused("damaged", "its container cannot be opened") from e
    if not found.startswith(_BEGIN):
        raise Refused("damaged", "its workbook does not begin as one")
    return found


def _stored(book: Any, sheet: Any) -> Stored:
    rows = range(sheet.nrows)
    if sum(map(sheet.row_len, rows)) > MAX_CELLS:
        raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
    try:
        cells = [_cell(book, sheet, row, column) for row in rows for column in range(sheet.row_len(row))]
    except _ERRORS as e:
        raise Refused("damaged", f"its cells cannot be read ({type(e).__name__})") from e
    return Stored(
        cells,
        frozenset(n for n, row in sheet.rowinfo_map.items() if row.hidden or row.height < 20 * LEAST_HEIGHT),
        frozenset(n for n, column in sheet.colinfo_map.items() if column.hidden or column.width < 256 * LEAST_WIDTH),
        [_bounds(*merged) for merged in sheet.merged_cells],
        bool(sheet.show_zero_values),
        sheet.name,
    )


def _bounds(top: int, below: int, left: int, behind: int) -> Bounds:
    return left, top, behind - 1, below - 1


def _cell(book: Any, sheet: Any, row: int, column: int) -> StoredCell:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    style = book.xf_list[sheet.cell_xf_index(row, column)] if kind != xlrd.XL_CELL_EMPTY else None
    if style is None:
        return StoredCell(row, column, "")
    text = _text(book, kind, value, style)
    fill, bordered = _fill(book, style.background), _has_border(style.border)
    of_format = colour_in(section_of(value, book.format_map[style.format_key].format_str))
    if of_format and is_unseen(of_format, fill):
        return StoredCell(row, column, marked(text, "hidden"), bordered)
    runs = sheet.rich_text_runlist_map.get((row, column), ())
    return StoredCell(row, column, _marked(book, text, style, fill, runs), bordered)


def _marked(book: Any, text: str, style: Any, fill: str | None, runs: Sequence[tuple[int, int]]) -> str:
    """A text whose runs each have a font; what comes before the first has that of the style."""
    starts = [(0, style.font_index), *runs]
    ends = [at for at, _ in starts[1:]] + [len(text)]
    return "".join(
        _in_font(book, book.font_list[font], fill, text[at:end]) if font < len(book.font_list) else text[at:end]
        for (at, font), end in zip(starts, ends, strict=True)
    )


def _in_font(book: Any, font: Any, fill: str | None, text: str) -> str:
    if is_unseen(_colour(book, font.colour_index), fill, font.height / 20):
        return marked(text, "hidden")
    if font.escapement in _ESCAPEMENTS:
        text = marked(text, _ESCAPEMENTS[font.escapement])
    return marked(text, "struck") if font.struck_out else text


def _fill(book: Any, background: Any) -> str | None:
    """The colour behind a cell, None where there is none."""
    if background.fill_pattern == _SOLID:
        return _colour(book, background.pattern_colour_index)
    return UNKNOWN if background.fill_pattern else None


def _colour(book: Any, number: int) -> str:
    parts = book.colour_map.get(number)
    return "".join(f"{part:02X}" for part in parts) if parts else SYSTEM.get(number, UNKNOWN)


def _text(book: Any, kind: int, value: Any, style: Any) -> str:
    """What a cell shows."""
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        number_format = book.format_map[style.format_key].format_str
        return printed(_moment(book, value) if kind == xlrd.XL_CELL_DATE else value, number_format)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return printed(bool(value), "")
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#N/A"))
    return str(value)


def _moment(book: Any, value: float) -> object:
    """The day or moment that a number stands for; the number where there is none."""
    try:
        return xlrd.xldate.xldate_as_datetime(value, book.datemode)
    except (xlrd.xldate.XLDateError, ArithmeticError, ValueError):
        return value


def _has_border(border: Any) -> bool:
    styles = (border.left_line_style, border.right_line_style, border.top_line_style, border.bottom_line_style)
    return any(styles)
