"""What a cell prints: number, mark, word or nothing, with its value and unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.numbers import figure, is_figure
from pipeline.schema import ValueKind


@pytest.mark.parametrize(
    ("printed", "kind", "value", "unit"),
    [
        ("0", "number", "0", None),
        ("1,234", "number", "1234", None),
        ("1，234", "number", "1234", None),
        ("５６７", "number", "567", None),
        ("１，２３４．５", "number", "1234.5", None),
        ("12件", "number", "12", "件"),
        ("12 件", "number", "12", "件"),
        ("\u00a07\u3000", "number", "7", None),
        ("\u200b7\ufeff", "number", "7", None),
        ("\u202e12", "word", None, None),  # shown as 21
        ("减3", "number", "-3", None),
        ("減3", "number", "-3", None),
        ("-8", "number", "-8", None),
        ("－8", "number", "-8", None),
        ("+19", "number", "19", None),
        ("增加19", "number", "19", None),
        ("22（其中修订 16 件）", "number", "22", None),
        ("251000元", "number", "251000", "元"),
        ("160.5964万元", "number", "160.5964", "万元"),
        ("59237.2449", "number", "59237.2449", None),
        ("007", "number", "7", None),
        ("", "blank", None, None),
        (" \u3000\t", "blank", None, None),
        ("/", "slash", None, None),
        ("／", "slash", None, None),
        ("\\", "slash", None, None),
        ("-", "dash", None, None),
        ("—", "dash", None, None),
        ("——", "dash", None, None),
        ("－", "dash", None, None),
        ("无", "word", None, None),
        ("未增未减", "word", None, None),
        ("1 2", "word", None, None),
        ("1,23", "word", None, None),
        ("12,34", "word", None, None),
        ("②", "word", None, None),
        ("¹", "word", None, None),
        ("注1", "word", None, None),
        ("[1]", "word", None, None),
        ("12+3", "word", None, None),
        ("3-5", "word", None, None),
        ("12%", "word", None, None),
        ("523\n77", "word", None, None),
        ("\ufffc", "unread", None, None),
        ("12\ufffc", "unread", None, None),
        ("٣", "word", None, None),
        ("五", "word", None, None),
        ("1234567890123", "word", None, None),
        ("1.2345678", "word", None, None),
        ("999999999999.999999", "word", None, None),
        ("规章000", "word", None, None),
        ("注：含上年度结转数量 17 件。", "word", None, None),
    ],
)
def test_figure(printed: str, kind: ValueKind, value: str | None, unit: str | None) -> None:
    read = figure(printed)
    assert (read.kind, read.value, read.unit) == (kind, None if value is None else Decimal(value), unit)


def test_a_remark_is_kept() -> None:
    assert figure("22（其中修订 16 件）").remark == "其中修订 16 件"


@pytest.mark.parametrize(
    ("printed", "value", "note"),
    [
        ("61*", 61, "*"),
        ("61＊", 61, "＊"),
        ("121[1]", 121, "1"),
        ("121【2】", 121, "2"),
        ("8255注1", 8255, "注1"),
        ("6167（注2）", 6167, "注2"),
        ("2982①", 2982, "①"),
        ("61²", 61, "²"),
        ("61△", 61, "△"),
        ("61▲", 61, "▲"),
        ("61☆", 61, "☆"),
        ("61★★", 61, "★★"),
        ("61#", 61, "#"),
        ("61＃", 61, "＃"),
        ("8255注①", 8255, "注①"),
        ("115其中本级2件", 115, "其中本级2件"),
        ("115件，其中：简易程序20", 115, ",其中：简易程序20"),
        ("61件①", 61, "①"),
    ],
)
def test_the_mark_of_a_note_behind_a_figure_is_no_digit(printed: str, value: int, note: str) -> None:
    read = figure(printed)
    assert (read.kind, read.value, read.remark) == ("number", value, note)


@pytest.mark.parametrize(
    ("printed", "signed"), [("增加3", True), ("减3", True), ("+3", True), ("-3", False), ("3", False)]
)
def test_a_change_is_told_from_a_number_below_zero(printed: str, signed: bool) -> None:
    assert figure(printed).signed is signed


_WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@given(
    st.one_of(
        st.decimals(min_value=-999_999_999, max_value=999_999_999, places=6, allow_nan=False),
        st.integers(-999_999_999_999, 999_999_999_999).map(Decimal),
    ),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "件", "万元", "元", "项"]),
)
def test_what_is_printed_is_read(value: Decimal, thousands: bool, wide: bool, unit: str) -> None:
    printed = f"{value:,f}" if thousands else f"{value:f}"
    read = figure((printed.translate(_WIDE) if wide else printed) + unit)
    assert (read.kind, read.value, read.unit or "") == ("number", value, unit)


@given(st.text(max_size=30))
def test_any_text_has_a_kind(printed: str) -> None:
    read = figure(printed)
    assert (read.value is not None) == (read.kind == "number")
    assert is_figure(printed) or read.kind in ("blank", "word")


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        *((t, "unread") for t in ("{{ item.made }}", "${made}", "#{made}", "<%= made %>", "{% made %}", "{{ made }}件", "1{{ made }}")),
        *((t, "word") for t in ("{", "}}", "{1}", "行政许可{{ made }}", "<3", "△61", "其中本级2件", "61其中", "2其中2其中2")),
    ],
)  # fmt: skip
def test_a_template_that_nothing_filled_in_is_not_read(printed: str, kind: str) -> None:
    assert figure(printed).kind == kind


@pytest.mark.parametrize(
    ("printed", "is_one"), [("12", True), ("/", True), ("\ufffc", True), ("523\n77", True), ("", False), ("无", False)]
)
def test_what_is_surely_no_label(printed: str, is_one: bool) -> None:
    assert is_figure(printed) is is_one
