"""One picture to the pages that it shows: ink → rulings → cells → printed lines → characters with their places.

What does *not* belong here: which pages of a file are pictures, and what a line says (`recognition`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from pipeline.readers.pdf.page import Char, Crop, Page
from pipeline.readers.scan.cleaning import halves, levelled, skew, smoothed, strengthened, without_seal
from pipeline.readers.scan.cutting import CutLine, blanks, cut
from pipeline.readers.scan.pictures import POINTS, Pixels
from pipeline.readers.scan.recogniser import Letter, Letters
from pipeline.readers.scan.recognition import Read, first_recogniser, narrowed, read_lines
from pipeline.readers.scan.wear import doubted, is_worn

_SAMPLE = 8  # the lines that show whether a page stands upright
_FLAT = 0.3  # ems: a lower one is a dash, which shows nothing
_LEGIBLE = 0.9  # in the mean of the letters: less, and the page may lie on its side
_CLEARLY = 0.1  # by how much more legible another side must be
_LETTERS = 3  # in such a line: fewer are as suspicious
_CLOSE = 0.9  # letters to an em of its length: lines of a page on its side are the letters of lines above each other


def pages(pixels: Pixels, first: int, *, only_tables: bool = False) -> Iterator[tuple[Pixels, Page]]:
    """The pages that a picture shows, numbered from `first`: one, or the two of a spread; each in level grey.

    With `only_tables` there are none where nothing stands in the cells of a table. Raises `Refused` where reading takes
    too long.
    """
    sheet = list(_sheet(pixels, first))
    if only_tables and not _has_cells(sheet):
        return
    for side in _upright(pixels, sheet):
        yield side.level, _read(side)


def levelled_pages(pixels: Pixels) -> list[Pixels]:
    """The pages that a picture shows, each in grey, upright and level as it is read."""
    return [side.level for side in _upright(pixels, list(_sheet(pixels, 1)))]


def shows_table(pixels: Pixels) -> bool:
    """True for a picture in which something stands in the cells of a table."""
    return _has_cells(list(_sheet(pixels, 1)))


class _Cut(NamedTuple):
    """A page in level grey, without its characters, and the lines on it."""

    level: Pixels
    page: Page
    lines: list[CutLine]


class _Sampled(NamedTuple):
    """The same with what the first recogniser reads of its longest lines, by their numbers."""

    level: Pixels
    page: Page
    lines: list[CutLine]
    sample: Mapping[int, Letters]


def _has_cells(sheet: Sequence[_Cut]) -> bool:
    return any(line.in_cell for side in sheet for line in side.lines)


def _sheet(pixels: Pixels, first: int) -> Iterator[_Cut]:
    """The pages of a sheet in grey, made level, with the lines on them."""
    plain, sealed = without_seal(pixels)
    shades = strengthened(plain)
    for number, columns in enumerate(halves(shades), start=first):
        half = np.ascontiguousarray(shades[:, columns])
        angle = skew(half)
        level = levelled(smoothed(half), angle)
        with_seal = levelled(np.ascontiguousarray(pixels[:, columns, 0]), angle) if sealed else level
        yield _Cut(level, *cut(level, number, with_seal))


def _upright(pixels: Pixels, sheet: Sequence[_Cut]) -> list[_Sampled]:
    """The pages of a sheet, turned by quarters so that they can be read, where others are clearly more legible."""
    as_it_lies = [_sampled(side, narrowed) for side in sheet]
    if _legibility(as_it_lies) >= _LEGIBLE:
        return as_it_lies
    as_it_lies = [_sampled(side, _whole) for side in sheet]
    legible = _legibility(as_it_lies)
    if legible >= _LEGIBLE:
        return as_it_lies
    turned = [[_sampled(side, _whole) for side in _sheet(np.rot90(pixels, n), 1)] for n in (1, 2, 3)]
    best = max(turned, key=_legibility)
    return best if _legibility(best) > legible + _CLEARLY else as_it_lies


def _whole(line: CutLine) -> CutLine:
    return line


def _sampled(side: _Cut, prepared: Callable[[CutLine], CutLine]) -> _Sampled:
    """A page with what the first recogniser reads of its longest lines, each prepared for it."""
    high = [n for n, line in enumerate(side.lines) if line.size[1] >= _FLAT]
    chosen = sorted(high, key=lambda n: -side.lines[n].size[0] / side.lines[n].size[1])[:_SAMPLE]
    read = first_recogniser().read([prepared(side.lines[n]).picture for n in chosen])
    return _Sampled(*side, dict(zip(chosen, read, strict=True)))


def _legibility(sheet: Sequence[_Sampled]) -> float:
    """How certain the recogniser is of the letters in the longest lines of the worst page; 1 for one without any.

    It reads some letters that lie on their side as well, but there are too few of them, or too far from each other.
    """
    return min(_legibility_of(side) if side.sample else 1.0 for side in sheet)


def _legibility_of(side: _Sampled) -> float:
    read = list(side.sample.values())
    letters, ems = sum(map(len, read)), sum(side.lines[n].size[0] for n in side.sample)
    return min(_mean_certainty(read), letters / (_LETTERS * len(read)), letters / (_CLOSE * ems))


def _mean_certainty(read: Sequence[Letters]) -> float:
    """The mean probability of the letters that are not figures; 1 where there are none."""
    return fmean([i.sure for letters in read for i in letters if not i.text.isascii()] or [1.0])


def _read(side: _Sampled) -> Page:
    """The page with what stands on its lines."""
    side.page.is_read = True
    read = read_lines(side.lines, side.sample)
    worn = is_worn(side.lines, read)
    for line, reading in zip(side.lines, read, strict=True):
        _put(side.page, line, *(doubted(reading) if worn else reading))
    if worn:
        side.page.crops += blanks(side.page)
    return side.page


def _put(page: Page, line: CutLine, one: Read, other: Read | None, rivals: tuple[str, ...]) -> None:
    """Add what a line says to its page."""
    page.chars += _chars(line, one)
    page.again += _chars(line, other or one)
    unread = line.in_cell and one.sure == 0.0  # ink that says nothing to either, and is no dust
    if one.text or (other and other.text) or unread:
        left, top, right, bottom = (round(side * POINTS, 2) for side in line.span)
        text, sure = (other.text, round(other.sure, 3)) if other else (None, 0.0)
        page.crops.append(Crop(left, top, right, bottom, one.text, round(one.sure, 3), text, sure, one.raw, rivals))


def _chars(line: CutLine, read: Read) -> Iterator[Char]:
    """The characters of a line beside each other, each as far as half way to the next."""
    letters = [i for i in read.letters if i.text.strip()] if read.text else []
    if "".join(i.text for i in letters) != read.text.replace(" ", ""):  # cleaned: spread evenly
        letters = [Letter(c, (n + 0.5) / len(read.text), read.sure) for n, c in enumerate(read.text) if c.strip()]
    width = line.picture.shape[1]
    at = [line.start + i.at * width for i in letters]
    size = line.em
    middle = (line.span.top + line.span.bottom) / 2
    top, bottom = (middle - size / 2) * POINTS, (middle + size / 2) * POINTS
    for n, letter in enumerate(letters):
        left = line.span.left if n == 0 else max((at[n - 1] + at[n]) / 2, at[n] - size / 2)
        right = line.span.right if n == len(letters) - 1 else min((at[n] + at[n + 1]) / 2, at[n] + size / 2)
        left, right = min(left, at[n]), max(right, at[n])
        yield Char(left * POINTS, top, right * POINTS, bottom, letter.text, size * POINTS)
