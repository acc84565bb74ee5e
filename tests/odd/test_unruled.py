"""Pages without rulings: what a head, a label or a cell says is judged as a whole, as on a page with rulings."""

from __future__ import annotations

import pytest

from pipeline.forms.loading import form
from pipeline.issues import CATALOGUE
from pipeline.parsed import Parsed
from tests.conftest import pairings, parse_bytes
from tests.odd.kinds import OF
from tests.odd.page import HANDS, LOOSE, Box, pdf
from tests.odd.scoring import Key
from tests.odd.tables import figures, report, table2, table3, table4
from tests.odd.unruled import OTHER_LABELS, UNRULED

DRAWN = {**{name: LOOSE[name] for name in ("bare", "level", "zebra")}, "lines": HANDS["lines"]}


def _told(parsed: Parsed, key: Key) -> bool:
    """True where a warning is given for a cell, its row or its column."""
    return any(
        i.table_no == key[0]
        and ((i.row_code == key[1] and i.col_code in (None, key[2])) or (not i.row_code and i.col_code == key[2]))
        for i in parsed.issues
        if CATALOGUE[i.code].severity in ("warning", "error")
    )


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "hand"), pairings(list(UNRULED), list(DRAWN), one_in=5))
def test_no_figure_is_silently_another(kind: str, hand: str) -> None:
    odd = UNRULED[kind]()
    ending, draw = DRAWN[hand]
    found = parse_bytes(draw(odd.page), f"report.{ending}")
    facts = {f.key: str(f.value) for f in found.facts if f.value is not None}
    for key, text in odd.truth.items():
        assert facts.get(key, "") == text or _told(found, key) or (key not in facts and found.issues), key


@pytest.mark.parametrize("kind", [f"label_{text}" for _, text, _ in OTHER_LABELS])
def test_the_other_figures_of_the_table_stay(kind: str) -> None:
    odd = UNRULED[kind]()
    facts = {f.key: str(f.value) for f in parse_bytes(LOOSE["bare"][1](odd.page), "report.pdf").facts}
    assert {k: facts[k] for k, v in odd.truth.items() if v} == {k: v for k, v in odd.truth.items() if v}


@pytest.mark.parametrize("hand", ["bare", "level", "zebra"])
def test_figures_with_blanks_between_them_are_read_below_their_heads(hand: str) -> None:
    of = {k: "" if v == "0" and k[0] == 3 else v for k, v in figures(6, 0.8).items()}
    found = parse_bytes(LOOSE[hand][1](report([table2(of)], [table3(of)], [table4(of)])), "report.pdf")
    facts = {f.key: str(f.value) for f in found.facts if f.key[0] == 3 and f.value is not None}
    printed = {k: v for k, v in of.items() if k[0] == 3 and v}
    assert len(facts) > 0.85 * len(printed)
    assert facts == {k: printed[k] for k in facts}


def test_where_a_column_has_two_heads_none_is_guessed() -> None:
    """Nothing stands below 科研机构, whose head is taken for one of the column before it."""
    of = {k: "" if k[0] == 3 and (k[2] == "research" or v == "0") else v for k, v in figures(54, 0.6).items()}
    found = parse_bytes(LOOSE["bare"][1](report([table2(of)], [table3(of)], [table4(of)])), "report.pdf")
    facts = {f.key: str(f.value) for f in found.facts if f.key[0] == 3 and f.value is not None}
    assert facts == {k: of[k] for k in facts}


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["bare", "level"])
@pytest.mark.parametrize("text", ["≥12", "约12", "1O", "12件\n5项"])
@pytest.mark.parametrize("row", ["1", "3.5.1"])
def test_a_cell_that_is_no_figure_loses_no_other(row: str, text: str, hand: str) -> None:
    """Beside the second line of 3.5.1 stands the name of its group."""
    of = {**OF, (3, row, "business"): text}
    found = parse_bytes(LOOSE[hand][1](report(three=[table3(of)])), "report.pdf")
    facts = {f.key: "" if f.value is None else str(f.value) for f in found.facts if f.key[0] == 3}
    assert facts == {k: "" if v == text else v for k, v in of.items() if k[0] == 3}
    assert ("figure-word", row, "business") in {(i.code, i.row_code, i.col_code) for i in found.issues}


@pytest.mark.each_value
@pytest.mark.parametrize("borders", ["none", "horizontal", "zebra"])
@pytest.mark.parametrize("name", ["2019", "2021"])
def test_figures_half_way_between_two_rows_are_of_neither(name: str, borders: str) -> None:
    """The cells of the rows of penalties are merged down, and their figures stand around the middle."""
    rows: list[list[Box]] = []
    of: dict[Key, str] = {}
    for block in form(name).table(2).blocks:
        spans = {1: 6, 2: 3, 3: 2}[len(block.columns)]
        heads = [Box(c.path[-1], spans) for c in block.columns]
        rows += [[Box(block.rows[0].path[0], 7)], [Box("信息内容"), *heads]]
        for row in block.rows:
            keys = [(2, row.code, c.code) for c in block.columns]
            of |= {key: str(101 + len(of) + n) for n, key in enumerate(keys)}
            down = {"6.penalty": 2, "6.coercion": 0}.get(row.code, 1)
            rows.append([Box(row.path[-1]), *(Box(of[k], spans, down) for k in keys if down)])
    page = report(two=[rows], year={"2019": 2020, "2021": 2024}[name])
    found = parse_bytes(pdf(page, borders, centred=True), "report.pdf")
    facts = {f.key: str(f.value) for f in found.facts if f.key[0] == 2 and f.value is not None}
    assert facts == {k: v for k, v in of.items() if not k[1].startswith("6.")}
    assert _told(found, (2, "6.penalty", "count"))
    assert _told(found, (2, "6.coercion", "count"))
