"""Spreadsheets (.xlsx): the visible sheets in order, rows that touch as grids, lines of text as paragraphs.

A cell's text is what a person sees: the stored value of a formula, a number in its number format.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from lxml import etree
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.document import Block, Document, Grid
from pipeline.marks import OBJECT, Mark, marked
from pipeline.readers.archive import Archive
from pipeline.readers.conditional import ConditionalFormats, fill_of, is_unseen_in
from pipeline.readers.number_format import printed, section_of
from pipeline.readers.pictured import Pictures
from pipeline.readers.refused import Refused
from pipeline.readers.sheet import MAX_CELLS, Sheet, Visible, blocks, merge, unit_line
from pipeline.readers.sheet_looks import LEAST_HEIGHT, LEAST_WIDTH, colour_in, is_unseen
from pipeline.readers.sheet_pictures import Shown, Under, pictures_in_cells, pictures_over, sheets_of, shown

MAX_BYTES = 60_000_000
_LAST_COLUMN = 16_384

# What openpyxl raises on parts that are missing, cut off or hold what the standard does not allow.
_ERRORS = (
    AttributeError,
    EOFError,
    IndexError,
    InvalidFileException,
    KeyError,
    OverflowError,
    ParseError,
    TypeError,
    ValueError,
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", _MAIN[1:-1].encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)
_SHEET = re.compile(r"^/?xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_PICTURE = re.compile(r"^=(?:_xlfn\.)?DISPIMG\((?:\"([^\"]{1,100})\")?")  # how WPS puts a picture into a cell
_XML = re.compile(r"\.(?:xml|rels|vml)$", re.IGNORECASE)


def read(data: bytes) -> Document:
    """The paragraphs and tables of a spreadsheet. Raises `Refused` where it cannot be read."""
    archive = Archive(data)
    if "xl/workbook.xml" not in archive.names:
        raise Refused("not-a-document", "its archive has no workbook")
    found_in = _survey(archive)
    data = _transitional(archive, data)
    book = _open(data, values=True, rich_text=found_in.rich_text)
    formulas = _open(data, values=False) if found_in.uncounted else None
    fonts = _Fonts(book)
    found: list[Block] = []
    visible = (s for s in book.worksheets if s.sheet_state == "visible")
    parts, pictures, in_cells = sheets_of(archive), Pictures(), pictures_in_cells(archive)
    for number, sheet in enumerate(visible, start=1):
        closer = formulas[sheet.title] if formulas else None
        drawn = list(pictures_over(archive, parts.get(sheet.title, "")))
        over = shown(drawn, _under(sheet), pictures.sign) if drawn else Shown({}, ())
        doubled = dict(_left_unread(sheet, found_in.doubled))
        named = dict(_in_cells(sheet, in_cells, pictures)) if in_cells else {}
        laid_out = _laid_out(sheet, closer, fonts, number, over._replace(cells={**over.cells, **named, **doubled}))
        found += unit_line(_title(sheet), number)
        found += blocks(laid_out, sum(isinstance(b, Grid) for b in found))
    return Document("xlsx", pictures.shown(found))


def _title(sheet: Any) -> str:
    """The name of a sheet, with what its pages have above and below."""
    parts = (
        getattr(part, side).text for part in (sheet.oddHeader, sheet.oddFooter) for side in ("left", "center", "right")
    )
    return "\n".join((sheet.title, *(p for p in parts if p)))


def _open(data: bytes, *, values: bool, rich_text: bool = False) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features that are not read
            return load_workbook(BytesIO(data), data_only=values, keep_links=False, rich_text=rich_text)
    except _ERRORS as e:
        raise Refused("damaged", f"its workbook cannot be read ({type(e).__name__})") from e


class _Found(NamedTuple):
    """Cells that need a closer look: formulas without a stored value, texts with only a part struck or raised.

    `doubled` are the places that a sheet writes twice.
    """

    uncounted: bool
    rich_text: bool
    doubled: frozenset[str] = frozenset()


def _survey(archive: Archive) -> _Found:
    """Look through all XML before openpyxl does, whose own reading has no limits."""
    cells = size = 0
    uncounted = rich_text = False
    doubled: set[str] = set()
    for name in archive.names:
        if not _XML.search(name):
            continue
        size += len(archive.part(name) or b"")
        if size > MAX_BYTES:
            raise Refused("too-large", f"more than {MAX_BYTES:,} bytes of XML")
        root = archive.xml(name)
        rich_text = rich_text or (root is not None and next(root.iter("{*}rPr"), None) is not None)
        if root is not None and _SHEET.match(name):
            cells += sum(1 for _ in root.iter("{*}c")) + sum(_area(m.get("ref", "")) for m in root.iter("{*}mergeCell"))
            uncounted = uncounted or any(_has_no_value(f) for f in root.iter("{*}f"))
            doubled |= _written_twice(root)
        if cells > MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
    return _Found(uncounted, rich_text, frozenset(doubled))


def _written_twice(sheet: etree._Element) -> set[str]:
    """The cells that a sheet writes twice: which of the two is shown depends on the program."""
    written = Counter(str(c.get("r")).upper() for c in sheet.iter("{*}c") if c.get("r"))
    return {place for place, times in written.items() if times > 1}


def _has_no_value(formula: etree._Element) -> bool:
    value = formula.getnext()
    return value is None or not value.text


def _area(reference: str) -> int:
    try:
        left, top, right, bottom = range_boundaries(reference)
        return int((right - left + 1) * (bottom - top + 1))
    except (ValueError, TypeError) as e:
        raise Refused("damaged", "it merges an invalid range of cells") from e


def _transitional(archive: Archive, data: bytes) -> bytes:
    """A file of the strict form of the standard with the usual names, which are all that openpyxl knows."""
    if b"purl.oclc.org/ooxml/spreadsheetml" not in (archive.part("xl/workbook.xml") or b""):
        return data
    changed = BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_STORED) as made:
        for name in archive.names:
            content = archive.part(name) or b""
            for strict, usual in _STRICT:
                content = content.replace(strict, usual)
            made.writestr(name, content)
    return changed.getvalue()


def _left_unread(sheet: Any, doubled: frozenset[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """The places of the cells that are written twice, emptied of what openpyxl took."""
    for place, cell in sheet._cells.items() if doubled else ():
        if cell.coordinate in doubled:
            cell.value = None
            yield place, OBJECT


def _in_cells(
    sheet: Any, named: Mapping[str, bytes | None], pictures: Pictures
) -> Iterator[tuple[tuple[int, int], str]]:
    """The places of the cells that show a picture by its name, with what stands for it; the cells are emptied."""
    for place, cell in sheet._cells.items():
        found = _PICTURE.match(cell.value) if isinstance(cell.value, str) else None
        if found and found[1] in named:
            cell.value = None
            yield place, pictures.sign(named[found[1]])


def _under(sheet: Any) -> Under:
    """The cells of a sheet that pictures may cover."""
    cells = sheet._cells.items()
    written = frozenset(place for place, cell in cells if cell.value is not None)
    bordered = frozenset(place for place, cell in cells if _has_border(cell))
    return Under(written, bordered, [m.bounds for m in sheet.merged_cells.ranges])


def _laid_out(sheet: Any, formulas: Any, fonts: _Fonts, number: int, over: Shown) -> Sheet:
    rows = Visible(_hidden_rows(sheet))
    columns = Visible(_hidden_columns(sheet))
    rules = ConditionalFormats(sheet)
    laid_out = Sheet(number, name=sheet.title)
    # The public ways to the cells make all cells up to the last one, which may be the millionth.
    for (stored_row, stored_column), cell in sheet._cells.items():
        if rows.is_hidden(stored_row) or columns.is_hidden(stored_column):
            continue
        place = rows.number(stored_row), columns.number(stored_column)
        shows_zeros = sheet.sheet_view.showZeros is not False
        content = rules.shown(cell, _content(cell, formulas, fonts)) or over.cells.get((stored_row, stored_column), "")
        laid_out.put(place, content, bordered=_has_border(cell), shows_zeros=shows_zeros)
    for row, column in over.cells.keys() - sheet._cells.keys():
        if not rows.is_hidden(row) and not columns.is_hidden(column):
            laid_out.put(
                (rows.number(row), columns.number(column)), over.cells[row, column], bordered=False, shows_zeros=True
            )
    for merged in sheet.merged_cells.ranges:
        merge(laid_out, merged.bounds, rows, columns)
    laid_out.drawn = [(rows.number(row), sign) for row, sign in over.apart]
    return laid_out


def _hidden_rows(sheet: Any) -> set[int]:
    """The rows that are hidden or have no height, by themselves or as all rows without a height of their own."""
    own = sheet.row_dimensions
    hidden = {n for n, d in own.items() if d.hidden or (d.height is not None and d.height < LEAST_HEIGHT)}
    if sheet.sheet_format.zeroHeight:
        hidden |= {row for row, _ in sheet._cells if row not in own or own[row].height is None}
    return hidden


def _hidden_columns(sheet: Any) -> set[int]:
    hidden: set[int] = set()
    reach = 0
    none = (d for d in sheet.column_dimensions.values() if d.hidden or d.width < LEAST_WIDTH)
    for first, last in sorted((d.min or 0, d.max or 0) for d in none):
        hidden.update(range(max(first, reach + 1), min(last, _LAST_COLUMN) + 1))
        reach = max(reach, last)
    return hidden


def _content(cell: Any, formulas: Any, fonts: _Fonts) -> str:
    """The text of a cell between marks where it does not look plain; one sign for what only Excel can work out."""
    value = cell.value
    if value is None and formulas is not None:
        return OBJECT if formulas.cell(cell.row, cell.column).data_type == "f" else ""
    if value is None:
        return ""
    if isinstance(value, CellRichText):
        return "".join(fonts.shown(part, cell) for part in value)
    text = printed(value, cell.number_format or "General")
    if _PICTURE.match(text):
        return OBJECT
    if not text and not isinstance(value, str):
        return marked(str(value), "hidden")  # its format shows nothing: ;;;
    mark = fonts.mark(cell)
    return marked(text, mark) if mark else text


class _Fonts:
    """The fonts and fills of a workbook by their number: which of them let nothing be seen, which mark a text."""

    def __init__(self, book: Any) -> None:
        self._fonts, self._fills = list(book._fonts), list(book._fills)
        self._marks = {n: mark for n, font in enumerate(self._fonts) if (mark := _mark_of_font(font))}
        self._unseen: dict[tuple[int, int], bool] = {}

    def mark(self, cell: Any) -> Mark | None:
        """How the font of a cell marks its text; it is hidden in the colour of the cell."""
        if not cell.has_style:
            return None
        number_format = cell.number_format
        if "[" in number_format and (colour := colour_in(section_of(cell.value, number_format))):
            return "hidden" if is_unseen(colour, fill_of(cell.fill)) else self._marks.get(cell._style.fontId)
        key = cell._style.fontId, cell._style.fillId
        if key not in self._unseen:
            self._unseen[key] = is_unseen_in(self._fonts[key[0]], self._fills[key[1]])
        return "hidden" if self._unseen[key] else self._marks.get(key[0])

    def shown(self, part: Any, cell: Any) -> str:
        """A part of a cell's text, between marks where its font, or else that of the cell, does not show it plainly."""
        mark = self._mark_of_part(part.font, cell) if isinstance(part, TextBlock) else self.mark(cell)
        return marked(str(part), mark) if mark else str(part)

    def _mark_of_part(self, font: Any, cell: Any) -> Mark | None:
        fill = self._fills[cell._style.fillId] if cell.has_style else None
        return "hidden" if is_unseen_in(font, fill) else _mark_of_font(font)


def _mark_of_font(font: Any) -> Mark | None:
    if getattr(font, "strike", None):
        return "struck"
    aligned = getattr(font, "vertAlign", None)
    return "raised" if aligned == "superscript" else "lowered" if aligned == "subscript" else None


def _has_border(cell: Any) -> bool:
    if not cell.has_style:
        return False
    border = cell.border
    return any(side is not None and side.style for side in (border.left, border.right, border.top, border.bottom))
