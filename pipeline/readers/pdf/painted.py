"""Characters over which a box was filled after they were drawn, as editors of documents correct: they are not seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.readers.pdf.page import Area, Page

_ROW = 16  # points: characters are looked for by rows of that height
_LARGEST = 0.5  # of the page: a larger box is no correction

Fill = tuple[Area, int]  # a box that is filled, and how many characters of the page were drawn before


def painted_over(page: Page, fills: Sequence[Fill]) -> frozenset[int]:
    """The numbers of the characters under boxes that were filled afterwards."""
    most = _LARGEST * page.width * page.height
    fills = [(f, n) for f, n in fills if n and (f[2] - f[0]) * (f[3] - f[1]) < most]
    if not fills:
        return frozenset()
    rows: dict[int, list[int]] = {}
    for i, char in enumerate(page.chars):
        rows.setdefault(int((char.y0 + char.y1) / 2 // _ROW), []).append(i)
    return frozenset(i for fill in fills for i in _under(fill, page, rows))


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
