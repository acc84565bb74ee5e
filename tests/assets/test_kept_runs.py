"""The database of Dagster's runs while it is kept open: no wait for the disk, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from assets.kept_runs import RUNS, runs_kept_open

KILLED = """
import os, signal, sys
from pathlib import Path
import dagster as dg
from assets.kept_runs import runs_kept_open
from tests.assets.test_kept_runs import nothing
home = sys.argv[1]
with dg.DagsterInstance.local_temp(home) as instance, runs_kept_open(Path(home)):
    nothing.execute_in_process(instance=instance)
    os.kill(os.getpid(), signal.SIGKILL)
"""
WAITS_AT_EACH, WAITS_RARELY = 2, 1


@dg.job
def nothing() -> None:
    """A job without steps."""


def synchronous(instance: dg.DagsterInstance) -> int:
    with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]  # that of SQLite has it
        return int(connection.exec_driver_sql("PRAGMA synchronous").scalar())


def test_notes_wait_for_no_disk_and_are_put_in_their_place_at_the_end(tmp_path: Path) -> None:
    log = tmp_path / f"{RUNS}-wal"
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        with runs_kept_open(tmp_path):
            assert nothing.execute_in_process(instance=instance).success
            assert synchronous(instance) == WAITS_RARELY
            assert log.stat().st_size
        assert not log.exists()
        assert synchronous(instance) == WAITS_AT_EACH
        assert len(instance.get_runs()) == 1


def test_a_process_that_is_killed_loses_no_note(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    line = [sys.executable, "-c", KILLED, str(tmp_path)]
    done = subprocess.run(line, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.SUCCESS]


@pytest.mark.parametrize("damage", ["gone", "spoilt"])
def test_where_there_is_no_such_database_nothing_is_kept(damage: str, tmp_path: Path) -> None:
    if damage == "spoilt":
        (tmp_path / RUNS).parent.mkdir()
        (tmp_path / RUNS).write_bytes(b"no database at all " * 500)
    with runs_kept_open(tmp_path):
        assert not (tmp_path / f"{RUNS}-wal").exists()
