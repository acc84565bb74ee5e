"""`docs/clients.md`: every block of Python in it runs and gives the rows, and what it says of listings holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.warehouse import Warehouse
from tests.warehouse.views import publish
from tests.warehouse.views.cookbook import reports

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "clients.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return publish(tmp_path_factory.mktemp("page"), *reports())


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_gives_the_rows(warehouse: Warehouse, number: int) -> None:
    names = {"WAREHOUSE": str(warehouse.published)}
    exec(BLOCKS[number], names)
    frame = names["frame"]
    assert len(frame) == warehouse.query("SELECT count(*) FROM requests")[1][0][0] > 0


def test_listings_show_what_is_for_people(warehouse: Warehouse) -> None:
    assert BLOCKS
    schemas = warehouse.query("SELECT DISTINCT table_schema FROM information_schema.tables ORDER BY 1")[1]
    assert schemas == [("main",), ("zh",)]
    types = warehouse.query("SELECT DISTINCT data_type FROM information_schema.columns")[1]
    assert {kind for (kind,) in types} <= set(re.findall(r"[A-Z]{4,}(?:\(18,6\))?", PAGE))
