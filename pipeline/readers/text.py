"""Text dumps: lines, and tables whose cells are separated by tabs.

The rows of such a table are ragged: a label that spans columns takes one field, so the same column may stand
at different fields in different rows. The grid says so (`ragged`); where a figure belongs is for `matching`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.document import Block, Cell, Document, Grid, Paragraph
from pipeline.readers.attachments import linked_in_text
from pipeline.readers.charset import decode
from pipeline.readers.refused import Refused

MAX_BYTES = 20_000_000
MAX_FIELDS = 1_000_000
MAX_LINES = 200_000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n|\r|\n|\f")


def is_text(data: bytes) -> bool:
    """True when the bytes decode to text without control characters."""
    try:
        return not _CONTROL.search(decode(data))
    except Refused:
        return False


def read(data: bytes) -> Document:
    """The paragraphs and tab-separated tables of a text. Raises `Refused` where it is none, or too large."""
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of text")
    decoded = decode(data)
    if decoded.count("\t") > MAX_FIELDS:
        raise Refused("too-large", f"{decoded.count(chr(9)):,} fields")
    lines = _LINE_END.split(decoded)
    if len(lines) > MAX_LINES:
        raise Refused("too-large", f"{len(lines):,} lines")
    blocks = tuple(_blocks(lines))
    if not blocks:  # a byte order mark and nothing else, or spaces of other kinds
        raise Refused("empty")
    return Document("text", blocks, linked_in_text(decoded))


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Runs of lines with tabs are grids; every other line that is not empty is a paragraph."""
    grids = 0
    run: list[tuple[int, str]] = []
    for number, line in enumerate([*lines, ""], start=1):
        if "\t" in line:
            run.append((number, line))
            continue
        if run:
            grids += 1
            yield _grid(grids, run)
            run = []
        if line.strip():
            yield Paragraph(line.strip(), line=number)


def _grid(number: int, lines: list[tuple[int, str]]) -> Grid:
    cells = tuple(
        Cell(number, row, col, field, line=line_number)
        for row, (line_number, line) in enumerate(lines)
        for col, field in enumerate(line.split("\t"))
    )
    return Grid(number, cells, ragged=True)
