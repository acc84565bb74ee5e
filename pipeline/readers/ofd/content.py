"""The graphic objects of an OFD page: text and paths, each in a box of its own → characters and rulings in points."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from unicodedata import east_asian_width

from lxml import etree

from pipeline.readers.pdf.crossed import Over, mark_crossed
from pipeline.readers.pdf.page import Area, Char, Page
from pipeline.readers.pdf.painted import Fill, hide, painted_over
from pipeline.readers.pdf.shapes import Outline, around, kind_of
from pipeline.readers.pdf.strokes import THIN, Line, Point, middles, rule, straight
from pipeline.readers.refused import Refused

MAX_CHARS = 2_000_000
MAX_RULINGS = 200_000
MAX_PICTURES = 1_000  # of a page
MAX_DEPTH = 60  # of objects within each other
_ABOVE, _BELOW = 0.85, 0.15  # of the size: what a character's box takes above and below its base line
_SLANTED = 0.1  # of the way along: what text that is level or upright may rise
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_TOKEN = re.compile(rf"[A-Za-z]|{_NUMBER.pattern}")
_OPERANDS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7}
_BENDS = frozenset("QBA")
_MOST_REPEATED = 10_000
_CONTAINERS = frozenset({"Layer", "PageBlock", "Content"})

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]


def box_of(text: str | None) -> Box | None:
    """Left, top, width and height of a box in millimetres; None where it is not a box."""
    numbers = _numbers(text)
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 and min(numbers[2:]) > 0 else None


def _numbers(text: str | None) -> list[float]:
    found = [float(n) for n in _NUMBER.findall(text or "")]
    return found if all(map(math.isfinite, found)) else []


def _times(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does one after the other."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _moved(point: Point, by: Matrix) -> Point:
    a, b, c, d, e, f = by
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f


@dataclass(slots=True)
class Drawing:
    """Draws objects on a page: `matrix` leads from its millimetres to points."""

    page: Page
    matrix: Matrix
    composites: Mapping[str, etree._Element]
    chars: int = 0
    rulings: int = 0
    images: list[tuple[Area, str]] = field(default_factory=list)
    """The place of each picture, and the number by which the resources know it."""
    shapes: list[tuple[Area, bool]] = field(default_factory=list)
    """The boxes filled so far, and whether each is white."""
    fills: list[Fill] = field(default_factory=list)
    over: Over = field(default_factory=Over)

    def draw(self, content: etree._Element) -> None:
        """Draw all objects of a content. Raises `Refused` where they are too many, or too deep in each other."""
        self._inside(content, self.matrix, 0)

    def finish(self) -> None:
        """Set apart what is painted over, when all contents of the page are drawn."""
        hidden = painted_over(self.page, self.fills)
        mark_crossed(self.page, self.over, self.fills, hidden)
        hide(self.page, hidden)

    def _inside(self, parent: etree._Element, matrix: Matrix, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Refused("too-large", f"objects nested over {MAX_DEPTH} deep")
        for element in parent:
            name = etree.QName(element).localname
            if name in _CONTAINERS:
                self._inside(element, matrix, depth + 1)
            elif element.get("Visible") != "false" and element.get("Alpha") != "0":
                self._object(element, name, matrix, depth)

    def _object(self, element: etree._Element, name: str, matrix: Matrix, depth: int) -> None:
        boundary = box_of(element.get("Boundary")) or _lines_box(element.get("Boundary"))
        own = _numbers(element.get("CTM"))
        within: Matrix = (own[0], own[1], own[2], own[3], own[4], own[5]) if len(own) == 6 else (1, 0, 0, 1, 0, 0)
        whole = _times(_times(within, (1, 0, 0, 1, boundary[0], boundary[1])), matrix)
        if name == "TextObject":
            self._text(element, whole)
        elif name == "PathObject":
            self._path(element, whole)
        elif name == "ImageObject":
            self._image(element, boundary, whole if len(own) == 6 else None, matrix)
        elif name == "CompositeObject" and (unit := self.composites.get(element.get("ResourceID", ""))) is not None:
            self._inside(unit, whole, depth + 1)

    def _image(self, element: etree._Element, boundary: Box, within: Matrix | None, matrix: Matrix) -> None:
        """Note a picture and its place: its matrix fills a box of one by one, without one it fills its boundary."""
        left, top, width, height = boundary
        own = within or _times((width, 0, 0, height, left, top), matrix)
        corners = [_moved((x, y), own) for x in (0.0, 1.0) for y in (0.0, 1.0)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        place = min(xs), min(ys), max(xs), max(ys)
        self.page.image_area += (place[2] - place[0]) * (place[3] - place[1])
        if len(self.page.pictures) < MAX_PICTURES:
            self.page.pictures.append(place)
            self.images.append((place, element.get("ResourceID", "")))

    # ------------------------------------------------------------------------------------------------------------ text

    def _text(self, element: etree._Element, matrix: Matrix) -> None:
        if element.get("Fill") == "false" and element.get("Stroke") != "true":
            return
        size = next(iter(_numbers(element.get("Size"))), 0.0)
        scale = next(iter(_numbers(element.get("HScale"))), 1.0)
        x = y = 0.0
        white = _is_white(element)
        for code in element.iterfind("{*}TextCode"):
            text = code.text or ""
            x = next(iter(_numbers(code.get("X"))), x)
            y = next(iter(_numbers(code.get("Y"))), y)
            self.chars += len(text)
            if self.chars > MAX_CHARS:
                raise Refused("too-large", f"more than {MAX_CHARS:,} characters")
            for char, slanted in _placed(text, (x, y), _steps(code, text), (size, scale), matrix):
                unseen = white and self._is_on_white(char)
                (self.page.unseen if unseen else self.page.slanted if slanted else self.page.chars).append(char)

    def _is_on_white(self, char: Char) -> bool:
        """True where only paper or a white box is behind a character."""
        x, y = (char.x0 + char.x1) / 2, (char.y0 + char.y1) / 2
        return next((w for (x0, y0, x1, y1), w in reversed(self.shapes) if x0 <= x <= x1 and y0 <= y <= y1), True)

    # ----------------------------------------------------------------------------------------------------------- paths

    def _path(self, element: etree._Element, matrix: Matrix) -> None:
        """Keep the straight strokes and the thin filled shapes, and what may lie over figures."""
        stroked, filled = element.get("Stroke") != "false", element.get("Fill") == "true"
        data = element.findtext("{*}AbbreviatedData") or ""
        slanting: list[Line] = []
        for points, closed in _outlines(data):
            placed = [_moved(p, matrix) for p in points]
            is_large = filled and self._fill(placed, element)
            if stroked:
                self._rule(_strokes(placed, closed=closed), slanting)
            elif filled and not is_large:
                self._rule(middles(placed), [])
        bent = not _BENDS.isdisjoint(data)
        if not (bent or filled):
            self.over.draw(slanting)
            return
        outlines = [([_moved(p, matrix) for p in points], closed) for points, closed in _outlines(data, smooth=True)]
        if stroked:
            self.over.draw(line for points, closed in outlines for line in _strokes(points, closed=closed))
        if filled and outlines:
            self._patch([[(round(x, 3), round(y, 3)) for x, y in points] for points, _ in outlines], element)

    def _fill(self, points: Sequence[Point], element: etree._Element) -> bool:
        """Note a filled box that is large enough to have text before or under it; whether it is."""
        box = around([points])
        is_large = box[2] - box[0] >= THIN and box[3] - box[1] >= THIN
        if is_large and len(self.shapes) < MAX_RULINGS:
            self.shapes.append((box, _is_white(element)))
        return is_large

    def _patch(self, outlines: Sequence[Outline], element: etree._Element) -> None:
        """Note a filled shape by what it hides."""
        kind, boxes = kind_of(outlines)
        if kind == "line":
            self.over.draw(pairwise([*outlines[0], outlines[0][0]]))
        elif _is_thin(element):
            return
        elif kind == "boxes":
            self.fills += ((b, len(self.page.chars)) for b in boxes if min(b[2] - b[0], b[3] - b[1]) >= THIN)
        else:
            self.over.fill(outlines, len(self.page.chars))

    def _rule(self, lines: Iterable[Line], slanting: list[Line]) -> None:
        self.rulings += rule(self.page, lines, MAX_RULINGS - self.rulings, slanting)
        if self.rulings > MAX_RULINGS:
            raise Refused("too-large", f"more than {MAX_RULINGS:,} rulings")


def _strokes(points: Sequence[Point], *, closed: bool) -> Iterator[Line]:
    return pairwise([*points, *points[:1]] if closed else points)


def _is_white(element: etree._Element) -> bool:
    """True where an object is filled with white: in RGB, in grey, or in four colours."""
    colour = element.find("{*}FillColor")
    values = _numbers(colour.get("Value")) if colour is not None else []
    return values in ([255.0] * 3, [255.0], [0.0] * 4)


def _is_thin(element: etree._Element) -> bool:
    """True where what is under a filled shape may be seen: it is drawn thinly, or with a pattern."""
    colour = element.find("{*}FillColor")
    alphas = [element.get("Alpha"), colour.get("Alpha") if colour is not None else None]
    return any(a not in (None, "255") for a in alphas) or (colour is not None and len(colour) > 0)


def _lines_box(boundary: str | None) -> Box:
    """The box of a line, which may have no width or height."""
    numbers = [*_numbers(boundary), 0.0, 0.0, 0.0, 0.0]
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _steps(code: etree._Element, text: str) -> list[Point]:
    """How far each character but the last is from the next; nothing where they follow each other by their width."""
    across, down = (_deltas(code.get(name)) for name in ("DeltaX", "DeltaY"))
    if not across and not down:
        return []
    count = len(text) - 1
    return list(zip(_filled(across, count), _filled(down, count), strict=True))


def _deltas(text: str | None) -> list[float]:
    """Distances as written: `g 3 2.5` says three times 2.5."""
    found: list[float] = []
    words = (text or "").split()
    at = 0
    while at < len(words):
        if words[at] == "g" and at + 2 < len(words) and words[at + 1].isdecimal():
            found += _numbers(words[at + 2])[:1] * min(int(words[at + 1][:6]), _MOST_REPEATED)
            at += 3
        else:
            found += _numbers(words[at])[:1]
            at += 1
    return found


def _filled(deltas: list[float], count: int) -> list[float]:
    """As many distances as are needed: the last one is repeated, and none at all means no distance."""
    last = deltas[-1] if deltas else 0.0
    return [*deltas[:count], *[last] * (count - len(deltas))]


def _placed(
    text: str, start: Point, steps: Sequence[Point], size: Point, matrix: Matrix
) -> Iterator[tuple[Char, bool]]:
    """The characters of a text in points, and whether each is slanted."""
    (x, y), (em, scale) = start, size
    a, b, c, d, _, _ = matrix
    along, rising = max(abs(a), abs(b)), min(abs(a), abs(b))
    slanted = rising > _SLANTED * along
    height = em * math.hypot(c, d)
    for number, sign in enumerate(text):
        width = em * scale * (1.0 if east_asian_width(sign) in "WFA" else 0.5)
        if steps and number < len(steps) and 0 < steps[number][0] < width:
            width = steps[number][0]
        corners = [_moved((px, py), matrix) for px in (x, x + width) for py in (y - _ABOVE * em, y + _BELOW * em)]
        xs, ys = [p for p, _ in corners], [p for _, p in corners]
        yield Char(min(xs), min(ys), max(xs), max(ys), sign, height), slanted
        step = steps[number] if number < len(steps) else (width, 0.0) if not steps else (0.0, 0.0)
        x, y = x + step[0], y + step[1]


def _outlines(data: str, *, smooth: bool = False) -> Iterator[tuple[list[Point], bool]]:
    """The parts of a path, and whether each is closed.

    A curve is taken as its chord, or as several pieces where that is to be `smooth`; an arc ends a part.
    """
    points: list[Point] = []
    words = iter(_TOKEN.findall(data))
    for word in words:
        if word == "C":
            if len(points) > 1:
                yield points, True
            points = points[:1]
            continue
        operands = [float(n) for n in islice(words, _OPERANDS.get(word, 0)) if not n.isalpha()]
        if word in ("M", "S", "A"):
            if len(points) > 1:
                yield points, False
            points = []
        if len(operands) >= 2 and all(map(math.isfinite, operands)):
            pairs = list(zip(operands[::2], operands[1::2], strict=False))
            is_smooth = smooth and word in ("Q", "B") and points and len(operands) == _OPERANDS[word]
            points += straight(points[-1], pairs[:-1], pairs[-1]) if is_smooth else [(operands[-2], operands[-1])]
    if len(points) > 1:
        yield points, False
