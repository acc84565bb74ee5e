"""What a Word document draws in the place of text: characters of symbol fonts, fields that are worked out when shown.

Where it stands in a figure nobody knows what the figure is. Text that is shown from right to left, or two characters in
the place of one, is drawn too.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.marks import DRAWN
from pipeline.readers.word.elements import MATH_TEXT, OFF, RUN, TEXT, VAL, word

_OF_PICTURES = re.compile(r"ding|marlett|mt extra|icon|emoji", re.IGNORECASE)
_KNOWN = frozenset("0123456789.,+-/%")
_PRIVATE = 0xF000  # where fonts of symbols have their characters
# Fields that show nothing where they have no result.
_UNSEEN_FIELDS = frozenset(
    {
        *("XE", "TC", "RA", "TA", "SET", "RD", "PRIVATE", "ASK", "COMMENTS", "HYPERLINK", "FORMDROPDOWN", "FORMTEXT"),
        *("TOC", "INDEX", "BIBLIOGRAPHY", "ADDIN"),
    }
)
_SYMBOL, _FIELD_CHARACTER, _CODE, _SIMPLE_FIELD = word("sym"), word("fldChar"), word("instrText"), word("fldSimple")
_OVERRIDE, _ASIAN_LAYOUT = word("bdo"), word("eastAsianLayout")
_WRITTEN = "{urn:schemas-microsoft-com:vml}textpath"
_DATES = ("dayShort", "dayLong", "monthShort", "monthLong", "yearShort", "yearLong")
DRAWN_BY = (
    _SYMBOL,
    _FIELD_CHARACTER,
    _CODE,
    _SIMPLE_FIELD,
    _OVERRIDE,
    _ASIAN_LAYOUT,
    _WRITTEN,
    *(word(name) for name in ("pgNum", "contentPart", *_DATES)),
)


class Symbols:
    """Says what is drawn, element by element in the order of the text, since a field is many elements."""

    def __init__(self) -> None:
        self._codes: list[str | None] = []  # of the fields that are open, each while it has no result
        # Inside of the code of a field nothing is shown, not even what other fields give there.
        self.in_code = False

    def end_codes(self) -> None:
        """End the codes that are open: none goes on behind its paragraph, but in a damaged file."""
        self._codes = [None for _ in self._codes]
        self.in_code = False

    def drawn(self, element: etree._Element) -> str:
        """The sign of something drawn, a character that is known, or nothing."""
        tag = element.tag
        if tag == _FIELD_CHARACTER:
            return self._field(element.get(word("fldCharType"), ""))
        if tag == _CODE:
            if self._codes and self._codes[-1] is not None:
                self._codes[-1] += element.text or ""
            return ""
        if self.in_code:
            return ""
        if tag == _SYMBOL:
            return character(element.get(word("char"), ""), element.get(word("font"), ""))
        return DRAWN if _is_drawn(element) else ""

    def _field(self, kind: str) -> str:
        code: str | None = None
        if kind == "begin":
            self._codes.append("")
        elif kind == "separate" and self._codes:
            self._codes[-1] = None
        elif kind == "end" and self._codes:
            code = self._codes.pop()
        self.in_code = any(code is not None for code in self._codes)
        return DRAWN if code and not self.in_code and shows_itself(code) else ""


def character(code: str, font: str) -> str:
    """A character of a font of symbols, where it belongs to numbers and the font draws it as others do."""
    try:
        found = chr(int(code, 16) & 0xFFF if int(code, 16) >= _PRIVATE else int(code, 16))
    except (ValueError, OverflowError):
        return DRAWN
    return found if found in _KNOWN and not _OF_PICTURES.search(font) else DRAWN


def shows_itself(code: str) -> bool:
    """True for the code of a field that may show something although it has no result."""
    name = code.split(maxsplit=1)[:1]
    return bool(name) and name[0].upper() not in _UNSEEN_FIELDS


def _is_drawn(element: etree._Element) -> bool:
    if element.tag == _SIMPLE_FIELD:
        return next(element.iter(TEXT, MATH_TEXT), None) is None and shows_itself(element.get(word("instr"), ""))
    if element.tag == _OVERRIDE:
        return element.get(VAL) == "rtl"
    if element.tag == _ASIAN_LAYOUT:
        return element.get(word("combine"), "0") not in OFF and _is_of_several(element)
    return True


def _is_of_several(element: etree._Element) -> bool:
    """True where the run that a property belongs to has several characters."""
    run = next(element.iterancestors(RUN), None)
    return run is not None and sum(len(t.text or "") for t in run.iter(TEXT)) > 1
