"""SQL text made from `schema.TABLES`, `views/*.sql` and `macros/*.sql`, and digests of it.

What does *not* belong here: anything that runs SQL.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType

from pipeline.schema import DUCKDB_TYPES, FACTS_HISTORY, TABLES, Column, Table

VIEWS_FOLDER = Path(__file__).parent / "views"
MACROS_FOLDER = Path(__file__).parent / "macros"
# Views of figures, which have a twin over the facts that can be trusted.
TRUSTED = (
    "requests_by_applicant",
    "requests",
    "proactive",
    "proceedings",
    "series_figures",
    "series_by_report",
    "series_year_on_year",
    "series_by_area",
    "rates",
    "rates_by_area",
)
_READS = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
_CALLS = re.compile(r"\b(\w+)\(")

# What the warehouse notes for itself is in a schema of its own while it is built. A published file has only a macro of
# it: whatever lists tables and views shows what is for people.
PUBLISHED_NOTES = "published_notes"
# The same tables and views with Chinese headings, for people who paste an answer into a spreadsheet.
CHINESE = "zh"
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


def chinese_names(columns: Mapping[str, str]) -> dict[str, str]:
    """The Chinese names of columns from their comments, which end with them; none stands twice.

    The English name stands beside one that several columns have, and in the place of one that is missing.
    """
    labels = {name: text.rpartition(" · ")[2] or name for name, text in columns.items()}
    times = Counter(labels.values())
    return {n: f"{label}（{n}）" if times[label] > 1 and label != n else label for n, label in labels.items()}


def create_chinese(name: str, columns: Mapping[str, str]) -> str:
    """The statement for a view of a table or view with Chinese headings; `columns` gives the comment of each."""
    shown = ", ".join(f"{quoted(n)} AS {quoted(label)}" for n, label in chinese_names(columns).items())
    return f"CREATE VIEW {CHINESE}.{quoted(name)} AS SELECT {shown} FROM main.{quoted(name)}"  # noqa: S608 -- the schema's


def view_sources() -> Mapping[str, str]:
    """The views by name, each after those that it reads: CREATE VIEW and the comments that the view has of its own.

    Those of `TRUSTED` come twice: a twin named *_trusted reads `facts_trusted` where the view reads `facts`.
    """
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(VIEWS_FOLDER.glob("*.sql"))}
    found |= {f"{name}_trusted": _twin(name, found[name]) for name in TRUSTED}
    return _in_order(found)


def _in_order(found: Mapping[str, str]) -> Mapping[str, str]:
    """Views and macros, each after those that it reads or calls."""
    return _sorted(tuple(found.items()))


@cache
def _sorted(sources: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    found = dict(sources)
    # Sorted, since a set is in another order in every process, and a digest of the statements must not be.
    needed = {name: sorted((reads(sql) | calls(sql)) & found.keys() - {name}) for name, sql in found.items()}
    return MappingProxyType({name: found[name] for name in TopologicalSorter(needed).static_order()})


def reads(source: str) -> frozenset[str]:
    """The names that a view reads from: tables, views, and its own named queries."""
    return frozenset(_READS.findall(source))


def calls(source: str) -> frozenset[str]:
    """The names that a view or macro calls: macros, and functions of DuckDB."""
    return frozenset(_CALLS.findall(source))


def _twin(name: str, source: str) -> str:
    """The view over trusted facts: the same statement, reading from the twins of what it reads."""

    def of_twin(match: re.Match[str]) -> str:
        return f"{match[0]}_trusted" if match[1] in ("facts", *TRUSTED) else match[0]

    sql = _READS.sub(of_twin, source).replace(f"CREATE VIEW {name} AS", f"CREATE VIEW {name}_trusted AS")
    sql = re.sub(rf"\bCOMMENT ON COLUMN {name}\.", f"COMMENT ON COLUMN {name}_trusted.", sql)
    return re.sub(rf"\bCOMMENT ON VIEW {name} IS '(.*) · (.*)'", _twin_comment(name), sql)


def _twin_comment(name: str) -> str:
    said = "as facts_trusted has them: doubtful figures withheld, verdicts applied"
    return rf"COMMENT ON VIEW {name}_trusted IS '\1; {said} · \2（可信）'"


def macro_sources() -> Mapping[str, str]:
    """The macros by name: CREATE MACRO and its comment. They may read views, and views may call them."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(MACROS_FOLDER.glob("*.sql"))}


def build_statements() -> tuple[str, ...]:
    """What makes an empty build database.

    It has neither comments nor views, so that a changed sentence makes nobody extract every report again.
    """
    return ("CREATE SCHEMA internal", CREATE_META, CREATE_KNOWN, CREATE_CARRIED, *map(create_table, TABLES.values()))


def published_statements() -> tuple[str, ...]:
    """What makes an empty published database: tables with comments, then views and macros."""
    return (*map(create_table, TABLES.values()), *_for_people())


def publishing_statements(notes: Mapping[str, str]) -> tuple[str, ...]:
    """What makes a published database of a copy of the build database."""
    rows = ", ".join(f"({literal(key)}, {literal(value)})" for key, value in sorted(notes.items()))
    create = f"CREATE MACRO {PUBLISHED_NOTES}() AS TABLE FROM (VALUES {rows}) AS notes (key, value)"
    said = comment("What the published file says of itself, by which a run knows it again", "发布说明")
    about = f"COMMENT ON MACRO TABLE {PUBLISHED_NOTES} IS {literal(said)}"
    return ("DROP SCHEMA internal CASCADE", *_for_people(), create, about)


def _for_people() -> Iterator[str]:
    """The comments of the tables, then views and macros."""
    for table in TABLES.values():
        yield from table_comments(table)
    yield from _in_order({**view_sources(), **macro_sources()}).values()


def digest(statements: tuple[str, ...]) -> str:
    """A short digest of statements: another one means another schema."""
    return hashlib.sha256("\n;\n".join(statements).encode()).hexdigest()[:16]
