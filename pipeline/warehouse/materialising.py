"""Works out the materialised tables, which hold what people ask of the whole country: rates, and counts of series.

Whatever changes the rows that they follow from changes them in the same transaction; a build database of other code
has them worked out anew when it is opened. What does *not* belong here: the queries (`materialised/`, `view_sql`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby

import duckdb

from pipeline.schema import MATERIALISED, Column, Table
from pipeline.warehouse import ddl, view_sql
from pipeline.warehouse.database import WarehouseError, notes_of, transaction
from pipeline.warehouse.extents import OF_ALL, extent_of, note, set_extent
from pipeline.warehouse.staging import Staged

log = logging.getLogger(__name__)

# The note of a build database that says with which queries its materialised tables were worked out.
MATERIALISED_BY = "materialised by"
# How many reports are worked out at once: DuckDB holds some 30 KiB for each of them, and may not have more than 64 MiB.
REPORTS_AT_ONCE = 1_000
# How many partitions are worked out again before a publication, others each time.
COMPARED = 8
# What the queries call; the build database has the macros of its own only from its first publication on.
MACROS = ("in_ones", "in_10k_yuan")

OF_CHANGED = "(district_code, year) IN (SELECT district_code, year FROM changed)"
ALL_CHANGED = "SELECT DISTINCT district_code, year FROM reports"
# The partitions with reports on which a verdict has come, gone or changed.
JUDGED_ANEW = """
    SELECT DISTINCT r.district_code, r.year
    FROM reports AS r
    JOIN (
        (FROM verdicts EXCEPT FROM stage_verdicts) UNION (FROM stage_verdicts EXCEPT FROM verdicts)
    ) AS v
        ON r.year = v.year
        AND v.district_code IN (r.district_code, r.district_code_current)
        AND v.publisher IN (r.publisher, r.publisher_name)"""
# The dimensions on which every figure depends.
EVERYWHERE = ("series", "series_cells")


def work_out(
    connection: duckdb.DuckDBPyConnection, changed: str, scope: str, instead: Mapping[str, str]
) -> list[Staged]:
    """Stages the materialised rows of the partitions that the query `changed` gives.

    They take the place of those that meet the condition `scope`; `instead` names the tables that will take the place
    of others, such as `stage_facts` for `facts`. Belongs before the transaction that replaces them.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE changed AS {changed}")
    staged = [Staged(table, scope) for table in MATERIALISED]
    for new in staged:
        connection.execute(ddl.create_stage(new.name, new.table))
    with _macros(connection):
        for codes in _codes_at_once(connection, instead):
            within = f"district_code BETWEEN {ddl.literal(codes[0])} AND {ddl.literal(codes[-1])}"
            parts = {name: f"some_{name}" for name in ("reports", "facts")}
            for name, part in parts.items():
                some = f"FROM {instead.get(name, name)} SEMI JOIN changed USING (district_code, year) WHERE {within}"
                connection.execute(f"CREATE OR REPLACE TEMP VIEW {part} AS {some}")
            read = {**instead, **parts}
            queries = view_sql.materialised_queries(tuple({**read, **_figures(connection, read)}.items()))
            for new in staged:
                connection.execute(f"INSERT INTO {new.name} BY NAME {queries[new.table.name]}")
    return staged


def _figures(connection: duckdb.DuckDBPyConnection, instead: Mapping[str, str]) -> dict[str, str]:
    """Makes temporary tables of the figures of the reports themselves, by view: each is read for two tables."""
    for name, query in view_sql.figures_queries(tuple(instead.items())).items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE some_{name} AS SELECT * FROM ({query}) WHERE \"of\" = 'now'")
    return {name: f"some_{name}" for name in view_sql.FIGURES}


def _codes_at_once(connection: duckdb.DuckDBPyConnection, instead: Mapping[str, str]) -> Iterator[list[str]]:
    """The districts of the changed partitions, in order, as many at a time as have some number of reports.

    None where no series has cells yet: nothing follows then.
    """
    reports, cells = (instead.get(name, name) for name in ("reports", "series_cells"))
    sql = f"""SELECT district_code, sum(count(*)) OVER (ORDER BY district_code) // ?
              FROM {reports} SEMI JOIN changed USING (district_code, year)
              WHERE EXISTS (FROM {cells}) GROUP BY district_code ORDER BY ALL"""
    found = connection.execute(sql, [REPORTS_AT_ONCE]).fetchall()
    for _, some in groupby(found, key=lambda row: row[1]):
        yield [code for code, _ in some]


def work_out_for_dimensions(connection: duckdb.DuckDBPyConnection, staged: list[Staged]) -> list[Staged]:
    """Stages the materialised rows that staged dimensions change; none where they change nothing."""
    instead = {new.table.name: new.name for new in staged}
    differ = {
        new.table.name for new in staged if extent_of(connection, new.name) != extent_of(connection, new.table.name)
    }
    if not differ.isdisjoint(EVERYWHERE):
        return work_out(connection, ALL_CHANGED, OF_ALL, instead)
    return work_out(connection, JUDGED_ANEW, OF_CHANGED, instead) if "verdicts" in differ else []


def bring_up_to_date(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the materialised tables of a build database, and their rows, unless it has those of this code."""
    current = _digest()
    if notes_of(connection).get(MATERIALISED_BY) == current:
        return
    staged = work_out(connection, ALL_CHANGED, OF_ALL, {})
    with transaction(connection):
        for new in staged:
            connection.execute(f"DROP TABLE IF EXISTS {new.table.name}")
            connection.execute(ddl.create_table(new.table))
            extent = extent_of(connection, new.name)
            if extent[0]:
                connection.execute(
                    f"INSERT INTO {new.table.name} FROM {new.name} ORDER BY {ddl.storage_order(new.table)}"
                )
            if extent_of(connection, new.table.name) != extent:
                raise WarehouseError(f"{new.table.name}: the database does not return the rows that were put into it")
            set_extent(connection, new.table, extent)
        note(connection, {MATERIALISED_BY: current})


def check(connection: duckdb.DuckDBPyConnection, seed: str) -> None:
    """Works out some partitions again, which `seed` chooses, and compares. Raises WarehouseError where they differ.

    All are worked out anew when the build database is opened next.
    """
    choice = f"""SELECT district_code, year FROM ({ALL_CHANGED})
                 ORDER BY hash(district_code, year, {ddl.literal(seed)}) LIMIT {COMPARED}"""
    staged = work_out(connection, choice, OF_CHANGED, {})
    wrong = [new.table.name for new in staged if _differ(connection, new)]
    if wrong:
        with transaction(connection):
            connection.execute("DELETE FROM internal.meta WHERE key = ?", [MATERIALISED_BY])
        raise WarehouseError(f"{wrong}: other figures than follow from the facts; run again to work them out anew")


def _differ(connection: duckdb.DuckDBPyConnection, new: Staged) -> bool:
    """Whether the staged rows are others than those in their scope, but for the last digits of sums of fractions.

    These depend on the order in which DuckDB adds; no report prints more than six decimals.
    """
    rounded = ", ".join(f"round({ddl.quoted(c.name)}, 6) AS {ddl.quoted(c.name)}" for c in _floats(new.table))
    now, before = (
        extent_of(connection, f"(SELECT * REPLACE ({rounded}) FROM {rows})")
        for rows in (new.name, f"{new.table.name} WHERE {new.scope}")
    )
    return now != before


def _floats(table: Table) -> Iterator[Column]:
    return (column for column in table.columns if column.type == "float")


@contextmanager
def _macros(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """The macros that the queries call, for a while: views that are made later must not refer to these."""
    sources = view_sql.macro_sources()
    for name in MACROS:
        connection.execute(_temporary(sources[name]))
    try:
        yield
    finally:
        for name in MACROS:
            connection.execute(f"DROP MACRO temp.{name}")


def _temporary(source: str) -> str:
    """The statement of a macro as one that makes it for the connection alone, without its comment."""
    return "CREATE OR REPLACE TEMP" + source[source.index(" MACRO ") : source.index("COMMENT ON")].rstrip().rstrip(";")


def _digest() -> str:
    """A digest of the tables and of all that their rows are worked out with."""
    macros = view_sql.macro_sources()
    tables = (*map(ddl.create_table, MATERIALISED), *view_sql.materialised_queries(()).values())
    return ddl.digest((*tables, *(macros[name] for name in MACROS)))
