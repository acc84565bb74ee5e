"""OpenDocument spreadsheets: the visible sheets, each cell with the text that it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from pipeline.document import Document
from pipeline.marks import OBJECT, marked
from pipeline.readers.number_format import printed
from pipeline.readers.odf.inline import BOX, FRAME, Inline
from pipeline.readers.odf.over import HEIGHT, WIDTH, Run, pictures_over, points
from pipeline.readers.odf.package import OFFICE, STYLE, TABLE, TEXT, Styles, package
from pipeline.readers.pictured import Pictures
from pipeline.readers.refused import Refused
from pipeline.readers.sheet import MAX_CELLS, Bounds, Stored, StoredCell, document
from pipeline.readers.sheet_looks import LEAST_HEIGHT
from pipeline.readers.sheet_pictures import with_pictures

_P = f"{{{TEXT}}}p"
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LEAST_WIDTH = 2.5  # points: a narrower column shows nothing
_NOT_SHOWN = frozenset({"collapse", "filter"})


def _t(name: str) -> str:
    return f"{{{TABLE}}}{name}"


_TABLE, _ROW, _COLUMN = _t("table"), _t("table-row"), _t("table-column")
_CELL, _COVERED = _t("table-cell"), _t("covered-table-cell")
_STYLE_NAME, _DEFAULT_STYLE = _t("style-name"), _t("default-cell-style-name")
_GROUPS = frozenset(
    _t(f"table-{n}") for n in ("header-rows", "rows", "row-group", "header-columns", "columns", "column-group")
)


def read(data: bytes) -> Document:
    """The paragraphs and tables of an OpenDocument spreadsheet. Raises `Refused` where it cannot be read."""
    pictures = Pictures()
    laid_out = document("ods", stored(data, pictures.sign))
    return replace(laid_out, blocks=pictures.shown(laid_out.blocks))


def stored(data: bytes, sign: Callable[[bytes | None], str] = lambda _: OBJECT) -> Iterator[Stored]:
    """The visible sheets as stored, rows and columns from 0; `sign` gives what stands for a picture.

    Raises `Refused` as `read` does.
    """
    found = package(data, "spreadsheet")
    for table in found.body.iterchildren(_TABLE):
        shown = found.styles.value("table", table.get(_STYLE_NAME), "table-properties", _t("display"))
        if shown != "false":
            sheet = _Sheet(found.styles, lambda frame: sign(found.picture(frame)))
            read = sheet.read(table)
            over = list(pictures_over(table, found, sheet.columns, sheet.rows))
            yield replace(with_pictures(read, over, sign), title=table.get(_t("name"), ""))


@dataclass(slots=True)
class _Sheet:
    """A sheet being read: its cells, what it hides and merges, the styles that its columns give to their cells.

    `columns` and `rows` are their sizes.
    """

    styles: Styles
    sign: Callable[[etree._Element], str]
    cells: list[StoredCell] = field(default_factory=list)
    merged: list[Bounds] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    column_styles: dict[int, str] = field(default_factory=dict)
    columns: list[Run] = field(default_factory=list)
    rows: list[Run] = field(default_factory=list)
    inline: Inline = field(init=False)

    def __post_init__(self) -> None:
        """Drawn things in a cell are one sign, their text is not looked at."""
        self.inline = Inline(self.styles, sign=self.sign)

    def read(self, table: etree._Element) -> Stored:
        """Read the columns, then the rows."""
        column = row = 0
        for element in _parts(table):
            if element.tag == _COLUMN:
                column = self._column(element, column)
            elif row < _LAST_ROW:
                row = self._row(element, row)
        return Stored(self.cells, frozenset(self.hidden_rows), frozenset(self.hidden_columns), self.merged)

    def _column(self, element: etree._Element, first: int) -> int:
        end = min(first + _count(element, "number-columns-repeated"), _LAST_COLUMN)
        width = self._size(element, "column", "column-width")
        hidden = element.get(_t("visibility")) in _NOT_SHOWN or (width is not None and width < _LEAST_WIDTH)
        self.columns.append((end - first, 0.0 if hidden else width or WIDTH))
        if hidden:
            self.hidden_columns.update(range(first, end))
        style = element.get(_DEFAULT_STYLE)
        if style and self.styles.has_border(style):
            self.column_styles.update(dict.fromkeys(range(first, end), style))
        return end

    def _row(self, element: etree._Element, first: int) -> int:
        """Take the cells of a row, again for each time that it is repeated; the number of the row behind it."""
        repeated = min(_count(element, "number-rows-repeated"), _LAST_ROW - first)
        cells = list(self._cells(element, first))
        height = self._size(element, "row", "row-height")
        hidden = element.get(_t("visibility")) in _NOT_SHOWN or self._is_low(element, height)
        self.rows.append((repeated, 0.0 if hidden else height or HEIGHT))
        if not cells and not hidden:
            return first + repeated
        for row in range(first, first + repeated):
            if hidden:
                self.hidden_rows.add(row)
            self.cells += (c._replace(row=row) for c in cells)
            if len(self.cells) > MAX_CELLS:
                raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
        return first + repeated

    def _is_low(self, element: etree._Element, height: float | None) -> bool:
        """True for a row of a height that shows nothing, if it is not as high as what stands in it."""
        if height is None or height >= LEAST_HEIGHT:
            return False
        fits = f"{{{STYLE}}}use-optimal-row-height"
        return self.styles.value("table-row", element.get(_STYLE_NAME), "table-row-properties", fits) != "true"

    def _size(self, element: etree._Element, what: str, size: str) -> float | None:
        """The height of a row or the width of a column that its style says."""
        name = f"table-{what}"
        return points(self.styles.value(name, element.get(_STYLE_NAME), f"{name}-properties", f"{{{STYLE}}}{size}"))

    def _cells(self, element: etree._Element, row: int) -> Iterator[StoredCell]:
        """The cells of a row that show something or have a border; at its end a repeated cell shows nothing."""
        column = 0
        for cell in element.iterchildren(_CELL, _COVERED):
            end = min(column + _count(cell, "number-columns-repeated"), _LAST_COLUMN)
            style = cell.get(_STYLE_NAME) or element.get(_DEFAULT_STYLE)
            text = "" if cell.tag == _COVERED else self._text(cell, style)
            self._merge(cell, row, column)
            for at in (
                range(column, end) if text or self.styles.has_border(style) else self._in_styled(column, end, style)
            ):
                yield StoredCell(row, at, text, self.styles.has_border(style or self.column_styles.get(at)))
            column = end

    def _in_styled(self, first: int, end: int, style: str | None) -> list[int]:
        """The columns whose own style draws borders, for cells that have none."""
        return [] if style else [c for c in self.column_styles if first <= c < end]

    def _merge(self, cell: etree._Element, row: int, column: int) -> None:
        width, height = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
        if (width, height) != (1, 1):
            self.merged.append((column, row, column + width - 1, row + height - 1))

    def _text(self, cell: etree._Element, style: str | None) -> str:
        """The text that a cell shows: its own, else its value."""
        text = "\n".join(self.inline.text(p) for p in cell.iterchildren(_P))
        if not text:
            text = _value(cell) or "".join(self._over(cell))
        if text and self.styles.may_vanish and self.styles.is_unseen([("table-cell", style)], [("table-cell", style)]):
            return marked(text, "hidden")
        for mark in self.styles.marks("table-cell", style):
            text = marked(text, mark)
        return text

    def _over(self, cell: etree._Element) -> Iterator[str]:
        """What stands for the pictures that lie over a blank cell and begin in it."""
        return (self.sign(frame) for frame in cell.iterchildren(FRAME) if frame.find(BOX) is None)


def _value(cell: etree._Element) -> str:
    try:
        return printed(float(cell.get(f"{{{OFFICE}}}value", "")), "General")
    except ValueError:
        return cell.get(f"{{{OFFICE}}}string-value", "")


def _parts(table: etree._Element) -> Iterator[etree._Element]:
    """The columns and rows of a sheet, those in groups too. Groups are few, and their depth is that of the parser."""
    waiting = list(reversed(table))
    while waiting:
        element = waiting.pop()
        if element.tag in _GROUPS:
            waiting += reversed(element)
        elif element.tag in (_COLUMN, _ROW):
            yield element


def _count(element: etree._Element, name: str) -> int:
    value = element.get(_t(name), "1")
    return max(1, int(value)) if value.isdecimal() and len(value) < 8 else 1
