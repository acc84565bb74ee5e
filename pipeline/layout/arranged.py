"""Tables that are laid out differently from their form: side by side, in halves, groups and outcomes as rows.

A person reads them at a glance, because every figure has its labels around it. Here such a grid is laid out again as
in the form if its labels say where each figure belongs; else it stays as it is. No figure is moved by counting, and
the text of no cell is changed.

What does *not* belong here: which row and column a laid out cell is bound to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from pipeline.document import Block, Cell, Document, Grid, Paragraph
from pipeline.forms.model import Form, FormLine, FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label, simplified
from pipeline.layout.damaged_spans import folded
from pipeline.layout.periods import names_another_period
from pipeline.layout.side_by_side import side_by_side, width
from pipeline.layout.transposed import transposed
from pipeline.numbers import figure, is_figure

_LONGEST_CAPTION = 40
_HOLDING_FOR_EACH_BROKEN = 8  # a report may have a wrong sum of its own; a wrong layout breaks nearly all of them


@dataclass(frozen=True, slots=True)
class Arranged:
    """A document whose grids are laid out as in the forms, and the issues for those laid out again."""

    document: Document
    issues: tuple[Issue, ...] = ()


def arranged(document: Document, forms: Sequence[Form]) -> Arranged:
    """The document with those tables laid out again that are certain."""
    blocks: list[Block] = []
    issues: list[Issue] = []
    for block in document.blocks:
        split = side_by_side(block, forms) if isinstance(block, Grid) and not block.folded else None
        split = split or folded(block, forms) or transposed(block, forms)
        if split:
            issues.append(_told(split[1], split[0]))
        blocks.append(split[0] if split else block)
    blocks, told = _with_halves_joined(blocks, forms)
    issues += told
    table = next((t for f in forms for t in f.tables if _has_no_stub(t)), None)
    if table is not None:
        blocks = _with_figures_below(blocks, table)
        blocks, told = _crossed(blocks, table)
        issues += told
    return Arranged(replace(document, blocks=tuple(blocks)), tuple(issues))


def _told(table_no: int, grid: Grid) -> Issue:
    return issue("table-rearranged", table_no=table_no, at=grid.cells[0])


def _with_halves_joined(blocks: Sequence[Block], forms: Sequence[Form]) -> tuple[list[Block], list[Issue]]:
    """The blocks, with grids joined that print the same rows under other columns of one table."""
    tables = [table for form in forms for table in form.tables]
    issues: list[Issue] = []

    def whole(left: Grid, right: Grid) -> Grid | None:
        if len(left.rows) != len(right.rows) or left.folded or right.folded:
            return None
        for table in tables:
            if grid := _joined(left, right, table):
                issues.append(_told(table.number, left))
                return grid
        return None

    return _with_neighbours_joined(blocks, whole), issues


def _with_neighbours_joined(blocks: Sequence[Block], whole: Callable[[Grid, Grid], Grid | None]) -> list[Block]:
    """The blocks, each grid joined with the last one before it where `whole` makes one of the two."""
    kept: list[Block] = []
    last: tuple[int, Grid] | None = None  # the last grid that was kept, and where
    for block in blocks:
        if isinstance(block, Grid):
            if last and (grid := whole(last[1], block)):
                kept[last[0]] = grid
                last = (last[0], grid)
                continue
            last = (len(kept), block)
        kept.append(block)
    return kept


def _joined(left: Grid, right: Grid, table: FormTable) -> Grid | None:
    """Two halves of a table, equal in rows, as one grid, where each row of the right one has its equal on the left."""
    rows, others = left.rows, right.rows
    if _has_no_stub(table):
        return None
    columns = [_columns_named(g, table) for g in (left, right)]
    if not all(columns) or columns[0] & columns[1] or not columns[0] | columns[1] >= table.blocks[0].leaves:
        return None
    stubs = [_stub(row, table) for row in others]
    alike = [_stub(row, table) for row in rows] == stubs and sum(map(bool, stubs)) >= len(table.rows) // 2
    if not alike and (any(stubs) or not _adds_up(rows, others, table)):
        return None
    first = min((c.col for row in others for c in row if is_figure(c.text)), default=0)
    right_of = width(left)
    moved = [
        c._replace(grid=left.number, row=row[0].row, col=c.col - first + right_of)
        for row, other in zip(rows, others, strict=True)
        for c in other
        if c.col >= first
    ]
    return replace(left, cells=(*left.cells, *moved))


def _adds_up(rows: Sequence[Sequence[Cell]], others: Sequence[Sequence[Cell]], table: FormTable) -> bool:
    """True where the identities across the columns prove that the rows of two halves belong together."""
    at = [_places(half, table) for half in (rows, others)]
    verdicts: list[str] = []
    for row, other in zip(rows, others, strict=True):
        values = {
            code: v
            for cells, places in ((row, at[0]), (other, at[1]))
            for c in cells
            if c.col in places and (v := _value(c)) is not None
            for code in (places[c.col],)
        }
        for identity in (i for i in table.identities if i.over == "columns" and values.keys() >= {*i.left, *i.right}):
            left, right = (sum(values[c] for c in side) for side in (identity.left, identity.right))
            verdicts.append("broken" if left != right else "holds" if left else "trivial")
    holds, broken = verdicts.count("holds"), verdicts.count("broken")
    return holds > 0 and broken * _HOLDING_FOR_EACH_BROKEN <= holds


def _value(cell: Cell) -> Decimal | None:
    read = figure(cell.text)
    return Decimal(0) if read.kind == "blank" else read.value


def _places(rows: Sequence[Sequence[Cell]], table: FormTable) -> dict[int, str]:
    """The code of the column that the lowest label at each field names, above the first row of figures."""
    codes = {n: c.code for c in table.blocks[0].columns for n in c.names}
    found: dict[int, str] = {}
    for row in rows:
        if any(is_figure(c.text) for c in row):
            break
        found |= {c.col: codes[t] for c in row if (t := label(c.text).text) in codes}
    return found


def _columns_named(grid: Grid, table: FormTable) -> frozenset[str]:
    """The columns of a table that a grid names above its first row of figures."""
    if len(table.blocks) != 1:
        return frozenset()
    names = {n: c.leaf.text for c in table.blocks[0].columns for n in c.names}
    found: set[str] = set()
    for row in grid.rows:
        if any(is_figure(c.text) for c in row):
            break
        found |= {names[t] for c in row if (t := label(c.text).text) in names}
    return frozenset(found)


def _stub(row: Sequence[Cell], table: FormTable) -> tuple[str, ...]:
    """The labels of a row that name rows or groups of the table, its header left out."""
    return tuple(
        t for c in row if not is_figure(c.text) and (t := label(c.text).text) in table.stubs - table.blocks[0].leaves
    )


# ------------------------------------------------------------------------------- groups and outcomes around figures


@dataclass(frozen=True, slots=True)
class _Sided:
    """A figure with the canonical texts of the labels that stand beside and above it."""

    cell: Cell
    labels: frozenset[str]


def _with_figures_below(blocks: Sequence[Block], table: FormTable) -> list[Block]:
    """The blocks, a header that was cut off from its figures joined with them: they have no label to be known by."""

    def whole(header: Grid, figures: Grid) -> Grid | None:
        if not _are_one(header, figures, table):
            return None
        height = max(c.row + c.row_span for c in header.cells)
        below = (c._replace(grid=header.number, row=c.row + height) for c in figures.cells)
        return replace(header, cells=(*header.cells, *below))

    return _with_neighbours_joined(blocks, whole)


def _are_one(header: Grid, figures: Grid, table: FormTable) -> bool:
    """True for a header of the table without figures, and figures without a label in as many columns."""
    return (
        not header.folded
        and not figures.folded
        and not any(is_figure(c.text) and not c.is_blank for c in header.cells)
        and width(header) == width(figures) == len(table.blocks[0].columns)
        and all(is_figure(c.text) for c in figures.cells if not c.is_blank)
        and _columns_named(header, table) == table.blocks[0].leaves
    )


def _has_no_stub(table: FormTable) -> bool:
    return len(table.rows) == 1 and not table.rows[0].path


def _crossed(blocks: Sequence[Block], table: FormTable) -> tuple[list[Block], list[Issue]]:
    """The blocks, with the one row of a table without stub put together from the grids that print parts of it.

    Each figure is known by the labels beside and above it, and by the caption of its grid.
    """
    grids = [(n, b) for n, b in enumerate(blocks) if isinstance(b, Grid) and not b.folded and _is_of(b, table)]
    if not grids or (len(grids) == 1 and _is_regular(grids[0][1], table)):
        return list(blocks), []
    found: list[tuple[int, list[tuple[_Sided, FormLine]]]] = []
    for at, grid in grids:
        figures = list(_sided(grid, _captions(blocks, at, table), table))
        found.append((at, [(f, c) for f in figures if (c := _column(f, table)) is not None]))
        if any(_column(f, table) is None for f in figures if not f.cell.is_blank):
            return list(blocks), []
    cells = [pair for _, pairs in found for pair in pairs]
    columns = [c.code for _, c in cells]
    if not cells or len(set(columns)) != len(columns) or set(columns) != _codes(table):
        return list(blocks), []
    first, grid = grids[0]
    made = replace(grid, cells=tuple(_as_issued(cells, table, grid.number)))
    gone = {at for at, _ in found} - {first}
    kept = [made if n == first else b for n, b in enumerate(blocks) if n not in gone]
    return kept, [_told(table.number, grid)]


def _is_regular(grid: Grid, table: FormTable) -> bool:
    """True for a grid with one row of figures under the plain labels of the columns, as the form has it."""
    plain = sum(label(c.text).text in table.blocks[0].leaves for c in grid.cells)
    figures = {c.row for c in grid.cells if is_figure(c.text) and not c.is_blank}
    return plain == len(table.blocks[0].columns) and len(figures) < 2


def _codes(table: FormTable) -> set[str]:
    return {c.code for c in table.blocks[0].columns}


def _named(printed: str, table: FormTable) -> frozenset[str]:
    """The labels of the table that a text prints, one or several: 行政诉讼（复议后起诉）, 行政复议-结果维持."""
    if len(printed) > _LONGEST_CAPTION:
        return frozenset()
    return _named_among(printed, table.headers, table.blocks[0].groups, table.blocks[0].leaves)


@lru_cache(maxsize=4_000)
def _named_among(
    printed: str, headers: frozenset[str], groups: frozenset[str], leaves: frozenset[str]
) -> frozenset[str]:
    if is_figure(printed) or not printed.strip():
        return frozenset()
    own = label(printed).text
    text = simplified(compact(printed))
    if names_another_period(text) and own not in headers:
        return frozenset()
    named = frozenset(p for p in groups if p in text)
    return named | ({own} if own in headers else {n for n in leaves if text.endswith(n)})


def _is_of(grid: Grid, table: FormTable) -> bool:
    """True for a grid that prints the outcomes of the table, and hardly anything else."""
    texts = [c.text for c in grid.cells if not is_figure(c.text) and not c.is_blank]
    named = [n for t in texts if (n := _named(t, table))]
    leaves = {t for n in named for t in n} & table.blocks[0].leaves
    return len(leaves) >= len(table.blocks[0].leaves) - 1 and 2 * len(named) > len(texts)


def _captions(blocks: Sequence[Block], at: int, table: FormTable) -> frozenset[str]:
    """The groups that the line right above a grid names, if not all of them."""
    above = blocks[at - 1] if at else None
    named = _named(above.text, table) if isinstance(above, Paragraph) else frozenset()
    return named if len(named & table.blocks[0].last_groups) == 1 else frozenset()


def _sided(grid: Grid, captions: frozenset[str], table: FormTable) -> Iterator[_Sided]:
    """The figures and blanks of a grid with the labels beside and above them.

    A label covers its span, and in a column without figures everything down to the next label. A label that is alone
    in its row holds for all rows below it until the next; a caption holds where the grid itself names no group.
    """
    named = [(c, n, _reach(c, grid)) for c in grid.cells if (n := _named(c.text, table))]
    banner: frozenset[str] = frozenset()
    for row in grid.rows:
        printed = [c for c in row if not c.is_blank]
        if (
            len(printed) == 1
            and not is_figure(printed[0].text)
            and _named(printed[0].text, table) & table.blocks[0].groups
        ):
            banner = _named(printed[0].text, table)
        for cell in row:
            if is_figure(cell.text) or cell.is_blank:
                reaching = [(c, names) for c, names, end in named if _reaches(c, end, cell)]
                around = {t for _, names in _nearest(reaching, cell, table) for t in names}
                around |= banner if not around & table.blocks[0].last_groups else set()
                around |= captions if not around & table.blocks[0].last_groups else set()
                yield _Sided(cell, frozenset(around))


def _nearest(
    reaching: Sequence[tuple[Cell, frozenset[str]]], cell: Cell, table: FormTable
) -> Iterator[tuple[Cell, frozenset[str]]]:
    """The labels around a figure; of the groups above it in one column the last, where each begins a part anew."""
    last = table.blocks[0].last_groups
    above = [c.row for c, names in reaching if names & last and c.row < cell.row and c.col_span > 0]
    for name, names in reaching:
        if not (names & last and name.row < cell.row and name.col <= cell.col and name.row < max(above)):
            yield name, names


def _reach(name: Cell, grid: Grid) -> int:
    """The row below the last one beside which a label stands."""
    column = [c for c in grid.cells if c.col == name.col]
    end = name.row + name.row_span
    if any(is_figure(c.text) for c in column):
        return end
    below = (c.row for c in column if c.row >= end and not c.is_blank)
    return min(below, default=max(c.row + c.row_span for c in grid.cells))


def _reaches(name: Cell, end: int, cell: Cell) -> bool:
    above = name.row < cell.row and name.col < cell.col + cell.col_span and cell.col < name.col + name.col_span
    return above or (name.col < cell.col and name.row <= cell.row < end)


def _column(sided: _Sided, table: FormTable) -> FormLine | None:
    """The one column whose label stands beside a figure, with the group that sets it apart from others so labelled."""
    columns = table.blocks[0].columns
    named = [c for c in columns if c.names & sided.labels]
    shared = [len(sided.labels & set(c.parents)) for c in named]
    best = [c for c, n in zip(named, shared, strict=True) if n and n == max(shared)]
    # A group above several others, such as 行政诉讼, does not show which of them it is.
    missing = [c for c in best if c.parents and c.parents[-1] not in sided.labels]
    leaves = {c.leaf.text for c in best}
    return best[0] if len(best) == 1 and not missing and len(leaves) == 1 else None


def _as_issued(cells: Sequence[tuple[_Sided, FormLine]], table: FormTable, grid: int) -> Iterator[Cell]:
    """The header of the form and below it the figures, each in its column."""
    order = {c.code: n for n, c in enumerate(table.blocks[0].columns)}
    depth = max(len(c.path) for c in table.blocks[0].columns)
    for column in table.blocks[0].columns:
        path = [*column.path[:-1], *[""] * (depth - len(column.path)), column.path[-1]]
        for row, text in enumerate(path):
            yield Cell(grid, row, order[column.code], text)
    for sided, column in cells:
        yield sided.cell._replace(grid=grid, row=depth, col=order[column.code], row_span=1, col_span=1)
