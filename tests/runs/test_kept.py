"""What is loaded stays where a worker fails, or where a file holds nothing that can be read."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.frames import Frames
from pipeline.runs import batch_reading, planning
from pipeline.runs.plan import TRIES
from pipeline.runs.rejection import Judge, Outcome, judge_part
from pipeline.runs.workspace import Workspace
from pipeline.schema import VALIDATIONS
from pipeline.tables import frame
from tests.runs.nights import (
    LIMITS,
    REASONS,
    published,
    refused,
    three_loaded,
    trouble,
    troubled,
)
from tests.workspace import HAIDIAN, HERE, XINHUA, put, quarantined, report, rows, run, workspace

FIRST_DAY, LATER = date(2026, 3, 1), date(2026, 3, 9)
SINCE = "SELECT path, kept_since FROM quarantine"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    three_loaded(workspace(folder))
    return folder


@pytest.fixture
def ws(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Three reports, loaded and published; workers fail where `trouble` says so."""
    shutil.copytree(template, tmp_path, symlinks=True, dirs_exist_ok=True)
    monkeypatch.setattr(batch_reading, "reading_of", lambda ws: refused)
    return Workspace(tmp_path / "raw", tmp_path / "warehouse", clock=lambda: FIRST_DAY, limits=HERE)


# --- A worker fails --------------------------------------------------------------------------------


@pytest.mark.long
def test_a_file_that_a_worker_fails_on_once_is_read_at_the_end_of_the_run(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With workers that are killed, and that break their limits."""
    ws = replace(ws, limits=LIMITS)
    monkeypatch.setattr(batch_reading, "reading_of", lambda ws: troubled)
    before = published(ws)
    for name, kind in (("a.txt", "killed"), ("b.txt", "slow"), ("c.txt", "hungry")):
        trouble(ws, name, kind)
    run(ws, again=True)
    assert (published(ws), quarantined(ws)) == (before, {})
    assert planning.plan(ws).idle


@pytest.mark.long
@pytest.mark.parametrize("kind", ["killed", "slow", "hungry"])
def test_what_is_loaded_stays_and_the_next_run_tries_again(ws: Workspace, kind: str) -> None:
    before = published(ws)
    trouble(ws, "b.txt", kind, times=2)
    run(ws, again=True)
    assert (published(ws), quarantined(ws)) == (before, {"b.txt": REASONS[f".{kind}"]})
    assert rows(ws, SINCE) == [("b.txt", "2026-03-01")]
    assert [raw.path for raw, _ in planning.plan(ws).todo] == ["b.txt"]
    run(ws)
    assert (published(ws), quarantined(ws)) == (before, {})


@pytest.mark.long
def test_after_some_runs_only_reparse_tries_again(ws: Workspace) -> None:
    before = published(ws)
    trouble(ws, "b.txt", "killed", times=2 * (TRIES + 1))
    run(ws, again=True)
    for _ in range(TRIES):
        assert not planning.plan(ws).idle
        run(ws)
    assert planning.plan(ws).idle
    assert (published(ws), quarantined(ws)) == (before, {"b.txt": "reader-failed"})
    ((sentence,),) = rows(ws, "SELECT sentence FROM quarantine")
    assert str(sentence).endswith("; only --reparse reads it again; what was loaded before stays")
    run(ws, again=True)
    assert (published(ws), quarantined(ws)) == (before, {})


@pytest.mark.long
def test_a_new_file_that_a_worker_fails_on_is_loaded_by_the_next_run(ws: Workspace) -> None:
    put(ws, "d.txt", report(XINHUA, 2022))
    trouble(ws, "d.txt", "killed", times=2)
    run(ws)
    assert quarantined(ws) == {"d.txt": "reader-failed"}
    run(ws)
    assert rows(ws, "SELECT file_path FROM reports WHERE year = 2022") == [("d.txt",)]


@pytest.mark.long
@pytest.mark.parametrize("to", ["0.txt", "z.txt"])
def test_a_file_that_moved_is_not_lost_where_a_worker_fails_on_it(ws: Workspace, to: str) -> None:
    before = rows(ws, "SELECT report_id, version FROM reports ORDER BY ALL")
    (ws.raw / "b.txt").rename(ws.raw / to)
    trouble(ws, to, "killed", times=2)
    run(ws)
    assert rows(ws, "SELECT report_id, version FROM reports ORDER BY ALL") == before
    run(ws)
    assert rows(ws, "SELECT report_id, version FROM reports ORDER BY ALL") == before
    assert rows(ws, "SELECT file_path FROM reports ORDER BY ALL") == sorted([("a.txt",), ("c.txt",), (to,)])
    assert planning.plan(ws).idle
    (ws.raw / to).unlink()
    run(ws)
    assert rows(ws, "SELECT count(*) FROM reports") == [(2,)]


@pytest.mark.long
def test_a_moved_file_that_goes_before_it_was_read_takes_its_report_along(ws: Workspace) -> None:
    (ws.raw / "b.txt").rename(ws.raw / "z.txt")
    trouble(ws, "z.txt", "killed", times=2)
    run(ws)
    (ws.raw / "z.txt").unlink()
    run(ws)
    assert rows(ws, "SELECT file_path FROM reports ORDER BY ALL") == [("a.txt",), ("c.txt",)]


@pytest.mark.long
def test_a_copy_that_sorts_first_costs_no_report_where_a_worker_fails_on_it(ws: Workspace) -> None:
    before = published(ws)
    shutil.copyfile(ws.raw / "b.txt", ws.raw / "0.txt")
    trouble(ws, "0.txt", "killed", times=2)
    run(ws)
    assert published(ws) == before
    run(ws)
    assert rows(ws, "SELECT status, duplicate_of FROM files WHERE path = 'b.txt'") == [("duplicate", "0.txt")]
    assert (rows(ws, "SELECT count(*) FROM reports"), quarantined(ws)) == ([(3,)], {})


@pytest.mark.long
def test_a_file_that_stood_back_does_not_take_the_place_of_one_that_could_not_be_read(ws: Workspace) -> None:
    put(ws, "y.txt", report(HAIDIAN, 2023, seed=7))
    run(ws)
    before = published(ws)
    assert quarantined(ws) == {"y.txt": "duplicate-report"}
    for times in (1, 2):
        trouble(ws, "b.txt", "killed", times=times)
        run(ws, again=True)
        assert published(ws) == before


# --- A file holds nothing that can be read ---------------------------------------------------------

GARBAGE = {
    "half a document": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Cat", "damaged"),
    "nothing": (b"", "empty"),
    "noise": (bytes(range(256)) * 40, "binary"),
    "an error page": (b"<html><body><h1>502 Bad Gateway</h1></body></html>", "not-a-report"),
}


@pytest.mark.long
@pytest.mark.one_case
@pytest.mark.parametrize("what", GARBAGE)
def test_a_report_outlives_garbage_over_its_file_and_comes_back_as_it_was(ws: Workspace, what: str) -> None:
    before, good = published(ws), (ws.raw / "b.txt").read_bytes()
    garbage, reason = GARBAGE[what]
    put(ws, "b.txt", garbage)
    run(ws)
    assert (published(ws), quarantined(ws)) == (before, {"b.txt": reason})
    later = replace(ws, clock=lambda: LATER)
    run(later, again=True)  # as after a change of the code
    assert published(ws) == before
    assert rows(ws, SINCE) == [("b.txt", "2026-03-01")]
    assert planning.plan(ws).idle
    put(ws, "b.txt", good)
    run(later)
    assert (published(ws), quarantined(ws)) == (before, {})
    assert rows(ws, "SELECT count(*) FROM restatements") == [(0,)]


@pytest.mark.long
def test_a_file_that_is_taken_away_takes_its_report_along_whatever_was_in_it(ws: Workspace) -> None:
    put(ws, "b.txt", GARBAGE["noise"][0])
    run(ws)
    (ws.raw / "b.txt").unlink()
    run(ws)
    assert rows(ws, "SELECT file_path FROM reports ORDER BY ALL") == [("a.txt",), ("c.txt",)]
    assert rows(ws, "SELECT cause FROM report_versions WHERE valid_to NOTNULL") == [("removed",)]


@pytest.mark.long
def test_a_copy_takes_over_from_a_file_that_is_garbage_now(ws: Workspace) -> None:
    shutil.copyfile(ws.raw / "b.txt", ws.raw / "y.txt")
    run(ws)
    put(ws, "b.txt", GARBAGE["noise"][0])
    run(ws)
    found = rows(ws, "SELECT file_path, version FROM reports ORDER BY ALL")
    assert found == [("a.txt", 1), ("c.txt", 1), ("y.txt", 1)]


# --- What a file gives breaks the contract ---------------------------------------------------------


def _rejecting(*paths: str) -> Judge:
    """A validation that rejects the reports of these files."""

    def judge(frames: Frames) -> Outcome:
        reports = frames["reports"]
        out = reports.loc[reports["file_path"].isin(paths), "report_id"]
        return Rejected(dict.fromkeys(out, "the figures are upside down"))

    return lambda parts: [judge_part(part, target, judge) for part, target in parts]


@dataclass(frozen=True)
class Rejected:
    rejected: Mapping[str, str]
    validations: pd.DataFrame = field(default_factory=lambda: frame(VALIDATIONS))


@pytest.mark.long
@pytest.mark.parametrize("year", [2023, 2022], ids=["the same report", "a report of another year"])
def test_a_report_outlives_a_content_that_breaks_the_contract(ws: Workspace, year: int) -> None:
    before, good = published(ws), (ws.raw / "b.txt").read_bytes()
    put(ws, "b.txt", report(HAIDIAN, year, seed=5))
    run(ws, judge=_rejecting("b.txt"))
    assert (published(ws), quarantined(ws)) == (before, {"b.txt": "contract"})
    assert rows(ws, SINCE) == [("b.txt", "2026-03-01")]
    ((sentence,),) = rows(ws, "SELECT sentence FROM quarantine")
    assert str(sentence) == "the figures are upside down; what was loaded before stays"
    assert planning.plan(ws).idle
    put(ws, "b.txt", good)
    run(ws)
    assert (published(ws), quarantined(ws)) == (before, {})
    assert rows(ws, "SELECT count(*) FROM restatements") == [(0,)]


@pytest.mark.long
def test_a_content_that_other_code_rejects_goes(ws: Workspace) -> None:
    run(ws, judge=_rejecting("b.txt"), again=True)
    assert rows(ws, "SELECT file_path FROM reports ORDER BY ALL") == [("a.txt",), ("c.txt",)]
    assert rows(ws, SINCE) == [("b.txt", None)]


@pytest.mark.long
def test_a_second_file_that_breaks_the_contract_does_not_cost_the_report_that_it_displaces(ws: Workspace) -> None:
    before = published(ws)
    put(ws, "0.txt", report(HAIDIAN, 2023, seed=5))
    run(ws, judge=_rejecting("0.txt"))
    assert published(ws) == before


@pytest.mark.long
def test_a_report_that_moved_is_that_of_its_new_file_where_the_old_one_breaks_the_contract(ws: Workspace) -> None:
    (ws.raw / "b.txt").rename(ws.raw / "z.txt")
    put(ws, "b.txt", report(HAIDIAN, 2022, seed=5))
    run(ws, judge=_rejecting("b.txt"))
    assert rows(ws, "SELECT file_path, version FROM reports ORDER BY ALL") == [
        ("a.txt", 1),
        ("c.txt", 1),
        ("z.txt", 1),
    ]
    assert rows(ws, SINCE) == [("b.txt", None)]
