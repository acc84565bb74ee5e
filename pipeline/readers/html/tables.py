"""The text and tables of a flat page; a table that only lays out a page is taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Union

from pipeline.marks import OBJECT, Shown, shown
from pipeline.readers.html.flat import BLANKS, BREAK, CELL, GAP, MARK, ROW, ROWS, SAID, SPANNED_CELL, TABLE, TABLE_END
from pipeline.readers.pictured import SIGN

MAX_SPAN = 1_000
_CELLS = (CELL, SPANNED_CELL)
_SPAN = re.compile(r"\s*\+?0*([0-9]{1,7})")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_BREAK_IN_CHINESE = re.compile(rf"(?<={_WIDE})[ \t]*[\r\n][ \t\r\n\f]*(?={_WIDE})")
_WHITE = re.compile(rf"[ \t\r\n\f\v{BREAK}{GAP}]")
_REMEMBERED_LENGTH = 100  # labels, blanks and small figures come again and again
# A table inside a cell with no more text than this is a frame around a label or figure.
_FRAME_LENGTH = 30
_CELLS_BESIDE_A_FRAME = 4
# A cell with this much text, this many lines and this large a part of its table is page layout, not a cell of data.
_NARRATIVE_LENGTH = 300
_NARRATIVE_LINES = 3
_NARRATIVE_SHARE = 0.6


class TableCell:
    """A cell as marked up, and what it shows.

    Only what differs from most cells is set in one: there are very many.
    """

    content: list[Piece]
    columns = 1
    rows = 1
    text = ""
    left_out = ""


@dataclass(slots=True)
class MarkedTable:
    """The rows of a table, where its groups begin, which rows have spans, and what stands outside of cells."""

    rows: list[list[TableCell]] = field(default_factory=list)
    groups: set[int] = field(default_factory=set)
    spanned: set[int] = field(default_factory=set)
    before: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)
    inside: list[MarkedTable] = field(default_factory=list)
    doubt: str = ""  # why a person may see something else

    @property
    def cells(self) -> Iterator[TableCell]:
        """All cells, row by row."""
        return chain.from_iterable(self.rows)

    @property
    def around(self) -> list[Piece]:
        """Where text belongs that stands in no cell."""
        return self.after if self.rows else self.before


Piece = Union[str, "MarkedTable"]


def pieces(flat: str) -> list[Piece]:
    """The page as text and tables of data. As in browsers, a row or cell that opens ends the one before."""
    first, *marked = flat.split(MARK)
    into: list[Piece] = [first]
    table = MarkedTable()
    rows = table.rows
    opened: list[tuple[MarkedTable, list[Piece]]] = []
    for piece in marked:
        kind, text = piece[0], piece[1:]
        if kind in _CELLS and opened:
            cell = TableCell()
            if not rows:
                rows.append([])
            rows[-1].append(cell)
            if kind == SPANNED_CELL:
                columns, reach, text = text.split("|", 2)
                cell.columns, cell.rows = _span(columns, 1), _span(reach, MAX_SPAN)
                table.spanned.add(len(rows) - 1)
            cell.content = into = [text]
            continue
        if kind == TABLE:
            opened.append((table, into))
            doubt, _, text = text.rpartition(SAID)
            table = MarkedTable(doubt=doubt)
            rows, into = table.rows, table.before
        elif not opened:
            text = BREAK + text  # rows and cells outside of any table are lines
        elif kind == TABLE_END:
            found = _resolved(table)
            table, into = opened.pop()
            rows = table.rows
            into += found
            if into is not table.around:
                table.inside += (p for p in found if isinstance(p, MarkedTable))
        elif kind == ROW:
            into = table.around
            rows.append([])
        else:
            into = table.around
            if kind == ROWS:
                table.groups.add(len(rows))
        into.append(text)
    return into


@lru_cache(maxsize=1_024)
def _span(printed: str, of_zero: int) -> int:
    """A span as browsers read it: leading digits; a cell with rowspan 0 reaches down to the end of its group."""
    found = _SPAN.match(printed)
    return min(int(found[1]) or of_zero, MAX_SPAN) if found else 1


def _resolved(table: MarkedTable) -> list[Piece]:
    """A table of data with the text around it; of a table that lays out the page what its cells hold, by lines."""
    if table.inside and _only_frames(table):
        for cell in table.cells:
            cell.content = list(_unframed(cell.content))
        table.doubt = next((t.doubt for t in (table, *table.inside) if t.doubt), "")
        table.inside = []
    if not table.inside:
        _show(table.cells)
        if not _lays_out(table):
            return [BREAK, *table.before, BREAK, table, *table.after, BREAK]
    held = (piece for cell in table.cells for piece in (BREAK, *cell.content))
    return [BREAK, *table.before, *held, BREAK, *table.after, BREAK]


def _only_frames(table: MarkedTable) -> bool:
    """True where the tables inside merely frame a few of a table's many labels and figures."""
    if any(sum(len(c.text) for c in t.cells) > _FRAME_LENGTH for t in table.inside):
        return False
    return sum(1 for _ in table.cells) >= _CELLS_BESIDE_A_FRAME * len(table.inside)


def _unframed(content: Iterable[Piece]) -> Iterator[Piece]:
    """The content of a cell, of the tables inside what their cells show, each by itself."""
    for piece in content:
        if isinstance(piece, MarkedTable):
            yield from (part for c in piece.cells for part in (GAP, c.text, GAP))
        else:
            yield piece


def _lays_out(table: MarkedTable) -> bool:
    """True for a table of one column, of text between spacers, or of one narrative with little beside it."""
    if all(len(row) <= 1 for row in table.rows) and all(c.rows == 1 for c in table.cells):
        return True
    if all(_between_spacers(row) for row in table.rows):
        return any(c.text for c in table.cells)
    lengths = [len(c.text) for c in table.cells]
    if (most := max(lengths)) < _NARRATIVE_LENGTH or most < _NARRATIVE_SHARE * sum(lengths):
        return False
    longest = next(c for c in table.cells if len(c.text) == most)
    return len(list(lines(longest.content))) >= _NARRATIVE_LINES


def _between_spacers(row: Sequence[TableCell]) -> bool:
    if len(row) > 3:
        return False
    printed = [c for c in row if _is_printed(c)]
    return not printed or len(row) == 1 or (len(printed) == 1 and not _is_printed(row[0]))


def _is_printed(cell: TableCell) -> bool:
    return bool(SIGN.sub("", cell.text).strip(OBJECT))


def _show(cells: Iterable[TableCell]) -> None:
    """Let each cell show its text."""
    for cell in cells:
        printed = cell.content[0]
        if len(cell.content) > 1 or not isinstance(printed, str):
            printed = "".join(p for p in cell.content if isinstance(p, str))
        shown = _joined(printed) if len(printed) < _REMEMBERED_LENGTH else _joined.__wrapped__(printed)
        cell.text = shown[0]
        if shown[1]:
            cell.left_out = shown[1]


@lru_cache(maxsize=4_096)
def _joined(printed: str) -> Shown:
    """The text that a cell shows of its lines."""
    printed = printed.strip(BLANKS)
    return shown("\n".join(lines([printed.replace(GAP, BREAK)])) if _WHITE.search(printed) else printed)


def lines(content: Iterable[Piece]) -> Iterator[str]:
    """The lines that are not blank, as shown."""
    for line in "".join(p for p in content if isinstance(p, str)).replace(GAP, "").split(BREAK):
        if shown := _shown(line):
            yield shown


def _shown(text: str) -> str:
    """White space in the file is one space, a line end between Chinese characters none, blanks at the ends nothing."""
    if "\n" in text or "\r" in text:
        text = _BREAK_IN_CHINESE.sub("", text)
    if "  " in text or "\n" in text or "\t" in text or "\r" in text:  # quicker than a pattern over long paragraphs
        text = _SPACES.sub(" ", text)
    return text.strip(BLANKS)
