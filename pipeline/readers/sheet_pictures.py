"""Pictures that lie over the cells of a sheet of Excel: which they cover, and which of these show nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from lxml import etree

from pipeline.marks import OBJECT
from pipeline.readers.archive import Archive
from pipeline.readers.sheet import Bounds, Position, Stored, StoredCell
from pipeline.readers.word.embedded import relation, targets

MAX_COVERED = 1_000  # cells: a picture over more is a background
_WORKBOOK, _IN_CELLS = "xl/workbook.xml", "xl/cellimages.xml"


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
        elif first and last in (None, first) and _is_free_shape(anchor):
            yield Over(*first, *first, None)


def _is_free_shape(anchor: etree._Element) -> bool:
    """True for a shape of any form, as of a digit that is drawn, in which nothing is written."""
    has_text = any((t.text or "").strip() for t in anchor.iter("{*}t"))
    return next(anchor.iter("{*}custGeom"), None) is not None and not has_text


def pictures_in_cells(archive: Archive) -> Mapping[str, bytes | None]:
    """The pictures that WPS puts into cells, by the names that the formulas of these give."""
    root, parts = archive.xml(_IN_CELLS), targets(archive, _IN_CELLS)
    found: dict[str, bytes | None] = {}
    for picture in root.iter("{*}pic") if root is not None else ():
        named, blip = next(picture.iter("{*}cNvPr"), None), next(picture.iter("{*}blip"), None)
        if named is not None and blip is not None:
            found[named.get("name", "")] = archive.part(parts.get(relation(blip, "embed"), ""))
    return found


def _corner(corner: etree._Element | None, *, ends: bool = False) -> tuple[int, int] | None:
    """The row and column of a corner; one that `ends` where a cell begins lies in the cell before."""
    if corner is None:
        return None
    row, column, row_off, column_off = (
        int(text) if (text := corner.findtext(f"{{*}}{name}") or "").isdecimal() and len(text) < 10 else 0
        for name in ("row", "col", "rowOff", "colOff")
    )
    return row + 1 - (ends and not row_off and row > 0), column + 1 - (ends and not column_off and column > 0)


class Under(NamedTuple):
    """The cells under pictures, by row and column: in which something is written, which have borders, merged areas."""

    written: Collection[Position]
    bordered: Collection[Position]
    merged: Sequence[Bounds]


class Shown(NamedTuple):
    """What stands for pictures: in the blank cells of tables that they cover, and over no cell at all, by row."""

    cells: Mapping[Position, str]
    apart: Sequence[tuple[int, str]]


def shown(over: Iterable[Over], under: Under, sign: Callable[[bytes | None], str]) -> Shown:
    """What stands for the pictures over a sheet; in the cells under one that covers several, an object."""
    cells: dict[Position, str] = {}
    apart: list[tuple[int, str]] = []
    columns = _columns(under.written)
    for picture in over:
        if not any(_covers(picture, place) for places in under[:2] for place in places):
            if not _stands_in_row(picture, columns):
                apart.append((picture.top, sign(picture.data)))
                continue
            cells[picture.top, picture.left] = sign(picture.data)
        elif (picture.bottom - picture.top + 1) * (picture.right - picture.left + 1) <= MAX_COVERED:
            blank = list(_blank(picture, under))
            cells.update(dict.fromkeys(blank, sign(picture.data) if len(blank) == 1 else OBJECT))
    return Shown(cells, apart)


def _covers(picture: Over, place: Position) -> bool:
    return picture.top <= place[0] <= picture.bottom and picture.left <= place[1] <= picture.right


def _columns(written: Collection[Position]) -> Mapping[int, tuple[int, int]]:
    """For each row with several texts the first and last column of such rows, as those of tables without borders."""
    by_row = Counter(row for row, _ in written)
    inside = [column for row, column in written if by_row[row] > 1]
    return {row: (min(inside), max(inside)) for row, texts in by_row.items() if texts > 1}


def _stands_in_row(picture: Over, columns: Mapping[int, tuple[int, int]]) -> bool:
    """True for a picture in one cell of a table without borders."""
    if (picture.top, picture.left) != (picture.bottom, picture.right) or picture.top not in columns:
        return False
    first, last = columns[picture.top]
    return first <= picture.left <= last


def _blank(picture: Over, under: Under) -> Iterator[Position]:
    """The cells with a border under a picture in which nothing is written; one that is merged is its first cell."""
    merged = [m for m in under.merged if _reaches(picture, m)]
    places = product(range(picture.top, picture.bottom + 1), range(picture.left, picture.right + 1))
    for place in dict.fromkeys(_home(place, merged) for place in places):
        if place in under.bordered and place not in under.written:
            yield place


def _reaches(picture: Over, bounds: Bounds) -> bool:
    left, top, right, bottom = bounds
    return top <= picture.bottom and bottom >= picture.top and left <= picture.right and right >= picture.left


def _home(place: Position, merged: Sequence[Bounds]) -> Position:
    """The first cell of the merged area in which a place lies; the place itself where it lies in none."""
    row, column = place
    return next(((t, left) for left, t, right, b in merged if t <= row <= b and left <= column <= right), place)


def with_pictures(stored: Stored, over: Sequence[Over], sign: Callable[[bytes | None], str]) -> Stored:
    """A sheet with what stands for the pictures over it."""
    if not over:
        return stored
    cells = {(c.row, c.col): c for c in stored.cells}
    written = frozenset(place for place, c in cells.items() if c.text)
    under = Under(written, frozenset(place for place, c in cells.items() if c.bordered), stored.merged)
    from_nought = (Over(o.top - 1, o.left - 1, o.bottom - 1, o.right - 1, o.data) for o in over)
    found = shown(from_nought, under, sign)
    for place, text in found.cells.items():
        cells[place] = cells.get(place, StoredCell(*place, ""))._replace(text=text)
    return replace(stored, cells=list(cells.values()), drawn=found.apart)
