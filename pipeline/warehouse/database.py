"""DuckDB as the warehouse uses it: connections within their memory, transactions, and its errors as ours.

What does *not* belong here: tables, and what they hold.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

from pipeline import environment
from pipeline.durable import flush
from pipeline.raw.folder import InputError
from pipeline.warehouse import ddl


class WarehouseError(Exception):
    """The warehouse could not do what was asked; it is as it was before."""


class WarehouseBusyError(WarehouseError):
    """Another process holds the warehouse."""


class WarehouseMemoryError(WarehouseError):
    """DuckDB needs more memory than it may take."""


class WarehouseFullError(WarehouseError):
    """There is no room for the data to be written."""


# How much memory DuckDB may take before it uses the disk, unless the environment says another number. A load takes all
# that it is given; more makes no load of the usual size faster.
MEMORY_MIB = 128
MEMORY = "DISCLOSURE_MEMORY_MIB"
# With less it fails at the first larger load.
LEAST_MEMORY_MIB = 64
# Each thread needs some of it for itself: a machine with many cores would run out of it.
THREAD_MIB = 64
# Every DuckDB from 1.2 on reads and writes this format, and the files are no larger than in a newer one.
STORAGE_VERSION = "v1.2.0"
# The folders for data that does not fit into memory, the second for connections that only read.
SPILL, SPILL_READING = "spill", "spill-read"
# How much of a file is in memory while it is copied.
COPY_BYTES = 8 * 2**20
# What a publication adds to a copy of the build database, at most: its notes, and the catalogue once more.
ROOM_BYTES = 4 * 2**20
# The request of Linux to share the bytes of files, of which Python has no name.
FICLONE = 0x40049409

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
# Those of them that only more room can mend.
FULL = ("no space left", "file too large", "disk quota exceeded")

# Faults of the build database that show only when it is read.
NOT_AS_NOTED = "other rows than were noted when they came"
DAMAGE = ("could not read enough bytes", "checksum", "corrupt", "failed to load metadata pointer", NOT_AS_NOTED)


def memory_mib() -> int:
    """How much memory DuckDB may take, in MiB. Raises WarehouseError for any other setting."""
    return whole_number(MEMORY, MEMORY_MIB, least=LEAST_MEMORY_MIB)


def whole_number(name: str, default: int, least: int) -> int:
    """A setting of the warehouse. Raises WarehouseError unless it is a whole number of at least `least`."""
    try:
        return environment.whole_number(name, default, least)
    except InputError as error:
        raise WarehouseError(str(error)) from None


def is_any_of(error: Exception, faults: Sequence[str]) -> bool:
    """Whether an error is one of the faults, which are parts of messages in lower case."""
    return any(fault in str(error).lower() for fault in faults)


@contextmanager
def as_warehouse_error(what: str) -> Iterator[None]:
    """Raise DuckDB's errors as ours: callers cannot catch them, since they do not import DuckDB."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise WarehouseMemoryError(
            f"{what}: {memory_mib()} MiB of memory are not enough for DuckDB; {MEMORY} gives it more. {error}"
        ) from error
    except (duckdb.Error, OSError) as error:
        raise WarehouseError(f"{what}: {error}") from error


def connect(
    path: Path, work: Path, *, read_only: bool = False, most_mib: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A database file, made where it is missing; what does not fit into memory goes to a folder in `work`.

    `most_mib` is for work that needs no more than that, however much DuckDB may take.
    """
    config: dict[str, Any] = {} if read_only else {"storage_compatibility_version": STORAGE_VERSION}
    memory = memory_mib()
    threads = min(os.cpu_count() or 1, max(1, memory // THREAD_MIB))
    memory = min(memory, most_mib or memory)
    connection = duckdb.connect(str(path), read_only=read_only, config=config)
    # Set afterwards: DuckDB refuses a file that is open in this process with another configuration.
    connection.execute(f"SET memory_limit = '{memory}MiB'")
    connection.execute(f"SET threads = {threads}")
    connection.execute("SET enable_progress_bar = false")
    # By default DuckDB spills beside the file, where the published ones lie.
    spill = work / (SPILL_READING if read_only else SPILL)
    connection.execute(f"SET temp_directory = {ddl.literal(str(spill))}")
    return connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A transaction: all that is done within, or nothing."""
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
def attached(connection: duckdb.DuckDBPyConnection, path: Path, how: str) -> Iterator[None]:
    """A second database under the name `copy`."""
    connection.execute(f"ATTACH {ddl.literal(str(path))} AS copy ({how})")
    try:
        yield
    finally:
        connection.execute("DETACH copy")


def notes_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The notes of a build database about itself; empty where it was not finished."""
    return _notes(connection, "internal.meta")


def published_notes_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The notes of a published database about itself; empty where other code published it."""
    return _notes(connection, f"{ddl.PUBLISHED_NOTES}()")


def _notes(connection: duckdb.DuckDBPyConnection, place: str) -> dict[str, str]:
    try:
        return dict(connection.execute(f"FROM {place}").fetchall())
    except duckdb.CatalogException:
        return {}


def read_notes(connection: duckdb.DuckDBPyConnection) -> None:
    """Reads all that a run looks at first, because even a truncated file can be opened."""
    if notes_of(connection):
        connection.execute("SELECT max(hash(k)) FROM internal.known k").fetchall()


def copy_file(source: Path, target: Path) -> None:
    """Makes a new file with the bytes of another, on the disk.

    Where the file system can, both share these bytes and nothing is written (a reflink, as on Btrfs and XFS). Else they
    are copied, and read back from the disk. Raises OSError where there is no room for a copy, and WarehouseError where
    what is read back differs.
    """
    with source.open("rb") as old, target.open("xb") as new:
        if share_bytes(old.fileno(), new.fileno()):
            os.fsync(new.fileno())
            return
    needed = source.stat().st_size + ROOM_BYTES
    missing = needed - shutil.disk_usage(target.parent).free
    if missing > 0:
        raise OSError(errno.ENOSPC, f"No space left for a copy of {_mib(needed)}, {_mib(missing)} more are needed")
    _copy_bytes(source, target)


def _mib(size: int) -> str:
    return f"{-(-size // 2**20):,} MiB"


def share_bytes(source: int, target: int) -> bool:
    """Makes an open, empty file share the bytes of another until either changes; False where that cannot be done."""
    if fcntl is None:
        return False
    try:
        fcntl.ioctl(target, FICLONE, source)
    except OSError:
        return False
    return True


def _copy_bytes(source: Path, target: Path) -> None:
    written = hashlib.sha256()
    with source.open("rb") as old, target.open("wb") as new:
        while some := old.read(COPY_BYTES):
            written.update(some)
            new.write(some)
    flush(target)
    with target.open("rb") as copy:
        # Otherwise the system returns its cached pages, whatever reached the disk. Only Linux can drop them.
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(copy.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if hashlib.file_digest(copy, "sha256").digest() != written.digest():
            raise WarehouseError("the copy differs from what was written: not published")
