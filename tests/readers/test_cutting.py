"""How the cells of a scan are cut out: none that has ink is taken for blank, however pale the ink is."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest

pytest.importorskip("scipy", reason="pip install 'disclosure[ocr]' to test how pictures are read")

from pipeline.readers.scan import cutting
from pipeline.readers.scan.cutting import POINTS
from tests.readers.draw_scan import SMALL_CELL, SMALL_PLACE, small_digits

ROWS = ("0 0 18", "04 060", " 0 07 ", "9 0 3 ")


def around(places: Collection[tuple[float, ...]], x: float, y: float) -> bool:
    return any(left < x < right and top < y < bottom for left, top, right, bottom in places)


@pytest.mark.parametrize("ruling", [2, 6])
@pytest.mark.parametrize("shade", [0, 90, 130, 150])
@pytest.mark.parametrize("high", [24, 34])
def test_a_digit_paler_than_the_rulings_beside_it_is_cut_out_or_told(high: int, shade: int, ruling: int) -> None:
    page, lines = cutting.cut(np.asarray(small_digits(ROWS, high, shade, ruling).convert("L")), 1)
    cut = [line.cell for line in lines if line.cell]
    told = [tuple(side / POINTS for side in crop[:4]) for crop in page.crops]
    left, top = SMALL_PLACE
    for down, row in enumerate(ROWS):
        for across, digit in enumerate(row):
            middle = left + (across + 0.5) * SMALL_CELL[0], top + (down + 0.5) * high
            assert (around(cut, *middle) or around(told, *middle)) is (digit != " "), (down, across, digit)
