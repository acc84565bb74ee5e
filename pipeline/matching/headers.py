"""Headers: at which field each column of the form stands, for every row, and which columns are in no form.

What an open table prints beside its own columns is kept as it stands. What does *not* belong here: which rows are
header (`bands`), and which columns one band names (`columns`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from itertools import count

from pipeline.document import Cell
from pipeline.forms.model import Block, FormLine, FormTable
from pipeline.issues import Issue, issue
from pipeline.matching.arithmetic import bears_out, contradicts_order, proven_positions, proves_order
from pipeline.matching.bands import Head
from pipeline.matching.columns import Bound, bind, in_order, unbound
from pipeline.matching.folded import bind_folded
from pipeline.matching.model import Bands, BoundRow, Columns
from pipeline.matching.orders import printed_order
from pipeline.schema import UNKNOWN_LINE

_LONGEST_CODE = 60
_Codes = tuple[str, ...]
_Added = tuple[FormLine, Cell, int]  # a column that is in no form, its head, and where it stands


def bind_columns(bands: Bands, rows: Sequence[BoundRow], table: FormTable) -> Columns:
    """The positions of the columns of every bound row's block, under the band above the row.

    A row without a band of its own (its table was cut by a page) takes the last band that has its columns.
    """
    bound: dict[tuple[int, str], Bound] = {}
    alike: dict[tuple[int, _Codes], list[BoundRow]] = {}
    positions: dict[tuple[int, str], dict[str, int]] = {}
    issues: list[Issue] = []
    added: dict[str, FormLine] = {}
    read = _reader(bands, table)
    for row in rows:
        band, heads = read(row)
        bound[row.band, row.line.code] = heads
        alike.setdefault((band, row.block.codes), []).append(row)
    for (group_band, _), group in alike.items():
        heads = bound[group[0].band, group[0].line.code]
        if group[0].row.folded and heads.found and not heads.of_others:
            in_print, doubts = printed_order(heads.found, bands.bands[group_band], group, table)
            heads = replace(heads, found=in_print)
            issues += doubts
        found, more, flaws = _settled(heads, group, rows, table)
        added |= {code: line for code, (line, _, _) in more.items()}
        issues += flaws
        for row in group:
            beside = {code: at for code, (_, head, at) in more.items() if row.row.folded or head.col > row.label_col}
            positions[row.band, row.line.code] = found.get(row.grid, {}) | beside
    left = frozenset(h.cell for heads in bound.values() for h in heads.left)
    return Columns(positions, tuple(dict.fromkeys(issues)), added, left)


def _settled(
    heads: Bound, group: Sequence[BoundRow], rows: Sequence[BoundRow], table: FormTable
) -> tuple[dict[int, dict[str, int]], dict[str, _Added], Sequence[Issue]]:
    """Where the columns of one block stand under one band: the form's by grid, the added ones, and the issues."""
    block, folded = group[0].block, group[0].row.folded
    grids = {r.grid for r in group}
    more = _added(heads.left, group) if table.open else {}
    strange = [_unknown(code, head, table) for code, (_, head, _) in more.items()]
    if heads.doubted and not bears_out(group, block, table):
        return {}, {}, tuple(unbound(c, table) for c in block.columns)
    if not heads.found and not more:
        found, flaws = _without_header(heads, rows, block, table)
        return dict.fromkeys(grids, found), {}, flaws
    proven = {} if folded else _proven(heads.found, group, table)
    if proven.keys() != grids and not folded and contradicts_order(rows, heads.found, block, table):
        return {}, {}, (*heads.flaws, issue("columns-out-of-order", table_no=table.number))
    inferred = [issue("columns-inferred", table_no=table.number)] if proven else []
    return dict.fromkeys(grids, heads.found) | proven, more, (*heads.flaws, *strange, *inferred)


def _proven(found: dict[str, int], group: Sequence[BoundRow], table: FormTable) -> dict[int, dict[str, int]]:
    """Where the figures of a block stand, by grid, for the grids where that is beside their header."""
    by_grid: dict[int, list[BoundRow]] = {}
    for row in group:
        by_grid.setdefault(row.grid, []).append(row)
    positions = {n: proven_positions(of_grid, found, group[0].block, table) for n, of_grid in by_grid.items()}
    return {n: at for n, at in positions.items() if at is not None}


def _reader(bands: Bands, table: FormTable) -> Callable[[BoundRow], tuple[int, Bound]]:
    """A function that gives the nearest band at or above a row that has columns of its block, with what it binds.

    Above an open table all columns may be unknown.
    """
    read: dict[tuple[int, _Codes, bool], Bound] = {}

    def under(band: int, row: BoundRow) -> Bound:
        key = (band, row.block.codes, row.row.folded)
        if key not in read:
            read[key] = (bind_folded if row.row.folded else bind)(bands.bands[band], row.block, table)
        return read[key]

    def above(row: BoundRow) -> tuple[int, Bound]:
        nearest = range(row.band, -1, -1)
        for wanted in ("found", "left") if table.open else ("found",):
            for band in nearest:
                heads = under(band, row)
                if getattr(heads, wanted) or heads.of_others:
                    return band, heads
        return -1, Bound()

    return above


def _added(heads: Sequence[Head], rows: Sequence[BoundRow]) -> dict[str, _Added]:
    """The columns that are in no form, by a code made from their label, where anything is printed under them.

    Folded rows may have lost any of their cells, so that nothing stands under a head: there every head counts.
    """
    made: dict[str, _Added] = {}
    for head in heads:
        under = range(head.cell.col, head.cell.col + head.cell.col_span)
        if rows[0].row.folded or any(c.col in under for r in rows for c in _tail(r)):
            code = strange_code(head.text, made)
            made[code] = (FormLine(code, (head.cell.text.strip(),), known=False), head.cell, head.at)
    return made


def strange_code(text: str, taken: Container[str]) -> str:
    """The code of a row or column that is in no form: `?`, its canonical label, and its number where it repeats."""
    code = f"{UNKNOWN_LINE}{text[:_LONGEST_CODE]}"
    return next(c for n in count(1) if (c := code if n == 1 else f"{code}#{n}") not in taken)


def _without_header(
    heads: Bound, rows: Sequence[BoundRow], block: Block, table: FormTable
) -> tuple[dict[str, int], tuple[Issue, ...]]:
    """The columns where no header names them: unbound, unless the rows themselves prove which they are.

    Where a header names other columns the rows prove nothing.
    Identities may prove the form's order of folded rows; an indicator table with one column leaves no choice.
    """
    if not heads.of_others and proves_order(rows, block, table):
        return in_order(block), (issue("columns-inferred", table_no=table.number),)
    if table.unit_headers and len(block.columns) == 1 and all(len(_tail(r)) < 2 for r in rows):
        at = Counter(c.col for r in rows for c in _tail(r)).most_common(1)
        if at:
            return {block.columns[0].code: 0 if rows[0].row.folded else at[0][0]}, (
                issue("column-alone", table_no=table.number),
            )
    return {}, tuple(unbound(c, table) for c in block.columns)


def _tail(row: BoundRow) -> list[Cell]:
    return [c for c in row.row.printed if c.col > row.label_col]


def _unknown(code: str, head: Cell, table: FormTable) -> Issue:
    return issue("column-unknown", table_no=table.number, col_code=code, printed=head.text.strip(), at=head)
