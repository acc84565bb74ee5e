"""The contract: a report that breaks a rule is rejected, with the rule's name, and no other report is."""

from __future__ import annotations

import pandas as pd
import pytest

from expectations.contract import contract_rules
from expectations.validate import Outcome
from pipeline.schema import EXTRACTED, VALIDATIONS
from tests.expectations import batches
from tests.expectations.conftest import Judge

FIRST, SECOND = batches.PLACES[0].report_id, batches.PLACES[1].report_id


def position(frame: pd.DataFrame, report: str = SECOND) -> int:
    """The first row of a report."""
    return int((frame["report_id"] == report).to_numpy().argmax())


def repeated(frame: pd.DataFrame, row: int) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[[row]]], ignore_index=True)


@pytest.fixture(scope="module")
def good(judge: Judge) -> Outcome:
    return judge(batches.batch())


def test_good_reports_pass(good: Outcome) -> None:
    assert good.rejected == {}
    assert not good.validations["failed"].any()
    assert {r.failed for r in good.results} == {0}


def test_validations_have_the_columns_and_order_of_the_schema(good: Outcome) -> None:
    rows = good.validations
    assert rows.dtypes.astype(str).to_dict() == VALIDATIONS.dtypes
    assert not rows.duplicated(list(VALIDATIONS.key)).any()
    assert rows["evaluated"].min() > 0
    key = ["district_code", "year", "report_id", "suite", "rule"]
    assert rows.equals(rows.sort_values(key, ignore_index=True))
    assert set(rows["report_id"]) == {p.report_id for p in batches.PLACES}


def test_counts_are_rows_of_the_report(good: Outcome) -> None:
    rows = good.validations
    mine = rows[rows["report_id"] == FIRST].set_index("rule")["evaluated"]
    assert mine["facts.cell"] == len(batches.cells())
    assert mine["sections.key"] == 7
    assert mine["reports.cells"] == 1
    assert mine["issues.sentence"] == 1
    others = rows[rows["report_id"] == SECOND]["rule"]
    assert not others.str.startswith("issues.").any()


def test_again_the_same_verdict_in_silence_with_frames_untouched(
    judge: Judge, good: Outcome, capfd: pytest.CaptureFixture[str]
) -> None:
    frames, untouched = batches.batch(), batches.batch()
    again = judge(frames)
    pd.testing.assert_frame_equal(again.validations, good.validations)
    assert again.results == good.results
    assert capfd.readouterr() == ("", "")
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, untouched[name])


BREAKS = (
    ("reports", "publisher", None, "reports.publisher"),
    ("reports", "level", "village", "reports.level"),
    ("reports", "scope", "both", "reports.scope"),
    ("reports", "file_sha256", "0f", "reports.file_sha256"),
    ("reports", "body_cells", 99, "reports.cells"),
    ("facts", "value_kind", "figure", "facts.value_kind"),
    ("facts", "value_raw", None, "facts.value_raw"),
    ("facts", "additive", None, "facts.additive"),
    ("facts", "row_code", "9.9", "facts.cell"),
    ("facts", "form", "1998", "facts.cell"),
    ("facts", "table_no", None, "facts.table_no"),
    ("facts", "value", None, "facts.figure"),
    ("facts", "value_kind", "slash", "facts.figure"),
    ("facts", "district_code", "410402", "facts.report"),
    ("facts", "year", 1999, "facts.report"),
    ("sections", "heading", None, "sections.heading"),
    ("sections", "year", 1999, "sections.report"),
    ("balances", "state", "unsure", "balances.state"),
    ("balances", "district_code", "321302", "balances.report"),
)
BROKEN = batches.places(len(BREAKS) + 1)


@pytest.fixture(scope="module")
def broken(judge: Judge) -> Outcome:
    """The verdict on a batch in which each report but the last breaks one rule: validated once, since
    most of the cost does not depend on the number of reports.
    """
    frames = batches.batch(BROKEN)
    for place, (table, column, value, _) in zip(BROKEN, BREAKS, strict=False):
        frames[table].loc[position(frames[table], place.report_id), column] = value
    return judge(frames)


@pytest.mark.parametrize(("place", "case"), list(zip(BROKEN, BREAKS, strict=False)), ids=str)
def test_a_broken_rule_rejects_its_report_and_names_the_rule(
    broken: Outcome, place: batches.Place, case: tuple[str, str, object, str]
) -> None:
    _, column, value, rule = case
    sentence = broken.rejected[place.report_id]
    assert rule in sentence
    assert f"{column}=" in sentence
    assert ("(empty)" if value is None else str(value)) in sentence
    rows = broken.validations[broken.validations["report_id"] == place.report_id]
    assert rows.set_index("rule").at[rule, "failed"] == 1


def test_only_the_broken_reports_are_rejected(broken: Outcome) -> None:
    assert set(broken.rejected) == {p.report_id for p in BROKEN[:-1]}
    hit = broken.validations[broken.validations["failed"] > 0]
    assert set(hit["report_id"]) == set(broken.rejected)
    counted = {r.rule: r.reports_failed for r in broken.results if r.failed}
    assert counted == hit.groupby("rule")["report_id"].nunique().to_dict()


OUTSIDE, MALFORMED, ALONE, UNDATED, TWICE, WHOLE = batches.places(6)


@pytest.fixture(scope="module")
def ruined(judge: Judge) -> Outcome:
    """The verdict on a batch in which each report but the last is broken in many rows, each in a way of its own."""
    frames = batches.batch(batches.places(6))
    for frame in frames.values():
        frame.loc[frame["report_id"] == OUTSIDE.report_id, "district_code"] = "999999"
        frame.loc[frame["report_id"] == UNDATED.report_id, "year"] = pd.NA
        frame.loc[frame["report_id"] == MALFORMED.report_id, "report_id"] = "B2"
    facts, reports = frames["facts"], frames["reports"]
    facts.loc[facts["report_id"] == TWICE.report_id, "value_raw"] = None
    reports.loc[reports["report_id"] == TWICE.report_id, "title"] = None
    frames["reports"] = reports[reports["report_id"] != ALONE.report_id]
    return judge(frames)


def test_only_the_ruined_reports_are_rejected_in_order(ruined: Outcome) -> None:
    assert list(ruined.rejected) == [*(p.report_id for p in (OUTSIDE, ALONE, UNDATED, TWICE)), "B2"]


def test_a_code_outside_the_register_is_rejected(ruined: Outcome) -> None:
    assert "reports.district " in ruined.rejected[OUTSIDE.report_id]
    assert "999999" in ruined.rejected[OUTSIDE.report_id]


def test_a_malformed_report_id_is_rejected_under_its_own_name(ruined: Outcome) -> None:
    assert "reports.report_id" in ruined.rejected["B2"]


def test_rows_without_a_report_are_rejected_under_their_report_id(ruined: Outcome) -> None:
    tables = ("report_tables", "facts", "sections", "statements", "comparisons", "balances")
    assert all(f"{table}.report" in ruined.rejected[ALONE.report_id] for table in tables)


def test_a_report_without_a_year_is_rejected_and_has_no_validations(ruined: Outcome) -> None:
    assert UNDATED.report_id in ruined.rejected
    assert UNDATED.report_id not in set(ruined.validations["report_id"])


def test_a_sentence_counts_the_rows_and_names_the_other_rules(ruined: Outcome) -> None:
    sentence = ruined.rejected[TWICE.report_id]
    assert "reports.title" in sentence
    assert "Also broken: facts.value_raw." in sentence


@pytest.mark.long
def test_a_repeated_key_is_rejected(judge: Judge) -> None:
    tables = ("reports", "facts", "sections", "balances")
    places = batches.places(len(tables) + 1)
    frames = batches.batch(places)
    for place, table in zip(places, tables, strict=False):
        frames[table] = repeated(frames[table], position(frames[table], place.report_id))
    outcome = judge(frames)
    assert list(outcome.rejected) == [p.report_id for p in places[:-1]]
    for place, table in zip(places, tables, strict=False):
        assert f"{table}.key" in outcome.rejected[place.report_id]
        assert next(r for r in outcome.results if r.rule == f"{table}.key").failed == 2


def test_empty_frames_pass(judge: Judge) -> None:
    outcome = judge({t.name: batches.frame(t, []) for t in EXTRACTED})
    assert outcome.rejected == {}
    assert outcome.validations.empty
    assert outcome.validations.dtypes.astype(str).to_dict() == VALIDATIONS.dtypes


def test_a_report_without_facts_or_issues_passes(judge: Judge) -> None:
    frames = batches.batch()
    for name in ("facts", "issues", "sections", "balances"):
        frames[name] = frames[name].iloc[:0]
    assert judge(frames).rejected == {}


def test_optional_columns_may_be_empty(judge: Judge) -> None:
    frames = batches.batch()
    for table in EXTRACTED:
        for column in table.columns:
            if not column.required and column.name not in {"value", "unit"}:
                frames[table.name][column.name] = pd.Series(
                    pd.NA if table.dtypes[column.name] != "float64" else float("nan"),
                    index=frames[table.name].index,
                    dtype=table.dtypes[column.name],
                )
    assert judge(frames).rejected == {}


def test_every_required_column_and_value_set_is_in_the_contract() -> None:
    rules = {r.name for r in contract_rules()}
    asked = {f"{t.name}.{c.name}" for t in EXTRACTED for c in t.columns if c.required or c.values or c.pattern}
    assert asked <= rules
    assert {f"{t.name}.{what}" for t in EXTRACTED for what in ("columns", "key")} <= rules
    assert len(rules) == len(contract_rules())
