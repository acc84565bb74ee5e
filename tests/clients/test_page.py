"""`docs/clients.md`: every block of Python in it runs and gives the rows, and what it says of listings holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.schema import TABLES, Table
from pipeline.warehouse import Warehouse
from pipeline.warehouse.dictionary import JOINS
from tests.clients.engines import clients
from tests.warehouse.views import publish_file
from tests.warehouse.views.cookbook import reports

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "clients.md").read_text("utf-8")
ALL = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
# What needs packages that the project does not have is run aside, with those of tests/clients/clients.lock.
ASIDE = [block for block in ALL if re.search(r"\.pl\(\)|import (?:ibis|sqlalchemy)", block)]
BLOCKS = [block for block in ALL if block not in ASIDE]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return publish_file(tmp_path_factory.mktemp("page"), *reports())


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_gives_the_rows(warehouse: Warehouse, number: int) -> None:
    names = {"WAREHOUSE": str(warehouse.published)}
    exec(BLOCKS[number], names)
    frame = names["frame"]
    assert len(frame) == warehouse.query("SELECT count(*) FROM requests")[1][0][0] > 0


@pytest.mark.long
def test_the_clients_aside_give_the_rows(warehouse: Warehouse, tmp_path: Path) -> None:
    """In one process, since importing them is most of the work; each with its own copy, as they open it differently."""
    expected = warehouse.query("SELECT count(*) FROM requests")[1][0][0]
    program = "found = []\n"
    for number, block in enumerate(ASIDE):
        copy = shutil.copy(warehouse.published, tmp_path / f"{number}.duckdb")
        program += f"WAREHOUSE = {str(copy)!r}\n{block}\nfound.append(len(frame))\n"
    program += "print(found)"
    env = {**os.environ, "PYTHONPATH": str(clients())}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(ASIDE) == 3
    assert done.stdout.strip() == str([expected] * 3)


def test_listings_show_what_is_for_people(warehouse: Warehouse) -> None:
    assert BLOCKS
    schemas = warehouse.query("SELECT DISTINCT table_schema FROM information_schema.tables ORDER BY 1")[1]
    assert schemas == [("main",), ("zh",)]
    types = warehouse.query("SELECT DISTINCT data_type FROM information_schema.columns")[1]
    assert {kind for (kind,) in types} <= set(re.findall(r"[A-Z]{4,}(?:\(18,6\))?", PAGE))


def test_the_joins_of_the_dictionary_hold(warehouse: Warehouse) -> None:
    """Every row finds the one row that it is said to find; where a column is empty there is nothing to find.

    These reports lie in no files: a published night holds the join to them (`tests/runs/test_publication.py`).
    """
    tried = 0
    for tables, columns, other, others in (join for join in JOINS if join[2] != "files"):
        there = " AND ".join(f"{name} IS NOT NULL" for name in columns.split(", "))
        key = f"SELECT {others} FROM {other} GROUP BY ALL HAVING count(*) > 1"
        assert warehouse.query(key)[1] == [], other
        for table in tables:
            rows = f"SELECT {columns} FROM {table} WHERE {there}"
            tried += len(warehouse.query(rows)[1])
            assert warehouse.query(f"{rows} EXCEPT SELECT {others} FROM {other}")[1] == [], (table, other)
    assert tried > 1000


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_key_of_a_table_is_unique(warehouse: Warehouse, table: Table) -> None:
    key = ", ".join(f'"{name}"' for name in table.key)
    assert warehouse.query(f"SELECT {key} FROM {table.name} GROUP BY ALL HAVING count(*) > 1")[1] == []


def test_what_the_warehouse_keeps_for_itself_is_out_of_sight(warehouse: Warehouse) -> None:
    found = warehouse.query("SELECT DISTINCT schema_name FROM duckdb_tables() ORDER BY 1")[1]
    assert found == [("main",)]
