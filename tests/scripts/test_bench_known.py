"""The nights that are measured are idle but for the files that were changed for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.runs import planning
from scripts import bench_known
from scripts.bench_scale import Project
from tests.workspace import XINHUA, is_idle, put, report, run, workspace


@pytest.mark.long
def test_files_that_are_only_known_make_no_work_until_they_change(tmp_path: Path) -> None:
    ws, project = workspace(tmp_path / "data"), Project(tmp_path)
    put(ws, "a.txt", report(XINHUA, 2023))
    run(ws)
    bench_known.put_known(project, 120)
    assert is_idle(ws)
    assert planning.plan(ws).files == 121
    bench_known.change(project.raw, 2)
    assert [Path(raw.path).parent.name for raw, _ in planning.plan(ws).todo] == ["2019", "2020"]
