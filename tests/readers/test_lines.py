"""Lines of a PDF without rulings are divided at the gaps between columns."""

from __future__ import annotations

from itertools import accumulate

import pytest

from pipeline.readers.pdf.lines import columns_of, lines_of
from pipeline.readers.pdf.page import Char


def line(*parts: tuple[str, float]) -> list[str]:
    """The columns of a line of texts, each with the gap before it in letters."""
    steps = [(c, gap if n == 0 else 0.0) for text, gap in parts for n, c in enumerate(text)]
    ends = list(accumulate(10 * gap + 10 for _, gap in steps))
    chars = [Char(end - 10, 0, end, 10, c, 10) for (c, _), end in zip(steps, ends, strict=True)]
    (found,) = lines_of(chars, 1)
    return columns_of(found)


@pytest.mark.parametrize("gap", [0.6, 1.0, 1.4, 3.0])
def test_figures_that_stand_close_are_never_run_together(gap: float) -> None:
    assert line(("规章", 0), ("29397", 4), ("3146", gap), ("139", gap)) == ["规章", "29397", "3146", "139"]


def test_words_are_divided_by_wide_gaps_alone() -> None:
    assert line(("规章", 0), ("数量", 1), ("件", 2)) == ["规章数量", "件"]
