"""The data dictionary as Markdown, made from the schema and the views; kept as `docs/data_dictionary.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.schema import DUCKDB_TYPES, MATERIALISED, TABLES, Table
from pipeline.warehouse import View, ddl, describe_views
from pipeline.warehouse.wide import LEAD

HEAD = """# Data dictionary

Made by `python scripts/data_dictionary.py` from `pipeline/schema.py`, `pipeline/warehouse/views/`,
`pipeline/forms/views/` and `pipeline/rules.toml`; do not edit it. The same texts are comments in the warehouse:
`SELECT column_name, comment FROM duckdb_columns()`. The schema `zh` has every table and view under Chinese headings:
`FROM zh.requests`.

A column is text where no type is named, and may be NULL where `?` follows its name. Each is listed once; *the report*
means `publisher`, `level`, `district_name`, `prefecture_name`, `province_name`, `year`, `scope`, `title`,
`district_code` and `report_id`, as in `reports`.

Tables hold what was read, long and complete. Views are for people: wide, with the report's publisher, place
and year first. NULL means that no number is printed; it never stands for 0. Printed totals are kept as they
are and never worked out: in `facts` and `facts_labelled` they are the rows that are not `additive`.

If you look after the warehouse, you find the rest in [data_dictionary_upkeep.md](data_dictionary_upkeep.md): versions,
runs, and how series and rules are made.
"""

UPKEEP_HEAD = """# Data dictionary for upkeep

Made by `python scripts/data_dictionary.py`; do not edit it. It goes on where
[data_dictionary.md](data_dictionary.md) ends, which also says how to read it.
"""


# The readers' questions, in the order of the contents. A view that is not listed here comes with the tables.
ASKED_BY = {
    "What the reports print": (
        "requests", "requests_by_applicant", "proactive", "proceedings", "reports_2014", "facts_labelled",
    ),
    "Over the years, and beside others": (
        "series_by_report", "series_year_on_year", "series_by_area", "rates", "rates_by_area", "normdocs_net_change",
        "parts_and_whole", "copies", "text_likeness",
    ),
    "What the text says": ("statements_labelled", "comparisons_labelled"),
    "What is missing or late": ("coverage", "governments_missing", "publishers"),
    "How far to trust it": (
        "data_quality", "reports_checked", "facts_trusted", "year_balances", "rules",
    ),
}  # fmt: skip
# Only people who look after the warehouse need these: they have their own page, so that the dictionary stays short.
UPKEEP = (
    "facts_dated", "restatements", "facts_history", "report_versions", "runs", "validations", "expected", "proposals",
    "proposals_ranked", "jumps", "verdicts", "verdicts_applied", "verdict_counts", "year_rules", "series_cells",
    "series_verdicts", "metrics", "series_figures", "report_areas", "report_tables", "issues_by_code",
    *(table.name for table in MATERIALISED if not table.name.endswith("_trusted")),
)  # fmt: skip

# The columns of a table that find exactly one row of another, by its columns; equal names are given once. An index
# would not pay, so DuckDB declares no keys: a test checks these and that keys are unique.
JOINS = (
    (tuple(t.name for t in TABLES.values() if t.partitioned and "report_id" in t.key and t.name != "reports"),
     "report_id", "reports", "report_id"),
    (("facts",), "report_id, table_no", "report_tables", "report_id, table_no"),
    (("facts",), "form, table_no, row_code, col_code", "cells", "form, table_no, row_code, col_code"),
    (("reports",), "file_path", "files", "path"),
    (("facts_history",), "report_id, version", "report_versions", "report_id, version"),
    (("series_cells", "series_verdicts"), "series", "series", "series"),
    (("series_cells",), "form, table_no, row_code, col_code", "cells", "form, table_no, row_code, col_code"),
)  # fmt: skip

# A column as (name, type, comment).
Described = tuple[str, str, str]


def dictionary() -> str:
    """The dictionary for analysts: contents, then a section for each table and view, each column explained once."""
    views = _views()
    names = [name for name in _sections(views) if name not in UPKEEP]
    return "\n".join((HEAD, *_contents(views), "", *_joins(), "", *_told(names, views, set())))


def upkeep() -> str:
    """The dictionary for those who run the warehouse; it repeats nothing of the analysts'."""
    views = _views()
    seen: set[Described] = set()
    list(_told([name for name in _sections(views) if name not in UPKEEP], views, seen))
    return "\n".join((UPKEEP_HEAD, *_told(UPKEEP, views, seen)))


def _views() -> dict[str, View]:
    return {view.name: view for view in describe_views()}


def _sections(views: Mapping[str, View]) -> list[str]:
    """The names of the sections: tables, then views, twins left out."""
    return [name for name in (*TABLES, *views) if not _is_twin(name, views)]


def _told(names: Iterable[str], views: Mapping[str, View], seen: set[Described]) -> Iterator[str]:
    for name in names:
        is_table = name in TABLES
        yield _table_section(TABLES[name], seen) if is_table else _view_section(views[name], views, seen)


def _is_twin(name: str, views: Mapping[str, View]) -> bool:
    printed = name.removesuffix("_trusted")
    return name != printed and (printed in views or (name in TABLES and printed in TABLES))


def _contents(views: Mapping[str, View]) -> Iterator[str]:
    named = {name for names in ASKED_BY.values() for name in names}
    others = [name for name in _sections(views) if name not in named and name not in UPKEEP]
    for who, names in (*ASKED_BY.items(), ("Tables and the rest", tuple(others))):
        links = (f"[{name}](#{name}) {_label(name, views)}" for name in names)
        yield f"- **{who}**: {', '.join(links)}"


def _joins() -> Iterator[str]:
    yield "Joins 关联, each to exactly one row; to `districts` by `district_code` and the years that it names:\n"
    for tables, columns, other, others in JOINS:
        by = f"`{columns}`" if columns == others else f"`{columns}` = `{others}`"
        yield f"- from {', '.join(f'`{name}`' for name in tables)} to `{other}` by {by}"


def _label(name: str, views: Mapping[str, View]) -> str:
    return TABLES[name].label if name in TABLES else _parts(views[name].comment)[1]


def _table_section(table: Table, seen: set[Described]) -> str:
    place = " Replaced whole by district and year." if table.partitioned else ""
    key = ", ".join(f"`{name}`" for name in table.key)
    head = f"## {table.name}\n\n{table.meaning} · {table.label}. Named by {key}.{place}"
    if f"{table.name}_trusted" in TABLES:
        head += f"\n\n{_twin(table.name)}"
    optional = {c.name for c in table.columns if not c.required}
    columns = [(c.name, DUCKDB_TYPES[c.type], ddl.column_comment(c)) for c in table.columns]
    return "\n".join((head, *_columns(columns, seen, optional), ""))


def _view_section(view: View, views: Mapping[str, View], seen: set[Described]) -> str:
    head = [f"## {view.name}\n\nView. {view.comment}"]
    if f"{view.name}_trusted" in views:
        head.append(f"\n{_twin(view.name)}")
    return "\n".join((*head, *_columns(list(view.columns), seen, set()), ""))


def _twin(name: str) -> str:
    return f"`{name}_trusted` is the same over `facts_trusted`: doubtful figures withheld, verdicts applied."


def _columns(columns: list[Described], seen: set[Described], optional: set[str]) -> Iterator[str]:
    """The columns not yet explained, then the names of the others; adds the new ones to `seen`."""
    plain = [(name, kind.replace(", ", ","), text) for name, kind, text in columns]
    told = [column[0] for column in plain if column in seen]
    new = [column for column in plain if column not in seen]
    seen.update(new)
    if new:
        yield ""
    for name, kind, text in new:
        of_type = "" if kind == "VARCHAR" else f" {kind}"
        yield f"- `{name}`{of_type}{'?' if name in optional else ''}: {text}"
    if told:
        yield f"\nAlso {_listed(told)}."


def _listed(names: list[str]) -> str:
    """The names of columns; those with which nearly every view begins in one phrase."""
    if not set(LEAD) <= set(names):
        return ", ".join(f"`{name}`" for name in names)
    return ", ".join(("*the report*", *(f"`{name}`" for name in names if name not in LEAD)))


def _parts(comment: str) -> tuple[str, str]:
    """Meaning and label of a comment."""
    meaning, _, label = comment.rpartition(" · ")
    return meaning, label
