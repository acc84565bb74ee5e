"""The binary format of Word 97 to 2003: text in pieces, properties of paragraphs and characters in pages of 512 bytes.

Names are those of Microsoft's description [MS-DOC]. This module knows where things are; putting them together is for
`pipeline.readers.word`. Any position that lies outside of the file raises `struct.error`, `IndexError` or `Broken`.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.readers.archive import OLE_ERRORS, ole_stream, open_ole
from pipeline.readers.refused import Refused

MAX_CHARACTERS = 20_000_000
MAX_PIECES = 200_000
MAX_RUNS = 2_000_000
_WORD_97 = 0x00C1
_PAGE = 512
_COMPRESSED = 1 << 30

# Single property modifiers (sprm), by what they say.
IN_TABLE, ROW_END, DEPTH = 0x2416, 0x2417, 0x6649
INNER_CELL, INNER_ROW_END = 0x244B, 0x244C
LIST, LIST_LEVEL = 0x460B, 0x260A
ROW_CELLS, MERGED_DOWN = 0xD608, 0xD62B
HIDDEN, DELETED, STRUCK, STRUCK_TWICE, ALIGNED, MOVED = 0x083C, 0x0800, 0x0837, 0x2A53, 0x2A48, 0x4845
SYMBOL, SIZE = 0x6A09, 0x4A43
PICTURE_AT, IS_DATA = 0x6A03, 0x0806
COLOUR, COLOUR_NUMBER, SHADES = 0x6870, 0x2A42, (0xCA71, 0x4866, 0x2A0C)
# How a run begins that does not look plain; most runs say what their colour is, which is hardly ever white.
_LOOKS_STORED = (
    *(code.to_bytes(2, "little") for code in (HIDDEN, DELETED, STRUCK, STRUCK_TWICE, ALIGNED, MOVED)),
    b"\x70\x68\xff\xff\xff",
    b"\x42\x2a\x08",
    SYMBOL.to_bytes(2, "little"),
    PICTURE_AT.to_bytes(2, "little"),
    *(SIZE.to_bytes(2, "little") + bytes((half_points, 0)) for half_points in range(1, 5)),
)
_HUGE = (0x6646, 0x6645)
_TAB_STOPS = 0xC615
_OPERAND_BYTES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}


class Broken(Exception):  # noqa: N818  said of a file, inside this package only
    """The file contradicts itself, or is of an older format."""


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of a paragraph: its style, and its modifiers by code."""

    style: int = 0
    modifiers: dict[int, bytes] = field(default_factory=dict)

    def is_on(self, code: int) -> bool:
        """True where a modifier is there and not 0."""
        return any(self.modifiers.get(code, b""))

    def number(self, code: int) -> int | None:
        """The value of a modifier, None where it is not there."""
        operand = self.modifiers.get(code)
        return int.from_bytes(operand, "little") if operand else None


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: its first character, its text, its position in the stream and bytes a character."""

    first: int
    text: str
    position: int
    width: int


@dataclass(frozen=True, slots=True)
class Runs:
    """Properties by position in the stream: `starts` in order, and what holds from each on up to the next."""

    starts: tuple[int, ...]
    values: tuple[Properties | None, ...]

    def at(self, position: int) -> Properties | None:
        """The properties that hold at a position."""
        index = bisect_right(self.starts, position) - 1
        return self.values[index] if index >= 0 else None

    def next_start(self, position: int) -> int | None:
        """Where the next run begins, None where there is no other."""
        index = bisect_right(self.starts, position)
        return self.starts[index] if index < len(self.starts) else None


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of a Word file that matter, and the pairs of position and length that its header gives."""

    document: bytes
    table: bytes
    data: bytes
    pairs: tuple[tuple[int, int], ...]
    text_lengths: tuple[int, ...]

    def part(self, number: int) -> bytes:
        """The part of the table stream that a pair of the header names."""
        position, length = self.pairs[number] if number < len(self.pairs) else (0, 0)
        if position + length > len(self.table):
            raise Broken("a part lies behind the end")
        return self.table[position : position + length]


STYLES, CHARACTER_PAGES, PARAGRAPH_PAGES, PIECES, LISTS, LIST_OVERRIDES = 1, 12, 13, 33, 73, 74
ANCHORS, DRAWINGS = 40, 50


def streams(data: bytes) -> Streams:
    """The streams of a file. Raises `Refused` for a locked one, `Broken` for one of another format."""
    try:
        with open_ole(data) as ole:
            if ole.exists("EncryptedPackage"):
                raise Refused("encrypted")
            names = ("WordDocument", "1Table", "0Table", "Data")
            found = {n: ole_stream(ole, n, len(data)) for n in names}
    except OLE_ERRORS as e:
        raise Broken("its container cannot be opened") from e
    document = found["WordDocument"]
    identity, version = struct.unpack_from("<HH", document, 0)
    (flags,) = struct.unpack_from("<H", document, 10)
    if flags & 0x0100:
        raise Refused("encrypted")
    if identity != 0xA5EC or version < _WORD_97:
        raise Broken("it is older than Word 97")
    return Streams(document, found["1Table" if flags & 0x0200 else "0Table"], found["Data"], *_header(document))


def _header(document: bytes) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """The pairs of position and length, and the lengths of the texts: main, notes, headers, …"""
    words = struct.unpack_from("<H", document, 32)[0]
    longs_at = 34 + 2 * words + 2
    longs = struct.unpack_from("<H", document, longs_at - 2)[0]
    lengths = struct.unpack_from(f"<{min(longs, 22)}i", document, longs_at)[3:11]
    pairs_at = longs_at + 4 * longs + 2
    count = struct.unpack_from("<H", document, pairs_at - 2)[0]
    numbers = struct.unpack_from(f"<{2 * count}I", document, pairs_at)
    if len(lengths) < 8 or any(not 0 <= n <= MAX_CHARACTERS for n in lengths):
        raise Broken("its texts have impossible lengths")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True)), lengths


def pieces(file: Streams) -> tuple[Piece, ...]:
    """The text, piece by piece. Pieces may overlap in the stream, so their sum is limited too."""
    table = _piece_table(file.part(PIECES))
    count = (len(table) - 4) // 12
    if count > MAX_PIECES:
        raise Refused("too-large", f"{count:,} pieces of text")
    firsts = struct.unpack_from(f"<{count + 1}i", table, 0)
    if sum(max(0, b - a) for a, b in pairwise(firsts)) > MAX_CHARACTERS:
        raise Refused("too-large", f"more than {MAX_CHARACTERS:,} characters")
    return tuple(_piece(file.document, table, n, count, firsts[n], firsts[n + 1]) for n in range(count))


def _piece(document: bytes, table: bytes, number: int, count: int, first: int, end: int) -> Piece:
    if end < first or first < 0:
        raise Broken("its pieces are out of order")
    (place,) = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * number + 2)
    position, width = (place & ~_COMPRESSED) // 2 if place & _COMPRESSED else place, 1 if place & _COMPRESSED else 2
    content = document[position : position + width * (end - first)]
    if len(content) < width * (end - first):
        raise Broken("its text is cut off")
    text = content.decode("cp1252" if width == 1 else "utf-16-le", "replace")
    if len(text) != end - first:  # characters outside the basic plane take two places, and keep them for now
        text = "".join(map(chr, struct.unpack(f"<{end - first}H", content)))
    return Piece(first, text, position, width)


def _piece_table(clx: bytes) -> bytes:
    at = 0
    while clx[at : at + 1] == b"\x01":
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if clx[at : at + 1] != b"\x02":
        raise Broken("it has no table of pieces")
    (length,) = struct.unpack_from("<I", clx, at + 1)
    return clx[at + 5 : at + 5 + length]


def paragraph_runs(file: Streams) -> Runs:
    """The properties of paragraphs by position."""
    runs: list[tuple[int, Properties | None]] = []
    seen: dict[bytes, Properties] = {}
    for page, count in _pages(file, PARAGRAPH_PAGES):
        positions = struct.unpack_from(f"<{count + 1}I", page, 0)
        for n in range(count):
            at = 2 * page[4 * (count + 1) + 13 * n]
            stored = _stored(page, at)
            if stored not in seen:
                seen[stored] = _properties(stored, file.data)
            runs.append((positions[n], seen[stored]))
        runs.append((positions[count], None))
        _limit(runs)
    return _sorted(runs)


def _stored(page: bytes, at: int) -> bytes:
    """Style and modifiers of a paragraph, as a page stores them: half the length first, or 0 and then half of it."""
    if not at:
        return b""
    half = page[at]
    return page[at + 2 : at + 2 + 2 * page[at + 1]] if half == 0 else page[at + 1 : at + 2 * half]


def _properties(stored: bytes, data: bytes) -> Properties:
    if len(stored) < 2:
        return Properties()
    modifiers = _collected(stored[2:])
    for huge in _HUGE:
        if huge in modifiers:
            modifiers |= _collected(_huge(modifiers[huge], data))
    return Properties(struct.unpack_from("<H", stored)[0], modifiers)


def _collected(stored: bytes) -> dict[int, bytes]:
    """The last operand of each code; of merges, which are for one cell each, all of them."""
    found: dict[int, bytes] = {}
    for code, operand in modifiers_in(stored):
        found[code] = found.get(code, b"") + operand if code == MERGED_DOWN else operand
    return found


def _huge(operand: bytes, data: bytes) -> bytes:
    """Modifiers that did not fit into their page, kept in the data stream."""
    (at,) = struct.unpack("<I", operand)
    (length,) = struct.unpack_from("<H", data, at)
    return data[at + 2 : at + 2 + length]


def modifiers_in(stored: bytes) -> Iterator[tuple[int, bytes]]:
    """Code and operand of each; what follows a modifier that is cut off is left alone."""
    at = 0
    while at + 3 <= len(stored):
        (code,) = struct.unpack_from("<H", stored, at)
        length, skipped = _operand_length(code, stored, at + 2)
        yield code, stored[at + 2 + skipped : at + 2 + length]
        at += 2 + length


def _operand_length(code: int, stored: bytes, at: int) -> tuple[int, int]:
    """How many bytes an operand takes, and how many of them only say so."""
    kind = code >> 13
    if kind != 6:
        return _OPERAND_BYTES[kind], 0
    if code == ROW_CELLS:
        return int.from_bytes(stored[at : at + 2], "little") + 1, 2
    if code == _TAB_STOPS and stored[at] == 255:
        deleted = stored[at + 1] if at + 1 < len(stored) else 0
        added_at = at + 2 + 4 * deleted
        added = stored[added_at] if added_at < len(stored) else 0
        return 3 + 4 * deleted + 3 * added, 1
    return stored[at] + 1, 1


def looks_of_runs(file: Streams) -> Runs:
    """Where characters do not look plain: properties there, None elsewhere."""
    runs: list[tuple[int, Properties | None]] = []
    for page, count in _pages(file, CHARACTER_PAGES):
        positions = struct.unpack_from(f"<{count + 1}I", page, 0)
        for n in range(count):
            at = 2 * page[4 * (count + 1) + n]
            stored = page[at + 1 : at + 1 + page[at]] if at else b""
            odd = any(code in stored for code in _LOOKS_STORED)
            runs.append((positions[n], Properties(0, dict(modifiers_in(stored))) if odd else None))
        runs.append((positions[count], None))
        _limit(runs)
    return _sorted(runs) if any(value for _, value in runs) else Runs((), ())


def _pages(file: Streams, part: int) -> Iterator[tuple[bytes, int]]:
    """The pages that a part lists, each with the number of its runs."""
    listed = file.part(part)
    count = (len(listed) - 4) // 8
    for n in range(max(count, 0)):
        (number,) = struct.unpack_from("<I", listed, 4 * (count + 1) + 4 * n)
        at = (number & 0x3FFFFF) * _PAGE
        page = file.document[at : at + _PAGE]
        if len(page) < _PAGE:
            raise Broken("a page of properties lies behind the end")
        yield page, page[_PAGE - 1]


def _limit(runs: list[tuple[int, Properties | None]]) -> None:
    if len(runs) > MAX_RUNS:
        raise Refused("too-large", f"more than {MAX_RUNS:,} runs of properties")


def _sorted(runs: list[tuple[int, Properties | None]]) -> Runs:
    """In order of position; where one run ends and the next begins, the beginning counts."""
    kept: dict[int, Properties | None] = {}
    for start, value in runs:
        if value is not None or start not in kept:
            kept[start] = value
    return Runs(tuple(sorted(kept)), tuple(kept[s] for s in sorted(kept)))
