"""Odd documents of every kind in every format: no figure is silently wrong or lost."""

from __future__ import annotations

import pytest

from tests.conftest import parse_bytes
from tests.odd.kinds import KINDS
from tests.odd.page import HANDS
from tests.odd.scoring import score

RULED = ("html", "docx", "xlsx", "tabs", "pipes", "csv")
# What a person reads at a glance in a table with lines, and these formats give whole.
WHOLE = (
    "as_issued",
    "header3_joined_by_dash",
    "header3_in_brackets",
    "header3_whole_path",
    "header3_torn_over_rows",
    "header3_with_subtotal",
    "serial_numbers",
    "remarks_with_numbers3",
    "years_above_columns3",
    "years_as_rows4",
)


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_silently_wrong(kind: str, hand: str) -> None:
    odd = KINDS[kind]()
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(odd.page), f"report.{ending}")
    assert not score(found, odd.truth).silent


@pytest.mark.parametrize("hand", RULED)
@pytest.mark.parametrize("kind", WHOLE)
def test_what_a_person_reads_is_read(kind: str, hand: str) -> None:
    odd = KINDS[kind]()
    ending, draw = HANDS[hand]
    found = score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth)
    assert str(found) == "whole"
