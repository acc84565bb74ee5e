"""The data dictionary as Markdown, made from the schema and the views; kept as `docs/data_dictionary.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.schema import DUCKDB_TYPES, TABLES, Table
from pipeline.warehouse import View, ddl, describe_views

HEAD = """# Data dictionary

Made by `python scripts/data_dictionary.py` from `pipeline/schema.py` and `pipeline/warehouse/views/`; do not edit it.
The same texts are comments in the warehouse: `SELECT column_name, comment FROM duckdb_columns()`.

Tables hold what was read, long and complete. Views are for people: wide, with the report's publisher, place
and year first. NULL means that no number is printed; it never stands for 0. Printed totals are kept as they
are and never worked out: in `facts` and `facts_labelled` they are the rows that are not `additive`.
"""


def dictionary() -> str:
    """The whole dictionary: contents, then a section a table and a view."""
    views = describe_views()
    sections = [*map(_table_section, TABLES.values()), *map(_view_section, views)]
    return "\n".join((HEAD, *_contents(views), "", *sections))


def _contents(views: Iterable[View]) -> Iterator[str]:
    yield from ("| table or view | one row | 中文 |", "|---|---|---|")
    for table in TABLES.values():
        yield f"| [{table.name}](#{table.name}) | {_escaped(table.meaning)} | {table.label} |"
    for view in views:
        meaning, label = _parts(view.comment)
        yield f"| [{view.name}](#{view.name}) (view) | {_escaped(meaning)} | {label} |"


def _table_section(table: Table) -> str:
    rows = (
        (c.name, DUCKDB_TYPES[c.type], "yes" if c.required else "", *_parts(ddl.column_comment(c)))
        for c in table.columns
    )
    place = " Replaced whole by district and year." if table.partitioned else ""
    key = ", ".join(f"`{name}`" for name in table.key)
    head = f"## {table.name}\n\n{table.meaning} · {table.label}. Named by {key}.{place}\n"
    return "\n".join((head, *_grid(("column", "type", "required", "meaning", "中文"), rows), ""))


def _view_section(view: View) -> str:
    rows = ((name, kind, *_parts(text)) for name, kind, text in view.columns)
    head = f"## {view.name}\n\nView. {view.comment}\n"
    return "\n".join((head, *_grid(("column", "type", "meaning", "中文"), rows), ""))


def _grid(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for name, *rest in rows:
        yield f"| `{name}` | {' | '.join(map(_escaped, rest))} |"


def _parts(comment: str) -> tuple[str, str]:
    """Meaning and label of a comment."""
    meaning, _, label = comment.rpartition(" · ")
    return meaning, label


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
