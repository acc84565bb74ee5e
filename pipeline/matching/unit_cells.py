"""Cells of a table that print nothing but units: a row of them, a column of them, a line over or under the rows.

They are taken out of the rows, so that they are taken for no label and no figure. Indicator tables have columns of
their own for units (`asides`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.document import Cell
from pipeline.forms.model import FormTable
from pipeline.forms.units import fitting, is_note, is_unit_line, speaks_of_money, units_in
from pipeline.labels import label
from pipeline.matching.model import GridRow, Region
from pipeline.numbers import figure, is_figure

_HEADS = frozenset({"单位", "计量单位", "数量单位", "金额单位"})


@dataclass(frozen=True, slots=True)
class UnitCells:
    """The cells that print units: beside the figures of a row (by its grid and number), under heads, and the texts
    that stand over or under the rows of a grid.
    """

    beside: Mapping[tuple[int, int], tuple[Cell, ...]] = field(default_factory=dict)
    under: tuple[Cell, ...] = ()
    texts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def take_units_out(region: Region, table: FormTable) -> tuple[Region, UnitCells]:
    """The region without the cells that print only units, and these."""
    if table.beside:
        return region, UnitCells()
    every = (*region.rows, *region.stray)
    is_there = any(map(is_unit_line, {c.text for row in every for c in row.printed}))
    under = [row for row in every if _prints_units(row, table)] if is_there else []
    lines = [row for row in every if row in under or _is_line(row, table, is_last=row is region.rows[-1])]
    texts: dict[int, tuple[str, ...]] = {}
    for row in lines:
        grid = row.printed[0].grid
        texts[grid] = (*texts.get(grid, ()), *(c.text for c in row.printed))
    beside = _beside(region.rows, table) if is_there else ()
    found = {(c.grid, c.row): tuple(cells) for row, cells in beside for c in cells}
    taken = {c for cells in found.values() for c in cells} | {c for row in under for c in row.printed}
    if not taken:
        return region, UnitCells(texts=texts)
    rows, stray = ([r for row in part if (r := _without(row, taken))] for part in (region.rows, region.stray))
    return Region(region.table_no, tuple(rows), tuple(stray)), UnitCells(
        found, tuple(c for r in under for c in r.printed), texts
    )


def _without(row: GridRow, taken: Collection[Cell]) -> GridRow | None:
    """The row without some cells; None where nothing else is printed in it."""
    if not any(c in taken for c in row.printed):
        return row
    if all(c in taken for c in row.printed):
        return None
    return replace(row, cells=tuple(c for c in row.cells if c not in taken))


def _beside(rows: Sequence[GridRow], table: FormTable) -> Iterator[tuple[GridRow, list[Cell]]]:
    """The cells of columns of units, by row, and those right behind figures."""
    columns = _unit_columns(rows)
    heads: tuple[Cell, ...] = ()
    for row in rows:
        if not row.has_figures and any(t.text in table.headers for _, t in row.labels):
            heads = row.printed
        found = [c for c in row.printed if (columns and c in columns) or _is_behind_figures(c, row, heads)]
        if found:
            yield row, found


def _is_behind_figures(cell: Cell, row: GridRow, heads: Sequence[Cell]) -> bool:
    """True for a unit in a row of figures that has no head, or shares it with a figure: else it is a blank's."""
    if not is_unit_line(cell.text):
        return False
    before = [c for c in row.printed if c.col < cell.col and is_figure(c.text)]
    if not before:
        return False
    over = [h for h in heads if h.col <= cell.col < h.col + h.col_span and h.grid == cell.grid]
    return not over or any(h.col <= c.col < h.col + h.col_span for h in over for c in before)


def _prints_units(row: GridRow, table: FormTable) -> bool:
    """True for a row of units alone, at least one of which some figure of the table may have."""
    texts = [c.text for c in row.printed]
    if not all(is_unit_line(t) or label(t).text in _HEADS for t in texts):
        return False
    units = [t for t in texts if is_unit_line(t)]
    return any(fitting(t, expected) for t in units for expected in {c.unit for c in table.cells.values()})


def _is_line(row: GridRow, table: FormTable, *, is_last: bool) -> bool:
    """True for a single text that names a unit and is no label of the form: a title, or a note, of which a dump may
    keep a label alone.
    """
    if len(row.printed) != 1 or row.has_figures:
        return False
    text = row.printed[0].text
    if not units_in(text) and not speaks_of_money(text):
        return False
    return is_last or is_note(text) or label(text).text not in table.stubs | table.headers


def _unit_columns(rows: Sequence[GridRow]) -> frozenset[Cell]:
    """The cells of columns of units, their heads among them."""
    found: set[Cell] = set()
    heads = [(n, c) for n, row in enumerate(rows) for c, t in row.labels if t.text in _HEADS and len(row.labels) > 1]
    for at, (n, head) in enumerate(heads):
        end = next((m for m, other in heads[at + 1 :] if other.col == head.col), len(rows))
        cells = [
            c
            for row in rows[n + 1 : end]
            for c in row.printed
            if c.grid == head.grid and c.col == head.col and c.col_span <= head.col_span
        ]
        units = [c for c in cells if is_unit_line(c.text)]
        if units and all(c in units or figure(c.text).kind in ("dash", "slash") for c in cells):
            found |= {head, *cells}
    return frozenset(found)
