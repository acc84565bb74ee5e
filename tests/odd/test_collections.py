"""Files of several reports: each report has its own publisher, year and cells, however titles look and are numbered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.parsed import Parsed
from tests.conftest import parse_bytes
from tests.odd.office import OFFICE
from tests.odd.page import HANDS, Page
from tests.odd.scoring import score
from tests.odd.tables import HEADINGS, figures, report, table2, table3, table4, truth_of

FIGURES = [figures(n) for n in (1, 4, 6)]
T = "2023年政府信息公开工作年度报告"
DISTRICT, SCHOOLS, HEALTH = "崆峒区人民政府", "崆峒区教育局", "崆峒区卫生健康局"
Wanted = Sequence[tuple[str | None, int]]


def body(number: int, *head: str) -> Page:
    """A report with the figures of that number under the lines of a head, which may be none."""
    of = FIGURES[number]
    return [*head, *report([table2(of)], [table3(of)], [table4(of)], head=["-"], year=2023)[1:]]


def told(found: Parsed) -> list[tuple[str | None, int | None, str]]:
    """Publisher, year and score of each report of a file, by the figures that it should have."""
    return [
        (r.report.publisher if r.report else None, r.report.year if r.report else None, _best(r)) for r in found.reports
    ]


def _best(found: Parsed) -> str:
    scores = [str(score(found, truth_of(of))) for of in FIGURES]
    return f"whole {scores.index('whole')}" if "whole" in scores else "in part"


def assert_reports(hand: str, page: Page, wanted: Wanted) -> Parsed:
    ending, draw = {**HANDS, **OFFICE}[hand]
    found = parse_bytes(draw(page), f"r.{ending}")
    assert told(found) == [(name, 2023 if name else None, f"whole {n}") for name, n in wanted]
    return found


BOTH: Wanted = [(SCHOOLS, 0), (HEALTH, 1)]
HANDS_HERE = ("html", "docx", "pdf", "xlsx", "tabs", "pipes", "lines", "spaces", "csv")
COLLECTIONS = {
    "2023年度崆峒区各部门政府信息公开工作年度报告（汇编）": "崆峒区各部门",
    "崆峒区2023年政府信息公开年度报告汇编": "崆峒区",
    "崆峒区各部门2023年政府信息公开工作年度报告": "崆峒区各部门",
}
PREFACE = "为全面反映崆峒区各部门政府信息公开工作情况，现将2023年各部门政府信息公开工作年度报告汇编如下。"
FRONTS: dict[str, Page] = {
    "names": ["目录", SCHOOLS, HEALTH],
    "titles": ["目录", SCHOOLS + T, HEALTH + T],
    "titles with pages": ["目录", SCHOOLS + T + "……1", HEALTH + T + "……9"],
    "a preface": ["前言", PREFACE],
}
HEADS: dict[str, tuple[Page, Page]] = {
    "titles": ([SCHOOLS + T], [HEALTH + T]),
    "numbered titles": (["一、" + SCHOOLS + T], ["二、" + HEALTH + T]),
    "titles on two lines": ([SCHOOLS, T], [HEALTH, T]),
    "names": ([SCHOOLS], [HEALTH]),
    "numbered names": (["（一）" + SCHOOLS], ["（二）" + HEALTH]),
    "titles without a year": ([SCHOOLS + "政府信息公开工作年度报告"], [HEALTH + "政府信息公开工作年度报告"]),
}


@pytest.mark.each_value
@pytest.mark.parametrize("hand", HANDS_HERE)
@pytest.mark.parametrize("heads", HEADS)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_each_body_of_a_collection_has_its_own_report(collection: str, heads: str, hand: str) -> None:
    first, second = HEADS[heads]
    assert_reports(hand, [collection, *body(0, *map(str, first)), *body(1, *map(str, second))], BOTH)


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "docx", "lines"])
@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("heads", HEADS)
def test_what_stands_before_the_reports_of_a_collection_is_none(heads: str, front: str, hand: str) -> None:
    first, second = HEADS[heads]
    page = [next(iter(COLLECTIONS)), *FRONTS[front], *body(0, *map(str, first)), *body(1, *map(str, second))]
    assert_reports(hand, page, BOTH)


@pytest.mark.each_value
@pytest.mark.parametrize("hand", HANDS_HERE)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_tables_of_the_collection_itself_come_first(collection: str, hand: str) -> None:
    page = [collection, *body(2), *body(0, SCHOOLS + T), *body(1, HEALTH + T)]
    found = assert_reports(hand, page, [(COLLECTIONS[collection], 2), (SCHOOLS, 0), (HEALTH, 1)])
    assert [r.raw.path.partition("#")[2] for r in found.reports] == ["", "2", "3"]


@pytest.mark.each_value
@pytest.mark.parametrize("hand", HANDS_HERE)
@pytest.mark.parametrize("head", [[SCHOOLS + T], [SCHOOLS, T], [SCHOOLS], ["一、" + SCHOOLS]])
def test_a_collection_of_one_report(head: list[str], hand: str) -> None:
    assert_reports(hand, ["崆峒区2023年政府信息公开年度报告汇编", *body(0, *head)], [(SCHOOLS, 0)])


@pytest.mark.parametrize("hand", HANDS_HERE)
def test_under_a_head_that_names_no_body_nobody_s_report_stands(hand: str) -> None:
    """The collection's own name must not stand for it."""
    page = ["崆峒区2023年政府信息公开年度报告汇编", *body(0, "教育系统"), *body(1, HEALTH + T)]
    found = assert_reports(hand, page, [(None, 0), (HEALTH, 1)])
    assert found.refusal is not None
    assert found.refusal.reason == "no-publisher"


NUMBERS = (
    *("附件2：", "附件 2", "附件2", "附件2-1：", "附件二：", "附2：", "一、", "（二）", "（2）", "2.", "2、", "12．", "第二篇"),
    *("第二篇 ", "第二部分", "第二部分：", "之二", "之二：", "Ⅱ", "Ⅱ．", "②", "㈡", "附件2：（二）"),
)  # fmt: skip


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "docx", "pdf", "xlsx", "lines"])
@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_before_a_title_are_no_part_of_a_name(number: str, hand: str) -> None:
    assert_reports(hand, [*body(0, DISTRICT + T), *body(1, number + HEALTH + T)], [(DISTRICT, 0), (HEALTH, 1)])


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "lines"])
@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_before_the_name_above_a_title_are_none_either(number: str, hand: str) -> None:
    assert_reports(hand, [*body(0, DISTRICT + T), *body(1, number + HEALTH, T)], [(DISTRICT, 0), (HEALTH, 1)])


BROKEN: dict[str, list[str]] = {
    "publisher above": [HEALTH, T],
    "publisher, year, title": [HEALTH, "2023年度", "政府信息公开工作年度报告"],
    "year with the publisher": [HEALTH + "2023年度", "政府信息公开工作年度报告"],
    "within the title": [HEALTH + "2023年政府信息公开", "工作年度报告"],
    "number above": ["附件2", HEALTH, T],
    "year below in brackets": [HEALTH + "政府信息公开工作年度报告", "（2023年）"],
    "year in characters": [HEALTH, "二〇二三年度政府信息公开工作年度报告"],
    "a report on": [HEALTH + "关于2023年度政府信息公开工作情况的报告"],
    "a name alone": [HEALTH],
    "a township": ["崆峒区柳湖镇人民政府", T],
}


@pytest.mark.each_value
@pytest.mark.parametrize("hand", HANDS_HERE)
@pytest.mark.parametrize("broken", BROKEN)
def test_second_titles_over_several_lines(broken: str, hand: str) -> None:
    second = "崆峒区柳湖镇人民政府" if broken == "a township" else HEALTH
    assert_reports(hand, [*body(0, DISTRICT + T), *body(1, *BROKEN[broken])], [(DISTRICT, 0), (second, 1)])


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "lines"])
@pytest.mark.parametrize("broken", BROKEN)
def test_titles_over_several_lines_below_another_such(broken: str, hand: str) -> None:
    second = "崆峒区柳湖镇人民政府" if broken == "a township" else HEALTH
    assert_reports(hand, [*body(0, DISTRICT, T), *body(1, *BROKEN[broken])], [(DISTRICT, 0), (second, 1)])


@pytest.mark.each_value
@pytest.mark.parametrize("hand", HANDS_HERE)
@pytest.mark.parametrize("head", [[T], []])
def test_a_second_report_of_nobody_fills_none_of_the_first(head: list[str], hand: str) -> None:
    found = assert_reports(hand, [*body(0, DISTRICT + T), *body(1, *head)], [(DISTRICT, 0), (None, 1)])
    refusal = found.more[0].refusal
    assert refusal is not None
    assert refusal.reason == "no-publisher"


@pytest.mark.parametrize("hand", HANDS_HERE)
def test_fifty_reports(hand: str) -> None:
    names = [f"{name}{T}" for name in (SCHOOLS, HEALTH)] * 3
    page = ["崆峒区2023年政府信息公开年度报告汇编"]
    for number, name in enumerate(names):
        page = [*page, *body(number % 2, f"{number + 1}. {name}")]
    assert_reports(hand, page, [(SCHOOLS, 0), (HEALTH, 1)] * 3)


@pytest.mark.parametrize("hand", HANDS_HERE)
def test_the_office_that_drew_it_up_begins_no_report(hand: str) -> None:
    page = body(0, DISTRICT + T, "崆峒区人民政府办公室")
    assert_reports(hand, page, [(DISTRICT, 0)])


LOCAL = "崆峒区2023年政府信息公开年度报告汇编"
OFFICE_OF_IT = "崆峒区人民政府办公室"
INTRO = "根据《中华人民共和国政府信息公开条例》，编制本报告。"
PLAIN = "崆峒区" + T
CITY = "平凉市2023年政府信息公开年度报告汇编"
LISTED = [HEADINGS[n] for n in (1, 2, 3)]
# What stands around heads and titles: the page, and whose reports with which figures it gives.
AROUND: dict[str, tuple[Page, Wanted]] = {
    "signed, then a title of nobody": ([*body(0, DISTRICT + T), DISTRICT, *body(1, T)], [(DISTRICT, 0), (None, 1)]),
    "signed and dated": ([*body(0, SCHOOLS + T), SCHOOLS, "2024年1月20日", *body(1, T)], [(SCHOOLS, 0), (None, 1)]),
    "signatures between names": (
        [LOCAL, *body(0, SCHOOLS), SCHOOLS, *body(1, HEALTH), HEALTH],
        [(SCHOOLS, 0), (HEALTH, 1)],
    ),
    "the same name again": ([*body(0, DISTRICT + T), *body(1, DISTRICT)], [(DISTRICT, 0), (None, 1)]),
    "a numbered list of names before names": (
        [LOCAL, "目录", f"1.{SCHOOLS}", f"2.{HEALTH}", *body(0, f"1.{SCHOOLS}"), *body(1, f"2.{HEALTH}")],
        [(SCHOOLS, 0), (HEALTH, 1)],
    ),
    "tables of the collection behind a list of names": (
        [LOCAL, "目录", SCHOOLS, HEALTH, *body(2), *body(0, SCHOOLS + T), *body(1, HEALTH + T)],
        [("崆峒区", 2), (SCHOOLS, 0), (HEALTH, 1)],
    ),
    "a collection that does not call itself one": (
        [PLAIN, *body(0, SCHOOLS), *body(1, HEALTH)],
        [(SCHOOLS, 0), (HEALTH, 1)],
    ),
    "its office first": ([PLAIN, *body(0, OFFICE_OF_IT), *body(1, HEALTH)], [("崆峒区", 0), (HEALTH, 1)]),
    "a name under another's title": ([PLAIN, *body(0, SCHOOLS), *body(1, HEALTH + T)], [(None, 0), (HEALTH, 1)]),
    "a collection's title of nobody": ([T + "汇编", *body(0, SCHOOLS), *body(1, HEALTH)], [(SCHOOLS, 0), (HEALTH, 1)]),
    "on two lines": (
        ["崆峒区各部门", T + "汇编", *body(0, SCHOOLS), *body(1, HEALTH)],
        [(SCHOOLS, 0), (HEALTH, 1)],
    ),
    "its year in characters": (
        ["崆峒区二〇二三年度政府信息公开年报汇编", *body(0, SCHOOLS), *body(1, HEALTH)],
        [(SCHOOLS, 0), (HEALTH, 1)],
    ),
    "names below titles of nobody": ([*body(0, T, SCHOOLS), *body(1, T, HEALTH)], [(SCHOOLS, 0), (HEALTH, 1)]),
    "dates below names": (
        [LOCAL, *body(0, SCHOOLS, "（2024年1月20日）"), *body(1, HEALTH, "（2024年1月20日）")],
        [(SCHOOLS, 0), (HEALTH, 1)],
    ),
    "sentences below names": ([LOCAL, *body(0, SCHOOLS, INTRO), *body(1, HEALTH, INTRO)], [(SCHOOLS, 0), (HEALTH, 1)]),
    "parts on lines of their own": (
        [*body(0, "第一部分", DISTRICT + T), *body(1, "第二部分", HEALTH + T)],
        [(DISTRICT, 0), (HEALTH, 1)],
    ),
    "titles of others behind": ([*body(0, DISTRICT + T), "相关链接", SCHOOLS + T, HEALTH + T], [(DISTRICT, 0)]),
    "names of others behind": ([*body(0, DISTRICT + T), SCHOOLS, HEALTH], [(DISTRICT, 0)]),
    "a head that names no body": ([*body(0, DISTRICT + T), *body(1, "教育系统")], [(DISTRICT, 0), (None, 1)]),
    "a hospital": (
        [*body(0, DISTRICT + T), *body(1, "崆峒区第二人民医院", T)],
        [(DISTRICT, 0), ("崆峒区第二人民医院", 1)],
    ),
    "headings listed before each report": (
        [*body(0, DISTRICT + T, *LISTED, OFFICE_OF_IT), *body(1, HEALTH + T, *LISTED, HEALTH + "办公室")],
        [(DISTRICT, 0), (HEALTH, 1)],
    ),
    "districts": ([CITY, *body(0, "崆峒区"), *body(1, "泾川县")], [("崆峒区", 0), ("泾川县", 1)]),
    "townships": (
        [CITY, *body(0, "崆峒区柳湖镇"), *body(1, "崆峒区四十里铺镇")],
        [("崆峒区柳湖镇", 0), ("崆峒区四十里铺镇", 1)],
    ),
    "schools": (
        [CITY, *body(0, "崆峒区第一中学"), *body(1, "崆峒区第二中学")],
        [("崆峒区第一中学", 0), ("崆峒区第二中学", 1)],
    ),
    "no title, then one": ([*body(0), *body(1, HEALTH + T)], [(None, 0), (HEALTH, 1)]),
    "no title at all": ([*body(0), *body(1)], [(None, 0), (None, 1)]),
    "titles of nobody": ([*body(0, T), *body(1, T)], [(None, 0), (None, 1)]),
    "names without a year": ([*body(0, SCHOOLS), *body(1, HEALTH)], [(None, 0), (None, 1)]),
    "the page stored twice": ([*body(0, DISTRICT + T), *body(0)], [(DISTRICT, 0)]),
}


@pytest.mark.each_value
@pytest.mark.parametrize("hand", HANDS_HERE)
@pytest.mark.parametrize("around", AROUND)
def test_what_stands_around_heads_and_titles(around: str, hand: str) -> None:
    page, wanted = AROUND[around]
    assert_reports(hand, page, wanted)
