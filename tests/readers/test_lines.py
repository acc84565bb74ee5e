"""Lines of a PDF without rulings are divided at the gaps between columns."""

from __future__ import annotations

from itertools import accumulate

import pytest

from pipeline.readers.pdf.lines import columns_of, lines_of, with_figures_beside
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


def written(text: str, left: float, top: float, size: float = 10) -> list[Char]:
    return [Char(left + n * size, top, left + (n + 1) * size, top + size, c, size) for n, c in enumerate(text)]


@pytest.mark.parametrize("up", [-6.0, -3.0, 0.0, 2.5, 4.0, 7.0])
def test_figures_a_little_higher_or_lower_are_beside_the_nearest_label(up: float) -> None:
    rows = [("规章", "52"), ("行政规范性文件", "0"), ("行政许可", "37")]
    chars = [
        c
        for n, (label, figure) in enumerate(rows)
        for c in (*written(label, 0, 20 * n), *written(figure, 200, 20 * n - up))
    ]
    found = with_figures_beside(lines_of(chars, 1))
    assert [columns_of(x) for x in found] == [list(row) for row in rows]


def test_figures_half_way_between_two_labels_are_beside_none() -> None:
    chars = [*written("规章", 0, 0), *written("52", 200, 7), *written("行政规范性文件", 0, 14)]
    assert [x.text for x in with_figures_beside(lines_of(chars, 1))] == ["规章", "52", "行政规范性文件"]


def test_small_figures_above_a_line_are_marks() -> None:
    chars = [*written("规章", 0, 0), *written("2", 40, -6, size=6)]
    assert len(with_figures_beside(lines_of(chars, 1))) == 2
