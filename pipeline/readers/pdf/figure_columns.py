"""Columns of figures on a page without upright rulings: where the figures of rows stand over each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Protocol

from pipeline.numbers import OBJECT
from pipeline.readers.pdf.lines import TextLine

LEAST_COLUMNS = 5
SLACK = 3.0  # points
_SAME = 0.1  # points: more than sums of widths are off by


class Placed(Protocol):
    """What stands in a column: where it begins and ends."""

    @property
    def x0(self) -> float:
        """Where it begins."""

    @property
    def x1(self) -> float:
        """Where it ends."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of figures: where each begins and ends, and the edges between them.

    Where no row has all its figures, each column needs a head of its own above it. `others` are the edges that would
    do as well, as for figures of one digit, which begin, end and have their middles at the same places. `start` is
    where the labels begin on another page of the table.
    """

    reach: tuple[tuple[float, float], ...]
    edges: tuple[float, ...]
    needs_heads: bool = False
    others: tuple[tuple[float, ...], ...] = ()
    start: float = inf

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[TextLine]]) -> Columns | None:
        """The columns of rows with a figure in each; None where these overlap."""
        return cls._of(list(zip(*rows, strict=True)), are_aligned=len(rows) > 1)

    @classmethod
    def of_sparse(cls, rows: Sequence[Sequence[TextLine]]) -> Columns | None:
        """The columns of rows without their blank figures: what stands over each other is one.

        None where these are too few, or a row has two figures in one.
        """
        columns: list[list[TextLine]] = []
        end = 0.0
        for part in sorted((p for row in rows for p in row), key=left):
            if not columns or part.x0 >= end:
                columns.append([])
            columns[-1].append(part)
            end = max(end, part.x1)
        place = {id(p): n for n, column in enumerate(columns) for p in column}
        if len(columns) < LEAST_COLUMNS or any(len({place[id(p)] for p in row}) < len(row) for row in rows):
            return None
        found = cls._of(columns, are_aligned=True)
        return found and replace(found, needs_heads=True)

    @classmethod
    def _of(cls, columns: Sequence[Sequence[TextLine]], *, are_aligned: bool) -> Columns | None:
        """Columns from the figures of each; None where these overlap.

        Where they begin at one place an edge lies before it, where they end at one behind it, else in the middle.
        Figures that are drawn begin and end anywhere.
        """
        columns = [[p for p in c if p.text != OBJECT] or c for c in columns]
        reach = tuple((min(p.x0 for p in c), max(p.x1 for p in c)) for c in columns)
        gaps = [b[0] - a[1] for a, b in pairwise(reach)]
        if any(gap <= 0 for gap in gaps):
            return None
        level = [sum(_spread([at(p) for p in c]) for c in columns) for at in (left, right, middle)]
        kinds = [k for k in range(3) if level[k] - min(level) <= _SAME] if are_aligned else [2]
        edges, *others = (_edges(reach, gaps, kind) for kind in kinds)
        return cls(reach, edges, others=tuple(others))

    def under(self, heads: Sequence[Sequence[TextLine]]) -> Columns:
        """The columns with those of their edges between which most heads of lines stand alone."""
        ways = [self, *(replace(self, edges=edges) for edges in self.others)]
        return max(ways, key=lambda c: sum(c.of(p) is not None for line in heads for p in line))

    def of(self, part: TextLine) -> int | None:
        """The column in which a part stands alone; None for what is wider, or outside."""
        for n, (begin, end) in enumerate(pairwise(self.edges)):
            if begin <= middle(part) < end:
                return n if part.x0 >= begin - SLACK and part.x1 <= end + SLACK else None
        return None

    def are_headed(self, header: Sequence[Sequence[TextLine]]) -> bool:
        """True where each column has a head, and no line of the header prints two over one column."""
        over = [[n for p in line if (n := self.of(p)) is not None] for line in header]
        is_clear = all(len(set(line)) == len(line) for line in over)
        return is_clear and {n for line in over for n in line} == set(range(len(self.reach)))


def _edges(reach: Sequence[tuple[float, float]], gaps: Sequence[float], kind: int) -> tuple[float, ...]:
    """The edges of columns that begin at one place (0), end at one (1) or have their middles there (2)."""
    share = (1.0, 0.0, 0.5)[kind]
    inner = [a[1] + share * gap + (1 - 2 * share) for a, gap in zip(reach, gaps, strict=False)]
    first = reach[0][0] - min(SLACK, min(gaps) / 2) if kind == 0 else reach[0][0] - min(gaps) / 2
    return (first, *inner, max(reach[-1][1] + min(gaps) / 2, reach[-1][1] + SLACK))


def left(part: Placed) -> float:
    """Where it begins."""
    return part.x0


def right(part: Placed) -> float:
    """Where it ends."""
    return part.x1


def middle(part: Placed) -> float:
    """Where its middle is."""
    return (part.x0 + part.x1) / 2


def _spread(places: Sequence[float]) -> float:
    return max(places) - min(places)
