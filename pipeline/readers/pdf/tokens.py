"""The tokens of page content: one pattern finds them, and the values of operands are made of what it found."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pdfminer.psparser import LIT, PSLiteral

TOKEN = re.compile(
    rb"""[\x00\s]*+(?:
      (?P<before>[-+.0-9][-+.0-9\s]*+)?+(?P<operator>[A-Za-z'"][A-Za-z0-9*'"]*+)
    | (?P<numbers>[-+.0-9][-+.0-9\s]*+)
    | <(?P<hex>[0-9A-Fa-f\s]*+)>
    | \((?P<plain>[^()\\]*+)\)
    | \((?P<escaped>(?:[^()\\]++|\\.)*+)\)
    | \[(?P<array>(?:\s*+(?:<[0-9A-Fa-f]*+>|\([^()\\]*+\)|[-+.0-9]++)){1,1000}+)\s*+\]
    | (?P<mark>\[|\])
    | /(?P<name>[^\x00\s()<>\[\]{}/%]*+)
    | \((?P<string>)
    | (?P<other><<|>>|%[^\r\n]*+|.)
    )""",
    re.VERBOSE | re.DOTALL,
)
PLACE = rb"[-+]?(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)"  # a number as nearly all are written
_ITEM = re.compile(rb"<([0-9A-Fa-f]*)>|\(([^()]*)\)|([-+.0-9]+)")  # of an array of strings and numbers
_IN_STRING = re.compile(rb"[^()\\]++|\\[0-7]{1,3}|\\\r\n|\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")
_NUMBER = re.compile(rb"[-+]*(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


def numbers(printed: bytes) -> list[float]:
    """The numbers that stand between white space."""
    try:
        return [float(n) for n in printed.split()]
    except ValueError:  # such as --1 or 0.-5, which some programs write
        return [float(n.lstrip(b"-+") or 0) * (-1 if n.startswith(b"-") else 1) for n in _NUMBER.findall(printed)]


def array(printed: bytes) -> list[Any]:
    """The strings and numbers of an array that holds nothing else."""
    made: list[Any] = []
    for digits, text, number in _ITEM.findall(printed):
        if number:
            made += numbers(number)
        else:
            made.append(_bytes(digits) if digits else text)
    return made


def operand(kind: str, printed: bytes) -> Any:
    """What a group of the pattern stands for: a string or a name."""
    if kind == "hex":
        return _bytes(b"".join(printed.split()))
    if kind == "escaped":
        return _ESCAPE.sub(lambda m: _unescaped(m[1]), printed)
    return _name(printed) if kind == "name" else printed


def string(content: bytes, at: int) -> tuple[bytes, int]:
    """A string with brackets within, from after its opening bracket; and where it ends."""
    parts: list[bytes] = []
    depth = 1
    while token := _IN_STRING.match(content, at):
        at = token.end()
        piece = token[0]
        depth += {b"(": 1, b")": -1}.get(piece, 0)
        if depth == 0:
            break
        parts.append(_unescaped(piece[1:]) if piece.startswith(b"\\") else piece)
    return b"".join(parts), at


def _bytes(digits: bytes) -> bytes:
    return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii"))


@lru_cache(maxsize=1_024)
def _name(printed: bytes) -> PSLiteral:
    return LIT(_HASH.sub(lambda m: bytes.fromhex(m[1].decode()), printed).decode("utf-8", "replace"))


@lru_cache(maxsize=1_024)
def _unescaped(escaped: bytes) -> bytes:
    if escaped[:1].isdigit():
        return bytes([int(escaped, 8) & 0xFF]) if escaped[:1] < b"8" else escaped
    return _ESCAPED.get(escaped, escaped)
