"""Files whose report is given by a newer file of the same batch that is read after them.

Their rows are in parts already, and are taken out again. What does *not* belong here: which file is the newer one
(`precedence`), and which of two gives a report (`claims`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipeline.runs.file_result import Counts
from pipeline.runs.parts import read_frames
from pipeline.runs.rejection import put_aside
from pipeline.runs.same_report.precedence import Words, words
from pipeline.runs.same_report.rivals import CELLS, NOTHING, REASON, TEXTS, Rival, packed, said_in
from pipeline.schema import EXTRACTED, FACTS, FILES, REPORTS, SECTIONS


def withdraw(parts: Sequence[Path], overtaken: Mapping[str, str], counts: Counts) -> dict[str, Rival]:
    """Take the reports of files out of the parts and the counts, and return what the files say, by path.

    `overtaken` leads from the path of a file to its report_id.
    """
    rivals: dict[str, Rival] = {}
    for part in parts:
        here = pd.read_parquet(part / f"{FILES.name}.parquet", columns=["path", "status"])
        paths = sorted(set(here.loc[here["status"] == "loaded", "path"]) & overtaken.keys())
        if paths:
            rivals |= _withdraw(part, {path: overtaken[path] for path in paths}, counts)
    return rivals


def _withdraw(part: Path, overtaken: Mapping[str, str], counts: Counts) -> dict[str, Rival]:
    frames, reports = read_frames(part), set(overtaken.values())
    tables = ((frames[FACTS.name], CELLS), (frames[SECTIONS.name], TEXTS))
    said = said_in(*(frame.loc[frame["report_id"].isin(reports), list(names)] for frame, names in tables))
    ages = _ages(frames[REPORTS.name], reports)
    left = put_aside(frames, EXTRACTED, dict.fromkeys(reports, ""), ("load", REASON))
    for name, frame in left.items():
        frame.to_parquet(part / f"{name}.parquet", index=False)
    counts.rows.update({t.name: len(left[t.name]) - len(frames[t.name]) for t in EXTRACTED})
    counts.files.update(loaded=-len(overtaken), quarantined=len(overtaken))
    counts.reasons.update({REASON: len(overtaken)})
    return {path: packed(report, ages[report], said.get(report, NOTHING)) for path, report in overtaken.items()}


def _ages(reports: pd.DataFrame, wanted: set[str]) -> dict[str, Words]:
    """The age of these reports in their own words, by report_id."""
    rows = reports.loc[reports["report_id"].isin(wanted), ["report_id", "title", "published_on"]]
    return {
        report: words(title, None if pd.isna(day) else day.date())
        for report, title, day in rows.itertuples(index=False, name=None)
    }
