"""Strings as they are drawn: the text and width of each character of a font, and where it stands on the page."""

from __future__ import annotations

from pdfminer.pdffont import PDFFont, PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFTextState
from pdfminer.utils import Matrix

from pipeline.readers.pdf.page import UNKNOWN, Area, Char

_SOFT_HYPHEN = "\u00ad"  # many fonts have one glyph for it and the hyphen
_UNSEEN_ELSEWHERE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")  # on a page whatever has a width is seen
_DESCENT, _ASCENT = 0.12, 0.88  # of the em: what a character's box takes below and above its base line


def em_of(font: PDFFont) -> float:
    """The height of a font's letters in units of its size: 1, but where a Type 3 font has units of its own."""
    if isinstance(font, PDFType3Font) and abs(font.hscale) > 0.01:
        return min(abs((font.bbox[3] - font.bbox[1]) * font.vscale), 100.0) or 1.0
    return 1.0


def glyph(font: PDFFont, cid: int) -> tuple[str, float]:
    """The text and width of a character; what takes room on the page is never nothing."""
    width = font.char_width(cid)
    try:
        text = font.to_unichr(cid).replace("\x00", UNKNOWN if width else "") or (UNKNOWN if width else "")
    except PDFUnicodeNotDefined:
        text = UNKNOWN
    if width and text in _UNSEEN_ELSEWHERE:
        text = "-" if text == _SOFT_HYPHEN else UNKNOWN
    return "\u00a0" if text == "\t" else text, width


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
