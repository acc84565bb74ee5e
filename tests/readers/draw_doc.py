"""Write tables as a binary Word file whose cells hold texts and pictures, in the line or floating."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from tests.readers.draw_ole import blip, drawing, entry, group, ole, shape

_FIRST_TEXT = 2048
_ANCHORS, _DRAWINGS = 40, 50
_CHARACTERS, _PARAGRAPHS, _PIECES = 12, 13, 33


class InLine(NamedTuple):
    """A picture in the line."""

    data: bytes
    look: bytes = b""


class Floating(NamedTuple):
    """A picture over the text; the file of one that is stored `apart` stands among the text."""

    data: bytes
    apart: bool = False


Content = str | InLine | Floating


def doc(before: Sequence[Content], rows: Sequence[Sequence[Content]], after: Sequence[Content] = ()) -> bytes:
    """A file of paragraphs, a table, and more paragraphs."""
    made = _Made()
    for content in before:
        made.put(content, "\r", b"")
    for row in rows:
        for content in row:
            made.put(content, "\x07", b"\x16\x24\x01")
        made.put("", "\x07", _end_of_row(len(row)))
    for content in after:
        made.put(content, "\r", b"")
    return made.packed()


def _end_of_row(cells: int) -> bytes:
    edges = struct.pack(f"<{cells + 1}h", *(1800 * n for n in range(cells + 1)))
    content = bytes([cells]) + edges + bytes(20 * cells)
    return b"\x16\x24\x01" + b"\x17\x24\x01" + b"\x08\xd6" + struct.pack("<H", len(content) + 1) + content


class _Made:
    def __init__(self) -> None:
        self.text = ""
        self.paragraphs: list[tuple[int, bytes]] = []  # where each ends, its modifiers
        self.runs: list[tuple[int, int, bytes]] = []  # from, to, modifiers
        self.data = bytes(16)
        self.floating: list[tuple[int, Floating]] = []

    def put(self, content: Content, mark: str, modifiers: bytes) -> None:
        if isinstance(content, str):
            self.text += content
        elif isinstance(content, Floating):
            self.floating.append((len(self.text), content))
            self.text += "\x08"
        else:
            stored = shape(7, 1) + entry(content.data)
            head = struct.pack("<IHH", 68 + len(stored), 68, 0x64) + bytes(60)
            look = b"\x03\x6a" + struct.pack("<I", len(self.data)) + content.look
            self.runs.append((len(self.text), len(self.text) + 1, look))
            self.data += head + stored
            self.text += "\x01"
        self.text += mark
        self.paragraphs.append((len(self.text), modifiers))

    def packed(self) -> bytes:
        document = bytearray(_FIRST_TEXT) + self.text.encode("utf-16-le")
        entries, shapes = [], []
        for n, (_, floating) in enumerate(self.floating, start=1):
            at = len(document) if floating.apart else None
            document += blip(floating.data) if floating.apart else b""
            entries.append(entry(floating.data, elsewhere=at))
            shapes.append(shape(100 + n, n))
        document += bytes(-len(document) % 512)
        parts = {
            _ANCHORS: self._anchors(),
            _DRAWINGS: group(entries) + b"\0" + drawing(*shapes) if shapes else b"",
            _PIECES: self._pieces(),
            _CHARACTERS: self._listed(document, self._characters()),
            _PARAGRAPHS: self._listed(document, self._pages_of_paragraphs()),
        }
        table = bytearray()
        pairs = [(0, 0)] * 93
        for number, content in parts.items():
            pairs[number] = len(table), len(content)
            table += content
        numbers = [0, 0, 0, len(self.text), *[0] * 18]
        head = (
            struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0x0200).ljust(32, b"\0") + struct.pack("<H", 14) + bytes(28)
        )
        head += struct.pack("<H22i", 22, *numbers) + struct.pack("<H186I", 93, *(n for pair in pairs for n in pair))
        document[: len(head)] = head
        return ole(WordDocument=bytes(document), _1Table=bytes(table), Data=self.data)

    def _anchors(self) -> bytes:
        if not self.floating:
            return b""
        places = [at for at, _ in self.floating]
        numbers = (struct.pack("<I22x", 101 + n) for n in range(len(places)))
        return struct.pack(f"<{len(places) + 1}I", *places, len(self.text)) + b"".join(numbers)

    def _pieces(self) -> bytes:
        piece = struct.pack("<IIHIH", 0, len(self.text), 0, _FIRST_TEXT, 0)
        return b"\x02" + struct.pack("<I", len(piece)) + piece

    def _at(self, character: int) -> int:
        return _FIRST_TEXT + 2 * character

    def _characters(self) -> list[tuple[list[int], bytes]]:
        """Pages of runs: where each begins, the page."""
        runs: list[tuple[int, bytes]] = []
        last = 0
        for start, end, look in self.runs:
            runs += [(last, b"")] * (last < start) + [(start, look)]
            last = end
        runs += [(last, b"")] * (last < len(self.text))
        return [self._page(runs[n : n + 20], runs[n + 20 :], 1, lambda look: bytes([len(look)]) + look)
                for n in range(0, len(runs), 20)]  # fmt: skip

    def _pages_of_paragraphs(self) -> list[tuple[list[int], bytes]]:
        starts = [0, *(end for end, _ in self.paragraphs[:-1])]
        runs = list(zip(starts, (modifiers for _, modifiers in self.paragraphs), strict=True))

        def stored(modifiers: bytes) -> bytes:
            content = b"\0\0" + modifiers
            return bytes([0, -(-len(content) // 2)]) + content

        return [self._page(runs[n : n + 3], runs[n + 3 :], 13, stored) for n in range(0, len(runs), 3)]

    def _page(self, runs, rest, width, stored) -> tuple[list[int], bytes]:  # type: ignore[no-untyped-def]
        ends = rest[0][0] if rest else len(self.text)
        positions = [self._at(start) for start, _ in runs] + [self._at(ends)]
        page = bytearray(512)
        struct.pack_into(f"<{len(positions)}I", page, 0, *positions)
        at = 511
        for n, (_, modifiers) in enumerate(runs):
            content = stored(modifiers)
            at = (at - len(content)) // 2 * 2
            page[at : at + len(content)] = content
            page[4 * len(positions) + width * n] = at // 2
        page[511] = len(runs)
        return positions, bytes(page)

    def _listed(self, document: bytearray, pages: list[tuple[list[int], bytes]]) -> bytes:
        """The list of some pages, which are put behind the text."""
        numbers = []
        for _, page in pages:
            numbers.append(len(document) // 512)
            document += page
        firsts = [positions[0] for positions, _ in pages] + [pages[-1][0][-1]]
        return struct.pack(f"<{len(firsts)}I{len(numbers)}I", *firsts, *numbers)
