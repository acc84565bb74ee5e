"""Lines beside the only table of a report that say that its figures may not be the report's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import parse_bytes
from tests.odd.page import HANDS
from tests.odd.tables import HEADINGS, figures, report, table2, table3

DOUBTFUL = [
    "2023年",
    "上年度数据",
    "统计时间：2023年1月1日至2023年12月31日",
    "（以上为2023年数据）",
    "本表为上半年数据",
    "统计周期：1月至9月",
    "统计周期：截至6月底",
    "（统计时间：2024年上半年）",
    "（二）上年主动公开政府信息情况",
    "二、近三年主动公开政府信息情况",
    "某某区主动公开政府信息情况",
    "样表",
    "此表作废",
    "更正：行政许可本年处理决定数量应为78件。",
    "市教育局主动公开政府信息情况",
    "以下为2022年度统计数据",
    "2023主动公开情况",
    "表一 2022年主动公开情况",
    "1至9月统计数据",
    "历年累计",
    "近五年",
    "2019-2023年合计",
    "2021-2022学年",
    "数据截至2022年12月31日",
    "填表示例：",
    "以下表格作废",
    "（原表，已更正）",
    "修改前",
    "比上年增减情况",
    "较上年变化",
    "同比增减",
    "2025年计划",
    "二、主动公开政府信息计划",
    "全市汇总",
    "各县区合计",
    "其他部门数据",
    "二、全市主动公开政府信息情况",
    "二、主动公开政府信息情况（上半年）",
    "填报单位：市教育体育局",
    "（市公安局）",
    "市第一中学",
    "下属单位",
    "其他单位",
    "注：本表为全市合计数据",
    "注：较上年变化",
    "主动公开情况对比表",
    "本表为同比增减数据",
    "以上为样例",
    "单位：人次",
    "（单位：%）",
]
PLAIN = [
    "2024年",
    "统计周期：1月至12月",
    "（截至2024年12月31日）",
    "截至2025年1月31日，无复议。",
    "（二）本市主动公开政府信息情况",
    "统计时间：2024年1月1日至2024年12月31日",
    "填报日期：2025年1月15日",
    "（一）主动公开政府信息情况",
    "平凉市人民政府主动公开政府信息情况",
    "单位：件",
    "与2023年相比，增长较多。",
    "注：本表数据截至2024年底。",
    "填报单位：平凉市人民政府办公室",
    "填报单位：平凉市政府（盖章）",
    "平凉市人民政府",
    "数据截至2024年12月31日",
    "各项数据如下。",
    "单位：万元",
    "本表数据为全年数据",
    "（单位：件）",
]


def codes(line: str, *, below: bool) -> set[tuple[int | None, str]]:
    page = list(report())
    at = page.index(HEADINGS[2])
    page.insert(at + (2 if below else 1), line)
    ending, draw = HANDS["html"]
    return {(i.table_no, i.code) for i in parse_bytes(draw(page), f"report.{ending}").issues}


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("line", DOUBTFUL)
def test_a_line_beside_a_table_casts_doubt_on_it(line: str, below: bool) -> None:
    assert {(2, "table-doubtful"), (2, "table-elsewhere")} & codes(line, below=below)


ABOVE = [
    *("附：2024年上半年主动公开政府信息情况", "附件：第四季度统计表", "附：1-6月主动公开政府信息情况", "附表：2023年"),
    *(
        "附：市教育局主动公开政府信息情况",
        "附件2：市教育局2024年度数据",
        "附：市属事业单位",
        "市直部门主动公开政府信息情况：",
    ),
    *(
        "附：填报样表",
        "附：空白样表（示例数据）",
        "空白表格样式：",
        "模拟数据",
        "初稿",
        "附：全市各县区主动公开情况汇总",
    ),
    *("（统计期限：2024年1月1日至6月30日）", "统计时间：2024年1月1日至2024年6月30日", "2024年12月主动公开政府信息情况"),
    *("其中：市教育局", "市教育局：", "其中上半年情况：", "全系统主动公开政府信息情况", "2025年度工作目标"),
    "附：2025年预计主动公开政府信息情况",
]
OWN = [
    *(
        "附：2024年主动公开政府信息情况",
        "附表1：本年度主动公开政府信息情况",
        "2024年主动公开政府信息情况",
        "2025年1月15日",
    ),
    *(
        "统计期限：2024年1月1日至2024年12月31日",
        "（统计期限：2024年1月1日至12月31日）",
        "附表1 主动公开情况",
        "单位：件、万元",
    ),
    "填报单位：平凉市人民政府",
]


@pytest.mark.parametrize("line", ABOVE)
def test_a_caption_above_a_table_casts_doubt_on_it(line: str) -> None:
    assert {(2, "table-doubtful"), (2, "table-elsewhere")} & codes(line, below=False)


@pytest.mark.parametrize("line", OWN)
def test_a_caption_of_the_reports_own_casts_none(line: str) -> None:
    assert not codes(line, below=False)


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("line", PLAIN)
def test_other_lines_cast_none(line: str, below: bool) -> None:
    assert not codes(line, below=below)


@pytest.mark.parametrize(
    ("line", "doubtful"),
    [
        ("本报告中所列数据的统计期限自2023年1月1日起至2023年12月31日止。", {2, 3, 4}),
        ("本报告中所列数据的统计期限自2024年1月1日起至2024年12月31日止。", set()),
        ("（统计时间：2024年上半年）", {2, 3, 4}),
    ],
)
def test_a_sentence_about_all_figures_casts_doubt_on_all_tables(line: str, doubtful: set[int]) -> None:
    page = list(report())
    page.insert(page.index(HEADINGS[1]) + 1, line)
    found = parse_bytes(HANDS["html"][1](page), "report.html")
    assert {i.table_no for i in found.issues if i.code == "table-doubtful"} == doubtful


LAST = ["较上年变化", "填报单位：市教育体育局", "全市汇总", "修改前"]
SWALLOWED = ["上年度数据如下", "2023年上半年", "样表", "更正前", "填报单位：市教育体育局"]


@pytest.mark.parametrize("hand", ["lines", "html"])
@pytest.mark.parametrize("number", [2, 3, 4])
@pytest.mark.parametrize(("line", "below"), [*((line, True) for line in LAST), *((line, False) for line in SWALLOWED)])
def test_a_line_casts_doubt_also_where_it_is_a_cell_of_the_table(
    line: str, below: bool, number: int, hand: str
) -> None:
    page = list(report())
    page.insert(page.index(HEADINGS[number]) + (2 if below else 1), line)
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(page), f"report.{ending}").issues
    assert any(i.table_no == number and i.code in ("table-doubtful", "table-elsewhere") for i in found)


@pytest.mark.parametrize("hand", ["html", "pdf", "csv"])
@pytest.mark.parametrize(
    ("corner", "told"),
    [
        *((c, True) for c in ("2023年", "上半年", "市教育局", "全市汇总", "同比增减（%）")),
        *((c, False) for c in ("2024年", "平凉市人民政府", "指标")),
    ],
)
def test_the_corner_of_a_table_casts_doubt_on_it(corner: str, told: bool, hand: str) -> None:
    rows = [[replace(b, text=corner) if b.text == "信息内容" else b for b in row] for row in table2(figures())]
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(report([rows])), f"report.{ending}").issues
    assert any(i.table_no == 2 and i.code in ("table-doubtful", "table-elsewhere") for i in found) is told


@pytest.mark.parametrize("hand", ["html", "pdf", "csv"])
@pytest.mark.parametrize(
    ("head", "told"), [("2023申请人情况", True), ("2023年度申请人情况", True), ("2024申请人情况", False)]
)
def test_the_head_of_a_table_casts_doubt_on_it(head: str, told: bool, hand: str) -> None:
    rows = [[replace(b, text=head) if b.text == "申请人情况" else b for b in row] for row in table3(figures())]
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(report(three=[rows])), f"report.{ending}").issues
    assert any(i.table_no == 3 and i.code in ("table-doubtful", "table-elsewhere") for i in found) is told
