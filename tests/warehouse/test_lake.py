"""The lake: the same rows as Parquet, of which only what has changed is written again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset
import pyarrow.parquet
import pytest

from pipeline.schema import PARTITIONED, QUARANTINE, TABLES
from pipeline.warehouse import Warehouse, WarehouseError, lake
from pipeline.warehouse.lake import LakeResult, Piece
from tests import warehouse_rows as rows
from tests.empty_build import begin

PROJECT = Path(__file__).parents[2]
A, B, C = ("410402", 2024), ("410502", 2023), ("110101", 2024)


def publish(warehouse: Warehouse, *reports: rows.Frames, gone: tuple[str, ...] = (), keys: Any = None) -> None:
    frames = rows.together(*reports) if reports else {}
    with warehouse.writer() as writer:
        writer.load(rows.keys_of(frames) if keys is None else keys, frames, gone)
    warehouse.publish()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Three reports of two years, published; to be copied."""
    warehouse = begin(tmp_path_factory.mktemp("template") / "warehouse")
    with warehouse.writer() as writer:
        writer.record(rows.files(["a.txt"]), rows.quarantine(["b.txt"]), rows.dimensions(), [], ())
    printed: dict[tuple[int, str, str], float | str] = {
        (3, "1", "total"): 0.0,
        (3, "2", "total"): "",
        (3, "4", "total"): "—",
    }
    publish(
        warehouse, rows.report("甲", *A, printed=printed), rows.report("乙", *B, seed=2), rows.report("丙", *C, seed=3)
    )
    return warehouse


@pytest.fixture
def warehouse(template: Warehouse, tmp_path: Path) -> Warehouse:
    """The same; no lake yet."""
    root = tmp_path / "ware house's 仓库"
    shutil.copytree(template.root, root, symlinks=True)
    return Warehouse(root)


@pytest.fixture(scope="module")
def written(template: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same with its lake, only to be read."""
    root = tmp_path_factory.mktemp("written") / "ware house's 仓库"
    shutil.copytree(template.root, root, symlinks=True)
    warehouse = Warehouse(root)
    warehouse.write_lake()
    return warehouse


def times(warehouse: Warehouse) -> dict[str, int]:
    found = sorted(warehouse.lake.rglob("*.parquet"))
    return {p.relative_to(warehouse.lake).as_posix(): p.stat().st_mtime_ns for p in found}


def changed(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def test_files_are_by_year_for_what_has_one_and_single_for_the_rest(warehouse: Warehouse) -> None:
    result = warehouse.write_lake()
    found = times(warehouse)
    assert result == LakeResult(
        (2023, 2024), len(found), sum(f.stat().st_size for f in warehouse.lake.rglob("*.parquet"))
    )
    assert {name for name in found if name.startswith("facts/")} == {
        f"facts/year={y}/part-0.parquet" for y in (2023, 2024)
    }
    assert {"cells.parquet", "districts.parquet", "files.parquet", "quarantine.parquet"} <= set(found)
    assert {p.name for p in warehouse.lake.iterdir() if p.name.startswith(".")} == {lake.MANIFEST}
    assert not lake.by_year(QUARANTINE)  # whose year may be missing
    assert all(map(lake.by_year, PARTITIONED))


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_duckdb_reads_back_what_is_published(written: Warehouse, table: Any) -> None:
    ask = f"FROM {table.name} ORDER BY ALL"
    published = written.query(ask)
    if published[1]:
        assert written.query_lake(ask) == published
    else:
        assert not lake.by_year(table) or not (written.lake / table.name).exists()


def test_pyarrow_reads_back_what_is_published(written: Warehouse) -> None:
    names, expected = written.query("FROM facts ORDER BY report_id, table_no, row_code, col_code")
    found = pyarrow.dataset.dataset(written.lake / "facts", partitioning="hive").to_table()
    assert found.schema.field("value").type == pyarrow.decimal128(18, 6)
    found = found.sort_by([(name, "ascending") for name in ("report_id", "table_no", "row_code", "col_code")])
    assert list(zip(*(found[name].to_pylist() for name in names), strict=True)) == expected


def test_any_duckdb_reads_it_and_skips_other_years(warehouse: Warehouse) -> None:
    warehouse.write_lake()
    source = f"read_parquet('{str(warehouse.lake).replace(chr(39), chr(39) * 2)}/facts/*/*.parquet', hive_partitioning = true)"
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT count(*) FROM {source} WHERE year = 2023").fetchall() == [(200,)]
        (warehouse.lake / "facts/year=2024/part-0.parquet").write_bytes(b"no parquet")  # which nobody opens
        assert connection.execute(f"SELECT sum(value)::INTEGER > 0 FROM {source} WHERE year = 2023").fetchall() == [
            (True,)
        ]


def test_rows_lie_by_district_compressed(written: Warehouse) -> None:
    file = pyarrow.parquet.ParquetFile(written.lake / "facts/year=2024/part-0.parquet")
    codes = file.read(["district_code"])["district_code"].to_pylist()
    assert codes == sorted(codes)
    assert set(codes) == {A[0], C[0]}
    assert "year" not in file.schema_arrow.names
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_nothing_new_writes_nothing(warehouse: Warehouse) -> None:
    warehouse.write_lake()
    before = times(warehouse), (warehouse.lake / lake.MANIFEST).stat().st_mtime_ns
    assert warehouse.write_lake() == LakeResult((), 0, 0)
    publish(warehouse, rows.report("乙", *B, seed=2))
    assert warehouse.write_lake() == LakeResult((), 0, 0)
    assert (times(warehouse), (warehouse.lake / lake.MANIFEST).stat().st_mtime_ns) == before


def test_only_the_changed_year_is_written(warehouse: Warehouse) -> None:
    warehouse.write_lake()
    before = times(warehouse)
    publish(warehouse, rows.report("乙", *B, seed=9))
    assert warehouse.write_lake().years == (2023,)
    new = changed(before, times(warehouse))
    assert {name for name in new if "year=" in name} == {
        name for name in times(warehouse) if "year=2023" in name and name in new
    }
    assert {"facts/year=2023/part-0.parquet", "facts_history/year=2023/part-0.parquet"} <= new
    assert "facts/year=2024/part-0.parquet" not in new
    assert "cells.parquet" not in new


def test_years_that_vanished_vanish(warehouse: Warehouse) -> None:
    warehouse.write_lake()
    before = times(warehouse)
    publish(warehouse, gone=("410502/2023/乙.txt",), keys=[B])
    assert warehouse.write_lake().years == (2023,)
    assert not (warehouse.lake / "facts/year=2023").exists()
    assert times(warehouse)["facts/year=2024/part-0.parquet"] == before["facts/year=2024/part-0.parquet"]
    assert warehouse.query_lake("SELECT DISTINCT year FROM facts")[1] == [(2024,)]


def lose(folder: Path) -> None:
    (folder / "facts/year=2023/part-0.parquet").unlink()


def spoil_manifest(folder: Path) -> None:
    (folder / lake.MANIFEST).write_text("{", encoding="utf-8")


def old_manifest(folder: Path) -> None:
    noted = json.loads((folder / lake.MANIFEST).read_text(encoding="utf-8"))
    (folder / lake.MANIFEST).write_text(json.dumps({**noted, "schema": "of yesterday"}), encoding="utf-8")


@pytest.mark.parametrize(("harm", "files"), [(lose, 1), (spoil_manifest, None), (old_manifest, None)])
def test_what_is_lost_or_not_known_is_written_again(
    warehouse: Warehouse, harm: Callable[[Path], None], files: int | None
) -> None:
    every = warehouse.write_lake().files
    harm(warehouse.lake)
    assert warehouse.write_lake().files == (files or every)
    assert warehouse.query_lake("SELECT count(*) FROM facts")[1] == [(600,)]


def test_a_write_that_was_cut_off_is_not_seen_and_done_again(tmp_path: Path) -> None:
    """Also where the rows are afterwards what they were before."""
    old = {Piece("facts", 2023): "old", Piece("facts", 2024): "same", Piece("cells"): "old"}
    new = {**old, Piece("facts", 2023): "new", Piece("cells"): "new"}

    def write(piece: Piece, path: Path) -> None:
        path.write_text(extents[piece], encoding="utf-8")

    def cut_off(piece: Piece, path: Path) -> None:
        if piece.year == 2023:
            path.write_text("half", encoding="utf-8")
            raise OSError("no room")
        write(piece, path)

    extents = old
    assert lake.refresh(tmp_path, extents, write).files == 3
    extents = new
    with pytest.raises(OSError, match="no room"):
        lake.refresh(tmp_path, extents, cut_off)
    found = {name: (tmp_path / name).read_text(encoding="utf-8") for name in (p.name for p in old)}
    assert set(found.values()) == {"old", "same", "new"}
    extents = old
    assert lake.refresh(tmp_path, extents, write).files == 2
    assert all((tmp_path / piece.name).read_text(encoding="utf-8") == text for piece, text in old.items())
    assert not (tmp_path / lake.PART).exists()


def test_a_lake_of_nothing_published_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="nothing has been published yet"):
        Warehouse(tmp_path).write_lake()


def test_the_script_tells_how_to_read_it(warehouse: Warehouse) -> None:
    command = [sys.executable, "-m", "scripts.lake", str(warehouse.root)]
    found = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "years written: 2023, 2024" in found.stdout
    with duckdb.connect() as connection:  # what it prints runs as it is
        statements = [s for s in found.stdout.split(";\n") if s.strip()]
        for statement in statements[:-1]:
            result = connection.execute(statement).fetchall()
    assert [row[:3] for row in result] == [(2024, 2, 400), (2023, 1, 200)]
