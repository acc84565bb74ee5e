"""The warehouse: partitions replaced whole, one writer, and a published copy that is never half done."""

from __future__ import annotations

import logging
import os
import re
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from pipeline.schema import CELLS, DISTRICTS, FILES, PARTITIONED, QUARANTINE, TABLES
from pipeline.warehouse import (
    KEEP,
    Warehouse,
    WarehouseBusyError,
    WarehouseError,
    ddl,
    materialising,
    versions_kept,
    view_sql,
    wide,
)
from pipeline.warehouse.made_views import published_schema
from tests import warehouse_rows as rows
from tests.empty_build import begin
from tests.warehouse_rows import Frames

PROJECT = Path(__file__).parents[2]
A = ("410402", 2024)
B = ("410502", 2023)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return begin(tmp_path / "ware house's 仓库")


def load(warehouse: Warehouse, frames: Any, keys: list[tuple[str, int]] | None = None, gone: Any = ()) -> Any:
    with warehouse.writer() as writer:
        return writer.load(rows.keys_of(frames) if keys is None else keys, frames, gone)


def as_frames(frames: Frames, folder: Path) -> Frames:
    """The rows as they are."""
    return frames


def as_files(frames: Frames, folder: Path) -> dict[str, list[Path]]:
    """The same rows in Parquet files, two for each table, in a folder whose name could be a pattern."""
    here = folder / "[1] * year=1999"
    for number in range(2):
        (here / str(number)).mkdir(parents=True, exist_ok=True)
        for name, frame in frames.items():
            half = (len(frame) + 1) // 2
            frame.iloc[number * half : (number + 1) * half].to_parquet(here / str(number) / f"{name}.parquet")
    return {name: [here / str(number) / f"{name}.parquet" for number in range(2)] for name in frames}


GIVEN = pytest.mark.parametrize("given", [as_frames, as_files])
# Of files only the rows of the partitions asked for are looked at.
FRAMES_ONLY = ("district outside", "fact outside", "no year", "unknown table")


def note(warehouse: Warehouse, loaded: list[str], quarantined: tuple[str, ...] = (), **given: Any) -> None:
    """Records files that were loaded or quarantined."""
    known = given.pop("known", [rows.known(p) for p in (*loaded, *quarantined)])
    with warehouse.writer() as writer:
        writer.record(
            rows.files(loaded),
            rows.quarantine(quarantined),
            given.pop("dimensions", rows.dimensions()),
            known,
            given.pop("gone", ()),
        )


def built(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    """What a query gives on the build database."""
    with duckdb.connect(str(warehouse.build), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def content(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the build database."""
    with duckdb.connect(str(warehouse.build), read_only=True) as connection:
        return {table: connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in TABLES}


def publishers(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return built(warehouse, "SELECT district_code, year, publisher, version FROM reports ORDER BY ALL")


def run(code: str, warehouse: Warehouse, **options: Any) -> subprocess.Popen[str]:
    """Another process, in which `warehouse` and `rows` are at hand; it prints what it has to say."""
    head = "import os, sys\nfrom pipeline.warehouse import Warehouse, loading, published_files\nfrom tests import warehouse_rows as rows\n"
    head += "from pathlib import Path\nwarehouse = Warehouse(Path(sys.argv[1]))\n"
    command = [sys.executable, "-u", "-c", head + code, str(warehouse.root)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(
        command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def counts(frames: Frames) -> dict[str, int]:
    """The rows of each table that is loaded."""
    return {table.name: len(frames.get(table.name, ())) for table in PARTITIONED}


# Loading


def test_load_gives_the_rows_of_each_partition(warehouse: Warehouse) -> None:
    frames = rows.together(rows.report("甲"), rows.report("乙", *B, seed=2))
    every = counts(rows.report("甲"))
    assert (every["reports"], every["facts"], every["balances"]) == (1, 200, 7)
    assert load(warehouse, frames) == {A: every, B: every}
    assert built(warehouse, "SELECT count(*) FROM facts") == [(400,)]


def test_loaded_rows_are_those_of_the_frames(warehouse: Warehouse) -> None:
    frames = rows.report(
        "甲", printed={(3, "1", "total"): 0.0, (3, "2", "total"): "", (2, "8.fee", "amount"): 12.345678}
    )
    load(warehouse, frames)
    order = ddl.storage_order(TABLES["facts"])
    with duckdb.connect(str(warehouse.build), read_only=True) as connection:
        loaded = connection.execute(f"FROM facts ORDER BY {order}").df()
    expected = frames["facts"].sort_values(["table_no", "row_code", "col_code"], ignore_index=True)
    for column in expected.columns:
        ours, theirs = loaded[column].astype(object), expected[column].astype(object)
        assert ours.where(ours.notna(), None).tolist() == theirs.where(theirs.notna(), None).tolist(), column


@pytest.mark.long
def test_loading_the_same_again_changes_nothing(warehouse: Warehouse) -> None:
    frames = rows.together(rows.report("甲"), rows.report("乙"))
    load(warehouse, frames)
    note(warehouse, ["410402/2024/甲.txt"])
    warehouse.publish()
    sizes = []
    for _ in range(3):
        load(warehouse, {name: frame.iloc[::-1] for name, frame in frames.items()})
        note(warehouse, ["410402/2024/甲.txt"])
        sizes.append(warehouse.build.stat().st_size)
    assert warehouse.is_published()
    assert built(warehouse, "SELECT count(*) FROM facts") == [(400,)]
    assert len(set(sizes)) == 1


def test_rows_that_vanished_from_a_report_vanish(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    fewer = rows.report("甲", seed=2, cells=rows.FORM[:50])
    del fewer["issues"], fewer["validations"]
    found = load(warehouse, fewer)[A]
    assert found == counts(fewer)
    assert (found["facts"], found["issues"]) == (50, 0)
    assert built(warehouse, "SELECT min(value), max(value) FROM facts") == [(2000, 2049)]


def test_other_reports_of_the_partition_stay(warehouse: Warehouse) -> None:
    load(warehouse, rows.together(rows.report("甲"), rows.report("乙"), rows.report("丙", *B)))
    load(warehouse, rows.report("乙", seed=7))
    assert publishers(warehouse) == [(*A, "乙政府", 2), (*A, "甲政府", 1), (*B, "丙政府", 1)]
    assert built(warehouse, "SELECT count(*) FROM facts") == [(600,)]


@pytest.mark.long
def test_report_of_a_gone_file_goes_with_all_its_rows(warehouse: Warehouse) -> None:
    load(warehouse, rows.together(rows.report("甲"), rows.report("乙")))
    load(warehouse, {}, [A], gone=["410402/2024/甲.txt"])
    for name, count in counts(rows.report("乙")).items():
        found = built(warehouse, f"SELECT DISTINCT report_id FROM {name}")
        assert found == ([(rows.report_id("乙", *A),)] if count else [])
    assert load(warehouse, {}, [A], gone=["410402/2024/乙.txt"])[A] == {t.name: 0 for t in PARTITIONED}


def test_report_moves_between_partitions(warehouse: Warehouse) -> None:
    load(warehouse, rows.together(rows.report("甲", path="p.txt"), rows.report("乙")))
    with warehouse.writer() as writer:
        assert writer.partitions_of(["p.txt", "strange.txt"]) == [A]
        counts = writer.load([A, B], rows.report("甲", *B, seed=2, path="p.txt"), ["p.txt"])
    assert {key: found["facts"] for key, found in counts.items()} == {A: 200, B: 200}
    assert publishers(warehouse) == [(*A, "乙政府", 1), (*B, "甲政府", 1)]


@pytest.mark.long
def test_report_moves_between_years_loaded_one_by_one(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲", path="p.txt"))
    load(warehouse, rows.report("甲", *B, seed=2, path="p.txt"))
    load(warehouse, {}, [A], gone=["p.txt"])
    assert publishers(warehouse) == [(*B, "甲政府", 1)]


def test_file_that_tells_another_publisher_replaces_what_it_gave(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲", path="p.txt"))
    load(warehouse, rows.report("甲乙", path="p.txt"))
    assert publishers(warehouse) == [(*A, "甲乙政府", 1)]


def test_versions_and_partitions_of_what_is_loaded(warehouse: Warehouse) -> None:
    for seed in (1, 2, 3):
        load(warehouse, rows.together(rows.report("甲", seed=seed), rows.report("乙", *B)))
    with warehouse.writer() as writer:
        versions = writer.versions()
        assert writer.partitions_of(["410502/2023/乙.txt", "410402/2024/甲.txt"]) == [A, B]
        assert writer.partitions_of([]) == []
    assert versions[rows.report_id("甲", *A)] == (3, rows.sha256("410402/2024/甲.txt 3"))
    assert len(versions) == 2


def changed(table: str, column: str, value: Any, row: int = 0) -> Callable[[Frames], Frames]:
    def change(frames: Frames) -> Frames:
        frame = frames[table].copy()
        frame.loc[row, column] = value
        return {**frames, table: frame}

    return change


FAULTS: dict[str, tuple[Callable[[Frames], Frames], str]] = {
    "district outside": (changed("reports", "district_code", "999999"), "reports: rows outside"),
    "fact outside": (changed("facts", "year", 1999, 7), "facts: rows outside"),
    "no year": (changed("sections", "year", None), "NOT NULL"),
    "stranger": (changed("issues", "report_id", "0" * 16), "issues: rows of a report that is not loaded"),
    "twins": (changed("sections", "section_no", 1), "sections: two rows with one key"),
    "no value kind": (changed("facts", "value_kind", None, 5), "NOT NULL"),
    "figure too large": (changed("facts", "value", 1e15, 5), "facts: a value does not fit"),
    "column missing": (
        lambda f: {**f, "facts": f["facts"].drop(columns="line")},
        r"facts: columns missing \['line'\]",
    ),
    "no titles": (lambda f: {**f, "reports": f["reports"].drop(columns="file_path")}, "reports: columns missing"),
    "column too many": (
        lambda f: {**f, "issues": f["issues"].assign(colour="red")},
        r"not in the schema \['colour'\]",
    ),
    "unknown table": (lambda f: {**f, "statement": f["facts"]}, "statement"),
    "no reports": (lambda f: {k: v for k, v in f.items() if k != "reports"}, "two rows with one key"),
}


@pytest.mark.one_case
@GIVEN
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_of_what_arrives_rolls_everything_back(
    warehouse: Warehouse, tmp_path: Path, fault: str, given: Callable[..., Any]
) -> None:
    if given is as_files and fault in FRAMES_ONLY:
        return
    change, complaint = FAULTS[fault]
    load(warehouse, rows.together(rows.report("甲"), rows.report("乙", *B)))
    before = content(warehouse)
    faulty = change(rows.together(rows.report("丙", seed=3), rows.report("乙", *B, seed=4)))
    with pytest.raises(WarehouseError, match=complaint):
        load(warehouse, given(faulty, tmp_path), [A, B])
    assert content(warehouse) == before


@pytest.mark.long
def test_rows_of_files_are_loaded_as_those_of_frames(warehouse: Warehouse, tmp_path: Path) -> None:
    frames = rows.together(rows.report("甲"), rows.report("乙", *B, seed=2), rows.report("丙", seed=3))
    load(warehouse, rows.report("甲", seed=9))
    counts = load(warehouse, frames)
    found = content(warehouse)
    other = Warehouse(tmp_path / "other")
    load(other, rows.report("甲", seed=9))
    files = as_files(frames, tmp_path)
    by_partition = {**load(other, files, [A]), **load(other, files, [B])}
    assert by_partition == counts
    assert content(other) == found


@pytest.mark.long
def test_files_without_a_row_of_the_partition_end_what_is_gone(warehouse: Warehouse, tmp_path: Path) -> None:
    load(warehouse, rows.report("甲"))
    files = as_files(rows.report("乙", *B), tmp_path)
    assert load(warehouse, files, [A])[A]["reports"] == 1
    assert load(warehouse, files, [A], gone=["410402/2024/甲.txt"])[A]["reports"] == 0
    assert load(warehouse, {name: [] for name in files}, [B])[B]["reports"] == 0


@GIVEN
@pytest.mark.long
@pytest.mark.one_case
def test_no_row_is_lost_however_many_there_are(warehouse: Warehouse, tmp_path: Path, given: Callable[..., Any]) -> None:
    """More rows than the 122,880 of a row group, beside none, some and as many that stay."""
    keys = [(f"{410000 + n}", 2024) for n in range(700)]
    frames = rows.spread(rows.report("甲"), keys)
    total = sum(range(1, len(frames["facts"]) + 1))
    arriving = given(frames, tmp_path)
    count_and_sum = "SELECT count(*), count(value), sum(value)::BIGINT FROM facts"
    with warehouse.writer() as writer:
        for again in (1, 2):
            counts = writer.load(keys, arriving, ())
            assert sum(c["facts"] for c in counts.values()) == 140_000, again
        writer.load(keys[1:], {}, [f"{code}/2024.txt" for code, _ in keys[1:]])
        assert sum(c["facts"] for c in writer.load(keys, arriving, ()).values()) == 140_000
        assert sum(c["facts"] for c in writer.load(keys, {}, ()).values()) == 140_000
    assert built(warehouse, count_and_sum) == [(140_000, 140_000, total)]
    load(warehouse, rows.report("甲", *keys[0]), keys, gone=["410000/2024.txt"])
    assert warehouse.publish().rows["facts"] == 140_000
    ((found, figures, changed_total),) = warehouse.query(count_and_sum)[1]
    assert (found, figures) == (140_000, 140_000)
    assert changed_total != total


@pytest.mark.long
def test_many_files_are_recorded(warehouse: Warehouse) -> None:
    paths = [f"{n:06d}.txt" for n in range(130_000)]
    one = rows.known("a")
    known = [replace(one, raw=replace(one.raw, path=path)) for path in paths]
    note(warehouse, [], known=[])
    with warehouse.writer() as writer:
        assert writer.partitions_of(paths) == []
        files = rows.files(["a"]).loc[[0] * len(paths)].assign(path=pd.Series(paths, dtype="str").array)
        writer.record(files, rows.quarantine([]), {}, known, ())
    assert built(warehouse, "SELECT count(path), min(path), max(path) FROM files") == [(130_000, paths[0], paths[-1])]
    assert len(warehouse.known()) == 130_000


@pytest.mark.parametrize("given", [as_frames, as_files])
def test_recording_tells_what_became_of_the_files(
    warehouse: Warehouse, tmp_path: Path, given: Callable[[Frames, Path], Any]
) -> None:
    note(warehouse, ["same.txt", "changed.txt"], gone=[])
    noted = given(
        {
            "files": pd.concat(
                [
                    rows.files(["same.txt", "new.txt", "unfit.txt"]),
                    rows.files(["changed.txt"]).assign(file_sha256=rows.sha256("other")),
                    rows.files(["unread.txt"], "quarantined").assign(file_sha256=""),
                ],
                ignore_index=True,
            ),
            "quarantine": rows.quarantine(["unread.txt"]).assign(reason="unreadable"),
        },
        tmp_path,
    )
    known = [rows.known(path, "code 2") for path in ("same.txt", "new.txt", "changed.txt", "unread.txt")]
    left_out = ["unfit.txt"] if given is as_files else []
    with warehouse.writer() as writer:
        found = writer.record(noted["files"], noted["quarantine"], {}, known, (), left_out=left_out)
    unfit = 1 - len(left_out)
    # A file that is not known from now on was not one of the batch, so it is not counted as new.
    assert found.files == {"new": 2, "read again": 1, "changed": 1, "loaded": 3 + unfit, "quarantined": 1}
    assert found.reasons == {"unreadable": 1}
    assert len(built(warehouse, "FROM files")) == 4 + unfit
    digests = {path: (seen.raw.sha256, seen.fingerprint) for path, seen in warehouse.known().items()}
    assert digests == {
        "changed.txt": (rows.sha256("other"), "code 2"),
        "new.txt": (rows.sha256("new.txt"), "code 2"),
        "same.txt": (rows.sha256("same.txt"), "code 2"),
        "unread.txt": ("", "code 2"),
    }


def test_what_is_left_out_stays_as_it_was(warehouse: Warehouse, tmp_path: Path) -> None:
    note(warehouse, ["a.txt", "b.txt"])
    before = content(warehouse), warehouse.known()
    later = {"files": rows.files(["a.txt", "b.txt"]).assign(size_bytes=7), "quarantine": rows.quarantine([])}
    noted = as_files(later, tmp_path)
    with warehouse.writer() as writer:
        writer.record(noted["files"], noted["quarantine"], {}, [], (), left_out=["a.txt", "b.txt"])
    assert (content(warehouse), warehouse.known()) == before
    with warehouse.writer() as writer:
        writer.record(noted["files"], noted["quarantine"], {}, [], (), left_out=["a.txt"])
    assert built(warehouse, "SELECT path, size_bytes = 7 FROM files ORDER BY path") == [
        ("a.txt", False),
        ("b.txt", True),
    ]


def test_times_are_noted_of_files_that_are_known(warehouse: Warehouse) -> None:
    note(warehouse, ["a.txt", "b.txt"])
    before = content(warehouse)
    touched = [replace(rows.known(path).raw, mtime_ns=5) for path in ("b.txt", "strange.txt")]
    with warehouse.writer() as writer:
        writer.note_times(touched)
        writer.note_times([])
    times = {path: seen.raw.mtime_ns for path, seen in warehouse.known().items()}
    assert times == {"a.txt": rows.known("a.txt").raw.mtime_ns, "b.txt": 5}
    assert content(warehouse) == before


def test_report_may_not_lie_in_two_partitions(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    elsewhere = rows.report("甲", *B)
    for frame in elsewhere.values():
        frame["report_id"] = rows.report_id("甲", *A)
    with pytest.raises(WarehouseError, match="another partition"):
        load(warehouse, elsewhere)
    assert publishers(warehouse) == [(*A, "甲政府", 1)]


def test_writer_goes_on_after_a_load_that_failed(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        with pytest.raises(WarehouseError):
            writer.load([], rows.report("甲"), ())
        writer.load([A], rows.report("甲"), ())
    assert publishers(warehouse) == [(*A, "甲政府", 1)]


# Files, quarantine, dimensions, what is known


def test_known_is_given_back_as_it_was(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    assert warehouse.known() == {}
    assert not warehouse.build.exists()
    note(warehouse, ["a.txt", "ö 报告.txt"], ("b.txt",))
    assert warehouse.known() == {p: rows.known(p) for p in ("a.txt", "ö 报告.txt", "b.txt")}
    assert built(warehouse, "SELECT path FROM quarantine") == [("b.txt",)]


def test_file_that_is_loaded_after_all_leaves_quarantine(warehouse: Warehouse) -> None:
    note(warehouse, ["a.txt"], ("b.txt",))
    note(warehouse, ["b.txt"], known=[rows.known("b.txt", "code 2", "410402")])
    assert built(warehouse, "SELECT path FROM quarantine") == []
    assert built(warehouse, "SELECT path FROM files ORDER BY path") == [("a.txt",), ("b.txt",)]
    assert warehouse.known()["b.txt"] == rows.known("b.txt", "code 2", "410402")


def test_gone_files_are_forgotten_and_dimensions_replaced(warehouse: Warehouse) -> None:
    note(warehouse, ["a.txt", "c.txt"], ("b.txt",))
    district = rows.frame(DISTRICTS, [rows.filled(DISTRICTS, district_code="110101")])
    note(warehouse, [], gone=["a.txt", "b.txt"], dimensions={"districts": district})
    assert list(warehouse.known()) == ["c.txt"]
    assert built(warehouse, "SELECT path FROM files") == [("c.txt",)]
    assert built(warehouse, "SELECT path FROM quarantine") == []
    assert built(warehouse, "SELECT district_code FROM districts") == [("110101",)]
    assert built(warehouse, "SELECT count(*) FROM cells") == [(len(rows.dimensions()["cells"]),)]


def test_fault_in_recording_rolls_everything_back(warehouse: Warehouse) -> None:
    note(warehouse, ["a.txt"])
    before = content(warehouse)
    twice = rows.frame(CELLS, [rows.filled(CELLS)] * 2)
    for dimensions in ({"cells": twice}, {"facts": twice}):
        with pytest.raises(WarehouseError):
            note(warehouse, ["a.txt", "b.txt"], dimensions=dimensions)
    assert content(warehouse) == before
    assert list(warehouse.known()) == ["a.txt"]


# One writer, and what becomes of a build database that cannot be used


def test_second_writer_fails_clearly_and_waits_when_told_to(warehouse: Warehouse) -> None:
    code = """
with warehouse.writer() as w:
    w.load([('410402', 2024)], rows.report('甲'), ())
    print('in')
    input()
"""
    with run(code, warehouse) as other:
        assert said(other) == "in"
        with pytest.raises(WarehouseBusyError, match=r"writer\.lock"), warehouse.writer(wait_seconds=0.1):
            pass
        assert other.stdin is not None
        other.stdin.write("\n")
        other.stdin.flush()
        with warehouse.writer(wait_seconds=60) as writer:
            assert len(writer.versions()) == 1


def test_writer_inside_a_writer_is_an_error_and_no_deadlock(warehouse: Warehouse) -> None:
    with warehouse.writer():
        for call in (warehouse.publish, warehouse.known):
            with pytest.raises(WarehouseError, match="finish the writer first"):
                call()
    assert warehouse.known() == {}


@pytest.mark.long
def test_killed_in_the_middle_of_a_load_leaves_the_last_state(warehouse: Warehouse) -> None:
    load(warehouse, rows.together(rows.report("甲"), rows.report("乙")))
    note(warehouse, ["410402/2024/甲.txt"])
    before = content(warehouse)
    code = """
def dying(connection, staged):
    replace(connection, staged)
    os.kill(os.getpid(), 9)  # every table has been replaced, and COMMIT would be next
replace, loading.replace = loading.replace, dying
with warehouse.writer() as w:
    w.load([('410402', 2024)], rows.report('丙', seed=9), ['410402/2024/甲.txt'])
"""
    with run(code, warehouse) as other:
        assert other.wait(60) == -signal.SIGKILL
    assert content(warehouse) == before
    assert list(warehouse.known()) == ["410402/2024/甲.txt"]
    load(warehouse, rows.report("丙", seed=9))
    assert len(publishers(warehouse)) == 3


@pytest.mark.long
def test_committed_loads_outlive_a_kill(warehouse: Warehouse) -> None:
    code = """
with warehouse.writer() as w:
    w.load([('410402', 2024)], rows.report('甲'), ())
    os.kill(os.getpid(), 9)
"""
    with run(code, warehouse) as other:
        assert other.wait(60) == -signal.SIGKILL
    assert warehouse.known() == {}
    assert publishers(warehouse) == [(*A, "甲政府", 1)]
    assert warehouse.publish().rows["facts"] == 200


@pytest.mark.parametrize(
    "damage", [lambda b: b"no database", lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b[:4096]]
)
@pytest.mark.one_case
def test_broken_build_is_set_aside_and_made_anew(
    warehouse: Warehouse, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    load(warehouse, rows.report("甲"))
    note(warehouse, ["a.txt"])
    broken = damage(warehouse.build.read_bytes())
    warehouse.build.write_bytes(broken)
    assert warehouse.known() == {}
    assert not warehouse.is_published()
    with caplog.at_level(logging.WARNING), warehouse.writer() as writer:
        assert writer.versions() == {}
    assert "build.duckdb.broken" in caplog.text
    assert warehouse.build.with_name("build.duckdb.broken").read_bytes() == broken
    load(warehouse, rows.report("甲"))
    assert len(publishers(warehouse)) == 1


@pytest.mark.long
def test_damage_anywhere_is_found_and_the_next_run_begins_anew(warehouse: Warehouse) -> None:
    """Never is anything published that was not read back whole."""
    load(warehouse, rows.report("甲"))
    note(warehouse, ["a.txt"])
    before = content(warehouse)
    whole = warehouse.build.read_bytes()
    for place in range(2 * 4096 + 5, len(whole), 3 * 262_144):
        warehouse.build.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        complaint, rows_published = "", 0
        try:
            with warehouse.writer() as writer:
                writer.versions()
            rows_published = warehouse.publish().rows["facts"]
        except WarehouseError as error:
            complaint = str(error)
        # Either it did no harm, or it was seen at once, or a run failed and the next one begins anew.
        assert not complaint or "run again to make it anew" in complaint
        assert rows_published == (200 if warehouse.known() else 0)
        for table, expected in before.items() if rows_published else ():
            assert warehouse.query(f"FROM {table} ORDER BY ALL")[1] == expected


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM internal.meta", "DROP SCHEMA internal CASCADE", "UPDATE internal.meta SET value = 'old'"],
)
@pytest.mark.one_case
@pytest.mark.long
def test_build_of_another_schema_is_made_anew(
    warehouse: Warehouse, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    load(warehouse, rows.report("甲"))
    note(warehouse, ["a.txt"])
    with duckdb.connect(str(warehouse.build)) as connection:
        connection.execute(statement)
    assert warehouse.known() == {}
    with caplog.at_level(logging.WARNING), warehouse.writer() as writer:
        assert writer.versions() == {}
    assert "another schema" in caplog.text
    note(warehouse, ["b.txt"])
    assert list(warehouse.known()) == ["b.txt"]


@pytest.mark.long
def test_build_that_somebody_has_open_is_not_set_aside(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    code = "import duckdb\nc = duckdb.connect(str(warehouse.build), read_only=True)\nprint('open'); input()"
    with run(code, warehouse) as other:
        assert said(other) == "open"
        with pytest.raises(WarehouseBusyError, match=r"build\.duckdb"), warehouse.writer():
            pass
        other.kill()
    assert publishers(warehouse) == [(*A, "甲政府", 1)]


# Publishing


def test_published_file_is_read_only_linked_and_alone(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    published = warehouse.publish()
    assert re.fullmatch(r"disclosure-\d{8}T\d{6}Z-1\.duckdb", published.path.name)
    assert stat.S_IMODE(published.path.stat().st_mode) == 0o444
    assert warehouse.published.readlink() == Path("versions", published.path.name)
    assert sorted(p.name for p in warehouse.root.iterdir()) == ["disclosure.duckdb", "versions", "work"]
    assert [p.name for p in warehouse.versions.iterdir()] == [published.path.name]
    assert published.size_bytes == published.path.stat().st_size
    assert published.rows["facts"] == 200


def test_files_are_of_a_format_that_duckdb_1_2_reads(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    for path in (warehouse.publish().path, warehouse.build):
        assert int.from_bytes(path.read_bytes()[12:20], "little") <= 65


@pytest.mark.long
def test_published_file_holds_what_was_built_in_storage_order(warehouse: Warehouse) -> None:
    load(warehouse, rows.together(*(rows.report(n, c, y) for n in "乙甲" for c, y in (B, A, ("110101", 2024)))))
    note(warehouse, ["b.txt", "a.txt"], ("c.txt",))
    before = content(warehouse)
    warehouse.publish()
    for table in TABLES.values():
        stored = warehouse.query(f"FROM {table.name}")[1]
        assert stored == warehouse.query(f"FROM {table.name} ORDER BY {ddl.storage_order(table)}")[1]
        assert sorted(stored, key=str) == sorted(before[table.name], key=str)


def test_published_file_shows_only_what_is_for_people(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    note(warehouse, ["a.txt"])
    warehouse.publish()
    shown = [name for (name,) in warehouse.query("SHOW TABLES")[1]]
    assert shown == sorted([*TABLES, *view_sql.view_sources()])
    # Which content and schema it has, by which a run knows that nothing is to be published.
    assert warehouse.query("SELECT key FROM published_notes() ORDER BY key")[1] == [
        ("content",),
        ("schema",),
    ]
    assert warehouse.query("SELECT DISTINCT schema_name FROM duckdb_tables()")[1] == [("main",)]


@pytest.mark.long
def test_same_rows_in_another_order_are_the_same_content(tmp_path: Path) -> None:
    reports = [rows.report(n, c, y, seed=s) for s, (n, (c, y)) in enumerate([("甲", A), ("乙", A), ("丙", B)])]
    contents = []
    for name, order in (("one", reports), ("two", reports[::-1])):
        warehouse = Warehouse(tmp_path / name)
        for report in order:
            load(warehouse, report)
        warehouse.publish()
        contents.append(warehouse.query("FROM published_notes() ORDER BY key")[1])
    assert contents[0] == contents[1]


@pytest.mark.long
def test_is_published_follows_the_build(warehouse: Warehouse) -> None:
    assert not warehouse.is_published()
    load(warehouse, rows.report("甲"))
    note(warehouse, ["a.txt"])
    assert not warehouse.is_published()
    first = warehouse.publish()
    assert first.renewed
    assert warehouse.is_published()
    note(warehouse, ["a.txt"], known=[rows.known("a.txt", "code 2")])  # only what is known changed
    assert warehouse.is_published()
    load(warehouse, rows.report("甲"))  # the same again: there is nothing new to publish
    second = warehouse.publish()
    assert (second.renewed, second.path) == (False, first.path)
    load(warehouse, rows.report("甲", seed=2))
    assert not warehouse.is_published()
    assert warehouse.publish().renewed
    assert warehouse.is_published()


@pytest.mark.long
def test_another_view_is_published_without_extracting_again(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(warehouse, rows.report("甲"))
    note(warehouse, ["a.txt"])
    warehouse.publish()
    views = tmp_path / "views"
    views.mkdir()
    (views / "years.sql").write_text("CREATE VIEW years AS SELECT DISTINCT year FROM reports;")
    monkeypatch.setattr(view_sql, "VIEWS_FOLDER", views)
    monkeypatch.setattr(view_sql, "MACROS_FOLDER", tmp_path)
    monkeypatch.setattr(view_sql, "TRUSTED", ())
    monkeypatch.setattr(wide, "WIDE_FOLDER", tmp_path)
    monkeypatch.setattr(materialising, "MACROS", ())
    assert not warehouse.is_published()
    assert list(warehouse.known()) == ["a.txt"]
    assert warehouse.publish().renewed
    assert warehouse.query("FROM years")[1] == [(2024,)]
    shown = "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'"
    # Of the views of other code none is left; that of the rules is made from their list.
    assert sorted(warehouse.query(shown)[1]) == [("rules",), ("years",)]


@pytest.mark.long
def test_reader_of_the_old_file_goes_on_and_a_new_one_sees_the_new(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    warehouse.publish()
    code = """
import duckdb
c = duckdb.connect(str(warehouse.published), read_only=True)
while True:
    print(c.execute("SELECT count(*), sum(value)::INTEGER FROM facts").fetchone()); input()
"""
    with run(code, warehouse) as reader:
        old = said(reader)
        for seed in (2, 3, 4, 5):  # more than are kept
            load(warehouse, rows.report("甲", seed=seed))
            warehouse.publish()
            assert reader.stdin is not None
            reader.stdin.write("\n")
            reader.stdin.flush()
            assert said(reader) == old
        with run(code, warehouse) as fresh:
            assert said(fresh) == f"(200, {sum(rows.figure(n, seed) for n in range(200)):.0f})"
            fresh.kill()
        reader.kill()
    assert warehouse.query("SELECT version FROM reports")[1] == [(5,)]


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("setting", "kept"), [("", [9, 10, 11]), ("1", [11]), ("2", [10, 11]), ("9", [7, 8, 9, 10, 11])]
)
@pytest.mark.long
def test_as_many_versions_are_kept_as_is_set(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, setting: str, kept: list[int]
) -> None:
    monkeypatch.setenv(KEEP, setting)
    warehouse.versions.mkdir(parents=True)
    for number in (7, 8, 9):  # of a clock that was ahead
        (warehouse.versions / f"disclosure-20990101T000000Z-{number}.duckdb").touch()
    for seed in (1, 2):
        load(warehouse, rows.report("甲", seed=seed))
        warehouse.publish()
    numbers = sorted(int(p.stem.rsplit("-", 1)[1]) for p in warehouse.versions.iterdir())
    assert numbers == kept
    assert warehouse.query("SELECT version FROM reports")[1] == [(2,)]


@pytest.mark.parametrize("setting", ["0", "-1", "three", "2.5"])
def test_setting_that_is_no_number_is_told(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv(KEEP, setting)
    with pytest.raises(WarehouseError, match=f"{KEEP} must be a whole number from 1 on, not '{re.escape(setting)}'"):
        versions_kept()


@pytest.mark.long
def test_copy_that_fails_leaves_the_old_file_and_nothing_else(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    old = warehouse.publish()
    load(warehouse, rows.report("甲", seed=2))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, limits[1]))  # as if the disk were full
    try:
        with pytest.raises(WarehouseError, match=r"publishing failed, disclosure\.duckdb stays as it was"):
            warehouse.publish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(warehouse.versions.iterdir()) == [old.path]
    assert warehouse.query("SELECT version FROM reports")[1] == [(1,)]
    assert warehouse.publish().renewed
    assert warehouse.query("SELECT version FROM reports")[1] == [(2,)]


@pytest.mark.long
def test_leftovers_of_a_killed_publish_are_cleared(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    old = warehouse.publish()
    load(warehouse, rows.report("甲", seed=2))
    code = """
def point_to(self, version):
    os.kill(os.getpid(), 9)
def dying(*given):
    write_copy(*given)
    if sys.argv[2:] == ["early"]:
        os.kill(os.getpid(), 9)
write_copy, published_files.write_copy = published_files.write_copy, dying
published_files.PublishedFiles._point_to = point_to
sys.argv.append(input())
warehouse.publish()
"""
    for moment in ("early", "late"):
        with run(code, warehouse) as other:
            other.communicate(f"{moment}\n", timeout=60)
        assert other.returncode == -signal.SIGKILL
        assert warehouse.published.resolve() == old.path
        assert not warehouse.is_published()
    new = warehouse.publish()
    assert [p for p in warehouse.versions.iterdir() if not re.fullmatch(r"disclosure-.*\.duckdb", p.name)] == []
    assert warehouse.published.resolve() == new.path
    assert warehouse.query("SELECT version FROM reports")[1] == [(2,)]


@pytest.mark.long
def test_damaged_published_file_is_made_anew(warehouse: Warehouse) -> None:
    load(warehouse, rows.report("甲"))
    old = warehouse.publish().path
    old.chmod(0o644)
    old.write_bytes(b"spoilt")
    assert not warehouse.is_published()
    new = warehouse.publish()
    assert new.renewed
    assert new.path != old
    assert warehouse.is_published()
    new.path.unlink()
    assert not warehouse.is_published()


def test_nothing_loaded_can_be_published_too(warehouse: Warehouse) -> None:
    assert warehouse.publish().rows == dict.fromkeys(TABLES, 0)
    assert warehouse.query("FROM requests")[1] == []


def test_questions_find_what_is_published_though_an_older_file_is_kept_open(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="nothing has been published yet"), warehouse.kept_open():
        pass
    years = "SELECT year FROM reports ORDER BY year"
    load(warehouse, rows.report("甲", year=2021))
    warehouse.publish()
    with warehouse.kept_open():
        assert warehouse.query(years)[1] == [(2021,)]
        load(warehouse, rows.report("乙", year=2022))
        warehouse.publish()
        assert warehouse.query(years)[1] == [(2021,), (2022,)]


def test_queries_on_the_published_file(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="nothing has been published yet"):
        warehouse.query("FROM reports")
    load(warehouse, rows.together(rows.report("甲"), rows.report("乙", *B)))
    warehouse.publish()
    sql = "SELECT publisher, year FROM reports WHERE year = ?"
    assert warehouse.query(sql, [2024]) == (["publisher", "year"], [("甲政府", 2024)])
    assert warehouse.read_frame(sql, [2023]).to_dict("list") == {"publisher": ["乙政府"], "year": [2023]}
    for refused in ("FROM nowhere", "DELETE FROM facts", "CREATE TABLE t (a INTEGER)"):
        with pytest.raises(WarehouseError, match="the query failed"):
            warehouse.query(refused)
        with pytest.raises(WarehouseError, match="the query failed"):
            warehouse.read_frame(refused)


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_the_schema_has_one_digest_in_every_process(seed: str) -> None:
    """Sets of names are in another order in each: a digest that followed it would publish every night anew."""
    command = [sys.executable, "-c", "from pipeline.warehouse.made_views import published_schema as p; print(p())"]
    result = subprocess.run(
        command, text=True, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
    )
    assert result.stdout.strip() == published_schema()


def test_looking_for_work_imports_nothing_heavy(warehouse: Warehouse) -> None:
    note(warehouse, ["a.txt"])
    warehouse.publish()
    code = """
import sys
from pathlib import Path
from pipeline.warehouse import Warehouse
w = Warehouse(Path(sys.argv[1]))
print(len(w.known()), w.is_published(), sorted({"pandas", "pyarrow", "numpy"} & set(sys.modules)))
"""
    command = [sys.executable, "-c", code, str(warehouse.root)]
    result = subprocess.run(command, text=True, capture_output=True, check=True)
    assert result.stdout.strip() == "1 True []"


def test_frames_of_tables_that_are_recorded_are_no_matter_of_load(warehouse: Warehouse) -> None:
    frames = {**rows.report("甲"), FILES.name: rows.files(["a"]), QUARANTINE.name: rows.quarantine(["b"])}
    load(warehouse, frames)
    assert built(warehouse, "SELECT count(*) FROM files") == [(0,)]
