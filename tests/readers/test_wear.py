"""Worn print, in which what is left of a figure may look like another one: nothing on such a page is sure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="pip install 'disclosure[ocr]' to test how pictures are read")
pytest.importorskip("rapidocr", reason="pip install 'disclosure[ocr]' to test how pictures are read")

from pipeline.readers.pdf.page import Crop, Page
from pipeline.readers.scan import blobs, cutting, recognition
from pipeline.readers.scan.reading import pages
from pipeline.readers.scan.recogniser import Letter, Letters
from pipeline.readers.scan.recognition import SURE, Read
from pipeline.readers.scan.wear import is_worn
from tests.readers.draw_scan import digits

ROWS, COLUMNS = 6, 4


def read(worn: bool) -> Page:
    ((_, page),) = pages(np.asarray(digits(ROWS, COLUMNS, worn)), 1)
    return page


def is_sure(crop: Crop) -> bool:
    return min(crop.sure, crop.other_sure) >= SURE


@pytest.mark.long
def test_of_a_worn_page_no_figure_is_sure_and_no_blank_either() -> None:
    clean, worn = read(False), read(True)
    assert len(clean.crops) == len(worn.crops) == ROWS * COLUMNS
    assert all(map(is_sure, clean.crops))
    assert not any(map(is_sure, worn.crops))
    assert any(not crop.text for crop in worn.crops)


def zero(pieces: int) -> cutting.CutLine:
    """The line of a 0 that stands in a cell."""
    dots = np.full((64, 80), 255, dtype=np.uint8)
    for n in range(pieces):
        dots[14 + 12 * n : 24 + 12 * n, 30:45] = 0
    found = blobs.blobs(dots < 128)
    return replace(cutting.line_of(blobs.lines(found, 48)[0], found, dots, 48), in_cell=True)


@pytest.mark.parametrize(
    ("sure", "other", "rivals", "pieces", "worn"),
    [
        (0.85, "0", (), 1, False),  # unusual print, read alike every time
        (0.6, "0", (), 1, True),
        (0.95, "6", (), 1, True),
        (0.95, "0", ("6",), 1, True),
        (0.95, "0", (), 3, True),
    ],
)
def test_figures_read_in_two_ways_or_by_chance_or_in_pieces_tell_of_wear(
    sure: float, other: str, rivals: tuple[str, ...], pieces: int, worn: bool
) -> None:
    good = Read("0", 0.99, "0", ()), Read("0", 0.99, "0", ()), ()
    odd = Read("0", 0.99, "0", ()), Read(other, sure, other, ()), rivals
    lines = [zero(1)] * 6 + [zero(pieces)] * 3
    assert is_worn(lines, [good] * 6 + [odd] * 3) is worn
    assert not is_worn(lines[-2:], [odd] * 2)  # which may be chance
    assert not is_worn([replace(line, spoilt=True) for line in lines], [good] * 6 + [odd] * 3)


class Saying:
    """A recogniser that always says the same."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, lines: list[object]) -> list[Letters]:
        return [(Letter(self.text, 0.5, 1.0),)] * len(lines)


@pytest.mark.parametrize(("stroke", "mark"), [("bar", "—"), ("stem", "/")])
@pytest.mark.parametrize(("said", "certain"), [("1", True), ("7", False)])
def test_a_mark_that_recognisers_take_for_a_7_may_be_what_is_left_of_one(
    stroke: str, mark: str, said: str, certain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dots = np.full((64, 80), 255, dtype=np.uint8)
    for n in range(36):
        if stroke == "stem":
            dots[14 + n, 50 - n // 2 : 53 - n // 2] = 0
        elif n < 5:
            dots[14 + n, 26:54] = 0
    pieces = blobs.blobs(dots < 128)
    line = replace(cutting.line_of(blobs.lines(pieces, 48)[0], pieces, dots, 48), in_cell=True)
    monkeypatch.setattr(recognition, "recogniser", lambda _: Saying(said))
    ((one, other, _),) = recognition.read_lines([line])
    assert other is not None
    assert one.text == other.text == mark
    assert (min(one.sure, other.sure) >= SURE) is certain
