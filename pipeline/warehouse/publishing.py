"""Turns the build database into what people see: a copy with views and comments, rows in order, files of the lake.

What does *not* belong here: when something is published, and that nobody sees it half done (`store`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.durable import flush
from pipeline.schema import TABLES, Table
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

# All of it is read once: more memory would only keep data that is not read again.
READING_MIB = 64
# A table of more rows is sorted year by year.
SORTED_AT_ONCE = 5_000_000
VERSION_NAME = re.compile(r"disclosure-\d{8}T\d{6}Z-(\d+)\.duckdb")


@dataclass(frozen=True, slots=True)
class View:
    """A view for people: its name, comment, and columns as (name, type, comment)."""

    name: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]


def describe_views() -> tuple[View, ...]:
    """The views as the published file has them, by name."""
    with duckdb.connect() as connection:
        _create_published(connection)
        sql = """SELECT view_name, comment FROM duckdb_views()
                 WHERE NOT internal AND schema_name = 'main' ORDER BY view_name"""
        views = connection.execute(sql).fetchall()
        columns = _columns(connection)
        return tuple(View(name, comment, tuple(columns[name])) for name, comment in views)


def _create_published(connection: duckdb.DuckDBPyConnection) -> None:
    for statement in view_sql.published_statements():
        connection.execute(statement)
    _inherit_comments(connection)
    _create_chinese(connection)


def _create_chinese(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the schema `zh`: every table and view under its own name, its columns under their Chinese names."""
    connection.execute(f"CREATE SCHEMA {view_sql.CHINESE}")
    columns = _columns(connection)
    for name in (*TABLES, *view_sql.view_sources()):
        connection.execute(view_sql.create_chinese(name, {column: text for column, _, text in columns[name]}))


def _inherit_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives a view's column without a comment the one that a column of the same name has.

    Same name, same quantity: reports and facts come first, then the views in order of their names.
    """
    said: dict[str, str] = {}
    columns = _columns(connection)
    for name in ("reports", "facts", "cells", "report_versions", *view_sql.view_sources()):
        for column, _, text in columns[name]:
            if not text and column in said:
                place = f"{name}.{ddl.quoted(column)}"
                connection.execute(f"COMMENT ON COLUMN {place} IS {ddl.literal(said[column])}")
            elif text:
                said.setdefault(column, text)


def _columns(connection: duckdb.DuckDBPyConnection) -> Mapping[str, list[tuple[str, str, str]]]:
    """The columns of every table and view as (name, type, comment): DuckDB binds all views for each such question."""
    sql = """SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns()
             WHERE schema_name = 'main' AND NOT internal ORDER BY table_name, column_index"""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for name, column, kind, text in connection.execute(sql).fetchall():
        found[name].append((column, kind, text))
    return found


def published_schema() -> str:
    """A digest of the format, tables and views of files that this code publishes."""
    return ddl.digest((STORAGE_VERSION, view_sql.CHINESE, *view_sql.published_statements()))


def write_copy(build: Path, copy: Path, work: Path, notes: Mapping[str, str]) -> None:
    """Copies the bytes of the build database, which nobody has open; then adds comments, views and notes."""
    if build.with_name(build.name + ".wal").exists():
        raise WarehouseError(f"{build} is not all in one file: not published")
    copy_file(build, copy)
    with closing(connect(copy, work)) as connection:
        with transaction(connection):
            for statement in view_sql.publishing_statements(notes):
                connection.execute(statement)
            _inherit_comments(connection)
            _create_chinese(connection)
        connection.execute("CHECKPOINT")


def verify_copy(copy: Path, work: Path, extents: Mapping[str, Extent], notes: Mapping[str, str]) -> None:
    """Opens the finished copy and reads all of it: a damaged block of the build database was copied with it."""
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
        for statement in ddl.build_statements():
            new.execute(statement)
    with attached(connection, ordered, f"STORAGE_VERSION '{STORAGE_VERSION}'"):
        for name, (rows, _) in extents.items():
            for part in _parts_to_sort(connection, TABLES[name], rows):
                order = ddl.storage_order(TABLES[name])
                connection.execute(f"INSERT INTO copy.{name} FROM {name} WHERE {part} ORDER BY {order}")
        for name in ("known", "carried"):
            connection.execute(f"INSERT INTO copy.internal.{name} FROM internal.{name}")
        connection.execute("INSERT INTO copy.internal.meta FROM internal.meta WHERE key <> ?", [SCATTERED])
        connection.execute("CHECKPOINT copy")


def _parts_to_sort(connection: duckdb.DuckDBPyConnection, table: Table, rows: int) -> list[str]:
    """Conditions for the parts of a table that are sorted one by one, so that no sort is larger than a year."""
    if rows <= SORTED_AT_ONCE or not ddl.by_partition(table):
        return [OF_ALL]
    years = connection.execute(f"SELECT DISTINCT year FROM {table.name} ORDER BY year").fetchall()
    return [f"year = {year}" for (year,) in years]


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


def version_number(path: Path) -> int:
    """The number in the name of a published file."""
    found = VERSION_NAME.fullmatch(path.name)
    assert found is not None
    return int(found[1])
