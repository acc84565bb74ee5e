"""Records what is known of files, their quarantine and times, the runs, and whole dimensions.

What does *not* belong here: the rows of reports (`loading`), and asking what is known (`known`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import duckdb

from pipeline.document import FURTHER, RawFile
from pipeline.schema import FILES, HISTORY, LOGS, MATERIALISED, QUARANTINE, RUNS, TABLES, Table
from pipeline.warehouse import ddl, materialising
from pipeline.warehouse.database import WarehouseError, transaction
from pipeline.warehouse.extents import OF_ALL
from pipeline.warehouse.known import Known
from pipeline.warehouse.replacing import counting, replace
from pipeline.warehouse.staging import OF_PATHS, Rows, Staging, slices
from pipeline.warehouse.versioning import Clock, end_lost

if TYPE_CHECKING:  # pandas takes a second to import, and looking whether there is work to do needs none of it
    import pandas as pd

_FILE = f"regexp_replace({{}}, '{FURTHER}', '')"
# Rows of further reports (`file#2`) of files whose rows are replaced go with them; those that stay loaded are left.
SCOPE_FURTHER = f"""
    INSERT INTO scope SELECT path FROM files
    WHERE regexp_matches(path, '{FURTHER}') AND {_FILE.format("path")} IN (SELECT path FROM scope)
    AND path NOT IN (SELECT path FROM scope) AND path NOT IN (SELECT file_path FROM reports)"""
# The outcome of the staged files and of their further reports, beside what was known of the files before.
COUNT_FILES = """
    SELECT how, count(*) FROM (
        SELECT
            CASE
                WHEN known.path IS NULL THEN 'new'
                WHEN known.sha256 = file_sha256 THEN 'read again'
                ELSE 'changed'
            END AS how
        FROM stage_files SEMI JOIN arriving_known USING (path) LEFT JOIN internal.known USING (path)
        UNION ALL
        SELECT status FROM stage_files
    )
    GROUP BY how ORDER BY how"""
COUNT_REASONS = "SELECT reason, count(*) FROM stage_quarantine GROUP BY reason ORDER BY reason"
REPLACE_KNOWN = """
    INSERT INTO internal.known
    SELECT path, k.size_bytes, mtime_ns, coalesce(file_sha256, sha256), fingerprint, pin
    FROM arriving_known k LEFT JOIN stage_files f USING (path) ORDER BY path"""
# Parameter: the day. A report in quarantine that is loaded too is loaded from the last good content of its file.
NOTE_KEPT = f"""
    UPDATE stage_quarantine
    SET kept_since = coalesce((SELECT any_value(kept_since) FROM quarantine q WHERE q.path = stage_quarantine.path), ?)
    WHERE path IN (SELECT file_path FROM reports) OR EXISTS (
        FROM reports AS r WHERE r.file_sha256 = stage_quarantine.file_sha256
        AND {_FILE.format("r.file_path")} <> {_FILE.format("stage_quarantine.path")})"""
NOTE_TIMES = "UPDATE internal.known SET mtime_ns = t.mtime_ns FROM touched t WHERE known.path = t.path"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome of the files of a batch: how many are new, changed or read again, how many have each status, and how
    many are in quarantine, by reason.
    """

    files: Mapping[str, int]
    reasons: Mapping[str, int]


class Record:
    """Ends a batch: replaces the notes on its files, and the dimensions, once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._staging = Staging(connection)

    def run(
        self,
        files: Rows,
        quarantine: Rows,
        dimensions: Mapping[str, pd.DataFrame],
        known: Iterable[Known],
        gone: Iterable[str],
        clock: Clock,
        left_out: Iterable[str],
    ) -> Recorded:
        """Records a batch, see `Writer.record`."""
        stage = self._staging.stage
        self._staging.list_paths("left_out", left_out)
        self._staging.list_paths("gone", gone)
        self._stage_known(known)
        self._scope_paths(files, quarantine)
        staged = [stage(FILES, files, OF_PATHS), stage(QUARANTINE, quarantine, OF_PATHS)]
        self._connection.execute(NOTE_KEPT, [clock().isoformat()])
        whole = [stage(_dimension(name), frame, OF_ALL) for name, frame in dimensions.items()]
        staged += [*whole, *materialising.work_out_for_dimensions(self._connection, whole)]
        recorded = Recorded(self._counts(COUNT_FILES), self._counts(COUNT_REASONS))
        with transaction(self._connection):
            replace(self._connection, staged)
            self._connection.execute(f"DELETE FROM internal.known WHERE {OF_PATHS}")
            self._connection.execute(REPLACE_KNOWN)
            end_lost(self._connection, clock)
        return recorded

    def _scope_paths(self, files: Rows, quarantine: Rows) -> None:
        with self._staging.incoming(FILES, files) as some, self._staging.incoming(QUARANTINE, quarantine) as others:
            found = " UNION ".join(
                f"SELECT path FROM {rows}" for rows in (some, others, "arriving_known", "gone") if rows
            )
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE scope AS {found}")
            self._connection.execute(SCOPE_FURTHER)

    def _stage_known(self, known: Iterable[Known]) -> None:
        self._connection.execute("CREATE OR REPLACE TEMP TABLE arriving_known AS FROM internal.known LIMIT 0")
        kinds = ("VARCHAR", "BIGINT", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR")
        values = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        for some in slices(known):
            rows = [(*astuple(k.raw), k.fingerprint, k.pin) for k in some]
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._connection.execute(f"INSERT INTO arriving_known SELECT {values}", columns)

    def _counts(self, sql: str) -> dict[str, int]:
        return dict(self._connection.execute(sql).fetchall())


def note_times(connection: duckdb.DuckDBPyConnection, files: Iterable[RawFile]) -> None:
    """Notes the times of files that are known and have the same content."""
    connection.execute("CREATE OR REPLACE TEMP TABLE touched (path VARCHAR, mtime_ns BIGINT)")
    for some in slices(files):
        columns = [[raw.path for raw in some], [raw.mtime_ns for raw in some]]
        connection.execute("INSERT INTO touched SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[])", columns)
    with transaction(connection):
        connection.execute(NOTE_TIMES)


def note_runs(connection: duckdb.DuckDBPyConnection, runs: pd.DataFrame) -> None:
    """Adds the rows of `runs` that are not there yet."""
    with transaction(connection), Staging(connection).incoming(RUNS, runs) as rows, counting(connection, RUNS, OF_ALL):
        new = f"SELECT {ddl.casts(RUNS)} FROM {rows} ANTI JOIN {RUNS.name} USING (run)"
        connection.execute(f"INSERT INTO {RUNS.name} {new}")


def _dimension(name: str) -> Table:
    """A table that depends on no report, and is replaced whole."""
    table = TABLES.get(name)
    if table is None or table.partitioned or table in (FILES, QUARANTINE, *HISTORY, *LOGS, *MATERIALISED):
        raise WarehouseError(f"{name} is not a dimension")
    return table
