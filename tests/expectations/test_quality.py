"""The quality rules: they warn about a report, and never reject it."""

from __future__ import annotations

import pytest

from expectations.quality import quality_rules
from expectations.validate import Outcome, RuleResult, Validator
from pipeline.schema import ISSUES
from tests.expectations import batches
from tests.expectations.conftest import Judge


@pytest.fixture(scope="module")
def quality() -> Judge:
    """Judges by the quality rules alone, for tests that do not ask whether the report is loaded."""
    return Judge(Validator(quality_rules()))


FIRST, SECOND = batches.PLACES[0], batches.PLACES[1]


def result(outcome: Outcome, rule: str) -> RuleResult:
    return next(r for r in outcome.results if r.rule == rule)


def failed_reports(outcome: Outcome, rule: str) -> list[str]:
    rows = outcome.validations
    return rows.loc[(rows["rule"] == rule) & (rows["failed"] > 0), "report_id"].tolist()


def test_an_identity_that_fails_is_a_warning_on_its_report(judge: Judge) -> None:
    frames = batches.batch()
    balances, rules = frames["balances"], ("R01", "R02", "R03", "R04")
    for place, rule in zip(batches.PLACES, rules, strict=True):
        balances.loc[(balances["report_id"] == place.report_id) & (balances["rule"] == rule), "state"] = "fail"
    outcome = judge(frames)
    assert outcome.rejected == {}
    for place, rule in zip(batches.PLACES, rules, strict=True):
        assert failed_reports(outcome, rule) == [place.report_id]
        assert result(outcome, rule).severity == "warning"


def test_an_incomplete_identity_is_not_evaluated(quality: Judge) -> None:
    outcome = quality(batches.batch())
    assert result(outcome, "R03").evaluated == 0
    assert "R03" not in set(outcome.validations["rule"])
    assert result(outcome, "R01").evaluated == len(batches.PLACES)


FIGURES = (
    ("total", -1.0, False),
    ("total", 2.5, False),
    ("total", 0.0, True),
    ("total", float("inf"), False),
    ("amount", 12.34, True),
    ("amount", -0.01, False),
    ("delta", -3.0, True),
    ("delta", -3.5, False),
)


def test_figures_that_cannot_be(judge: Judge) -> None:
    places = batches.places(len(FIGURES))
    frames = batches.batch(places)
    facts = frames["facts"]
    for place, (col_code, value, _) in zip(places, FIGURES, strict=True):
        mine = (facts["report_id"] == place.report_id) & (facts["col_code"] == col_code)
        facts.loc[facts.index[mine][0], "value"] = value
    outcome = judge(frames)
    assert outcome.rejected == {}
    bad = {p.report_id for p, (*_, fine) in zip(places, FIGURES, strict=True) if not fine}
    assert set(failed_reports(outcome, "R05")) == bad


def test_a_negative_fraction_is_one_failing_row(quality: Judge) -> None:
    frames = batches.batch()
    frames["facts"].loc[0, "value"] = -1.5
    assert result(quality(frames), "R05").failed == 1


def test_what_is_no_number_is_never_judged_as_one(judge: Judge) -> None:
    frames = batches.batch()
    kinds = dict(zip((p.report_id for p in batches.PLACES), ("blank", "slash", "dash", "word"), strict=True))
    kind = frames["facts"]["report_id"].map(kinds).astype("str")
    frames["facts"] = frames["facts"].assign(value=float("nan"), value_kind=kind)
    outcome = judge(frames)
    assert outcome.rejected == {}
    assert result(outcome, "R05").evaluated == 0


def test_a_fact_without_a_unit_may_have_decimals(quality: Judge) -> None:
    frames = batches.batch()
    frames["facts"].loc[0, ["value", "unit"]] = [1.5, None]
    assert result(quality(frames), "R05").failed == 0


@pytest.mark.parametrize(("unit", "failed"), [("人次", 1), ("条", 1), ("万元", 0), ("万件", 0)])
def test_only_what_is_counted_one_by_one_must_be_whole(quality: Judge, unit: str, failed: int) -> None:
    frames = batches.batch()
    frames["facts"].loc[0, ["value", "unit"]] = [1.5, unit]
    assert result(quality(frames), "R05").failed == failed


def test_a_missing_part_fails_the_structure_once(judge: Judge) -> None:
    frames = batches.batch()
    flaw = {"severity": "warning", "sentence": "A part is missing."}
    sections = [FIRST.keys | flaw | {"code": "section-missing", "issue_no": n} for n in (1, 2, 3)]
    tables = [SECOND.keys | flaw | {"code": "table-missing", "issue_no": 1}]
    frames["issues"] = batches.frame(ISSUES, [*sections, *tables])
    outcome = judge(frames)
    assert outcome.rejected == {}
    assert set(failed_reports(outcome, "R34")) == {FIRST.report_id, SECOND.report_id}
    assert (result(outcome, "R34").evaluated, result(outcome, "R34").failed) == (len(batches.PLACES), 2)


def test_other_issues_leave_the_structure_alone(quality: Judge) -> None:
    assert failed_reports(quality(batches.batch()), "R34") == []


def test_quality_never_blocks() -> None:
    assert {r.severity for r in quality_rules()} == {"warning"}
    names = ["R01", "R02", "R03", "R04", "R06", "R07", "R20", "R21", "R22", "R23", "R24", "R33", "R05", "R30", "R34"]
    assert [r.name for r in quality_rules()] == names
