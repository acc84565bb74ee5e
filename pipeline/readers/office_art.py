"""Drawings as the binary formats of Office store them: records within records, pictures, shapes with their anchors.

Names are those of Microsoft's description [MS-ODRAW]. Where a drawing stands in a file is for the reader of its format.
Anything that lies outside of its record is not there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

MAX_RECORDS = 100_000  # of one container
_DEEPEST = 12

_GROUP, _STORE, _DRAWING, _SHAPES, _SHAPE, _ENTRY = 0xF000, 0xF001, 0xF002, 0xF003, 0xF004, 0xF007
_SHAPE_ID, _PROPERTIES, _ANCHOR = 0xF00A, 0xF00B, 0xF010
_ENTRY_BYTES, _NAME_AT, _DELAYED_AT = 36, 33, 28
_PICTURE, _HIDDEN_FLAGS, _IS_HIDDEN = 0x0104, 0x03BF, 0x0002_0002
_PROPERTY = 0x3FFF  # the bits that name a property
_DIB = 0xF01F
# Of each kind of picture that can be looked at the instances that have one checksum before it; others have two.
_ONE_CHECKSUM: Mapping[int, tuple[int, ...]] = {
    0xF01D: (0x46A, 0x6E2),  # JPEG
    0xF02A: (0x46A, 0x6E2),
    0xF01E: (0x6E0,),  # PNG
    _DIB: (0x7A8,),
    0xF029: (0x6E4,),  # TIFF
}
_CHECKSUM = 16
_SHORT_HEAD, _HEAD = 12, 40  # bytes: of a bitmap


class Record(NamedTuple):
    """A record: its instance, its type, its content."""

    instance: int
    kind: int
    content: bytes


class Shape(NamedTuple):
    """A shape that is seen: its number, the number of its picture from 1, 0 for none, and where it is anchored."""

    number: int
    picture: int
    anchor: bytes


def records(content: bytes) -> Iterator[Record]:
    """The records that stand one after the other."""
    at = 0
    for _ in range(MAX_RECORDS):
        if at + 8 > len(content):
            return
        head, kind, size = struct.unpack_from("<HHI", content, at)
        yield Record(head >> 4, kind, content[at + 8 : at + 8 + size])
        at += 8 + size


def entries(content: bytes) -> Sequence[Record]:
    """The entries of the pictures of a file in order, by the records of its group of drawings."""
    groups = (r for r in records(content) if r.kind == _GROUP)
    stores = (s for group in groups for s in records(group.content) if s.kind == _STORE)
    return [entry for store in stores for entry in records(store.content)]


def picture(record: Record, delayed: bytes = b"") -> bytes | None:
    """The file of a picture, by its record or by the entry that holds it; None for a metafile, or where there is none.

    It may be stored elsewhere, in the stream `delayed`.
    """
    if record.kind == _ENTRY:
        inner = next(records(_held(record.content, delayed)), None)
        return picture(inner) if inner is not None and inner.kind != _ENTRY else None
    if record.kind not in _ONE_CHECKSUM:
        return None
    checksums = 1 if record.instance in _ONE_CHECKSUM[record.kind] else 2
    found = record.content[_CHECKSUM * checksums + 1 :]
    return (bitmap_file(found) if record.kind == _DIB else found) or None


def _held(entry: bytes, delayed: bytes) -> bytes:
    """The record of a picture that an entry holds behind its name, or that it says to stand elsewhere."""
    if len(entry) < _ENTRY_BYTES:
        return b""
    held = entry[_ENTRY_BYTES + entry[_NAME_AT] :]
    (at,) = struct.unpack_from("<I", entry, _DELAYED_AT)
    if held or at + 8 > len(delayed):
        return held
    (size,) = struct.unpack_from("<I", delayed, at + 4)
    return delayed[at : at + 8 + size]


def bitmap_file(bitmap: bytes) -> bytes:
    """A bitmap with the head that its file has: how long it is, and where its dots begin."""
    if len(bitmap) < _SHORT_HEAD:
        return b""
    (head,) = struct.unpack_from("<I", bitmap)
    if head == _SHORT_HEAD:
        (bits,) = struct.unpack_from("<H", bitmap, 10)
        palette = 3 << bits if bits <= 8 else 0
    elif len(bitmap) >= _HEAD:
        bits, packing, colours = struct.unpack_from("<HI12xI", bitmap, 14)
        palette = 4 * (colours or (1 << bits if bits <= 8 else 0)) + (12 if packing == 3 and head == _HEAD else 0)
    else:
        return b""
    return struct.pack("<2sIII", b"BM", 14 + len(bitmap), 0, (14 + head + palette) & 0xFFFF_FFFF) + bitmap


def shapes(content: bytes) -> Iterator[Shape]:
    """The shapes of the drawings in some records; those of a group stand where the group does."""
    yield from _shapes(content, b"", 0)


def _shapes(content: bytes, anchor: bytes, depth: int) -> Iterator[Shape]:
    first = True
    for record in records(content) if depth < _DEEPEST else ():
        if record.kind in (_DRAWING, _SHAPES):
            yield from _shapes(record.content, anchor, depth + 1)
        elif record.kind == _SHAPE:
            shape = _shape(record.content, anchor)
            anchor = shape.anchor if first else anchor  # the first shape of a group is the group itself
            first = False
            if shape.picture >= 0:
                yield shape


def _shape(content: bytes, anchor: bytes) -> Shape:
    """A shape; one that is hidden has a picture below 0."""
    number = found = 0
    for record in records(content):
        if record.kind == _SHAPE_ID and len(record.content) >= 4:
            (number,) = struct.unpack_from("<I", record.content)
        elif record.kind == _ANCHOR:
            anchor = record.content
        elif record.kind == _PROPERTIES:
            named = _properties(record)
            found = -1 if named.get(_HIDDEN_FLAGS, 0) & _IS_HIDDEN == _IS_HIDDEN else named.get(_PICTURE, 0)
    return Shape(number, found, anchor)


def _properties(record: Record) -> Mapping[int, int]:
    count = min(record.instance, len(record.content) // 6)
    pairs = (struct.unpack_from("<HI", record.content, 6 * n) for n in range(count))
    return {name & _PROPERTY: value for name, value in pairs}
