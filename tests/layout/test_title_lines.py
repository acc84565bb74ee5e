"""Titles among lines: what belongs to one, and whose and of which year it is."""

from __future__ import annotations

import pytest

from pipeline.layout.title_lines import is_collection, stated_title, titles_among
from tests.conftest import parse_bytes

HEALTH = "崆峒区卫生健康局"
REPORT = "政府信息公开工作年度报告"
BODY = ["一、总体情况", "2023年，按照要求做好工作。"]
READ = [
    [HEALTH + REPORT, "（2023年）"],
    [HEALTH + REPORT, "（2023年度）"],
    [HEALTH, REPORT, "（2023）"],
    [HEALTH + REPORT, "2023年度"],
    [HEALTH, "二〇二三年度" + REPORT],
    [HEALTH, "二○二三年政府信息公开年报"],
    [HEALTH, "2023年度", REPORT],
    [HEALTH + "关于2023年度政府信息公开工作情况的报告"],
    [HEALTH, "关于2023年度政府信息公开工作情况的报告"],
    ["根据《中华人民共和国政府信息公开条例》，" + HEALTH + "编制了2023年度" + REPORT + "。"],
    ["按照条例规定，现由" + HEALTH + "编制2023年度政府信息公开年度报告，全文如下。"],
    [HEALTH + "2023年政府信息公开工作的年度报告"],
    [HEALTH + "门户网站2023年" + REPORT],
    ["首页>政府信息公开>年报", HEALTH + "2023年" + REPORT],
    ["首页>政府信息公开>政府信息公开年报", HEALTH, "2023年" + REPORT],
    ["当前位置：首页>政务公开>政府信息公开年报>" + HEALTH + "2023年" + REPORT],
    ["编制单位：" + HEALTH, "2023年" + REPORT],
    ["附件2", HEALTH, "2023年" + REPORT],
    ["平凉市人民政府门户网站", HEALTH, "2023年" + REPORT],
    ["2023年" + REPORT, HEALTH + "2023年" + REPORT],
]


@pytest.mark.parametrize("lines", READ, ids="/".join)
@pytest.mark.parametrize("ending", ["txt", "html"])
def test_titles_that_a_person_reads_at_once(lines: list[str], ending: str) -> None:
    made = [f"<p>{line}</p>" for line in (*lines, *BODY)] if ending == "html" else [*lines, *BODY]
    found = parse_bytes("\n".join(made).encode(), f"r.{ending}").report
    assert found is not None
    assert (found.publisher, found.year) == (HEALTH, 2023)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["2023年" + REPORT], "no-publisher"),
        ([HEALTH + REPORT], "no-year"),
        (["首页>政府信息公开>政府信息公开年报", "2023年" + REPORT], "no-publisher"),
        (["来源：市政府办公室", "2023年" + REPORT], "no-publisher"),
        (["新闻中心", "2023年" + REPORT], "no-publisher"),
        (["平凉市人民政府门户网站", "2023年" + REPORT], "no-publisher"),
        (["崆峒区政府信息公开平台", "2023年" + REPORT], "no-publisher"),
        ([HEALTH + "2023年" + REPORT, "泾川县教育局2023年" + REPORT], "titles-contradict"),
    ],
)
def test_titles_that_leave_something_open(lines: list[str], reason: str) -> None:
    found = parse_bytes("\n".join([*lines, *BODY]).encode())
    assert found.report is None
    assert found.refusal is not None
    assert found.refusal.reason == reason


def test_a_year_below_is_the_year_of_writing_where_the_text_counts_another() -> None:
    period = "统计期限自2023年1月1日至2023年12月31日。"
    lines = [HEALTH + REPORT, "（2024年）", BODY[0], period]
    found = parse_bytes("\n".join(lines).encode()).report
    assert found is not None
    assert found.year == 2023


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([None, HEALTH, "2023年" + REPORT], [(1, 3, HEALTH + "2023年" + REPORT)]),
        ([HEALTH, None, "2023年" + REPORT], [(2, 3, "2023年" + REPORT)]),
        ([HEALTH + "2023年政府信息公开", "工作年度报告"], [(0, 2, HEALTH + "2023年" + REPORT)]),
        ([HEALTH + REPORT, "(2023年)", "正文"], [(0, 2, HEALTH + REPORT + "(2023年)")]),
        ([HEALTH + "2023年" + REPORT, "(2024年)"], [(0, 1, HEALTH + "2023年" + REPORT)]),
        (["正文", "通知"], []),
    ],
)
def test_which_lines_a_title_takes(lines: list[str | None], expected: list[tuple[int, int, str]]) -> None:
    assert [(t.start, t.end, t.text) for t in titles_among(lines)] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2023年度崆峒区各部门政府信息公开工作年度报告(汇编)", True),
        ("崆峒区2023年政府信息公开年度报告汇编", True),
        ("崆峒区所属单位2023年政府信息公开工作年度报告", True),
        ("崆峒区2023年政府信息公开工作年度报告", False),
        ("政府信息公开法规汇编", False),
    ],
)
def test_a_collection(line: str, expected: bool) -> None:
    assert is_collection(line) is expected


def test_a_sentence_without_a_name_states_no_title() -> None:
    assert stated_title("我局编制了2023年度政府信息公开工作年度报告") == ""


DISTRICT = "崆峒区2023年" + REPORT
LISTS = {
    "items": f"<ul><li>{DISTRICT}</li></ul>",
    "linked items": f"<ul><li><a href=a>{DISTRICT}</a></li><li><a href=b>{DISTRICT.replace('3', '2')}</a></li></ul>",
    "items with dates": f"<ul><li><a href=a>{DISTRICT}</a><span>2024-01-20</span></li></ul>",
    "a link": f"<p><a href=a>{DISTRICT}</a></p>",
}


@pytest.mark.parametrize("links", LISTS.values(), ids=LISTS)
def test_links_give_no_publisher_to_a_title_without_one(links: str) -> None:
    body = "".join(f"<p>{line}</p>" for line in BODY)
    found = parse_bytes(f"<html><body>{links}<h1>2023年{REPORT}</h1>{body}".encode(), "r.html")
    assert found.refusal is not None
    assert found.refusal.reason == "no-publisher"


@pytest.mark.parametrize("item", ["- {}", "* {}", "[{}](http://a.gov.cn/1)", "- [{}](http://a.gov.cn/1)"])
def test_neither_do_those_of_markdown(item: str) -> None:
    lines = [item.format(DISTRICT), "", f"# 2023年{REPORT}", "", *BODY]
    found = parse_bytes("\n".join(lines).encode(), "r.md")
    assert found.refusal is not None
    assert found.refusal.reason == "no-publisher"


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{DISTRICT}</p><h1>2023年{REPORT}</h1>",  # the cover
        f"<h1><a href=a>{DISTRICT}</a></h1><p>2023年{REPORT}</p>",
        f"<title>{DISTRICT}</title><p><a href=a>{DISTRICT}</a></p><h1>2023年{REPORT}</h1>",
        f"<ul><li>{DISTRICT}</li></ul>",
    ],
)
def test_a_title_that_is_a_link_or_item_itself(page: str) -> None:
    found = parse_bytes(f"<html><body>{page}<p>{BODY[0]}</p><p>{BODY[1]}</p>".encode(), "r.html").report
    assert found is not None
    assert (found.publisher, found.year) == ("崆峒区", 2023)
