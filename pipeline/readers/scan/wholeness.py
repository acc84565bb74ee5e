"""Whether the data of a JPEG picture reach exactly to its last dot: decoders fill up what is missing and say nothing.

A picture whose data are cut short is grey from there on; one that has lost a piece is shifted. In both, the last dots
do not come from the last bytes. What does *not* belong here: formats whose decoders refuse what is damaged.
"""

from __future__ import annotations

import struct
import zlib
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
_SEQUENTIAL = (0xC0, 0xC1)  # frames of one pass; others add to all dots in every pass
_BLOCK = 8  # dots
_TAIL, _BLOCKS = 8, 8  # bytes, and blocks of the usual length: without them the last dots are others
_FILLED, _NEAR = 128, 2  # the shade of what decoders fill up, which cannot be told from paper of the same


def is_whole(data: bytes) -> bool:
    """False for a JPEG picture whose last dots do not come from its last bytes; other pictures are taken as whole."""
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
        blocks = (width // _BLOCK + 1) * (height // _BLOCK + 1)
        return np.asarray(file.crop(last)), float(np.median(np.asarray(top))), blocks
