"""Tables whose parts stand side by side, each under a header of its own: they are put below each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.document import Grid
from pipeline.forms.model import Form, FormTable
from pipeline.labels import label
from pipeline.layout.asides import SERIAL


def side_by_side(grid: Grid, forms: Sequence[Form]) -> tuple[Grid, int] | None:
    """The parts of a grid below each other, where the corner of its table stands over several of its columns."""
    times: dict[str, int] = {}
    for printed, number in Counter([c.text for c in grid.cells if c.text]).items():
        times[label(printed).text] = times.get(label(printed).text, 0) + number
    for table, corners in with_corners(tuple(forms)):
        if corners.isdisjoint(times) or sum(times.get(text, 0) for text in corners) < 2:
            continue
        cuts = {tuple(c.col for c in row if label(c.text).text in corners) for row in grid.rows}
        cuts = {_with_numbers(c, grid, table) for c in cuts if len(c) > 1}
        if len(cuts) != 1 or not _starts_left(grid, (at := cuts.pop())[0]):
            continue
        parts = [range(left, right) for left, right in zip(at, (*at[1:], width(grid)), strict=True)]
        if all(any(c.col in p and c.col + c.col_span <= p.stop for p in parts) or c.is_blank for c in grid.cells):
            return _below_each_other(grid, parts), table.number
    return None


def _with_numbers(at: tuple[int, ...], grid: Grid, table: FormTable) -> tuple[int, ...]:
    """The fields of the corners, or those before them where the numbers of rows stand there: 序号 | 统计指标."""
    numbers = {c.col for c in grid.cells if label(c.text).text in table.beside | SERIAL}
    return tuple(n - 1 for n in at) if all(n - 1 in numbers for n in at) else at


@lru_cache(maxsize=8)
def with_corners(forms: tuple[Form, ...]) -> tuple[tuple[FormTable, frozenset[str]], ...]:
    """The tables that may have a corner, with the canonical texts that stand in it."""
    tables = (t for f in forms for t in f.tables if t.corner or t.beside)
    return tuple((t, frozenset(label(c).text for c in t.corner) - t.beside) for t in tables)


def _starts_left(grid: Grid, first: int) -> bool:
    return first == min(c.col for c in grid.cells)


def width(grid: Grid) -> int:
    """How many columns a grid has."""
    return max(c.col + c.col_span for c in grid.cells)


def _below_each_other(grid: Grid, parts: Sequence[range]) -> Grid:
    height = max(c.row + c.row_span for c in grid.cells)
    cells = [
        c._replace(row=c.row + n * height, col=c.col - part.start)
        for n, part in enumerate(parts)
        for c in grid.cells
        if c.col in part
    ]
    return replace(grid, cells=tuple(cells))
