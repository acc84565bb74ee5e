"""The identities of a form, worked out for one report."""

from __future__ import annotations

import random

import pytest

from pipeline.forms.model import Form
from tests.conftest import parse_text
from tests.render import Figures, balanced_figures, text_report

Key = tuple[int, str, str]


def _states(form_2021: Form, figures: Figures) -> dict[tuple[str, str, str], tuple[str, str]]:
    parsed = parse_text(text_report(form_2021, figures))
    return {(b.rule, *b.target): (b.state, b.state_blank_as_zero) for b in parsed.found.balances}


def test_all_identities_are_worked_out_and_hold(form_2021: Form) -> None:
    states = _states(form_2021, balanced_figures(form_2021, random.Random(2)))
    counted = {rule: sum(r == rule for r, _, _ in states) for rule in ("R01", "R02", "R03", "R04")}
    assert counted == {"R01": 7, "R02": 7, "R03": 25, "R04": 3}
    assert set(states.values()) == {("pass", "pass")}


@pytest.mark.parametrize(
    ("key", "printed", "failing"),
    [
        ((3, "1", "legal"), "1", {("R01", "1", "legal"), ("R03", "1", "total")}),
        ((3, "3.3.5", "other"), "7777", {("R02", "3.7", "other"), ("R03", "3.3.5", "total")}),
        ((3, "3.7", "total"), "1", {("R01", "1", "total"), ("R02", "3.7", "total"), ("R03", "3.7", "total")}),
        ((4, "1", "after.pending"), "7777", {("R04", "1", "after.total")}),
        ((2, "1.doc", "valid"), "7777", set()),
    ],
)
def test_a_changed_figure_breaks_just_its_identities(
    form_2021: Form, key: Key, printed: str, failing: set[tuple[str, str, str]]
) -> None:
    figures = balanced_figures(form_2021, random.Random(2)) | {key: printed}
    states = _states(form_2021, figures)
    assert {k for k, s in states.items() if s != ("pass", "pass")} == failing
    assert all(states[k] == ("fail", "fail") for k in failing)


def test_a_blank_for_zero_is_incomplete_and_holds_as_zero(form_2021: Form) -> None:
    figures = {k: "" if v == "0" else v for k, v in balanced_figures(form_2021, random.Random(4), 0.6).items()}
    states = _states(form_2021, figures)
    assert {s for _, s in states.values()} == {"pass"}
    assert {s for s, _ in states.values()} == {"pass", "incomplete"}


@pytest.mark.parametrize("mark", ["/", "—", "无"])
def test_a_mark_leaves_an_identity_open(form_2021: Form, mark: str) -> None:
    figures = balanced_figures(form_2021, random.Random(2)) | {(4, "1", "review.other"): mark}
    assert _states(form_2021, figures)["R04", "1", "review.total"] == ("incomplete", "incomplete")
