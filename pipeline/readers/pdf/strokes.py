"""From strokes and thin filled shapes, as the operators of any format draw them, to the rulings of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline.readers.pdf.page import Area, Page, Ruling

THIN = 3.0  # a filled shape is a ruling when it is thinner, in points
_PIECES = 8  # of a curve
_STRAIGHT = 0.5  # points by which the ends of a level line may differ

Point = tuple[float, float]
Line = tuple[Point, Point]


def rule(page: Page, lines: Iterable[Line], most: int, slanting: list[Line]) -> int:
    """Add level and upright lines to a page, and the others to those that slant.

    Return how many rule the page, and stop after `most`.
    """
    added = 0
    for (x0, y0), (x1, y1) in lines:
        if abs(y1 - y0) <= _STRAIGHT < abs(x1 - x0):
            page.level.append(Ruling((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) <= _STRAIGHT < abs(y1 - y0):
            page.upright.append(Ruling((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
        else:
            slanting.append(((x0, y0), (x1, y1)))
            continue
        added += 1
        if added > most:
            break
    return added


def middles(box: Area) -> Iterator[Line]:
    """The middle line of a thin filled shape in a box, both ways of a dot, none of a shape that is not thin."""
    x0, y0, x1, y1 = box
    if y1 - y0 < THIN:
        yield (x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)
    if x1 - x0 < THIN:
        yield ((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)


def straight(start: Point, bends: Sequence[Point], end: Point) -> Iterator[Point]:
    """Points on a curve of one or two bends, its end last, so that it can be taken as straight pieces."""
    for n in range(1, _PIECES + 1):
        t = n / _PIECES
        points = [start, *bends, end]
        while len(points) > 1:
            points = [(a + t * (c - a), b + t * (d - b)) for (a, b), (c, d) in pairwise(points)]
        yield points[0]
