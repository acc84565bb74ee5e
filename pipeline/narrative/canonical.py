"""The text of a section made comparable, character for character, with the way back to the text as printed."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from pipeline.labels import simplified

_GAP = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")
_ORDINAL = re.compile(r"\(?[一二三四五六七八九十]{1,3}[)、.]|\(?[0-9]{1,2}[)、]|第[一二三四五六七八九十]{1,3}[,、]")
_ENDS = "。!?;:|"
_WRAPPED = 20  # characters: a shorter line was not broken by the width of the page
_FILLED = re.compile(r"[\u4e00-\u9fff]")
_LINE = 60  # characters before a line break that are looked at
_PUNCTUATION = str.maketrans({"﹐": ",", "—": "-", "－": "-"})


@dataclass(frozen=True, slots=True)
class Canonical:
    """Canonical text, with the places of its pieces in the printed text.

    White space is left out; a line that ends a paragraph is one line feed, and digits that are set apart
    by white space keep one space between them.
    """

    text: str
    starts: tuple[int, ...]
    printed_at: tuple[int, ...]

    def printed(self, position: int) -> int:
        """The offset in the printed text of a position in the canonical one."""
        piece = bisect_right(self.starts, position) - 1
        return self.printed_at[piece] + position - self.starts[piece]


@lru_cache(maxsize=1)
def _widths() -> dict[int, str]:
    """Full-width forms and radicals, each to the one character it stands for."""
    table = {c: unicodedata.normalize("NFKC", chr(c)) for c in (*range(0xFF01, 0xFF5F), *range(0x2F00, 0x2FD6))}
    table.update({ord(a): b for a, b in zip("⺠⻅⻥⻔⻓⻬⻛", "民见鱼门长齐风", strict=True)})
    return {c: s for c, s in table.items() if len(s) == 1} | _PUNCTUATION


def canonical(printed: str) -> Canonical:
    """Half-width, simplified and without white space; a text of any length in linear time."""
    text = simplified(printed.translate(_widths()))
    assert len(text) == len(printed)
    pieces: list[str] = []
    starts: list[int] = []
    places: list[int] = []
    length = at = line = 0
    for gap in _GAP.finditer(text):
        start, end = gap.span()
        stands_for = ""
        if text.find("\n", start, end) >= 0:
            stands_for = "\n" if start - line < _WRAPPED or _ends_paragraph(text, line, start, end) else ""
            line = end
        elif text[start - 1 : start].isdigit() and text[end : end + 1].isdigit():
            stands_for = " "
        pieces.append(text[at:start] + stands_for)
        starts.append(length)
        places.append(at)
        length += len(pieces[-1])
        at = end
    return Canonical("".join((*pieces, text[at:])), (*starts, length), (*places, at))


def _ends_paragraph(text: str, line: int, start: int, end: int) -> bool:
    """False for a line long enough to be broken by the page's width, which the next line continues."""
    if text[start - 1] in _ENDS or _ORDINAL.match(text, end, end + 6):
        return True
    return len(_FILLED.findall(text, max(line, start - _LINE), start)) < _WRAPPED // 2
