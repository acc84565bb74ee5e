"""Units: a row's label, a column's header, a corner or a caption may print the unit of the figures.

The nearest one holds: in the cell itself (which is read with the figure), then the row's label, then the header, then
what stands over the whole table. A unit is taken over only if it measures the same thing as the form's own, and for
counts only multiples such as 万件, since 件, 项 and 条 are used interchangeably.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from pipeline.document import Cell, Document, Grid, Paragraph
from pipeline.forms.model import FormLine, FormTable
from pipeline.labels import compact, label, simplified
from pipeline.matching.model import Bands, Bound, BoundRow
from pipeline.numbers import COUNTING_UNITS

MONEY = frozenset({"亿元", "千万元", "百万元", "万元", "千元", "百元", "元"})
_UNIT = "|".join((*sorted(MONEY, key=len, reverse=True), *(f"[亿万千百]?{unit}" for unit in COUNTING_UNITS)))
_NAMED = re.compile(rf"(?:计量|金额)?单位[:为]?\(?((?:{_UNIT})(?:[、,/和及或;](?:{_UNIT}))*)(?![\w])")
_BRACKETED = re.compile(rf"\(((?:{_UNIT})(?:[、,/](?:{_UNIT}))*)\)")
# 收费金额/元, 收费金额，元, 收费金额（以元计）, 收费金额（人民币元）
_BEHIND = re.compile(
    rf"(?:[/,、:-]|(?:金额|收入|费用|人民币)[/,、:(-]*(?:以|人民币)?)((?:{_UNIT}))(?:计|为单位|人民币)?\)?$"
)
_EACH = re.compile(_UNIT)
_SCALED = re.compile(r"^[亿万千百]")
_LONGEST = 60  # characters: anything longer is a text, not a caption
_NEAR = 2  # paragraphs before a table


@lru_cache(maxsize=4_096)
def unit_of(printed: str, expected: str | None) -> str | None:
    """The unit that a label or caption prints for figures that the form counts in `expected`."""
    text = simplified(compact(printed))
    for found in (_NAMED.search(text), _BRACKETED.search(text), _BEHIND.search(text)):
        units = _EACH.findall(found[1]) if found else []
        fitting = [u for u in units if _fits(u, expected)]
        if fitting:
            return str(fitting[0])
    return None


def _fits(unit: str, expected: str | None) -> bool:
    if unit in MONEY:
        return expected is None or expected in MONEY
    return expected not in MONEY and bool(_SCALED.match(unit))


def captions(document: Document) -> Mapping[int, tuple[str, ...]]:
    """The short texts right above each grid that mention a unit, by the grid's number."""
    found: dict[int, tuple[str, ...]] = {}
    above: list[str] = []
    for block in document.blocks:
        if isinstance(block, Grid):
            found[block.number] = tuple(t for t in above[-_NEAR:] if "位" in t and len(t) <= _LONGEST)
            above = []
        elif isinstance(block, Paragraph) and not block.aside:
            above.append(block.text)
    return {number: texts for number, texts in found.items() if texts}


def with_units(
    bound: Sequence[Bound],
    rows: Iterable[BoundRow],
    bands: Bands,
    table: FormTable,
    above: Mapping[int, tuple[str, ...]],
) -> tuple[Bound, ...]:
    """The bound cells, each with the unit that is printed nearest to it."""
    of_row = {r.line.code: r for r in rows}
    speaks = {id(c) for band in bands.bands for row in band for c in row.printed if _speaks(c)}
    if not (speaks or above or any(_speaks(c) for r in of_row.values() for c in _labels(r))):
        return tuple(bound)
    return tuple(b if b.unit else b._replace(unit=_nearest(b, of_row[b.row.code], bands, table, above)) for b in bound)


def _speaks(cell: Cell) -> bool:
    """True for a label that may print a unit; most do not."""
    return any(sign in cell.text for sign in ("元", "单位", "單位", "万", "萬", "千", "亿", "億"))


def _labels(row: BoundRow) -> Iterator[Cell]:
    return (c for c in row.row.printed if c.col <= row.label_col)


def _nearest(
    b: Bound, row: BoundRow, bands: Bands, table: FormTable, above: Mapping[int, tuple[str, ...]]
) -> str | None:
    cell = table.cells.get((b.row.code, b.column.code))
    expected = cell.unit if cell else None
    headers, others = _over(b, row, bands)
    places = (*reversed(list(_labels(row))), *headers)
    found = next((u for c in places if _speaks(c) and (u := unit_of(c.text, expected))), None)
    if found or expected is None:  # where the form gives no unit, only its own labels can
        return found
    texts = (*(c.text for c in others if _speaks(c)), *above.get(b.cell.grid, ()))
    return next((u for t in texts if (u := unit_of(t, expected))), None)


def _over(b: Bound, row: BoundRow, bands: Bands) -> tuple[list[Cell], list[Cell]]:
    """The header cells of a column, the lowest first, and those above the row that head no other column."""
    headers: list[Cell] = []
    others: list[Cell] = []
    for band in reversed(bands.bands[: row.band + 1]):
        for line in reversed(band):
            for cell, text in line.labels:
                if text.text in b.column.names or text.text in b.column.damaged_names or _covers(cell, b):
                    headers.append(cell)
                elif len(line.labels) == 1 or cell.col <= row.label_col or not text.text:
                    others.append(cell)
        if any(_names(c, b.column) for c in headers):
            break
    return headers, others


def _covers(cell: Cell, b: Bound) -> bool:
    """True where a header cell of the same grid stands right over a figure, as wide as it or less."""
    return (
        cell.grid == b.cell.grid and cell.col <= b.cell.col < cell.col + cell.col_span <= b.cell.col + b.cell.col_span
    )


def _names(cell: Cell, column: FormLine) -> bool:
    return label(cell.text).text in column.names | column.damaged_names
