"""One load: replaces whole partitions with the reports that arrive, in one transaction.

What does *not* belong here: how rows are staged and replaced (`staging`, `replacing`), and what makes a version of a
report (`history`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from pipeline.schema import FACTS, PARTITIONED, REPORTS, TABLES, Partition, Table
from pipeline.warehouse import ddl, history, materialising
from pipeline.warehouse.database import WarehouseError, transaction
from pipeline.warehouse.replacing import is_there, replace
from pipeline.warehouse.staging import OF_PARTITIONS, Arriving, Rows, Staged, Staging
from pipeline.warehouse.versioning import Clock, awaits_reports, keep_versions


class Load:
    """Replaces partitions of the build database, once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, keys: Sequence[Partition]) -> None:
        self._connection = connection
        self._staging = Staging(connection)
        self._keys = keys

    def run(
        self, arriving: Arriving, gone: Iterable[str], clock: Clock, *, cleared: bool
    ) -> dict[Partition, dict[str, int]]:
        """Loads the arriving reports, see `Writer.load`, and returns the rows of each partition by table."""
        incoming = _known_tables(arriving)
        self._scope_partitions()
        self._staging.list_paths("gone", gone)
        self._decide_reports(incoming.get("reports"))
        staged = [self._stage(table, incoming.get(table.name)) for table in PARTITIONED]
        self._forbid_strays()
        new = self._without_same_facts(staged)
        self._connection.execute(history.find_ending(facts_differ=len(new) == len(staged), cleared=cleared))
        self._connection.execute(history.NUMBER_STAGED)
        arrived = {each.table.name: each.name for each in staged}
        follows = materialising.work_out(self._connection, "FROM scope", OF_PARTITIONS, arrived)
        with transaction(self._connection):
            keep_versions(self._connection, clock)
            replace(self._connection, [*new, *follows])
        return self._rows_by_partition(staged)

    def _scope_partitions(self) -> None:
        self._connection.execute(
            """CREATE OR REPLACE TEMP TABLE scope AS
               SELECT DISTINCT unnest(?::VARCHAR[]) AS district_code, unnest(?::INTEGER[]) AS year""",
            [[code for code, _ in self._keys], [year for _, year in self._keys]],
        )

    def _decide_reports(self, reports: Rows | None) -> None:
        """Makes the temporary tables `kept` and `present`.

        `kept` holds the reports of the partitions that stay as they are, `present` also those that arrive.
        """
        with self._staging.incoming(REPORTS, reports) as rows:
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

    def _stage(self, table: Table, arriving: Rows | None) -> Staged:
        kept = f"FROM {table.name} SEMI JOIN kept USING (report_id, district_code, year)"
        staged = self._staging.stage(table, arriving, OF_PARTITIONS, kept)
        key = ddl.listed(table.key)
        orphans = f"SELECT {key} FROM {staged.name} ANTI JOIN present USING (report_id, district_code, year)"
        self._staging.forbid(orphans, f"{table.name}: rows of a report that is not loaded with them")
        return staged

    def _forbid_strays(self) -> None:
        strays = f"""SELECT report_id, district_code, year FROM reports
                     WHERE report_id IN (SELECT report_id FROM present) AND NOT {OF_PARTITIONS}"""
        self._staging.forbid(strays, "reports: loaded in another partition already, which is not being replaced")

    def _without_same_facts(self, staged: Sequence[Staged]) -> list[Staged]:
        """The staged tables; without the facts where the same ones are loaded already.

        With them in any case while a build database made anew still awaits reports.
        """
        if awaits_reports(self._connection):
            return list(staged)
        return [new for new in staged if new.table is not FACTS or not is_there(self._connection, new)]

    def _rows_by_partition(self, staged: Sequence[Staged]) -> dict[Partition, dict[str, int]]:
        counts = {(code, year): {table.name: 0 for table in PARTITIONED} for code, year in self._keys}
        # One statement, as each costs milliseconds, however few the rows.
        sql = " UNION ALL ".join(
            f"SELECT {ddl.literal(new.table.name)}, district_code, year, count(*) FROM {new.name} GROUP BY ALL"
            for new in staged
        )
        for table, code, year, rows in self._connection.execute(sql).fetchall():
            counts[code, year][table] = rows
        return counts


def _known_tables(arriving: Arriving) -> dict[str, Rows]:
    """The arriving rows of partitioned tables; those of other tables are for `record`."""
    unknown = sorted(set(arriving) - set(TABLES))
    if unknown:
        raise WarehouseError(f"frames for tables that the warehouse does not have: {unknown}")
    return {table.name: arriving[table.name] for table in PARTITIONED if table.name in arriving}
