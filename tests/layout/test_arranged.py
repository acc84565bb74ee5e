"""Tables that are laid out otherwise than their form come back whole, or stay refused with an issue."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from pipeline.forms.loading import form
from pipeline.parsed import Parsed
from tests.conftest import assert_accounted, parse_bytes, printed
from tests.render import TITLE, Figures, balanced_figures

Rows = Sequence[Sequence[str]]
OUTCOMES = ("upheld", "corrected", "other", "pending", "total")
WORDS = dict(zip(OUTCOMES, ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"), strict=True))
WAYS = {"review": "行政复议", "direct": "行政诉讼（未经复议直接起诉）", "after": "行政诉讼（复议后起诉）"}
PLAIN = {"review": "行政复议", "direct": "未经复议直接起诉", "after": "复议后起诉"}
MADE = form("2021")


def table(rows: Rows) -> str:
    return "<table>" + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in r) + "</tr>" for r in rows) + "</table>"


def page(*parts: str, title: str = TITLE) -> bytes:
    body = "".join(p if p.startswith("<") else f"<p>{p}</p>" for p in parts)
    return f"<html><body><h1>{title}</h1>{body}</body></html>".encode()


def parsed(*parts: str) -> Parsed:
    return parse_bytes(page(*parts), "report.html")


def figures() -> Figures:
    return balanced_figures(MADE, random.Random(3))


def cell(of: Figures, way: str, outcome: str) -> str:
    return of[4, "1", f"{way}.{outcome}"]


def three_tables(of: Figures) -> str:
    return "".join(
        f"<p>{name}</p>{table([list(WORDS.values()), [cell(of, way, o) for o in OUTCOMES]])}"
        for way, name in WAYS.items()
    )


def groups_as_rows(of: Figures) -> str:
    return table(
        [["", *WORDS.values()], *([name, *(cell(of, way, o) for o in OUTCOMES)] for way, name in WAYS.items())]
    )


def outcomes_as_rows(of: Figures) -> str:
    return table([["", *WAYS.values()], *([WORDS[o], *(cell(of, way, o) for way in WAYS)] for o in OUTCOMES)])


def a_list(of: Figures) -> str:
    return table([[f"{name}{WORDS[o]}", cell(of, way, o)] for way, name in WAYS.items() for o in OUTCOMES])


def a_list_of_groups(of: Figures) -> str:
    rows = [
        ["" if n else name, WORDS[o], cell(of, way, o)] for way, name in WAYS.items() for n, o in enumerate(OUTCOMES)
    ]
    return table(rows)


def two_tables_in_one(of: Figures) -> str:
    """Reviews above suits, whose columns are half as wide."""
    names, ways = list(WORDS.values()), ("direct", "after")
    rows = [
        "<td colspan=10>行政复议</td>",
        "".join(f"<td colspan=2>{n}</td>" for n in names),
        "".join(f"<td colspan=2>{cell(of, 'review', o)}</td>" for o in OUTCOMES),
        "<td colspan=10>行政诉讼</td>",
        "".join(f"<td colspan=5>{PLAIN[way]}</td>" for way in ways),
        "".join(f"<td>{n}</td>" for n in (*names, *names)),
        "".join(f"<td>{cell(of, way, o)}</td>" for way in ways for o in OUTCOMES),
    ]
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def without_spans(of: Figures) -> str:
    """The groups in the first of the fields that they are merged over, and a sum of suits behind them."""
    names = list(WORDS.values())
    suits = str(sum(int(cell(of, way, "total")) for way in ("direct", "after")))
    blank = [""] * 4
    rows = [
        ["行政复议", *blank, "行政诉讼", *blank, *blank, "", ""],
        [*names, PLAIN["direct"], *blank, PLAIN["after"], *blank, "合计"],
        [*blank, "", *names, *names, ""],
        [*(cell(of, way, o) for way in WAYS for o in OUTCOMES), suits],
    ]
    return table(rows)


def flat_header(of: Figures) -> str:
    pairs = [(way, name, o) for way, name in WAYS.items() for o in OUTCOMES]
    return table([[f"{name}-{WORDS[o]}" for _, name, o in pairs], [cell(of, way, o) for way, _, o in pairs]])


def flat_header_in_brackets(of: Figures) -> str:
    pairs = [(way, name, o) for way, name in PLAIN.items() for o in OUTCOMES]
    return table([[f"{name}（{WORDS[o]}）" for _, name, o in pairs], [cell(of, way, o) for way, _, o in pairs]])


LAID_OUT = (
    *(three_tables, groups_as_rows, outcomes_as_rows, a_list, a_list_of_groups),
    *(flat_header, flat_header_in_brackets, two_tables_in_one, without_spans),
)


@pytest.mark.parametrize("draw", LAID_OUT)
def test_disputes_are_bound_by_the_labels_around_them(draw: Callable[[Figures], str]) -> None:
    of = figures()
    found = parsed("四、政府信息公开行政复议、行政诉讼情况", draw(of))
    assert printed(found) == {k: v for k, v in of.items() if k[0] == 4}
    assert [i.code for i in found.issues if i.code == "table-rearranged"] == ["table-rearranged"]
    assert_accounted(found)


def test_disputes_whose_group_is_not_named_are_not_guessed() -> None:
    of = figures()
    tables = [table([list(WORDS.values()), [cell(of, way, o) for o in OUTCOMES]]) for way in WAYS]
    found = parsed("四、政府信息公开行政复议、行政诉讼情况", *tables)
    assert not [f for f in found.facts if f.value]
    assert any(i.table_no == 4 and i.severity != "info" for i in found.issues)


SUMS = ("合计", "小计", "行政诉讼小计", "总数", "三项合计")


def with_sum_of_groups(of: Figures, name: str, at: int) -> str:
    """Groups as rows, with the sum of all of them among them."""
    sums = [str(sum(int(cell(of, way, o)) for way in WAYS)) for o in OUTCOMES]
    rows = [[group, *(cell(of, way, o) for o in OUTCOMES)] for way, group in WAYS.items()]
    return table([["类型", *WORDS.values()], *rows[:at], [name, *sums], *rows[at:]])


def with_sum_of_suits(of: Figures, name: str, at: int) -> str:
    """Outcomes as rows, with the sum of both groups of suits below one head."""
    suits = [(PLAIN[w], [cell(of, w, o) for o in OUTCOMES]) for w in ("direct", "after")]
    sums = [str(sum(int(cell(of, w, o)) for w in ("direct", "after"))) for o in OUTCOMES]
    columns = [("", [cell(of, "review", o) for o in OUTCOMES]), *suits[:at], (name, sums), *suits[at:]]
    body = "".join(
        f"<tr><td>{WORDS[o]}</td>{''.join(f'<td>{figures[n]}</td>' for _, figures in columns)}</tr>"
        for n, o in enumerate(OUTCOMES)
    )
    heads = "".join(f"<td>{text}</td>" for text, _ in columns[1:])
    top = "<tr><td rowspan=2>结果</td><td rowspan=2>行政复议</td><td colspan=3>行政诉讼</td></tr>"
    return f"<table>{top}<tr>{heads}</tr>{body}</table>"


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("draw", [with_sum_of_groups, with_sum_of_suits])
def test_sums_of_groups_are_told_and_no_figures_of_the_form(
    draw: Callable[[Figures, str, int], str], name: str, at: int
) -> None:
    of = figures()
    found = parsed("四、政府信息公开行政复议、行政诉讼情况", draw(of, name, at))
    assert printed(found) == {k: v for k, v in of.items() if k[0] == 4}
    aside = "row-aside" if draw is with_sum_of_groups else "column-aside"
    assert [i.printed for i in found.issues if i.code == aside] == [name]
    assert_accounted(found)


@pytest.mark.parametrize("name", ["行政赔偿", "其他", "上年", "行政诉讼"])
@pytest.mark.parametrize("draw", [with_sum_of_groups, with_sum_of_suits])
def test_disputes_beside_what_is_no_sum_are_not_guessed(draw: Callable[[Figures, str, int], str], name: str) -> None:
    found = parsed("四、政府信息公开行政复议、行政诉讼情况", draw(figures(), name, 2))
    assert not printed(found)
    assert any(i.table_no == 4 and i.severity != "info" for i in found.issues)


def rows_of_requests(of: Figures, codes: Sequence[str], stub: bool = True) -> Rows:
    names = {c.code: c.path[-1] for c in MADE.table(3).blocks[0].columns}
    labels = [r.path[-1] for r in MADE.table(3).rows]
    body = [
        [*([text] if stub else []), *(of[3, r.code, c] for c in codes)]
        for text, r in zip(labels, MADE.table(3).rows, strict=True)
    ]
    return [[*(["项目"] if stub else []), *(names[c] for c in codes)], *body]


@pytest.mark.parametrize("stub", [True, False])
def test_halves_of_requests_are_joined(stub: bool) -> None:
    of = figures()
    codes = [c.code for c in MADE.table(3).blocks[0].columns]
    left, right = table(rows_of_requests(of, codes[:3])), table(rows_of_requests(of, codes[3:], stub))
    found = parsed("三、收到和处理政府信息公开申请情况", left, right)
    assert printed(found) == {k: v for k, v in of.items() if k[0] == 3}
    assert_accounted(found)


def test_a_half_without_labels_that_does_not_add_up_is_left_out() -> None:
    of = figures()
    codes = [c.code for c in MADE.table(3).blocks[0].columns]
    head, *body = rows_of_requests(of, codes[3:], stub=False)
    found = parsed(table(rows_of_requests(of, codes[:3])), table([head, *reversed(body)]))
    assert {k[2] for k, v in printed(found).items() if v} <= set(codes[:3])
    assert {i.code for i in found.issues} >= {"column-unbound", "row-unbound"}


def test_blocks_side_by_side() -> None:
    of = {k: v for k, v in figures().items() if k[0] == 2}
    left = [["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]]
    left += [
        [n, *(of[2, r, c] for c in ("made", "repealed", "valid"))]
        for n, r in (("规章", "1.rule"), ("行政规范性文件", "1.doc"))
    ]
    right = [
        ["信息内容", "本年处理决定数量"],
        ["行政处罚", of[2, "6.penalty", "count"]],
        ["行政强制", of[2, "6.coercion", "count"]],
    ]
    found = parsed("二、主动公开政府信息情况", table([[*a, *b] for a, b in zip(left, right, strict=True)]))
    rest = {(2, "5.permit", "count"), (2, "8.fee", "amount")}
    assert {k: v for k, v in printed(found).items() if k not in rest} == {k: v for k, v in of.items() if k not in rest}


@pytest.mark.parametrize("short", [1, 2])
def test_a_header_beside_its_columns(short: int) -> None:
    of = figures()
    codes = [c.code for c in MADE.table(3).blocks[0].columns]
    head, *body = rows_of_requests(of, codes)
    rows = [["项目", *head[1:]], *([r[0], *[""] * short, *r[1:]] for r in body)]
    found = parsed(table(rows))
    assert printed(found) == {k: v for k, v in of.items() if k[0] == 3}
    assert_accounted(found)
