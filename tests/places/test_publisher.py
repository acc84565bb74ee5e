"""Titles taken apart: the publisher's name and the year."""

from __future__ import annotations

import pytest

from pipeline.places.publisher import read_title, stated_publishers


@pytest.mark.parametrize(
    ("title", "publisher", "year"),
    [
        ("新华区曙光街街道办事处 2024 年政府信息公开工作 年度报告", "新华区曙光街街道办事处", 2024),
        ("2022年武义县教育局政府信息公开工作年度报告", "武义县教育局", 2022),
        ("木场乡人民政府2023年度政府信息公开工作年度报告", "木场乡人民政府", 2023),
        ("2008年张义镇人民政府信息公开工作年度报告", "张义镇人民政府", 2008),
        ("舒兰市市场监督管理局2016年政务信息公开年度报告", "舒兰市市场监督管理局", 2016),
        ("2018年政府信息公开年报 (安华镇)", "安华镇", 2018),
        ("2025年度政府信息公开工作年度报告", "", 2025),
        ("二〇二四年平顶山市政府信息公开工作年度报告", "平顶山市", 2024),
        ("关于武义县教育局2022年度政府信息公开工作的报告", "武义县教育局", 2022),
        ("《武义县教育局２０２２年政府信息公开工作年度报告》", "武义县教育局", 2022),
        ("中共武义县委办公室2022年政府信息公开", "武义县委办公室", 2022),
        ("长河街道", "长河街道", None),
        ("根据《中华人民共和国政府信息公开条例》编制本报告", "", None),
        ("", "", None),
    ],
)
def test_title(title: str, publisher: str, year: int | None) -> None:
    assert read_title(title)[:2] == (publisher, year)


@pytest.mark.parametrize("lost", ["\ufffd", "□", "？", "\U00031cea"])
def test_a_lost_character_is_not_closed_over(lost: str) -> None:
    assert read_title(f"下{lost}镇人民政府2022年政府信息公开年度报告").publisher == f"下{lost}镇人民政府"


@pytest.mark.parametrize(
    ("text", "publishers"),
    [
        ("如有疑问，请与青川县乡村振兴局办公室联系（地址：乔庄镇）。", ("青川县乡村振兴局",)),
        ("本报告由诸暨市安华镇人民政府编制。", ("诸暨市安华镇人民政府",)),
        ("2024年南关区永吉街道办事处\n政府信息公开工作年度报告\n一、总体情况", ("南关区永吉街道办事处",)),
        ("根据规定，现公布广东省人民政府办公厅2023年政府信息公开工作年度报告。", ("广东省人民政府办公厅",)),
        ("继续做好公开工作。\n洪雅县教育和体育局\n2024年1月20日", ("洪雅县教育和体育局",)),
        ("按照国务院办公厅政府信息公开年度报告格式编制", ()),
    ],
)
def test_publishers_a_text_states(text: str, publishers: tuple[str, ...]) -> None:
    assert stated_publishers(text) == publishers
