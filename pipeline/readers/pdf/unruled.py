"""Tables without upright rulings: words that stand in columns below a header, beside labels that may wrap.

Rows of many figures below each other show the columns. The texts left of them are labels, of one line or several; the
vocabulary says which lines make one label. The texts above them are the header. A table found so has the columns that
a ruled one would have, and is marked as `unruled`.

What does *not* belong here: tables of few columns, which single lines show well enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from pipeline.numbers import is_figure
from pipeline.readers.pdf.figure_columns import LEAST_COLUMNS, SLACK, Columns
from pipeline.readers.pdf.lattice import Box, RuledTable, box_around
from pipeline.readers.pdf.lines import CELL_LEADING, TextLine, is_headed, segments_of
from pipeline.readers.pdf.one_row import row_below
from pipeline.readers.pdf.row_labels import GAP, LEAST_ROWS, NEAR, RowLabel, labels_in, own_label
from pipeline.readers.pdf.tall_rows import is_like_figure
from pipeline.readers.vocabulary import Vocabulary

_LEAST_IN_ROW = 2  # figures: a row may have lost its blank ones
_CLOSE = 0.9  # of the distance between rows
_MOST_WORDS = 0.1  # of the cells: what is no figure among them
_APART = 60.0  # points: the largest distance between rows with figures
_HEADER = 6.0  # of the font size: how far above the first row a header may stand, from line to line
_BEFORE = 2.0  # points: how far before its labels a table begins

Item = TextLine | RuledTable


def with_unruled(items: Sequence[Item], words: Vocabulary) -> list[Item]:
    """The items of a page, the lines of tables without rulings put together as tables."""
    out: list[Item] = []
    run: list[TextLine] = []
    for item in items:
        if isinstance(item, TextLine):
            run.append(item)
        else:
            out += [*_of_lines(run, words), item]
            run = []
    return [*out, *_of_lines(run, words)]


def over_breaks(bodies: Sequence[Sequence[Item]], words: Vocabulary) -> list[list[Item]]:
    """The items of pages, what a page's end has cut off a table without rulings put together by the rest's columns.

    Two rows at the end of a page, or at the beginning of the next one, show no columns by themselves.
    """
    pages = [[*body] for body in bodies]
    for upper, lower in pairwise(pages):
        if not upper or not lower:
            continue
        last, first = upper[-1], lower[0]
        if isinstance(last, TextLine) and _is_unruled(first):
            own = [*takewhile(lambda i: isinstance(i, TextLine), reversed(upper))][::-1]
            upper[len(upper) - len(own) :] = _as_columns_of(first, own, words, at_end=True)
        elif isinstance(first, TextLine) and _is_unruled(last):
            own = [*takewhile(lambda i: isinstance(i, TextLine), lower)]
            lower[: len(own)] = _as_columns_of(last, own, words, at_end=False)
    return pages


def _is_unruled(item: Item) -> bool:
    return isinstance(item, RuledTable) and item.unruled


def _as_columns_of(rest: Item, items: Sequence[Item], words: Vocabulary, *, at_end: bool) -> list[Item]:
    """The lines of a page, those at its end or beginning as a table that has the columns of the rest of it."""
    assert isinstance(rest, RuledTable)
    lines = [i for i in items if isinstance(i, TextLine)]
    columns = _columns_of(rest)
    cut = [_cut(segments_of(line), columns) for line in lines]
    runs = list(_runs(cut))
    if not runs:
        return [*items]
    rows = runs[-1 if at_end else 0]
    if not all(_are_inside(_figures(cut[n]), columns) for n in rows):
        return [*items]
    first, body, last = _extent(rows, lines, cut, columns)
    if (last < len(lines) - 1) if at_end else (first > 0):
        return [*items]
    table = _table(lines[first : last + 1], cut[first : last + 1], body - first, columns, words)
    return [*lines[:first], table, *lines[last + 1 :]] if table else [*items]


def _columns_of(table: RuledTable) -> Columns:
    """The columns of figures of a table without rulings."""
    edges = table.edges[2:]
    reach = []
    for n, (left, right) in enumerate(pairwise(edges)):
        own = [p for b in table.boxes if b.col == 2 + n for p in b.lines if is_figure(p.text)]
        reach.append((min((p.x0 for p in own), default=left), max((p.x1 for p in own), default=right)))
    return Columns(tuple(reach), edges, start=table.edges[0] + _BEFORE)


def _of_lines(lines: Sequence[TextLine], words: Vocabulary) -> list[Item]:
    """The lines with tables in the place of theirs."""
    parts = [segments_of(line) for line in lines]
    out: list[Item] = []
    at = 0
    for rows in _runs(parts):
        columns = _columns([parts[n] for n in rows])
        if columns is None:
            first = rows[0] - len(_over(rows[0], lines, parts))
            one = row_below(lines[first : rows[0]], lines[rows[0]], words) if len(rows) == 1 and first >= at else None
            if one is not None:
                out += [*lines[at:first], one]
                at = rows[0] + 1
            continue
        columns = columns.under(_over(rows[0], lines, parts))
        cut = [_cut(line, columns) for line in parts]
        first, body, last = _extent(rows, lines, cut, columns)
        if first < at:
            continue
        table = _table(lines[first : last + 1], cut[first : last + 1], body - first, columns, words)
        if table is not None:
            out += [*lines[at:first], table]
            at = last + 1
    return [*out, *lines[at:]]


def _figures(parts: Sequence[TextLine]) -> list[TextLine]:
    """The figures that end a line."""
    count = next((n for n, p in enumerate(reversed(parts)) if not is_figure(p.text)), len(parts))
    return list(parts[len(parts) - count :])


def _runs(parts: Sequence[Sequence[TextLine]]) -> Iterator[list[int]]:
    """The numbers of lines with several figures, those near each other together."""
    run: list[int] = []
    for n, line in enumerate(parts):
        if len(_figures(line)) < _LEAST_IN_ROW:
            continue
        if run and line[0].top - parts[run[-1]][0].bottom > _APART:
            yield run
            run = []
        run.append(n)
    if run:
        yield run


def _columns(rows: Sequence[Sequence[TextLine]]) -> Columns | None:
    """The columns in which the figures of the longest rows stand, else those of all; None where they stand in none."""
    figures = [_figures(row) for row in rows]
    counts = Counter(map(len, figures))
    count = max((n for n, rows_of in counts.items() if rows_of >= LEAST_ROWS), default=0)
    found = Columns.of_rows([f for f in figures if len(f) == count]) if count >= LEAST_COLUMNS else None
    return found or (Columns.of_sparse(figures) if len(rows) >= LEAST_ROWS else None)


def _over(first: int, lines: Sequence[TextLine], parts: Sequence[Sequence[TextLine]]) -> Sequence[Sequence[TextLine]]:
    """The lines right above the first row of a table, as far as a header may reach, by their parts."""
    start = next((n + 1 for n in range(first - 1, -1, -1) if _is_apart(lines[n], lines[n + 1])), 0)
    return parts[start:first]


def _is_apart(line: TextLine, below: TextLine) -> bool:
    return below.top - line.bottom > _HEADER * line.size or is_headed(line)


def _extent(
    rows: Sequence[int], lines: Sequence[TextLine], parts: Sequence[Sequence[TextLine]], columns: Columns
) -> tuple[int, int, int]:
    """The first line of a table, that of its first figures, and the last: from what heads it to where a label ends."""
    left = columns.edges[0]
    first = body = rows[0]
    for n in range(rows[0] - 1, -1, -1):
        gap = lines[n + 1].top - lines[n].bottom
        is_prose = any(p.x0 < left - SLACK and p.x1 > columns.edges[1] for p in parts[n])
        if gap > _HEADER * lines[n].size or is_headed(lines[n]) or is_prose:
            break
        figures = [p for p in parts[n] if is_figure(p.text)]
        if figures and (first < body or not _are_inside(figures, columns)):
            break
        if figures:
            first = body = n
        elif any(p.x1 > left for p in parts[n]) or body - n < LEAST_ROWS:
            first = n
    last = rows[-1]
    for n in range(rows[-1] + 1, len(lines)):
        gap = lines[n].top - lines[n - 1].bottom
        figures = [p for p in parts[n] if p.x1 > left + SLACK]
        near = gap <= (_APART if figures else CELL_LEADING * lines[n].size)
        if not near or is_headed(lines[n]) or not all(is_like_figure(p.text) for p in figures):
            break
        if not _are_inside(figures, columns):
            break
        last = n
    return first, body, last


def _are_inside(figures: Sequence[TextLine], columns: Columns) -> bool:
    return all(columns.of(p) is not None for p in figures)


# --------------------------------------------------------------------------------------------------- rows and labels


def _table(
    lines: Sequence[TextLine], cut: Sequence[Sequence[TextLine]], header: int, columns: Columns, words: Vocabulary
) -> RuledTable | None:
    """The table of some lines, a number of which stand above its first row of figures."""
    left = columns.edges[0]
    labels = labels_in([[p for p in line if p.x0 < left - SLACK] for line in cut], words)
    figures = [[p for p in line if p.x0 >= left - SLACK] for line in cut]
    rows = [f for f in figures[header:] if f]
    cells = [p for row in rows for p in row]
    if not _are_inside(cells, columns) or sum(not is_figure(p.text) for p in cells) > _MOST_WORDS * len(cells):
        return None
    rows, own = _with_second_lines(rows, [own_label(row, labels) for row in rows], columns)
    if sum(o is not None for o in own) < len(rows) and len(rows) > 1:
        return None
    taken = {id(o) for o in own if o is not None}
    others = [x for x in labels if id(x) not in taken and x.bottom > rows[0][0].top - _HEADER * rows[0][0].size]
    heads = [p for line in figures[:header] for p in line]
    if columns.needs_heads and not columns.are_headed(figures[:header]):
        return None
    return _made(lines, columns, heads, list(zip(rows, own, strict=True)), others)


def _cut(parts: Sequence[TextLine], columns: Columns) -> list[TextLine]:
    """The parts of a line, cut again where a narrow gap lies at the edge of a column of figures."""
    return [piece for part in parts for piece in _cut_at_edges(part, columns)]


def _cut_at_edges(part: TextLine, columns: Columns) -> Iterator[TextLine]:
    chars = part.chars
    begin = 0
    for n, (before, char) in enumerate(pairwise(chars), 1):
        gap = char.x0 - before.x1
        at_edge = any(before.x1 - SLACK <= e <= char.x0 + SLACK for e in columns.edges)
        at_figures = char.x0 >= columns.reach[0][0] - NEAR and is_figure("".join(c.text for c in chars[n:]))
        if at_edge and (gap >= GAP * char.size or (at_figures and before.x1 <= columns.reach[0][0] + NEAR)):
            if "".join(c.text for c in chars[begin:n]).strip():
                yield part.of(chars[begin:n])
            begin = n
    yield part.of(chars[begin:]) if begin else part


def _with_second_lines(
    rows: Sequence[list[TextLine]], own: Sequence[RowLabel | None], columns: Columns
) -> tuple[list[list[TextLine]], list[RowLabel | None]]:
    """The rows with their labels, lines that go on with cells of the row above put into it.

    Such a line has no label of its own, and its figures stand right below some of that row; closer than rows stand, the
    name of a group beside it is none.
    """
    pitch = _pitch(rows)
    made: list[list[TextLine]] = []
    labels: list[RowLabel | None] = []
    for row, mine in zip(rows, own, strict=True):
        last = labels[-1] if labels else None
        is_close = bool(made) and row[0].top - made[-1][0].top < _CLOSE * pitch
        is_free = mine is None or mine is last or (last is not None and is_close and mine.is_left_of(last))
        if made and is_free and len(row) < len(made[-1]) and _is_under(row, made[-1], columns):
            made[-1] = [*made[-1], *row]
        else:
            made.append(row)
            labels.append(mine)
    return made, labels


def _pitch(rows: Sequence[Sequence[TextLine]]) -> float:
    """How far rows with all their figures stand from each other, at the least; 0 where it is not known."""
    most = max(map(len, rows), default=0)
    whole = ((a, b) for a, b in pairwise(rows) if len(a) == len(b) == most)
    return min((b[0].top - a[0].top for a, b in whole), default=0.0)


def _is_under(row: Sequence[TextLine], above: Sequence[TextLine], columns: Columns) -> bool:
    last = {columns.of(p): p for p in sorted(above, key=lambda p: p.top)}
    over = [(p, last.get(columns.of(p))) for p in row]
    return all(a is not None and 0 <= p.top - a.bottom <= CELL_LEADING * p.size for p, a in over)


def _made(
    lines: Sequence[TextLine],
    columns: Columns,
    heads: Sequence[TextLine],
    rows: Sequence[tuple[list[TextLine], RowLabel | None]],
    others: Sequence[RowLabel],
) -> RuledTable:
    """The table of a header, rows with their labels, and labels that have no figures."""
    page = lines[0].page
    start = min(*(line.x0 for line in lines), columns.start, columns.edges[0] - _BEFORE)
    edges = (start - _BEFORE, start - _BEFORE / 2, *columns.edges)
    boxes = list(_header(heads, columns, page))
    at = 2 if boxes else 0
    corner = [x for x in others if boxes and x.bottom < rows[0][0][0].top and x.top < boxes[-1].place[3]]
    boxes += [box_around(0, 0, 1, tuple(line for x in corner for line in x.lines), page)] if corner else []
    placed: list[tuple[float, list[TextLine], RowLabel | None, bool]] = [(r[0].top, r, own, True) for r, own in rows]
    placed += [(x.top, [], x, False) for x in others if x not in corner]
    for n, (_, figures, mine, is_row) in enumerate(sorted(placed, key=lambda p: p[0]), at):
        if mine is not None:
            boxes.append(box_around(n, 1 if is_row else 0, 1, mine.lines, page))
        for code in range(len(columns.reach)):
            found = tuple(p for p in figures if columns.of(p) == code)
            boxes.append(box_around(n, 2 + code, 1, found, page))
    height = at + len(placed)
    return RuledTable(edges, height, tuple(boxes), page, lines[0].top, lines[-1].bottom, unruled=True)


def _header(heads: Sequence[TextLine], columns: Columns, page: int) -> Iterator[Box]:
    """The boxes of a header: what stands over several columns, and below it a name for each."""
    over = [p for p in heads if columns.of(p) is None]
    for n, part in enumerate(over[: len(columns.reach)]):
        yield box_around(0, 2 + n, 1, (part,), page)
    for code in range(len(columns.reach)):
        own = tuple(p for p in heads if columns.of(p) == code)
        if own:
            yield box_around(1, 2 + code, 1, own, page)
