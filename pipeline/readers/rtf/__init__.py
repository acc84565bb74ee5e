"""RTF documents: paragraphs, and tables whose cells end at positions, so that columns are exact.

A row is known only at its end, where the last definition of its cells holds. A table inside a cell stands one level
deeper, and is over where a paragraph of its cell, or the cell itself, ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.document import Document
from pipeline.numbers import OBJECT, figure
from pipeline.readers.pictured import Pictures
from pipeline.readers.refused import Refused
from pipeline.readers.rtf.content import Event, events, whole
from pipeline.readers.word.flow import Item, Merge, TableCell, WordTable, blocks, complete

MAX_CELLS = 200_000
MAX_LEVEL = 20
_ENDS = frozenset({"par", "sect", "page"})


def read(data: bytes) -> Document:
    """The paragraphs and tables of an RTF document. Raises `Refused` where it cannot be read."""
    pictures = Pictures()
    return Document("rtf", pictures.shown(blocks(_Layout().items(events(data, pictures.sign)))))


@dataclass(slots=True)
class _Edge:
    """A cell of a row as defined: where it ends, in twips, and how it is merged."""

    right: int
    down: Merge = "none"
    to_the_left: bool = False


@dataclass(slots=True)
class _Row:
    """The definition of a row: where it begins, its cells, what is said of the cell whose edge comes next."""

    left: int = 0
    edges: list[_Edge] = field(default_factory=list)
    down: Merge = "none"
    to_the_left: bool = False

    def take(self, word: str, number: int) -> None:
        """Take a word of the definition; each edge ends that of a cell."""
        if word == "trleft":
            self.left = number
        elif word in ("clvmgf", "clvmrg"):
            self.down = "first" if word == "clvmgf" else "continued"
        elif word in ("clmgf", "clmrg"):
            self.to_the_left = word == "clmrg"
        elif word == "cellx":
            if len(self.edges) < MAX_CELLS:
                self.edges.append(_Edge(number, self.down, self.to_the_left))
            self.down, self.to_the_left = "none", False


@dataclass(slots=True)
class _Level:
    """A table being read at one level: its rows, the cells of the open row, what stands in the open cell."""

    table: WordTable = field(default_factory=WordTable)
    cells: list[list[Item]] = field(default_factory=list)
    flow: list[Item] = field(default_factory=list)
    is_crossed: bool = False  # something is drawn over the open cell


@dataclass(slots=True)
class _Layout:
    """Puts paragraphs into cells, cells into rows. The lowest level is the text itself, which has no rows."""

    levels: list[_Level] = field(default_factory=lambda: [_Level()])
    pieces: list[str] = field(default_factory=list)
    rows: dict[int, _Row] = field(default_factory=dict)  # by level
    boxes: list[tuple[list[_Level], list[str]]] = field(default_factory=list)
    waiting: list[Item] = field(default_factory=list)  # what text boxes hold, for the end of their paragraph
    cell_count: int = 0

    def items(self, stream: Iterator[Event]) -> list[Item]:
        """The paragraphs and tables of the stream."""
        for event in stream:
            self._take(event)
        while self.boxes:
            self._end_box()
        self._end_paragraph(0)
        return self.levels[0].flow

    def _take(self, event: Event) -> None:
        word = event.word
        if word == "text":
            self.pieces.append(event.text)
        elif word in _ENDS:
            self._end_paragraph(event.level)
        elif word in ("cell", "nestcell"):
            self._end_cell(1 if word == "cell" else max(2, event.level))
        elif word in ("row", "nestrow"):
            self._end_row(1 if word == "row" else max(2, event.level))
        elif word == "box":
            self.boxes.append((self.levels, self.pieces))
            self.levels, self.pieces = [_Level()], []
        elif word == "endbox":
            self._end_box()
        elif word == "crossed":
            self._open(event.level)
            self.levels[-1].is_crossed = True
        else:
            level = max(1, event.level)
            if word == "trowd":
                self.rows[level] = _Row()
            self.rows.setdefault(level, _Row()).take(word, event.number or 0)

    def _end_paragraph(self, level: int) -> None:
        """Put the open paragraph to its level; deeper tables are over."""
        self._open(level)
        text = whole(self.pieces)
        self.pieces = []
        self.levels[-1].flow += [text, *self.waiting]
        self.waiting = []

    def _open(self, level: int) -> None:
        """Make a level the last one: end the tables that stand deeper, begin those that are missing."""
        level = min(level, MAX_LEVEL)
        while len(self.levels) > level + 1:
            self._end_table()
        while len(self.levels) < level + 1:
            self.levels.append(_Level())

    def _end_table(self) -> None:
        """Put the deepest table into the flow around it; cells of a row that never ended are its last row."""
        over = self.levels.pop()
        if over.flow:
            over.cells.append(over.flow)
        if over.cells:
            over.table.rows.append(self._row(over.cells, len(self.levels)))
        over.table.twips = {e: e for row in over.table.rows for c in row for e in (c.left, c.right)}
        self.levels[-1].flow += complete(over.table)

    def _end_cell(self, level: int) -> None:
        self._open(level)
        if self.pieces or self.waiting or not self.levels[-1].flow:
            self._end_paragraph(level)
        self.cell_count += 1
        if self.cell_count > MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
        last = self.levels[-1]
        if last.is_crossed and figure(TableCell(0, 1, items=last.flow).shown.text).kind == "number":
            last.flow.append(OBJECT)
        last.is_crossed = False
        last.cells.append(last.flow)
        last.flow = []

    def _end_row(self, level: int) -> None:
        self._open(level)
        last = self.levels[-1]
        if last.cells:
            last.table.rows.append(self._row(last.cells, level))
        last.cells = []

    def _row(self, cells: list[list[Item]], level: int) -> list[TableCell]:
        """The cells at their edges; cells beyond the last edge follow each other."""
        row: list[TableCell] = []
        defined = self.rows.get(level, _Row())
        left = defined.left
        for number, items in enumerate(cells):
            edge = defined.edges[number] if number < len(defined.edges) else _Edge(left + 1_000)
            right = max(edge.right, left + 1)
            if edge.to_the_left and row:
                row[-1].right = right
                row[-1].items.extend(items)
            else:
                row.append(TableCell(left, right, edge.down, items))
            left = right
        return row

    def _end_box(self) -> None:
        """A text box stands behind the paragraph that anchors it."""
        if not self.boxes:
            return
        self._end_paragraph(0)
        found = self.levels[0].flow
        self.levels, self.pieces = self.boxes.pop()
        self.waiting += found
