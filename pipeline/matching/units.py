"""Units: a row's label, a column's header, a corner, a caption or a note may print the unit of the figures.

The nearest one holds: in the cell itself (which is read with the figure), then beside the row, then the header, then
what stands over or under the whole table. A unit is taken over only if it measures the same thing as the form's own,
and for counts only multiples such as 万件. Where two differ, the other one is told, and so is a unit that cannot be
read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.document import Cell, Paragraph
from pipeline.forms.model import FormLine, FormTable
from pipeline.forms.units import MONEY, fitting, may_print_unit, speaks_of_money, unit_of, units_in
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label, simplified
from pipeline.matching.captions import Captions
from pipeline.matching.model import Bands, Bound, BoundRow, Match
from pipeline.matching.unit_cells import UnitCells
from pipeline.numbers import COUNTING_UNITS, figure

# A column of these is counted in money even where the form prints no unit for it.
_OF_MONEY = re.compile("金额|费用|经费|收入|支出")
# What a caption may say that its unit is for, if it is not for all.
_SUBJECTS = re.compile("收费|采购|经费|支出")


@dataclass(frozen=True, slots=True)
class Around:
    """What may print units around the rows of one table: cells of its own for them, captions and notes by grid."""

    cells: UnitCells
    captions: Captions

    def texts(self, grid: int, grids: Iterable[int]) -> Iterator[str]:
        """The texts over and under the figures of a grid, nearest first; then those of the table's other grids."""
        others = sorted((g for g in grids if g != grid), key=lambda g: (g > grid, abs(g - grid)))
        for number in (grid, *others):
            yield from self.cells.texts.get(number, ())
            yield from (p.text for p in self.captions.of.get(number, ()))
        yield from (p.text for p in self.captions.of_all)


def with_units(
    bound: Sequence[Bound], rows: Iterable[BoundRow], bands: Bands, table: FormTable, around: Around
) -> tuple[tuple[Bound, ...], tuple[Issue, ...]]:
    """The bound cells, each with the unit that is printed nearest to it, and the units that contradict these."""
    of_row = {r.line.code: r for r in rows}
    grids = {b.cell.grid for b in bound}
    over = {g: tuple(t for t in around.texts(g, grids) if _stands_over(t, table)) for g in grids}
    remarks = [b for b in bound if not b.column.known and _speaks(b.cell)]
    printed = (c for band in bands.bands for row in band for c in row.printed)
    labels = (c for r in of_row.values() for c in _labels(r))
    apart = any(over.values()) or remarks or around.cells.under or around.cells.beside
    if not (apart or any(map(_speaks, printed)) or any(map(_speaks, labels))):
        return tuple(bound), ()
    corners = frozenset(label(c).text for c in table.corner)
    found: list[Bound] = []
    issues: list[Issue] = []
    for b in bound:
        row = of_row[b.row.code]
        headers, others = _over(b, row, bands, corners)
        beside = (*_beside(row, around.cells), *(r.cell for r in remarks if r.row.code == b.row.code and r is not b))
        own = [c.text for c in (*beside, *_under(b, headers, around.cells), *headers) if _speaks(c)]
        far = (*(c.text for c in others if _speaks(c)), *over[b.cell.grid])
        unit, flaws = _settled(b, own, far, table)
        found.append(b if b.unit else b._replace(unit=unit))
        issues += flaws
    return tuple(found), tuple(issues)


def _stands_over(text: str, table: FormTable) -> bool:
    """False beside an indicator table for a mere 元: dumps leave the units of its rows on lines of their own."""
    return not table.beside or "单位" in simplified(compact(text))


def _speaks(cell: Cell) -> bool:
    """True for a label that prints a unit or speaks of one; most do not."""
    return may_print_unit(cell.text) and (bool(units_in(cell.text)) or speaks_of_money(cell.text))


def _labels(row: BoundRow) -> Iterator[Cell]:
    return (c for c in row.row.printed if c.col <= row.label_col)


def _beside(row: BoundRow, cells: UnitCells) -> Iterator[Cell]:
    """The cells beside the figures of a row that may print their unit, nearest first."""
    at = next(((c.grid, c.row) for c in row.row.cells), None)
    yield from cells.beside.get(at, ()) if at else ()
    yield from reversed(list(_labels(row)))


def _under(b: Bound, headers: Sequence[Cell], cells: UnitCells) -> Iterator[Cell]:
    """The units that stand between the head of a column and its figures."""
    heads = [h for h in headers if h.grid == b.cell.grid]
    for cell in reversed(cells.under):
        under = [h for h in heads if h.row < cell.row < b.cell.row and _overlap(h, cell)]
        if cell.grid == b.cell.grid and under:
            yield cell


def _overlap(a: Cell, b: Cell) -> bool:
    return a.col < b.col + b.col_span and b.col < a.col + a.col_span


def measured(b: Bound, table: FormTable) -> str | None:
    """The unit in which the form counts a figure, 元 for money without one; None for what may be anything."""
    cell = table.cells.get((b.row.code, b.column.code))
    if cell is None or cell.unit:
        return cell.unit if cell else None
    return "元" if any(_OF_MONEY.search(t) for t in (*b.row.path, *b.column.path)) else None


def _settled(b: Bound, own: Sequence[str], far: Sequence[str], table: FormTable) -> tuple[str | None, list[Issue]]:
    """The unit printed nearest to a figure, and what is odd about those around it."""
    expected = measured(b, table)
    if expected is None:  # only its own labels can say what is counted there
        return next((u for t in own if (u := unit_of(t, None))), None), []
    texts = (*own, *(t for t in far if _is_about(t, b)))
    named = [(t, fitting(t, expected)) for t in texts]
    units = [found[0] for _, found in named if len(found) == 1]
    unclear = [t for t, found in named if len(found) > 1 or (not found and expected in MONEY and speaks_of_money(t))]
    nearest = units[0] if units else None
    return (None if nearest in COUNTING_UNITS else nearest), list(_flaws(b, units, unclear, expected, table))


def _flaws(b: Bound, units: Sequence[str], unclear: Sequence[str], expected: str, table: FormTable) -> Iterator[Issue]:
    """The units that contradict the nearest one, and texts whose units cannot be read; a zero is zero in any unit."""
    read = figure(b.cell.text)
    if not read.value:
        return
    inner = next(iter(fitting(read.unit or b.unit or "", expected)), None)
    nearest = inner or next(iter(units), None)
    other = next((u for u in units if u != nearest), None)
    form_unit = table.cells[b.row.code, b.column.code].unit
    is_told = inner is not None and form_unit not in (None, inner)  # as another unit than the form's
    if nearest and other and not is_told:
        yield _odd("units-differ", b, b.cell.text, table, unit=nearest, other=other)
    for text in dict.fromkeys(unclear):
        yield _odd("unit-unclear", b, text, table)


def _odd(code: str, b: Bound, printed: str, table: FormTable, **words: str) -> Issue:
    return issue(
        code,
        table_no=table.number,
        row_code=b.row.code,
        col_code=b.column.code,
        printed=printed.strip(),
        at=b.cell,
        **words,  # type: ignore[arg-type]  # only words of sentences are passed, never a keyword named above
    )


def _is_about(text: str, b: Bound) -> bool:
    """False for a caption that names what its unit is for, and means other figures than this one."""
    subjects = set(_SUBJECTS.findall(simplified(compact(text))))
    return not subjects or any(s in part for s in subjects for part in (*b.row.path, *b.column.path))


def unplaced(matches: Sequence[Match], captions: Captions) -> Mapping[int, tuple[Issue, ...]]:
    """The captions and notes whose unit no figure has, as issues by the number of the table that they stand over."""
    reach: dict[Paragraph, list[Match]] = {line: [*matches] for line in captions.of_all}
    for m in matches:
        near = (p for g in sorted({c.grid for c in m.body}) for p in captions.of.get(g, ()))
        for line in dict.fromkeys(p for p in near if _stands_over(p.text, m.table)):
            reach.setdefault(line, []).append(m)
    found: dict[int, tuple[Issue, ...]] = {}
    for line, over in reach.items():
        if over and not any(_takes(m, line) for m in over):
            number = over[0].table.number
            told = issue("unit-unclear", table_no=number, printed=line.text.strip(), line=line.line)
            found[number] = (*found.get(number, ()), told)
    return found


def _takes(m: Match, line: Paragraph) -> bool:
    """True where some figure of a table may have the unit that a line names."""
    text = line.text
    about = [expected for b in m.bound if (expected := measured(b, m.table)) and _is_about(text, b)]
    return any(fitting(text, e) or (e in MONEY and not units_in(text)) for e in dict.fromkeys(about))


def _over(b: Bound, row: BoundRow, bands: Bands, corners: frozenset[str]) -> tuple[list[Cell], list[Cell]]:
    """The header cells of a column, the lowest first, and those above the row that head no other column."""
    headers: list[Cell] = []
    others: list[Cell] = []
    for band in reversed(bands.bands[: row.band + 1]):
        is_headed = any(_names(c, b.column) for c in headers)
        for line in reversed(band):
            for cell, text in line.labels:
                if not is_headed and (_names(cell, b.column) or _covers(cell, b)):
                    headers.append(cell)
                elif len(line.labels) == 1 or cell.col <= row.label_col or text.text in {"", *corners}:
                    others.append(cell)
    return headers, others


def _covers(cell: Cell, b: Bound) -> bool:
    """True where a header cell of the same grid stands right over a figure, as wide as it or less."""
    return (
        cell.grid == b.cell.grid and cell.col <= b.cell.col < cell.col + cell.col_span <= b.cell.col + b.cell.col_span
    )


def _names(cell: Cell, column: FormLine) -> bool:
    """True for the label of a column, also with its unit behind: 采购总金额/元."""
    if _is_name(cell.text, column):
        return True
    bare = cell.text
    for unit in units_in(cell.text):
        bare = bare.replace(unit, "")
    return bare != cell.text and _is_name(bare, column)


def _is_name(printed: str, column: FormLine) -> bool:
    text = label(printed).text
    return text in column.names or text in column.damaged_names
