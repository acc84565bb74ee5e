"""The rulings of a page: long straight runs of ink, as pixels to leave out and as lines to lay tables out by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.readers.pdf.page import Ruling
from pipeline.readers.scan.cleaning import Mask
from pipeline.readers.scan.pictures import DPI, POINTS

_LEVEL_RUN, _UPRIGHT_RUN = round(0.26 * DPI), round(0.22 * DPI)  # pixels of ink without a gap
_GAP = round(0.04 * DPI)
_THICK = 0.05 * DPI  # pixels of ink across, in the mean
_BENT = 0.07 * DPI  # what a bent one takes more
_NEIGHBOURS = np.ones((3, 3), dtype=bool)


class Ruled(NamedTuple):
    """The level and upright rulings in points, and the pixels of them all."""

    level: list[Ruling]
    upright: list[Ruling]
    mask: Mask


def ruled(printed: Mask) -> Ruled:
    """The rulings of a page of ink."""
    level_mask, level = _lines(printed, _LEVEL_RUN)
    upright_mask, upright = _lines(printed.T, _UPRIGHT_RUN)
    return Ruled(level, upright, level_mask | upright_mask.T)


def _lines(printed: Mask, least: int) -> tuple[Mask, list[Ruling]]:
    """The level lines of a page, or the upright ones of a page laid on its side."""
    thick = printed.copy()
    thick[1:] |= printed[:-1]
    thick[:-1] |= printed[1:]
    runs = _closed(_runs(thick, least), _GAP)
    labels, _ = ndimage.label(runs, _NEIGHBOURS)
    mask = np.zeros_like(runs)
    found = []
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        rows, columns = place
        part = labels[place] == number
        length = columns.stop - columns.start
        across = part.sum() / length
        if across <= _THICK and rows.stop - rows.start <= across + _BENT:
            mask[place] |= part
            middle = rows.start + float(np.nonzero(part)[0].mean()) + 0.5
            found.append(Ruling(middle * POINTS, columns.start * POINTS, columns.stop * POINTS))
    return mask, found


def _edges(rows: Mask) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where runs of ink start and end, counted along the rows one after the other, each with a pixel of paper."""
    padded = np.zeros((rows.shape[0], rows.shape[1] + 1), dtype=np.int8)
    padded[:, :-1] = rows
    steps = np.diff(padded.ravel(), prepend=0)
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)


def _filled(starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp], shape: tuple[int, ...]) -> Mask:
    height, width = shape
    steps = np.zeros(height * (width + 1) + 1, dtype=np.int8)
    steps[starts] += 1
    steps[ends] -= 1
    return np.asarray(np.cumsum(steps[:-1], dtype=np.int8).reshape(height, width + 1)[:, :-1] > 0)


def _runs(printed: Mask, least: int) -> Mask:
    """The runs of ink along the rows that are long enough."""
    starts, ends = _edges(printed)
    long = ends - starts >= least
    return _filled(starts[long], ends[long], printed.shape)


def _closed(printed: Mask, gap: int) -> Mask:
    """The runs of ink along the rows with short gaps closed."""
    starts, ends = _edges(printed)
    if not len(starts):
        return printed
    width = printed.shape[1] + 1
    apart = (starts[1:] - ends[:-1] > gap) | (starts[1:] // width != ends[:-1] // width)
    return _filled(starts[np.append(True, apart)], ends[np.append(apart, True)], printed.shape)
