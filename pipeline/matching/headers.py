"""Headers: which rows of a region are header, and at which field each column of the form stands.

A column is bound by its own label and, where several columns share one, by the labels above it. A damaged
label is bound only when order leaves it a single place, and then with an issue. What an open table prints beside its
own columns is kept as it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from pipeline.document import Cell
from pipeline.forms.model import Block, FormTable, Line
from pipeline.issues import Issue, issue
from pipeline.labels import Label, label, similarity
from pipeline.matching.arithmetic import contradicts_order, proven_positions, proves_order
from pipeline.matching.model import Bands, BodyRow, BoundRow, Columns, GridRow, Region
from pipeline.numbers import figure
from pipeline.schema import UNKNOWN_LINE

# Below this a header text has so little in common with a label that position alone would decide.
_ALIKE = 0.4
_LONGEST_CODE = 60


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
    """True for labels that stand below the header of a sheet's figures alone: offices whose figures are printed."""
    if not table.beside or not row.labels or row.has_figures or _begins_a_row(row, table):
        return False
    first = min((h.cell.col for h in _heads(band, table)), default=None)
    return first is not None and row.printed[0].col >= first


def is_caption(row: GridRow, table: FormTable) -> bool:
    """True for a row that prints nothing but a label standing above rows, such as 第二十条第（一）项.

    A sheet may mark by strokes that no figure is meant to stand there.
    """
    empty = not row.has_figures or (row.sheet and all(figure(c.text).kind != "number" for c in row.printed))
    return bool(row.labels) and empty and all(t.text in table.groups for _, t in row.labels)


def _begins_a_row(row: GridRow, table: FormTable) -> bool:
    """True where a label of a row of the form is printed, be there only words beside it."""
    return any(_names_a_row(t, table, alone=len(row.labels) == 1) for _, t in row.labels)


def _names_a_row(text: Label, table: FormTable, *, alone: bool) -> bool:
    """总计 is a column and （七）总计 a row: the ordinal tells them apart, or that no other label is beside it."""
    rows = [r for r in table.rows if r.path and text.text in r.names]
    return any(alone or r.leaf.ordinal == text.ordinal or text.text not in table.headers for r in rows)


def bind_columns(bands: Bands, rows: Sequence[BoundRow], table: FormTable) -> Columns:
    """The positions of the columns of every bound row's block, under the band above the row.

    A row without a band of its own (its table was cut by a page) takes the last band that has its columns.
    """
    bound: dict[tuple[int, str], _Bands] = {}
    alike: dict[tuple[int, _Codes], list[BoundRow]] = {}
    positions: dict[tuple[int, str], dict[str, int]] = {}
    issues: list[Issue] = []
    added: dict[str, Line] = {}
    read = _reader(bands, table)
    for row in rows:
        band, heads = read(row)
        bound[row.band, row.line.code] = heads
        alike.setdefault((band, _codes(row.block)), []).append(row)
    for group in alike.values():
        heads = bound[group[0].band, group[0].line.code]
        found, more, flaws = _settled(heads, group, rows, table)
        added |= {code: line for code, (line, _, _) in more.items()}
        issues += flaws
        for row in group:
            beside = {code: at for code, (_, head, at) in more.items() if row.row.folded or head.col > row.label_col}
            positions[row.band, row.line.code] = found.get(row.grid, {}) | beside
    left = frozenset(h.cell for heads in bound.values() for h in heads.left)
    return Columns(positions, tuple(dict.fromkeys(issues)), added, left)


_Codes = tuple[str, ...]


def _codes(block: Block) -> _Codes:
    return tuple(c.code for c in block.columns)


def _settled(
    heads: _Bands, group: Sequence[BoundRow], rows: Sequence[BoundRow], table: FormTable
) -> tuple[dict[int, dict[str, int]], dict[str, _Added], Sequence[Issue]]:
    """Where the columns of rows of one block under one band stand: the form's by grid, those added, and what is odd."""
    block, folded = group[0].block, group[0].row.folded
    grids = {r.grid for r in group}
    more = _added(heads.left, group) if table.open else {}
    strange = [_unknown(code, head, table) for code, (_, head, _) in more.items()]
    if not heads.found and not more:
        found, flaws = _without_header(rows, block, table)
        return dict.fromkeys(grids, found), {}, flaws
    proven = {} if folded else _proven(heads.found, group, table)
    if proven.keys() != grids and not folded and contradicts_order(rows, heads.found, block, table):
        return {}, {}, (*heads.flaws, issue("columns-out-of-order", table_no=table.number))
    inferred = [issue("columns-inferred", table_no=table.number)] if proven else []
    return dict.fromkeys(grids, heads.found) | proven, more, (*heads.flaws, *strange, *inferred)


def _proven(found: dict[str, int], group: Sequence[BoundRow], table: FormTable) -> dict[int, dict[str, int]]:
    """By grid where the figures of a block stand, of those grids in which it is beside their header."""
    by_grid: dict[int, list[BoundRow]] = {}
    for row in group:
        by_grid.setdefault(row.grid, []).append(row)
    positions = {n: proven_positions(of_grid, found, group[0].block, table) for n, of_grid in by_grid.items()}
    return {n: at for n, at in positions.items() if at is not None}


def _reader(bands: Bands, table: FormTable) -> Callable[[BoundRow], tuple[int, _Bands]]:
    """A function that gives the nearest band at or above a row that has columns of its block, with what it binds.

    Above an open table it may be that all columns are strange.
    """
    read: dict[tuple[int, _Codes, bool], _Bands] = {}

    def bind(band: int, row: BoundRow) -> _Bands:
        key = (band, _codes(row.block), row.row.folded)
        if key not in read:
            read[key] = (_bind_folded if row.row.folded else _bind)(bands.bands[band], row.block, table)
        return read[key]

    def above(row: BoundRow) -> tuple[int, _Bands]:
        nearest = range(row.band, -1, -1)
        for wanted in ("found", "left") if table.open else ("found",):
            for band in nearest:
                if getattr(bind(band, row), wanted):
                    return band, bind(band, row)
        return -1, _Bands()

    return above


@dataclass(frozen=True, slots=True)
class _Bands:
    """What a band binds: columns by code, what is odd about them, and the heads that name no column."""

    found: dict[str, int] = field(default_factory=dict)
    flaws: tuple[Issue, ...] = ()
    left: tuple[_Head, ...] = ()


_Added = tuple[Line, Cell, int]  # a column that no form knows, its head, and where it stands


def _added(heads: Sequence[_Head], rows: Sequence[BoundRow]) -> dict[str, _Added]:
    """The columns that no form knows, by a code made of their label: those under which anything is printed.

    Nothing stands under a head of folded rows, which may have lost any of their cells: there each counts.
    """
    made: dict[str, _Added] = {}
    for head in heads:
        under = range(head.cell.col, head.cell.col + head.cell.col_span)
        if rows[0].row.folded or any(c.col in under for r in rows for c in _tail(r)):
            code = strange_code(head.text, made)
            made[code] = (Line(code, (head.cell.text.strip(),), known=False), head.cell, head.at)
    return made


def strange_code(text: str, taken: Container[str]) -> str:
    """The code of a row or column that no form knows: `?`, its canonical label, and its number where it repeats."""
    code = f"{UNKNOWN_LINE}{text[:_LONGEST_CODE]}"
    return next(c for n in count(1) if (c := code if n == 1 else f"{code}#{n}") not in taken)


def _without_header(
    rows: Sequence[BoundRow], block: Block, table: FormTable
) -> tuple[dict[str, int], tuple[Issue, ...]]:
    """No header names the columns: they are unbound, but where the rows themselves prove which they are.

    Identities may prove the form's order of folded rows; a sheet with one column leaves no choice.
    """
    if proves_order(rows, block, table):
        return _in_order(block), (issue("columns-inferred", table_no=table.number),)
    if table.unit_headers and len(block.columns) == 1 and all(len(_tail(r)) < 2 for r in rows):
        at = Counter(c.col for r in rows for c in _tail(r)).most_common(1)
        if at:
            return {block.columns[0].code: 0 if rows[0].row.folded else at[0][0]}, (
                issue("column-alone", table_no=table.number),
            )
    return {}, tuple(_unbound(c, table) for c in block.columns)


def _tail(row: BoundRow) -> list[Cell]:
    return [c for c in row.row.printed if c.col > row.label_col]


def _in_order(block: Block) -> dict[str, int]:
    return {c.code: i for i, c in enumerate(block.columns)}


def _bind_folded(band: Sequence[GridRow], block: Block, table: FormTable) -> _Bands:
    """The columns in the form's order, where the header prints every one of their labels, in whatever order.

    Where the header of an open sheet has more heads than that, the columns are as many, in the order of the heads.
    """
    heads = list(_heads_of_figures(band, table)) if table.open and table.beside else []
    if len(heads) > table.columns_in(t.text for row in band for _, t in row.labels):
        return _bind_all(heads, block, table)
    printed = Counter(t.text for row in band for _, t in row.labels)
    wanted = Counter(c.leaf.text for c in block.columns)
    called = {c.leaf.text: sum(printed[n] for n in c.names | c.damaged_names) for c in block.columns}
    if all(called[text] >= n for text, n in wanted.items()):
        return _Bands(_in_order(block))
    bound = _bind(band, block, table)
    return _Bands(_in_order(block), bound.flaws) if len(bound.found) == len(block.columns) else _Bands()


def _heads_of_figures(band: Sequence[GridRow], table: FormTable) -> Iterator[_Head]:
    """The heads of a folded grid, each at its number among them: there the names of rows may stand beside them."""
    heads = (h for h in _heads(band, table) if h.text not in table.stubs)
    yield from (replace(h, at=n) for n, h in enumerate(heads))


def _bind_all(heads: Sequence[_Head], block: Block, table: FormTable) -> _Bands:
    """The form's columns by their labels alone, and all other heads left."""
    exact = _by_label(heads, block.columns)
    open_columns = [c for c in block.columns if c.code not in exact]
    flaws = (*_misprints(exact, block.columns, table), *(_unbound(c, table) for c in open_columns))
    left = tuple(h for h in heads if h not in exact.values())
    return _Bands({code: h.at for code, h in exact.items()}, flaws, left)


@dataclass(frozen=True, slots=True)
class _Head:
    """A header cell that stands directly above figures, with the labels above it, and where these figures stand."""

    cell: Cell
    text: str
    above: frozenset[str]
    at: int


def _bind(band: Sequence[GridRow], block: Block, table: FormTable) -> _Bands:
    heads = list(_heads(band, table))
    exact = _by_label(heads, block.columns)
    open_heads = [h for h in heads if h.cell not in {e.cell for e in exact.values()}]
    if not exact and not _some_alike(heads, block.columns):
        return _alone(open_heads, block, table) if table.unit_headers else _Bands(left=tuple(open_heads))
    open_columns = [c for c in block.columns if c.code not in exact]
    inferred, flaws = _by_order(open_heads, open_columns, exact, block.columns, table)
    found = {code: h.cell.col for code, h in {**exact, **inferred}.items()}
    left = tuple(h for h in open_heads if h not in inferred.values())
    return _Bands(found, (*_misprints(exact, block.columns, table), *flaws), left)


def columns_printed(band: Sequence[GridRow], block: Block, table: FormTable) -> int:
    """How many columns of a block a header band names."""
    return len(_by_label(list(_heads(band, table)), block.columns))


def is_headed(band: Sequence[GridRow], table: FormTable) -> bool:
    """True for a band that heads columns; a caption or a corner alone does not."""
    return any(_heads(band, table))


def _alone(heads: Sequence[_Head], block: Block, table: FormTable) -> _Bands:
    """The one column of a sheet under the one head that is left, whatever it says: 2015年."""
    if len(block.columns) != 1 or len(heads) != 1:
        return _Bands(left=tuple(heads))
    column = block.columns[0]
    return _Bands({column.code: heads[0].cell.col}, (_misprint(column, heads[0], table, "label-inferred"),))


def _heads(band: Sequence[GridRow], table: FormTable) -> Iterator[_Head]:
    """The lowest label at each field, corners and captions left out, with the labels above that reach over it."""
    lowest: dict[int, tuple[int, Cell, Label]] = {}
    for depth, row in enumerate(band):
        for cell, text in row.labels:
            lowest[cell.col] = (depth, cell, text)
    others = {label(c).text for c in table.corner} | table.groups | table.beside | {""}
    for col in sorted(lowest):
        depth, cell, text = lowest[col]
        if text.text not in others and not any(text.text.startswith(f) for f in table.below):
            yield _Head(cell, text.text, frozenset(_above(band[:depth], col)), col)


def _above(rows: Sequence[GridRow], col: int) -> Iterator[str]:
    """In each row above, the label that reaches over the field: the last one at it or to its left."""
    for row in rows:
        over = [t.text for c, t in row.labels if c.col <= col]
        if over:
            yield over[-1]


def _by_label(heads: Sequence[_Head], columns: Sequence[Line]) -> dict[str, _Head]:
    """The columns whose own label, or label under its groups, stands at exactly one place."""
    wanted: dict[str, list[_Head]] = {}
    for head in heads:
        for column in _called(head, columns):
            wanted.setdefault(column.code, []).append(head)
    return {code: found[0] for code, found in wanted.items() if len(found) == 1}


def _called(head: _Head, columns: Sequence[Line]) -> list[Line]:
    """The columns that a header cell may name: by its text, then those with the most of their groups above."""
    named = [c for c in columns if head.text in c.names or head.text in c.damaged_names]
    if len(named) < 2:
        return named
    shared = [len(head.above & set(c.parents)) for c in named]
    missing = [len(set(c.parents) - head.above) for c in named]
    return [c for c, s, m in zip(named, shared, missing, strict=True) if s == max(shared) and m == min(missing)]


def _some_alike(heads: Sequence[_Head], columns: Sequence[Line]) -> bool:
    return any(similarity(h.text, c.leaf.text) >= _ALIKE for h in heads for c in columns)


def _by_order(
    heads: Sequence[_Head],
    columns: Sequence[Line],
    exact: dict[str, _Head],
    all_columns: Sequence[Line],
    table: FormTable,
) -> tuple[dict[str, _Head], tuple[Issue, ...]]:
    """Bind what labels left open: between the same bound neighbours as many heads as columns, and alike."""
    found: dict[str, _Head] = {}
    flaws: list[Issue] = []
    for gap_columns, low, high in _gaps(columns, exact, all_columns):
        inside = [h for h in heads if low < h.cell.col < high]
        pairs = list(zip(gap_columns, inside, strict=False))
        if len(inside) == len(gap_columns) and all(similarity(h.text, c.leaf.text) >= _ALIKE for c, h in pairs):
            found |= {c.code: h for c, h in pairs}
            flaws += [_inferred(c, h, table) for c, h in pairs]
        else:
            flaws += [_unbound(c, table) for c in gap_columns]
    return found, tuple(flaws)


def _gaps(
    open_columns: Sequence[Line], exact: dict[str, _Head], columns: Sequence[Line]
) -> Iterator[tuple[list[Line], float, float]]:
    """Runs of open columns between bound ones, with the fields of those on either side."""
    run: list[Line] = []
    low = float("-inf")
    for column in columns:
        if column in open_columns:
            run.append(column)
            continue
        here = float(exact[column.code].cell.col)
        if run:
            yield run, low, here
        run, low = [], here
    if run:
        yield run, low, float("inf")


def _misprints(exact: dict[str, _Head], columns: Sequence[Line], table: FormTable) -> Iterator[Issue]:
    for column in columns:
        head = exact.get(column.code)
        if head and head.text in column.damaged_names:
            yield _misprint(column, head, table)


def _inferred(column: Line, head: _Head, table: FormTable) -> Issue:
    """An undamaged label bound by order stands under a damaged group, or is printed twice."""
    return _misprint(column, head, table, "label-inferred" if head.text in column.names else "label-misprint")


def _misprint(column: Line, head: _Head, table: FormTable, code: str = "label-misprint") -> Issue:
    return issue(
        code,
        table_no=table.number,
        col_code=column.code,
        printed=head.cell.text.strip(),
        at=head.cell,
        meant=column.path[-1],
    )


def _unknown(code: str, head: Cell, table: FormTable) -> Issue:
    return issue("column-unknown", table_no=table.number, col_code=code, printed=head.text.strip(), at=head)


def _unbound(column: Line, table: FormTable) -> Issue:
    return issue("column-unbound", table_no=table.number, col_code=column.code, meant=column.path[-1])
