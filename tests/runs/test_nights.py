"""One run after the other: what a run changes, what it leaves alone, and how the next one heals it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.raw.range import YEARS
from pipeline.runs import extraction, loading, planning, validation
from pipeline.runs.workspace import Workspace, state
from pipeline.schema import PARTITIONED
from tests.workspace import (
    CODES,
    HAIDIAN,
    SHIJIAZHUANG,
    XINHUA,
    accept,
    everything,
    is_idle,
    put,
    quarantined,
    reject,
    report,
    reports,
    rows,
    run,
)


def test_the_first_run_loads_and_publishes_all(loaded: Workspace) -> None:
    assert reports(loaded) == [(HAIDIAN, 2022, "河南/b.txt", 1), (XINHUA, 2023, "a.txt", 1)]
    found = rows(loaded, "SELECT DISTINCT district_code, year FROM facts ORDER BY ALL")
    assert found == [(CODES[HAIDIAN], 2022), (CODES[XINHUA], 2023)]
    assert rows(loaded, "SELECT status, count(*) FROM files GROUP BY ALL") == [("loaded", 2)]
    assert rows(loaded, "SELECT count(*) FROM districts WHERE district_code = '410402'") == [(1,)]


def test_every_fact_leads_back_to_what_is_printed(loaded: Workspace) -> None:
    sql = "SELECT r.file_path, f.line, f.value_raw FROM facts f JOIN reports r USING (report_id) WHERE value > 0"
    for path, line, printed in rows(loaded, sql):
        lines = (loaded.raw / str(path)).read_text(encoding="utf-8").splitlines()
        assert str(printed) in lines[int(str(line)) - 1].split("\t")


@pytest.mark.long
def test_a_run_that_is_asked_to_do_all_again_changes_no_row(loaded: Workspace) -> None:
    before, version = everything(loaded), loaded.warehouse.published.resolve()
    run(loaded, again=True)
    assert everything(loaded) == before
    assert loaded.warehouse.published.resolve() == version


@pytest.mark.long
def test_another_warehouse_gets_the_same_rows(loaded: Workspace, tmp_path: Path) -> None:
    other = replace(loaded, root=tmp_path / "other")
    run(other)
    assert everything(other) == everything(loaded)


def test_a_changed_file_is_one_version_more_and_the_rest_stays(loaded: Workspace) -> None:
    assert is_idle(loaded)
    before = rows(loaded, f"FROM facts WHERE district_code = '{CODES[HAIDIAN]}' ORDER BY ALL")
    put(loaded, "a.txt", report(XINHUA, 2023, seed=9))
    assert [raw.path for raw, _ in planning.plan(loaded).todo] == ["a.txt"]
    run(loaded)
    assert is_idle(loaded)
    assert reports(loaded) == [(HAIDIAN, 2022, "河南/b.txt", 1), (XINHUA, 2023, "a.txt", 2)]
    assert rows(loaded, f"FROM facts WHERE district_code = '{CODES[HAIDIAN]}' ORDER BY ALL") == before


@pytest.mark.long
def test_a_file_that_becomes_another_report_leaves_no_row_behind(loaded: Workspace) -> None:
    put(loaded, "a.txt", report(XINHUA, 2021))
    run(loaded)
    assert reports(loaded) == [(HAIDIAN, 2022, "河南/b.txt", 1), (XINHUA, 2021, "a.txt", 1)]
    assert rows(loaded, "SELECT count(*) FROM facts WHERE year = 2023") == [(0,)]


@pytest.mark.long
def test_a_removed_file_takes_its_rows_with_it(loaded: Workspace) -> None:
    (loaded.raw / "a.txt").unlink()
    run(loaded)
    assert reports(loaded) == [(HAIDIAN, 2022, "河南/b.txt", 1)]
    assert rows(loaded, "SELECT path FROM files") == [("河南/b.txt",)]
    assert all(rows(loaded, f"SELECT DISTINCT year FROM {t.name}") in ([], [(2022,)]) for t in PARTITIONED)


@pytest.mark.long
def test_files_that_are_no_reports_are_put_aside_and_stop_nothing(ws: Workspace) -> None:
    put(ws, "empty.txt", "")
    put(ws, "letter.txt", "Dear all,\nthis is no report.\n")
    put(ws, "far.txt", report(XINHUA, YEARS[-1] + 1))
    (ws.raw / "noise.bin").write_bytes(bytes(range(256)) * 9)
    (ws.raw / os.fsdecode("报告.txt".encode("gb18030"))).write_text("x", encoding="utf-8")
    run(ws)
    found = quarantined(ws)
    assert sorted(map(str, found.values())) == ["binary", "empty", "not-a-report", "unreadable", "year-out-of-range"]
    assert (found["far.txt"], found["noise.bin"]) == ("year-out-of-range", "binary")
    statuses = rows(ws, "SELECT status, count(*) FROM files GROUP BY ALL ORDER BY ALL")
    assert statuses == [("loaded", 2), ("quarantined", 5)]
    for file in ws.raw.glob("[!a]*.*"):
        file.unlink()
    put(ws, "letter.txt", report(SHIJIAZHUANG, 2023))
    run(ws)
    assert (quarantined(ws), len(reports(ws))) == ({}, 3)


def test_a_rejected_report_is_put_aside_and_the_others_are_loaded(ws: Workspace) -> None:
    run(ws, reject(XINHUA))
    assert reports(ws) == [(HAIDIAN, 2022, "河南/b.txt", 1)]
    sql = "SELECT path, stage, reason, sentence, publisher, year FROM quarantine"
    assert rows(ws, sql) == [("a.txt", "validate", "contract", "the figures are upside down", XINHUA, 2023)]
    assert rows(ws, "SELECT status, report_id FROM files WHERE path = 'a.txt'") == [("quarantined", None)]
    assert rows(ws, "SELECT count(*) FROM facts WHERE year = 2023") == [(0,)]


@pytest.mark.parametrize("reached", [3, 4])
@pytest.mark.long
def test_the_next_run_heals_one_that_was_killed(loaded: Workspace, reached: int) -> None:
    """Whatever stage a run was killed after, and whatever happened to the files since."""
    facts = rows(loaded, "FROM facts ORDER BY ALL")
    put(loaded, "a.txt", report(XINHUA, 2023, seed=9))
    put(loaded, "c.txt", report(SHIJIAZHUANG, 2023, seed=4))
    steps: list[Callable[[], object]] = [
        lambda: planning.ingest(loaded),
        lambda: extraction.extract(loaded),
        lambda: validation.validate(loaded, accept),
        lambda: loading.load(loaded, state(loaded).pending[:1]),
        lambda: loading.load(loaded, state(loaded).pending),
    ]
    for step in steps[: reached + 1]:
        step()
    (loaded.work / "extracted.part").mkdir()
    (loaded.work / "plan.jsonl.part").write_text("{", encoding="utf-8")
    assert not is_idle(loaded)
    (loaded.raw / "c.txt").unlink()
    put(loaded, "a.txt", report(XINHUA, 2023))
    run(loaded)
    assert [r[:3] for r in reports(loaded)] == [(HAIDIAN, 2022, "河南/b.txt"), (XINHUA, 2023, "a.txt")]
    assert not list(loaded.work.glob("*.part"))
    assert rows(loaded, "FROM facts ORDER BY ALL") == facts
