"""Characters over which a box was filled after they were drawn, as editors of documents correct: they are not seen.

A box over most of a page hides what is under it where the page is written on it anew. Where nothing follows, it is
taken for a tint over the whole page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from pipeline.readers.pdf.page import Area, Page, Ruling

_ROW = 16  # points: characters are looked for by rows of that height
_LARGEST = 0.5  # of the page: a larger box is no correction
_ANEW = 0.25  # of the characters under a larger box: how many are written on it at the least
_FEW = 10  # characters: a mark or the number of a page
MAX_SHEETS = 50  # of a page: for each of them all that it shows is looked at

Fill = tuple[Area, int]  # a box that is filled, and how many characters of the page were drawn before


class Sheet(NamedTuple):
    """A box over most of a page, and how much of the page was drawn before: characters, level and upright rulings."""

    box: Area
    chars: int
    level: int
    upright: int


def is_large(box: Area, page: Page) -> bool:
    """True for a box over most of a page."""
    return (box[2] - box[0]) * (box[3] - box[1]) >= _LARGEST * page.width * page.height


def painted_over(page: Page, fills: Sequence[Fill]) -> frozenset[int]:
    """The numbers of the characters under boxes that were filled afterwards."""
    fills = [(box, n) for box, n in fills if n]
    large = [f for f in fills if is_large(f[0], page)][-MAX_SHEETS:]
    fills = [f for f in fills if not is_large(f[0], page)] + [f for f in large if _is_written_on(page, *f)]
    if not fills:
        return frozenset()
    rows: dict[int, list[int]] = {}
    for i, char in enumerate(page.chars):
        rows.setdefault(int((char.y0 + char.y1) / 2 // _ROW), []).append(i)
    return frozenset(i for fill in fills for i in _under(fill, page, rows))


def take_rulings(page: Page, sheets: Sequence[Sheet]) -> None:
    """Take the rulings off a page over which it was written anew."""
    over = [s for s in sheets[-MAX_SHEETS:] if _is_written_on(page, s.box, s.chars)]
    if over:
        level = [(s.level, (s.box[1], s.box[3]), (s.box[0], s.box[2])) for s in over]
        upright = [(s.upright, (s.box[0], s.box[2]), (s.box[1], s.box[3])) for s in over]
        page.level, page.upright = _bare(page.level, level), _bare(page.upright, upright)


_Span = tuple[float, float]


def _bare(rulings: Sequence[Ruling], sheets: Sequence[tuple[int, _Span, _Span]]) -> list[Ruling]:
    """The rulings that are under no sheet: each with how many there were before, and where it lies across and along."""
    return [
        r
        for i, r in enumerate(rulings)
        if not any(
            i < before and at[0] <= r.at <= at[1] and along[0] <= (r.start + r.end) / 2 <= along[1]
            for before, at, along in sheets
        )
    ]


def _is_written_on(page: Page, box: Area, before: int) -> bool:
    on = [i for i, c in enumerate(page.chars) if box[0] <= (c.x0 + c.x1) / 2 <= box[2] and box[1] <= c.y1 <= box[3]]
    after = sum(i >= before for i in on)
    return after >= max(_FEW, _ANEW * (len(on) - after))


def hide(page: Page, hidden: Collection[int]) -> None:
    """Mark characters as unseen, by their numbers."""
    if hidden:
        page.unseen += (page.chars[i] for i in sorted(hidden))
        page.chars = [c for i, c in enumerate(page.chars) if i not in hidden]


def _under(fill: Fill, page: Page, rows: dict[int, list[int]]) -> Iterator[int]:
    (x0, y0, x1, y1), before = fill
    for row in range(int(y0 // _ROW), int(y1 // _ROW) + 1):
        for i in rows.get(row, ()):
            char = page.chars[i]
            if i < before and x0 <= (char.x0 + char.x1) / 2 <= x1 and y0 <= (char.y0 + char.y1) / 2 <= y1:
                yield i
