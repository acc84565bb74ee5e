"""The warehouse: a build database that one writer at a time changes, and the copy that everyone reads.

    work/build.duckdb       what the writer works on; nobody else opens it
    work/writer.lock        held while somebody does
    versions/               the published copies, read-only, the last few
    disclosure.duckdb       link to the newest of them
    lake/                   the same as Parquet

This is the only module that imports DuckDB. What does *not* belong here: what the columns mean (`schema`),
the text of tables and views (`ddl`, `views/`), what makes a version of a report (`history`), which files of the
lake are to be written (`lake`), and which partitions are to be loaded.
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import duckdb
from filelock import FileLock, Timeout

from pipeline import ddl, history, lake
from pipeline.coverage import Vanished
from pipeline.document import RawFile
from pipeline.lake import LakeResult, Piece
from pipeline.schema import (
    FACTS,
    FACTS_HISTORY,
    FILES,
    HISTORY,
    LOGS,
    PARTITIONED,
    QUARANTINE,
    REPORT_VERSIONS,
    REPORTS,
    RUNS,
    TABLES,
    Table,
    Type,
)

if TYPE_CHECKING:  # pandas takes a second to import, and looking whether there is work to do needs none of it
    import pandas as pd

log = logging.getLogger(__name__)

Partition = tuple[str, int]
"""A district code and a year."""

WRITE_WAIT_SECONDS = 600.0
READ_WAIT_SECONDS = 60.0
# How many published files are kept, the newest and those before it, unless the environment says another number.
VERSIONS_KEPT = 3
KEEP = "DISCLOSURE_VERSIONS_KEPT"
# How much memory DuckDB may take before it uses the disk, unless the environment says another number. A load of a
# large year takes all that it is given, and with twice as much is a quarter faster at the most.
MEMORY_MIB = 256
MEMORY = "DISCLOSURE_MEMORY_MIB"
# With less it fails at the first larger load.
LEAST_MEMORY_MIB = 64
# Rows that come in runs of less than this part of their table lie scattered, and every query has to look at them.
LONG_RUN = 1 / 20
# The build database is put in order when so many of its rows, and this part of them, came so since the last time.
SCATTERED_ROWS = 1_000_000
SCATTERED_PART = 1 / 10
# A table of more rows is sorted year by year.
SORTED_AT_ONCE = 5_000_000
# How much of a file is in memory while it is copied.
COPY_BYTES = 8 * 2**20

# DuckDB 1.5 and 2 both read and write this format.
STORAGE_VERSION = "v1.5.0"

VERSION_NAME = re.compile(r"disclosure-\d{8}T\d{6}Z-(\d+)\.duckdb")

# Faults of the moment, not of the file: nothing is set aside for them.
PASSING_FAULTS = (
    "could not set lock",
    "different configuration",
    "permission denied",
    "no space left",
    "too many open files",
    "read-only file system",
    "input/output error",
    "out of memory",
    "cannot allocate",
    "file too large",
)
# Of these, those that only more room helps against.
FULL = ("no space left", "file too large", "disk quota exceeded")

# Faults of the build database that show only when it is read.
NOT_AS_NOTED = "other rows than were noted when they came"
DAMAGE = ("could not read enough bytes", "checksum", "corrupt", "failed to load metadata pointer", NOT_AS_NOTED)

# In `internal.meta`: the DuckDB that counted the rows and summed their hashes, which other notes tell by table.
COUNTED_BY = "counted by"
# And how many rows came scattered since the build database was put in order.
SCATTERED = "rows scattered"

ARROW_TYPES: Mapping[Type, str] = MappingProxyType(
    {"text": "string", "integer": "int64", "bytes": "int64", "number": "float64", "boolean": "bool", "date": "date32"}
)

# Which rows of a table are replaced: those of the partitions or paths in the temporary table `scope`, or all.
OF_PARTITIONS = "(district_code, year) IN (SELECT district_code, year FROM scope)"
OF_PATHS = "path IN (SELECT path FROM scope)"
OF_ALL = "true"


class WarehouseError(Exception):
    """The warehouse could not do what was asked; what it held before is as it was."""


class WarehouseBusyError(WarehouseError):
    """Another process holds the warehouse."""


class WarehouseMemoryError(WarehouseError):
    """DuckDB needs more memory than it is given."""


class WarehouseFullError(WarehouseError):
    """There is no room for what is to be written."""


@dataclass(frozen=True, slots=True)
class Known:
    """A file that was processed: its content, the code that did it, and the pin that applied ("": none)."""

    raw: RawFile
    fingerprint: str
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """The published file, its rows by table, its size, whether this call made it anew, and what went with the old."""

    path: Path
    rows: Mapping[str, int]
    size_bytes: int
    renewed: bool
    vanished: Vanished = field(default_factory=Vanished)


@dataclass(frozen=True, slots=True)
class View:
    """A view for people: its name, comment, and columns as (name, type, comment)."""

    name: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]


Clock = Callable[[], date]


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()


Arriving = Mapping[str, "pd.DataFrame | Sequence[Path]"]
"""Rows by table: a frame, or the Parquet files in which they lie."""

Extent = tuple[int, int]
"""Number of rows and sum of their hashes: equal for equal content, in whatever order it lies."""


@dataclass(frozen=True, slots=True)
class _Staged:
    """New content of the part of a table that `scope` tells, in a temporary table."""

    table: Table
    scope: str

    @property
    def name(self) -> str:
        return f"stage_{self.table.name}"


class Writer:
    """Changes the build database; made by `Warehouse.writer`, one at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def partitions_of(self, paths: Sequence[str]) -> list[Partition]:
        """Where the reports of these files lie now: district codes and years, sorted."""
        sql = """SELECT DISTINCT district_code, year FROM reports
                 WHERE file_path IN (SELECT unnest(?::VARCHAR[])) ORDER BY ALL"""
        with _as_warehouse_error("looking for reports failed"):
            return [(code, year) for code, year in self._connection.execute(sql, [list(paths)]).fetchall()]

    def versions(self) -> dict[str, tuple[int, str]]:
        """Version and SHA-256 of the file of each report loaded now, by report_id."""
        sql = "SELECT report_id, version, file_sha256 FROM reports"
        with _as_warehouse_error("looking for reports failed"):
            found = self._connection.execute(sql).fetchall()
        return {report: (version, sha) for report, version, sha in found}

    def load(
        self,
        keys: Sequence[Partition],
        arriving: Arriving,
        gone: Sequence[str],
        clock: Clock = today,
    ) -> dict[Partition, dict[str, int]]:
        """Replaces whole partitions, in one transaction; gives the rows of each of them by table.

        Afterwards a partition of `keys` holds the rows that it held before, less those of reports that arrive
        and of files in `gone`, and the rows that arrive. A report replaces what its file gave before; one that
        has changed or is gone ends a version by the day of `clock`, and its facts stay in `facts_history`.
        The version of a report is decided here, whatever it arrives with. Of Parquet files only the rows of
        `keys` are looked at, and they never pass through this process's frames.
        Raises WarehouseError, and changes nothing, for a row of a frame outside `keys`, a row whose report is not
        among `reports`, two rows with one key, a missing value where one is required, or other columns than the
        schema's.
        """
        incoming = _known_tables(arriving)
        with _as_warehouse_error("loading failed, nothing was changed"):
            self._scope_partitions(keys)
            self._decide_reports(incoming.get("reports"), gone)
            staged = [self._stage_partitions(table, incoming.get(table.name)) for table in PARTITIONED]
            self._forbid_strays()
            new = self._without_same_facts(staged)
            self._connection.execute(history.find_ending(facts_differ=len(new) == len(staged)))
            self._connection.execute(history.NUMBER_STAGED)
            with _transaction(self._connection):
                self._keep_versions(clock)
                self._replace(new)
            return self._rows_by_partition(keys, staged)

    def record(
        self,
        files: pd.DataFrame,
        quarantine: pd.DataFrame,
        dimensions: Mapping[str, pd.DataFrame],
        known: Sequence[Known],
        gone: Sequence[str],
        clock: Clock = today,
    ) -> None:
        """Replaces what is noted of files, and the dimensions, in one transaction; ends a batch.

        Every path in `files`, `quarantine`, `known` or `gone` loses what was noted of it; the rows given take
        its place. `dimensions` are whole tables (`districts`, `cells` and the like). After a batch that followed
        a build database made anew, reports that did not come back end by the day of `clock`.
        """
        given = (files["path"], quarantine["path"], (k.raw.path for k in known), gone)
        with _as_warehouse_error("recording failed, nothing was changed"):
            self._scope_paths({path for paths in given for path in paths})
            staged = [self._stage(FILES, files, OF_PATHS), self._stage(QUARANTINE, quarantine, OF_PATHS)]
            staged += [self._stage(_dimension(name), frame, OF_ALL) for name, frame in dimensions.items()]
            with _transaction(self._connection):
                self._replace(staged)
                self._replace_known(known)
                self._end_lost(clock)

    def note_runs(self, runs: pd.DataFrame) -> None:
        """Adds the rows of `runs` that are not there yet. This alone is nothing to publish."""
        with _as_warehouse_error("noting the run failed"), _transaction(self._connection):
            self._connection.register("incoming", _arrow(RUNS, runs))
            rows = f"SELECT {ddl.casts(RUNS)} FROM incoming ANTI JOIN {RUNS.name} USING (run)"
            with self._counting(RUNS, OF_ALL):
                self._connection.execute(f"INSERT INTO {RUNS.name} {rows}")
            self._connection.unregister("incoming")

    def columns_of(self, table: Table, names: Sequence[str], report_ids: Collection[str]) -> pd.DataFrame:
        """Some columns of the rows that these loaded reports have in a table."""
        sql = f"SELECT {ddl.listed(tuple(names))} FROM {table.name} WHERE report_id IN (SELECT unnest(?::VARCHAR[]))"
        with _as_warehouse_error("looking for reports failed"):
            return self._connection.execute(sql, [sorted(report_ids)]).df()

    def _scope_partitions(self, keys: Sequence[Partition]) -> None:
        self._connection.execute(
            """CREATE OR REPLACE TEMP TABLE scope AS
               SELECT DISTINCT unnest(?::VARCHAR[]) AS district_code, unnest(?::INTEGER[]) AS year""",
            [[code for code, _ in keys], [year for _, year in keys]],
        )

    def _scope_paths(self, paths: Collection[str]) -> None:
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE scope AS SELECT unnest(?::VARCHAR[]) AS path", [sorted(paths)]
        )

    def _decide_reports(self, reports: pd.DataFrame | Sequence[Path] | None, gone: Sequence[str]) -> None:
        """Makes the temporary tables `kept` and `present`.

        `kept` holds the reports of the partitions that stay as they are, `present` also those that arrive.
        """
        with self._incoming(REPORTS, reports) as rows:
            names = "report_id, district_code, year, file_path"
            source = rows or "reports WHERE false"
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE arriving AS SELECT {names} FROM {source}")
        self._connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE kept AS
                SELECT report_id, district_code, year FROM reports
                WHERE {OF_PARTITIONS} AND report_id NOT IN (SELECT report_id FROM arriving WHERE report_id NOTNULL)
                AND file_path NOT IN (SELECT unnest(?::VARCHAR[]))
                AND file_path NOT IN (SELECT file_path FROM arriving WHERE file_path NOTNULL)""",
            [list(gone)],
        )
        self._connection.execute(
            """CREATE OR REPLACE TEMP TABLE present AS FROM kept UNION ALL
               SELECT report_id, district_code, year FROM arriving"""
        )

    def _stage_partitions(self, table: Table, arriving: pd.DataFrame | Sequence[Path] | None) -> _Staged:
        kept = f"FROM {table.name} SEMI JOIN kept USING (report_id, district_code, year)"
        staged = self._stage(table, arriving, OF_PARTITIONS, kept)
        key = ddl.listed(table.key)
        orphans = f"SELECT {key} FROM {staged.name} ANTI JOIN present USING (report_id, district_code, year)"
        self._forbid(orphans, f"{table.name}: rows of a report that is not loaded with them")
        return staged

    def _stage(
        self, table: Table, arriving: pd.DataFrame | Sequence[Path] | None, scope: str, kept: str = ""
    ) -> _Staged:
        """The rows that arrive and those of the query `kept`, checked, in a temporary table."""
        staged = _Staged(table, scope)
        self._connection.execute(ddl.create_stage(staged.name, table))
        expected = self._fill(staged, arriving, kept)
        key = ddl.listed(table.key)
        outside = f"SELECT {key} FROM {staged.name} WHERE ({scope}) IS NOT true"
        self._forbid(outside, f"{table.name}: rows outside of what is replaced")
        twins = f"SELECT {key} FROM {staged.name} GROUP BY ALL HAVING count(*) > 1"
        self._forbid(twins, f"{table.name}: two rows with one key")
        if _extent(self._connection, staged.name)[0] != expected:
            raise WarehouseError(f"{table.name}: not all of {expected} rows arrived in the database")
        return staged

    def _fill(self, staged: _Staged, arriving: pd.DataFrame | Sequence[Path] | None, kept: str) -> int:
        """Fills the temporary table; gives the number of rows that should be in it.

        All of it in one statement, outside of a transaction: DuckDB 2.0.0 loses sight of rows that are put into
        a table after an INSERT of none, within one transaction, from 122,880 rows on.
        """
        sources, counted = ([kept], [kept]) if kept else ([], [])
        with self._incoming(staged.table, arriving) as rows:
            if rows:
                sources.append(f"SELECT {ddl.casts(staged.table)} FROM {rows}")
                counted.append(f"FROM {rows}")
            try:
                self._connection.execute(f"INSERT INTO {staged.name} {' UNION ALL '.join(sources)}")
            except duckdb.ConversionException as error:
                raise WarehouseError(f"{staged.table.name}: a value does not fit its column: {error}") from error
            return sum(self._count(f"SELECT count(*) {source}") for source in counted)

    @contextmanager
    def _incoming(self, table: Table, arriving: pd.DataFrame | Sequence[Path] | None) -> Iterator[str]:
        """What rows that arrive are called in a FROM clause; of files those of the partitions in `scope`."""
        if arriving is None:
            yield ""
        elif isinstance(arriving, Sequence):
            if arriving:
                _check_columns(table, self._columns_of(arriving))
            yield f"{_parquet(arriving)} SEMI JOIN scope USING (district_code, year)" if arriving else ""
        else:
            self._connection.register("incoming", _arrow(table, arriving))
            try:
                yield "incoming"
            finally:
                self._connection.unregister("incoming")

    def _columns_of(self, files: Sequence[Path]) -> list[str]:
        found = self._connection.execute(f"DESCRIBE FROM {_parquet(files)}").fetchall()
        return [str(name) for name, *_ in found]

    def _without_same_facts(self, staged: Sequence[_Staged]) -> list[_Staged]:
        """What is staged, without the facts where they are those that are loaded, or wait to be so again."""
        if self._count("SELECT count(*) FROM internal.carried"):
            return list(staged)
        return [new for new in staged if new.table is not FACTS or not self._is_there(new)]

    def _is_there(self, new: _Staged) -> bool:
        """Whether the database holds the same rows already."""
        return _extent(self._connection, new.table.name, new.scope) == _extent(self._connection, new.name)

    def _keep_versions(self, clock: Clock) -> None:
        """Ends the versions that another takes the place of, and begins the new ones."""
        if self._count(history.COUNT_ENDING):
            self._end_versions(history.BEFORE, clock)
        if self._count(history.COUNT_BEGINNING):
            with self._counting(REPORT_VERSIONS, history.OF_STAGED):
                self._connection.execute(history.BEGIN_VERSIONS, [clock()])
        if self._count(history.COUNT_RENAMED):
            with self._counting(REPORT_VERSIONS, history.OF_STAGED):
                self._connection.execute(history.RENAME_VERSIONS)
        if self._count("SELECT count(*) FROM internal.carried"):
            self._connection.execute(history.FORGET_CARRIED)

    def _end_versions(self, source: str, clock: Clock) -> None:
        """Dates the versions in the temporary table `ending` and moves their facts to `facts_history`."""
        facts = history.ending_facts(source)
        expected = _extent(self._connection, f"({facts})")
        if expected[0]:
            self._connection.execute(f"INSERT INTO facts_history BY NAME {facts}")
        if _extent(self._connection, f"({history.HISTORY_OF_ENDING})") != expected:
            raise WarehouseError("facts_history: the database does not give back the rows that were put into it")
        _move_extent(self._connection, FACTS_HISTORY, (0, 0), expected)
        with self._counting(REPORT_VERSIONS, history.OF_ENDING):
            self._connection.execute(history.END_VERSIONS, [clock()])

    def _end_lost(self, clock: Clock) -> None:
        """Ends what was carried over from an older build database and did not come back."""
        if self._count("SELECT count(*) FROM internal.meta WHERE key = 'carried'"):
            self._connection.execute(history.FIND_LOST)
            self._end_versions(history.CARRIED, clock)
            self._connection.execute("DELETE FROM internal.carried")
            self._connection.execute("DELETE FROM internal.meta WHERE key = 'carried'")

    def _count(self, sql: str) -> int:
        return int(self._connection.execute(sql).fetchall()[0][0])

    @contextmanager
    def _counting(self, table: Table, scope: str) -> Iterator[None]:
        """Notes what becomes of the extent of a table while rows of `scope`, and no others, change."""
        before = _extent(self._connection, table.name, scope)
        yield
        _move_extent(self._connection, table, before, _extent(self._connection, table.name, scope))

    def _replace(self, staged: Sequence[_Staged]) -> None:
        """Puts what is staged in the place of what is in its scope, in storage order.

        Rows that are there already are not written again.
        """
        for new in staged:
            self._replace_one(new)

    def _replace_one(self, new: _Staged) -> None:
        name = new.table.name
        extent = _extent(self._connection, new.name)
        before = _extent(self._connection, name, new.scope)
        if before == extent:
            return
        self._connection.execute(f"DELETE FROM {name} WHERE {new.scope}")
        if extent[0]:
            order = ddl.storage_order(new.table)
            self._connection.execute(f"INSERT INTO {name} FROM {new.name} ORDER BY {order}")
        if _extent(self._connection, name, new.scope) != extent:
            raise WarehouseError(f"{name}: the database does not give back the rows that were put into it")
        _move_extent(self._connection, new.table, before, extent)

    def _forbid_strays(self) -> None:
        strays = f"""SELECT report_id, district_code, year FROM reports
                     WHERE report_id IN (SELECT report_id FROM present) AND NOT {OF_PARTITIONS}"""
        self._forbid(strays, "reports: loaded in another partition already, which is not being replaced")

    def _forbid(self, sql: str, complaint: str) -> None:
        found = self._connection.execute(f"{sql} ORDER BY ALL LIMIT 3").fetchall()
        if found:
            raise WarehouseError(f"{complaint}: {found}")

    def _replace_known(self, known: Sequence[Known]) -> None:
        self._connection.execute(f"DELETE FROM internal.known WHERE {OF_PATHS}")
        rows = [
            (k.raw.path, k.raw.size_bytes, k.raw.mtime_ns, k.raw.sha256, k.fingerprint, k.pin)
            for k in sorted(known, key=lambda k: k.raw.path)
        ]
        if rows:
            kinds = ("VARCHAR", "BIGINT", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR")
            values = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._connection.execute(f"INSERT INTO internal.known SELECT {values}", columns)

    def _rows_by_partition(
        self, keys: Sequence[Partition], staged: Sequence[_Staged]
    ) -> dict[Partition, dict[str, int]]:
        counts = {(code, year): {table.name: 0 for table in PARTITIONED} for code, year in keys}
        for new in staged:
            sql = f"SELECT district_code, year, count(*) FROM {new.name} GROUP BY ALL"
            for code, year, rows in self._connection.execute(sql).fetchall():
                counts[code, year][new.table.name] = rows
        return counts


@dataclass
class Warehouse:
    """The warehouse in the folder `root`."""

    root: Path
    _lock: FileLock = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Makes the lock, which touches no file yet."""
        self.root = Path(self.root)
        self._lock = FileLock(self.work / "writer.lock")

    @property
    def work(self) -> Path:
        """The folder of the writer."""
        return self.root / "work"

    @property
    def build(self) -> Path:
        """The database that the writer changes."""
        return self.work / "build.duckdb"

    @property
    def _former(self) -> Path:
        """A build database of another schema, until the new one has taken its versions over."""
        return self.work / "build.duckdb.former"

    @property
    def _ordered(self) -> Path:
        """A build database that is being put in order, until it takes the place of the old one."""
        return self.work / "build.duckdb.ordered"

    @property
    def published(self) -> Path:
        """The link to the file that everyone reads."""
        return self.root / "disclosure.duckdb"

    @property
    def versions(self) -> Path:
        """The folder of published files."""
        return self.root / "versions"

    @property
    def lake(self) -> Path:
        """The folder of the Parquet files."""
        return self.root / "lake"

    def known(self) -> dict[str, Known]:
        """The files processed so far, by path; none where the build database is missing or of old schema."""
        sql = "SELECT path, size_bytes, mtime_ns, sha256, fingerprint, pin FROM internal.known"
        with self._reading_build() as connection:
            rows = connection.execute(sql).fetchall() if connection else []
        return {path: Known(RawFile(path, *raw), fingerprint, pin) for path, *raw, fingerprint, pin in rows}

    def places(self) -> dict[str, Partition]:
        """The partition of every loaded file, by its path and by its SHA-256."""
        sql = "SELECT unnest([file_path, file_sha256]), district_code, year FROM reports"
        with self._reading_build() as connection:
            rows = connection.execute(sql).fetchall() if connection else []
        return {name: (code, year) for name, code, year in rows}

    def changes(
        self, former: Path, table: Table, compared: Sequence[str], keys: Collection[Partition]
    ) -> dict[Partition, tuple[int, int, int]]:
        """Rows that the build database has and `former` lacks, has otherwise in `compared`, or has alone.

        By partition, for those of `keys` that differ. Without a file `former` all rows are new. Raises WarehouseError
        where it cannot be compared, as one of another schema.
        """
        rows: list[tuple[Any, ...]] = []
        scope = [[code for code, _ in keys], [year for _, year in keys]]
        with _as_warehouse_error(f"{former.name} cannot be compared"), self._reading_build() as connection:
            if connection is not None and former.is_file():
                with _attached(connection, former, "READ_ONLY"):
                    old = f"copy.main.{table.name}"
                    rows = connection.execute(_changes_sql(table, old, compared), scope).fetchall()
            elif connection is not None:
                nothing = f"(FROM {table.name} LIMIT 0)"
                rows = connection.execute(_changes_sql(table, nothing, compared), scope).fetchall()
        return {(code, year): (added, changed, removed) for code, year, added, changed, removed in rows}

    def is_published(self) -> bool:
        """True when the published file opens and holds what the build database does, in the code's schema."""
        published = self._published_meta()
        if published.get("schema") != _published_schema():
            return False
        with self._reading_build() as connection:
            return connection is not None and published["content"] == _content(connection)

    @contextmanager
    def writer(self, wait_seconds: float = WRITE_WAIT_SECONDS) -> Iterator[Writer]:
        """The one writer. Waits for another to finish; WarehouseBusyError after `wait_seconds`.

        A build database that cannot be opened is renamed to `*.broken`, one of another schema removed, and an
        empty one takes its place, so that `known` knows nothing and everything is extracted again.
        """
        with self._locked(wait_seconds), self._using_build() as connection:
            yield Writer(connection)

    def publish(self, wait_seconds: float = WRITE_WAIT_SECONDS) -> Published:
        """Copies the file of the build database, makes it what people see, read-only, and points the link to it.

        Whoever has the old file open goes on reading it. Nothing is copied when it holds the same already.
        Raises WarehouseError, with the published file as it was, when the copy fails.
        """
        with self._locked(wait_seconds):
            self._clear_leftovers()
            with self._using_build() as connection, _as_warehouse_error("publishing failed"):
                extents = _noted_extents(connection)
                meta = {"content": _content_digest(extents), "schema": _published_schema()}
                renewed = self._published_meta() != meta
                scattered = _is_scattered(connection, extents)
                if renewed:
                    connection.execute("CHECKPOINT")
            if renewed and scattered:
                self._put_in_order(extents)
            if renewed:
                self._publish_copy(extents, meta)
            self._drop_old_versions()
        path = self.published.resolve()
        return Published(path, {t: rows for t, (rows, _) in extents.items()}, path.stat().st_size, renewed)

    def write_lake(self, wait_seconds: float = WRITE_WAIT_SECONDS) -> LakeResult:
        """Brings the Parquet files under `lake` up to what is published; writes changed years only.

        No reader meets a half-written file, but for a moment some files are newer than others. Raises
        WarehouseError, and leaves the files that it did not come to as they were.
        """
        with (
            self._locked(wait_seconds),
            self._telling_where(),
            _as_warehouse_error("writing the lake failed"),
            self._opened(self._open_published()) as connection,
        ):
            return lake.refresh(self.lake, _pieces(connection), lambda *to: _write_piece(connection, *to))

    def query_lake(self, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The column names and rows that a query gives on the lake, each table of which is a view."""
        with self._opened(duckdb.connect()) as connection, _as_warehouse_error("the query failed"):
            for statement in ("SET enable_progress_bar = false", *lake.view_sql(self.lake)):
                connection.execute(statement)
            result = connection.execute(sql, list(parameters))
            return [column[0] for column in result.description or ()], result.fetchall()

    def query(self, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The column names and rows that a query gives on the published file."""
        with self._opened(self._open_published()) as connection, _as_warehouse_error("the query failed"):
            result = connection.execute(sql, list(parameters))
            return [column[0] for column in result.description or ()], result.fetchall()

    def read_frame(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """What a query gives on the published file, as a frame."""
        with self._opened(self._open_published()) as connection, _as_warehouse_error("the query failed"):
            return connection.execute(sql, list(parameters)).df()

    @contextmanager
    def _locked(self, wait_seconds: float) -> Iterator[None]:
        path = self._lock.lock_file
        if self._lock.is_locked:
            raise WarehouseError(f"this process is writing already and holds {path}: finish the writer first")
        self.work.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            raise WarehouseBusyError(
                f"another process is writing: {path} was still held after {wait_seconds:g} s"
            ) from error
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def _opened(self, connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _using_build(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The build database, for the holder of the lock; set aside where it turns out to be damaged."""
        with self._setting_damage_aside(), self._telling_where(), self._opened(self._open_build()) as connection:
            yield connection

    @contextmanager
    def _setting_damage_aside(self) -> Iterator[None]:
        """Sets the build database aside after an error that tells of damage: of it, or of a copy, byte by byte."""
        try:
            yield
        except WarehouseError as error:
            if not _tells(error, DAMAGE):
                raise
            self._set_aside(str(error))
            raise WarehouseError(f"{self.build} was damaged; run again to make it anew: {error}") from error

    @contextmanager
    def _telling_where(self) -> Iterator[None]:
        """Says of an error for want of room where there was none."""
        try:
            yield
        except WarehouseError as error:
            if not _tells(error, FULL):
                raise
            free = shutil.disk_usage(self.root).free / 2**20
            raise WarehouseFullError(
                f"{self.root}: disk full, or a limit on the size of files ({free:,.0f} MiB are free there). "
                f"Make room and run again; what is published is as it was. {error}"
            ) from error

    @contextmanager
    def _reading_build(self) -> Iterator[duckdb.DuckDBPyConnection | None]:
        """The build database, read-only; None where a writer would begin with an empty one."""
        if not self.build.exists():
            yield None
            return
        with self._locked(READ_WAIT_SECONDS):
            try:
                connection = self._connect_build(read_only=True)
            except _BrokenBuildError as error:
                log.warning("%s cannot be opened and will be made anew: %s", self.build, error)
                yield None
                return
            with self._opened(connection):
                yield connection if _meta(connection).get("structure") == _build_structure() else None

    def _connect_build(self, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        """The build database, read far enough to know that it can be used."""
        try:
            connection = self._connect(self.build, read_only=read_only)
            try:
                _read_notes(connection)
            except duckdb.Error:
                # Left open, DuckDB would give this process the same broken file whatever lies at its path.
                connection.close()
                raise
        except duckdb.Error as error:
            if not _tells(error, PASSING_FAULTS):
                raise _BrokenBuildError(str(error)) from error
            raise WarehouseBusyError(f"{self.build} cannot be opened now: {error}") from error
        return connection

    def _connect(self, path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        config: dict[str, Any] = {} if read_only else {"storage_compatibility_version": STORAGE_VERSION}
        memory = memory_mib()
        connection = duckdb.connect(str(path), read_only=read_only, config=config)
        # Set afterwards: DuckDB refuses a file that is open in this process with another configuration.
        connection.execute(f"SET memory_limit = '{memory}MiB'")
        connection.execute("SET enable_progress_bar = false")
        # By default DuckDB spills beside the file, where the published ones lie.
        spill = self.work / ("spill-read" if read_only else "spill")
        connection.execute(f"SET temp_directory = {ddl.literal(str(spill))}")
        return connection

    def _open_build(self) -> duckdb.DuckDBPyConnection:
        """The build database, made anew where it is missing, broken or of another schema."""
        shutil.rmtree(self.work / "spill", ignore_errors=True)  # what a killed writer left there
        current = self._open_current() if self.build.exists() else None
        connection = current or self._create_build()
        try:
            with _as_warehouse_error(f"{self.build} cannot be read"):
                _note_extents(connection)
        except WarehouseError:
            connection.close()
            raise
        return connection

    def _open_current(self) -> duckdb.DuckDBPyConnection | None:
        try:
            connection = self._connect_build()
        except _BrokenBuildError as error:
            self._set_aside(str(error))
            return None
        if _meta(connection).get("structure") == _build_structure():
            self._remove_database(self._former)
            return connection
        connection.close()
        self._put_by()
        log.warning("%s has another schema than the code: all files will be extracted again", self.build)
        return None

    def _put_by(self) -> None:
        """Keeps a build database of another schema until its versions of reports are taken over.

        Where one is kept already, this one was not finished.
        """
        if not self._former.exists():
            self.build.replace(self._former)

    def _create_build(self) -> duckdb.DuckDBPyConnection:
        self._remove_database(self.build)
        with self._opened(self._connect_build()) as connection:
            self._fill_new(connection)
        self._remove_database(self._former)
        return self._connect_build()

    def _fill_new(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the empty tables; versions of reports come from the former build database, or what is published."""
        for source in (self._former, self.published.resolve()):
            if columns := _columns_of(connection, source):
                with _attached(connection, source, "READ_ONLY"):
                    _build(connection, history.carry("copy", columns))
                return
        _build(connection, ())

    def _set_aside(self, reason: str) -> None:
        broken = self.build.with_name(self.build.name + ".broken")
        log.warning("%s cannot be opened and is set aside as %s: %s", self.build, broken.name, reason)
        self.build.replace(broken)
        self._remove_database(self.build)

    def _remove_database(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)

    def _open_published(self) -> duckdb.DuckDBPyConnection:
        if not self.published.exists():
            raise WarehouseError(f"nothing has been published yet: {self.published} is missing")
        # The version's own name: under the link, DuckDB may give a process the file that it opened before.
        with _as_warehouse_error(f"{self.published} cannot be opened"):
            return self._connect(self.published.resolve(), read_only=True)

    def _published_meta(self) -> dict[str, str]:
        """What the published file says of itself; nothing where it is missing or cannot be read."""
        try:
            with self._opened(self._open_published()) as connection:
                return _meta(connection)
        except (WarehouseError, duckdb.Error):
            return {}

    def _put_in_order(self, extents: Mapping[str, Extent]) -> None:
        """Writes the build database anew, in storage order and without what deleted rows left free."""
        try:
            with self._using_build() as connection, _as_warehouse_error(f"{self.build} could not be put in order"):
                self._write_in_order(connection, extents)
                _verify_order(connection, self._ordered, extents)
            _flush(self._ordered)
            self._ordered.replace(self.build)
            _flush(self.work)
        finally:
            self._remove_database(self._ordered)

    def _write_in_order(self, connection: duckdb.DuckDBPyConnection, extents: Mapping[str, Extent]) -> None:
        with self._opened(self._connect(self._ordered)) as new:
            for statement in ddl.build_statements():
                new.execute(statement)
        with _attached(connection, self._ordered, f"STORAGE_VERSION '{STORAGE_VERSION}'"):
            for name, (rows, _) in extents.items():
                for part in _parts(connection, TABLES[name], rows):
                    order = ddl.storage_order(TABLES[name])
                    connection.execute(f"INSERT INTO copy.{name} FROM {name} WHERE {part} ORDER BY {order}")
            for name in ("known", "carried"):
                connection.execute(f"INSERT INTO copy.internal.{name} FROM internal.{name}")
            connection.execute("INSERT INTO copy.internal.meta FROM internal.meta WHERE key <> ?", [SCATTERED])
            connection.execute("CHECKPOINT copy")

    def _publish_copy(self, extents: Mapping[str, Extent], meta: Mapping[str, str]) -> None:
        version = self.versions / self._next_version()
        part = version.with_name(f".part-{version.name}")
        what = f"publishing failed, {self.published.name} stays as it was"
        try:
            with self._setting_damage_aside(), self._telling_where(), _as_warehouse_error(what):
                self._write_copy(part, meta)
                self._verify_copy(part, extents, meta)
                part.chmod(0o444)
                _flush(part)
                part.replace(version)
                self._point_to(version)
        finally:
            self._clear_leftovers()

    def _write_copy(self, part: Path, meta: Mapping[str, str]) -> None:
        """The bytes of the build database, which nobody has open; then comments and views from the code."""
        if self.build.with_name(self.build.name + ".wal").exists():
            raise WarehouseError(f"{self.build} is not all in one file: not published")
        _copy_file(self.build, part)
        with self._opened(self._connect(part)) as copy:
            with _transaction(copy):
                for statement in ddl.publishing_statements():
                    copy.execute(statement)
                _inherit_comments(copy)
                copy.executemany("INSERT INTO internal.meta VALUES (?, ?)", list(meta.items()))
            copy.execute("CHECKPOINT")

    def _verify_copy(self, part: Path, extents: Mapping[str, Extent], meta: Mapping[str, str]) -> None:
        """Opens the finished copy and reads all of it: a damaged block of the build database was copied with it."""
        with self._opened(self._connect(part, read_only=True)) as copy:
            if _meta(copy) != meta:
                raise WarehouseError(f"{part.name} does not say what was written of it: not published")
            wrong = [name for name, extent in extents.items() if _extent(copy, name) != extent]
            if wrong:
                raise WarehouseError(f"{wrong}: {NOT_AS_NOTED}, not published")

    def _next_version(self) -> str:
        numbers = [_version_number(path) for path in self._version_files()]
        return f"disclosure-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{max(numbers, default=0) + 1}.duckdb"

    def _version_files(self) -> list[Path]:
        """The published files, the oldest first: by their number, since clocks may go back."""
        found = self.versions.glob("disclosure-*.duckdb")
        return sorted((path for path in found if VERSION_NAME.fullmatch(path.name)), key=_version_number)

    def _point_to(self, version: Path) -> None:
        link = self.root / ".disclosure.next"
        link.unlink(missing_ok=True)
        link.symlink_to(version.relative_to(self.root))
        _flush(self.versions)
        link.replace(self.published)
        _flush(self.root)

    def _drop_old_versions(self) -> None:
        current = self.published.resolve()
        for path in self._version_files()[: -versions_kept()]:
            if path.resolve() != current:
                path.unlink()

    def _clear_leftovers(self) -> None:
        """Removes what a failed or killed publish left; called under the lock, when no copy is under way."""
        self.versions.mkdir(parents=True, exist_ok=True)
        for path in self.versions.glob(".part-*"):
            path.unlink()
        self._remove_database(self._ordered)


def versions_kept() -> int:
    """How many published files are kept. Raises WarehouseError for a setting that is no such number."""
    return _setting(KEEP, VERSIONS_KEPT, least=1)


def memory_mib() -> int:
    """How much memory DuckDB may take, in MiB. Raises WarehouseError for a setting that is no such number."""
    return _setting(MEMORY, MEMORY_MIB, least=LEAST_MEMORY_MIB)


def _setting(name: str, default: int, least: int) -> int:
    setting = os.environ.get(name, "")
    if not setting:
        return default
    if not setting.isdecimal() or int(setting) < least:
        raise WarehouseError(f"{name} must be a whole number from {least} on, not {setting!r}")
    return int(setting)


def describe_views() -> tuple[View, ...]:
    """The views as the published file has them, by name."""
    with duckdb.connect() as connection:
        _create_published(connection)
        sql = "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY view_name"
        views = connection.execute(sql).fetchall()
        return tuple(View(name, comment, tuple(_columns(connection, name))) for name, comment in views)


class _BrokenBuildError(Exception):
    """The build database cannot be opened, and waiting would not help."""


def _tells(error: Exception, faults: Sequence[str]) -> bool:
    return any(fault in str(error).lower() for fault in faults)


@contextmanager
def _as_warehouse_error(what: str) -> Iterator[None]:
    """Callers cannot catch DuckDB's errors, since they do not import it."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise WarehouseMemoryError(
            f"{what}: {memory_mib()} MiB of memory are not enough for DuckDB; {MEMORY} gives it more. {error}"
        ) from error
    except (duckdb.Error, OSError) as error:
        raise WarehouseError(f"{what}: {error}") from error


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that is done within, or nothing."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A failed COMMIT has rolled back by itself, and then there is nothing left to roll back.
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, path: Path, how: str) -> Iterator[None]:
    """A second database under the name `copy`."""
    connection.execute(f"ATTACH {ddl.literal(str(path))} AS copy ({how})")
    try:
        yield
    finally:
        connection.execute("DETACH copy")


def _build(connection: duckdb.DuckDBPyConnection, carry: Sequence[str]) -> None:
    """Fills a new build database, `carry` included; it counts as finished by its notes."""
    notes = [("structure", _build_structure()), *([("carried", "yes")] if carry else [])]
    with _transaction(connection):
        for statement in (*ddl.build_statements(), *carry):
            connection.execute(statement)
        connection.executemany("INSERT INTO internal.meta VALUES (?, ?)", notes)


def _columns_of(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, list[str]]:
    """The columns of another database, by table; none where it is missing or cannot be read, or has no versions."""
    sql = """SELECT if(schema_name = 'main', '', schema_name || '.') || table_name, list(column_name)
             FROM duckdb_columns() WHERE database_name = 'copy' GROUP BY ALL"""
    if not path.is_file():
        return {}
    try:
        with _attached(connection, path, "READ_ONLY"):
            found = dict(connection.execute(sql).fetchall())
    except duckdb.Error as error:
        log.warning("%s cannot be read for the versions of reports: %s", path, error)
        return {}
    return found if history.carry("copy", found) else {}


def _pieces(connection: duckdb.DuckDBPyConnection) -> dict[Piece, str]:
    """The files that the lake should have, and what their rows are."""
    found = {table: connection.execute(lake.extents_sql(table)).fetchall() for table in TABLES.values()}
    return {Piece(t.name, year): f"{rows} {hashes}" for t, pieces in found.items() for year, rows, hashes in pieces}


def _write_piece(connection: duckdb.DuckDBPyConnection, piece: Piece, path: Path) -> None:
    connection.execute(lake.copy_sql(piece, path))
    _flush(path)


def _changes_sql(table: Table, old: str, compared: Sequence[str]) -> str:
    """Counts by partition the rows of `table` that `old` lacks, has otherwise, or has alone; parameters: the keys."""
    key = ddl.listed((*table.key, "district_code", "year"))
    content = f"hash({', '.join(f'{ddl.quoted(name)}::VARCHAR' for name in compared)}) AS content"
    return f"""
    WITH keys AS (SELECT unnest(?::VARCHAR[]) AS district_code, unnest(?::INTEGER[]) AS year),
    now AS (SELECT {key}, {content}, true AS there FROM {table.name} SEMI JOIN keys USING (district_code, year)),
    before AS (SELECT {key}, {content}, true AS there FROM {old} SEMI JOIN keys USING (district_code, year))
    SELECT
        district_code,
        year,
        count(*) FILTER (before.there IS NULL) AS added,
        count(*) FILTER (before.content <> now.content) AS changed,
        count(*) FILTER (now.there IS NULL) AS removed
    FROM now FULL JOIN before USING ({key})
    GROUP BY district_code, year
    HAVING added + changed + removed > 0
    ORDER BY ALL"""


def _known_tables(arriving: Arriving) -> dict[str, pd.DataFrame | Sequence[Path]]:
    """What arrives for partitioned tables; that for other tables is for `record`."""
    unknown = sorted(set(arriving) - set(TABLES))
    if unknown:
        raise WarehouseError(f"frames for tables that the warehouse does not have: {unknown}")
    return {table.name: arriving[table.name] for table in PARTITIONED if table.name in arriving}


def _parquet(files: Sequence[Path]) -> str:
    """Parquet files as the rows of a FROM clause; their names are names, not patterns, and say no values."""
    names = ", ".join(ddl.literal(re.sub(r"[*?\[]", r"[\g<0>]", str(file))) for file in files)
    return f"read_parquet([{names}], hive_partitioning = false)"


def _check_columns(table: Table, names: Collection[str]) -> None:
    missing = sorted(set(table.column_names) - set(names))
    strange = sorted(set(names) - set(table.column_names))
    if missing or strange:
        raise WarehouseError(f"{table.name}: columns missing {missing}, not in the schema {strange}")


def _arrow(table: Table, frame: pd.DataFrame) -> object:
    """The frame as an Arrow table of the schema's columns and types.

    DuckDB reads frames too, but not every one: it fails on columns with strides, such as those of a slice.
    """
    import pyarrow as pa  # an idle run needs none

    _check_columns(table, list(frame.columns))
    fields = [(c.name, pa.type_for_alias(ARROW_TYPES[c.type])) for c in table.columns]
    try:
        return pa.Table.from_pandas(frame, pa.schema(fields), preserve_index=False)
    except pa.ArrowException as error:
        raise WarehouseError(f"{table.name}: a value does not fit its column: {error}") from error


def _dimension(name: str) -> Table:
    """A table that depends on no report, and is replaced whole."""
    table = TABLES.get(name)
    if table is None or table.partitioned or table in (FILES, QUARANTINE, *HISTORY, *LOGS):
        raise WarehouseError(f"{name} is not a dimension")
    return table


def _extent(connection: duckdb.DuckDBPyConnection, table: str, scope: str = OF_ALL) -> Extent:
    sql = f"SELECT count(*), coalesce(sum(hash(t)), 0) FROM {table} t WHERE {scope}"
    [(rows, hashes)] = connection.execute(sql).fetchall()
    return int(rows), int(hashes)


def _note_extents(connection: duckdb.DuckDBPyConnection) -> None:
    """Counts all tables and notes it, unless that was done: later changes keep the notes right.

    Another DuckDB may hash otherwise, so its notes are good for nothing.
    """
    if _meta(connection).get(COUNTED_BY) == duckdb.__version__:
        return
    notes = [(COUNTED_BY, duckdb.__version__)]
    for table in TABLES.values():
        rows, hashes = _extent(connection, table.name)
        notes.append((_extent_key(table.name), f"{rows} {hashes}"))
    with _transaction(connection):
        _note(connection, dict(notes))


def _note(connection: duckdb.DuckDBPyConnection, notes: Mapping[str, str]) -> None:
    """Writes to `internal.meta`, within a transaction."""
    connection.execute("DELETE FROM internal.meta WHERE key IN (SELECT unnest(?::VARCHAR[]))", [list(notes)])
    connection.executemany("INSERT INTO internal.meta VALUES (?, ?)", list(notes.items()))


def _noted_extents(connection: duckdb.DuckDBPyConnection) -> dict[str, Extent]:
    """What every table holds, without looking at it."""
    meta = _meta(connection)
    return {name: _as_extent(meta[_extent_key(name)]) for name in TABLES}


def _move_extent(connection: duckdb.DuckDBPyConnection, table: Table, before: Extent, after: Extent) -> None:
    """Notes that of a table the rows of one extent became those of another. Belongs into their transaction."""
    if before == after:
        return
    meta = _meta(connection)
    noted = _as_extent(meta[_extent_key(table.name)])
    rows, hashes = (n - b + a for n, b, a in zip(noted, before, after, strict=True))
    notes = {_extent_key(table.name): f"{rows} {hashes}"}
    if after[0] < rows * LONG_RUN:
        notes[SCATTERED] = str(int(meta.get(SCATTERED, 0)) + after[0])
    _note(connection, notes)


def _is_scattered(connection: duckdb.DuckDBPyConnection, extents: Mapping[str, Extent]) -> bool:
    """Whether so much came piece by piece that it is worth while to put all in order."""
    scattered = int(_meta(connection).get(SCATTERED, 0))
    return scattered >= max(SCATTERED_ROWS, SCATTERED_PART * sum(rows for rows, _ in extents.values()))


def _parts(connection: duckdb.DuckDBPyConnection, table: Table, rows: int) -> list[str]:
    """Conditions for the parts of a table that are sorted one by one, so that no sort is larger than a year."""
    if rows <= SORTED_AT_ONCE or not ddl.by_partition(table):
        return [OF_ALL]
    years = connection.execute(f"SELECT DISTINCT year FROM {table.name} ORDER BY year").fetchall()
    return [f"year = {year}" for (year,) in years]


def _verify_order(connection: duckdb.DuckDBPyConnection, ordered: Path, extents: Mapping[str, Extent]) -> None:
    """Reads the new build database back from its file."""
    with _attached(connection, ordered, "READ_ONLY"):
        wrong = [name for name, extent in extents.items() if _extent(connection, f"copy.main.{name}") != extent]
        internal = (f"internal.{name}" for name in ("known", "carried"))
        wrong += [name for name in internal if _extent(connection, f"copy.{name}") != _extent(connection, name)]
    if wrong:
        raise WarehouseError(f"{wrong}: {NOT_AS_NOTED}")


def _extent_key(table: str) -> str:
    return f"extent of {table}"


def _as_extent(noted: str) -> Extent:
    rows, hashes = map(int, noted.split())
    return rows, hashes


def _content(connection: duckdb.DuckDBPyConnection) -> str | None:
    """A digest of all rows, from what is noted; None where that was not done by this DuckDB."""
    if _meta(connection).get(COUNTED_BY) != duckdb.__version__:
        return None
    return _content_digest(_noted_extents(connection))


def _copy_file(source: Path, target: Path) -> None:
    """Copies a file to the disk and reads it back from there. Raises WarehouseError where it differs."""
    written = hashlib.sha256()
    with source.open("rb") as old, target.open("xb") as new:
        while some := old.read(COPY_BYTES):
            written.update(some)
            new.write(some)
    _flush(target)
    with target.open("rb") as copy:
        # Else the system gives back what it was told to write, whatever the disk made of it. Only Linux can be told.
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(copy.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if hashlib.file_digest(copy, "sha256").digest() != written.digest():
            raise WarehouseError("the copy is not what was written: not published")


def _content_digest(extents: Mapping[str, Extent]) -> str:
    logs = {table.name for table in LOGS}
    text = "\n".join(f"{name} {rows} {hashes}" for name, (rows, hashes) in extents.items() if name not in logs)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _build_structure() -> str:
    return ddl.digest(ddl.build_statements())


def _published_schema() -> str:
    return ddl.digest(ddl.published_statements())


def _meta(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What a database says of itself; nothing where it was not finished."""
    try:
        return dict(connection.execute("SELECT key, value FROM internal.meta").fetchall())
    except duckdb.CatalogException:
        return {}


def _read_notes(connection: duckdb.DuckDBPyConnection) -> None:
    """Reads all that a run looks at first: a file that was cut off opens all the same."""
    if _meta(connection):
        connection.execute("SELECT max(hash(k)) FROM internal.known k").fetchall()


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str, str]]:
    sql = """SELECT column_name, data_type, coalesce(comment, '') FROM duckdb_columns()
             WHERE table_name = ? AND schema_name = 'main' ORDER BY column_index"""
    return connection.execute(sql, [name]).fetchall()


def _create_published(connection: duckdb.DuckDBPyConnection) -> None:
    for statement in ddl.published_statements():
        connection.execute(statement)
    _inherit_comments(connection)


def _inherit_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives a view's column without a comment the one that a column of the same name has.

    Same name, same quantity: reports and facts come first, then the views in order of their names.
    """
    said: dict[str, str] = {}
    for name in ("reports", "facts", "cells", "report_versions", *ddl.view_sources()):
        for column, _, text in _columns(connection, name):
            if not text and column in said:
                place = f"{name}.{ddl.quoted(column)}"
                connection.execute(f"COMMENT ON COLUMN {place} IS {ddl.literal(said[column])}")
            elif text:
                said.setdefault(column, text)


def _version_number(path: Path) -> int:
    found = VERSION_NAME.fullmatch(path.name)
    assert found is not None
    return int(found[1])


def _flush(path: Path) -> None:
    """Makes sure that a file or folder is on the disk before anything points to it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
