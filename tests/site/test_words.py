"""Every code that a page may show has a name in both languages, and every measure is made of what its view says."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from pipeline import schema
from pipeline.explain.cells import MEANINGS
from pipeline.forms.loading import forms
from pipeline.forms.series import all_series
from pipeline.issues import CATALOGUE, REASONS
from pipeline.site.measures import measures
from pipeline.site.pages import words
from pipeline.warehouse import view_sql

WORDS = words()
GRADE_REASONS = {
    *(flaw.because for flaw in CATALOGUE.values() if flaw.grade),
    *("routes-differ", "identity-fails", "identity-incomplete", "nothing-proven", "one-route", "no-tables"),
}
CODES = {
    "level": schema.LEVELS,
    "scope": schema.SCOPES,
    "grade": schema.GRADES,
    "blame": schema.BLAMES,
    "issue": CATALOGUE,
    "quarantine": REASONS,
    "explanation": MEANINGS,
    "reason": GRADE_REASONS,
    "rule": {e.rule for f in forms() for t in f.tables for e in (*t.equations, *t.inequalities)}
    | {"R10", "R11", "R12"},
    "table": {str(t.number) for f in forms() for t in f.tables},
    "status": ("received", "late", "quarantined", "removed", "missing"),
}


@pytest.mark.parametrize("kind", CODES)
def test_every_code_has_words(kind: str) -> None:
    missing = [
        code for code in CODES[kind] if not all(WORDS[kind].get(code, {}).get(tongue) for tongue in ("zh", "en"))
    ]
    assert missing == []


def test_rates_are_made_of_the_series_that_the_query_says() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    query = view_sql.materialised_queries(())["rate_figures"]
    for rate, series in re.findall(r"\('(\w+)', '[^']+', (?:true|false), '(\w+)'", query):
        said[rate].add(series)
    assert {m.code: set(m.series) for m in measures().all if m.kind == "rate"} == said


def test_series_exist() -> None:
    known = {s.code for s in all_series()}
    assert {series for _, series in measures().made_of()} <= known
