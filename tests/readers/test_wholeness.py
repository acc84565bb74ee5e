"""JPEG pictures whose data end too early or have lost a piece: decoders say nothing, and nothing they show is sure."""

from __future__ import annotations

import random

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="pip install 'disclosure[ocr]' to test how pictures are read")
pytest.importorskip("rapidocr", reason="pip install 'disclosure[ocr]' to test how pictures are read")

from PIL import Image, ImageDraw, ImageFont

from pipeline.readers.pdf import as_seen
from pipeline.readers.pdf.page import Page
from pipeline.readers.scan import figures_in_pictures, pages_of_pictures, with_pictures_read
from pipeline.readers.scan.wholeness import is_whole
from tests.readers.draw_scan import digits, saved, scanned

END = b"\xff\xd9"
KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "grey": ("L", {"quality": 70}),
    "colour": ("RGB", {"quality": 70}),
    "fine": ("RGB", {"quality": 95, "subsampling": 0}),
    "coarse": ("L", {"quality": 30, "optimize": True}),
    "marked": ("RGB", {"quality": 60, "restart_marker_rows": 4}),
}


def page(mode: str, shade: int = 255, noise: float = 3) -> Image.Image:
    """A page of figures, its sides no multiples of eight."""
    image = Image.new("L", (413, 597), shade)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(20)
    for n in range(20):
        draw.text((30, 20 + 28 * n), f"{n * 7919:,}", fill=shade // 8, font=font)
    dots = np.asarray(image) + np.random.default_rng(1).normal(0, noise, image.size[::-1])
    return Image.fromarray(np.clip(dots, 0, 255).astype(np.uint8)).convert(mode)


def jpeg(kind: str, image: Image.Image | None = None) -> bytes:
    mode, how = KINDS[kind]
    return saved([image or page(mode)], "JPEG", **how)


def cut_off(data: bytes, share: float) -> bytes:
    """The picture with its end missing, and the mark of an end in its place."""
    return data[: round(share * len(data))].rstrip(b"\xff") + END


def without_a_piece(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) // 2, 3 * len(data) // 4)
    return data[:at] + data[at + 300 :]


PASSES = {
    "grey in passes": ("L", {"quality": 75, "progressive": True}),
    "colour in passes": ("RGB", {"quality": 75, "progressive": True}),
    "fine in passes": ("RGB", {"quality": 95, "subsampling": 0, "progressive": True}),
    "marked in passes": ("RGB", {"quality": 60, "progressive": True, "restart_marker_rows": 4}),
}
KINDS |= PASSES


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_whole_until_its_end_is_cut_off(kind: str) -> None:
    data = jpeg(kind)
    assert is_whole(data)
    assert is_whole(data[:-2] + b"\xff\xff" + END)  # filled up
    assert is_whole(data + jpeg(kind))  # with another one behind it
    assert not any(is_whole(cut_off(data, share)) for share in (0.5, 0.7, 0.95))
    assert not is_whole(data[: len(data) // 2])


@pytest.mark.parametrize("kind", ["grey", "fine"])
def test_of_most_pictures_that_have_lost_a_piece_that_shows(kind: str) -> None:
    """It cannot where as many blocks were found in the rest as before."""
    data, rng = jpeg(kind), random.Random(2)
    assert sum(not is_whole(without_a_piece(data, rng)) for _ in range(20)) >= 14


@pytest.mark.parametrize("kind", PASSES)
def test_a_picture_of_several_passes_may_be_cut_anywhere(kind: str) -> None:
    data, rng = jpeg(kind), random.Random(2)
    assert not any(is_whole(cut_off(data, rng.uniform(0.05, 0.999))) for _ in range(60))
    assert not is_whole(data[:-50] + END)
    starts = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"]
    assert len(starts) > 3
    assert not any(is_whole(data[:start] + END) for start in starts[1:])  # passes are missing, the others are whole


@pytest.mark.parametrize("kind", ["grey in passes", "marked in passes"])
def test_of_most_pictures_of_several_passes_that_have_lost_a_piece_that_shows(kind: str) -> None:
    data, rng = jpeg(kind), random.Random(2)
    assert sum(not is_whole(without_a_piece(data, rng)) for _ in range(40)) >= 30


@pytest.mark.parametrize("kind", PASSES)
@pytest.mark.parametrize("shade", [255, 128, 20])
def test_a_page_of_several_passes_without_noise_is_whole(kind: str, shade: int) -> None:
    mode = PASSES[kind][0]
    blank, one = (Image.new("L", (2480, 1500), shade) for _ in range(2))
    ImageDraw.Draw(one).text((100, 100), "12", fill=0)
    assert all(is_whole(jpeg(kind, i.convert(mode))) for i in (blank, one, page("L", shade, 0)))


@pytest.mark.parametrize("shade", [128, 127, 90, 20])
def test_a_dark_page_is_whole(shade: int) -> None:
    assert is_whole(jpeg("grey", page("L", shade, 0)))


def test_other_pictures_are_taken_as_whole() -> None:
    assert all(is_whole(saved([page("RGB")], kind)) for kind in ("PNG", "BMP", "WEBP", "TIFF"))
    assert is_whole(b"")


def of_pdf(data: bytes) -> tuple[Page, ...]:
    return with_pictures_read(data, as_seen(data))


@pytest.mark.long
def test_nothing_is_sure_in_a_picture_that_is_not_whole() -> None:
    sheet = digits(2, 3)
    data, packed = saved([sheet], "JPEG", dpi=(200, 200)), bytearray(scanned([sheet]))
    at = packed.rfind(END) - 40
    packed[at : at + 2] = END
    for whole, cut in (
        (pages_of_pictures(data), pages_of_pictures(data[:-40] + END)),
        (of_pdf(scanned([sheet])), of_pdf(bytes(packed))),
    ):
        assert [c.text for c in whole[0].crops] == [c.text for c in cut[0].crops][:6]  # without its grey end
        assert min(c.sure for c in whole[0].crops) > 0.9
        assert not any(c.sure or c.other_sure for c in cut[0].crops)


def test_a_small_picture_that_is_not_whole_shows_no_figure() -> None:
    picture = Image.new("L", (60, 40), 255)
    ImageDraw.Draw(picture).text((12, 4), "47", fill=0, font=ImageFont.load_default(28))
    data = saved([picture], "JPEG", quality=90)
    (whole, cut) = figures_in_pictures([data, cut_off(data, 0.8)])
    assert whole is not None
    assert whole[0] == "47"
    assert cut is None
