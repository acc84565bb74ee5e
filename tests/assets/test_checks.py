"""When a check warns, when it blocks, and what it says."""

from __future__ import annotations

import dagster as dg
import pytest

from assets.checks import contract_result, quality_result
from expectations.validate import RuleResult
from pipeline.runs.extraction import is_systemic
from pipeline.runs.validation import Validated


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
