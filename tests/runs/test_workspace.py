"""The order of the stages, and who may be at work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.runs import extraction, loading, planning, validation
from pipeline.runs.workspace import StageError, Workspace, exclusive, is_at_work, state
from tests.workspace import (
    CODES,
    SHIJIAZHUANG,
    XINHUA,
    accept,
    put,
    report,
    workspace,
)


def test_stages_are_done_in_order(ws: Workspace) -> None:
    with pytest.raises(StageError, match="Nothing is planned"):
        extraction.extract(ws)
    planning.ingest(ws)
    with pytest.raises(StageError, match="not yet extracted"):
        validation.validate(ws, accept)
    extraction.extract(ws)
    with pytest.raises(StageError, match="not yet validated"):
        loading.load(ws, [(CODES[XINHUA], 2023)])


def test_two_runs_that_meet_do_not_undo_each_other(ws: Workspace) -> None:
    planning.ingest(ws)
    extraction.extract(ws)
    planning.ingest(ws)
    assert state(ws).stage == "extracted"
    put(ws, "c.txt", report(SHIJIAZHUANG, 2023))
    planning.ingest(ws)
    assert state(ws).stage == "ingested"


def test_only_one_stage_at_a_time(ws: Workspace) -> None:
    assert not is_at_work(ws, "stage")
    with exclusive(ws):
        assert is_at_work(ws, "stage")
        with pytest.raises(StageError, match="Another run"), exclusive(ws, wait_seconds=0):
            pass
    assert not is_at_work(ws, "stage")


def test_the_notes_of_earlier_code_are_read(tmp_path: Path) -> None:
    """A batch that it began is finished, so the names that its fields had are known still."""
    ws = workspace(tmp_path)
    ws.work.mkdir(parents=True)
    noted = {"batch": "1", "stage": "validated", "late": ["a.txt"], "losers": [["b.txt", "a.txt"]], "owed": ["c.txt"]}
    (ws.work / "state.json").write_text(json.dumps({**noted, "keys": [["410402", 2024]], "standing": 2}), "utf-8")
    found = state(ws)
    assert (found.displaced, found.winners, found.unfinished) == (("a.txt",), (("b.txt", "a.txt"),), ("c.txt",))
    assert (found.pending, found.standing) == ((("410402", 2024),), 2)
