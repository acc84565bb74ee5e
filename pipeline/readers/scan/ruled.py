"""The rulings of a page: long straight runs of ink, as pixels to leave out and as lines to lay tables out by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.readers.pdf.page import Ruling
from pipeline.readers.scan.cleaning import Mask
from pipeline.readers.scan.connected import BOTTOM, INK, LEFT, RIGHT, TOP, Runs, pieces_of, runs_of
from pipeline.readers.scan.pictures import DPI, POINTS

_LEVEL_RUN, _UPRIGHT_RUN = round(0.26 * DPI), round(0.22 * DPI)  # pixels of ink without a gap
_GAP = round(0.04 * DPI)
_THICK = 0.05 * DPI  # pixels of ink across, in the mean
_BENT = 0.07 * DPI  # what a bent one takes more


class Ruled(NamedTuple):
    """The level and upright rulings in points, and the pixels of them all."""

    level: list[Ruling]
    upright: list[Ruling]
    mask: Mask


def ruled(printed: Mask) -> Ruled:
    """The rulings of a page of ink."""
    level_mask, level = _lines(printed, _LEVEL_RUN)
    upright_mask, upright = _lines(np.ascontiguousarray(printed.T), _UPRIGHT_RUN)
    return Ruled(level, upright, level_mask | upright_mask.T)


def _lines(printed: Mask, least: int) -> tuple[Mask, list[Ruling]]:
    """The level lines of a page, or the upright ones of a page laid on its side."""
    thick = printed.copy()
    thick[1:] |= printed[:-1]
    thick[:-1] |= printed[1:]
    found = pieces_of(_closed(_long(runs_of(thick), least), _GAP))
    length, tall = (found.boxes[:, to] - found.boxes[:, at] for at, to in ((LEFT, RIGHT), (TOP, BOTTOM)))
    across = found.boxes[:, INK] / length
    straight = np.asarray((across <= _THICK) & (tall <= across + _BENT))
    rulings = [
        Ruling((middle + 0.5) * POINTS, int(box[LEFT]) * POINTS, int(box[RIGHT]) * POINTS)
        for middle, box in zip(found.rows[straight].tolist(), found.boxes[straight], strict=True)
    ]
    return found.mask(straight), rulings


def _long(runs: Runs, least: int) -> Runs:
    return runs.only(runs.ends - runs.starts >= least)


def _closed(runs: Runs, gap: int) -> Runs:
    """The runs with short gaps between two of a row closed."""
    if not len(runs.starts):
        return runs
    starts, ends, row = runs.starts, runs.ends, runs.shape[1] + 1
    apart = (starts[1:] - ends[:-1] > gap) | (starts[1:] // row != ends[:-1] // row)
    return runs._replace(starts=starts[np.append(True, apart)], ends=ends[np.append(apart, True)])
