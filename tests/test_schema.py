"""What every table of the schema must have for the loader, the comments and the views to work."""

from __future__ import annotations

import re

import pytest

from pipeline.schema import EXTRACTED, PARTITIONED, TABLES, Column, Table
from pipeline.warehouse import ddl

COLUMNS = [pytest.param(t, c, id=f"{t.name}.{c.name}") for t in TABLES.values() for c in t.columns]
tables = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)


@tables
def test_key_is_of_required_columns(table: Table) -> None:
    required = {c.name for c in table.columns if c.required}
    assert table.key
    assert set(table.key) <= required


@tables
def test_column_names_are_plain_and_differ(table: Table) -> None:
    assert len(set(table.column_names)) == len(table.column_names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in (table.name, *table.column_names))


def test_partitioned_tables_carry_report_district_and_year() -> None:
    assert all(t.column_names[:3] == ("report_id", "district_code", "year") for t in PARTITIONED)
    assert set(EXTRACTED) <= set(PARTITIONED)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_column_says_what_it_is_in_two_languages(table: Table, column: Column) -> None:
    assert re.match("[A-Za-z0-9]", column.meaning)
    assert re.search("[一-鿿]", column.label)
    assert " · " not in column.meaning + column.label  # what stands between the two in a comment


def test_same_name_has_same_type() -> None:
    types: dict[str, set[str]] = {}
    for table in TABLES.values():
        for column in table.columns:
            types.setdefault(column.name, set()).add(column.type)
    assert {name for name, found in types.items() if len(found) > 1} == set()


def test_storage_order_begins_with_the_partition() -> None:
    order = {table.name: ddl.storage_order(table) for table in TABLES.values()}
    assert order["facts"] == '"district_code", "year", "report_id", "table_no", "row_code", "col_code"'
    assert order["quarantine"] == '"path"'


def test_digest_changes_with_a_column_but_not_with_a_meaning() -> None:
    before = ddl.digest((ddl.create_table(TABLES["files"]),))
    path, *others = TABLES["files"].columns
    reworded = Column(path.name, path.type, "Something else", "别的")
    changed = {
        what: ddl.digest((ddl.create_table(Table("files", "", "", columns, ("path",), False)),))
        for what, columns in {"word": (reworded, *others), "column": tuple(others)}.items()
    }
    assert changed["word"] == before
    assert changed["column"] != before


def test_a_quote_in_a_name_or_text_stays_in_it() -> None:
    assert ddl.quoted('a"b') == '"a""b"'
    assert ddl.literal("the organ's own") == "'the organ''s own'"
