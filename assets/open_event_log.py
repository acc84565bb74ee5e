"""Dagster's SQLite event log with databases that stay open, and with one planned event for a range of partitions.

It stands on private modules of Dagster, in the version that `pyproject.toml` allows; `assets/event_log.py` tries it
before it is used. As a program it tries itself. What does *not* belong here: which events there are.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy
from dagster._config.config_schema import UserConfigSchema
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

# The index and the runs used last; a reader of many runs must not run out of open files.
OPEN_AT_ONCE = 4


class OpenEventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log, whose databases stay open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._open: dict[str, Engine] = {}
        self._tables: set[str] = set()
        self._process = os.getpid()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """The folder of Dagster's instance."""
        return {"home": dg.StringSource}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> OpenEventLog:
        """The event log where Dagster keeps it by itself, so that its own class finds it too."""
        return cls(str(Path(config_value["home"], "history", "runs")), inst_data)

    @property
    def supports_partition_subset_in_asset_materialization_planned_events(self) -> bool:
        """One event for a range; otherwise 7 scattered districts of a year would be announced by 3,000 events.

        A range that fails marks none of its partitions as failed, where Dagster would mark all of them, those that
        nobody meant to load included; the run itself says what it was to load.
        """
        return True

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; one that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def wipe(self) -> None:
        """Removes all events."""
        self._close()
        super().wipe()

    def dispose(self) -> None:
        """Closes the databases."""
        self._close()
        super().dispose()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """One transaction on the database of a run, or on the index; one at a time in this process."""
        with self._db_lock:
            with self._engine(shard).connect() as connection, connection.begin():
                yield connection
            if shard != INDEX_SHARD_NAME:
                # The page follows a run by the time of its file, which stays as it is while the database is open.
                os.utime(self.path_for_shard(shard))

    def _engine(self, shard: str) -> Engine:
        """The open database, opened now where it is not one of the last few. A child process opens its own."""
        if self._process != os.getpid():
            self._open, self._process = {}, os.getpid()
        engine = self._open.pop(shard, None) or self._opened(shard)
        self._open[shard] = engine
        while len(self._open) > OPEN_AT_ONCE:
            oldest = next(name for name in self._open if name != INDEX_SHARD_NAME)
            self._open.pop(oldest).dispose()
        return engine

    def _opened(self, shard: str) -> Engine:
        engine = create_engine(
            self.conn_string_for_shard(shard),
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            poolclass=StaticPool,
        )
        sqlalchemy.event.listen(engine, "connect", _lasting_enough)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def _close(self) -> None:
        with self._db_lock:
            for engine in self._open.values():
                engine.dispose()
            self._open.clear()


def _lasting_enough(connection: Any, _record: object) -> None:
    """No wait for the disk at each event, nor at each table of a new database.

    The databases have a write-ahead log, which Dagster begins only after it has made the tables: with this setting a
    process that is killed loses nothing, a machine that loses power at most the last events, and the file stays whole
    in either case. What is loaded does not hang on it.
    """
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def try_it() -> None:
    """Note an event in a scratch folder and read it with Dagster's own event log. Raises any error that occurs."""
    key = dg.AssetKey("tried")
    with tempfile.TemporaryDirectory() as folder:
        ours = {"module": __spec__.name, "class": OpenEventLog.__name__, "config": {"home": folder}}
        with dg.DagsterInstance.local_temp(folder, overrides={"event_log_storage": ours}) as instance:
            for partition in ("1", "2"):
                instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=partition))
            log = instance.event_log_storage
            if not getattr(log, "_open", None):
                raise RuntimeError("Dagster no longer asks it for its databases")
        with dg.DagsterInstance.local_temp(folder) as instance:
            found = instance.get_materialized_partitions(key)
        if found != {"1", "2"}:
            raise RuntimeError(f"Dagster's own event log reads {sorted(found)} of two partitions")


if __name__ == "__main__":
    try_it()
