"""Tables with the index of a program come back as they were before."""

from __future__ import annotations

import pytest

from tests.conftest import parse_bytes
from tests.odd.kinds import KINDS
from tests.odd.page import HANDS, Box, Page, Rows
from tests.odd.scoring import score


def _filled(rows: Rows) -> list[list[str]]:
    """The rows with each merged cell repeated in all of its fields."""
    at: dict[tuple[int, int], str] = {}
    for r, row in enumerate(rows):
        col = 0
        for box in row:
            while (r, col) in at:
                col += 1
            at |= {(r + d, col + n): box.text for d in range(box.down) for n in range(box.right)}
            col += box.right
    width = 1 + max(c for _, c in at)
    return [[at.get((r, c), "") for c in range(width)] for r in range(len(rows))]


def _counted(page: Page) -> Page:
    made: list[str | Rows] = []
    for part in page:
        if isinstance(part, str):
            made.append(part)
            continue
        rows = _filled(part)
        numbered = [["", *map(str, range(len(rows[0])))], *([str(n), *r] for n, r in enumerate(rows))]
        made.append([[Box(t) for t in row] for row in numbered])
    return made


@pytest.mark.parametrize("hand", ["html", "docx", "xlsx", "csv", "tabs"])
@pytest.mark.parametrize("kind", ["as_issued", "zeros_left_blank"])
def test_an_index_beside_a_table_is_no_part_of_it(kind: str, hand: str) -> None:
    odd = KINDS[kind]()
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(_counted(odd.page)), f"report.{ending}")
    assert str(score(found, odd.truth)) == "whole"
    assert not {i.code for i in found.issues} & {"cell-outside", "row-unbound", "column-unknown"}
