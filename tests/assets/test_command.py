"""The command as a person uses it: one process for each call, with Dagster's home beside the warehouse."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.command import cli
from pipeline.alerts import WEBHOOK
from pipeline.runs.workspace import state
from pipeline.settings import RAW, RAW_SETTING, WAREHOUSE_SETTING
from tests.test_alerts import Hook, serving
from tests.workspace import CODES, HAIDIAN, XINHUA, dagster_home, put, report, tree, workspace
from tests.workspace import first_run as loaded

MAIN = "from assets.command import main; main()"


class Desk:
    """A folder with reports, and the command to use on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ws = workspace(folder)
        self.home = dagster_home(folder / "home")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-c", MAIN, *arguments]
        if arguments[0] in ("run", "status"):
            line += ["--raw", str(self.ws.raw), "--warehouse", str(self.ws.root)]
        env = {**os.environ, "DAGSTER_HOME": str(self.home), "COLUMNS": "200"}
        pipe = subprocess.PIPE
        return subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True, env=env, cwd=self.folder)

    def call(self, *arguments: str) -> tuple[int, str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two reports and a file that is none; nothing loaded yet."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    put(desk.ws, "a.txt", report(XINHUA, 2023))
    put(desk.ws, "河南/b.txt", report(HAIDIAN, 2022))
    put(desk.ws, "broken.txt", "no report")
    return desk


@pytest.fixture(scope="module")
def first_run(desk: Desk) -> tuple[int, str, str]:
    """The first run that is left to end, after one was killed in the middle of a stage.

    The killed one leaves Dagster a run under way and the place in the pool taken.
    """
    process = desk.start("run")
    deadline = time.monotonic() + 60
    while state(desk.ws).stage != "extracted" and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert state(desk.ws).stage == "extracted"
    return desk.call("run")


# In order: before the first run, the run, and what follows.


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--help",), 0, "run"),
        (("run", "--help"), 0, "Exit status"),
        (("run", "--nonsense"), 2, "No such option"),
        (("nonsense",), 2, "No such command"),
        (("backfill", "--years", "2021-2019"), 2, "'2021-2019' is neither a year nor a span of years"),
        (("backfill", "--years", "1999"), 2, "1999"),
        (("status", "--warehouse", "nowhere"), 1, "nothing has been published in nowhere yet"),
    ],
)
def test_usage(arguments: tuple[str, ...], code: int, said: str) -> None:
    found = CliRunner().invoke(cli, arguments)
    assert found.exit_code == code
    assert said in found.output


@pytest.mark.parametrize(
    ("setting", "option", "place"),
    [
        (None, (), RAW),
        ("", (), RAW),
        ("/set", (), Path("/set")),
        ("/set", ("--raw", "/asked"), Path("/asked")),
        (None, ("--raw", "/asked"), Path("/asked")),
    ],
)
def test_where_the_reports_are(setting: str | None, option: tuple[str, ...], place: Path) -> None:
    found = CliRunner().invoke(cli, ["explain", "nothing.txt", *option], env={RAW_SETTING: setting})
    assert found.exit_code == 1
    assert f"is not a file here or under {place}, " in found.output


@pytest.mark.parametrize(
    ("setting", "option", "place"),
    [("/set", (), "/set"), ("/set", ("--warehouse", "asked"), "asked"), (None, ("--warehouse", "/asked"), "/asked")],
)
def test_where_the_warehouse_is(setting: str | None, option: tuple[str, ...], place: str) -> None:
    found = CliRunner().invoke(cli, ["status", *option], env={WAREHOUSE_SETTING: setting})
    assert found.exit_code == 1
    assert f"nothing has been published in {place} yet" in found.output


@pytest.mark.parametrize("given", ["s3://bucket/w", __file__])
def test_a_warehouse_that_is_no_folder_is_told(given: str) -> None:
    for option, setting in ((("--warehouse", given), None), ((), given)):
        found = CliRunner().invoke(cli, ["status", *option], env={WAREHOUSE_SETTING: setting})
        assert found.exit_code == 2
        assert "Invalid value for '--warehouse': " in found.output


def test_a_setting_that_is_no_place_is_told() -> None:
    found = CliRunner().invoke(cli, ["status"], env={RAW_SETTING: "abcd://x/y"})
    assert found.exit_code == 2
    assert "Invalid value for '--raw': abcd://x/y" in found.output


def test_errors_are_one_line_and_exit_status_1(desk: Desk) -> None:
    pins = desk.ws.raw / "overrides.csv"
    pins.write_text("file,county\n", encoding="utf-8")
    code, out, err = desk.call("run")
    pins.unlink()
    assert (code, out) == (1, "")
    assert err.startswith("Error: overrides.csv, line 1: unknown column 'county'")
    assert len(err.splitlines()) == 1


@pytest.mark.long
def test_a_failing_asset_is_told_in_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = Hook()
    monkeypatch.setenv(WEBHOOK, hook.url)
    obstacle = desk.ws.work / "extracted"
    obstacle.parent.mkdir(parents=True)
    obstacle.write_text("a file where a folder belongs", encoding="utf-8")
    with serving(hook):
        code, out, err = desk.call("run")
    obstacle.unlink()
    ((_, body),) = hook.posted
    assert isinstance(body, dict)
    assert body["kind"] == "run-failed"
    assert body["text"].startswith("disclosure run: extracted_reports: ")
    assert (code, out) == (1, "")
    last = err.splitlines()[-1]
    assert last.startswith("Error: extracted_reports: ")
    assert "error.txt" in last
    assert "Traceback" not in err
    assert "Stack Trace" in (desk.ws.work / "error.txt").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_setting_that_is_no_number_is_told_in_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCLOSURE_DOCUMENTS_BYTES", "much")
    code, out, err = desk.call("run")
    assert (code, out) == (1, "")
    assert [line for line in err.splitlines() if "DISCLOSURE_DOCUMENTS_BYTES" in line] == [err.splitlines()[-1]]
    sentence = "DISCLOSURE_DOCUMENTS_BYTES must be a whole number from 0 on, not 'much'"
    assert err.splitlines()[-1].startswith(f"Error: extracted_reports: {sentence} (details: ")
    assert "Traceback" not in err


@pytest.mark.long
def test_a_run_ends_with_what_is_loaded_and_heals_a_killed_one(desk: Desk, first_run: tuple[int, str, str]) -> None:
    code, out, err = first_run
    assert code == 0, err
    assert XINHUA in out
    assert f"{CODES[HAIDIAN]} 海淀区" in out
    assert "2 reports, 400 facts" in out
    assert "disclosure.duckdb" in out
    assert "FROM requests" in out
    assert "Warning: 1 file in quarantine" in err
    assert "broken.txt: not-a-report" in err
    assert "DEBUG" not in err
    assert (desk.ws.root / "docs" / "index.html").exists()
    assert list(desk.home.rglob("*.err")) == []  # what the command prints goes to the terminal alone
    assert not (desk.ws.work / "error.txt").exists()


@pytest.mark.long
@pytest.mark.usefixtures("first_run")
def test_an_idle_run_and_status_change_no_file(desk: Desk) -> None:
    before = tree(desk.folder)
    code, out, _ = desk.call("run")
    assert code == 0
    assert "Nothing has changed: 3 files" in out
    assert "2 reports, 400 facts" in out
    code, out, _ = desk.call("status")
    assert code == 0
    assert "2 loaded, 1 quarantined" in out
    assert "1 × not-a-report" in out
    assert tree(desk.folder) == before


@pytest.mark.parametrize("verb", ["status", "run"])
def test_nothing_heavy_is_imported_for_an_idle_run(verb: str, tmp_path: Path) -> None:
    """Nor what only other verbs need."""
    ws = workspace(tmp_path)
    put(ws, "a.txt", report(XINHUA, 2023))
    loaded(ws)
    code = (
        "import sys\n"
        "from assets.command import cli\n"
        f"cli(['{verb}', '--raw', sys.argv[1], '--warehouse', sys.argv[2]], standalone_mode=False)\n"
        "heavy = {'dagster', 'pandas', 'great_expectations', 'pyarrow', 'numpy'} & set(sys.modules)\n"
        "heavy |= {'pipeline.parse', 'pipeline.explain', 'pipeline.site', 'pipeline.readers.pdf'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    line = [sys.executable, "-c", code, str(ws.raw), str(ws.root)]
    found = subprocess.run(line, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
