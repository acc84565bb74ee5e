"""Tables and columns of another year or an old version never fill the report's own."""

from __future__ import annotations

import random

import pytest

from pipeline.forms.loading import form
from tests.conftest import parse_bytes, printed
from tests.layout.test_arranged import page, table
from tests.render import Figures, SheetStyle, balanced_figures, distinct_figures, sheet

MADE = form("2021")
TITLE = "文峰区商颂街道办事处2023年政府信息公开工作年度报告"
CAPTION = "二、主动公开政府信息情况"


def proactive(of: Figures) -> str:
    rows = []
    for block in MADE.table(2).blocks:
        rows.append(["信息内容", *(c.path[-1] for c in block.columns)])
        rows += [[r.path[-1], *(of[2, r.code, c.code] for c in block.columns)] for r in block.rows]
    return table(rows)


def of_table_two(seed: int) -> Figures:
    return {k: v for k, v in balanced_figures(MADE, random.Random(seed)).items() if k[0] == 2}


@pytest.mark.parametrize("caption", ["附：2022年主动公开政府信息情况", "2022年度数据：", "2021年情况统计表"])
@pytest.mark.parametrize("first", [True, False])
def test_a_table_of_another_year_is_an_issue(caption: str, first: bool) -> None:
    own, other = of_table_two(1), of_table_two(2)
    parts = [[CAPTION, proactive(own)], [caption, proactive(other)]]
    found = parse_bytes(page(*(p for part in (parts[::-1] if first else parts) for p in part), title=TITLE), "r.html")
    assert printed(found) == own
    assert [(i.table_no, i.printed) for i in found.issues if i.code == "table-elsewhere"] == [(2, caption)]


def test_alone_it_gives_no_figures() -> None:
    found = parse_bytes(page("附：2022年主动公开政府信息情况", proactive(of_table_two(2)), title=TITLE), "r.html")
    assert not found.facts
    assert {i.code for i in found.issues if i.table_no == 2} == {"table-elsewhere", "table-missing"}


@pytest.mark.parametrize(("old", "new"), [("原表：", "更正为："), ("更正前", "更正后"), ("修改前：", "修改后：")])
def test_a_correction_binds(old: str, new: str) -> None:
    wrong, right = of_table_two(1), of_table_two(2)
    found = parse_bytes(page(CAPTION, old, proactive(wrong), new, proactive(right), title=TITLE), "r.html")
    assert printed(found) == right
    assert "table-elsewhere" in {i.code for i in found.issues}


def test_a_comparison_of_years_is_no_table_of_the_form() -> None:
    own = of_table_two(1)
    years = table([["项目", "2022年", "2023年"], ["规章", "8", "9"], ["行政许可", "1", "2"], ["行政处罚", "3", "4"]])
    found = parse_bytes(page("近两年情况对比如下表：", years, CAPTION, proactive(own), title=TITLE), "r.html")
    assert printed(found) == own


@pytest.mark.parametrize(
    ("own", "other"),
    [("2015年", "2014年"), ("2015年度", "历年累计"), ("本年累计", "本期实际"), ("本年度", "上年同期")],
)
@pytest.mark.parametrize("last", [True, False])
def test_the_column_of_the_report_s_year_binds(own: str, other: str, last: bool) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    head, *rows = sheet(made, figures, SheetStyle())
    at = head.index("统计数")

    def beside(row: list[str], more: str) -> list[str]:
        pair = [more, row[at]] if last else [row[at], more]
        return [*row[:at], *pair, *row[at + 1 :]]

    cells = [beside([*head[:at], own, *head[at + 1 :]], other), *(beside(r, "7") if len(r) > at else r for r in rows)]
    title = "文峰区商颂街道办事处2015年政府信息公开工作年度报告"
    found = parse_bytes(page("附件", table(cells), title=title), "r.html")
    assert printed(found) == figures
    assert [i.printed for i in found.issues if i.code == "column-elsewhere"] == [other]
