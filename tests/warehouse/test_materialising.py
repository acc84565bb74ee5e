"""What is kept for national questions is what follows from the facts, whatever happens to a report.

`from_facts/` has the views as they were when each question worked everything out from facts.
"""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipeline.dimensions import verdict_frame
from pipeline.raw.verdicts import Verdict
from pipeline.schema import MATERIALISED, VerdictKind
from pipeline.warehouse import Warehouse, WarehouseError, materialising
from tests import warehouse_rows as rows
from tests.empty_build import begin

FROM_FACTS = Path(__file__).parent / "from_facts"
VIEWS = ("rates", "rates_by_area", "series_by_area")
A, B = ("410402", 2023), ("320102", 2024)
CELL = (3, "3.1", "total")


def from_facts(view: str) -> str:
    """The query of a view, by which everything is worked out from facts."""
    printed = view.removesuffix("_trusted")
    text = (FROM_FACTS / f"{printed}.sql").read_text(encoding="utf-8")
    if printed == "rates_by_area":
        return text.replace("JOIN rates AS x", f"JOIN ({from_facts(view.replace('_by_area', ''))}) AS x")
    return (
        text
        if view == printed
        else re.sub(r"\bFROM series_by_report\b|\bJOIN series_by_report\b", r"\g<0>_trusted", text)
    )


def rounded(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[tuple[str, str]], str]:
    """The columns of a query with their types, and the query with the last digits of fractions, which vary, cut off."""
    columns = [(name, kind) for name, kind, *_ in connection.execute(f"DESCRIBE {sql}").fetchall()]
    shown = (f'round("{name}", 6) AS "{name}"' if kind == "DOUBLE" else f'"{name}"' for name, kind in columns)
    return columns, f"SELECT {', '.join(shown)} FROM ({sql})"


def assert_kept_rows_follow(warehouse: Warehouse) -> dict[str, int]:
    """Compares each view and its twin with what follows from the facts, and returns their numbers of rows."""
    counts = {}
    with closing(duckdb.connect(str(warehouse.build), read_only=True)) as connection:
        for view in (name + twin for name in VIEWS for twin in ("", "_trusted")):
            columns, kept = rounded(connection, f"FROM {view}")
            expected_columns, expected = rounded(connection, from_facts(view))
            assert columns == expected_columns, view
            for one, other in ((kept, expected), (expected, kept)):
                sql = f"({one}) EXCEPT ALL ({other}) ORDER BY ALL LIMIT 3"
                assert connection.execute(sql).fetchall() == [], view
            counts[view] = connection.execute(f"SELECT count(*) FROM {view}").fetchall()[0][0]
    return counts


def verdict(kind: VerdictKind, line: int = 1, **given: object) -> Verdict:
    cell = {"table_no": CELL[0], "row_code": CELL[1], "col_code": CELL[2]}
    told = {"district_code": A[0], "year": A[1], "publisher": "甲政府", **cell, "printed": "7", "value": None, **given}
    return Verdict(line=line, verdict=kind, who="Li", when=date(2026, 2, 1), why="seen", **told)  # type: ignore[arg-type]


def doubting(report: rows.Frames, every: int) -> rows.Frames:
    facts = report["facts"]
    trust = ["doubtful" if n % every == 0 else "proven" for n in range(len(facts))]
    return {**report, "facts": facts.assign(trust=pd.Series(trust, dtype="str"))}


def varied() -> list[rows.Frames]:
    """Reports of several forms, scopes, levels, places and periods, with blanks, marks, words, fractions and units."""
    plain = rows.report("甲", *A, printed={CELL: 7.0, (3, "3.7", "total"): 20.0})
    odd = {
        (3, "1", "total"): "",
        (3, "3.1", "total"): "/",
        (3, "3.3.1", "total"): "",
        (3, "2", "total"): "无",
        (3, "4", "total"): 0.0,
    }
    money = rows.report("丁", *A, seed=4, printed={(2, "8.fee", "amount"): 12.345678})
    units = money["facts"]["unit"].where(money["facts"]["row_code"] != "8.fee", "元")
    money = {**money, "facts": money["facts"].assign(unit=units)}
    mixed = rows.report("己", *B, seed=6, level="department")
    extra = rows.report("己", *B, seed=6, form_name="2019")["facts"]
    mixed["facts"] = rows.together({"facts": mixed["facts"]}, {"facts": extra})["facts"].drop_duplicates(
        ["report_id", "table_no", "row_code", "col_code"]
    )
    return [
        doubting(plain, 5),
        rows.report("乙", *A, seed=2, printed=dict.fromkeys(rows.FORM, 0.0)),
        doubting(rows.report("丙", *A, seed=3, printed=odd), 7),
        money,
        rows.report("戊", *A, seed=5, scope="aggregate", level="county"),
        mixed,
        rows.report("庚", *B, seed=7, scope="unknown", prefecture_code=None, prefecture_name=None),
        rows.report("辛", *B, seed=8, period="quarter-1"),
        rows.report("壬", *B, seed=9, scope="system"),
        rows.report("甲", A[0], 2018, form_name="2014", district_name="旧区"),
        rows.report("甲", A[0], 2019, form_name="2019"),
    ]


def load(warehouse: Warehouse, *reports: rows.Frames, gone: tuple[str, ...] = ()) -> None:
    frames = rows.together(*reports)
    with warehouse.writer() as writer:
        writer.load(rows.keys_of(frames), frames, gone)


def record(warehouse: Warehouse, *verdicts: Verdict, **dimensions: pd.DataFrame) -> None:
    known = {**rows.knowledge(), "verdicts": verdict_frame(verdicts), **dimensions}
    with warehouse.writer() as writer:
        writer.record(rows.files([]), rows.quarantine([]), known, [], ())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of the varied reports, to be copied."""
    made = begin(tmp_path_factory.mktemp("made"))
    load(made, *varied())
    record(made, verdict("misread", value=9))
    return made


@pytest.fixture
def warehouse(made: Warehouse, tmp_path: Path) -> Warehouse:
    """The same, to be changed."""
    shutil.copytree(made.root, tmp_path / "copy", symlinks=True)
    return Warehouse(tmp_path / "copy")


def one(warehouse: Warehouse, sql: str) -> object:
    with closing(duckdb.connect(str(warehouse.build), read_only=True)) as connection:
        [(found,)] = connection.execute(sql).fetchall()
    return found


def test_kept_rows_are_those_that_follow_from_the_facts(warehouse: Warehouse) -> None:
    counts = assert_kept_rows_follow(warehouse)
    assert counts["rates"] == counts["rates_trusted"] > 100
    assert min(counts.values()) > 50


@pytest.mark.long
def test_a_restated_withdrawn_or_new_report_changes_them_with_its_load(warehouse: Warehouse) -> None:
    rate = "SELECT numerator FROM rates WHERE publisher = '甲政府' AND year = 2023 AND rate = 'grant_rate'"
    assert one(warehouse, rate) == 7
    load(warehouse, rows.report("甲", *A, seed=11, printed={CELL: 8.0}))
    assert one(warehouse, rate) == 8
    assert_kept_rows_follow(warehouse)
    with warehouse.writer() as writer:
        writer.load([A], {}, [f"{A[0]}/{A[1]}/乙.txt"])
    assert one(warehouse, "SELECT count(*) FROM rates WHERE publisher = '乙政府'") == 0
    assert_kept_rows_follow(warehouse)
    load(warehouse, rows.report("癸", "110101", 2024, province_code="110000", province_name="北京市"))
    assert_kept_rows_follow(warehouse)


@pytest.mark.long
def test_a_verdict_changes_them_when_it_comes_changes_and_goes(warehouse: Warehouse) -> None:
    rate = "SELECT numerator FROM rates_trusted WHERE publisher = '甲政府' AND year = 2023 AND rate = 'grant_rate'"
    found = []
    for verdicts in ([verdict("misread", value=9)], [verdict("misread", value=10)], [verdict("ignore", line=2)], []):
        record(warehouse, *verdicts)
        assert_kept_rows_follow(warehouse)
        found.append(one(warehouse, rate))
    assert found == [9, 10, None, None]  # without a verdict the figure is doubtful, and withheld


@pytest.mark.long
def test_other_cells_of_a_series_change_them_all(warehouse: Warehouse) -> None:
    cells = rows.series()["series_cells"]
    record(warehouse, verdict("confirmed"), series_cells=cells[cells["series"] != "res_granted"])
    assert one(warehouse, "SELECT count(numerator) FROM rates WHERE rate = 'grant_rate'") == 0
    assert_kept_rows_follow(warehouse)


@pytest.mark.long
def test_a_build_database_of_older_code_gets_them_when_it_is_opened_and_no_report_is_lost(warehouse: Warehouse) -> None:
    with closing(duckdb.connect(str(warehouse.build))) as connection:
        for table in MATERIALISED:
            connection.execute(f"DROP TABLE {table.name}")
            connection.execute("DELETE FROM internal.meta WHERE key = ?", [f"extent of {table.name}"])
        connection.execute("DELETE FROM internal.meta WHERE key = ?", [materialising.MATERIALISED_BY])
    assert not warehouse.is_published()
    warehouse.publish()
    assert one(warehouse, "SELECT count(*) FROM reports") == len(varied())
    assert_kept_rows_follow(warehouse)


@pytest.mark.long
@pytest.mark.one_case
@pytest.mark.parametrize("table", MATERIALISED, ids=lambda table: table.name)
def test_stale_rows_are_found_before_they_are_published_and_worked_out_anew(
    warehouse: Warehouse, table: materialising.Table
) -> None:
    column = "numerator" if "numerator" in table.column_names else "figure"
    with closing(duckdb.connect(str(warehouse.build))) as connection:
        connection.execute(f"UPDATE {table.name} SET {column} = {column} + 1")
    with pytest.raises(WarehouseError, match=f"{table.name}'.*other figures than follow from the facts"):
        warehouse.publish()
    warehouse.publish()
    assert_kept_rows_follow(warehouse)


@pytest.mark.longest
def test_the_same_reports_in_steps_of_any_size_give_the_same_rows(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(materialising, "REPORTS_AT_ONCE", 1)
    other = begin(tmp_path / "other")
    record(other, verdict("misread", value=9))
    for report in reversed(varied()):
        load(other, report)
    assert assert_kept_rows_follow(other) == assert_kept_rows_follow(warehouse)
    for table in MATERIALISED:
        sql = f"SELECT count(*)::VARCHAR || ' ' || sum(hash(t)) FROM {table.name} AS t"
        assert one(other, sql) == one(warehouse, sql), table.name
