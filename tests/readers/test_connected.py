"""Connected pieces of ink are those that an image library labels, with their boxes, amounts and masks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from pipeline.readers.scan.cleaning import Mask
from pipeline.readers.scan.connected import BOTTOM, INK, LEFT, RIGHT, TOP, pieces_of, runs_of

MASKS = arrays.arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 12)))
EVERY_NEIGHBOUR = np.ones((3, 3), dtype=bool)


@given(MASKS)
def test_pieces_are_those_of_a_labelled_picture(mask: Mask) -> None:
    labels, count = ndimage.label(mask, EVERY_NEIGHBOUR)
    pieces = pieces_of(mask)
    expected = {
        (c.start, r.start, c.stop, r.stop, int((labels[r, c] == number).sum()))
        for number, (r, c) in enumerate(ndimage.find_objects(labels), start=1)
    }
    assert len(pieces.boxes) == count
    assert {tuple(box) for box in pieces.boxes.tolist()} == expected
    for number, box in enumerate(pieces.boxes):
        alone = np.arange(count) == number
        part = pieces.mask(alone)
        assert part.sum() == box[INK]
        assert part[box[TOP] : box[BOTTOM], box[LEFT] : box[RIGHT]].sum() == box[INK]
        assert pieces.rows[number] == pytest.approx(np.nonzero(part)[0].mean())


@given(MASKS)
def test_a_mask_comes_back_from_its_runs(mask: Mask) -> None:
    assert (runs_of(mask).mask == mask).all()


def test_no_ink_has_no_pieces() -> None:
    assert pieces_of(np.zeros((3, 4), dtype=bool)).boxes.shape == (0, 5)
