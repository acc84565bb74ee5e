"""The quality rules: what a careful reader would query in a loaded report, in the words of `pipeline.rules`.

All are warnings and block nothing. Each is judged on a small frame made for it, in which a row that the
rule does not concern is empty and so is not evaluated. What does *not* belong here: working out the
identities (`pipeline.trust.balances`).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from expectations.rules import Check, Rule
from pipeline.numbers import COUNTING_UNITS
from pipeline.rules import rules, rules_of
from pipeline.schema import BALANCES, COMPARISONS, FACTS, REPORT_KEYS

IDENTITIES = tuple(rule.code for rule in rules_of("balances"))
COMPARED = tuple(rule.code for rule in rules_of("comparisons"))
# Columns whose label announces a change may fall below zero.
CHANGE_LABEL = "增/减"
BEYOND_LEVEL = "rules-implausible"
MISSING_PARTS = ("section-missing", "table-missing")


def quality_rules() -> tuple[Rule, ...]:
    """Every quality rule."""
    return (
        *(_identity(name) for name in IDENTITIES),
        *(_compared(name) for name in COMPARED),
        _PLAUSIBLE,
        _COMPETENT,
        _STRUCTURE,
    )


def quality_frames(frames: Mapping[str, pd.DataFrame], cells: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The frames that the quality rules are judged on, by the table that their rows come from."""
    return {
        "balances": _identities(frames["balances"]),
        "comparisons": _comparisons(frames["comparisons"]),
        "facts": _figures(frames["facts"], cells),
        "reports": _structure(frames["reports"], frames["issues"]),
    }


def _identities(balances: pd.DataFrame) -> pd.DataFrame:
    """Each rule's state as a column of its own; incomplete ones stay empty."""
    judged = balances["state"].where(balances["state"] != "incomplete")
    states = {name: judged.where(balances["rule"] == name) for name in IDENTITIES}
    return balances[list(dict.fromkeys([*_KEYS, *BALANCES.key, *_SUMS]))].assign(**states)


def _comparisons(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Each rule's outcome as a column of its own; where a figure is missing it stays empty.

    A difference with a legitimate cause does not count.
    """
    excused = (comparisons["state"] == "differ") & (comparisons["severity"] == "info")
    judged = comparisons["state"].mask(excused, "agree").where(comparisons["state"] != "uncertain")
    states = {name: judged.where(comparisons["rule"] == name) for name in COMPARED}
    return comparisons[list(dict.fromkeys([*_KEYS, *COMPARISONS.key, *_CLAIM]))].assign(**states)


def _figures(facts: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The figures as `amount` where they cannot be below zero, as `count` where they must be whole."""
    figures = facts.loc[facts["value"].notna(), [*_KEYS, *FACTS.key[1:], "form", "value_raw", "value", "unit"]]
    key = ["form", "table_no", "row_code", "col_code"]
    change = cells.loc[cells["col_label"].str.contains(CHANGE_LABEL, regex=False, na=False), key]
    signed = figures[key].merge(change.drop_duplicates(), how="left", indicator=True)["_merge"] == "both"
    return figures.assign(
        amount=figures["value"].mask(signed.to_numpy()),
        count=figures["value"].where(figures["unit"].isin(COUNTING_UNITS)),
    ).drop(columns="value")


def _structure(reports: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    """How many prescribed sections and tables each report lacks, and rules it prints that its level cannot make."""
    lacking = issues.loc[issues["code"].isin(MISSING_PARTS), "report_id"].value_counts()
    missing = reports["report_id"].map(lacking).fillna(0).astype("int64")
    beyond = issues.loc[issues["code"] == BEYOND_LEVEL, "report_id"].value_counts()
    rules = reports["report_id"].map(beyond).fillna(0).astype("int64")
    shown = reports[[*_KEYS, "publisher", "level", "title", "file_path"]]
    return shown.assign(missing_parts=missing, rules_beyond_level=rules)


def _identity(name: str) -> Rule:
    kwargs = {"column": name, "value_set": ["pass"]}
    check = Check("expect_column_values_to_be_in_set", (name,), kwargs, shown=_SUMS)
    return _warning(name, "balances", check)


def _compared(name: str) -> Rule:
    kwargs = {"column": name, "value_set": ["agree"]}
    check = Check("expect_column_values_to_be_in_set", (name,), kwargs, shown=_CLAIM)
    return _warning(name, "comparisons", check)


def _warning(name: str, table: str, *checks: Check) -> Rule:
    said = rules()[name]
    return Rule("quality", name, table, "warning", f"{said.meaning}.", f"{said.meaning_zh}。", checks)


_KEYS = [c.name for c in REPORT_KEYS]
_SUMS = ("left_value", "right_value", "cells_used")
_CLAIM = ("metric", "stated_value", "table_value", "cause")
_PRINTED = ("value_raw", "unit")
_PLAUSIBLE = _warning(
    "R05",
    "facts",
    Check("expect_column_values_to_be_between", ("amount",), {"column": "amount", "min_value": 0}, shown=_PRINTED),
    Check("expect_column_values_to_be_whole", ("count",), {"column": "count"}, shown=_PRINTED),
)
_COMPETENT = _warning(
    "R30",
    "reports",
    Check(
        "expect_column_values_to_be_in_set",
        ("rules_beyond_level",),
        {"column": "rules_beyond_level", "value_set": [0]},
        shown=("level",),
    ),
)
_STRUCTURE = _warning(
    "R34",
    "reports",
    Check("expect_column_values_to_be_in_set", ("missing_parts",), {"column": "missing_parts", "value_set": [0]}),
)
