"""One table of a dump while it is put together: which label each group of figures belongs to.

What does *not* belong here: the grid that is made of it (`rows`), and which words are labels (`labels`).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, pairwise, takewhile

from pipeline.forms.indicators import is_unit
from pipeline.layout.dumps.model import LEAST_PREFIX, PROSE, Group, Hit, Name, Piece, Stream
from pipeline.layout.dumps.shape import Shape, is_shifted
from pipeline.layout.periods import names_another_period
from pipeline.numbers import COUNTING_UNITS

_BODY = re.compile("(?:[局委厅处院署镇乡区县市]|中心|街道|办事处|委员会|政府)$")


@dataclass(eq=False)
class DraftRow:
    """Figures that stand together, and the label of their row once it is found."""

    group: Group
    label: Hit | None = None

    @property
    def first(self) -> int:
        """The first of its pieces."""
        return self.group.pieces[0]

    @property
    def last(self) -> int:
        """The last of its pieces."""
        return self.group.pieces[-1]

    def __len__(self) -> int:
        """How many figures it has, blank ones included."""
        return len(self.group.pieces)


class Draft:
    """The labels of a table and its rows, as far as they are known."""

    def __init__(self, stream: Stream, shape: Shape, hits: Sequence[Hit], groups: Sequence[Group]) -> None:
        self.shape = shape
        self.hits = list(hits)
        self.rows = [DraftRow(g) for g in groups]
        self._stream = stream

    @property
    def taken(self) -> frozenset[Hit]:
        """The labels that have figures."""
        return frozenset(r.label for r in self.rows if r.label)

    @property
    def bound(self) -> list[DraftRow]:
        """The rows whose label is known."""
        return [r for r in self.rows if r.label]

    def text(self, piece: int) -> str:
        """What a piece prints."""
        return self._stream.pieces[piece].text

    def bind_near(self) -> None:
        """Gives groups the label on their line, or right before or around them and alone in that place.

        All figures behind a label and its unit belong to the row, even if there are too many: then the row is refused
        by name.
        """
        pieces, shape = self._stream.pieces, self.shape
        after, taken = -1, set[Hit]()
        for row in self.rows:
            first, last, size = row.first, row.last, len(row)
            rows = [h for h in self.hits if h.start < first and shape.code(h) and h not in taken]
            same = [h for h in rows if pieces[h.end].paragraph == pieces[first].paragraph and h.end < first]
            around = [h for h in rows if h.end > last]
            before = [h for h in rows if after < h.end < first]
            following = [h for h in before if _is_next(pieces, h.end, first)]
            adjacent = following if pieces[first].alone else []
            if (
                shape.is_indicator
            ):  # a figure has one label: what else is printed between them names another row, or is a cell
                before = following
            choice = same[-1:] or around[-1:] or adjacent or (before if len(before) == 1 else [])
            behind_unit = shape.is_indicator and choice == adjacent and is_unit(pieces[first - 1].text)
            if choice and same and (wanted := shape.sizes[shape.code(choice[0]) or ""]) < size:
                row.group = _without_padding(row.group, wanted, pieces)
            more = self._added_above(choice[0]) if choice else 0
            if choice and (same or behind_unit or _fits(choice[0], size, shape, more, loose=choice == adjacent)):
                row.label = choice[0]
                taken.add(choice[0])
            after = row.last

    def _added_above(self, label: Hit) -> int:
        """How many heads that are in no form the nearest header above a row's label prints."""
        above = (h for h in reversed(self.hits) if h.start < label.start)
        header = takewhile(lambda h: h.name.column, dropwhile(lambda h: not h.name.column, above))
        return sum(h.name.strange for h in header)

    def bind_between(self) -> None:
        """Gives groups between bound rows their labels in order, where as many rows are left, all of them printed.

        A 总计 above these rows is the head of a column.
        """
        order, taken = self.shape.order, self.taken
        codes = {h: self.shape.code(h) for h in self.hits}
        free = {order[c]: h for h, c in codes.items() if c and h not in taken}
        named = {order[c] for h in taken if (c := codes[h])}
        anchors = [(-1, -1), *((n, order[c]) for n, r in enumerate(self.rows) if r.label and (c := codes[r.label]))]
        anchors.append((len(self.rows), len(order)))
        widest = max(self.shape.sizes.values())
        for (g0, r0), (g1, r1) in pairwise(anchors):
            open_rows = [row for row in self.rows[g0 + 1 : g1] if len(row) == widest]
            wanted = [r for r in range(r0 + 1, r1) if r not in named]
            above = self.rows[g0].first if g0 >= 0 else -1
            is_free = all(r in free and (free[r].start > above or not free[r].name.vague) for r in wanted)
            if open_rows and len(open_rows) == len(wanted) and is_free:
                for row, r in zip(open_rows, wanted, strict=True):
                    row.label = free[r]

    def bind_strangers(self) -> None:
        """Gives a row of their own to groups right after a label that is in no form, if as long as the row above.

        The labels are put behind the others.
        """
        pieces = self._stream.pieces
        covered = {p for h in self.hits for p in range(h.start, h.end + 1)}
        size = 0
        for row in self.rows:
            if row.label:
                size = self.shape.sizes[self.shape.code(row.label) or ""]
                continue
            at = row.first - 1
            while at > 0 and pieces[at].aside:
                at -= 1
            piece = pieces[at]
            taken = piece.figure or piece.heading or at in covered
            if not taken and LEAST_PREFIX <= len(piece.words) <= PROSE and self._is_sized(row, size):
                name = Name(piece.words, frozenset({self.shape.number}), frozenset(), column=False)
                row.label = Hit(name, self.shape.number, at, at, piece.text)
                self.hits.append(row.label)

    def _is_sized(self, row: DraftRow, size: int) -> bool:
        """True for as many figures as the row above has, or on an indicator table for fewer."""
        return len(row) == size or (self.shape.is_indicator and len(row) < size)

    def keep_own(self) -> None:
        """Leaves out parts of the narrative: those between prose that hold no row of the table.

        Also left out are labels without figures of rows that have them elsewhere.
        """
        shape, taken = self.shape, self.taken
        part = parts_of(self._stream)
        widest = max(shape.sizes.values())
        real = {part[r.first] for r in self.rows if r.label or (shape.nameless and 2 * len(r) >= widest)}
        done = {shape.code(h) for h in taken}

        def is_own(h: Hit) -> bool:
            code = shape.code(h)
            return part[h.start] in real and (h.name.column or code is None or code not in done)

        self.hits = [h for h in self.hits if h in taken or is_own(h)]
        self.rows = [r for r in self.rows if part[r.first] in real]

    def name_only_row(self) -> None:
        """Gives the only row of a table without labels the word before it, where that means other figures.

        It names another period or body; `matching` refuses the row then, unless the year is the report's own.
        """
        for row in self.rows if self.shape.nameless else ():
            at = row.first - 1
            covered = any(h.start <= at <= h.end for h in self._stream.hits)
            if at >= 0 and not covered and _names_others(self._stream.pieces[at]):
                piece = self._stream.pieces[at]
                name = Name(piece.words, frozenset({self.shape.number}), frozenset(), column=False)
                row.label = Hit(name, self.shape.number, at, at, piece.text)
                self.hits.append(row.label)

    def take_rest(self) -> None:
        """Adds to rows the words before and behind their figures, and a group of such words where a row has no other.

        The lines go into the grid with everything that they print.
        """
        covered = {p for h in (*self.hits, *self._stream.hits) for p in range(h.start, h.end + 1)}
        row_of = {r.label: r for r in self.bound}
        for hit in self.hits:
            row = row_of.get(hit)
            if row is None and (hit.name.column or self.shape.code(hit) is None):
                continue
            rest = _rest_of_line(self._stream, row.last if row else hit.end, covered)
            if row:
                row.group = Group((*_between(self._stream, hit.end, row.first, covered), *row.group.pieces))
            if rest and row:
                row.group = Group((*row.group.pieces, *rest))
            elif rest and not any(is_prose(self._stream, p) for p in rest):
                self.rows.append(DraftRow(Group(rest), hit))


def _names_others(piece: Piece) -> bool:
    """True for a short text that names another period or a body."""
    is_text = not (piece.figure or piece.heading) and len(piece.words) <= PROSE
    return is_text and (names_another_period(piece.words) or bool(_BODY.search(piece.words)))


def is_prose(stream: Stream, piece: int) -> bool:
    """True for a piece that ends a table: a heading, or a long one without any label."""
    found = stream.pieces[piece]
    return found.heading or (found.is_long and not any(h.start <= piece <= h.end for h in stream.hits))


def _without_padding(group: Group, size: int, pieces: Sequence[Piece]) -> Group:
    """The group without blank cells that pad its line, where what is left is as long as the row."""
    rest = group.pieces[size:]
    is_padded = not any(pieces[p].text for p in rest) and not is_shifted(group, size, pieces)
    return Group(group.pieces[:size]) if is_padded else group


def _is_next(pieces: Sequence[Piece], label_end: int, first: int) -> bool:
    """True where nothing but a unit, a number or a remark stands between a label and the first figure."""
    return all(p.aside or not (p.words or p.figure) for p in pieces[label_end + 1 : first])


def _fits(hit: Hit, figures: int, shape: Shape, more: int, *, loose: bool) -> bool:
    """True for as many figures as the row has; one a line below the label (`loose`), for fewer or more as well.

    Blanks may be dropped, and a column added, where the identities can tell which or the header has `more` heads than
    the form's; of a row of an indicator table it is told. A single figure may be a page's number, but not right below
    the label of such a row.
    """
    code = shape.code(hit)
    if code is None:
        return False
    least = 1 if shape.is_indicator else 2
    most = max(shape.sizes[code] * (2 if shape.guarded or shape.is_indicator else 1), shape.sizes[code] + more)
    return figures == shape.sizes[code] or (loose and least <= figures <= most)


def _between(stream: Stream, label_end: int, first: int, covered: Container[int]) -> Iterator[int]:
    """The words between a label and its figures, on the line of these or each on its own line."""
    for p in range(label_end + 1, first):
        piece = stream.pieces[p]
        is_near = piece.paragraph == stream.pieces[first].paragraph or (piece.alone and stream.pieces[first].alone)
        is_word = piece.words and not piece.figure and not piece.aside and piece.words not in COUNTING_UNITS
        if is_near and is_word and p not in covered and not is_prose(stream, p):
            yield p


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


def parts_of(stream: Stream) -> list[int]:
    """For each piece, in which stretch between pieces of prose it stands."""
    parts, part = [], 0
    covered = {p for h in stream.hits for p in range(h.start, h.end + 1)}
    for i, piece in enumerate(stream.pieces):
        part += piece.heading or (piece.is_long and i not in covered)
        parts.append(part)
    return parts
