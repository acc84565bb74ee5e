"""Captions and notes: the lines of text over and under a table that print the unit of its figures.

A line stands over the table that follows, unless a heading or another table comes between; a note (注：…), and whatever
stands before the next heading, stands under the table before it.

What does *not* belong here: texts in the table itself (`unit_cells`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.document import Document, Grid, Paragraph
from pipeline.forms.units import is_note, is_unit_line, may_print_unit, speaks_of_money, units_in
from pipeline.labels import compact
from pipeline.numbers import is_figure

_HEADING = re.compile(r"^[一二三四五六七八九十]{1,2}[、.．]")
_LONGEST = 60  # characters: anything longer is a text, not a caption, unless it speaks of 单位
_LONGEST_NOTE = 300
_NEAR = 2  # paragraphs right above a table, in which any word of money is a caption's
_CELLS_OF_A_LINE = 2


@dataclass(frozen=True, slots=True)
class Captions:
    """The lines that print units: those of each grid by its number, the nearest first, and those of all tables."""

    of: Mapping[int, tuple[Paragraph, ...]]
    of_all: tuple[Paragraph, ...] = ()


def captions(document: Document, tables: Mapping[int, frozenset[int]]) -> Captions:
    """The captions and notes of the grids that hold tables; `tables` are the numbers of these by grid."""
    found: dict[int, list[Paragraph]] = {grid: [] for grid in tables}
    of_all: list[Paragraph] = []
    last: int | None = None
    between: list[Paragraph] = []
    for block in (*document.blocks, None):
        lines = _lines(block)
        if lines is not None:
            between += lines
            continue
        following = block.number if isinstance(block, Grid) else None
        under, over = _shared_out(between, is_last=following is None)
        if last is None:
            of_all += [p for p in under if is_unit_line(p.text)]
        elif (
            following is not None
            and tables.get(following, tables.get(last)) != tables.get(last)
            and not any(map(_is_heading, between))
        ):
            under += over  # the table before takes what that behind it does not
        for grid, part in ((last, under), (following, [*reversed(over)])):
            if grid in found:
                found[grid] += part
        last, between = following, []
    return Captions({g: tuple(lines) for g, lines in found.items() if lines}, tuple(of_all))


def _lines(block: Paragraph | Grid | None) -> list[Paragraph] | None:
    """The lines of text that a block is, a grid of one or two words too; None for a table and at the end."""
    if isinstance(block, Paragraph):
        return [block] if not block.aside or is_unit_line(block.text) else []
    printed = list(islice((c for c in block.cells if not c.is_blank), _CELLS_OF_A_LINE + 1)) if block else []
    if block is None or len(printed) > _CELLS_OF_A_LINE or any(is_figure(c.text) for c in printed):
        return None
    return [Paragraph(c.text, c.page, c.line) for c in printed]


def _shared_out(lines: Sequence[Paragraph], *, is_last: bool) -> tuple[list[Paragraph], list[Paragraph]]:
    """Of the lines between two tables, those that print a unit: under the first, and over the second."""
    heads = [n for n, p in enumerate(lines) if _is_heading(p)]
    notes = next((n for n, p in enumerate(lines) if not is_note(p.text)), len(lines))
    ends = heads[0] if heads else len(lines) if is_last else notes
    begins = heads[-1] if heads else ends
    over = lines[begins:]
    near = range(len(over) - _NEAR, len(over))
    return list(_speaking(lines[:ends], range(ends))), list(_speaking(over, near))


def _is_heading(line: Paragraph) -> bool:
    return len(line.text) <= _LONGEST and bool(_HEADING.match(compact(line.text)))


def _speaking(lines: Sequence[Paragraph], near: range) -> Iterator[Paragraph]:
    """The lines that name a unit; one that is not `near` by its own words for units."""
    for n, line in enumerate(lines):
        text = line.text
        if not may_print_unit(text) or len(text) > _LONGEST_NOTE:
            continue
        is_short = len(text) <= _LONGEST
        if (is_short and n in near and speaks_of_money(text)) or (
            (is_short or "单位" in compact(text)) and units_in(text)
        ):
            yield line
