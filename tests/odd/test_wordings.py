"""Labels that say something else than the form's: their figures fill none of its cells, or an issue tells of them."""

from __future__ import annotations

import pytest

from tests.conftest import pairings, parse_bytes
from tests.odd.page import HANDS
from tests.odd.scoring import score
from tests.odd.tables import truth_of
from tests.odd.wordings import COUNT, GROUPS, OF, WORDINGS, _worded

GRIDS = ("html", "docx", "xlsx", "pdf", "tabs", "pipes", "csv")


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "hand"), pairings(list(WORDINGS), list(GRIDS), one_in=4))
def test_no_figure_of_another_thing_is_the_forms(kind: str, hand: str) -> None:
    odd = WORDINGS[kind]()
    ending, draw = HANDS[hand]
    found = score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth)
    assert not found.silent
    assert not found.wrong


@pytest.mark.parametrize("hand", ["lines", "spaces"])
@pytest.mark.parametrize("kind", ["last_year_beside4", "another_body_beside4"])
def test_a_word_before_the_only_row_of_a_dump_is_told(kind: str, hand: str) -> None:
    odd = WORDINGS[kind]()
    ending, draw = HANDS[hand]
    assert not score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth).silent


@pytest.mark.parametrize("hand", GRIDS)
def test_the_reports_own_year_is_this_year(hand: str) -> None:
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(_worded("2024年处理决定数量", COUNT)), f"report.{ending}")
    assert str(score(found, truth_of(OF))) == "whole"
    assert not found.issues


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "pdf", "tabs", "csv"])
@pytest.mark.parametrize("kind", ["short_outcomes4", "ways_in_short4", "word_for_cases_beside4", "own_year_beside4"])
def test_what_a_person_reads_is_read(kind: str, hand: str) -> None:
    odd = WORDINGS[kind]()
    ending, draw = HANDS[hand]
    assert str(score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth)) == "whole"


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "hand"), pairings(list(GROUPS), [*GRIDS, "lines", "spaces"], one_in=4))
def test_a_strange_group_above_rows_is_told(kind: str, hand: str) -> None:
    odd = GROUPS[kind]()
    ending, draw = HANDS[hand]
    assert not score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth).silent
