"""A single row of figures below its heads, without rulings: the heads alone show the columns.

Heads wrap in narrow columns, and figures that fill these touch each other. So the heads are put together by the labels
that are known, and the row is cut where they begin, end or have their middles, as long as each gets one figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.numbers import is_figure
from pipeline.readers.pdf.figure_columns import LEAST_COLUMNS, Placed, left, middle, right
from pipeline.readers.pdf.lattice import RuledTable, box_around
from pipeline.readers.pdf.lines import TextLine, joined, pieces_of, segments_of
from pipeline.readers.pdf.page import Char
from pipeline.readers.vocabulary import Vocabulary

_LEVEL = 2.0  # points: how far what begins at one place, or stands on one line, may be off
_SAME = 1.0  # points: how far the figure below a head may begin before it, or end behind it
_LEAST_ALONE = 3  # figures that stand apart from the others
_MOST_PIECES = 6  # of the heads over one column


@dataclass(frozen=True, slots=True)
class _Head:
    """A head of one line or several."""

    lines: tuple[TextLine, ...]

    @property
    def x0(self) -> float:
        return min(p.x0 for p in self.lines)

    @property
    def x1(self) -> float:
        return max(p.x1 for p in self.lines)

    @property
    def top(self) -> float:
        return self.lines[0].top


def row_below(heads: Sequence[TextLine], line: TextLine, words: Vocabulary) -> RuledTable | None:
    """The table of one line of figures and the lines above it; None where these do not head each figure."""
    if not heads or not all(is_figure(text) for text in line.text.split()):
        return None
    leaves, groups = _heads([list(pieces_of(above)) for above in heads], words)
    if len(leaves) < LEAST_COLUMNS:
        return None
    placed = _placed(groups, leaves)
    figures = _figures(line, leaves)
    if placed is None or figures is None:
        return None
    return _made([*heads, line], placed, leaves, figures)


def _heads(lines: Sequence[Sequence[TextLine]], words: Vocabulary) -> tuple[list[_Head], list[_Head]]:
    """The heads of the columns from left to right, and the groups above them; none where one of them is not known."""
    columns: list[list[TextLine]] = []
    groups: list[_Head] = []
    for line in reversed(lines):
        for piece in line:
            over = [c for c in columns if any(p.x0 < piece.x1 and piece.x0 < p.x1 for p in c)]
            if not over:
                columns.append([piece])
            elif len(over) == 1:
                over[0].insert(0, piece)
            elif words.knows(piece.text):
                groups.append(_Head((piece,)))
            else:
                return [], []
    leaves = []
    for column in sorted(columns, key=lambda c: c[0].x0):
        labels = _labels(column, words)
        if not labels:
            return [], []
        leaves.append(labels[-1])
        groups += labels[:-1]
    return leaves, groups


def _labels(column: Sequence[TextLine], words: Vocabulary) -> list[_Head]:
    """What stands over a column as known labels, as few as it can be; none where that cannot be."""
    if len(column) > _MOST_PIECES:
        return []
    for count in range(len(column), 0, -1):
        rest = column[count:]
        below = _labels(rest, words) if rest else []
        if words.knows(joined(p.text for p in column[:count])) and (below or not rest):
            return [_Head(tuple(column[:count])), *below]
    return []


def _placed(groups: Sequence[_Head], leaves: Sequence[_Head]) -> list[list[tuple[int, _Head]]] | None:
    """The groups by their lines, each with the column at which it begins; None where one begins at none."""
    lines: list[list[tuple[int, _Head]]] = []
    for group in sorted(groups, key=lambda g: g.top):
        at = next((n for n, leaf in enumerate(leaves) if abs(leaf.x0 - group.x0) <= _LEVEL), None)
        if at is None:
            return None
        if not lines or group.top - lines[-1][0][1].top > _LEVEL:
            lines.append([])
        lines[-1].append((at, group))
    return [sorted(line, key=lambda g: g[0]) for line in lines]


def _figures(line: TextLine, leaves: Sequence[_Head]) -> list[TextLine] | None:
    """The figure below each head; None where a head has none, or the ways to cut the row do not agree.

    Figures that stand alone below a head show whether all begin, end or have their middles where the heads do.
    """
    alone = [
        (part, over[0])
        for part in segments_of(line)
        if len(over := [h for h in leaves if h.x0 < part.x1 and part.x0 < h.x1]) == 1
    ]
    if len(alone) < _LEAST_ALONE:
        return None
    found = [
        _cut(line, leaves, way)
        for way in (left, right, middle)
        if all(abs(way(part) - way(head)) <= _LEVEL for part, head in alone)
    ]
    first = found[0] if found else None
    return first if first and all(f and [p.text for p in f] == [p.text for p in first] for f in found) else None


def _cut(line: TextLine, leaves: Sequence[_Head], way: Callable[[Placed], float]) -> list[TextLine] | None:
    """The figures of a row, one below each head; None where a part is no figure."""
    if way is middle:
        edges = [(a.x1 + b.x0) / 2 for a, b in pairwise(leaves)]
    else:
        edges = [b.x0 - _SAME for b in leaves[1:]] if way is left else [a.x1 + _SAME for a in leaves[:-1]]
    parts: list[list[Char]] = [[] for _ in leaves]
    for char in line.chars:
        at = char.x0 if way is left else char.x1 if way is right else (char.x0 + char.x1) / 2
        parts[sum(edge < at for edge in edges)].append(char)
    found = [line.of(p) for p in parts if any(not c.text.isspace() for c in p)]
    return found if len(found) == len(parts) and all(is_figure(f.text) for f in found) else None


def _made(
    lines: Sequence[TextLine],
    groups: Sequence[Sequence[tuple[int, _Head]]],
    leaves: Sequence[_Head],
    figures: Sequence[TextLine],
) -> RuledTable:
    """The table: a row for each line of groups, one of heads, one of figures."""
    page, count = lines[0].page, len(leaves)
    boxes = []
    for row, line in enumerate(groups):
        beside = [n for n, leaf in enumerate(leaves) if leaf.top <= line[0][1].top + _LEVEL]  # not under a group
        ends = [min(n for n in (*beside, *(a for a, _ in line), count) if n > at) for at, _ in line]
        boxes += [box_around(row, at, end - at, g.lines, page) for (at, g), end in zip(line, ends, strict=True)]
    boxes += [box_around(len(groups), n, 1, leaf.lines, page) for n, leaf in enumerate(leaves)]
    boxes += [box_around(len(groups) + 1, n, 1, (figure,), page) for n, figure in enumerate(figures)]
    lefts = [min(leaf.x0, figure.x0) for leaf, figure in zip(leaves, figures, strict=True)]
    edges = (*lefts, max(leaves[-1].x1, figures[-1].x1))
    return RuledTable(edges, len(groups) + 2, tuple(boxes), page, lines[0].top, lines[-1].bottom, unruled=True)
