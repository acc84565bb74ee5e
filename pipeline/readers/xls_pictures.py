"""Pictures over the cells of an old spreadsheet: the records of its drawings, which xlrd passes over."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from pipeline.readers import office_art
from pipeline.readers.office_art import bitmap_file, entries, picture, shapes
from pipeline.readers.sheet_pictures import Over

_MOST_RECORDS = 5_000_000
_BEGIN, _END, _SHEET, _GOES_ON, _OBJECT, _IMAGE = 0x809, 0x0A, 0x85, 0x3C, 0x5D, 0x7F
_DRAWINGS, _DRAWING = 0xEB, 0xEC
_KEPT = frozenset({_BEGIN, _SHEET, _GOES_ON, _OBJECT, _IMAGE, _DRAWINGS, _DRAWING})
_WORKSHEET = 0
_OLD_PICTURE = b"\x01\0\0\0\x08\0"  # one object, a picture; since Excel 97 objects begin otherwise
_BITMAP = 9
_ANCHOR = struct.Struct("<8H")  # of each corner the column, how far into it, the row, how far into it
_AT, _OLD_AT = 2, 10  # where the corners stand in an anchor, and in an object of Excel 5

Record = tuple[int, bytes]


def pictures_over(stream: bytes) -> Mapping[int, Sequence[Over]]:
    """The pictures over the cells of each worksheet, by its number from 0, hidden ones with them."""
    found: dict[int, Sequence[Over]] = {}
    book = list(_part(stream, 0))
    stored = entries(b"".join(_joined(book, _DRAWINGS)))
    sheets = (content for kind, content in book if kind == _SHEET and len(content) >= 6 and content[5] == _WORKSHEET)
    for number, content in enumerate(sheets):
        own = list(_part(stream, struct.unpack_from("<I", content)[0]))
        found[number] = [*_of_drawings(own, stored), *_of_objects(own)]
    return found


def _part(stream: bytes, at: int) -> Iterator[Record]:
    """The records from a beginning to its end that matter here, without those of charts within."""
    depth = 0
    for _ in range(_MOST_RECORDS):
        if at + 4 > len(stream):
            return
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size] if kind in _KEPT else b""
        if depth <= 0:
            return
        at += 4 + size


def _joined(records: Sequence[Record], wanted: int) -> Iterator[bytes]:
    """The contents of the records of a kind, each with those that only go on with it."""
    goes_on = False
    for kind, content in records:
        goes_on = kind == wanted or (goes_on and kind == _GOES_ON)
        if goes_on:
            yield content


def _of_drawings(records: Sequence[Record], stored: Sequence[office_art.Record]) -> Iterator[Over]:
    for shape in shapes(b"".join(_joined(records, _DRAWING))):
        if shape.picture and len(shape.anchor) >= _AT + _ANCHOR.size:
            data = picture(stored[shape.picture - 1]) if shape.picture <= len(stored) else None
            yield _over(shape.anchor[_AT:], data)


def _of_objects(records: Sequence[Record]) -> Iterator[Over]:
    """The pictures of Excel 5: an object, behind it what it shows."""
    for n, (kind, content) in enumerate(records):
        if kind == _OBJECT and content.startswith(_OLD_PICTURE) and len(content) >= _OLD_AT + _ANCHOR.size:
            following = (records[m] for m in range(n + 1, len(records)))
            behind = list(takewhile(lambda r: r[0] in (_IMAGE, _GOES_ON), following))
            shown = b"".join(_joined(behind, _IMAGE))
            yield _over(content[_OLD_AT:], bitmap_file(shown[8:]) if shown[:1] == bytes([_BITMAP]) else None)


def _over(corners: bytes, data: bytes | None) -> Over:
    """A picture over cells by its corners; one that ends where a cell begins does not reach into that."""
    left, _, top, _, right, into_right, bottom, into_bottom = _ANCHOR.unpack_from(corners)
    last_row, last_column = bottom - (not into_bottom and bottom > top), right - (not into_right and right > left)
    return Over(top + 1, left + 1, last_row + 1, last_column + 1, data)
