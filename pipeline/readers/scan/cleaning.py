"""Makes a picture of a page fit to read: ink apart from paper and red seals, lines level, spreads cut in two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter
from scipy import ndimage

from pipeline.readers.scan.pictures import DPI, Pixels

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.float32]

PAPER = 255
_REDDER, _BRIGHT = 25, 130  # a seal is redder than green and blue by so much, and brighter than print
_INK_SHARE = 0.1  # per cent of the dots: so many at least of a page are ink
_PALE, _LEAST_CONTRAST, _STRONG = 100, 12, 200  # by how much ink is darker than paper: faded, too little, made of it
_PRINT = 0.8  # of the brightness of a seal: what is darker is print under it for certain
_UNEVEN = 10  # by how much a seal is darker in places
_WINDOW = round(0.12 * DPI)  # pixels: ink is darker than the mean of so much around it
_DARKER = 18
_SMALL = 700  # pixels: the width of the copy whose angle is measured
_STEEPEST = 6.0  # degrees
_COARSE, _FINE = 0.2, 0.02
_LEVEL = 0.06  # degrees: what is left as it is
_BLACK, _WHITE, _FEW_GREYS = 60, 195, 0.01
_SOFT = 0.8  # pixels
_SPREAD = 1.2  # a sheet this much wider than high may show two pages
_GUTTER = (0.42, 0.58)  # of the width: where they meet
_GUTTER_WIDTH = 0.02
_GUTTER_INK = 0.002


def grey(pixels: Pixels) -> Pixels:
    """The grey of each pixel, in which red ink is paper, and print under it as much darker as it is than the red."""
    return without_seal(pixels)[0]


def without_seal(pixels: Pixels) -> tuple[Pixels, bool]:
    """The same, and whether there is red ink."""
    red, seal = np.ascontiguousarray(pixels[..., 0]), _red(pixels)
    if not seal.any():
        return red, False
    paper = float(np.median(red[seal])) - _UNEVEN
    shades = np.where(seal, np.minimum(red * (PAPER / paper), PAPER).astype(np.uint8), red)
    _clear_rims(shades, seal, np.asarray(Image.fromarray(pixels).convert("L")), _UNEVEN / (paper + _UNEVEN))
    return shades, True


def _clear_rims(shades: Pixels, seal: Mask, light: Pixels, uneven: float) -> None:
    """Take away the rims that red ink leaves, in place: thin lines of pixels no darker than the ink itself.

    JPEG blurs colours, not brightness: at its rim a seal is as dark as elsewhere and less red, which looks like print.
    """
    rows, columns = (np.flatnonzero(seal.any(axis)) for axis in (1, 0))
    around = slice(max(rows[0] - 2, 0), rows[-1] + 3), slice(max(columns[0] - 2, 0), columns[-1] + 3)
    dim = float(np.median(light[seal])) * (1 - uneven)
    seal, shades = seal[around], shades[around]
    bare = np.clip((light[around] / dim - _PRINT) / (1 - _PRINT), 0, 1) * (grown(seal, 1) & grown(~seal, 1))
    shades += (bare * (ndimage.grey_closing(shades, (3, 3)) - shades)).astype(np.uint8)


def strengthened(shades: Pixels) -> Pixels:
    """A page of pale print with ink as dark as usual; any other page as it is."""
    dark, paper = np.percentile(shades[::2, ::2], (_INK_SHARE, 50))
    if not _LEAST_CONTRAST <= paper - dark < _PALE:
        return shades
    darker = (paper - shades.astype(np.float32)) * (_STRONG / (paper - dark))
    return np.asarray(np.clip(PAPER - darker, 0, PAPER), dtype=np.uint8)


def _red(pixels: Pixels) -> Mask:
    red, green, blue = (pixels[..., i] for i in range(3))
    bright = red > _BRIGHT  # where taking some of it off stays above zero
    return np.asarray(bright & (np.maximum(green, blue) < red - np.uint8(_REDDER)))


def ink(shades: Pixels) -> Mask:
    """The pixels where a page is darker than its surroundings."""
    around = np.asarray(Image.fromarray(shades).filter(ImageFilter.BoxBlur(_WINDOW // 2)))
    return np.asarray((shades < around - np.uint8(_DARKER)) & (around > _DARKER))


def grown(mask: Mask, by: int) -> Mask:
    """A mask with all pixels that are so near to one of it, in both directions."""
    for _ in range(by):
        wide = mask.copy()
        wide[:, 1:] |= mask[:, :-1]
        wide[:, :-1] |= mask[:, 1:]
        mask = wide.copy()
        mask[1:] |= wide[:-1]
        mask[:-1] |= wide[1:]
    return mask


def skew(shades: Pixels) -> float:
    """The degrees by which the lines of a page fall to the right: the angle at which rows of ink are sharpest."""
    step = max(shades.shape[1] // _SMALL, 1)
    small = _reduced(shades, step)
    rows, columns = np.nonzero(small < ndimage.uniform_filter(small, _WINDOW // step) - _DARKER)
    if not len(rows):
        return 0.0
    down, across = rows.astype(np.float32), columns.astype(np.float32)
    coarse = _sharpest(down[::3], across[::3], np.arange(-_STEEPEST, _STEEPEST + _COARSE / 2, _COARSE))
    return _sharpest(down, across, coarse + np.arange(-_COARSE, _COARSE + _FINE / 2, _FINE))


def _reduced(shades: Pixels, step: int) -> npt.NDArray[np.float32]:
    """The page in a smaller size: the mean grey of each square of this many pixels."""
    height, width = (n // step for n in shades.shape)
    image = Image.fromarray(shades).resize((max(width, 1), max(height, 1)), Image.Resampling.BOX)
    return np.asarray(image, dtype=np.float32)


def _sharpest(down: Places, across: Places, angles: npt.NDArray[np.float64]) -> float:
    """The angle at which the most of the ink lies in the fewest rows."""

    def sharpness(angle: float) -> float:
        along = down - across * np.float32(np.tan(np.radians(angle)))
        steps = np.diff(np.bincount((along - (along.min() - np.float32(0.5))).astype(np.intp)))
        return float(steps @ steps)

    return float(max(angles, key=sharpness))


def levelled(shades: Pixels, angle: float) -> Pixels:
    """A page turned back by its skew."""
    if abs(angle) < _LEVEL:
        return shades
    turned = Image.fromarray(shades).rotate(angle, Image.Resampling.BICUBIC, fillcolor=PAPER)
    return np.asarray(turned)


def smoothed(shades: Pixels) -> Pixels:
    """A page of black and white with soft edges, as recognisers know print; any other page as it is."""
    if ((shades > _BLACK) & (shades < _WHITE)).mean() > _FEW_GREYS:
        return shades
    return np.asarray(ndimage.gaussian_filter(shades, _SOFT))


def halves(shades: Pixels) -> tuple[slice, ...]:
    """The columns of the two pages of a spread, left first; those of any other sheet as one."""
    height, width = shades.shape
    if width < _SPREAD * height:
        return (slice(0, width),)
    left, right = (round(part * width) for part in _GUTTER)
    middle = ink(shades[:, left:right])
    counts = middle.sum(axis=0)
    counts[counts > 0.6 * height] = 0  # the fold itself
    empty = np.concatenate(([False], counts <= _GUTTER_INK * height, [False])).astype(np.int8)
    starts, ends = (np.flatnonzero(np.diff(empty) == way) for way in (1, -1))
    if not len(starts) or (ends - starts).max() < _GUTTER_WIDTH * width:
        return (slice(0, width),)
    widest = int((ends - starts).argmax())
    at = left + int(starts[widest] + ends[widest]) // 2
    return slice(0, at), slice(at, width)
