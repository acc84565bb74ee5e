"""The pool: order kept, limits named, a killed or hanging worker costs one file."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from pathlib import Path

import pytest

from pipeline.document import RawFile
from pipeline.fanout import Limits, Task, parse_all, read_and_parse
from pipeline.parse import Parsed
from pipeline.register import Pin
from tests.conftest import SAMPLES

LIMITS = Limits(seconds=3, memory_bytes=2**30, workers=2)


def misbehave(raw_dir: Path, raw: RawFile, pin: Pin | None) -> Parsed:
    """What the file's name says, in a worker."""
    match raw.name:
        case "hangs.txt":
            time.sleep(60)
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


def test_files_come_back_in_order_and_a_bad_one_costs_nothing_else(tmp_path: Path) -> None:
    names = [f"{i}.txt" for i in range(12)]
    for at, name in ((2, "hangs.txt"), (5, "kills.txt"), (8, "eats.txt"), (11, "exits.txt")):
        names.insert(at, name)
    found = [(raw.name, _said(p)) for raw, p in parse_all(tmp_path, _tasks(tmp_path, names), LIMITS, misbehave)]
    said = {
        "hangs.txt": "too-slow",
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
