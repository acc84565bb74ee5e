"""SQL text made from `schema.TABLES`, and digests of it.

What does *not* belong here: views and macros (`view_sql`), and anything that runs SQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pipeline.schema import DUCKDB_TYPES, FACTS_HISTORY, MATERIALISED, TABLES, Column, Table

# The warehouse's own notes are in a separate schema while it is built. A published file has only a macro for them, so
# that listings of tables and views show only what is for people.
PUBLISHED_NOTES = "published_notes"
CREATE_META = "CREATE TABLE internal.meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL)"
CREATE_KNOWN = (
    "CREATE TABLE internal.known (path VARCHAR NOT NULL, size_bytes BIGINT NOT NULL, mtime_ns BIGINT NOT NULL"
    ", sha256 VARCHAR NOT NULL, fingerprint VARCHAR NOT NULL, pin VARCHAR NOT NULL)"
)


def quoted(name: str) -> str:
    """A name as an SQL identifier, so that `row` or `values` can be a column."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(names: tuple[str, ...]) -> str:
    """Names as a list of SQL identifiers."""
    return ", ".join(map(quoted, names))


def storage_order(table: Table) -> str:
    """The columns that order the rows in the file: district and year first, then the key."""
    leading = ("district_code", "year") if by_partition(table) else ()
    return listed((*leading, *(k for k in table.key if k not in leading)))


def by_partition(table: Table) -> bool:
    """Whether every row belongs to a district and year."""
    return {"district_code", "year"} <= {c.name for c in table.columns if c.required}


def create_table(table: Table) -> str:
    """The CREATE TABLE statement, without keys: an index would make the file many times larger."""
    return f"CREATE TABLE {quoted(table.name)} ({_columns(table)})"


def create_stage(name: str, table: Table) -> str:
    """The statement for an empty temporary table with the columns of another."""
    return f"CREATE OR REPLACE TEMP TABLE {quoted(name)} ({_columns(table)})"


def casts(table: Table) -> str:
    """The columns in order, each cast to its type."""
    return ", ".join(f"CAST({quoted(c.name)} AS {DUCKDB_TYPES[c.type]})" for c in table.columns)


def _columns(table: Table) -> str:
    return ", ".join(
        f"{quoted(c.name)} {DUCKDB_TYPES[c.type]}{' NOT NULL' if c.required else ''}" for c in table.columns
    )


# Facts of reports that wait to be loaded again after the build database was made anew: see `history.carry`.
CREATE_CARRIED = f"CREATE TABLE internal.carried ({_columns(FACTS_HISTORY)})"


def comment(meaning: str, label: str) -> str:
    """The text of a comment: its meaning in English, then its name in Chinese."""
    return f"{meaning} · {label}"


def column_comment(column: Column) -> str:
    """The comment of a column, with the values that it may take unless its meaning names them."""
    unnamed = any(value not in column.meaning for value in column.values)
    values = f" ({', '.join(column.values)})" if unnamed else ""
    return comment(column.meaning + values, column.label)


def comment_on(what: str, meaning: str, label: str) -> str:
    """The COMMENT ON statement of a named object, such as `VIEW requests`."""
    return f"COMMENT ON {what} IS {literal(comment(meaning, label))};"


def table_comments(table: Table) -> Iterator[str]:
    """The COMMENT ON statements of a table and its columns."""
    yield f"COMMENT ON TABLE {quoted(table.name)} IS {literal(comment(table.meaning, table.label))}"
    for column in table.columns:
        place = f"{quoted(table.name)}.{quoted(column.name)}"
        yield f"COMMENT ON COLUMN {place} IS {literal(column_comment(column))}"


def build_statements() -> tuple[str, ...]:
    """The statements that make the tables of a build database.

    Comments, views and materialised tables come later, so that a change of these does not cause every report to be
    extracted again.
    """
    own = (table for table in TABLES.values() if table not in MATERIALISED)
    return ("CREATE SCHEMA internal", CREATE_META, CREATE_KNOWN, CREATE_CARRIED, *map(create_table, own))


def digest(statements: tuple[str, ...]) -> str:
    """A short digest of statements: a different one means a different schema."""
    return hashlib.sha256("\n;\n".join(statements).encode()).hexdigest()[:16]
