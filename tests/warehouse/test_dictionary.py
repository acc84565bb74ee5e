"""The committed dictionary is what the schema and the views say now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.schema import MATERIALISED, TABLES
from pipeline.warehouse import describe_views, view_sql
from pipeline.warehouse.dictionary import LEAD, dictionary, upkeep

COMMITTED = Path(__file__).parents[2] / "docs" / "data_dictionary.md"


@pytest.fixture(scope="module")
def made() -> str:
    return dictionary()


@pytest.fixture(scope="module")
def by_upkeep() -> str:
    return upkeep()


def test_committed_dictionary_is_current(made: str, by_upkeep: str) -> None:
    message = "run: python scripts/data_dictionary.py"
    assert COMMITTED.read_text(encoding="utf-8") == made, message
    assert COMMITTED.with_name("data_dictionary_upkeep.md").read_text(encoding="utf-8") == by_upkeep, message


def test_every_column_is_told_once_and_named_in_its_section(made: str, by_upkeep: str) -> None:
    text = made + by_upkeep
    views = {view.name: [name for name, _, _ in view.columns] for view in describe_views()}
    twins = {name for name in views if name.removesuffix("_trusted") in views and name.endswith("_trusted")}
    assert len(twins) == len(view_sql.with_twins())
    twins |= {table.name for table in MATERIALISED if table.name.endswith("_trusted")}
    for name, columns in ({t.name: list(t.column_names) for t in TABLES.values()} | views).items():
        if name in twins:
            assert f"`{name}` is the same over" in text
            continue
        section = text.split(f"## {name}\n")[1].split("\n## ")[0]
        told = {*re.findall(r"`(\w+)`", section), *(LEAD if "*the report*" in section else ())}
        assert set(columns) <= told, name
    rows = [line for line in text.splitlines() if line.startswith("- `")]
    assert len(set(rows)) == len(rows)


def test_it_can_be_read_in_one_go(made: str) -> None:
    assert len(made.encode()) <= 60_000


def test_the_contents_name_every_section(made: str) -> None:
    text = made
    contents = text.split("\n## ")[0]
    sections = re.findall(r"^## (\w+)$", text, re.MULTILINE)
    assert sections
    assert [name for name in sections if f"(#{name})" not in contents] == []


def test_every_column_has_a_meaning_in_two_languages(made: str, by_upkeep: str) -> None:
    rows = [line for line in (made + by_upkeep).splitlines() if line.startswith("- `")]
    assert rows
    assert [row for row in rows if not re.fullmatch(r"- `\w+`[^:]*: \S.* · .*[一-鿿].*", row)] == []
