"""Lone figures of a page that look the same, so that one of them is read for all: most cells of a report hold a nought.

Two pictures are the same where they nowhere differ by more than noise does: by less where they are blurred, since
different figures then differ by less too. What does *not* belong here: what a figure
says, and whether that may be taken for its twin (`recognition`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.readers.scan.pictures import Pixels
from pipeline.readers.scan.recogniser import HEIGHT, scaled

_SPOT = 4  # pixels across, of lines as high as recognisers read them: the mean grey of such a spot is compared
_ALIKE = 0.2  # of black: different sharp digits differ somewhere by 0.4 and more
_BLURRED = (
    0.36  # of the square of the sharpness: different digits differ by 0.42 of it, but for blurred JPEG of 72–100 dots
)
_SHIFT = 1  # pixels by which two pictures may be off against each other, and by which their widths differ
_COARSE, _CANDIDATE = slice(_SPOT // 2, None, _SPOT), 0.5  # what is further apart in spots of a grid is so if moved too

Spots = npt.NDArray[np.float32]
"""The mean grey around each pixel, from 0 to 1: by picture, row, and column."""


def twins(lines: Sequence[Pixels]) -> Mapping[int, int]:
    """By the number of a picture that of an earlier one that looks the same, and like no earlier one itself."""
    found: dict[int, int] = {}
    if len(lines) < 2:
        return found
    tall = [scaled(line) for line in lines]
    widths = np.array([line.shape[1] for line in tall])
    spots = _spots(tall, int(widths.max()))
    sharp = _sharpness(spots)
    coarse = spots[:, _COARSE, _COARSE]
    firsts: list[int] = []
    for number in range(len(lines)):
        near = [n for n in firsts if abs(widths[n] - widths[number]) <= _SHIFT]
        apart = np.abs(coarse[near] - coarse[number]).max(axis=(1, 2))
        nearest = (near[n] for n in np.argsort(apart, kind="stable") if apart[n] <= _CANDIDATE)
        own = next((n for n in nearest if _is_alike(spots[number], spots[n], min(sharp[number], sharp[n]))), None)
        if own is None:
            firsts.append(number)
        else:
            found[number] = own
    return found


def _spots(lines: Sequence[Spots], width: int) -> Spots:
    """The spots of pictures from -1 to 1, all made as wide with paper behind them."""
    grey = np.ones((len(lines), HEIGHT, width), dtype=np.float32)
    for own, line in zip(grey, lines, strict=True):
        own[:, : line.shape[1]] = (line + 1) / 2
    return np.asarray(ndimage.uniform_filter(grey, (0, _SPOT, _SPOT)))


def _sharpness(spots: Spots) -> Spots:
    """By how much two spots beside or above each other differ at most, from 0 to 1, by picture: the less, the blurrier.

    Also pale print that could not be made black is so.
    """
    beside = np.abs(spots[:, :, _SPOT:] - spots[:, :, :-_SPOT]).max(axis=(1, 2), initial=0)
    above = np.abs(spots[:, _SPOT:] - spots[:, :-_SPOT]).max(axis=(1, 2), initial=0)
    return np.asarray(np.maximum(beside, above))


def _is_alike(one: Spots, other: Spots, sharp: float) -> bool:
    """True where two pictures so sharp are the same in all spots, the one moved over the other or not."""
    most = min(_ALIKE, _BLURRED * sharp**2)
    height, width = (n - 2 * _SHIFT for n in one.shape)
    inner = one[_SHIFT : _SHIFT + height, _SHIFT : _SHIFT + width]
    moves = range(2 * _SHIFT + 1)
    return any(
        float(np.abs(inner - other[down : down + height, right : right + width]).max()) <= most
        for down in moves
        for right in moves
    )
