"""Readings of a picture: which are certain, and which of two the identities choose; they never invent a third."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline.document import Cell, Ocr
from pipeline.facts import extract
from pipeline.forms.model import Form
from pipeline.layout.dumps import reflow
from pipeline.matching import Match, match
from pipeline.readers import read
from pipeline.trust.balances import balances
from pipeline.trust.certainty import SURE, chosen, doubts, is_certain, uncertain
from tests.render import Figures, balanced_figures, text_report

Place = tuple[str, str]
ALIKE = Ocr(1.0, "7", 1.0)


@pytest.fixture(scope="module")
def figures(form_2021: Form) -> Figures:
    return balanced_figures(form_2021, random.Random(5))


@pytest.fixture(scope="module")
def proceedings(form_2021: Form, figures: Figures) -> Match:
    """Table 四 of a report, as matched: three groups of four figures and their total."""
    document = reflow(read(text_report(form_2021, figures).encode()), (form_2021,))
    return next(m for m in match(document, (form_2021,)) if m.table.number == 4)


def seen(table: Match, readings: dict[Place, tuple[str, Ocr]]) -> Match:
    """The table with some cells read from a picture."""
    changed = {
        b.cell: b.cell._replace(text=readings[place][0], ocr=readings[place][1])
        for b in table.bound
        if (place := (b.row.code, b.column.code)) in readings
    }
    assert len(changed) == len(readings)
    return replace(
        table,
        bound=tuple(b._replace(cell=changed.get(b.cell, b.cell)) for b in table.bound),
        body=frozenset(changed.get(c, c) for c in table.body),
    )


def text_of(table: Match, place: Place) -> str:
    return next(b.cell.text for b in table.bound if (b.row.code, b.column.code) == place)


def true(figures: Figures, *columns: str) -> list[str]:
    return [figures[4, "1", c] for c in columns]


@pytest.mark.parametrize(
    ("text", "ocr", "certain"),
    [
        ("7", None, True),
        ("7", ALIKE, True),
        ("7", Ocr(SURE, "7", SURE), True),
        ("1,234", Ocr(1.0, "1234", 1.0), True),
        ("—", Ocr(1.0, "-", 1.0), True),
        ("", Ocr(1.0, "", 1.0), True),
        ("7", Ocr(0.89, "7", 1.0), False),
        ("7", Ocr(1.0, "7", 0.89), False),
        ("7", Ocr(1.0, "1", 1.0), False),
        ("7", Ocr(1.0, None), False),
        ("", Ocr(1.0, "7", 1.0), False),
        ("1.234", Ocr(1.0, "1,234", 1.0), False),
    ],
)
def test_a_figure_is_certain_where_both_surely_read_the_same(text: str, ocr: Ocr | None, certain: bool) -> None:
    assert is_certain(Cell(1, 0, 0, text, ocr=ocr)) is certain


def test_an_uncertain_figure_is_told_unless_an_identity_holds_with_it(proceedings: Match, figures: Figures) -> None:
    upheld, direct = true(figures, "review.upheld", "direct.upheld")
    table = seen(proceedings, {
        ("1", "review.upheld"): (upheld, Ocr(0.5, None)),  # its group still adds up
        ("1", "direct.upheld"): (direct + "1", Ocr(0.5, direct[:-1], 0.6)),
    })  # fmt: skip
    facts, _ = extract(table)
    worked = list(balances(table.table, table.form.name, facts))
    assert [f.key for f in uncertain(facts, worked)] == [(4, "1", "direct.upheld")]
    (told,) = doubts(facts, worked)
    assert (told.code, told.row_code, told.col_code) == ("ocr-uncertain", "1", "direct.upheld")
    assert direct + "1" in told.sentence


@pytest.mark.parametrize("by", ["other", "rivals"])
def test_the_reading_with_which_all_adds_up_is_taken_and_told(proceedings: Match, figures: Figures, by: str) -> None:
    (upheld,) = true(figures, "review.upheld")
    ocr = Ocr(0.95, upheld, 0.7) if by == "other" else Ocr(0.95, "999", 0.7, ("x", upheld))
    found = chosen(seen(proceedings, {("1", "review.upheld"): (upheld + "1", ocr)}))
    assert text_of(found, ("1", "review.upheld")) == upheld
    (told,) = [i for i in found.issues if i not in proceedings.issues]
    assert (told.code, told.printed) == ("ocr-repaired", upheld + "1")
    taken = next(b.cell for b in found.bound if b.column.code == "review.upheld")
    assert not is_certain(taken)  # the identity vouches for it, no recogniser
    assert taken in found.body


def test_two_cells_of_apart_identities_are_both_mended(proceedings: Match, figures: Figures) -> None:
    columns = "review.upheld", "direct.pending"
    right = dict(zip(columns, true(figures, *columns), strict=True))
    found = chosen(seen(proceedings, {("1", c): (v + "0", Ocr(0.9, v, 0.9)) for c, v in right.items()}))
    assert {c: text_of(found, ("1", c)) for c in columns} == right


def test_nothing_is_taken_that_nobody_read_or_that_is_a_guess(proceedings: Match, figures: Figures) -> None:
    upheld, corrected = true(figures, "review.upheld", "review.corrected")
    nobody = seen(proceedings, {("1", "review.upheld"): (upheld + "1", Ocr(0.9, upheld + "2", 0.9))})
    either = seen(proceedings, {  # one less in any of the two makes the sum right
        ("1", "review.upheld"): (str(int(upheld) + 1), Ocr(0.9, upheld, 0.9)),
        ("1", "review.corrected"): (corrected, Ocr(0.9, str(int(corrected) - 1), 0.9)),
    })  # fmt: skip
    holds = seen(proceedings, {("1", "review.upheld"): (upheld, Ocr(0.5, upheld + "1", 0.9))})
    alike = seen(proceedings, {("1", "review.upheld"): (upheld + "1", Ocr(0.5, upheld + "1", 0.9, ("word",)))})
    for table in (nobody, either, holds, alike, proceedings):
        assert chosen(table) is table


def test_a_page_on_which_the_two_mostly_differ_is_left_as_it_is(form_2021: Form, figures: Figures) -> None:
    document = reflow(read(text_report(form_2021, figures).encode()), (form_2021,))
    requests = next(m for m in match(document, (form_2021,)) if m.table.number == 3)
    keys = [k for k in figures if k[0] == 3][:17]
    table = seen(requests, {k[1:]: (figures[k] + "1", Ocr(0.9, figures[k], 0.9)) for k in keys})
    assert chosen(table) is table
