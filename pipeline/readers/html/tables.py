"""The text and tables of a flat page; a table that only lays out a page is taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import Union

from pipeline.marks import OBJECT, Shown, shown
from pipeline.readers.html.flat import BLANKS, BREAK, CELL, GAP, MARK, ROW, ROWS, SAID, SPANNED, SPANS, TABLE, TABLE_END
from pipeline.readers.pictured import SIGN

MAX_SPAN = 1_000
# In the place of the marks of cells, which are nine in ten: what no tree holds, so that a row is cut at one character.
_CELL, _SPANS = "\0", "\1"
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


Span = tuple[int, int]  # how many columns and rows a cell reaches into
ONE: Span = (1, 1)


@dataclass(slots=True)
class MarkedTable:
    """The rows of a table with what their cells hold, where its groups begin, and what stands outside of cells.

    Nothing is made for a cell but its content, as there are very many: `spans` has, by row and place in it, those that
    reach into several columns or rows. What all cells show and what is left out in them, row by row, is in `texts` and
    `left_out` once the table is put together.
    """

    rows: list[list[Content]] = field(default_factory=list)
    groups: set[int] = field(default_factory=set)
    spans: dict[int, dict[int, Span]] = field(default_factory=dict)
    before: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)
    inside: list[MarkedTable] = field(default_factory=list)
    doubt: str = ""  # why a person may see something else
    texts: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def cells(self) -> Iterator[Content]:
        """What all cells hold, row by row."""
        return chain.from_iterable(self.rows)

    @property
    def around(self) -> list[Piece]:
        """Where text belongs that stands in no cell."""
        return self.after if self.rows else self.before


Piece = Union[str, "MarkedTable"]
Content = str | list[Piece]  # of a cell: mere text, or what was found piece by piece


def pieces(flat: str) -> list[Piece]:
    """The page as text and tables of data. As in browsers, a row or cell that opens ends the one before."""
    into: list[Piece] = []
    table = MarkedTable()
    opened: list[tuple[MarkedTable, list[Piece]]] = []
    for part in flat.replace(MARK + CELL, _CELL).replace(MARK + SPANS, _SPANS).split(MARK + ROW):
        row, mark, rest = part.partition(MARK)
        if opened and not rest.startswith(TABLE):  # of a row with a table inside the cells are made one by one
            _add_row(row, table)
        else:
            mark, rest = MARK, ROW + part
        spans = ""
        for piece in rest.replace(_CELL, MARK + CELL).replace(_SPANS, MARK + SPANS).split(MARK) if mark else ():
            kind, text = piece[0], piece[1:]
            if kind == SPANS:
                spans = text
                continue
            if not opened and kind != TABLE:
                text = BREAK + text  # rows and cells outside of any table are lines
            elif kind == CELL:
                into = _new_cell(spans, table)
                spans = ""
            elif kind == TABLE:
                opened.append((table, into))
                doubt, _, text = text.rpartition(SAID)
                table = MarkedTable(doubt=doubt)
                into = table.before
            elif kind == TABLE_END:
                found = _resolved(table)
                table, into = opened.pop()
                into += found
                if into is not table.around:
                    table.inside += (p for p in found if isinstance(p, MarkedTable))
            else:
                into = table.around
                if kind == ROW:
                    table.rows.append([])
                elif kind == ROWS:
                    table.groups.add(len(table.rows))
            into.append(text)
    return into


def _add_row(part: str, table: MarkedTable) -> None:
    """Add a row that is nothing but its cells, as most are."""
    texts = part.split(_CELL)
    if _SPANS in part:
        of_row = table.spans[len(table.rows)] = {}
        for place, text in enumerate(texts):
            if _SPANS in text:
                texts[place], _, spans = text.partition(_SPANS)
                of_row[place] = _span(spans)
    if texts[0]:
        table.around.append(texts[0])
    table.rows.append([*texts[1:]])


def _new_cell(spans: str, table: MarkedTable) -> list[Piece]:
    """Add a cell to the last row. Returns where its text goes."""
    if not table.rows:
        table.rows.append([])
    row = table.rows[-1]
    if spans:
        table.spans.setdefault(len(table.rows) - 1, {})[len(row)] = _span(spans)
    content: list[Piece] = []
    row.append(content)
    return content


@lru_cache(maxsize=1_024)
def _span(printed: str) -> Span:
    """The columns and rows that a cell reaches into, as browsers read them: by the leading digits of each.

    A cell with rowspan 0 reaches down to the end of its group.
    """
    columns, _, rows = printed.partition(SPANNED)
    return _number(columns, 1), _number(rows, MAX_SPAN)


def _number(printed: str, of_zero: int) -> int:
    found = _SPAN.match(printed)
    return min(int(found[1]) or of_zero, MAX_SPAN) if found else 1


def _resolved(table: MarkedTable) -> list[Piece]:
    """A table of data with the text around it; of a table that lays out the page what its cells hold, by lines."""
    if table.inside and _only_frames(table):
        table.rows[:] = [[list(_unframed(_pieces_of(content))) for content in row] for row in table.rows]
        table.doubt = next((t.doubt for t in (table, *table.inside) if t.doubt), "")
        table.inside = []
    if not table.inside:
        table.texts, table.left_out = _shown_of(table.cells)
        if not _lays_out(table):
            return [BREAK, *table.before, BREAK, table, *table.after, BREAK]
    held = (piece for content in table.cells for piece in (BREAK, *_pieces_of(content)))
    return [BREAK, *table.before, *held, BREAK, *table.after, BREAK]


def _only_frames(table: MarkedTable) -> bool:
    """True where the tables inside merely frame a few of a table's many labels and figures."""
    if any(sum(map(len, t.texts)) > _FRAME_LENGTH for t in table.inside):
        return False
    return sum(map(len, table.rows)) >= _CELLS_BESIDE_A_FRAME * len(table.inside)


def _unframed(content: Iterable[Piece]) -> Iterator[Piece]:
    """The content of a cell, of the tables inside what their cells show, each by itself."""
    for piece in content:
        if isinstance(piece, MarkedTable):
            yield from (part for text in piece.texts for part in (GAP, text, GAP))
        else:
            yield piece


def _lays_out(table: MarkedTable) -> bool:
    """True for a table of one column, of text between spacers, or of one narrative with little beside it."""
    if all(len(row) <= 1 for row in table.rows) and all(
        rows == 1 for of_row in table.spans.values() for _, rows in of_row.values()
    ):
        return True
    texts = iter(table.texts)
    if all(_between_spacers(list(islice(texts, len(row)))) for row in table.rows):
        return any(table.texts)
    most = max(map(len, table.texts))
    if most < _NARRATIVE_LENGTH or most < _NARRATIVE_SHARE * sum(map(len, table.texts)):
        return False
    longest = next(c for c, text in zip(table.cells, table.texts, strict=True) if len(text) == most)
    return len(list(lines(_pieces_of(longest)))) >= _NARRATIVE_LINES


def _between_spacers(row: Sequence[str]) -> bool:
    if len(row) > 3:
        return False
    printed = list(map(_is_printed, row))
    return not any(printed) or len(row) == 1 or (sum(printed) == 1 and not printed[0])


def _is_printed(text: str) -> bool:
    return bool(SIGN.sub("", text).strip(OBJECT))


def _pieces_of(content: Content) -> Sequence[Piece]:
    return (content,) if isinstance(content, str) else content


def _shown_of(contents: Iterable[Content]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What cells show of their contents, and what is left out of each."""
    texts = [content if isinstance(content, str) else _text_of(content) for content in contents]
    if not texts:
        return (), ()
    if max(map(len, texts)) < _REMEMBERED_LENGTH:
        found = list(map(_joined, texts))
    else:
        found = [_joined(text) if len(text) < _REMEMBERED_LENGTH else _joined.__wrapped__(text) for text in texts]
    seen, left_out = zip(*found, strict=True)
    return seen, left_out


def _text_of(content: Iterable[Piece]) -> str:
    return "".join(p for p in content if isinstance(p, str))


@lru_cache(maxsize=4_096)
def _joined(printed: str) -> Shown:
    """The text that a cell shows of its lines."""
    printed = printed.strip(BLANKS)
    return shown("\n".join(lines([printed.replace(GAP, BREAK)])) if _WHITE.search(printed) else printed)


def lines(content: Iterable[Piece]) -> Iterator[str]:
    """The lines that are not blank, as shown."""
    for line in _text_of(content).replace(GAP, "").split(BREAK):
        if line and (shown := _shown(line)):
            yield shown


def _shown(text: str) -> str:
    """White space in the file is one space, a line end between Chinese characters none, blanks at the ends nothing."""
    if "\n" in text or "\r" in text:
        text = _BREAK_IN_CHINESE.sub("", text)
    if "  " in text or "\n" in text or "\t" in text or "\r" in text:  # quicker than a pattern over long paragraphs
        text = _SPACES.sub(" ", text)
    return text.strip(BLANKS)
