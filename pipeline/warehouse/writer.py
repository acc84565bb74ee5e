"""The writer: what may be asked of the build database and done to it, by one writer at a time.

What does *not* belong here: how a load or a record is done (`loading`, `recording`), and where the database lies
(`store`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import duckdb

from pipeline.document import RawFile, Source
from pipeline.schema import Partition, Table
from pipeline.warehouse import ddl, recording
from pipeline.warehouse.database import as_warehouse_error
from pipeline.warehouse.known import Known, KnownFiles
from pipeline.warehouse.loading import Load
from pipeline.warehouse.recording import Record, Recorded
from pipeline.warehouse.staging import Arriving, Rows, Staging
from pipeline.warehouse.versioning import Clock, today

if TYPE_CHECKING:  # pandas takes a second to import, and looking whether there is work to do needs none of it
    import pandas as pd


class Writer:
    """Changes the build database; made by `Warehouse.writer`, one at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def known(self) -> dict[str, Known]:
        """The files processed so far, by path."""
        with as_warehouse_error("looking for files failed"):
            return KnownFiles(self._connection).all()

    def partitions_of(self, paths: Iterable[str]) -> list[Partition]:
        """Where the reports of these files lie now: district codes and years, sorted."""
        sql = """SELECT DISTINCT district_code, year FROM reports
                 WHERE file_path IN (SELECT path FROM asked) ORDER BY ALL"""
        with as_warehouse_error("looking for reports failed"):
            Staging(self._connection).list_paths("asked", paths)
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

    def columns_of(self, table: Table, names: Sequence[str], report_ids: Collection[str]) -> pd.DataFrame:
        """Some columns of the rows that these loaded reports have in a table."""
        sql = f"SELECT {ddl.listed(tuple(names))} FROM {table.name} WHERE report_id IN (SELECT unnest(?::VARCHAR[]))"
        with as_warehouse_error("looking for reports failed"):
            return self._connection.execute(sql, [sorted(report_ids)]).df()

    def load(
        self,
        keys: Sequence[Partition],
        arriving: Arriving,
        gone: Iterable[str],
        clock: Clock = today,
        *,
        cleared: bool = False,
    ) -> dict[Partition, dict[str, int]]:
        """Replaces whole partitions, in one transaction, and returns the rows of each of them by table.

        Afterwards a partition of `keys` holds the rows that it held before, less those of reports that arrive and of
        files in `gone`, and the rows that arrive. A report replaces what its file gave before; one that has changed or
        is gone ends a version by the day of `clock`, and its facts stay in `facts_history`; `cleared` says that many
        went at once, which gives those that are gone another cause. The version of a report is decided here, whatever
        version it arrives with. From Parquet files only the rows of `keys` are read, and they never pass through this
        process's frames. Raises WarehouseError, and changes nothing, for a row of a frame outside `keys`, a row whose
        report is not among `reports`, two rows with one key, a missing required value, or columns that differ from the
        schema's.
        """
        with as_warehouse_error("loading failed, nothing was changed"):
            return Load(self._connection, keys).run(arriving, gone, clock, cleared=cleared)

    def record(
        self,
        files: Rows,
        quarantine: Rows,
        dimensions: Mapping[str, pd.DataFrame],
        known: Iterable[Known],
        gone: Iterable[str],
        clock: Clock = today,
        left_out: Iterable[str] = (),
    ) -> Recorded:
        """Replaces what is noted of files, and the dimensions, in one transaction; ends a batch.

        Every path in `files`, `quarantine`, `known` or `gone` loses its former notes; the rows given take their place.
        In Parquet files the rows of paths that are `left_out` are skipped, so that their notes stay. What is known of
        a file has the SHA-256 of its row of `files`: none where it could not be read, so that it is tried again.
        `dimensions` are whole tables (`districts`, `cells` and the like). After a batch that followed a build database
        made anew, reports that did not come back end by the day of `clock`.
        """
        with as_warehouse_error("recording failed, nothing was changed"):
            return Record(self._connection).run(files, quarantine, dimensions, known, gone, clock, left_out)

    def note_times(self, files: Iterable[RawFile]) -> None:
        """Notes the times of files that are known and have the same content. This alone needs no publication."""
        with as_warehouse_error("noting times failed"):
            recording.note_times(self._connection, files)

    def note_runs(self, runs: pd.DataFrame) -> None:
        """Adds the rows of `runs` that are not there yet. This alone needs no publication."""
        with as_warehouse_error("noting the run failed"):
            recording.note_runs(self._connection, runs)
