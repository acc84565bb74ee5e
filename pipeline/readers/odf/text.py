"""OpenDocument texts: paragraphs with their automatic numbers, text boxes, tables with their spans.

Content that is not printed as part of the text stays out: notes, comments, deleted text, hidden sections.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.document import Document
from pipeline.readers.odf.inline import BOX, FRAME, MAX_DEPTH, STYLE_NAME, Inline
from pipeline.readers.odf.lists import Lists
from pipeline.readers.odf.package import STYLE, TABLE, TEXT, Styles, package
from pipeline.readers.pictured import Pictures
from pipeline.readers.refused import Refused
from pipeline.readers.word.flow import Item, TableCell, WordTable, blocks, complete, numbered

MAX_CELLS = 200_000
MAX_SPAN = 1_000
_PARAGRAPHS = frozenset({f"{{{TEXT}}}p", f"{{{TEXT}}}h"})
_LIST, _ITEM, _LIST_HEADER = f"{{{TEXT}}}list", f"{{{TEXT}}}list-item", f"{{{TEXT}}}list-header"
_TABLE, _ROW = f"{{{TABLE}}}table", f"{{{TABLE}}}table-row"
_CELL, _COVERED = f"{{{TABLE}}}table-cell", f"{{{TABLE}}}covered-table-cell"
_ROW_GROUPS = frozenset(f"{{{TABLE}}}{n}" for n in ("table-header-rows", "table-rows", "table-row-group"))
# What holds paragraphs and tables without a look of its own.
_HOLDERS = frozenset(
    {
        BOX,
        FRAME,
        *(f"{{{TEXT}}}{n}" for n in ("section", "index-body", "index-title", "table-of-content", "numbered-paragraph")),
    }
)
_COLUMN = f"{{{TABLE}}}table-column"
_IN_TABLE = f"{{{TABLE}}}"
_LENGTH = re.compile(r"^([0-9]{1,6}(?:\.[0-9]{1,9})?)(in|cm|mm|pt|pc)$")
_UNITS = {"in": 1440.0, "cm": 1440 / 2.54, "mm": 144 / 2.54, "pt": 20.0, "pc": 240.0}  # in twips
_DISPLAY, _IS_HIDDEN = f"{{{TEXT}}}display", f"{{{TEXT}}}is-hidden"


def read(data: bytes) -> Document:
    """The paragraphs and tables of an OpenDocument text. Raises `Refused` where it cannot be read."""
    found, pictures = package(data, "text"), Pictures()
    body = _Body(Lists(found.styles), lambda frame: pictures.sign(found.picture(frame)))
    return Document("odt", pictures.shown(blocks(body.items(found.body, 0))))


def _is_hidden(section: etree._Element) -> bool:
    """True for what is never shown, or not as its condition was found last."""
    display = section.get(_DISPLAY)
    return display == "none" or (display == "condition" and section.get(_IS_HIDDEN) == "true")


@dataclass(frozen=True, slots=True)
class _InList:
    """The list whose items are read: its name, the level from 0, its style."""

    name: str
    level: int
    style: str


@dataclass(slots=True)
class _Body:
    """Reads what stands in the body, in a cell, or in a text box."""

    lists: Lists
    sign: Callable[[etree._Element], str]
    cells: int = 0
    in_cells: int = 0  # of tables within each other
    boxes: list[etree._Element] = field(default_factory=list)
    inline: Inline = field(init=False)

    def __post_init__(self) -> None:
        """Take the boxes that paragraphs anchor."""
        self.inline = Inline(self.lists.styles, self.boxes.append, self.sign)

    def items(self, parent: etree._Element, depth: int, within: _InList | None = None) -> list[Item]:
        """The paragraphs and tables inside an element, in reading order."""
        if depth > MAX_DEPTH:
            raise Refused("too-large", f"elements nested over {MAX_DEPTH} deep")
        found: list[Item] = []
        for child in parent:
            tag = str(child.tag)
            if tag in _PARAGRAPHS:
                found += self._paragraph(child, depth)
            elif tag == _TABLE:
                found += complete(self._table(child, depth))
            elif tag == _LIST:
                found += self._list(child, depth, within)
            elif tag in _HOLDERS and not _is_hidden(child):
                found += self.items(child, depth + 1)
        return found

    def _paragraph(self, paragraph: etree._Element, depth: int) -> list[Item]:
        """A paragraph, and what stands in the boxes that it anchors."""
        text = self.inline.text(paragraph, depth)
        found: list[Item] = [text]
        while self.boxes:
            found += self.items(self.boxes.pop(0), depth + 1)
        return found

    def _list(self, element: etree._Element, depth: int, within: _InList | None) -> list[Item]:
        """The items of a list; the first paragraph of each bears the ordinal."""
        style = element.get(STYLE_NAME) or (within.style if within else "")
        if within and style == within.style:
            inside = _InList(within.name, within.level + 1, style)
        else:
            inside = _InList(self.lists.begin(element, style), within.level + 1 if within else 0, style)
        found: list[Item] = []
        for item in element.iterchildren(_ITEM, _LIST_HEADER):
            is_counted = item.tag == _ITEM and len(item) > 0 and item[0].tag in _PARAGRAPHS
            ordinal = self.lists.ordinal(inside.name, inside.level) if is_counted else ""
            items = self.items(item, depth + 1, inside)
            first = items[0] if items else None
            if ordinal and isinstance(first, str) and first:
                items[0] = numbered(ordinal, first) if self.in_cells else ordinal + first
            found += items
        return found

    def _table(self, element: etree._Element, depth: int) -> WordTable:
        table = WordTable(twips=_edges(element, self.lists.styles))
        hanging: list[_Hanging] = []
        rows = list(_rows(element, depth))
        is_pushed = not any(True for row in rows for _ in row.iterchildren(_COVERED))
        for row in rows:
            repeated = _count(row, "number-rows-repeated")
            cells = list(self._cells(row, depth + 2))
            if is_pushed:
                cells = _pushed(cells, hanging)
            for _ in range(repeated if any(c.cell.items for c in cells) else 1):
                hanging = _add_row(table, cells, hanging)
                self.cells += len(table.rows[-1])
                if self.cells > MAX_CELLS:
                    raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
        if any(row[-1].right not in table.twips for row in table.rows if row):
            table.twips = {}
        return table

    def _cells(self, row: etree._Element, depth: int) -> Iterator[_Hanging]:
        """The cells of a row at their columns, with the rows that each reaches over."""
        column = 0
        for element in row.iterchildren(_CELL, _COVERED):
            repeated = _count(element, "number-columns-repeated")
            if element.tag == _COVERED:
                column += repeated
                continue
            width = _count(element, "number-columns-spanned")
            self.in_cells += 1
            items = self.items(element, depth)
            self.in_cells -= 1
            for _ in range(repeated):
                yield _Hanging(TableCell(column, column + width, items=items), _count(element, "number-rows-spanned"))
                column += 1  # the other columns of a span are covered cells


@dataclass(frozen=True, slots=True)
class _Hanging:
    """A cell and how many rows it reaches over, its own with them."""

    cell: TableCell
    rows: int


def _pushed(cells: Sequence[_Hanging], above: Sequence[_Hanging]) -> list[_Hanging]:
    """The cells of a row of a table without covered cells, pushed to the right by what reaches over their columns.

    Pandoc writes no covered cells; LibreOffice passes over them and places cells in this way.
    """
    taken = {column for h in above for column in range(h.cell.left, h.cell.right)}
    placed: list[_Hanging] = []
    column = 0
    for hanging in cells:
        while column in taken:
            column += 1
        end = column + hanging.cell.right - hanging.cell.left
        placed.append(_Hanging(TableCell(column, end, items=hanging.cell.items), hanging.rows))
        column = end
    return placed


def _add_row(table: WordTable, cells: Sequence[_Hanging], above: Sequence[_Hanging]) -> list[_Hanging]:
    """Add a row with the cells that reach down into it, and return those that reach down below it."""
    own = [
        _Hanging(TableCell(c.cell.left, c.cell.right, "first" if c.rows > 1 else "none", c.cell.items), c.rows)
        for c in cells
    ]
    starts = {h.cell.left for h in own}
    continued = [
        _Hanging(TableCell(h.cell.left, h.cell.right, "continued"), h.rows) for h in above if h.cell.left not in starts
    ]
    row = sorted([*own, *continued], key=lambda h: h.cell.left)
    table.rows.append([h.cell for h in row])
    return [_Hanging(h.cell, h.rows - 1) for h in row if h.rows > 1]


def _edges(table: etree._Element, styles: Styles) -> dict[int, int]:
    """Where the columns of a table begin, in twips; nothing where a width is not given."""
    edges = {0: 0}
    for column in table.iter(_COLUMN):
        if _own_table(column) is not table:
            continue
        name = column.get(f"{{{TABLE}}}style-name")
        width = _twips(styles.value("table-column", name, "table-column-properties", f"{{{STYLE}}}column-width"))
        for _ in range(_count(column, "number-columns-repeated")):
            if width is None or len(edges) > MAX_SPAN:
                return {}
            edges[len(edges)] = edges[len(edges) - 1] + width
    return edges


def _own_table(element: etree._Element) -> etree._Element | None:
    return next(element.iterancestors(_TABLE), None)


def _twips(length: str | None) -> int | None:
    found = _LENGTH.match(length or "")
    return round(float(found[1]) * _UNITS[found[2]]) if found else None


def _rows(parent: etree._Element, depth: int) -> Iterator[etree._Element]:
    """The rows of a table, those in groups too."""
    if depth > MAX_DEPTH:
        raise Refused("too-large", f"elements nested over {MAX_DEPTH} deep")
    for child in parent:
        if child.tag == _ROW:
            yield child
        elif child.tag in _ROW_GROUPS:
            yield from _rows(child, depth + 1)


def _count(element: etree._Element, name: str) -> int:
    value = element.get(_IN_TABLE + name)
    return 1 if value is None or not value.isdecimal() or len(value) > 7 else max(1, min(int(value), MAX_SPAN))
