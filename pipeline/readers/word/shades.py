"""Colours of Word: of text and of what lies behind it, and whether the one is seen before the other."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.readers.word.elements import VAL, word

_LIKE = 10  # of 255: colours this near to each other are one to the eye
_HEX = re.compile(r"^[0-9a-fA-F]{6}$")
WHITE_TEXT = re.compile(r"^(?:[fF][5-9a-fA-F]){3}$")  # or so near to white that the eye cannot tell
WHITE = "FFFFFF"
UNKNOWN = "?"  # a pattern, or a shade that is nowhere written down
_CLEAR, _SOLID, _NONE = "clear", "solid", "nil"
_HIGHLIGHTS = {
    "black": "000000", "white": WHITE, "yellow": "FFFF00", "green": "00FF00", "cyan": "00FFFF", "magenta": "FF00FF",
    "blue": "0000FF", "red": "FF0000", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip


def shade_of(properties: etree._Element | None) -> str | None:
    """The colour that some properties put behind a text, None where they put none."""
    shade = None if properties is None else properties.find(word("shd"))
    if shade is None:
        return None
    pattern = shade.get(VAL, _CLEAR)
    if pattern == _NONE:
        return None
    if pattern not in (_CLEAR, _SOLID):
        return UNKNOWN
    colour = shade.get(word("fill" if pattern == _CLEAR else "color"), "auto")
    if colour == "auto":
        return "000000" if pattern == _SOLID else None
    return colour if _HEX.match(colour) else UNKNOWN


def highlight(name: str | None) -> str | None:
    """The colour of a highlighter's name, None for none."""
    return None if name in (None, "none") else _HIGHLIGHTS.get(name or "", UNKNOWN)


def is_like(colour: str, paper: str) -> bool:
    """True where a text of the one colour is not seen on the other."""
    if not _HEX.match(colour) or not _HEX.match(paper):
        return False
    if WHITE_TEXT.match(colour) and WHITE_TEXT.match(paper):
        return True
    pairs = ((int(colour[n : n + 2], 16), int(paper[n : n + 2], 16)) for n in (0, 2, 4))
    return all(abs(a - b) <= _LIKE for a, b in pairs)
