"""Figures that are drawn, not written: outlines of digits, the strokes of a pen, digits of seven bars.

Nobody reads these. A cell with such a drawing and no text is not blank, and a figure beside which one stands is not
whole: the cell gets the sign of an object, so that it is told. A drawing is known by its size and its place: well
within one cell and about as high as a line of its text. Rulings, fills, diagonals, boxes to be ticked, specks, and
what reaches over several cells are none; a level stroke alone is a dash, and that cell is blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.numbers import OBJECT, figure
from pipeline.readers.pdf.page import Area, Char, Page

_SHOWING = 200  # characters
_LEAST, _MOST = 0.4, 2.0  # of the font size: how high a figure is
_FLAT = 0.15  # of the font size: a stroke no higher is level
_OFF_WALLS = 3.0  # points: strokes nearer to the side of a cell along which they run are its border
_OFF_ENDS = 0.5  # points: strokes that end nearer to it are the beginning of a border
_WIDE, _HIGH = 0.6, 0.5  # of a cell: what is larger both ways is a diagonal or a frame
_SQUARE = 1.25  # how much higher than wide a box to be ticked may be
_NEXT = 1.5  # of the font size: how far what belongs to a figure stands from it
_BELOW = 0.14  # of the font size: a stroke below the base line
_SPECK = 0.06  # of the font size: what is smaller each way is no point
_UPON = 0.3  # of a stroke or a letter: as much of it lies over the other one that goes with it


_MOST_PIECES = 5_000  # outside of tables: more of them are a drawing
_FEW_DIGITS = 2  # of a line: one of figures has more
_ACROSS, _DOWN = 0.7, 0.2  # of the font size: how far the pieces of a figure are from each other


class Piece(NamedTuple):
    """A part of a drawing: its box, and whether it is a level or upright stroke."""

    x0: float
    y0: float
    x1: float
    y1: float
    is_straight: bool


def size_of(chars: Sequence[Char]) -> float:
    """The size of the small letters among characters; 0 where there are none. A few of them show it."""
    sizes = sorted([c.size for c in chars[:: len(chars) // _SHOWING + 1]])
    return sizes[len(sizes) // 10] if sizes else 0.0


def pieces_of(page: Page, size: float) -> list[Piece]:
    """What of a page may be part of a figure that is drawn in text of that size."""
    longest = _MOST * size
    return [
        *(Piece(*box, False) for box in page.ink if box[3] - box[1] <= longest),
        *(Piece(r.start, r.at, r.end, r.at, True) for r in page.level if r.end - r.start <= longest),
        *(Piece(r.at, r.start, r.at, r.end, True) for r in page.upright if r.end - r.start <= longest),
    ]


def signs_of(pieces: Sequence[Piece], chars: Sequence[Char], size: float) -> list[Char]:
    """A sign of an object for each figure that is drawn in a line of figures, apart from its text."""
    pieces = [p for p in pieces if not p.is_straight or p.x1 - p.x0 <= size]
    if len(pieces) > _MOST_PIECES:  # the sides of outlines are among them
        pieces = [p for p in pieces if not p.is_straight]
    if not pieces or len(pieces) > _MOST_PIECES:
        return []
    made = []
    for group in _groups(pieces, size):
        if _is_figure(group, size):
            left, top, right, bottom = _around(group)
            middle = (top + bottom) / 2
            line = [c for c in chars if c.y0 <= middle <= c.y1 and not c.text.isspace()]
            is_apart = all(c.x1 + size <= left or right + size <= c.x0 for c in line)
            if is_apart and sum(c.text.isdigit() for c in line) >= _FEW_DIGITS:
                made.append(Char(left, middle - size / 2, right, middle + size / 2, OBJECT, size))
    return made


def _groups(pieces: Sequence[Piece], size: float) -> list[list[Piece]]:
    """The pieces that stand near each other, such as the digits of a figure: found from left to right."""
    ended: list[list[Piece]] = []
    going_on: list[tuple[Area, list[Piece]]] = []
    for piece in sorted(pieces):
        box, own = piece[:4], [piece]
        others: list[tuple[Area, list[Piece]]] = []
        for around, group in going_on:
            if around[2] + _ACROSS * size < piece.x0:
                ended.append(group)
            elif max(around[1], box[1]) - min(around[3], box[3]) <= _DOWN * size:
                own = [*group, *own]
                box = min(around[0], box[0]), min(around[1], box[1]), max(around[2], box[2]), max(around[3], box[3])
            else:
                others.append((around, group))
        going_on = [*others, (box, own)]
    return [*ended, *(group for _, group in going_on)]


def _around(pieces: Sequence[Piece]) -> Area:
    lefts, tops, rights, bottoms, _ = zip(*pieces, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _is_within(piece: Piece, place: Area) -> bool:
    """True for a piece that stands well within a cell, and is no part of its border."""
    left, top, right, bottom = place
    across = down = 0.0
    if piece.is_straight:
        is_level = piece.x1 - piece.x0 >= piece.y1 - piece.y0
        walls = min(_OFF_WALLS, 0.15 * ((bottom - top) if is_level else (right - left)))
        across, down = (_OFF_ENDS, walls) if is_level else (walls, _OFF_ENDS)
    return (
        left + across <= piece.x0
        and piece.x1 <= right - across
        and top + down <= piece.y0
        and piece.y1 <= bottom - down
    )


def is_drawn(pieces: Sequence[Piece], place: Area, chars: Sequence[Char], size: float) -> bool:
    """True where the pieces within a cell are a figure, or a part of the one that its characters are."""
    wide, high = place[2] - place[0], place[3] - place[1]
    pieces = [
        p for p in pieces if _is_within(p, place) and (p.x1 - p.x0 <= _WIDE * wide or p.y1 - p.y0 <= _HIGH * high)
    ]
    printed = [c for c in chars if not c.text.isspace()]
    if not pieces:
        return False
    if not printed:
        return _is_figure(pieces, size)
    if figure("".join(c.text for c in printed)).kind != "number":
        return False
    return any(any(_is_beside(p, c) for c in printed) and not any(_is_upon(p, c) for c in printed) for p in pieces)


def _is_beside(piece: Piece, char: Char) -> bool:
    """True for a piece that stands on the line of a character, and near it."""
    reach, middle = _NEXT * char.size, (piece.y0 + piece.y1) / 2
    if max(piece.x1 - piece.x0, piece.y1 - piece.y0) < _SPECK * char.size:
        return False
    return (
        char.y0 <= piece.y0 <= middle <= char.y1 - _BELOW * char.size
        and piece.x0 - char.x1 <= reach
        and char.x0 - piece.x1 <= reach
    )


def _is_upon(piece: Piece, char: Char) -> bool:
    """True for a piece that lies over or under a character, as what underlines or rings it does."""
    return min(piece.x1, char.x1) - max(piece.x0, char.x0) > _UPON * min(piece.x1 - piece.x0 + 1, char.x1 - char.x0)


def _is_figure(pieces: Sequence[Piece], size: float) -> bool:
    left, top, right, bottom = _around(pieces)
    if all(p.y1 - p.y0 <= _FLAT * size for p in pieces) or not _LEAST * size <= bottom - top <= _MOST * size:
        return False
    return not (_is_frame(pieces, (left, top, right, bottom)) and bottom - top <= _SQUARE * (right - left))


def _is_frame(pieces: Sequence[Piece], box: Area) -> bool:
    """True where strokes are the four sides of the box around them, and nothing is in it."""
    left, top, right, bottom = box
    sides = {(p.x1 == left, p.x0 == right, p.y1 == top, p.y0 == bottom) for p in pieces}
    return len(sides) == 4 and all(p.is_straight for p in pieces) and all(map(any, sides))
