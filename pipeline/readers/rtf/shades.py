"""Colours of an RTF file: of text and of what lies behind it, by their numbers in the table of colours."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from pipeline.readers.word.shades import WHITE, is_like

UNKNOWN = -1  # a pattern, or a cell whose row is not known yet
_TABLE = re.compile(rb"\\colortbl\s*([^{}]*)")
_PART = re.compile(rb"\\(red|green|blue)([0-9]{1,3})")
_BEHIND = re.compile(rb"\\(?:clcbpat|cbpat|chcbpat|cb|highlight)([1-9][0-9]{0,3})")
_SIGNS = (b"cbpat", b"\\cb", b"\\highlight")
# Words that say what is behind a text or its paragraph, and what is behind the cell whose edge comes next.
SHADES: Mapping[str, str] = MappingProxyType(
    {"chcbpat": "behind", "cb": "behind", "highlight": "behind", "cbpat": "paper"}
)
CELL_SHADES = frozenset({"clcbpat", "clshdng"})


class Seen(NamedTuple):
    """The numbers of the colour of a text that may not be seen, of what is behind it, and behind its paragraph.

    0 is any other colour.
    """

    text: int = 0
    behind: int = 0
    paper: int = 0


PLAIN = Seen()


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a file by number, as hexadecimal digits; `pale` are those in which text may not be seen."""

    by_number: Mapping[int, str] = field(default_factory=dict)
    pale: frozenset[int] = frozenset()

    def are_like(self, colour: int, paper: int) -> bool:
        """True where a text of one number is not seen before another one; 0 is paper."""
        if paper == UNKNOWN:
            return False
        return is_like(self.by_number.get(colour, ""), self.by_number.get(paper, WHITE))


@dataclass(slots=True)
class CellShades:
    """What is behind the cells of the row that is open, as its definition says."""

    shade: int = 0
    _shades: list[int] = field(default_factory=list)
    _cell: int = 0

    def take(self, word: str) -> None:
        """Take a word that lays out a row."""
        if word == "trowd":
            self._shades, self.shade, self._cell = [], 0, 0
        elif word == "cellx":
            self._shades.append(self.shade)
            self.shade = 0
        elif word == "cell":
            self._cell += 1
        elif word == "row":
            self._cell = 0

    def of_open(self, level: int) -> int:
        """The number of the colour behind the open cell; that of a table inside another is not known in time."""
        return self._shades[self._cell] if level == 1 and self._cell < len(self._shades) else UNKNOWN


def shade_in_cell(word: str, number: int | None) -> int:
    """The number of the colour that a word puts behind a cell."""
    return (UNKNOWN if number else 0) if word == "clshdng" else number or 0


def colours_of(data: bytes) -> Colours:
    """The colours of a file, if any of its text may be in the colour of what is behind it."""
    found = _TABLE.search(data)
    if found is None:
        return Colours()
    by_number = {n: _hex(entry) for n, entry in enumerate(found[1].split(b";")) if _PART.search(entry)}
    behind = set(map(int, _BEHIND.findall(data))) if any(sign in data for sign in _SIGNS) else set()
    papers = {WHITE, *(by_number[n] for n in behind if n in by_number)}
    pale = frozenset(n for n, colour in by_number.items() if any(is_like(colour, paper) for paper in papers))
    return Colours(by_number, pale) if pale and _used(pale).search(data) else Colours()


def _used(pale: Collection[int]) -> re.Pattern[bytes]:
    """Finds text in one of the colours."""
    return re.compile(rb"\\cf(?:%b)(?![0-9])" % b"|".join(str(n).encode() for n in sorted(pale)))


def _hex(entry: bytes) -> str:
    parts = {name: min(int(number), 255) for name, number in _PART.findall(entry)}
    return "".join(f"{parts.get(name, 0):02X}" for name in (b"red", b"green", b"blue"))
