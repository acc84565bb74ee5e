"""A range brought up to date in pieces, what is left alone meanwhile, and the rehearsal that writes nothing."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.raw.range import Range
from pipeline.runs import extraction, loading, planning, publication, stage_parts, validation
from pipeline.runs.backfill import Backfill, Change, backfill, forget, note_done, plain_rehearsal, rehearse
from pipeline.runs.limits import BatchSizes
from pipeline.runs.workspace import StageError, Workspace, state
from pipeline.schema import Partition
from pipeline.warehouse import Writer
from tests.workspace import (
    CODES,
    HAIDIAN,
    SHIJIAZHUANG,
    XINHUA,
    accept,
    everything,
    first_run,
    put,
    report,
    rows,
    run,
    spoil,
    tree,
    workspace,
)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Four reports, of which two lie in folders that say where they belong, and a file that is none."""
    ws = workspace(tmp_path)
    put(ws, "410402/2022/a.txt", report(XINHUA, 2022))
    put(ws, "410402/2023/a.txt", report(XINHUA, 2023, seed=2))
    put(ws, "x/b.txt", report(HAIDIAN, 2022, seed=3))
    put(ws, "x/c.txt", report(HAIDIAN, 2021, seed=4))
    put(ws, "x/junk.txt", "no report")
    return ws


def loaded(ws: Workspace) -> set[tuple[object, ...]]:
    return set(rows(ws, "SELECT district_code, year FROM reports"))


def do(ws: Workspace, todo: Backfill, only: int | None = None) -> None:
    """The pieces as the command does them, without Dagster; `only` so many, as one that is killed."""
    for name, piece in todo.pieces[:only]:
        planning.prepare(ws, piece)
        extraction.extract(ws)
        validation.validate(ws, accept)
        loading.load_each(ws, state(ws).pending)
        loading.leave_out(ws)
        publication.finish(ws)
        note_done(ws, todo, name)
    if only is None:
        publication.publish(ws)
        forget(ws)


@pytest.mark.long
def test_only_the_range_is_loaded_and_the_night_does_the_rest(ws: Workspace, tmp_path: Path) -> None:
    do(ws, backfill(ws, Range((2022,))))
    assert loaded(ws) == {(CODES[XINHUA], 2022), (CODES[HAIDIAN], 2022)}
    assert rows(ws, "SELECT path, status FROM files ORDER BY path") == [
        ("410402/2022/a.txt", "loaded"),
        ("x/b.txt", "loaded"),
        ("x/junk.txt", "quarantined"),
    ]
    assert [raw.path for raw, _ in planning.plan(ws).todo] == ["410402/2023/a.txt", "x/c.txt"]
    assert backfill(ws, Range((2022,))).pieces[0][1].unplaced == ("x/c.txt",)
    run(ws)
    whole = replace(ws, root=tmp_path / "whole")
    run(whole)
    assert everything(ws) == everything(whole)


@pytest.mark.long
def test_a_range_leaves_changes_elsewhere_for_the_night(ws: Workspace) -> None:
    first_run(ws)
    for path, publisher, year in (("410402/2022/a.txt", XINHUA, 2022), ("410402/2023/a.txt", XINHUA, 2023)):
        put(ws, path, report(publisher, year, seed=9))
    (ws.raw / "x" / "c.txt").unlink()
    do(ws, backfill(ws, Range((2022,), ("4104",))))
    assert rows(ws, "SELECT year, version FROM reports ORDER BY ALL") == [(2021, 1), (2022, 1), (2022, 2), (2023, 1)]
    left = planning.plan(ws)
    assert ([raw.path for raw, _ in left.todo], left.gone) == (["410402/2023/a.txt"], ("x/c.txt",))


@pytest.mark.long
def test_a_report_that_leaves_the_range_leaves_no_row_behind(ws: Workspace) -> None:
    first_run(ws)
    put(ws, "x/b.txt", report(HAIDIAN, 2020, seed=3))
    do(ws, backfill(ws, Range((2022,))))
    assert loaded(ws) == {(CODES[XINHUA], 2022), (CODES[XINHUA], 2023), (CODES[HAIDIAN], 2020), (CODES[HAIDIAN], 2021)}
    assert planning.plan(ws).idle


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.long
def test_one_that_was_killed_goes_on_where_it_was(ws: Workspace, again: bool) -> None:
    first_run(ws)
    for seed, path in enumerate(("410402/2022/a.txt", "410402/2023/a.txt")):
        put(ws, path, report(XINHUA, 2022 + seed, seed=7))
    wanted = Range((2021, 2022, 2023))
    first = backfill(ws, wanted, again=again)
    do(ws, first, only=2)
    second = backfill(ws, wanted, again=again)
    assert [name for name, _ in second.pieces] == [name for name, _ in first.pieces[2:]]
    assert second.done_before == (2 if again else 0)
    do(ws, second)
    assert len(backfill(ws, wanted, again=again).pieces) == (len(first.pieces) if again else 0)
    assert rows(ws, "SELECT max(version) FROM reports WHERE district_code = '410402'") == [(2,)]


@pytest.mark.long
def test_a_moved_file_is_no_new_version_however_small_the_pieces(ws: Workspace) -> None:
    first_run(ws)
    ws = replace(ws, sizes=BatchSizes(piece_files=1))
    (ws.raw / "x" / "b.txt").rename(ws.raw / "x" / "z.txt")
    do(ws, backfill(ws, Range((2022,))))
    found = rows(ws, "SELECT file_path, version FROM reports WHERE district_code = '110108' AND year = 2022")
    assert found == [("x/z.txt", 1)]
    assert rows(ws, "SELECT count(*) FROM report_versions WHERE valid_to IS NOT NULL") == [(0,)]
    assert planning.plan(ws).idle


@pytest.mark.long
def test_one_bad_partition_loses_nothing_of_the_others(ws: Workspace) -> None:
    first_run(ws)
    for name, publisher in (("410402/2022/a.txt", XINHUA), ("x/b.txt", HAIDIAN), ("x/d.txt", SHIJIAZHUANG)):
        put(ws, name, report(publisher, 2022, seed=8))
    planning.ingest(ws)
    extraction.extract(ws)
    validation.validate(ws, accept)
    bad = (CODES[XINHUA], 2022)
    spoil(ws, bad)
    found = loading.load_each(ws, state(ws).pending)
    assert set(found.rows) == {(CODES[HAIDIAN], 2022), (CODES[SHIJIAZHUANG], 2022)}
    assert list(found.failed) == [bad]
    assert "two rows with one key" in found.failed[bad]
    with pytest.raises(StageError, match="1 partitions to load"):
        publication.publish(ws)
    assert loading.leave_out(ws) == (bad,)
    publication.publish(ws)
    versions = dict(rows(ws, "SELECT district_code, version FROM reports WHERE year = 2022"))  # type: ignore[arg-type]
    assert versions == {CODES[XINHUA]: 1, CODES[HAIDIAN]: 2, CODES[SHIJIAZHUANG]: 1}
    assert [raw.path for raw, _ in planning.plan(ws).todo] == ["410402/2022/a.txt"]
    run(ws)
    assert rows(ws, "SELECT version FROM reports WHERE district_code = '410402' AND year = 2022") == [(2,)]
    assert planning.plan(ws).idle


@pytest.mark.parametrize(("at_once", "loads"), [(1, 4), (3, 2), (4_000, 1)])
@pytest.mark.long
@pytest.mark.one_case
def test_so_many_reports_are_loaded_at_once(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, at_once: int, loads: int
) -> None:
    ws = replace(ws, sizes=BatchSizes(part_files=2, load_reports=at_once))
    seen = noted_loads(monkeypatch)
    run_in_pieces(ws)
    assert len(seen) == loads
    assert len(loaded(ws)) == sum(map(len, seen)) == 4
    assert rows(ws, "SELECT count(*) FROM facts") == [(800,)]


def noted_loads(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Partition]]:
    """The keys of every load that the writer is asked for."""
    seen: list[Sequence[Partition]] = []
    load = Writer.load

    def noting(writer: Writer, keys: Sequence[Partition], *others: Any, **named: Any) -> Any:
        seen.append(keys)
        return load(writer, keys, *others, **named)

    monkeypatch.setattr(Writer, "load", noting)
    return seen


def run_in_pieces(ws: Workspace, between: Callable[[], None] = lambda: None, *, again: bool = False) -> None:
    """A run that loads so many reports at once; something is done before it loads."""
    planning.ingest(ws, again=again)
    extraction.extract(ws)
    validation.validate(ws, accept)
    between()
    found = loading.load_each(ws, state(ws).pending)
    assert found.failed == {}
    publication.publish(ws)


@pytest.mark.long
def test_reports_that_change_places_are_loaded_together(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of their partitions can be loaded before the other one."""
    first_run(ws)
    one, other = CODES[XINHUA], CODES[HAIDIAN]

    def exchange() -> None:
        for file in (ws.work / "validated").glob("*/*.parquet"):
            frame = pd.read_parquet(file)
            if "district_code" in frame and len(frame):
                codes = frame["district_code"].where(
                    frame["year"] != 2022, frame["district_code"].replace({one: other, other: one})
                )
                frame.assign(district_code=codes).to_parquet(file, index=False)

    ws = replace(ws, sizes=BatchSizes(load_reports=1))
    seen = noted_loads(monkeypatch)
    before = dict(rows(ws, "SELECT file_path, district_code FROM reports"))  # type: ignore[arg-type]
    run_in_pieces(ws, exchange, again=True)
    after = dict(rows(ws, "SELECT file_path, district_code FROM reports"))  # type: ignore[arg-type]
    changed = {"410402/2022/a.txt": other, "x/b.txt": one}
    assert after == before | changed
    assert [(other, 2022), (one, 2022)] in seen


@pytest.mark.long
def test_parts_without_rows_of_a_partition_are_not_read(ws: Workspace) -> None:
    ws = replace(ws, sizes=BatchSizes(part_files=1))
    planning.ingest(ws)
    extraction.extract(ws)
    validation.validate(ws, accept)
    others = [part for part in stage_parts.parts(ws, "validated") if CODES[XINHUA] not in reports_of(part)]
    assert len(others) == 3
    for part in others:
        (part / "facts.parquet").write_bytes(b"not to be read")
    found = loading.load(ws, [(CODES[XINHUA], 2022), (CODES[XINHUA], 2023)])
    assert {key: counts["facts"] for key, counts in found.items()} == dict.fromkeys(found, 200)


def reports_of(part: Path) -> set[str]:
    return set(pd.read_parquet(part / "reports.parquet", columns=["district_code"])["district_code"])


@pytest.mark.long
def test_what_was_given_up_is_remembered_for_the_next_run(ws: Workspace) -> None:
    """A file that is as before, in a partition that a batch has loaded and did not finish."""
    first_run(ws)
    before = everything(ws)
    put(ws, "410402/2022/a.txt", report(XINHUA, 2022, seed=8))
    put(ws, "410402/2023/a.txt", report(XINHUA, 2023, seed=8))
    planning.ingest(ws)
    extraction.extract(ws)
    validation.validate(ws, accept)
    loading.load(ws, [(CODES[XINHUA], 2022)])
    loading.give_up(ws)
    put(ws, "410402/2022/a.txt", report(XINHUA, 2022))
    put(ws, "410402/2023/a.txt", report(XINHUA, 2023, seed=2))
    do(ws, backfill(ws, Range((2021,))))
    assert [raw.path for raw, _ in planning.plan(ws).todo] == ["410402/2022/a.txt", "410402/2023/a.txt"]
    run(ws)
    facts = [row for row in everything(ws) if row[0] == "facts"]
    assert facts == [row for row in before if row[0] == "facts"]
    assert planning.plan(ws).idle


@pytest.fixture
def changed(ws: Workspace) -> Iterator[Workspace]:
    """Loaded, and then one report changed in a cell, one gone, one new, one not to be used."""
    run(ws)
    file = ws.raw / "410402/2022/a.txt"
    text = file.read_text(encoding="utf-8")
    put(ws, "410402/2022/a.txt", re.sub(r"\t[0-9]+\t", "\t—\t", text, count=1))
    assert file.read_text(encoding="utf-8") != text
    (ws.raw / "x" / "b.txt").unlink()
    put(ws, "x/d.txt", report(SHIJIAZHUANG, 2022, seed=5))
    put(ws, "130105/2022/odd.txt", "nothing to see")
    return ws


@pytest.mark.long
def test_a_rehearsal_says_what_a_backfill_does_and_writes_nothing(changed: Workspace) -> None:
    before = tree(changed.root.parent)
    found = rehearse(changed, Range((2022,)), accept)
    assert tree(changed.root.parent) == before
    xinhua, haidian, shijiazhuang = (CODES[name] for name in (XINHUA, HAIDIAN, SHIJIAZHUANG))
    assert found.changes == (
        Change(haidian, 2022, (0, 0, 1), (0, 0, 200)),
        Change(shijiazhuang, 2022, (1, 0, 0), (200, 0, 0)),
        Change(xinhua, 2022, (0, 1, 0), (0, 1, 0)),
    )
    assert {(path, reason) for path, reason, _ in found.quarantine} == {("130105/2022/odd.txt", "not-a-report")}
    assert (found.failed, found.touched) == ({}, 3)
    do(changed, backfill(changed, Range((2022,))))
    facts = "SELECT district_code, count(*) FROM facts WHERE year = 2022 GROUP BY ALL ORDER BY ALL"
    assert rows(changed, facts) == [(shijiazhuang, 200), (xinhua, 200)]
    assert rehearse(changed, Range((2022,)), accept).changes == ()


def test_a_rehearsal_before_the_first_run_makes_no_folder(ws: Workspace) -> None:
    found = rehearse(ws, Range((2021, 2022), ("11",)), accept)
    assert [(change.district_code, change.year, change.facts) for change in found.changes] == [
        (CODES[HAIDIAN], 2021, (200, 0, 0)),
        (CODES[HAIDIAN], 2022, (200, 0, 0)),
    ]
    assert not ws.root.exists()


@pytest.mark.long
def test_reading_all_again_changes_nothing_where_the_code_is_the_same(ws: Workspace) -> None:
    first_run(ws)
    found = rehearse(ws, Range((2022,)), accept, again=True)
    assert (found.changes, found.touched) == ((), 2)
    assert plain_rehearsal(found)["partitions"] == []


@pytest.mark.long
def test_the_rehearsal_of_random_changes_counts_what_the_run_changes(ws: Workspace) -> None:
    first_run(ws)
    rng = random.Random(5)
    paths = ["410402/2022/a.txt", "410402/2023/a.txt", "x/b.txt", "x/c.txt"]
    for path in rng.sample(paths, 2):
        publisher, year = (XINHUA if "410402" in path else HAIDIAN), 2022 if "2022" in path or "b.txt" in path else 2021
        put(ws, path, report(publisher, year, seed=rng.randrange(10, 99)))
    wanted = Range(tuple(range(2020, 2024)))
    found = rehearse(ws, wanted, accept)
    sql = "SELECT table_no, row_code, col_code, report_id, value_raw FROM facts"
    before = {row[:4]: row[4] for row in rows(ws, sql)}
    do(ws, backfill(ws, wanted))
    after = {row[:4]: row[4] for row in rows(ws, sql)}
    added, changed, removed = (sum(change.facts[n] for change in found.changes) for n in range(3))
    assert added == len(after.keys() - before.keys())
    assert removed == len(before.keys() - after.keys())
    assert changed == sum(before[key] != after[key] for key in before.keys() & after.keys())
