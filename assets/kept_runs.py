"""Dagster's SQLite database of runs, kept open while the command runs jobs.

Dagster opens it for each note and closes it again, and SQLite then waits for the disk twice, some thirty times a night.
What does *not* belong here: events (`open_event_log`), and a Postgres, where there is no such file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.engine import Engine

RUNS = Path("history", "runs.db")


@contextmanager
def runs_kept_open(home: Path) -> Iterator[None]:
    """A context in which notes about runs wait for no disk; needs the database, where the instance has one.

    It has a write-ahead log, which is put in its place at the end: until then a process that is killed loses nothing, a
    machine that loses power at most the last notes, and the file stays whole in either case.
    """
    file = home / RUNS
    if not file.exists():
        yield
        return
    sqlalchemy.event.listen(Engine, "connect", _wait_less)
    try:
        # What is open here is not the last to be closed, with which SQLite would put the log in its place.
        with closing(sqlite3.connect(file)) as kept:
            with suppress(sqlite3.Error):  # Dagster comes upon it too, and says it
                kept.execute("SELECT count(*) FROM sqlite_master").fetchall()
            yield
    finally:
        sqlalchemy.event.remove(Engine, "connect", _wait_less)


def _wait_less(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=NORMAL")
