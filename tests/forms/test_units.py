"""The units that labels, captions and notes name, as people print them."""

from __future__ import annotations

import pytest

from pipeline.forms.units import fitting, is_unit_line, speaks_of_money, unit_of


@pytest.mark.parametrize(
    ("printed", "expected", "unit"),
    [
        ("采购总金额（单位：万元）", None, "万元"),
        ("采购项目数量（项）", "项", None),
        ("单位：件、万元", "万元", "万元"),
        ("单位：件、万元", "件", None),
        ("单位：万件", "件", "万件"),
        ("单位：元", "件", None),
        ("填报单位：元氏县", "万元", None),
        ("公元2024年", "万元", None),
        ("计量单位为千元", "万元", "千元"),
    ],
)
def test_the_unit_that_a_label_prints(printed: str, expected: str | None, unit: str | None) -> None:
    assert unit_of(printed, expected) == unit


@pytest.mark.parametrize(
    ("printed", "unit"),
    [
        *(
            ("单位：件 元", "元"),
            ("单位：件（元）", "元"),
            ("单位：元整", "元"),
            ("（元）", "元"),
            ("單位：萬元", "万元"),
        ),
        *(("(单位:人民币万元)", "万元"), ("币种：人民币  单位：千元", "千元"), ("金额单位：亿元", "亿元")),
        *(("单 位：万 元", "万元"), ("【单位：元】", "元"), ("〔单位：元〕", "元"), ("单位：圆", "元")),
        *(("以下金额单位均为元", "元"), ("金额以元计", "元"), ("数量单位：件  金额单位：元", "元")),
        *(("注：采购总金额为元", "元"), ("*采购总金额的单位是元，不是万元。", "元"), ("单位：件（金额：元）", "元")),
        *(("采购总金额/元", "元"), ("采购总金额，元", "元"), ("采购总金额 元", "元"), ("采购总金额－元", "元")),
        *(("采购总金额（元，含税）", "元"), ("采购总金额（含税，元）", "元"), ("采购总金额（人民币：元）", "元")),
        *(
            ("采购总金额（按元计）", "元"),
            ("采购总金额（元", "元"),
            ("采购总金额（万）", "万元"),
            ("采购总金额（￥）", "元"),
        ),
        ("采购总金额（单位：元，保留两位小数）", "元"),
        ("本表采购金额和收费金额的单位均为万元，其他数量的单位为件或项", "万元"),
    ],
)
def test_the_unit_of_money(printed: str, unit: str) -> None:
    assert fitting(printed, "万元") == (unit,)
    assert speaks_of_money(printed)


@pytest.mark.parametrize(
    "printed", ["单位：美元", "采购总金额（十万元）", "单位：万", "单位：块", "采购总金额（美元）", "单位：十万元"]
)
def test_money_that_cannot_be_counted_is_noticed(printed: str) -> None:
    assert not fitting(printed, "万元")
    assert speaks_of_money(printed)


def test_of_two_units_none_is_taken() -> None:
    assert fitting("采购总金额（元/万元）", "万元") == ("元", "万元")
    assert unit_of("采购总金额（元/万元）", "万元") is None


@pytest.mark.parametrize(
    "printed",
    [
        *("本年度收取信息处理费2950元。", "注：全年采购办公用品金额共计2950元。", "公开渠道多元化，各单位积极配合。"),
        *("广元市2024年情况", "单位：平凉市财政局", "单位（盖章）：元氏县", "经费支出数十万元", "本年制发件数"),
    ],
)
def test_amounts_names_and_other_words_name_no_unit(printed: str) -> None:
    assert not fitting(printed, "万元")
    assert not speaks_of_money(printed)


def test_lines_that_are_nothing_but_units() -> None:
    assert all(
        map(is_unit_line, ("单位：件、元", "（万元）", "元", "金额单位：元，其余单位：件", "本报告金额单位：元"))
    )
    assert not any(map(is_unit_line, ("行政事业性收费（元）", "单位", "38400元", "表二（单位：元）", "")))
