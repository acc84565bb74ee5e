"""Sheets of indicators whose one column of figures is headed by years: another year's figures are never this year's."""

from __future__ import annotations

import random

import pytest

from pipeline.forms.loading import form
from pipeline.parse import Parsed
from tests.conftest import parse_bytes
from tests.odd.page import HANDS, LOOSE, boxes
from tests.render import SheetStyle, sheet

HERE = ("html", "lines", "spaces", "pipes", "csv", "bare")
MADE = form("2014")
OF = {
    (1, r.code, "count"): str(n)
    for r, n in zip(MADE.table(1).rows, random.Random(2).sample(range(100, 999), 61), strict=True)
}


def _headed(head: str, hand: str) -> Parsed:
    rows = sheet(MADE, OF, SheetStyle(heads=("统计指标", "单位", head)))
    page = ["文峰区商颂街道办事处2015年政府信息公开工作年度报告", "一、概述", "全年主动公开政府信息 385 条。"]
    ending, draw = {**HANDS, **LOOSE}[hand]
    return parse_bytes(draw([*page, "附件：政府信息公开情况统计表", boxes(rows)]), f"report.{ending}")


@pytest.mark.parametrize("hand", HERE)
@pytest.mark.parametrize("head", ["历年累计", "2014年数量", "同比增减"])
def test_a_column_of_other_years_fills_nothing(head: str, hand: str) -> None:
    found = _headed(head, hand)
    assert not found.facts
    assert [(i.table_no, i.printed) for i in found.issues if i.code == "table-elsewhere"] == [(1, head)]


@pytest.mark.parametrize("hand", HERE)
def test_a_column_of_the_year_is_its_own_with_a_word(hand: str) -> None:
    found = _headed("2015年", hand)
    facts = {f.key: str(f.value) for f in found.facts}
    assert facts.items() <= OF.items()
    assert len(facts) > 59
    assert {i.code for i in found.issues} & {"label-inferred", "column-alone"}


@pytest.mark.parametrize("figure", ["5", "12", "47", "99", "101"])
@pytest.mark.parametrize("hand", ["lines", "spaces", "html"])
def test_the_only_figure_of_two_digits_is_no_number_of_a_row(figure: str, hand: str) -> None:
    """It stands right before the label of the next row."""
    of = {**OF, (1, MADE.table(1).rows[20].code, "count"): figure}
    page = [
        "文峰区商颂街道办事处2015年政府信息公开工作年度报告",
        "附件：政府信息公开情况统计表",
        boxes(sheet(MADE, of)),
    ]
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(page), f"report.{ending}")
    assert {f.key: str(f.value) for f in found.facts} == of
