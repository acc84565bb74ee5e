"""Pictures that are anchored to a sheet of OpenDocument and not to a cell: which cells lie under them.

The file says how far a picture is from the first cell; rows and columns say in their styles how large they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lxml import etree

from pipeline.readers.odf.inline import FRAME
from pipeline.readers.odf.package import TABLE, Package
from pipeline.readers.sheet_pictures import Over

MAX_PICTURES = 1_000  # of a sheet
_SVG = "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
_SHAPES = f"{{{TABLE}}}shapes"
_LENGTH = re.compile(r"(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)(pt|cm|mm|in|pc|px)")
_POINTS = {"pt": 1.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54, "in": 72.0, "pc": 12.0, "px": 0.75}
WIDTH, HEIGHT = 64.0, 12.8  # points: of columns and rows that do not say theirs
_RIM = 1.0  # points: a picture ends in the cell in which more of it than this stands

Run = tuple[int, float]  # how many rows or columns are alike, and how large each is, in points


def points(length: str | None) -> float | None:
    """A length in points; None for what is none, as `auto`."""
    found = _LENGTH.fullmatch(length or "")
    return float(found[1]) * _POINTS[found[2]] if found else None


def pictures_over(table: etree._Element, found: Package, columns: Sequence[Run], rows: Sequence[Run]) -> Iterator[Over]:
    """The pictures of a sheet by the rows and columns that they cover, from 1."""
    for frame in _frames(table):
        x, y = (points(frame.get(f"{{{_SVG}}}{side}")) or 0.0 for side in ("x", "y"))
        wide, high = (points(frame.get(f"{{{_SVG}}}{side}")) or 0.0 for side in ("width", "height"))
        top, bottom = at(y, rows, HEIGHT), at(y + high - _RIM, rows, HEIGHT)
        left, right = at(x, columns, WIDTH), at(x + wide - _RIM, columns, WIDTH)
        yield Over(top, left, max(top, bottom), max(left, right), found.picture(frame))


def at(place: float, runs: Iterable[Run], usual: float) -> int:
    """The number of the row or column at a place, from 1."""
    place, before = max(place, 0.0), 0
    for count, size in runs:
        if place < count * size:
            return before + int(place / size) + 1
        before += count
        place -= count * size
    return before + int(place / usual) + 1


def _frames(table: etree._Element) -> Iterator[etree._Element]:
    shapes = table.find(_SHAPES)
    for number, frame in enumerate(shapes.iter(FRAME) if shapes is not None else ()):
        tags = {etree.QName(child).localname for child in frame.iterchildren(etree.Element)}
        if number < MAX_PICTURES and "image" in tags and "object" not in tags:  # which is a chart
            yield frame
