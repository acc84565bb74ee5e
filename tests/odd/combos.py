"""Kinds of odd documents in which two or three oddities meet in one table."""

from __future__ import annotations

from collections.abc import Sequence

from tests.odd.kinds import LAST, OF, TRUE, Kind, Odd
from tests.odd.page import Box, Rows
from tests.odd.tables import MADE, changed, head3, report, table2, table3, table4, truth_of

COMBOS: dict[str, Kind] = {}
DOC = [(2, "1.doc", c) for c in ("made", "repealed", "valid")]


def combo(made: Kind) -> Kind:
    COMBOS[made.__name__] = made
    return made


def _renamed(rows: Rows, old: str, new: str) -> Rows:
    return [[Box(new, b.right, b.down) if b.text == old else b for b in r] for r in rows]


@combo
def corrected_table_with_a_merged_figure2() -> Odd:
    """原表 is whole, 更正为 has 14 merged over three columns."""
    rows = changed(table2(OF), "行政规范性文件", lambda r: [r[0], Box("14", 3)])
    return Odd(report(two=["原表：", table2(LAST), "更正为：", rows]), {**TRUE, **dict.fromkeys(DOC, "")})


@combo
def years_above_columns_and_remarks2() -> Odd:
    """The columns under 2023年 and 2024年, a column of remarks with numbers, and a note behind a figure."""
    block, *others = MADE.table(2).blocks
    rows: list[list[Box]] = [[Box("信息内容", 1, 2), Box("2023年", 3), Box("2024年", 3), Box("备注", 1, 2)]]
    rows.append([Box(c.path[-1]) for _ in (1, 2) for c in block.columns])
    for r, remark in zip(block.rows, ("15", "较上年+3"), strict=True):
        rows.append([Box(r.path[-1]), *(Box(of[2, r.code, c.code]) for of in (LAST, OF) for c in block.columns)])
        rows[-1] += [Box(remark)]
    rest: list[Rows] = []
    for b in others:
        head = [Box("信息内容"), Box(b.columns[0].path[-1])]
        rest.append([head, *([Box(r.path[-1]), Box(OF[2, r.code, b.columns[0].code])] for r in b.rows)])
    return Odd(report(two=[rows, *rest]), TRUE)


@combo
def last_year_on_the_second_line2() -> Odd:
    """Each figure over last year's in brackets: 15 over （12）."""
    of = {k: f"{v}\n（{LAST[k]}）" if k[0] == 2 else v for k, v in OF.items()}
    return Odd(report(two=[table2(of)]), TRUE)


@combo
def notes_and_a_page_break3() -> Odd:
    signs = ("①", "", "*", "")
    of = {k: v + signs[n % 4] if k[0] == 3 else v for n, (k, v) in enumerate(OF.items())}
    rows = list(table3(of))
    return Odd(report(three=[rows[:5], "— 3 —", [*head3(), *rows[5:]], "①含上年结转2件。"]), TRUE)


@combo
def parts_below_a_row2() -> Odd:
    """其中：市本级 and 其中：县区 below 行政处罚, which has the figures of both."""
    rows: list[Sequence[Box]] = []
    for r in table2(OF):
        rows.append(r)
        if r[0].text == "行政处罚":
            rows += [[Box("其中：市本级"), Box("12", 3)], [Box("其中：县区"), Box("34", 3)]]
    return Odd(report(two=[rows]), TRUE)


@combo
def total_behind_columns2() -> Odd:
    """A column 合计 behind the three of table 二."""
    block = MADE.table(2).blocks[0]
    sums = {r.code: [str(sum(int(OF[2, r.code, c.code]) for c in block.columns))] for r in block.rows}
    return Odd(report(two=[table2(OF, lambda code: ["合计"] if not code else sums.get(code, [""]))]), TRUE)


@combo
def total_before_columns2() -> Odd:
    """A column 合计 before the three of table 二, its cells blank."""
    rows = [[r[0], Box("合计" if r[0].text == "信息内容" else ""), *r[1:]] if len(r) > 1 else [Box(r[0].text, 5)]
            for r in table2(OF)]  # fmt: skip
    return Odd(report(two=[rows]), TRUE)


@combo
def rows_of_last_year_below2() -> Odd:
    """上年 as a row below each row of the first block."""
    rows: list[Sequence[Box]] = []
    for r in table2(OF):
        rows.append(r)
        if r[0].text in ("规章", "行政规范性文件"):
            code = {"规章": "1.rule"}.get(r[0].text, "1.doc")
            rows.append([Box("上年"), *(Box(LAST[2, code, c]) for c in ("made", "repealed", "valid"))])
    return Odd(report(two=[rows]), TRUE)


@combo
def label_merged_over_two_rows2() -> Odd:
    """行政规范性文件 merged over two rows of figures: which is meant cannot be told."""
    rows: list[Sequence[Box]] = []
    for r in table2(OF):
        if r[0].text != "行政规范性文件":
            rows.append(r)
            continue
        rows.append([Box(r[0].text, 1, 2), *r[1:]])
        rows.append([Box(LAST[2, "1.doc", c]) for c in ("made", "repealed", "valid")])
    return Odd(report(two=[rows]), {**TRUE, **dict.fromkeys(DOC, "")})


@combo
def head_merged_over_two_columns2() -> Odd:
    """本年制发件数 merged over two columns of figures, 本年废止件数 and 现行有效件数 over one each."""
    rows: list[Sequence[Box]] = []
    for r in table2(OF):
        if len(r) == 4:
            wide = r[0].text == "信息内容"
            rows.append([r[0], *([Box(r[1].text, 2)] if wide else [Box("55"), r[1]]), *r[2:]])
        else:
            rows.append([*r[:-1], Box(r[-1].text, r[-1].right + 1)])
    unsure = {(2, code, "made"): "" for code in ("1.rule", "1.doc")}
    return Odd(report(two=[rows]), {**TRUE, **unsure})


@combo
def label_printed_twice2() -> Odd:
    """行政处罚 printed as the label of two rows, 行政强制 of none."""
    rows = _renamed(table2(OF), "行政强制", "行政处罚")
    unsure = {(2, "6.penalty", "count"): "", (2, "6.coercion", "count"): ""}
    return Odd(report(two=[rows]), {**TRUE, **unsure})


@combo
def columns_by_level3() -> Odd:
    """Table 三 for one column 总计 and one 其中：市本级."""
    rows: list[list[Box]] = [[Box("项目"), Box("总计"), Box("其中：市本级")]]
    rows += [[Box(r.path[-1]), Box(OF[3, r.code, "total"]), Box(LAST[3, r.code, "total"])] for r in MADE.table(3).rows]
    truth = {k: v if k[0] != 3 or k[2] == "total" else "" for k, v in TRUE.items()}
    return Odd(report(three=[rows]), truth)


@combo
def units_of_counts2() -> Odd:
    """本年处理决定数量（万件）: 1.2 is in another unit than the form's."""
    rows = _renamed(table2({**OF, (2, "5.permit", "count"): "1.2"}), "本年处理决定数量", "本年处理决定数量（万件）")
    return Odd(report(two=[rows]), {**TRUE, (2, "5.permit", "count"): "1.2"})


@combo
def table_printed_twice_otherwise2() -> Odd:
    """Two tables 二 with other figures under one heading: which is the report's own cannot be told."""
    return Odd(report(two=[table2(OF), table2(LAST)]), {**TRUE, **dict.fromkeys(truth_of(OF, 2), "")})


@combo
def wide_total_row4() -> Odd:
    """Table 四 with a row for the city and one for all districts, under labels of their own."""
    rows = list(table4(OF))
    head = [[Box("单位", 1, 3), *rows[0]], *rows[1:3]]
    body = [
        [Box("市本级"), *(Box(LAST[4, "1", c.code]) for c in MADE.table(4).blocks[0].columns)],
        [Box("合计"), *rows[3]],
    ]
    unsure = {k: "" for k in TRUE if k[0] == 4}
    return Odd(report(four=[[*head, *body]]), {**TRUE, **unsure})
