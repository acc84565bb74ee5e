"""Rulings and characters of one page to tables: lines → frames (`frames`) → walls → cells.

Lines that touch belong to one table. The ends of its upright lines count as borders even where none is drawn,
since some programs leave a table open where the page ends. What stands in no table is left over as lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.marks import OBJECT, Shown, marked, shown
from pipeline.readers.pdf.drawn import Piece, is_drawn, pieces_of, signs_of, size_of
from pipeline.readers.pdf.frames import NEAR, Frame, between, frames_of, nearest
from pipeline.readers.pdf.lines import TextLine, lines_of, with_figures_beside
from pipeline.readers.pdf.page import Area, Char, Page, Ruling
from pipeline.readers.pdf.raised import has_sizes, raised, without_raised
from pipeline.readers.refused import Refused

MAX_SLOTS = 100_000

_COVERED = 0.6  # of a cell's side: what must be drawn of its border


@dataclass(frozen=True, slots=True)
class Box:
    """A cell by the rows and columns of its table, with the lines printed in it.

    `place` is what is ruled off for it on its page: left, top, right, bottom. `notes` is what is raised or lowered in
    it, `unseen` what the file draws there without anybody seeing it, `pictures` how many images stand in it.
    """

    row: int
    col: int
    row_span: int
    col_span: int
    page: int
    lines: tuple[TextLine, ...] = ()
    place: Area = field(default=(0.0, 0.0, 0.0, 0.0), repr=False, compare=False)
    notes: str = ""
    unseen: str = ""
    pictures: int = 0

    @property
    def shown(self) -> Shown:
        """The text that a person sees in it, line by line.

        Only a cell that goes on on the next page has its figure in one piece: it was put together because it is so.
        On one page a narrow cell may hold one broken figure or two, which is for the identities to say.
        """
        content = self.lines[0].text if self.lines else ""
        if len(self.lines) < 2 and not (self.notes or self.unseen or self.pictures):
            return shown(content)
        for before, line in pairwise(self.lines):
            goes_on = content[-1:].isdigit() and line.text[:1].isdigit() and before.page != line.page
            content += line.text if goes_on else f"\n{line.text}"
        content += self.pictures * OBJECT
        return shown(content + marked(self.notes, "raised") + marked(self.unseen, "hidden"))

    @property
    def text(self) -> str:
        """The printed text, in one piece."""
        return self.shown.text

    @property
    def extent(self) -> Area:
        """Its place on the page where its text begins, including text that reaches over its borders."""
        left, top, right, bottom = self.place
        for line in self.lines:
            if line.page == self.lines[0].page:
                left, top = min(left, line.x0), min(top, line.top)
                right, bottom = max(right, line.x1), max(bottom, line.bottom)
        return round(left, 2), round(top, 2), round(right, 2), round(bottom, 2)


def box_around(row: int, col: int, span: int, lines: tuple[TextLine, ...], page: int) -> Box:
    """A cell for which nothing is ruled off, over `span` columns: its place is that of its lines."""
    place = (
        min((x.x0 for x in lines), default=0.0),
        min((x.top for x in lines), default=0.0),
        max((x.x1 for x in lines), default=0.0),
        max((x.bottom for x in lines), default=0.0),
    )
    return Box(row, col, 1, span, page, lines, place)


@dataclass(frozen=True)
class RuledTable:
    """A table, or what one page shows of it: the edges of its columns, the number of its rows, its cells.

    `is_open` says that no border is drawn at the bottom. `last` is the last part of a table joined over page breaks.
    An `unruled` table has no rulings: its columns are where its words stand.
    """

    edges: tuple[float, ...]
    rows: int
    boxes: tuple[Box, ...]
    page: int
    top: float
    bottom: float
    is_open: bool = False
    last: RuledTable | None = None
    unruled: bool = False


def tables_of(page: Page) -> tuple[list[RuledTable], list[TextLine]]:
    """The tables of a page from top to bottom, and the lines of text outside of them."""
    frames = [f for f in frames_of(page) if f.xs and f.ys]
    inner_first = sorted(frames, key=lambda f: f.area)
    outside: list[Char] = []
    places = [(f.xs[0], f.xs[-1], f.ys[0], f.ys[-1], f.chars) for f in inner_first]
    for char in page.chars:
        x, y = (char.x0 + char.x1) / 2, (char.y0 + char.y1) / 2
        for left, right, top, bottom, held in places:
            if left <= x <= right and top <= y <= bottom:
                held.append(char)
                break
        else:
            outside.append(char)
    made = []
    size = size_of(page.chars)
    pieces = pieces_of(page, size)
    for frame in frames:
        if any(frame.encloses(f) for f in frames if f is not frame):
            outside += frame.chars  # it lays out the page: its text is the page's, the tables are within
        else:
            made.append(_table(frame, page, _Drawings(pieces, size)))
    if pieces:
        outside += signs_of([p for p in pieces if not any(f.holds(p.x0, p.y0) for f in frames)], outside, size)
    return sorted(made, key=lambda t: t.top), with_figures_beside(lines_of(without_raised(outside), page.number))


@dataclass(frozen=True, slots=True)
class _Drawings:
    """The pieces of what is drawn on a page, and the size of its text."""

    pieces: Sequence[Piece]
    size: float

    def by_cell(self, frame: Frame, owner: Mapping[tuple[int, int], int]) -> dict[int, list[Piece]]:
        """The pieces in the frame of a table, by the number of the cell in which their middle lies."""
        found: dict[int, list[Piece]] = {}
        left, right, top, bottom = frame.xs[0], frame.xs[-1], frame.ys[0], frame.ys[-1]
        for piece in self.pieces:
            x, y = (piece.x0 + piece.x1) / 2, (piece.y0 + piece.y1) / 2
            if left < x < right and top < y < bottom:
                found.setdefault(owner[between(frame.ys, y), between(frame.xs, x)], []).append(piece)
        return found


def _table(frame: Frame, of_page: Page, drawings: _Drawings) -> RuledTable:
    page = of_page.number
    xs, ys = frame.xs, frame.ys
    if (len(xs) - 1) * (len(ys) - 1) > MAX_SLOTS:
        raise Refused("too-large", f"more than {MAX_SLOTS:,} cells on a page")
    cells = _cells(_walls(frame.upright, xs, ys), _walls(frame.level, ys, xs), len(ys) - 1, len(xs) - 1)
    owner = {slot: n for n, cell in enumerate(cells) for slot in cell.slots}
    chars: dict[int, list[Char]] = {}
    for char in frame.chars:
        col = between(xs, (char.x0 + char.x1) / 2)
        row = between(ys, (char.y0 + char.y1) / 2)
        chars.setdefault(owner[row, col], []).append(char)
    notes = _take_raised(chars) if has_sizes(frame.chars) else {}
    rows = {y: n for n, y in enumerate(sorted({y for c in cells for y in (c.top, c.bottom)}))}
    cols = {x: n for n, x in enumerate(sorted({x for c in cells for x in (c.left, c.right)}))}
    boxes = tuple(
        Box(
            rows[c.top],
            cols[c.left],
            rows[c.bottom] - rows[c.top],
            cols[c.right] - cols[c.left],
            page,
            lines_of(chars[n], page) if n in chars else (),
            (xs[c.left], ys[c.top], xs[c.right], ys[c.bottom]),
            "".join(char.text for char in notes.get(n, ())),
        )
        for n, c in enumerate(cells)
    )
    if _holds_any(frame, of_page):
        boxes = tuple(_with_unseen(box, of_page) for box in boxes)
    drawn = [n for n, pieces in drawings.by_cell(frame, owner).items()
             if is_drawn(pieces, boxes[n].place, chars.get(n, ()), drawings.size)]  # fmt: skip
    if drawn:
        boxes = tuple(replace(b, pictures=b.pictures + 1) if n in drawn else b for n, b in enumerate(boxes))
    is_closed = any(r.at >= ys[-1] - NEAR for r in frame.level)
    return RuledTable(tuple(xs[x] for x in cols), len(rows) - 1, boxes, page, ys[0], ys[-1], is_open=not is_closed)


def _take_raised(cells: dict[int, list[Char]]) -> dict[int, list[Char]]:
    """Take what is raised or lowered out of the characters of each cell."""
    notes = {cell: found for cell, chars in cells.items() if (found := raised(chars))}
    for cell, found in notes.items():
        gone = set(map(id, found))
        cells[cell] = [c for c in cells[cell] if id(c) not in gone]
    return notes


def _holds_any(frame: Frame, page: Page) -> bool:
    """True where anything unseen or a picture smaller than the table lies within it."""
    unseen = any(frame.holds(c.x0, c.y0) for c in page.unseen)
    return unseen or any(frame.holds(x0, y0) and frame.holds(x1, y1) for x0, y0, x1, y1 in page.pictures)


def _with_unseen(box: Box, page: Page) -> Box:
    """A cell with what is drawn in it unseen, and with the images that stand in it and are no larger."""
    left, top, right, bottom = box.place

    def holds(x: float, y: float) -> bool:
        return left <= x <= right and top <= y <= bottom

    unseen = "".join(c.text for c in page.unseen if holds((c.x0 + c.x1) / 2, (c.y0 + c.y1) / 2))
    inside = sum(
        holds((x0 + x1) / 2, (y0 + y1) / 2)
        and x1 - x0 <= right - left + NEAR
        and y1 - y0 <= bottom - top + NEAR
        and min(x1 - x0, y1 - y0) > NEAR
        for x0, y0, x1, y1 in page.pictures
    )
    return replace(box, unseen=unseen, pictures=inside) if unseen or inside else box


def _walls(rulings: Iterable[Ruling], across: Sequence[float], along: Sequence[float]) -> set[tuple[int, int]]:
    """Which edge is drawn at which interval: numbers into `across` and `along`."""
    drawn: dict[tuple[int, int], float] = {}
    for at, start, end in rulings:
        edge = nearest(across, at)
        for i in range(between(along, start), between(along, end) + 1):
            covered = min(end, along[i + 1]) - max(start, along[i])
            drawn[edge, i] = drawn.get((edge, i), 0.0) + max(covered, 0.0)
    return {(e, i) for (e, i), length in drawn.items() if length >= _COVERED * (along[i + 1] - along[i])}


@dataclass(frozen=True, slots=True)
class _Cells:
    """A cell by the numbers of its edges."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def slots(self) -> Iterator[tuple[int, int]]:
        return ((r, c) for r in range(self.top, self.bottom) for c in range(self.left, self.right))


def _cells(upright: set[tuple[int, int]], level: set[tuple[int, int]], rows: int, cols: int) -> list[_Cells]:
    """Rectangles without walls within, each as wide and then as high as it gets."""
    taken: set[tuple[int, int]] = set()
    found = []
    for row in range(rows):
        for col in range(cols):
            if (row, col) in taken:
                continue
            right = col + 1
            while right < cols and (right, row) not in upright and (row, right) not in taken:
                right += 1
            bottom = row + 1
            while bottom < rows and _goes_down(upright, level, bottom, col, right):
                bottom += 1
            cell = _Cells(row, col, bottom, right)
            taken.update(cell.slots)
            found.append(cell)
    return found


def _goes_down(upright: set[tuple[int, int]], level: set[tuple[int, int]], row: int, left: int, right: int) -> bool:
    """True where no wall stands above this row of the cell, nor within it."""
    return not any((row, c) in level for c in range(left, right)) and not any(
        (c, row) in upright for c in range(left + 1, right)
    )
