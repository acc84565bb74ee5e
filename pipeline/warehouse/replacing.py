"""Staged rows take the place of the rows in their scope; the extents of the tables are noted along with it."""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from pipeline.schema import Table
from pipeline.warehouse import ddl
from pipeline.warehouse.database import WarehouseError
from pipeline.warehouse.extents import Extent, extent_of, move_extent, move_extents
from pipeline.warehouse.staging import Staged


def replace(connection: duckdb.DuckDBPyConnection, staged: Sequence[Staged]) -> None:
    """Puts the staged rows in the place of those in their scope, in storage order.

    Rows that are there already are not written again.
    """
    move_extents(connection, [(new.table, *_replace_one(connection, new)) for new in staged])


def _replace_one(connection: duckdb.DuckDBPyConnection, new: Staged) -> tuple[Extent, Extent]:
    """Replaces the rows of one table and returns their extents before and after."""
    name = new.table.name
    extent = extent_of(connection, new.name)
    before = extent_of(connection, name, new.scope)
    if before == extent:
        return before, extent
    if before[0]:
        connection.execute(f"DELETE FROM {name} WHERE {new.scope}")
    if extent[0]:
        order = ddl.storage_order(new.table)
        connection.execute(f"INSERT INTO {name} FROM {new.name} ORDER BY {order}")
    if extent_of(connection, name, new.scope) != extent:
        raise WarehouseError(f"{name}: the database does not return the rows that were put into it")
    return before, extent


def is_there(connection: duckdb.DuckDBPyConnection, new: Staged) -> bool:
    """Whether the database holds the same rows already."""
    return extent_of(connection, new.table.name, new.scope) == extent_of(connection, new.name)


@contextmanager
def counting(connection: duckdb.DuckDBPyConnection, table: Table, scope: str) -> Iterator[None]:
    """Notes how the extent of a table changes while rows of `scope`, and no others, change."""
    before = extent_of(connection, table.name, scope)
    yield
    move_extent(connection, table, before, extent_of(connection, table.name, scope))
