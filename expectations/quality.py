"""The quality rules R01 to R07, R20 to R24, R30, R33 and R34: what a careful reader would query in a loaded report.

All are warnings and block nothing. Each is judged on a small frame made for it, in which a row that the
rule does not concern is empty and so is not evaluated. What does *not* belong here: working out the
identities (`pipeline.trust.balances`).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from expectations.rules import Check, Rule
from pipeline.schema import BALANCES, COMPARISONS, FACTS, REPORT_KEYS

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
    "R06": (
        "What was newly disclosed is at most all that is disclosed.",
        "本年新公开数量不大于对外公开总数量。",
    ),
    "R07": (
        "The indicator tables of 2008 and 2014: a total equals the sum of its parts, a part is at most the whole.",
        "2008年、2014年统计表：合计数等于其分项之和，其中数不大于总数。",
    ),
}
COMPARED = {
    "R20": (
        "The requests that the text states are those received, with or without those carried in.",
        "文字所述申请数与表三新收数（或加上年结转）一致。",
    ),
    "R21": (
        "The results that the text states are those of table 3.",
        "文字所述办理结果与表三一致。",
    ),
    "R22": (
        "The reviews and lawsuits that the text states are those of table 4.",
        "文字所述复议、诉讼数与表四一致。",
    ),
    "R23": (
        "The normative documents that the text states are those of table 2.",
        "文字所述规范性文件数与表二一致。",
    ),
    "R24": (
        "The text does not deny the fees that it states elsewhere.",
        "关于信息处理费的文字前后一致。",
    ),
    "R33": (
        "The period counted is the year of the report.",
        "统计期限为报告年度1月1日至12月31日。",
    ),
}
# Units in which things are counted one by one. Money and unknown units may have decimals.
COUNTING_UNITS = ("件", "项")
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
    return _warning(name, "balances", *IDENTITIES[name], check)


def _compared(name: str) -> Rule:
    kwargs = {"column": name, "value_set": ["agree"]}
    check = Check("expect_column_values_to_be_in_set", (name,), kwargs, shown=_CLAIM)
    return _warning(name, "comparisons", *COMPARED[name], check)


def _warning(name: str, table: str, english: str, chinese: str, *checks: Check) -> Rule:
    return Rule("quality", name, table, "warning", english, chinese, checks)


_KEYS = [c.name for c in REPORT_KEYS]
_SUMS = ("left_value", "right_value", "cells_used")
_CLAIM = ("metric", "stated_value", "table_value", "cause")
_PRINTED = ("value_raw", "unit")
_PLAUSIBLE = _warning(
    "R05",
    "facts",
    "Counts are whole numbers and not below 0; amounts are not below 0; only changes may be.",
    "件数、项数为非负整数，金额不为负；只有增减数可以为负。",
    Check("expect_column_values_to_be_between", ("amount",), {"column": "amount", "min_value": 0}, shown=_PRINTED),
    Check("expect_column_values_to_be_whole", ("count",), {"column": "count"}, shown=_PRINTED),
)
_COMPETENT = _warning(
    "R30",
    "reports",
    "Rules (规章) are printed by bodies that can make them only.",
    "只有有权制定规章的机关才有规章数。",
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
    "All six sections and all prescribed tables are there.",
    "六个部分和规定的表格齐全。",
    Check("expect_column_values_to_be_in_set", ("missing_parts",), {"column": "missing_parts", "value_set": [0]}),
)
