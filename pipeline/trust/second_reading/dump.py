"""Text dumps as lines of words: what stands at the end of a line, or alone on the lines below a label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.numbers import is_figure
from pipeline.readers.charset import decode
from pipeline.readers.fields import seen_of
from pipeline.readers.refused import Refused
from pipeline.readers.text import MAX_BYTES, MAX_FIELDS, MAX_LINES, plain_pipes
from pipeline.trust.second_reading.lines import read_lines
from pipeline.trust.second_reading.model import CellKey, Reading, Slot, Wanted

LINE_END = re.compile(r"\r\n|\r|\n|\f")
_GAP = re.compile(r"[ \u00a0\u3000]{2,}")
_LONGEST = 1_000  # characters: a longer line without fields is prose
_RULE = re.compile(r"^[\s|:\-+=]*-{3,}[\s|:\-+=]*$")


def read_text(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a text. Raises `Refused` where it is too large or is not text."""
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of text")
    text = decode(data)
    lines = plain_pipes(LINE_END.split(text))
    if len(lines) > MAX_LINES or text.count("\t") + text.count("|") > MAX_FIELDS:
        raise Refused("too-large", f"{len(lines):,} lines")
    return read_lines(_strips(lines, wanted), wanted, ragged=True)


def _strips(lines: list[str], wanted: Wanted) -> Iterator[list[Slot]]:
    """The lines; figures alone on theirs are joined, and a label alone above them comes first if none is missing."""
    above: list[Slot] = []
    alone: list[Slot] = []
    for number, line in enumerate([*lines, "."], start=1):
        if not line.strip(" |") or _RULE.match(line):
            continue
        strip = [Slot(text, at, None, number) for at, text in enumerate(_texts(line))]
        if len(strip) == 1 and strip[0].is_figure:
            alone += strip
            continue
        if alone:
            yield from _joined(above, alone, wanted)
        elif above:
            yield above
        above, alone = [], []
        if len(strip) == 1:
            above = strip
        elif strip:
            yield strip


def _joined(above: list[Slot], alone: list[Slot], wanted: Wanted) -> Iterator[list[Slot]]:
    found = wanted.row(above[0].text or "") if above else None
    if found and len(found[0].block_of(found[1].code).columns) == len(alone):
        yield [*above, *alone]
        return
    if above:
        yield above
    yield alone


def _texts(line: str) -> list[str]:
    """The fields of a line; figures at the end of a part between gaps are split off from its label."""
    if "\t" in line:
        return line.split("\t")
    if "|" in line:
        cells = [seen_of(c).text for c in line.split("|")]
        cells = cells[1 if not cells[0] else 0 : -1 if not cells[-1] else None]
        return [c for c in cells if c] if sum(map(bool, cells)) < 2 else cells
    if len(line) > _LONGEST:
        return []
    parts = [p for p in _GAP.split(line.strip()) if p]
    return [word for part in parts for word in _from_the_end(part)]


def _from_the_end(part: str) -> list[str]:
    words = part.split(" ")
    at = len(words)
    while at > 1 and is_figure(words[at - 1]):
        at -= 1
    return [" ".join(words[:at]), *words[at:]]
