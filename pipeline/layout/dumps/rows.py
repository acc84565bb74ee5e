"""Rows of a dump: pieces grouped under their labels, and the grid that they make.

What does *not* belong here: how lines are cut into pieces (`pieces`), which words are labels (`labels`), and to which
label figures belong (`draft`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.document import Cell, Grid
from pipeline.forms.indicators import is_unit
from pipeline.forms.model import Form, FormTable
from pipeline.layout.dumps.draft import Draft, is_prose
from pipeline.layout.dumps.heads import with_strange_heads
from pipeline.layout.dumps.model import Group, Hit, Piece, Stream
from pipeline.layout.dumps.page_numbers import doubtful
from pipeline.layout.dumps.shape import Shape
from pipeline.layout.dumps.unknown_groups import with_unknown_groups
from pipeline.layout.dumps.unknown_heads import with_unknown_heads
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
    draft = _draft(stream, table, hits)
    draft.bind_near()
    if not table.beside:  # a single figure between two rows may be anything
        draft.bind_between()
    if table.open:
        draft.bind_strangers()
    draft.keep_own()
    draft.name_only_row()
    if not draft.rows or (table.beside and not _looks_like_a_sheet(stream, draft)):
        return None
    draft.take_rest()
    pages = doubtful([r.group for r in draft.bound], stream.pieces, guarded=draft.shape.guarded)
    grid = _grid(stream, number, _rows(draft), pages)
    used = {p for h in draft.hits for p in (h.start, h.end)} | {p for r in draft.rows for p in r.group.pieces}
    return grid, {stream.pieces[p].paragraph for p in used}


def _draft(stream: Stream, table: FormTable, hits: Sequence[Hit]) -> Draft:
    """The labels and groups of a table, before any of them are put together."""
    named = list(_under_their_groups(hits, table))
    if table.beside:
        named, more = with_strange_heads(stream, named, table)
    else:
        named, more = with_unknown_groups(stream, with_unknown_heads(stream, named, table), table), 0
    shape = Shape.of(table, more)
    groups = [shape.trimmed(g, stream.pieces) for g in _groups_of(stream, table.number)]
    if table.beside:
        groups = [g for g in groups if not _is_stroke(g, named, shape, stream)]
    return Draft(stream, shape, named, groups)


def _looks_like_a_sheet(stream: Stream, draft: Draft) -> bool:
    """True where a header names the figures, most rows print their unit beside them, or most of the form's are there.

    Anything else is a list in a text.
    """
    if 2 * len(draft.bound) > len(draft.shape.order):
        return True
    between = [stream.pieces[r.label.end + 1 : r.first] for r in draft.rows if r.label]
    with_unit = sum(any(p.aside and is_unit(p.text) for p in pieces) for pieces in between)
    return any(h.name.column for h in draft.hits) or 2 * with_unit > len(between)


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


def _is_stroke(group: Group, hits: Sequence[Hit], shape: Shape, stream: Stream) -> bool:
    """True for strokes beside the label of a group, where an indicator table wants neither unit nor figure."""
    texts = [stream.pieces[p].text for p in group.pieces]
    before = [h for h in hits if h.end < group.pieces[0]]
    is_group = bool(before) and before[-1].end == group.pieces[0] - 1 and shape.code(before[-1]) is None
    return is_group and all(figure(t).kind in ("dash", "slash", "blank") for t in texts)


def _best_fit(table_no: int, forms: Sequence[Form], hits: Sequence[Hit]) -> FormTable:
    """The form's table that best fits the labels found: most of its lines are among them, and fewest are not."""
    printed = {h.name.text for h in hits}

    def fit(table: FormTable) -> tuple[int, int]:
        lines = [*table.rows, *(c for b in table.blocks for c in b.columns)]
        return sum(bool(line.names & printed) for line in lines), -len(lines)

    return max((t for f in forms for t in f.tables if t.number == table_no), key=fit)


def _groups_of(stream: Stream, table: int) -> list[Group]:
    """The groups of figures that follow a label of the table with no prose between."""
    found = []
    for group in stream.groups:
        first = group.pieces[0]
        before = max((h for h in stream.hits if h.start < first), key=lambda h: (h.start, h.end), default=None)
        if (
            before is None
            or before.table != table
            or not _printed(stream, group)
            or _pads_header(stream, group, before)
        ):
            continue
        if not any(is_prose(stream, p) for p in range(before.start + 1, first)):
            found.append(group)
    return found


def _pads_header(stream: Stream, group: Group, before: Hit) -> bool:
    """True for blank cells behind 总计 on a line that prints heads of columns: `| 自然人 | 总计 |||||`."""
    line = stream.pieces[group.pieces[0]].paragraph
    if not before.name.vague or any(stream.pieces[p].text for p in group.pieces):
        return False
    beside = (h for h in stream.hits if stream.pieces[h.start].paragraph == line == stream.pieces[h.end].paragraph)
    return any(h.name.column and not h.name.rows for h in beside)


def _printed(stream: Stream, group: Group) -> bool:
    """True where something is printed, or where cells stand side by side and are all blank."""
    return len(group.pieces) > 1 or bool(stream.pieces[group.pieces[0]].text)


Row = tuple[list[Hit], Group | None]


def _rows(draft: Draft) -> Iterator[Row]:
    """Header labels and groups in reading order: a row of labels, or a label with its figures."""
    events: list[tuple[int, int, Hit | None, Group | None]] = []
    taken = draft.taken
    events += [(h.start, 0, h, None) for h in draft.hits if h not in taken]
    events += [(r.first, 1, r.label, r.group) for r in draft.rows]
    run: list[Hit] = []
    in_order = sorted(events, key=lambda e: (e[0], e[1]))
    for n, (_, _, hit, group) in enumerate(in_order):
        if hit and not group and _is_head(hit, draft):
            run.append(hit)
            continue
        following = in_order[n + 1][2:] if n + 1 < len(in_order) else (None, None)
        if run and not hit and group and _is_head(following[0], draft) and not following[1] and _is_blank(group, draft):
            continue  # the fields that merged heads leave empty between the levels of a header
        if _is_header(run):
            yield run, None
        run = []
        yield ([hit] if hit else []), group
    if _is_header(run):
        yield run, None


def _is_head(hit: Hit | None, draft: Draft) -> bool:
    return hit is not None and (hit.name.column or draft.shape.code(hit) is None)


def _is_blank(group: Group, draft: Draft) -> bool:
    return not any(draft.text(p).strip() for p in group.pieces)


def _is_header(run: Sequence[Hit]) -> bool:
    """A 其他 or 总计 by itself is the rest of a torn label, not a header."""
    return len(run) > 1 or any(not h.name.vague for h in run)


def _grid(stream: Stream, number: int, rows: Iterator[Row], pages: frozenset[int]) -> Grid:
    cells: list[Cell] = []
    for r, (labels, group) in enumerate(rows):
        texts = [(h.text, stream.pieces[h.start]) for h in labels]
        if labels and group:
            units = [p for p in stream.pieces[labels[-1].end + 1 : group.pieces[0]] if p.aside and is_unit(p.text)]
            texts += [(p.text, p) for p in units[-1:]]
        places = list(group.pieces if group else ())
        figures = [(stream.pieces[p].text, stream.pieces[p]) for p in places]
        maybe = [*(False for _ in texts), *(p in pages for p in places)]
        for c, ((text, piece), page) in enumerate(zip([*texts, *figures], maybe, strict=True)):
            cells.append(Cell(number, r, c, text, page=piece.page, line=piece.line, maybe_page=page))
    return Grid(number, tuple(cells), ragged=True, folded=True)
