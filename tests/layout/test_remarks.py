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
    "样表",
    "此表作废",
    "更正：行政许可本年处理决定数量应为78件。",
    "市教育局主动公开政府信息情况",
]
PLAIN = [
    "2024年",
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
