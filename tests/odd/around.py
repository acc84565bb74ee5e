"""Kinds of odd documents by what stands around the tables: periods, titles, tables of others, totals of many units."""

from __future__ import annotations

from tests.odd.kinds import LAST, OF, TRUE, Kind, Odd
from tests.odd.page import Box, Page, Rows, boxes
from tests.odd.tables import (
    COLUMNS,
    HEADINGS,
    MADE,
    NAMES,
    PUBLISHER,
    body3,
    figures,
    flat_stubs3,
    head3,
    report,
    table2,
    table3,
    table4,
    title,
    truth_of,
)

AROUND: dict[str, Kind] = {}
PAST = figures(6)
NONE = dict.fromkeys(TRUE, "")


def around(made: Kind) -> Kind:
    AROUND[made.__name__] = made
    return made


def _ending(*parts: str | Rows) -> Odd:
    """The report with something behind it."""
    return Odd([*report(), *parts], TRUE)


@around
def title_twice() -> Odd:
    return Odd(report(head=[title(), "发布时间：2025-01-20 来源：市政府办公室", title()]), TRUE)


@around
def breadcrumb_and_lists() -> Odd:
    crumb = "首页 > 政务公开 > 政府信息公开年度报告 > 2023年"
    return Odd(report(head=[crumb, "2022年政府信息公开工作年度报告", "2023年政府信息公开工作年度报告", title()]), TRUE)


@around
def titles_of_other_years_behind() -> Odd:
    return _ending("相关链接", title(2023), title(2022), title(2021))


@around
def comparison_of_two_years_below4() -> Odd:
    """A small table of last year beside this one, with one row of table 三 and two groups of table 四."""
    rows = [["项目", "上年", "本年"], ["行政复议", "31", "42"], ["行政诉讼", "13", "24"]]
    label = MADE.table(3).rows[0].path[-1]
    small = [[Box(t) for t in row] for row in [*rows, [label, "777", "888"]]]
    return Odd(report(four=[table4(OF), small]), TRUE)


@around
def attached_tables_of_last_year() -> Odd:
    return _ending("附件：2023年度政府信息公开情况统计表", table2(LAST), table3(LAST), table4(LAST))


@around
def attached_tables_of_last_year_by_words() -> Odd:
    """The year of the attached tables stands as 上年度."""
    return _ending("附：上年度数据", table2(LAST), table3(LAST), table4(LAST))


@around
def tables_of_last_year_to_compare() -> Odd:
    return _ending("2023年度数据对比参考", table2(LAST), table3(LAST), table4(LAST))


@around
def tables_of_last_year_to_compare_in_brackets() -> Odd:
    return _ending("（以下为2023年度数据，供对比）", table2(LAST), table3(LAST), table4(LAST))


def _with_table_of_last_year(number: int, caption: str) -> Odd:
    """The report in which one table is not its own, under a caption that says so."""
    tables = {2: table2, 3: table3, 4: table4}
    page = list(report())
    at = page.index(HEADINGS[number])
    return Odd(
        [*page[: at + 1], caption, tables[number](LAST), *page[at + 2 :]],
        {k: "" if k[0] == number else v for k, v in TRUE.items()},
    )


@around
def only_last_years_disputes4() -> Odd:
    return _with_table_of_last_year(4, "附：2023年政府信息公开行政复议、行政诉讼情况")


@around
def only_last_years_requests3() -> Odd:
    return _with_table_of_last_year(3, "上年（2023年）情况：")


@around
def only_last_years_figures_in_words2() -> Odd:
    return _with_table_of_last_year(2, "附表：上一年度主动公开政府信息情况")


@around
def attached_tables_of_a_bureau() -> Odd:
    return _ending("附件：平凉市教育局2024年度政府信息公开情况统计表", table2(LAST), table3(LAST), table4(LAST))


@around
def first_tables_of_a_bureau() -> Odd:
    page = list(report())
    at = page.index(HEADINGS[2])
    return Odd([*page[:at], "附表：市教育局2024年数据", table3(LAST), *page[at:]], TRUE)


@around
def year_of_last_year_in_corner3() -> Odd:
    """Two tables 三 that differ only in their corner: 2023年 and 2024年."""

    def with_corner(of: dict[tuple[int, str, str], str], text: str) -> Rows:
        head = head3()
        head[0] = [Box(text, 3, 3), *head[0][1:]]
        return [*head, *body3(of)]

    return Odd(report(three=[with_corner(LAST, "2023年"), with_corner(OF, "2024年")]), TRUE)


@around
def same_table_twice3() -> Odd:
    """Two tables 三 with other figures and no word on why: neither may be taken silently."""
    return Odd(report(three=[table3(OF), table3(LAST)]), TRUE)


@around
def own_and_all3() -> Odd:
    """市本级 and 全市, each with its own table."""
    page = report(three=["（一）全市汇总情况", table3(OF), "（二）市本级情况", table3(LAST)])
    return Odd(page, TRUE)


@around
def summary_of_units() -> Odd:
    """Units as rows, their totals as columns, behind the report."""
    rows = [["单位", "自然人", "商业企业", "科研机构", "总计"]]
    rows += [[u, str(n + 3), str(n), "1", str(2 * n + 4)] for n, u in enumerate(("市教育局", "市公安局", "市财政局"))]
    return _ending("附表：各单位收到依申请公开情况", boxes(rows))


@around
def summary_of_units4() -> Odd:
    head = ["单位", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    rows = [head, *([u, "1", "2", "3", "4", "10"] for u in ("市教育局", "市公安局"))]
    return _ending("各单位行政复议情况", boxes(rows))


@around
def totals_of_five_years3() -> Odd:
    rows = [["项目", "2020年", "2021年", "2022年", "2023年", "2024年"]]
    rows += [
        [r.path[-1], *(str(int(PAST[3, r.code, "total"]) + n) for n in range(4)), OF[3, r.code, "total"]]
        for r in MADE.table(3).rows[:6]
    ]
    return Odd(report(three=[table3(OF), "近五年对比", boxes(rows)]), TRUE)


@around
def change_on_last_year3() -> Odd:
    """同比 beside 总计."""
    head = [[Box("项目"), *(Box(NAMES[c]) for c in COLUMNS), Box("上年总计"), Box("同比增减")]]
    rows = []
    for n, row in enumerate(body3(OF, stubs=flat_stubs3())):
        last = LAST[3, MADE.table(3).rows[n].code, "total"]
        rows.append([*row, Box(last), Box(str(int(row[-1].text) - int(last)))])
    return Odd(report(three=[[*head, *rows]]), TRUE)


@around
def share_of_total3() -> Odd:
    head = [[Box("项目"), *(Box(NAMES[c]) for c in COLUMNS), Box("占比")]]
    rows = [[*row, Box(f"{n * 3}.5%")] for n, row in enumerate(body3(OF, stubs=flat_stubs3()))]
    return Odd(report(three=[[*head, *rows]]), TRUE)


@around
def share_of_total3_bare() -> Odd:
    """A share of each row without a sign: 12.5."""
    head = [[Box("项目"), *(Box(NAMES[c]) for c in COLUMNS), Box("占比（%）")]]
    rows = [[*row, Box(f"{n * 3}.5")] for n, row in enumerate(body3(OF, stubs=flat_stubs3()))]
    return Odd(report(three=[[*head, *rows]]), TRUE)


@around
def change_on_last_year2() -> Odd:
    """同比 beside each figure of table 二."""
    words = {"": ["同比"], "1.rule": ["12%"], "1.doc": ["-3%"], "5.permit": ["8"], "6.penalty": ["-9"]}
    return Odd(report(two=[table2(OF, lambda code: words.get(code, ["0"]))]), TRUE)


@around
def of_which_rows2() -> Odd:
    """其中 below a row of table 二."""
    rows = [list(r) for r in table2(OF)]
    at = next(n for n, r in enumerate(rows) if r[0].text == "行政许可")
    rows.insert(at + 1, [Box("其中：行政许可（网上办理）"), Box("77", 3)])
    at = next(n for n, r in enumerate(rows) if r[0].text == "行政规范性文件")
    rows.insert(at + 1, [Box("其中：市政府规范性文件"), Box("71"), Box("72"), Box("73")])
    return Odd(report(two=[rows]), TRUE)


@around
def of_which_columns2() -> Odd:
    """其中 beside a column of table 二."""
    block, *_ = MADE.table(2).blocks
    first, *others = block.columns
    rows: list[list[Box]] = [
        [Box("信息内容"), Box(first.path[-1]), Box("其中：主动公开"), *(Box(c.path[-1]) for c in others)]
    ]
    rows += [
        [Box(r.path[-1]), Box(OF[2, r.code, first.code]), Box(f"8{n}"), *(Box(OF[2, r.code, c.code]) for c in others)]
        for n, r in enumerate(block.rows)
    ]
    rest = {k: v if k[1].startswith("1.") or k[0] != 2 else "" for k, v in TRUE.items()}
    return Odd(report(two=[rows]), rest)


@around
def no_tables_4() -> Odd:
    """Words in the place of table 四."""
    page = report(four=["本年度未发生行政复议、行政诉讼案件。"])
    return Odd(page, {k: v if k[0] != 4 else "" for k, v in TRUE.items()})


@around
def word_over_all_figures4() -> Odd:
    """无 merged over all figures of table 四."""
    head, ways, outcomes, _ = table4(OF)
    page = report(four=[[head, ways, outcomes, [Box("本年度无", 15)]]])
    return Odd(page, {k: v if k[0] != 4 else "" for k, v in TRUE.items()})


@around
def zero_over_all_figures4() -> Odd:
    """One 0 merged over all figures of table 四: it stands for them all or for none."""
    head, ways, outcomes, _ = table4(OF)
    page = report(four=[[head, ways, outcomes, [Box("0", 15)]]])
    return Odd(page, {k: v if k[0] != 4 else "" for k, v in TRUE.items()})


@around
def quarters_as_tables3() -> Odd:
    """A table 三 for each half of the year, then the year's."""
    return Odd(report(three=["上半年", table3(LAST), "下半年", table3(PAST), "全年", table3(OF)]), TRUE)


@around
def other_statistics() -> Odd:
    """A table of the page's own whose labels are those of table 三."""
    rows = [["分类", "数量"], ["自然人", "12"], ["商业企业", "3"], ["其他", "4"], ["总计", "19"]]
    page: Page = report(three=[table3(OF), "申请人分类情况", boxes(rows)])
    return Odd(page, TRUE)


@around
def plan_for_next_year() -> Odd:
    rows = [
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", "1", "2", "3"],
        ["行政规范性文件", "4", "5", "6"],
    ]
    return _ending("2025年工作计划", boxes(rows))


@around
def letter_before_report() -> Odd:
    page = ["关于报送2023年工作总结和2024年度政府信息公开工作年度报告的函", "现将报告报送你局。", *report()]
    return Odd(page, TRUE)


@around
def publisher_below() -> Odd:
    """The title prints no publisher; it stands below with the date."""
    page = [*report(head=["2024年政府信息公开工作年度报告"]), PUBLISHER, "2025年1月20日"]
    return Odd(page, truth_of(OF))
