"""Finds the frames of tables among the rulings of a page: those that touch, from near and far, belong together.

What does *not* belong here: the cells of a frame, and what stands in them (`lattice`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.readers.pdf.drawn import size_of
from pipeline.readers.pdf.page import Char, Page, Ruling
from pipeline.readers.refused import Refused

MAX_LINES = 2_000
MAX_GROUPS = 200
_COLLINEAR = 1.0  # points
NEAR = 3.0  # points: lines that should meet may miss each other by this, and edges this close are one
_SHORT = 4.0  # points: a shorter line borders nothing
_LINE, _TALL = 0.95, 2.0  # of the font size: no row of a table is lower; no letter is higher
_WIDE = 6.0  # of the font size: the strokes of a figure beside each other reach no farther
_MEETS = 1.75  # points: how far the end of a border may be from the middle of the one that it meets
_BEYOND = 6.0  # points: level lines that reach further than the upright ones border a column of their own


@dataclass
class Frame:
    """Lines that touch one another, and the characters between them. `xs` and `ys` are its edges."""

    level: list[Ruling]
    upright: list[Ruling]
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    chars: list[Char] = field(default_factory=list)

    @property
    def area(self) -> float:
        """Its area, in square points."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    @property
    def is_box(self) -> bool:
        """True for a frame of one cell."""
        return len(self.xs) == 2 and len(self.ys) == 2

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies within its outer edges."""
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]

    def slot(self, other: Frame) -> tuple[int, int]:
        """Between which of its edges the middle of another frame is."""
        x, y = (other.xs[0] + other.xs[-1]) / 2, (other.ys[0] + other.ys[-1]) / 2
        return between(self.xs, x), between(self.ys, y)

    def encloses(self, other: Frame) -> bool:
        """Whether another lies within it."""
        return (
            self.holds(other.xs[0], other.ys[0])
            and self.holds(other.xs[-1], other.ys[-1])
            and (self.area > other.area or (self.area == other.area and id(self) > id(other)))
        )

    def find_edges(self) -> None:
        """Set the edges; a frame of fewer than two upright lines has none."""
        if len(self.upright) < 2:
            return
        xs = [r.at for r in self.upright]
        ends = [x for r in self.level for x in (r.start, r.end) if not min(xs) - _BEYOND <= x <= max(xs) + _BEYOND]
        ys = [min(r.start for r in self.upright), max(r.end for r in self.upright)]
        self.xs, self.ys = _edges([*xs, *ends]), _edges([*ys, *(r.at for r in self.level)])
        if len(self.xs) < 2 or len(self.ys) < 2:
            self.xs, self.ys = [], []


def _edges(positions: Iterable[float]) -> list[float]:
    """Positions with those that are nearly the same taken as one, their middle."""
    groups: list[list[float]] = []
    for at in sorted(positions):
        if groups and at - groups[-1][0] <= NEAR:
            groups[-1].append(at)
        else:
            groups.append([at])
    return [(g[0] + g[-1]) / 2 for g in groups]


def frames_of(page: Page) -> list[Frame]:
    """The groups of lines that touch; groups side by side, neither within the other, are one."""
    level, upright = _without_strokes(_long(page.level), _long(page.upright), page)
    if max(len(level), len(upright)) > MAX_LINES:
        raise Refused("too-large", f"more than {MAX_LINES:,} lines on a page")
    if len(upright) < 2:
        return []
    touching = [Frame([level[i] for i in ls], [upright[i] for i in us]) for ls, us in _touching(level, upright)]
    if len(touching) > MAX_GROUPS:  # a drawing: what touches nothing borders nothing
        touching = [f for f in touching if f.level]
    if len(touching) > MAX_GROUPS:
        raise Refused("too-large", f"more than {MAX_GROUPS:,} tables on a page")
    frames: list[Frame] = []
    touching = _without_boxes(touching)
    for frame in sorted(touching, key=lambda f: min(u.start for u in f.upright)):
        beside = next((f for f in frames if _beside(f, frame)), None)
        if beside:
            beside.level += frame.level
            beside.upright += frame.upright
        else:
            frames.append(frame)
    for frame in frames:
        frame.find_edges()
    return frames


def _without_boxes(frames: list[Frame]) -> list[Frame]:
    """The frames without those of one cell that stand alone in a cell of a table: borders of controls.

    What is drawn in a control is the text of its cell. Several boxes in one cell are a table within it.
    """
    for frame in frames:
        frame.find_edges()
    tables = [f for f in frames if len(f.xs) > 1 and not f.is_box]
    boxes: dict[tuple[int, int, int], list[Frame]] = {}
    for box in (f for f in frames if f.is_box):
        number = next((n for n, t in enumerate(tables) if t.encloses(box)), None)
        if number is not None:
            boxes.setdefault((number, *tables[number].slot(box)), []).append(box)
    controls = {id(found[0]) for found in boxes.values() if len(found) == 1}
    return [f for f in frames if id(f) not in controls]


def _long(rulings: Sequence[Ruling]) -> list[Ruling]:
    """The rulings with collinear pieces joined, without those too short to border a cell."""
    joined_up: list[Ruling] = []
    by_place = sorted(rulings)
    start = 0
    for end in range(1, len(by_place) + 1):
        if end == len(by_place) or by_place[end].at - by_place[start].at > _COLLINEAR:
            joined_up += _joined(by_place[start:end])
            start = end
    return [r for r in joined_up if r.end - r.start >= _SHORT]


def _without_strokes(level: list[Ruling], upright: list[Ruling], page: Page) -> tuple[list[Ruling], list[Ruling]]:
    """The rulings but for strokes of letters: no higher than the text, or short and away from what they may border."""
    size = 0.0 if page.is_read or page.parts else size_of(page.chars)
    tall, wide, least = _TALL * size, _WIDE * size, _LINE * size
    if min([r.end - r.start for r in upright], default=tall) < tall:
        borders = sorted(r for r in level if r.end - r.start >= tall)
        upright = [
            r for r in upright
            if (high := r.end - r.start) >= tall or (high >= least and _meets(r, borders))
        ]  # fmt: skip
    if min([r.end - r.start for r in level], default=wide) < wide:
        borders = sorted(upright)
        level = [r for r in level if r.end - r.start >= wide or _meets(r, borders)]
    return level, upright


def _meets(ruling: Ruling, borders: Sequence[Ruling]) -> bool:
    """True where an end of a ruling lies on one of those that run the other way, which come in order."""
    return any(
        r.start - NEAR <= ruling.at <= r.end + NEAR
        for end in (ruling.start, ruling.end)
        for r in borders[bisect_left(borders, (end - _MEETS,)) : bisect_right(borders, (end + _MEETS,))]
    )


def _joined(collinear: Sequence[Ruling]) -> Iterator[Ruling]:
    pieces = sorted(collinear, key=lambda r: r.start)
    at, start, end = pieces[0]
    for piece in pieces[1:]:
        if piece.start - end <= NEAR:
            end = max(end, piece.end)
        else:
            yield Ruling(at, start, end)
            at, start, end = piece
    yield Ruling(at, start, end)


def _touching(level: Sequence[Ruling], upright: Sequence[Ruling]) -> list[tuple[list[int], list[int]]]:
    """Level and upright lines, by their numbers, in connected groups."""
    crossed: list[list[int]] = [
        [i for i, h in enumerate(level) if _meet(h, u)] for u in upright
    ]  # fmt: skip
    crossing: dict[int, list[int]] = {}
    for number, crosses in enumerate(crossed):
        for i in crosses:
            crossing.setdefault(i, []).append(number)
    groups: list[tuple[list[int], list[int]]] = []
    seen: set[int] = set()
    for first in range(len(upright)):
        if first in seen:
            continue
        seen.add(first)
        levels, uprights, todo = set[int](), [first], [first]
        while todo:
            for i in crossed[todo.pop()]:
                if i in levels:
                    continue
                levels.add(i)
                new = [n for n in crossing[i] if n not in seen]
                seen.update(new)
                todo += new
                uprights += new
        groups.append((sorted(levels), sorted(uprights)))
    return groups


def _meet(level: Ruling, upright: Ruling) -> bool:
    return (
        level.start - NEAR <= upright.at <= level.end + NEAR and upright.start - NEAR <= level.at <= upright.end + NEAR
    )


def _beside(a: Frame, b: Frame) -> bool:
    """True for groups at the same height, neither of which contains the other."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = _bounds(a), _bounds(b)
    if min(ay1, by1) - max(ay0, by0) <= NEAR:
        return False
    a_in_b = bx0 <= ax0 and ax1 <= bx1 and by0 <= ay0 and ay1 <= by1
    b_in_a = ax0 <= bx0 and bx1 <= ax1 and ay0 <= by0 and by1 <= ay1
    return not (a_in_b or b_in_a)


def _bounds(frame: Frame) -> tuple[float, float, float, float]:
    xs = [r.at for r in frame.upright] + [x for r in frame.level for x in (r.start, r.end)]
    return (
        min(xs),
        min(r.start for r in frame.upright),
        max(xs),
        max(r.end for r in frame.upright),
    )


def between(edges: Sequence[float], at: float) -> int:
    """The number of the interval between edges in which a position lies; the nearest one for a position outside."""
    return min(max(bisect_right(edges, at) - 1, 0), len(edges) - 2)


def nearest(edges: Sequence[float], at: float) -> int:
    """The number of the edge that is nearest to a position, of two as near the first."""
    after = bisect_left(edges, at)
    if after in (0, len(edges)):
        return min(after, len(edges) - 1)
    return after - 1 if at - edges[after - 1] <= edges[after] - at else after
