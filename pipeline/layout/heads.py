"""Heads that print more or less than a form's label: 法人或其他组织-商业企业 in one cell, 商业 over 企业 in two cells.

So do those that name the report's year: 2024年处理决定数量 is 本年处理决定数量 in a report of 2024.

The cell is then worded as in the form. Only labels change, never a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, pairwise

from pipeline.document import Cell, Grid
from pipeline.forms.model import FormTable
from pipeline.labels import compact, label, labels_of, simplified
from pipeline.numbers import is_figure

_NOT_TEXT = re.compile(r"[^\w]|_")
_MOST_PIECES = 3  # over which a label is torn
_LONGEST = 40
_OF_YEAR = re.compile(
    r"^(?P<ordinal>(?:\(?[一二三四五六七八九十]{1,3}\)?[、.]?)?)(?P<before>(?:截[至止])?)"
    r"(?:(?P<year>20[0-9]{2})年(?:度|底|末|12月31日|12月底)?|全年度?)(?P<rest>.*)$"
)


def with_plain_heads(grid: Grid, table: FormTable) -> Grid:
    """The grid with the heads of its columns as the form words them."""
    texts = labels_of(grid.texts)
    if all(not c.names.isdisjoint(texts) for b in table.blocks for c in b.columns):
        return grid
    changed = dict(_changed(grid, table))
    if not changed:
        return grid
    cells = (changed.get(c, c) for c in grid.cells)
    return replace(grid, cells=tuple(c for c in cells if c is not None))


def with_year_in_words(grid: Grid, table: FormTable, year: int) -> Grid:
    """The grid with 本年 in the place of the report's own year, or of 全年, where a label of the form begins so."""
    printed = "\n".join([c.text for c in grid.cells])
    if str(year) not in printed and "全年" not in printed:
        return grid
    cells = tuple(_worded(c, table, year) for c in grid.cells)
    return grid if cells == grid.cells else replace(grid, cells=cells)


def _worded(cell: Cell, table: FormTable, year: int) -> Cell:
    found = _OF_YEAR.match(compact(cell.text)) if len(cell.text) <= _LONGEST else None
    if found is None or (found["year"] is not None and int(found["year"]) != year):
        return cell
    if not found["rest"]:
        return (
            cell
            if found["before"] or not found["year"] or any(r.path for r in table.rows)
            else cell._replace(text="本年")
        )
    known = table.headers | table.stubs
    meant = next(
        (t for t in (f"本年{found['rest']}", f"本年度{found['rest']}", found["rest"]) if label(t).text in known - {""}),
        None,
    )
    return cell._replace(text=f"{found['ordinal']}{meant}") if meant else cell


def _changed(grid: Grid, table: FormTable) -> Iterator[tuple[Cell, Cell | None]]:
    """The replacement of each cell, None for nothing."""
    joined = _joined(table)
    known = table.headers | table.stubs
    header = [row for row in grid.rows if not any(is_figure(c.text) for c in row)]
    rest: dict[int, list[Cell]] = {}
    for cell in (c for row in header for c in row if c.text and len(c.text) <= _LONGEST and not c.is_blank):
        if label(cell.text).text in known and not _in_brackets(cell.text):
            continue
        meant = joined.get(_words(cell.text))
        if meant is not None:
            yield cell, cell._replace(text=meant)
        else:
            rest.setdefault(cell.col, []).append(cell)
    columns = {n: c.path[-1] for b in table.blocks for c in b.columns for n in c.names} if rest else {}
    for column in rest.values() if not grid.folded else ():  # there no cell stands above another
        yield from _mended(column, columns)


def _in_brackets(text: str) -> bool:
    """True for a label with more in brackets, which may be the label proper: 法人或其他组织（商业企业）."""
    return text.rstrip().endswith((")", "）"))


def _words(text: str) -> str:
    return _NOT_TEXT.sub("", simplified(compact(text)))


@lru_cache(maxsize=64)
def _joined_of(paths: tuple[tuple[str, ...], ...]) -> Mapping[str, str]:
    """The label by its words together with those of its groups; a label under several groups is left out."""
    if len({path[-1] for path in paths}) < len(paths):
        return {}
    found: dict[str, str] = {}
    for *groups, leaf in paths:
        for size in range(1, len(groups) + 1):
            for above in combinations(groups, size):
                found["".join(map(_words, (*above, leaf)))] = leaf
    return found


def _joined(table: FormTable) -> Mapping[str, str]:
    return _joined_of(tuple(dict.fromkeys(c.path for b in table.blocks for c in b.columns)))


def _mended(column: Sequence[Cell], columns: Mapping[str, str]) -> Iterator[tuple[Cell, Cell | None]]:
    """The pieces of a label below each other: the whole over the place of all."""
    at = 0
    while at < len(column):
        for size in range(2, _MOST_PIECES + 1):
            pieces = column[at : at + size]
            meant = columns.get(label("".join(c.text.strip() for c in pieces)).text)
            if len(pieces) == size and meant is not None and _are_stacked(pieces):
                yield pieces[0], pieces[0]._replace(text=meant, row_span=sum(c.row_span for c in pieces))
                yield from ((c, None) for c in pieces[1:])
                at += size - 1
                break
        at += 1


def _are_stacked(pieces: Sequence[Cell]) -> bool:
    return all(b.row == a.row + a.row_span and a.col_span == b.col_span for a, b in pairwise(pieces))
