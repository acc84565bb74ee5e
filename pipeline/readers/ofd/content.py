"""The graphic objects of an OFD page: text and paths, each in a box of its own → characters and rulings in points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from unicodedata import east_asian_width

from lxml import etree

from pipeline.readers.ofd.clips import Parts, shown_parts, within
from pipeline.readers.ofd.spaces import Box, Matrix, box_of, moved, numbers, outlines_of, times
from pipeline.readers.pdf.crossed import Over, mark_crossed
from pipeline.readers.pdf.ink import Ink
from pipeline.readers.pdf.page import Area, Char, Page
from pipeline.readers.pdf.painted import Fill, hide, painted_over
from pipeline.readers.pdf.shapes import Outline, around, corners, kind_of
from pipeline.readers.pdf.strokes import THIN, Line, Point, middles, rule
from pipeline.readers.refused import Refused

MAX_CHARS = 2_000_000
MAX_RULINGS = 200_000
MAX_PICTURES = 1_000  # of a page
MAX_DEPTH = 60  # of objects within each other
_ABOVE, _BELOW = 0.85, 0.15  # of the size: what a character's box takes above and below its base line
_SLANTED = 0.1  # of the way along: what text that is level or upright may rise
_BENDS = frozenset("QBA")
_MOST_REPEATED = 10_000
_CONTAINERS = frozenset({"Layer", "PageBlock", "Content"})


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
    ink: Ink = field(default_factory=Ink)
    letters: list[Char] | None = None
    """Those of the note that is drawn over the page, if one is."""

    def draw(self, content: etree._Element) -> None:
        """Draw all objects of a content. Raises `Refused` where they are too many, or too deep in each other."""
        self._inside(content, self.matrix, 0)

    def draw_note(self, content: etree._Element) -> None:
        """Draw what a note shows over the page; a seal around which letters run hides nothing."""
        slanted, self.letters = len(self.page.slanted), []
        left, top, *_ = _lines_box(content.get("Boundary"))
        self._inside(content, times((1, 0, 0, 1, left, top), self.matrix), 0)
        if len(self.page.slanted) == slanted:
            for char in self.letters:
                if not char.text.isspace():
                    self.over.fill([corners((char.x0, char.y0, char.x1, char.y1))], len(self.page.chars))
        del self.page.slanted[slanted:]
        self.letters = None

    def finish(self) -> None:
        """Set apart what is painted over, when all contents of the page are drawn."""
        hidden = painted_over(self.page, self.fills)
        mark_crossed(self.page, self.over, self.fills, hidden)
        hide(self.page, hidden)
        self.page.ink = self.ink.seen(self.page)

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
        own = numbers(element.get("CTM"))
        within: Matrix = (own[0], own[1], own[2], own[3], own[4], own[5]) if len(own) == 6 else (1, 0, 0, 1, 0, 0)
        whole = times(times(within, (1, 0, 0, 1, boundary[0], boundary[1])), matrix)
        if name == "TextObject":
            shown = shown_parts(element, whole, times((1, 0, 0, 1, boundary[0], boundary[1]), matrix))
            self._text(element, whole, shown)
        elif name == "PathObject":
            self._path(element, whole)
        elif name == "ImageObject":
            self._image(element, boundary, whole if len(own) == 6 else None, matrix)
        elif name == "CompositeObject" and (unit := self.composites.get(element.get("ResourceID", ""))) is not None:
            self._inside(unit, whole, depth + 1)

    def _image(self, element: etree._Element, boundary: Box, within: Matrix | None, matrix: Matrix) -> None:
        """Note a picture and its place: its matrix fills a box of one by one, without one it fills its boundary.

        Pictures of notes are seals, which let through what is under them.
        """
        if self.letters is not None:
            return
        left, top, width, height = boundary
        own = within or times((width, 0, 0, height, left, top), matrix)
        place = around([[moved((x, y), own) for x in (0.0, 1.0) for y in (0.0, 1.0)]])
        self.page.image_area += (place[2] - place[0]) * (place[3] - place[1])
        if len(self.page.pictures) < MAX_PICTURES:
            self.page.pictures.append(place)
            self.images.append((place, element.get("ResourceID", "")))

    # ------------------------------------------------------------------------------------------------------------ text

    def _text(self, element: etree._Element, matrix: Matrix, shown: Parts | None) -> None:
        """Keep the characters of a text; `shown` are the parts of the page where it is not clipped away."""
        if element.get("Fill") == "false" and element.get("Stroke") != "true":
            return
        size = next(iter(numbers(element.get("Size"))), 0.0)
        scale = next(iter(numbers(element.get("HScale"))), 1.0)
        x = y = 0.0
        white = _is_white(element)
        for code in element.iterfind("{*}TextCode"):
            text = code.text or ""
            x = next(iter(numbers(code.get("X"))), x)
            y = next(iter(numbers(code.get("Y"))), y)
            self.chars += len(text)
            if self.chars > MAX_CHARS:
                raise Refused("too-large", f"more than {MAX_CHARS:,} characters")
            for char, slanted in _placed(text, (x, y), _steps(code, text), (size, scale), matrix):
                seen = within(char, shown) if shown is not None else char
                unseen = seen is None or (white and self._is_on_white(char[:4]))
                held = self.page.unseen if unseen else self.page.slanted if slanted else self._level_ones()
                held.append(seen or char)

    def _level_ones(self) -> list[Char]:
        """Where level characters go that are seen."""
        return self.page.chars if self.letters is None else self.letters

    def _is_on_white(self, box: Area) -> bool:
        """True where only paper or a white box is behind the middle of a box."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return next((w for (x0, y0, x1, y1), w in reversed(self.shapes) if x0 <= x <= x1 and y0 <= y <= y1), True)

    # ----------------------------------------------------------------------------------------------------------- paths

    def _path(self, element: etree._Element, matrix: Matrix) -> None:
        """Keep the straight strokes and the thin filled shapes, and what may lie over figures."""
        stroked, filled = element.get("Stroke") != "false", element.get("Fill") == "true"
        data = element.findtext("{*}AbbreviatedData") or ""
        self._trace(data, element, matrix, stroked=stroked, filled=filled)
        slanting: list[Line] = []
        for points, closed in outlines_of(data) if self.letters is None else ():
            placed = [moved(p, matrix) for p in points]
            is_large = filled and self._fill(placed, element)
            if stroked:
                self._rule(_strokes(placed, closed=closed), slanting)
            elif filled and not is_large:
                self._rule(middles(around([placed])), [])
        bent = not _BENDS.isdisjoint(data)
        if not (bent or filled) and self.letters is None:
            self.over.draw(slanting)
            return
        outlines = [([moved(p, matrix) for p in points], closed) for points, closed in outlines_of(data, smooth=True)]
        if stroked:
            self.over.draw(line for points, closed in outlines for line in _strokes(points, closed=closed))
        if filled and outlines:
            self._patch([_rounded(points) for points, _ in outlines], element)

    def _trace(self, data: str, element: etree._Element, matrix: Matrix, *, stroked: bool, filled: bool) -> None:
        """Note the small shapes of a path that are seen and are neither rulings nor boxes."""
        if not (stroked or filled):
            return
        is_white = not stroked and _is_white(element)
        for points, _ in outlines_of(data, smooth=True):
            placed = _rounded([moved(p, matrix) for p in points])
            box = around([placed])
            if not (is_white and self._is_on_white(box)):
                self.ink.draw(placed, box, None)

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
        elif kind == "boxes" and self.letters is None:
            large = [b for b in boxes if min(b[2] - b[0], b[3] - b[1]) >= THIN]
            self.fills += ((b, len(self.page.chars)) for b in large)
            self.ink.cover(large)
        else:
            self.over.fill(outlines, len(self.page.chars))

    def _rule(self, lines: Iterable[Line], slanting: list[Line]) -> None:
        self.rulings += rule(self.page, lines, MAX_RULINGS - self.rulings, slanting)
        if self.rulings > MAX_RULINGS:
            raise Refused("too-large", f"more than {MAX_RULINGS:,} rulings")


def _strokes(points: Sequence[Point], *, closed: bool) -> Iterator[Line]:
    return pairwise([*points, *points[:1]] if closed else points)


def _rounded(points: Sequence[Point]) -> list[Point]:
    return [(round(x, 3), round(y, 3)) for x, y in points]


def _is_white(element: etree._Element) -> bool:
    """True where an object is filled with white: in RGB, in grey, or in four colours."""
    colour = element.find("{*}FillColor")
    values = numbers(colour.get("Value")) if colour is not None else []
    return values in ([255.0] * 3, [255.0], [0.0] * 4)


def _is_thin(element: etree._Element) -> bool:
    """True where what is under a filled shape may be seen: it is drawn thinly, or with a pattern."""
    colour = element.find("{*}FillColor")
    alphas = [element.get("Alpha"), colour.get("Alpha") if colour is not None else None]
    return any(a not in (None, "255") for a in alphas) or (colour is not None and len(colour) > 0)


def _lines_box(boundary: str | None) -> Box:
    """The box of a line, which may have no width or height."""
    found = [*numbers(boundary), 0.0, 0.0, 0.0, 0.0]
    return found[0], found[1], found[2], found[3]


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
            found += numbers(words[at + 2])[:1] * min(int(words[at + 1][:6]), _MOST_REPEATED)
            at += 3
        else:
            found += numbers(words[at])[:1]
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
        corners = [moved((px, py), matrix) for px in (x, x + width) for py in (y - _ABOVE * em, y + _BELOW * em)]
        xs, ys = [p for p, _ in corners], [p for _, p in corners]
        yield Char(min(xs), min(ys), max(xs), max(ys), sign, height), slanted
        step = steps[number] if number < len(steps) else (width, 0.0) if not steps else (0.0, 0.0)
        x, y = x + step[0], y + step[1]
