"""A picture of one place of a PDF or scan, with what stands around it, for a person who wants to see the ink.

The page is drawn by another library than the one that reads it. What does *not* belong here: finding the place.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pypdfium2

from pipeline.readers.refused import Refused
from pipeline.readers.scan import page_as_read

if TYPE_CHECKING:
    from pipeline.readers.scan.pictures import Pixels

MAX_PIXELS = 2000
"""The longer side of a picture is never more."""

_SCALE = 3.0  # pixels per point, where that does not make the picture too large
_ASIDE, _ABOVE = 120.0, 40.0  # points around the place
_POINTS = 72 / 200  # in a pixel of what is read as a picture
_FRAME = 3  # pixels
_RED = bytes((214, 39, 40))

Box = tuple[float, float, float, float]


class CropError(Exception):
    """The page could not be drawn."""


def crop(data: bytes, page: int, box: Box | None, name: str = "pdf") -> bytes:
    """A PNG of a box of a page (from 1) and its surroundings, the box outlined; without a box, the whole page.

    The box is left, top, right and bottom in points from the page's upper left corner. `name` is that of the format,
    pdf or image; of what is read as a picture the page is shown level and upright, as it is read. Raises `CropError`.
    """
    if page < 1:
        raise CropError(f"the file has no page {page}")
    try:
        level, page = page_as_read(data, name, page)
        if level is not None:
            return _of_picture(level, box)
        if name != "pdf":
            raise CropError(f"the file has no page {page}")
        with pypdfium2.PdfDocument(data) as document:
            if not 1 <= page <= len(document):
                raise CropError(f"the file has no page {page}")
            return _drawn(_whole(document, page - 1), box)
    except (pypdfium2.PdfiumError, Refused) as error:
        raise CropError(f"page {page} cannot be drawn: {error}") from None


def _of_picture(level: Pixels, box: Box | None) -> bytes:
    """The same of a page that was read as a picture, in grey."""
    height, width = level.shape
    wide, tall = width * _POINTS, height * _POINTS
    left, top, right, bottom = _view(box, wide, tall) if box else (0.0, 0.0, wide, tall)
    part = level[round(top / _POINTS) : round(bottom / _POINTS), round(left / _POINTS) : round(right / _POINTS)]
    step = -(-max(part.shape) // MAX_PIXELS)  # of a whole page every second dot will do
    part = part[::step, ::step]
    rows = [bytearray(row.repeat(3).tobytes()) for row in part]
    if box:
        scale = 1 / _POINTS / step
        _outline(rows, [round((at - start) * scale) for at, start in zip(box, (left, top, left, top), strict=True)])
    return _png(part.shape[1], rows)


def _whole(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    """The page with its whole sheet, as the reader measures it; less of it may be shown."""
    page = document[index]
    sheet = page.get_mediabox()
    if page.get_cropbox() == sheet:
        return page
    page.set_cropbox(*sheet)
    return document[index]


def _drawn(page: pypdfium2.PdfPage, box: Box | None) -> bytes:
    width, height = page.get_size()
    left, top, right, bottom = _view(box, width, height) if box else (0.0, 0.0, width, height)
    scale = min(_SCALE, (MAX_PIXELS - 2) / max(right - left, bottom - top, 1.0))
    bitmap = page.render(
        scale=scale, crop=(left, height - bottom, width - right, top), rev_byteorder=True, may_draw_forms=False
    )
    size = bitmap.stride
    pixels = bytes(bitmap.buffer)
    rows = [bytearray(pixels[n * size : n * size + 3 * bitmap.width]) for n in range(bitmap.height)]
    if box:
        _outline(rows, [round((at - start) * scale) for at, start in zip(box, (left, top, left, top), strict=True)])
    return _png(bitmap.width, rows)


def _view(box: Box, width: float, height: float) -> Box:
    """The box with its margins, within the page; all of the page for a box beside it."""
    left, right = max(box[0] - _ASIDE, 0.0), min(box[2] + _ASIDE, width)
    top, bottom = max(box[1] - _ABOVE, 0.0), min(box[3] + _ABOVE, height)
    return (left, top, right, bottom) if left < right and top < bottom else (0.0, 0.0, width, height)


def _outline(rows: list[bytearray], box: list[int]) -> None:
    """Draw a frame around a box, in pixels, as far as it is in the picture."""
    left, top, right, bottom = box
    width, height = len(rows[0]) // 3, len(rows)
    start, end = max(left - _FRAME, 0), min(right + _FRAME, width)
    for y in range(max(top - _FRAME, 0), min(bottom + _FRAME, height)):
        if not top <= y < bottom:
            rows[y][3 * start : 3 * end] = _RED * max(end - start, 0)
            continue
        for x in (*range(start, min(left, width)), *range(max(right, 0), end)):
            rows[y][3 * x : 3 * x + 3] = _RED


def _png(width: int, rows: list[bytearray]) -> bytes:
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in parts
    )
