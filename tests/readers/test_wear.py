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
from pipeline.readers.scan.recognition import SURE
from tests.readers.draw_scan import digits

ROWS, COLUMNS = 6, 4


def read(worn: bool) -> Page:
    ((_, page),) = pages(np.asarray(digits(ROWS, COLUMNS, worn)), 1)
    return page


def is_sure(crop: Crop) -> bool:
    return min(crop.sure, crop.other_sure) >= SURE


def test_of_a_worn_page_no_figure_is_sure_and_no_blank_either() -> None:
    clean, worn = read(False), read(True)
    assert len(clean.crops) == len(worn.crops) == ROWS * COLUMNS
    assert all(map(is_sure, clean.crops))
    assert not any(map(is_sure, worn.crops))
    assert any(not crop.text for crop in worn.crops)


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
