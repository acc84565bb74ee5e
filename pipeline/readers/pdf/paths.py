"""Paths of a PDF's page as outlines: points on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pdfminer.utils import Matrix, PathSegment

from pipeline.readers.pdf.strokes import Point, straight

_CURVES = frozenset("cvy")


def is_bent(path: Sequence[PathSegment]) -> bool:
    """True for a path with curves."""
    return not _CURVES.isdisjoint([segment[0] for segment in path])


def outlines_of(
    path: Sequence[PathSegment], ctm: Matrix, *, smooth: bool = False
) -> Iterator[tuple[list[Point], bool]]:
    """The parts of a path as points on the page, and whether each is closed.

    A curve is taken as its chord, or as several pieces where that is to be `smooth`.
    """
    a, b, c, d, e, f = ctm
    points: list[Point] = []
    for segment in path:
        operands: Sequence[Any] = segment[1:]
        if segment[0] == "m" and len(points) > 1:
            yield points, False
        if segment[0] == "m":
            points = []
        if segment[0] == "h":
            if len(points) > 1:
                yield points, True
            points = points[:1]
            continue
        if smooth and points and segment[0] in _CURVES:
            pairs = zip(operands[::2], operands[1::2], strict=False)
            *bends, end = [(a * x + c * y + e, b * x + d * y + f) for x, y in pairs]
            points += straight(points[-1], bends, end)
        else:
            x, y = operands[-2:]
            points.append((a * x + c * y + e, b * x + d * y + f))
    if len(points) > 1:
        yield points, False
