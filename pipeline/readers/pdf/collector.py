"""Takes what the operators of a page draw: characters and rulings in page space, and the area of images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pdfminer.pdfcolor import PDFColorSpace
from pdfminer.pdfdevice import PDFTextDevice, PDFTextSeq
from pdfminer.pdffont import PDFFont, PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFGraphicState, PDFResourceManager, PDFTextState
from pdfminer.pdftypes import PDFStream, list_value
from pdfminer.utils import Matrix, PathSegment

from pipeline.readers.pdf.page import UNKNOWN, Area, Char, Page
from pipeline.readers.pdf.painted import Fill, hide_painted_over
from pipeline.readers.pdf.strokes import THIN, Point, middles, rule
from pipeline.readers.refused import Refused

MAX_CHARS = 2_000_000
MAX_RULINGS = 200_000
MAX_PICTURES = 20_000

MAX_COVERING = 500  # pictures: behind each of them all text of the page is looked for
_DESCENT, _ASCENT = 0.12, 0.88  # of the em: what a character's box takes below and above its base line
_INVISIBLE = (3, 7)  # text rendering modes that leave no ink
_SMALL = 0.6  # of a field's height: the letters in it
_LARGE = 0.1  # of a page: what a picture covers that may lie over text
_LETTER = 0.5  # of the font size: the width of a digit

_Glyphs = dict[int, tuple[str, float]]  # the text and width of each character of a font
Shape = tuple[float, float, float, float, bool]  # a filled box, and whether it is white


EVERYWHERE: Shape = (float("-inf"), float("-inf"), float("inf"), float("inf"), False)


class Collector(PDFTextDevice):
    """Takes what the interpreter draws and keeps characters and rulings in page space."""

    def __init__(self, rsrcmgr: PDFResourceManager) -> None:
        super().__init__(rsrcmgr)
        self.page = Page(0)
        self.contents = 0
        self.blended = False  # whether pictures may let through what is under them
        self._covered = 0
        self.see_through = False  # whether shapes may let through what is under them
        self._fills: list[Fill] = []
        self.off = 0  # how many layers that are off the content is on
        self.cropped = False
        self.shapes: list[Shape] = []  # what is filled so far, the newest last
        self.operators = 0
        self._drawn = 0
        self._ruled = 0
        self._fonts: dict[PDFFont, tuple[float, _Glyphs]] = {}  # their em and glyphs

    def render_image(self, name: str, stream: PDFStream) -> None:
        """Note how much of the page an image covers."""
        assert self.ctm is not None
        a, b, c, d, e, f = self.ctm
        self.page.image_area += abs(a * d - b * c)
        if not self.off and len(self.page.pictures) < MAX_PICTURES:
            xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
            place = min(xs), min(ys), max(xs), max(ys)
            self.page.pictures.append(place)
            self.shapes.append((*place, False))
            if not self.blended and self._covered < MAX_COVERING and _is_opaque(stream):
                self._cover(place)

    def _cover(self, place: Area) -> None:
        """Mark as unseen what lies under a large picture, since programs put text under a scan."""
        left, top, right, bottom = place
        if (right - left) * (bottom - top) < _LARGE * self.page.width * self.page.height:
            return
        self._covered += 1
        self._fills.clear()  # they count characters that may be gone now
        page = self.page

        def is_under(x: float, y: float) -> bool:
            return left <= x <= right and top <= y <= bottom

        page.unseen += (c for c in page.chars if is_under((c.x0 + c.x1) / 2, (c.y0 + c.y1) / 2))
        page.chars = [c for c in page.chars if not is_under((c.x0 + c.x1) / 2, (c.y0 + c.y1) / 2)]
        page.level = [r for r in page.level if not is_under((r.start + r.end) / 2, r.at)]
        page.upright = [r for r in page.upright if not is_under(r.at, (r.start + r.end) / 2)]

    def render_string(
        self, textstate: PDFTextState, seq: PDFTextSeq, ncs: PDFColorSpace, graphicstate: PDFGraphicState
    ) -> None:
        """Keep the characters of a string, and move the text position on."""
        font = textstate.font
        if font is None:
            return
        em, glyphs = self._fonts.get(font) or self._fonts.setdefault(font, (_em(font), {}))
        line = _Line(textstate, self.ctm or textstate.matrix, em)
        drawn = textstate.render not in _INVISIBLE
        white = graphicstate.ncolor == 1.0
        if line.is_level and not white and not self.cropped:
            self._draw_level(line, seq, glyphs, drawn=drawn)
        else:
            self._draw(line, seq, glyphs, white, drawn=drawn)
        textstate.linematrix = line.x, line.y

    def _draw(self, line: _Line, seq: PDFTextSeq, glyphs: _Glyphs, white: bool, *, drawn: bool) -> None:
        """Keep the characters of a string one by one."""
        for piece in seq:
            if isinstance(piece, int | float):
                line.skip(piece)
            elif isinstance(piece, bytes):
                for cid in line.font.decode(piece):
                    glyph = glyphs.get(cid) or glyphs.setdefault(cid, _glyph(line.font, cid))
                    char = line.draw(*glyph, cid)
                    self._keep(char, line.slanted, white, drawn=drawn)

    def _draw_level(self, line: _Line, seq: PDFTextSeq, glyphs: _Glyphs, *, drawn: bool) -> None:
        """Keep the characters of a level string: all of one height, and all seen or none; most strings are so."""
        _, top, _, bottom = line.box_of_all()
        kept: list[Char] | None = self.page.unseen if self.off or not drawn else self.page.chars
        if bottom < 0 or top > self.page.height:
            kept = None
        a, e, size = line.matrix[0], line.matrix[4], line.size
        x, decode = line.x, line.font.decode
        for piece in seq:
            if isinstance(piece, int | float):
                x -= piece * line.unit
            elif isinstance(piece, bytes):
                for cid in decode(piece):
                    text, width = glyphs.get(cid) or glyphs.setdefault(cid, _glyph(line.font, cid))
                    advance = width * line.fontsize * line.scale
                    if text and kept is not None:
                        left, right = a * x + e, a * (x + advance) + e
                        if right < left:
                            left, right = right, left
                        kept.append(Char(left, top, right, bottom, text, size))
                        self._drawn += 1
                        if self._drawn > MAX_CHARS:
                            raise Refused("too-large", f"more than {MAX_CHARS:,} characters")
                    x += advance + line.charspace + (line.wordspace if cid == 32 else 0.0)
        line.x = x

    def _keep(self, char: Char, slanted: bool, white: bool = False, *, drawn: bool = True) -> None:
        above_page, below_page = char.y1 < 0, char.y0 > self.page.height  # beside it stands what is too wide
        if above_page or below_page or not char.text or (self.cropped and self._is_beside(char)):
            return
        self._drawn += 1
        if self._drawn > MAX_CHARS:
            raise Refused("too-large", f"more than {MAX_CHARS:,} characters")
        if self.off or not drawn or (white and self._is_on_white(char)):
            self.page.unseen.append(char)
        else:
            (self.page.slanted if slanted else self.page.chars).append(char)

    def _is_beside(self, char: Char) -> bool:
        """True for content that a crop box cuts off at the sides."""
        return (
            not 0 <= (char.x0 + char.x1) / 2 <= self.page.width or not 0 <= (char.y0 + char.y1) / 2 <= self.page.height
        )

    def _is_on_white(self, char: Char) -> bool:
        """True where only paper or a white shape is behind a character."""
        x, y = (char.x0 + char.x1) / 2, (char.y0 + char.y1) / 2
        behind = (white for x0, y0, x1, y1, white in reversed(self.shapes) if x0 <= x <= x1 and y0 <= y <= y1)
        return next(behind, True)

    def write(self, text: str, at: tuple[float, float, float, float], turned: Matrix) -> None:
        """Write the value of a field into its rectangle, as a viewer does where the file does not."""
        a, b, c, d, e, f = turned
        xs, ys = (
            [a * x + c * y + e for x in at[::2] for y in at[1::2]],
            [b * x + d * y + f for x in at[::2] for y in at[1::2]],
        )
        x0, y0, x1, y1 = min(xs), min(ys), max(xs), max(ys)
        lines = text.splitlines() or [""]
        for n, line in enumerate(lines):
            middle = y0 + (n + 0.5) * (y1 - y0) / len(lines)
            size = min(_SMALL * (y1 - y0) / len(lines), (x1 - x0) / max(_LETTER * len(line), 1.0))
            for i, letter in enumerate(line):
                left = x0 + i * _LETTER * size
                self._keep(
                    Char(left, middle - size / 2, left + _LETTER * size, middle + size / 2, letter, size), slanted=False
                )

    def strike(self, quads: object, at: tuple[float, float, float, float], turned: Matrix) -> None:
        """Draw the lines of a mark that strikes text: through the middle of each of its four-cornered parts."""
        numbers = [n for n in list_value(quads or []) if isinstance(n, int | float)]
        parts = [numbers[i : i + 8] for i in range(0, len(numbers) - 7, 8)] or [[at[0], at[1], at[2], at[3]]]
        a, b, c, d, e, f = turned
        for part in parts:
            (x0, x1), (y0, y1) = ((min(v), max(v)) for v in (part[::2], part[1::2]))
            y = (y0 + y1) / 2
            self._rule([((a * x0 + c * y + e, b * x0 + d * y + f), (a * x1 + c * y + e, b * x1 + d * y + f))])

    def paint_path(
        self, graphicstate: PDFGraphicState, stroke: bool, fill: bool, evenodd: bool, path: Sequence[PathSegment]
    ) -> None:
        """Keep the straight strokes and the thin filled shapes."""
        assert self.ctm is not None
        if self.off:
            return
        for points, closed in _outlines(path, self.ctm):
            is_large = fill and self._fill(points, white=graphicstate.ncolor == 1.0)
            if stroke:
                self._rule(zip(points, [*points[1:], *points[:1]] if closed else points[1:], strict=False))
            elif fill and not is_large:
                self._rule(middles(points))

    def _fill(self, points: Sequence[Point], *, white: bool) -> bool:
        """Note a filled shape that is large enough to have text before it; whether it is, and so is no ruling."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
        is_large = x1 - x0 >= THIN and y1 - y0 >= THIN
        if is_large and len(self.shapes) < MAX_RULINGS:
            self.shapes.append((x0, y0, x1, y1, white))
            if self.page.chars and not self.see_through and {*xs} == {x0, x1} and {*ys} == {y0, y1}:
                self._fills.append(((x0, y0, x1, y1), len(self.page.chars)))
        return is_large

    def hide_painted_over(self) -> None:
        """Mark as unseen what was painted over; to be called when the page is drawn."""
        hide_painted_over(self.page, self._fills)
        self._fills = []

    def _rule(self, lines: Iterable[tuple[Point, Point]]) -> None:
        self._ruled += rule(self.page, lines, MAX_RULINGS - self._ruled)
        if self._ruled > MAX_RULINGS:
            raise Refused("too-large", f"more than {MAX_RULINGS:,} rulings")


def _is_opaque(stream: PDFStream) -> bool:
    """True for a picture whose dots are all drawn."""
    return bool(stream.attrs) and not any(stream.attrs.get(name) for name in ("SMask", "Mask", "ImageMask", "IM"))


def _em(font: PDFFont) -> float:
    """The height of a font's letters in units of its size: 1, but where a Type 3 font has units of its own."""
    if isinstance(font, PDFType3Font) and abs(font.hscale) > 0.01:
        return min(abs((font.bbox[3] - font.bbox[1]) * font.vscale), 100.0) or 1.0
    return 1.0


def _glyph(font: PDFFont, cid: int) -> tuple[str, float]:
    """The text and width of a character; what takes room on the page is never nothing."""
    width = font.char_width(cid)
    try:
        text = font.to_unichr(cid).replace("\x00", "") or (UNKNOWN if width else "")
    except PDFUnicodeNotDefined:
        text = UNKNOWN
    return "\u00a0" if text == "\t" else text, width


class _Line:
    """A string being drawn: where the next character goes, and how text space lies on the page."""

    def __init__(self, state: PDFTextState, ctm: Matrix, letter: float) -> None:
        assert state.font is not None
        self.font = state.font
        a, b, c, d, e, f = state.matrix
        p, q, r, s, t, u = ctm
        self.matrix = (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)
        self.x, self.y = state.linematrix
        self.scale = state.scaling * 0.01
        self.unit = 0.001 * state.fontsize * self.scale
        self.fontsize = state.fontsize
        self.charspace = state.charspace * self.scale
        self.wordspace = 0.0 if state.font.is_multibyte() else state.wordspace * self.scale
        self.vertical = state.font.is_vertical()
        self.low = state.rise - _DESCENT * self.fontsize * letter
        self.high = state.rise + _ASCENT * self.fontsize * letter
        a, b, c, d, _, _ = self.matrix
        along, across = (abs(a), abs(b)) if abs(a) >= abs(b) else (abs(b), abs(a))
        self.slanted = across > 0.1 * along
        self.size = abs(self.fontsize) * letter * (c * c + d * d) ** 0.5

    @property
    def is_level(self) -> bool:
        """True where the string runs along the page's width, letter beside letter."""
        return self.matrix[1] == 0 == self.matrix[2] and not self.vertical and not self.slanted

    def box_of_all(self) -> tuple[float, float, float, float]:
        """The box of a letter without width where the string begins: as high as the boxes of all letters after it."""
        return self._box(self.x, self.x, self.y + self.low, self.y + self.high)

    def skip(self, amount: float) -> None:
        """Move by an adjustment in the string."""
        if self.vertical:
            self.y -= amount * 0.001 * self.fontsize
        else:
            self.x -= amount * self.unit

    def draw(self, text: str, width: float, cid: int) -> Char:
        """The character in page space; the position moves on."""
        advance = width * self.fontsize * self.scale
        if self.vertical:
            half = self.fontsize / 2
            box = self._box(self.x - half, self.x + half, self.y - self.fontsize, self.y)
            self.y += advance + self.charspace
        else:
            box = self._box(self.x, self.x + advance, self.y + self.low, self.y + self.high)
            self.x += advance + self.charspace + (self.wordspace if cid == 32 else 0.0)
        return Char(*box, text, self.size)

    def _box(self, x0: float, x1: float, y0: float, y1: float) -> tuple[float, float, float, float]:
        a, b, c, d, e, f = self.matrix
        if b == 0 == c:
            left, right, low, high = a * x0 + e, a * x1 + e, d * y0 + f, d * y1 + f
        else:
            xs = [a * x + c * y + e for x in (x0, x1) for y in (y0, y1)]
            ys = [b * x + d * y + f for x in (x0, x1) for y in (y0, y1)]
            return min(xs), min(ys), max(xs), max(ys)
        return min(left, right), min(low, high), max(left, right), max(low, high)


def _outlines(path: Sequence[PathSegment], ctm: Matrix) -> Iterator[tuple[list[Point], bool]]:
    """The parts of a path as points on the page, and whether each is closed. A curve is taken as its chord."""
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
        else:
            x, y = operands[-2:]
            points.append((a * x + c * y + e, b * x + d * y + f))
    if len(points) > 1:
        yield points, False
