"""Figures by their place across: those of a table stand above each other, whatever is drawn around them.

Where the figures of a block's rows stand in exactly as many places as it has columns, a row that lacks some has blanks
there. A place is a stretch of the line that no two columns share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spread:
    """The places of the columns of a block from left to right, and for each row the figure that stands at each."""

    places: tuple[Span, ...]
    rows: tuple[tuple[int | None, ...] | None, ...]


def spread(rows: Sequence[Sequence[Span]], columns: int) -> Spread | None:
    """The places of a block, and for each row the number of the figure at each place, None for a blank.

    A row that does not fit has None. Without one row that has all its figures there is nothing.
    """
    whole = [len(r) == columns and _apart(r) for r in rows]
    if not any(whole):
        return None
    places = _stretches([span for row in rows for span in row])
    if len(places) != columns:
        in_turn = tuple(range(columns))
        return Spread(tuple(rows[whole.index(True)]), tuple(in_turn if w else None for w in whole))
    return Spread(tuple(places), tuple(_at_places(r, places) for r in rows))


def _apart(row: Sequence[Span]) -> bool:
    return all(a[1] < b[0] for a, b in pairwise(row))


def _stretches(spans: Sequence[Span]) -> list[Span]:
    """The parts of the line that are covered, from left to right."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _at_places(row: Sequence[Span], places: Sequence[Span]) -> tuple[int | None, ...] | None:
    """The number of the one figure at each place; None where two share a place."""
    taken = [next(i for i, p in enumerate(places) if p[0] <= span[0] <= p[1]) for span in row]
    if len(set(taken)) < len(taken):
        return None
    return tuple(taken.index(i) if i in taken else None for i in range(len(places)))


def nearest(span: Span, places: Sequence[Span]) -> int:
    """The place nearest to a stretch, by the gap between them, then by their middles."""

    def away(i: int) -> tuple[float, float]:
        gap = max(places[i][0] - span[1], span[0] - places[i][1], 0.0)
        return gap, abs(sum(places[i]) - sum(span))

    return min(range(len(places)), key=away)
