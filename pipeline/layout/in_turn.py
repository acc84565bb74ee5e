"""Sheets of several blocks side by side in a text without grids, which prints a row of each block in turn.

Labels that several rows share stand then behind the groups of another block. The rows are put block below block if the
labels leave one way only in which all of them come in the form's order; else the sheet stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.document import Cell, Grid
from pipeline.forms.indicators import indicator
from pipeline.forms.model import Form, FormTable
from pipeline.labels import label
from pipeline.layout.side_by_side import with_corners
from pipeline.numbers import is_figure

_MOST_BLOCKS = 3
_LEAST_KNOWN = 0.9  # of the rows: others may be misprints

_Row = Sequence[Cell]


def in_turn(grid: Grid, forms: Sequence[Form]) -> tuple[Grid, int] | None:
    """A folded grid with its blocks below each other and the number of its table; None where that is not certain."""
    if not grid.folded:
        return None
    rows = [tuple(row) for row in grid.rows]
    sheets = ((t, corners) for t, corners in with_corners(tuple(forms)) if t.beside)
    for table, corners in sheets:
        times = [_blocks(_without_groups(row, table)[0], corners) for row in rows]
        at = next((n for n, blocks in enumerate(times) if blocks > 1), None)
        if at is None or times[at] > _MOST_BLOCKS:
            continue
        heads, first = _without_groups(rows[at], table)
        body = list(_whole([*first, *rows[at + 1 :]]))
        places = [_places(row, table) for row in body]
        if sum(map(bool, places)) < _LEAST_KNOWN * len(body) or _in_order(range(len(body)), places):
            continue
        ways = [w for w in _ways(len(body), times[at]) if _in_order(w, places)]
        if len(ways) == 1:
            made = [*rows[:at], heads, *(body[n] for n in ways[0])]
            cells = (c._replace(row=n, col=k) for n, row in enumerate(made) for k, c in enumerate(row))
            return replace(grid, cells=tuple(cells)), table.number
    return None


def _blocks(row: _Row, corners: frozenset[str]) -> int:
    """How many times a row prints the same heads, from the corner on; 0 where it prints none, or different ones."""
    texts = [label(c.text).text for c in row]
    first = next((n for n, t in enumerate(texts) if t in corners), len(texts))
    times = texts.count(texts[first]) if first < len(texts) else 0
    before = first - 1 if times and first and texts.count(texts[first - 1]) == times else first
    heads = texts[before:]
    return times if times and heads == heads[: len(heads) // times] * times else 0


def _without_groups(row: _Row, table: FormTable) -> tuple[_Row, Sequence[_Row]]:
    """A row without the names of groups that end it, and these as rows: nothing in a text parts them from the heads."""
    end = len(row)
    while end and label(row[end - 1].text).text in table.groups:
        end -= 1
    return row[:end], [(c,) for c in row[end:]]


def _whole(rows: Sequence[_Row]) -> Iterator[_Row]:
    """The rows, a label and the figures right below it as one, and labels without figures each as one."""
    apart = [r for row in rows for r in ([(c,) for c in row] if not any(is_figure(c.text) for c in row) else [row])]
    at = 0
    while at < len(apart):
        row, below = apart[at], apart[at + 1] if at + 1 < len(apart) else ()
        is_torn = len(row) == 1 and not is_figure(row[0].text) and below and all(is_figure(c.text) for c in below)
        yield (*row, *below) if is_torn else row
        at += 2 if is_torn else 1


def _places(row: _Row, table: FormTable) -> Sequence[float]:
    """Where the rows that a label may name stand in the form, a group right before its first row."""
    text = indicator(row[0].text).text
    codes = {r.code for r in table.named.get(text, ())}
    under = next((n for n, r in enumerate(table.rows) if text in r.parents), None)
    return [n for n, r in enumerate(table.rows) if r.code in codes] or ([under - 0.5] if under is not None else [])


def _in_order(way: Sequence[int], places: Sequence[Sequence[float]]) -> bool:
    """True where the rows, taken in this way, can all come in the form's order."""
    last = -1.0
    for n in way:
        following = [p for p in places[n] if p > last]
        if places[n] and not following:
            return False
        last = min(following, default=last)
    return True


def _ways(count: int, blocks: int) -> Iterator[list[int]]:
    """The numbers of rows printed in turn, block below block, for all lengths that the blocks may have."""
    for lengths in _lengths(count, blocks, count):
        at = [[0] * n for n in lengths]
        number = 0
        for line in range(lengths[0]):
            for block, length in zip(at, lengths, strict=True):
                if line < length:
                    block[line] = number
                    number += 1
        yield [n for block in at for n in block]


def _lengths(count: int, blocks: int, most: int) -> Iterator[tuple[int, ...]]:
    """The lengths of so many blocks with so many rows in all, none longer than the one before it."""
    if blocks == 1:
        if 0 < count <= most:
            yield (count,)
        return
    for first in range(-(-count // blocks), min(most, count) + 1):
        yield from ((first, *rest) for rest in _lengths(count - first, blocks - 1, first))
