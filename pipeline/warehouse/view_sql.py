"""SQL text of views and macros: `views/*.sql`, `macros/*.sql`, the wide views, twins over trusted facts, Chinese names.

What does *not* belong here: tables (`ddl`), views and macros made from data (`wide`, `rules`, `deadlines`,
`functions`, `jumps`), and anything that runs SQL.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType

from pipeline.schema import MATERIALISED, TABLES
from pipeline.warehouse import ddl, deadlines, functions, jumps, rules, wide

VIEWS_FOLDER = Path(__file__).parent / "views"
MACROS_FOLDER = Path(__file__).parent / "macros"
# The queries whose rows the tables of `schema.MATERIALISED` hold.
MATERIALISED_FOLDER = Path(__file__).parent / "materialised"
# Views of figures, which have a twin over the facts that can be trusted, beside the wide ones.
TRUSTED = (
    "series_figures",
    "series_by_report",
    "series_year_on_year",
    "series_by_area",
    "rates",
    "rates_by_area",
)
# The views of figures from which all materialised tables follow.
FIGURES = ("series_figures", "series_figures_trusted")
_READS = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
_CALLS = re.compile(r"\b(\w+)\(")

# The same tables and views with Chinese headings, for people who paste an answer into a spreadsheet.
CHINESE = "zh"


def with_twins() -> tuple[str, ...]:
    """The names of the views that come twice: as printed, and over the facts that can be trusted."""
    return (*wide.with_twins(), *TRUSTED)


def chinese_names(columns: Mapping[str, str]) -> dict[str, str]:
    """The Chinese names of columns, which end their comments; each is unique.

    The English name stands beside a Chinese name that several columns have, and replaces a missing one.
    """
    labels = {name: text.rpartition(" · ")[2] or name for name, text in columns.items()}
    times = Counter(labels.values())
    return {n: f"{label}（{n}）" if times[label] > 1 and label != n else label for n, label in labels.items()}


def create_chinese(name: str, columns: Mapping[str, str]) -> str:
    """The statement for a view of a table or view with Chinese headings; `columns` gives the comment of each."""
    shown = ", ".join(f"{ddl.quoted(n)} AS {ddl.quoted(label)}" for n, label in chinese_names(columns).items())
    return f"CREATE VIEW {CHINESE}.{ddl.quoted(name)} AS SELECT {shown} FROM main.{ddl.quoted(name)}"  # noqa: S608 -- the schema's


def view_sources() -> Mapping[str, str]:
    """The views by name, each after those that it reads: CREATE VIEW and the comments that the view has of its own.

    Those in `with_twins` come twice: a twin named *_trusted reads `facts_trusted` where the view reads `facts`.
    """
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(VIEWS_FOLDER.glob("*.sql"))}
    found |= {"rules": rules.view_source(), **wide.wide_sources()}
    twins = with_twins()
    found |= {f"{name}_trusted": _twin(name, found[name], twins) for name in twins}
    return _in_order(found)


def query_of(view: str, instead: Mapping[str, str]) -> str:
    """The query of a view, reading other tables instead of some: `instead` gives them by name."""
    return _reading(_query_in(view_sources()[view], view), instead)


def _query_in(source: str, view: str) -> str:
    return source.partition(f"CREATE VIEW {view} AS")[2].partition(";\n")[0]


def _reading(query: str, instead: Mapping[str, str]) -> str:
    def other(match: re.Match[str]) -> str:
        return match[0].removesuffix(match[1]) + instead.get(match[1], match[1])

    return _READS.sub(other, query)


@lru_cache(maxsize=100)
def materialised_queries(instead: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The queries whose rows the materialised tables hold, by table: over tables alone, with the views that they read.

    `instead` are pairs of a table or view and a table that takes its place.
    """
    twins = with_twins()
    return _over_tables({table.name: _materialised_source(table.name, twins) for table in MATERIALISED}, instead)


@lru_cache(maxsize=100)
def figures_queries(instead: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The queries of the views in `FIGURES`, by view: over tables alone, as `materialised_queries`."""
    return _over_tables({name: f"FROM {name}" for name in FIGURES}, instead)


def _materialised_source(table: str, twins: Collection[str]) -> str:
    name = table.removesuffix("_trusted")
    query = (MATERIALISED_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return query if name == table else _over_trusted(query, twins)


def _over_tables(queries: Mapping[str, str], instead: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The queries with the views that they read written out, reading other tables instead of some."""
    other = dict(instead)
    views = {name: source for name, source in view_sources().items() if name not in other}
    return {name: _written_out(query, views, other) for name, query in queries.items()}


def _written_out(query: str, views: Mapping[str, str], instead: Mapping[str, str]) -> str:
    needed: dict[str, None] = {}
    _collect(reads(query), views, needed)
    parts = "".join(
        f"{view} AS NOT MATERIALIZED (\n{_reading(_query_in(views[view], view), instead)}\n),\n" for view in needed
    )
    return f"WITH {parts}outcome AS (\n{_reading(query, instead)}\n)\nFROM outcome"


def _collect(names: Collection[str], views: Mapping[str, str], needed: dict[str, None]) -> None:
    """Adds the views among the names, each after those that it reads."""
    for name in sorted(names):
        if name in views and name not in needed:
            _collect(reads(views[name]) - {name}, views, needed)
            needed[name] = None


def _in_order(found: Mapping[str, str]) -> Mapping[str, str]:
    """Views and macros, each after those that it reads or calls."""
    return _sorted(tuple(found.items()))


@cache
def _sorted(sources: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    found = dict(sources)
    # Sorted, since a set's order differs in every process, and a digest of the statements must not.
    needed = {name: sorted((reads(sql) | calls(sql)) & found.keys() - {name}) for name, sql in found.items()}
    return MappingProxyType({name: found[name] for name in TopologicalSorter(needed).static_order()})


def reads(source: str) -> frozenset[str]:
    """The names that a view reads from: tables, views, and its own named queries."""
    return frozenset(_READS.findall(source))


def calls(source: str) -> frozenset[str]:
    """The names that a view or macro calls: macros, and functions of DuckDB."""
    return frozenset(_CALLS.findall(source))


def _over_trusted(source: str, twins: Collection[str]) -> str:
    """The same statement, reading from the twins of what it reads."""
    doubled = {"facts", *twins, *(table.name for table in MATERIALISED)}

    def of_twin(match: re.Match[str]) -> str:
        return f"{match[0]}_trusted" if match[1] in doubled else match[0]

    return _READS.sub(of_twin, source)


def _twin(name: str, source: str, twins: Collection[str]) -> str:
    """The view over trusted facts: the same statement, reading from the twins of what it reads."""
    sql = _over_trusted(source, twins).replace(f"CREATE VIEW {name} AS", f"CREATE VIEW {name}_trusted AS")
    sql = re.sub(rf"\bCOMMENT ON COLUMN {name}\.", f"COMMENT ON COLUMN {name}_trusted.", sql)
    return re.sub(rf"\bCOMMENT ON VIEW {name} IS '(.*) · (.*)'", _twin_comment(name), sql)


def _twin_comment(name: str) -> str:
    said = "as facts_trusted has them: doubtful figures withheld, verdicts applied"
    return rf"COMMENT ON VIEW {name}_trusted IS '\1; {said} · \2（可信）'"


def macro_sources() -> Mapping[str, str]:
    """The macros by name: CREATE MACRO and its comment. They may read views, and views may call them."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(MACROS_FOLDER.glob("*.sql"))}
    made = {"due_on": deadlines.macro_source(), "is_jump": jumps.macro_source()}
    return {**found, **made, "body_functions": functions.macro_source()}


def published_statements() -> tuple[str, ...]:
    """The statements that make an empty published database: tables with comments, then views and macros."""
    return (*map(ddl.create_table, TABLES.values()), *statements_for_people())


def publishing_statements(notes: Mapping[str, str]) -> tuple[str, ...]:
    """The statements that turn a copy of the build database, with its views, into a published one."""
    rows = ", ".join(f"({ddl.literal(key)}, {ddl.literal(value)})" for key, value in sorted(notes.items()))
    create = f"CREATE MACRO {ddl.PUBLISHED_NOTES}() AS TABLE FROM (VALUES {rows}) AS notes (key, value)"
    said = ddl.comment("What the published file says of itself, by which a run knows it again", "发布说明")
    about = f"COMMENT ON MACRO TABLE {ddl.PUBLISHED_NOTES} IS {ddl.literal(said)}"
    return ("DROP SCHEMA internal CASCADE", create, about)


def statements_for_people() -> Iterator[str]:
    """The comments of the tables, then views and macros."""
    for table in TABLES.values():
        yield from ddl.table_comments(table)
    yield from _in_order({**view_sources(), **macro_sources()}).values()
