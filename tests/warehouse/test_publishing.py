"""Publishing: a copy of the build database's file, what is noted of its rows, its order, and memory."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.schema import FACTS, RUNS, SECTIONS, TABLES
from pipeline.warehouse import (
    MEMORY,
    Published,
    Warehouse,
    WarehouseError,
    WarehouseFullError,
    WarehouseMemoryError,
    database,
    ddl,
    made_views,
    memory_mib,
    publishing,
)
from pipeline.warehouse import extents as counted
from tests import warehouse_rows as rows
from tests.empty_build import begin
from tests.warehouse_rows import Frames

PROJECT = Path(__file__).parents[2]
KEYS = [("410402", 2023), ("410402", 2024), ("410502", 2023)]
FEW = rows.FORM[:5]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return begin(tmp_path / "warehouse")


def load(warehouse: Warehouse, *reports: Frames, keys: Any = None, gone: Any = (), day: date | None = None) -> None:
    frames = rows.together(*reports) if reports else {}
    with warehouse.writer() as writer:
        writer.load(keys or rows.keys_of(frames), frames, gone, lambda: day or date(2025, 3, 3))


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def extents(path: Path) -> dict[str, tuple[int, int]]:
    """Number and sum of hashes of the rows of each table, counted."""
    sql = "SELECT count(*), coalesce(sum(hash(t)), 0)::HUGEINT FROM {} t"
    with opened(path) as connection:
        return {name: connection.execute(sql.format(name)).fetchall()[0] for name in TABLES}


def noted(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """The same, as the build database says it."""
    with opened(warehouse.build) as connection:
        return counted.noted_extents(connection)


def scattered(warehouse: Warehouse) -> int:
    with opened(warehouse.build) as connection:
        return int(database.notes_of(connection).get(counted.SCATTERED, 0))


def runs(*names: str) -> Any:
    return rows.frame(RUNS, [rows.filled(RUNS, run=name) for name in names])


# --- What is noted of the rows ---------------------------------------------------------------------


@dataclass
class Story:
    """Nights of made-up changes, each of which may fail."""

    warehouse: Warehouse
    chance: random.Random
    day: date = date(2025, 3, 3)
    paths: set[str] = field(default_factory=set)
    last: Frames = field(default_factory=dict)

    def reports(self) -> list[Frames]:
        made = {}
        for _ in range(self.chance.randint(1, 3)):
            name, key = self.chance.choice("甲乙丙"), self.chance.choice(KEYS)
            cells = FEW[: self.chance.randint(0, 5)]
            path = self.chance.choice([f"{key[0]}/{key[1]}/{name}.txt", f"{name} {key[0]} {key[1]}.txt"])
            made[name, key] = rows.report(name, *key, seed=self.chance.randint(1, 3), cells=cells, path=path)
            self.paths.add(path)
        return list(made.values())

    def load(self) -> None:
        made = self.reports()
        self.last = made[-1]
        load(self.warehouse, *made, keys=KEYS, day=self.day)

    def rename(self) -> None:
        """The file that came last has another name now."""
        path = f"moved {self.day}.txt"
        self.paths.add(path)
        self.last = {**self.last, "reports": self.last["reports"].assign(file_path=path)}
        load(self.warehouse, self.last, keys=KEYS, day=self.day)

    def remove(self) -> None:
        gone = self.chance.sample(sorted(self.paths), min(2, len(self.paths)))
        load(self.warehouse, keys=KEYS, gone=gone, day=self.day)

    def fail(self) -> None:
        faulty = rows.together(*self.reports())
        faulty["facts"] = faulty["facts"].assign(value_kind=None)
        faulty["reports"] = faulty["reports"].assign(year=1999)
        with pytest.raises(WarehouseError):
            load(self.warehouse, faulty, keys=KEYS)

    def record(self) -> None:
        paths = self.chance.sample(sorted(self.paths), min(2, len(self.paths)))
        dimensions = rows.dimensions()
        name = self.chance.choice(sorted(dimensions))
        given = {name: dimensions[name].iloc[: self.chance.randint(0, 9)]}
        with self.warehouse.writer() as writer:
            known = [rows.known(p) for p in paths]
            writer.record(rows.files(paths[:1]), rows.quarantine(paths[1:]), given, known, (), lambda: self.day)

    def note_runs(self) -> None:
        with self.warehouse.writer() as writer:
            writer.note_runs(runs(*self.chance.sample("abcdef", 2)))

    def lose_the_build(self) -> None:
        self.warehouse.publish()
        self.warehouse.build.unlink()

    def night(self) -> None:
        self.day += timedelta(days=1)
        steps = {self.load: 5, self.rename: 3, self.remove: 3, self.fail: 2, self.record: 3, self.note_runs: 1}
        (step,) = self.chance.choices([*steps, self.lose_the_build], [*steps.values(), 1])
        step()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.long
@pytest.mark.one_case
def test_what_is_noted_is_what_is_counted_after_any_night(warehouse: Warehouse, seed: int) -> None:
    story = Story(warehouse, random.Random(seed))
    story.load()
    for number in range(20):
        story.night()
        if warehouse.build.exists():
            assert noted(warehouse) == extents(warehouse.build), number
    published = warehouse.publish()
    assert extents(published.path) == noted(warehouse)
    assert noted(warehouse)["facts_history"][0] > 0
    assert published.rows == {name: count for name, (count, _) in extents(published.path).items()}


@pytest.mark.long
def test_notes_of_another_duckdb_are_made_anew(warehouse: Warehouse) -> None:
    load(warehouse, rows.report(cells=FEW))
    first = warehouse.publish()
    with duckdb.connect(str(warehouse.build)) as connection:
        connection.execute("UPDATE internal.meta SET value = '1.0' WHERE key = ?", [counted.COUNTED_BY])
        connection.execute("UPDATE internal.meta SET value = '7 7' WHERE key = 'extent of facts'")
    assert not warehouse.is_published()
    assert warehouse.publish() == Published(first.path, first.rows, first.size_bytes, renewed=False)
    assert noted(warehouse) == extents(warehouse.build)


# --- Whether there is anything to publish ----------------------------------------------------------


def test_a_change_that_failed_or_was_taken_back_is_nothing_to_publish(warehouse: Warehouse) -> None:
    load(warehouse, rows.report(cells=FEW))
    old = warehouse.publish()
    faulty = rows.report(cells=FEW, seed=2)
    faulty["sections"] = faulty["sections"].assign(section_no=1)
    with pytest.raises(WarehouseError):
        load(warehouse, faulty)
    assert warehouse.is_published()
    for paths in (["a.txt"], []):
        with warehouse.writer() as writer:
            writer.record(rows.files(paths), rows.quarantine([]), {}, [], ["a.txt"])
        assert warehouse.is_published() == (not paths)
    assert not warehouse.publish().renewed
    assert list(warehouse.versions.iterdir()) == [old.path]


@pytest.mark.long
def test_what_was_committed_before_a_kill_is_published_by_the_next(warehouse: Warehouse) -> None:
    load(warehouse, rows.report(cells=FEW))
    old = warehouse.publish()
    code = """
import os, sys
from pathlib import Path
from pipeline.warehouse import Warehouse
from tests import warehouse_rows as rows
with Warehouse(Path(sys.argv[1])).writer() as w:
    w.load([('410402', 2024)], rows.report(seed=2), ())
    os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", code, str(warehouse.root)], cwd=PROJECT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not warehouse.is_published()
    new = warehouse.publish()
    assert new.path != old.path
    assert new.rows["facts"] == 200
    assert warehouse.is_published()


@pytest.mark.long
def test_a_run_that_is_noted_is_nothing_to_publish_but_goes_along(warehouse: Warehouse) -> None:
    load(warehouse, rows.report(cells=FEW))
    warehouse.publish()
    with warehouse.writer() as writer:
        writer.note_runs(runs("a", "b"))
    assert not warehouse.publish().renewed
    load(warehouse, rows.report(cells=FEW, seed=2))
    assert warehouse.publish().rows["runs"] == 2


# --- What people see -------------------------------------------------------------------------------

SEEN = (
    "SELECT table_name, comment, sql FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY ALL",
    """SELECT schema_name, table_name, column_name, column_index, comment, data_type, is_nullable
       FROM duckdb_columns() WHERE NOT internal ORDER BY ALL""",
    "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
    """SELECT function_name, comment, parameters FROM duckdb_functions()
       WHERE NOT internal AND function_name <> 'published_notes' ORDER BY ALL""",
    "SELECT table_name, constraint_text FROM duckdb_constraints() ORDER BY ALL",
    "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal ORDER BY ALL",
)


@pytest.mark.long
def test_people_see_what_the_statements_of_a_published_file_say(warehouse: Warehouse) -> None:
    load(warehouse, rows.report(cells=FEW))
    path = warehouse.publish().path
    with duckdb.connect() as expected, opened(path) as found:
        made_views.create_published(expected)
        for sql in SEEN:
            assert found.execute(sql).fetchall() == expected.execute(sql).fetchall()


# --- A copy that is not what it should be ----------------------------------------------------------


@pytest.mark.long
def test_a_copy_that_the_disk_spoilt_is_not_published(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    load(warehouse, rows.report(cells=FEW))
    old = warehouse.publish()
    load(warehouse, rows.report(cells=FEW, seed=2))
    flush = database.flush

    def spoil(path: Path) -> None:
        """One bit falls over on the way to the disk."""
        if path.name.startswith(".part-"):
            with path.open("r+b") as file:
                file.seek(-1000, 2)
                byte = file.read(1)[0]
                file.seek(-1, 1)
                file.write(bytes([byte ^ 1]))
        flush(path)

    monkeypatch.setattr(database, "flush", spoil)
    with pytest.raises(WarehouseError, match="the copy differs from what was written: not published"):
        warehouse.publish()
    assert list(warehouse.versions.iterdir()) == [old.path]
    assert warehouse.query("SELECT version FROM reports")[1] == [(1,)]
    monkeypatch.undo()
    assert warehouse.publish().renewed


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM facts WHERE row_code = '1'", "UPDATE internal.meta SET value = '9 9' WHERE key = 'extent of facts'"],
)
@pytest.mark.long
def test_rows_that_nobody_noted_are_not_published(warehouse: Warehouse, statement: str) -> None:
    load(warehouse, rows.report())
    old = warehouse.publish()
    load(warehouse, rows.report(seed=2))
    with duckdb.connect(str(warehouse.build)) as connection:
        connection.execute(statement)
    with pytest.raises(WarehouseError, match=f"run again to make it anew: .*facts.*{database.NOT_AS_NOTED}"):
        warehouse.publish()
    assert list(warehouse.versions.iterdir()) == [old.path]
    assert warehouse.query("SELECT count(*), max(version) FROM facts JOIN reports USING (report_id)")[1] == [(200, 1)]
    load(warehouse, rows.report(seed=2))
    assert warehouse.publish().rows["facts"] == 200


# --- What a publication reads and needs ------------------------------------------------------------


@pytest.mark.long
def test_without_room_for_a_copy_it_says_how_much_is_missing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused before a byte is written; how much is free is the only thing that is made up here."""
    load(warehouse, rows.report(cells=FEW))
    old = warehouse.publish()
    load(warehouse, rows.report(cells=FEW, seed=2))
    usage = shutil.disk_usage(warehouse.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2**20))
    monkeypatch.setattr(database, "share_bytes", lambda *_: False)
    needed = -(-(warehouse.build.stat().st_size + database.ROOM_BYTES) // 2**20)
    said = r"publishing failed.* No space left for a copy of \d+ MiB, \d+ MiB more are needed"
    with pytest.raises(WarehouseFullError, match=said) as caught:
        warehouse.publish()
    numbers = [int(n) for n in re.findall(r"(\d+) MiB", str(caught.value).rpartition("No space left")[2])]
    assert numbers[0] - numbers[1] == 1
    assert abs(numbers[0] - needed) <= 1  # making the views may have let the build database grow
    assert list(warehouse.versions.iterdir()) == [old.path]
    monkeypatch.undo()
    assert warehouse.publish().renewed


def can_share(folder: Path) -> bool:
    (folder / "one").write_bytes(b"x" * 4096)
    with (folder / "one").open("rb") as one, (folder / "other").open("xb") as other:
        shared = database.share_bytes(one.fileno(), other.fileno())
    (folder / "other").unlink()
    return shared


@contextmanager
def file_system_that_shares(folder: Path) -> Iterator[None]:
    """An XFS in a file, mounted at a folder; the folder itself where its file system can share bytes."""
    if can_share(folder):
        yield
        return
    if not (mkfs := shutil.which("mkfs.xfs")) or os.geteuid() != 0:
        pytest.skip("no file system here shares the bytes of files, and an XFS cannot be made")
    image = folder.with_name("xfs.image")
    with image.open("xb") as file:
        file.truncate(400 * 2**20)
    subprocess.run([mkfs, "-q", "-m", "reflink=1", str(image)], check=True)
    if subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=False).returncode:
        pytest.skip("an XFS cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.long
def test_where_the_file_system_can_a_version_shares_its_bytes_with_the_build_database(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    with file_system_that_shares(folder):
        warehouse = begin(folder / "warehouse")
        keys = [(f"{410000 + n}", 2024) for n in range(200)]
        with warehouse.writer() as writer:
            writer.load(keys, rows.spread(rows.report(), keys), ())
        first = warehouse.publish()
        os.sync()
        before = shutil.disk_usage(folder).free
        load(warehouse, rows.report("甲", "410001", 2023, seed=2, cells=FEW))
        second = warehouse.publish()
        os.sync()
        written = before - shutil.disk_usage(folder).free
        assert second.size_bytes > 3 * 2**20
        assert written < second.size_bytes
        assert extents(second.path) == extents(warehouse.build) == noted(warehouse)
        assert extents(first.path)["facts"][0] == 40_000


# --- Order -----------------------------------------------------------------------------------------


@pytest.fixture
def piecemeal(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """A published project of 60 partitions, a third of which changed in many small loads since."""
    keys = [(f"{410000 + n}", year) for year in (2023, 2024) for n in range(30)]
    pattern = rows.report(cells=rows.FORM[:20])
    monkeypatch.setattr(counted, "SCATTERED_ROWS", 100)
    for year in (2023, 2024):
        of_year = [key for key in keys if key[1] == year]
        load(warehouse, rows.spread(pattern, of_year), keys=of_year)
    warehouse.publish()
    with warehouse.writer() as writer:
        writer.record(rows.files(["a"]), rows.quarantine([]), rows.dimensions(), [rows.known("a")], ())
        for seed, key in enumerate(random.Random(1).sample(keys, 20), start=2):
            writer.load([key], rows.spread(pattern, [key], seed=seed), ())
    return warehouse


def in_order(path: Path, order: str) -> bool:
    with opened(path) as connection:
        return bool(
            connection.execute("FROM facts").fetchall() == connection.execute(f"FROM facts ORDER BY {order}").fetchall()
        )


@pytest.mark.parametrize("at_once", [10**6, 100])
@pytest.mark.long
def test_what_came_piecemeal_is_put_in_order(
    piecemeal: Warehouse, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    order = ddl.storage_order(FACTS)
    before, inode = extents(piecemeal.build), piecemeal.build.stat().st_ino
    assert scattered(piecemeal) >= 400
    assert not in_order(piecemeal.build, order)
    monkeypatch.setattr(publishing, "SORTED_AT_ONCE", at_once)
    path = piecemeal.publish().path
    assert piecemeal.build.stat().st_ino != inode
    assert extents(path) == extents(piecemeal.build) == noted(piecemeal) == before
    assert in_order(piecemeal.build, order)
    assert in_order(path, order)
    assert list(piecemeal.known()) == ["a"]
    assert scattered(piecemeal) == 0
    assert not list(piecemeal.work.glob("*.ordered*"))


# Districts with sections of 320 bytes, and one of them with more sections than are sorted at once.
MANY_SECTIONS = """
    INSERT INTO sections (report_id, district_code, year, section_no, topic, heading, "text", line)
    SELECT md5(n::VARCHAR)[:16], CASE WHEN n % 9 = 0 THEN '410402' ELSE (410500 + hash(n) % 40)::VARCHAR END,
        2019 + n % 6, n % 9, NULL, 'a heading', repeat('依法公开政府信息', 12) || md5(n::VARCHAR), NULL
    FROM range(500000) AS t (n)"""


@pytest.mark.long
def test_long_texts_are_put_in_order_in_little_memory(warehouse: Warehouse) -> None:
    """160 MB of them; sorted at once they take more than DuckDB may have, whatever it puts aside on the disk."""
    ordered = warehouse.work / "ordered.duckdb"
    with closing(database.connect(warehouse.build, warehouse.work)) as connection:
        connection.execute(MANY_SECTIONS)
        of_sections = {"sections": counted.extent_of(connection, "sections")}
        publishing.write_in_order(connection, ordered, warehouse.work, of_sections)
        publishing.verify_order(connection, ordered, of_sections)
    with opened(ordered) as connection:
        keys = "SELECT district_code, year, report_id, section_no FROM sections"
        found = connection.execute(keys).fetchall()
        assert found == connection.execute(f"{keys} ORDER BY {ddl.storage_order(SECTIONS)}").fetchall()


@pytest.mark.long
def test_what_is_in_order_stays_as_it_is(piecemeal: Warehouse) -> None:
    piecemeal.publish()
    inode = piecemeal.build.stat().st_ino
    load(piecemeal, rows.report(cells=FEW))
    assert piecemeal.publish().renewed
    assert piecemeal.build.stat().st_ino == inode
    assert 0 < scattered(piecemeal) < 100


@pytest.mark.long
def test_whole_years_are_no_pieces(warehouse: Warehouse) -> None:
    pattern = rows.report(cells=FEW)
    with warehouse.writer() as writer:
        for year in range(2008, 2026):
            keys = [(f"{410000 + n}", year) for n in range(10)]
            writer.load(keys, rows.spread(pattern, keys), ())
    assert scattered(warehouse) == 0


@pytest.mark.long
def test_killed_while_it_is_put_in_order(piecemeal: Warehouse) -> None:
    before, old = extents(piecemeal.build), piecemeal.published.resolve()
    code = """
import os, sys
from pathlib import Path
from pipeline.warehouse import Warehouse, build_database, extents, published_files
extents.SCATTERED_ROWS = 100
def die(*_):
    os.kill(os.getpid(), 9)
setattr({"verify_order": build_database, "write_copy": published_files}[sys.argv[2]], sys.argv[2], die)
Warehouse(Path(sys.argv[1])).publish()
"""
    for moment in ("verify_order", "write_copy"):
        command = [sys.executable, "-c", code, str(piecemeal.root), moment]
        done = subprocess.run(command, cwd=PROJECT, check=False)
        assert done.returncode == -signal.SIGKILL
        assert piecemeal.published.resolve() == old
        assert noted(piecemeal) == extents(piecemeal.build) == before
    new = piecemeal.publish()
    assert extents(new.path) == before
    assert not list(piecemeal.work.glob("*.ordered*"))


@pytest.mark.long
def test_without_room_to_put_it_in_order_all_stays_as_it_was(piecemeal: Warehouse) -> None:
    before, old = extents(piecemeal.build), piecemeal.published.resolve()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, limits[1]))
    try:
        with pytest.raises(WarehouseFullError, match="disk full"):
            piecemeal.publish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(piecemeal.work.glob("*.ordered*"))
    assert piecemeal.published.resolve() == old
    assert extents(piecemeal.build) == before
    assert piecemeal.publish().renewed


# --- Memory ----------------------------------------------------------------------------------------


def test_memory_is_what_is_set(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    assert memory_mib() == database.MEMORY_MIB
    monkeypatch.setenv(MEMORY, "96")
    with warehouse.writer() as writer:
        assert writer._connection.execute("SELECT current_setting('memory_limit')").fetchall() == [("96.0 MiB",)]


@pytest.mark.parametrize("setting", ["0", "63", "-1", "1GB", "2.5"])
def test_memory_that_is_no_number_is_told(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv(MEMORY, setting)
    sentence = f"{MEMORY} must be a whole number from 64 on, not '{re.escape(setting)}'"
    with pytest.raises(WarehouseError, match=sentence):
        warehouse.publish()


@pytest.mark.long
def test_too_little_memory_is_told_and_nothing_changes(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    load(warehouse, rows.report(cells=FEW))
    old = warehouse.publish()
    huge = rows.report(cells=FEW, seed=2)
    huge["facts"] = huge["facts"].assign(value_raw="9" * (40 * 2**20))
    monkeypatch.setenv(MEMORY, "64")
    with pytest.raises(WarehouseMemoryError, match=f"loading failed, nothing was changed: 64 MiB .* {MEMORY}"):
        load(warehouse, huge)
    assert warehouse.is_published()
    assert noted(warehouse) == extents(warehouse.build)
    assert warehouse.published.resolve() == old.path
    load(warehouse, rows.report(cells=FEW, seed=2))
    assert warehouse.publish().renewed
