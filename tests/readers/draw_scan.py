"""Draw scans: pages of a drawn report as pictures, worn as copiers, scanners and cameras wear them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from random import Random

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

Wear = Callable[[Image.Image], Image.Image]


def pictures(pdf: bytes, dpi: int = 200) -> list[Image.Image]:
    """The pages of a PDF as a scanner sees them; the test is skipped where nothing draws their characters."""
    if not _draws_chinese():
        pytest.skip("no Chinese font is installed: PDFium draws no character of the page")
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]


@cache
def _draws_chinese() -> bool:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(40, 40))
    canvas.setFont("STSong-Light", 30)
    canvas.drawString(5, 8, "政")
    canvas.save()
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        return bool(np.asarray(document[0].render().to_pil().convert("L")).min() < 128)


def scanned(pages: Sequence[Image.Image], dpi: int = 200) -> bytes:
    """A PDF of pictures."""
    return saved(pages, "PDF", resolution=dpi, quality=80)


def saved(pages: Sequence[Image.Image], kind: str, **options: object) -> bytes:
    """A picture file of one page, or of many where the kind has any."""
    out = BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if kind in ("PDF", "TIFF") else {}
    pages[0].save(out, kind, **more, **options)
    return out.getvalue()


def turned(angle: float) -> Wear:
    return lambda page: page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))


def photocopied(page: Image.Image) -> Image.Image:
    """Askew, blurred, with noise, dust, a shadow and a dark edge, and packed as JPEG."""
    rng = np.random.default_rng(8)
    blurred = turned(0.8)(page.convert("L").convert("RGB").filter(ImageFilter.GaussianBlur(0.7)))
    dots = np.asarray(blurred).astype(np.float32)
    height, width = dots.shape[:2]
    dots += rng.normal(0, 10, (height, width, 1))
    for y, x, tall, wide in zip(*(rng.integers(0, n, 2_200) for n in (height - 3, width - 3, 3, 3)), strict=True):
        dots[y : y + tall + 1, x : x + wide + 1] = 60
    dots *= np.linspace(0.72, 1, width)[None, :, None]
    dots[:, :14] = 30
    copy = Image.fromarray(np.clip(dots, 0, 255).astype(np.uint8))
    out = BytesIO()
    copy.save(out, "JPEG", quality=60)
    return Image.open(BytesIO(out.getvalue())).convert("RGB")


def sealed(x: int, y: int) -> Wear:
    """With a red seal around a point."""

    def press(page: Image.Image) -> Image.Image:
        seal = Image.new("RGBA", page.size, (0, 0, 0, 0))
        draw = ImageDraw.Draw(seal)
        red = (215, 35, 35, 190)
        draw.ellipse((x - 150, y - 150, x + 150, y + 150), outline=red, width=9)
        draw.regular_polygon((x, y, 50), 5, outline=red, width=8)
        for angle in np.linspace(np.pi, 2 * np.pi, 10):
            at = x + 115 * np.cos(angle), y + 115 * np.sin(angle)
            draw.rectangle((at[0] - 10, at[1] - 14, at[0] + 10, at[1] + 14), outline=red, width=5)
        return Image.alpha_composite(page.convert("RGBA"), seal).convert("RGB")

    return press


def stamped(x: int, y: int) -> Wear:
    """With a seal of full red strokes around a point, through which print shows."""

    def stamp(page: Image.Image) -> Image.Image:
        seal = Image.new("RGB", page.size, "white")
        draw = ImageDraw.Draw(seal)
        red = (200, 35, 35)
        draw.ellipse((x - 150, y - 150, x + 150, y + 150), outline=red, width=9)
        draw.regular_polygon((x, y, 50), 5, fill=red)
        for angle in np.linspace(0.85 * np.pi, 2.15 * np.pi, 12):
            middle, level = x + 115 * np.cos(angle), y + 115 * np.sin(angle)
            draw.line((middle, level - 16, middle, level + 16), fill=red, width=4)
            for line in (-12, 0, 12):
                draw.line((middle - 14, level + line, middle + 14, level + line), fill=red, width=4)
        return ImageChops.multiply(page, seal)

    return stamp


def beside(left: Image.Image, right: Image.Image) -> Image.Image:
    """Two pages on one sheet."""
    sheet = Image.new("RGB", (left.width + right.width, left.height), "white")
    sheet.paste(left, (0, 0))
    sheet.paste(right, (left.width, 0))
    return sheet


def digits(rows: int, columns: int, worn: bool = False) -> Image.Image:
    """A page with a table of lone digits; where it is worn, strokes are gone, and the first cell is empty."""
    image = Image.new("L", (1654, 1800), 255)
    draw, font, rng = ImageDraw.Draw(image), ImageFont.load_default(32), Random(5)
    left, top, wide, high = 300, 200, 150, 60
    for n in range(int(worn), rows * columns):
        middle = left + (n % columns + 0.5) * wide, top + (n // columns + 0.5) * high
        draw.text(middle, rng.choice("41744071"), fill=0, font=font, anchor="mm")
    if worn:
        dots = np.asarray(image).copy()
        dots[np.arange(len(dots)) % 5 < 2] = 255
        image = Image.fromarray(dots)
        draw = ImageDraw.Draw(image)
    for n in range(rows + 1):
        draw.line((left, top + n * high, left + columns * wide, top + n * high), fill=0, width=4)
    for n in range(columns + 1):
        draw.line((left + n * wide, top, left + n * wide, top + rows * high), fill=0, width=4)
    return image.convert("RGB")


def small_digits(rows: Sequence[str], high: int = 34, shade: int = 0, ruling: int = 2) -> Image.Image:
    """A page with a table of lone digits of 6.5 points, scanned at 100 dots an inch and blurred, as if at 200.

    The height of its rows is in pixels of the page, the width of its rulings in 300ths of an inch.
    """
    image = Image.new("L", (2480, 3510), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(27)
    left, top, wide, high = (3 * n // 2 for n in (*SMALL_PLACE, SMALL_CELL[0], high))
    right, bottom = left + len(rows[0]) * wide, top + len(rows) * high
    for down, row in enumerate(rows):
        for across, digit in enumerate(row):
            draw.text((left + (across + 0.5) * wide, top + (down + 0.5) * high), digit, shade, font, "mm")
    for n in range(len(rows) + 1):
        draw.line((left, top + n * high, right, top + n * high), fill=0, width=ruling)
    for n in range(len(rows[0]) + 1):
        draw.line((left + n * wide, top, left + n * wide, bottom), fill=0, width=ruling)
    scan = image.reduce(3).filter(ImageFilter.GaussianBlur(1.0))
    return scan.resize((1654, 2340), Image.Resampling.BICUBIC).convert("RGB")


SMALL_PLACE, SMALL_CELL = (300, 200), (140, 34)
"""Where the table of `small_digits` begins, and the size of its cells, in pixels."""
