"""The number of rows of a table and the sum of their hashes, noted in the database with every change.

They show that a copy is whole, or that nothing has changed, and save a night from counting everything.
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import duckdb

from pipeline.schema import LOGS, TABLES, Table
from pipeline.warehouse.database import notes_of, transaction

Extent = tuple[int, int]
"""Number of rows and sum of their hashes: equal for equal content, in whatever order it lies."""

OF_ALL = "true"

# In `internal.meta`: the DuckDB that counted the rows and summed their hashes, which other notes hold by table.
COUNTED_BY = "counted by"
# And the number of rows that came scattered since the build database was put in order.
SCATTERED = "rows scattered"
# Rows that come in runs of less than this part of their table lie scattered, and every query has to look at them.
LONG_RUN = 1 / 20
# The build database is put in order once this number and this share of its rows have come unsorted since the last time.
SCATTERED_ROWS = 1_000_000
SCATTERED_PART = 1 / 10


def extent_of(connection: duckdb.DuckDBPyConnection, table: str, scope: str = OF_ALL) -> Extent:
    """Counts the rows of a table, or of a query in parentheses, that meet a condition, and adds up their hashes."""
    sql = f"SELECT count(*), coalesce(sum(hash(t)), 0) FROM {table} t WHERE {scope}"
    [(rows, hashes)] = connection.execute(sql).fetchall()
    return int(rows), int(hashes)


def note_extents(connection: duckdb.DuckDBPyConnection) -> None:
    """Counts all tables and notes the result, unless that was done: later changes keep the notes right.

    Another DuckDB version may hash differently, so its notes are useless.
    """
    if notes_of(connection).get(COUNTED_BY) == duckdb.__version__:
        return
    notes = [(COUNTED_BY, duckdb.__version__)]
    for table in TABLES.values():
        rows, hashes = extent_of(connection, table.name)
        notes.append((_extent_key(table.name), f"{rows} {hashes}"))
    with transaction(connection):
        note(connection, dict(notes))


def noted_extents(connection: duckdb.DuckDBPyConnection) -> dict[str, Extent]:
    """The extents of all tables from the notes, without reading the tables."""
    meta = notes_of(connection)
    return {name: _as_extent(meta[_extent_key(name)]) for name in TABLES}


def move_extent(connection: duckdb.DuckDBPyConnection, table: Table, before: Extent, after: Extent) -> None:
    """Notes that rows of one extent in a table became those of another. Belongs in the same transaction."""
    move_extents(connection, [(table, before, after)])


def move_extents(connection: duckdb.DuckDBPyConnection, moves: Iterable[tuple[Table, Extent, Extent]]) -> None:
    """Notes for some tables, each at most once, what rows of one extent became. Belongs in the same transaction."""
    moved = [(table, before, after) for table, before, after in moves if before != after]
    if not moved:
        return
    meta = notes_of(connection)
    notes: dict[str, str] = {}
    scattered = 0
    for table, before, after in moved:
        key = _extent_key(table.name)
        rows, hashes = (n - b + a for n, b, a in zip(_as_extent(meta[key]), before, after, strict=True))
        notes[key] = f"{rows} {hashes}"
        scattered += after[0] if after[0] < rows * LONG_RUN else 0
    if scattered:
        notes[SCATTERED] = str(int(meta.get(SCATTERED, 0)) + scattered)
    note(connection, notes)


def set_extent(connection: duckdb.DuckDBPyConnection, table: Table, extent: Extent) -> None:
    """Notes the extent of a table that was made anew. Belongs in the same transaction."""
    note(connection, {_extent_key(table.name): f"{extent[0]} {extent[1]}"})


def is_scattered(connection: duckdb.DuckDBPyConnection, extents: Mapping[str, Extent]) -> bool:
    """Whether so many rows came piecemeal that putting all in order is worthwhile."""
    scattered = int(notes_of(connection).get(SCATTERED, 0))
    return scattered >= max(SCATTERED_ROWS, SCATTERED_PART * sum(rows for rows, _ in extents.values()))


def noted_content(connection: duckdb.DuckDBPyConnection) -> str | None:
    """A digest of all rows, from the notes; None where another DuckDB made these."""
    if notes_of(connection).get(COUNTED_BY) != duckdb.__version__:
        return None
    return content_digest(noted_extents(connection))


def content_digest(extents: Mapping[str, Extent]) -> str:
    """A digest of all rows except those of the logs: a change of it is worth a new publication."""
    logs = {table.name for table in LOGS}
    text = "\n".join(f"{name} {rows} {hashes}" for name, (rows, hashes) in extents.items() if name not in logs)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def note(connection: duckdb.DuckDBPyConnection, notes: Mapping[str, str]) -> None:
    """Writes notes of a build database about itself. Belongs in a transaction."""
    connection.execute("DELETE FROM internal.meta WHERE key IN (SELECT unnest(?::VARCHAR[]))", [list(notes)])
    connection.executemany("INSERT INTO internal.meta VALUES (?, ?)", list(notes.items()))


def _extent_key(table: str) -> str:
    return f"extent of {table}"


def _as_extent(noted: str) -> Extent:
    rows, hashes = map(int, noted.split())
    return rows, hashes
