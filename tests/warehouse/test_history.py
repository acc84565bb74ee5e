"""Versions: what a report said before it changed stays, dated, and can be asked for by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.schema import FACTS_HISTORY, REPORT_VERSIONS
from pipeline.warehouse import Warehouse, build_database, ddl, history, loading, view_sql
from tests import warehouse_rows as rows
from tests.empty_build import begin
from tests.warehouse_rows import Frames

A = ("410402", 2024)
B = ("410502", 2023)
MON, TUE, WED, THU, FRI = (date(2025, 3, day) for day in range(3, 8))
CELL = (3, "1", "total")
FEW = (CELL, (3, "2", "total"), (2, "8.fee", "amount"))


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return begin(tmp_path)


def small(name: str = "甲", key: tuple[str, int] = A, seed: int = 1, **given: Any) -> Frames:
    """A report with three cells."""
    return rows.report(name, *key, seed=seed, **{"cells": FEW, **given})


def load(
    warehouse: Warehouse,
    day: date,
    *reports: Frames,
    keys: Sequence[tuple[str, int]] | None = None,
    gone: Sequence[str] = (),
) -> None:
    frames = rows.together(*reports) if reports else {}
    with warehouse.writer() as writer:
        writer.load(rows.keys_of(frames) if keys is None else keys, frames, gone, lambda: day)


def end_batch(warehouse: Warehouse, day: date) -> None:
    with warehouse.writer() as writer:
        writer.record(rows.files([]), rows.quarantine([]), {}, [], (), lambda: day)


def built(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse.build), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def versions(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    sql = "SELECT left(publisher, 1), version, valid_from, valid_to, cause FROM report_versions ORDER BY ALL"
    return built(warehouse, sql)


def as_of(warehouse: Warehouse, day: date) -> dict[tuple[str, int, str, str], tuple[int, str]]:
    """Version and text of each fact at the end of a day."""
    sql = """SELECT left(publisher, 1), table_no, row_code, col_code, f.version, value_raw FROM facts_as_of(?) f
             JOIN (SELECT DISTINCT report_id, publisher FROM report_versions) USING (report_id)"""
    return {tuple(row[:4]): tuple(row[4:]) for row in warehouse.query(sql, [day])[1]}


def restated(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    sql = """SELECT left(publisher, 1), table_no, row_code, col_code, change, text_before, text_after,
             version_before, version_after, changed_on, cause FROM restatements ORDER BY changed_on, version_before, table_no, row_code"""
    return warehouse.query(sql)[1]


# --- What makes a version --------------------------------------------------------------------------


def test_the_first_load_is_version_1_and_no_history(warehouse: Warehouse) -> None:
    load(warehouse, MON, small("甲"), small("乙", B))
    assert versions(warehouse) == [("乙", 1, MON, None, None), ("甲", 1, MON, None, None)]
    assert built(warehouse, "FROM facts_history") == []


def test_the_same_file_again_changes_nothing(warehouse: Warehouse) -> None:
    load(warehouse, MON, small("甲"), small("乙"), small("空", cells=()))
    warehouse.publish()
    size = warehouse.build.stat().st_size
    load(warehouse, TUE, small("空", cells=()), small("乙"), small("甲"))
    assert {v[1:] for v in versions(warehouse)} == {(1, MON, None, None)}
    assert not warehouse.publish().renewed
    assert warehouse.build.stat().st_size == size


def test_another_file_ends_the_version_and_its_facts_stay(warehouse: Warehouse) -> None:
    before = {**small("甲", printed={CELL: "/"})}
    load(warehouse, MON, before, small("乙"))
    was = built(
        warehouse,
        f"SELECT {ddl.listed(history._COPIED)} FROM facts WHERE report_id = '{rows.report_id('甲', *A)}' ORDER BY ALL",
    )
    load(warehouse, WED, small("甲", seed=2))
    assert versions(warehouse) == [
        ("乙", 1, MON, None, None),
        ("甲", 1, MON, WED, "republished"),
        ("甲", 2, WED, None, None),
    ]
    assert built(warehouse, f"SELECT {ddl.listed(history._COPIED)} FROM facts_history ORDER BY ALL") == was
    assert built(warehouse, "SELECT DISTINCT version FROM facts_history") == [(1,)]
    assert built(warehouse, "SELECT version FROM reports ORDER BY publisher") == [(1,), (2,)]


def test_the_same_file_read_otherwise_is_a_reparse(warehouse: Warehouse) -> None:
    load(warehouse, MON, small("甲"))
    load(warehouse, TUE, small("甲", printed={CELL: 7.0}))
    assert versions(warehouse) == [("甲", 1, MON, TUE, "reparse"), ("甲", 2, TUE, None, None)]
    assert built(warehouse, "SELECT count(DISTINCT file_sha256) FROM report_versions") == [(1,)]


@pytest.mark.long
def test_what_a_form_says_of_a_cell_makes_no_version(warehouse: Warehouse) -> None:
    told = {"甲": ("series", "new_requests"), "乙": ("additive", False), "丙": ("line", 99)}
    load(warehouse, MON, *map(small, told))
    others = {name: small(name) for name in told}
    for name, (column, value) in told.items():
        others[name]["facts"][column] = value
    load(warehouse, TUE, *others.values())
    assert versions(warehouse) == [(name, 1, MON, None, None) for name in sorted(told)]
    for name, (column, value) in told.items():
        found = f"SELECT DISTINCT {column} FROM facts WHERE report_id = '{rows.report_id(name, *A)}'"
        assert built(warehouse, found) == [(value,)]


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("column", "value"),
    [("value", 4.5), ("value_kind", "word"), ("value_raw", "x"), ("unit", None), ("form", "2019"), ("row_code", "9")],
)
def test_what_is_printed_makes_one(warehouse: Warehouse, column: str, value: object) -> None:
    load(warehouse, MON, small("甲"))
    other = small("甲")
    other["facts"].loc[0, column] = value
    load(warehouse, TUE, other)
    assert [v[1] for v in versions(warehouse)] == [1, 2]


@pytest.mark.long
def test_a_report_that_goes_away_and_comes_back(warehouse: Warehouse) -> None:
    load(warehouse, MON, small("甲"), small("乙"))
    load(warehouse, TUE, keys=[A], gone=["410402/2024/甲.txt"])
    assert versions(warehouse)[1] == ("甲", 1, MON, TUE, "removed")
    assert built(warehouse, "SELECT count(*) FROM facts_history") == [(3,)]
    load(warehouse, WED, keys=[A])
    load(warehouse, THU, small("甲"))
    assert versions(warehouse)[1:] == [("甲", 1, MON, TUE, "removed"), ("甲", 2, THU, None, None)]
    assert built(warehouse, "SELECT version FROM reports ORDER BY publisher") == [(1,), (2,)]


def test_a_moved_file_is_the_same_version(warehouse: Warehouse) -> None:
    moved = small("甲")
    moved["reports"]["file_path"] = "elsewhere/甲.txt"
    load(warehouse, MON, small("甲"))
    load(warehouse, TUE, moved, gone=["410402/2024/甲.txt"])
    assert versions(warehouse) == [("甲", 1, MON, None, None)]
    assert built(warehouse, "SELECT file_path FROM report_versions") == [("elsewhere/甲.txt",)]


@pytest.mark.long
def test_neighbours_in_the_partition_get_no_history(warehouse: Warehouse) -> None:
    others = [small(name) for name in "乙丙丁"]
    load(warehouse, MON, small("甲"), *others)
    load(warehouse, TUE, small("甲", seed=2), keys=[A, B])
    load(warehouse, WED, keys=[A], gone=["410402/2024/甲.txt"])
    assert built(warehouse, "SELECT DISTINCT publisher FROM report_versions WHERE valid_to IS NOT NULL") == [
        ("甲政府",)
    ]
    assert built(warehouse, "SELECT version, count(*) FROM facts_history GROUP BY ALL ORDER BY ALL") == [(1, 3), (2, 3)]


@pytest.mark.long
def test_a_clock_that_was_put_back_ends_no_version_before_it_began(warehouse: Warehouse) -> None:
    load(warehouse, WED, small("甲"))
    load(warehouse, MON, small("甲", seed=2))
    load(warehouse, TUE, small("甲", seed=3))
    assert versions(warehouse) == [
        ("甲", 1, WED, WED, "republished"),
        ("甲", 2, WED, WED, "republished"),
        ("甲", 3, WED, None, None),
    ]


def test_versions_are_written_with_the_rows_or_not_at_all(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(warehouse, MON, small("甲"))
    before = versions(warehouse)

    def fail(connection: object, staged: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(loading, "replace", fail)
    with pytest.raises(RuntimeError):
        load(warehouse, TUE, small("甲", seed=2), small("乙"))
    assert versions(warehouse) == before
    assert built(warehouse, "FROM facts_history") == []


@pytest.mark.long
def test_many_versions_at_once_lose_no_row(warehouse: Warehouse) -> None:
    """More rows than the 122,880 of a row group."""
    keys = [(f"{410000 + n}", 2024) for n in range(700)]
    pattern = rows.report("甲")
    load(warehouse, MON, rows.spread(pattern, keys))
    load(warehouse, TUE, rows.spread(pattern, keys, seed=5))
    load(warehouse, WED, keys=keys, gone=[f"{code}/2024.txt" for code, _ in keys])
    found = built(
        warehouse, "SELECT version, count(*), count(DISTINCT value) FROM facts_history GROUP BY ALL ORDER BY 1"
    )
    assert found == [(1, 140_000, 140_000), (2, 140_000, 140_000)]
    assert built(warehouse, "SELECT count(*) FROM report_versions WHERE valid_to IS NULL") == [(0,)]


# --- Asking by day ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """甲: another file on Tuesday, twice on Wednesday, gone on Thursday, back on Friday. 乙: never changed."""
    warehouse = begin(tmp_path_factory.mktemp("eventful"))
    same = {(3, "2", "total"): 5.0, (2, "8.fee", "amount"): "—"}
    load(warehouse, MON, small("甲", printed={**same, CELL: 10.0}), small("乙"))
    load(warehouse, TUE, small("甲", seed=2, printed={**same, CELL: 11.0}))
    load(warehouse, WED, small("甲", seed=3, printed={**same, CELL: ""}))
    load(
        warehouse,
        WED,
        small("甲", seed=3, printed={CELL: 12.0, (3, "2", "total"): 5.0}, cells=(*FEW[:2], (4, "1", "review.total"))),
    )
    load(warehouse, THU, keys=[A], gone=["410402/2024/甲.txt"])
    load(warehouse, FRI, small("甲", seed=4, printed={**same, CELL: 13.0}))
    warehouse.publish()
    return warehouse


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("day", "version", "text"),
    [(MON, 1, "10"), (TUE, 2, "11"), (WED, 4, "12"), (FRI, 5, "13"), (date(2030, 1, 1), 5, "13")],
)
def test_facts_as_of_a_day(eventful: Warehouse, day: date, version: int, text: str) -> None:
    found = as_of(eventful, day)
    assert found["甲", *CELL] == (version, text)
    assert {v for (name, *_), (v, _) in found.items() if name == "甲"} == {version}
    assert [v for (name, *_), (v, _) in found.items() if name == "乙"] == [1, 1, 1]


def test_facts_as_of_a_day_without_the_report(eventful: Warehouse) -> None:
    assert {name for name, *_ in as_of(eventful, THU)} == {"乙"}
    assert as_of(eventful, date(2025, 3, 2)) == {}


def test_facts_as_of_today_are_the_facts(eventful: Warehouse) -> None:
    columns = ddl.listed(history._COPIED)
    today = eventful.query(f"SELECT {columns} FROM facts_as_of(DATE '2025-03-09') ORDER BY ALL")[1]
    assert today == eventful.query(f"SELECT {columns} FROM facts ORDER BY ALL")[1]
    names, _ = eventful.query("FROM facts_as_of('2025-03-03') LIMIT 1")
    assert names == list(FACTS_HISTORY.column_names)


def test_the_macro_is_in_the_file_with_its_comment(eventful: Warehouse) -> None:
    sql = "SELECT comment FROM duckdb_functions() WHERE function_name = ?"
    for name in view_sql.macro_sources():
        ((comment,),) = eventful.query(sql, [name])[1]
        assert " · " in comment


def test_the_macro_works_when_the_file_is_attached_and_used(eventful: Warehouse) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {ddl.literal(str(eventful.published))} AS w (READ_ONLY)")
        dated = "FROM w.facts_dated WHERE valid_from <= '2025-03-04' AND (valid_to IS NULL OR valid_to > '2025-03-04')"
        found = connection.execute(f"SELECT count(*) {dated}").fetchall()
        connection.execute("USE w")
        assert connection.execute("SELECT count(*) FROM facts_as_of('2025-03-04')").fetchall() == found == [(6,)]


def test_restatements_tell_what_changed_cell_by_cell(eventful: Warehouse) -> None:
    gone = (2, "8.fee", "amount")
    new = (4, "1", "review.total")
    second = (3, "2", "total")
    seed_3 = f"{rows.figure(rows.FORM.index(new), 3):g}"
    assert restated(eventful) == [
        ("甲", *CELL, "changed", "10", "11", 1, 2, TUE, "republished"),
        ("甲", *CELL, "changed", "11", "", 2, 3, WED, "republished"),
        ("甲", *gone, "removed", "—", None, 3, 4, WED, "reparse"),
        ("甲", *CELL, "changed", "", "12", 3, 4, WED, "reparse"),
        ("甲", *new, "added", None, seed_3, 3, 4, WED, "reparse"),
        ("甲", *CELL, "removed", "12", None, 4, None, THU, "removed"),
        ("甲", *second, "removed", "5", None, 4, None, THU, "removed"),
        ("甲", *new, "removed", seed_3, None, 4, None, THU, "removed"),
        ("甲", *gone, "added", None, "—", None, 5, FRI, "returned"),
        ("甲", *CELL, "added", None, "13", None, 5, FRI, "returned"),
        ("甲", *second, "added", None, "5", None, 5, FRI, "returned"),
    ]


def test_restatements_give_figures_only_where_numbers_are_printed(eventful: Warehouse) -> None:
    sql = "SELECT value_before, value_after FROM restatements WHERE changed_on = ? AND row_code = '1' AND table_no = 3"
    found = eventful.query(sql + " ORDER BY version_before", [WED])[1]
    assert [tuple(None if v is None else float(v) for v in row) for row in found] == [(11, None), (None, 12)]


# --- When the build database is made anew ----------------------------------------------------------


def spoil(warehouse: Warehouse) -> None:
    warehouse.build.write_bytes(b"no database")


def lose(warehouse: Warehouse) -> None:
    warehouse.build.unlink()


def other_schema(warehouse: Warehouse) -> None:
    """A build database of a schema without one of the columns of today and with another."""
    with duckdb.connect(str(warehouse.build)) as connection:
        connection.execute("UPDATE internal.meta SET value = 'of yesterday' WHERE key = 'structure'")
        connection.execute("ALTER TABLE facts DROP COLUMN series")
        connection.execute("ALTER TABLE reports ADD COLUMN colour VARCHAR")


ANEW: Mapping[str, Any] = {"broken": spoil, "lost": lose, "other schema": other_schema}


@pytest.fixture(params=ANEW.values(), ids=ANEW)
def anew(warehouse: Warehouse, request: pytest.FixtureRequest) -> Warehouse:
    """甲 in its second version, 乙 and 丙, published; then the build database is gone."""
    load(warehouse, MON, small("甲"), small("乙", B), small("丙", B))
    load(warehouse, TUE, small("甲", seed=2))
    warehouse.publish()
    request.param(warehouse)
    return warehouse


@pytest.mark.one_case
@pytest.mark.long
def test_versions_outlive_the_build_database(anew: Warehouse) -> None:
    load(anew, THU, small("甲", seed=2), small("乙", B), small("丙", B))
    end_batch(anew, THU)
    assert versions(anew) == [
        ("丙", 1, MON, None, None),
        ("乙", 1, MON, None, None),
        ("甲", 1, MON, TUE, "republished"),
        ("甲", 2, TUE, None, None),
    ]
    assert built(anew, "SELECT version FROM reports ORDER BY publisher") == [(1,), (1,), (2,)]
    anew.publish()
    assert as_of(anew, MON)["甲", *CELL] == (1, f"{rows.figure(rows.FORM.index(CELL), 1):g}")
    assert built(anew, "FROM internal.carried") == []
    assert sorted(p.name for p in anew.work.iterdir() if p.suffix == ".former") == []


@pytest.mark.one_case
@pytest.mark.long
def test_what_is_read_otherwise_afterwards_is_a_reparse(anew: Warehouse) -> None:
    load(anew, THU, small("甲", seed=2, printed={CELL: "/"}), small("丙", B, seed=8))
    load(anew, FRI, keys=[B])
    end_batch(anew, FRI)
    assert versions(anew) == [
        ("丙", 1, MON, THU, "republished"),
        ("丙", 2, THU, None, None),
        ("乙", 1, MON, THU, "removed"),
        ("甲", 1, MON, TUE, "republished"),
        ("甲", 2, TUE, THU, "reparse"),
        ("甲", 3, THU, None, None),
    ]
    assert built(anew, "SELECT count(*) FROM facts_history") == [(12,)]


@pytest.mark.long
def test_what_does_not_come_back_is_removed_when_the_batch_ends(anew: Warehouse) -> None:
    load(anew, THU, small("甲", seed=2))
    assert [v[4] for v in versions(anew)] == [None, None, "republished", None]
    end_batch(anew, FRI)
    assert versions(anew)[:2] == [("丙", 1, MON, FRI, "removed"), ("乙", 1, MON, FRI, "removed")]
    anew.publish()
    assert {name for name, *_ in as_of(anew, THU)} == {"甲", "乙", "丙"}
    assert {name for name, *_ in as_of(anew, FRI)} == {"甲"}


@pytest.mark.long
def test_a_creation_that_was_killed_begins_again_with_the_same_versions(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(warehouse, MON, small("甲"))
    load(warehouse, TUE, small("甲", seed=2))
    other_schema(warehouse)
    monkeypatch.setattr(build_database, "_build", lambda connection, carry: 1 // 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), warehouse.writer():
            pass
    monkeypatch.undo()
    load(warehouse, WED, small("甲", seed=2))
    assert versions(warehouse) == [("甲", 1, MON, TUE, "republished"), ("甲", 2, TUE, None, None)]


def test_nothing_is_taken_over_from_a_file_without_versions() -> None:
    has = {t.name: t.column_names for t in (REPORT_VERSIONS, FACTS_HISTORY)}
    has |= {"reports": ("report_id", "version"), "facts": history._COPIED}
    assert len(history.carry("old", has)) == 3
    assert all("internal" not in s.partition("SELECT")[2] for s in history.carry("old", has))
    assert "old.internal.carried" in history.carry("old", {**has, "internal.carried": FACTS_HISTORY.column_names})[2]
    for table in has:
        assert history.carry("old", {**has, table: has[table][1:]}) == ()
        assert history.carry("old", {name: columns for name, columns in has.items() if name != table}) == ()
