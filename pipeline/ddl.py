"""SQL text made from `schema.TABLES` and `views/*.sql`: tables, comments, views, and digests of them.

What does *not* belong here: anything that runs SQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.schema import DUCKDB_TYPES, TABLES, Column, Table

VIEWS_FOLDER = Path(__file__).parent / "views"

# What the warehouse notes for itself has a schema of its own: SHOW TABLES shows what is for people.
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
    """The columns by which rows lie in the file: district and year first, then the key."""
    leading = ("district_code", "year") if table.partitioned else ()
    return listed((*leading, *(k for k in table.key if k not in leading)))


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


def comment(meaning: str, label: str) -> str:
    """The text of a comment: what it means in English, then its name in Chinese."""
    return f"{meaning} · {label}"


def column_comment(column: Column) -> str:
    """The comment of a column, with the values that it may take unless its meaning names them."""
    unnamed = any(value not in column.meaning for value in column.values)
    values = f" ({', '.join(column.values)})" if unnamed else ""
    return comment(column.meaning + values, column.label)


def table_comments(table: Table) -> Iterator[str]:
    """The COMMENT ON statements of a table and its columns."""
    yield f"COMMENT ON TABLE {quoted(table.name)} IS {literal(comment(table.meaning, table.label))}"
    for column in table.columns:
        place = f"{quoted(table.name)}.{quoted(column.name)}"
        yield f"COMMENT ON COLUMN {place} IS {literal(column_comment(column))}"


def view_sources() -> Mapping[str, str]:
    """The views by name, in order: CREATE VIEW and the comments that the view has of its own."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(VIEWS_FOLDER.glob("*.sql"))}


def build_statements() -> tuple[str, ...]:
    """What makes an empty build database.

    It has neither comments nor views, so that a changed sentence makes nobody extract every report again.
    """
    return ("CREATE SCHEMA internal", CREATE_META, CREATE_KNOWN, *map(create_table, TABLES.values()))


def published_statements() -> tuple[str, ...]:
    """What makes an empty published database: tables with comments, then views."""
    comments = (statement for table in TABLES.values() for statement in table_comments(table))
    tables = map(create_table, TABLES.values())
    return ("CREATE SCHEMA internal", CREATE_META, *tables, *comments, *view_sources().values())


def digest(statements: tuple[str, ...]) -> str:
    """A short digest of statements: another one means another schema."""
    return hashlib.sha256("\n;\n".join(statements).encode()).hexdigest()[:16]
