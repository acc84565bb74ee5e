"""Sheets of indicators whose one column of figures is headed by years: another year's figures are never this year's."""

from __future__ import annotations

import random

import pytest

from pipeline.forms.loading import form
from pipeline.parsed import Parsed
from tests.conftest import assert_accounted, parse_bytes
from tests.odd.page import HANDS, LOOSE, Box, Rows, boxes
from tests.odd.scoring import score
from tests.render import Figures, SheetStyle, distinct_figures, sheet

HERE = ("html", "lines", "spaces", "pipes", "csv", "bare")
GRIDS_AND_DUMPS = ("html", "docx", "xlsx", "pdf", "tabs", "pipes", "csv", "lines", "spaces")
MADE = form("2014")
OF = {
    (1, r.code, "count"): str(n)
    for r, n in zip(MADE.table(1).rows, random.Random(2).sample(range(100, 999), 61), strict=True)
}


def _headed(head: str, hand: str) -> Parsed:
    rows = sheet(MADE, OF, SheetStyle(heads=("统计指标", "单位", head)))
    page = ["文峰区商颂街道办事处2015年政府信息公开工作年度报告", "一、概述", "全年主动公开政府信息 385 条。"]
    ending, draw = {**HANDS, **LOOSE}[hand]
    return parse_bytes(draw([*page, "附件：政府信息公开情况统计表", boxes(rows)]), f"report.{ending}")


@pytest.mark.parametrize("hand", HERE)
@pytest.mark.parametrize("head", ["历年累计", "2014年数量", "同比增减"])
def test_a_column_of_other_years_fills_nothing(head: str, hand: str) -> None:
    found = _headed(head, hand)
    assert not found.facts
    assert [(i.table_no, i.printed) for i in found.issues if i.code == "table-elsewhere"] == [(1, head)]


@pytest.mark.parametrize("hand", HERE)
def test_a_column_of_the_year_is_its_own_with_a_word(hand: str) -> None:
    found = _headed("2015年", hand)
    facts = {f.key: str(f.value) for f in found.facts}
    assert facts.items() <= OF.items()
    assert len(facts) > 59
    assert {i.code for i in found.issues} & {"label-inferred", "column-alone"}


@pytest.mark.parametrize("figure", ["5", "12", "47", "99", "101"])
@pytest.mark.parametrize("hand", ["lines", "spaces", "html"])
def test_the_only_figure_of_two_digits_is_no_number_of_a_row(figure: str, hand: str) -> None:
    """It stands right before the label of the next row."""
    of = {**OF, (1, MADE.table(1).rows[20].code, "count"): figure}
    page = [
        "文峰区商颂街道办事处2015年政府信息公开工作年度报告",
        "附件：政府信息公开情况统计表",
        boxes(sheet(MADE, of)),
    ]
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(page), f"report.{ending}")
    assert {f.key: str(f.value) for f in found.facts} == of


# The heads of the columns, that of the report's own figures with a star; what stands over all of them in brackets.
ABREAST = (
    "上年统计数 | *本年统计数 | 同比增减",
    "同比增减（%） | 2014年统计数 | *2015年统计数",
    "2015年上半年 | *2015年 | 2015年比2014年增减",
    "*本年度数据 | 上年同期数据",
    "*统计数 | 其中：区直单位统计数 | 乡镇街道统计数 | 上年统计数",
    "本季度 | *1-4季度累计",
    "上半年 | 下半年 | *全年合计",
    "第一季度 | 第二季度 | 第三季度 | 第四季度 | *合计",
    "年度目标 | *完成数 | 完成率",
    "[统计数] *本年 | 上年",
    "[统计数] 2014年 | *2015年",
    "14年 | *15年",
    "1-6月 | 7-12月 | *合计",
    "上半年 | 下半年 | *总数",
    "*当年 | 自条例施行以来累计",
    "*本年度 | 截至2015年底累计",
    "*2015年 | 五年平均",
    "*全年数 | 其中：12月",
    "目标值 | *实际值",
    "更正前 | *更正后",
    "原报数 | *更正数",
)
# Heads of which none is certain to be of the whole year.
UNCLEAR = (
    "上半年 | 合计",
    "一季度 | 二季度 | 三季度 | 合计",
    "本期 | 本季度",
    "计划数 | 上报数",
    "2015年 | 2015年数据",
    "更正后 | 上报数",
)


def _abreast(heads: str, made: str, own: Figures) -> Rows:
    """A sheet with one column of its own figures for each head, the others' figures longer than its own."""
    over, _, heads = heads.rpartition("]")
    columns = heads.strip().split(" | ")
    _, *body = sheet(form(made), own)
    others = iter(random.Random(4).sample(range(1_001, 9_999), len(body) * len(columns)))
    rows = [
        [*row[:2], *(row[2] if h.startswith("*") else str(next(others)) if row[2] else "" for h in columns)]
        for row in body
    ]
    named = [Box(h.removeprefix("*")) for h in columns]
    if not over:
        return [[Box("统计指标"), Box("单位"), *named], *boxes(rows)]
    return [
        [Box("统计指标", 1, 2), Box("单位", 1, 2), Box(over.removeprefix("["), len(columns))],
        named,
        *boxes(rows),
    ]


def _abreast_read(heads: str, made: str, hand: str) -> tuple[Parsed, dict[tuple[int, str, str], str]]:
    own = {k: v for k, v in distinct_figures(form(made), random.Random(7)).items() if k[0] == 1}
    page = ["文峰区商颂街道办事处2015年政府信息公开工作年度报告", "一、概述", "全年主动公开政府信息 385 条。"]
    ending, draw = {**HANDS, **LOOSE}[hand]
    page = [*page, "附件：政府信息公开情况统计表", _abreast(heads, made, own)]
    return parse_bytes(draw(page), f"report.{ending}"), own


@pytest.mark.each_value
@pytest.mark.parametrize("made", ["2014", "2008"])
@pytest.mark.parametrize("hand", GRIDS_AND_DUMPS)
@pytest.mark.parametrize("heads", ABREAST)
def test_of_columns_abreast_that_of_the_year_is_read(heads: str, hand: str, made: str) -> None:
    found, own = _abreast_read(heads, made, hand)
    assert str(score(found, own)) == "whole"
    assert_accounted(found)


@pytest.mark.parametrize("hand", ["html", "docx", "pdf"])
@pytest.mark.parametrize("heads", ["*2015 | 2014", "2014 | *2015 | 同比增减"])
def test_years_alone_head_columns_in_tables_with_lines(heads: str, hand: str) -> None:
    found, own = _abreast_read(heads, "2014", hand)
    assert str(score(found, own)) == "whole"
    assert_accounted(found)


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["bare", "level"])
@pytest.mark.parametrize("heads", [h for h in ABREAST if h.count("|") < 4])
def test_of_columns_abreast_without_rules_that_of_the_year_is_read(heads: str, hand: str) -> None:
    """The labels of 2008 are short; those of 2014 run into their units."""
    found, own = _abreast_read(heads, "2008", hand)
    assert str(score(found, own)) == "whole"
    assert_accounted(found)


@pytest.mark.each_value
@pytest.mark.parametrize("made", ["2014", "2008"])
@pytest.mark.parametrize("hand", [*HERE, "level"])
@pytest.mark.parametrize("heads", UNCLEAR)
def test_columns_abreast_of_which_none_is_certain_are_told(heads: str, hand: str, made: str) -> None:
    found, own = _abreast_read(heads, made, hand)
    assert str(score(found, own)) == "refused"


@pytest.mark.each_value
@pytest.mark.parametrize("made", ["2014", "2008"])
@pytest.mark.parametrize("hand", GRIDS_AND_DUMPS)
@pytest.mark.parametrize(("head", "heads"), [("备注", ""), ("说明", "上年统计数 | *本年统计数")])
def test_numbers_among_remarks_are_no_figures(heads: str, head: str, hand: str, made: str) -> None:
    own = {k: v for k, v in distinct_figures(form(made), random.Random(8)).items() if k[0] == 1}
    top, *body = _abreast(heads or "*统计数", made, own)
    remarks = [Box(str(7_001 + n) if n % 4 == 2 and row[-1].text else "") for n, row in enumerate(body)]
    rows = [[*top, Box(head)], *([*row, remark] for row, remark in zip(body, remarks, strict=True))]
    ending, draw = HANDS[hand]
    page = ["文峰区商颂街道办事处2015年政府信息公开工作年度报告", "附件：政府信息公开情况统计表", rows]
    found = parse_bytes(draw(page), f"report.{ending}")
    assert str(score(found, own)) == "whole"
    assert [i.printed for i in found.issues if i.code == "column-aside"] == [head]
    assert_accounted(found)


def _in_blocks(rows: list[list[str]], lengths: tuple[int, ...]) -> list[list[str]]:
    """The rows of a sheet in blocks of these lengths side by side, each under the heads."""
    head, *body = rows
    ends = [sum(lengths[: n + 1]) for n in range(len(lengths))]
    blocks = [body[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    wide = [[*b, *[[""] * len(head)] * (lengths[0] - len(b))] for b in blocks]
    return [head * len(lengths), *([c for row in line for c in row] for line in zip(*wide, strict=True))]


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "csv", "lines", "spaces"])
@pytest.mark.parametrize("lengths", [(31, 30), (33, 28), (21, 20, 20), (21, 21, 19), (35, 34), (23, 23, 23)])
@pytest.mark.parametrize("heads", [("统计指标", "单位", "统计数"), ("序号", "指标", "单位", "数量")])
def test_blocks_in_turn_have_their_own_groups(heads: tuple[str, ...], lengths: tuple[int, ...], hand: str) -> None:
    """Rows of one name, such as 其他情形数, stand behind groups of another block in a text."""
    own = {k: v for k, v in distinct_figures(MADE, random.Random(9)).items() if k[0] == 1}
    codes = [r.code for r in MADE.table(1).rows]
    style = SheetStyle(heads, number=(lambda code: str(codes.index(code) + 1)) if len(heads) > 3 else None)
    with_groups = sum(lengths) > len(codes)
    rows = [row for row in sheet(MADE, own, style) if row[-1] or with_groups]
    ending, draw = HANDS[hand]
    page = [
        "文峰区商颂街道办事处2015年政府信息公开工作年度报告",
        "附件：政府信息公开情况统计表",
        boxes(_in_blocks(rows, lengths)),
    ]
    found = parse_bytes(draw(page), f"report.{ending}")
    assert str(score(found, own)) == "whole"
    assert "table-rearranged" in {i.code for i in found.issues}
    assert_accounted(found)


@pytest.mark.parametrize("hand", ["lines", "spaces"])
def test_blocks_in_turn_that_do_not_come_in_order_are_told(hand: str) -> None:
    own = {k: v for k, v in distinct_figures(MADE, random.Random(9)).items() if k[0] == 1}
    head, *body = [row for row in sheet(MADE, own) if row[-1]]
    mixed = random.Random(3).sample(body, len(body))
    ending, draw = HANDS[hand]
    page = [
        "文峰区商颂街道办事处2015年政府信息公开工作年度报告",
        "附件：政府信息公开情况统计表",
        boxes(_in_blocks([head, *mixed], (31, 30))),
    ]
    assert not score(parse_bytes(draw(page), f"report.{ending}"), own).silent


@pytest.mark.each_value
@pytest.mark.parametrize("made", ["2014", "2008"])
@pytest.mark.parametrize("space", [" ", "\u3000"])
@pytest.mark.parametrize("kind", ["plain", "abreast", "remarks", "blocks"])
def test_cells_between_single_spaces_are_read(kind: str, space: str, made: str) -> None:
    own = {k: v for k, v in distinct_figures(form(made), random.Random(9)).items() if k[0] == 1}
    rows = sheet(form(made), own)
    if kind == "abreast":
        rows = [[b.text for b in row] for row in _abreast("上年统计数 | *本年统计数", made, own)]
    if kind == "remarks":
        rows = [
            [*row, "备注" if not n else str(8_000 + n) if n % 5 == 3 and row[-1] else ""] for n, row in enumerate(rows)
        ]
    if kind == "blocks":
        rows = [row for row in rows if row[-1]]
        rows = _in_blocks(rows, (len(rows) // 2, (len(rows) - 1) // 2))
    lines = "\n".join(space.join(text for text in row if text) for row in rows)
    page = f"文峰区商颂街道办事处2015年政府信息公开工作年度报告\n\n附件：政府信息公开情况统计表\n\n{lines}\n"
    found = parse_bytes(page.encode(), "report.txt")
    assert str(score(found, own)) == "whole"
    assert_accounted(found)


@pytest.mark.parametrize(("wide", "right"), [(6, 47), (7, 56), (9, 58)])
def test_labels_that_are_torn_over_lines_are_read(wide: int, right: int) -> None:
    """Those with remarks in brackets and those torn before 数量, which may be a head, are left over with an issue."""
    own = {k: v for k, v in distinct_figures(MADE, random.Random(9)).items() if k[0] == 1}
    head, *body = sheet(MADE, own)
    torn = [[*(label[at : at + wide] for at in range(0, len(label), wide)), *rest] for label, *rest in body]
    lines = "\n".join(text for row in [head, *torn] for text in row if text)
    page = f"文峰区商颂街道办事处2015年政府信息公开工作年度报告\n\n附件：政府信息公开情况统计表\n\n{lines}\n"
    found = score(parse_bytes(page.encode(), "report.txt"), own)
    assert (found.right, found.wrong, found.silent) == (right, 0, ())
