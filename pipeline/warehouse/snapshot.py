"""The published file as one reader has it: every answer comes from the same snapshot, however long it reads.

What does *not* belong here: which file is the published one (`published_files`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipeline.warehouse import ddl
from pipeline.warehouse.database import WarehouseError, as_warehouse_error

ROWS_AT_ONCE = 20_000
# By their order (`?`, `$1`), or by name (`$name`).
Parameters = Sequence[object] | Mapping[str, object]


class Snapshot:
    """One published file, open for reading; tables of its own that a reader makes go with it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, memory_mib: int) -> None:
        """`path` is the file itself, not the link to it."""
        connection.execute(f"SET memory_limit = '{memory_mib}MiB'")
        self._connection = connection
        self._memory_mib = memory_mib
        self.path = path

    @contextmanager
    def beside(self) -> Iterator[Snapshot]:
        """The same snapshot for another thread, with tables of its own, within the same memory."""
        with closing(self._connection.cursor()) as connection:
            yield Snapshot(connection, self.path, self._memory_mib)

    def query(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """All rows of an answer. Raises WarehouseError."""
        with as_warehouse_error("the query failed"):
            return self._connection.execute(sql, _given(parameters)).fetchall()

    def stream(self, sql: str, parameters: Parameters = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of an answer, some at a time; nothing else may be asked before the last. Raises WarehouseError."""
        with as_warehouse_error("the query failed"):
            result = self._connection.execute(sql, _given(parameters))
        yield from self._rest(result)

    def answer(self, sql: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """The names of the columns of an answer, and its rows as `stream` gives them. Raises WarehouseError."""
        with as_warehouse_error("the query failed"):
            result = self._connection.execute(sql)
            if result is None or not result.description:
                raise WarehouseError("the query is empty")
            return [column[0] for column in result.description], self._rest(result)

    def _rest(self, result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
        with as_warehouse_error("the query failed"):
            while rows := result.fetchmany(ROWS_AT_ONCE):
                yield from rows

    def names(self, sql: str) -> list[str]:
        """The names of the columns that a query would give."""
        with as_warehouse_error("the query failed"):
            return [row[0] for row in self._connection.execute(f"DESCRIBE {sql}").fetchall()]

    def keep(self, name: str, sql: str, parameters: Parameters = ()) -> None:
        """Make a temporary table from an answer, replacing one of the same name. Raises WarehouseError."""
        with as_warehouse_error("the query failed"):
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {ddl.quoted(name)} AS {sql}", _given(parameters))

    def show(self, name: str, sql: str) -> None:
        """Make a temporary view, replacing one of the same name. Raises WarehouseError."""
        with as_warehouse_error("the query failed"):
            self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {ddl.quoted(name)} AS {sql}")

    def write(self, sql: str, path: Path, layout: str) -> None:
        """Write an answer into a file, as `csv` or `parquet`. Raises WarehouseError."""
        options = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet, COMPRESSION zstd"}[layout]
        with as_warehouse_error(f"{path.name} cannot be written"):
            self._connection.execute(f"COPY ({sql}) TO {ddl.literal(str(path))} ({options})")


def _given(parameters: Parameters) -> list[object] | dict[str, object]:
    return dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
