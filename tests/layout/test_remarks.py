"""Lines beside the only table of a report that say that its figures may not be the report's own."""

from __future__ import annotations

import pytest

from tests.conftest import parse_bytes
from tests.odd.page import HANDS
from tests.odd.tables import HEADINGS, report

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
    assert (2, "table-doubtful") in codes(line, below=below)


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
