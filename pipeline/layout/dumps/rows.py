"""Rows of a dump: pieces grouped under their labels, and the grid that they make.

What does *not* belong here: how lines are cut into pieces (`pieces`), and which words are labels (`labels`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from pipeline.document import Cell, Grid
from pipeline.forms.indicators import is_unit
from pipeline.forms.model import Form, FormTable
from pipeline.layout.dumps.heads import with_strange_heads
from pipeline.layout.dumps.model import LEAST_PREFIX, PROSE, Group, Hit, Name, Piece, Stream
from pipeline.layout.dumps.page_numbers import doubtful
from pipeline.numbers import figure


def group_pieces(pieces: Sequence[Piece]) -> Iterator[Group]:
    """Figures on one line, or one a line on lines that follow each other."""
    run: list[int] = []
    for i, piece in enumerate(pieces):
        if run and not (piece.figure and _together(pieces[run[-1]], piece)):
            yield Group(tuple(run))
            run = []
        if piece.figure:
            run.append(i)
    if run:
        yield Group(tuple(run))


def _together(last: Piece, piece: Piece) -> bool:
    return last.paragraph == piece.paragraph or (last.alone and piece.alone)


def fold_groups(stream: Stream, table_no: int, forms: Sequence[Form], number: int) -> tuple[Grid, set[int]] | None:
    """The folded grid of a table and the paragraphs that it takes; None where there are no rows of figures."""
    hits = [h for h in stream.hits if h.table == table_no]
    table = _best_fit(table_no, forms, hits)
    hits = list(_under_their_groups(hits, table))
    hits, more = with_strange_heads(stream, hits, table) if table.open and table.beside else (hits, 0)
    shape = _Shape.of(table, more)
    groups = [shape.trimmed(g, stream.pieces) for g in _groups_of(stream, table_no)]
    if table.beside:
        groups = [g for g in groups if not _is_stroke(g, hits, shape, stream)]
    bound = _bind_near(stream, hits, groups, shape)
    if not table.beside:  # a single figure between two rows may be anything
        bound |= _bind_between(hits, groups, bound, shape)
    if table.open:
        bound |= _bind_strangers(stream, hits, groups, bound, shape)
    hits, groups, bound = _of_the_table(stream, hits, groups, bound, shape)
    if not groups or (table.beside and not _looks_like_a_sheet(stream, hits, groups, bound)):
        return None
    groups, bound = _with_rest(stream, hits, groups, bound, shape)
    pages = doubtful([groups[g] for g in bound], stream.pieces, guarded=_is_guarded(table))
    grid = _grid(stream, number, _rows(hits, groups, bound, shape), pages)
    used = {p for h in hits for p in (h.start, h.end)} | {p for g in groups for p in g.pieces}
    return grid, {stream.pieces[p].paragraph for p in used}


def _is_guarded(table: FormTable) -> bool:
    return any(i.over == "columns" for i in table.identities)


def _looks_like_a_sheet(stream: Stream, hits: Sequence[Hit], groups: Sequence[Group], bound: dict[int, int]) -> bool:
    """True where a header names the figures or most rows print their unit beside them; else it is a list in a text."""

    def has_unit(g: int) -> bool:
        return any(is_unit(p.text) for p in stream.pieces[hits[bound[g]].end + 1 : groups[g].pieces[0]] if p.aside)

    return any(h.name.column for h in hits) or 2 * sum(has_unit(g) for g in bound) > len(bound)


def _under_their_groups(hits: Sequence[Hit], table: FormTable) -> Iterator[Hit]:
    """The labels, those that name several rows taken for that whose group was named last."""
    rows = {r.code: r for r in table.rows}
    called: dict[str, frozenset[str]] = {r.leaf.text: r.names for r in table.rows}
    last: dict[str, int] = {}
    for n, hit in enumerate(hits):
        lines = [rows[c] for t, c in sorted(hit.name.rows) if t == table.number and c in rows]
        if len(lines) > 1:
            named = {r.code: max((_last_named(p, last, called) for p in r.parents), default=-1) for r in lines}
            best = [code for code, at in named.items() if at == max(named.values())]
            hit = replace(hit, code=best[0]) if len(best) == 1 else hit
        last[hit.name.text] = n
        yield hit


def _last_named(parent: str, last: dict[str, int], called: dict[str, frozenset[str]]) -> int:
    return max(last.get(name, -1) for name in {parent, *called.get(parent, ())})


def _is_stroke(group: Group, hits: Sequence[Hit], shape: _Shape, stream: Stream) -> bool:
    """True for strokes beside the label of a group, where a sheet wants neither unit nor figure."""
    texts = [stream.pieces[p].text for p in group.pieces]
    before = [h for h in hits if h.end < group.pieces[0]]
    is_group = bool(before) and before[-1].end == group.pieces[0] - 1 and shape.code(before[-1]) is None
    return is_group and all(figure(t).kind in ("dash", "slash", "blank") for t in texts)


def _bind_strangers(
    stream: Stream, hits: list[Hit], groups: Sequence[Group], bound: dict[int, int], shape: _Shape
) -> dict[int, int]:
    """Groups right after a label that no form knows, and as long as the row above: a row of the report's own.

    The labels are put behind the `hits`.
    """
    found: dict[int, int] = {}
    covered = {p for h in hits for p in range(h.start, h.end + 1)}
    size = 0
    for g, group in enumerate(groups):
        if g in bound:
            size = shape.sizes[shape.code(hits[bound[g]]) or ""]
            continue
        at = group.pieces[0] - 1
        while at > 0 and stream.pieces[at].aside:
            at -= 1
        piece = stream.pieces[at]
        taken = piece.figure or piece.heading or at in covered
        if not taken and LEAST_PREFIX <= len(piece.words) <= PROSE and _is_sized(group, size, shape):
            found[g] = len(hits)
            name = Name(piece.words, frozenset({shape.number}), frozenset(), column=False)
            hits.append(Hit(name, shape.number, at, at, piece.text))
    return found


def _is_sized(group: Group, size: int, shape: _Shape) -> bool:
    """True for as many figures as the row above has, or on a sheet for fewer."""
    return len(group.pieces) == size or (shape.sheet and len(group.pieces) < size)


def _best_fit(table_no: int, forms: Sequence[Form], hits: Sequence[Hit]) -> FormTable:
    """The form's table that fits the labels found: most of its rows and columns are among them, fewest are not."""
    printed = {h.name.text for h in hits}

    def fit(table: FormTable) -> tuple[int, int]:
        lines = [*table.rows, *(c for b in table.blocks for c in b.columns)]
        return sum(bool(line.names & printed) for line in lines), -len(lines)

    return max((t for f in forms for t in f.tables if t.number == table_no), key=fit)


@dataclass(frozen=True)
class _Shape:
    """The rows of a table: their order, their names, how many figures each must have, and whether it is a sheet."""

    number: int
    order: dict[str, int]
    sizes: dict[str, int]
    sheet: bool

    @classmethod
    def of(cls, table: FormTable, more: int = 0) -> _Shape:
        """The shape of a form's table whose header prints so many `more` columns."""
        order = {r.code: n for n, r in enumerate(table.rows)}
        sizes = {r.code: len(b.columns) + more for b in table.blocks for r in b.rows}
        return cls(table.number, order, sizes, bool(table.beside))

    @property
    def nameless(self) -> bool:
        """True for a table whose only row has no label."""
        return len(self.order) == 1

    def code(self, hit: Hit) -> str | None:
        """The row that a label names in this table, if it names one."""
        if hit.code:
            return hit.code
        codes = [c for t, c in hit.name.rows if t == self.number and c in self.order]
        return codes[0] if len(codes) == 1 else None

    def trimmed(self, group: Group, pieces: Sequence[Piece]) -> Group:
        """The group without blank cells at its end that go beyond the widest row."""
        kept = list(group.pieces)
        while len(kept) > max(self.sizes.values()) and not pieces[kept[-1]].text:
            kept.pop()
        return Group(tuple(kept))


def _groups_of(stream: Stream, table: int) -> list[Group]:
    """The groups of figures that follow a label of the table with no prose between."""
    found = []
    for group in stream.groups:
        first = group.pieces[0]
        before = max((h for h in stream.hits if h.start < first), key=lambda h: (h.start, h.end), default=None)
        if before is None or before.table != table or not _printed(stream, group):
            continue
        if not any(_is_prose(stream, p) for p in range(before.start + 1, first)):
            found.append(group)
    return found


def _is_prose(stream: Stream, piece: int) -> bool:
    found = stream.pieces[piece]
    return found.heading or (found.is_long and not any(h.start <= piece <= h.end for h in stream.hits))


def _printed(stream: Stream, group: Group) -> bool:
    """True where something is printed, or where cells stand side by side and are all blank."""
    return len(group.pieces) > 1 or bool(stream.pieces[group.pieces[0]].text)


def _without_padding(group: Group, size: int, pieces: Sequence[Piece]) -> Group:
    """The group without blank cells that pad its line, where what is left is as long as the row."""
    rest = group.pieces[size:]
    return Group(group.pieces[:size]) if not any(pieces[p].text for p in rest) else group


def _bind_near(stream: Stream, hits: Sequence[Hit], groups: list[Group], shape: _Shape) -> dict[int, int]:
    """By group its label, as indexes: on the same line, or right before or around it and alone in that place.

    Behind a label and its unit all figures are the row's, be there too many: it is refused under its name then.
    """
    bound: dict[int, int] = {}
    for g, group in enumerate(groups):
        first, last = group.pieces[0], group.pieces[-1]
        line = stream.pieces[first].paragraph
        after = groups[g - 1].pieces[-1] if g else -1
        rows = [i for i, h in enumerate(hits) if shape.code(h) and h.start < first and i not in bound.values()]
        same = [i for i in rows if stream.pieces[hits[i].end].paragraph == line and hits[i].end < first]
        around = [i for i in rows if hits[i].end > last]
        before = [i for i in rows if after < hits[i].end < first]
        following = [i for i in before if _is_next(stream, hits[i].end, first)]
        adjacent = following if stream.pieces[first].alone else []
        if shape.sheet:  # a figure has one label: what else is printed between them names another row, or is a cell
            before = following
        choice = same[-1:] or around[-1:] or adjacent or (before if len(before) == 1 else [])
        behind_unit = shape.sheet and choice == adjacent and is_unit(stream.pieces[first - 1].text)
        if choice and same and (size := shape.sizes[shape.code(hits[choice[0]]) or ""]) < len(group.pieces):
            groups[g] = _without_padding(group, size, stream.pieces)
        if choice and (same or behind_unit or _fits(hits[choice[0]], group, shape, short=choice == adjacent)):
            bound[g] = choice[0]
    return bound


def _is_next(stream: Stream, label_end: int, first: int) -> bool:
    """True where nothing but a unit, a number or a remark stands between a label and the first figure."""
    return all(p.aside or not (p.words or p.figure) for p in stream.pieces[label_end + 1 : first])


def _fits(hit: Hit, group: Group, shape: _Shape, *, short: bool) -> bool:
    """True for as many figures as the row has; `short` of them, one a line below the label, where blanks were dropped.

    A single one may be a page's number, but not right below the label of a sheet's row.
    """
    code = shape.code(hit)
    if code is None:
        return False
    least = 1 if shape.sheet else 2
    return len(group.pieces) == shape.sizes[code] or (short and least <= len(group.pieces) < shape.sizes[code])


def _bind_between(hits: Sequence[Hit], groups: Sequence[Group], bound: dict[int, int], shape: _Shape) -> dict[int, int]:
    """Between bound rows, the groups in order where the rows left are as many and all their labels are printed."""
    found: dict[int, int] = {}
    codes = {i: shape.code(h) for i, h in enumerate(hits)}
    free = {shape.order[c]: i for i, c in codes.items() if c and i not in bound.values()}
    named = {shape.order[c] for i in bound.values() if (c := codes[i])}
    anchors = [(-1, -1), *((g, shape.order[c]) for g, i in sorted(bound.items()) if (c := codes[i]))]
    anchors.append((len(groups), len(shape.order)))
    widest = max(shape.sizes.values())
    for (g0, r0), (g1, r1) in pairwise(anchors):
        open_groups = [g for g in range(g0 + 1, g1) if len(groups[g].pieces) == widest]
        open_rows = [r for r in range(r0 + 1, r1) if r not in named]
        if open_groups and len(open_groups) == len(open_rows) and all(r in free for r in open_rows):
            found |= {g: free[r] for g, r in zip(open_groups, open_rows, strict=True)}
    return found


def _of_the_table(
    stream: Stream, hits: list[Hit], groups: list[Group], bound: dict[int, int], shape: _Shape
) -> tuple[list[Hit], list[Group], dict[int, int]]:
    """Leave out what only the narrative says: parts between prose that hold no row of the table.

    Also left out are labels without figures of rows that have them elsewhere.
    """
    part = _parts(stream)
    real = {part[groups[g].pieces[0]] for g in bound}
    real |= {part[g.pieces[0]] for g in groups if shape.nameless and 2 * len(g.pieces) >= max(shape.sizes.values())}
    done = {shape.code(hits[i]) for i in bound.values()}
    keep_hits = [
        i
        for i, h in enumerate(hits)
        if i in bound.values()
        or (part[h.start] in real and (h.name.column or shape.code(h) is None or shape.code(h) not in done))
    ]
    keep_groups = [g for g, group in enumerate(groups) if part[group.pieces[0]] in real]
    renumbered = {keep_groups.index(g): keep_hits.index(i) for g, i in bound.items()}
    return [hits[i] for i in keep_hits], [groups[g] for g in keep_groups], renumbered


def _with_rest(
    stream: Stream, hits: Sequence[Hit], groups: Sequence[Group], bound: dict[int, int], shape: _Shape
) -> tuple[list[Group], dict[int, int]]:
    """The groups with the words that end the lines of their rows, and a group of such words where a row has no other.

    The lines go into the grid, and whatever they print with them.
    """
    full, now_bound = list(groups), dict(bound)
    covered = {p for h in (*hits, *stream.hits) for p in range(h.start, h.end + 1)}
    of_row = {i: g for g, i in bound.items()}
    for i, hit in enumerate(hits):
        g = of_row.get(i)
        if g is None and (hit.name.column or shape.code(hit) is None):
            continue
        rest = _rest_of_line(stream, groups[g].pieces[-1] if g is not None else hit.end, covered)
        if rest and g is not None:
            full[g] = Group((*groups[g].pieces, *rest))
        elif rest and not any(_is_prose(stream, p) for p in rest):
            now_bound[len(full)] = i
            full.append(Group(rest))
    return full, now_bound


def _rest_of_line(stream: Stream, last: int, covered: Container[int]) -> tuple[int, ...]:
    """The words between a piece and the end of its line; none where a label or another figure is among them."""
    line = stream.pieces[last].paragraph
    rest: list[int] = []
    for p in takewhile(lambda p: stream.pieces[p].paragraph == line, range(last + 1, len(stream.pieces))):
        piece = stream.pieces[p]
        if piece.text and (piece.figure or p in covered):
            return ()
        if piece.text and not piece.aside:
            rest.append(p)
    return tuple(rest)


def _parts(stream: Stream) -> list[int]:
    """For each piece, in which stretch between pieces of prose it stands."""
    parts, part = [], 0
    covered = {p for h in stream.hits for p in range(h.start, h.end + 1)}
    for i, piece in enumerate(stream.pieces):
        part += piece.heading or (piece.is_long and i not in covered)
        parts.append(part)
    return parts


Row = tuple[list[Hit], Group | None]


def _rows(hits: Sequence[Hit], groups: Sequence[Group], bound: dict[int, int], shape: _Shape) -> Iterator[Row]:
    """Header labels and groups in reading order: a row of labels, or a label with its figures."""
    events: list[tuple[int, int, Hit | None, int]] = []
    events += [(h.start, 0, h, -1) for i, h in enumerate(hits) if i not in bound.values()]
    events += [(group.pieces[0], 1, None, g) for g, group in enumerate(groups)]
    run: list[Hit] = []
    for _, _, hit, g in sorted(events, key=lambda e: (e[0], e[1])):
        if hit is not None and (hit.name.column or shape.code(hit) is None):
            run.append(hit)
            continue
        if _is_header(run):
            yield run, None
        run = []
        if hit is None:
            yield ([hits[bound[g]]] if g in bound else []), groups[g]
        else:
            yield [hit], None
    if _is_header(run):
        yield run, None


def _is_header(run: Sequence[Hit]) -> bool:
    """A 其他 or 总计 by itself is what is left of a torn label, no header."""
    return len(run) > 1 or any(not h.name.vague for h in run)


def _grid(stream: Stream, number: int, rows: Iterator[Row], pages: frozenset[int]) -> Grid:
    cells: list[Cell] = []
    for r, (labels, group) in enumerate(rows):
        texts = [(_joined(h, stream.pieces[h.start]), stream.pieces[h.start]) for h in labels]
        if labels and group:
            units = [p for p in stream.pieces[labels[-1].end + 1 : group.pieces[0]] if p.aside and is_unit(p.text)]
            texts += [(p.text, p) for p in units[-1:]]
        places = list(group.pieces if group else ())
        figures = [(stream.pieces[p].text, stream.pieces[p]) for p in places]
        maybe = [*(False for _ in texts), *(p in pages for p in places)]
        for c, ((text, piece), page) in enumerate(zip([*texts, *figures], maybe, strict=True)):
            cells.append(Cell(number, r, c, text, page=piece.page, line=piece.line, maybe_page=page))
    return Grid(number, tuple(cells), ragged=True, folded=True)


def _joined(hit: Hit, piece: Piece) -> str:
    """The label as the form words it where it was torn, as printed where it was not."""
    return hit.text if hit.start == hit.end and piece.words == hit.name.text else hit.name.text
