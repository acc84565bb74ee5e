"""Watermarks that are drawn level: large letters, some of them crossed by the lines of a table.

What is written into a table is never cut by its lines. Each string with such a letter is taken off the page, and with
it every other one of the same letters and size; it stands aside, as slanted ones do.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.readers.pdf.page import Char, Page, Ruling

_LARGER = 1.3  # than the letters of the page's text
_INNER = 0.2  # of the font size: a line nearer to the rim of a letter does not cross it
_SAME = 0.1  # of the font size: how far letters of one string may differ in size and base line


Letters = dict[int, set[str]]  # by size in points, rounded


def without_watermarks(pages: Sequence[Page]) -> Sequence[Page]:
    """The pages with their level watermarks among what is slanted; the same pages where they have none."""
    letters: Letters = {}
    for page in pages:
        level = sorted(page.level)
        for string in strings_of(_large(page)):
            if any(is_crossed(c, level) for c in string):
                letters.setdefault(round(string[0].size), set()).update(c.text for c in string)
    return [_without(page, letters) for page in pages] if letters else pages


def _large(page: Page) -> list[Char]:
    """The letters larger than those of the text, which may be fewer on a page than those of the mark."""
    if not page.level or not page.chars:
        return []
    sizes = sorted(c.size for c in page.chars)
    return [c for c in page.chars if c.size >= _LARGER * sizes[len(sizes) // 10]]


def _without(page: Page, letters: Letters) -> Page:
    strings = list(strings_of([c for c in page.chars if round(c.size) in letters]))
    gone = {id(c) for s in strings if {c.text for c in s} <= letters[round(s[0].size)] for c in s}
    return replace(
        page,
        chars=[c for c in page.chars if id(c) not in gone],
        slanted=[*page.slanted, *(c for c in page.chars if id(c) in gone)],
    )


def is_crossed(char: Char, level: Sequence[Ruling]) -> bool:
    """True for a letter through which one of the level lines runs, which come in order, and not at its rim."""
    if char.text.isspace():
        return False
    inner = _INNER * char.size
    top, bottom, x = char.y0 + inner, char.y1 - inner, (char.x0 + char.x1) / 2
    for n in range(bisect_left(level, (top,)), len(level)):
        at, start, end = level[n]
        if at >= bottom:
            return False
        if at > top and start <= x <= end:
            return True
    return False


def strings_of(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """The letters as they were drawn one behind the other, level and of one size."""
    string = list(chars[:1])
    for before, char in pairwise(chars):
        near = abs(char.y1 - before.y1) <= _SAME * char.size and abs(char.size - before.size) <= _SAME * char.size
        if not (near and -_SAME * char.size <= char.x0 - before.x1 <= char.size):
            yield string
            string = []
        string.append(char)
    if string:
        yield string
