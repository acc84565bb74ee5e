"""What people are told of runs: by the real command and Dagster's daemon, to a webhook and a mail server on this machine.

In order: a run that breaks the contract throughout, one that nobody looks on, one in which a district is gone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from pipeline import alerts
from pipeline.runs.workspace import Workspace
from pipeline.settings import RAW_SETTING, WAREHOUSE_SETTING
from tests.terminal.test_ending import closed_pipe
from tests.test_alerts import Hook, Post, serving
from tests.workspace import HAIDIAN, SHIJIAZHUANG, XINHUA, dagster_home, is_idle, put, report, reports, workspace

BIN = Path(sys.executable).parent
WAIT_SECONDS = 250.0
# The contract guards against faults of the code: here every report gets a level that there is not.
FAULTY = """
import pandas as pd
from pipeline.runs import extraction
true = extraction.extract
def extract(ws, *rest):
    found = true(ws, *rest)
    for file in sorted(ws.work.glob("extracted/**/reports.parquet")):
        pd.read_parquet(file).assign(level="nonsense").astype({"level": "str"}).to_parquet(file)
    return found
extraction.extract = extract
"""


class Night:
    """Two folders, Dagster's home, and the two servers that alerts go to."""

    def __init__(self, folder: Path) -> None:
        self.ws: Workspace = workspace(folder)
        self.hook, self.post = Hook(), Post()
        self.env = {
            **os.environ,
            "DAGSTER_HOME": str(dagster_home(folder / "home")),
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "GX_ANALYTICS_ENABLED": "false",
            RAW_SETTING: str(self.ws.raw),
            WAREHOUSE_SETTING: str(self.ws.root),
            alerts.WEBHOOK: self.hook.url,
            alerts.SHAPE: "json",
            alerts.MAIL: "data@example.org",
            alerts.SMTP: f"smtp://127.0.0.1:{self.post.server_address[1]}",
        }

    def command(self, before: str = "") -> list[str]:
        return [sys.executable, "-c", f"{before}\nfrom assets.main import main; main()", "run"]

    def told(self) -> list[tuple[str, str]]:
        """What arrived since the last time, by kind; and that the e-mails say the same."""
        bodies = [body for _, body in self.hook.posted if isinstance(body, dict)]
        mails = [message_from_bytes(mail, policy=policy.default) for mail in self.post.mails]
        assert [mail["Subject"] for mail in mails] == [body["title"] for body in bodies]
        for mail, body in zip(mails, bodies, strict=True):
            assert body["text"] in str(mail.get_content())
        self.hook.posted.clear()
        self.post.mails.clear()
        return [(body["kind"], body["text"]) for body in bodies]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    night = Night(tmp_path_factory.mktemp("night"))
    with serving(night.hook), serving(night.post):
        yield night


@pytest.mark.long
def test_a_contract_that_is_broken_throughout_is_told(night: Night) -> None:
    for name, publisher in (("a.txt", XINHUA), ("b.txt", HAIDIAN), ("c.txt", SHIJIAZHUANG)):
        put(night.ws, name, report(publisher, 2023))
    line = night.command(FAULTY)
    done = subprocess.run(line, capture_output=True, text=True, env=night.env, timeout=240, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    ((kind, text),) = night.told()
    assert kind == "check-blocked"
    assert text.startswith("disclosure run: ")
    assert not night.ws.warehouse.published.exists()


@pytest.mark.long
def test_a_run_that_nobody_looks_on_does_its_work(night: Night) -> None:
    pipe = closed_pipe()
    done = subprocess.run(night.command(), stdout=pipe, stderr=pipe, env=night.env, timeout=240, check=False)
    os.close(pipe)
    assert done.returncode == 0
    assert len(reports(night.ws)) == 3
    assert is_idle(night.ws)
    assert night.told() == []


@pytest.mark.long
def test_a_district_that_has_vanished_is_told(night: Night) -> None:
    (night.ws.raw / "a.txt").unlink()
    done = subprocess.run(night.command(), capture_output=True, text=True, env=night.env, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    ((kind, text),) = night.told()
    assert kind == "vanished"
    assert "no report is left of district 410402" in text


@contextmanager
def _daemon(night: Night) -> Iterator[Path]:
    """Dagster's daemon with the project's sensors, and its log."""
    log = night.ws.root.parent / "daemon.log"
    line = [str(BIN / "dagster-daemon"), "run", "--module-name", "assets.definitions"]
    with log.open("wb") as out:
        process = subprocess.Popen(line, stdout=out, stderr=subprocess.STDOUT, env=night.env)
        try:
            yield log
        finally:
            process.terminate()
            process.wait(60)


def _wait_until(look: object) -> None:
    latest = time.monotonic() + WAIT_SECONDS
    while not look():  # type: ignore[operator]
        assert time.monotonic() < latest, look
        time.sleep(1)


@pytest.mark.longest
def test_the_daemon_tells_of_a_run_of_its_own_that_failed(night: Night) -> None:
    """The sensor `run_failed` of the real daemon, on from the start; it tells of no run before its first look."""
    obstacle = night.ws.work / "extracted"
    with _daemon(night) as log:
        _wait_until(lambda: "run_failed" in log.read_text("utf-8"))
        shutil.rmtree(obstacle, ignore_errors=True)
        obstacle.parent.mkdir(parents=True, exist_ok=True)
        obstacle.write_text("a file where a folder belongs", "utf-8")
        put(night.ws, "d.txt", report(XINHUA, 2022))
        line = [str(BIN / "dagster"), "job", "launch", "--module-name", "assets.definitions", "--job", "refresh"]
        done = subprocess.run(line, capture_output=True, text=True, env=night.env, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        _wait_until(lambda: night.post.mails)
    obstacle.unlink()
    ((kind, text),) = night.told()
    assert (kind, text.split(":")[0]) == ("run-failed", "refresh")
