"""Shapes of an RTF file that are drawn over the text, as a line through a figure or a box before it."""

from __future__ import annotations

import re

_PEEKED = 2_000  # bytes in which a shape says where it is drawn
_OLD_PEEKED = 300
_IN_FRONT, _NO_WRAP, _END = rb"\shpfblwtxt0", rb"\shpwr3", rb"\shprslt"
# A picture, a text box, or a shape behind the text.
_OTHER = re.compile(rb"\\pict\b|\\shptxt\b|shapeType\}\{\\sv (?:75|202)\}|fBehindDocument\}\{\\sv 1\}")
_OLD = re.compile(rb"\\dp(?:line|rect|poly(?:line|gon)|ellipse|arc)\b")


def is_across(data: bytes, at: int) -> bool:
    """True where a shape begins that is before the text, which does not give way, and in which nothing is written."""
    end = data.find(_END, at, at + _PEEKED)
    shape = data[at : end if end > 0 else at + _PEEKED]
    return _IN_FRONT in shape and _NO_WRAP in shape and _OTHER.search(shape) is None


def is_old_across(data: bytes, at: int) -> bool:
    """True where a shape begins as Word wrote them up to 1995."""
    return _OLD.search(data, at, at + _OLD_PEEKED) is not None
