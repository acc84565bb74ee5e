"""The kinds of odd documents that every format can show: each a page with its true cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.odd.page import Box, Page, Rows, boxes
from tests.odd.tables import (
    COLUMNS,
    CORNER,
    HEADINGS,
    MADE,
    NAMES,
    OUTCOMES,
    WAYS,
    Cells,
    body3,
    figures,
    flat_stubs3,
    head3,
    head4,
    report,
    row4,
    stubs3,
    table2,
    table3,
    table4,
    title,
    truth_of,
)
from tests.render import Figures


@dataclass(frozen=True)
class Odd:
    """A document to draw and its true cells. `others` are the true cells of the further reports in it."""

    page: Page
    truth: Cells
    others: Sequence[Cells] = ()


Kind = Callable[[], Odd]
KINDS: dict[str, Kind] = {}


def kind(made: Kind) -> Kind:
    KINDS[made.__name__] = made
    return made


OF = figures()
LAST = figures(4)
TRUE = truth_of(OF)


def whole(two: Page | None = None, three: Page | None = None, four: Page | None = None) -> Odd:
    return Odd(report(two, three, four), TRUE)


@kind
def as_issued() -> Odd:
    return whole()


@kind
def zeros_left_blank() -> Odd:
    of = {k: "" if v == "0" and k[0] != 2 else v for k, v in figures(5, 0.5).items()}
    return Odd(report([table2(of)], [table3(of)], [table4(of)]), truth_of(of))


# ------------------------------------------------------------------------------------------------------- headers of 三


def flat3(name: Callable[[str], str], *, groups: bool = True) -> Odd:
    names = [name(c) for c in COLUMNS]
    head = [[Box("项目", 3 if groups else 1), *map(Box, names)]]
    return whole(three=[[*head, *body3(OF, stubs=stubs3() if groups else flat_stubs3())]])


def joined(mark: str) -> Callable[[str], str]:
    return lambda code: (f"法人或其他组织{mark}" if code not in ("natural", "total") else "") + NAMES[code]


@kind
def header3_flat() -> Odd:
    return flat3(lambda c: NAMES[c])


@kind
def header3_flat_without_groups() -> Odd:
    return flat3(lambda c: NAMES[c], groups=False)


@kind
def header3_joined_by_dash() -> Odd:
    return flat3(joined("-"))


@kind
def header3_joined_by_slash() -> Odd:
    return flat3(joined("/"))


@kind
def header3_joined_by_dot() -> Odd:
    return flat3(joined("·"))


@kind
def header3_joined() -> Odd:
    return flat3(joined(""))


@kind
def header3_in_brackets() -> Odd:
    return flat3(
        lambda c: f"法人或其他组织（{NAMES[c]}）" if c not in ("natural", "total") else f"申请人情况（{NAMES[c]}）"
    )


@kind
def header3_whole_path() -> Odd:
    paths = {c.code: "-".join(c.path) for c in MADE.table(3).blocks[0].columns}
    return flat3(lambda c: paths[c])


@kind
def header3_torn_over_rows() -> Odd:
    """商业 over 企业: each label of the third row over two rows of cells."""
    halves = [(NAMES[c][: len(NAMES[c]) // 2], NAMES[c][len(NAMES[c]) // 2 :]) for c in COLUMNS[1:-1]]
    head = [
        [Box(CORNER, 3, 4), Box("申请人情况", 7)],
        [Box("自然人", 1, 3), Box("法人或其他组织", 5), Box("总计", 1, 3)],
        [Box(a) for a, _ in halves],
        [Box(b) for _, b in halves],
    ]
    return whole(three=[[*head, *body3(OF)]])


@kind
def header3_torn_in_cell() -> Odd:
    head = head3()
    head[2] = [Box(b.text[: len(b.text) // 2] + "\n" + b.text[len(b.text) // 2 :]) for b in head[2]]
    return whole(three=[[*head, *body3(OF)]])


@kind
def header3_total_first() -> Odd:
    order = ["total", *COLUMNS[:-1]]
    head = [[Box("项目", 3), *(Box(NAMES[c]) for c in order)]]
    return whole(three=[[*head, *body3(OF, order)]])


@kind
def bodies_first3() -> Odd:
    """The group of the organisations stands before 自然人."""
    order = [*COLUMNS[1:-1], "natural", "total"]
    corner, persons, bodies = head3()
    head = [corner, [persons[1], persons[0], persons[2]], bodies]
    return whole(three=[[*head, *body3(OF, order)]])


@kind
def header3_with_subtotal() -> Odd:
    """A column 小计 for the organisations."""
    organisations = COLUMNS[1:-1]
    rows = [
        [*stub, Box(OF[3, r.code, "natural"]), *(Box(OF[3, r.code, c]) for c in organisations),
         Box(str(sum(int(OF[3, r.code, c]) for c in organisations))), Box(OF[3, r.code, "total"])]
        for stub, r in zip(stubs3(), MADE.table(3).rows, strict=True)
    ]  # fmt: skip
    head = [
        [Box(CORNER, 3, 3), Box("申请人情况", 8)],
        [Box("自然人", 1, 2), Box("法人或其他组织", 6), Box("总计", 1, 2)],
        [*(Box(NAMES[c]) for c in organisations), Box("小计")],
    ]
    return whole(three=[[*head, *rows]])


# ----------------------------------------------------------------------------------------------------- rows and columns


@kind
def serial_numbers() -> Odd:
    """A column 序号 before the labels of all tables."""
    two = [["序号", "信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]]
    two += [
        [str(n), name, *(OF[2, code, c] for c in ("made", "repealed", "valid"))]
        for n, (name, code) in enumerate([("规章", "1.rule"), ("行政规范性文件", "1.doc")], 1)
    ]
    one = [["序号", "信息内容", "本年处理决定数量"]]
    one += [
        [str(n), name, OF[2, code, "count"]]
        for n, (name, code) in enumerate(
            [("行政许可", "5.permit"), ("行政处罚", "6.penalty"), ("行政强制", "6.coercion")], 3
        )
    ]
    fee = [
        ["序号", "信息内容", "本年收费金额（单位：万元）"],
        ["6", "行政事业性收费", OF[2, "8.fee", "amount"]],
    ]
    three = [[Box("序号"), Box("项目"), *(Box(NAMES[c]) for c in COLUMNS)]]
    three += [[Box(str(n)), *row] for n, row in enumerate(body3(OF, stubs=flat_stubs3()), 1)]
    return whole([boxes(two), boxes(one), boxes(fee)], [three])


@kind
def remarks_with_numbers2() -> Odd:
    words = {
        "": ["备注"],
        "1.doc": ["含2023年文件12件"],
        "6.penalty": ["3"],
        "8.fee": ["15"],
        "5.permit": ["同比增加20"],
    }
    return whole([table2(OF, lambda code: words.get(code, [""]))])


@kind
def remarks_with_numbers3() -> Odd:
    head = head3()
    head[0] = [*head[0], Box("备注", 1, 3)]
    rows = [[*row, Box("12" if n % 5 == 0 else "其中上年结转3件" if n == 1 else "")] for n, row in enumerate(body3(OF))]
    return whole(three=[[*head, *rows]])


@kind
def remarks_beside_one_figure() -> Odd:
    """A remarks column right of the one figure of each row, which is no wider than it."""
    words = {"5.permit": "8", "6.penalty": "9", "6.coercion": "", "8.fee": "10"}
    rows: list[list[str]] = []
    for block in MADE.table(2).blocks:
        rows.append(["信息内容", *(c.path[-1] for c in block.columns), *(["备注"] if len(block.columns) == 1 else [])])
        rows += [
            [r.path[-1], *(OF[2, r.code, c.code] for c in block.columns), *([words[r.code]] if r.code in words else [])]
            for r in block.rows
        ]
    wide = max(map(len, rows))
    return whole([boxes([[*r, *[""] * (wide - len(r))] for r in rows])])


@kind
def last_column_last_year() -> Odd:
    """上年数 beside the figures of this year in table 二."""
    rows: list[list[str]] = []
    for block in MADE.table(2).blocks[1:]:
        rows.append(["信息内容", *(c.path[-1] for c in block.columns), "上年数"])
        rows += [
            [
                r.path[-1],
                *(OF[2, r.code, c.code] for c in block.columns),
                *(LAST[2, r.code, c.code] for c in block.columns),
            ]
            for r in block.rows
        ]
    first = [["信息内容", *(c.path[-1] for c in MADE.table(2).blocks[0].columns)]]
    first += [
        [r.path[-1], *(OF[2, r.code, c.code] for c in MADE.table(2).blocks[0].columns)]
        for r in MADE.table(2).blocks[0].rows
    ]
    return whole([boxes(first), boxes(rows)])


@kind
def subtotal_rows3() -> Odd:
    """A row of figures for each group of results."""
    stubs = flat_stubs3()
    rows: list[Sequence[Box]] = [[Box("项目"), *(Box(NAMES[c]) for c in COLUMNS)]]
    seen: set[str] = set()
    for stub, row, body in zip(stubs, MADE.table(3).rows, body3(OF, stubs=stubs), strict=True):
        group = row.path[1] if len(row.path) == 3 else ""
        if group and group not in seen:
            seen.add(group)
            parts = [r.code for r in MADE.table(3).rows if r.path[:2] == row.path[:2]]
            rows.append([Box(group), *(Box(str(sum(int(OF[3, p, c]) for p in parts))) for c in COLUMNS)])
        rows.append(body)
        assert stub
    return whole(three=[rows])


@kind
def rows_in_another_order() -> Odd:
    body = body3(OF, stubs=flat_stubs3())
    head = [Box("项目"), *(Box(NAMES[c]) for c in COLUMNS)]
    return whole(three=[[head, *body[:2], body[-1], *body[2:-1]]])


@kind
def titles_inside_tables() -> Odd:
    caption = [Box("2024年收到和处理政府信息公开申请情况统计表", 10)]
    below = [Box("填报单位：平凉市人民政府", 5), Box("填报日期：2025年1月15日", 5)]
    return whole(three=[[caption, below, *table3(OF)]])


@kind
def note_rows_below() -> Odd:
    return whole(three=[[*table3(OF), [Box("注：1.本表统计期为2024年1月1日至12月31日。2.共3页", 10)]]])


@kind
def page_number_rows() -> Odd:
    """A row of the table that prints nothing but a page number, as converters leave it."""
    rows = list(table3(OF))
    number = [Box("", 3), Box(""), Box(""), Box("2"), *[Box("")] * 4]
    return whole(three=[[*rows[:5], number, *rows[5:]]])


# ------------------------------------------------------------------------------------------------------------- years


def years_in(text: str, year: int) -> str:
    return f"{year}年{text}"


@kind
def years_under_columns2() -> Odd:
    """Each column of table 二 for two years: 本年制发件数 over 2023年 and 2024年."""
    rows: list[list[Box]] = []
    for block in MADE.table(2).blocks:
        rows.append(
            [Box("信息内容", 1, 2), *(Box(c.path[-1], 2) for c in block.columns), *_rest(6 - 2 * len(block.columns))]
        )
        rows.append(
            [*(Box(y) for _ in block.columns for y in ("2023年", "2024年")), *_rest(6 - 2 * len(block.columns))]
        )
        for r in block.rows:
            pairs = [Box(of[2, r.code, c.code]) for c in block.columns for of in (LAST, OF)]
            rows.append([Box(r.path[-1]), *pairs, *_rest(6 - len(pairs))])
    return whole([rows])


def _rest(n: int) -> list[Box]:
    return [Box("") for _ in range(n)]


@kind
def years_above_columns2() -> Odd:
    """The columns of table 二 twice, under 2023年 and 2024年."""
    block = MADE.table(2).blocks[0]
    rows: list[list[Box]] = [[Box("信息内容", 1, 2), Box("2023年", 3), Box("2024年", 3)]]
    rows.append([Box(c.path[-1]) for _ in (1, 2) for c in block.columns])
    rows += [
        [Box(r.path[-1]), *(Box(of[2, r.code, c.code]) for of in (LAST, OF) for c in block.columns)] for r in block.rows
    ]
    return Odd(report([rows, *_rest_of_two()]), TRUE)


def _rest_of_two() -> list[Rows]:
    out = []
    for block in MADE.table(2).blocks[1:]:
        rows = [["信息内容", *(c.path[-1] for c in block.columns)]]
        rows += [[r.path[-1], *(OF[2, r.code, c.code] for c in block.columns)] for r in block.rows]
        out.append(boxes(rows))
    return out


@kind
def years_for_columns2() -> Odd:
    """One figure a row for each year: 项目 | 2023年 | 2024年."""
    block_rows = [(r.path[-1], r.code, c.code) for b in MADE.table(2).blocks[1:] for r in b.rows for c in b.columns]
    rows = [["信息内容", "2023年", "2024年"]]
    rows += [[name, LAST[2, code, c], OF[2, code, c]] for name, code, c in block_rows]
    first = boxes(
        [["信息内容", *(c.path[-1] for c in MADE.table(2).blocks[0].columns)]]
        + [
            [r.path[-1], *(OF[2, r.code, c.code] for c in MADE.table(2).blocks[0].columns)]
            for r in MADE.table(2).blocks[0].rows
        ]
    )
    return Odd(report([first, boxes(rows)]), TRUE)


@kind
def years_in_names2() -> Odd:
    """2023年处理决定数量 beside 2024年处理决定数量."""
    rows = [["信息内容", "2023年处理决定数量", "2024年处理决定数量"]]
    rows += [
        [name, LAST[2, code, "count"], OF[2, code, "count"]]
        for name, code in (("行政许可", "5.permit"), ("行政处罚", "6.penalty"), ("行政强制", "6.coercion"))
    ]
    truth = {k: v for k, v in TRUE.items() if k[0] != 2 or k[1][0] in "56"}
    return Odd(report([boxes(rows)]), truth)


@kind
def years_above_columns3() -> Odd:
    """All columns of table 三 twice, under 2023年 and 2024年."""
    head = [[Box("项目", 3, 2), Box("2023年", 7), Box("2024年", 7)], [Box(NAMES[c]) for _ in (1, 2) for c in COLUMNS]]
    rows = [[*stub, *(Box(of[3, r.code, c]) for of in (LAST, OF) for c in COLUMNS)]
            for stub, r in zip(stubs3(), MADE.table(3).rows, strict=True)]  # fmt: skip
    return whole(three=[[*head, *rows]])


@kind
def years_for_totals3() -> Odd:
    """Only the totals of table 三, for two years."""
    rows = [["项目", "2023年", "2024年"]]
    rows += [[r.path[-1], LAST[3, r.code, "total"], OF[3, r.code, "total"]] for r in MADE.table(3).rows]
    truth = {k: v if k[0] != 3 or k[2] == "total" else "" for k, v in TRUE.items()}
    return Odd(report(three=[boxes(rows)]), truth)


@kind
def years_as_rows4() -> Odd:
    """Two rows of figures in table 四, for two years."""
    head = [[Box("年度", 1, 3), *head4()[0]], *head4()[1:]]
    return whole(four=[[*head, [Box("2023年"), *row4(LAST)], [Box("2024年"), *row4(OF)]]])


@kind
def years_as_rows4_newest_first() -> Odd:
    head = [[Box("年度", 1, 3), *head4()[0]], *head4()[1:]]
    return whole(four=[[*head, [Box("2024年度"), *row4(OF)], [Box("2023年度"), *row4(LAST)]]])


@kind
def tables_of_last_year_first() -> Odd:
    def pair(table: Callable[[Figures], Rows], what: str) -> Page:
        return [f"2023年{what}", table(LAST), f"2024年{what}", table(OF)]

    return whole(
        pair(table2, "主动公开政府信息情况"),
        pair(table3, "收到和处理政府信息公开申请情况"),
        pair(table4, "行政复议、行政诉讼情况"),
    )


@kind
def tables_of_last_year_behind() -> Odd:
    def pair(table: Callable[[Figures], Rows], what: str) -> Page:
        return [table(OF), f"附：2023年{what}", table(LAST)]

    return whole(
        pair(table2, "主动公开政府信息情况"),
        pair(table3, "收到和处理政府信息公开申请情况"),
        pair(table4, "行政复议、行政诉讼情况"),
    )


@kind
def tables_of_another_publisher() -> Odd:
    def pair(table: Callable[[Figures], Rows]) -> Page:
        return [table(OF), "附：定西市人民政府2024年数据", table(LAST)]

    return whole(pair(table2), pair(table3), pair(table4))


@kind
def old_and_corrected() -> Odd:
    def pair(table: Callable[[Figures], Rows]) -> Page:
        return ["原表：", table(LAST), "更正为：", table(OF)]

    return whole(pair(table2), pair(table3), pair(table4))


# ---------------------------------------------------------------------------------------------------------- layouts


@kind
def disputes_in_three_tables() -> Odd:
    parts: list[str | Rows] = []
    for way, name in WAYS.items():
        parts += [
            name if way == "review" else f"行政诉讼（{name}）",
            boxes([list(OUTCOMES.values()), [OF[4, "1", f"{way}.{o}"] for o in OUTCOMES]]),
        ]
    return whole(four=parts)


@kind
def disputes_transposed() -> Odd:
    head = ["", *(n if w == "review" else f"行政诉讼-{n}" for w, n in WAYS.items())]
    return whole(four=[boxes([head, *([t, *(OF[4, "1", f"{w}.{o}"] for w in WAYS)] for o, t in OUTCOMES.items())])])


@kind
def disputes_groups_as_rows() -> Odd:
    names = {w: n if w == "review" else f"行政诉讼（{n}）" for w, n in WAYS.items()}
    rows = [["类别", *OUTCOMES.values()]]
    rows += [[names[w], *(OF[4, "1", f"{w}.{o}"] for o in OUTCOMES)] for w in WAYS]
    return whole(four=[boxes(rows)])


@kind
def disputes_as_list() -> Odd:
    names = {w: n if w == "review" else f"行政诉讼（{n}）" for w, n in WAYS.items()}
    rows = [[f"{names[w]}{t}", OF[4, "1", f"{w}.{o}"]] for w in WAYS for o, t in OUTCOMES.items()]
    return whole(four=[boxes(rows)])


@kind
def disputes_as_list_with_head() -> Odd:
    rows = [["项目", "数量（件）"]]
    rows += [[f"{n}：{t}", OF[4, "1", f"{w}.{o}"]] for w, n in WAYS.items() for o, t in OUTCOMES.items()]
    return whole(four=[boxes(rows)])


@kind
def disputes_flat_header() -> Odd:
    names = {w: n if w == "review" else f"行政诉讼-{n}" for w, n in WAYS.items()}
    head = [f"{names[w]}-{t}" for w in WAYS for t in OUTCOMES.values()]
    return whole(four=[boxes([head, [OF[4, "1", f"{w}.{o}"] for w in WAYS for o in OUTCOMES]])])


@kind
def disputes_two_tables() -> Odd:
    review = boxes([list(OUTCOMES.values()), [OF[4, "1", f"review.{o}"] for o in OUTCOMES]])
    suits: Rows = [
        [Box(WAYS["direct"], 5), Box(WAYS["after"], 5)],
        [Box(n) for n in (*OUTCOMES.values(), *OUTCOMES.values())],
        [Box(OF[4, "1", f"{w}.{o}"]) for w in ("direct", "after") for o in OUTCOMES],
    ]
    return whole(four=["（一）行政复议", review, "（二）行政诉讼", suits])


@kind
def disputes_header_repeated_below() -> Odd:
    """Reviews above suits in one table."""
    rows: list[list[Box]] = []
    for way, name in WAYS.items():
        rows += [[Box(name if way == "review" else f"行政诉讼（{name}）", 5)], [Box(t) for t in OUTCOMES.values()]]
        rows.append([Box(OF[4, "1", f"{way}.{o}"]) for o in OUTCOMES])
    return whole(four=[rows])


@kind
def blocks_side_by_side2() -> Odd:
    left = _block(0)
    right = [*_block(2)]
    fee = [*_block(1), *_block(3)]
    return whole([boxes([[*a, *b] for a, b in zip(left, right, strict=True)]), boxes(fee)])


def _block(n: int) -> list[list[str]]:
    block = MADE.table(2).blocks[n]
    return [
        ["信息内容", *(c.path[-1] for c in block.columns)],
        *([r.path[-1], *(OF[2, r.code, c.code] for c in block.columns)] for r in block.rows),
    ]


@kind
def list_of_figures2() -> Odd:
    """Table 二 as a list of ten: 规章-本年制发件数 | 3."""
    rows = [["项目", "数量"]]
    rows += [
        [f"{r.path[-1]}{c.path[-1]}", OF[2, r.code, c.code]]
        for b in MADE.table(2).blocks
        for r in b.rows
        for c in b.columns
    ]
    return whole([boxes(rows)])


@kind
def transposed2() -> Odd:
    """The first part of table 二 with its columns as rows."""
    block = MADE.table(2).blocks[0]
    rows = [["信息内容", *(r.path[-1] for r in block.rows)]]
    rows += [[c.path[-1], *(OF[2, r.code, c.code] for r in block.rows)] for c in block.columns]
    return whole([boxes(rows), *_rest_of_two()])


@kind
def halves_left_right3() -> Odd:
    """The rows of table 三 in a left and a right half."""
    body = body3(OF, stubs=flat_stubs3())
    head = [Box("项目"), *(Box(NAMES[c]) for c in COLUMNS)]
    left, right = body[:13], [*body[13:], [Box("") for _ in range(8)]]
    return whole(three=[[[*head, *head], *([*a, *b] for a, b in zip(left, right, strict=True))]])


@kind
def columns_in_two_tables3() -> Odd:
    """Four columns of table 三, then the other three beside the same labels."""

    def part(codes: Sequence[str]) -> Rows:
        return [[Box("项目"), *(Box(NAMES[c]) for c in codes)], *body3(OF, codes, flat_stubs3())]

    return whole(three=[part(COLUMNS[:4]), "（续表）", part(COLUMNS[4:])])


@kind
def columns_in_two_tables_without_labels3() -> Odd:
    def part(codes: Sequence[str], *, stub: bool) -> Rows:
        stubs = flat_stubs3() if stub else [[] for _ in MADE.table(3).rows]
        return [[*([Box("项目")] if stub else []), *(Box(NAMES[c]) for c in codes)],
                *([*s, *(Box(OF[3, r.code, c]) for c in codes)] for s, r in zip(stubs, MADE.table(3).rows, strict=True))]  # fmt: skip

    return whole(three=[part(COLUMNS[:4], stub=True), "（续表）", part(COLUMNS[4:], stub=False)])


@kind
def header_lost_after_break3() -> Odd:
    table = list(table3(OF))
    return whole(three=[table[: 3 + 2], table[3 + 2 :]])


@kind
def header_lost_behind_two3() -> Odd:
    """Cut behind row 二, a caption between."""
    table = list(table3(OF))
    return whole(three=[table[: 3 + 2], "2025/1/20 政府信息公开年报", table[3 + 2 :]])


@kind
def header_repeated_after_break3() -> Odd:
    table = list(table3(OF))
    return whole(three=[table[: 3 + 2], [*head3(), *table[3 + 2 :]]])


@kind
def header_lost_after_break2() -> Odd:
    """Table 二 cut between a header and its row, so that the rows begin the next table."""
    table = list(table2(OF))
    return whole([table[:2], table[2:]])


@kind
def row_cut_from_header4() -> Odd:
    return whole(four=[head4(), [row4(OF)]])


@kind
def each_block_own_table2() -> Odd:
    return whole([boxes(_block(0)), *_rest_of_two()])


@kind
def all_in_one_table() -> Odd:
    """The three tables as one grid, their headings as rows."""

    def wide(rows: Rows, by: int) -> list[Sequence[Box]]:
        return [*rows] if by == 15 else [_widened(r) for r in rows]

    def _widened(row: Sequence[Box]) -> Sequence[Box]:
        return row

    rows = [[Box(HEADINGS[2], 15)], *wide(table2(OF), 4), [Box(HEADINGS[3], 15)], *wide(table3(OF), 10)]
    rows += [[Box(HEADINGS[4], 15)], *table4(OF)]
    page = [
        title(),
        HEADINGS[1],
        "2024年，本市做好政府信息公开工作。",
        rows,
        HEADINGS[5],
        "无。",
        HEADINGS[6],
        "无。",
    ]
    return Odd(page, TRUE)


# ------------------------------------------------------------------------------------------------------ several reports


@kind
def two_publishers() -> Odd:
    first = report()
    other = list(
        report(
            [table2(LAST)],
            [table3(LAST)],
            [table4(LAST)],
            head=["定西市人民政府2024年政府信息公开工作年度报告"],
        )
    )
    return Odd([*first, *other], TRUE, (truth_of(LAST),))


@kind
def two_years() -> Odd:
    other = report([table2(LAST)], [table3(LAST)], [table4(LAST)], year=2023)
    return Odd([*report(), *other], TRUE, (truth_of(LAST),))


@kind
def two_years_older_first() -> Odd:
    other = report([table2(LAST)], [table3(LAST)], [table4(LAST)], year=2023)
    return Odd([*other, *report()], truth_of(LAST), (TRUE,))


# --------------------------------------------------------------------------------------------------------- figures


@kind
def thousands() -> Odd:
    of = {k: f"{int(v) * 1000 + 7:,}" for k, v in OF.items()}
    return Odd(report([table2(of)], [table3(of)], [table4(of)]), truth_of(of))


@kind
def units_in_cells() -> Odd:
    of = {k: v + ("万元" if k[1] == "8.fee" else "件") for k, v in OF.items()}
    return Odd(report([table2(of)], [table3(of)], [table4(of)]), truth_of(of))


@kind
def ranges_and_sums() -> Odd:
    of: Figures = {
        **OF,
        (2, "5.permit", "count"): "12+3",
        (2, "6.penalty", "count"): "15%",
        (2, "6.coercion", "count"): "3-5",
    }
    truth = {**truth_of(of), **{k: "" for k in of if k[1] in ("5.permit", "6.penalty", "6.coercion")}}
    return Odd(report([table2(of)], [table3(of)], [table4(of)]), truth)
