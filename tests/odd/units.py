"""Table 二 of the forms of 2019 and 2021 with the unit of its amount printed here or there, or twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.forms.loading import form
from tests.odd.page import Box, Page, Part
from tests.odd.tables import HEADINGS, report

Key = tuple[int, str, str]
_SPANS = {1: [6], 2: [3, 3], 3: [2, 2, 2]}
_WIDTH = 7


@dataclass(frozen=True)
class Amount:
    """The only amount of table 二 of a form: its cell, the labels around it, what the form prints at its head."""

    key: Key
    year: int
    label: str
    head: str
    as_issued: str
    said: str


AMOUNTS: Mapping[str, Amount] = {
    "2019": Amount((2, "9.procurement", "amount"), 2020, "政府集中采购", "采购总金额", "采购总金额", "采购总金额"),
    "2021": Amount(
        (2, "8.fee", "amount"), 2024, "行政事业性收费", "本年收费金额", "本年收费金额（单位：万元）", "收费金额"
    ),
}


@dataclass(frozen=True)
class Unit:
    """Where the unit stands: lines before and behind the table, rows at its top and end, labels, cells beside.

    `unit` is the true one. {said} in a text is what the amount is called, {head} its head.
    """

    unit: str
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    top: Sequence[str] = ()
    end: Sequence[str] = ()
    head: str = "{head}"
    label: str = "{label}"
    corner: str = "信息内容"
    heading: str = HEADINGS[2]
    opening: Sequence[str] = ()
    under: Sequence[str] = ()
    beside: tuple[str, str] | None = None
    value: str = "8040"
    torn: Sequence[str] = ()

    def page(self, name: str) -> Page:
        """The page of a report by a form of this name."""
        of = AMOUNTS[name]

        def said(texts: Sequence[str]) -> list[str]:
            return [t.format(said=of.said, head=of.head, label=of.label) for t in texts]

        whole = self._table(name, *said((self.head, self.label)))
        at = len(whole) - 3 - bool(self.under)
        first = [*([Box(t, _WIDTH)] for t in said(self.top)), *whole[: at if self.torn else None]]
        last = [*(whole[at:] if self.torn else []), *([Box(t, _WIDTH)] for t in said(self.end))]
        parts: list[Part] = [first, *self.torn, last] if self.torn else [[*first, *last]]
        page = report(two=[*said(self.before), *parts, *said(self.after)], year=of.year)
        page = [self.heading if p == HEADINGS[2] else p for p in page]
        return [page[0], *self.opening, *page[1:]]

    def _table(self, name: str, head: str, label: str) -> list[list[Box]]:
        of = AMOUNTS[name]
        rows: list[list[Box]] = []
        for block in form(name).table(2).blocks:
            spans = _SPANS[len(block.columns)]
            heads = [head if c.path[-1] == of.as_issued else c.path[-1] for c in block.columns]
            rows += [[Box(block.rows[0].path[0], _WIDTH)], self._row(self.corner, heads, spans, 0)]
            if self.under and head in heads:
                rows.append(self._row("", self.under[-len(spans) :], spans, 1, ""))
            for row in block.rows:
                is_it = row.code == of.key[1]
                stub = label if is_it else row.path[-1]
                values = [
                    self.value if (2, row.code, c.code) == of.key else str(11 * len(rows) + n + 1)
                    for n, c in enumerate(block.columns)
                ]
                rows.append(self._row(stub, values, spans, 1, "" if not is_it else None))
        return rows

    def _row(
        self, stub: str, texts: Sequence[str], spans: Sequence[int], depth: int, beside: str | None = None
    ) -> list[Box]:
        """A row, with the cell of a further column at its end where there is one; it is `beside`, if that is given."""
        more = [] if self.beside is None else [Box(self.beside[depth] if beside is None else beside)]
        return [Box(stub), *(Box(t, n) for t, n in zip(texts, spans, strict=True)), *more]


_CAPTIONS = {
    "wan": ("单位：万元", "万元"),
    "yuan": ("单位：元", "元"),
    "with_counts": ("单位：件、万元", "万元"),
    "yuan_with_counts": ("单位：件 元", "元"),
    "hundred_million": ("金额单位：亿元", "亿元"),
    "of_yuan": ("(单位:人民币元)", "元"),
    "currency": ("币种：人民币  单位：千元", "千元"),
    "traditional": ("單位：萬元", "万元"),
    "apart": ("单 位：万 元", "万元"),
    "brackets": ("【单位：元】", "元"),
    "alone": ("（元）", "元"),
    "sentence": ("以下金额单位均为元", "元"),
    "for_each": ("数量单位：件  金额单位：元", "元"),
    "named": ("单位：件（{said}单位：元）", "元"),
}
_NOTES = {
    "unit": ("注：{said}单位为元", "元"),
    "table": ("注：表中金额单位均为万元。", "万元"),
    "counted": ("备注：{said}以元为单位", "元"),
    "list": ("说明：1.{said}单位：元；2.其他数据单位为件。", "元"),
    "sign": ("※{said}（元）", "元"),
    "line": ("单位：元", "元"),
}
_HEADS = (
    "{head}/元",
    "{head}，元",
    "{head}（元）",
    "{head}\n（元）",
    "{head}〔元〕",
    "{head}（含税，元）",
    "{head}（按元计）",
)
_LABELS = ("{label}/元", "{label}（元）", "{label}（项、元）", "{label}【元】")

# What is printed once, wherever it stands.
ONCE: Mapping[str, Unit] = {
    **{f"above_{n}": Unit(u, before=[t]) for n, (t, u) in _CAPTIONS.items()},
    **{f"first_row_{n}": Unit(u, top=[t]) for n, (t, u) in _CAPTIONS.items()},
    **{f"below_{n}": Unit(u, after=[t]) for n, (t, u) in _NOTES.items()},
    **{f"last_row_{n}": Unit(u, end=[t]) for n, (t, u) in _NOTES.items()},
    **{f"head_{n}": Unit("元", head=t) for n, t in enumerate(_HEADS)},
    **{f"label_{n}": Unit("元", label=t) for n, t in enumerate(_LABELS)},
    "second_note": Unit("元", after=["注：数据截至年底。", "{said}单位：元"]),
    "far_above": Unit("元", before=["单位：元", "本年情况如下。", "（一）主动公开情况", "见下表。"]),
    "heading": Unit("元", heading=f"{HEADINGS[2]}（单位：件、元）"),
    "opening": Unit("元", opening=["（本报告金额单位：元）"]),
    "title_row": Unit("元", top=["主动公开政府信息情况（单位：元）"]),
    "corner": Unit("元", corner="信息内容（单位：元）"),
    "row_under_heads": Unit("元", under=["项", "元"]),
    "column": Unit("元", beside=("单位", "元")),
    "remark": Unit("元", beside=("备注", "金额以元计")),
    "cell_behind": Unit("元", beside=("", "元")),
    "over_the_first_part": Unit("元", before=["单位：件、元"], torn=["（续表）"]),
    "over_the_second_part": Unit("元", torn=["单位：元"]),
    "nothing_but_counts": Unit("", before=["单位：件"]),
    "nothing_but_a_publisher": Unit("", before=["填报单位：平凉市财政局"]),
    "nothing_but_an_amount": Unit("", after=["注：全年办公用品采购和收费金额共计2950元。"]),
}
_WAN = "{head}（单位：万元）"
# What is printed twice, and differs: the nearer one holds.
TWICE: Mapping[str, Unit] = {
    "caption_and_head": Unit("万元", before=["单位：元"], head=_WAN),
    "first_row_and_head": Unit("万元", top=["单位：元"], head=_WAN),
    "note_and_head": Unit("万元", after=["注：{said}单位为元"], head=_WAN),
    "corner_and_head": Unit("万元", corner="信息内容（单位：元）", head=_WAN),
    "label_and_head": Unit("元", label="{label}（元）", head=_WAN),
    "two_captions": Unit("万元", before=["单位：元", "单位：万元"]),
    "cell_and_head": Unit("万元", head="{head}（元）", value="3.84万元"),
}
# What names no unit that can be counted in.
UNCLEAR: Mapping[str, Unit] = {
    "dollars": Unit("", before=["单位：美元"]),
    "hundred_thousand": Unit("", head="{head}（十万元）"),
    "either": Unit("", head="{head}（元/万元）"),
    "pieces": Unit("", before=["单位：块"]),
}
