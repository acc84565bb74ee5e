"""Comparisons: claims of the text against drawn tables, against other words of the text, and on the real reports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import pytest

from pipeline.document import Cell
from pipeline.facts import Fact
from pipeline.forms.loading import form
from pipeline.layout.sections import Section
from pipeline.narrative.statements import statements
from pipeline.narrative.text_and_tables import Comparison, compare
from pipeline.numbers import figure
from tests.conftest import SHARED, parse_bytes

YEAR = 2023
Key = tuple[int, str, str]


def facts_of(values: Mapping[Key, str], name: str = "2021", default: str = "0") -> list[Fact]:
    """Every cell of a form, printed as given, else as `default`."""
    cells = [c for t in form(name).tables for c in t.cells.values()]
    return [
        _fact(name, c, values.get((c.table_no, c.row.code, c.column.code), default), i) for i, c in enumerate(cells)
    ]


def _fact(name: str, cell: object, text: str, row: int) -> Fact:
    read = figure(text)
    return Fact(name, cell, read.value, read.kind, read.unit, Cell(1, row, 0, text))  # type: ignore[arg-type]


def compared(text: str, facts: list[Fact], number: int = 1) -> list[Comparison]:
    sections = [Section(number, 1, "一、总体情况", text, None)]
    return list(compare(facts, statements(sections, YEAR), sections, YEAR))


def one(text: str, facts: list[Fact]) -> Comparison:
    (found,) = compared(text, facts)
    return found


REQUESTS = {(3, "1", "total"): "3525", (3, "2", "total"): "121", (3, "3.7", "total"): "3549", (3, "4", "total"): "97"}
RESULTS = {
    (3, "3.1", "total"): "1191",
    (3, "3.2", "total"): "328",
    (3, "3.3.2", "total"): "100",
    (3, "3.3.7", "total"): "42",
    (3, "3.6.3", "total"): "7",
}


@pytest.mark.parametrize(
    ("text", "state", "cause", "severity"),
    [
        ("共收到政府信息公开申请3525件。", "agree", None, "info"),
        ("共收办政府信息公开申请3646件。", "agree", "includes carried-in", "info"),
        ("共办理政府信息公开申请3549件。", "agree", "counts the requests concluded", "info"),
        ("共收到政府信息公开申请3500余件。", "agree", "stated approximately", "info"),
        ("共收到政府信息公开申请17件。", "differ", None, "warning"),
        (
            "本机关共收到政府信息公开申请17件。",
            "differ",
            "own office in the text, perhaps the whole district in the table",
            "info",
        ),
        (
            "全市共收到政府信息公开申请9999件。",
            "differ",
            "whole district in the text, perhaps the own office in the table",
            "info",
        ),
        ("全年未收到政府信息公开申请。", "differ", None, "warning"),
    ],
)
def test_requests_are_held_against_every_usage(text: str, state: str, cause: str | None, severity: str) -> None:
    found = one(text, facts_of(REQUESTS))
    assert (found.rule, found.state, found.cause, found.severity) == ("R20", state, cause, severity)
    assert found.statement == 0


def test_a_claim_that_agrees_explains_another_of_its_metric() -> None:
    text = "区政府办公室收到政府信息公开申请17件。全区共收到政府信息公开申请3525件。"
    assert [(c.state, c.severity) for c in compared(text, facts_of(REQUESTS))] == [
        ("differ", "info"),
        ("agree", "info"),
    ]


def test_results_are_held_against_the_sums_of_their_leaves() -> None:
    text = "申请中予以公开1191件、部分公开328件、不予公开142件、其他处理8件。"
    found = compared(text, facts_of(RESULTS))
    assert [(c.rule, c.printed, c.state) for c in found] == [
        ("R21", Decimal(1191), "agree"),
        ("R21", Decimal(328), "agree"),
        ("R21", Decimal(142), "agree"),
        ("R21", Decimal(7), "differ"),
    ]
    assert len(found[2].cells) == 8


def test_the_form_with_one_row_for_other_handling() -> None:
    found = one("申请中其他处理8件。", facts_of({(3, "3.6", "total"): "8"}, "2019"))
    assert (found.state, found.cells) == ("agree", ((3, "3.6", "total"),))


def test_a_blank_is_no_zero_where_the_table_prints_zeros() -> None:
    columns = ("natural", "business", "research", "welfare", "legal", "other", "total")
    blank = {(3, "3.3.1", column): "" for column in columns}
    found = one("申请中不予公开42件。", facts_of({(3, "3.3.7", "total"): "42"} | blank))
    assert (found.state, found.printed, found.cause) == ("uncertain", None, "a cell is no number")


def test_blanks_are_zero_where_the_table_prints_none_and_that_is_said() -> None:
    found = one("申请中不予公开42件。", facts_of({(3, "3.3.7", "total"): "42"}, default=""))
    assert (found.state, found.printed, found.blanks_as_zero) == ("agree", Decimal(42), True)


@pytest.mark.parametrize("mark", ["/", "—", "无"])
def test_marks_and_words_leave_it_uncertain(mark: str) -> None:
    found = one(
        "申请中不予公开42件。", facts_of({(3, "3.3.7", "total"): "42", (3, "3.3.1", "total"): mark}, default="")
    )
    assert (found.state, found.printed) == ("uncertain", None)


def test_a_blank_total_is_the_sum_of_its_columns() -> None:
    found = one(
        "申请中不予公开42件。", facts_of({(3, "3.3.7", "natural"): "40", (3, "3.3.7", "business"): "2"}, default="")
    )
    assert (found.state, found.printed) == ("agree", Decimal(42))
    assert (3, "3.3.7", "natural") in found.cells


@pytest.mark.parametrize(
    ("text", "state", "cause"),
    [
        ("行政诉讼77件。", "agree", None),
        ("行政诉讼70件。", "agree", "counts direct suits only"),
        ("全年备案行政诉讼57件。", "differ", "filed in the year against handled"),
        ("行政诉讼57件。", "differ", None),
        ("行政复议170件。", "agree", None),
        ("未发生行政复议。", "differ", None),
    ],
)
def test_reviews_and_lawsuits(text: str, state: str, cause: str | None) -> None:
    facts = facts_of({(4, "1", "review.total"): "170", (4, "1", "direct.total"): "70", (4, "1", "after.total"): "7"})
    found = one(text, facts)
    assert (found.rule, found.state, found.cause) == ("R22", state, cause)


def test_normative_documents() -> None:
    facts = facts_of({(2, "1.doc", "made"): "4", (2, "1.doc", "repealed"): "0", (2, "1.doc", "valid"): "21"})
    found = compared("制定规范性文件4件，废止0件，现行有效20件。", facts)
    assert [(c.rule, c.state) for c in found] == [("R23", "agree"), ("R23", "agree"), ("R23", "differ")]


def test_the_sheet_of_2014() -> None:
    facts = facts_of({(1, "d_total", "count"): "700", (1, "req_received", "count"): "37"}, "2014")
    found = compared("主动公开政府信息700条，收到政府信息公开申请36件。", facts)
    assert [(c.metric, c.state) for c in found] == [("nar_disclosed_total", "agree"), ("nar_req_received", "differ")]


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("收取信息处理费400元。未收取信息处理费。", [("differ", "warning")]),
        ("未收取信息处理费。没有产生信息处理费。", [("agree", "info")]),
        ("收取信息处理费400元。", []),
    ],
)
def test_fees_against_none(text: str, states: list[tuple[str, str]]) -> None:
    found = [c for c in compared(text, []) if c.rule == "R24"]
    assert [(c.state, c.severity) for c in found] == states
    assert all(c.against is not None for c in found)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("统计期限自2023年1月1日起至2023年12月31日止。", "agree"),
        ("统计期限为2023年 1 月 1 日至12月31日。", "agree"),
        ("内容涵盖2023年1月1日至12月31日期间的工作。", "agree"),
        ("统计期限自2023年1月1日至2022年12月31日。", "differ"),
        ("统计期限自2022年1月1日至12月31日。", "differ"),
        ("统计期限自2023年5月1日至12月31日。", "differ"),
        ("統計期限自202311日至20231231日止。", "uncertain"),
        ("本报告按要求编制。", None),
    ],
)
def test_the_period_counted(text: str, state: str | None) -> None:
    assert [c.state for c in compared(text, []) if c.rule == "R33"] == ([state] if state else [])


def test_other_years_and_cumulative_claims_are_not_compared() -> None:
    text = "2022年收到政府信息公开申请5件。截至2023年底累计主动公开政府信息900条。"
    assert compared(text, facts_of(REQUESTS)) == []


def test_without_tables_nothing_is_compared() -> None:
    assert compared("收到政府信息公开申请5件。", []) == []


def test_sentences_say_what_was_found() -> None:
    sentence = one("共收办政府信息公开申请3646件。", facts_of(REQUESTS)).sentence
    assert sentence == (
        "requests for information received (收到政府信息公开申请数): the text's 3646 agrees with the table 3646:"
        " includes carried-in."
    )


# What the real reports differ in, worked out by eye: the text of one counts fewer grants and more than its table does.
DIFFERENCES = {
    "dept_shanghai_shifuban_2019.html": [("nar_req_granted_any", 258, 275), ("nar_req_unable", 265, 337)],
    "city_suqian_2023.txt": [],
    "city_huaian_2024.pdf": [],
    "dept_shanghai_kewei_2024.md": [],
    "dept_shuyang_fagaiju_2023.html": [],
    "district_huaian-hongze_2023.pdf": [],
}
AGREEMENTS = {"city_suqian_2023.txt": 10, "city_huaian_2024.pdf": 16, "dept_shanghai_shifuban_2019.html": 11}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_real_reports(name: str) -> None:
    if not SHARED.exists():
        pytest.skip(f"the real reports are not at hand: {SHARED}")
    parsed = parse_bytes((SHARED / "real" / name).read_bytes(), name)
    year = int(re.findall(r"20\d\d", name)[0])
    found = compare(parsed.facts, statements(parsed.narrative.sections, year), parsed.narrative.sections, year)
    warnings = [(c.metric, c.stated, c.printed) for c in found if c.severity == "warning"]
    assert warnings == DIFFERENCES[name]
    assert sum(c.state == "agree" for c in found) >= AGREEMENTS.get(name, 2)
