"""The writer: rows that arrive take the place of others in the build database, checked, in one transaction.

What does *not* belong here: what makes a version of a report (`history`), and where the database lies (`store`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import duckdb

from pipeline.document import RawFile
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
    Partition,
    Table,
)
from pipeline.warehouse import ddl, history
from pipeline.warehouse.database import WarehouseError, as_warehouse_error, transaction
from pipeline.warehouse.extents import OF_ALL, extent_of, move_extent

if TYPE_CHECKING:  # pandas takes a second to import, and looking whether there is work to do needs none of it
    import pandas as pd

"""A district code and a year."""

Value = TypeVar("Value")

Clock = Callable[[], date]


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()


Arriving = Mapping[str, "pd.DataFrame | Sequence[Path]"]
"""Rows by table: a frame, or the Parquet files in which they lie."""

# Which rows of a table are replaced: those of the partitions or paths in the temporary table `scope`, or all.
OF_PARTITIONS = "(district_code, year) IN (SELECT district_code, year FROM scope)"
SCOPE = "scope USING (district_code, year)"
OF_PATHS = "path IN (SELECT path FROM scope)"

# What becomes of the files that are staged, beside what is known of them before.
COUNT_FILES = """
    SELECT how, count(*) FROM (
        SELECT
            CASE
                WHEN known.path IS NULL THEN 'new'
                WHEN known.sha256 = file_sha256 THEN 'read again'
                ELSE 'changed'
            END AS how
        FROM stage_files LEFT JOIN internal.known USING (path)
        UNION ALL
        SELECT status FROM stage_files
    )
    GROUP BY how ORDER BY how"""
COUNT_REASONS = "SELECT reason, count(*) FROM stage_quarantine GROUP BY reason ORDER BY reason"
REPLACE_KNOWN = """
    INSERT INTO internal.known
    SELECT path, k.size_bytes, mtime_ns, coalesce(file_sha256, sha256), fingerprint, pin
    FROM arriving_known k LEFT JOIN stage_files f USING (path) ORDER BY path"""
# Parameter: the day. What is in quarantine and yet loaded is the last good content of a file.
NOTE_KEPT = """
    UPDATE stage_quarantine
    SET kept_since = coalesce((SELECT any_value(kept_since) FROM quarantine q WHERE q.path = stage_quarantine.path), ?)
    WHERE path IN (SELECT file_path FROM reports) OR file_sha256 IN (SELECT file_sha256 FROM reports)"""
NOTE_TIMES = "UPDATE internal.known SET mtime_ns = t.mtime_ns FROM touched t WHERE known.path = t.path"
# How many values go into the database at once.
SLICE = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """A file that was processed: its content, the code that did it, and the pin that applied ("": none)."""

    raw: RawFile
    fingerprint: str
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The file of a loaded report, and what it says of itself."""

    path: str
    sha256: str
    title: str = ""
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Staged:
    """New content for the part of a table that `scope` selects, in a temporary table."""

    table: Table
    scope: str

    @property
    def name(self) -> str:
        return f"stage_{self.table.name}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the files of a batch: how many are new, changed or read again and how many of each status; and
    how many are in quarantine, by reason.
    """

    files: Mapping[str, int]
    reasons: Mapping[str, int]


class Writer:
    """Changes the build database; made by `Warehouse.writer`, one at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def partitions_of(self, paths: Iterable[str]) -> list[Partition]:
        """Where the reports of these files lie now: district codes and years, sorted."""
        sql = """SELECT DISTINCT district_code, year FROM reports
                 WHERE file_path IN (SELECT path FROM asked) ORDER BY ALL"""
        with as_warehouse_error("looking for reports failed"):
            self._list_paths("asked", paths)
            return [(code, year) for code, year in self._connection.execute(sql).fetchall()]

    def sources(self) -> dict[str, Source]:
        """The file of each report loaded now, by report_id."""
        sql = "SELECT report_id, file_path, file_sha256, title, published_on FROM reports"
        with as_warehouse_error("looking for reports failed"):
            found = self._connection.execute(sql).fetchall()
        return {report: Source(*rest) for report, *rest in found}

    def former_paths(self) -> dict[str, str]:
        """The path that gave each report that waits to be loaded again into a database made anew, by report_id."""
        sql = """SELECT report_id, file_path FROM report_versions ANTI JOIN reports USING (report_id)
                 WHERE valid_to IS NULL"""
        with as_warehouse_error("looking for reports failed"):
            return dict(self._connection.execute(sql).fetchall())

    def versions(self) -> dict[str, tuple[int, str]]:
        """Version and SHA-256 of the file of each report loaded now, by report_id."""
        sql = "SELECT report_id, version, file_sha256 FROM reports"
        with as_warehouse_error("looking for reports failed"):
            found = self._connection.execute(sql).fetchall()
        return {report: (version, sha) for report, version, sha in found}

    def load(
        self,
        keys: Sequence[Partition],
        arriving: Arriving,
        gone: Iterable[str],
        clock: Clock = today,
        *,
        cleared: bool = False,
    ) -> dict[Partition, dict[str, int]]:
        """Replaces whole partitions, in one transaction; gives the rows of each of them by table.

        Afterwards a partition of `keys` holds the rows that it held before, less those of reports that arrive
        and of files in `gone`, and the rows that arrive. A report replaces what its file gave before; one that
        has changed or is gone ends a version by the day of `clock`, and its facts stay in `facts_history`; the cause
        of those that are gone is another where `cleared` says that many went at once.
        The version of a report is decided here, whatever it arrives with. Of Parquet files only the rows of
        `keys` are looked at, and they never pass through this process's frames.
        Raises WarehouseError, and changes nothing, for a row of a frame outside `keys`, a row whose report is not
        among `reports`, two rows with one key, a missing value where one is required, or other columns than the
        schema's.
        """
        incoming = _known_tables(arriving)
        with as_warehouse_error("loading failed, nothing was changed"):
            self._scope_partitions(keys)
            self._list_paths("gone", gone)
            self._decide_reports(incoming.get("reports"))
            staged = [self._stage_partitions(table, incoming.get(table.name)) for table in PARTITIONED]
            self._forbid_strays()
            new = self._without_same_facts(staged)
            self._connection.execute(history.find_ending(facts_differ=len(new) == len(staged), cleared=cleared))
            self._connection.execute(history.NUMBER_STAGED)
            with transaction(self._connection):
                self._keep_versions(clock)
                self._replace(new)
            return self._rows_by_partition(keys, staged)

    def record(
        self,
        files: pd.DataFrame | Sequence[Path],
        quarantine: pd.DataFrame | Sequence[Path],
        dimensions: Mapping[str, pd.DataFrame],
        known: Iterable[Known],
        gone: Iterable[str],
        clock: Clock = today,
        left_out: Iterable[str] = (),
    ) -> Recorded:
        """Replaces what is noted of files, and the dimensions, in one transaction; ends a batch.

        Every path in `files`, `quarantine`, `known` or `gone` loses what was noted of it; the rows given take
        its place. Of Parquet files the rows of paths that are `left_out` are not looked at, so that what is noted
        of them stays. What is known of a file has the SHA-256 of its row of `files`: none where it could not be
        read, so that it is tried again.
        `dimensions` are whole tables (`districts`, `cells` and the like). After a batch that followed
        a build database made anew, reports that did not come back end by the day of `clock`.
        """
        with as_warehouse_error("recording failed, nothing was changed"):
            self._list_paths("left_out", left_out)
            self._list_paths("gone", gone)
            self._stage_known(known)
            self._scope_paths(files, quarantine)
            staged = [self._stage(FILES, files, OF_PATHS), self._stage(QUARANTINE, quarantine, OF_PATHS)]
            self._connection.execute(NOTE_KEPT, [clock().isoformat()])
            staged += [self._stage(_dimension(name), frame, OF_ALL) for name, frame in dimensions.items()]
            recorded = Recorded(dict(self._counts(COUNT_FILES)), dict(self._counts(COUNT_REASONS)))
            with transaction(self._connection):
                self._replace(staged)
                self._connection.execute(f"DELETE FROM internal.known WHERE {OF_PATHS}")
                self._connection.execute(REPLACE_KNOWN)
                self._end_lost(clock)
            return recorded

    def note_times(self, files: Iterable[RawFile]) -> None:
        """Notes the times of files that are known and have the same content. This alone is nothing to publish."""
        with as_warehouse_error("noting times failed"):
            self._connection.execute("CREATE OR REPLACE TEMP TABLE touched (path VARCHAR, mtime_ns BIGINT)")
            for some in _slices(files):
                columns = [[raw.path for raw in some], [raw.mtime_ns for raw in some]]
                self._connection.execute(
                    "INSERT INTO touched SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[])", columns
                )
            with transaction(self._connection):
                self._connection.execute(NOTE_TIMES)

    def note_runs(self, runs: pd.DataFrame) -> None:
        """Adds the rows of `runs` that are not there yet. This alone is nothing to publish."""
        with (
            as_warehouse_error("noting the run failed"),
            transaction(self._connection),
            self._incoming(RUNS, runs) as incoming,
            self._counting(RUNS, OF_ALL),
        ):
            rows = f"SELECT {ddl.casts(RUNS)} FROM {incoming} ANTI JOIN {RUNS.name} USING (run)"
            self._connection.execute(f"INSERT INTO {RUNS.name} {rows}")

    def columns_of(self, table: Table, names: Sequence[str], report_ids: Collection[str]) -> pd.DataFrame:
        """Some columns of the rows that these loaded reports have in a table."""
        sql = f"SELECT {ddl.listed(tuple(names))} FROM {table.name} WHERE report_id IN (SELECT unnest(?::VARCHAR[]))"
        with as_warehouse_error("looking for reports failed"):
            return self._connection.execute(sql, [sorted(report_ids)]).df()

    def _scope_partitions(self, keys: Sequence[Partition]) -> None:
        self._connection.execute(
            """CREATE OR REPLACE TEMP TABLE scope AS
               SELECT DISTINCT unnest(?::VARCHAR[]) AS district_code, unnest(?::INTEGER[]) AS year""",
            [[code for code, _ in keys], [year for _, year in keys]],
        )

    def _scope_paths(self, files: pd.DataFrame | Sequence[Path], quarantine: pd.DataFrame | Sequence[Path]) -> None:
        with self._incoming(FILES, files) as some, self._incoming(QUARANTINE, quarantine) as others:
            found = " UNION ".join(
                f"SELECT path FROM {rows}" for rows in (some, others, "arriving_known", "gone") if rows
            )
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE scope AS {found}")

    def _list_paths(self, name: str, paths: Iterable[str]) -> None:
        """Puts paths into a temporary table, some at a time: a batch may have more than memory should hold."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (path VARCHAR)")
        for some in _slices(paths):
            self._connection.execute(f"INSERT INTO {name} SELECT unnest(?::VARCHAR[])", [some])

    def _stage_known(self, known: Iterable[Known]) -> None:
        self._connection.execute("CREATE OR REPLACE TEMP TABLE arriving_known AS FROM internal.known LIMIT 0")
        kinds = ("VARCHAR", "BIGINT", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR")
        values = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        for some in _slices(known):
            rows = [(*astuple(k.raw), k.fingerprint, k.pin) for k in some]
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._connection.execute(f"INSERT INTO arriving_known SELECT {values}", columns)

    def _decide_reports(self, reports: pd.DataFrame | Sequence[Path] | None) -> None:
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
                AND file_path NOT IN (SELECT path FROM gone)
                AND file_path NOT IN (SELECT file_path FROM arriving WHERE file_path NOTNULL)"""
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
        if extent_of(self._connection, staged.name)[0] != expected:
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
        """What rows that arrive are called in a FROM clause.

        Of files that are those of the partitions in `scope`, or of paths that are not in `left_out`.
        """
        chosen = f"SEMI JOIN {SCOPE}" if table.partitioned else "ANTI JOIN left_out USING (path)"
        if arriving is None:
            yield ""
        elif isinstance(arriving, Sequence):
            if arriving:
                _check_columns(table, self._columns_of(arriving))
            yield f"{_parquet(arriving)} {chosen}" if arriving else ""
        else:
            name = f"incoming_{table.name}"
            self._connection.register(name, _arrow(table, arriving))
            try:
                yield name
            finally:
                self._connection.unregister(name)

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
        return extent_of(self._connection, new.table.name, new.scope) == extent_of(self._connection, new.name)

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
        expected = extent_of(self._connection, f"({facts})")
        if expected[0]:
            self._connection.execute(f"INSERT INTO facts_history BY NAME {facts}")
        if extent_of(self._connection, f"({history.HISTORY_OF_ENDING})") != expected:
            raise WarehouseError("facts_history: the database does not give back the rows that were put into it")
        move_extent(self._connection, FACTS_HISTORY, (0, 0), expected)
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

    def _counts(self, sql: str) -> list[tuple[str, int]]:
        return [(name, rows) for name, rows in self._connection.execute(sql).fetchall()]

    @contextmanager
    def _counting(self, table: Table, scope: str) -> Iterator[None]:
        """Notes what becomes of the extent of a table while rows of `scope`, and no others, change."""
        before = extent_of(self._connection, table.name, scope)
        yield
        move_extent(self._connection, table, before, extent_of(self._connection, table.name, scope))

    def _replace(self, staged: Sequence[_Staged]) -> None:
        """Puts what is staged in the place of what is in its scope, in storage order.

        Rows that are there already are not written again.
        """
        for new in staged:
            self._replace_one(new)

    def _replace_one(self, new: _Staged) -> None:
        name = new.table.name
        extent = extent_of(self._connection, new.name)
        before = extent_of(self._connection, name, new.scope)
        if before == extent:
            return
        self._connection.execute(f"DELETE FROM {name} WHERE {new.scope}")
        if extent[0]:
            order = ddl.storage_order(new.table)
            self._connection.execute(f"INSERT INTO {name} FROM {new.name} ORDER BY {order}")
        if extent_of(self._connection, name, new.scope) != extent:
            raise WarehouseError(f"{name}: the database does not give back the rows that were put into it")
        move_extent(self._connection, new.table, before, extent)

    def _forbid_strays(self) -> None:
        strays = f"""SELECT report_id, district_code, year FROM reports
                     WHERE report_id IN (SELECT report_id FROM present) AND NOT {OF_PARTITIONS}"""
        self._forbid(strays, "reports: loaded in another partition already, which is not being replaced")

    def _forbid(self, sql: str, complaint: str) -> None:
        found = self._connection.execute(f"{sql} ORDER BY ALL LIMIT 3").fetchall()
        if found:
            raise WarehouseError(f"{complaint}: {found}")

    def _rows_by_partition(
        self, keys: Sequence[Partition], staged: Sequence[_Staged]
    ) -> dict[Partition, dict[str, int]]:
        counts = {(code, year): {table.name: 0 for table in PARTITIONED} for code, year in keys}
        for new in staged:
            sql = f"SELECT district_code, year, count(*) FROM {new.name} GROUP BY ALL"
            for code, year, rows in self._connection.execute(sql).fetchall():
                counts[code, year][new.table.name] = rows
        return counts


def _slices(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values, some at a time."""
    left = iter(values)
    while some := list(islice(left, SLICE)):
        yield some


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
    import pyarrow as pa  # an idle run needs neither

    from pipeline.tables import arrow_of

    _check_columns(table, list(frame.columns))
    try:
        return arrow_of(table, frame)
    except pa.ArrowException as error:
        raise WarehouseError(f"{table.name}: a value does not fit its column: {error}") from error


def _dimension(name: str) -> Table:
    """A table that depends on no report, and is replaced whole."""
    table = TABLES.get(name)
    if table is None or table.partitioned or table in (FILES, QUARANTINE, *HISTORY, *LOGS):
        raise WarehouseError(f"{name} is not a dimension")
    return table
