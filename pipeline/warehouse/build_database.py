"""The build database: its lock, and that it opens, whatever happened to it before.

What does *not* belong here: changing its rows (`writer`), and publishing it (`published_files`).
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from pipeline.durable import flush
from pipeline.warehouse import ddl, history
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
    notes_of,
    read_notes,
    transaction,
)
from pipeline.warehouse.extents import Extent, note_extents
from pipeline.warehouse.folder import WarehouseFolder
from pipeline.warehouse.materialising import bring_up_to_date
from pipeline.warehouse.publishing import verify_order, write_in_order

log = logging.getLogger(__name__)

READ_WAIT_SECONDS = 60.0


class BuildDatabase:
    """The build database of a folder, for one holder of its lock at a time."""

    def __init__(self, folder: WarehouseFolder) -> None:
        self._at = folder
        self._lock = FileLock(folder.work / "writer.lock")  # touches no file yet

    @contextmanager
    def locked(self, wait_seconds: float) -> Iterator[None]:
        """Holds the lock of the folder. Raises WarehouseBusyError where another still has it after `wait_seconds`."""
        path = self._lock.lock_file
        if self._lock.is_locked:
            raise WarehouseError(f"this process is writing already and holds {path}: finish the writer first")
        self._at.work.mkdir(parents=True, exist_ok=True)
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
    def using(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The build database, for the holder of the lock; set aside where it turns out to be damaged."""
        with self.setting_damage_aside(), self.telling_where(), closing(self._open()) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection | None]:
        """The build database, read-only; None where a writer would begin with an empty one."""
        if not self._at.build.exists():
            yield None
            return
        with self.locked(READ_WAIT_SECONDS):
            try:
                connection = self._connect(read_only=True)
            except _BrokenBuildError as error:
                log.warning("%s cannot be opened and will be made anew: %s", self._at.build, error)
                yield None
                return
            with closing(connection):
                yield connection if notes_of(connection).get("structure") == _build_structure() else None

    @contextmanager
    def setting_damage_aside(self) -> Iterator[None]:
        """Sets the build database aside after an error that shows damage to it, or to a byte-by-byte copy of it."""
        try:
            yield
        except WarehouseError as error:
            if not is_any_of(error, DAMAGE):
                raise
            self._set_aside(str(error))
            raise WarehouseError(f"{self._at.build} was damaged; run again to make it anew: {error}") from error

    @contextmanager
    def telling_where(self) -> Iterator[None]:
        """Adds to an error for lack of space which disk is full."""
        try:
            yield
        except WarehouseError as error:
            if not is_any_of(error, FULL):
                raise
            free = shutil.disk_usage(self._at.root).free / 2**20
            raise WarehouseFullError(
                f"{self._at.root}: disk full, or a limit on the size of files ({free:,.0f} MiB are free there). "
                f"Make room and run again; what is published is as it was. {error}"
            ) from error

    def put_in_order(self, extents: Mapping[str, Extent]) -> None:
        """Writes the build database anew, in storage order and without the space that deleted rows left free."""
        try:
            with self.using() as connection, as_warehouse_error(f"{self._at.build} could not be put in order"):
                write_in_order(connection, self._at.ordered, self._at.work, extents)
                verify_order(connection, self._at.ordered, extents)
            flush(self._at.ordered)
            self._at.ordered.replace(self._at.build)
            flush(self._at.work)
        finally:
            remove_database(self._at.ordered)

    def _connect(self, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        """The build database, read far enough to know that it can be used."""
        try:
            connection = connect(self._at.build, self._at.work, read_only=read_only)
            try:
                read_notes(connection)
            except duckdb.Error:
                # Left open, DuckDB would give this process the same broken file whatever lies at its path.
                connection.close()
                raise
        except duckdb.Error as error:
            if not is_any_of(error, PASSING_FAULTS):
                raise _BrokenBuildError(str(error)) from error
            raise WarehouseBusyError(f"{self._at.build} cannot be opened now: {error}") from error
        return connection

    def _open(self) -> duckdb.DuckDBPyConnection:
        """The build database, made anew where it is missing, broken or of another schema."""
        shutil.rmtree(self._at.work / SPILL, ignore_errors=True)  # left there by a killed writer
        current = self._open_current() if self._at.build.exists() else None
        connection = current or self._create()
        try:
            with as_warehouse_error(f"{self._at.build} cannot be read"):
                bring_up_to_date(connection)
                note_extents(connection)
        except WarehouseError:
            connection.close()
            raise
        return connection

    def _open_current(self) -> duckdb.DuckDBPyConnection | None:
        try:
            connection = self._connect()
        except _BrokenBuildError as error:
            self._set_aside(str(error))
            return None
        if notes_of(connection).get("structure") == _build_structure():
            remove_database(self._at.former)
            return connection
        connection.close()
        self._put_by()
        log.warning("%s has another schema than the code: all files will be extracted again", self._at.build)
        return None

    def _put_by(self) -> None:
        """Keeps a build database of another schema until its versions of reports are taken over.

        Where one is kept already, this one was not finished.
        """
        if not self._at.former.exists():
            self._at.build.replace(self._at.former)

    def _create(self) -> duckdb.DuckDBPyConnection:
        remove_database(self._at.build)
        with closing(self._connect()) as connection:
            self._fill_new(connection)
        remove_database(self._at.former)
        return self._connect()

    def _fill_new(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the empty tables; versions of reports come from the former build database, or the published file."""
        for source in (self._at.former, self._at.published.resolve()):
            if columns := _columns_of(connection, source):
                with attached(connection, source, "READ_ONLY"):
                    _build(connection, history.carry("copy", columns))
                return
        _build(connection, ())

    def _set_aside(self, reason: str) -> None:
        broken = self._at.build.with_name(self._at.build.name + ".broken")
        log.warning("%s cannot be opened and is set aside as %s: %s", self._at.build, broken.name, reason)
        self._at.build.replace(broken)
        remove_database(self._at.build)


def remove_database(path: Path) -> None:
    """Removes a database file, and the files that DuckDB keeps beside it."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


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


def _build_structure() -> str:
    return ddl.digest((STORAGE_VERSION, *ddl.build_statements()))
