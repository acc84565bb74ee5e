"""Rows and columns that an open table prints beside its own, and how well a table fits its form."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from pipeline.forms.loading import form
from pipeline.forms.model import Form
from pipeline.parsed import Parsed
from tests.conftest import assert_accounted, parse_bytes, parse_text, printed
from tests.layout.test_dumps import cells_and_pipes, markdown, one_cell_a_line, report, rows_with_pipes, spaces
from tests.readers.draw_html import html_report
from tests.render import Figures, balanced_figures, distinct_figures, text_report

EXPLAINED = {
    "规章": "规章(设区的市、自治州人民政府应提供相关数据)",
    "规范性文件": "规范性文件（行政机关制定发布的决定、公告、通告、意见等，一般属于规范性文件）",
    "本年增/减": "本年增/减（指2020年增加或减少的事项数，减用负值表示，如-8）",
}
OTHER = "其他主动公开文件（含以本单位名义正式签发的、除规范性文件以外的文件，可参考“其他主动公开文件”栏目数据）"
EXTRA = (2, "?其他主动公开文件", "made"), (2, "?其他主动公开文件", "public"), (2, "?其他主动公开文件", "total_public")


def as_text(made: Form, figures: Figures) -> str:
    return text_report(made, figures)


def as_html(made: Form, figures: Figures) -> str:
    return html_report(made, figures)


def dump(layout: Callable[[list[list[str]]], str]) -> Callable[[Form, Figures], str]:
    return lambda made, figures: report(made, figures, layout)


LAYOUTS = {
    "text": as_text,
    "html": as_html,
    **{f.__name__: dump(f) for f in (one_cell_a_line, cells_and_pipes, rows_with_pipes, markdown, spaces)},
}


def province(text: str, figures: Figures) -> str:
    """The table 二 of a province: explanations in its labels, and a row of its own after 规范性文件."""
    at = text.index("规范性文件")
    last = figures[2, "1.doc", "total_public"]
    end = text.index(last, at) + len(last)
    row = text[at:end]
    for column, value in (("made", "901"), ("public", "902"), ("total_public", "903")):
        row = row.replace(figures[2, "1.doc", column], value, 1)
    between = {"\t": "\n", "|": "\n", "<": "</td></tr>\n<tr><td>"}.get(
        text[at + len("规范性文件") :].lstrip()[:1], "\n"
    )
    between = " |\n|||\n" if " |\n|||" in text else between
    text = text[:end] + between + row.replace("规范性文件", OTHER) + text[end:]
    for old, new in EXPLAINED.items():
        text = text.replace(old, new, 1) if old == "本年增/减" else text.replace(f"{old}\n", f"{new}\n", 1)
    return text


@pytest.mark.parametrize("draw", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_province_s_own_row_is_kept_and_moves_no_other(draw: Callable[[Form, Figures], str]) -> None:
    made = form("2019")
    figures = distinct_figures(made, random.Random(3))
    parsed = parse_bytes(province(draw(made, figures), figures).encode())
    assert printed(parsed) == figures | dict(zip(EXTRA, ("901", "902", "903"), strict=True))
    assert [i.row_code for i in parsed.issues if i.code == "row-unknown"] == ["?其他主动公开文件"]
    assert {f.label_raw for f in parsed.facts if not f.cell.known} == {OTHER}
    assert not [i for i in parsed.issues if i.code.startswith("row-") and i.code != "row-unknown"]
    assert_accounted(parsed)


def test_rows_of_two_kinds_in_one_block() -> None:
    made = form("2021")
    figures = distinct_figures(made, random.Random(3))
    coercion = f"行政强制\t{figures[2, '6.coercion', 'count']}\t\t"
    text = text_report(made, figures)
    assert coercion in text
    parsed = parse_text(text.replace(coercion, f"{coercion}\n行政检查\t31\t\t\n行政确认\t32件\t\t"))
    extra = {(2, "?行政检查", "count"): "31", (2, "?行政确认", "count"): "32件"}
    assert printed(parsed) == figures | extra
    assert {f.key[1]: f.unit for f in parsed.facts if not f.cell.known} == {"?行政检查": None, "?行政确认": "件"}
    assert_accounted(parsed)


@pytest.mark.parametrize(
    "row", ["行政检查\t31\t32\t33\t34\t35", "行政检查", "行政检查\t\t\t", "注：含上年结转 3 件"], ids=range(4)
)
def test_what_has_no_certain_place_stays_an_issue(row: str) -> None:
    made = form("2021")
    figures = distinct_figures(made, random.Random(3))
    coercion = f"行政强制\t{figures[2, '6.coercion', 'count']}\t\t"
    parsed = parse_text(text_report(made, figures).replace(coercion, f"{coercion}\n{row}"))
    assert printed(parsed) == figures
    assert_accounted(parsed)


def test_a_closed_table_keeps_no_strangers(form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(3))
    text = text_report(form_2021, figures).replace("四、结转", "转交其他机关\t\t\t1\t2\t3\t4\t5\t6\t7\n四、结转")
    parsed = parse_text(text)
    assert printed(parsed) == figures
    assert [t.left_over for t in parsed.found.fits] == [0, 1, 0]
    assert_accounted(parsed)


@pytest.mark.parametrize("name", ["2019", "2021"])
def test_a_form_fits_itself(name: str) -> None:
    made = form(name)
    parsed = parse_text(text_report(made, balanced_figures(made, random.Random(1))))
    assert [(t.table_no, t.form, t.expected - t.matched, t.left_over, t.also) for t in parsed.found.fits] == [
        (n, name, 0, 0, None) for n in (2, 3, 4)
    ]


def _with_other_handling(made: Form, *, parts: bool) -> Parsed:
    """A report on the form of 2021 with one row （六）其他处理, and its parts beside it or in its place."""
    figures = balanced_figures(made, random.Random(5))
    text = text_report(made, figures)
    lines = text.split("\n")
    at = next(n for n, line in enumerate(lines) if "1.申请人无正当理由逾期不补正" in line)
    row = "\t（六）其他处理\t\t1\t2\t3\t4\t5\t6\t21"
    keep = lines[at : at + 3] if parts else []
    return parse_text("\n".join([*lines[:at], row, *keep, *lines[at + 3 :]]))


@pytest.mark.parametrize(
    ("parts", "name", "also"), [(False, "2019", None), (True, "2021", "2019")], ids=["in place of", "beside"]
)
def test_one_row_of_other_handling_in_a_table_of_2021(
    form_2021: Form, parts: bool, name: str, also: str | None
) -> None:
    parsed = _with_other_handling(form_2021, parts=parts)
    fit = next(t for t in parsed.found.fits if t.table_no == 3)
    assert (fit.form, fit.mixed, fit.also) == (name, also is not None, also)
    got = printed(parsed)
    assert (got.get((3, "3.6", "total")) == "21") == (not parts)
    assert {t.form for t in parsed.found.fits if t.table_no != 3} == {"2021"}
    assert_accounted(parsed)


def test_a_block_of_another_form_is_a_mixture() -> None:
    """The table 二 of 2021 with the row of 2019 for other services."""
    made = form("2021")
    figures = distinct_figures(made, random.Random(3))
    permit = f"行政许可\t{figures[2, '5.permit', 'count']}\t\t"
    parsed = parse_text(text_report(made, figures).replace(permit, f"{permit}\n其他对外管理服务事项\t8\t\t"))
    assert printed(parsed) == figures | {(2, "?其他对外管理服务事项", "count"): "8"}
    fit = parsed.found.fits[0]
    assert (fit.form, fit.left_over, fit.mixed, fit.also) == ("2021", 1, True, "2019")
    assert_accounted(parsed)
