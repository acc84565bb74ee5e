"""A sheet of cells with borders and merged areas → grids and paragraphs, for every spreadsheet format.

Rows that touch are a grid, lines of text among them paragraphs. How a file stores its cells is for the readers.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.document import Block, Cell, Document, Grid, Paragraph
from pipeline.marks import plain, shown
from pipeline.readers.refused import Refused
from pipeline.readers.sheet_looks import unit_in

MAX_CELLS = 200_000  # of all sheets, cells that are merged or blank with them
_NUMBER = re.compile(r"^[-+]?[0-9][0-9,]*(?:\.[0-9]+)?%?$")

Position = tuple[int, int]  # row and column
Bounds = tuple[int, int, int, int]  # the first column and row, the last column and row


class StoredCell(NamedTuple):
    """A cell as a file stores it, by any count of rows and columns: its text as shown, whether a border is drawn.

    The text is marked where it is struck, raised or hidden.
    """

    row: int
    col: int
    text: str
    bordered: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A visible sheet as a file stores it, with the rows and columns that it hides and the areas that it merges.

    `drawn` are the rows in which pictures begin that lie over none of its cells, and what stands for each.
    """

    cells: Sequence[StoredCell]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: Sequence[Bounds] = ()
    shows_zeros: bool = True
    title: str = ""  # its name, with what its pages have above and below
    drawn: Sequence[tuple[int, str]] = ()


def document(name: str, sheets: Iterable[Stored]) -> Document:
    """The document of a format, from its visible sheets in order. Raises `Refused` where they are too large."""
    found: list[Block] = []
    cells = 0
    for number, stored in enumerate(sheets, start=1):
        cells += len(stored.cells) + sum(area(b) for b in stored.merged)
        if cells > MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
        found += unit_line(stored.title, number)
        found += blocks(_laid_out(stored, number), sum(isinstance(b, Grid) for b in found))
    return Document(name, tuple(found))


def unit_line(title: str, number: int) -> list[Block]:
    """A line above a sheet for the unit of money that its title gives."""
    return [Paragraph(line, number)] if (line := unit_in(title)) else []


def area(bounds: Bounds) -> int:
    """How many cells an area has."""
    left, top, right, bottom = bounds
    return max(0, right - left + 1) * max(0, bottom - top + 1)


@dataclass(slots=True)
class Sheet:
    """The visible part of a sheet, row by row: printed texts, columns within borders, merged areas."""

    number: int
    texts: dict[int, dict[int, str]] = field(default_factory=dict)
    bordered: dict[int, set[int]] = field(default_factory=dict)
    covered: dict[int, dict[int, Position]] = field(default_factory=dict)  # every place of an area, to its first one
    lasts: dict[Position, Position] = field(default_factory=dict)  # the last place of an area, by its first one
    left_out: dict[Position, str] = field(
        default_factory=dict
    )  # what cells have beside that: struck, hidden, a note's mark

    drawn: list[tuple[int, str]] = field(default_factory=list)  # pictures over no cell, by row
    lines: dict[Position, str] = field(default_factory=dict)  # texts of several lines, which a cell of a table joins
    name: str = ""

    def put(self, place: Position, content: str, *, bordered: bool, shows_zeros: bool) -> None:
        """Take the content of a cell at the row and column where it is seen, its text marked where it is struck."""
        row, column = place
        text, left_out = shown(content)
        if left_out:
            self.left_out[place] = left_out
        if text.strip() and (text != "0" or shows_zeros):
            self.texts.setdefault(row, {})[column] = text
            if "\n" in content:
                self.lines[place] = plain(content)
        elif bordered or left_out:
            self.bordered.setdefault(row, set()).add(column)

    def columns_of(self, row: int) -> list[int]:
        """The columns in which something is printed."""
        return sorted(self.texts.get(row, ()))


class Visible:
    """Numbers of rows or columns as they are seen: those that are hidden do not count."""

    def __init__(self, hidden: Collection[int]) -> None:
        self._hidden = sorted(hidden)

    def number(self, stored: int) -> int:
        """The number seen; that of the next visible one for a hidden one."""
        return stored - bisect_left(self._hidden, stored)

    def is_hidden(self, stored: int) -> bool:
        """True for a row or column that is not shown."""
        at = bisect_left(self._hidden, stored)
        return at < len(self._hidden) and self._hidden[at] == stored


def _laid_out(stored: Stored, number: int) -> Sheet:
    rows, columns = Visible(stored.hidden_rows), Visible(stored.hidden_columns)
    found = Sheet(number, name=stored.title.split("\n", 1)[0])
    for cell in stored.cells:
        if rows.is_hidden(cell.row) or columns.is_hidden(cell.col):
            continue
        place = rows.number(cell.row), columns.number(cell.col)
        found.put(place, cell.text, bordered=cell.bordered, shows_zeros=stored.shows_zeros)
    for bounds in stored.merged:
        merge(found, bounds, rows, columns)
    found.drawn = [(rows.number(row), sign) for row, sign in stored.drawn]
    return found


def merge(laid_out: Sheet, bounds: Bounds, rows: Visible, columns: Visible) -> None:
    """Note a merged area by its stored bounds (left, top, right, bottom), as far as it is seen."""
    left, top, right, bottom = bounds
    first = rows.number(top), columns.number(left)
    last = rows.number(bottom + 1) - 1, columns.number(right + 1) - 1
    if last < first or last[1] < first[1]:
        return
    laid_out.lasts[first] = last
    for row in range(first[0], last[0] + 1):
        for column in range(first[1], last[1] + 1):
            laid_out.covered.setdefault(row, {})[column] = first


def blocks(sheet: Sheet, grids: int) -> Iterator[Block]:
    """Rows that touch are a grid, but for the lines of text among them; `grids` is how many came before."""
    drawn = deque(sorted(sheet.drawn))
    for run in _runs(sheet):
        while drawn and drawn[0][0] < run[0]:
            yield Paragraph(drawn.popleft()[1], sheet.number)
        lines = _lines(sheet, run)
        rows: list[int] = []
        for row in [*run, None]:
            if row is not None and row not in lines:
                rows.append(row)
                continue
            if rows:
                grids += 1
                yield _grid(sheet, rows, grids)
                rows = []
            if row is not None:
                ((column, shown_text),) = sheet.texts[row].items()
                text = sheet.lines.get((row, column), shown_text)
                yield from (Paragraph(line.strip(), sheet.number) for line in text.split("\n") if line.strip())
    yield from (Paragraph(sign, sheet.number) for _, sign in drawn)


def _runs(sheet: Sheet) -> Iterator[list[int]]:
    """Runs of printed rows; one row of blank cells within borders below a printed row belongs to it."""
    run: list[int] = []
    for row in sorted(sheet.texts.keys() | {r for r in sheet.bordered if r - 1 in sheet.texts}):
        if run and row != run[-1] + 1:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _lines(sheet: Sheet, run: Sequence[int]) -> frozenset[int]:
    """The rows of a run that are lines of text, not rows of a table."""
    wide = [row for row in run if len(sheet.columns_of(row)) > 1]
    width = max((sheet.columns_of(row)[-1] for row in wide), default=0)
    found: set[int] = set()
    table_row = -1  # the row below, where it has figures
    for row in reversed(run):
        columns = sheet.columns_of(row)
        if len(columns) == 1 and _is_line(sheet, (row, columns[0]), width, followed=table_row == row + 1):
            found.add(row)
        elif any(_is_number(t) for t in sheet.texts.get(row, {}).values()) or (
            len(columns) == 1 and table_row == row + 1
        ):
            table_row = row
    return frozenset(found)


def _is_line(sheet: Sheet, place: Position, width: int, *, followed: bool) -> bool:
    """True for a text alone in its row, merged over the whole width or not at all, without empty cells beside it.

    A label whose figures are all blank looks alike where no borders are drawn: such a row is followed by figures.
    """
    row, column = place
    last = sheet.lasts.get(place, place)
    if _is_number(sheet.texts[row][column]) or last[0] > row:
        return False
    if any(not column <= c <= last[1] for c in sheet.bordered.get(row, ())):
        return False
    if any(first[0] < row for first in sheet.covered.get(row, {}).values()):
        return False
    return last[1] >= width or (last == place and not followed)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.match(text.strip()))


def _grid(sheet: Sheet, rows: Sequence[int], number: int) -> Grid:
    """The cells of some rows, blank ones too, from the first column in use to the last."""
    nothing: dict[int, Position] = {}
    used = {c for row in rows for part in (sheet.texts, sheet.bordered, sheet.covered) for c in part.get(row, nothing)}
    left, right = min(used), max(used)
    if len(rows) * (right - left + 1) > MAX_CELLS:
        raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
    places = ((row, column) for row in rows for column in range(left, right + 1))
    firsts = (p for p in places if sheet.covered.get(p[0], nothing).get(p[1], p) == p)
    cells = tuple(_cell(sheet, place, (rows[0], left, rows[-1]), number) for place in firsts)
    return Grid(number, cells, sheet=sheet.name)


def _cell(sheet: Sheet, place: Position, bounds: tuple[int, int, int], number: int) -> Cell:
    (row, column), (top, left, bottom) = place, bounds
    last_row, last_column = sheet.lasts.get(place, place)
    return Cell(
        number,
        row - top,
        column - left,
        sheet.texts.get(row, {}).get(column, ""),
        min(last_row, bottom) - row + 1,
        last_column - column + 1,
        sheet.number,
        left_out=sheet.left_out.get(place, ""),
    )
