"""What recognisers say of a line, and which of their readings is taken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="pip install 'disclosure[ocr]' to test how pictures are read")
pytest.importorskip("rapidocr", reason="pip install 'disclosure[ocr]' to test how pictures are read")

from pipeline.readers.scan import blobs, cutting, recogniser, recognition


@pytest.mark.parametrize(
    ("few", "more", "taken"),
    [
        ([("申", 0.8), ("请", 0.8)], [("中", 0.7), ("请", 0.9)], "申请"),
        ([("中", 0.7), ("请", 0.9)], [("申", 0.8), ("请", 0.8)], "申请"),
        ([("3", 1.0), ("1", 0.85)], [("3", 1.0), ("4", 0.7)], "34"),
        ([("申", 0.95), ("请", 0.95)], [("中", 1.0), ("请", 1.0)], "申请"),
    ],
    ids=["few-dots-surer", "more-dots-surer", "a-figure", "sure-at-once"],
)
def test_what_is_unsure_is_read_of_more_dots_and_of_a_text_the_surer_is_taken(
    monkeypatch: pytest.MonkeyPatch, few: list[tuple[str, float]], more: list[tuple[str, float]], taken: str
) -> None:
    dots = np.full((64, 160), 255, dtype=np.uint8)
    dots[14:50, 40:60] = dots[14:50, 70:120] = 0
    pieces = blobs.blobs(dots < 128)
    line = cutting.line_of(blobs.lines(pieces, 48)[0], pieces, dots, 48)

    def read(_: object, lines: Sequence[np.ndarray]) -> list[tuple[recogniser.Letter, ...]]:
        said = (more if picture.shape[1] == line.picture.shape[1] else few for picture in lines)
        return [tuple(recogniser.Letter(text, 0.5, sure) for text, sure in letters) for letters in said]

    monkeypatch.setattr(recogniser.Recogniser, "read", read)
    ((one, _, _),) = recognition.read_lines([line])
    assert one.text == taken
