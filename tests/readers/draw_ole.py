"""Pack streams into an OLE file, as the old formats of Office are, and the records of drawings within them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_SECTOR, _LEAST = 512, 4096
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(**streams: bytes) -> bytes:
    """The file; shorter streams are filled up to the size of those that stand in sectors of their own."""
    sectors: list[bytes] = []
    chain: list[int] = []
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), start=1):
        content = content.ljust(_LEAST, b"\0")
        right = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name.removeprefix("_"), 2, len(sectors), len(content), right=right))
        _append(content, sectors, chain)
    directory = len(sectors)
    _append(b"".join(entries), sectors, chain)
    tables = 1
    while 128 * tables < len(chain) + tables:
        tables += 1
    first = len(chain)
    chain += [_TABLE] * tables
    chain += [_FREE] * (128 * tables - len(chain))
    listed = [first + n for n in range(tables)] + [_FREE] * (109 - tables)
    head = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII109I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 62, 3, 0xFFFE, 9, 6, b"", 0, tables,
        directory, 0, _LEAST, _END, 0, _END, 0, *listed,
    )  # fmt: skip
    return head + b"".join(sectors) + struct.pack(f"<{len(chain)}I", *chain)


def _append(content: bytes, sectors: list[bytes], chain: list[int]) -> None:
    content = content.ljust(-(-len(content) // _SECTOR) * _SECTOR, b"\0")
    for at in range(0, len(content), _SECTOR):
        sectors.append(content[at : at + _SECTOR])
        chain.append(len(sectors))
    chain[-1] = _END


def _entry(name: str, kind: int, start: int, size: int, right: int = _FREE, child: int = _FREE) -> bytes:
    named = (name + "\0").encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", named, len(named), kind, 1, _FREE, right, child, b"", 0, 0, 0, start, size
    )  # fmt: skip


def art(kind: int, content: bytes = b"", instance: int = 0, version: int = 0) -> bytes:
    """A record of a drawing."""
    return struct.pack("<HHI", instance << 4 | version, kind, len(content)) + content


def container(kind: int, *records: bytes) -> bytes:
    return art(kind, b"".join(records), version=15)


def blip(data: bytes) -> bytes:
    """A picture as it is stored: PNG, JPEG or BMP; anything else as a metafile."""
    if data.startswith(b"\x89PNG"):
        return art(0xF01E, bytes(17) + data, 0x6E0)
    if data.startswith(b"\xff\xd8"):
        return art(0xF01D, bytes(33) + data, 0x46B)  # with two checksums
    if data.startswith(b"BM"):
        return art(0xF01F, bytes(17) + data[14:], 0x7A8)
    return art(0xF01A, bytes(50) + data, 0x3D4)


def entry(data: bytes, *, elsewhere: int | None = None) -> bytes:
    """The entry of a picture, which may stand elsewhere."""
    size = len(blip(data))
    head = struct.pack("<BB16sHIIIBBBB", 6, 6, b"", 255, size, 1, elsewhere or 0, 0, 0, 0, 0)
    return art(0xF007, head + (blip(data) if elsewhere is None else b""), 6, 2)


def group(entries: Sequence[bytes]) -> bytes:
    """The group of all drawings of a file, with its pictures."""
    return container(0xF000, art(0xF006, bytes(16)), container(0xF001, *entries))


def shape(number: int, picture: int = 0, *more: bytes, hidden: bool = False) -> bytes:
    properties = [(0x4104, picture)] * bool(picture) + [(0x03BF, 0x0002_0002)] * hidden
    stored = b"".join(struct.pack("<HI", *p) for p in properties)
    return container(
        0xF004, art(0xF00A, struct.pack("<II", number, 0xA00), 75, 2), art(0xF00B, stored, len(properties), 3), *more
    )


def drawing(*shapes: bytes) -> bytes:
    return container(0xF002, art(0xF008, bytes(8), 1), container(0xF003, shape(1), *shapes))
