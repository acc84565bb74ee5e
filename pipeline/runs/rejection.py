"""Takes reports out of the frames and puts them into quarantine, such as those that a validation rejects.

What does *not* belong here: what the frames are checked for (`expectations`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pandas as pd

from pipeline.runs.parts import read_frames, write_frames
from pipeline.schema import PARTITIONED, QUARANTINE, VALIDATIONS, Table
from pipeline.tables import frame


class Outcome(Protocol):
    """The result of validating a part: its rows, and why some reports (by report_id) must not be loaded."""

    @property
    def validations(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def rejected(self) -> Mapping[str, str]: ...  # noqa: D102


@dataclass(frozen=True)
class Judged:
    """The number of reports judged in a part, and the reason for each rejected one (by report_id)."""

    reports: int = 0
    rejected: Mapping[str, str] = field(default_factory=dict)


Judge = Callable[[Sequence[tuple[Path, Path]]], Iterable[Judged]]
"""Writes each part, the first of a pair, to the second without the rejected reports; tells of each, in order."""


def judge_part(part: Path, target: Path, judge: Callable[[dict[str, pd.DataFrame]], Outcome]) -> Judged:
    """Write a part with the results of its validation, and without the reports that this rejects."""
    frames = read_frames(part)
    if frames["reports"].empty:
        write_frames(target, {**frames, VALIDATIONS.name: frame(VALIDATIONS)})
        return Judged()
    outcome = judge(frames)
    write_frames(target, apply_validation(frames, outcome))
    return Judged(len(frames["reports"]), outcome.rejected)


def apply_validation(frames: dict[str, pd.DataFrame], outcome: Outcome) -> dict[str, pd.DataFrame]:
    """The frames without the reports that must not be loaded; those become rows of `quarantine`."""
    judged = {**frames, VALIDATIONS.name: outcome.validations}
    return put_aside(judged, PARTITIONED, outcome.rejected, ("validate", "contract"))


def put_aside(
    frames: Mapping[str, pd.DataFrame], tables: Iterable[Table], sentences: Mapping[str, str], why: tuple[str, str]
) -> dict[str, pd.DataFrame]:
    """The frames of a part with these reports (by report_id) in `quarantine`, and in none of the tables.

    `why` is the stage and the reason, `sentences` says it of each report.
    """
    out = set(sentences)
    kept = {table.name: frames[table.name][~frames[table.name]["report_id"].isin(out)] for table in tables}
    files = frames["files"].copy()
    files.loc[files["report_id"].isin(out), ["status", "report_id"]] = ["quarantined", None]
    aside = pd.concat([frames["quarantine"], _aside(frames["reports"], sentences, why)])
    return {**kept, "files": files, "quarantine": aside.astype(QUARANTINE.dtypes)}


def _aside(reports: pd.DataFrame, sentences: Mapping[str, str], why: tuple[str, str]) -> pd.DataFrame:
    """A row of `quarantine` for each report that is put aside."""
    out = reports[reports["report_id"].isin(set(sentences))]
    rows = out[["file_path", "file_sha256", "title", "publisher", "year"]].rename(columns={"file_path": "path"})
    said, codes, (stage, reason) = out["report_id"].map(sentences), out["district_code"], why
    rows = rows.assign(stage=stage, reason=reason, sentence=said, candidates=codes, kept_since=None)
    return rows[list(QUARANTINE.column_names)].astype(QUARANTINE.dtypes)
