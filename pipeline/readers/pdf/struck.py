"""Characters with a line drawn through them: they are struck, and the line borders nothing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from pipeline.readers.pdf.page import Char, Page, Ruling

_LONGEST = 150.0  # points: a longer line rules a page
_THROUGH = 0.22  # of the font size: how far from the middle of a character such a line runs
_ROUNDING = 0.01  # points: more than sums of heights are off by
_BEYOND = 0.8  # of the font size: how far it reaches over the text at either end


def without_struck(page: Page) -> Page:
    """The page with its struck characters among those that are not seen, and without the lines through them."""
    short = [r for r in page.level if 1.0 < r.end - r.start <= _LONGEST]
    if not short:
        return page
    heights = {int(r.at) for r in short}
    near = [c for c in page.chars if (m := int((c.y0 + c.y1) / 2)) in heights or m - 1 in heights or m + 1 in heights]
    if not near:
        return page
    near.sort(key=_middle)
    middles = [_middle(c) for c in near]
    reach = _THROUGH * max(c.size for c in near) + _ROUNDING

    def beside(at: float) -> Sequence[Char]:
        return near[bisect_left(middles, at - reach) : bisect_right(middles, at + reach)]

    lines = {r: found for r in short if (found := _through(r, beside(r.at)))}
    struck = {id(c) for found in lines.values() for c in found}
    if not struck:
        return page
    return replace(
        page,
        chars=[c for c in page.chars if id(c) not in struck],
        unseen=[*page.unseen, *(c for c in page.chars if id(c) in struck)],
        level=[r for r in page.level if r not in lines],
    )


def _middle(char: Char) -> float:
    return (char.y0 + char.y1) / 2


def _through(line: Ruling, chars: Sequence[Char]) -> list[Char]:
    """The characters that a line runs through, if it is hardly longer than they are; a border is."""
    found = [c for c in chars if _runs_through(line, c)]
    if not found:
        return []
    size = max(c.size for c in found)
    left, right = min(c.x0 for c in found), max(c.x1 for c in found)
    return found if left - line.start <= _BEYOND * size and line.end - right <= _BEYOND * size else []


def _runs_through(line: Ruling, char: Char) -> bool:
    if char.text.isspace() or abs(_middle(char) - line.at) > _THROUGH * char.size:
        return False
    return line.start <= (char.x0 + char.x1) / 2 <= line.end
