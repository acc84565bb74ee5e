"""Two pages on one sheet, as booklets are printed: the right one is laid below the left one.

A sheet is divided where it is wide, nothing stands in a gutter at its middle, and both halves have text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.readers.pdf.page import Area, Char, Page, Ruling

_WIDE = 1.2  # of the height
_GUTTER = 0.02  # of the width, on either side of the middle
_LEAST = 40  # characters on either half
_LEAST_LINES = 4


def divided(page: Page) -> Page:
    """The page with its right half below its left one; the same page where it is not a spread."""
    middle = page.width / 2
    if page.width < _WIDE * page.height or not _is_spread(page, middle):
        return page

    def place(x0: float, y0: float, x1: float, y1: float) -> Area:
        return (x0 - middle, y0 + page.height, x1 - middle, y1 + page.height) if x0 >= middle else (x0, y0, x1, y1)

    return replace(
        page,
        width=middle,
        height=2 * page.height,
        chars=[_moved(c, place(*c[:4])) for c in page.chars],
        slanted=[_moved(c, place(*c[:4])) for c in page.slanted],
        unseen=[_moved(c, place(*c[:4])) for c in page.unseen],
        pictures=[place(*p) for p in page.pictures],
        ink=[place(*p) for p in page.ink],
        level=[_level(place(r.start, r.at, r.end, r.at)) for r in page.level],
        upright=[_upright(place(r.at, r.start, r.at, r.end)) for r in page.upright],
        gutter=middle,
    )


def on_the_sheet(box: Area, page: Page) -> Area:
    """Where a box of a divided page stands on its sheet."""
    half = page.height / 2
    if not page.gutter or box[1] < half:
        return box
    return (box[0] + page.gutter, box[1] - half, box[2] + page.gutter, box[3] - half)


def _is_spread(page: Page, middle: float) -> bool:
    low, high = middle - _GUTTER * page.width, middle + _GUTTER * page.width
    reaches = [(c.x0, c.x1) for c in page.chars if not c.text.isspace()]
    reaches += [(r.start, r.end) for r in page.level] + [(r.at, r.at) for r in page.upright]
    reaches += [(p[0], p[2]) for p in page.pictures]
    if page.is_read or page.parts or any(x0 < high and x1 > low for x0, x1 in reaches):
        return False
    halves = [[c for c in page.chars if (c.x0 < middle) is left and not c.text.isspace()] for left in (True, False)]
    return all(len(half) >= _LEAST and _lines(half) >= _LEAST_LINES for half in halves)


def _lines(chars: Sequence[Char]) -> int:
    return len({round(c.y0) for c in chars})


def _moved(char: Char, place: Area) -> Char:
    return Char(*place, char.text, char.size)


def _level(place: Area) -> Ruling:
    return Ruling(place[1], place[0], place[2])


def _upright(place: Area) -> Ruling:
    return Ruling(place[0], place[1], place[3])
