"""What a run leaves behind: notes while it works, then a report for people, and its row in the table `runs`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.issues import advice
from pipeline.plain import plain
from pipeline.runs import extraction, planning, publication, run_report, validation
from pipeline.runs.run_report import Notes, RunReport, markdown
from pipeline.runs.workspace import Workspace
from pipeline.schema import RUNS
from tests.workspace import HAIDIAN, XINHUA, accept, first_run, put, report, rows, run, tree, workspace

NOTES = Notes(
    "20250301T020000Z",
    "2025-03-01T02:00:00.000Z",
    files={"new": 3, "changed": 1, "gone": 1, "loaded": 2, "quarantined": 2},
    reasons={"no-year": 1, "damaged": 1},
    rows={"reports": 2, "facts": 1_400},
    checks={"R01": 2},
    seconds={"extract": 61.25},
    batches=1,
    partitions=2,
    peak_bytes={"main": 300 * 2**20},
)
DONE = RunReport(NOTES, "done", "2025-03-01T02:01:30.500Z", "disclosure-20250301T020130Z-7.duckdb")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    ws = workspace(tmp_path)
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "junk.txt", "no report")
    return ws


# --- As values and text ----------------------------------------------------------------------------


def test_the_row_adds_up() -> None:
    assert DONE.row == {
        "run": "20250301T020000Z",
        "started_at": "2025-03-01T02:00:00.000Z",
        "ended_at": "2025-03-01T02:01:30.500Z",
        "outcome": "done",
        "files": 5,
        "files_loaded": 2,
        "files_quarantined": 2,
        "partitions": 2,
        "rows_loaded": 1_402,
        "seconds": 90.5,
    }
    assert list(DONE.row) == list(RUNS.column_names)


@pytest.mark.parametrize(
    "said",
    [
        "# Run 20250301T020000Z: done",
        "90.5 seconds; 2 partitions replaced; published: disclosure-20250301T020130Z-7.duckdb.",
        "| changed | 1 |",
        "| damaged | 1 |",
        "| facts | 1,400 |",
        "| R01 | 2 |",
        "| extract | 61.2 |",
        "| main | 300 MiB |",
        f"- 1 × no-year: {advice('no-year')}",
    ],
)
def test_the_text_says(said: str) -> None:
    assert said in markdown(DONE)


def test_what_went_wrong_comes_first_among_what_is_to_be_done() -> None:
    failed = replace(
        DONE, notes=replace(NOTES, failures={"2019": "no room"}), vanished="no report is left of the year 2018"
    )
    assert [step.split(":")[0] for step in failed.next_steps] == [
        "2019 failed",
        "no report is left of the year 2018",
        "1 × damaged",
        "1 × no-year",
    ]


def test_a_run_without_anything_to_tell_is_short() -> None:
    quiet = RunReport(Notes("20250301T020000Z", "2025-03-01T02:00:00.000Z"), "done", "2025-03-01T02:00:01.000Z")
    assert "| " not in markdown(quiet)
    assert "Nothing needs a person." in markdown(quiet)
    assert "published: nothing" in markdown(quiet)


# --- On the disk -----------------------------------------------------------------------------------


def test_reports_are_kept_by_number_and_read_back(tmp_path: Path) -> None:
    for number in range(run_report.KEPT + 3):
        stamp = f"20250301T02{number // 60:02}{number % 60:02}Z"
        run_report.close(tmp_path, replace(DONE, notes=replace(NOTES, run=stamp)))
    kept = run_report.reports(tmp_path)
    assert len(kept) == run_report.KEPT
    assert (kept[0].stem, kept[-1].stem) == ("20250301T020003Z", "20250301T020052Z")
    assert {f.stem for f in (tmp_path / "runs").glob("*.md")} == {f.stem for f in kept}
    assert run_report.last(tmp_path) == replace(DONE, notes=replace(NOTES, run="20250301T020052Z"))


def test_runs_of_one_second_have_names_of_their_own_in_order(tmp_path: Path) -> None:
    names = ["20250301T020000Z", *(f"20250301T020000Z-{n}" for n in range(2, 12))]
    for name in names:
        run_report.close(tmp_path, replace(DONE, notes=replace(NOTES, run=name)))
    assert [f.stem for f in run_report.reports(tmp_path)] == names


SPOIL: dict[str, str] = {"empty": "", "no JSON": "{", "a list": "[]", "another thing": '{"notes": {}}'}


@pytest.mark.parametrize("text", SPOIL.values(), ids=SPOIL)
def test_a_report_that_somebody_changed_stops_nothing(tmp_path: Path, text: str) -> None:
    run_report.close(tmp_path, DONE)
    run_report.reports(tmp_path)[0].write_text(text, encoding="utf-8")
    assert run_report.last(tmp_path) is None
    assert run_report.rows(tmp_path) == []


def test_nothing_is_noted_where_no_run_has_begun(tmp_path: Path) -> None:
    run_report.add(tmp_path, "files", {"new": 1})
    run_report.fail(tmp_path, "2019", "no room")
    with run_report.timed(tmp_path, "load"):
        pass
    assert run_report.ended(tmp_path, failed=True) is None
    assert list(tmp_path.iterdir()) == []


STEPS: list[tuple[str, Callable[[Path], object]]] = [
    ("failed", lambda work: None),
    ("incomplete", lambda work: run_report.fail(work, "2019", "no room")),
    ("done", lambda work: run_report.add(work, "files", {"new": 1}, batches=1)),
]


@pytest.mark.parametrize(("outcome", "step"), STEPS)
def test_how_a_run_ended(tmp_path: Path, outcome: str, step: Callable[[Path], object]) -> None:
    run_report.begin(tmp_path)
    assert run_report.ended(tmp_path) is None
    step(tmp_path)
    found = run_report.ended(tmp_path, failed=outcome == "failed")
    assert found is not None
    assert found.outcome == outcome


# --- Of real runs ----------------------------------------------------------------------------------


def test_a_run_leaves_a_report_and_a_row(ws: Workspace) -> None:
    first_run(ws)
    found = run_report.last(ws.work)
    assert found is not None
    assert (found.outcome, found.version) == ("done", ws.warehouse.published.resolve().name)
    assert found.notes.files == {"new": 2, "loaded": 1, "quarantined": 1}
    assert found.notes.reasons == {"not-a-report": 1}
    assert (found.notes.rows["facts"], found.notes.partitions) == (200, 1)
    assert set(found.notes.seconds) == {"ingest", "extract", "validate", "load", "publish"}
    assert found.notes.peak_bytes["main"] > 10 * 2**20
    [row] = rows(ws, f"SELECT {', '.join(RUNS.column_names)} FROM runs")
    told = dict(zip(RUNS.column_names, row, strict=True))
    same = [name for name in RUNS.column_names if name not in ("ended_at", "seconds")]
    assert {name: told[name] for name in same} == {name: found.row[name] for name in same}
    assert not run_report.is_begun(ws.work)


@pytest.mark.long
def test_what_changed_is_told_apart(ws: Workspace) -> None:
    put(ws, "b.txt", report(HAIDIAN, 2022))
    put(ws, "c.txt", "no report either")
    first_run(ws)
    put(ws, "a.txt", report(XINHUA, 2023, seed=4))
    put(ws, "d.txt", report(HAIDIAN, 2022))
    (ws.raw / "c.txt").unlink()
    run(ws, again=True)
    found = run_report.last(ws.work)
    assert found is not None
    expected = {"new": 1, "changed": 1, "read again": 2, "gone": 1, "loaded": 2, "quarantined": 1, "duplicate": 1}
    assert found.notes.files == expected
    assert rows(ws, "SELECT count(*), count(DISTINCT run) FROM runs") == [(2, 2)]


def test_an_idle_night_writes_neither_row_nor_report(ws: Workspace) -> None:
    first_run(ws)
    before = tree(ws.root)
    assert planning.plan(ws).idle
    assert tree(ws.root) == before


@pytest.mark.long
def test_a_run_that_changes_no_row_publishes_nothing_and_its_row_comes_with_the_next(ws: Workspace) -> None:
    first_run(ws)
    version = ws.warehouse.published.resolve()
    run(ws, again=True)
    assert ws.warehouse.published.resolve() == version
    assert planning.plan(ws).idle
    assert ws.warehouse.is_published()
    assert len(run_report.reports(ws.work)) == 2
    put(ws, "b.txt", report(HAIDIAN, 2022))
    run(ws)
    assert rows(ws, "SELECT files FROM runs ORDER BY run") == [(2,), (2,), (1,)]


def test_what_failed_is_text_in_the_report_of_a_run(tmp_path: Path) -> None:
    """It may quote the name of a file."""
    run_report.begin(tmp_path)
    run_report.fail(tmp_path, "![x](http://e.com/a.png)", "a\u202e<b>\x1b[2J")
    run_report.close(tmp_path, run_report.ended(tmp_path))
    (file,) = run_report.reports(tmp_path)
    text, told = file.with_suffix(".md").read_text("utf-8"), file.read_text("utf-8")
    assert "- \\!\\[x\\]\\(http://e.com/a.png\\) failed: a\\\\u202e\\<b\\>\\\\x1b\\[2J" in text
    assert plain(text) == text
    assert plain(told) == told
    report = run_report.last(tmp_path)
    assert report is not None
    assert report.notes.failures == {"![x](http://e.com/a.png)": "a\u202e<b>\x1b[2J"}


@pytest.mark.long
def test_the_row_of_a_failed_run_comes_with_the_next(ws: Workspace) -> None:
    run_report.begin(ws.work)
    run_report.fail(ws.work, "the run", "the disk is full")
    run_report.close(ws.work, run_report.ended(ws.work, failed=True))
    [file] = run_report.reports(ws.work)
    assert json.loads(file.read_text(encoding="utf-8"))["next_steps"] == ["the run failed: the disk is full"]
    run(ws)
    assert rows(ws, "SELECT outcome FROM runs ORDER BY run") == [("failed",), ("done",)]


@pytest.mark.long
def test_runs_outlive_the_build_database(ws: Workspace) -> None:
    first_run(ws)
    ws.warehouse.build.unlink()
    put(ws, "b.txt", report(HAIDIAN, 2022))
    run(ws)
    assert rows(ws, "SELECT count(*) FROM runs") == [(2,)]


@pytest.mark.long
def test_a_killed_run_is_forgotten_by_the_next(ws: Workspace) -> None:
    planning.ingest(ws)
    extraction.extract(ws)
    first = json.loads((ws.work / run_report.NOTES).read_text(encoding="utf-8"))
    put(ws, "b.txt", report(HAIDIAN, 2022))
    run(ws)
    found = run_report.last(ws.work)
    assert found is not None
    assert found.notes.started_at > first["started_at"]
    assert found.notes.files["new"] == 3
    assert len(run_report.reports(ws.work)) == 1
    publication.publish(ws)
    validation.validate(ws, accept)
    assert len(run_report.reports(ws.work)) == 1
