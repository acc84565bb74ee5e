"""Strings as they are drawn: the text and width of each character of a font, and where it stands on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pdfminer.cmapdb import FileUnicodeMap
from pdfminer.pdffont import PDFFont, PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFTextState
from pdfminer.utils import Matrix

from pipeline.readers.pdf.page import UNKNOWN, Area, Char

_SOFT_HYPHEN = "\u00ad"  # many fonts have one glyph for it and the hyphen
_UNSEEN_ELSEWHERE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")  # on a page whatever has a width is seen
_SHORT = 2  # bytes
_PLAIN, _WIDEST = frozenset({int, float}), 1e9  # thousandths of an em: what is beyond is no width
_DESCENT, _ASCENT = 0.12, 0.88  # of the em: what a character's box takes below and above its base line


def em_of(font: PDFFont) -> float:
    """The height of a font's letters in units of its size: 1, but where a Type 3 font has units of its own."""
    if isinstance(font, PDFType3Font) and abs(font.hscale) > 0.01:
        return min(abs((font.bbox[3] - font.bbox[1]) * font.vscale), 100.0) or 1.0
    return 1.0


def glyph(font: PDFFont, cid: int) -> tuple[str, float]:
    """The text and width of a character; what takes room on the page is never nothing."""
    width = _width(font, cid)
    try:
        text = _text(font, cid).replace("\x00", UNKNOWN if width else "") or (UNKNOWN if width else "")
    except PDFUnicodeNotDefined:
        text = UNKNOWN
    if width and text in _UNSEEN_ELSEWHERE:
        text = "-" if text == _SOFT_HYPHEN else UNKNOWN
    return "\u00a0" if text == "\t" else text, width


def _width(font: PDFFont, cid: int) -> float:
    """The width of a character, as the library finds it, which takes longer."""
    known: Any = font.widths.get(cid)
    is_plain = type(known) in _PLAIN and -_WIDEST < known < _WIDEST
    return float(known) * font.hscale if is_plain else font.char_width(cid)


def _text(font: PDFFont, cid: int) -> str:
    """The text of a character, as the library finds it, which logs each of them. Raises `PDFUnicodeNotDefined`."""
    known = getattr(font, "unicode_map", None)
    text = known.cid2unichr.get(cid) if type(known) is FileUnicodeMap else None
    return font.to_unichr(cid) if text is None else text


Glyph = tuple[str, float, int]  # its text, its width and its number in the font


class Letters:
    """The letters of a font: the height of its em, and what its strings show."""

    __slots__ = ("_decode", "_font", "_glyphs", "_short", "em")

    def __init__(self, font: PDFFont) -> None:
        self.em = em_of(font)
        self._font = font
        self._decode: Callable[[bytes], Iterable[int]] = font.decode
        self._glyphs: dict[int, Glyph] = {}
        self._short: dict[bytes, Sequence[Glyph]] = {}  # those of the strings of one letter, which come again

    def of(self, string: bytes) -> Sequence[Glyph]:
        """The glyphs of a string."""
        found = self._short.get(string)
        if found is None:
            known = self._glyphs
            found = [known.get(cid) or self._glyph(cid) for cid in self._decode(string)]
            if len(string) <= _SHORT:
                self._short[string] = found
        return found

    def _glyph(self, cid: int) -> Glyph:
        made = self._glyphs[cid] = (*glyph(self._font, cid), cid)
        return made


class TextState(PDFTextState):
    """The library's state of text. `pen` is how its strings are drawn, None where that has to be worked out anew."""

    def __init__(self) -> None:
        super().__init__()
        self.pen: Pen | None = None

    def copy(self) -> TextState:
        """As the library does, but for the pen: when content comes back to the state, what is around it may differ."""
        made = TextState.__new__(TextState)
        made.font, made.fontsize, made.scaling = self.font, self.fontsize, self.scaling
        made.charspace, made.wordspace, made.leading = self.charspace, self.wordspace, self.leading
        made.render, made.rise, made.pen = self.render, self.rise, None
        made.matrix, made.linematrix = self.matrix, self.linematrix
        return made


class Pen:
    """How the strings of a state are drawn that are level and all seen, wherever they begin.

    One that is not `plain` says that they are not, or not for certain. Whatever changes the state takes its pen away,
    but for its place on the page.
    """

    __slots__ = (
        *("plain", "clip", "letters", "across", "down", "by_x", "by_y", "right", "lower", "low", "high", "size"),
        *("fontsize", "scale", "unit", "charspace", "wordspace"),
    )

    def __init__(self, state: PDFTextState, ctm: Matrix, letters: Letters, clip: Area | None, *, plain: bool) -> None:
        a, b, c, d, _, _ = state.matrix
        p, q, r, s, t, u = ctm
        font, fontsize, scale = state.font, state.fontsize, state.scaling * 0.01
        assert font is not None
        self.plain = plain and b == c == q == r == 0 and a * p >= 0 >= d * s and not font.is_vertical()
        self.clip, self.letters = clip, letters
        self.across, self.down = a * p, d * s
        self.by_x, self.by_y, self.right, self.lower = p, s, t, u
        self.low = state.rise - _DESCENT * fontsize * letters.em
        self.high = state.rise + _ASCENT * fontsize * letters.em
        self.size = abs(fontsize) * letters.em * abs(d * s)
        self.fontsize, self.scale = fontsize, scale
        self.unit = 0.001 * fontsize * scale
        self.charspace = state.charspace * scale
        self.wordspace = 0.0 if font.is_multibyte() else state.wordspace * scale


class TextRun:
    """A string being drawn: where the next character goes, and how text space lies on the page.

    It `is_level` where it runs along the page's width, letter beside letter.
    """

    __slots__ = (
        *("font", "matrix", "x", "y", "scale", "unit", "fontsize", "charspace", "wordspace", "vertical"),
        *("low", "high", "slanted", "size", "is_level"),
    )

    def __init__(self, state: PDFTextState, ctm: Matrix, letter: float) -> None:
        assert state.font is not None
        self.font = state.font
        a, b, c, d, e, f = state.matrix
        p, q, r, s, t, u = ctm
        self.x, self.y = state.linematrix
        self.fontsize = fontsize = state.fontsize
        self.scale = scale = state.scaling * 0.01
        self.unit = 0.001 * fontsize * scale
        self.charspace = state.charspace * scale
        self.wordspace = 0.0 if state.font.is_multibyte() else state.wordspace * scale
        self.vertical = state.font.is_vertical()
        self.low = state.rise - _DESCENT * fontsize * letter
        self.high = state.rise + _ASCENT * fontsize * letter
        if b == c == q == r == 0:  # nearly all strings; the others are worked out in full
            high = d * s
            self.matrix: Matrix = (a * p, 0.0, 0.0, high, e * p + t, f * s + u)
            self.slanted = False
            self.is_level = not self.vertical
            self.size = abs(fontsize) * letter * abs(high)
            return
        self.matrix = (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)
        a, b, c, d, _, _ = self.matrix
        along, across = (abs(a), abs(b)) if abs(a) >= abs(b) else (abs(b), abs(a))
        self.slanted = across > 0.1 * along
        self.is_level = b == 0 == c and not self.vertical and not self.slanted
        self.size = abs(fontsize) * letter * (c * c + d * d) ** 0.5

    @property
    def is_flipped(self) -> bool:
        """True where letters run from right to left, or stand on their heads."""
        a, b, _, d, _, _ = self.matrix
        return abs(a) > abs(b) and (a * self.unit < 0 or d * self.fontsize > 0)

    def begins_in(self, clip: Area) -> bool:
        """True where the base line of the string begins well within a part of the page."""
        a, b, c, d, e, f = self.matrix
        left, low, right, high = clip
        if b == 0 == c:
            return left <= a * self.x + e < right and low < d * self.y + f <= high
        x, y = a * self.x + c * self.y + e, b * self.x + d * self.y + f
        return left <= x < right and low < y <= high

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
