"""The folder of the warehouse: who may write, what is set aside, and how a file takes the place of another.

What does *not* belong here: what a writer does to the rows (`writer`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING, Any

import duckdb
from filelock import FileLock, Timeout

from pipeline.document import RawFile
from pipeline.durable import flush
from pipeline.schema import Partition, Table
from pipeline.warehouse import ddl, history, lake
from pipeline.warehouse.database import (
    DAMAGE,
    FULL,
    PASSING_FAULTS,
    SPILL,
    STORAGE_VERSION,
    WarehouseBusyError,
    WarehouseError,
    WarehouseFullError,
    as_warehouse_error,
    attached,
    connect,
    is_any_of,
    memory_mib,
    notes_of,
    published_notes_of,
    read_notes,
    transaction,
    whole_number,
)
from pipeline.warehouse.extents import (
    Extent,
    content_digest,
    is_scattered,
    note_extents,
    noted_content,
    noted_extents,
)
from pipeline.warehouse.lake import LakeResult
from pipeline.warehouse.publishing import (
    VERSION_NAME,
    lake_pieces,
    published_schema,
    verify_copy,
    verify_order,
    version_number,
    write_copy,
    write_in_order,
    write_piece,
)
from pipeline.warehouse.recording import Known
from pipeline.warehouse.snapshot import Snapshot
from pipeline.warehouse.vanished import Vanished
from pipeline.warehouse.writer import Writer

if TYPE_CHECKING:  # pandas takes a second to import, and looking whether there is work to do needs none of it
    import pandas as pd

log = logging.getLogger(__name__)

WRITE_WAIT_SECONDS = 600.0
READ_WAIT_SECONDS = 60.0
# How many rows that become values of ours are in memory twice.
ROWS_AT_ONCE = 10_000
# How many published files are kept, the newest and those before it, unless the environment says another number.
VERSIONS_KEPT = 3
KEEP = "DISCLOSURE_VERSIONS_KEPT"


@dataclass(frozen=True, slots=True)
class Published:
    """The published file, its rows by table, its size, whether this call made it anew, and what went with the old."""

    path: Path
    rows: Mapping[str, int]
    size_bytes: int
    renewed: bool
    vanished: Vanished = field(default_factory=Vanished)


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
        found: dict[str, Known] = {}
        with self._reading_build() as connection:
            rows = connection.execute(sql) if connection else None
            while rows and (some := rows.fetchmany(ROWS_AT_ONCE)):
                for path, size, time, sha256, fingerprint, pin in some:
                    # Nearly all have the same one: kept once, it is a tenth less of all.
                    found[path] = Known(RawFile(path, size, time, sha256), intern(fingerprint), pin)
        return found

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
        with as_warehouse_error(f"{former.name} cannot be compared"), self._reading_build() as connection:
            if connection is not None and former.is_file():
                with attached(connection, former, "READ_ONLY"):
                    old = f"copy.main.{table.name}"
                    rows = connection.execute(_changes_sql(table, old, compared), scope).fetchall()
            elif connection is not None:
                nothing = f"(FROM {table.name} LIMIT 0)"
                rows = connection.execute(_changes_sql(table, nothing, compared), scope).fetchall()
        return {(code, year): (added, changed, removed) for code, year, added, changed, removed in rows}

    def is_published(self) -> bool:
        """True when the published file opens and holds what the build database does, in the code's schema."""
        published = self._published_meta()
        if published.get("schema") != published_schema():
            return False
        with self._reading_build() as connection:
            return connection is not None and published["content"] == noted_content(connection)

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
            with self._using_build() as connection, as_warehouse_error("publishing failed"):
                extents = noted_extents(connection)
                meta = {"content": content_digest(extents), "schema": published_schema()}
                renewed = self._published_meta() != meta
                scattered = is_scattered(connection, extents)
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
            as_warehouse_error("writing the lake failed"),
            closing(self._open_published()) as connection,
        ):
            return lake.refresh(self.lake, lake_pieces(connection), lambda *to: write_piece(connection, *to))

    def query_lake(self, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The column names and rows that a query gives on the lake, each table of which is a view."""
        with closing(duckdb.connect()) as connection, as_warehouse_error("the query failed"):
            for statement in ("SET enable_progress_bar = false", *lake.view_sql(self.lake)):
                connection.execute(statement)
            result = connection.execute(sql, list(parameters))
            return [column[0] for column in result.description or ()], result.fetchall()

    def query(self, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The column names and rows that a query gives on the published file."""
        with closing(self._open_published()) as connection, as_warehouse_error("the query failed"):
            result = connection.execute(sql, list(parameters))
            return [column[0] for column in result.description or ()], result.fetchall()

    def read_frame(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """What a query gives on the published file, as a frame."""
        with closing(self._open_published()) as connection, as_warehouse_error("the query failed"):
            return connection.execute(sql, list(parameters)).df()

    @contextmanager
    def snapshot(self, least_mib: int = 0) -> Iterator[Snapshot]:
        """The published file of this moment, for a reader with many questions.

        It may take `least_mib` of memory even where the setting says less.
        """
        with closing(self._open_published()) as connection:
            yield Snapshot(connection, self.published.resolve(), max(memory_mib(), least_mib))

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
    def _using_build(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The build database, for the holder of the lock; set aside where it turns out to be damaged."""
        with self._setting_damage_aside(), self._telling_where(), closing(self._open_build()) as connection:
            yield connection

    @contextmanager
    def _setting_damage_aside(self) -> Iterator[None]:
        """Sets the build database aside after an error that shows damage to it, or to a copy, byte by byte."""
        try:
            yield
        except WarehouseError as error:
            if not is_any_of(error, DAMAGE):
                raise
            self._set_aside(str(error))
            raise WarehouseError(f"{self.build} was damaged; run again to make it anew: {error}") from error

    @contextmanager
    def _telling_where(self) -> Iterator[None]:
        """Says of an error for want of room where there was none."""
        try:
            yield
        except WarehouseError as error:
            if not is_any_of(error, FULL):
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
            with closing(connection):
                yield connection if notes_of(connection).get("structure") == _build_structure() else None

    def _connect_build(self, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        """The build database, read far enough to know that it can be used."""
        try:
            connection = connect(self.build, self.work, read_only=read_only)
            try:
                read_notes(connection)
            except duckdb.Error:
                # Left open, DuckDB would give this process the same broken file whatever lies at its path.
                connection.close()
                raise
        except duckdb.Error as error:
            if not is_any_of(error, PASSING_FAULTS):
                raise _BrokenBuildError(str(error)) from error
            raise WarehouseBusyError(f"{self.build} cannot be opened now: {error}") from error
        return connection

    def _open_build(self) -> duckdb.DuckDBPyConnection:
        """The build database, made anew where it is missing, broken or of another schema."""
        shutil.rmtree(self.work / SPILL, ignore_errors=True)  # what a killed writer left there
        current = self._open_current() if self.build.exists() else None
        connection = current or self._create_build()
        try:
            with as_warehouse_error(f"{self.build} cannot be read"):
                note_extents(connection)
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
        if notes_of(connection).get("structure") == _build_structure():
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
        with closing(self._connect_build()) as connection:
            self._fill_new(connection)
        self._remove_database(self._former)
        return self._connect_build()

    def _fill_new(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the empty tables; versions of reports come from the former build database, or what is published."""
        for source in (self._former, self.published.resolve()):
            if columns := _columns_of(connection, source):
                with attached(connection, source, "READ_ONLY"):
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
        with as_warehouse_error(f"{self.published} cannot be opened"):
            return connect(self.published.resolve(), self.work, read_only=True)

    def _published_meta(self) -> dict[str, str]:
        """What the published file says of itself; nothing where it is missing or cannot be read."""
        try:
            with closing(self._open_published()) as connection:
                return published_notes_of(connection)
        except (WarehouseError, duckdb.Error):
            return {}

    def _put_in_order(self, extents: Mapping[str, Extent]) -> None:
        """Writes the build database anew, in storage order and without what deleted rows left free."""
        try:
            with self._using_build() as connection, as_warehouse_error(f"{self.build} could not be put in order"):
                write_in_order(connection, self._ordered, self.work, extents)
                verify_order(connection, self._ordered, extents)
            flush(self._ordered)
            self._ordered.replace(self.build)
            flush(self.work)
        finally:
            self._remove_database(self._ordered)

    def _publish_copy(self, extents: Mapping[str, Extent], meta: Mapping[str, str]) -> None:
        version = self.versions / self._next_version()
        part = version.with_name(f".part-{version.name}")
        what = f"publishing failed, {self.published.name} stays as it was"
        try:
            with self._setting_damage_aside(), self._telling_where(), as_warehouse_error(what):
                write_copy(self.build, part, self.work, meta)
                verify_copy(part, self.work, extents, meta)
                part.chmod(0o444)
                flush(part)
                part.replace(version)
                self._point_to(version)
        finally:
            self._clear_leftovers()

    def _next_version(self) -> str:
        numbers = [version_number(path) for path in self._version_files()]
        return f"disclosure-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{max(numbers, default=0) + 1}.duckdb"

    def _version_files(self) -> list[Path]:
        """The published files, the oldest first: by their number, since clocks may go back."""
        found = self.versions.glob("disclosure-*.duckdb")
        return sorted((path for path in found if VERSION_NAME.fullmatch(path.name)), key=version_number)

    def _point_to(self, version: Path) -> None:
        link = self.root / ".disclosure.next"
        link.unlink(missing_ok=True)
        link.symlink_to(version.relative_to(self.root))
        flush(self.versions)
        link.replace(self.published)
        flush(self.root)

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
    """How many published files are kept. Raises WarehouseError for any other setting."""
    return whole_number(KEEP, VERSIONS_KEPT, least=1)


class _BrokenBuildError(Exception):
    """The build database cannot be opened, and waiting would not help."""


def _build(connection: duckdb.DuckDBPyConnection, carry: Sequence[str]) -> None:
    """Fills a new build database, `carry` included; it counts as finished by its notes."""
    notes = [("structure", _build_structure()), *([("carried", "yes")] if carry else [])]
    with transaction(connection):
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
        with attached(connection, path, "READ_ONLY"):
            found = dict(connection.execute(sql).fetchall())
    except duckdb.Error as error:
        log.warning("%s cannot be read for the versions of reports: %s", path, error)
        return {}
    return found if history.carry("copy", found) else {}


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


def _build_structure() -> str:
    return ddl.digest((STORAGE_VERSION, *ddl.build_statements()))
