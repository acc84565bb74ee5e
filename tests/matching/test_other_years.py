"""A column of other years never fills this year's, though only one character tells their heads apart."""

from __future__ import annotations

import pytest

from tests.conftest import parse_bytes, printed
from tests.odd import page as hands
from tests.odd.kinds import OF, TRUE
from tests.odd.page import Box
from tests.odd.tables import report, table2

BELOW = {(2, "6.penalty", "count"), (2, "6.coercion", "count")}


@pytest.mark.parametrize("head", ["上年处理决定数量", "去年处理决定数量", "历年累计处理决定数量"])
def test_a_head_of_other_years_is_no_misprint_of_this_year_s(head: str) -> None:
    rows = [list(row) for row in table2(OF)]
    penalties = next(n for n, row in enumerate(rows) if row[0].text == "行政处罚")
    rows[penalties - 1][1] = Box(head, 3)
    parsed = parse_bytes(hands.html(report(two=[rows])), "report.html")
    got = {k: v for k, v in printed(parsed).items() if v}
    assert {k: got.get(k, "") for k in TRUE} == {k: "" if k in BELOW else v for k, v in TRUE.items()}
    assert ("column-unknown", 2, f"?{head}") in {(i.code, i.table_no, i.col_code) for i in parsed.issues}
