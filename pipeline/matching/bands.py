"""Bands: which rows of a region are header, and which of their cells stand directly above figures.

What does *not* belong here: which columns these cells name (`columns`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Cell
from pipeline.forms.model import FormTable
from pipeline.labels import Label, label
from pipeline.matching.model import Bands, BodyRow, GridRow, Region
from pipeline.numbers import figure


@dataclass(frozen=True, slots=True)
class Head:
    """A header cell that stands directly above figures, with the labels above it, and where these figures stand."""

    cell: Cell
    text: str
    above: frozenset[str]
    at: int


def bands_of(region: Region, table: FormTable) -> tuple[Bands, tuple[BodyRow, ...]]:
    """The header bands of a region, and its other rows each with the band above it. Captions are header too."""
    bands: list[list[GridRow]] = []
    body: list[BodyRow] = []
    above_is_header = False
    for row in region.rows:
        if is_header(row, table) or (above_is_header and _goes_on(bands[-1], row, table)):
            if not above_is_header:
                bands.append([])
            bands[-1].append(row)
            above_is_header = True
        elif is_caption(row, table):
            bands.append([row])
            above_is_header = True
        else:
            body.append(BodyRow(row, len(bands) - 1))
            above_is_header = False
    cells = frozenset(c for band in bands for row in band for c in row.printed)
    return Bands(tuple(tuple(b) for b in bands), cells), tuple(body)


def is_header(row: GridRow, table: FormTable) -> bool:
    """True for a row without figures that prints header labels and does not begin with a row's own label."""
    if row.has_figures or not any(t.text in table.headers and t.text for _, t in row.labels):
        return False
    return not _begins_a_row(row, table)


def _goes_on(band: Sequence[GridRow], row: GridRow, table: FormTable) -> bool:
    """True for labels below the header of an indicator table's figures alone: offices whose figures are printed."""
    if not table.beside or not row.labels or row.has_figures or _begins_a_row(row, table):
        return False
    first = min((h.cell.col for h in heads_of(band, table)), default=None)
    return first is not None and row.printed[0].col >= first


def is_caption(row: GridRow, table: FormTable) -> bool:
    """True for a row that prints only a label which stands above rows, such as 第二十条第（一）项.

    An indicator table may print strokes to show that no figure belongs there.
    """
    empty = not row.has_figures or (row.is_indicator and all(figure(c.text).kind != "number" for c in row.printed))
    return bool(row.labels) and empty and all(t.text in table.groups for _, t in row.labels)


def _begins_a_row(row: GridRow, table: FormTable) -> bool:
    """True where a label of a row of the form is printed, even if only words stand beside it."""
    return any(_names_a_row(t, table, alone=len(row.labels) == 1) for _, t in row.labels)


def _names_a_row(text: Label, table: FormTable, *, alone: bool) -> bool:
    """总计 is a column and （七）总计 a row: the ordinal tells them apart, or that no other label is beside it."""
    rows = [r for r in table.rows if r.path and text.text in r.names]
    return any(alone or r.leaf.ordinal == text.ordinal or text.text not in table.headers for r in rows)


def is_headed(band: Sequence[GridRow], table: FormTable) -> bool:
    """True for a band that heads columns; a caption or a corner alone does not."""
    return any(heads_of(band, table))


def heads_of(band: Sequence[GridRow], table: FormTable) -> Iterator[Head]:
    """The lowest label at each field, without corners and captions, with the labels above that span it."""
    lowest: dict[int, tuple[int, Cell, Label]] = {}
    for depth, row in enumerate(band):
        for cell, text in row.labels:
            lowest[cell.col] = (depth, cell, text)
    others = {label(c).text for c in table.corner} | table.groups | table.beside | {""}
    for col in sorted(lowest):
        depth, cell, text = lowest[col]
        if text.text not in others and not any(text.text.startswith(f) for f in table.below):
            yield Head(cell, text.text, frozenset(_above(band[:depth], col)), col)


def _above(rows: Sequence[GridRow], col: int) -> Iterator[str]:
    """In each row above, the label that spans the field: the last one at it or to its left."""
    for row in rows:
        over = [t.text for c, t in row.labels if c.col <= col]
        if over:
            yield over[-1]
