"""Word documents (.docx), straight from their XML: the main text with its tables, text boxes and automatic numbers.

What is not printed as part of the text stays out: headers, footers and notes, hidden and deleted text, field codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from pipeline.document import Block, Document
from pipeline.numbers import OBJECT, figure
from pipeline.readers.archive import Archive, Parts
from pipeline.readers.refused import Refused
from pipeline.readers.word.elements import (
    BOX,
    BREAK,
    CELL,
    DRAWING,
    MATH_TEXT,
    NO_TEXT,
    OFF,
    PARAGRAPH,
    ROW,
    RUN,
    TABLE,
    TEXT,
    TYPE,
    VAL,
    value_of,
    whole,
    word,
)
from pipeline.readers.word.embedded import SIGN, Embedded
from pipeline.readers.word.flow import Item, TableCell, WordTable, blocks, complete, numbered
from pipeline.readers.word.looks import mark_looks, may_vanish
from pipeline.readers.word.numbering import MAX_LEVEL
from pipeline.readers.word.numbering_part import Numbers, numbers_of
from pipeline.readers.word.parts import main_part, parsed, style_part, without_colours, without_emptied, without_looks
from pipeline.readers.word.pruning import prune
from pipeline.readers.word.references import mark_references
from pipeline.readers.word.shapes import shapes_in_cells
from pipeline.readers.word.spelling import as_word_writes
from pipeline.readers.word.styles_part import has_any, style_sheet
from pipeline.readers.word.symbols import DRAWN_BY, Symbols
from pipeline.schema import ValueKind

MAX_CELLS = 200_000
MAX_SPAN = 200  # columns; Word itself has at most 63

_SIGNS: Mapping[str, str] = {
    word("tab"): "\t",
    word("ptab"): "\t",
    word("cr"): "\n",
    word("noBreakHyphen"): "-",
}
_SHAPES = (b":anchor", b":pict")
_FILES_INSIDE = (b"altChunk", b"OLEObject", b":blip", b":imagedata")


def read(data: bytes) -> Document:
    """The paragraphs and tables of a Word document. Raises `Refused` where it cannot be read."""
    return Document("docx", laid_out(Archive(data)))


def laid_out(archive: Parts, depth: int = 0) -> tuple[Block, ...]:
    """The paragraphs and grids of a document by the parts of its package. Raises `Refused` as `read` does.

    `depth` says how many documents it is inside of.
    """
    name = main_part(archive)
    content = archive.part(name)
    if content is None:
        raise Refused("not-a-document", "its archive has no main text")
    text = without_looks(as_word_writes(content, name))
    styles = style_sheet(style_part(archive, name), text)
    colours = may_vanish(text, styles)
    text = without_emptied(text if colours else without_colours(text))
    body = parsed(text, name).find(word("body"))
    if body is None:
        raise Refused("not-a-document", "its main text has no body")
    prune(body)
    mark_looks(body, text, styles, colours=colours)
    mark_references(body, text)
    shapes = shapes_in_cells(body) if has_any(_SHAPES, text) else {}
    inside = Embedded(archive, name, depth) if has_any(_FILES_INSIDE, text) else None
    if inside:
        inside.mark(body)
    found = tuple(blocks(_Walk(body, numbers_of(archive, name, body), shapes).items()))
    found = inside.shown(found) if inside else found
    if not found and has_any(_FILES_INSIDE[:2], text):
        raise Refused("needs-converter", "the whole text is a file inside the Word file; save it anew in Word")
    return found


class _Paragraph:
    """A paragraph being read: where its pieces of text start, the text boxes anchored in it, its list and level."""

    boxes: list[Item] | None = None
    style: str | None = None
    list_name: str | None = None
    level: int | None = None
    unnumbered: bool = False  # its mark is hidden, and its number with it

    def __init__(self, start: int = 0) -> None:
        self.start = start


@dataclass(slots=True)
class _Rows:
    """A table being read: the row that is open, and how far its cells reach."""

    table: WordTable
    row: list[TableCell] = field(default_factory=list)
    reach: int = 0
    to_the_left: bool = False  # the open cell belongs to the one before it
    drawn_on: frozenset[ValueKind] = frozenset()  # what the open cell may not say because of what is drawn in it


class _Walk:
    """One pass over the elements that matter, in their order, with a stack of those that are open.

    Elements come without their ends, which is many times faster: whatever does not contain the next one is over.
    """

    def __init__(
        self,
        body: etree._Element,
        numbers: Numbers | None,
        shapes: Mapping[etree._Element, frozenset[ValueKind]] = MappingProxyType({}),
    ) -> None:
        self._body = body
        self._shapes = shapes
        self._numbers = numbers
        self._open = [body]
        self._ends: dict[etree._Element, Callable[[_Walk], None]] = {body: _Walk._end_paragraph}  # of what is open
        self._pieces: list[str] = []
        self._flows: list[list[Item]] = [[]]
        self._paragraphs: list[_Paragraph] = [_Paragraph()]
        self._tables: list[_Rows] = []
        self._cells = 0
        self._symbols = Symbols()

    def items(self) -> list[Item]:
        """The paragraphs and tables of the body."""
        is_open, ends = self._open, self._ends
        take = _TAKEN if self._numbers is None else _TAKEN_WITH_NUMBERS
        for element in self._body.iter(*_CONTAINERS, *take):
            tag = element.tag
            if tag in _CONTAINERS:
                start, end = _CONTAINERS[tag]
                if (parent := element.getparent()) is not is_open[-1]:
                    self._close_around(parent)
                start(self, element)
                is_open.append(element)
                ends[element] = end
            else:
                if len(self._paragraphs) > 2:  # inside a text box, or behind one
                    self._close_around(element.getparent())
                take[tag](self, element)
        while is_open:
            ends[is_open.pop()](self)
        while self._tables:  # begun by a cell that stands in no table
            self._end_table()
        return self._flows[0]

    def _close_around(self, parent: etree._Element | None) -> None:
        """End what is open until the top of the stack contains an element with this parent."""
        is_open, ends = self._open, self._ends
        while parent not in ends:
            assert parent is not None
            parent = parent.getparent()
        while is_open[-1] is not parent:
            ends.pop(is_open.pop())(self)

    def _text(self, element: etree._Element) -> None:
        if not self._symbols.in_code:
            self._pieces.append(element.text or "")

    def _choice(self, element: etree._Element) -> None:
        """What a list of a form shows is in no text: the entry chosen, else the first."""
        chosen = whole(value_of(element, "result") or value_of(element, "default"), 0, MAX_SPAN)
        entries = [e.get(VAL, "") for e in element.iterchildren(word("listEntry"))]
        self._pieces.extend(entries[chosen : chosen + 1])

    def _object(self, element: etree._Element) -> None:
        """A picture, drawing or formula in the line of a cell; what floats over the text stands in no line."""
        if self._tables and not self._symbols.in_code and not _floats(element):
            self._pieces.append(element.get(SIGN, OBJECT))

    def _drawing(self, element: etree._Element) -> None:
        """A drawing in the line that is no picture, and in which nothing is written."""
        if next(element.iterdescendants(*NO_TEXT, BOX), None) is None:
            self._object(element)

    def _sign(self, element: etree._Element) -> None:
        parent = element.getparent()
        if parent is not None and parent.tag == RUN:  # elsewhere it is a stop of the tabulator
            self._pieces.append(_SIGNS[element.tag])

    def _drawn(self, element: etree._Element) -> None:
        drawn = self._symbols.drawn(element)
        if drawn and self._tables and not _floats(element):
            self._pieces.append(drawn)

    def _break(self, element: etree._Element) -> None:
        if self._tables or element.get(TYPE) not in ("page", "column"):
            self._pieces.append("\n")

    def _style(self, element: etree._Element) -> None:
        self._paragraphs[-1].style = element.get(VAL)

    def _list(self, element: etree._Element) -> None:
        self._paragraphs[-1].list_name = element.get(VAL)

    def _level(self, element: etree._Element) -> None:
        self._paragraphs[-1].level = whole(element.get(VAL), 0, MAX_LEVEL)

    def _hide_number(self, element: etree._Element) -> None:
        """Hidden runs are gone already, so this is the mark of a paragraph."""
        self._paragraphs[-1].unnumbered |= element.get(VAL, "1") not in OFF

    def _paragraph(self, _: etree._Element) -> None:
        self._paragraphs.append(_Paragraph(len(self._pieces)))

    def _end_paragraph(self) -> None:
        paragraph = self._paragraphs.pop()
        if self._symbols.in_code:
            self._symbols.end_codes()
        pieces, start, flow = self._pieces, paragraph.start, self._flows[-1]
        text = "".join(pieces[start:])
        del pieces[start:]
        if self._numbers and self._is_numbered(paragraph):
            ordinal = self._numbers.ordinal(paragraph.style, paragraph.list_name, paragraph.level)
            if text or len(self._flows) > 1:  # elsewhere a bare number heads nothing
                text = numbered(ordinal, text) if len(self._flows) > 1 else ordinal + text
        flow.append(text)
        if paragraph.boxes:
            flow.extend(paragraph.boxes)

    def _is_numbered(self, paragraph: _Paragraph) -> bool:
        """False where the number is not shown and so does not count."""
        if paragraph.unnumbered or not self._paragraphs:
            return False
        row = self._tables[-1].row if self._tables else []
        return not row or row[-1].merge != "continued"

    def _box(self, _: etree._Element) -> None:
        """A text box is read into the paragraph that anchors it, and stands after it."""
        self._flows.append([])

    def _end_box(self) -> None:
        box = self._flows.pop()
        if self._paragraphs[-1].boxes is None:
            self._paragraphs[-1].boxes = box
        else:
            self._paragraphs[-1].boxes.extend(box)

    def _table(self, element: etree._Element) -> None:
        self._tables.append(_Rows(WordTable(twips=_edges(element))))

    def _end_table(self) -> None:
        self._end_row()
        table = self._tables.pop().table
        if any(row[-1].right not in table.twips for row in table.rows):
            table.twips = {}
        self._flows[-1].extend(complete(table))

    def _row(self, _: etree._Element) -> None:
        self._end_row()

    def _end_row(self) -> None:
        if self._tables:
            rows = self._tables[-1]
            if rows.row:
                rows.table.rows.append(rows.row)
            rows.row, rows.reach = [], 0

    def _cell(self, element: etree._Element) -> None:
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
        if not self._tables:
            self._tables.append(_Rows(WordTable()))
        rows = self._tables[-1]
        cell = TableCell(rows.reach, rows.reach + 1)
        rows.reach += 1
        rows.row.append(cell)
        self._flows.append(cell.items)
        rows.drawn_on = self._shapes.get(element, frozenset())

    def _end_cell(self) -> None:
        self._flows.pop()
        rows = self._tables[-1]
        if rows.to_the_left and len(rows.row) > 1:
            cell = rows.row.pop()
            rows.row[-1].right = cell.right
            rows.row[-1].items.extend(cell.items)
        rows.to_the_left = False
        if rows.drawn_on and rows.row:
            drawn_on, rows.drawn_on = rows.drawn_on, frozenset()
            if figure(rows.row[-1].shown.text).kind in drawn_on:
                rows.row[-1].items.append(OBJECT)

    def _indent(self, element: etree._Element) -> None:
        if self._tables and not self._tables[-1].row:
            self._tables[-1].reach = whole(element.get(VAL), 0, MAX_SPAN)

    def _span(self, element: etree._Element) -> None:
        if self._tables and self._tables[-1].row:
            rows = self._tables[-1]
            rows.row[-1].right = rows.reach = rows.row[-1].left + whole(element.get(VAL), 1, MAX_SPAN)

    def _merge_down(self, element: etree._Element) -> None:
        if self._tables and self._tables[-1].row:
            self._tables[-1].row[-1].merge = "first" if element.get(VAL) == "restart" else "continued"

    def _merge_left(self, element: etree._Element) -> None:
        if self._tables:
            self._tables[-1].to_the_left = element.get(VAL) != "restart"


# What may contain others: how it begins and ends. Then what is taken as it comes.
_CONTAINERS: Mapping[str, tuple[Callable[[_Walk, etree._Element], None], Callable[[_Walk], None]]] = {
    PARAGRAPH: (_Walk._paragraph, _Walk._end_paragraph),
    TABLE: (_Walk._table, _Walk._end_table),
    ROW: (_Walk._row, _Walk._end_row),
    CELL: (_Walk._cell, _Walk._end_cell),
    BOX: (_Walk._box, _Walk._end_box),
}
_TAKEN: Mapping[str, Callable[[_Walk, etree._Element], None]] = {
    TEXT: _Walk._text,
    MATH_TEXT: _Walk._text,
    BREAK: _Walk._break,
    word("gridBefore"): _Walk._indent,
    word("gridSpan"): _Walk._span,
    word("vMerge"): _Walk._merge_down,
    word("hMerge"): _Walk._merge_left,
    word("ddList"): _Walk._choice,
    **dict.fromkeys(NO_TEXT, _Walk._object),
    f"{{{DRAWING}}}inline": _Walk._drawing,
    **dict.fromkeys(_SIGNS, _Walk._sign),
    **dict.fromkeys(DRAWN_BY, _Walk._drawn),
}
_TAKEN_WITH_NUMBERS: Mapping[str, Callable[[_Walk, etree._Element], None]] = {
    **_TAKEN,
    word("pStyle"): _Walk._style,
    word("numId"): _Walk._list,
    word("ilvl"): _Walk._level,
    word("vanish"): _Walk._hide_number,
}


def _floats(element: etree._Element) -> bool:
    """True for what is placed on the page by itself, such as a seal."""
    if next(element.iterancestors(f"{{{DRAWING}}}anchor"), None) is not None:
        return True
    shape = element.getparent()
    return shape is not None and "position:absolute" in (shape.get("style") or "").replace(" ", "")


def _edges(table: etree._Element) -> dict[int, int]:
    """Where the grid of a table has its edges, in twips; nothing where it has widths that cannot be."""
    grid = table.find(word("tblGrid"))
    widths = [] if grid is None else [whole(c.get(word("w")), 0, 100_000) for c in grid.iterchildren(word("gridCol"))]
    if 0 in widths:
        return {}
    edges = {0: 0}
    for n, width in enumerate(widths, start=1):
        edges[n] = edges[n - 1] + width
    return edges
