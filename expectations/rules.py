"""A rule: a sentence in two languages, a severity, and the expectations that decide it.

Rules are data, so that reading them costs no import of Great Expectations. What does *not* belong
here: the rules themselves (`contract`, `quality`) and how they are run (`engine`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.schema import TABLES

Suite = Literal["contract", "quality"]
Severity = Literal["critical", "warning"]
Judged = Literal["table", "every row", "filled rows"]


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation, by its registered name.

    `judged` says what it looks at: the table as a whole, every row, or only the rows in which all of
    its columns are filled. `shown` are further columns that help a person to understand a failing row.
    """

    expectation: str
    columns: tuple[str, ...]
    kwargs: Mapping[str, object] = field(default_factory=dict)
    judged: Judged = "filled rows"
    shown: tuple[str, ...] = ()

    def mask(self, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which rows of the frame it judges."""
        if self.judged == "filled rows":
            return frame[list(self.columns)].notna().all(axis=1).to_numpy(dtype=bool)
        return np.ones(len(frame), dtype=bool)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule on the rows of one table; a row fails it where any of its checks fails."""

    suite: Suite
    name: str
    table: str
    severity: Severity
    english: str
    chinese: str
    checks: tuple[Check, ...]

    @property
    def about_table(self) -> bool:
        """Whether it judges the table as a whole, so that no row can answer for a failure."""
        return all(check.judged == "table" for check in self.checks)

    @property
    def description(self) -> str:
        """The rule in English and Chinese, on one line."""
        return f"{self.english} {self.chinese}"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule over a batch of reports; counts are rows, `reports_failed` is reports."""

    suite: str
    rule: str
    severity: str
    evaluated: int
    failed: int
    reports_failed: int
    description: str

    def __add__(self, other: RuleResult) -> RuleResult:
        """The same rule over both batches."""
        return replace(
            self,
            evaluated=self.evaluated + other.evaluated,
            failed=self.failed + other.failed,
            reports_failed=self.reports_failed + other.reports_failed,
        )


def for_table(rules: Iterable[Rule], suite: Suite, table: str) -> tuple[Rule, ...]:
    """The rules of a suite on one table, in their order."""
    return tuple(r for r in rules if (r.suite, r.table) == (suite, table))


def row_text(row: pd.Series[Any], table: str, check: Check) -> str:
    """A row in words: its key, then the columns that the check is about."""
    names = dict.fromkeys((*TABLES[table].key, *check.columns, *check.shown))
    return ", ".join(f"{name}={_printed(row[name])}" for name in names)


def _printed(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return "(empty)"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return repr(value) if isinstance(value, str) else str(value)
