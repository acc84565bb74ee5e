"""Characters that are raised or lowered beside others: the marks of notes, which are no part of a figure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.numbers import is_figure
from pipeline.readers.pdf.page import Char

_SMALLER = 0.84  # of the size of the figure beside it: the mark of a note; browsers print them at 5/6
_MUCH_SMALLER = 0.75  # of that size: a digit that stands on the base line too is no digit of the figure
_DESCENT = 0.12  # of the em, as the boxes of characters are made
_RISE = 0.12  # of that size: how far its base line differs
_BEHIND = 0.5  # of that size: how far from a figure its mark stands where no cell holds both
_MOST = 4  # characters of such a mark


def has_sizes(chars: Sequence[Char]) -> bool:
    """True where some characters are clearly smaller than others."""
    sizes = {c.size for c in chars}
    return len(sizes) > 1 and min(sizes) <= _SMALLER * max(sizes)


def raised(chars: Sequence[Char]) -> list[Char]:
    """The characters of a cell that are smaller than the others and stand higher or lower beside them.

    Digits that are much smaller stand behind a figure on its base line too.
    """
    largest = max((c.size for c in chars), default=0.0)
    small = [c for c in chars if c.size <= _SMALLER * largest]
    if not small:
        return []
    base = _median([c.y1 for c in chars if c.size > _SMALLER * largest])
    return [
        c for c in small if (_rises(c, base, largest) and _beside_large(c, chars)) or _is_behind_large_digit(c, chars)
    ]


def _is_behind_large_digit(small: Char, chars: Sequence[Char]) -> bool:
    """True for a digit right behind a much larger one on its line, with none as large behind it."""
    if not small.text.isdigit():
        return False
    larger = [c for c in chars if c.text.isdigit() and small.size < _MUCH_SMALLER * c.size and _is_on_line(small, c)]
    behind = any(-_RISE * c.size <= small.x0 - c.x1 <= _BEHIND * c.size for c in larger)
    return behind and all(c.x0 < small.x0 for c in larger)


def _is_on_line(small: Char, large: Char) -> bool:
    return large.y0 <= (small.y0 + small.y1) / 2 <= large.y1


def _rises(small: Char, base: float, largest: float) -> bool:
    """True for a base line higher or lower than that of the large ones; a box ends below it by a share of its size."""
    return abs(base - small.y1 - _DESCENT * (largest - small.size)) >= _RISE * largest


def _beside_large(small: Char, chars: Sequence[Char]) -> bool:
    """True where a larger character stands on the same line, at most a letter away."""
    middle = (small.y0 + small.y1) / 2
    larger = (c for c in chars if c.size > small.size / _SMALLER)
    return any(c.y0 - small.size <= middle <= c.y1 + small.size and _gap(small, c) < 3 * c.size for c in larger)


def _gap(a: Char, b: Char) -> float:
    return max(a.x0 - b.x1, b.x0 - a.x1)


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def without_raised(chars: Sequence[Char]) -> Sequence[Char]:
    """Characters outside of tables without the marks that are drawn right behind a figure that stands alone."""
    if not has_sizes(chars):
        return chars
    gone: set[int] = set()
    for n, (before, char) in enumerate(pairwise(chars), 1):
        if char.size <= _SMALLER * before.size and before.text.isdigit() and _is_behind(before, char):
            end = _end_of(chars, n)
            if end - n <= _MOST and _is_alone(chars, n, end):
                gone.update(range(n, end))
    return [c for n, c in enumerate(chars) if n not in gone] if gone else chars


def _is_behind(before: Char, char: Char) -> bool:
    """True for a mark that is raised or lowered at the end of a figure."""
    middle = (char.y0 + char.y1) / 2
    near = -_RISE * before.size <= char.x0 - before.x1 <= _BEHIND * before.size
    moved = _rises(char, before.y1, before.size) or (char.text.isdigit() and char.size < _MUCH_SMALLER * before.size)
    return near and before.y0 - char.size / 2 <= middle <= before.y1 and moved


def _end_of(chars: Sequence[Char], start: int) -> int:
    """Where a mark ends that begins at a number: it has one size and one base line."""
    end = start + 1
    while end < len(chars) and chars[end].size == chars[start].size and _is_next(chars[end - 1], chars[end]):
        end += 1
    return end


def _is_next(before: Char, char: Char) -> bool:
    near = _BEHIND * max(char.size, before.size)
    return abs(char.y1 - before.y1) <= near and -near <= char.x0 - before.x1 <= near


def _is_alone(chars: Sequence[Char], start: int, end: int) -> bool:
    """True where a figure stands before the mark, with nothing right before it or right behind the mark."""
    first = start - 1
    while first > 0 and _is_next(chars[first - 1], chars[first]):
        first -= 1
    goes_on = end < len(chars) and _is_next(chars[end - 1], chars[end])
    return not goes_on and is_figure("".join(c.text for c in chars[first:start]))
