"""Page numbers in dumps of one cell a line never pass for figures without an issue."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from pipeline.forms.loading import form
from pipeline.parsed import Parsed
from tests.conftest import parse_text, printed
from tests.layout.test_dumps import one_cell_a_line, table_rows
from tests.render import HEADINGS, TITLE, Figures, distinct_figures

PROSE = "2024 年本街道通过网站公开政府信息，按照要求做好各项工作，主动回应社会关切。"
COERCION = (2, "6.coercion", "count")


def cells(of: Figures, number: int, name: str = "2021") -> list[str]:
    return one_cell_a_line(list(table_rows(form(name).table(number), of))).split("\n")


def report(of: Figures, pages: Sequence[str] = (), name: str = "2021", lost: str = "", instead: str = "") -> Parsed:
    """A dump with page numbers in its text, and one figure lost, or something else on its line."""
    two = [instead if c == lost else c for c in cells(of, 2, name)]
    numbers = [*pages, "", "", ""]
    parts = [TITLE, HEADINGS[1], PROSE, numbers[0], PROSE, HEADINGS[2], *two, HEADINGS[3]]
    parts += [*cells(of, 3, name), PROSE, numbers[1], PROSE, HEADINGS[4], *cells(of, 4, name)]
    parts += [HEADINGS[5], PROSE, numbers[2], PROSE, HEADINGS[6], "无。"]
    return parse_text("\n\n".join(p for p in parts if p))


def figures(name: str = "2021") -> Figures:
    return distinct_figures(form(name), random.Random(7))


@pytest.mark.parametrize("number", ["2", "3", "17", "３"])
@pytest.mark.parametrize(
    "key",
    [
        COERCION,
        (2, "5.permit", "count"),
        (2, "8.fee", "amount"),
        (2, "1.doc", "valid"),
        (2, "1.doc", "made"),
        (2, "1.rule", "repealed"),
    ],
)
def test_a_lone_number_that_may_be_a_page_s_has_an_issue(key: tuple[int, str, str], number: str) -> None:
    of = figures()
    found = report(of, lost=of[key], instead=number)
    assert ("figure-maybe-page", *key) in {(i.code, i.table_no, i.row_code, i.col_code) for i in found.issues}
    assert found.judged.trust[key] == "doubtful"


def test_a_table_that_prints_zeros_has_lost_no_blank() -> None:
    of = {**figures(), (2, "6.penalty", "count"): "0", COERCION: "3"}
    found = report(of)
    assert printed(found) == of
    assert "figure-maybe-page" not in {i.code for i in found.issues}


def test_large_figures_are_no_page_numbers() -> None:
    assert "figure-maybe-page" not in {i.code for i in report(figures()).issues}


def test_the_number_between_two_of_the_text_is_a_page_s() -> None:
    of = {**figures(), (2, "6.penalty", "count"): "0"}
    found = report(of, ("1", "3"), lost=of[COERCION], instead="2")
    assert COERCION not in printed(found)
    assert {(i.table_no, i.row_code) for i in found.issues} >= {(2, "6.coercion")}


@pytest.mark.parametrize("dress", ["- 2 -", "—2—", "第2页", "第 2 页 共 6 页", "2/6", "Page 2 of 6"])
def test_a_number_in_a_page_s_dress_is_no_cell(dress: str) -> None:
    of = figures()
    found = report(of, lost=of[COERCION], instead=dress)
    assert COERCION not in printed(found)
    assert {(i.table_no, i.row_code) for i in found.issues} >= {(2, "6.coercion")}


@pytest.mark.parametrize("dress", ["- 2 -", "第2页共6页", "2"])
@pytest.mark.parametrize("key", [(2, "1.rule", "repealed"), (3, "3.3.1", "legal"), (4, "1", "direct.other")])
def test_a_number_among_the_figures_of_a_row_is_taken_out(key: tuple[int, str, str], dress: str) -> None:
    """Of a bare one the numbers before and behind it in the text must say so."""
    of = {**figures(), (2, "6.penalty", "count"): "0"}
    lines = {n: [c for v in cells(of, n) for c in ([v, dress] if v == of[key] else [v])] for n in (2, 3, 4)}
    text = [TITLE, HEADINGS[1], PROSE, "1", PROSE, HEADINGS[2], *lines[2], HEADINGS[3], *lines[3], HEADINGS[4]]
    found = parse_text("\n".join([*text, *lines[4], HEADINGS[5], PROSE, "3", PROSE, HEADINGS[6], "无。"]))
    assert printed(found) == of


def test_a_number_that_the_text_awaits_has_an_issue() -> None:
    of = {**figures(), (2, "6.penalty", "count"): "0", (2, "1.rule", "made"): "3", COERCION: "3"}
    found = report(of, ("1", "4"))
    assert {i.row_code for i in found.issues if i.code == "figure-maybe-page"} == {"1.rule", "6.coercion"}


@pytest.mark.parametrize("row", ["8.fee", "1.rule", "9.procurement"])
def test_rows_of_the_older_form_as_well(row: str) -> None:
    of = figures("2019")
    last = [k for k in of if k[:2] == (2, row)][-1]
    found = report(of, name="2019", lost=of[last], instead="4")
    assert (2, row) in {(i.table_no, i.row_code) for i in found.issues if i.code == "figure-maybe-page"}
