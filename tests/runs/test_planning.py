"""Planning: what is work for a run, what is none, and what stops it before it begins."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pipeline.raw.folder import InputError
from pipeline.raw.overrides import OVERRIDES
from pipeline.runs import planning
from pipeline.runs.limits import BatchSizes
from pipeline.runs.workspace import StageError, Workspace
from tests.workspace import (
    SHIJIAZHUANG,
    everything,
    is_idle,
    put,
    quarantined,
    report,
    rows,
    run,
    tree,
)


def test_an_idle_look_changes_no_file(loaded: Workspace) -> None:
    before = tree(loaded.root.parent)
    assert is_idle(loaded)
    assert planning.plan(loaded, hashing=False).idle
    planning.note_times(loaded, planning.plan(loaded).touched)
    assert tree(loaded.root.parent) == before


def test_new_times_are_noted_without_a_load(loaded: Workspace) -> None:
    before, version = everything(loaded), loaded.warehouse.published.resolve()
    os.utime(loaded.raw / "a.txt", ns=(1, 1))
    plan = planning.plan(loaded)
    assert plan.idle
    assert [raw.path for raw in plan.touched] == ["a.txt"]
    planning.note_times(loaded, plan.touched)
    assert planning.plan(loaded).touched == ()
    assert (everything(loaded), loaded.warehouse.published.resolve()) == (before, version)


@pytest.mark.long
def test_new_times_beside_real_work_are_noted_too(loaded: Workspace) -> None:
    os.utime(loaded.raw / "a.txt", ns=(1, 1))
    put(loaded, "c.txt", report(SHIJIAZHUANG, 2023))
    run(loaded)
    assert planning.plan(loaded).touched == ()
    assert rows(loaded, "SELECT count(*) FROM files") == [(3,)]


def test_a_folder_that_lost_everything_is_not_believed(loaded: Workspace) -> None:
    for file in (loaded.raw / "a.txt", loaded.raw / "河南" / "b.txt"):
        file.unlink()
    few = replace(loaded, sizes=BatchSizes(missing_files=2))
    with pytest.raises(
        StageError, match=r"holds no file, but 2 are in the warehouse\. Is a disk missing\?.*--accept-removals"
    ):
        planning.plan(few)
    assert planning.plan(few, accept_removals=True).cleared
    assert planning.plan(loaded).gone == ("a.txt", "河南/b.txt")


def test_a_missing_folder_is_an_error(ws: Workspace) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        planning.ingest(Workspace(ws.raw / "nowhere", ws.root))


@pytest.mark.long
def test_a_pin_decides_and_touches_no_other_file(loaded: Workspace) -> None:
    put(loaded, "c.txt", report("新华区人民政府", 2023, seed=3))
    run(loaded)
    assert is_idle(loaded)
    assert quarantined(loaded) == {"c.txt": "district-ambiguous"}
    put(loaded, OVERRIDES, "file,district_code,year,publisher,level,note\nc.txt,130105,,,,by phone\n")
    assert [raw.path for raw, _ in planning.plan(loaded).todo] == ["c.txt"]
    run(loaded)
    found = rows(loaded, "SELECT district_code, located_via FROM reports WHERE file_path = 'c.txt'")
    assert found == [("130105", "override")]
    (loaded.raw / OVERRIDES).unlink()
    assert [raw.path for raw, _ in planning.plan(loaded).todo] == ["c.txt"]


def test_a_mistake_in_the_overrides_stops_the_run_before_it_begins(loaded: Workspace) -> None:
    put(loaded, OVERRIDES, "file,district_code\na.txt,000001\n")
    with pytest.raises(InputError, match=r"line 2: the district code 000001 is in no year's list"):
        planning.ingest(loaded)


def test_other_code_makes_every_file_stale(loaded: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "fingerprint", lambda: "another")
    assert len(planning.plan(loaded).todo) == 2
