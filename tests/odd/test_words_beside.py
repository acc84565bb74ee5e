"""Words beside a label of a dump are part of it: a figure below or behind them is never silently the form's."""

from __future__ import annotations

import pytest

from pipeline.issues import CATALOGUE
from pipeline.parsed import Parsed
from tests.conftest import assert_accounted, pairings, parse_bytes
from tests.odd.words_beside import CHANGES, LAYOUTS, Changed, changed_labels, drawn

LABELS = {f"{c.form}-{c.table}-{c.row}-{c.field}": c for c in (*changed_labels("2021"), *changed_labels("2019"))}
CASES = pairings(list(LABELS), list(CHANGES), list(LAYOUTS), one_in=97)
DOUBTFUL = ("warning", "error")


def _told(parsed: Parsed, key: tuple[int, str, str]) -> bool:
    """True where a warning is given for a cell, its row or its column; a sum that fails is none."""
    return any(
        i.table_no == key[0]
        and ((i.row_code == key[1] and i.col_code in (None, key[2])) or (not i.row_code and i.col_code == key[2]))
        for i in parsed.issues
        if CATALOGUE[i.code].severity in DOUBTFUL and i.code != "balance-fails"
    )


OTHERS = {
    "行政复议": "行政调解",
    "行政诉讼": "行政仲裁",
    "复议后起诉": "二审",
    "法人或其他组织": "分支机构",
    "科研机构": "中介组织",
}
REPLACED = pairings([n for n, c in LABELS.items() if c.label in OTHERS], list(LAYOUTS), one_in=2)


@pytest.mark.each_value
@pytest.mark.parametrize(("name", "layout"), REPLACED)
def test_heads_of_other_figures_are_told(name: str, layout: str) -> None:
    of = LABELS[name]
    data, _ = drawn(of, lambda label: OTHERS[label], LAYOUTS[layout])
    parsed = parse_bytes(data)
    assert all(_told(parsed, key) for key in of.cells)
    assert_accounted(parsed)


@pytest.mark.each_value
@pytest.mark.parametrize(("name", "change", "layout"), CASES)
def test_no_figure_below_or_behind_other_words_is_silently_the_forms(name: str, change: str, layout: str) -> None:
    of: Changed = LABELS[name]
    data, true = drawn(of, CHANGES[change], LAYOUTS[layout])
    parsed = parse_bytes(data)
    facts = {f.key: f.printed.text.strip() for f in parsed.facts}
    told = {(i.table_no, i.row_code) for i in parsed.issues}
    for key, text in ((k, t) for k, t in true.items() if k[0] == of.table):
        found = facts.get(key, "")
        if found and (key in of.cells or found != text):
            assert _told(parsed, key), key
        elif not found:
            assert {(of.table, key[1]), (of.table, None), (None, None)} & told, key
    assert_accounted(parsed)
