"""The pool: order kept, limits named, a killed or hanging worker costs one file."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.document import RawFile
from pipeline.parsed import Parsed
from pipeline.raw.folder import InputError
from pipeline.raw.overrides import Pin
from pipeline.runs.file_result import gave_up, read_and_tabulate
from pipeline.runs.limits import Limits
from pipeline.runs.workers import (
    EXECUTOR,
    PRELOADED,
    Task,
    parse_all,
    preloaded_for,
    read_and_parse,
    work_all,
    workers_ready,
)
from tests.conftest import SAMPLES

LIMITS = Limits(seconds=2, memory_bytes=2**30, workers=2, wall_seconds=5)


def misbehave(raw_dir: Path, raw: RawFile, pin: Pin | None) -> Parsed:
    """What the file's name says, in a worker."""
    match raw.name:
        case "hangs.txt":
            time.sleep(60)
        case "spins.txt":
            while True:
                pass
        case "kills.txt":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exits.txt":
            os._exit(7)
        case "eats.txt":
            bytearray(4 * 2**30)
    return read_and_parse(raw_dir, raw, pin)


def _tasks(folder: Path, names: list[str]) -> list[Task]:
    data = SAMPLES[0].read_bytes()
    for name in names:
        (folder / name).write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    return [(RawFile(name, len(data), 0, sha256), None) for name in names]


def _said(found: Parsed | OSError) -> str:
    if isinstance(found, OSError):
        return "unreadable"
    return found.refusal.reason if found.refusal else f"{len(found.facts)} facts"


@pytest.fixture(params=["local", "dask:local"])
def executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the workers are."""
    if request.param.startswith("dask"):
        pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install -e '.[dask]'")
    monkeypatch.setenv(EXECUTOR, request.param)
    return str(request.param)


@pytest.mark.long
def test_files_come_back_in_order_and_a_bad_one_costs_nothing_else(tmp_path: Path, executor: str) -> None:
    names = [f"{i}.txt" for i in range(12)]
    for at, name in ((2, "hangs.txt"), (3, "spins.txt"), (5, "kills.txt"), (8, "eats.txt"), (11, "exits.txt")):
        names.insert(at, name)
    found = [(raw.name, _said(p)) for raw, p in parse_all(tmp_path, _tasks(tmp_path, names), LIMITS, misbehave)]
    said = {
        "hangs.txt": "too-slow",
        "spins.txt": "too-slow",
        "kills.txt": "reader-failed",
        "eats.txt": "too-much-memory",
        "exits.txt": "reader-failed",
    }
    assert found == [(name, said.get(name, "200 facts")) for name in names]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_file_that_went_away_is_an_error_of_its_own(tmp_path: Path, workers: int) -> None:
    tasks = _tasks(tmp_path, ["a.txt", "b.txt", "c.txt"])
    (tmp_path / "b.txt").unlink()
    (tmp_path / "c.txt").write_bytes(b"changed meanwhile")
    limits = Limits(workers=workers)
    assert [_said(p) for _, p in parse_all(tmp_path, tasks, limits)] == ["200 facts", "unreadable", "unreadable"]


def test_no_files_need_no_pool(tmp_path: Path) -> None:
    assert list(parse_all(tmp_path, [], LIMITS)) == []


def test_workers_that_die_together_cost_their_files_alone(tmp_path: Path) -> None:
    names = [*(f"{i}/kills.txt" for i in range(4)), "good.txt", *(f"{i}/exits.txt" for i in range(4)), "last.txt"]
    for i in range(4):
        (tmp_path / str(i)).mkdir()
    found = [(raw.path, _said(p)) for raw, p in parse_all(tmp_path, _tasks(tmp_path, names), LIMITS, misbehave)]
    assert found == [(n, "200 facts" if n in ("good.txt", "last.txt") else "reader-failed") for n in names]


def test_workers_that_are_killed_idle_or_at_work_cost_the_file_they_had(tmp_path: Path) -> None:
    """All of them at once, again and again: each other file still gives its facts, and nothing waits."""
    names = [f"{i}.txt" for i in range(40)]
    found = []
    for number, (raw, parsed) in enumerate(parse_all(tmp_path, _tasks(tmp_path, names), LIMITS)):
        found.append((raw.name, _said(parsed)))
        if number % 10 == 0:
            for process in multiprocessing.active_children():
                if process.pid:
                    os.kill(process.pid, signal.SIGKILL)
    assert [name for name, _ in found] == names
    said = [one for _, one in found]
    assert set(said) <= {"200 facts", "reader-failed"}
    assert said.count("reader-failed") <= 2 * 4


@pytest.mark.long
def test_files_that_are_lost_on_a_cluster_are_errors_too(tmp_path: Path, executor: str) -> None:
    tasks = _tasks(tmp_path, ["a.txt", "b.txt"])
    (tmp_path / "a.txt").unlink()
    found = list(work_all(tmp_path, tasks, read_and_tabulate, gave_up, LIMITS))
    assert [raw.name for raw, _ in found] == ["a.txt", "b.txt"]
    assert isinstance(found[0][1], OSError)
    assert not isinstance(found[1][1], OSError)
    assert len(found[1][1].columns["facts"][0]) == 200


@pytest.mark.long
def test_a_cluster_that_runs_already_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dask = pytest.importorskip("dask", reason="dask.distributed is not installed: pip install -e '.[dask]'")
    distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster,
    ):
        monkeypatch.setenv(EXECUTOR, f"dask:{cluster.scheduler_address}")
        names = ["a.txt", "kills.txt", "b.txt"]
        found = [_said(p) for _, p in parse_all(tmp_path, _tasks(tmp_path, names), LIMITS, misbehave)]
    assert found == ["200 facts", "reader-failed", "200 facts"]


@pytest.mark.parametrize("setting", ["dask", "dask:", "celery", "local:2"])
def test_a_setting_that_names_no_executor_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(EXECUTOR, setting)
    with pytest.raises(InputError, match=EXECUTOR):
        list(parse_all(tmp_path, _tasks(tmp_path, ["a.txt"]), LIMITS))


def test_nothing_is_read_beforehand_for_a_few_files() -> None:
    assert preloaded_for(1) == PRELOADED[:1]
    assert preloaded_for(1000) == PRELOADED


def tell_process(raw_dir: Path, raw: RawFile, pin: Pin | None) -> int:
    return os.getpid()


def _processes_of(folder: Path, limits: Limits) -> set[int]:
    found = work_all(folder, _tasks(folder, ["a.txt", "b.txt"]), tell_process, lambda raw, refusal: -1, limits)
    return {process for _, process in found if isinstance(process, int)}


def _there(number: int) -> set[int]:
    """The processes that this one has started, once there are so many."""
    until = time.monotonic() + 60
    while len(found := multiprocessing.active_children()) < number and time.monotonic() < until:
        time.sleep(0.01)
    return {process.pid for process in found if process.pid}


def test_workers_that_got_ready_read_the_first_files_and_end_with_them(tmp_path: Path) -> None:
    with workers_ready(2, LIMITS):
        ready = _there(2)
        assert len(ready) == 2
        assert _processes_of(tmp_path, LIMITS) <= ready
        assert not multiprocessing.active_children()
        assert _processes_of(tmp_path, LIMITS).isdisjoint(ready)


def test_workers_that_got_ready_for_nothing_end_too(tmp_path: Path) -> None:
    with workers_ready(1, LIMITS):
        ready = _there(1)
        assert _processes_of(tmp_path, LIMITS.alone).isdisjoint(ready)  # other limits
        assert _there(1) == ready
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(
    ("files", "workers", "executor"), [(0, 2, ""), (1000, 2, ""), (1, 0, ""), (1, 2, "dask:local")]
)
def test_no_workers_get_ready_where_none_are_needed(
    files: int, workers: int, executor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EXECUTOR, executor)
    with workers_ready(files, Limits(workers=workers)):
        time.sleep(0.5)
        assert not multiprocessing.active_children()


def test_a_worker_gets_ready_by_reading_a_form() -> None:
    code = "from pipeline.runs.workers import get_ready; get_ready(); import sys; print('pipeline.matching' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == ("True\n", "")
