"""The quality rules: they warn about a report, and never reject it.

All reports are judged at once, each with something of its own: most of the cost does not depend on their number.
"""

from __future__ import annotations

import pandas as pd
import pytest

from expectations.quality import quality_rules
from expectations.validate import Outcome
from pipeline.schema import ISSUES
from tests.expectations import batches
from tests.expectations.conftest import Judge

# What becomes of each report: an identity that fails, a figure, a unit with a figure, a kind of value, parts that lack.
IDENTITIES = ("R01", "R02", "R03", "R04")
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
UNITS = (("人次", 1.5, 1), ("条", 1.5, 1), ("万元", 1.5, 0), ("万件", 1.5, 0), (None, 1.5, 0), ("件", -1.5, 1))
KINDS = ("blank", "slash", "dash", "word")
LACKING = (("section-missing", 3), ("table-missing", 1))

PLACES = batches.places(len(IDENTITIES) + len(FIGURES) + len(UNITS) + len(KINDS) + len(LACKING) + 1)
_LEFT = iter(PLACES)
FAILING = dict(zip(IDENTITIES, _LEFT, strict=False))
PLAUSIBLE = [(next(_LEFT), fine) for *_, fine in FIGURES]
COUNTED = [next(_LEFT) for _ in UNITS]
WITHOUT_NUMBERS = [next(_LEFT) for _ in KINDS]
INCOMPLETE = [next(_LEFT) for _ in LACKING]
UNTOUCHED = next(_LEFT)


def mine(frame: pd.DataFrame, place: batches.Place) -> pd.Series[bool]:
    return frame["report_id"] == place.report_id


@pytest.fixture(scope="module")
def outcome(judge: Judge) -> Outcome:
    frames = batches.batch(PLACES)
    balances, facts = frames["balances"], frames["facts"]
    for rule, place in FAILING.items():
        balances.loc[mine(balances, place) & (balances["rule"] == rule), "state"] = "fail"
    for (place, _), (col_code, value, _) in zip(PLAUSIBLE, FIGURES, strict=True):
        facts.loc[facts.index[mine(facts, place) & (facts["col_code"] == col_code)][0], "value"] = value
    for place, (unit, value, _) in zip(COUNTED, UNITS, strict=True):
        facts.loc[facts.index[mine(facts, place)][0], ["value", "unit"]] = [value, unit]
    for place, kind in zip(WITHOUT_NUMBERS, KINDS, strict=True):
        facts.loc[mine(facts, place), "value"] = float("nan")
        facts.loc[mine(facts, place), "value_kind"] = kind
    flaw = {"severity": "warning", "sentence": "A part is missing."}
    issues = [
        place.keys | flaw | {"code": code, "issue_no": n}
        for place, (code, count) in zip(INCOMPLETE, LACKING, strict=True)
        for n in range(1, count + 1)
    ]
    frames["issues"] = batches.frame(ISSUES, [*frames["issues"].to_dict("records"), *issues])
    return judge(frames)


def failed_reports(outcome: Outcome, rule: str) -> list[str]:
    rows = outcome.validations
    return rows.loc[(rows["rule"] == rule) & (rows["failed"] > 0), "report_id"].tolist()


def failed_rows(outcome: Outcome, rule: str, place: batches.Place) -> int:
    rows = outcome.validations
    [failed] = rows.loc[(rows["rule"] == rule) & (rows["report_id"] == place.report_id), "failed"]
    return int(failed)


def rules_of(outcome: Outcome, place: batches.Place) -> set[str]:
    """The rules that were evaluated on a report."""
    rows = outcome.validations
    return set(rows.loc[rows["report_id"] == place.report_id, "rule"])


def test_no_report_is_rejected(outcome: Outcome) -> None:
    assert outcome.rejected == {}


@pytest.mark.parametrize("rule", IDENTITIES)
def test_an_identity_that_fails_is_a_warning_on_its_report(outcome: Outcome, rule: str) -> None:
    assert failed_reports(outcome, rule) == [FAILING[rule].report_id]
    assert next(r for r in outcome.results if r.rule == rule).severity == "warning"


def test_an_incomplete_identity_is_not_evaluated(outcome: Outcome) -> None:
    evaluated = {r.rule: r.evaluated for r in outcome.results}
    assert evaluated["R03"] == 1  # the report where it fails; in all others it is incomplete
    assert evaluated["R01"] == len(PLACES)
    assert "R03" not in rules_of(outcome, UNTOUCHED)
    assert "R01" in rules_of(outcome, UNTOUCHED)


def test_figures_that_cannot_be(outcome: Outcome) -> None:
    bad = {place.report_id for place, fine in PLAUSIBLE if not fine}
    bad |= {place.report_id for place, (*_, failed) in zip(COUNTED, UNITS, strict=True) if failed}
    assert set(failed_reports(outcome, "R05")) == bad


@pytest.mark.parametrize(("place", "case"), list(zip(COUNTED, UNITS, strict=True)), ids=str)
def test_what_is_counted_one_by_one_must_be_whole_and_a_negative_fraction_is_one_row(
    outcome: Outcome, place: batches.Place, case: tuple[str | None, float, int]
) -> None:
    """What has no unit, or one of ten thousand, may have decimals."""
    assert failed_rows(outcome, "R05", place) == case[-1]


@pytest.mark.parametrize("place", WITHOUT_NUMBERS, ids=KINDS)
def test_what_is_no_number_is_never_judged_as_one(outcome: Outcome, place: batches.Place) -> None:
    assert "facts.figure" in rules_of(outcome, place)
    assert "R05" not in rules_of(outcome, place)


def test_a_missing_part_fails_the_structure_once(outcome: Outcome) -> None:
    """Other issues, of which the first report has one, leave it alone."""
    assert set(failed_reports(outcome, "R34")) == {place.report_id for place in INCOMPLETE}
    structure = next(r for r in outcome.results if r.rule == "R34")
    assert (structure.evaluated, structure.failed) == (len(PLACES), 2)


def test_quality_never_blocks() -> None:
    assert {r.severity for r in quality_rules()} == {"warning"}
    names = ["R01", "R02", "R03", "R04", "R06", "R07", "R20", "R21", "R22", "R23", "R24", "R33", "R05", "R30", "R34"]
    assert [r.name for r in quality_rules()] == names
