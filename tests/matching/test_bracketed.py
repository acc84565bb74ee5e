"""Words in brackets behind a label: told where they may say that other figures are counted."""

from __future__ import annotations

import random

import pytest

from pipeline.forms.model import Form
from tests.conftest import parse_bytes
from tests.odd.page import HANDS, Box
from tests.odd.tables import report, table2, table3, table4
from tests.render import balanced_figures

HARMLESS = (
    *(
        "（一）",
        "（1）",
        "（1+2）",
        "（第1栏）",
        "（单位：件）",
        "（件）",
        "（含街道）",
        "（不含下设机构）",
        "（续表）",
        "（2024年）",
    ),
    *("（本年）", "（指当年新制作）", "（区分处理的，只计这一情形，不计其他情形）", "(可选)", "（）"),
)
ODD = (
    "（上年）",
    "（2022年）",
    "（1-9月）",
    "（截至6月底）",
    "（全市）",
    "（下属单位）",
    "（十件）",
    "（简易程序）",
    "（未办结）",
    "（预算）",
)


@pytest.mark.parametrize("hand", ["html", "lines", "csv", "pdf"])
@pytest.mark.parametrize("at", ["row", "head"])
@pytest.mark.parametrize(("remark", "told"), [*((r, False) for r in HARMLESS), *((r, True) for r in ODD)])
@pytest.mark.one_case
def test_what_is_told(remark: str, told: bool, at: str, hand: str, form_2021: Form) -> None:
    figures = balanced_figures(form_2021, random.Random(3))
    label = "行政强制" if at == "row" else "本年处理决定数量"
    rows = [[Box(b.text + remark, b.right, b.down) if b.text == label else b for b in row] for row in table2(figures)]
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(report([rows])), f"report.{ending}")
    assert any(i.code == "label-remark" for i in found.issues) is told
    assert len([f for f in found.facts if f.key[0] == 2]) == len([k for k in figures if k[0] == 2])


@pytest.mark.parametrize("hand", ["html", "lines", "csv", "pdf"])
@pytest.mark.parametrize(
    ("number", "label"),
    [
        (2, "第二十条第（一）项"),
        (3, "三、本年度办理结果"),
        (3, "（三）不予公开"),
        (3, "法人或其他组织"),
        (4, "行政复议"),
        (4, "复议后起诉"),
    ],
)
def test_remarks_behind_groups_are_told(number: int, label: str, hand: str, form_2021: Form) -> None:
    of = balanced_figures(form_2021, random.Random(3))
    made = {2: table2(of), 3: table3(of), 4: table4(of)}
    alike = "".join(label.split())
    rows = [
        [Box(b.text + "（上年）", b.right, b.down) if "".join(b.text.split()) == alike else b for b in row]
        for row in made[number]
    ]
    assert rows != made[number]
    parts = {n: [rows if n == number else made[n]] for n in made}
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(report(parts[2], parts[3], parts[4])), f"report.{ending}")
    assert any(i.table_no == number and not i.row_code for i in found.issues if i.code != "balance-fails")
