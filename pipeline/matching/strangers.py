"""Strangers: rows that an open table prints beside those of its form, each under the columns of the rows beside it.

A stranger is bound under its own label as printed. Which columns cross it is a matter of the rows around it and of the
header above; where that is not plain its figures do not become facts.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.forms.model import Block, FormLine, FormTable
from pipeline.matching.bands import is_headed
from pipeline.matching.columns import columns_printed
from pipeline.matching.headers import strange_code
from pipeline.matching.model import Bands, BodyRow, BoundRow, GridRow, Rows

_NO_BLOCK = Block((), (), None)


def adopt(rows: Rows, bands: Bands, table: FormTable) -> tuple[BoundRow, ...]:
    """The unknown rows as bound ones, in print order, each with the block whose columns it shares."""
    made: dict[str, BoundRow] = {}
    for body in rows.unknown:
        cell, text = body.row.leading[-1]
        code = strange_code(text.text, made)
        path = tuple(c.text.strip() for c, _ in body.row.leading)
        block = _block(body, rows.bound, bands, table)
        made[code] = BoundRow(FormLine(code, path, known=False), body.row, cell.col, body.band, block)
    return tuple(made.values())


def _block(body: BodyRow, bound: Sequence[BoundRow], bands: Bands, table: FormTable) -> Block:
    """The block of the nearest row under the same header, else the one whose columns that header prints."""
    header = _header(body.band, bands, table)
    same = [r for r in bound if _header(r.band, bands, table) == header]
    before = [r for r in same if _place(r.row) < _place(body.row)]
    if same:
        return (before[-1] if before else same[0]).block
    band = bands.bands[header] if header >= 0 else ()
    best = max(table.blocks, key=lambda b: columns_printed(band, b, table))
    return best if columns_printed(band, best, table) else _NO_BLOCK


def _header(band: int, bands: Bands, table: FormTable) -> int:
    """The nearest band at or above this one that heads columns, -1 for none: some bands are only captions."""
    return next((b for b in range(band, -1, -1) if is_headed(bands.bands[b], table)), -1)


def _place(row: GridRow) -> tuple[int, int]:
    return (row.cells[0].grid, row.cells[0].row) if row.cells else (0, 0)
