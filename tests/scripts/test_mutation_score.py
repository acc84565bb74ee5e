"""The share of wrong figures that the checks catch may rise, not fall. What is kept: tests/mutation_scores.json."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.facts import extract
from pipeline.forms.loading import form
from scripts.mutation_score import (
    DOUBLE,
    REAL,
    SINGLE,
    Row,
    Subject,
    changes,
    damaged,
    drawn,
    drawn_figures,
    fallen,
    real,
    score,
    shown_alone,
    shown_by_years,
    stored,
    summed,
)
from scripts.year_oracle import across

KEEP = "what is meant to change is kept by: python scripts/mutation_score.py --write"


@pytest.fixture(scope="module")
def scores() -> list[Row]:
    return score(drawn())


@pytest.mark.longest
def test_no_score_has_fallen(scores: list[Row]) -> None:
    assert fallen(stored()["drawn"], scores) == [], KEEP


@pytest.mark.longest
@pytest.mark.skipif(not REAL.exists(), reason="the real reports are not at hand (shared/reports beside the project)")
def test_no_score_of_a_real_report_has_fallen() -> None:
    assert fallen(stored()["real"], score(real())) == [], KEEP


def share(rows: list[Row], measure: str, of: str = "tried") -> float:
    return sum(int(r[measure]) for r in rows) / sum(int(r[of]) for r in rows)


@pytest.mark.longest
@pytest.mark.parametrize("name", ["2019", "2021"])
@pytest.mark.parametrize(
    ("table", "measure", "goal"),
    [(3, "caught", 0.99), (4, "caught", 0.99), (2, "caught_with_last_year", 0.60), (3, "named_alone", 1.0)],
)
def test_the_goals_for_single_changes(scores: list[Row], name: str, table: int, measure: str, goal: float) -> None:
    single = [r for r in scores if r["form"] == name and r["table"] == table and r["kind"] in SINGLE]
    cells = len(form(name).table(table).cells)
    assert {r["tried"] for r in single} == {cells}
    assert len(single) == 4
    assert share(single, measure) >= goal


def test_every_report_that_changes_are_made_to_is_right() -> None:
    subjects = list(drawn())
    assert [(s.match.form.name, s.match.table.number) for s in subjects] == [
        (name, table) for name in ("2019", "2021") for table in (2, 3, 4)
    ]
    for subject in subjects:
        assert shown_alone(subject.match, *extract(subject.match)) == set()
        assert shown_by_years(subject.facts, subject.before) == set()
        held = {b.rule for b in across(subject.facts, subject.before) if b.state == "pass"}
        assert (
            held
            == {2: {"R31", "R12" if subject.match.form.name == "2019" else "R11"}, 3: {"R10", "R31"}, 4: {"R31"}}[
                subject.match.table.number
            ]
        )


@pytest.mark.parametrize("name", ["2019", "2021"])
def test_drawn_figures_are_all_different_and_the_same_each_time(name: str) -> None:
    figures = drawn_figures(form(name))
    assert len(set(figures.values())) == len(figures)
    assert figures == drawn_figures(form(name))


def test_a_change_changes_something() -> None:
    subject = next(s for s in drawn() if s.match.table.number == 4)
    values = {f.key[1:]: f.value for f in subject.facts}
    made = list(changes(subject))
    assert {kind for kind, _ in made} == {*SINGLE, *DOUBLE} - {"blank for zero"}
    for kind, change in made:
        assert len(change) == (2 if kind in DOUBLE else 1)
        assert all(text == "" or Decimal(text) != values[k] for k, text in change.items())


def test_no_change_of_a_zero_is_ten_times_it() -> None:
    """Nor is a zero that a neighbour prints too swapped with it, or lessened."""
    subject = next(s for s in drawn() if s.match.table.number == 4)
    zeros = damaged(subject, dict.fromkeys(subject.match.table.cells, "0"))
    empty = Subject("zeros", zeros, extract(zeros)[0], ())
    assert {kind for kind, _ in changes(empty)} == {"one more", "blank for zero"}


def _row(kind: str, tried: int, caught: int) -> Row:
    measures = {
        "tried": tried,
        "caught": caught,
        "caught_with_last_year": tried,
        "numeric": tried,
        "named_first": 0,
        "named_alone": 0,
    }
    return {"report": "r", "form": "f", "table": 2, "kind": kind, **measures}


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ((10, 5), (10, 5), []),
        ((10, 5), (10, 6), []),
        ((10, 5), (20, 10), []),
        ((10, 5), (10, 4), ["r, form f, table 2, blank: caught 4 of 10, was 5 of 10"]),
        ((10, 5), (20, 9), ["r, form f, table 2, blank: caught 9 of 20, was 5 of 10"]),
    ],
)
def test_a_share_that_falls_is_told(was: tuple[int, int], now: tuple[int, int], told: list[str]) -> None:
    assert fallen([_row("blank", *was)], [_row("blank", *now)]) == told


def test_what_is_no_longer_measured_is_told() -> None:
    assert fallen([_row("blank", 1, 1)], [_row("swapped", 1, 1)]) == ["r, form f, table 2, blank: no longer measured"]


def test_scores_add_up_over_reports() -> None:
    rows = [_row("blank", 10, 5), {**_row("blank", 3, 1), "report": "s"}]
    (total,) = summed(rows)
    assert (total["tried"], total["caught"]) == (13, 6)
