"""How a sheet shows what stands in a cell: whether its letters are seen before what fills the cell, and its places.

How a format stores fonts and fills is for the readers; here colours are hexadecimal digits.
"""

from __future__ import annotations

import re

from pipeline.readers.word.shades import UNKNOWN, WHITE, is_like

BLACK = "000000"
TINY = 2.0  # points: of smaller letters no more than dots are seen
LEAST_HEIGHT = 1.5  # points: a lower row shows nothing
LEAST_WIDTH = 0.5  # of a character: nor does a narrower column
# Excel's numbers of colours before those of its palette: the system's for letters and for paper.
SYSTEM = {64: BLACK, 65: WHITE, 0x7FFF: BLACK}
_HEX = re.compile(r"^(?:[0-9a-fA-F]{2})?([0-9a-fA-F]{6})$")
_IN_FORMAT = re.compile(
    r"\[(?P<white>white|白色?|(?:colou?r|颜色) ?2)\]|\[(?:black|黑色?|(?:colou?r|颜色) ?1)\]", re.IGNORECASE
)
_UNIT = re.compile(r"(?:单位[:：为]?|[(（]|金额)\s*(?:人民币)?((?:[百千]?万|千|百|亿)?元)")


def is_unseen(letters: str | None, fill: str | None, size: float | None = None) -> bool:
    """True where letters of a colour are not seen on a fill; None is the usual colour of each."""
    if size is not None and 0 < size <= TINY:
        return True
    return is_like(letters or BLACK, fill or WHITE)


def hex_of(written: str) -> str:
    """The digits of a colour as written, with or without how much of it covers what is behind."""
    found = _HEX.match(written.removeprefix("#"))
    return found[1].upper() if found else UNKNOWN


def colour_in(section: str) -> str | None:
    """The colour that a number format gives to its number, None where it names neither white nor black."""
    found = _IN_FORMAT.search(section) if "[" in section else None
    return None if found is None else WHITE if found["white"] else BLACK


def unit_in(text: str) -> str:
    """A line that says the unit of money that the name or the header of a sheet gives, '' where it gives none."""
    found = _UNIT.search(text)
    return f"单位：{found[1]}" if found else ""
