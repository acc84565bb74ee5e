"""Text dumps: lines, and tables whose cells are separated by tabs, by pipes in Markdown, or by commas.

The rows of such a table are ragged: a label that spans columns takes one field, so the same column may stand
at different fields in different rows. The grid says so (`ragged`); where a figure belongs is for `matching`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.document import Block, Cell, Document, Grid, Paragraph
from pipeline.readers.attachments import linked_in_text
from pipeline.readers.charset import decode
from pipeline.readers.fields import (
    FieldRow,
    Fields,
    cells_of,
    is_markdown,
    markdown_at,
    parts_of,
    repeats_labels,
    tabbed_at,
    values_at,
)
from pipeline.readers.line_numbers import without_line_numbers
from pipeline.readers.refused import Refused
from pipeline.readers.uneven_values import with_tabs

_UPRIGHTS = "│┃║｜├┠╠┤┨╣┼╬┌└╔╚"
_UPRIGHT = re.compile(f"[{_UPRIGHTS}]")
_BORDER = re.compile("[─━═┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬┠┨┯┷ +-]{3,}")
_LEAST_BETWEEN, _LEAST_LINES = 2, 5  # pipes of a line, and lines of a table without pipes at its ends
_LEAST_UPRIGHTS = 3  # of a row of a table; fewer may stand between the links of a page
MAX_BYTES = 20_000_000
MAX_FIELDS = 1_000_000
MAX_LINES = 200_000
MOST_FIELDS = 300  # of one line between commas; the widest table has sixteen
_HEADING_SIGN = re.compile(r"^#{1,6}[ \u3000]+")  # of Markdown
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n|\r|\n|\f")


def is_text(data: bytes) -> bool:
    """True when the bytes decode to text without control characters."""
    try:
        return not _CONTROL.search(decode(data))
    except Refused:
        return False


def read(data: bytes) -> Document:
    """The paragraphs and tab-separated tables of a text. Raises `Refused` where it is not text, or too large."""
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of text")
    decoded = decode(data)
    if (fields := max(decoded.count("\t"), sum(map(decoded.count, "|" + _UPRIGHTS)))) > MAX_FIELDS:
        raise Refused("too-large", f"{fields:,} fields")
    lines = with_tabs(without_line_numbers(with_edges(plain_pipes(_LINE_END.split(decoded)))))
    if len(lines) > MAX_LINES:
        raise Refused("too-large", f"{len(lines):,} lines")
    blocks = tuple(_blocks(lines))
    if not blocks:  # a byte order mark and nothing else, or spaces of other kinds
        raise Refused("empty")
    return Document("text", blocks, linked_in_text(decoded))


def plain_pipes(lines: list[str]) -> list[str]:
    """The lines, those of a table drawn with other uprights with pipes for them, and its borders empty: │ ┃ ║ ｜."""
    return [_plain(line) if _UPRIGHT.search(line) else line for line in lines]


def _plain(line: str) -> str:
    if _BORDER.fullmatch(line.strip()):
        return ""
    return _UPRIGHT.sub("|", line) if len(_UPRIGHT.findall(line)) >= _LEAST_UPRIGHTS else line


def with_edges(lines: list[str]) -> list[str]:
    """The lines, those of a table whose pipes stand between cells only with pipes at both ends.

    A line of it may begin or end with a blank cell; all have as many pipes.
    """
    if not any("|" in line for line in lines):
        return lines
    found = list(lines)
    for pipes, run in groupby(range(len(lines)), key=lambda n: lines[n].count("|")):
        numbers = list(run)
        if pipes < _LEAST_BETWEEN or len(numbers) < _LEAST_LINES:
            continue
        ends = [(text.startswith("|"), text.endswith("|")) for n in numbers if (text := lines[n].strip())]
        if any(ends) and not all(first for first, _ in ends) and not all(last for _, last in ends):
            for n in numbers:
                found[n] = f"|{lines[n]}|"
    return found


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Runs of lines with tabs, pipes or commas are grids; every other line that is not empty is a paragraph."""
    piped = is_markdown(lines)
    grids = at = 0
    while at < len(lines):
        found, taken = _laid_out(lines, at, grids + 1, piped=piped)
        for block in found:
            grids += isinstance(block, Grid)
            yield block
        at += taken


def _laid_out(lines: list[str], at: int, number: int, *, piped: bool) -> tuple[list[Block], int]:
    """The blocks that begin at a line, grids numbered from `number`, and how many lines they take.

    Lines with pipes are grids where `piped` says so.
    """
    if "\t" in lines[at]:
        tabbed = tabbed_at(lines, at)
        if _are_indents(tabbed.rows):
            return [Paragraph(t, line=r.number) for r in tabbed.rows if (t := "".join(r.fields).strip())], tabbed.lines
        cells = cells_of(tabbed, number) if repeats_labels(tabbed) else _cells(tabbed.rows, number)
        return [Grid(number, tuple(cells), ragged=True)], tabbed.lines
    if piped and ("|" in lines[at] or lines[at].startswith("+-")) and (found := markdown_at(lines, at)):
        return list(_of_fields(found, number, has_columns=True)), found.lines
    if 0 < lines[at].count(",") + lines[at].count(";") < MOST_FIELDS and (found := values_at(lines, at)):
        return list(_of_fields(found, number)), found.lines
    text = lines[at].strip()
    text = _HEADING_SIGN.sub("", text) if text.startswith("#") else text
    return [Paragraph(text, line=at + 1)] if text else [], 1


def _are_indents(rows: Sequence[FieldRow]) -> bool:
    """True for tabs that part nothing: one field is printed in each line, the same in all."""
    printed = [[n for n, field in enumerate(row.fields) if field.strip()] for row in rows]
    return len({*map(tuple, printed)} - {()}) == 1 and max(map(len, printed)) == 1


def _of_fields(found: Fields, number: int, *, has_columns: bool = False) -> Iterator[Block]:
    """The tables of a run of fields, and the headings and titles that a whole sheet has between them.

    Their columns are true ones where the run `has_columns`, or where the figures of a table show it.
    """
    for part in parts_of(found):
        if isinstance(part, FieldRow):
            yield Paragraph(part.fields[0], line=part.number)
        elif part.rows:
            yield Grid(number, tuple(cells_of(part, number)), ragged=not (has_columns or part.is_aligned))
            number += 1


def _cells(rows: Sequence[FieldRow], number: int) -> Iterator[Cell]:
    """The cells of a table of fields: each field is one."""
    return (
        Cell(number, at, col, field, line=row.number)
        for at, row in enumerate(rows)
        for col, field in enumerate(row.fields)
    )
