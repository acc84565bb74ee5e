"""Frames in, verdicts out: which reports break the contract, and how each report does on each rule.

One validation per table and batch of reports, never one per report. Great Expectations is imported when
a `Validator` is made, not when this module is. What does *not* belong here: the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from expectations.contract import contract_rules
from expectations.quality import quality_frames, quality_rules
from expectations.rules import Check, Rule, RuleResult, Suite, row_text
from pipeline.schema import EXTRACTED, REPORT_KEYS, VALIDATIONS

if TYPE_CHECKING:
    from expectations.engine import Judgement

__all__ = ["Outcome", "RuleResult", "Validator"]

KEYS = [c.name for c in REPORT_KEYS]


@dataclass(frozen=True)
class Outcome:
    """The verdict on a batch of reports.

    `validations` has the columns of `schema.VALIDATIONS`, a row for each report and rule that was
    evaluated; `rejected` gives, by report_id, a sentence that says why a report must not be loaded.
    """

    validations: pd.DataFrame
    rejected: dict[str, str]
    results: tuple[RuleResult, ...]


@dataclass(frozen=True)
class _Verdict:
    """One rule on one frame.

    `evaluated` and `failed` count the rows by report; `first` is each failing report's first fault: the
    check and the position of the row.
    """

    rule: Rule
    frame: pd.DataFrame
    evaluated: pd.Series[int]
    failed: pd.Series[int]
    first: Mapping[str, tuple[Check, int]]


class Validator:
    """Judges batches of reports; making one imports Great Expectations (some seconds, once)."""

    def __init__(self, rules: Sequence[Rule] | None = None) -> None:
        """A validator for these rules, else for all of the contract and of quality."""
        from expectations.engine import Engine

        self._rules = (*contract_rules(), *quality_rules()) if rules is None else tuple(rules)
        self._engine = Engine(self._rules)

    def validate(
        self,
        frames: Mapping[str, pd.DataFrame],
        cells: pd.DataFrame,
        district_codes: Collection[str],
        part: int = 1,
        pages: Path | None = None,
    ) -> Outcome:
        """Judge the EXTRACTED frames of a batch of reports, of a few thousand at most.

        Args:
            frames: a frame for each table of `schema.EXTRACTED`; others are not looked at.
            cells: the `cells` table, which says what the forms contain.
            district_codes: the codes that a report may have.
            part: the number of the batch, for the names of its pages.
            pages: a new folder below which the results are written as pages of Data Docs; without it none are.

        Raises:
            RuntimeError: the fault is ours: columns or dtypes are not the schema's, a row names no report,
                or an expectation crashed.
        """
        self._engine.forget()
        tables = {t.name: _compact(frames[t.name]) for t in EXTRACTED}
        known = {"reports": tables["reports"], "cells": cells, "districts": _codes(district_codes)}
        of_pages = part if pages else None
        verdicts = list(self._verdicts("contract", tables, known, of_pages))
        judged = {name: f.reset_index(drop=True) for name, f in quality_frames(tables, cells).items()}
        verdicts += self._verdicts("quality", judged, known, of_pages)
        if pages:
            self._engine.write_results(pages)
        return Outcome(_validations(verdicts, tables), _rejected(verdicts), tuple(map(_result, verdicts)))

    def write_suites(self, folder: Path) -> None:
        """Write what the rules are as pages of Data Docs, below a new folder; those of results refer to them."""
        self._engine.write_suites(folder)

    def _verdicts(
        self, suite: Suite, frames: Mapping[str, pd.DataFrame], known: Mapping[str, pd.DataFrame], part: int | None
    ) -> Iterator[_Verdict]:
        asked = {rule.table for rule in self._rules if rule.suite == suite}
        for table, frame in frames.items():
            if table not in asked:
                continue
            judgements = self._engine.judge(suite, table, frame, part, known)
            if frame["report_id"].isna().any():
                raise RuntimeError(f"{table}: rows without a report_id, so that no report can answer for them")
            codes, reports = pd.factorize(frame["report_id"], sort=True)
            for rule, group in groupby(judgements, key=lambda j: j.rule):
                yield _verdict(rule, list(group), frame, codes, reports)


def _compact(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with rows numbered from 0 and each text column in one piece.

    Texts of frames that were joined from many lie in as many pieces, which makes Great Expectations a hundred times
    slower, since it selects rows again and again.
    """
    names = [str(name) for name, dtype in frame.dtypes.items() if dtype == "str"]
    pieces = pa.Table.from_pandas(frame[names], preserve_index=False).combine_chunks().to_pandas()
    return frame.reset_index(drop=True).assign(**{name: pieces[name] for name in names})


def _codes(district_codes: Collection[str]) -> pd.DataFrame:
    return pd.DataFrame({"district_code": pd.Series(sorted(district_codes), dtype="str")})


def _verdict(
    rule: Rule,
    judgements: Sequence[Judgement],
    frame: pd.DataFrame,
    codes: npt.NDArray[np.int64],
    reports: pd.Index[str],
) -> _Verdict:
    evaluated, failed = np.zeros((2, len(frame)), dtype=bool)
    for judgement in judgements:
        evaluated |= judgement.check.mask(frame)
        failed[judgement.failed] = True

    def count(rows: npt.NDArray[np.bool_]) -> pd.Series[int]:
        return pd.Series(np.bincount(codes[rows], minlength=len(reports)), index=reports)

    return _Verdict(rule, frame, count(evaluated), count(failed), _first(judgements, frame))


def _first(judgements: Sequence[Judgement], frame: pd.DataFrame) -> dict[str, tuple[Check, int]]:
    """Each failing report's first fault; only row positions, since few of them are ever put in words."""
    first: dict[str, tuple[Check, int]] = {}
    for judgement in judgements:
        if not judgement.failed.size:
            continue
        reports = frame["report_id"].iloc[judgement.failed].drop_duplicates()
        for position, report in reports.items():
            first.setdefault(report, (judgement.check, cast(int, position)))
    return first


def _result(verdict: _Verdict) -> RuleResult:
    rule = verdict.rule
    return RuleResult(
        suite=rule.suite,
        rule=rule.name,
        severity=rule.severity,
        evaluated=int(verdict.evaluated.sum()),
        failed=int(verdict.failed.sum()),
        reports_failed=int((verdict.failed > 0).sum()),
        description=rule.description,
    )


def _rejected(verdicts: Sequence[_Verdict]) -> dict[str, str]:
    """By report, the first broken rule in words, and the names of the others."""
    broken: dict[str, list[_Verdict]] = {}
    for verdict in verdicts:
        if verdict.rule.severity == "critical":
            for report in verdict.first:
                broken.setdefault(report, []).append(verdict)
    return {report: _sentence(report, *broken[report]) for report in sorted(broken)}


def _sentence(report: str, verdict: _Verdict, *others: _Verdict) -> str:
    check, position = verdict.first[report]
    row = row_text(verdict.frame.iloc[position], verdict.rule.table, check)
    count = verdict.failed[report]
    rows = f"{count} rows fail, the first of them" if count > 1 else "1 row fails"
    also = f" Also broken: {', '.join(v.rule.name for v in others)}." if others else ""
    return f"Contract rule {verdict.rule.name} is broken: {verdict.rule.english} {rows}: {row}.{also}"


def _validations(verdicts: Sequence[_Verdict], tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """A row for each report and rule; a report without a district or year has no partition, so no rows."""
    judged = [v for v in verdicts if not v.rule.about_table]
    rows = pd.DataFrame(
        {
            "report_id": np.concatenate([v.evaluated.index.to_numpy(dtype=object) for v in judged]),
            "evaluated": np.concatenate([v.evaluated.to_numpy() for v in judged]),
            "failed": np.concatenate([v.failed.to_numpy() for v in judged]),
            **{name: _by_rule(judged, name) for name in ("suite", "severity")},
            "rule": _by_rule(judged, "name"),
        }
    )
    homes = pd.concat([f[KEYS] for f in tables.values()]).drop_duplicates("report_id").dropna()
    rows = rows[rows["evaluated"] > 0].merge(homes, on="report_id")
    rows = rows.sort_values(["district_code", "year", *VALIDATIONS.key], ignore_index=True)
    return rows[list(VALIDATIONS.column_names)].astype(VALIDATIONS.dtypes)


def _by_rule(judged: Sequence[_Verdict], name: str) -> npt.NDArray[np.str_]:
    """The description of each verdict's rule, once for each of its reports."""
    return np.repeat([getattr(v.rule, name) for v in judged], [len(v.evaluated) for v in judged])
