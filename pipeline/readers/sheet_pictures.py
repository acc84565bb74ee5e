"""Pictures that lie over the cells of a sheet of Excel: which they cover, and which of these show nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from lxml import etree

from pipeline.marks import OBJECT
from pipeline.readers.archive import Archive
from pipeline.readers.pictured import Pictures
from pipeline.readers.sheet import Bounds, Position, Stored
from pipeline.readers.word.embedded import relation, targets

MAX_COVERED = 1_000  # cells: a picture over more is a background
_WORKBOOK = "xl/workbook.xml"


class Over(NamedTuple):
    """A picture and the cells that it covers, by the first and last row and column, from 1."""

    top: int
    left: int
    bottom: int
    right: int
    data: bytes | None


def sheets_of(archive: Archive) -> Mapping[str, str]:
    """The parts of the sheets by their names."""
    book, parts = archive.xml(_WORKBOOK), targets(archive, _WORKBOOK)
    found = book.iter("{*}sheet") if book is not None else ()
    return {s.get("name", ""): parts.get(relation(s, "id"), "") for s in found}


def pictures_over(archive: Archive, part: str) -> Iterator[Over]:
    """The pictures over the cells of a sheet, by its part."""
    root = archive.xml(part) if part else None
    drawing = root.find("{*}drawing") if root is not None else None
    if drawing is not None:
        yield from pictures_in(archive, part, relation(drawing, "id"))


def pictures_in(archive: Archive, part: str, drawing: str) -> Iterator[Over]:
    """The pictures of a drawing, by the name of its relation to the part of a sheet."""
    name = targets(archive, part).get(drawing, "")
    drawn = archive.xml(name) if name else None
    if drawn is None:
        return
    parts = targets(archive, name)
    for anchor in drawn.iterchildren("{*}twoCellAnchor", "{*}oneCellAnchor"):
        first, last = _corner(anchor.find("{*}from")), _corner(anchor.find("{*}to"), ends=True)
        blip = next(anchor.iter("{*}blip"), None)
        if first and blip is not None:
            data = archive.part(parts.get(relation(blip, "embed"), ""))
            yield Over(*first, *(last or first), data)


def _corner(corner: etree._Element | None, *, ends: bool = False) -> tuple[int, int] | None:
    """The row and column of a corner; one that `ends` where a cell begins lies in the cell before."""
    if corner is None:
        return None
    row, column, row_off, column_off = (
        int(text) if (text := corner.findtext(f"{{*}}{name}") or "").isdecimal() and len(text) < 10 else 0
        for name in ("row", "col", "rowOff", "colOff")
    )
    return row + 1 - (ends and not row_off and row > 0), column + 1 - (ends and not column_off and column > 0)


def covered(sheet: Any, over: Iterator[Over], pictures: Pictures) -> Mapping[tuple[int, int], str]:
    """What stands for pictures in the blank cells that they cover, by row and column; of one over several an object."""
    found: dict[tuple[int, int], str] = {}
    for picture in over:
        if (picture.bottom - picture.top + 1) * (picture.right - picture.left + 1) > MAX_COVERED:
            continue
        blank = list(_blank(sheet, picture))
        sign = pictures.sign(picture.data) if len(blank) == 1 else OBJECT
        found.update(dict.fromkeys(blank, sign))
    return found


def _blank(sheet: Any, over: Over) -> Iterator[tuple[int, int]]:
    """The cells with a border under a picture in which nothing is written; one that is merged is its first cell."""
    homes = {
        place: (m.min_row, m.min_col)
        for m in sheet.merged_cells.ranges
        if m.min_row <= over.bottom and m.max_row >= over.top and m.min_col <= over.right and m.max_col >= over.left
        for place in m.cells
    }
    places = (
        (row, column) for row in range(over.top, over.bottom + 1) for column in range(over.left, over.right + 1)
    )  # fmt: skip
    for place in dict.fromkeys(homes.get(p, p) for p in places):
        cell = sheet._cells.get(place)
        if cell is not None and cell.value is None and cell.has_style and cell.border.left and cell.border.left.style:
            yield place


def with_pictures(stored: Stored, over: Sequence[Over], sign: Callable[[bytes | None], str]) -> Stored:
    """A sheet with what stands for pictures in its blank cells that they cover; of one over several an object."""
    if not over:
        return stored
    cells = {(c.row, c.col): c for c in stored.cells}
    for picture in over:
        rows, columns = range(picture.top - 1, picture.bottom), range(picture.left - 1, picture.right)
        if len(rows) * len(columns) > MAX_COVERED:
            continue
        under = dict.fromkeys(_home(place, stored.merged) for place in product(rows, columns))
        blank = [c for place in under if (c := cells.get(place)) and c.bordered and not c.text]
        text = sign(picture.data) if len(blank) == 1 else OBJECT
        cells.update(((c.row, c.col), c._replace(text=text)) for c in blank)
    return replace(stored, cells=list(cells.values()))


def _home(place: Position, merged: Sequence[Bounds]) -> Position:
    """The first cell of the merged area in which a place lies; the place itself where it lies in none."""
    row, column = place
    return next(((t, left) for left, t, right, b in merged if t <= row <= b and left <= column <= right), place)
