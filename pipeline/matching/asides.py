"""Asides: columns of an indicator table that hold no figures but give each row's unit and number.

Their header identifies them; where a dump has lost it, what they print does: a unit, or a number of two digits beside
the label. The number binds nothing, because it differs from place to place; the unit is kept with the row's figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.document import Cell
from pipeline.forms.indicators import is_unit
from pipeline.forms.model import FormTable
from pipeline.labels import compact, label
from pipeline.matching.model import GridRow, Region
from pipeline.numbers import figure, is_figure

_NUMBER = re.compile(r"^[0-9]{1,3}$")
_WITH_NOUGHT = re.compile(r"^0[0-9]$")
_PRINTED_NUMBER = re.compile(r"^[0-9]{2}$")


def set_aside(region: Region, table: FormTable) -> Region:
    """The region with units and numbers taken out of its rows, where the table has such columns."""
    if not table.beside:
        return region
    return replace(region, rows=tuple(_without_asides(region.rows, table)))


def _without_asides(rows: Sequence[GridRow], table: FormTable) -> Iterator[GridRow]:
    units, numbers = ({label(h).text for h in headers} for headers in (table.unit_headers, table.number_headers))
    unit_at: frozenset[int] = frozenset()
    number_at: frozenset[int] = frozenset()
    headed: frozenset[int] = frozenset()
    for row in rows:
        row = replace(row, is_indicator=True)
        texts = {t.text for _, t in row.labels}
        if texts & (units | numbers) and not row.has_figures:
            unit_at, number_at = _fields(row, units), _fields(row, numbers)
            headed = _fields(row, {t.text for _, t in row.labels})
            yield row
            continue
        unit = next((c for c in row.cells if _prints_unit(c, unit_at)), None)
        number = next((c for n, c in enumerate(row.cells) if _prints_number(row, n, number_at, headed)), None)
        yield replace(row, cells=tuple(c for c in row.cells if c is not unit and c is not number), unit=unit)


def _fields(row: GridRow, headers: set[str]) -> frozenset[int]:
    """The fields that such a header spans."""
    found = (c for c, t in row.labels if t.text in headers)
    return frozenset(n for c in found for n in range(c.col, c.col + c.col_span))


def _prints_unit(cell: Cell, fields: frozenset[int]) -> bool:
    return is_unit(cell.text) or (cell.col in fields and figure(cell.text).kind not in ("number", "word"))


def _prints_number(row: GridRow, n: int, fields: frozenset[int], headed: frozenset[int]) -> bool:
    """True for a row's number: any number under its header; without one, two digits beside the label and not last.

    What a header heads otherwise is none. With a nought before it a number is no figure, wherever it stands.
    """
    cell = row.cells[n]
    text = compact(cell.text)
    if _WITH_NOUGHT.match(text):
        return True
    if fields:
        is_figure_of_row = row.folded and any(is_unit(c.text) for c in row.cells[:n])  # no head stands above its cells
        return cell.col in fields and bool(_NUMBER.match(text)) and not is_figure_of_row
    printed = row.printed
    if not _PRINTED_NUMBER.match(text) or cell is printed[-1] or (headed if row.folded else cell.col in headed):
        return False
    at = printed.index(cell)
    after = printed[at + 1]
    return (at == 0 and not is_figure(after.text)) or (at == 1 and is_unit(after.text))
