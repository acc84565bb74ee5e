"""Rows of dumps that print more figures than the form has columns: read where the identities leave one reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from pipeline.parsed import Parsed
from tests.conftest import assert_accounted, parse_text
from tests.odd.kinds import LAST, OF, TRUE
from tests.odd.page import Box, Page, lines, spaces
from tests.odd.scoring import score
from tests.odd.tables import COLUMNS, MADE, body3, head3, report

Hand = Callable[[Page], bytes]


def read(hand: Hand, rows: Sequence[Sequence[Box]]) -> Parsed:
    return parse_text(hand(report(three=[[*head3(), *rows]])).decode())


def with_another(at: int, rows: Sequence[int]) -> list[list[Box]]:
    """Table 三 with one more figure in some rows, before the figure `at`."""
    body = [list(row) for row in body3(OF)]
    for n in rows:
        start = len(body[n]) - len(COLUMNS)
        body[n].insert(start + at, Box(str(31 + n)))
    return body


@pytest.mark.parametrize("hand", [lines, spaces])
@pytest.mark.parametrize("at", range(len(COLUMNS) + 1))
def test_one_more_column_is_left_out_wherever_it_stands(hand: Hand, at: int) -> None:
    rows = range(len(MADE.table(3).rows))
    found = read(hand, with_another(at, rows))
    assert str(score(found, TRUE)) == "whole"
    assert [i.printed for i in found.issues if i.code == "figure-surplus"] == [str(31 + n) for n in rows]
    assert_accounted(found)


@pytest.mark.parametrize("hand", [lines, spaces])
def test_a_single_row_with_one_more_figure_proves_nothing(hand: Hand) -> None:
    found = score(read(hand, with_another(7, [4])), TRUE)
    assert (found.right, found.wrong, found.silent) == (200 - 7, 0, ())


@pytest.mark.parametrize("hand", [lines, spaces])
def test_two_whole_tables_side_by_side_leave_two_readings(hand: Hand) -> None:
    both = [
        [*row, *(Box(LAST[3, line.code, c]) for c in COLUMNS)]
        for row, line in zip(body3(OF), MADE.table(3).rows, strict=True)
    ]
    found = score(read(hand, both), TRUE)
    assert (found.right, found.wrong, found.silent) == (25, 0, ())
