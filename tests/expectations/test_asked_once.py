"""What is kept while a validation lasts is what Great Expectations works out without it."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

import pandas as pd
import pytest

from expectations.contract import contract_rules
from expectations.rules import Check, Rule, for_table


@pytest.fixture(scope="module")
def judged() -> dict[bool, list[tuple[Any, ...]]]:
    """What the rules of a table find in rows with faults, with and without what is kept."""
    from expectations import engine

    rules = (*for_table(contract_rules(), "contract", "sections"), _same_column_twice())
    frame = pd.DataFrame({c: pd.Series(["a", None, "a"], dtype="str") for c in _columns()}).assign(
        report_id=pd.Series(["0" * 16, "x", "0" * 16], dtype="str")
    )
    found = {}
    for is_kept in (True, False):
        with pytest.MonkeyPatch.context() as patched:
            if not is_kept:
                patched.setattr(engine, "asked_once", nullcontext)
            made = engine.Engine([rule for rule in rules if not rule.about_table and rule.name != "sections.report"])
            judgements = made.judge("contract", "sections", frame, None, {})
        found[is_kept] = [(j.rule.name, j.check, j.passed, j.failed.tolist()) for j in judgements]
    return found


def _columns() -> list[str]:
    checks = (check for rule in for_table(contract_rules(), "contract", "sections") for check in rule.checks)
    return sorted({name for check in checks for name in check.columns} | {"report_id"})


def _same_column_twice() -> Rule:
    """Two checks of one kind on one column, which differ in what they ask for only."""
    sets = (["a"], ["b"])
    checks = [
        Check("expect_column_values_to_be_in_set", ("heading",), {"column": "heading", "value_set": values})
        for values in sets
    ]
    return Rule("contract", "sections.twice", "sections", "critical", "Twice.", "两次。", tuple(checks))


def test_the_same_rows_fail(judged: dict[bool, list[tuple[Any, ...]]]) -> None:
    assert judged[True] == judged[False]
    assert {failed for *_, passed, failed in ((*j[:3], tuple(j[3])) for j in judged[True]) if not passed} >= {(1,)}


def test_alike_checks_are_told_apart(judged: dict[bool, list[tuple[Any, ...]]]) -> None:
    assert [failed for name, _, _, failed in judged[True] if name == "sections.twice"] == [[], [0, 2]]


def test_all_is_as_before_afterwards() -> None:
    from great_expectations.core.id_dict import IDDict
    from great_expectations.validator.validation_graph import ValidationGraph

    from expectations.asked_once import asked_once

    before = (IDDict.to_id, ValidationGraph.build_metric_dependency_graph)
    with suppress(ValueError), asked_once():
        settings = IDDict(column="a", value_set=["b"])
        assert IDDict.to_id is not before[0]
        kept = settings.to_id()
        assert kept != IDDict(column="a", value_set=["c"]).to_id()
        settings["column"] = "d"
        assert kept != settings.to_id()
        raise ValueError("a fault")
    assert before == (IDDict.to_id, ValidationGraph.build_metric_dependency_graph)
    assert IDDict(column="a", value_set=["b"]).to_id() == kept
