"""The versions of reports in the build database: which end and which begin with a load.

What does *not* belong here: the statements that define a version (`history`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import duckdb

from pipeline.schema import FACTS_HISTORY, REPORT_VERSIONS
from pipeline.warehouse import history
from pipeline.warehouse.database import WarehouseError
from pipeline.warehouse.extents import extent_of, move_extent
from pipeline.warehouse.replacing import counting

Clock = Callable[[], date]


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()


def keep_versions(connection: duckdb.DuckDBPyConnection, clock: Clock) -> None:
    """Ends the versions that others replace, and begins the new ones."""
    if _count(connection, history.COUNT_ENDING):
        _end_versions(connection, history.BEFORE, clock)
    if _count(connection, history.COUNT_BEGINNING):
        with counting(connection, REPORT_VERSIONS, history.OF_STAGED):
            connection.execute(history.BEGIN_VERSIONS, [clock()])
    if _count(connection, history.COUNT_RENAMED):
        with counting(connection, REPORT_VERSIONS, history.OF_STAGED):
            connection.execute(history.RENAME_VERSIONS)
    if awaits_reports(connection):
        connection.execute(history.FORGET_CARRIED)


def _end_versions(connection: duckdb.DuckDBPyConnection, source: str, clock: Clock) -> None:
    """Dates the versions in the temporary table `ending` and moves their facts to `facts_history`."""
    facts = history.ending_facts(source)
    expected = extent_of(connection, f"({facts})")
    if expected[0]:
        connection.execute(f"INSERT INTO facts_history BY NAME {facts}")
    if extent_of(connection, f"({history.HISTORY_OF_ENDING})") != expected:
        raise WarehouseError("facts_history: the database does not return the rows that were put into it")
    move_extent(connection, FACTS_HISTORY, (0, 0), expected)
    with counting(connection, REPORT_VERSIONS, history.OF_ENDING):
        connection.execute(history.END_VERSIONS, [clock()])


def end_lost(connection: duckdb.DuckDBPyConnection, clock: Clock) -> None:
    """Ends the reports that were carried over from an older build database and did not come back."""
    if _count(connection, "SELECT count(*) FROM internal.meta WHERE key = 'carried'"):
        connection.execute(history.FIND_LOST)
        _end_versions(connection, history.CARRIED, clock)
        connection.execute("DELETE FROM internal.carried")
        connection.execute("DELETE FROM internal.meta WHERE key = 'carried'")


def awaits_reports(connection: duckdb.DuckDBPyConnection) -> bool:
    """True while reports carried over from an older build database have not come back."""
    return bool(_count(connection, "SELECT count(*) FROM internal.carried"))


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])
