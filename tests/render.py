"""Draw reports with known figures: an independent hand, which shares no code with the readers or the matcher.

Labels come from the form's own file (they are what is printed); layout, spans and padding are drawn here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.forms.model import Form, FormTable

Key = tuple[int, str, str]
Figures = dict[Key, str]

HEADINGS = {1: "一、总体情况", 2: "二、主动公开政府信息情况", 3: "三、收到和处理政府信息公开申请情况",
            4: "四、政府信息公开行政复议、行政诉讼情况", 5: "五、存在的主要问题及改进情况", 6: "六、其他需要报告的事项"}  # fmt: skip
TITLE = "新华区曙光街街道办事处2024年政府信息公开工作年度报告"


def keys(form: Form) -> list[Key]:
    """The cells of a form in its own order."""
    return [(t.number, r.code, c.code) for t in form.tables for b in t.blocks for r in b.rows for c in b.columns]


def distinct_figures(form: Form, rng: random.Random) -> Figures:
    """A different number in every cell; no identity holds but by chance."""
    cells = keys(form)
    return {k: str(n) for k, n in zip(cells, rng.sample(range(1000, 99999), len(cells)), strict=True)}


def balanced_figures(form: Form, rng: random.Random, zeros: float = 0.0) -> Figures:
    """Numbers that satisfy the identities of tables 三 and 四, a share of the free ones zero."""

    def draw() -> int:
        return 0 if rng.random() < zeros else rng.randint(1, 900)

    values = {k: draw() for k in keys(form)}
    rows = [r for r in form.table(3).rows if not r.total and r.code not in ("1", "2", "4")]
    people = [c.code for c in form.table(3).blocks[0].columns if not c.total]
    for person in people:
        values[3, "3.7", person] = sum(values[3, r.code, person] for r in rows)
        given = values[3, "3.7", person] + values[3, "4", person]
        values[3, "2", person] = min(values[3, "2", person], given)
        values[3, "1", person] = given - values[3, "2", person]
    for row in form.table(3).rows:
        values[3, row.code, "total"] = sum(values[3, row.code, p] for p in people)
    for row in ("1.rule", "1.doc"):
        if (2, row, "public") in values:  # what is newly disclosed is part of all that is
            values[2, row, "total_public"] += values[2, row, "public"]
    for way in ("review", "direct", "after"):
        parts = [f"{way}.{o}" for o in ("upheld", "corrected", "other", "pending")]
        values[4, "1", f"{way}.total"] = sum(values[4, "1", p] for p in parts)
    return {k: str(v) for k, v in values.items()}


@dataclass
class TextStyle:
    """How a dump lays its tables out. `start` gives the field of a row's first figure, by row code."""

    narrative: str = "2024 年通过网站公开政府信息 385 条, 办理12345热线工单 842 件。"
    note: str | None = None
    title: str = TITLE
    start: Callable[[str, int], int] = lambda code, labels: max(labels, 2)
    keep_groups: Callable[[str], bool] = lambda code: True
    headings: Mapping[int, str] = field(default_factory=lambda: HEADINGS)
    label: Callable[[str], str] = lambda text: text
    newline: str = "\n"
    skip_rows: frozenset[str] = frozenset()


def text_report(form: Form, figures: Figures, style: TextStyle | None = None) -> str:
    """A report as a tab-separated dump; a figure that is missing from `figures` is printed as a blank."""
    s = style or TextStyle()
    parts = [
        s.title,
        s.headings[1],
        s.narrative,
        s.headings[2],
        _table2(form.table(2), figures, s),
        s.headings[3],
    ]
    parts += [_table3(form.table(3), figures, s)]
    parts += [s.note] if s.note else []
    parts += [
        s.headings[4],
        _table4(form.table(4), figures, s),
        s.headings[5],
        "无。",
        s.headings[6],
        "无其他事项。",
    ]
    return (s.newline * 2).join(parts).replace("\n", s.newline)


def _pad(cells: list[str], width: int) -> str:
    return "\t".join(cells + [""] * (width - len(cells)))


def _table2(table: FormTable, figures: Figures, s: TextStyle) -> str:
    width = max(len(b.columns) for b in table.blocks) + 1
    lines = []
    for block in table.blocks:
        lines.append(_pad([block.rows[0].path[0]], width))
        lines.append(_pad(["信息内容", *(s.label(c.path[-1]) for c in block.columns)], width))
        for row in block.rows:
            printed = [figures.get((2, row.code, c.code), "") for c in block.columns]
            lines.append(_pad([s.label(row.path[-1]), *printed], width))
    return "\n".join(lines)


def _table3(table: FormTable, figures: Figures, s: TextStyle) -> str:
    columns = table.blocks[0].columns
    width = 3 + len(columns)
    corner = "(本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和)"
    names = [s.label(c.path[-1]) for c in columns]
    lines = [
        _pad([corner, "", "申请人情况", "", "", "", "", "", names[-1]], width),
        _pad(["", "", names[0], "法人或其他组织"], width),
        _pad(["", "", "", *names[1:-1]], width),
    ]
    seen: set[str] = set()
    for row in table.rows:
        if row.code in s.skip_rows:
            continue
        labels = (
            [s.label(p) if p not in seen else "" for p in row.path]
            if s.keep_groups(row.code)
            else [s.label(row.path[-1])]
        )
        seen.update(row.path)
        start = s.start(row.code, len(labels))
        printed = [figures.get((3, row.code, c.code), "") for c in columns]
        lines.append(_pad([*labels, *[""] * (start - len(labels)), *printed], width))
    return "\n".join(lines)


def _table4(table: FormTable, figures: Figures, s: TextStyle) -> str:
    ways = ["行政复议", *[""] * 4, "行政诉讼", *[""] * 9]
    names = [s.label(c.path[-1]) for c in table.blocks[0].columns]
    second = [*names[:5], "未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4]
    third = ["", "", "", "", "", *names[5:]]
    printed = [figures.get((4, "1", c.code), "") for c in table.blocks[0].columns]
    return "\n".join("\t".join(line) for line in (ways, second, third, printed))


# ------------------------------------------------------------------------------------------------ sheets of indicators

Cells = list[list[str]]
STROKE = "——"


@dataclass
class SheetStyle:
    """How a sheet of indicators is laid out: what its columns are headed, and what is printed beside its own rows.

    `values` are the heads of its value columns; the first is that of the form where `more` is empty, and `more` gives
    further figures by head and row code. `order` gives the rows, `number` the printed number of each.
    """

    heads: tuple[str, ...] = ("统计指标", "单位", "统计数")
    more: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    number: Callable[[str], str] | None = None
    number_first: bool = True
    stroke: str = STROKE
    unit: Callable[[str, str], str] = lambda code, unit: unit
    label: Callable[[str], str] = lambda text: text
    extra: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)  # after a row: label, unit, figure


def sheet(form: Form, figures: Figures, style: SheetStyle | None = None) -> Cells:
    """The rows of table 1 as lists of cells: number where there is one, label, unit, figures."""
    s = style or SheetStyle()
    table = form.table(1)
    rows = {r.code: r for r in table.rows}
    out = [[*s.heads, *s.more]]
    named = {r.path[-1] for r in table.rows}
    seen: set[str] = set()
    for code in s.order or tuple(rows):
        row = rows[code]
        for group in row.path[:-1]:
            if group not in seen and group not in named:
                out.append(_sheet_row(s, "", group, s.stroke, ["", *("" for _ in s.more)]))
            seen.add(group)
        printed = [figures.get((1, code, "count"), ""), *(column.get(code, "") for column in s.more.values())]
        number = s.number(code) if s.number else ""
        out.append(_sheet_row(s, number, row.path[-1], s.unit(code, row.unit or "条"), printed))
        if code in s.extra:
            text, unit, value = s.extra[code]
            out.append(_sheet_row(s, "", text, unit, [value, *("" for _ in s.more)]))
    return out


def _sheet_row(s: SheetStyle, number: str, text: str, unit: str, values: list[str]) -> list[str]:
    beside = [s.label(text), unit]
    if s.number:
        beside = [number, *beside] if s.number_first else [beside[0], number, unit]
    return [*beside, *(values if len(beside) + len(values) == len(s.heads) + len(s.more) else values[1:])]


def sheet_report(cells: str, title: str = "文峰区商颂街道办事处2015年政府信息公开工作年度报告") -> str:
    """A report of those years as text, a sheet among its narrative."""
    narrative = "全年主动公开政府信息 385 条，收到申请 12 件。"
    parts = [title, "一、概述", narrative, "二、主动公开情况", narrative, "三、回应解读情况", "举办新闻发布会 3 次。"]
    parts += ["四、依申请公开情况", "当面申请 2 件。", "五、存在的主要问题及改进措施", "无。"]
    return "\n\n".join([*parts, "附件：政府信息公开情况统计表", cells]) + "\n\n文峰区商颂街道办事处\n"
