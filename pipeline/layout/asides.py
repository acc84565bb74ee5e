"""Columns of a table that hold none of its figures: serial numbers, remarks, sums of some columns.

Each is recognised by its head, or stands beside the only row, which has no label in the form. It is taken out with an
issue, so that its numbers are not taken for figures. Indicator tables and open tables handle such columns themselves,
but for the numbers among the remarks of the former: these are taken out alone, as a remark may be the unit of a row.

What does *not* belong here: columns of another year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Cell, Grid
from pipeline.forms.model import FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label
from pipeline.numbers import is_figure

SERIAL = frozenset({"序号", "编号", "行次", "行号", "项次", "栏次", "序列", "代码", "序列号", "顺序号", "NO"})
_LONGEST_HEAD = 20
REMARKS = frozenset({"备注", "说明", "备注说明", "备考"})
# What may stand beside the only row of a table, which has no label in the form; other words may mean others' figures.
_PLAIN = re.compile(
    r"^(?:件数|数量|案件数|办理情况|办理结果|结果|情况|合计|总计|本年度?|今年|当年|全年)?(?:数量?)?(?:件|宗|起)?$"
)
_SUM = re.compile(r"^(?:法人或其他组织|组织|单位)?(?:小计|合计)$")
# Each begins with one of the characters that are searched for first, which is many times faster.
_MAY = re.compile(
    r"[序编編行项項栏欄顺順代备備说說小合N](?:(?<=[序编編行项項栏欄顺順])\s*[号號次列]|(?<=代)\s*[码碼]|(?<=序)列"
    r"|(?<=[备備])\s*[注註考]|(?<=[说說])\s*明|(?<=[小合])\s*[计計]|(?<=N)[oO])"
)
_NUMBER = re.compile(
    r"^(?:\(?[0-9]{1,3}\)?[.、]?|\(?[一二三四五六七八九十]{1,3}\)?[、.]?|[0-9]{1,2}(?:[.-][0-9]{1,2}){1,2}|[甲乙丙丁])$"
)


@dataclass(frozen=True, slots=True)
class _Aside:
    """The head of such a column, and the rows that it covers: down to the next head of its kind."""

    head: Cell
    rows: range


def without_asides(grid: Grid, table: FormTable) -> tuple[Grid, tuple[Issue, ...]]:
    """The grid without such columns, and an issue for each."""
    has_stub = any(r.path for r in table.rows)
    if grid.folded and not has_stub:
        return _without_plain_names(grid)
    if table.beside:
        return _without_numbers_in_remarks(grid, table)
    if grid.folded:
        return grid, ()
    if has_stub and not _MAY.search("\n".join([c.text for c in grid.cells])):
        return grid, ()
    asides = [*_asides(grid, table), *_beside_the_only_row(grid, table)]
    if not asides:
        return grid, ()
    cells = grid.cells
    for aside in asides:
        cells = tuple(_without(cells, aside))
    printed = {a.head.text.strip(): a.head for a in reversed(asides)}
    issues = tuple(issue("column-aside", table_no=table.number, printed=t, at=h) for t, h in printed.items())
    return replace(grid, cells=cells), issues


def _asides(grid: Grid, table: FormTable) -> Iterator[_Aside]:
    texts = [(c, label(c.text).text.upper()) for c in grid.cells if c.text and len(c.text) < _LONGEST_HEAD]
    end = max(c.row for c in grid.cells) + 1
    serial = [c for c, t in texts if t in SERIAL and t not in table.names]
    starts = sorted({c.row for c in serial})
    for cell in serial:
        rows = range(cell.row, next((r for r in starts if r > cell.row), end))
        aside = _Aside(cell, rows if cell.row != starts[0] else range(rows.stop))
        if _are_serial(grid, aside):
            yield aside
    for cell, text in texts:
        is_aside = text in REMARKS or _SUM.match(text)
        if is_aside and not table.open and text not in table.names and _is_head(cell, grid, table):
            yield _Aside(cell, range(end))


def _beside_the_only_row(grid: Grid, table: FormTable) -> Iterator[_Aside]:
    """The column that names the only row of a table, where that row has no label in the form."""
    if any(r.path for r in table.rows):
        return
    heads = table.headers - {""}
    first = min((c.col for c in grid.cells if label(c.text).text in heads), default=0)
    beside = [c for c in grid.cells if c.col + c.col_span <= first]
    figures = {c.row for c in grid.cells if c.col >= first and is_figure(c.text) and not c.is_blank}
    names = [c for c in beside if c.row in figures and not c.is_blank]
    if names and all(map(_is_plain, names)) and len({c.col for c in names}) == 1:
        yield _Aside(names[0]._replace(col=0, col_span=first), range(max(c.row for c in grid.cells) + 1))


def _is_plain(cell: Cell) -> bool:
    """True for a word that names no other period or body; a stroke is a figure."""
    text = label(cell.text).text
    return bool(text) and not is_figure(cell.text) and bool(_PLAIN.match(text))


def _without_plain_names(grid: Grid) -> tuple[Grid, tuple[Issue, ...]]:
    """A folded grid without the words that name its only row and say nothing else."""
    gone = [row[0] for row in grid.rows if len(row) > 1 and is_figure(row[1].text) and _is_plain(row[0])]
    kept = tuple(c for c in grid.cells if c not in gone)
    return (replace(grid, cells=kept) if gone else grid), ()


def _without_numbers_in_remarks(grid: Grid, table: FormTable) -> tuple[Grid, tuple[Issue, ...]]:
    """An indicator table without the numbers below 备注.

    In a folded grid, where nothing stands below a head, that is the last figure of a row with one more than heads.
    """
    heads = [c for c in grid.cells if label(c.text).text in REMARKS and _is_head(c, grid, table)]
    if len(heads) != 1:
        return grid, ()
    head = heads[0]
    if grid.folded:
        beside = table.beside | table.stubs | table.groups | {label(c).text for c in table.corner}
        above = [c for c in grid.cells if c.row == head.row and label(c.text).text not in beside]
        figures = [[c for c in row if is_figure(c.text)] for row in grid.rows if row[0].row > head.row]
        numbers = {row[-1] for row in figures if len(row) == len(above) > 1 and above[-1] is head}
    else:
        below = range(head.col, head.col + head.col_span)
        numbers = {c for c in grid.cells if c.row > head.row and c.col in below and is_figure(c.text)}
        numbers = {c for c in numbers if c.col_span <= head.col_span and not c.is_blank}
    if not numbers:
        return grid, ()
    told = issue("column-aside", table_no=table.number, printed=head.text.strip(), at=head)
    return replace(grid, cells=tuple(c for c in grid.cells if c not in numbers)), (told,)


def _are_serial(grid: Grid, aside: _Aside) -> bool:
    """True where nothing but numbers stands below a head."""
    head = aside.head
    reach = range(head.col, head.col + head.col_span)
    captions = _alone(grid.cells)
    below = [c for c in grid.cells if c.col in reach and c.row in aside.rows and c.row > head.row and not c.is_blank]
    numbers = [c for c in below if c.col + c.col_span <= reach.stop and c not in captions]
    return bool(numbers) and all(_NUMBER.match(compact(c.text)) for c in numbers)


def _alone(cells: Sequence[Cell]) -> frozenset[Cell]:
    """The labels that are alone in their row: in a text nothing says over how many columns they go."""
    printed: dict[int, list[Cell]] = {}
    for cell in cells:
        if not cell.is_blank:
            printed.setdefault(cell.row, []).append(cell)
    return frozenset(row[0] for row in printed.values() if len(row) == 1 and not is_figure(row[0].text))


def _is_head(cell: Cell, grid: Grid, table: FormTable) -> bool:
    """True for a cell in a row that also has a head of the table's columns."""
    beside = [c for c in grid.cells if c.row <= cell.row + cell.row_span - 1 and c.row + c.row_span > cell.row]
    return any(label(c.text).text in table.headers for c in beside)


def _without(cells: Sequence[Cell], aside: _Aside) -> Iterator[Cell]:
    """The cells without those below a head; a cell that spans more than it begins after it."""
    head = aside.head
    first, end = head.col, head.col + head.col_span
    captions = _alone(cells)
    for cell in cells:
        alone_above = cell.row < head.row and cell.col_span == cell.row_span == 1
        if cell.row not in aside.rows or not first <= cell.col < end or alone_above or cell in captions:
            yield cell
        elif cell.col + cell.col_span > end:
            yield cell._replace(col=end, col_span=cell.col + cell.col_span - end)
