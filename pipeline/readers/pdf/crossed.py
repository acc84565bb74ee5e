"""Figures with something drawn across or partly over them: nobody can say whether they still count.

A slanting line, a cross, a wave or a blot may strike a figure, correct it, or be an accident. Such a figure gets the
sign of an object, so that it is told and not read. Lines around and below figures, and shapes behind them, do nothing.

What does *not* belong here: level lines through figures, which strike them for certain (`struck`), and boxes over them,
under which nothing is seen (`painted`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import hypot

from pipeline.numbers import OBJECT, figure
from pipeline.readers.pdf.page import Area, Char, Page
from pipeline.readers.pdf.painted import Fill
from pipeline.readers.pdf.shapes import Outline, around
from pipeline.readers.pdf.strokes import Line, Point

MAX_LINES = 20_000  # of a page, and as many patches: with more of them it is a drawing
MAX_LONG = 500  # lines that are long: for each of them much of the page is looked at
MAX_POINTS = 500  # of a patch: with more of them it is a picture
_STEP = 16  # points: figures are looked for by squares of that side
_LONG = 100  # squares: a longer line
_ACROSS = 0.15  # of the width of a digit: what a line may touch at either side
_ALONG = 0.25  # of its height: the same above and below
_THROUGH = 0.2  # of the font size: how much of a line lies on a digit that it crosses
_PARTLY = 0.15  # of a digit: what is hidden of one that is no longer legible for certain
_POINTS = 5  # each way: where a digit is looked at
_NEXT = 0.25  # of the font size: how far the characters of a figure are from each other
_MOST = 0.5  # of the page: a larger patch is a background


@dataclass(slots=True)
class Over:
    """What is drawn over a page: lines, and the outlines of patches with how many characters were drawn before them."""

    lines: list[Line] = field(default_factory=list)
    patches: list[tuple[Sequence[Outline], int]] = field(default_factory=list)

    def draw(self, lines: Iterable[Line]) -> None:
        """Note lines that may run through figures."""
        if len(self.lines) < MAX_LINES:
            self.lines += lines

    def fill(self, outlines: Sequence[Outline], before: int) -> None:
        """Note a shape that hides what is under it."""
        if len(self.patches) < MAX_LINES and sum(map(len, outlines)) <= MAX_POINTS:
            self.patches.append((outlines, before))


def mark_crossed(page: Page, over: Over, fills: Sequence[Fill], hidden: Collection[int]) -> None:
    """Mark the digits of figures that lines cross, or that shapes hide in part; not those that are hidden anyway."""
    if not (over.lines or over.patches or fills):
        return
    digits = _Digits(page.chars)
    lengths: dict[int, float] = {}
    for line, i in _near_lines(over.lines, digits):
        if length := _length_in(line, digits.inner[i]):
            lengths[i] = lengths.get(i, 0.0) + length
    found = {i for i, length in lengths.items() if length >= _THROUGH * page.chars[i].size}
    found.update(_under(page, over.patches, digits))
    found.update(_beside(page, fills, digits))
    for i in sorted(found - set(hidden)):
        char = page.chars[i]
        if _is_of_figure(page.chars, i):
            page.chars[i] = char._replace(text=char.text + OBJECT)


class _Digits:
    """The digits of a page by their numbers: where each has its ink, and which have some in a square of the page."""

    def __init__(self, chars: Sequence[Char]) -> None:
        self.inner = {i: _inner(c) for i, c in enumerate(chars) if c.text.isdigit()}
        self.squares: dict[tuple[int, int], list[int]] = {}
        for i, box in self.inner.items():
            for square in _squares(box):
                self.squares.setdefault(square, []).append(i)

    def near(self, box: Area) -> Collection[int]:
        """Those in the squares that a box touches."""
        squares = _squares(box)
        if len(squares) == 1:
            return self.squares.get(squares[0], ())
        return {i for square in squares for i in self.squares.get(square, ())}


def _squares(box: Area) -> list[tuple[int, int]]:
    cols = range(int(box[0] // _STEP), int(box[2] // _STEP) + 1)
    rows = range(int(box[1] // _STEP), int(box[3] // _STEP) + 1)
    return [(col, row) for col in cols for row in rows]


def _near_lines(lines: Sequence[Line], digits: _Digits) -> Iterator[tuple[Line, int]]:
    long = 0
    reach = _reach(digits.squares)
    for line in lines:
        (x0, y0), (x1, y1) = line
        box = _common((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), reach)
        if box is None:
            continue
        if (box[2] - box[0]) * (box[3] - box[1]) > _LONG * _STEP**2:
            long += 1
            if long > MAX_LONG:
                continue
        yield from ((line, i) for i in digits.near(box))


def _reach(squares: Collection[tuple[int, int]]) -> Area:
    """The part of the page where digits stand."""
    cols, rows = [c for c, _ in squares] or [0], [r for _, r in squares] or [0]
    return min(cols) * _STEP, min(rows) * _STEP, (max(cols) + 1) * _STEP, (max(rows) + 1) * _STEP


def _common(a: Area, b: Area) -> Area | None:
    left, top, right, bottom = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return (left, top, right, bottom) if left <= right and top <= bottom else None


def _inner(char: Char) -> Area:
    """Where a digit has its ink."""
    wide, high = char.x1 - char.x0, char.y1 - char.y0
    return char.x0 + _ACROSS * wide, char.y0 + _ALONG * high, char.x1 - _ACROSS * wide, char.y1 - _ALONG * high


def _length_in(line: Line, box: Area) -> float:
    """How much of a line lies in a box."""
    (x0, y0), (x1, y1) = line
    dx, dy = x1 - x0, y1 - y0
    start, end = 0.0, 1.0
    for at, along, low, high in ((x0, dx, box[0], box[2]), (y0, dy, box[1], box[3])):
        if along:
            a, b = (low - at) / along, (high - at) / along
            start, end = max(start, min(a, b)), min(end, max(a, b))
        elif not low <= at <= high:
            return 0.0
    return (end - start) * hypot(dx, dy) if end > start else 0.0


def _under(page: Page, patches: Sequence[tuple[Sequence[Outline], int]], digits: _Digits) -> Iterator[int]:
    """The digits of which patches hide a part."""
    for outlines, before in patches:
        box = around(outlines)
        if (box[2] - box[0]) * (box[3] - box[1]) >= _MOST * page.width * page.height:
            continue
        for i in digits.near(box):
            if i < before and _common(inner := digits.inner[i], box):
                on = sum(sum(_holds(o, x, y) for o in outlines) % 2 for x, y in _points(inner))
                if on >= _PARTLY * _POINTS**2:
                    yield i


def _beside(page: Page, fills: Sequence[Fill], digits: _Digits) -> Iterator[int]:
    """The digits of which filled boxes hide a part, but not the middle."""
    for box, before in fills:
        if not before or (box[2] - box[0]) * (box[3] - box[1]) >= _MOST * page.width * page.height:
            continue
        for i in digits.near(box):
            if i < before and (part := _common(inner := digits.inner[i], box)):
                hides = (part[2] - part[0]) * (part[3] - part[1])
                if hides >= _PARTLY * (inner[2] - inner[0]) * (inner[3] - inner[1]):
                    yield i


def _points(box: Area) -> Iterator[Point]:
    across, down = (box[2] - box[0]) / _POINTS, (box[3] - box[1]) / _POINTS
    for col in range(_POINTS):
        for row in range(_POINTS):
            yield box[0] + (col + 0.5) * across, box[1] + (row + 0.5) * down


def _holds(outline: Outline, x: float, y: float) -> bool:
    """True for a point within an outline."""
    inside = False
    x0, y0 = outline[-1]
    for x1, y1 in outline:
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
        x0, y0 = x1, y1
    return inside


def _is_of_figure(chars: Sequence[Char], at: int) -> bool:
    """True where the characters drawn next to a digit make a figure with it, and not a word: 2023年."""
    first = last = at
    while first > 0 and _is_next(chars[first - 1], chars[first]):
        first -= 1
    while last + 1 < len(chars) and _is_next(chars[last], chars[last + 1]):
        last += 1
    return figure("".join(c.text for c in chars[first : last + 1]).replace(OBJECT, "")).kind == "number"


def _is_next(before: Char, char: Char) -> bool:
    near = _NEXT * char.size
    return abs(char.y1 - before.y1) <= near and -near <= char.x0 - before.x1 <= near
