"""Watermarks of letters no larger than the text: one string again and again at even steps, drawn over what is printed.

Lines of a table run through some of it, or other letters stand at its place; what is written into a table is never
crossed so. It stands aside, on all pages, as larger watermarks do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.readers.pdf.page import Char, Page, Ruling
from pipeline.readers.pdf.watermark import is_crossed

_LEAST = 6  # of one string on a page
_ROWS = 3  # in which they stand
_OVER = 0.15  # of them: how many are drawn over something
_EVEN = 1.0  # points: how far they may be from even steps
_STEP = 1.2  # of the font size: the least step
_UPON = 0.25  # of the font size: how far letters of two texts overlap each way
_ROW = 16  # points: letters are looked for by rows of that height

_Kind = tuple[str, float]  # the text of a string and the size of its letters


@dataclass(frozen=True, slots=True)
class _Tiles:
    """Where the strings of a watermark begin: at these places across, and from one height on at a step."""

    across: tuple[float, ...]
    start: float
    step: float

    def hold(self, char: Char) -> bool:
        """True for the first letter of one of them."""
        return any(abs(char.x0 - x) <= _EVEN for x in self.across) and _is_even(char.y1 - self.start, self.step)


def without_tiles(pages: Sequence[Page]) -> Sequence[Page]:
    """The pages with such watermarks among what is slanted; the same pages where they have none."""
    found = {kind: tiles for page in pages for kind, tiles in _tiles(page)}
    return [_without(page, found) for page in pages] if found else pages


def _tiles(page: Page) -> Iterator[tuple[_Kind, _Tiles]]:
    kinds: dict[_Kind, list[Sequence[Char]]] = {}
    for string in _strings(page.chars):
        if len(string) > 1:
            kinds.setdefault(_kind(string), []).append(string)
    many = {kind: strings for kind, strings in kinds.items() if len(strings) >= _LEAST and kind[0]}
    if not many:
        return
    places, level = _places(page.chars), sorted(page.level)
    for kind, strings in many.items():
        tiles = _laid(strings)
        if tiles and sum(_is_over(s, level, places) for s in strings) >= max(2, _OVER * len(strings)):
            yield kind, tiles


def _strings(chars: Sequence[Char]) -> Iterator[Sequence[Char]]:
    """The letters as they were drawn one behind the other, of the very same size and base line."""
    start = 0
    end, base, size = 0.0, float("nan"), 0.0
    for n, (x0, _, x1, y1, _, own) in enumerate(chars):
        if y1 != base or own != size or not -own < x0 - end < own:
            if n > start:
                yield chars[start:n]
            start, base, size = n, y1, own
        end = x1
    if chars:
        yield chars[start:]


def _kind(string: Sequence[Char]) -> _Kind:
    return "".join(c.text for c in string).strip(), round(string[0].size, 1)


def _laid(strings: Sequence[Sequence[Char]]) -> _Tiles | None:
    """The tiles that strings make; None where they stand at uneven steps."""
    across, down = _apart(s[0].x0 for s in strings), _apart(s[0].y1 for s in strings)
    if len(down) < _ROWS or 2 * len(across) > len(strings):
        return None
    step = min(b - a for a, b in pairwise(down))
    is_even = step >= _STEP * strings[0][0].size and all(_is_even(b - a, step) for a, b in pairwise(down))
    return _Tiles(tuple(across), down[0], step) if is_even else None


def _apart(places: Iterable[float]) -> list[float]:
    """The places in order, those next to each other once."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _EVEN:
            found.append(place)
    return found


def _is_even(distance: float, step: float) -> bool:
    return abs(distance - round(distance / step) * step) <= _EVEN


_Places = dict[int, list[Char]]


def _places(chars: Sequence[Char]) -> _Places:
    """The letters by the row of the page in which their middle lies."""
    places: _Places = {}
    for c in chars:
        if not c.text.isspace():
            places.setdefault(int((c.y0 + c.y1) / 2 // _ROW), []).append(c)
    return places


def _is_over(string: Sequence[Char], level: Sequence[Ruling], places: _Places) -> bool:
    """True for a string through which a line runs, or at whose place other letters stand."""
    own = set(map(id, string))
    row = int((string[0].y0 + string[0].y1) / 2 // _ROW)
    near = [c for n in (row - 1, row, row + 1) for c in places.get(n, ()) if id(c) not in own]
    left, right = string[0].x0, string[-1].x1
    near = [c for c in near if c.x1 > left and c.x0 < right]
    return any(is_crossed(c, level) or any(_are_upon(c, other) for other in near) for c in string)


def _are_upon(char: Char, other: Char) -> bool:
    """True for two different letters at one place; the same one drawn twice is bold."""
    least = _UPON * char.size
    across = min(char.x1, other.x1) - max(char.x0, other.x0)
    down = min(char.y1, other.y1) - max(char.y0, other.y0)
    return across >= least and down >= least and char.text != other.text and not char.text.isspace()


def _without(page: Page, found: dict[_Kind, _Tiles]) -> Page:
    strings = [s for s in _strings(page.chars) if (t := found.get(_kind(s))) and t.hold(s[0])]
    gone = {id(c) for s in strings for c in s}
    if not gone:
        return page
    return replace(
        page,
        chars=[c for c in page.chars if id(c) not in gone],
        slanted=[*page.slanted, *(c for c in page.chars if id(c) in gone)],
    )
