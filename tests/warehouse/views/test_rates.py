"""Rates by report and by area: every rate by figures worked out by hand, and what is not printed is never 0."""

from __future__ import annotations

import pytest

from tests import warehouse_rows as rows
from tests.warehouse.views import record, records, show

Printed = dict[rows.CellKey, float | str]


def requests(**cells: float | str) -> Printed:
    """Cells of the column 总计 of table 3, a row each: r3_7 is 3.7."""
    return {(3, name.removeprefix("r").replace("_", "."), "total"): value for name, value in cells.items()}


# 60 new and 4 carried in; 50 handled and 14 carried out. Denied 1+2+0+1+0+1+3+0 = 8, unable 4+2+1 = 7,
# not processed 1+1+0+0+1 = 3, otherwise 1+0+4 = 5; granted 20 and in part 7: 20+7+8+7+3+5 = 50.
TABLE_3 = requests(
    r1=60.0, r2=4.0, r3_1=20.0, r3_2=7.0,
    r3_3_1=1.0, r3_3_2=2.0, r3_3_3=0.0, r3_3_4=1.0, r3_3_5=0.0, r3_3_6=1.0, r3_3_7=3.0, r3_3_8=0.0,
    r3_4_1=4.0, r3_4_2=2.0, r3_4_3=1.0,
    r3_5_1=1.0, r3_5_2=1.0, r3_5_3=0.0, r3_5_4=0.0, r3_5_5=1.0,
    r3_6_1=1.0, r3_6_2=0.0, r3_6_3=4.0, r3_7=50.0, r4=14.0,
)  # fmt: skip
# Reviews 3+2+1+4 = 10; suits without a review 5+1+0+2 = 8, after one 1+2+0+1 = 4.
TABLE_4: Printed = {
    (4, "1", f"{kind}.{col}"): float(value)
    for kind, values in {"review": (3, 2, 1, 4, 10), "direct": (5, 1, 0, 2, 8), "after": (1, 2, 0, 1, 4)}.items()
    for col, value in zip(("upheld", "corrected", "other", "pending", "total"), values, strict=True)
}
TABLE_2: Printed = {(2, "5.permit", "count"): 40.0, (2, "6.penalty", "count"): 10.0}
ALL: Printed = {**TABLE_3, (3, "1", "natural"): 45.0, **TABLE_4, **TABLE_2}

BY_HAND = {
    "grant_rate": (20, 50, 0.4),
    "disclosure_rate": (27, 50, 0.54),
    "denial_rate": (8, 50, 0.16),
    "unable_rate": (7, 50, 0.14),
    "not_processed_rate": (3, 50, 0.06),
    "other_rate": (5, 50, 0.1),
    "not_held_rate": (4, 50, 0.08),
    "factual_refusal_share": (7, 15, 7 / 15),
    "natural_person_share": (45, 60, 0.75),
    "carry_out_rate": (14, 64, 0.21875),
    "closure_rate": (50, 64, 0.78125),
    "review_correction_rate": (2, 6, 1 / 3),
    "review_correction_rate_of_all": (2, 10, 0.2),
    "litigation_loss_rate": (3, 9, 1 / 3),
    "litigation_loss_rate_of_all": (3, 12, 0.25),
    "dispute_rate": (18, 60, 0.3),
    "review_rate": (10, 60, 1 / 6),
    "suit_rate": (12, 60, 0.2),
    "penalty_per_permit": (10, 40, 0.25),
}


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, object]]:
    warehouse = show(rows.report("甲", printed=ALL, cells=list(ALL)), materialised=True)
    return {str(r["rate"]): r for r in records(warehouse, "FROM rates")}


@pytest.mark.parametrize("rate", BY_HAND)
def test_rate_by_hand(found: dict[str, dict[str, object]], rate: str) -> None:
    row = found[rate]
    assert (row["numerator"], row["denominator"], row["value"]) == pytest.approx(BY_HAND[rate])
    blanks = (row["numerator_blank_as_zero"], row["denominator_blank_as_zero"], row["value_blank_as_zero"])
    assert blanks == (row["numerator"], row["denominator"], row["value"])


def test_there_is_no_other_rate_and_the_comment_names_each() -> None:
    warehouse = show(rows.report("甲"), materialised=True)
    assert {r["rate"] for r in records(warehouse, "FROM rates")} == set(BY_HAND)
    sql = "SELECT comment FROM duckdb_columns() WHERE table_name = 'rates' AND column_name = 'rate'"
    said = record(warehouse, sql)["comment"]
    assert [rate for rate in BY_HAND if f"{rate}: " not in said] == []


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("printed", "expected", "blank_as_zero"),
    [
        (requests(r3_1=0.0, r3_7=0.0), (0, 0, None), (0, 0, None)),
        (requests(r3_1="", r3_7=5.0), (None, 5, None), (None, 5, None)),
        (requests(r3_1=5.0, r3_7="/"), (5, None, None), (5, None, None)),
        (requests(r3_7=5.0), (None, 5, None), (None, 5, None)),
        (requests(r3_1=0.0, r3_7=5.0), (0, 5, 0), (0, 5, 0)),
    ],
)
def test_a_missing_part_or_a_denominator_of_0_gives_no_rate(
    printed: Printed, expected: tuple[float | None, ...], blank_as_zero: tuple[float | None, ...]
) -> None:
    warehouse = show(rows.report("甲", printed=printed, cells=list(printed)), materialised=True)
    row = record(warehouse, "FROM rates WHERE rate = 'grant_rate'")
    assert (row["numerator"], row["denominator"], row["value"]) == expected
    assert tuple(row[f"{n}_blank_as_zero"] for n in ("numerator", "denominator", "value")) == blank_as_zero


def test_blank_reasons_count_as_0_only_in_the_columns_that_say_so() -> None:
    printed = requests(r3_3_1=2.0, **{f"r3_3_{n}": "" for n in range(2, 9)}, r3_7=8.0)
    warehouse = show(rows.report("甲", printed=printed, cells=list(printed)), materialised=True)
    row = record(warehouse, "FROM rates WHERE rate = 'denial_rate'")
    assert (row["numerator"], row["value"]) == (None, None)
    assert (row["numerator_blank_as_zero"], row["value_blank_as_zero"]) == (2, 0.25)


def test_a_series_that_two_forms_give_differently_in_one_report_is_not_chosen() -> None:
    lone: Printed = {(3, "3.6", "total"): 9.0}
    report = rows.report("甲", printed=ALL, cells=list(ALL))
    extra = rows.report("甲", form_name="2019", printed=lone, cells=list(lone))["facts"]
    report["facts"] = rows.together({"facts": report["facts"]}, {"facts": extra})["facts"]
    row = record(show(report, materialised=True), "FROM rates WHERE rate = 'other_rate'")
    assert (row["numerator"], row["denominator"], row["value"]) == (None, 50, None)


def test_rates_of_both_sides_of_a_break_are_of_two_segments() -> None:
    old = rows.report("甲", year=2018, form_name="2014")
    reports = old, rows.report("甲", year=2019, form_name="2019"), rows.report("甲", year=2021)
    warehouse = show(*reports, materialised=True)
    sql = "SELECT rate, year, segment FROM rates WHERE rate IN ('grant_rate', 'denial_rate') ORDER BY ALL"
    assert warehouse.query(sql)[1] == [
        ("denial_rate", 2018, "denial_rate@2014"),
        ("denial_rate", 2019, "denial_rate@2019"),
        ("denial_rate", 2021, "denial_rate@2019"),
        ("grant_rate", 2018, "grant_rate@2008"),
        ("grant_rate", 2019, "grant_rate@2008"),
        ("grant_rate", 2021, "grant_rate@2008"),
    ]


def test_pooled_rate_median_and_mean_of_an_area() -> None:
    told = [("甲", "own_organ", 1.0, 2.0), ("乙", "own_organ", 9.0, 10.0), ("丙", "own_organ", 0.0, 0.0)]
    told += [("丁", "own_organ", 3.0, 4.0), ("戊", "aggregate", 0.0, 100.0)]
    reports = [
        rows.report(n, scope=s, printed=requests(r3_1=a, r3_7=b), cells=list(requests(r3_1=a, r3_7=b)))
        for n, s, a, b in told
    ]
    no_number = requests(r3_1=5.0, r3_7="")
    reports.append(rows.report("己", printed=no_number, cells=list(no_number)))
    sql = "FROM rates_by_area WHERE area_level = 'district' AND rate = 'grant_rate' ORDER BY scope"
    aggregate, own = records(show(*reports, materialised=True), sql)
    names = ("reports", "reporters_non_zero", "share_non_zero", "numerator", "denominator", "value", "median", "mean")
    expected = (4, 3, 0.75, 13, 16, 13 / 16, 0.75, (0.5 + 0.9 + 0.75) / 3)
    assert tuple(own[n] for n in names) == pytest.approx(expected)
    assert (aggregate["reports"], aggregate["value"]) == (1, 0)
