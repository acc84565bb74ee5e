"""Which cell is wrong: the sets of cells in the order of their witnesses, and what rules between years point at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schema import COMPARISONS, PROPOSALS
from pipeline.trust.proposals import slip_of_digits
from pipeline.trust.proposals.model import RANK
from pipeline.warehouse import view_sql
from tests import warehouse_rows as rows
from tests.warehouse.views import records, show

Printed = dict[rows.CellKey, float | str]
DOC = "1.doc"
SHOWN = "year, row_code || ':' || col_code, proposed, alternatives, rank"


def made(year: int, printed: Printed, name: str = "甲", **given: Any) -> rows.Frames:
    """A report with these cells and no others, and without identities worked out."""
    found = rows.report(name, year=year, printed=printed, cells=list(printed), **given)
    return {table: frame for table, frame in found.items() if table != "balances"}


def stock(made_now: float | str, repealed: float | str, valid: float | str) -> Printed:
    return {(2, DOC, "made"): made_now, (2, DOC, "repealed"): repealed, (2, DOC, "valid"): valid}


def keys(report: rows.Frames) -> dict[str, Any]:
    found = report["reports"].iloc[0]
    return {n: found[n] for n in ("report_id", "district_code")} | {"year": int(found["year"])}


def said(report: rows.Frames, cell: str, stated: float) -> rows.Frames:
    """The report with a claim of its text about a cell."""
    claim = {"comparison_no": 1, "rule": "R23", "cells_used": cell, "stated_value": stated, "state": "differ"}
    return {**report, "comparisons": rows.frame(COMPARISONS, [rows.filled(COMPARISONS, **keys(report), **claim)])}


def proposing(
    report: rows.Frames, sets: Mapping[str, float], borne_out: Mapping[str, int] | None = None
) -> rows.Frames:
    """The report with a proposal for each of these cells of table 4, as if one identity failed."""
    table = [
        rows.filled(
            PROPOSALS, **keys(report), table_no=4, set_no=n, row_code="1", col_code=col, proposed=value, size=1,
            alternatives=len(sets) - 1, explanation="other", mends="R04@1:review.total", borne_out=(borne_out or {}).get(col, 0),
        )
        for n, (col, value) in enumerate(sets.items(), 1)
    ]  # fmt: skip
    return {**report, "proposals": rows.frame(PROPOSALS, table)}


def found_by_years(*reports: rows.Frames) -> list[tuple[Any, ...]]:
    sql = f"SELECT {SHOWN} FROM proposals_ranked WHERE found_by = 'years' ORDER BY year, rank, 2"
    return show(*reports).query(sql)[1]


def test_a_stock_that_does_not_follow_points_at_each_of_its_cells() -> None:
    """14 in force, 2 made, 1 repealed, and 12 in force: it should be 15."""
    before, now = made(2023, stock(0.0, 0.0, 14.0)), made(2024, stock(2.0, 1.0, 12.0))
    warehouse = show(before, now)
    found = records(warehouse, "FROM proposals_ranked ORDER BY rank")
    told = {(r["year"], r["col_code"]): (r["proposed"], r["printed"], r["explanation"]) for r in found}
    assert told == {
        (2024, "valid"): (15, "12", "digit-changed"),
        (2024, "repealed"): (4, "1", "other"),
        (2023, "valid"): (11, "14", "digit-changed"),
    }  # none could be made: the number would be below 0
    assert {r["alternatives"] for r in found} == {2}
    assert {(r["found_by"], r["mends"], r["size"], r["set_no"]) for r in found} == {
        ("years", "R11@1.doc:valid@2024", 1, None)
    }
    assert [r["rank"] for r in found] == [1, 2, 3]
    assert found[0]["year"] == 2024


def test_the_years_around_it_leave_one_cell() -> None:
    """What two failing rules share is named alone; a cell whose change would break a rule that holds is not named."""
    years = {2021: (0, 0, 10), 2022: (2, 0, 12), 2023: (3, 1, 41), 2024: (2, 1, 15)}
    wrong_stock = [made(y, stock(*map(float, n))) for y, n in years.items()]
    assert found_by_years(*wrong_stock) == [(2023, "1.doc:valid", 14, 0, 1)]
    years |= {2023: (8, 1, 14)}
    wrong_flow = [made(y, stock(*map(float, n))) for y, n in years.items()]
    assert found_by_years(*wrong_flow) == [
        (2023, "1.doc:made", 3, 1, 1),
        (2023, "1.doc:repealed", 6, 1, 2),
    ]


@pytest.mark.parametrize(
    ("cell", "stated", "first"), [("2:1.doc:made", 4.0, "made"), ("2:1.doc:valid", 12.0, "made"), ("", 0.0, "valid")]
)
def test_the_text_speaks_for_a_cell_and_against_another(cell: str, stated: float, first: str) -> None:
    before, now = made(2023, stock(0.0, 0.0, 9.0)), made(2024, stock(2.0, 1.0, 12.0))
    now = said(now, cell, stated) if cell else now
    found = records(show(before, now), "FROM proposals_ranked WHERE year = 2024 ORDER BY rank")
    assert found[0]["col_code"] == first
    assert len(found) == 2  # not the repealed, of which there would be -1


def test_what_the_two_ways_read_differently_comes_first() -> None:
    now = made(2024, stock(2.0, 1.0, 12.0))
    facts = now["facts"]
    facts["route"] = ["differ" if c == "made" else "both" for c in facts["col_code"]]
    found = records(show(made(2023, stock(0.0, 0.0, 9.0)), now), "FROM proposals_ranked ORDER BY rank")
    assert (found[0]["col_code"], found[0]["proposed"], found[0]["borne_out"]) == ("made", 4, 1)
    assert {r["blame"] for r in found} == {"misread"}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (stock(0.0, 0.0, 14.0), stock(2.0, 1.0, 15.0)),
        (stock(0.0, 0.0, 14.0), stock(2.0, 1.0, "/")),
        ({(3, "4", "total"): 4.0}, {(3, "1", "total"): 1.0}),
    ],
)
def test_what_holds_or_cannot_be_worked_out_points_at_nothing(before: Printed, now: Printed) -> None:
    assert found_by_years(made(2023, before), made(2024, now)) == []


def test_blanks_count_as_zero_and_say_so() -> None:
    before, now = made(2023, stock("", "", 14.0)), made(2024, stock("", "", 17.0))
    found = records(show(before, now), "FROM proposals_ranked ORDER BY rank")
    first = found[0]
    assert (first["col_code"], first["proposed"], first["explanation"]) == ("made", 3, "blank-for-number")
    assert {r["blank_as_zero"] for r in found} == {True}


def test_cells_for_which_an_identity_speaks_are_not_named_for_a_rule_between_years() -> None:
    cells: Printed = {(3, "4", "total"): 4.0, (3, "2", "total"): 6.0}
    before, now = made(2023, cells), made(2024, cells)
    assert found_by_years(before, now) == [(2023, "4:total", 6, 1, 2), (2024, "2:total", 4, 1, 1)]
    summed = rows.report("甲", year=2024)["balances"].assign(
        table_no=3, state_blank_as_zero="pass", cells_used="1:total + 2:total = 3.7:total + 4:total"
    )
    assert found_by_years(before, {**now, "balances": summed.iloc[:1]}) == [(2023, "4:total", 6, 0, 1)]


PARTS: Printed = {
    (4, "1", f"review.{c}"): v for c, v in zip(("upheld", "corrected", "other", "pending", "total"), (2.0, 1.0, 0.0, 2.0, 25.0), strict=True)
}  # fmt: skip
SETS = {
    "review.upheld": 22.0,
    "review.corrected": 21.0,
    "review.other": 20.0,
    "review.pending": 22.0,
    "review.total": 5.0,
}


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ({"review.pending": 19.0, "review.total": 24.0}, ("review.pending", "review.total")),
        ({"review.other": 18.0, "review.total": 20.0, "review.pending": 2.0}, ("review.other", "review.pending")),
        ({"review.total": 6.0, "review.pending": 2.0}, ("review.total", "review.pending")),
        ({}, ("review.upheld", "review.total")),
    ],
)
def test_of_five_equal_proposals_the_year_before_chooses(last: Mapping[str, float], expected: Sequence[str]) -> None:
    """The parts of 25 add up to 5: one of the five is wrong. First and last in order."""
    reports = [proposing(made(2024, PARTS), SETS)]
    if last:
        reports.append(made(2023, {(4, "1", col): value for col, value in last.items()}))
    found = records(show(*reports), "FROM proposals_ranked WHERE year = 2024 ORDER BY rank")
    assert [r["rank"] for r in found] == [1, 2, 3, 4, 5]
    assert (found[0]["col_code"], found[-1]["col_code"]) == tuple(expected)
    assert all((r["drift"] is None) == (r["col_code"] not in last) for r in found)


def test_what_the_text_says_comes_before_the_year_before() -> None:
    now = proposing(made(2024, PARTS), SETS, {"review.total": 1})
    before = made(2023, {(4, "1", "review.pending"): 19.0, (4, "1", "review.total"): 24.0})
    found = records(show(before, now), "FROM proposals_ranked ORDER BY rank")
    assert [(r["col_code"], r["borne_out"]) for r in found][:2] == [("review.total", 1), ("review.pending", 0)]


def test_a_rule_between_years_speaks_for_the_cell_that_would_make_it_hold() -> None:
    """Carried in 12 instead of the 2 that the year before carried out."""
    cells: Printed = {
        (3, "1", "total"): 30.0,
        (3, "2", "total"): 12.0,
        (3, "3.7", "total"): 30.0,
        (3, "4", "total"): 2.0,
    }
    sets = {"1": 20.0, "2": 2.0, "4": 12.0, "3.7": 40.0}
    now = made(2024, cells)
    table = [
        rows.filled(
            PROPOSALS, **keys(now), table_no=3, set_no=n, row_code=row, col_code="total", proposed=value, size=1,
            alternatives=3, explanation="other", mends="R01@1:total", borne_out=0,
        )
        for n, (row, value) in enumerate(sets.items(), 1)
    ]  # fmt: skip
    summed = rows.report("甲", year=2024)["balances"].assign(
        table_no=3, state_blank_as_zero="fail", cells_used="1:total + 2:total = 3.7:total + 4:total"
    )
    now = {**now, "proposals": rows.frame(PROPOSALS, table), "balances": summed.iloc[:1]}
    before = made(2023, {(3, "4", "total"): 2.0, (3, "2", "total"): 12.0})
    found = records(show(before, now), "FROM proposals_ranked WHERE found_by = 'identities' ORDER BY rank")
    assert (found[0]["row_code"], found[0]["years_borne_out"]) == ("2", 1)
    assert {r["years_borne_out"] for r in found[1:]} == {0}


def test_slips_are_named_and_ranked_as_in_a_table() -> None:
    with duckdb.connect() as connection:
        connection.execute(view_sql.macro_sources()["slip_rank"])
        for slip, rank in RANK.items():
            assert connection.execute("SELECT slip_rank(?)", [slip]).fetchone() == (rank,)


@pytest.fixture(scope="module")
def slips() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(view_sql.macro_sources()["slip_of"])
    return connection


@given(printed=st.integers(0, 999).map(str), meant=st.integers(0, 9999).map(str))
def test_the_digits_explain_alike(slips: duckdb.DuckDBPyConnection, printed: str, meant: str) -> None:
    if printed != meant:
        assert slips.execute("SELECT slip_of(?, ?)", [printed, meant]).fetchone() == (slip_of_digits(printed, meant),)
