"""The grid of a marked-up table: spans spread as browsers do, edges turned into columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from operator import attrgetter

from pipeline.document import Cell, Grid
from pipeline.readers.html.tables import MarkedTable, TableCell
from pipeline.readers.refused import Refused

MAX_FIELDS = 1_000_000  # the cells of all rows of a table, counted again in each row that they reach into
_Edges = tuple[int, ...]
_START = attrgetter("start")
_START_AND_END = attrgetter("start", "end")


def grid_of(number: int, table: MarkedTable) -> Grid:
    """The cells at their columns. `ragged` where the rows between two captions do not share their columns."""
    column, shared = _columns(_runs(_spread(table)))
    cells = [
        Cell(number, c.row, column[c.start], c.text, c.height, column[c.end] - column[c.start], left_out=c.left_out)
        for c in table.cells
    ]
    return Grid(number, tuple(cells if shared else _padded(cells)), ragged=not shared, doubt=table.doubt)


def _padded(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Where columns are only an order, a span is fields left blank: any of them may be that of a figure not printed."""
    if (fields := sum(c.col_span for c in cells)) > MAX_FIELDS:
        raise Refused("too-large", f"{fields:,} fields in a table")
    for cell in cells:
        yield cell._replace(col_span=1)
        for col in range(cell.col + 1, cell.col + cell.col_span):
            yield Cell(cell.grid, cell.row, col, "")


def _spread(table: MarkedTable) -> Iterator[list[TableCell]]:
    """The cells of each row from left to right, those that reach down from above among them, all with their edges."""
    cells: list[TableCell] = []
    fields = 0
    for number, row in enumerate(table.rows):
        above = [] if number in table.groups else [c for c in cells if c.row + c.rows > number]
        _place(row, number, above)
        cells = sorted((*above, *row), key=_START) if above else row
        fields += len(cells)
        if fields > MAX_FIELDS:
            raise Refused("too-large", f"over {MAX_FIELDS:,} fields in a table")
        for cell in cells:
            cell.height += 1
        yield cells


def _place(row: Iterable[TableCell], number: int, above: Sequence[TableCell]) -> None:
    """Each cell takes the next free place; it never covers one that reaches down from above."""
    passed = 0
    start = 0
    for cell in row:
        while passed < len(above) and above[passed].start <= start:
            start = max(start, above[passed].end)
            passed += 1
        end = start + cell.columns
        if passed < len(above):
            end = min(end, above[passed].start)
        cell.row, cell.start, cell.end = number, start, end
        start = end


def _runs(rows: Iterable[Sequence[TableCell]]) -> list[dict[_Edges, None]]:
    """The different edges of the rows between captions; a row of one cell is a caption and a run of its own."""
    runs: list[dict[tuple[_Edges, ...], None]] = [{}]
    for cells in rows:
        spans = tuple(map(_START_AND_END, cells))
        if len(spans) > 1:
            runs[-1][spans] = None
        elif spans:
            runs += [{spans: None}, {}]
    return [{tuple(sorted(set(chain.from_iterable(spans)))): None for spans in run} for run in runs if run]


def _columns(runs: Sequence[Iterable[_Edges]]) -> tuple[dict[int, int], bool]:
    """The column that begins at each edge, and whether the rows of every run share their columns.

    Colspans only say which edges are one. Header and figures are often spanned differently: then rows of a run with
    equally many cells have the same columns, if all of them can; and edges next to each other are one where no row
    has both.
    """
    same = _by_order(runs)
    profiles = {tuple(same.get(e, e) for e in edges) for run in runs for edges in run}
    shared = all(a < b for edges in profiles for a, b in pairwise(edges))
    if not shared:
        same = {}
        profiles = {edges for run in runs for edges in run}
    number = _by_neighbours(profiles)
    column = {e: number[same.get(e, e)] for run in runs for edges in run for e in edges}
    ends = all(len({column[edges[-1]] for edges in run}) == 1 for run in runs)
    return column, shared and ends


def _by_order(runs: Iterable[Iterable[_Edges]]) -> dict[int, int]:
    """For each edge that differs the one that stands for it: edges of the same order in rows with as many."""
    leader: dict[int, int] = {}

    def find(edge: int) -> int:
        while edge in leader:
            edge = leader[edge]
        return edge

    for run in runs:
        first: dict[int, _Edges] = {}
        for edges in run:
            for pair in zip(first.setdefault(len(edges), edges), edges, strict=True):
                low, high = sorted(map(find, pair)) if pair[0] != pair[1] else pair
                if low != high:
                    leader[high] = low
    return {edge: find(edge) for edge in leader}


def _by_neighbours(profiles: Iterable[_Edges]) -> dict[int, int]:
    """Number the edges; the next one has the same number where no row has both and it can be no other's either."""
    users: dict[int, set[int]] = {}
    for row, edges in enumerate(profiles):
        for edge in edges:
            users.setdefault(edge, set()).add(row)
    number: dict[int, int] = {}
    together: set[int] = set()
    last = -1
    doubtful = False
    ordered = sorted(users)
    for edge, following in zip(ordered, [*ordered[1:], None], strict=True):
        after = users[following] if following is not None else users[edge]
        rival = after.isdisjoint(users[edge]) and not after.isdisjoint(together)
        if not together or rival or doubtful or not together.isdisjoint(users[edge]):
            last += 1
            together = set()
        together |= users[edge]
        number[edge] = last
        doubtful = rival
    return number
