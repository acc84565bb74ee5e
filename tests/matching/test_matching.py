"""Oddities of single rows and headers, one case each."""

from __future__ import annotations

import random

import pytest

from pipeline.forms.model import Form
from tests.conftest import assert_accounted, parse_text, printed
from tests.render import TextStyle, balanced_figures, distinct_figures, text_report

Edit = tuple[str, str]


def _report(form_2021: Form, *edits: Edit, seed: int = 3) -> tuple[str, dict[tuple[int, str, str], str]]:
    figures = distinct_figures(form_2021, random.Random(seed))
    text = text_report(form_2021, figures)
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text, figures


@pytest.mark.parametrize(
    ("edit", "code", "table", "row", "column"),
    [
        (("本年废止件数", "本年度止件数"), "label-misprint", 2, None, "repealed"),
        (("本年废止件数", "本年度废件数"), "label-misprint", 2, None, "repealed"),
        (("2.其他法律行政法规禁止公开", "2.其他法律行政止公开"), "label-misprint", 3, "3.3.2", None),
        (("3.补正后申请内容仍不明确", "3.补正申请内容任不明确"), "label-misprint", 3, "3.4.3", None),
        (("科研机构", "科研机枸"), "label-inferred", 3, None, "research"),
        (("四、结转下年度继续办理", "四、结转下年继续办理"), "label-misprint", 3, "4", None),
    ],
)
def test_a_misprint_is_bound_and_named(
    form_2021: Form, edit: Edit, code: str, table: int, row: str | None, column: str | None
) -> None:
    text, figures = _report(form_2021, edit)
    parsed = parse_text(text)
    assert printed(parsed) == figures
    assert (code, table, row, column) in {(i.code, i.table_no, i.row_code, i.col_code) for i in parsed.issues}
    assert_accounted(parsed)


@pytest.mark.parametrize("label", ["逾期不补正", "1.逾期不补正", "行政规范性文件", "规范性文件"])
def test_known_variants_raise_no_issue(form_2021: Form, label: str) -> None:
    old = "行政规范性文件" if "规范" in label else "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"
    text, figures = _report(form_2021, (old, label))
    parsed = parse_text(text)
    assert printed(parsed) == figures
    assert not [i for i in parsed.issues if i.code.startswith("label")]


def test_a_row_that_is_not_there_is_missing_and_moves_no_other(form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(1))
    parsed = parse_text(text_report(form_2021, figures, TextStyle(skip_rows=frozenset({"3.4.2"}))))
    assert printed(parsed) == {k: v for k, v in figures.items() if k[:2] != (3, "3.4.2")}
    assert [(i.code, i.row_code) for i in parsed.issues if i.code == "row-missing"] == [("row-missing", "3.4.2")]


def test_an_unknown_row_is_left_over_with_all_its_cells(form_2021: Form) -> None:
    text, figures = _report(
        form_2021,
        ("四、结转下年度继续办理", "新增：转交其他机关\t\t\t1\t2\t3\t4\t5\t6\t7\n四、结转下年度继续办理"),
    )
    parsed = parse_text(text)
    assert printed(parsed) == figures
    (left,) = [i for i in parsed.issues if i.code == "row-unbound"]
    assert left.printed == "新增：转交其他机关 | 1 | 2 | 3 | 4 | 5 | 6 | 7"
    assert_accounted(parsed)


def test_a_row_printed_again_alike_is_a_repeat(form_2021: Form) -> None:
    text, figures = _report(form_2021)
    row = next(line for line in text.split("\n") if "2.重复申请" in line)
    parsed = parse_text(text.replace(row, f"{row}\n{row}"))
    assert printed(parsed) == figures
    assert [i.row_code for i in parsed.issues if i.code == "row-repeated"] == ["3.5.2"]
    assert_accounted(parsed)


def test_a_row_printed_again_differently_is_a_conflict_and_bound_to_neither(form_2021: Form) -> None:
    text, figures = _report(form_2021)
    row = next(line for line in text.split("\n") if "2.重复申请" in line)
    parsed = parse_text(text.replace(row, f"{row}\n" + row.replace(figures[3, "3.5.2", "legal"], "1")))
    assert printed(parsed) == {k: v for k, v in figures.items() if k[:2] != (3, "3.5.2")}
    assert [i.row_code for i in parsed.issues if i.code == "row-conflict"] == ["3.5.2", "3.5.2"]
    assert_accounted(parsed)


def test_blank_cells_dropped_are_no_guess(form_2021: Form) -> None:
    """`7 | 1 | 8` with the blanks dropped: natural and total are there, the rest is anybody's."""
    text, figures = _report(form_2021)
    row = next(line for line in text.split("\n") if "2.重复申请" in line)
    parsed = parse_text(text.replace(row, "\t\t2.重复申请\t7\t1\t8"))
    assert not [f for f in parsed.facts if f.key[:2] == (3, "3.5.2")]
    assert [i.code for i in parsed.issues if i.row_code == "3.5.2" and i.cells] == ["figures-misplaced"]
    assert {k: v for k, v in figures.items() if k[:2] != (3, "3.5.2")}.items() <= printed(parsed).items()
    assert_accounted(parsed)


def test_too_many_figures_are_misplaced(form_2021: Form) -> None:
    text, _ = _report(form_2021)
    row = next(line for line in text.split("\n") if "2.重复申请" in line)
    parsed = parse_text(text.replace(row, row + "\t99"))
    assert [i.code for i in parsed.issues if i.row_code == "3.5.2" and i.cells] == ["figures-misplaced"]
    assert_accounted(parsed)


def test_a_table_cut_by_a_page_goes_on_under_its_header(form_2021: Form) -> None:
    text, figures = _report(form_2021, ("（五）不予处理", "\n— 4 —\n\n（五）不予处理"))
    parsed = parse_text(text)
    assert printed(parsed) == figures


def test_figures_without_any_header_are_left_out(form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(3))
    lines = text_report(form_2021, figures).split("\n")
    headless = [line for line in lines if not any(w in line for w in ("自然人", "科研机构", "申请人情况"))]
    parsed = parse_text("\n".join(headless))
    assert not [f for f in parsed.facts if f.key[0] == 3]
    assert [i for i in parsed.issues if i.code == "column-unbound" and i.table_no == 3]
    assert_accounted(parsed)


@pytest.mark.parametrize("blank", [["natural"], ["total"], ["natural", "total"], ["natural", "business", "other"]])
def test_sister_rows_tell_where_a_row_with_blank_ends_starts(form_2021: Form, blank: list[str]) -> None:
    figures = distinct_figures(form_2021, random.Random(9)) | {(3, "3.3.4", c): "" for c in blank}
    parsed = parse_text(text_report(form_2021, figures))
    assert printed(parsed) == figures


def test_identities_tell_where_a_row_without_sisters_starts(form_2021: Form) -> None:
    figures = balanced_figures(form_2021, random.Random(5)) | {(3, "3.7", "natural"): ""}
    style = TextStyle(
        start=lambda code, labels: 1 if code == "3.7" else max(labels, 2),
        keep_groups=lambda code: code != "3.7",
    )
    parsed = parse_text(text_report(form_2021, figures, style))
    assert printed(parsed) == figures


def test_without_evidence_nothing_is_placed(form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(5)) | {(3, "3.7", "natural"): ""}
    style = TextStyle(
        start=lambda code, labels: 1 if code == "3.7" else max(labels, 2),
        keep_groups=lambda code: code != "3.7",
    )
    parsed = parse_text(text_report(form_2021, figures, style))
    assert printed(parsed) == {k: v for k, v in figures.items() if k[:2] != (3, "3.7")}
    assert [i.code for i in parsed.issues if i.row_code == "3.7" and i.cells] == ["figures-ambiguous"]
    assert_accounted(parsed)
