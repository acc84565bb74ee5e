"""The one row of a table without stub, printed with groups and outcomes around its figures: as rows, columns or a list.

Each figure is known by the labels beside and above it, and by the caption of its grid. Sums that are in no form, such
as those of two groups, are left out with an issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.document import Block, Cell, Grid, Paragraph
from pipeline.forms.model import FormLine, FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label, simplified
from pipeline.layout.periods import names_another_period
from pipeline.numbers import is_figure

_LONGEST_CAPTION = 40
_SUM = re.compile(r"(?:[小合共总]计|总数|总和)$")


@dataclass(frozen=True, slots=True)
class _Sided:
    """A figure with the canonical texts of the labels that stand beside and above it."""

    cell: Cell
    labels: frozenset[str]


def crossed(blocks: Sequence[Block], table: FormTable) -> tuple[list[Block], list[Issue]]:
    """The blocks, with the one row of a table without stub put together from the grids that print parts of it."""
    grids = [
        (n, _with_wide_heads(b))
        for n, b in enumerate(blocks)
        if isinstance(b, Grid) and not b.folded and _is_of(b, table)
    ]
    if not grids or (len(grids) == 1 and _is_regular(grids[0][1], table)):
        return list(blocks), []
    found: list[tuple[int, list[tuple[_Sided, FormLine]]]] = []
    told: list[Issue] = []
    for at, grid in grids:
        figures = list(_sided(grid, _captions(blocks, at, table), table))
        known = [(f, c) for f in figures if (c := _column(f, table)) is not None]
        others = [f.cell for f in figures if _column(f, table) is None and not f.cell.is_blank]
        sums = _sums_alone(grid, [f.cell for f, _ in known], table)
        if not all(any(_reaches(s, end, c) for s, end in sums) for c in others):
            return list(blocks), []
        found.append((at, _without_blank_heads(known)))
        told += [_of_sum(s, others, table) for s, _ in sums]
    cells = [pair for _, pairs in found for pair in pairs]
    columns = [c.code for _, c in cells]
    if not cells or len(set(columns)) != len(columns) or set(columns) != _codes(table):
        return list(blocks), []
    first, grid = grids[0]
    made = replace(grid, cells=tuple(_as_issued(cells, table, grid.number)))
    gone = {at for at, _ in found} - {first}
    kept = [made if n == first else b for n, b in enumerate(blocks) if n not in gone]
    return kept, [issue("table-rearranged", table_no=table.number, at=grid.cells[0]), *told]


def _without_blank_heads(known: Sequence[tuple[_Sided, FormLine]]) -> list[tuple[_Sided, FormLine]]:
    """The figures with their columns, without the blanks among heads where the same column has a figure below them."""
    rows = {f.cell.row for f, _ in known if not f.cell.is_blank}
    filled = {c.code for f, c in known if not f.cell.is_blank}
    return [(f, c) for f, c in known if not f.cell.is_blank or f.cell.row in rows or c.code not in filled]


def _sums_alone(grid: Grid, known: Sequence[Cell], table: FormTable) -> list[tuple[Cell, int]]:
    """The labels of sums, such as 小计 behind two groups, beside or below which no figure of the table stands.

    With each is the row below the last one beside which it stands.
    """
    sums = [(c, _reach(c, grid, table)) for c in grid.cells if _is_sum(c)]
    return [(s, end) for s, end in sums if not any(_reaches(s, end, c) for c in known)]


def _is_sum(cell: Cell) -> bool:
    return not is_figure(cell.text) and bool(_SUM.search(label(cell.text).text))


def _of_sum(name: Cell, figures: Sequence[Cell], table: FormTable) -> Issue:
    """The issue of a column of sums, or of a row of them where its label stands left of one."""
    code = "row-aside" if any(c.row == name.row for c in figures) else "column-aside"
    return issue(code, table_no=table.number, printed=name.text.strip(), at=name)


def _is_regular(grid: Grid, table: FormTable) -> bool:
    """True for a grid with one row of figures under the plain labels of the columns, as the form has it."""
    size = len(table.blocks[0].columns)
    plain = sum(label(c.text).text in table.blocks[0].leaves for c in grid.cells)
    figures = [c.row for c in grid.cells if is_figure(c.text) and not c.is_blank]
    return plain == size and len({*figures}) < 2 and len(figures) <= size


def _with_wide_heads(grid: Grid) -> Grid:
    """The grid with each head over the blank fields that a merged cell left, below which are further heads."""
    printed: dict[int, list[Cell]] = {}
    for cell in grid.cells:
        if not cell.is_blank:
            printed.setdefault(cell.col, []).append(cell)
    cells: list[Cell] = []
    for row in grid.rows:
        has_figures = any(is_figure(c.text) and not c.is_blank for c in row)
        for cell in row:
            last = cells[-1] if cells and cells[-1].row == cell.row else None
            if last and cell.is_blank and not has_figures and not last.is_blank and _is_above_head(cell, printed):
                cells[-1] = last._replace(col_span=cell.col + cell.col_span - last.col)
            else:
                cells.append(cell)
    return replace(grid, cells=tuple(cells))


def _is_above_head(blank: Cell, printed: Mapping[int, Sequence[Cell]]) -> bool:
    below = min((c for c in printed.get(blank.col, ()) if c.row > blank.row), key=lambda c: c.row, default=None)
    return below is not None and not is_figure(below.text)


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
    ends = {n for n in leaves if text.rstrip(")").endswith(n)} if own not in headers - groups else set()
    return named | ends | ({own} & headers)


def _is_of(grid: Grid, table: FormTable) -> bool:
    """True for a grid that prints the outcomes of the table, and hardly anything else."""
    texts = [c.text for c in grid.cells if not is_figure(c.text) and not c.is_blank]
    named = [n for t in texts if (n := _named(t, table))]
    leaves = {t for n in named for t in n} & table.blocks[0].leaves
    return len(leaves) >= len(table.blocks[0].leaves) - 1 and 2 * len(named) > len(texts)


def _captions(blocks: Sequence[Block], at: int, table: FormTable) -> frozenset[str]:
    """The groups that the line right above a grid names, if they are those above one and the same column."""
    above = blocks[at - 1] if at else None
    named = _named(above.text, table) if isinstance(above, Paragraph) else frozenset()
    block = table.blocks[0]
    is_one = any(c.parents and c.parents[-1] in named and named & block.groups <= {*c.parents} for c in block.columns)
    return named if is_one else frozenset()


def _sided(grid: Grid, captions: frozenset[str], table: FormTable) -> Iterator[_Sided]:
    """The figures and blanks of a grid with the labels beside and above them.

    A label covers its span, and in a column without figures everything down to the next label. A label that is alone
    in its row holds for all rows below it until the next; a caption holds where the grid itself names no group.
    """
    named = [(c, n, _reach(c, grid, table)) for c in grid.cells if (n := _named(c.text, table))]
    banner: frozenset[str] = frozenset()
    stubs = {c.col for row in grid.rows for c in _before_figures(row)}
    for row in grid.rows:
        printed = [c for c in row if not c.is_blank]
        if (
            len(printed) == 1
            and not is_figure(printed[0].text)
            and _named(printed[0].text, table) & table.blocks[0].groups
        ):
            banner = _named(printed[0].text, table)
        for cell in row:
            if cell.col not in stubs if cell.is_blank else is_figure(cell.text):
                reaching = [(c, names) for c, names, end in named if _reaches(c, end, cell)]
                around = {t for _, names in _nearest(reaching, cell, table) for t in names}
                around |= banner if not around & table.blocks[0].last_groups else set()
                around |= captions if not around & table.blocks[0].last_groups else set()
                yield _Sided(cell, frozenset(around))


def _before_figures(row: Sequence[Cell]) -> list[Cell]:
    """The labels of a row that stand before its last figure."""
    last = max((c.col for c in row if is_figure(c.text) and not c.is_blank), default=0)
    return [c for c in row if c.col < last and not c.is_blank and not is_figure(c.text)]


def _nearest(
    reaching: Sequence[tuple[Cell, frozenset[str]]], cell: Cell, table: FormTable
) -> Iterator[tuple[Cell, frozenset[str]]]:
    """The labels around a figure; of the groups and outcomes above it the last, where each begins a part anew."""
    last, leaves = table.blocks[0].last_groups, table.blocks[0].leaves
    groups = [c.row for c, names in reaching if names & last and c.row < cell.row and c.col_span > 0]
    outcomes = [c.row for c, names in reaching if names & leaves and c.row < cell.row]
    for name, names in reaching:
        is_above = name.row < cell.row and name.col <= cell.col
        if is_above and names & last and name.row < max(groups):
            continue
        if is_above and names & leaves and name.row < max(outcomes):
            continue
        yield name, names


def _reach(name: Cell, grid: Grid, table: FormTable) -> int:
    """The row below the last one beside which a label stands: that of the next label in its column or left of it.

    Outcomes left of the groups end none of them: there each is printed in every row.
    """
    column = [c for c in grid.cells if c.col <= name.col < c.col + c.col_span]
    end = name.row + name.row_span
    if any(is_figure(c.text) for c in column if c.col == name.col):
        return end
    outcomes = {c.col for c in grid.cells if (t := label(c.text).text) in table.blocks[0].leaves and not _SUM.search(t)}
    left = (c for c in grid.cells if c.col < name.col and c.col not in outcomes and _names_a_line(c, table))
    below = (c.row for c in (*column, *left) if c.row >= end and not c.is_blank)
    return min(below, default=max(c.row + c.row_span for c in grid.cells))


def _names_a_line(cell: Cell, table: FormTable) -> bool:
    return bool(_named(cell.text, table)) or _is_sum(cell)


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
