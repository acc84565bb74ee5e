"""Validates the parts of an extracted batch, and finds the partitions that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.runs import run_report
from pipeline.runs.planning import displaced_paths
from pipeline.runs.stage_parts import parts, read
from pipeline.runs.workspace import Partition, Workspace, exclusive, expect, replacing_folder, save
from pipeline.schema import (
    REPORTS,
)

if TYPE_CHECKING:
    from pipeline.runs.rejection import Judge


@dataclass(frozen=True)
class Validated:
    """What a validation gave: the reports judged, why which were rejected, and how many others are loaded."""

    reports: int
    rejected: Mapping[str, str]
    standing: int
    keys: tuple[Partition, ...]


def validate(ws: Workspace, judge: Judge) -> Validated:
    """Have every part judged and rejected reports put aside, and find the partitions touched."""
    with exclusive(ws), run_report.timed(ws.work, "validate"):
        current = expect(ws, "extracted")
        rejected: dict[str, str] = {}
        reports = 0
        with replacing_folder(ws.work / "validated") as folder:
            for judged in judge([(part, folder / part.name) for part in parts(ws, "extracted")]):
                reports += judged.reports
                rejected |= judged.rejected
        keys = _touched(ws, displaced_paths(ws, current))
        save(ws, replace(current, stage="validated", keys=keys, loaded=()))
        return Validated(reports, rejected, current.standing, keys)


def _touched(ws: Workspace, displaced: Iterable[str]) -> tuple[Partition, ...]:
    """The partitions of the reports that come and of those that go."""
    reports = read(ws, "validated", REPORTS, ("district_code", "year"))
    coming = {(str(c), int(y)) for c, y in zip(reports["district_code"], reports["year"], strict=True)}
    with ws.warehouse.writer() as writer:
        return tuple(sorted(coming | set(writer.partitions_of(displaced))))
