"""Which characters the codes of a font stand for, read by patterns where its map is plain.

A map is plain if all its sections are lists of codes with characters, or of ranges of codes, in hexadecimal. Anything
else is left to the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pdfminer.cmapdb import FileUnicodeMap

_HEX = rb"<(?:[0-9A-Fa-f]{2})++>"
_SECTION = re.compile(rb"\sbegin(\w+)(?=\s)(.*?)\send\1(?=\s|\Z)", re.DOTALL)
_KEY = rb"<(?:[0-9A-Fa-f]{2}){1,4}>"  # a code; the library takes no longer one
_CHARACTERS = re.compile(rb"(?:\s*+" + _KEY + rb"\s*+" + _HEX + rb")*+\s*+")
_RANGES = re.compile(
    rb"(?:\s*+" + _KEY + rb"\s*+" + _KEY + rb"\s*+(?:" + _HEX + rb"|\[(?:\s*+" + _HEX + rb")*+\s*+\]))*+\s*+"
)
_CODE = re.compile(rb"<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])")
_WITHOUT_EFFECT = (b"codespacerange",)

Pair = tuple[int, bytes]


def pairs_of(cmap: bytes) -> list[Pair] | None:
    """The codes and what they stand for, in UTF-16, in the order of the map; None where the map is not plain."""
    body, end, _ = cmap.partition(b"endcmap")
    start = body.find(b"begincmap")
    if start < 0 or not end or b"%" in body[start:] or b"usecmap" in body or b"begincmap" in body[start + 9 :]:
        return None
    body = body[start:]
    found: list[Pair] = []
    sections = 0
    for section in _SECTION.finditer(body):
        kind, lines = section[1], section[2]
        sections += 1
        if kind == b"bfchar" and _CHARACTERS.fullmatch(lines):
            codes = _CODE.findall(lines)
            found += [(int(c, 16), bytes.fromhex(t.decode())) for c, t in zip(codes[::2], codes[1::2], strict=True)]
        elif kind == b"bfrange" and _RANGES.fullmatch(lines):
            found += _of_ranges(lines)
        elif kind not in _WITHOUT_EFFECT:
            return None
    return found if sections == body.count(b"begin") - 1 else None


def _of_ranges(lines: bytes) -> Iterator[Pair]:
    """The codes of ranges; the last four bytes of what the first one stands for are counted up, as one number."""
    for first, last, base, listed in _RANGE.findall(lines):
        if len(first) != len(last):
            continue
        codes = range(int(first, 16), int(last, 16) + 1)
        if base:
            text = bytes.fromhex(base.decode())
            prefix, counted = text[:-4], text[-4:]
            number, size = int.from_bytes(counted, "big"), len(counted)
            yield from ((c, prefix + (number + i).to_bytes(4, "big")[-size:]) for i, c in enumerate(codes))
        else:
            yield from zip(codes, (bytes.fromhex(t.decode()) for t in _CODE.findall(listed)), strict=False)


def map_of(pairs: list[Pair]) -> FileUnicodeMap:
    """The map of the library that holds these codes."""
    made = FileUnicodeMap()
    for code, text in pairs:
        made.add_cid2unichr(code, text)
    return made
