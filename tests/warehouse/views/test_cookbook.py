"""The cookbook: every question runs, every answer is what it gives, and every view of it has one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.warehouse import view_sql
from tests.warehouse.views import publish
from tests.warehouse.views.cookbook import COOKBOOK, DECIDED, QUESTION, filled, reports

# The views for people; those of versions are told in the runbook, and a twin *_trusted is asked as its view is.
ASKED = {"requests", "requests_by_applicant", "proactive", "proceedings", "reports_2014", "facts_labelled"}
ASKED |= {"series_figures", "series_by_report", "series_year_on_year", "series_by_area", "rates", "rates_by_area"}
ASKED |= {"reports_checked", "data_quality", "copies", "parts_and_whole", "verdicts_applied", "facts_trusted"}
ASKED |= {"requests_trusted", "normdocs_net_change", "year_balances", "statements_labelled", "comparisons_labelled"}
ASKED |= {"governments_missing", "publishers", "coverage", "rules", "text_likeness", "proposals_ranked", "jumps"}


@pytest.mark.long
def test_every_answer_is_what_its_question_gives(tmp_path: Path) -> None:
    text = COOKBOOK.read_text("utf-8")
    assert filled(text, publish(tmp_path, *reports(), verdicts=[DECIDED], materialised=True)) == text, (
        "run: python -m tests.warehouse.views.cookbook"
    )


def test_every_view_has_a_question_that_reads_it_and_an_answer() -> None:
    parts = re.split(r"^## ([a-z_0-9]+)\n", _questions(), flags=re.MULTILINE)[1:]
    questions = {name: list(QUESTION.finditer(text)) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    assert set(questions) <= set(view_sql.view_sources())
    assert set(questions) >= ASKED
    for name, found in questions.items():
        assert found, name
        for question in found:
            assert re.search(rf"\bFROM {name}\b", question["text"]), name
            assert question["answer"].count("\n") > 2, question["text"]


def _questions() -> str:
    return COOKBOOK.read_text("utf-8").split("## 按中文问题查找")[0]


def test_the_chinese_index_names_questions_that_are_there() -> None:
    text = COOKBOOK.read_text("utf-8")
    named = set(re.findall(r"\[(\w+)\]\(#\1\)", text.split("## 按中文问题查找")[1]))
    assert len(named) > 10
    assert named <= set(re.findall(r"^## (\w+)$", text, re.MULTILINE))
