"""Codes of fonts that a character map of the library lacks: what they stand for, so that no drawn character is lost.

The library leaves out a code that is not in its map, and with it a minus sign or a dot. The codes of many maps are
characters in an encoding. A viewer that has to find a font of its own shows them, and so they are read; a font in the
file shows nothing known for them, and neither are they known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import category

from pdfminer.cmapdb import CMap, CMapBase, UnicodeMap
from pdfminer.pdffont import PDFCIDFont

_LACKING = 1 << 32  # beyond all glyphs: here begin the codes, of up to four bytes, that lead to none
_CODECS = {  # by the part of a map's name that says how its codes are made
    "UCS2": "utf-16-be",
    "UTF16": "utf-16-be",
    "UTF32": "utf-32-be",
    "GBK": "gb18030",
    "GBKp": "gb18030",
    "GBK2K": "gb18030",
    "GB": "gb2312",
}


def with_all_codes(font: PDFCIDFont, *, is_in_file: bool) -> None:
    """Let every code of a font lead to a character; to one that is not known where its map says nothing."""
    if isinstance(font.cmap, CMap):
        codec = _codec(str(font.cmap.attrs.get("CMapName", "")))
        font.cmap = _Codes(font.cmap, codec)
        font.unicode_map = _Texts(font.unicode_map, "" if is_in_file else codec)


def _codec(name: str) -> str:
    """The encoding that the codes of a map of this name are in; '' where it is none of those known here."""
    return next((_CODECS[part] for part in name.split("-") if part in _CODECS), "")


class _Codes(CMapBase):
    """A map of the library in which every code leads to a glyph, or to a number beyond all glyphs that holds it."""

    def __init__(self, cmap: CMap, codec: str) -> None:
        super().__init__(**cmap.attrs)
        self._first: dict[int, Any] = cmap.code2cid
        self._codec = codec

    def decode(self, code: bytes) -> Iterable[int]:
        """The glyphs of a string."""
        first, at, end = self._first, 0, len(code)
        while at < end:
            found, after = first.get(code[at]), at + 1
            while after < end and isinstance(found, dict):
                found, after = found.get(code[after]), after + 1
            if not isinstance(found, int):
                after = at + self._size(code[at : at + 2])
                found = _LACKING + int.from_bytes(code[at:after], "big")
            yield found
            at = after

    def _size(self, start: bytes) -> int:
        """How many bytes a code has that leads to no glyph, by its first two."""
        if self._codec == "utf-32-be":
            return 4
        if self._codec == "utf-16-be":
            return 4 if 0xD8 <= start[0] < 0xDC else 2
        if self._first and start[0] < 0x80:
            return 1
        return 4 if self._codec == "gb18030" and 0x30 <= start[-1] <= 0x39 else 2


class _Texts(UnicodeMap):
    """What the glyphs of a font stand for, and the codes that lead to none where these are characters."""

    def __init__(self, known: Any, codec: str) -> None:
        super().__init__()
        self._known = known
        self._codec = codec

    def get_unichr(self, cid: int) -> str:
        """The text of a glyph. Raises `KeyError` where it is not known."""
        if cid >= _LACKING:
            return _character(cid - _LACKING, self._codec)
        if self._known is None:
            raise KeyError(cid)
        return str(self._known.get_unichr(cid))


def _character(code: int, codec: str) -> str:
    """The character that a code is in an encoding, white space for what controls a printer.

    Raises `KeyError` for a code that is none, or one of the characters that each font may draw as it likes.
    """
    size = {"": 0, "utf-32-be": 4, "utf-16-be": 2}.get(codec, 1)
    try:
        text = code.to_bytes(max(size, (code.bit_length() + 7) // 8), "big").decode(codec) if codec else ""
    except UnicodeDecodeError:
        text = ""
    kind = category(text) if len(text) == 1 else "Cn"
    if kind in ("Cn", "Co", "Cs"):
        raise KeyError(code)
    return " " if kind == "Cc" else text
