"""The promise of the README: every DuckDB from the oldest to the newest opens what is published and reads all of it."""

from __future__ import annotations

import pytest

from pipeline.schema import TABLES
from pipeline.warehouse import Warehouse, view_sql
from tests.clients.engines import PROMISED, ask, engine, version
from tests.warehouse.views import publish
from tests.warehouse.views.cookbook import COOKBOOK, DECIDED, QUESTION, reports


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return publish(tmp_path_factory.mktemp("clients"), *reports(), verdicts=[DECIDED])


@pytest.mark.longest
@pytest.mark.parametrize("promised", PROMISED)
def test_every_table_view_and_macro_is_read(warehouse: Warehouse, promised: str) -> None:
    questions = [f'SELECT * FROM "{name}"' for name in (*TABLES, *view_sql.view_sources())]
    questions += [f'SELECT * FROM w.zh."{name}" LIMIT 1' for name in (*TABLES, *view_sql.view_sources())]
    questions += ["SELECT due_on(2023, 'county')", "FROM facts_as_of(DATE '2100-01-01')"]
    found = ask(engine(promised), warehouse.published, questions)
    assert found["version"] == version(promised)
    assert {q: a for q, a in found["answers"].items() if isinstance(a, str)} == {}
    assert found["answers"]["SELECT due_on(2023, 'county')"] == [["2024-03-31"]]
    assert len(found["answers"]['SELECT * FROM "facts"']) == warehouse.query("SELECT count(*) FROM facts")[1][0][0]


@pytest.mark.longest
@pytest.mark.parametrize("promised", PROMISED)
def test_the_questions_of_the_cookbook_have_the_same_answers(warehouse: Warehouse, promised: str) -> None:
    questions = [found["text"].strip().rstrip(";") for found in QUESTION.finditer(COOKBOOK.read_text("utf-8"))]
    ours = {q: [[str(value) for value in row] for row in warehouse.query(q)[1]] for q in questions}
    assert questions
    assert ask(engine(promised), warehouse.published, questions)["answers"] == ours
