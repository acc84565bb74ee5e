"""Connected pieces of a mask, found by the runs of set pixels along its rows, and masks of some of them.

A page of print has a hundred times fewer runs than pixels, so that all that is asked of pieces is asked of runs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.readers.scan.cleaning import Mask

Numbers = npt.NDArray[np.int64]
Boxes = npt.NDArray[np.int32]
"""Left, top, right, bottom and ink of each piece, in pixels."""

LEFT, TOP, RIGHT, BOTTOM, INK = range(5)


class Runs(NamedTuple):
    """Where the runs of set pixels of a mask start and end, in order.

    Places are counted along the rows one after the other, each row with one unset pixel at its end.
    """

    starts: Numbers
    ends: Numbers
    shape: tuple[int, int]

    def only(self, chosen: Mask) -> Runs:
        """Those of the runs that are chosen."""
        return Runs(self.starts[chosen], self.ends[chosen], self.shape)

    @property
    def mask(self) -> Mask:
        """The mask of these runs."""
        height, width = self.shape
        flat = np.zeros(height * (width + 1), dtype=bool)
        flat[_counted(self.starts, self.ends - self.starts)] = True
        return np.ascontiguousarray(flat.reshape(height, width + 1)[:, :-1])


class Pieces(NamedTuple):
    """The connected pieces of a mask: its runs, the number of the piece of each, and the boxes of the pieces."""

    runs: Runs
    own: Numbers
    boxes: Boxes

    @property
    def rows(self) -> npt.NDArray[np.float64]:
        """The mean row of each piece."""
        row, long = self.runs.starts // (self.runs.shape[1] + 1), self.runs.ends - self.runs.starts
        return np.asarray(np.bincount(self.own, row * long, len(self.boxes)) / self.boxes[:, INK])

    def mask(self, chosen: Mask) -> Mask:
        """The mask of those pieces that are chosen."""
        return self.runs.only(chosen[self.own]).mask


def runs_of(mask: Mask) -> Runs:
    """The runs of set pixels of a mask."""
    height, width = mask.shape
    flat = np.zeros(height * (width + 1) + 1, dtype=bool)
    flat[1:].reshape(height, width + 1)[:, :-1] = mask
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    return Runs(edges[::2], edges[1::2], (height, width))


def pieces_of(found: Runs | Mask) -> Pieces:
    """The connected pieces of a mask, in the order of their first pixels; pixels that touch slantwise are connected."""
    runs = found if isinstance(found, Runs) else runs_of(found)
    own = _joined(runs)
    return Pieces(runs, own, _boxes(runs, own))


def _joined(runs: Runs) -> Numbers:
    """The number of the piece of each run: those in neighbouring rows are connected where no paper is between them."""
    number, row = len(runs.starts), runs.shape[1] + 1
    first = np.searchsorted(runs.ends, runs.starts + row)
    counts = np.maximum(np.searchsorted(runs.starts, runs.ends + row, side="right") - first, 0)
    upper, lower = np.repeat(np.arange(number), counts), _counted(first, counts)
    touching = coo_array((np.ones(len(upper), dtype=np.int8), (upper, lower)), shape=(number, number))
    return np.asarray(connected_components(touching, directed=False)[1], dtype=np.int64)


def _boxes(runs: Runs, own: Numbers) -> Boxes:
    if not len(own):
        return np.zeros((0, 5), dtype=np.int32)
    order = np.argsort(own, kind="stable")
    starts, ends = runs.starts[order], runs.ends[order]
    rows, left = np.divmod(starts, runs.shape[1] + 1)
    right = left + ends - starts
    first = np.flatnonzero(np.diff(own[order], prepend=-1))
    last = np.append(first[1:], len(order)) - 1
    sides = np.minimum.reduceat(left, first), rows[first], np.maximum.reduceat(right, first), rows[last] + 1
    return np.stack([*sides, np.add.reduceat(ends - starts, first)], axis=1).astype(np.int32)


def _counted(firsts: Numbers, counts: Numbers) -> Numbers:
    """From each of the firsts on as many numbers as its count says, all one after the other."""
    before = np.cumsum(counts) - counts
    return np.asarray(np.arange(int(counts.sum())) + np.repeat(firsts - before, counts), dtype=np.int64)
