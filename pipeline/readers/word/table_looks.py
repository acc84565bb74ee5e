"""How the style of a table shows the text of a cell: as a whole, and by the parts of the table that the cell is in."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.readers.word.elements import CELL, ROW, TABLE, VAL, value_of, whole, word
from pipeline.readers.word.styles_part import Looks, StyleSheet, TableStyle

_MOST_COLUMNS = 200
# The bits of a table's look in hexadecimal digits; the last two switch bands off.
_BITS = {
    "firstRow": 0x20,
    "lastRow": 0x40,
    "firstColumn": 0x80,
    "lastColumn": 0x100,
    "noHBand": 0x200,
    "noVBand": 0x400,
}
_USUAL = 0x04A0
_OFF = ("0", "false", "off")


class TableLooks:
    """The looks of cells by the styles of their tables, each table looked at once."""

    def __init__(self, sheet: StyleSheet) -> None:
        self._sheet = sheet
        self._cells: dict[etree._Element, Looks] = {}
        self._seen: set[etree._Element] = set()

    def of(self, element: etree._Element) -> Looks:
        """The looks that the style of its table gives to what stands in a cell; none outside of tables."""
        cell = next(element.iterancestors(CELL), None)
        table = None if cell is None else next(cell.iterancestors(TABLE), None)
        if cell is None or table is None:
            return {}
        if table not in self._seen:
            self._seen.add(table)
            self._cells |= _of_cells(table, self.style(table))
        return self._cells.get(cell, {})

    def style(self, table: etree._Element) -> TableStyle:
        """The style of a table."""
        name = value_of(table.find(word("tblPr")), "tblStyle") or ""
        return self._sheet.tables.get(name) or TableStyle()


def _of_cells(table: etree._Element, style: TableStyle) -> Iterator[tuple[etree._Element, Looks]]:
    """Each cell of a table with its looks: those of the smaller part of the table count."""
    rows = list(table.iterchildren(ROW))
    look = _look(table)
    for number, row in enumerate(rows):
        column = 0
        cells = list(row.iterchildren(CELL))
        for at, cell in enumerate(cells):
            first, last = at == 0, at == len(cells) - 1
            parts = _parts(look, style, number, len(rows), column, first=first, last=last) if style.parts else ()
            looks = dict(style.whole)
            for part in parts:
                looks |= style.parts.get(part, {})
            if looks:
                yield cell, looks
            column += whole(value_of(cell.find(word("tcPr")), "gridSpan"), 1, _MOST_COLUMNS)


def _parts(
    look: frozenset[str], style: TableStyle, row: int, rows: int, column: int, *, first: bool, last: bool
) -> Iterator[str]:
    """The parts of a table that a cell is in, the smaller ones last."""
    top, bottom = row == 0 and "firstRow" in look, row == rows - 1 and "lastRow" in look
    left, right = first and "firstColumn" in look, last and "lastColumn" in look
    yield "wholeTable"
    if "noVBand" not in look and not left and not right:
        yield f"band{_band(column - ('firstColumn' in look), style.band_columns)}Vert"
    if "noHBand" not in look and not top and not bottom:
        yield f"band{_band(row - ('firstRow' in look), style.band_rows)}Horz"
    yield from (name for name, holds in (("firstCol", left), ("lastCol", right)) if holds)
    yield from (name for name, holds in (("firstRow", top), ("lastRow", bottom)) if holds)
    for upright, above in (("n", top), ("s", bottom)):
        yield from (f"{upright}{side}Cell" for side, beside in (("w", left), ("e", right)) if above and beside)


def _band(place: int, size: int) -> int:
    return 1 + (max(0, place) // max(1, size)) % 2


def _look(table: etree._Element) -> frozenset[str]:
    """The parts of its style that a table uses; the attributes of newer files count before the digits of older ones."""
    properties = table.find(word("tblPr"))
    look = None if properties is None else properties.find(word("tblLook"))
    if look is None:
        return frozenset({"noHBand", "noVBand"})
    digits = look.get(VAL, "")
    bits = (
        int(digits, 16) if digits and len(digits) < 6 and all(c in "0123456789abcdefABCDEF" for c in digits) else _USUAL
    )
    said = {name: look.get(word(name)) for name in _BITS}
    return frozenset(n for n, bit in _BITS.items() if (bits & bit if said[n] is None else said[n] not in _OFF))
