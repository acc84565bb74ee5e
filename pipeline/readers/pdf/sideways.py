"""Pages drawn sideways or upside down: text that runs up, down or back on a page which is not marked as turned.

A wide table is often turned by a quarter on an upright page. Nearly all characters of such a page follow each other up
or down; single words set one letter below the other are on every page and do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.readers.pdf.page import UNKNOWN, Area, Char, Page, Ruling

_LEAST = 60  # characters: fewer may be the labels of a narrow column
_NEARLY_ALL = 0.8
_BACK = 2  # the direction of text that is upside down
_NEAR = 2.0  # of the font size: how far a letter may be from the one before it on its line

_Turn = Callable[[float, float, float, float], Area]


def turned(page: Page) -> Page:
    """The page as a reader would hold it; the same page where it stands upright or that cannot be known."""
    down = _running(page.chars)
    if not down:
        return _without_flipped(page) if page.flipped else page
    if down == _BACK:
        return _upside_down(page)
    width, height = page.width, page.height

    def place(x0: float, y0: float, x1: float, y1: float) -> Area:
        return (y0, width - x1, y1, width - x0) if down > 0 else (height - y1, x0, height - y0, x1)

    return replace(
        page,
        width=height,
        height=width,
        chars=_placed(page.chars, place),
        slanted=_placed(page.slanted, place),
        unseen=_placed(page.unseen, place),
        pictures=[place(*p) for p in page.pictures],
        ink=[place(*p) for p in page.ink],
        level=[_as_level(place(u.at, u.start, u.at, u.end)) for u in page.upright],
        upright=[_as_upright(place(r.start, r.at, r.end, r.at)) for r in page.level],
    )


def _without_flipped(page: Page) -> Page:
    """The page with unknown characters for those that stand on their heads among others, or are mirrored."""
    flipped = {id(c) for c in page.flipped}
    if 2 * len(flipped) > len(page.chars):
        return page
    return replace(page, chars=[c._replace(text=UNKNOWN) if id(c) in flipped else c for c in page.chars])


def _upside_down(page: Page) -> Page:
    width, height = page.width, page.height

    def place(x0: float, y0: float, x1: float, y1: float) -> Area:
        return width - x1, height - y1, width - x0, height - y0

    return replace(
        page,
        chars=_placed(page.chars, place),
        slanted=_placed(page.slanted, place),
        unseen=_placed(page.unseen, place),
        pictures=[place(*p) for p in page.pictures],
        ink=[place(*p) for p in page.ink],
        level=[Ruling(height - r.at, width - r.end, width - r.start) for r in page.level],
        upright=[Ruling(width - r.at, height - r.end, height - r.start) for r in page.upright],
    )


def _placed(chars: Sequence[Char], place: _Turn) -> list[Char]:
    return [Char(*place(c.x0, c.y0, c.x1, c.y1), c.text, c.size) for c in chars]


def _as_level(box: Area) -> Ruling:
    return Ruling(box[1], box[0], box[2])


def _as_upright(box: Area) -> Ruling:
    return Ruling(box[0], box[1], box[3])


def _running(chars: Sequence[Char]) -> int:
    """1 where the text runs down the page, -1 where it runs up, `_BACK` where it runs from right to left.

    0 where it is level, or its direction is unclear.
    """
    down = up = level = back = 0
    for before, char in pairwise(chars):
        across, along = char.x0 - before.x0, char.y0 - before.y0
        reach = _NEAR * char.size
        if abs(across) > reach or abs(along) > reach or (not across and not along):
            continue
        if abs(across) > abs(along):
            level += across > 0
            back += across < 0
        elif along > 0:
            down += 1
        else:
            up += 1
    most = max(down, up, back)
    if most < _LEAST or most < _NEARLY_ALL * (down + up + level + back):
        return 0
    return _BACK if most == back else 1 if most == down else -1
