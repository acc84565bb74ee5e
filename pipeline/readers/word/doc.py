"""Word documents of 1997 to 2003 (.doc), read from their binary format; LibreOffice helps out where it is installed.

`flow` and `numbering` are what Word lays out in either of its formats, and serve the reader of .docx too.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from pipeline.document import Document
from pipeline.marks import plain
from pipeline.readers.archive import kind_of_ole, refuse_ole
from pipeline.readers.pictured import Pictures
from pipeline.readers.refused import Refused
from pipeline.readers.word import binary
from pipeline.readers.word.binary import Broken, Properties, streams
from pipeline.readers.word.converter import converted
from pipeline.readers.word.flow import Item, Merge, TableCell, WordTable, blocks, complete, numbered
from pipeline.readers.word.lists import lists
from pipeline.readers.word.text import CELL_MARK, Marked, paragraphs

__all__ = ["read"]

MAX_CELLS = 200_000
MAX_DEPTH = 60
_DAMAGE = (Broken, struct.error, IndexError)  # the latter two where a position lies outside of its part
_RICH_TEXT = b"{\\rtf"  # many a file named .doc is one; only the converter reads it
_CELL_BYTES = 20
_CONTINUED, _FIRST = 0x20, 0x40
_JOINED = 0x03
_USUAL_WIDTH = 1000  # twips, for a cell whose row does not say


def read(data: bytes) -> Document:
    """The paragraphs and tables of an old Word document. Raises `Refused` where it cannot be read."""
    try:
        return _read(data)
    except _DAMAGE as e:
        detail = str(e) if isinstance(e, Broken) else "its parts do not fit together"
    if not data.startswith(_RICH_TEXT) and kind_of_ole(data) != "doc":
        if kind_of_ole(data) != "unknown":
            refuse_ole(data)
        raise Refused("damaged", detail)
    again = converted(data)
    if again is None:
        raise Refused("needs-converter", f"the old Word file cannot be read ({detail}); save it as .docx")
    try:
        return _read(again)
    except _DAMAGE as e:
        raise Refused("damaged", detail) from e


def _read(data: bytes) -> Document:
    file = streams(data)
    numbers, pictures = lists(file), Pictures()
    builder = _Builder()
    for paragraph in paragraphs(file, pictures.sign):
        ordinal = numbers.ordinal(paragraph.properties) if numbers else ""
        builder.add(paragraph, ordinal)
    return Document("doc", pictures.shown(blocks(builder.items())))


@dataclass(slots=True)
class _Open:
    """A table being read: the cells of its open row, and what the open cell holds so far."""

    table: WordTable = field(default_factory=WordTable)
    cells: list[list[Item]] = field(default_factory=list)
    cell: list[Item] = field(default_factory=list)


class _Builder:
    """Puts paragraphs into cells, rows and tables, as their marks say."""

    def __init__(self) -> None:
        self._body: list[Item] = []
        self._tables: list[_Open] = []
        self._cells = 0

    def items(self) -> list[Item]:
        """The paragraphs and tables so far; tables that are open end here."""
        self._to_depth(0)
        return self._body

    def add(self, paragraph: Marked, ordinal: str) -> None:
        """Take the next paragraph."""
        properties = paragraph.properties
        self._to_depth(_depth(paragraph))
        if not self._tables:
            self._body.append(ordinal + paragraph.text if plain(paragraph.text) else "")  # a bare number heads nothing
            return
        inner = len(self._tables) > 1
        if properties.is_on(binary.INNER_ROW_END if inner else binary.ROW_END):
            self._end_row(_edges_and_merges(properties))
            return
        self._tables[-1].cell.append(numbered(ordinal, paragraph.text))
        if properties.is_on(binary.INNER_CELL) if inner else paragraph.mark == CELL_MARK:
            self._end_cell()

    def _to_depth(self, depth: int) -> None:
        while len(self._tables) > depth:
            self._end_table()
        while len(self._tables) < depth:
            self._tables.append(_Open())

    def _end_cell(self) -> None:
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
        table = self._tables[-1]
        table.cells.append(table.cell)
        table.cell = []

    def _end_row(self, layout: tuple[list[int], list[int]]) -> None:
        table = self._tables[-1]
        if table.cell:
            self._end_cell()
        if table.cells:
            table.table.rows.append(_row(table.cells, *layout))
        table.cells = []

    def _end_table(self) -> None:
        self._end_row(([], []))
        table = self._tables.pop().table
        table.twips = {e: e for row in table.rows for c in row for e in (c.left, c.right)}
        (self._tables[-1].cell if self._tables else self._body).extend(complete(table))


def _depth(paragraph: Marked) -> int:
    """How many tables a paragraph stands in."""
    if not paragraph.properties.is_on(binary.IN_TABLE):
        return 0
    depth = paragraph.properties.number(binary.DEPTH)
    if depth is not None and depth > MAX_DEPTH:
        raise Broken("its tables are nested too deeply")
    return depth or 1


def _edges_and_merges(properties: Properties) -> tuple[list[int], list[int]]:
    """Where the cells of a row begin and end, and the flags of each."""
    operand = properties.modifiers.get(binary.ROW_CELLS, b"")
    count = operand[0] if operand else 0
    if not count or len(operand) < 1 + 2 * (count + 1):
        return [], []
    edges = list(struct.unpack_from(f"<{count + 1}h", operand, 1))
    flags = [0] * count
    for n in range(count):
        at = 1 + 2 * (count + 1) + _CELL_BYTES * n
        flags[n] = int.from_bytes(operand[at : at + 2], "little")
    merges = properties.modifiers.get(binary.MERGED_DOWN, b"")
    for cell, merge in zip(merges[::2], merges[1::2], strict=False):
        if cell < count:
            flags[cell] = flags[cell] & ~(_CONTINUED | _FIRST) | (merge & 1) * _CONTINUED | (merge >> 1 & 1) * _FIRST
    return edges, flags


def _row(contents: list[list[Item]], edges: list[int], flags: list[int]) -> list[TableCell]:
    """The cells of a row; those merged sideways are one."""
    row: list[TableCell] = []
    joined = 0  # the flag of the first cell of the run of merged ones
    left = edges[0] if edges else 0
    for n, content in enumerate(contents):
        right = max(edges[n + 1], left + 1) if n + 1 < len(edges) else left + _USUAL_WIDTH
        flag = flags[n] if n < len(flags) else 0
        if flag & _JOINED and joined and flag & _JOINED != joined:
            row[-1].right = right
            row[-1].items.extend(content)
        else:
            joined = flag & _JOINED
            row.append(TableCell(left, right, _merge(flag), content))
        left = right
    return row


def _merge(flag: int) -> Merge:
    if flag & _FIRST:
        return "first"
    return "continued" if flag & _CONTINUED else "none"
