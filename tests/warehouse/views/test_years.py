"""Rules between years: the year before is found by publisher, and what is missing is uncertain, never a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from pipeline.warehouse import Warehouse
from tests import warehouse_rows as rows
from tests.warehouse.views import publish, record, records, show

Printed = dict[rows.CellKey, float | str]
OUT, IN = (3, "4", "total"), (3, "2", "total")
TOTAL = "rule = 'R10' AND cells_used LIKE '%:total'"
STATES = ("state", "state_blank_as_zero", "left_value", "right_value", "difference", "cells_missing")


def made(year: int, printed: Printed, form_name: str = "2021", code: str = "410402", **given: Any) -> rows.Frames:
    """A report with these cells and no others."""
    return rows.report("甲", code, year, printed=printed, cells=list(printed), form_name=form_name, **given)


def told(warehouse: Warehouse, where: str, year: int = 2024) -> tuple[Any, ...]:
    row = record(warehouse, f"FROM year_balances WHERE {where} AND year = {year}")
    return tuple(row[n] for n in STATES)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (4.0, 4.0, ("pass", "pass", 4, 4, 0, 0)),
        (4.0, 6.0, ("fail", "fail", 6, 4, 2, 0)),
        ("", 0.0, ("uncertain", "pass", 0, 0, 0, 1)),
        ("", 6.0, ("uncertain", "fail", 6, 0, 6, 1)),
        ("", "", ("uncertain", "pass", 0, 0, 0, 2)),
        ("/", 0.0, ("uncertain", "uncertain", None, None, None, 1)),
        (4.0, "无", ("uncertain", "uncertain", None, None, None, 1)),
        (None, 4.0, ("uncertain", "uncertain", None, None, None, 1)),
        (4.0, None, ("uncertain", "uncertain", None, None, None, 1)),
    ],
)
def test_carried_in_is_what_was_carried_out(
    before: float | str | None, now: float | str | None, expected: tuple[Any, ...]
) -> None:
    other: Printed = {(3, "1", "total"): 1.0}  # so that the table is there, whatever the cell is
    a = other | ({} if before is None else {OUT: before})
    b = other | ({} if now is None else {IN: now})
    assert told(show(made(2023, a), made(2024, b)), TOTAL) == expected


@pytest.mark.parametrize(
    ("stock", "made_now", "repealed", "expected"),
    [(12.0, 2.0, 1.0, "fail"), (12.0, 2.0, 4.0, "pass"), (12.0, "", 2.0, "uncertain")],
)
def test_stock_is_the_one_before_and_what_was_made_less_what_was_repealed(
    stock: float, made_now: float | str, repealed: float, expected: str
) -> None:
    now: Printed = {(2, "1.rule", "made"): made_now, (2, "1.rule", "repealed"): repealed, (2, "1.rule", "valid"): stock}
    warehouse = show(made(2023, {(2, "1.rule", "valid"): 14.0}), made(2024, now))
    row = record(warehouse, "FROM year_balances WHERE rule = 'R11' AND cells_used LIKE '%rule%' AND year = 2024")
    assert row["state"] == expected
    assert (
        row["cells_used"] == "now 2:1.rule:valid = -now 2:1.rule:repealed + before 2:1.rule:valid + now 2:1.rule:made"
    )
    assert (row["severity"], row["cells"], row["table_no"]) == ("warning", 4, 2)


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        (10.0, 101.0, "fail"), (10.0, 100.0, "pass"), (11.0, 110.0, "pass"), (101.0, 10.0, "fail"), (101.0, 10.1, "pass"),
        (0.0, 101.0, "fail"), (0.0, 100.0, "pass"), (100.0, 0.0, "pass"), (5000.0, 5000.0, "pass"), ("", 200.0, "uncertain"),
    ],
)  # fmt: skip
def test_a_jump_is_tenfold_either_way_and_not_among_small_numbers(before: float | str, now: float, state: str) -> None:
    cell = (3, "1", "total")
    warehouse = show(made(2023, {cell: before}), made(2024, {cell: now}))
    row = record(warehouse, "FROM year_balances WHERE rule = 'R31' AND cells_used LIKE '%3:1:total' AND year = 2024")
    assert (row["state"], row["severity"]) == (state, "info")


def test_which_rules_apply_is_told_by_the_forms_of_both_years() -> None:
    def rules(*forms: str) -> set[str]:
        reports = [rows.report("甲", year=2019 + n, form_name=name) for n, name in enumerate(forms)]
        found = records(show(*reports), "FROM year_balances WHERE year = 2020")
        assert {r["state"] for r in found} <= {"pass", "fail"}
        return {str(r["rule"]) for r in found}

    assert rules("2019", "2019") == {"R10", "R12"}
    assert rules("2019", "2021") == {"R10"}
    assert rules("2021", "2021") == {"R10", "R11", "R31"}


def test_a_missing_year_leaves_every_rule_uncertain() -> None:
    warehouse = show(rows.report("甲", year=2021), rows.report("甲", year=2024))
    found = records(warehouse, "FROM year_balances WHERE year = 2024")
    assert {(r["state"], r["state_blank_as_zero"], r["report_id_before"], r["form_before"]) for r in found} == {
        ("uncertain", "uncertain", None, None)
    }
    assert {r["rule"] for r in found} == {"R10", "R11", "R31"}


def test_a_missing_table_leaves_its_rules_uncertain() -> None:
    before = made(2023, {(2, "1.rule", "valid"): 1.0})
    warehouse = show(before, rows.report("甲", year=2024))
    sql = "SELECT DISTINCT table_no, state FROM year_balances WHERE rule <> 'R11' AND table_no > 2 AND year = 2024 ORDER BY 1"
    assert warehouse.query(sql)[1] == [(3, "uncertain"), (4, "uncertain")]


def test_the_only_report_of_a_publisher_has_no_rows() -> None:
    warehouse = show(rows.report("甲"), rows.report("乙", year=2023))
    assert records(warehouse, "FROM year_balances") == []


def test_the_year_before_is_found_under_another_name_and_district() -> None:
    before = made(2023, {OUT: 4.0}, code="410502", publisher="甲的旧名")
    row = record(show(before, made(2024, {IN: 4.0})), f"FROM year_balances WHERE {TOTAL} AND year = 2024")
    assert (row["state"], row["report_id_before"]) == ("pass", rows.report_id("甲", "410502", 2023))


def test_all_of_it_agrees_with_arithmetic() -> None:
    """Every equation on two full reports, beside sums made here from the rules."""
    warehouse = show(rows.report("甲", year=2023, seed=2), rows.report("甲", year=2024))
    found = {(r["rule"], r["equation"]): r for r in records(warehouse, "FROM year_balances WHERE year = 2024")}
    sums = dict.fromkeys(product(found, ("left", "right")), 0.0)
    for rule in rows.year_rules().to_dict("records"):
        if (rule["form_now"], rule["form_before"]) == ("2021", "2021"):
            seed = 1 if rule["of"] == "now" else 2
            number = rows.FORM.index((rule["table_no"], rule["row_code"], rule["col_code"]))
            sums[(rule["rule"], rule["equation"]), rule["side"]] += rule["sign"] * rows.figure(number, seed)
    for key, row in found.items():
        assert (row["left_value"], row["right_value"]) == (sums[key, "left"], sums[key, "right"]), key
    assert len(found) == 7 + 2 + 200


def scanned(plan: Any) -> Iterator[int]:
    """How many rows come out of each scan of `facts`, or of what is worked out from it, in a plan that was run."""
    table = (plan.get("extra_info") or {}).get("Table", "")
    if table.endswith((".facts", ".rate_figures")):
        yield plan["intermediate_rows"]
    for child in plan.get("children", []):
        yield from scanned(child)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """150 publishers with two reports each."""
    keys = [(f"{410000 + n}", year) for n in range(150) for year in (2023, 2024)]
    pattern = {n: f for n, f in rows.report("甲").items() if n in ("reports", "report_tables", "facts")}
    return publish(tmp_path_factory.mktemp("many"), rows.spread(pattern, keys), materialised=True)


@pytest.mark.parametrize("view", ["year_balances", "series_year_on_year", "series_by_report", "rates"])
@pytest.mark.parametrize("where", ["publisher_id = '{publisher}'", "district_code = '410077'"])
def test_whoever_asks_for_one_publisher_reads_the_facts_of_that_one(many: Warehouse, view: str, where: str) -> None:
    condition = where.format(publisher=rows.publisher_id("410077"))
    ((_, plan),) = many.query(f"EXPLAIN (ANALYZE, FORMAT JSON) FROM {view} WHERE {condition}")[1]
    found = list(scanned(json.loads(plan)["operator"][0]))
    assert found
    assert max(found) <= 2 * len(rows.FORM)
    assert many.query(f"SELECT count(*) FROM {view} WHERE {condition}")[1] > [(0,)]
