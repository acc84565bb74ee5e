"""Pieces of ink that are letters or parts of them, and the printed lines that they form: in a cell, or on a page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.readers.scan.cleaning import Mask
from pipeline.readers.scan.connected import BOTTOM, INK, LEFT, RIGHT, TOP, Boxes, Pieces, pieces_of
from pipeline.readers.scan.pictures import DPI

_LEAST_INK, _LEAST_BOX = 5, 9  # pixels: smaller pieces are dust
_LETTER = 0.06 * DPI, 0.32 * DPI  # pixels: the heights of pieces that may be letters
_USUAL_EM = 0.146 * DPI  # 10.5 points
_TALL_PART = 0.8
_LETTER_TO_EM = 1.05
_SPECK = 0.4, 0.6  # of the em: what is lower and narrower makes no line of its own beside another
_PIECE = 1.25  # of the em: pieces above each other that are no higher together are one line
_STRAY, _STRAY_GAP = 0.45, 0.4  # of a line's height: what is smaller and further off at its ends is dirt too
_DUST, _NEAR_LETTER = 0.25, 0.35  # of the em: what is smaller than dust, and so near to no letter, is dirt
_TWO_LINES = 1.7
_SPARSE = 0.12  # of the ink of a line's fullest row: less divides two lines that touch
_APART = 2.5  # of the line's height: what is further apart is another line
_HUGE = 3.5  # of the em: no letter


class Span(NamedTuple):
    """A printed line in pixels."""

    left: int
    top: int
    right: int
    bottom: int


def blobs(printed: Mask) -> Boxes:
    """The pieces of ink that are more than dust."""
    return solid(pieces_of(printed).boxes)


def solid(pieces: Boxes) -> Boxes:
    """Those pieces that are more than dust."""
    sizes = pieces[:, [RIGHT, BOTTOM]] - pieces[:, [LEFT, TOP]]
    return pieces[(pieces[:, INK] >= _LEAST_INK) & (sizes[:, 0] * sizes[:, 1] >= _LEAST_BOX)]


def no_dust(found: Pieces, em: float) -> Mask:
    """Which pieces are not small ones that stand apart: what is left of a point stands beside its digit."""
    boxes = found.boxes
    sizes = boxes[:, [RIGHT, BOTTOM]] - boxes[:, [LEFT, TOP]]
    large = np.asarray(sizes.max(axis=1, initial=0) >= _DUST * em)
    letters = found.mask(large)
    reach = round(_NEAR_LETTER * em)
    near = large.copy()
    for number in np.flatnonzero(~large):
        left, top, right, bottom = (int(side) for side in boxes[number, :INK])
        near[number] = letters[max(top - reach, 0) : bottom + reach, max(left - reach, 0) : right + reach].any()
    return near


def em_of(pieces: Boxes) -> float:
    """The size of the letters, in pixels: most Chinese ones have a piece that is nearly as high."""
    heights = pieces[:, BOTTOM] - pieces[:, TOP]
    letters = heights[(heights >= _LETTER[0]) & (heights <= _LETTER[1])]
    return float(np.quantile(letters, _TALL_PART)) * _LETTER_TO_EM if len(letters) >= 5 else _USUAL_EM


def within(pieces: Boxes, place: tuple[float, float, float, float]) -> Boxes:
    """The pieces whose middle lies in a place, in pixels."""
    left, top, right, bottom = place
    across = pieces[:, LEFT] + pieces[:, RIGHT]
    along = pieces[:, TOP] + pieces[:, BOTTOM]
    inside = (across >= 2 * left) & (across <= 2 * right) & (along >= 2 * top) & (along <= 2 * bottom)
    return pieces[inside]


def lines(pieces: Boxes, em: float) -> list[Span]:
    """The printed lines that the pieces form, from top to bottom, each from left to right."""
    pieces = pieces[(pieces[:, BOTTOM] - pieces[:, TOP] <= _HUGE * em)]
    bands = _bands(pieces, em)
    return [span for top, bottom in bands for span in _spans(pieces, top, bottom)]


def _bands(pieces: Boxes, em: float) -> list[tuple[int, int]]:
    """Tops and bottoms of lines."""
    sizes = pieces[:, [RIGHT, BOTTOM]] - pieces[:, [LEFT, TOP]]
    solid = pieces[(sizes[:, 0] >= _SPECK[1] * em) | (sizes[:, 1] >= _SPECK[0] * em)]
    chosen = solid if len(solid) else pieces
    if not len(chosen):
        return []
    profile = _profile(chosen)
    cut = [part for band in _stretches(profile > 0) for part in _cut(profile, band, em)]
    return _merged(cut, em)


def _profile(pieces: Boxes) -> npt.NDArray[np.int64]:
    """How wide the pieces are together, by row."""
    steps = np.zeros(int(pieces[:, BOTTOM].max()) + 1, dtype=np.int64)
    widths = pieces[:, RIGHT] - pieces[:, LEFT]
    np.add.at(steps, pieces[:, TOP], widths)
    np.subtract.at(steps, pieces[:, BOTTOM], widths)
    return np.cumsum(steps)


def _stretches(filled: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    steps = np.diff(np.concatenate(([False], filled, [False])).astype(np.int8))
    return [(int(a), int(b)) for a, b in zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True)]


def _cut(profile: npt.NDArray[np.int64], band: tuple[int, int], em: float) -> list[tuple[int, int]]:
    """A stretch of rows as it is, or divided where little ink joins two lines; large letters stay whole."""
    top, bottom = band
    if bottom - top < _TWO_LINES * em:
        return [band]
    part = profile[top:bottom]
    inner = [(top + a, top + b) for a, b in _stretches(part > _SPARSE * part.max())]
    tall = [(a, b) for a, b in inner if b - a >= 0.5 * em]
    if len(tall) < 2:
        return [band]
    edges = [top, *((b + c) // 2 for (_, b), (c, _) in pairwise(tall)), bottom]
    return list(pairwise(edges))


def _merged(bands: list[tuple[int, int]], em: float) -> list[tuple[int, int]]:
    """Bands with the pieces of letters that have a gap, as 二 has, put together."""
    found: list[tuple[int, int]] = []
    for top, bottom in bands:
        if found and bottom - found[-1][0] <= _PIECE * em and top - found[-1][1] <= 0.6 * em:
            found[-1] = found[-1][0], bottom
        else:
            found.append((top, bottom))
    return found


def _spans(pieces: Boxes, top: int, bottom: int) -> Iterator[Span]:
    """The lines side by side in a band."""
    middle = (pieces[:, TOP] + pieces[:, BOTTOM]) / 2
    row = pieces[(middle >= top) & (middle <= bottom)]
    row = row[np.argsort(row[:, LEFT])]
    start = 0
    reach = np.maximum.accumulate(row[:, RIGHT])
    for end in range(1, len(row) + 1):
        if end == len(row) or row[end, LEFT] - reach[end - 1] > _APART * (bottom - top):
            part = _trimmed(row[start:end], bottom - top)
            yield Span(int(part[:, LEFT].min()), top, int(part[:, RIGHT].max()), bottom)
            start = end


def _trimmed(row: Boxes, tall: int) -> Boxes:
    """The pieces of a line from left to right without small ones that stand apart at its ends."""
    small = np.maximum(row[:, RIGHT] - row[:, LEFT], row[:, BOTTOM] - row[:, TOP]) < _STRAY * tall
    first, last = 0, len(row)
    while last - first > 1 and small[first] and row[first + 1, LEFT] - row[first, RIGHT] > _STRAY_GAP * tall:
        first += 1
    while last - first > 1 and small[last - 1]:
        if row[last - 1, LEFT] - row[first : last - 1, RIGHT].max() <= _STRAY_GAP * tall:
            break
        last -= 1
    return row[first:last]
