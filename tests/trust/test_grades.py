"""Trust and grades: what proves a figure, what makes it doubtful, and what keeps a report from a better grade."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from pipeline.forms.model import Form
from pipeline.parsed import Parsed
from tests.conftest import SAMPLES, SHARED, parse_bytes, parse_text
from tests.render import Figures, balanced_figures, text_report


def report(form: Form, changed: Figures | None = None) -> Parsed:
    figures = {k: "0" if k[1] == "1.rule" else v for k, v in balanced_figures(form, random.Random(7)).items()}
    return parse_text(text_report(form, {**figures, **(changed or {})}))


def graded(parsed: Parsed) -> tuple[str, tuple[str, ...]]:
    assert parsed.report is not None
    return parsed.report.grade.letter, parsed.report.grade.reasons


def test_identities_prove_tables_three_and_four_and_nothing_proves_table_two(form_2021: Form) -> None:
    parsed = report(form_2021)
    assert Counter((k[0], t) for k, t in parsed.judged.trust.items()) == {
        (2, "unproven"): 10,
        (3, "proven"): 175,
        (4, "proven"): 15,
    }
    assert graded(parsed) == ("A", ())


def test_a_wrong_figure_is_doubtful_and_its_neighbours_are_not(form_2021: Form) -> None:
    parsed = report(form_2021, {(3, "3.2", "business"): "123456"})
    assert [k for k, t in parsed.judged.trust.items() if t == "doubtful"] == [(3, "3.2", "business")]
    assert graded(parsed) == ("C", ("identity-fails",))


def test_a_wrong_total_of_table_four_leaves_its_other_groups_alone(form_2021: Form) -> None:
    parsed = report(form_2021, {(4, "1", "review.total"): "0"})
    doubtful = {k[2] for k, t in parsed.judged.trust.items() if t == "doubtful"}
    assert "review.total" in doubtful
    assert all(column.startswith("review.") for column in doubtful)


def test_where_nothing_explains_it_all_cells_of_what_fails_are_doubtful(form_2021: Form) -> None:
    rows = [r.code for r in form_2021.table(3).rows]
    parsed = report(form_2021, {(3, code, "natural"): str(n * 7919 + 1) for n, code in enumerate(rows)})
    doubtful = {k for k, t in parsed.judged.trust.items() if t == "doubtful"}
    assert {(3, code, "natural") for code in rows} <= doubtful
    assert not {k for k in doubtful if k[0] == 4}


@pytest.mark.parametrize(
    ("cell", "printed", "letter", "reason"),
    [
        ((2, "5.permit", "count"), "无", "B", "figure-odd"),
        ((2, "5.permit", "count"), "-4", "C", "figure-impossible"),
        ((2, "5.permit", "count"), "1.5", "C", "figure-impossible"),
        ((2, "1.rule", "made"), "3", "C", "figure-impossible"),
        ((3, "3.1", "natural"), "/", "B", "identity-incomplete"),
    ],
)
def test_what_is_odd_costs_a_grade(
    form_2021: Form, cell: tuple[int, str, str], printed: str, letter: str, reason: str
) -> None:
    found, reasons = graded(report(form_2021, {cell: printed}))
    assert (found, reason in reasons) == (letter, True)


def test_a_report_without_tables_has_no_grade() -> None:
    parsed = parse_text("文峰区商颂街道办事处2010年政府信息公开工作年度报告\n一、概述\n主动公开信息12条。\n")
    assert graded(parsed) == ("none", ("no-tables",))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.name)
def test_the_samples_are_of_the_best_grade(sample) -> None:  # type: ignore[no-untyped-def]
    assert graded(parse_bytes(sample.read_bytes(), sample.name)) == ("A", ())


REAL = {
    "city_huaian_2024.pdf": ("A", ()),
    "district_huaian-hongze_2023.pdf": ("C", ("identity-fails",)),
    "dept_shanghai_shifuban_2019.html": ("B", ("identity-incomplete",)),
}


@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (a folder shared/reports)")
@pytest.mark.parametrize(("name", "expected"), REAL.items())
def test_real_reports(name: str, expected: tuple[str, tuple[str, ...]]) -> None:
    parsed = parse_bytes((SHARED / "real" / name).read_bytes(), name)
    assert graded(parsed) == expected
    blamed = {(b.balance.identity, b.culprit) for b in parsed.judged.blames}
    hongze = {("R04@1:review.total", "source"), ("R04@1:after.total", "source")}
    assert blamed == (hongze if "hongze" in name else set())
