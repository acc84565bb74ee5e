"""The unit of a figure is the one printed nearest to it: cell, row label, header, corner or caption, else the form's."""

from __future__ import annotations

import pytest

from tests.conftest import parse_bytes

PAGE = (
    "<h1>新华区曙光街街道办事处2024年政府信息公开工作年度报告</h1><h2>二、主动公开政府信息情况</h2>{before}<table>{caption}"
    "<tr><td colspan=4>第二十条第（一）项</td></tr><tr><td>{corner}</td><td>本年制发件数{made}</td><td>本年废止件数</td>"
    "<td>现行有效件数</td></tr><tr><td>规章</td><td>0</td><td>0</td><td>0</td></tr><tr><td>行政规范性文件</td><td>1.2</td>"
    "<td>1</td><td>8</td></tr><tr><td colspan=4>第二十条第（八）项</td></tr><tr><td>信息内容</td><td colspan=3>{header}</td></tr>"
    "<tr><td>{label}</td><td colspan=3>{fee}</td></tr></table>"
)
USUAL = {"before": "", "caption": "", "corner": "信息内容", "made": "", "header": "本年收费金额（单位：万元）",
         "label": "行政事业性收费", "fee": "38400"}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "unit"),
    [
        ({}, "万元"),
        ({"header": "本年收费金额（单位：元）"}, "元"),
        ({"header": "本年收费金额（元）"}, "元"),
        ({"header": "本年收费金额(单位:千元)"}, "千元"),
        ({"header": "本年收费金额（單位：萬元）"}, "万元"),
        ({"label": "行政事业性收费（元）"}, "元"),
        ({"header": "本年收费金额（单位：亿元）", "label": "行政事业性收费（元）"}, "元"),
        ({"fee": "38400元"}, "元"),
        ({"header": "本年收费金额（单位：元）", "fee": "3.84万元"}, "万元"),
        ({"header": "本年收费金额", "caption": "<caption>单位：元</caption>"}, "元"),
        ({"header": "本年收费金额", "before": "<p>单位：件、元</p>"}, "元"),
        ({"header": "本年收费金额", "before": "<p>发布单位：某局</p>"}, "万元"),
        ({"header": "本年收费金额"}, "万元"),
        ({"header": "本年收费金额（单位：元）", "before": "<p>单位：万元</p>"}, "元"),
    ],
)
def test_the_unit_of_money(changed: dict[str, str], unit: str) -> None:
    parsed = parse_bytes(PAGE.format(**{**USUAL, **changed}).encode())
    (fee,) = [f for f in parsed.facts if f.key == (2, "8.fee", "amount")]
    assert fee.unit == unit
    codes = {i.code for i in parsed.issues if i.row_code == "8.fee"}
    assert ("figure-unit" in codes) == (unit != "万元")
    assert ("unit-missing" in codes) == (
        changed in ({"header": "本年收费金额"}, {"header": "本年收费金额", "before": "<p>发布单位：某局</p>"})
    )


def test_counts_in_multiples_may_have_fractions() -> None:
    parsed = parse_bytes(PAGE.format(**{**USUAL, "made": "（万件）"}).encode())
    units = {f.key: f.unit for f in parsed.facts}
    assert units[2, "1.doc", "made"] == "万件"
    assert units[2, "1.doc", "valid"] == "件"
    assert not [i for i in parsed.issues if i.code == "figure-fraction"]


def test_a_change_in_a_column_of_counts_is_words() -> None:
    for printed in ("增加3", "减3", "+3", "12+3", "3-5", "12%"):
        parsed = parse_bytes(PAGE.format(**{**USUAL, "fee": printed}).encode())
        (fee,) = [f for f in parsed.facts if f.key == (2, "8.fee", "amount")]
        assert (fee.kind, fee.value, fee.printed.text) == ("word", None, printed)
        assert "figure-word" in {i.code for i in parsed.issues if i.row_code == "8.fee"}


def test_a_table_without_a_figure_is_told_and_proves_nothing() -> None:
    page = PAGE.format(**{**USUAL, "fee": ""}).replace("<td>0</td>", "<td></td>")
    page = (
        page.replace("<td>1.2</td>", "<td></td>").replace("<td>1</td>", "<td>/</td>").replace("<td>8</td>", "<td></td>")
    )
    parsed = parse_bytes(page.encode())
    assert "table-without-figures" in {i.code for i in parsed.issues}
    assert "proven" not in parsed.judged.trust.values()
