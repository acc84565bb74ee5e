"""Kinds of odd documents to be drawn without rulings: heads of other figures, and figures in pieces or with a sign."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from tests.odd.kinds import OF, TRUE, Kind, Odd
from tests.odd.page import Box
from tests.odd.tables import WAYS, Cells, head4, report, row4, table2

UNRULED: dict[str, Kind] = {}


def _worded(changes: Mapping[str, str], blank: Cells) -> Odd:
    """The report with other labels in table 二, and with none of some cells."""
    rows = [[Box(changes.get(b.text, b.text), b.right, b.down) for b in r] for r in table2(OF)]
    return Odd(report(two=[rows]), {**TRUE, **blank})


def _other_heads4(changes: Mapping[str, str], ways: tuple[str, ...]) -> Odd:
    """The report with other heads over the outcomes of some ways."""
    head = [[Box(changes.get(b.text, b.text), b.right, b.down) for b in r] for r in head4()]
    return Odd(
        report(four=[[*head, row4(OF)]]),
        {k: "" if k[0] == 4 and k[2].split(".")[0] in ways else v for k, v in TRUE.items()},
    )


def _cell(row: str, col: str, text: str) -> Odd:
    """The report with a cell of table 二 that shows no figure alone."""
    return Odd(report(two=[table2({**OF, (2, row, col): text})]), {**TRUE, (2, row, col): ""})


def _of(row: str = "", col: str = "") -> Cells:
    return {k: "" for k in OF if k[0] == 2 and row in ("", k[1]) and col in ("", k[2])}


OTHER_LABELS = (
    ("本年制发件数", "上年制发件数", _of(col="made")),
    ("本年废止件数", "2023年废止件数", _of(col="repealed")),
    ("现行有效件数", "上年现行有效件数", _of(col="valid")),
    ("本年处理决定数量", "2023年处理决定数量", _of(col="count")),
    ("本年收费金额（单位：万元）", "上年收费金额（单位：万元）", _of(col="amount")),
    ("行政规范性文件", "行政非规范性文件", _of("1.doc")),
    ("行政许可", "不予行政许可", _of("5.permit")),
    ("行政强制", "行政处罚、行政强制", _of("6.coercion")),
)
OTHER_WAYS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (WAYS["review"], "行政裁决", ("review",)),
    (WAYS["review"], "行政诉讼", ("review",)),
    (WAYS["after"], "复议前起诉", ("after",)),
    (WAYS["direct"], "经复议起诉", ("direct",)),
    (WAYS["direct"], WAYS["after"], ("direct",)),
    ("行政诉讼", "上年行政诉讼", ("direct", "after")),
)
PIECES = ("12345.\n6789", "12345\n.6789", "12件\n5项", "12,\n345", "12345\n678", "12\n万", "≥12", "<12", "(12")
CELLS = (("1.rule", "valid"), ("1.doc", "made"), ("5.permit", "count"), ("8.fee", "amount"))

UNRULED |= {f"label_{text}": partial(_worded, {meant: text}, blank) for meant, text, blank in OTHER_LABELS}
UNRULED |= {f"ways_{t}_for_{m}": partial(_other_heads4, {m: t}, ways) for m, t, ways in OTHER_WAYS}
UNRULED |= {f"cell_{row}_{text!r}": partial(_cell, row, col, text) for row, col in CELLS for text in PIECES}
