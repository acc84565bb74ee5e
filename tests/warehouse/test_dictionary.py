"""The committed dictionary is what the schema and the views say now."""

from __future__ import annotations

from pathlib import Path

from pipeline.schema import TABLES
from pipeline.warehouse import describe_views
from pipeline.warehouse.dictionary import dictionary

COMMITTED = Path(__file__).parents[2] / "docs" / "data_dictionary.md"


def test_committed_dictionary_is_current() -> None:
    message = "run: python scripts/data_dictionary.py"
    assert COMMITTED.read_text(encoding="utf-8") == dictionary(), message


def test_every_table_view_and_column_is_in_it() -> None:
    text = dictionary()
    for table in TABLES.values():
        section = text.split(f"## {table.name}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` | " in section
            assert column.label in section
    for view in describe_views():
        section = text.split(f"## {view.name}\n")[1].split("\n## ")[0]
        assert all(f"| `{name}` | {kind} | " in section for name, kind, _ in view.columns)


def test_no_cell_of_it_is_empty_except_required() -> None:
    rows = [line for line in dictionary().splitlines() if line.startswith("| `")]
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        without_required = cells[:2] + cells[3:] if len(cells) == 5 else cells
        assert all(without_required), row
