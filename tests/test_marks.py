"""What is part of a cell: the law for every format, as a table of cases and as properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.marks import OBJECT, Mark, marked, plain, shown
from pipeline.numbers import figure


def s(text: str) -> str:
    return marked(text, "struck")


def r(text: str) -> str:
    return marked(text, "raised")


def h(text: str) -> str:
    return marked(text, "hidden")


@pytest.mark.parametrize(
    ("content", "text", "left_out"),
    [
        ("61", "61", ""),
        (s("12") + "61", "61", "12"),
        ("61" + s("12"), "61", "12"),
        (s("1") + "6" + s("2") + "1", "61", "1 2"),
        (h("8") + "61", "61", "8"),
        (h(""), "", ""),
        (s("12"), "", "12"),
        ("61" + r("1"), "61", "1"),
        (r("注1") + "61", "61", "注1"),
        ("61件" + r("[2]"), "61件", "[2]"),
        ("61" + marked("2", "lowered"), "61", "2"),
        (marked("61", "lowered") + r("2"), "61", "2"),  # all is moved: the lower part is the line
        (r("2") + marked("6", "lowered") + marked("1", "lowered"), "61", "2"),
        (marked("61", "lowered") + s("5") + r("2"), "61", "5 2"),
        (marked("61", "lowered"), "61", ""),
        (r("61"), "61", ""),  # all of the cell is set so: it is no note
        ("行政许可" + r("①"), "行政许可", "①"),
        ("第二十条" + r("第（一）项"), "第二十条第（一）项", ""),
        ("12." + r("50"), "12.50", ""),
        (h(r("5") + "1") + "61", "61", "5 1"),
        (r(s("5")) + "61", "61", "5"),
        ("523\n77", "523\n77", ""),
        ("523\n\n77", "523\n77", ""),
        ("523\n" + s("77"), "523", "77"),
        ("22\n（其中修订16件）", "22（其中修订16件）", ""),
        ("523\n件", "523件", ""),
        ("12.\n5", "12.5", ""),
        ("本年处理\n决定数量", "本年处理决定数量", ""),
        ("Open\nData", "Open Data", ""),
        ("4 9 9 8", "4998", ""),
        ("４ ９", "４９", ""),
        ("49 98", "49 98", ""),
        (OBJECT, OBJECT, ""),
        ("12" + OBJECT, "12" + OBJECT, ""),
        (h(OBJECT) + "12", "12", OBJECT),
    ],
)
def test_shown(content: str, text: str, left_out: str) -> None:
    assert shown(content) == (text, left_out)


def test_text_outside_of_cells_keeps_what_is_raised() -> None:
    assert plain("收到" + s("12") + "13件" + r("①") + h("草稿")) == "收到13件①"


NUMBERS = st.integers(0, 999_999).map(str)


@given(NUMBERS, NUMBERS, st.sampled_from(["hidden", "struck", "raised", "lowered"]), st.booleans())
def test_a_figure_is_what_is_visible(seen: str, other: str, mark: Mark, before: bool) -> None:
    content = marked(other, mark) + seen if before else seen + marked(other, mark)
    read = shown(content)
    assert (read.text, read.left_out) == (seen, other)


@given(NUMBERS, NUMBERS)
def test_figures_on_two_lines_are_no_number(above: str, below: str) -> None:
    read = shown(f"{above}\n{below}")
    assert figure(read.text).kind == "word"
    assert read.text.split("\n") == [above, below]


@given(st.text("0123456789件减-./（）其中 \n", max_size=40))
def test_text_without_marks_loses_nothing_but_white_space(content: str) -> None:
    read = shown(content)
    assert read.left_out == ""
    assert "".join(read.text.split()) == "".join(content.split())
