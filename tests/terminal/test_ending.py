"""The command where nobody reads on what it prints, as `head` after its lines; runs: tests/assets/test_alerts_of_runs.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warehouse_rows as rows
from tests.warehouse.views import publish
from tests.workspace import HAIDIAN, report

MAIN = "from assets.main import main; main()"
SIGPIPE_STATUS = 141
# Of a process that frees what it has in memory, the last thing that it frees says so.
LEAVING = """
import atexit, os, threading, time
from pipeline.terminal.ending import leave
class Kept:
    write = os.write
    def __del__(self):
        self.write(1, b"freed ")
kept = Kept()
atexit.register(print, "registered", end=" ")
threading.Thread(target=time.sleep, args=[{seconds}], daemon={daemon}).start()
print("said", end=" ")
leave({status})
print("on", end=" ")
"""
LINES = 200_000  # more than a pipe holds
CALLS = [
    ("status",),
    ("status", "--json"),
    ("sql", f"SELECT range AS number FROM range({LINES})", "--format", "csv"),
    ("sql", "SELECT * FROM requests"),
    ("extract", "report.txt"),
    ("explain", "report.txt"),
    ("--help",),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("ending")
    (there / "raw").mkdir()
    (there / "report.txt").write_text(report(HAIDIAN, 2023), "utf-8")
    publish(there / "warehouse", rows.report("甲", cells=[(3, "1", "total")]))
    return there


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DISCLOSURE_RAW": str(folder / "raw"),
        "DISCLOSURE_WAREHOUSE": str(folder / "warehouse"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def closed_pipe() -> int:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.one_case
@pytest.mark.parametrize("call", CALLS, ids=lambda call: " ".join(call[:1] + call[-1:]))
def test_an_answer_that_nobody_reads_ends_in_silence(call: tuple[str, ...], folder: Path) -> None:
    line, pipe = [sys.executable, "-c", MAIN, *call], closed_pipe()
    try:
        done = subprocess.run(
            line, stdout=pipe, stderr=subprocess.PIPE, cwd=folder, env=_environment(folder), timeout=120, check=False
        )
    finally:
        os.close(pipe)
    assert (done.returncode, done.stderr) == (SIGPIPE_STATUS, b"")


def test_an_export_that_nobody_hears_of_is_there_in_whole(folder: Path, tmp_path: Path) -> None:
    file, pipe = tmp_path / "a.csv", closed_pipe()
    line = [sys.executable, "-c", MAIN, "export", "requests", "-o", str(file)]
    try:
        done = subprocess.run(line, stdout=pipe, stderr=pipe, env=_environment(folder), timeout=120, check=False)
    finally:
        os.close(pipe)
    assert done.returncode == SIGPIPE_STATUS
    assert [found.name for found in tmp_path.iterdir()] == ["a.csv"]
    assert len(file.read_text("utf-8-sig").splitlines()) == 2


def test_a_reader_who_takes_some_lines_gets_them(folder: Path) -> None:
    line = [sys.executable, "-c", MAIN, *CALLS[2]]
    pipe = subprocess.PIPE
    with subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True, env=_environment(folder)) as process:
        assert process.stdout
        assert process.stderr
        assert [next(process.stdout) for _ in range(3)] == ["number\n", "0\n", "1\n"]
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == SIGPIPE_STATUS


@pytest.mark.parametrize(
    ("status", "daemon", "said", "returned"),
    [
        ("0", True, "said registered ", 0),
        ("None", True, "said registered ", 0),
        ("3", True, "said registered ", 3),
        ("'a sentence'", True, "said on registered freed ", 0),
        ("0", False, "said on registered freed ", 0),
    ],
)
def test_a_process_that_leaves_frees_nothing_and_does_what_is_registered(
    status: str, daemon: bool, said: str, returned: int
) -> None:
    code = LEAVING.format(status=status, daemon=daemon, seconds=60 if daemon else 0.2)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.stderr, done.returncode, done.stdout) == ("", returned, said)
