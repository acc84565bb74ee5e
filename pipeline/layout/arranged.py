"""Tables that are laid out differently from their form: side by side, in halves, with rows and columns exchanged.

A person reads them at a glance, because every figure has its labels around it. Here such a grid is laid out again as
in the form if its labels say where each figure belongs; else it stays as it is. No figure is moved by counting, and
the text of no cell is changed.

What does *not* belong here: the one row of a table without stub, printed with its labels all around (`crossed`); which
row and column a laid out cell is bound to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.document import Block, Cell, Document, Grid
from pipeline.forms.model import Form, FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import label
from pipeline.layout.crossed import crossed
from pipeline.layout.damaged_spans import folded
from pipeline.layout.in_turn import in_turn
from pipeline.layout.side_by_side import side_by_side, width
from pipeline.layout.transposed import transposed
from pipeline.numbers import figure, is_figure

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
        split = split or (in_turn(block, forms) if isinstance(block, Grid) else None)
        split = split or folded(block, forms) or transposed(block, forms)
        if split:
            issues.append(_told(split[1], split[0]))
        blocks.append(split[0] if split else block)
    blocks, told = _with_halves_joined(blocks, forms)
    issues += told
    table = next((t for f in forms for t in f.tables if _has_no_stub(t)), None)
    if table is not None:
        blocks = _with_figures_below(blocks, table)
        blocks, told = crossed(blocks, table)
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
