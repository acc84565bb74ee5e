"""The quality rules R01 to R05 and R34: what a careful reader would query in a loaded report.

All are warnings and block nothing. Each is judged on a small frame made for it, in which a row that the
rule does not concern is empty and so is not evaluated. What does *not* belong here: working out the
identities (`pipeline.balances`).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.schema import BALANCES, FACTS, REPORT_KEYS

from .rules import Check, Rule

IDENTITIES = {
    "R01": (
        "Requests received plus carried in equal requests closed plus carried out, in each column.",
        "各列：本年新收＋上年结转＝办理结果总计＋结转下年度。",
    ),
    "R02": (
        "The total of results equals the sum of the single results, in each column.",
        "各列：办理结果“总计”等于各项办理结果之和。",
    ),
    "R03": (
        "The total column equals the sum of the applicant columns, in each row.",
        "各行：“总计”列等于各类申请人列之和。",
    ),
    "R04": (
        "Reviews and lawsuits: the total equals upheld, corrected, other and pending together.",
        "行政复议、行政诉讼：总计＝结果维持＋结果纠正＋其他结果＋尚未审结。",
    ),
}
# Units in which things are counted one by one. Money and unknown units may have decimals.
COUNTING_UNITS = ("件", "项")
# Columns whose label announces a change may fall below zero.
CHANGE_LABEL = "增/减"
MISSING_PARTS = ("section-missing", "table-missing")


def quality_rules() -> tuple[Rule, ...]:
    """Every quality rule."""
    return (*(_identity(name) for name in IDENTITIES), _PLAUSIBLE, _STRUCTURE)


def quality_frames(frames: Mapping[str, pd.DataFrame], cells: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The frames that the quality rules are judged on, by the table that their rows come from."""
    return {
        "balances": _identities(frames["balances"]),
        "facts": _figures(frames["facts"], cells),
        "reports": _structure(frames["reports"], frames["issues"]),
    }


def _identities(balances: pd.DataFrame) -> pd.DataFrame:
    """Each rule's state as a column of its own; incomplete ones stay empty."""
    judged = balances["state"].where(balances["state"] != "incomplete")
    states = {name: judged.where(balances["rule"] == name) for name in IDENTITIES}
    return balances[list(dict.fromkeys([*_KEYS, *BALANCES.key, *_SUMS]))].assign(**states)


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
    """How many prescribed sections and tables each report lacks."""
    lacking = issues.loc[issues["code"].isin(MISSING_PARTS), "report_id"].value_counts()
    missing = reports["report_id"].map(lacking).fillna(0).astype("int64")
    return reports[[*_KEYS, "publisher", "title", "file_path"]].assign(missing_parts=missing)


def _identity(name: str) -> Rule:
    kwargs = {"column": name, "value_set": ["pass"]}
    check = Check("expect_column_values_to_be_in_set", (name,), kwargs, shown=_SUMS)
    return _warning(name, "balances", *IDENTITIES[name], check)


def _warning(name: str, table: str, english: str, chinese: str, *checks: Check) -> Rule:
    return Rule("quality", name, table, "warning", english, chinese, checks)


_KEYS = [c.name for c in REPORT_KEYS]
_SUMS = ("left_value", "right_value", "cells_used")
_PRINTED = ("value_raw", "unit")
_PLAUSIBLE = _warning(
    "R05",
    "facts",
    "Counts are whole numbers and not below 0; amounts are not below 0; only changes may be.",
    "件数、项数为非负整数，金额不为负；只有增减数可以为负。",
    Check("expect_column_values_to_be_between", ("amount",), {"column": "amount", "min_value": 0}, shown=_PRINTED),
    Check("expect_column_values_to_be_whole", ("count",), {"column": "count"}, shown=_PRINTED),
)
_STRUCTURE = _warning(
    "R34",
    "reports",
    "All six sections and all prescribed tables are there.",
    "六个部分和规定的表格齐全。",
    Check("expect_column_values_to_be_in_set", ("missing_parts",), {"column": "missing_parts", "value_set": [0]}),
)
