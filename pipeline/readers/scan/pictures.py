"""Files to pictures of pages: the frames of a picture file, the pages of a PDF drawn at the resolution of their scan.

Every picture comes out at about the same resolution, so that all lengths further on are in inches. What does *not*
belong here: what a picture shows.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from io import BytesIO
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps, ImageSequence

from pipeline.raw.pictured import unpacked
from pipeline.readers.pdf.page import Area
from pipeline.readers.refused import Refused
from pipeline.readers.scan.wholeness import DECODER_FAULTS, is_whole

Pixels = npt.NDArray[np.uint8]

DPI = 200
MAX_PIXELS = 80_000_000  # of one picture, decoded: A3 at 500 dots an inch
MAX_SIDE = 6_000  # pixels, of a picture that is handed on
POINTS = 72 / DPI
"""Points for each pixel of a picture that is handed on."""

_WITHIN = 1 - 1e-5  # of a page's size: else a picture would be stretched by the one pixel that rounding up adds
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_PAGE_INCHES = (5.5, 17.0)  # the width of a page, where a file's resolution is to be believed
_SHEET_INCHES = 8.27, 11.69  # the sides of an A4 sheet
_NATIVE = (0.95, 1.15)  # of the resolution: what needs no resampling


class Picture(NamedTuple):
    """Red, green and blue by row and column, and how many dots an inch has; 0 where nothing says it.

    It is not `whole` where its data end too early, or have lost a piece.
    """

    pixels: Pixels
    dpi: float
    whole: bool = True


def frames(data: bytes) -> Iterator[Picture]:
    """The pictures of a file in order, upright as its camera says. Raises `Refused` for a bad or huge one."""
    for page in unpacked(data):
        yield from _frames(page)


def _frames(data: bytes) -> Iterator[Picture]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged notes beside the picture, and of sizes that are checked here
            with Image.open(BytesIO(data), formats=_FORMATS) as file:
                for frame in ImageSequence.Iterator(file):
                    _check_size(*frame.size)
                    yield _picture(frame)._replace(whole=is_whole(data))
                    if file.format != "TIFF":  # a moving picture is not a report
                        return
    except DECODER_FAULTS as e:
        raise Refused("damaged", f"its picture cannot be decoded ({type(e).__name__})") from e
    except Image.DecompressionBombError:
        raise Refused("too-large", f"more than {MAX_PIXELS:,} dots in a picture") from None


def count(data: bytes) -> int:
    """How many pictures a file holds. Raises `Refused` as `frames` does."""
    return sum(_header(page)[2] for page in unpacked(data))


def size(data: bytes) -> tuple[int, int]:
    """How many dots a picture file has across and down. Raises `Refused` as `frames` does."""
    return _header(data)[:2]


def _header(data: bytes) -> tuple[int, int, int]:
    """Width, height and number of pictures of a file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=_FORMATS) as file:
                return *file.size, int(getattr(file, "n_frames", 1)) if file.format == "TIFF" else 1
    except DECODER_FAULTS as e:
        raise Refused("damaged", f"its picture cannot be decoded ({type(e).__name__})") from e
    except Image.DecompressionBombError:
        raise Refused("too-large", f"more than {MAX_PIXELS:,} dots in a picture") from None


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Refused("too-large", f"{width * height:,} dots in a picture")


def _picture(frame: Image.Image) -> Picture:
    dpi = _dpi(frame)
    if frame.mode.startswith(("I", "F")):
        frame = frame.point(lambda v: v / 256).convert("L")
    larger = max(frame.size) // MAX_SIDE
    if larger >= 1:
        frame = (frame.convert("L") if frame.mode == "1" else frame).reduce(larger + 1)
        dpi /= larger + 1
    frame = ImageOps.exif_transpose(frame)
    if "A" in frame.getbands() or "transparency" in frame.info:
        shown = frame.convert("RGBA")
        frame = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
    return Picture(np.asarray(frame.convert("RGB")), dpi)


def _dpi(frame: Image.Image) -> float:
    said = frame.info.get("dpi", (0, 0))
    dpi = float(said[0]) if isinstance(said, tuple) and said else 0.0
    return dpi if dpi > 0 and _PAGE_INCHES[0] <= frame.width / dpi <= _PAGE_INCHES[1] else 0.0


def composed(width: float, height: float, images: Iterable[tuple[Area, bytes]]) -> Picture | None:
    """A page of pictures at their places, in points, as fine as the largest of them; None where none can be decoded."""
    found = [(place, picture) for place, data in images if (picture := _first_frame(data)) is not None]
    if not found or width <= 0 or height <= 0:
        return None
    (left, _, right, _), largest = max(found, key=lambda f: f[1].pixels.size)
    dpi = min(
        max(72 * largest.pixels.shape[1] / max(right - left, 1.0), DPI / 3), 300.0, 72 * MAX_SIDE / max(width, height)
    )
    scale = dpi / 72
    sheet = Image.new("RGB", (max(round(width * scale), 1), max(round(height * scale), 1)), "white")
    for (x0, y0, x1, y1), picture in found:
        size = max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1)
        if max(size) <= 2 * MAX_SIDE:
            sheet.paste(Image.fromarray(picture.pixels).resize(size), (round(x0 * scale), round(y0 * scale)))
    return Picture(np.asarray(sheet), dpi, all(picture.whole for _, picture in found))


def _first_frame(data: bytes) -> Picture | None:
    try:
        return next(frames(data), None)
    except Refused:
        return None


def drawn(data: bytes, wanted: Collection[int]) -> Iterator[tuple[int, Picture]]:
    """Pages of a PDF, by number from 1, each drawn as fine as the largest picture on it. Raises `Refused`."""
    try:
        with pypdfium2.PdfDocument(data) as document:
            for number in sorted(n for n in wanted if n <= len(document)):
                page = document[number - 1]
                yield number, _drawn(page)
                page.close()
    except pypdfium2.PdfiumError as e:
        raise Refused("damaged", f"its pages cannot be drawn: {e}") from None


def _drawn(page: pypdfium2.PdfPage) -> Picture:
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise Refused("damaged", "a page has no size")
    images = _images(page)
    dpi = min(max(_finest(images, width), DPI / 3), 300.0)
    dpi = min(dpi, 72 * MAX_SIDE / max(width, height))
    bitmap = page.render(scale=dpi / 72 * _WITHIN, rev_byteorder=True, may_draw_forms=False)
    pixels = bitmap.to_numpy()
    shown = np.repeat(pixels[..., :1], 3, axis=2) if pixels.shape[2] < 3 else pixels[..., :3].copy()
    bitmap.close()
    return Picture(shown, dpi, all(is_whole(_packed(item)) for item in images))


def _images(page: pypdfium2.PdfPage) -> list[pypdfium2.PdfImage]:
    return list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4))


def _packed(item: pypdfium2.PdfImage) -> bytes:
    """The file of a picture that stands in the PDF as JPEG; nothing for any other."""
    return bytes(item.get_data(decode_simple=True)) if item.get_filters(skip_simple=True) == ["DCTDecode"] else b""


def _finest(images: Sequence[pypdfium2.PdfImage], width: float) -> float:
    """Dots an inch of the largest picture of a page; those of a page drawn anew where it has none."""
    found = []
    for item in images:
        size = item.get_px_size()
        _check_size(*size)
        left, low, right, high = item.get_bounds()
        across, along = max(right - left, 1.0), max(high - low, 1.0)
        found.append((across * along, 72 * max(size) / max(across, along)))
    area, dpi = max(found, default=(0.0, float(DPI)))
    return dpi if area > 0.25 * width * width else float(DPI)


def resampled(picture: Picture) -> Pixels:
    """The picture at `DPI`. One that does not say how large it is, is taken for a sheet of A4."""
    height, width = picture.pixels.shape[:2]
    dpi = picture.dpi or width / _SHEET_INCHES[width > height]
    scale = min(DPI / dpi, MAX_SIDE / max(width, height))
    if _NATIVE[0] <= scale <= _NATIVE[1]:
        return picture.pixels
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    how = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    return np.asarray(Image.fromarray(picture.pixels).resize(size, how))
