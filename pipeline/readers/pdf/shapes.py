"""Outlines of shapes, as the operators of any format fill them: the boxes around them, and what they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from math import hypot
from typing import Literal

from pipeline.readers.pdf.page import Area
from pipeline.readers.pdf.strokes import THIN, Point

_FEW = 24  # points: a shape of more is a letter or a picture
_MANY = 50  # boxes of one path: such are the backgrounds of cells, none within another

Outline = Sequence[Point]


def kind_of(outlines: Sequence[Outline]) -> tuple[Literal["line", "boxes", "other"], list[Area]]:
    """What is filled: boxes beside each other, a thick line that slants, or another shape; and the boxes around all."""
    boxes = [around([o]) for o in outlines]
    if all(is_box(o, box) for o, box in zip(outlines, boxes, strict=True)):
        return ("boxes" if len(boxes) == 1 or _are_apart(boxes) else "other"), boxes
    return ("line" if len(outlines) == 1 and _is_slender(outlines[0]) else "other"), boxes


def is_box(outline: Outline, box: Area) -> bool:
    """True for an outline that is the box around it."""
    return {x for x, _ in outline} == {box[0], box[2]} and {y for _, y in outline} == {box[1], box[3]}


def around(outlines: Sequence[Sequence[Point]]) -> Area:
    """The box around all points of outlines."""
    xs, ys = [x for o in outlines for x, _ in o], [y for o in outlines for _, y in o]
    return min(xs), min(ys), max(xs), max(ys)


def corners(box: Area) -> list[Point]:
    """A box as an outline."""
    return [(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])]


def are_corners(points: Outline) -> bool:
    """True for four points that are the corners of a box, one after the other."""
    (a, b), (c, d), (e, f), (g, h) = points
    return (a == g and b == d and c == e and f == h) or (a == c and d == f and e == g and b == h)


def sides(line: tuple[Point, Point], breadth: float) -> list[Point]:
    """A thick line as an outline."""
    (x0, y0), (x1, y1) = line
    length = hypot(x1 - x0, y1 - y0) or 1.0
    dx, dy = (x1 - x0) / length * breadth / 2, (y1 - y0) / length * breadth / 2
    return [(x0 - dy, y0 + dx), (x1 - dy, y1 + dx), (x1 + dy, y1 - dx), (x0 + dy, y0 - dx)]


def _are_apart(boxes: Sequence[Area]) -> bool:
    """True where none of the boxes lies within another, as in a frame that is filled between two boxes."""
    if len(boxes) > _MANY:
        return True
    return not any(_encloses(a, b) or _encloses(b, a) for a, b in combinations(boxes, 2))


def _encloses(a: Area, b: Area) -> bool:
    return a[0] <= b[0] and a[1] <= b[1] and b[2] <= a[2] and b[3] <= a[3]


def _is_slender(outline: Sequence[Point]) -> bool:
    """True for a filled shape of a few sides that is a thick line, whichever way it runs."""
    if len(outline) > _FEW:
        return False
    sides = list(pairwise([*outline, outline[0]]))
    length = sum(hypot(c - a, d - b) for (a, b), (c, d) in sides)
    within = abs(sum(a * d - b * c for (a, b), (c, d) in sides)) / 2
    return length > 4 * THIN and 2 * within < THIN * length
