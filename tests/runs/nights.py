"""Workers that are killed or slow where a test says so, and what nights over a folder with them publish."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from pipeline.document import RawFile
from pipeline.issues import reason_sentence
from pipeline.parsed import Refusal
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin
from pipeline.runs.file_result import FileResult, gave_up, read_and_tabulate
from pipeline.runs.limits import Limits
from pipeline.runs.workspace import Workspace
from tests.workspace import HAIDIAN, SHIJIAZHUANG, XINHUA, first_run, put, report, rows

PUBLISHERS = (XINHUA, HAIDIAN, SHIJIAZHUANG)
LIMITS = Limits(seconds=2, wall_seconds=20, memory_bytes=2**31, workers=2)
STEADY = ("reports", "facts", "sections", "report_versions", "facts_history", "issues", "balances")


def three_loaded(ws: Workspace) -> None:
    """A report of each publisher in a new workspace, loaded and published."""
    for name, publisher in zip("abc", PUBLISHERS, strict=True):
        put(ws, f"{name}.txt", report(publisher, 2023))
    first_run(ws)


def published(ws: Workspace) -> list[tuple[object, ...]]:
    """Every row of the tables that hold what reports say, and of their history."""
    every = " UNION ALL ".join(f"SELECT '{name}', t::VARCHAR FROM {name} t" for name in STEADY)
    return rows(ws, f"{every} ORDER BY ALL")


REASONS = {".killed": "reader-failed", ".slow": "too-slow", ".hungry": "too-much-memory"}


def trouble(ws: Workspace, name: str, kind: str, times: int = 1) -> None:
    """From now on reading a file of this name fails so often: `killed`, `slow` or `hungry`."""
    folder = ws.root.parent / "trouble"
    folder.mkdir(exist_ok=True)
    for number in range(times):
        (folder / f"{name}.{kind}.{number}").touch()


def refused(raw_dir: Folder, raw: RawFile, pin: Pin | None) -> FileResult:
    """Without a worker: read a file; where trouble is made for it, as it comes back where a worker fails."""
    made = _trouble(raw_dir, raw)
    if made:
        made.unlink()
        reason = REASONS[made.suffixes[-2]]
        return gave_up(raw, Refusal("read", reason, reason_sentence(reason, "so it happened")))
    return read_and_tabulate(raw_dir, raw, pin)


def _trouble(raw_dir: Folder, raw: RawFile) -> Path | None:
    return next(iter(sorted((Path(str(raw_dir)).parent / "trouble").glob(f"{Path(raw.path).name}.*"))), None)


def troubled(raw_dir: Folder, raw: RawFile, pin: Pin | None) -> FileResult:
    """In a worker: read a file, unless trouble is made for it."""
    made = _trouble(raw_dir, raw)
    if made:
        made.unlink()
        match made.suffixes[-2]:
            case ".killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case ".slow":
                until = time.process_time() + 60
                while time.process_time() < until:
                    pass
            case ".hungry":
                bytearray(2**32)
    return read_and_tabulate(raw_dir, raw, pin)
