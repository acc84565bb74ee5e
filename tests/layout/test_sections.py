"""Titles, headings and sections of a report's text."""

from __future__ import annotations

import pytest

from pipeline.forms.loading import forms
from pipeline.layout.sections import headed_by, sections, title
from pipeline.readers import read

BODY = "\n\n一、总体情况\n\n正文\n"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("文峰区商颂街道办事处 2024 年政府信息公开工作年度报告", "文峰区商颂街道办事处2024年政府信息公开工作年度报告"),
        ("新华区曙光街街道办事处 2024 年政府信息公开工作\n年度报告", "新华区曙光街街道办事处2024年政府信息公开工作年度报告"),
        ("正文\n木场乡人民政府\n2023年度政府信息公开工作年度报告", "木场乡人民政府2023年度政府信息公开工作年度报告"),
        ("新华区曙光街街道办事处2024年\n政府信息公开工作年度报告", "新华区曙光街街道办事处2024年政府信息公开工作年度报告"),
        ("今日要闻\n2023年度政府信息公开工作年度报告", "2023年度政府信息公开工作年度报告"),
        ("云林街道2019年度政府信息公开工作报告", "云林街道2019年度政府信息公开工作报告"),
        ("舒兰市市场监督管理局2016年政务信息公开年度报告", "舒兰市市场监督管理局2016年政务信息公开年度报告"),
        ("2018年政府信息公开年报", "2018年政府信息公开年报"),
        ("区科技局2020年信息公开工作年度报告", "区科技局2020年信息公开工作年度报告"),
        ("按照条例要求，编制《太平镇政府2022年度政府信息公开工作年度报告》。全文如下。", "太平镇政府2022年度政府信息公开工作年度报告"),
        ("某县2023年政府信息公开工作年度报告（更正版）", "某县2023年政府信息公开工作年度报告(更正版)"),
        ("某县2023年政府信息公开工作年度报告\n（2024年3月修订）", "某县2023年政府信息公开工作年度报告(2024年3月修订)"),
        ("【更正】某县2023年政府信息公开工作年度报告", "【更正】某县2023年政府信息公开工作年度报告"),
        ("某县2023年政府信息公开工作年度报告\n修订情况说明", "某县2023年政府信息公开工作年度报告"),
        ("某县2024年政府信息公开工作年度报告（2025年1月）", "某县2024年政府信息公开工作年度报告"),
        ("某县2024年政府信息公开\n工作年度报告(2025-01-20)", "某县2024年政府信息公开工作年度报告"),
        ("某县2024年政府信息公开工作年度报告（更正版）（2025年3月2日）", "某县2024年政府信息公开工作年度报告(更正版)"),
        ("某县2024年政府信息公开工作年度报告（2025年1月发布）", "某县2024年政府信息公开工作年度报告"),
        ("【某县】2024年政府信息公开工作年度报告_某县政府网", "【某县】2024年政府信息公开工作年度报告_某县政府网"),
        ("某县政府信息公开工作年度报告（2024年度）", "某县政府信息公开工作年度报告(2024年度)"),
        ("某县政府信息公开工作年度报告（2024）", "某县政府信息公开工作年度报告(2024)"),
        ("某县政府信息公开工作年度报告（2024年上半年）", ""),
        ("某县2023年政府信息公开工作年度报告（全文）", "某县2023年政府信息公开工作年度报告"),
        ("某县2023年政府信息公开工作年度报告（公开版）", "某县2023年政府信息公开工作年度报告"),
        ("某县2023年政府信息公开工作年度报告（PDF版）", "某县2023年政府信息公开工作年度报告"),
        ("某县2023年政府信息公开工作年度报告（含附表）", "某县2023年政府信息公开工作年度报告"),
        ("某县2023年政府信息公开工作年度报告（终稿）", "某县2023年政府信息公开工作年度报告"),
        ("某县2023年政府信息公开工作年度报告（征求意见稿）.docx", "某县2023年政府信息公开工作年度报告"),
        ("某县2023年政府信息公开工作年度报告[全文]", "某县2023年政府信息公开工作年度报告"),
        ("通知公告", ""),
        ("安全生产工作年度报告", ""),
    ],
)  # fmt: skip
def test_title(printed: str, expected: str) -> None:
    assert title(read((printed + BODY).encode()), forms()) == expected


def _topics(text: str) -> list[tuple[int | None, str]]:
    return [(s.topic, s.heading) for s in sections(read(text.encode()), forms())]


def test_text_stands_under_its_heading_and_tables_do_not() -> None:
    parts = sections(read("题\n一、总体情况\n甲\n乙\n二、主动公开政府信息情况\n规章\t0\n丙\n".encode()), forms())
    assert [(s.number, s.topic, s.heading, s.text, s.line) for s in parts] == [
        (0, None, "", "题", None),
        (1, 1, "一、总体情况", "甲\n乙", 2),
        (2, 2, "二、主动公开政府信息情况", "丙", 5),
    ]


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("一、总体情况", 1),
        ("一、概述", 1),
        ("一、2019年政府信息公开工作的总体情况", 1),
        ("三、收到和处理政府信息公开申请情况", 3),
        ("三、收到和处理政府信息申请情况", 3),
        ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", 4),
        ("五、存在问题及改进情况", 5),
        ("五、存在的主要问题及整改措施", 5),
        ("六、其他需要报告的事项", 6),
        ("其他需要报告的事项", 6),
        ("总体情况", 1),
        ("六、其他需要报告的事项。", 6),
    ],
)
def test_headings(heading: str, topic: int) -> None:
    assert _topics(heading + "\n正文")[-1] == (topic, heading)


@pytest.mark.parametrize(
    "line",
    [
        "一是街道微信公众号信息更新工作的时效性还需提升",
        "（一）存在问题。一是不够及时",
        "2024 年, 我街道公开政府信息 385 条",
        "无其他需要报告的事项。",
        "存在的问题不多，其他事项也没有需要报告的，总体情况良好，以后每年都会继续改进并且按时报告。",
    ],
)
def test_these_head_nothing(line: str) -> None:
    assert _topics(f"一、总体情况\n{line}") == [(1, "一、总体情况")]


def test_a_seventh_section_follows_the_sixth() -> None:
    assert _topics("六、其他需要报告的事项\n无\n七、2022年工作思路\n继续努力")[-1] == (
        None,
        "七、2022年工作思路",
    )


FREE = [
    ("一、政府信息公开工作概述", 1),
    ("二、政府信息主动公开工作情况", 2),
    ("三、依申请公开政府信息和不予公开政府信息的情况", 3),
    ("四、政府信息公开的收费及减免情况", 7),
    ("五、因政府信息公开申请行政复议、提起行政诉讼的情况", 4),
    ("六、存在的主要问题和改进措施", 5),
    ("七、其他需要说明的事项", 6),
]
OF_2014 = [
    ("一、概述", 1),
    ("二、主动公开情况", 2),
    ("三、政策解读和回应社会关切情况", 8),
    ("四、依申请公开办理情况", 3),
    ("五、依申请公开的收费情况", 7),
    ("六、机构建设和培训情况", 9),
    ("七、下一步打算", None),
]


@pytest.mark.parametrize(("headings", "name"), [(FREE, "2008"), (OF_2014, "2014")], ids=["2008", "2014"])
def test_a_free_report_has_the_sections_of_its_time(headings: list[tuple[str, int | None]], name: str) -> None:
    document = read("\n".join(f"{h}\n正文。" for h, _ in headings).encode())
    form = headed_by(document, forms())
    assert form is not None
    assert form.name == name
    parts = sections(document, forms())
    assert [(s.heading, s.topic) for s in parts] == headings
    assert {s.text for s in parts} == {"正文。"}
    assert not any(s.variant_of for s in parts)


def test_a_numbered_heading_tells_its_section_by_what_it_is_about() -> None:
    lines = ["一、全年主动公开工作", "二、全年依申请公开工作", "三、依申请公开的收费", "四、复议诉讼"]
    parts = sections(read("\n".join(f"{line}\n正文" for line in lines).encode()), forms())
    assert [s.topic for s in parts] == [2, 3, 7, 4]


@pytest.mark.parametrize(
    ("text", "name"),
    [("正文。\n12 条", None), ("一、总体情况\n正文", "2021"), ("二、主动公开政府信息的情况\n正文", "2021")],
)
def test_where_headings_tell_nothing_else_the_newest_form_leads(text: str, name: str | None) -> None:
    found = headed_by(read(text.encode()), forms())
    assert (found.name if found else None) == name


def test_a_damaged_heading_is_named() -> None:
    (part,) = sections(read("三、收到和处理政府信息申请情况\n无".encode()), forms())
    assert part.variant_of == "收到和处理政府信息公开申请情况"
