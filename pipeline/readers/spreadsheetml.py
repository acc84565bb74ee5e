"""Spreadsheets in the XML of Excel 2003, mostly named .xls or .xml: the visible sheets, formats, merged areas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from lxml import etree

from pipeline.document import Document
from pipeline.marks import Mark, marked
from pipeline.readers.archive import xml
from pipeline.readers.number_format import printed, section_of
from pipeline.readers.refused import Refused
from pipeline.readers.sheet import MAX_CELLS, Bounds, Stored, StoredCell, document
from pipeline.readers.sheet_looks import LEAST_HEIGHT, colour_in, hex_of, is_unseen
from pipeline.readers.word.shades import UNKNOWN

MAX_BYTES = 60_000_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_MOST_PARENTS = 20
_LEAST_WIDTH = 2.5  # points: a narrower column shows nothing
_SS = "urn:schemas-microsoft-com:office:spreadsheet"
_X = "urn:schemas-microsoft-com:office:excel"
_HTML = "{http://www.w3.org/TR/REC-html40}"
# Excel's names of some formats; any other name is a format written out.
_FORMATS = MappingProxyType(
    {
        "General Number": "General",
        "Fixed": "0.00",
        "Standard": "#,##0.00",
        "Percent": "0.00%",
        "Long Date": 'yyyy"年"m"月"d"日"',
    }
)
_LOOKS: Mapping[str, Mark] = MappingProxyType({"S": "struck", "Sup": "raised", "Sub": "lowered"})
_SCRIPTS: Mapping[str, Mark] = MappingProxyType({"Superscript": "raised", "Subscript": "lowered"})


def _s(name: str) -> str:
    return f"{{{_SS}}}{name}"


_ROW, _COLUMN, _CELL, _DATA = _s("Row"), _s("Column"), _s("Cell"), _s("Data")


def read(data: bytes) -> Document:
    """The paragraphs and tables of a spreadsheet. Raises `Refused` where it cannot be read."""
    return document("spreadsheetml", stored(data))


def stored(data: bytes) -> Iterator[Stored]:
    """The visible sheets as stored, rows and columns from 1. Raises `Refused` as `read` does."""
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of XML")
    root = xml(data, "workbook")
    styles = _Styles({_get(s, "ID"): s for s in root.iterfind(f"{_s('Styles')}/{_s('Style')}")})
    for sheet in root.iterchildren(_s("Worksheet")):
        options = sheet.find(f"{{{_X}}}WorksheetOptions")
        shown = "SheetVisible" if options is None else options.findtext(f"{{{_X}}}Visible", "SheetVisible")
        table = sheet.find(_s("Table"))
        if shown == "SheetVisible" and table is not None:
            zeros = options is None or options.find(f"{{{_X}}}DoNotDisplayZeros") is None
            yield replace(_Sheet(styles).read(table, zeros), title=_title(sheet, options))


def _title(sheet: etree._Element, options: etree._Element | None) -> str:
    """The name of a sheet, with what its pages have above and below."""
    around = () if options is None else options.iter(f"{{{_X}}}Header", f"{{{_X}}}Footer")
    return "\n".join((_get(sheet, "Name"), *(e.get(f"{{{_X}}}Data", "") for e in around)))


def _get(element: etree._Element, name: str, otherwise: str = "") -> str:
    """An attribute, with its namespace or, as some programs write it, without."""
    return element.get(_s(name)) or element.get(name) or otherwise


def _is_less(element: etree._Element, name: str, than: float) -> bool:
    """True for a size that is given and is less than some points."""
    try:
        return float(_get(element, name, "inf")) < than
    except ValueError:
        return False


def _number(element: etree._Element, name: str, otherwise: int, most: int) -> int:
    value = _get(element, name)
    return min(int(value), most) if value.isdecimal() and len(value) < 9 else otherwise


@dataclass(frozen=True, slots=True)
class _Style:
    """How a cell looks: its number format, how it shows its text, whether a border is drawn."""

    number_format: str = "General"
    marks: tuple[Mark, ...] = ()
    bordered: bool = False
    letters: str | None = None
    fill: str | None = None
    size: float | None = None


@dataclass(slots=True)
class _Styles:
    """The styles of a workbook by name; a parent supplies what a style leaves open."""

    elements: Mapping[str, etree._Element]
    _known: dict[str, _Style] = field(default_factory=dict)

    def style(self, name: str) -> _Style:
        """The style of a name; the default style where there is no such name."""
        if name not in self._known:
            self._known[name] = self._made(name if name in self.elements else "Default")
        return self._known[name]

    def _made(self, name: str) -> _Style:
        number_format = _get_of(self._part(name, "NumberFormat"), "Format", "General")
        font = self._part(name, "Font")
        script = _SCRIPTS.get(_get_of(font, "VerticalAlign", ""))
        struck: tuple[Mark, ...] = ("struck",) if _get_of(font, "StrikeThrough", "0") == "1" else ()
        borders = self._part(name, "Borders")
        lines = () if borders is None else borders.iterchildren(_s("Border"))
        return _Style(
            _FORMATS.get(number_format, number_format),
            (*struck, *((script,) if script else ())),
            any(_get(line, "LineStyle", "None") != "None" for line in lines),
            _colour(font),
            _fill(self._part(name, "Interior")),
            _size(font),
        )

    def _part(self, name: str, part: str) -> etree._Element | None:
        """The part of a style or of one above it that has any attribute or content."""
        for _ in range(_MOST_PARENTS):
            style = self.elements.get(name)
            if style is None:
                return None
            found = style.find(_s(part))
            if found is not None and (found.attrib or len(found)):
                return found
            name = _get(style, "Parent")
        return None


def _colour(element: etree._Element | None) -> str | None:
    written = _get_of(element, "Color", "Automatic")
    return None if written == "Automatic" else hex_of(written)


def _fill(interior: etree._Element | None) -> str | None:
    """The colour behind a cell, None where there is none."""
    pattern = _get_of(interior, "Pattern", "None")
    return None if pattern == "None" else _colour(interior) if pattern == "Solid" else UNKNOWN


def _size(font: etree._Element | None) -> float | None:
    try:
        return float(_get_of(font, "Size", ""))
    except ValueError:
        return None


def _get_of(element: etree._Element | None, name: str, otherwise: str) -> str:
    return otherwise if element is None else _get(element, name, otherwise)


@dataclass(slots=True)
class _Sheet:
    """A sheet being read: its cells, what it hides and merges, the styles of its columns."""

    styles: _Styles
    cells: list[StoredCell] = field(default_factory=list)
    merged: list[Bounds] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    column_styles: dict[int, str] = field(default_factory=dict)

    def read(self, table: etree._Element, shows_zeros: bool) -> Stored:
        """Read the columns, then the rows; each may say at which place it stands."""
        column = row = 0
        for element in table.iterchildren(_COLUMN, _ROW):
            if element.tag == _COLUMN:
                column = self._column(element, column)
            else:
                row = self._row(element, row)
        hidden = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        return Stored(self.cells, *hidden, self.merged, shows_zeros)

    def _column(self, element: etree._Element, before: int) -> int:
        first = _number(element, "Index", before + 1, _LAST_COLUMN)
        last = min(first + _number(element, "Span", 0, _LAST_COLUMN), _LAST_COLUMN)
        if _get(element, "Hidden") == "1" or _is_less(element, "Width", _LEAST_WIDTH):
            self.hidden_columns.update(range(first, last + 1))
        if style := _get(element, "StyleID"):
            self.column_styles.update(dict.fromkeys(range(first, last + 1), style))
        return last

    def _row(self, element: etree._Element, before: int) -> int:
        first = _number(element, "Index", before + 1, _LAST_ROW)
        last = min(first + _number(element, "Span", 0, MAX_CELLS), _LAST_ROW)
        if _get(element, "Hidden") == "1" or _is_less(element, "Height", LEAST_HEIGHT):
            self.hidden_rows.update(range(first, last + 1))
        column = 0
        for cell in element.iterchildren(_CELL):
            column = self._cell(cell, first, column, _get(element, "StyleID"))
        if len(self.cells) + len(self.hidden_rows) > 2 * MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
        return last

    def _cell(self, cell: etree._Element, row: int, before: int, of_row: str) -> int:
        """Take a cell; the last column that it covers."""
        column = _number(cell, "Index", before + 1, _LAST_COLUMN)
        across, down = _number(cell, "MergeAcross", 0, _LAST_COLUMN), _number(cell, "MergeDown", 0, _LAST_ROW)
        style = self.styles.style(_get(cell, "StyleID") or of_row or self.column_styles.get(column, "Default"))
        self.cells.append(StoredCell(row, column, _text(cell, style), style.bordered))
        if across or down:
            self.merged.append((column, row, column + across, row + down))
        return column + across


def _text(cell: etree._Element, style: _Style) -> str:
    """The text that a cell shows, marked as its style and the parts of its text say."""
    data = cell.find(_DATA)
    if data is None:
        return ""
    kind = _get(data, "Type", "String")
    content = _content(data, style) if len(data) else data.text or ""
    letters = _of_format(kind, content, style.number_format) or style.letters
    if kind == "Number":
        content = _printed(content, style.number_format)
    elif kind == "DateTime":
        content = _moment(content, style.number_format)
    elif kind == "Boolean":
        content = printed(content == "1", style.number_format)
    if not len(data) and is_unseen(letters, style.fill, style.size):
        return marked(content, "hidden")
    for mark in style.marks:
        content = marked(content, mark)
    return content


def _of_format(kind: str, content: str, number_format: str) -> str | None:
    """The colour that a number format gives to a number."""
    try:
        return colour_in(section_of(float(content), number_format)) if kind == "Number" else None
    except ValueError:
        return None


def _content(element: etree._Element, style: _Style) -> str:
    """The text inside an element; parts of it may be struck, raised or lowered, or not be seen."""
    pieces = [_seen(element.text, style)]
    for child in element:
        inside = _content(child, _with_font(child, style))
        mark = _LOOKS.get(etree.QName(child).localname)
        pieces += [marked(inside, mark) if mark else inside, _seen(child.tail, style)]
    return "".join(pieces)


def _seen(text: str | None, style: _Style) -> str:
    return marked(text or "", "hidden") if is_unseen(style.letters, style.fill, style.size) else text or ""


def _with_font(part: etree._Element, style: _Style) -> _Style:
    """The style of a cell with the colour and the size that a part of its text has."""
    colour, size = part.get(f"{_HTML}Color"), part.get(f"{_HTML}Size", "")
    if colour:
        style = replace(style, letters=hex_of(colour))
    return replace(style, size=float(size)) if size.replace(".", "", 1).isdecimal() else style


def _printed(content: str, number_format: str) -> str:
    try:
        return printed(float(content), number_format)
    except ValueError:  # written by hand
        return content


def _moment(content: str, number_format: str) -> str:
    try:
        return printed(datetime.fromisoformat(content), number_format)
    except ValueError:
        return content
