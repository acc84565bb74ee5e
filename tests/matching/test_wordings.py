"""Which printed labels are misprints of the form's, and which say something else."""

from __future__ import annotations

import pytest

from pipeline.forms.loading import forms
from pipeline.matching.wordings import is_misprint, says_otherwise

MISPRINTS = [
    ("总计计", "总计"),
    ("其他法律行政止公开", "其他法律行政法规禁止公开"),
    ("本年度止件数", "本年废止件数"),
    ("法人和其它组织", "法人或其它组织"),
    ("补正申请内容任不明确", "补正后申请内容仍不明确"),
]
OTHER_WORDS = [
    ("本年受理数量", "本年处理决定数量"),
    ("本年修订件数", "本年制发件数"),
    ("行政处分", "行政处罚"),
    ("本年转发件数", "本年制发件数"),
    ("党内规范性文件", "行政规范性文件"),
    ("涉企行政事业性收费", "行政事业性收费"),
    ("经复议直接起诉", "未经复议直接起诉"),
]
OTHERWISE = [
    *((f"{when}处理决定数量", "本年处理决定数量") for when in ("上年", "2023年", "近三年", "本月", "一季度", "上半年")),
    *((f"{when}行政许可", "行政许可") for when in ("历年", "下一年", "1-6月", "前年", "任期内")),
    ("现行失效件数", "现行有效件数"),
    *((f"{no}行政处罚", "行政处罚") for no in ("不予", "非", "未", "免予", "拟")),
]


@pytest.mark.parametrize(("printed", "meant"), MISPRINTS)
def test_slips(printed: str, meant: str) -> None:
    assert is_misprint(printed, meant)
    assert not says_otherwise(printed, meant)


@pytest.mark.parametrize(("printed", "meant"), OTHER_WORDS)
def test_another_word_is_no_misprint(printed: str, meant: str) -> None:
    assert not is_misprint(printed, meant)
    assert not says_otherwise(printed, meant)


@pytest.mark.parametrize(("printed", "meant"), OTHERWISE)
def test_another_period_or_the_opposite(printed: str, meant: str) -> None:
    assert says_otherwise(printed, meant)


def test_no_label_of_a_form_says_otherwise_than_itself() -> None:
    names = {n for f in forms() for t in f.tables for line in t.lines for n in line.names}
    assert not [n for n in names if says_otherwise(n, n) or not is_misprint(n, n)]
