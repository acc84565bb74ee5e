"""Small pictures that stand for one figure: found among their paper, and read as a line of a cell is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from pipeline.document import Ocr
from pipeline.readers.refused import Refused
from pipeline.readers.scan.blobs import Span, blobs, lines
from pipeline.readers.scan.cleaning import PAPER, Mask, grey
from pipeline.readers.scan.cutting import CutLine, line_of
from pipeline.readers.scan.pictures import Pixels, frames
from pipeline.readers.scan.recognition import DASH, SURE, Read, is_figure, read_lines

_LARGEST = 3_000  # pixels: a larger picture is more than one figure
_TALL = 30  # pixels: the height of the digits that are handed on
_EM = 1.35  # heights of a digit
_CONTRAST = 40
_DARK = 100  # a picture in the mean darker than this is light print on a dark ground
_BORDER, _RIM = 0.85, 0.25  # a row or column of ink so full and so near to the rim is a border
_LINE = 0.25  # of the height of all ink: what is as high may be a line by itself
_FLAT, _SOLID = 1.2, 0.75  # a dash is so much wider than high, and fills so much of its box
_SURELY_FLAT, _THIN = 2.5, 3  # a wider one is nothing else; anything no higher than this many pixels is not a digit
_RIM_OF_INK = 4  # pixels of what is around the ink, at the size that is handed on
_ASIDE = 24  # pixels of paper around all


Pictured = tuple[str, Ocr]
"""What a picture shows, and how certain that is."""


def figures(pictures: Sequence[bytes]) -> list[Pictured | None]:
    """For each picture the figure that it shows and how certain that is; None where it shows anything else."""
    looked = [_look(data) for data in pictures]
    read = iter(read_lines([line for line in looked if isinstance(line, CutLine)]))
    return [_figure(*next(read)) if isinstance(found, CutLine) else found for found in looked]


def _figure(one: Read, other: Read | None, rivals: tuple[str, ...]) -> Pictured | None:
    legible = is_figure(one.text) or (other is not None and is_figure(other.text)) or one.sure >= SURE
    if not one.text or not legible:
        return None
    return one.text, Ocr(one.sure, other.text if other else None, other.sure if other else 0.0, rivals)


def _look(data: bytes) -> CutLine | Pictured | None:
    """The one line of print of a picture, or what it is by its shape; None where there is none, or more."""
    try:
        picture = next(frames(data), None)
    except Refused:
        return None
    if picture is None or not picture.whole or max(picture.pixels.shape) > _LARGEST:
        return None
    shades = grey(picture.pixels)
    if np.median(shades) < _DARK:
        shades = 255 - shades
    paper = np.uint8(np.percentile(shades, 90))
    shades = _without_border(shades, int(paper))
    printed = _printed(shades)
    box = _box(printed) if printed is not None else None
    if printed is None or box is None or _is_of_lines(printed[box.top : box.bottom]):
        return None
    tall, wide = box.bottom - box.top, box.right - box.left
    if wide > _FLAT * tall and (tall <= _THIN or printed[box.top : box.bottom, box.left : box.right].mean() >= _SOLID):
        sure = 1.0 if wide > _SURELY_FLAT * tall else 0.5
        return DASH, Ocr(sure, DASH, sure)
    rim = max(round(_RIM_OF_INK * tall / _TALL), 1)
    rows, columns = slice(max(box.top - rim, 0), box.bottom + rim), slice(max(box.left - rim, 0), box.right + rim)
    clean = np.where(ndimage.binary_dilation(printed, iterations=2), shades, paper)
    return _cut(clean[rows, columns], _TALL / tall)


def _without_border(shades: Pixels, paper: int) -> Pixels:
    """The picture with paper where the border of a cell is drawn, however light."""
    dark = shades < paper - _CONTRAST
    rows, columns = _border(dark), _border(dark.T)
    clean = shades.copy()
    clean[rows] = clean[:, columns] = paper
    return clean


def _is_of_lines(printed: Mask) -> bool:
    """True where paper divides two lines of print."""
    empty = np.flatnonzero(~printed.any(axis=1))
    tall = printed.shape[0]
    return bool(np.any((empty >= _LINE * tall) & (empty < (1 - _LINE) * tall)))


def _border(printed: Mask) -> npt.NDArray[np.bool_]:
    """Which rows are the border of a cell."""
    rim = max(round(_RIM * printed.shape[0]), 1)
    full = np.asarray(printed.mean(axis=1) >= _BORDER)
    full[rim : len(full) - rim] = False
    return full


def _box(printed: Mask) -> Span | None:
    rows, columns = np.flatnonzero(printed.any(axis=1)), np.flatnonzero(printed.any(axis=0))
    if not len(rows):
        return None
    return Span(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _printed(shades: Pixels) -> Mask | None:
    """Where a picture is darker than half way from its paper to its ink; None where it has no ink."""
    paper, dark = float(np.percentile(shades, 90)), float(shades.min())
    return np.asarray(shades < (paper + dark) / 2) if paper - dark >= _CONTRAST else None


def _cut(part: Pixels, scale: float) -> CutLine | None:
    height, width = (max(round(n * scale), 1) for n in part.shape)
    if width > _LARGEST:
        return None
    paper = np.uint8(np.percentile(part, 98))
    large = np.asarray(Image.fromarray(part).resize((width, height), Image.Resampling.BICUBIC))
    whole = np.pad(large, _ASIDE, constant_values=max(int(paper), PAPER - _CONTRAST))
    printed = _printed(whole)
    if printed is None:
        return None
    pieces = blobs(printed)
    em = _TALL * _EM
    spans = lines(pieces, em) if len(pieces) else []
    return replace(line_of(spans[0], pieces, whole, em), in_cell=True) if len(spans) == 1 else None
