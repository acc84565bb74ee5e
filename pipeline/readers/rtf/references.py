"""What the fields of an RTF file show: something drawn, or a reference to a place of it, which may mark a note."""

from __future__ import annotations

import re

_DRAWS = re.compile(rb"(?:\\[a-z]+-?[0-9]*|[{}\s])*(?:EQ|SYMBOL)\b", re.IGNORECASE)
_REFERS = re.compile(
    rb"(?:\\[a-z]+-?[0-9]*|[{}\s])*(?:(?:NOTE|FTN|PAGE)?REF\b|HYPERLINK\b[^{}]*\\\\l\b)", re.IGNORECASE
)
_NOTE = re.compile(
    rb"(?:\\(?!u-?[0-9])[a-z]+-?[0-9]* ?|[{\s])*"
    rb"(?:[\[(]?[0-9*#a-z]{1,3}[\])]?|(?:\\'[0-9a-f]{2}){2}|\\u-?[0-9]{1,5} ?(?:\?|(?:\\'[0-9a-f]{2})*))\s*\}",
    re.IGNORECASE,
)
_PEEKED = 300  # bytes in which the name of a field stands, or the mark of a note


def draws(data: bytes, at: int) -> bool:
    """True where a field that begins here draws what it shows."""
    return _DRAWS.match(data, at, at + _PEEKED) is not None


def refers(data: bytes, at: int) -> bool:
    """True where the code of a field that begins here leads to another place of the file."""
    return _REFERS.match(data, at, at + _PEEKED) is not None


def is_note(data: bytes, at: int) -> bool:
    """True where the result of a field that begins here looks like the mark of a note."""
    return _NOTE.match(data, at, at + _PEEKED) is not None
