"""Figures in pieces: what stands apart in a cell is never read as one figure, what nobody sees is no part of one."""

from __future__ import annotations

import pytest

from tests.conftest import pairings, parse_bytes
from tests.odd.pieces import PIECES
from tests.odd.scoring import score


@pytest.mark.each_value
@pytest.mark.parametrize("kind", [kind for (kind,) in pairings(list(PIECES), one_in=2)])
def test_no_piece_is_silently_a_part_of_a_figure(kind: str) -> None:
    ending, data, truth = PIECES[kind]()
    found = score(parse_bytes(data, f"report.{ending}"), truth)
    assert not found.silent
    assert found.right >= 198
