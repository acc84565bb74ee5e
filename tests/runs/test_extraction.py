"""Extraction: frames in parts, and a reader that fails throughout."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from pipeline.runs import extraction, planning, stage_parts
from pipeline.runs.limits import BatchSizes
from pipeline.runs.workspace import StageError, Workspace
from pipeline.schema import FACTS, REPORTS, TABLES
from tests.workspace import (
    SHIJIAZHUANG,
    everything,
    put,
    report,
)


@pytest.mark.parametrize("standing", [True, False])
@pytest.mark.long
def test_where_the_reader_fails_throughout_what_is_loaded_stays(
    loaded: Workspace, monkeypatch: pytest.MonkeyPatch, standing: bool
) -> None:
    """A reader that cannot work, here for want of its forms, must not empty the warehouse."""
    before = everything(loaded)
    for number in range(7 if standing else 0):
        put(loaded, f"{number}.txt", report(SHIJIAZHUANG, 2010 + number))
    monkeypatch.setattr("pipeline.parse.forms", lambda: 1 // 0)
    planning.ingest(loaded, again=not standing)
    with pytest.raises(
        StageError, match=r"The reader failed on (7 of 7|2 of 2) files; on the first: .*ZeroDivisionError"
    ):
        extraction.extract(loaded)
    assert everything(loaded) == before


def test_frames_are_handed_over_in_parts(ws: Workspace) -> None:
    ws = replace(ws, sizes=BatchSizes(part_files=1))
    seen: list[tuple[int, int]] = []
    planning.ingest(ws)
    extracted = extraction.extract(ws, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    assert [part.name for part in stage_parts.parts(ws, "extracted")] == ["0001", "0002"]
    assert extracted.rows["reports"] == len(stage_parts.read(ws, "extracted", REPORTS)) == 2
    assert stage_parts.count(ws, "extracted", REPORTS) == 2
    shown = stage_parts.sample(ws, "extracted", FACTS, 5)
    pd.testing.assert_frame_equal(shown, stage_parts.read(ws, "extracted", FACTS).head(5))
    assert stage_parts.sample(ws, "extracted", TABLES["proposals"], 5).empty
    assert dict(stage_parts.read(ws, "extracted", FACTS).dtypes.astype(str)) == FACTS.dtypes
