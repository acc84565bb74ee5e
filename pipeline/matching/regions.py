"""Finding the tables: which rows of which grids belong to which table, and by which form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.document import Document, Grid
from pipeline.forms.indicators import indicator
from pipeline.forms.model import Form
from pipeline.labels import label
from pipeline.matching.model import GridRow, Region

# A label that tables share, or rows and columns (总计, 其他), says little about which table a row belongs to.
_SHARED_WEIGHT = 0.25


def told_by(document: Document, forms: Sequence[Form]) -> tuple[Form, ...]:
    """The forms that the document may follow; of a form whose rows have common words, enough must be printed."""
    if all(t.least <= 0 for f in forms for t in f.tables):
        return tuple(forms)
    printed = {indicator(text).text for text in document.words}
    return tuple(f for f in forms if all(t.is_among(printed) for t in f.tables))


def find_regions(document: Document, forms: Sequence[Form]) -> tuple[Region, ...]:
    """The rows of each table found, over all grids in reading order; rows of no table are stray."""
    forms = tuple(forms)
    rows: dict[int, list[GridRow]] = {}
    stray: dict[int, list[GridRow]] = {}
    for grid in document.grids:
        parts = list(_rows_by_table(grid, forms))
        first = next((no for no, _ in parts if no is not None), None)
        if first is None or not _says_enough(grid, forms):
            continue
        for no, row in parts:
            if no is None:
                stray.setdefault(first, []).append(row)
            else:
                rows.setdefault(no, []).append(row)
    return tuple(Region(no, tuple(rows[no]), tuple(stray.get(no, ()))) for no in sorted(rows))


def _says_enough(grid: Grid, forms: tuple[Form, ...]) -> bool:
    """False for a grid that has only vague known labels, such as a page's own table of 分类 and 其他."""
    weights = _weights(forms)
    return any(weights.get(label(c.text).text, 0) == 1 for c in grid.cells)


def _rows_by_table(grid: Grid, forms: tuple[Form, ...]) -> Iterator[tuple[int | None, GridRow]]:
    """Each row with the number of its table: by its labels, else that of the row above."""
    current: int | None = None
    homes, weights = _homes(forms), _weights(forms)
    sheets = any(t.beside for f in forms for t in f.tables)
    for cells in grid.rows:
        row = GridRow(cells, grid.ragged, grid.folded, is_indicator=sheets)
        current = _table_of(row, homes, weights, current) or current
        yield current, row


def _table_of(
    row: GridRow, homes: Mapping[str, frozenset[int]], weights: Mapping[str, float], current: int | None
) -> int | None:
    score: dict[int, float] = {}
    for text in {t.text for _, t in row.labels}:
        for no in homes.get(text, ()):
            score[no] = score.get(no, 0.0) + weights[text]
    if not score:
        return None
    best = max(score.values())
    if current is not None and (score.get(current) == best or best <= _SHARED_WEIGHT):
        return current  # 合计 below the rows of a table is a row of that one
    return min(no for no, s in score.items() if s == best)


@lru_cache(maxsize=8)
def _homes(forms: tuple[Form, ...]) -> dict[str, frozenset[int]]:
    """The numbers of the tables in which a label stands, in any form."""
    homes: dict[str, set[int]] = {}
    for form in forms:
        for table in form.tables:
            for text in (table.headers | table.stubs) - {""}:
                homes.setdefault(text, set()).add(table.number)
    return {text: frozenset(numbers) for text, numbers in homes.items()}


@lru_cache(maxsize=8)
def _weights(forms: tuple[Form, ...]) -> dict[str, float]:
    tables = [t for f in forms for t in f.tables]
    vague = {text for t in tables for text in t.headers & t.stubs}
    return {
        text: _SHARED_WEIGHT if text in vague or len(numbers) > 1 else 1.0 for text, numbers in _homes(forms).items()
    }


def choose_forms(regions: Iterable[Region], forms: Sequence[Form]) -> Iterator[tuple[Region, Form]]:
    """For each table, the form whose labels it prints; where forms are alike, the one that fits the report best.

    A region that prints no label of any form's own rows or columns is not a table of a report; where it shares a grid
    with a real table, its rows are stray there.
    """
    regions = tuple(regions)
    printed = {r.table_no: {t.text for row in r.rows for _, t in row.labels} for r in regions}
    fits = {(no, f.name): _fit(texts, no, f) for no, texts in printed.items() for f in forms}
    overall = {f.name: sum(fits[r.table_no, f.name] for r in regions) for f in forms}
    best = {
        r.table_no: max(forms, key=lambda f: (fits[r.table_no, f.name], overall[f.name], f.variant_of is None))
        for r in regions
    }
    found = [r for r in regions if fits[r.table_no, best[r.table_no].name]]
    lost = [r for r in regions if r not in found]
    for region in found:
        beside = [r for r in lost if region is _first_beside(r, found)]
        stray = (*region.stray, *(row for r in beside for row in (*r.stray, *r.rows)))
        yield replace(region, stray=stray), best[region.table_no]


def _first_beside(lost: Region, found: Sequence[Region]) -> Region | None:
    return next((r for r in found if r.grids & lost.grids), None)


def _fit(printed: Collection[str], table_no: int, form: Form) -> int:
    """How many of the printed labels are those of the form's own rows and columns in the table of that number."""
    table = next((t for t in form.tables if t.number == table_no), None)
    return 0 if table is None else len(table.names.intersection(printed))
