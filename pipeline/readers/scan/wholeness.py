"""Whether the data of a JPEG picture reach exactly to its last dot: decoders fill up what is missing and say nothing.

A picture whose data are cut short is grey from there on; one that has lost a piece is shifted. In both, the last dots
do not come from the last bytes. A picture of several passes is blurred instead, wherever a pass ends too early: then it
changes if that pass goes on, which else changes nothing. What does *not* belong here: formats whose decoders refuse
what is damaged.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

DECODER_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
"""What a decoder of pictures raises for a damaged one."""

_START, _END, _SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA
_PROGRESSIVE = 0xC2
_SEQUENTIAL = (0xC0, 0xC1)  # frames of one pass; others add to all dots in every pass
_BLOCK = 8  # dots
_TAIL, _BLOCKS = 8, 8  # bytes, and blocks of the usual length: without them the last dots are others
_PASSES = re.compile(rb"\xff\xc2\0.\x08", re.DOTALL)  # the frame of a picture of several passes
_HEAD = 500_000  # bytes: what cameras and editors write before it
_MARK = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")  # what ends a pass, which may have its own marks within
_PART = re.compile(rb"\xff([\xd0-\xd7])")  # what ends a part of a pass
_PIECE = bytes(151 * n % 255 for n in range(64))  # bytes that a pass might go on with
_SHADES = 64  # of a block: each is there when its last bit has come
_RUN, _BLANKS = 4, 32_767  # bytes that say in a pass that so many blocks have nothing more
_FILLED, _NEAR = 128, 2  # the shade of what decoders fill up, which cannot be told from paper of the same

Segment = tuple[int, bytes, int, int]
"""Which kind it is, what it says, and from where to where its dots stand."""


def is_whole(data: bytes) -> bool:
    """False for a JPEG picture whose dots do not come from all of its bytes; other pictures are taken as whole."""
    if data.startswith(_START) and _PASSES.search(data, 0, _HEAD):
        return _has_whole_passes(data)
    start = _first_scan(data) if data.startswith(_START) else 0
    if not start:
        return True
    end = data.find(_END, start)
    if end < 0:
        return False
    try:
        last, paper, blocks = _last_dots(data[:end] + _END)
        tail = _TAIL + _BLOCKS * (end - start) // blocks
        shorter = data[: max(end - tail, start)].rstrip(b"\xff\0") + _END
        return abs(paper - _FILLED) <= _NEAR or not np.array_equal(last, _last_dots(shorter)[0])
    except DECODER_FAULTS:
        return False


def _first_scan(data: bytes) -> int:
    """Where the dots of a picture of one pass begin; 0 where there is no such place."""
    at, sequential = len(_START), False
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == _SCAN:
            return at + 2 + size if sequential else 0
        sequential |= kind in _SEQUENTIAL
        at += 2 + size
    return 0


def _last_dots(data: bytes) -> tuple[npt.NDArray[np.uint8], float, int]:
    """The dots of the last block, at the lower right; the usual shade of those at the top; the number of blocks."""
    with Image.open(BytesIO(data), formats=("JPEG",)) as file:
        width, height = file.size
        last = ((width - 1) // _BLOCK * _BLOCK, (height - 1) // _BLOCK * _BLOCK, width, height)
        top = file.crop((0, 0, width, height // 4 + 1)).convert("L").reduce(_BLOCK)
        return np.asarray(file.crop(last)), float(np.median(np.asarray(top))), _blocks((height, width))


def _has_whole_passes(data: bytes) -> bool:
    """False for a picture of several passes without its end, or with a pass that is missing or ends elsewhere."""
    try:
        segments = list(_segments(data))
        if not segments or segments[-1][0] != _END[1] or not _has_all_passes(segments):
            return False
        shown, passes = _all_dots(data), [s for s in segments if s[0] == _SCAN]
        places = [(start, end) for _, _, start, end in passes]
        return (
            all(_in_order(data[start:end]) for start, end in places)
            and np.array_equal(shown, _all_dots(_longer(data, places)))
            and not any(np.array_equal(shown, _all_dots(shorter)) for shorter in _shorter(data, passes, shown.shape))
        )
    except DECODER_FAULTS:
        return False


def _shorter(data: bytes, passes: Sequence[Segment], shape: Sequence[int]) -> Iterator[bytes]:
    """The picture again and again, each time without the end of another pass that says something there.

    One in parts may say nothing in the last of them; one of the mean shades of blocks says as much of each.
    """
    blocks = _blocks(shape)
    for _, said, start, end in passes:
        tail = _TAIL + _BLOCKS * (end - start) // blocks + _RUN * (blocks // _BLANKS)
        if 4 * tail < end - start and said[-3] and not _PART.search(data, start, end):
            yield data[: end - tail] + data[end:]


def _longer(data: bytes, passes: Sequence[tuple[int, int]]) -> bytes:
    """A picture whose passes go on behind their ends, and behind that of each of their parts."""
    longer, copied = bytearray(), 0
    for start, end in passes:
        for at in (*(mark.start() for mark in _PART.finditer(data, start, end)), end):
            longer += data[copied:at] + _PIECE
            copied = at
    return bytes(longer + data[copied:])


def _in_order(dots: bytes) -> bool:
    """True where the parts of a pass are numbered from 0 to 7 again and again."""
    return all(mark[1][0] == 0xD0 + n % 8 for n, mark in enumerate(_PART.finditer(dots)))


def _blocks(shape: Sequence[int]) -> int:
    height, width = shape[:2]
    return (width // _BLOCK + 1) * (height // _BLOCK + 1)


def _segments(data: bytes) -> Iterator[Segment]:
    """The segments of a picture; a pass ends where its dots do."""
    at = len(_START)
    while (mark := _MARK.match(data, at)) is not None:
        kind, at = mark[1][0], mark.end()
        if kind == _END[1]:
            yield kind, b"", at, at
            return
        size = int.from_bytes(data[at : at + 2], "big")
        said, start = data[at + 2 : at + size], at + size
        behind = _MARK.search(data, start) if kind == _SCAN else None
        at = behind.start() if behind else start
        yield kind, said, start, at


def _has_all_passes(segments: Sequence[Segment]) -> bool:
    """True where each shade of each colour comes in some pass down to its last bit."""
    missing: set[tuple[int, int]] = set()
    for kind, said, _, _ in segments:
        if kind == _PROGRESSIVE:
            missing |= {(colour, shade) for colour in said[6::3] for shade in range(_SHADES)}
        elif kind == _SCAN and said:
            colours, (first, last, bits) = said[1 : 1 + 2 * said[0] : 2], said[-3:]
            if not bits & 0x0F:
                missing -= {(colour, shade) for colour in colours for shade in range(first, last + 1)}
    return not missing


def _all_dots(data: bytes) -> npt.NDArray[np.uint8]:
    with Image.open(BytesIO(data), formats=("JPEG",)) as file:
        return np.asarray(file)
