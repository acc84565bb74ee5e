"""The rulings of a page: long straight runs of ink, as pixels to leave out and as lines to lay tables out by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.readers.pdf.page import Ruling
from pipeline.readers.scan.cleaning import Mask
from pipeline.readers.scan.connected import BOTTOM, INK, LEFT, RIGHT, TOP, Pieces, Runs, pieces_of, runs_of
from pipeline.readers.scan.pictures import DPI, POINTS

_LEVEL_RUN, _UPRIGHT_RUN = round(0.26 * DPI), round(0.22 * DPI)  # pixels of ink without a gap
_GAP = round(0.04 * DPI)
_THICK = 0.05 * DPI  # pixels of ink across, in the mean
_LONGEST_DASH = 0.5 * DPI  # pixels: of two em in print of 18 points
_NEAR = 0.05 * DPI  # pixels between lines that meet
_BENT = 0.07 * DPI  # what a bent one takes more
_PLAIN, _SHORT_PLAIN = 0.3, 0.7  # of a line: less can be seen without red ink of a stroke of a seal, long or short
_LONGEST_STROKE = 0.5 * DPI  # pixels: of a seal, but for a square one


class Ruled(NamedTuple):
    """The level and upright rulings in points, and the pixels of them all."""

    level: list[Ruling]
    upright: list[Ruling]
    mask: Mask


def ruled(printed: Mask, plain: Mask | None = None) -> Ruled:
    """The rulings of a page of ink; `plain` is what of it is not red, where any is.

    A short level line by itself is a long dash in a cell: `——`.
    """
    level, straight = _lines(printed, _LEVEL_RUN)
    upright, plumb = _lines(np.ascontiguousarray(printed.T), _UPRIGHT_RUN)
    if plain is not None:
        straight &= ~_are_of_seal(level, plain)
        plumb &= ~_are_of_seal(upright, np.ascontiguousarray(plain.T))
    straight &= ~_are_dashes(level, straight, upright, plumb)
    return Ruled(_rulings(level, straight), _rulings(upright, plumb), level.mask(straight) | upright.mask(plumb).T)


def _lines(printed: Mask, least: int) -> tuple[Pieces, npt.NDArray[np.bool_]]:
    """The long pieces of ink on a page, or on a page laid on its side, and which of them are straight lines."""
    found = pieces_of(_closed(_long(runs_of(_thick(printed)), least), _GAP))
    length, tall = (found.boxes[:, to] - found.boxes[:, at] for at, to in ((LEFT, RIGHT), (TOP, BOTTOM)))
    across = found.boxes[:, INK] / length
    return found, np.asarray((across <= _THICK) & (tall <= across + _BENT))


def _thick(printed: Mask) -> Mask:
    thick = printed.copy()
    thick[1:] |= printed[:-1]
    thick[:-1] |= printed[1:]
    return thick


def _are_of_seal(found: Pieces, plain: Mask) -> npt.NDArray[np.bool_]:
    """Which lines are strokes of a red seal: so little of them is plain ink, of a short one that crosses print too."""
    height, width = plain.shape
    before = np.zeros(height * (width + 1) + 1, dtype=np.int64)
    before[1:].reshape(height, width + 1)[:, :-1] = _thick(plain)
    before = before.cumsum()
    inked = np.bincount(found.own, before[found.runs.ends] - before[found.runs.starts], len(found.boxes))
    long = found.boxes[:, RIGHT] - found.boxes[:, LEFT] > _LONGEST_STROKE
    return np.asarray(inked < np.where(long, _PLAIN, _SHORT_PLAIN) * found.boxes[:, INK])


def _rulings(found: Pieces, straight: npt.NDArray[np.bool_]) -> list[Ruling]:
    return [
        Ruling((middle + 0.5) * POINTS, int(box[LEFT]) * POINTS, int(box[RIGHT]) * POINTS)
        for middle, box in zip(found.rows[straight].tolist(), found.boxes[straight], strict=True)
    ]


def _are_dashes(
    level: Pieces, straight: npt.NDArray[np.bool_], upright: Pieces, plumb: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Which short level lines neither reach from one upright line to the next nor go on another level one."""
    length = level.boxes[:, RIGHT] - level.boxes[:, LEFT]
    dashes = straight & (length <= _LONGEST_DASH)
    middles = level.rows
    rows = middles[straight & (length > _LONGEST_DASH)]
    at, boxes = upright.rows[plumb], upright.boxes[plumb]  # on their side: their left and right are top and bottom
    for n in np.flatnonzero(dashes):
        row = middles[n]
        beside = at[(boxes[:, LEFT] - _NEAR <= row) & (row <= boxes[:, RIGHT] + _NEAR)]
        meets = all((np.abs(beside - level.boxes[n, end]) <= _NEAR).any() for end in (LEFT, RIGHT))
        dashes[n] = not meets and not (np.abs(rows - row) <= _NEAR).any()
    return dashes


def _long(runs: Runs, least: int) -> Runs:
    return runs.only(runs.ends - runs.starts >= least)


def _closed(runs: Runs, gap: int) -> Runs:
    """The runs with short gaps between two of a row closed."""
    if not len(runs.starts):
        return runs
    starts, ends, row = runs.starts, runs.ends, runs.shape[1] + 1
    apart = (starts[1:] - ends[:-1] > gap) | (starts[1:] // row != ends[:-1] // row)
    return runs._replace(starts=starts[np.append(True, apart)], ends=ends[np.append(apart, True)])
