"""Where the command begins, and how it ends when it is told to, or when there is no room or no database."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import click
import dagster as dg
import pytest

from assets.execution import _one_line, _running
from assets.project import DAGSTER_HOME
from pipeline.runs.workspace import StageError
from pipeline.terminal.failures import for_people, traces
from pipeline.terminal.screen import Screen
from tests.workspace import XINHUA, put, report, workspace

READY = "print('ready', flush=True)"
AT_START_UP = f"""
import sys, time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "assets.command":
            {READY}
            time.sleep(60)
sys.meta_path.insert(0, Slow())
from assets.main import main
main()
"""
IN_C_CODE = f"""
from pipeline.terminal.ending import end_in_a_sentence
end_in_a_sentence()
import duckdb
{READY}
duckdb.connect().execute("SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b").fetchall()
"""
WHILE_DAGSTER_PUTS_SIGNALS_OFF = f"""
import time
from pipeline.terminal.ending import end_in_a_sentence
end_in_a_sentence()
from dagster._utils.interrupts import capture_interrupts
with capture_interrupts():
    {READY}
    time.sleep(60)
"""
MOMENTS = {
    "at start-up": AT_START_UP,
    "in C code": IN_C_CODE,
    "while Dagster puts signals off": WHILE_DAGSTER_PUTS_SIGNALS_OFF,
}
SENTENCE = "Ended by {}. What is published stays as it was; the next run does what is left.\n"


AFTER_DAGSTER = f"""
import time
from pipeline.terminal.ending import end_in_a_sentence
end_in_a_sentence()
from dagster._utils.interrupts import capture_interrupts
with capture_interrupts():
    pass
{READY}
time.sleep(60)
"""


def hear_both() -> None:
    """Undo what a shell does to a command in the background, and with it to its tests: it ignores Ctrl-C.

    Dagster makes SIGTERM in the process of the tests what Ctrl-C is there.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def as_in_background() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    ("number", "status", "name"), [(signal.SIGINT, 130, "Ctrl-C"), (signal.SIGTERM, 143, "SIGTERM")]
)
def test_a_signal_ends_the_command_with_one_sentence(
    moment: str, number: signal.Signals, status: int, name: str
) -> None:
    line = [sys.executable, "-c", MOMENTS[moment], "run"]
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=hear_both
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (status, "", SENTENCE.format(name))


def test_in_the_background_ctrl_c_stays_ignored_and_sigterm_ends_what_dagster_has_run() -> None:
    line, pipe = [sys.executable, "-c", AFTER_DAGSTER, "run"], subprocess.PIPE
    with subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True, preexec_fn=as_in_background) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.send_signal(signal.SIGINT)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=1)
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, err) == (143, SENTENCE.format("SIGTERM"))


@pytest.mark.parametrize("module", ["assets.main", "assets.command"])
@pytest.mark.one_case
def test_the_modules_are_the_command_too(module: str) -> None:
    line = [sys.executable, "-m", module, "nonsense"]
    found = subprocess.run(line, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "No such command 'nonsense'" in found.stderr


# --- A database of Dagster's that is damaged -------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of Dagster in which an instance has been opened."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copyfile(DAGSTER_HOME / "dagster.yaml", folder / "dagster.yaml")
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    with dg.DagsterInstance.get() as instance:
        assert instance.get_runs() == []
    return folder


@pytest.mark.parametrize("name", ["schedules/schedules.db", "history/runs.db", "history/runs/index.db"])
@pytest.mark.long
def test_a_damaged_database_of_dagster_is_told_in_a_sentence(home: Path, tmp_path: Path, name: str) -> None:
    file = home / name
    for beside in file.parent.glob(f"{file.name}-*"):
        beside.unlink()
    file.write_bytes(b"no database at all " * 500)
    with (
        pytest.raises(StageError, match=r"^Dagster's own database under .*home cannot be used .*run again$"),
        _running(workspace(tmp_path), lambda done, total: None),
    ):
        pass
    for folder in ("history", "schedules"):  # as the sentence says
        shutil.rmtree(home / folder)
    with _running(workspace(tmp_path), lambda done, total: None):
        pass


# --- No room ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
def test_want_of_room_is_one_sentence(code: int) -> None:
    with pytest.raises(click.ClickException) as caught, for_people(Screen()):
        raise OSError(code, os.strerror(code), "/data/a\x1b[2J.json")
    assert caught.value.exit_code == 1
    assert caught.value.message == (
        f"nothing can be written (/data/a\\x1b[2J.json): {os.strerror(code).lower()}. "
        "Make room and run again; what is published is as it was"
    )


def test_other_errors_of_the_system_are_ours_and_keep_their_trace() -> None:
    with pytest.raises(FileNotFoundError), for_people(Screen()):
        raise FileNotFoundError(errno.ENOENT, "No such file", "x")


def test_a_log_for_which_there_is_no_room_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ws = workspace(tmp_path)
    ws.work.mkdir(parents=True)
    with traces(ws):
        (ws.work / "log.txt").symlink_to("/dev/full")
        logging.getLogger("pipeline").warning("a warning")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("[Errno 28] No space left on device: 'x'", "[Errno 28] No space left on device: 'x'"),
        ("[Errno 28] No space left on device\nTraceback (most recent call last):\n  File", "[Errno 28] No space left on device"),
        ("Traceback (most recent call last):\n  File x\nOSError: no room\n", "OSError: no room"),
        ("", ""),
    ],
)  # fmt: skip
def test_of_an_error_with_its_trace_one_line_is_said(message: str, said: str) -> None:
    assert _one_line(message) == said


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop()), resource.RLIM_INFINITY))
from assets.main import main
main()
"""


@pytest.mark.long
@pytest.mark.usefixtures("home")
def test_a_run_without_room_ends_with_one_sentence(tmp_path: Path) -> None:
    """As on a full disk: the system lets files grow as Dagster's own need it, and no further."""
    ws = workspace(tmp_path)
    put(ws, "a.txt", report(XINHUA, 2023))
    line = [sys.executable, "-c", FULL, "run", "--raw", str(ws.raw), "--warehouse", str(ws.root), "150000"]
    found = subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)
    *before, last = found.stderr.splitlines()
    assert (found.returncode, found.stdout) == (1, "")
    assert last.startswith("Error: "), found.stderr
    assert all(said.startswith("· ") for said in before), found.stderr
