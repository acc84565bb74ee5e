"""Validates the parts of an extracted batch, and finds the partitions that it touches.

A rejected report does not remove what was loaded from other content: those rows stay, as they do where a file cannot
be read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.runs import run_report
from pipeline.runs.planning import displaced_paths
from pipeline.runs.stage_parts import parts, read
from pipeline.runs.workspace import Workspace, exclusive, expect, replacing_folder, save
from pipeline.schema import QUARANTINE, REPORTS, Partition

if TYPE_CHECKING:
    from pipeline.runs.rejection import Judge


@dataclass(frozen=True)
class Validated:
    """The result of a validation: the reports judged, the reasons for rejected ones, and how many others are loaded."""

    reports: int
    rejected: Mapping[str, str]
    standing: int
    keys: tuple[Partition, ...]


def validate(ws: Workspace, judge: Judge) -> Validated:
    """Judge every part, quarantine rejected reports, and find the partitions touched."""
    with exclusive(ws), run_report.timed(ws.work, "validate"):
        current = expect(ws, "extracted")
        rejected: dict[str, str] = {}
        reports = 0
        with replacing_folder(ws.work / "validated") as folder:
            for judged in judge([(part, folder / part.name) for part in parts(ws, "extracted")]):
                reports += judged.reports
                rejected |= judged.rejected
            staying = _staying(ws, rejected) if rejected else {}
            _tell_staying(folder, staying)
        kept = {*current.kept, *staying.values()}
        current = replace(current, stage="validated", loaded=(), kept=tuple(sorted(kept)))
        keys = _touched(ws, displaced_paths(ws, current))
        save(ws, replace(current, keys=keys))
        return Validated(reports, rejected, current.standing + len(set(staying.values())), keys)


def _staying(ws: Workspace, rejected: Collection[str]) -> dict[str, str]:
    """Paths of the rejected reports, each with the path whose loaded rows stay because of that.

    The rows of the same report stay, whichever file gave it, else those that the path gave before. Nothing stays where
    the content is the same, since then the code judges it differently, nor what another file gives now.
    """
    found = read(ws, "extracted", REPORTS, ("report_id", "file_path", "file_sha256"))
    refused = found["report_id"].isin(set(rejected))
    given = set(found.loc[~refused, "report_id"])
    with ws.warehouse.writer() as writer:
        loaded = writer.sources()
    report_at = {source.path: report for report, source in loaded.items()}
    staying: dict[str, str] = {}
    for report, path, sha256 in found[refused].itertuples(index=False, name=None):
        former = report if report in loaded else report_at.get(path)
        if former is not None and former not in given and loaded[former].sha256 != sha256:
            staying[path] = loaded[former].path
    return staying


def _tell_staying(folder: Path, staying: Mapping[str, str]) -> None:
    """Say in the sentence of each quarantined file that its loaded rows stay, where they do."""
    import pandas as pd

    from pipeline.runs.same_report.claims import STAYS

    paths = {*staying, *staying.values()}
    for file in sorted(folder.glob(f"*/{QUARANTINE.name}.parquet")) if paths else ():
        frame = pd.read_parquet(file).astype(QUARANTINE.dtypes)
        rows = frame["path"].isin(paths) & ~frame["sentence"].str.endswith(STAYS)
        if rows.any():
            frame.loc[rows, "sentence"] += f"; {STAYS}"
            frame.to_parquet(file, index=False)


def judge_again(ws: Workspace, judge: Judge) -> Validated:
    """Judge again what the last batch extracted; no result is kept, and the batch stays as it is.

    Raises StageError where there is no batch.
    """
    with exclusive(ws), tempfile.TemporaryDirectory(prefix="disclosure-check-") as scratch:
        current = expect(ws, "extracted")
        pairs = [(part, Path(scratch, part.name)) for part in parts(ws, "extracted")]
        judged = list(judge(pairs))
        rejected = {report_id: why for one in judged for report_id, why in one.rejected.items()}
        return Validated(sum(one.reports for one in judged), rejected, current.standing, ())


def _touched(ws: Workspace, displaced: Iterable[str]) -> tuple[Partition, ...]:
    """The partitions of the reports that arrive and of those that leave."""
    reports = read(ws, "validated", REPORTS, ("district_code", "year"))
    coming = {(str(c), int(y)) for c, y in zip(reports["district_code"], reports["year"], strict=True)}
    with ws.warehouse.writer() as writer:
        return tuple(sorted(coming | set(writer.partitions_of(displaced))))
