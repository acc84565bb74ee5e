"""How the styles of characters in an RTF file show their text, as its sheet of styles says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from pipeline.marks import Mark

MARKS: Mapping[str, Mark] = MappingProxyType(
    {"v": "hidden", "strike": "struck", "striked": "struck", "mvf": "struck", "super": "raised", "sub": "lowered"}
)
_SHEET = re.compile(rb"\{\\stylesheet\b")
_BRACE = re.compile(rb"\\.|[{}]", re.DOTALL)
_STYLE = re.compile(rb"\{(?:\\\*\s?)?\\cs(?P<number>[0-9]{1,5})(?P<words>(?:\s|\\[a-z]+-?[0-9]*)*)")
_WORD = re.compile(rb"\\([a-z]+)(-?[0-9]*)")
_BASED_ON = "sbasedon"
_MOST_BASES = 20
_MOST_SHEETS = 4


def styles_of(data: bytes) -> dict[int, frozenset[Mark]]:
    """The marks that each style of characters gives, by its number."""
    words = {int(s["number"]): _words(s["words"]) for sheet in _sheets(data) for s in _STYLE.finditer(sheet)}
    return {number: marks for number in words if (marks := frozenset(_marks(number, words)))}


def _sheets(data: bytes) -> Iterator[bytes]:
    """The sheets of styles, each up to the end of its group."""
    for begin in islice(_SHEET.finditer(data), _MOST_SHEETS):
        depth = 0
        for brace in _BRACE.finditer(data, begin.start()):
            depth += (brace[0] == b"{") - (brace[0] == b"}")
            if depth == 0:
                yield data[begin.start() : brace.end()]
                break


def _words(written: bytes) -> dict[str, str]:
    return {word.decode(): number.decode() for word, number in _WORD.findall(written)}


def _marks(number: int, words: Mapping[int, Mapping[str, str]]) -> Iterator[Mark]:
    """The marks of a style and of those that it is based on; the nearer one may take a mark away."""
    said: dict[str, str] = {}
    for _ in range(_MOST_BASES):
        own = words.get(number, {})
        said = {**own, **said}
        based_on = own.get(_BASED_ON, "")
        if not based_on.isdecimal():
            break
        number = int(based_on)
    yield from (mark for word, mark in MARKS.items() if said.get(word, "0") != "0")
    if said.get("up", "0") != "0":
        yield "raised"
    if said.get("dn", "0") != "0":
        yield "lowered"
