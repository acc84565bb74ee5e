"""Tables whose spans are lost or wrong, so that the same column stands at different places in different rows.

Such a table has no columns of its own. It is folded: each row is its labels and its figures in order, which `matching`
binds where a row has all its figures, as in a dump.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from pipeline.document import Block, Cell, Grid
from pipeline.forms.model import Form, FormTable
from pipeline.labels import label, labels_of
from pipeline.numbers import figure, is_figure

_LEAST_ROWS = 5
_HOLDING_FOR_EACH_BROKEN = 8  # a report may have a wrong sum of its own


def folded(block: Block, forms: Sequence[Form]) -> tuple[Grid, int] | None:
    """A grid folded, with the number of its table, where whole rows stand at different places or beside their header.

    The identities must prove that their figures stand in the form's order. None for any other block.
    """
    if not isinstance(block, Grid) or block.folded or (_is_dump(block) and not _has_lost_fields(block)):
        return None
    texts = labels_of(c.text for c in block.cells)
    for table, stubs in _tables(tuple(forms)):
        if not table.blocks[0].leaves <= texts:
            continue
        rows = _whole_rows(block, table, stubs)
        if _is_damaged(rows, block, table):
            cells = [c._replace(col=n, col_span=1) for r in block.rows for n, c in enumerate(_folded(r, table, stubs))]
            return replace(block, cells=tuple(cells), ragged=True, folded=True), table.number
    return None


Row = tuple[Cell, ...]


@lru_cache(maxsize=8)
def _tables(forms: tuple[Form, ...]) -> tuple[tuple[FormTable, frozenset[str]], ...]:
    """The tables of one block, those with the same columns once, with the labels of all their rows."""
    found: dict[tuple[tuple[str, ...], ...], tuple[FormTable, frozenset[str]]] = {}
    for table in (t for f in forms for t in f.tables if len(t.blocks) == 1 and not t.beside):
        key = tuple(c.path for c in table.blocks[0].columns)
        first, stubs = found.get(key, (table, frozenset[str]()))
        found[key] = first, stubs | table.stubs
    return tuple(found.values())


def _is_dump(grid: Grid) -> bool:
    """True for lines of a text, whose fields are known to be ragged."""
    return grid.ragged and any(c.line is not None for c in grid.cells)


def _has_lost_fields(grid: Grid) -> bool:
    """True where the cells that a merged one covers have no field: no row above the figures has a blank one."""
    header = []
    for row in grid.rows:
        if any(is_figure(c.text) and not c.is_blank for c in row):
            break
        header.append(row)
    return len(header) > 1 and not any(c.is_blank for row in header for c in row)


def _folded(row: Row, table: FormTable, stubs: frozenset[str]) -> Row:
    """A row without the blank cells that spans left beside its labels and figures."""
    figures = _figures_of(row, table, stubs)
    if len(figures) != len(table.blocks[0].columns):
        return tuple(c for c in row if not c.is_blank)
    return (*(c for c in row if c.col < figures[0].col and not c.is_blank), *figures)


def _whole_rows(grid: Grid, table: FormTable, stubs: frozenset[str]) -> list[Row]:
    """The figures of the rows that have as many behind their label as the table has columns."""
    size = len(table.blocks[0].columns)
    return [figures for row in grid.rows if len(figures := _figures_of(row, table, stubs)) == size]


def _figures_of(row: Row, table: FormTable, stubs: frozenset[str]) -> Row:
    """The cells behind the last label of a row of the table, all of a row without a label where the table has none."""
    last = next((n for n in range(len(row) - 1, -1, -1) if _is_label(row[n])), None)
    if not any(r.path for r in table.rows):
        return row if last is None and any(is_figure(c.text) for c in row) else ()
    if last is None or label(row[last].text).text not in stubs:
        return ()
    figures = row[last + 1 :]
    size = len(table.blocks[0].columns)
    while len(figures) > size and figures[0].is_blank:
        figures = figures[1:]
    return figures


def _is_label(cell: Cell) -> bool:
    return not is_figure(cell.text) and not cell.is_blank


def _is_damaged(rows: Sequence[Row], grid: Grid, table: FormTable) -> bool:
    if len(rows) < min(_LEAST_ROWS, len(table.rows)):
        return False
    columns = table.blocks[0].columns
    header = [c for c in grid.cells if c.row < rows[0][0].row]
    wanted = Counter(c.leaf.text for c in columns)
    names = {n: c.leaf.text for c in columns for n in c.names}
    heads = sorted((c.col, names[t]) for c in header if (t := label(c.text).text) in names)
    if Counter(name for _, name in heads) != wanted:
        return False
    fields = {tuple(c.col for c in row) for row in rows}
    is_beside = len(fields) > 1 or not {*fields.pop()} <= {col for col, _ in heads}
    is_mixed = [name for _, name in heads] != [c.leaf.text for c in columns]
    if not (is_beside or is_mixed or _groups_are_beside(header, [col for col, _ in heads], table)):
        return False
    if not _is_in_order(header, table):
        return False  # sums do not tell one summand from another, so the header alone says whose figures these are
    return _adds_up(rows, table)  # last: arithmetic is dear, and most tables stand where they should


def _is_in_order(header: Sequence[Cell], table: FormTable) -> bool:
    """True where the labels of each printed row of a header follow the form: no lost span changes their order."""
    columns = table.blocks[0].columns
    for row in {c.row for c in header}:
        at = 0
        for text in (label(c.text).text for c in sorted(header, key=lambda c: c.col) if c.row == row):
            named = [n for n, c in enumerate(columns) if text in c.names or text in c.parents]
            if not named:
                continue
            at = next((n for n in named if n >= at), -1)
            if at < 0:
                return False
    return True


def _groups_are_beside(header: Sequence[Cell], at: Sequence[int], table: FormTable) -> bool:
    """True where a label above columns does not begin over the first of its columns, which stand at these fields."""
    begins: dict[str, int] = {}
    for column, col in zip(table.blocks[0].columns, at, strict=True):
        for group in column.parents:
            begins.setdefault(group, col)
    return any(begins.get(label(c.text).text, c.col) != c.col for c in header)


def _adds_up(rows: Sequence[Row], table: FormTable) -> bool:
    """True where the identities across the columns confirm the form's order."""
    verdicts: list[str] = []
    for row in rows:
        read = {c.code: figure(cell.text) for c, cell in zip(table.blocks[0].columns, row, strict=True)}
        values = {code: f.value or Decimal(0) for code, f in read.items() if f.kind in ("number", "blank")}
        for identity in (i for i in table.identities if i.over == "columns" and values.keys() >= {*i.left, *i.right}):
            left, right = (sum((values[c] for c in side), Decimal(0)) for side in (identity.left, identity.right))
            verdicts.append("broken" if left != right else "holds" if left else "trivial")
    holds, broken = verdicts.count("holds"), verdicts.count("broken")
    return holds > 0 and broken * _HOLDING_FOR_EACH_BROKEN <= holds
