"""Figures on two lines of a cell: never one of them without a word, in no format."""

from __future__ import annotations

import pytest

from pipeline.issues import CATALOGUE
from tests.conftest import pairings, parse_bytes
from tests.odd.kinds import OF
from tests.odd.second_lines import SECOND_LINES
from tests.odd.tables import report, table2, table3

CELLS = [(2, "1.rule", "valid"), (2, "1.doc", "made"), (2, "6.penalty", "count"), (2, "8.fee", "amount")]
PAIRS = pairings(CELLS, list(SECOND_LINES), one_in=2)


@pytest.mark.each_value
@pytest.mark.parametrize(("cell", "hand"), PAIRS)
def test_neither_of_two_figures_stands_for_both(cell: tuple[int, str, str], hand: str) -> None:
    ending, draw = SECOND_LINES[hand]
    found = parse_bytes(draw(report(two=[table2({**OF, cell: "8249\n21"})])), f"report.{ending}")
    facts = {f.key: f for f in found.facts}
    told = [i for i in found.issues if (i.table_no, i.row_code) == cell[:2]]
    value = facts[cell].value if cell in facts else None
    assert told
    assert value is None or any(i.col_code == cell[2] and CATALOGUE[i.code].doubtful for i in told)
    assert {k: str(f.value) for k, f in facts.items() if k != cell and k[0] == 2 and k[1] != cell[1]} == {
        k: v for k, v in OF.items() if k[0] == 2 and k[1] != cell[1]
    }


KEEPING = ("html", "docx", "pdf", "xlsx", "csv", "level", "zebra", "bare", "strokes_centred", "horizontal_centred")


@pytest.mark.parametrize("hand", KEEPING)
def test_where_the_cell_is_known_both_stay_as_printed(hand: str) -> None:
    ending, draw = SECOND_LINES[hand]
    cell = (2, "1.doc", "made")
    found = parse_bytes(draw(report(two=[table2({**OF, cell: "8249\n21"})])), f"report.{ending}")
    assert [f.printed.text for f in found.facts if f.key == cell] == ["8249\n21"]
    assert ("figure-word", *cell) in {(i.code, i.table_no, i.row_code, i.col_code) for i in found.issues}


@pytest.mark.parametrize("hand", ["html", "docx", "pdf", "xlsx", "csv", "level", "zebra", "bare"])
def test_what_the_identities_prove_is_one_figure(hand: str) -> None:
    ending, draw = SECOND_LINES[hand]
    cell = (3, "4", "total")
    broken = f"{OF[cell][0]}\n{OF[cell][1:]}"
    found = parse_bytes(draw(report(three=[table3({**OF, cell: broken})])), f"report.{ending}")
    assert {k: str(f.value) for f in found.facts if (k := f.key)[0] == 3} == {k: v for k, v in OF.items() if k[0] == 3}
