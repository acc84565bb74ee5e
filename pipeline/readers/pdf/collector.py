"""Takes what the operators of a page draw: characters in page space, what paths leave, and the area of images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from pdfminer.pdfcolor import PDFColorSpace
from pdfminer.pdfdevice import PDFTextSeq
from pdfminer.pdffont import PDFFont, PDFType3Font
from pdfminer.pdfinterp import PDFGraphicState, PDFResourceManager, PDFTextState
from pdfminer.pdftypes import PDFStream, list_value
from pdfminer.utils import Matrix

from pipeline.readers.pdf.canvas import Canvas
from pipeline.readers.pdf.letters import Letters, Pen, TextRun, TextState
from pipeline.readers.pdf.page import Area, Char
from pipeline.readers.pdf.shapes import Outline, around, corners
from pipeline.readers.pdf.states import common, is_apart, is_unseen, seen_part
from pipeline.readers.pdf.strokes import Line, Point
from pipeline.readers.refused import Refused

MAX_CHARS = 2_000_000
MAX_PICTURES = 20_000

MAX_COVERING = 500  # pictures: behind each of them all text of the page is looked for
_INVISIBLE = (3, 7)  # text rendering modes that leave no ink
_FILLING = (0, 4)  # those that fill letters and do not draw around them
_TINY = 0.001  # of a page's height: letters that look like dust; a Type 3 font does not say how large its own are
_SMALL = 0.6  # of a field's height: the letters in it
_LARGE = 0.1  # of a page: what a picture covers that may lie over text
_LITTLE = 0.02  # of a page: a picture over some words; larger ones may be strips of a page
_EDGE = 0.35  # of the height of what is struck: above and below the middle of its letters
_LETTER = 0.5  # of the font size: the width of a digit


class Collector(Canvas):
    """Takes what the interpreter draws and keeps characters and rulings in page space."""

    def __init__(self, rsrcmgr: PDFResourceManager) -> None:
        super().__init__(rsrcmgr)
        self.contents = 0
        self.blended = False  # whether pictures may let through what is under them
        self._covered = 0
        self.cropped = False
        self.operators = 0
        self._drawn = 0
        self._fonts: dict[PDFFont, Letters] = {}

    def render_image(self, name: str, stream: PDFStream) -> None:
        """Note how much of the page an image covers."""
        assert self.ctm is not None
        a, b, c, d, e, f = self.ctm
        if self.note:
            if not self.off and not self.blended and _is_opaque(stream):
                self._over.fill(
                    [[(e, f), (e + a, f + b), (e + a + c, f + b + d), (e + c, f + d)]], len(self.page.chars)
                )
            return
        self.page.image_area += abs(a * d - b * c)
        if not self.off and len(self.page.pictures) < MAX_PICTURES:
            xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
            place = min(xs), min(ys), max(xs), max(ys)
            if self.clip and is_apart(place, self.clip):
                return
            place = common(place, self.clip)
            self.page.pictures.append(place)
            self.shapes.append((*place, False))
            if not self.blended and self._covered < MAX_COVERING and _is_opaque(stream):
                self._cover(place)

    def _cover(self, place: Area) -> None:
        """Mark as unseen what lies under a large picture, since programs put text under a scan."""
        left, top, right, bottom = place
        page, area = self.page, (right - left) * (bottom - top)
        if area < _LARGE * page.width * page.height:
            if page.chars and area < _LITTLE * page.width * page.height:
                self._over.fill([corners(place)], len(page.chars))
            return
        self._covered += 1
        self._sheets.clear()
        self._fills.clear()  # they count characters that may be gone now
        self._over.patches.clear()

        def is_under(x: float, y: float) -> bool:
            return left <= x <= right and top <= y <= bottom

        page.unseen += (c for c in page.chars if is_under((c.x0 + c.x1) / 2, (c.y0 + c.y1) / 2))
        page.chars = [c for c in page.chars if not is_under((c.x0 + c.x1) / 2, (c.y0 + c.y1) / 2)]
        self._ink.clear(place)
        page.level = [r for r in page.level if not is_under((r.start + r.end) / 2, r.at)]
        page.upright = [r for r in page.upright if not is_under(r.at, (r.start + r.end) / 2)]

    def render_string(
        self, textstate: PDFTextState, seq: PDFTextSeq, ncs: PDFColorSpace, graphicstate: PDFGraphicState
    ) -> None:
        """Keep the characters of a string, and move the text position on."""
        assert isinstance(textstate, TextState)
        if textstate.font is None:
            return
        pen = textstate.pen
        if pen is None:
            pen = textstate.pen = self._pen(textstate, graphicstate)
        if not (pen.plain and self._draw_plainly(pen, textstate, seq)):
            self._draw_any(textstate, seq, graphicstate)

    def _pen(self, state: TextState, graphicstate: PDFGraphicState) -> Pen:
        """How the strings of a state are drawn as long as it and the content around it do not change."""
        assert state.font is not None
        letters = self._fonts.get(state.font) or self._fonts.setdefault(state.font, Letters(state.font))
        clip = self.clip if graphicstate.intent is None else seen_part(graphicstate, self.clip)
        plain = (
            not graphicstate.flatness
            and graphicstate.ncolor != 1.0
            and state.render not in _INVISIBLE
            and not (self.off or self.note or self.cropped)
        )
        pen = Pen(state, self.ctm or state.matrix, letters, clip, plain=plain)
        if pen.size < _TINY * self.page.height and not isinstance(state.font, PDFType3Font):
            pen.plain = False
        return pen

    def _draw_plainly(self, pen: Pen, state: TextState, seq: PDFTextSeq) -> bool:
        """Keep the characters of a string as its pen draws it; nothing of one that begins where a clip hides it."""
        x, y = state.linematrix
        a, e, f = pen.across, state.matrix[4] * pen.by_x + pen.right, state.matrix[5] * pen.by_y + pen.lower
        if (clip := pen.clip) is not None:
            left, low, right, high = clip
            if not (left <= a * x + e < right and low < pen.down * y + f <= high):
                return False
        sides = pen.down * (y + pen.low) + f, pen.down * (y + pen.high) + f
        state.linematrix = self._lay(pen, pen.letters, seq, (x, a, e), sides, self.page.chars), y
        return True

    def _draw_any(self, textstate: TextState, seq: PDFTextSeq, graphicstate: PDFGraphicState) -> None:
        """Keep the characters of any string."""
        font = textstate.font
        assert font is not None
        assert textstate.pen is not None
        letters, clip = textstate.pen.letters, textstate.pen.clip
        line = TextRun(textstate, self.ctm or textstate.matrix, letters.em)
        drawn = textstate.render not in _INVISIBLE
        if line.size < _TINY * self.page.height and not isinstance(font, PDFType3Font):
            drawn = False
        if graphicstate.flatness and textstate.render in _FILLING and is_unseen(graphicstate):
            drawn = False
        white = graphicstate.ncolor == 1.0
        before = None if clip is None or line.begins_in(clip) else [len(chars) for chars in self._seen()]
        count = len(self.page.chars)
        if line.is_level and not white and not self.cropped:
            self._draw_level(line, seq, letters, drawn=drawn)
        else:
            self._draw(line, seq, letters, white, drawn=drawn)
        if (line.matrix[0] < 0 or line.matrix[3] > 0) and line.is_flipped:
            self.page.flipped += self.page.chars[count:]
        textstate.linematrix = line.x, line.y
        if clip and before:
            self._cut_off(clip, before)

    def _seen(self) -> tuple[list[Char], ...]:
        """Where characters go that are seen."""
        return (self.page.chars, self.page.slanted, *((self.note.letters,) if self.note else ()))

    def _cut_off(self, clip: Area, before: Sequence[int]) -> None:
        """Mark the last string as unseen where a clip shows nothing of it; one that is cut in two stays whole."""
        for chars, count in zip(self._seen(), before, strict=True):
            if all(is_apart(c[:4], clip) for c in islice(chars, count, None)):
                self.page.unseen += chars[count:]
                del chars[count:]

    def _draw(self, line: TextRun, seq: PDFTextSeq, letters: Letters, white: bool, *, drawn: bool) -> None:
        """Keep the characters of a string one by one."""
        for piece in seq:
            if isinstance(piece, int | float):
                line.skip(piece)
            elif isinstance(piece, bytes):
                for glyph in letters.of(piece):
                    self._keep(line.draw(*glyph), line.slanted, white, drawn=drawn)

    def _draw_level(self, line: TextRun, seq: PDFTextSeq, letters: Letters, *, drawn: bool) -> None:
        """Keep the characters of a level string: all of one height, and all seen or none."""
        a, _, _, d, e, f = line.matrix
        sides = d * (line.y + line.low) + f, d * (line.y + line.high) + f
        kept = self.page.unseen if self.off or not drawn else self._level_ones()
        line.x = self._lay(line, letters, seq, (line.x, a, e), sides, kept)

    def _lay(
        self,
        how: Pen | TextRun,
        letters: Letters,
        seq: PDFTextSeq,
        across: tuple[float, float, float],
        sides: tuple[float, float],
        chars: list[Char],
    ) -> float:
        """Keep the characters of a level string between two `sides`, if they are on the page; where the next one goes.

        `across` is where it begins, and by what that is multiplied and moved to lie on the page.
        """
        x, a, e = across
        top, bottom = sides[::-1] if sides[1] < sides[0] else sides
        keep = None if bottom < 0 or top > self.page.height else chars.append
        count, size, fontsize, scale, charspace = len(chars), how.size, how.fontsize, how.scale, how.charspace
        new = tuple.__new__  # the class itself takes twice as long, for each character
        for piece in seq:
            if isinstance(piece, bytes):
                for text, width, cid in letters.of(piece):
                    advance = width * fontsize * scale
                    if text and keep:
                        left, right = a * x + e, a * (x + advance) + e
                        if right < left:
                            left, right = right, left
                        keep(new(Char, (left, top, right, bottom, text, size)))
                    x += advance + charspace + (how.wordspace if cid == 32 else 0.0)
            elif isinstance(piece, int | float):
                x -= piece * how.unit
        self._drawn += len(chars) - count
        if self._drawn > MAX_CHARS:
            raise Refused("too-large", f"more than {MAX_CHARS:,} characters")
        return x

    def _level_ones(self) -> list[Char]:
        """Where level characters go that are seen."""
        return self.note.letters if self.note and not self.note.is_text else self.page.chars

    def _keep(self, char: Char, slanted: bool, white: bool = False, *, drawn: bool = True) -> None:
        above_page, below_page = char.y1 < 0, char.y0 > self.page.height  # beside it stands what is too wide
        if above_page or below_page or not char.text or (self.cropped and self._is_beside(char)):
            return
        self._drawn += 1
        if self._drawn > MAX_CHARS:
            raise Refused("too-large", f"more than {MAX_CHARS:,} characters")
        if self.off or not drawn or (white and self.is_on_white(char[:4])):
            self.page.unseen.append(char)
        elif slanted and self.note:
            self.note.is_seal = True
        else:
            (self.page.slanted if slanted else self._level_ones()).append(char)

    def _is_beside(self, char: Char) -> bool:
        """True for content that a crop box cuts off at the sides."""
        return (
            not 0 <= (char.x0 + char.x1) / 2 <= self.page.width or not 0 <= (char.y0 + char.y1) / 2 <= self.page.height
        )

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
        """Strike the text in each of the four-cornered parts of a mark."""
        numbers = [n for n in list_value(quads or []) if isinstance(n, int | float)]
        parts = [numbers[i : i + 8] for i in range(0, len(numbers) - 7, 8)] or [[at[0], at[1], at[2], at[3]]]
        a, b, c, d, e, f = turned
        for part in parts:
            points = [(a * x + c * y + e, b * x + d * y + f) for x in part[::2] for y in part[1::2]]
            x0, y0, x1, y1 = around([points])
            self._fills.append(((x0, y0 + _EDGE * (y1 - y0), x1, y1 - _EDGE * (y1 - y0)), len(self.page.chars)))

    def lay(self, lines: Sequence[Line], outline: Outline, turned: Matrix) -> None:
        """Lay lines, and a shape that hides what is under it, over what the page shows: given in its own space."""
        a, b, c, d, e, f = turned

        def moved(points: Iterable[Point]) -> list[Point]:
            return [(a * x + c * y + e, b * x + d * y + f) for x, y in points]

        drawn = [(p, q) for p, q in map(moved, lines)]
        self._over.draw(drawn)
        for line in drawn:
            self._ink.draw(line, around([line]), None)
        if outline:
            self._over.fill([moved(outline)], len(self.page.chars))

    def end_note(self) -> None:
        """Heed the letters that a note shows over those of the page; a seal around which letters run hides none."""
        if self.note and not self.note.is_seal:
            for char in self.note.letters:
                if not char.text.isspace():
                    self._over.fill([corners((char.x0, char.y0, char.x1, char.y1))], len(self.page.chars))
        self.note = None


def _is_opaque(stream: PDFStream) -> bool:
    """True for a picture whose dots are all drawn."""
    return bool(stream.attrs) and not any(stream.attrs.get(name) for name in ("SMask", "Mask", "ImageMask", "IM"))
