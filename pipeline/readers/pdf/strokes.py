"""From strokes and thin filled shapes, as the operators of any format draw them, to the rulings of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.readers.pdf.page import Page, Ruling

THIN = 3.0  # a filled shape is a ruling when it is thinner, in points
_STRAIGHT = 0.5  # points by which the ends of a level line may differ

Point = tuple[float, float]


def rule(page: Page, lines: Iterable[tuple[Point, Point]], most: int) -> int:
    """Add level and upright lines to a page; return their number, and stop after `most`."""
    added = 0
    for (x0, y0), (x1, y1) in lines:
        if abs(y1 - y0) <= _STRAIGHT < abs(x1 - x0):
            page.level.append(Ruling((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) <= _STRAIGHT < abs(y1 - y0):
            page.upright.append(Ruling((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
        else:
            continue
        added += 1
        if added > most:
            break
    return added


def middles(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """The middle line of a thin filled shape, both ways of a dot, none of a shape that is not thin."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    if y1 - y0 < THIN:
        yield (x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)
    if x1 - x0 < THIN:
        yield ((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)
