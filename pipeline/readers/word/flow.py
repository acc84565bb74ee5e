"""What Word lays out, in either of its formats: paragraphs and nested tables, made into paragraphs and grids.

A table that only wraps others or boxes text is dissolved as soon as it is complete, so that its content stands
where it stood. How a file says where its tables are is for the readers of the two formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.document import Block, Cell, Grid, Paragraph
from pipeline.marks import Shown, plain, shown
from pipeline.numbers import figure
from pipeline.readers.pictured import without_objects

Merge = Literal["none", "first", "continued"]

# Edges closer together than this many twips (a twentieth of a point) count as one: tables drawn by hand are never
# exact.
_SAME_EDGE = 100
# A table inside a cell with no more text than this is a frame around figures.
_FRAME_LENGTH = 30
_CELLS_BESIDE_A_FRAME = 4
_COUNTED = re.compile(r"[0-9０-９.．]\s*$")
_DIGIT_FIRST = re.compile(r"[\ufdd0-\ufddf\s]*[0-9０-９]")


@dataclass(slots=True)
class TableCell:
    """A cell between two edges; in a continued one, of cells merged downwards, nothing is visible."""

    left: int
    right: int
    merge: Merge = "none"
    items: list[Item] = field(default_factory=list)

    @property
    def shown(self) -> Shown:
        """What a person sees of it, its paragraphs as lines."""
        items = self.items
        if len(items) == 1 and isinstance(line := items[0], str):  # as nearly every cell
            return shown(line)
        return shown("\n".join([i for i in items if isinstance(i, str)]))


@dataclass(slots=True)
class WordTable:
    """Rows of cells, whose edges are numbers that rise to the right; `twips` says where each edge stands."""

    rows: list[list[TableCell]] = field(default_factory=list)
    twips: Mapping[int, int] = field(default_factory=dict)
    size: int = 0  # cells, those of inner tables with them


Item = str | WordTable


def complete(table: WordTable) -> list[Item]:
    """What becomes of a table whose last row is read: itself, or only its content where it merely arranges others."""
    cells = [c for row in table.rows for c in row if c.merge != "continued"]
    tables = _tables_in(cells)
    if tables and _only_frames(cells, tables):
        for cell in cells:
            cell.items = list(_unframed(cell.items))
        tables = _tables_in(cells)
    inner = sum(t.size for t in tables)
    table.size = len(cells) + inner
    if _only_lays_out(table, cells, inner):
        return [i for c in cells for i in c.items]
    return [table] if cells else []


def _tables_in(cells: Iterable[TableCell]) -> list[WordTable]:
    """The tables that stand in some cells, in their order."""
    return [i for c in cells for i in c.items if not isinstance(i, str)]


def _only_frames(cells: list[TableCell], inner: list[WordTable]) -> bool:
    """True where the tables inside merely frame a few of a table's many figures."""
    if len(cells) < _CELLS_BESIDE_A_FRAME * len(inner):
        return False
    return all(_is_of_figures([c.shown.text for row in t.rows for c in row]) for t in inner)


def _is_of_figures(texts: list[str]) -> bool:
    if sum(map(len, texts)) > _FRAME_LENGTH:
        return False
    return figure("".join(texts)).kind == "number" or all(figure(text).kind != "word" for text in texts)


def _unframed(items: list[Item]) -> Iterator[Item]:
    """The content of a cell, of the tables inside the lines of their cells, each by itself."""
    for item in items:
        if isinstance(item, str):
            yield item
        else:
            yield from (i for row in item.rows for c in row if c.merge != "continued" for i in c.items)


def numbered(ordinal: str, text: str) -> str:
    """A line of a cell behind the number that Word counts for it, which is no part of a figure."""
    apart = ordinal and _COUNTED.search(ordinal) and _DIGIT_FIRST.match(text)
    return f"{ordinal.rstrip()}\t{text}" if apart else ordinal + text


def _only_lays_out(table: WordTable, cells: list[TableCell], inner: int) -> bool:
    """One cell in every row; or the inner tables have more cells than the table itself, or all that is printed."""
    if all(len(row) < 2 for row in table.rows):
        return True
    return inner > len(cells) or (inner > 0 and all(_tables_in([c]) for c in cells if c.items and c.shown.text.strip()))


def blocks(items: list[Item]) -> Iterator[Block]:
    """The paragraphs, a line each, and the grids in reading order; tables inside the cells of one follow it."""
    grids = 0
    waiting = items[::-1]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield from (Paragraph(line.strip()) for line in without_objects(plain(item)).split("\n") if line.strip())
            continue
        grids += 1
        yield _grid(item, grids)
        inner = _tables_in(c for row in item.rows for c in row if c.merge != "continued")
        waiting.extend(reversed(inner))


def _grid(table: WordTable, number: int) -> Grid:
    """The grid of a table: edges become columns, cells merged downwards one cell of several rows."""
    columns = _columns(table)
    cells: list[tuple[int, int, int, Shown]] = []  # row, first column, column behind it, what is shown
    depth: list[int] = []
    growing: dict[tuple[int, int], int] = {}
    for row_number, row in enumerate(table.rows):
        grown: dict[tuple[int, int], int] = {}
        for cell in row:
            place = columns[cell.left], columns[cell.right]
            index = growing.get(place, -1) if cell.merge == "continued" else -1
            if index >= 0:
                depth[index] += 1
            else:
                index = len(cells)
                cells.append((row_number, *place, cell.shown))
                depth.append(1)
            if cell.merge != "none":
                grown[place] = index
        growing = grown
    return Grid(
        number,
        tuple(
            Cell(number, r, a, seen.text, d, b - a, left_out=seen.left_out)
            for (r, a, b, seen), d in zip(cells, depth, strict=True)
        ),
    )


def _columns(table: WordTable) -> dict[int, int]:
    """The column that begins at each edge. Edges that nearly coincide are one, but every cell keeps a width."""
    cells = [c for row in table.rows for c in row]
    narrowest: dict[int, int] = {}  # by right edge, the left edge of the narrowest cell that ends there
    for cell in cells:
        narrowest[cell.right] = max(narrowest.get(cell.right, cell.left), cell.left)
    columns: dict[int, int] = {}
    first, column = 0, -1
    for edge in sorted({e for c in cells for e in (c.left, c.right)}):
        apart = not columns or table.twips.get(edge, 0) - table.twips.get(first, 0) > _SAME_EDGE or not table.twips
        if apart or narrowest.get(edge, first - 1) >= first:
            first, column = edge, column + 1
        columns[edge] = column
    return columns
