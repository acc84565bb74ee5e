"""Series of figures by report and year on year: sums are complete or nothing, and no break is crossed."""

from __future__ import annotations

import pytest

from pipeline.forms.series import all_series
from tests import warehouse_rows as rows
from tests.warehouse.views import record, records, show

DENIED = [f"3.3.{n}" for n in range(1, 9)]
OTHER = ["3.6.1", "3.6.2", "3.6.3"]
Printed = dict[rows.CellKey, float | str]


def of(series: str, breakdown: str = "total") -> str:
    return f"FROM series_by_report WHERE series = '{series}' AND breakdown = '{breakdown}'"


def test_every_series_of_a_form_has_a_figure() -> None:
    """In a report with a number in every cell, what `all_series` says is what the view adds up."""
    reports = {name: rows.report("甲", year=2010 + n, form_name=name) for n, name in enumerate(rows.FORMS)}
    warehouse = show(*reports.values())
    for name, report in reports.items():
        facts = report["facts"]
        keys = zip(facts["table_no"], facts["row_code"], facts["col_code"], strict=True)
        value = dict(zip(keys, facts["value"], strict=True))
        unit = dict(zip(value, facts["unit"], strict=True))
        expected: dict[tuple[str, str], float] = {}
        for c in (c for s in all_series() for c in s.cells if c.form == name):
            key = (c.table_no, c.row_code, c.col_code)
            factor = {"万元": 1, "元": 0.0001}.get(unit[key]) if c.unit == "万元" else 1
            if factor is not None:
                expected[c.series, c.breakdown] = expected.get((c.series, c.breakdown), 0) + value[key] * factor
        found = records(warehouse, f"FROM series_by_report WHERE form = '{name}'")
        assert {(r["series"], r["breakdown"]): r["value"] for r in found if r["value"] is not None} == pytest.approx(
            expected
        )
        assert all(r["value"] == r["value_blank_as_zero"] for r in found)


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ([1.0, 2.0, 3.0], (3, 0, 6, 6)),
        ([1.0, "", 3.0], (2, 1, None, 4)),
        ([0.0, "", ""], (1, 2, None, 0)),
        (["", "", ""], (0, 3, None, None)),
        ([1.0, "/", ""], (1, 1, None, None)),
        ([1.0, "无", 3.0], (2, 0, None, None)),
        ([1.0, 2.0, None], (2, 0, None, None)),
        ([1.0, "", None], (1, 1, None, None)),
    ],
)
def test_a_sum_says_how_complete_it_is(printed: list[float | str | None], expected: tuple[float | None, ...]) -> None:
    cells: Printed = {(3, r, "total"): p for r, p in zip(OTHER, printed, strict=True) if p is not None}
    row = record(show(rows.report("甲", printed=cells, cells=list(cells))), of("res_other"))
    names = ("cells_with_number", "cells_blank", "value", "value_blank_as_zero")
    assert tuple(row[n] for n in names) == expected
    assert (row["cells"], row["derived"], row["unit"], row["series_label"]) == (3, True, "件", "其他处理")


@pytest.mark.parametrize("printed", ["", "/", "—", "无"])
def test_a_single_cell_without_a_number_has_no_figure(printed: str) -> None:
    row = record(show(rows.report("甲", printed={(3, "1", "total"): printed})), of("req_new"))
    assert (row["value"], row["value_blank_as_zero"], row["cells_with_number"]) == (None, None, 0)
    assert row["cells_blank"] == (printed == "")
    assert not row["derived"]


@pytest.mark.parametrize(("unit", "expected"), [("万元", 12.5), ("元", 0.00125), ("亿元", 125_000), (None, None)])
def test_money_is_in_the_unit_of_the_series(unit: str | None, expected: float | None) -> None:
    report = rows.report("甲", printed={(2, "8.fee", "amount"): 12.5})
    report["facts"].loc[report["facts"]["row_code"] == "8.fee", "unit"] = unit
    row = record(show(report), of("fees"))
    assert row["value"] == row["value_blank_as_zero"] == (None if expected is None else pytest.approx(expected))
    assert (row["unit"], row["cells_with_number"]) == ("万元", 1)


def test_a_report_that_mixes_forms_keeps_printed_and_derived_apart() -> None:
    """One row （六） of the form of 2019 in a table of the form of 2021."""
    report = rows.report("甲", cells=[(3, "3.6.1", "total"), (3, "3.6.2", "total")])
    lone: Printed = {(3, "3.6", "total"): 9.0}
    extra = rows.report("甲", form_name="2019", printed=lone, cells=list(lone))
    report["facts"] = rows.together({"facts": report["facts"]}, {"facts": extra["facts"]})["facts"]
    found = {r["form"]: r for r in records(show(report), of("res_other"))}
    assert (found["2019"]["value"], found["2019"]["derived"], found["2019"]["cells"]) == (9, False, 1)
    assert (found["2021"]["value"], found["2021"]["derived"], found["2021"]["cells"]) == (None, True, 3)


def two_years(
    forms: tuple[str, str],
    before: Printed,
    now: Printed,
    cells: bool = True,
    years: tuple[int, int] = (2020, 2021),
) -> list[dict[str, object]]:
    a = rows.report("甲", year=years[0], form_name=forms[0], printed=before, cells=list(before) if cells else None)
    b = rows.report("甲", "410502", years[1], form_name=forms[1], printed=now, cells=list(now) if cells else None)
    return records(show(a, b), "FROM series_year_on_year ORDER BY series, breakdown")


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("forms", "before", "now"),
    [
        (("2019", "2021"), (2, "1.doc", "total_public"), (2, "1.doc", "valid")),
        (("2019", "2021"), (2, "1.rule", "total_public"), (2, "1.rule", "valid")),
        (("2019", "2021"), (2, "8.fee", "prev"), (2, "8.fee", "amount")),
        (("2014", "2019"), (1, "ans_told_to_correct", "count"), (3, "3.4.3", "total")),
        (("2014", "2019"), (1, "rev_total", "count"), (4, "1", "review.total")),
    ],
)
def test_no_break_is_crossed(forms: tuple[str, str], before: rows.CellKey, now: rows.CellKey) -> None:
    assert two_years(forms, {before: 5.0}, {now: 7.0}) == []


@pytest.mark.parametrize(
    ("forms", "before", "now"),
    [
        (("2014", "2019"), [(1, "ans_denied", "count")], [(3, r, "total") for r in DENIED]),
        (
            ("2014", "2019"),
            [(1, "lit_total", "count")],
            [(4, "1", "direct.total"), (4, "1", "after.total")],
        ),
    ],
)
def test_no_sum_is_joined_across_a_break(
    forms: tuple[str, str], before: list[rows.CellKey], now: list[rows.CellKey]
) -> None:
    found = two_years(forms, dict.fromkeys(before, 5.0), dict.fromkeys(now, 1.0))
    assert {r["series"] for r in found} & {"res_denied", "lit_total"} == set()


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (4.0, 5.0, (4, 1, 0.25)),
        (4.0, 0.0, (4, -4, -1)),
        (0.0, 5.0, (0, 5, None)),
        ("", 5.0, (None, None, None)),
        (4.0, "/", (4, None, None)),
    ],
)
def test_change_and_growth(before: float | str, now: float | str, expected: tuple[float | None, ...]) -> None:
    cell = (3, "1", "total")
    (row,) = two_years(("2021", "2021"), {cell: before}, {cell: now}, years=(2022, 2023))
    assert (row["value_before"], row["change"], row["growth"]) == expected
    assert (row["verdict"], row["note"], row["form_before"], row["district_code"]) == ("same", None, "2021", "410502")


def test_verdict_and_note_say_how_two_forms_compare() -> None:
    made: tuple[Printed, Printed] = ({(2, "1.doc", "made"): 3.0}, {(2, "1.doc", "made"): 4.0})
    (row,) = two_years(("2019", "2021"), *made)
    expected = next(
        v
        for s in all_series()
        if s.code == "normdocs_made"
        for v in s.verdicts
        if (v.form_before, v.form_after) == ("2019", "2021")
    )
    assert (row["verdict"], row["note"]) == (expected.verdict, expected.note)
    assert row["verdict"] == "comparable"


def test_one_row_and_a_sum_of_three_compare_at_the_subtotal() -> None:
    now: Printed = {(3, r, "total"): 2.0 for r in OTHER}
    found = two_years(("2019", "2021"), {(3, "3.6", "total"): 5.0}, now)
    (row,) = [r for r in found if r["series"] == "res_other"]
    assert (row["value_before"], row["value"], row["derived_before"], row["derived"]) == (5, 6, False, True)


@pytest.mark.parametrize("years", [(2020, 2022), (2021, 2020), (2021, 2021)])
def test_only_the_year_before_is_compared(years: tuple[int, int]) -> None:
    cell = (3, "1", "total")
    found = two_years(("2021", "2021"), {cell: 1.0}, {cell: 2.0}, years=years)
    assert [(r["year"], r["value_before"]) for r in found] == ([(2021, 2)] if years == (2021, 2020) else [])


def test_other_publishers_are_not_compared() -> None:
    warehouse = show(rows.report("甲", year=2023), rows.report("乙"))
    assert records(warehouse, "FROM series_year_on_year") == []


def test_the_scope_of_both_years_is_told() -> None:
    before = rows.report("甲", year=2023, scope="aggregate", cells=[(3, "1", "total")])
    row = record(show(before, rows.report("甲", cells=[(3, "1", "total")])), "FROM series_year_on_year")
    assert (row["scope"], row["scope_before"]) == ("own_organ", "aggregate")
    assert row["report_id_before"] == rows.report_id("甲", "410402", 2023)


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("made", "repealed", "net"), [(5.0, 2.0, 3), (1.0, 4.0, -3), (0.0, 0.0, 0), (5.0, "", None), ("/", 2.0, None)]
)
def test_net_change_of_documents(made: float | str, repealed: float | str, net: float | None) -> None:
    cells: Printed = {(2, "1.doc", "made"): made, (2, "1.doc", "repealed"): repealed}
    warehouse = show(rows.report("甲", printed=cells), rows.report("乙", form_name="2019"))
    row = record(warehouse, "FROM normdocs_net_change WHERE kind = 'normative_documents'")
    assert (row["publisher"], row["net_change"]) == ("甲政府", net)
    rules = record(warehouse, "FROM normdocs_net_change WHERE kind = 'rules'")
    assert rules["net_change"] == rules["made"] - rules["repealed"]


def area_reports() -> list[rows.Frames]:
    """Three organs and a government's aggregate of two districts in one prefecture, and one organ elsewhere."""
    told = [("甲", "410402", "own_organ", 4.0), ("乙", "410402", "own_organ", 0.0), ("丙", "410403", "own_organ", 8.0)]
    told += [("丁", "410402", "aggregate", 100.0), ("戊", "320102", "own_organ", 3.0)]
    return [
        rows.report(n, code, scope=scope, printed={(3, "1", "total"): value}, cells=[(3, "1", "total")])
        for n, code, scope, value in told
    ]


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("level", "code", "scope", "expected"),
    [
        ("district", "410402", "own_organ", (2, 1, 0.5, 4, 2, 2, 4)),
        ("district", "410403", "own_organ", (1, 1, 1, 8, 8, 8, 8)),
        ("prefecture", "410400", "own_organ", (3, 2, 2 / 3, 12, 4, 4, 6)),
        ("prefecture", "410400", "aggregate", (1, 1, 1, 100, 100, 100, 100)),
        ("province", "320000", "own_organ", (1, 1, 1, 3, 3, 3, 3)),
        ("country", "000000", "own_organ", (4, 3, 0.75, 15, 3.5, 3.75, 4)),
        ("country", "000000", "aggregate", (1, 1, 1, 100, 100, 100, 100)),
    ],
)
def test_series_by_area_never_add_an_aggregate_to_its_parts(
    level: str, code: str, scope: str, expected: tuple[float, ...]
) -> None:
    where = f"area_level = '{level}' AND area_code = '{code}' AND scope = '{scope}' AND series = 'req_new'"
    row = record(show(*area_reports(), materialised=True), f"FROM series_by_area WHERE {where}")
    names = ("reports", "reporters_non_zero", "share_non_zero", "value", "median", "mean", "median_non_zero")
    assert tuple(row[n] for n in names) == pytest.approx(expected)


def test_each_report_is_counted_once_at_each_level() -> None:
    sql = "SELECT area_level, sum(reports) FROM series_by_area WHERE series = 'req_new' GROUP BY ALL ORDER BY ALL"
    levels = [("country", 5), ("district", 5), ("prefecture", 5), ("province", 5)]
    assert show(*area_reports(), materialised=True).query(sql)[1] == levels


def test_a_report_without_a_prefecture_is_counted_at_its_other_levels() -> None:
    report = rows.report("甲", "410000", prefecture_code=None, prefecture_name=None)
    sql = "SELECT DISTINCT area_level FROM series_by_area ORDER BY ALL"
    assert show(report, materialised=True).query(sql)[1] == [("country",), ("district",), ("province",)]


def test_reports_on_two_forms_are_not_added_across_a_break() -> None:
    old = rows.report("甲", form_name="2019", printed={(2, "1.doc", "total_public"): 5.0})
    new = rows.report("乙", printed={(2, "1.doc", "valid"): 7.0})
    sql = "SELECT segment, value FROM series_by_area WHERE series = 'normdocs_stock' AND area_level = 'country' ORDER BY ALL"
    assert show(old, new, materialised=True).query(sql)[1] == [
        ("normdocs_stock@2019", 5),
        ("normdocs_stock@2021", 7),
    ]
