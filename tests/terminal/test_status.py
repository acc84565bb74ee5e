"""`disclosure status --json`, as a monitor reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.runs import run_report
from pipeline.runs.workspace import Workspace
from pipeline.terminal.command import cli
from tests import warehouse_rows as rows
from tests.warehouse.views import publish


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    (tmp_path / "raw").mkdir()
    publish(tmp_path / "warehouse", rows.report("甲", cells=[(3, "1", "total")]))
    return Workspace(tmp_path / "raw", tmp_path / "warehouse")


def _status(ws: Workspace) -> tuple[int, dict[str, Any]]:
    given = ["status", "--json", "--raw", str(ws.raw), "--warehouse", str(ws.warehouse.root)]
    found = CliRunner().invoke(cli, given)
    return found.exit_code, json.loads(found.stdout)


def _refuse(ws: Workspace, loaded: int, refused: int) -> None:
    """Note files as a run does, and publish again."""
    names = [f"{n}.txt" for n in range(loaded)], tuple(f"x{n}.txt" for n in range(refused))
    with ws.warehouse.writer() as writer:
        known = {**rows.dimensions(), **rows.knowledge()}
        writer.record(rows.files(*names), rows.quarantine(names[1]), known, [], ())
    ws.warehouse.publish()


def test_all_is_well(ws: Workspace) -> None:
    code, found = _status(ws)
    assert (code, found["exit_status"]) == (0, 0)
    assert (found["reports"], found["quarantined"], found["waiting"], found["run"]) == (1, 0, 0, "idle")
    assert (found["last_outcome"], found["failures"]) == (None, {})
    assert Path(found["published"]).is_file()


@pytest.mark.parametrize(("refused", "setting", "code"), [(1, "50", 0), (1, "5", 3), (0, "0", 0), (1, "0", 3)])
def test_many_files_in_quarantine(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, refused: int, setting: str, code: int
) -> None:
    monkeypatch.setenv("DISCLOSURE_QUARANTINE_PERCENT", setting)
    _refuse(ws, 2, refused)
    assert _status(ws)[0] == code
    assert sum(_status(ws)[1]["reasons"].values()) == refused


def test_a_run_that_failed(ws: Workspace) -> None:
    run_report.begin(ws.work)
    run_report.fail(ws.work, "loading 2023", "the disk is full")
    run_report.close(ws.work, run_report.ended(ws.work, failed=True))
    code, found = _status(ws)
    assert code == 4
    assert (found["last_outcome"], found["failures"]) == ("failed", {"loading 2023": "the disk is full"})
