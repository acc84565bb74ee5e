"""The types of the views' columns: those that every client knows, and no figure that looks like something else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.warehouse import describe_views
from tests import warehouse_rows as rows
from tests.warehouse.views import record, show

# What JDBC, ibis, polars and spreadsheets take as it is.
PLAIN = {"VARCHAR", "INTEGER", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "DECIMAL(18,6)"}
WIDE = {"requests", "requests_by_applicant", "proactive", "proceedings", "reports_2014", "normdocs_net_change"}


def _columns() -> Iterator[tuple[str, str, str]]:
    for view in describe_views():
        for name, kind, _ in view.columns:
            yield view.name, name, kind


def test_all_columns_have_plain_types() -> None:
    assert {(view, name, kind) for view, name, kind in _columns() if kind not in PLAIN} == set()


def test_counts_are_whole_numbers_and_money_is_exact() -> None:
    figures = {(name, kind) for view, name, kind in _columns() if view in WIDE and kind not in ("VARCHAR", "INTEGER")}
    assert {kind for _, kind in figures} == {"BIGINT", "DECIMAL(18,6)"}
    assert {name for name, kind in figures if kind != "BIGINT"} == {
        "fees_collected_10k_yuan",
        "procurement_10k_yuan",
        "request_fees_10k_yuan",
        "budget_10k_yuan",
    }


@pytest.mark.parametrize(
    ("printed", "unit", "shown"),
    [
        (58.256789, "万元", "58.256789"),
        (582567.89, "元", "58.256789"),
        (1.5, "亿元", "15000.000000"),
        (58.2, None, None),
    ],
)
def test_money_keeps_its_fen(printed: float, unit: str | None, shown: str | None) -> None:
    report = rows.report(printed={(2, "8.fee", "amount"): printed})
    report["facts"].loc[report["facts"]["row_code"] == "8.fee", "unit"] = unit
    found = record(show(report), "SELECT fees_collected_10k_yuan::VARCHAR AS fees FROM proactive")
    assert found["fees"] == shown


def test_a_count_that_is_no_whole_number_is_not_rounded() -> None:
    report = rows.report(printed={(3, "1", "total"): 2.5, (3, "3.1", "total"): 3.0})
    found = record(show(report), "SELECT new_requests, granted FROM requests")
    assert found == {"new_requests": None, "granted": 3}
