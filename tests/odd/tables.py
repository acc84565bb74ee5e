"""The tables of the form of 2021, as issued and in pieces that kinds of odd documents put together anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from pipeline.forms.loading import form
from tests.odd.page import Box, Page, Rows
from tests.render import Figures, balanced_figures

MADE = form("2021")
PUBLISHER = "平凉市人民政府"
HEADINGS = {1: "一、总体情况", 2: "二、主动公开政府信息情况", 3: "三、收到和处理政府信息公开申请情况",
            4: "四、政府信息公开行政复议、行政诉讼情况", 5: "五、存在的主要问题及改进情况", 6: "六、其他需要报告的事项"}  # fmt: skip
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
COLUMNS = [c.code for c in MADE.table(3).blocks[0].columns]
NAMES = {c.code: c.path[-1] for c in MADE.table(3).blocks[0].columns}
WAYS = {"review": "行政复议", "direct": "未经复议直接起诉", "after": "复议后起诉"}
OUTCOMES = dict(
    zip(
        ("upheld", "corrected", "other", "pending", "total"),
        ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"),
        strict=True,
    )
)
Stub = Sequence[Box]


def figures(seed: int = 3, zeros: float = 0.0) -> Figures:
    """Figures that add up; those of table 二 tell each cell from the others."""
    found = balanced_figures(MADE, random.Random(seed), zeros)
    rng = random.Random(seed + 1000)
    own = [k for k in found if k[0] == 2]
    return {**found, **{k: str(n) for k, n in zip(own, rng.sample(range(101, 9999), len(own)), strict=True)}}


def title(year: int = 2024, kind: str = "年政府信息公开工作年度报告") -> str:
    return f"{PUBLISHER}{year}{kind}"


def report(
    two: Page | None = None,
    three: Page | None = None,
    four: Page | None = None,
    head: Page | None = None,
    year: int = 2024,
) -> Page:
    """A page with the parts of tables under the headings; () leaves a table out."""
    of = figures()
    usual: dict[int, Page] = {2: [table2(of)], 3: [table3(of)], 4: [table4(of)]}
    given = {2: two, 3: three, 4: four}
    page: list[str | Rows] = [*(head or [title(year)]), HEADINGS[1], f"{year}年，本市做好政府信息公开工作。"]
    for number in (2, 3, 4):
        part = given[number]
        page += [HEADINGS[number], *(usual[number] if part is None else part)]
    return [*page, HEADINGS[5], "公开的内容还不够丰富。", HEADINGS[6], "本年度没有收取信息处理费。"]


def table2(of: Figures, extra: Callable[[str], Sequence[str]] = lambda code: ()) -> Rows:
    """Table 二; `extra` gives further cells at the end of a row, by row code, '' for a header."""
    rows: list[list[Box]] = []
    more = len(extra(""))
    for block in MADE.table(2).blocks:
        spans = {1: [3], 3: [1, 1, 1]}[len(block.columns)]
        rows.append([Box(block.rows[0].path[0], 4 + more)])
        head = [Box("信息内容"), *(Box(c.path[-1], n) for c, n in zip(block.columns, spans, strict=True))]
        rows.append([*head, *map(Box, extra(""))])
        for row in block.rows:
            cells = [Box(of[2, row.code, c.code], n) for c, n in zip(block.columns, spans, strict=True)]
            rows.append([Box(row.path[-1]), *cells, *map(Box, extra(row.code))])
    return rows


def stubs3() -> list[Stub]:
    """The labels of table 三, with their spans, over three columns."""
    rows = MADE.table(3).rows
    done: set[tuple[str, ...]] = set()
    out: list[Stub] = []
    for row in rows:
        cells = []
        for depth, text in enumerate(row.path):
            above = row.path[: depth + 1]
            last = depth == len(row.path) - 1
            if last or above not in done:
                reach = sum(r.path[: depth + 1] == above for r in rows)
                cells.append(Box(text, 3 - depth if last else 1, 1 if last else reach))
                done.add(above)
        out.append(cells)
    return out


def head3() -> list[list[Box]]:
    """The header of table 三."""
    return [
        [Box(CORNER, 3, 3), Box("申请人情况", 7)],
        [Box("自然人", 1, 2), Box("法人或其他组织", 5), Box("总计", 1, 2)],
        [Box(NAMES[c]) for c in COLUMNS[1:-1]],
    ]


def body3(of: Figures, codes: Sequence[str] = COLUMNS, stubs: Sequence[Stub] | None = None) -> list[list[Box]]:
    """The rows of table 三 below its header."""
    return [
        [*stub, *(Box(of[3, row.code, c]) for c in codes)]
        for stub, row in zip(stubs or stubs3(), MADE.table(3).rows, strict=True)
    ]


def flat_stubs3() -> list[Stub]:
    """The own label of each row alone."""
    return [[Box(r.path[-1])] for r in MADE.table(3).rows]


def table3(of: Figures) -> Rows:
    return [*head3(), *body3(of)]


def head4() -> list[list[Box]]:
    names = list(OUTCOMES.values())
    return [
        [Box("行政复议", 5), Box("行政诉讼", 10)],
        [*(Box(n, 1, 2) for n in names), Box(WAYS["direct"], 5), Box(WAYS["after"], 5)],
        [Box(n) for n in (*names, *names)],
    ]


def row4(of: Figures) -> list[Box]:
    return [Box(of[4, "1", f"{way}.{o}"]) for way in WAYS for o in OUTCOMES]


def table4(of: Figures) -> Rows:
    return [*head4(), row4(of)]


def truth_of(of: Figures, *numbers: int) -> dict[tuple[int, str, str], str]:
    """The true cells of some tables."""
    return {k: v for k, v in of.items() if k[0] in (numbers or (2, 3, 4))}


Cells = Mapping[tuple[int, str, str], str]


def changed(rows: Rows, text: str, change: Callable[[list[Box]], list[Box]]) -> Rows:
    """The rows, those changed that have a label of this text."""
    return [change(list(r)) if any(b.text == text for b in r[:3]) else r for r in rows]
