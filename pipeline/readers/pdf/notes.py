"""Notes that people put upon the pages of a PDF: what they hide, strike or write there without changing the page.

A note shows its appearance, a piece of content; a file without one leaves it to the viewer to draw what its entries
say. What does *not* belong here: links, watermarks and lines below a text, which hide nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import cos, pi, sin

from pdfminer.pdftypes import list_value, num_value, resolve1
from pdfminer.utils import decode_text

from pipeline.readers.pdf.fields import Annotation, Rectangle
from pipeline.readers.pdf.shapes import Outline, corners
from pipeline.readers.pdf.strokes import Line, Point

COVERING = frozenset({
    "Square", "Circle", "Polygon", "PolyLine", "Line", "Ink", "Stamp", "Highlight", "Redact", "Text", "Caret",
    "FileAttachment",
})  # fmt: skip
_CORNERS = 24  # of a circle


def contents(annotation: Annotation) -> str:
    """The text of a note."""
    found = resolve1(annotation.get("Contents"))
    return decode_text(found).strip() if isinstance(found, bytes) else ""


def shape_of(annotation: Annotation, kind: str, at: Rectangle) -> tuple[Sequence[Line], Outline]:
    """The lines of a note without an appearance, and the outline of what it hides."""
    drawn = [_points(part) for part in _lines(annotation, kind)]
    lines = [line for points in drawn for line in pairwise(points)]
    if kind == "FreeText" and contents(annotation):
        return lines, corners(at)
    if kind == "Polygon" and drawn:
        lines += list(pairwise([*drawn[0][-1:], *drawn[0][:1]]))
    is_filled = bool(list_value(annotation.get("IC") or [])) and num_value(annotation.get("CA", 1)) >= 1
    if not is_filled or kind not in ("Square", "Circle", "Polygon"):
        return lines, []
    return lines, {"Square": corners(at), "Circle": _ellipse(at)}.get(kind, drawn[0] if drawn else [])


def _lines(annotation: Annotation, kind: str) -> Sequence[object]:
    """The entries that say where the lines of a note run."""
    if kind == "Ink":
        return list_value(annotation.get("InkList") or [])
    name = {"Line": "L", "PolyLine": "Vertices", "Polygon": "Vertices"}.get(kind)
    return [annotation.get(name)] if name and annotation.get(name) else []


def _points(part: object) -> list[Point]:
    numbers = [num_value(n) for n in list_value(part)]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def _ellipse(at: Rectangle) -> list[Point]:
    x, y, across, up = (at[0] + at[2]) / 2, (at[1] + at[3]) / 2, (at[2] - at[0]) / 2, (at[3] - at[1]) / 2
    turns = [2 * pi * n / _CORNERS for n in range(_CORNERS)]
    return [(x + across * cos(t), y + up * sin(t)) for t in turns]
