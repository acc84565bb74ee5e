"""Labels as compared: what counts as the same label, and how similar two are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.labels import Label, compact, label, similarity


@pytest.mark.parametrize(
    ("printed", "text", "ordinal"),
    [
        ("三、本年度办理结果", "本年度办理结果", "三"),
        ("三 、本 年 度办 理 结果", "本年度办理结果", "三"),
        ("（一）予以公开", "予以公开", "一"),
        ("(一) 予以公开", "予以公开", "一"),
        ("1.属于国家秘密", "属于国家秘密", "1"),
        ("1、属于国家秘密", "属于国家秘密", "1"),
        ("1．属于国家秘密", "属于国家秘密", "1"),
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "部分公开", "二"),
        ("3.危及“三安全一稳定”", "危及三安全一稳定", "3"),
        ('3.危及"三安全一稳定"', "危及三安全一稳定", "3"),
        ("第二十条第（一）项", "第二十条第一项", ""),
        ("第二十条 第(一)项", "第二十条第一项", ""),
        ("本年收费金额（单位：万元）", "本年收费金额", ""),
        ("本年增/减(指2020年增加或减少的事项数,减用负值表示,如-8)", "本年增减", ""),
        ("(本列数据的勾稽关系为：第一项加第二项之和)", "", ""),
        ("⾏政许可", "行政许可", ""),
        ("⺠事", "民事", ""),
        ("12.5", "125", ""),
        ("1.", "1", ""),
        ("", "", ""),
    ],
)
def test_label(printed: str, text: str, ordinal: str) -> None:
    assert label(printed) == Label(text, ordinal)


@given(st.text())
def test_a_label_of_a_label_is_itself_but_for_ordinals(printed: str) -> None:
    once = label(printed)
    assert not any(c.isspace() for c in once.text)
    assert compact(once.text) == once.text


@pytest.mark.parametrize(("a", "b", "least", "most"), [
    ("本年度止件数", "本年废止件数", 0.6, 0.9),
    ("本年废止件数", "本年制发件数", 0.6, 0.7),
    ("规章", "规章", 1.0, 1.0),
    ("规章", "行政许可", 0.0, 0.0),
])  # fmt: skip
def test_similarity(a: str, b: str, least: float, most: float) -> None:
    assert least <= similarity(a, b) <= most
