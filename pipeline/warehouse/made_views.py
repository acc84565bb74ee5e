"""Makes the views of the warehouse, with all comments, and knows which a database has.

The build database holds them too, so that a publication need not make them. What does *not* belong here: their SQL
(`view_sql`), and when a database needs them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import duckdb

from pipeline.schema import TABLES
from pipeline.warehouse import ddl, view_sql
from pipeline.warehouse.database import STORAGE_VERSION, notes_of, transaction

# The note of a build database that says which views and comments it has.
VIEWS = "views"
# Whose comments on columns hold for columns of the same name in all views.
SAID_FIRST = ("reports", "facts", "cells", "report_versions", "verdict_counts", "report_areas")


@dataclass(frozen=True, slots=True)
class View:
    """A view for people: its name, comment, and columns as (name, type, comment)."""

    name: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]


@cache
def describe_views() -> tuple[View, ...]:
    """The views as the published file has them, by name."""
    with duckdb.connect() as connection:
        create_published(connection)
        sql = """SELECT view_name, comment FROM duckdb_views()
                 WHERE NOT internal AND schema_name = 'main' ORDER BY view_name"""
        views = connection.execute(sql).fetchall()
        columns = _columns(connection)
        return tuple(View(name, comment, tuple(columns[name])) for name, comment in views)


def create_published(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes all of a published database but its notes, in an empty one."""
    for statement in view_sql.published_statements():
        connection.execute(statement)
    _complete(connection)


def make_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives a build database the views, macros and comments of the code, unless it has them."""
    current = published_schema()
    if notes_of(connection).get(VIEWS) == current:
        return
    with transaction(connection):
        for statement in (*_drops(connection), *view_sql.statements_for_people()):
            connection.execute(statement)
        _complete(connection)
        connection.execute("DELETE FROM internal.meta WHERE key = ?", [VIEWS])
        connection.execute("INSERT INTO internal.meta VALUES (?, ?)", [VIEWS, current])


def _drops(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The statements that remove every view and macro which other code has made."""
    sql = """SELECT format('DROP SCHEMA "{}" CASCADE', schema_name) FROM duckdb_schemas()
             WHERE database_name = current_database() AND schema_name = ?
             UNION ALL
             SELECT format('DROP VIEW "{}"', view_name) FROM duckdb_views()
             WHERE database_name = current_database() AND NOT internal AND schema_name = 'main'
             UNION ALL
             SELECT DISTINCT format('DROP MACRO {}"{}"', if(function_type = 'table_macro', 'TABLE ', ''), function_name)
             FROM duckdb_functions()
             WHERE database_name = current_database() AND NOT internal AND schema_name = 'main'"""
    return [statement for (statement,) in connection.execute(sql, [view_sql.CHINESE]).fetchall()]


def _complete(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds what follows from the tables and views that are there: inherited comments, Chinese headings."""
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

    Same name, same quantity: the tables and views of `SAID_FIRST` come first, then the views in order of their names.
    """
    said: dict[str, str] = {}
    columns = _columns(connection)
    for name in (*SAID_FIRST, *view_sql.view_sources()):
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
