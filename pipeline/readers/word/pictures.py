"""The pictures of a binary Word file: those in its lines, and those that float where a sign anchors them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from pipeline.marks import OBJECT
from pipeline.readers.office_art import Record, Shape, entries, picture, records, shapes
from pipeline.readers.word import binary
from pipeline.readers.word.binary import Properties, Streams

Sign = Callable[[bytes | None], str]
"""Gives what stands for a picture in a text; without its content, for one that cannot be looked at."""

IN_LINE, FLOATING = "\x01", "\x08"

_WITH_NAME = 0x66  # a picture that is linked to a file, and held all the same
_ANCHOR_BYTES = 26


class Drawn:
    """What stands in a text for each picture of a file."""

    def __init__(self, file: Streams, sign: Sign = lambda _: OBJECT) -> None:
        self._file = file
        self._sign = sign
        self._floating = _floating(file)

    def in_text(self, text: str, first: int, look: Properties | None) -> str:
        """A text with signs in the places of its pictures; `first` is the number of its first character in the file."""
        if IN_LINE not in text and FLOATING not in text:
            return text
        return "".join(self._shown(c, first + n, look) for n, c in enumerate(text))

    def _shown(self, character: str, number: int, look: Properties | None) -> str:
        if character == FLOATING:
            if number not in self._floating:
                return ""
            entry = self._floating[number]
            return self._sign(picture(entry, self._file.document) if entry else None)
        at = look.number(binary.PICTURE_AT) if look and not look.is_on(binary.IS_DATA) else None
        if character == IN_LINE and at is not None:
            return self._sign(_in_line(self._file.data, at))
        return character


def is_drawn(text: str) -> bool:
    """True for signs of pictures alone, which have no colour or size of text."""
    return not text.strip(IN_LINE + FLOATING)


def _in_line(data: bytes, at: int) -> bytes | None:
    """The picture that stands in the data stream: a head, the name of a linked file, a shape, entries of pictures."""
    if at + 8 > len(data):
        return None
    size, head, kind = struct.unpack_from("<IHH", data, at)
    start = at + head
    if kind == _WITH_NAME and start < len(data):
        start += 1 + data[start]
    found = (picture(r) for r in records(data[start : at + size]))
    return next((p for p in found if p), None)


def _floating(file: Streams) -> Mapping[int, Record | None]:
    """The entries of the pictures that float over the main text, by the number of the character that anchors each."""
    anchors, drawn = file.part(binary.ANCHORS), file.part(binary.DRAWINGS)
    count = max((len(anchors) - 4) // (4 + _ANCHOR_BYTES), 0)
    if not count or not drawn:
        return {}
    stored, by_number = entries(drawn), {s.number: s for s in _drawings(drawn)}
    found: dict[int, Record | None] = {}
    for n in range(count):
        (character,) = struct.unpack_from("<I", anchors, 4 * n)
        (number,) = struct.unpack_from("<I", anchors, 4 * (count + 1) + _ANCHOR_BYTES * n)
        shape = by_number.get(number)
        if shape is not None and shape.picture:
            found[character] = stored[shape.picture - 1] if shape.picture <= len(stored) else None
    return found


def _drawings(drawn: bytes) -> list[Shape]:
    """The shapes of the drawings behind the group; each drawing has a byte before it that says which text it is of."""
    group = next(records(drawn), None)
    at = 8 + len(group.content) if group is not None else len(drawn)
    found: list[Shape] = []
    while at + 9 <= len(drawn):
        (size,) = struct.unpack_from("<I", drawn, at + 5)
        found += shapes(drawn[at + 1 : at + 9 + size])
        at += 9 + size
    return found
