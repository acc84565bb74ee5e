"""When a check warns, when it blocks, and what it says."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from assets.checks import contract_result, quality_result
from assets.night_before import NIGHTS, Night, before_last, note, worse
from expectations.validate import RuleResult
from pipeline.runs.extraction import is_systemic
from pipeline.runs.validation import Validated
from pipeline.runs.workspace import BatchState, save
from tests.workspace import workspace


def validated(reports: int, rejected: int, standing: int = 0) -> Validated:
    return Validated(reports, {f"{n:016x}": "why" for n in range(rejected)}, standing, ())


def result(suite: str, rule: str, failed: int, reports_failed: int) -> RuleResult:
    return RuleResult(suite, rule, "critical", 100, failed, reports_failed, "what | it means")


@pytest.mark.parametrize(
    ("reports", "rejected", "standing", "systemic"),
    [
        (0, 0, 0, False),
        (10, 0, 0, False),
        (1, 1, 0, True),  # nothing at all would be left
        (1, 1, 9, False),  # one bad file in a quiet night
        (3, 3, 0, True),
        (5, 5, 1, False),  # too few to tell
        (6, 6, 1, True),
        (12, 6, 0, False),  # half is not more than half
        (11, 6, 0, True),
        (1000, 400, 0, False),
    ],
)
def test_only_a_contract_broken_throughout_blocks(reports: int, rejected: int, standing: int, systemic: bool) -> None:
    found = validated(reports, rejected, standing)
    assert is_systemic(rejected, reports, standing) is systemic
    check = contract_result(found, [])
    assert check.passed is (rejected == 0)
    severity = dg.AssetCheckSeverity.ERROR if systemic else dg.AssetCheckSeverity.WARN
    assert check.severity is severity


def test_the_checks_name_failing_rules_with_counts() -> None:
    rules = [
        result("contract", "facts.key", 4, 2),
        result("contract", "facts.cell", 0, 0),
        result("quality", "R01", 3, 3),
    ]
    contract = contract_result(validated(100, 2), rules)
    assert contract.description is not None
    assert "2 of 100 reports" in contract.description
    assert "facts.key (2 reports, 4 rows)" in contract.description
    assert "facts.cell" not in contract.description
    table = str(contract.metadata["by rule"].value).splitlines()
    assert table[2] == "| facts.key | 100 | 4 | 2 | what \\| it means |"
    quality = quality_result(validated(100, 2), rules)
    assert (quality.passed, quality.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert quality.description == "Rules that fail: R01 (3 reports, 3 rows)"


def test_nothing_to_judge_passes() -> None:
    assert contract_result(validated(0, 0), []).passed
    assert quality_result(validated(0, 0), []).passed


def night(reports: int, **failed: int) -> Night:
    return Night(reports, failed)


@pytest.mark.parametrize(
    ("before", "now", "news"),
    [
        (night(1000, R01=50), night(1000, R01=50), ()),
        (night(1000, R01=50), night(1000, R01=55), ()),  # chance
        (night(1000, R01=50), night(1000, R01=150), ("R01",)),
        (night(1000, R01=150), night(1000, R01=50), ()),  # better
        (night(1000), night(1000, R01=9), ("R01",)),  # it never failed
        (night(1000, R01=50), night(3, R01=1), ("R01",)),  # one of three, where it was one of twenty
        (night(20, R01=10), night(3, R01=2), ()),
        (night(2, R01=2), night(2, R01=2), ()),
    ],
)
def test_news_is_what_chance_does_not_explain(before: Night, now: Night, news: tuple[str, ...]) -> None:
    assert worse(now, before) == news


def test_quality_is_compared_with_the_batch_before() -> None:
    rules = [result("quality", "R01", 3, 3), result("quality", "R02", 60, 50)]
    found = quality_result(validated(100, 0), rules, night(100, R01=4, R02=5))
    assert found.passed is False
    assert found.description == "Worse than the batch before (100 reports): R02 (50 reports after 5, 60 rows)"
    calm = quality_result(validated(100, 0), rules, night(100, R01=4, R02=50))
    assert calm.passed is True
    assert str(calm.description).startswith(
        "No worse than the batch before (100 reports): R01 (3 reports, 3 rows), R02"
    )


def test_a_batch_that_comes_again_is_compared_with_the_one_before_it(tmp_path: Path) -> None:
    ws = workspace(tmp_path)
    ws.work.mkdir(parents=True)
    first, second = night(10, R01=1), night(20, R01=2)
    for batch, now, before in (("a", first, None), ("a", first, None), ("b", second, first), ("b", second, first)):
        save(ws, BatchState(batch=batch))
        assert note(ws, now) == before
    assert before_last(ws) == first
    save(ws, BatchState(batch="c"))
    assert note(ws, night(0)) == second  # nothing but removals: it is no night to compare with
    assert before_last(ws) == first
    (ws.work / NIGHTS).write_text("{", "utf-8")
    assert note(ws, second) is None
