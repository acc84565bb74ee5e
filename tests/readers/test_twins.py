"""Lone figures that look the same are read once for all; what differs, however little, is read by itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

pytest.importorskip("onnxruntime", reason="pip install 'disclosure[ocr]' to test how pictures are read")
pytest.importorskip("rapidocr", reason="pip install 'disclosure[ocr]' to test how pictures are read")

from pipeline.readers.scan import blobs, cutting, reading, recogniser, recognition
from pipeline.readers.scan.pictures import POINTS, Pixels
from pipeline.readers.scan.twins import twins
from tests.readers.draw_scan import SMALL_CELL, SMALL_PLACE, small_digits

FIGURES = "0123456789/"


def drawn(figure: str, off: int = 0, blur: float = 0.0, noise: int = 0) -> Pixels:
    """A figure off by quarters of a pixel, blurred, in noise."""
    image = Image.new("L", (192, 192), 255)
    font = ImageFont.load_default(112)
    ImageDraw.Draw(image).text((90 + off, 96 + off), figure, fill=0, font=font, anchor="mm", stroke_width=2)
    dots = np.asarray(image.reduce(4).filter(ImageFilter.GaussianBlur(blur)), dtype=np.int16)
    dots = dots + np.random.default_rng(noise).integers(-noise, noise + 1, dots.shape)
    return np.clip(dots, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("blur", [0.0, 1.0, 2.5, 3.5])
def test_no_figure_is_the_twin_of_another(blur: float) -> None:
    assert not twins([line_of(drawn(figure, blur=blur)).picture for figure in FIGURES])


def test_a_figure_is_the_twin_of_the_first_that_looks_the_same() -> None:
    pictures = [drawn(figure, off, blur=0.7, noise=12) for off in (0, 2, 4) for figure in FIGURES]
    few = len(FIGURES)
    assert twins(pictures) == {n: n % few for n in range(few, 3 * few)}


def test_pictures_of_different_widths_are_no_twins() -> None:
    assert twins([np.full((48, width), 255, dtype=np.uint8) for width in (30, 32, 40, 31)]) == {3: 0}


def test_half_a_stroke_that_is_gone_is_seen() -> None:
    whole = drawn("8", blur=0.7)
    worn = whole.copy()
    inked = np.flatnonzero((whole < 128).any(axis=1))
    worn[inked[0] : inked[0] + len(inked) // 3, : whole.shape[1] // 2 - 3] = 255
    assert not twins([whole, worn])


def test_figures_of_a_blurred_page_of_noughts_are_not_read_as_noughts() -> None:
    """At so few dots an inch an 8 differs from a 0 by no more than noise does on a sharp page."""
    figures = [*"0" * 58, *"689689"]
    random.Random(1).shuffle(figures)
    rows = ["".join(figures[n : n + 8]) for n in range(0, 64, 8)]
    ((_, page),) = reading.pages(np.asarray(small_digits(rows)), 1)
    (left, top), (wide, high) = SMALL_PLACE, SMALL_CELL
    places = [((c.x0 + c.x1) / 2 / POINTS - left, (c.y0 + c.y1) / 2 / POINTS - top) for c in page.crops]
    truth = [rows[int(y // high)][int(x // wide)] for x, y in places]
    assert [c.text for c in page.crops] == truth
    assert len(truth) == 64


@pytest.mark.parametrize(
    ("letters", "asked"),
    [
        ([("0", 0.99)], [1, 1]),
        ([("0", 0.93)], [3, 3]),
        ([("O", 0.99)], [3, 3]),
        ([("口", 0.99)], [3, 3]),
        ([], [3, 3]),
    ],
    ids=["sure", "not-so-sure", "a-letter", "a-character", "nothing"],
)
def test_one_of_three_noughts_is_read_where_that_is_surely_a_figure(
    monkeypatch: pytest.MonkeyPatch, letters: list[tuple[str, float]], asked: list[int]
) -> None:
    seen = {}

    def read(model: recogniser.Recogniser, lines: Sequence[Pixels]) -> list[recogniser.Letters]:
        seen[len(model.alphabet)] = seen.get(len(model.alphabet), 0) + len(lines)
        return [tuple(recogniser.Letter(text, 0.5, sure) for text, sure in letters) for _ in lines]

    monkeypatch.setattr(recogniser.Recogniser, "read", read)
    monkeypatch.setattr(recognition, "_is_doubtful", lambda *_: False)
    found = recognition.read_lines([line_of(drawn("0", off)) for off in range(3)])
    assert list(seen.values()) == asked
    assert {one.text for one, _, _ in found} == {letters[0][0].replace("O", "0") if letters else ""}


def test_a_figure_beside_other_ink_is_read_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def read(_: object, lines: Sequence[Pixels]) -> list[recogniser.Letters]:
        seen.append(len(lines))
        return [(recogniser.Letter("0", 0.5, 1.0),) for _ in lines]

    monkeypatch.setattr(recogniser.Recogniser, "read", read)
    lines = [line_of(drawn("0")), replace(line_of(drawn("0")), spoilt=True)]
    assert [one.sure for one, _, _ in recognition.read_lines(lines)] == [1.0, 0.0]
    assert seen[0] == 2


def line_of(dots: Pixels) -> cutting.CutLine:
    """The figure as the line of a cell."""
    pieces = blobs.blobs(dots < 200)
    (span,) = blobs.lines(pieces, 40)
    return replace(cutting.line_of(span, pieces, dots, 40), in_cell=True)
