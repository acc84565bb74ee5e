"""Sheets of indicators (the forms of 2014 and 2008), drawn with known figures in every format and read back."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import replace
from html import escape
from itertools import cycle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.forms.loading import form
from pipeline.forms.model import Form
from pipeline.forms.series import series_of
from pipeline.parsed import Parsed
from tests.conftest import assert_accounted, examples, parse_bytes, parse_text, printed
from tests.readers.draw_docx import Box as WordBox
from tests.readers.draw_docx import DocxStyle, docx, paragraph, table_xml
from tests.readers.draw_pdf import Box as PdfBox
from tests.readers.draw_pdf import Rows as PdfRows
from tests.readers.draw_pdf import Style as PdfStyle
from tests.readers.draw_pdf import of_table
from tests.render import Cells, Figures, SheetStyle, distinct_figures, keys, sheet, sheet_report

TITLE = "文峰区商颂街道办事处2015年政府信息公开工作年度报告"
CITY = SheetStyle(heads=("代码", "指标名称", "单位", "数量"), number=lambda code: code if code.isdigit() else "21")
BEHIND = SheetStyle(
    heads=("指标名称", "代码", "计量单位", "数量"),
    number=lambda code: code if code.isdigit() else "25",
    number_first=False,
)


def tabs(rows: Cells) -> bytes:
    return sheet_report("\n".join("\t".join(row) for row in rows)).encode()


def pipes(rows: Cells) -> bytes:
    return sheet_report("\n".join(f"| {' | '.join(row)} |" for row in rows)).encode()


def markdown(rows: Cells) -> bytes:
    return sheet_report(
        "\n".join(f"| {' | '.join(r)} |\n|{'---|' * len(r) if not n else ''}" for n, r in enumerate(rows))
    ).encode()


def wide_spaces(rows: Cells) -> bytes:
    return sheet_report("\n".join("     ".join(c for c in row if c) for row in rows)).encode()


def single_spaces(rows: Cells) -> bytes:
    return sheet_report("\n".join(" ".join(c for c in row if c) for row in rows)).encode()


def one_cell_a_line(rows: Cells) -> bytes:
    return sheet_report("\n".join(c for row in rows for c in row if c)).encode()


def html(rows: Cells) -> bytes:
    body = "".join(f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>" for row in rows)
    return (
        f"<html><meta charset=utf-8><body><h1>{TITLE}</h1><p>一、概述</p><table>{body}</table></body></html>".encode()
    )


def html_with_merged_labels(rows: Cells) -> bytes:
    """The groups in a column of their own, over all their rows; the header over both columns of labels."""
    parts, group, members = [], "", []

    def flush() -> None:
        for n, row in enumerate(members):
            first = f"<td rowspan={len(members)}>{escape(group)}</td>" if n == 0 else ""
            parts.append(f"<tr>{first}{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>")

    head, *body = rows
    parts.append(f"<tr><td colspan=2>{head[0]}</td>{''.join(f'<td>{c}</td>' for c in head[1:])}</tr>")
    for row in body:
        if row[0].startswith(tuple(f"{n}、" for n in "一二三四五六七八九")):
            flush()
            group, members = row[0], []
            if row[2] != "":
                parts.append(f"<tr><td colspan=2>{escape(row[0])}</td>{''.join(f'<td>{c}</td>' for c in row[1:])}</tr>")
                group = ""
        else:
            members.append(row)
    flush()
    return f"<html><meta charset=utf-8><body><h1>{TITLE}</h1><table>{''.join(parts)}</table></body></html>".encode()


def word(rows: Cells) -> bytes:
    boxes = [[WordBox(n, c, figure=c.isdigit()) for n, c in enumerate(row)] for row in rows]
    return docx(paragraph(TITLE) + table_xml(boxes, DocxStyle()) + paragraph(""))


def pdf(rows: Cells) -> bytes:
    widths = [5.0, *[1.0] * (len(rows[0]) - 1)] if len(rows[0][0]) > 2 else [1.0, 5.0, *[1.0] * (len(rows[0]) - 2)]
    return of_table(PdfRows([[PdfBox(c) for c in row] for row in rows], widths, header=1), PdfStyle())


GRIDS: dict[str, Callable[[Cells], bytes]] = {f.__name__: f for f in (tabs, html, word, pdf)}
DUMPS = {f.__name__: f for f in (pipes, markdown, wide_spaces, single_spaces, one_cell_a_line)}


def own(parsed: Parsed) -> Figures:
    return {k: v for k, v in printed(parsed).items() if "?" not in k[1] + k[2]}


@pytest.mark.each_value
@pytest.mark.parametrize(
    ("name", "style"), [("2014", SheetStyle()), ("2008", CITY), ("2008", BEHIND)], ids=["2014", "2008", "number behind"]
)
@pytest.mark.parametrize("draw", [*GRIDS.values(), *DUMPS.values()], ids=[*GRIDS, *DUMPS])
def test_a_full_sheet_comes_back_whole(draw: Callable[[Cells], bytes], name: str, style: SheetStyle) -> None:
    made = form(name)
    figures = distinct_figures(made, random.Random(4))
    parsed = parse_bytes(draw(sheet(made, figures, style)))
    assert printed(parsed) == figures
    assert {i.code for i in parsed.issues} <= {"balance-fails", "bound-fails", "form-unknown"}
    (fit,) = parsed.found.fits
    assert (fit.form, fit.matched, fit.left_over, fit.mixed) == (name, fit.expected, 0, False)
    assert_accounted(parsed)


def test_labels_over_merged_cells() -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    parsed = parse_bytes(html_with_merged_labels(sheet(made, figures)))
    assert printed(parsed) == figures
    assert_accounted(parsed)


REASONS = [r.code for r in form("2008").table(1).rows if r.code.startswith("reason")]


@settings(max_examples=examples(20))
@given(st.permutations(REASONS), st.sampled_from([tabs, html, *DUMPS.values()]), st.integers(0, 999))
def test_the_label_binds_a_reason_and_never_its_number(
    order: list[str], draw: Callable[[Cells], bytes], seed: int
) -> None:
    made = form("2008")
    codes = [r.code for r in made.table(1).rows]
    at = codes.index(REASONS[0])
    ordered = (*codes[:at], *order, *codes[at + len(REASONS) :])
    numbers = {c: f"{21 + n}" for n, c in enumerate(order)}
    style = SheetStyle(CITY.heads, order=ordered, number=lambda c: numbers.get(c, c))
    figures = distinct_figures(made, random.Random(seed))
    parsed = parse_bytes(draw(sheet(made, figures, style)))
    assert printed(parsed) == figures
    assert_accounted(parsed)


@settings(max_examples=examples(40))
@given(
    st.sampled_from(["2014", "2008"]),
    st.sampled_from([tabs, html, *DUMPS.values()]),
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(["", "/", "—", "0", "12条", "1,234", "３", "无", "见附件"])),
        max_size=25,
    ),
    st.integers(0, 999),
)
@example(name="2008", draw=single_spaces, edits=[(39, "无")], seed=0)  # the label is hardly longer than the rest
def test_a_figure_is_right_or_its_row_has_an_issue(
    name: str, draw: Callable[[Cells], bytes], edits: list[tuple[int, str]], seed: int
) -> None:
    made = form(name)
    figures = distinct_figures(made, random.Random(seed))
    cells = list(figures)
    figures |= {cells[n % len(cells)]: text for n, text in edits}
    parsed = parse_bytes(draw(sheet(made, figures, SheetStyle() if name == "2014" else CITY)))
    got = printed(parsed)
    named = {i.row_code for i in parsed.issues}
    for key, text in figures.items():
        if key in got:
            assert got[key] == text, key
        elif text:
            assert key[1] in named, key
    assert_accounted(parsed)


LINES = [pipes, markdown, wide_spaces, single_spaces]  # dumps that keep a row on its line
UNHEADED = SheetStyle(("", "", "统计数"))


@pytest.mark.each_value
@pytest.mark.parametrize(
    ("name", "style"),
    [("2014", SheetStyle()), ("2014", UNHEADED), ("2008", CITY), ("2008", BEHIND)],
    ids=["2014", "figures alone headed", "2008", "number behind"],
)
@pytest.mark.parametrize("draw", LINES, ids=lambda f: f.__name__)
def test_a_word_beside_the_label_and_unit_of_a_row_is_its_figure(
    draw: Callable[[Cells], bytes], name: str, style: SheetStyle
) -> None:
    made = form(name)
    words = dict(zip(keys(made), cycle(("无", "见附件", "未单独统计")), strict=False))
    parsed = parse_bytes(draw(sheet(made, words, style)))
    assert printed(parsed) == words
    assert {f.kind for f in parsed.facts} == {"word"}
    assert sorted(i.row_code for i in parsed.issues if i.code == "figure-word") == sorted(k[1] for k in words)
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", [wide_spaces, single_spaces], ids=lambda f: f.__name__)
def test_a_word_before_a_figure_is_a_cell_too_and_neither_is_bound(draw: Callable[[Cells], bytes]) -> None:
    made = form("2008")
    figures = distinct_figures(made, random.Random(4))
    parsed = parse_bytes(draw(sheet(made, figures | {(1, "54", "count"): "无 1234"}, CITY)))
    assert printed(parsed) == {k: v for k, v in figures.items() if k[1] != "54"}
    assert [i.printed for i in parsed.issues if i.row_code == "54"] == ["无 | 1234"]
    assert_accounted(parsed)


BEHIND_FIGURES = ["见附件", "无", "（含上年结转）", "比上年有所增加，详见本报告第三部分的说明和附表"]


@pytest.mark.each_value
@pytest.mark.parametrize(
    ("name", "code", "style"),
    [("2014", "req_received", SheetStyle()), ("2008", "54", CITY), ("2008", "54", BEHIND)],
    ids=["2014", "2008", "number behind"],
)
@pytest.mark.parametrize("cells", [*(["12", word] for word in BEHIND_FIGURES), ["见附件", "12"], ["12", "—", "无"]])
@pytest.mark.parametrize("draw", [tabs, html, *LINES], ids=lambda f: f.__name__)
def test_what_stands_behind_a_figure_is_kept_with_it_and_neither_is_bound(
    draw: Callable[[Cells], bytes], cells: list[str], name: str, code: str, style: SheetStyle
) -> None:
    made = form(name)
    figures = distinct_figures(made, random.Random(4))
    rows = [
        row[:-1] + cells if row[-1] == figures[1, code, "count"] else row + [""] * (len(cells) - 1)
        for row in sheet(made, figures, style)
    ]
    parsed = parse_bytes(draw(rows))
    assert printed(parsed) == {k: v for k, v in figures.items() if k[1] != code}
    assert [(i.code, i.printed) for i in parsed.issues if i.row_code == code] == [
        ("figures-misplaced", " | ".join(cells))
    ]
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", LINES, ids=lambda f: f.__name__)
def test_two_words_behind_a_label_and_its_unit_are_both_kept(draw: Callable[[Cells], bytes]) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4)) | {(1, "req_received", "count"): "见附件|无"}
    rows = [[c for cell in row for c in cell.split("|")] for row in sheet(made, figures)]
    parsed = parse_bytes(draw(rows))
    (flaw,) = [i for i in parsed.issues if i.row_code == "req_received"]
    assert flaw.printed in ("见附件 | 无", "见附件 无")  # between single spaces it may be one word
    assert_accounted(parsed)


@pytest.mark.each_value
@pytest.mark.parametrize("word", ["无", "见附件", "未单独统计"])
@pytest.mark.parametrize("own_label", ["政务客户端公开政府信息数", "（一）收到申请娄"])
@pytest.mark.parametrize(
    ("name", "style"), [("2014", SheetStyle()), ("2008", CITY), ("2008", BEHIND)], ids=["2014", "2008", "number behind"]
)
@pytest.mark.parametrize("draw", [tabs, html, *LINES], ids=lambda f: f.__name__)
def test_a_word_as_the_figure_of_a_row_that_no_form_knows_is_in_an_issue_with_its_label(
    draw: Callable[[Cells], bytes], name: str, style: SheetStyle, own_label: str, word: str
) -> None:
    made = form(name)
    figures = distinct_figures(made, random.Random(4))
    labels = [own_label] if style.number is None else ["66", own_label] if style.number_first else [own_label, "66"]
    rows = sheet(made, figures, style)
    rows.insert(len(rows) // 2, [*labels, "条", word])
    parsed = parse_bytes(draw(rows))
    assert printed(parsed) == figures
    assert [i.printed for i in parsed.issues if i.code == "row-unbound"] == [f"{own_label} | {word}"]
    assert_accounted(parsed)


@pytest.mark.parametrize(
    ("name", "style"), [("2014", SheetStyle()), ("2008", CITY), ("2008", BEHIND)], ids=["2014", "2008", "number behind"]
)
@pytest.mark.parametrize("draw", LINES, ids=lambda f: f.__name__)
def test_a_figure_of_two_digits_is_not_the_number_of_the_next_row(
    draw: Callable[[Cells], bytes], name: str, style: SheetStyle
) -> None:
    made = form(name)
    figures = {key: f"{n}" for n, key in enumerate(keys(made), start=20)}
    parsed = parse_bytes(draw(sheet(made, figures, style)))
    assert printed(parsed) == figures
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", DUMPS.values(), ids=DUMPS)
def test_the_figure_of_a_row_of_the_report_s_own_is_not_that_of_the_blank_row_above(
    draw: Callable[[Cells], bytes],
) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4)) | {(1, "d_ch_other", "count"): ""}
    extra = {"d_ch_other": ("6.政务客户端公开政府信息数", "条", "77")}
    parsed = parse_bytes(draw(sheet(made, figures, SheetStyle(extra=extra))))
    blank = draw in (markdown, pipes)  # which keep the cell in which nothing stands
    assert own(parsed) == {k: v for k, v in figures.items() if v or blank}
    assert printed(parsed)[1, "?政务客户端公开政府信息数", "count"] == "77"
    assert ("row-without-figures" in {i.code for i in parsed.issues if i.row_code == "d_ch_other"}) != blank
    assert_accounted(parsed)


def test_a_remark_on_a_line_of_its_own_keeps_no_figure_from_its_label() -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    value = figures[1, "req_received", "count"]
    dump = one_cell_a_line(sheet(made, figures)).decode()
    assert f"件\n{value}" in dump
    parsed = parse_text(dump.replace(f"件\n{value}", f"（含上年结转）\n件\n{value}"))
    assert printed(parsed) == figures
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", [*GRIDS.values()], ids=[*GRIDS])
def test_rows_and_columns_of_the_report_s_own_are_kept(draw: Callable[[Cells], bytes]) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    towns = {r.code: str(n) for n, r in enumerate(made.table(1).rows, start=1)}
    extra = {
        "d_ch_other": ("6.政务客户端公开政府信息数", "条", "77"),
        "trainees": ("6.政务客户端公开政府信息数", "次", "78"),
    }
    parsed = parse_bytes(draw(sheet(made, figures, SheetStyle(more={"乡镇街道统计数": towns}, extra=extra))))
    assert own(parsed) == figures
    got = {f.key[1:]: f for f in parsed.facts if not f.cell.known}
    assert {k: f.value for k, f in got.items() if k[1] != "count" and not k[0].startswith("?")} == {
        (code, "?乡镇街道统计数"): int(n) for code, n in towns.items()
    }
    first, second = got["?政务客户端公开政府信息数", "count"], got["?政务客户端公开政府信息数#2", "count"]
    assert (first.value, first.unit, first.label_raw) == (77, "条", "6.政务客户端公开政府信息数")
    assert (second.value, second.unit) == (78, "次")
    assert got["d_total", "?乡镇街道统计数"].label_raw == "乡镇街道统计数"
    assert not any(f.cell.additive or series_of(f.form, f.cell) for f in got.values())
    codes = [i.code for i in parsed.issues if i.code not in ("balance-fails", "bound-fails")]
    assert sorted(codes) == ["column-unknown", "row-unknown", "row-unknown"]
    assert parsed.found.fits[0].left_over == 3
    assert_accounted(parsed)


OFFICES = "乡镇街道统计数"
BLANK = ("d_normdocs", "d_ch_website", "d_ch_other", "req_received")
OWN_OFFICE = "区政府统计数"
OWN_HEADS = SheetStyle(("统计指标", "单位", OWN_OFFICE))


def _two_offices(first: Figures, second: Figures, style: SheetStyle, head: str = OFFICES) -> Cells:
    """A sheet of 2014 with the figures of a second office beside those of the first."""
    return sheet(
        form("2014"), first, replace(style, more={head: {code: text for (_, code, _), text in second.items()}})
    )


def _offices() -> tuple[Figures, Figures]:
    first = distinct_figures(form("2014"), random.Random(4))
    return first, {key: str(n) for n, key in enumerate(first, start=501)}


def _without(figures: Figures, codes: Collection[str]) -> Figures:
    return {key: text for key, text in figures.items() if key[1] not in codes}


def _refused(parsed: Parsed) -> set[str]:
    """The rows that an issue names as refused."""
    return {i.row_code or "" for i in parsed.issues if i.code in ("figures-misplaced", "row-without-figures")}


@pytest.mark.each_value
@pytest.mark.parametrize("draw", [*GRIDS.values(), *DUMPS.values()], ids=[*GRIDS, *DUMPS])
@pytest.mark.parametrize("style", [SheetStyle(), UNHEADED], ids=["headed", "figures alone headed"])
def test_the_figures_of_two_offices_are_kept_apart(draw: Callable[[Cells], bytes], style: SheetStyle) -> None:
    first, second = _offices()
    parsed = parse_bytes(draw(_two_offices(first, second, style)))
    assert own(parsed) == first
    assert {k: v for k, v in printed(parsed).items() if k not in first} == {
        (1, code, f"?{OFFICES}"): text for (_, code, _), text in second.items()
    }
    assert [i.printed for i in parsed.issues if i.code == "column-unknown"] == [OFFICES]
    assert_accounted(parsed)


FEW = [wide_spaces, single_spaces, one_cell_a_line]  # dumps that drop a blank cell
HEADS_BESIDE = [OFFICES, "合计", "合 计", "镇", "镇统计数", "统计数", "区直单位 乡镇街道", "2014年"]


@pytest.mark.one_case
@pytest.mark.parametrize("draw", FEW, ids=lambda f: f.__name__)
@pytest.mark.parametrize("head", HEADS_BESIDE)
@pytest.mark.parametrize("style", [SheetStyle(), UNHEADED, OWN_HEADS], ids=["headed", "figures alone", "own heads"])
@pytest.mark.parametrize("blank", ["first", "second", "both", "first everywhere", "second everywhere"])
def test_a_row_of_two_offices_with_fewer_figures_is_refused(
    draw: Callable[[Cells], bytes], blank: str, style: SheetStyle, head: str
) -> None:
    first, second = _offices()
    in_grid = printed(parse_bytes(html(_two_offices(first, second, style, head))))
    named = {
        (1, code, f"?{OWN_OFFICE}"): text for (_, code, _), text in first.items()
    }  # a grid leaves it out beside 合计
    codes = {key[1] for key in first} if "everywhere" in blank else set(BLANK)
    first = first if "second" in blank else _without(first, codes)
    second = second if "first" in blank else _without(second, codes)
    parsed = parse_bytes(draw(_two_offices(first, second, style, head)))
    assert not {key for key in printed(parsed) if key[1] in codes}
    assert codes <= _refused(parsed)
    assert printed(parsed).items() <= in_grid.items() | named.items()
    assert_accounted(parsed)


@settings(max_examples=examples(40))
@given(
    st.sampled_from(
        [("2014", SheetStyle()), ("2014", UNHEADED), ("2014", OWN_HEADS), ("2008", CITY), ("2008", BEHIND)]
    ),
    st.sampled_from([*DUMPS.values()]),
    st.sampled_from([OFFICES, "镇", "2014年"]),
    st.lists(st.tuples(st.integers(0, 121), st.sampled_from(["", "/", "0", "12条", "无"])), max_size=25),
)
@example(("2008", CITY), single_spaces, "镇", [(11, "")])  # the label is on one line with its number and unit
def test_a_figure_of_two_offices_is_bound_as_in_a_grid_or_its_row_has_an_issue(
    laid_out: tuple[str, SheetStyle], draw: Callable[[Cells], bytes], head: str, edits: list[tuple[int, str]]
) -> None:
    made, style = form(laid_out[0]), laid_out[1]
    cells = {k: str(n) for n, k in enumerate([(office, *key) for office in (0, 1) for key in keys(made)], start=5001)}
    at = list(cells)
    cells |= {at[n % len(at)]: text for n, text in edits}
    more = {head: {code: text for (office, _, code, _), text in cells.items() if office}}
    rows = sheet(made, {key[1:]: text for key, text in cells.items() if not key[0]}, replace(style, more=more))
    in_grid = {k: v for k, v in printed(parse_bytes(html(rows))).items() if v}
    parsed = parse_bytes(draw(rows))
    got = {k: v for k, v in printed(parsed).items() if v}
    assert got.items() <= in_grid.items()
    assert {k[1] for k in in_grid.keys() - got.keys()} <= {i.row_code for i in parsed.issues}
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", [pipes, markdown], ids=lambda f: f.__name__)
@pytest.mark.parametrize("blank", [BLANK, tuple(r.code for r in form("2014").table(1).rows)], ids=["some", "all"])
def test_a_blank_that_is_printed_is_that_of_its_office(draw: Callable[[Cells], bytes], blank: tuple[str, ...]) -> None:
    first, second = _offices()
    for left, right in ((_without(first, blank), second), (first, _without(second, blank))):
        parsed = parse_bytes(draw(_two_offices(left, right, SheetStyle())))
        assert {k: v for k, v in own(parsed).items() if v} == left
        got = {k: v for k, v in printed(parsed).items() if k[2] == f"?{OFFICES}" and v}
        assert got == {(1, code, f"?{OFFICES}"): text for (_, code, _), text in right.items()}
        assert_accounted(parsed)


@pytest.mark.parametrize("draw", FEW, ids=lambda f: f.__name__)
def test_a_row_of_the_report_s_own_beside_two_offices_is_kept_with_its_label(draw: Callable[[Cells], bytes]) -> None:
    first, second = _offices()
    extra = {"d_ch_other": ("6.政务客户端公开政府信息数", "条", "77")}
    parsed = parse_bytes(draw(_two_offices(first, second, SheetStyle(extra=extra))))
    assert own(parsed) == first
    assert [i.printed for i in parsed.issues if i.code == "row-unbound"] == ["6.政务客户端公开政府信息数 | 77"]
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", DUMPS.values(), ids=DUMPS)
@pytest.mark.parametrize("offices", [["区政府", "区直单位"], ["区政府", "区直单位", "乡镇"]], ids=["two", "three"])
def test_offices_below_the_head_of_the_figures_are_refused_where_no_grid_tells_them(
    draw: Callable[[Cells], bytes], offices: list[str]
) -> None:
    first, _ = _offices()
    head, *body = sheet(form("2014"), first)
    dropped = [[*row[:2], "", row[2]] for row in body]
    parsed = parse_bytes(draw([head, ["", "", *offices], *dropped]))
    assert not {k: v for k, v in own(parsed).items() if v}
    assert _refused(parsed) == {key[1] for key in first}
    assert_accounted(parsed)


ABOVE_OR_BESIDE = {
    "remarks": [["统计指标", "单位", "统计数", "备注"]],
    "year": [["统计指标", "单位", "统计数", "（2015年）"]],
    "one head of its own": [["统计指标", "单位", OFFICES]],
    "notes above": [["填报单位：文峰区", "计量单位：件", "年度：2015"], ["统计指标", "单位", "统计数"]],
    "title above": [["政府信息公开情况统计表（2015年度）"], ["统计指标", "单位", "统计数"]],
    "marks below": [["统计指标", "单位", "统计数"], ["甲", "乙", "丙"]],
    "characters apart": [["统计指标", "单 位", "统 计 数"]],
    "characters in cells": [["统计指标", "单", "位", "统计数"]],
    "twice": [["统计指标", "单位", "统计数"], ["统计指标", "单位", "统计数"]],
    "side by side": [["统计指标", "单位", "统计数", "统计指标", "单位", "统计数"]],
    "group misprinted": [["统计指标", "单位", "统计数"], ["一、主动公开清况"]],
    "row unknown": [["统计指标", "单位", "统计数"], ["政务客户端公开政府信息数", "条", "77"]],
}


@pytest.mark.each_value
@pytest.mark.parametrize("draw", DUMPS.values(), ids=DUMPS)
@pytest.mark.parametrize("header", ABOVE_OR_BESIDE.values(), ids=ABOVE_OR_BESIDE)
def test_a_header_of_one_office_binds_whatever_else_it_says(draw: Callable[[Cells], bytes], header: Cells) -> None:
    first, _ = _offices()
    parsed = parse_bytes(draw([*header, *sheet(form("2014"), first)[1:]]))
    assert own(parsed) == first
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", [tabs, html, word], ids=lambda f: f.__name__)
def test_columns_that_are_all_the_report_s_own(draw: Callable[[Cells], bytes]) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    rows = sheet(
        made,
        figures,
        SheetStyle(("统计指标", "单位", "区政府统计数"), more={"区直单位统计数": {k[1]: "5" for k in figures}}),
    )
    parsed = parse_bytes(draw(rows))
    got = printed(parsed)
    assert {k: got[1, k[1], "?区政府统计数"] for k in figures} == figures
    assert {got[1, k[1], "?区直单位统计数"] for k in figures} == {"5"}
    assert_accounted(parsed)


@pytest.mark.parametrize("spans", [True, False], ids=["spans", "text"])
def test_a_header_of_two_rows(spans: bool) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    rows = sheet(made, figures, SheetStyle(more={"区直单位": {k[1]: "5" for k in figures}}))[1:]
    if spans:
        head = "<tr><td rowspan=2>统计指标</td><td rowspan=2>单位</td><td colspan=2>统计数</td></tr>"
        body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in [["区政府", "区直单位"], *rows])
        data = f"<html><meta charset=utf-8><body><h1>{TITLE}</h1><table>{head}{body}</table></body></html>".encode()
    else:
        data = tabs([["统计指标", "单位", "统计数", ""], ["", "", "区政府", "区直单位"], *rows])
    parsed = parse_bytes(data)
    got = printed(parsed)
    assert {k: got[1, k[1], "?区政府"] for k in figures} == figures
    assert {got[1, k[1], "?区直单位"] for k in figures} == {"5"}
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", [pipes, wide_spaces, single_spaces, one_cell_a_line], ids=lambda f: f.__name__)
def test_a_row_of_the_report_s_own_in_a_dump(draw: Callable[[Cells], bytes]) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    extra = {"d_ch_other": ("6.政务客户端公开政府信息数", "条", "77")}
    parsed = parse_bytes(draw(sheet(made, figures, SheetStyle(extra=extra))))
    assert own(parsed) == figures
    assert {k: v for k, v in printed(parsed).items() if k not in figures} == {
        (1, "?政务客户端公开政府信息数", "count"): "77"
    }
    assert_accounted(parsed)


@pytest.mark.parametrize("style", [CITY, BEHIND], ids=["number before", "number behind"])
@pytest.mark.parametrize("draw", [tabs, html, *LINES], ids=lambda f: f.__name__)
def test_the_number_of_a_row_of_the_report_s_own_is_not_its_figure(
    draw: Callable[[Cells], bytes], style: SheetStyle
) -> None:
    made = form("2008")
    figures = distinct_figures(made, random.Random(4))
    own_row = ["55", "公开电话机数"] if style is CITY else ["公开电话机数", "55"]
    parsed = parse_bytes(draw([*sheet(made, figures, style), [*own_row, "个", "77"]]))
    assert printed(parsed) == figures | {(1, "?公开电话机数", "count"): "77"}
    assert_accounted(parsed)


@pytest.mark.parametrize("draw", [*GRIDS.values(), *DUMPS.values()], ids=[*GRIDS, *DUMPS])
def test_the_printed_unit_is_the_fact_s(draw: Callable[[Cells], bytes]) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    yuan = SheetStyle(unit=lambda code, unit: "元" if code == "budget_amount" else unit)
    parsed = parse_bytes(draw(sheet(made, figures, yuan)))
    units = {f.key[1]: f.unit for f in parsed.facts}
    assert units == {r.code: r.unit for r in made.table(1).rows} | {"budget_amount": "元"}
    assert [i.row_code for i in parsed.issues if i.code == "figure-unit"] == ["budget_amount"]


@pytest.mark.parametrize("draw", [tabs, html, one_cell_a_line], ids=lambda f: f.__name__)
def test_traditional_characters(draw: Callable[[Cells], bytes]) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    simple, traditional = "条个万数动开规发总网报维复议诉讼纠", "條個萬數動開規發總網報維復議訴訟糾"
    rows = [[c.translate(str.maketrans(simple, traditional)) for c in row] for row in sheet(made, figures)]
    parsed = parse_bytes(draw(rows))
    assert printed(parsed) == figures
    assert {f.key[1]: f.unit for f in parsed.facts} == {r.code: r.unit for r in made.table(1).rows}
    assert_accounted(parsed)


def test_what_stands_below_a_sheet_is_no_row_of_it() -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    rows = [*sheet(made, figures), ["联系电话", "", "63012345"], ["填报日期：2016年1月5日", "", ""]]
    parsed = parse_bytes(tabs(rows))
    assert printed(parsed) == figures
    assert [i.printed for i in parsed.issues if i.code == "row-unbound"] == [
        "联系电话 | 63012345",
        "填报日期：2016年1月5日",
    ]
    assert_accounted(parsed)


def test_a_short_sheet_says_once_how_many_rows_it_lacks() -> None:
    made = form("2014")
    few = ("d_total", "d_ch_website", "req_received", "req_ch_online", "ans_total", "rev_total", "lit_total")
    figures = {k: v for k, v in distinct_figures(made, random.Random(4)).items() if k[1] in few}
    parsed = parse_bytes(tabs(sheet(made, figures, SheetStyle(order=few))))
    assert printed(parsed) == figures
    (missing,) = [i for i in parsed.issues if "missing" in i.code]
    assert (missing.code, missing.sentence) == (
        "rows-missing",
        f"table 1 lacks {61 - len(few)} of the 61 rows that its form may have",
    )


def test_a_list_in_the_narrative_is_no_sheet() -> None:
    rows = form("2014").table(1).rows[:20]
    lines = "\n".join(f"{r.path[-1]} {n}{r.unit}" for n, r in enumerate(rows, start=30))
    parsed = parse_text(f"{TITLE}\n\n一、概述\n\n{lines}\n\n二、主动公开情况\n\n无。")
    assert not parsed.facts
    assert not parsed.found.fits
    assert next(s.text for s in parsed.narrative.sections if s.topic == 1) == lines


def test_a_few_words_of_a_sheet_are_no_sheet(form_2021: Form) -> None:
    text = f"{TITLE}\n\n一、概述\n\n收到申请数\t件\t3\n当面申请数\t件\t2\n指标名称\t单位\t数量\n\n申请总数 3\n"
    parsed = parse_text(text)
    assert not parsed.facts
    assert not parsed.found.fits


@settings(max_examples=examples(60))
@given(st.sampled_from([tabs, pipes, one_cell_a_line, single_spaces]), st.sampled_from(["2014", "2008"]), st.data())
def test_a_damaged_sheet_loses_no_cell(draw: Callable[[Cells], bytes], name: str, data: st.DataObject) -> None:
    """Lines dropped, doubled, swapped, cut or shifted, junk put in: every cell is still assert_accounted for."""
    made = form(name)
    style = SheetStyle(more={"区直单位": {"d_total": "5"}}) if name == "2014" else CITY
    lines = draw(sheet(made, distinct_figures(made, random.Random(3)), style)).decode().split("\n")
    for _ in range(data.draw(st.integers(1, 15))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "cut", "tab", "junk"])):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                lines[at], lines[-1] = lines[-1], lines[at]
            case "cut":
                lines[at] = lines[at][: len(lines[at]) // 2]
            case "tab":
                lines[at] = "\t" + lines[at]
            case _:
                lines.insert(at, data.draw(st.text("0123456789\t一（）.其中条件数量单位/—", max_size=20)))
    parsed = parse_text("\n".join(lines))
    assert parsed.refusal is None or parsed.refusal.reason != "reader-failed"
    assert_accounted(parsed)


@pytest.mark.each_value
@pytest.mark.parametrize("draw", [*GRIDS.values(), *DUMPS.values()], ids=[*GRIDS, *DUMPS])
@pytest.mark.parametrize("code", ["req_fee_amount", "budget_amount"])
def test_an_amount_without_its_unit_is_told(draw: Callable[[Cells], bytes], code: str) -> None:
    made = form("2014")
    figures = distinct_figures(made, random.Random(4))
    amount = figures[1, code, "count"]
    rows = [["" if amount in row and text == "万元" else text for text in row] for row in sheet(made, figures)]
    parsed = parse_bytes(draw(rows))
    (fact,) = [f for f in parsed.facts if f.key == (1, code, "count")]
    assert (fact.printed.text, fact.unit) == (amount, "万元")
    assert [i.row_code for i in parsed.issues if i.code == "unit-missing"] == [code]
