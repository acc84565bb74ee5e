"""Kinds of odd documents by the shape of their tables: cells lost or added, rows repeated, figures merged."""

from __future__ import annotations

from collections.abc import Sequence

from tests.odd.kinds import LAST, OF, TRUE, Kind, Odd
from tests.odd.page import Box, Rows
from tests.odd.tables import (
    COLUMNS,
    MADE,
    NAMES,
    OUTCOMES,
    WAYS,
    body3,
    changed,
    flat_stubs3,
    head3,
    head4,
    report,
    row4,
    table2,
    table3,
)

SHAPES: dict[str, Kind] = {}


def shapes(made: Kind) -> Kind:
    SHAPES[made.__name__] = made
    return made


@shapes
def serial_numbers2() -> Odd:
    """A column 序号 before the labels of table 二, whose captions go over it."""
    rows: list[list[Box]] = []
    for row in table2(OF):
        alone = len(row) == 1
        serial = "序号" if row[0].text == "信息内容" else str(sum(len(r) > 1 for r in rows) + 1)
        rows.append([Box(row[0].text, row[0].right + 1)] if alone else [Box(serial), *row])
    return Odd(report(two=[rows]), TRUE)


@shapes
def cell_lost2() -> Odd:
    """A row of table 二 has one cell less than its header: which is lost cannot be told."""
    rows = changed(table2(OF), "行政规范性文件", lambda r: [*r[:2], r[3]])
    unsure = {k: "" for k in TRUE if k[1] == "1.doc"}
    return Odd(report(two=[rows]), {**TRUE, **unsure})


@shapes
def cell_lost3() -> Odd:
    """The first figure of a row of table 三 is lost with its cell, and all others stand one field left."""
    rows = list(table3(OF))
    rows[4] = [*rows[4][:-7], *rows[4][-6:]]
    return Odd(report(three=[rows]), TRUE)


@shapes
def cell_added3() -> Odd:
    """An empty cell before the figures of one row."""
    rows = list(table3(OF))
    rows[4] = [*rows[4][:-7], Box(""), *rows[4][-7:]]
    return Odd(report(three=[rows]), TRUE)


@shapes
def cell_lost4() -> Odd:
    """The first figure of table 四 is lost with its cell."""
    return Odd(report(four=[[*head4(), row4(OF)[1:]]]), {**TRUE, (4, "1", "review.upheld"): ""})


@shapes
def row_printed_twice3() -> Odd:
    """The last row before a page break is printed again after it."""
    rows = list(table3(OF))
    return Odd(report(three=[[*rows[:12], rows[11], *rows[12:]]]), TRUE)


@shapes
def row_printed_twice_otherwise3() -> Odd:
    """The same row twice, with other figures: neither may be taken silently."""
    rows, last = list(table3(OF)), list(table3(LAST))
    return Odd(report(three=[[*rows[:8], last[7], *rows[8:]]]), TRUE)


@shapes
def row_printed_twice_otherwise2() -> Odd:
    rows = list(table2(OF))
    at = next(n for n, r in enumerate(rows) if r[0].text == "行政规范性文件")
    return Odd(
        report(two=[[*rows[: at + 1], [rows[at][0], Box("9871"), Box("9872"), Box("9873")], *rows[at + 1 :]]]), TRUE
    )


@shapes
def blank_columns_between3() -> Odd:
    head = [[Box("项目"), *(b for c in COLUMNS for b in (Box(NAMES[c]), Box("")))]]
    rows = [[row[0], *(b for cell in row[1:] for b in (cell, Box("")))] for row in body3(OF, stubs=flat_stubs3())]
    return Odd(report(three=[[*head, *rows]]), TRUE)


@shapes
def blank_rows_between() -> Odd:
    def loosened(rows: Rows, from_row: int) -> Rows:
        wide = max(sum(b.right for b in r) for r in rows)
        empty = [Box("") for _ in range(wide)]
        return [*rows[:from_row], *(r for row in rows[from_row:] for r in (row, empty))]

    return Odd(report([loosened(table2(OF), 0)], [[*head3_flat(), *loosened(body3(OF, stubs=flat_stubs3()), 0)]]), TRUE)


def head3_flat() -> list[list[Box]]:
    return [[Box("项目"), *(Box(NAMES[c]) for c in COLUMNS)]]


@shapes
def transposed3() -> Odd:
    """The applicants of table 三 as rows, its results as columns."""
    rows = MADE.table(3).rows
    head = [[Box("申请人"), *(Box(r.path[-1]) for r in rows)]]
    body = [[Box(NAMES[c]), *(Box(OF[3, r.code, c]) for r in rows)] for c in COLUMNS]
    return Odd(report(three=[[*head, *body]]), TRUE)


@shapes
def two_years_in_each_column3() -> Odd:
    """2023 | 2024 below each applicant."""
    head = [
        [Box("项目", 1, 2), *(Box(NAMES[c], 2) for c in COLUMNS)],
        [Box(y) for _ in COLUMNS for y in ("2023年", "2024年")],
    ]
    body = [
        [Box(r.path[-1]), *(Box(of[3, r.code, c]) for c in COLUMNS for of in (LAST, OF))] for r in MADE.table(3).rows
    ]
    return Odd(report(three=[[*head, *body]]), TRUE)


@shapes
def suits_before_reviews4() -> Odd:
    order = ("direct", "after", "review")
    names = list(OUTCOMES.values())
    head = [
        [Box("行政诉讼", 10), Box("行政复议", 5)],
        [Box(WAYS["direct"], 5), Box(WAYS["after"], 5), *(Box(n, 1, 2) for n in names)],
        [Box(n) for n in (*names, *names)],
    ]
    return Odd(report(four=[[*head, [Box(OF[4, "1", f"{w}.{o}"]) for w in order for o in OUTCOMES]]]), TRUE)


@shapes
def totals_first4() -> Odd:
    order = ["total", *(o for o in OUTCOMES if o != "total")]
    head = head4()
    names = [OUTCOMES[o] for o in order]
    head[1] = [*(Box(n, 1, 2) for n in names), *head[1][5:]]
    head[2] = [Box(n) for n in (*names, *names)]
    return Odd(report(four=[[*head, [Box(OF[4, "1", f"{w}.{o}"]) for w in WAYS for o in order]]]), TRUE)


@shapes
def total_of_suits4() -> Odd:
    """行政诉讼合计 behind the two groups of suits."""
    head = head4()
    head[0] = [*head[0], Box("行政诉讼合计", 1, 3)]
    suits = str(sum(int(OF[4, "1", f"{w}.total"]) for w in ("direct", "after")))
    return Odd(report(four=[[*head, [*row4(OF), Box(suits)]]]), TRUE)


@shapes
def outcomes_as_rows_with_subtotal4() -> Odd:
    """小计 beside the two groups of suits, whose outcomes are rows."""
    head = [
        [Box("结果", 1, 2), Box("行政复议", 1, 2), Box("行政诉讼", 3)],
        [Box(WAYS["direct"]), Box(WAYS["after"]), Box("小计")],
    ]
    rows = [
        [Box(name), *(Box(OF[4, "1", f"{w}.{o}"]) for w in WAYS), Box(_sum(o, "direct", "after"))]
        for o, name in OUTCOMES.items()
    ]
    return Odd(report(four=[[*head, *rows]]), TRUE)


@shapes
def groups_as_rows_with_total4() -> Odd:
    """A last row 合计 over all groups, which are rows."""
    rows = [
        [*stub, *(Box(OF[4, "1", f"{w}.{o}"]) for o in OUTCOMES)]
        for stub, w in (
            ([Box("行政复议", 2)], "review"),
            ([Box("行政诉讼", 1, 2), Box(WAYS["direct"])], "direct"),
            ([Box(WAYS["after"])], "after"),
        )
    ]
    head = [Box("类型", 2), *map(Box, OUTCOMES.values())]
    return Odd(report(four=[[head, *rows, [Box("合计", 2), *(Box(_sum(o, *WAYS)) for o in OUTCOMES)]]]), TRUE)


def _sum(outcome: str, *ways: str) -> str:
    return str(sum(int(OF[4, "1", f"{w}.{outcome}"]) for w in ways))


@shapes
def header_in_brackets4() -> Odd:
    head = [Box(f"{name}（{outcome}）") for name in WAYS.values() for outcome in OUTCOMES.values()]
    return Odd(report(four=[[head, row4(OF)]]), TRUE)


@shapes
def last_year_below4() -> Odd:
    """A row 上年 below that of the year, and its change."""
    head = head4()
    head[0] = [Box("", 1, 3), *head[0]]
    return Odd(report(four=[[*head, [Box("本年"), *row4(OF)], [Box("上年"), *row4(LAST)]]]), TRUE)


@shapes
def unlabelled_second_row4() -> Odd:
    """Two rows of figures in table 四 without a word which is which."""
    unsure = {k: "" for k in TRUE if k[0] == 4}
    return Odd(report(four=[[*head4(), row4(OF), row4(LAST)]]), {**TRUE, **unsure})


@shapes
def numbered_columns3() -> Odd:
    """A row of column numbers below the header: 1 2 3 …."""
    head = [*head3(), [Box("甲", 3), *(Box(str(n)) for n in range(1, 8))]]
    return Odd(report(three=[[*head, *body3(OF)]]), TRUE)


@shapes
def numbered_lines_and_columns3() -> Odd:
    """A column 行次 before the labels, and a row 甲 | 乙 | 1 | 2 … below the header."""
    head = [Box("行次"), Box("项目"), *(Box(NAMES[c]) for c in COLUMNS)]
    numbers = [Box("甲"), Box("乙"), *(Box(str(n)) for n in range(1, 8))]
    rows = [[Box(str(n)), *row] for n, row in enumerate(body3(OF, stubs=flat_stubs3()), 1)]
    return Odd(report(three=[[head, numbers, *rows]]), TRUE)


@shapes
def numbered_columns_and_lines3() -> Odd:
    """The same with the numbers of lines behind the labels, and the header as issued."""
    head = head3()
    head[0] = [Box("项目", 3, 3), Box("行次", 1, 3), *head[0][1:]]
    numbers = [Box("甲", 3), Box("乙"), *(Box(str(n)) for n in range(1, 8))]
    rows = [[*row[:-7], Box(str(n)), *row[-7:]] for n, row in enumerate(body3(OF), 1)]
    return Odd(report(three=[[*head, numbers, *rows]]), TRUE)


def _in_one_cell3(mark: str) -> Odd:
    """The groups of each row in one cell with its label."""
    head = [Box("项目"), *(Box(NAMES[c]) for c in COLUMNS)]
    stubs = [[Box(mark.join(r.path))] for r in MADE.table(3).rows]
    return Odd(report(three=[[head, *body3(OF, stubs=stubs)]]), TRUE)


@shapes
def groups_before_labels3() -> Odd:
    return _in_one_cell3("")


@shapes
def groups_before_labels_and_dashes3() -> Odd:
    return _in_one_cell3("-")


@shapes
def numbered_columns2() -> Odd:
    """A row of column numbers below each header of table 二."""
    rows: list[Sequence[Box]] = []
    for row in table2(OF):
        rows.append(row)
        if row[0].text == "信息内容":
            rows.append([Box("栏次"), *(Box(str(n), b.right) for n, b in enumerate(row[1:], 1))])
    return Odd(report(two=[rows]), TRUE)


@shapes
def numbered_columns4() -> Odd:
    head = [*head4(), [Box(str(n)) for n in range(1, 16)]]
    return Odd(report(four=[[*head, row4(OF)]]), TRUE)


@shapes
def label_behind_figures3() -> Odd:
    """The labels right of the figures."""
    head = [[*(Box(NAMES[c]) for c in COLUMNS), Box("项目")]]
    body = [[*row[1:], row[0]] for row in body3(OF, stubs=flat_stubs3())]
    return Odd(report(three=[[*head, *body]]), TRUE)


@shapes
def labels_on_both_sides3() -> Odd:
    head = [[Box("项目"), *(Box(NAMES[c]) for c in COLUMNS), Box("项目")]]
    body = [[*row, row[0]] for row in body3(OF, stubs=flat_stubs3())]
    return Odd(report(three=[[*head, *body]]), TRUE)


@shapes
def label_and_figure_in_one_cell2() -> Odd:
    """行政许可 815件 in one cell."""
    rows = changed(table2(OF), "行政许可", lambda r: [Box(f"行政许可 {r[1].text}件", 4)])
    return Odd(report(two=[rows]), TRUE)


@shapes
def subtotals_within3() -> Odd:
    """A column 合计 before the columns of table 三, another than 总计."""
    head = [[Box("项目"), Box("合计"), *(Box(NAMES[c]) for c in COLUMNS)]]
    body = [[row[0], Box(row[-1].text), *row[1:]] for row in body3(OF, stubs=flat_stubs3())]
    return Odd(report(three=[[*head, *body]]), TRUE)


def _over_columns(*labels: str, wide: int) -> Odd:
    """14 merged over so many of the columns 本年制发, 本年废止 and 现行有效: it answers none of them."""
    rows = table2(OF)
    for label in labels:
        rows = changed(rows, label, lambda r: [r[0], Box("14", wide), *r[1 + wide :]])
    codes = {"规章": "1.rule", "行政规范性文件": "1.doc"}
    merged = {(2, codes[label], c): "" for label in labels for c in ("made", "repealed", "valid")[:wide]}
    return Odd(report(two=[rows]), {**TRUE, **merged})


@shapes
def figure_over_three_columns2() -> Odd:
    return _over_columns("行政规范性文件", wide=3)


@shapes
def figure_over_two_columns2() -> Odd:
    return _over_columns("行政规范性文件", wide=2)


@shapes
def figures_over_columns2() -> Odd:
    return _over_columns("规章", "行政规范性文件", wide=3)
