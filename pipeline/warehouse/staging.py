"""Rows that arrive, checked, in temporary tables of the build database.

What does *not* belong here: what replaces what (`loading`, `recording`), and the replacing itself (`replacing`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import duckdb

from pipeline.schema import Table
from pipeline.warehouse import ddl
from pipeline.warehouse.database import WarehouseError
from pipeline.warehouse.extents import extent_of

if TYPE_CHECKING:  # pandas takes a second to import, and looking whether there is work to do needs none of it
    import pandas as pd

Value = TypeVar("Value")

# The rows of a table: a frame, or the Parquet files in which they lie.
Rows: TypeAlias = "pd.DataFrame | Sequence[Path]"
Arriving = Mapping[str, Rows]

# The rows of a table that are replaced: those of the partitions or paths in the temporary table `scope`, or all.
OF_PARTITIONS = "(district_code, year) IN (SELECT district_code, year FROM scope)"
SCOPE = "scope USING (district_code, year)"
OF_PATHS = "path IN (SELECT path FROM scope)"

# How many values go into the database at once.
SLICE = 10_000


@dataclass(frozen=True, slots=True)
class Staged:
    """New content for the part of a table that `scope` selects, in a temporary table."""

    table: Table
    scope: str

    @property
    def name(self) -> str:
        """The name of the temporary table."""
        return f"stage_{self.table.name}"


class Staging:
    """Puts arriving rows into temporary tables of a connection, and checks them there."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def list_paths(self, name: str, paths: Iterable[str]) -> None:
        """Puts paths into a temporary table, some at a time: a batch may have more than memory should hold."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (path VARCHAR)")
        for some in slices(paths):
            self._connection.execute(f"INSERT INTO {name} SELECT unnest(?::VARCHAR[])", [some])

    def stage(self, table: Table, arriving: Rows | None, scope: str, kept: str = "") -> Staged:
        """The rows that arrive and those of the query `kept`, checked, in a temporary table."""
        staged = Staged(table, scope)
        self._connection.execute(ddl.create_stage(staged.name, table))
        expected = self._fill(staged, arriving, kept)
        if extent_of(self._connection, staged.name)[0] != expected:
            raise WarehouseError(f"{table.name}: not all of {expected} rows arrived in the database")
        if expected:
            key = ddl.listed(table.key)
            outside = f"SELECT {key} FROM {staged.name} WHERE ({scope}) IS NOT true"
            self.forbid(outside, f"{table.name}: rows outside of what is replaced")
            twins = f"SELECT {key} FROM {staged.name} GROUP BY ALL HAVING count(*) > 1"
            self.forbid(twins, f"{table.name}: two rows with one key")
        return staged

    def _fill(self, staged: Staged, arriving: Rows | None, kept: str) -> int:
        """Fills the temporary table and returns the number of rows that should be in it.

        It takes one statement, outside of a transaction: DuckDB 2.0.0 loses sight of rows that are put into a table
        after an INSERT of none, within one transaction, from 122,880 rows on.
        """
        sources, counted = ([kept], [kept]) if kept else ([], [])
        with self.incoming(staged.table, arriving) as rows:
            if rows:
                sources.append(f"SELECT {ddl.casts(staged.table)} FROM {rows}")
                counted.append(f"FROM {rows}")
            try:
                self._connection.execute(f"INSERT INTO {staged.name} {' UNION ALL '.join(sources)}")
            except duckdb.ConversionException as error:
                raise WarehouseError(f"{staged.table.name}: a value does not fit its column: {error}") from error
            return sum(self._count(f"SELECT count(*) {source}") for source in counted)

    @contextmanager
    def incoming(self, table: Table, arriving: Rows | None) -> Iterator[str]:
        """The arriving rows as a term of a FROM clause.

        From files these are the rows of the partitions in `scope`, or of paths that are not in `left_out`.
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

    def forbid(self, sql: str, complaint: str) -> None:
        """Raises WarehouseError with the first rows of a query that should give none."""
        found = self._connection.execute(f"{sql} ORDER BY ALL LIMIT 3").fetchall()
        if found:
            raise WarehouseError(f"{complaint}: {found}")

    def _count(self, sql: str) -> int:
        return int(self._connection.execute(sql).fetchall()[0][0])


def slices(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values, some at a time."""
    left = iter(values)
    while some := list(islice(left, SLICE)):
        yield some


def _parquet(files: Sequence[Path]) -> str:
    """Parquet files as a term of a FROM clause; their names are not patterns and imply no values."""
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
