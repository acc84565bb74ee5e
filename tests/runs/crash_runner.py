"""Runs in processes of their own that may be killed: one process imports everything and forks one for each run.

Each line on its standard input is a run: JSON with `raw`, `root`, `day` and `alone`. For each it prints the number
of the process at once, and in the end a line with its number and exit status. What a run says goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet  # noqa: F401  # imported here once, and not in every run

from pipeline.runs import (
    extraction,
    loading,
    planning,
    publication,
    validation,
    workers,  # noqa: F401
)
from pipeline.runs.workspace import StageError, Workspace, only_run, state
from pipeline.warehouse import WarehouseError
from tests.workspace import HERE, accept


def run(ws: Workspace, *, alone: bool) -> None:
    """All stages, year by year as the command loads them."""
    with only_run(ws) if alone else nullcontext():
        planning.ingest(ws)
        extraction.extract(ws)
        validation.validate(ws, accept)
        for year in sorted({year for _, year in state(ws).pending}):
            loading.load(ws, [key for key in state(ws).pending if key[1] == year])
        publication.publish(ws)


def child(task: dict[str, Any]) -> int:
    os.setpgid(0, 0)
    day = date.fromisoformat(task["day"])
    try:
        run(Workspace(Path(task["raw"]), Path(task["root"]), lambda: day, limits=HERE), alone=task["alone"])
    except (StageError, WarehouseError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def wait_for(pid: int) -> None:
    _, status = os.waitpid(pid, 0)
    print("ended", pid, os.waitstatus_to_exitcode(status), flush=True)


def main() -> None:
    for line in sys.stdin:
        task = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os._exit(child(task))
        print("began", pid, flush=True)
        threading.Thread(target=wait_for, args=(pid,)).start()


if __name__ == "__main__":
    main()
