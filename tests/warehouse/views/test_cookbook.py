"""The cookbook: every question runs, every answer is what it gives, and every view of it has one."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.warehouse import ddl
from tests.warehouse.views import publish
from tests.warehouse.views.cookbook import COOKBOOK, DECIDED, QUESTION, filled, reports

# The views for people; those of versions are told in the runbook, and a twin *_trusted is asked as its view is.
ASKED = {"requests", "requests_by_applicant", "proactive", "proceedings", "reports_2014", "facts_labelled"}
ASKED |= {"series_figures", "series_by_report", "series_year_on_year", "series_by_area", "rates", "rates_by_area"}
ASKED |= {"reports_checked", "data_quality", "copies", "parts_and_whole", "verdicts_applied", "facts_trusted"}
ASKED |= {"requests_trusted", "normdocs_net_change", "year_balances", "statements_labelled", "comparisons_labelled"}


def test_every_answer_is_what_its_question_gives(tmp_path: Path) -> None:
    text = COOKBOOK.read_text("utf-8")
    assert filled(text, publish(tmp_path, *reports(), verdicts=[DECIDED])) == text, (
        "run: python -m tests.warehouse.views.cookbook"
    )


def test_every_view_has_a_question_that_reads_it_and_an_answer() -> None:
    parts = re.split(r"^## (\w+)\n", COOKBOOK.read_text("utf-8"), flags=re.MULTILINE)[1:]
    questions = {name: list(QUESTION.finditer(text)) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    assert set(questions) <= set(ddl.view_sources())
    assert set(questions) >= ASKED
    for name, found in questions.items():
        assert found, name
        for question in found:
            assert re.search(rf"\bFROM {name}\b", question["text"]), name
            assert question["answer"].count("\n") > 2, question["text"]
