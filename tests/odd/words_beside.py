"""Dumps whose labels have other words beside them, on both forms, in each layout of a table that lost its grid."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.forms.loading import form
from pipeline.forms.model import FormTable
from tests.layout.test_dumps import (
    Rows,
    cells_and_pipes,
    one_cell_a_line,
    rows_with_pipes,
    single_spaces,
    spaces,
    table_rows,
)
from tests.odd.page import aligned
from tests.render import HEADINGS, TITLE, Figures, Key, balanced_figures, distinct_figures

WORDS_BEFORE = (
    *(
        "上年",
        "去年",
        "2023年",
        "2023",
        "本月",
        "一季度",
        "近三年",
        "上半年",
        "累计",
        "历年",
        "同比",
        "非",
        "不予",
        "拟",
        "减免",
    ),
    *("涉企", "其中：涉企", "党内", "全市", "下级", "未", "代办", "部分", "建议"),
)
WORDS_BEHIND = ("增减", "占比", "上年", "人数", "失效", "复查", "（上年）", "（全市）", "（简易程序）", "（2022年）")


def before(word: str) -> Callable[[str], str]:
    return lambda label: f"{word}{label}"


def behind(word: str) -> Callable[[str], str]:
    return lambda label: f"{label}{word}"


CHANGES: Mapping[str, Callable[[str], str]] = {
    **{f"{w}-": before(w) for w in WORDS_BEFORE},
    **{f"-{w}": behind(w) for w in WORDS_BEHIND},
}


def padded(rows: Rows) -> str:
    wide = max(map(len, rows))
    return aligned([[*row, *[""] * (wide - len(row))] for row in rows])


def bare_spaces(rows: Rows) -> str:
    return "\n".join(" ".join(row) for row in rows)


LAYOUTS: Mapping[str, Callable[[Rows], str]] = {
    f.__name__: f
    for f in (one_cell_a_line, spaces, padded, single_spaces, bare_spaces, rows_with_pipes, cells_and_pipes)
}


@dataclass(frozen=True)
class Changed:
    """A label of a form, and the cells that are another's once words stand beside it."""

    form: str
    table: int
    label: str
    row: int
    field: int
    cells: frozenset[Key]


def changed_labels(name: str) -> Iterator[Changed]:
    """Every row and head of a form's tables; not the groups above rows, which say no more than their rows."""
    made = form(name)
    of = distinct_figures(made, random.Random(5))
    keys = {text: key for key, text in of.items()}
    for number in (2, 3, 4):
        table = made.table(number)
        rows = [list(r) for r in table_rows(table, of)]
        for n, row in enumerate(rows):
            for field, text in enumerate(row):
                cells = _of_row(row, field, keys, table) or _of_head(rows, n, field, keys, table)
                if text not in keys and cells:
                    yield Changed(name, number, text, n, field, frozenset(cells))


def _of_row(row: list[str], field: int, keys: Mapping[str, Key], table: FormTable) -> list[Key]:
    """The cells of the row whose own label stands there."""
    own = [keys[c] for c in row if c in keys]
    labels = {r.code: r.path[-1:] for r in table.rows}
    return own if own and row[field : field + 1] == list(labels[own[0][1]]) else []


def _of_head(rows: Rows, n: int, field: int, keys: Mapping[str, Key], table: FormTable) -> list[Key]:
    """The cells below the head that stands there, in table 二 only those of its block."""
    if any(c in keys for c in rows[n]):
        return []
    text = rows[n][field]
    below: list[Key] = []
    for row in rows[n + 1 :]:
        own = [keys[c] for c in row if c in keys]
        if table.number == 2 and (not own and (below or len(row) == 1)):
            break
        below += own
    columns = [c for b in table.blocks for c in b.columns]
    if table.number == 4 and text not in {p for c in columns for p in c.parents}:
        columns = [columns[field + (0 if n == 1 else 5)]]
    codes = {c.code for c in columns if text in c.path}
    return [k for k in below if k[2] in codes]


def drawn(of: Changed, change: Callable[[str], str], layout: Callable[[Rows], str]) -> tuple[bytes, Figures]:
    """A report with one table whose figures add up, one of its labels changed; and the figures that it prints."""
    made = form(of.form)
    marks = distinct_figures(made, random.Random(5))
    true = balanced_figures(made, random.Random(8))
    rows = [list(r) for r in table_rows(made.table(of.table), marks)]
    rows[of.row][of.field] = change(of.label)
    texts = {mark: true[key] for key, mark in marks.items()}
    return report(of.table, [[texts.get(c, c) for c in row] for row in rows], layout), true


def report(number: int, rows: Rows, layout: Callable[[Rows], str]) -> bytes:
    """A report with one table."""
    parts = [TITLE, HEADINGS[1], "本机关做好政府信息公开工作。", HEADINGS[number], layout(rows), HEADINGS[5], "无。"]
    return "\n\n".join(parts).encode()
