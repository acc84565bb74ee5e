"""The grid of a marked-up table: spans spread as browsers do, edges turned into columns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise, repeat
from typing import NamedTuple

from pipeline.document import Cell, Grid
from pipeline.readers.html.tables import ONE, MarkedTable, Span
from pipeline.readers.refused import Refused

MAX_FIELDS = 1_000_000  # the cells of all rows of a table, counted again in each row that they reach into
_REMEMBERED_CELLS = 1_000  # of a table
_REMEMBERED_EDGES = 100  # forms come again and again, and few have rows of more
_REMEMBERED_RUNS = 2_000
_Edges = tuple[int, ...]
_Place = tuple[int, int]  # the edges of a cell
_Runs = tuple[tuple[_Edges, ...], ...]
_Spans = tuple[int | tuple[Span, ...], ...]  # of each row; the number of its cells where all of them span one


class _Row(NamedTuple):
    """Where the cells of a row stand, and all edges in it, those of cells that reach down from above among them."""

    places: tuple[_Place, ...]
    edges: _Edges


class _Layout(NamedTuple):
    """Where the cells of a table begin and into how many rows and columns they reach, row by row.

    Not `shared` where the rows between two captions do not share their columns.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    heights: tuple[int, ...]
    widths: tuple[int, ...]
    shared: bool


def grid_of(number: int, table: MarkedTable) -> Grid:
    """The cells at their columns. `ragged` where the rows between two captions do not share their columns."""
    spans: list[int | tuple[Span, ...]] = [*map(len, table.rows)]
    for row, spanned in table.spans.items():
        spans[row] = tuple([spanned.get(n, ONE) for n in range(len(table.rows[row]))])
    groups = tuple(sorted({*table.groups, len(table.rows)}))
    layout = _layout if len(table.texts) < _REMEMBERED_CELLS else _layout.__wrapped__
    rows, columns, heights, widths, shared = layout(tuple(spans), groups)
    # Made of tuples: to call `Cell` for each of so many takes more time than all else that is done here.
    none, told = repeat(None), (table.texts, table.left_out)
    fields = (repeat(number), rows, columns, told[0], heights, widths, none, none, none, told[1], none, repeat(False))
    cells = tuple(map(tuple.__new__, repeat(Cell), zip(*fields, strict=False)))
    return Grid(number, cells if shared else tuple(_padded(cells)), ragged=not shared, doubt=table.doubt)


@lru_cache(maxsize=128)
def _layout(spans: _Spans, groups: tuple[int, ...]) -> _Layout:
    """Where cells stand of which each spans so much, in a table whose groups end before these rows."""
    rows, heights = _spread(spans, groups)
    runs = _runs(rows)
    remembered = sum(map(len, chain.from_iterable(runs))) < _REMEMBERED_RUNS
    column, shared = (_columns if remembered else _columns.__wrapped__)(runs)
    places = list(chain.from_iterable(row.places for row in rows))
    return _Layout(
        tuple([at for at, row in enumerate(rows) for _ in row.places]),
        tuple([column[start] for start, _ in places]),
        tuple(heights),
        tuple([column[end] - column[start] for start, end in places]),
        shared,
    )


def _padded(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Where columns are only an order, a span is fields left blank: any of them may be that of a figure not printed."""
    if (fields := sum(c.col_span for c in cells)) > MAX_FIELDS:
        raise Refused("too-large", f"{fields:,} fields in a table")
    for cell in cells:
        yield cell._replace(col_span=1)
        for col in range(cell.col + 1, cell.col + cell.col_span):
            yield Cell(cell.grid, cell.row, col, "")


def _spread(spans: _Spans, groups: Sequence[int]) -> tuple[list[_Row], list[int]]:
    """The places in each row, and the heights of all cells.

    A cell that reaches down takes its place in each row up to the end of its group.
    """
    rows: list[_Row] = []
    heights: list[int] = []
    reaching: list[tuple[_Place, int]] = []  # with the row before which each ends
    above: tuple[_Place, ...] = ()
    fields = changed = 0
    for number, cells in enumerate(spans):
        if number == changed:
            reaching = [r for r in reaching if r[1] > number]
            above = tuple([place for place, _ in reaching])
            changed = min([end for _, end in reaching], default=-1)
        widths = (1,) * cells if isinstance(cells, int) else tuple([columns for columns, _ in cells])
        fields += len(widths) + len(above)
        if fields > MAX_FIELDS:
            raise Refused("too-large", f"over {MAX_FIELDS:,} fields in a table")
        row = (_placed if len(widths) + len(above) < _REMEMBERED_EDGES else _placed.__wrapped__)(widths, above)
        rows.append(row)
        if isinstance(cells, int):
            heights += widths
            continue
        left = groups[bisect_right(groups, number)] - number
        high = [min(reach, left) if reach > 1 else 1 for _, reach in cells]
        heights += high
        down = [(place, number + n) for (_, reach), n, place in zip(cells, high, row.places, strict=True) if reach > 1]
        if down:
            changed = number + 1
            reaching = sorted([*reaching, *down])
    return rows, heights


@lru_cache(maxsize=1_024)
def _placed(widths: Sequence[int], above: Sequence[_Place]) -> _Row:
    """Each cell takes the next free place; it never covers one that reaches down from above."""
    passed = 0
    start = 0
    places: list[_Place] = []
    for width in widths:
        while passed < len(above) and above[passed][0] <= start:
            start = max(start, above[passed][1])
            passed += 1
        end = start + width
        if passed < len(above):
            end = min(end, above[passed][0])
        places.append((start, end))
        start = end
    return _Row(tuple(places), tuple(sorted({*chain.from_iterable(places), *chain.from_iterable(above)})))


def _runs(rows: Iterable[_Row]) -> _Runs:
    """The different edges of the rows between captions; a row of one cell is a caption and a run of its own."""
    runs: list[dict[_Edges, None]] = [{}]
    for _, edges in rows:
        if len(edges) > 2:
            runs[-1][edges] = None
        elif edges:
            runs += [{edges: None}, {}]
    return tuple(map(tuple, filter(None, runs)))


@lru_cache(maxsize=256)
def _columns(runs: _Runs) -> tuple[Mapping[int, int], bool]:
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
