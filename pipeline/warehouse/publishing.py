"""Turns the build database into what people see: a copy with notes, rows in order, files of the lake.

What does *not* belong here: views (`made_views`), when something is published (`store`), and that nobody sees it half
done (`published_files`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import duckdb

from pipeline.durable import flush
from pipeline.schema import MATERIALISED, REPORT_VERSIONS, REPORTS, SECTIONS, TABLES, Partition, Table
from pipeline.warehouse import ddl, lake, view_sql
from pipeline.warehouse.database import (
    NOT_AS_NOTED,
    STORAGE_VERSION,
    WarehouseError,
    attached,
    connect,
    copy_file,
    published_notes_of,
    transaction,
)
from pipeline.warehouse.extents import OF_ALL, SCATTERED, Extent, extent_of
from pipeline.warehouse.lake import Piece
from pipeline.warehouse.made_views import VIEWS, make_views

# All of it is read once: more memory would only keep data that is not read again.
READING_MIB = 64
# So many rows are sorted at once, of tables with long texts fewer: DuckDB cannot put all of a row aside on the disk
# while it sorts, and with 128 MiB it fails at 150,000 reports and at a million sections.
SORTED_AT_ONCE = 250_000
TEXTS_AT_ONCE = 10_000
_WITH_TEXTS = (REPORTS, REPORT_VERSIONS, SECTIONS)
VERSION_NAME = re.compile(r"disclosure-\d{8}T\d{6}Z-(\d+)\.duckdb")


def write_copy(build: Path, copy: Path, work: Path, notes: Mapping[str, str]) -> None:
    """Copies the bytes of the build database, which nobody has open and which has its views; then adds the notes."""
    if build.with_name(build.name + ".wal").exists():
        raise WarehouseError(f"{build} is not all in one file: not published")
    copy_file(build, copy)
    with closing(connect(copy, work)) as connection:
        with transaction(connection):
            for statement in view_sql.publishing_statements(notes):
                connection.execute(statement)
        connection.execute("CHECKPOINT")


def verify_copy(copy: Path, work: Path, extents: Mapping[str, Extent], notes: Mapping[str, str]) -> None:
    """Opens the finished copy and reads the tables in `extents`: a damaged block was copied with the rest."""
    with closing(connect(copy, work, read_only=True, most_mib=READING_MIB)) as connection:
        if published_notes_of(connection) != notes:
            raise WarehouseError(f"{copy.name} lacks the notes that were written to it: not published")
        wrong = [name for name, extent in extents.items() if extent_of(connection, name) != extent]
        if wrong:
            raise WarehouseError(f"{wrong}: {NOT_AS_NOTED}, not published")


def write_in_order(
    connection: duckdb.DuckDBPyConnection, ordered: Path, work: Path, extents: Mapping[str, Extent]
) -> None:
    """Writes the build database into another file, in storage order and without the space of deleted rows."""
    with closing(connect(ordered, work)) as new:
        with transaction(new):
            for statement in (*ddl.build_statements(), *map(ddl.create_table, MATERIALISED)):
                new.execute(statement)
        make_views(new)
    with attached(connection, ordered, f"STORAGE_VERSION '{STORAGE_VERSION}'"):
        for name, (rows, _) in extents.items():
            for part in _parts_to_sort(connection, TABLES[name], rows):
                order = ddl.storage_order(TABLES[name])
                connection.execute(f"INSERT INTO copy.{name} FROM {name} WHERE {part} ORDER BY {order}")
        for name in ("known", "carried"):
            connection.execute(f"INSERT INTO copy.internal.{name} FROM internal.{name}")
        others = [SCATTERED, VIEWS]
        connection.execute(
            "INSERT INTO copy.internal.meta FROM internal.meta WHERE key NOT IN (SELECT unnest(?))", [others]
        )
        connection.execute("CHECKPOINT copy")


def _parts_to_sort(connection: duckdb.DuckDBPyConnection, table: Table, rows: int) -> list[str]:
    """Conditions for the parts of a table that are sorted one by one: a few districts that follow each other."""
    most = TEXTS_AT_ONCE if table in _WITH_TEXTS else SORTED_AT_ONCE
    if rows <= most or not ddl.by_partition(table):
        return [OF_ALL]
    counts = connection.execute(
        f"SELECT district_code, count(*) FROM {table.name} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    parts: list[tuple[str, str]] = []
    left = 0
    for code, number in counts:
        if number > left:
            parts.append((code, code))
            left = most
        parts[-1] = (parts[-1][0], code)
        left -= number
    return [f"district_code BETWEEN {ddl.literal(first)} AND {ddl.literal(last)}" for first, last in parts]


def verify_order(connection: duckdb.DuckDBPyConnection, ordered: Path, extents: Mapping[str, Extent]) -> None:
    """Reads the new build database back from its file."""
    with attached(connection, ordered, "READ_ONLY"):
        wrong = [name for name, extent in extents.items() if extent_of(connection, f"copy.main.{name}") != extent]
        internal = (f"internal.{name}" for name in ("known", "carried"))
        wrong += [name for name in internal if extent_of(connection, f"copy.{name}") != extent_of(connection, name)]
    if wrong:
        raise WarehouseError(f"{wrong}: {NOT_AS_NOTED}")


def lake_pieces(connection: duckdb.DuckDBPyConnection) -> dict[Piece, str]:
    """The files that the lake should have, with the extents of their rows."""
    found = {table: connection.execute(lake.extents_sql(table)).fetchall() for table in TABLES.values()}
    return {Piece(t.name, year): f"{rows} {hashes}" for t, pieces in found.items() for year, rows, hashes in pieces}


def write_piece(connection: duckdb.DuckDBPyConnection, piece: Piece, path: Path) -> None:
    """Writes a file of the lake, down to the disk."""
    connection.execute(lake.copy_sql(piece, path))
    flush(path)


def partitions_of(connection: duckdb.DuckDBPyConnection) -> set[Partition]:
    """The districts and years that a database has reports of."""
    return set(connection.execute("SELECT DISTINCT district_code, year FROM reports").fetchall())


def version_number(path: Path) -> int:
    """The number in the name of a published file."""
    found = VERSION_NAME.fullmatch(path.name)
    assert found is not None
    return int(found[1])
