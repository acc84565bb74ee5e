"""The views for people: figures as printed, in columns with plain names, each with its comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipeline.schema import TABLES
from pipeline.warehouse import Warehouse, ddl, describe_views, view_sql
from tests import warehouse_rows as rows
from tests.warehouse.views import LEAD, publish, records, show

WIDE = ("requests", "requests_by_applicant", "proactive", "proceedings", "reports_2014")
_LONG = ("series_by_report", "series_year_on_year", "rates", "normdocs_net_change", "year_balances")
LONG = (*_LONG, "proposals_ranked", "jumps")
NARRATIVE = ("statements_labelled", "comparisons_labelled")
WITH_PUBLISHER_ID = ("reports_2014", *LONG, *NARRATIVE)
APPLICANTS = {
    "natural_person": "natural",
    "business": "business",
    "research_institute": "research",
    "public_welfare_organisation": "welfare",
    "legal_service": "legal",
    "other": "other",
    "total": "total",
}


def figures(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in (*LEAD, "applicant", "verdicts")}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Two reports in which every cell of the form has a figure of its own."""
    return publish(
        tmp_path_factory.mktemp("full"),
        rows.narrative(rows.report("甲")),
        rows.report("乙", "410502", 2023, seed=2),
        materialised=True,
    )


def figure(seed: int, table_no: int, row_code: str, col_code: str) -> float:
    return rows.figure(rows.FORM.index((table_no, row_code, col_code)), seed)


def row_of(seed: int, column: str) -> list[float | None]:
    """The figures of a column of table 3, with the row that only the form of 2019 has: 3.6, before 3.7."""
    found: list[float | None] = [figure(seed, 3, code, column) for code in rows.ROWS_3]
    return [*found[:-2], None, *found[-2:]]


def test_requests_are_the_totals_column_of_table_3(full: Warehouse) -> None:
    for seed, row in enumerate(records(full, "FROM requests ORDER BY year DESC"), start=1):
        assert list(figures(row).values()) == row_of(seed, "total")


def test_requests_by_applicant_are_the_columns_of_table_3(full: Warehouse) -> None:
    found = records(full, "FROM requests_by_applicant WHERE year = 2024")
    assert {row["applicant"] for row in found} == set(APPLICANTS)
    for row in found:
        assert list(figures(row).values()) == row_of(1, APPLICANTS[row["applicant"]])


def test_both_views_of_requests_agree(full: Warehouse) -> None:
    total = "SELECT * EXCLUDE (applicant) FROM requests_by_applicant WHERE applicant = 'total' ORDER BY report_id"
    assert full.query(total) == full.query("FROM requests ORDER BY report_id")


def test_proactive_are_the_cells_of_table_2(full: Warehouse) -> None:
    row = records(full, "FROM proactive WHERE year = 2023")[0]
    found = list(figures(row).values())
    number = len(rows.CELLS_2)
    assert found[:number] == [figure(2, 2, *cell) for cell in rows.CELLS_2]
    assert set(found[number:-1]) == {None}
    assert row["form"] == "2021"
    assert row["rules_in_force"] == figure(2, 2, "1.rule", "valid")
    assert row["fees_collected_10k_yuan"] == figure(2, 2, "8.fee", "amount")


# Column of `proactive` by cell of the form of 2019; the form of 2021 has the first four too.
CELLS_2019 = {
    ("1.rule", "made"): "rules_made",
    ("1.doc", "made"): "normative_documents_made",
    ("5.permit", "count"): "permits_decided",
    ("6.penalty", "count"): "penalties_decided",
    ("6.coercion", "count"): "coercive_measures_decided",
    ("1.rule", "public"): "rules_disclosed",
    ("1.rule", "total_public"): "rules_disclosed_to_date",
    ("1.doc", "public"): "normative_documents_disclosed",
    ("1.doc", "total_public"): "normative_documents_disclosed_to_date",
    ("5.permit", "prev"): "permit_items_before",
    ("5.permit", "delta"): "permit_items_change",
    ("5.other", "prev"): "other_services_items_before",
    ("5.other", "delta"): "other_services_items_change",
    ("5.other", "count"): "other_services_decided",
    ("6.penalty", "prev"): "penalty_items_before",
    ("6.penalty", "delta"): "penalty_items_change",
    ("6.coercion", "prev"): "coercive_measure_items_before",
    ("6.coercion", "delta"): "coercive_measure_items_change",
    ("8.fee", "prev"): "fee_items_before",
    ("8.fee", "delta"): "fee_items_change",
    ("9.procurement", "projects"): "procurement_projects",
}


def test_proactive_has_the_cells_of_the_form_of_2019() -> None:
    row = records(show(rows.report("甲", year=2019, form_name="2019")), "FROM proactive")[0]
    numbers = {cell[1:]: n for n, cell in enumerate(rows.FORMS["2019"]) if cell[0] == 2}
    assert set(numbers) == {*CELLS_2019, ("9.procurement", "amount")}
    expected = {name: rows.figure(numbers[cell], 1) for cell, name in CELLS_2019.items()}
    assert {name: row[name] for name in expected} == expected
    assert {n: row[n] for n in figures(row) if n not in (*expected, "form")} == dict.fromkeys(
        ("rules_repealed", "rules_in_force", "normative_documents_repealed", "normative_documents_in_force",
         "fees_collected_10k_yuan", "procurement_10k_yuan")
    )  # fmt: skip
    assert row["form"] == "2019"


@pytest.mark.parametrize(("unit", "expected"), [("万元", 251.0), ("元", 0.0251), (None, None)])
def test_procurement_counts_only_where_a_unit_is_printed(unit: str | None, expected: float | None) -> None:
    report = rows.report("甲", form_name="2019", printed={(2, "9.procurement", "amount"): 251.0})
    report["facts"].loc[report["facts"]["col_code"] == "amount", "unit"] = unit
    row = records(show(report), "FROM proactive")[0]
    assert row["procurement_10k_yuan"] == (None if expected is None else Decimal(str(expected)))


def test_a_table_that_mixes_forms_names_both() -> None:
    report = rows.report("甲")
    extra = rows.report("甲", form_name="2019", cells=[(2, "5.other", "count")], printed={(2, "5.other", "count"): 7.0})
    report["facts"] = rows.together({"facts": report["facts"]}, {"facts": extra["facts"]})["facts"]
    row = records(show(report), "FROM proactive")[0]
    assert (row["form"], row["other_services_decided"]) == ("2019+2021", 7.0)


def test_sheet_of_2014_has_a_row_of_its_own_and_none_elsewhere() -> None:
    report = rows.report("甲", year=2016, form_name="2014", printed={(1, "budget_amount", "count"): 2.5})
    regional = rows.report("乙", year=2010, form_name="2008")
    warehouse = show(report, regional)
    row = records(warehouse, "FROM reports_2014")[0]
    number = rows.FORMS["2014"].index((1, "ans_denied", "count"))
    assert (row["answers_denied"], row["budget_10k_yuan"]) == (rows.figure(number, 1), 2.5)
    assert {name for name, value in row.items() if value is None} == set()
    for view in ("requests", "requests_by_applicant", "proactive", "proceedings"):
        assert records(warehouse, f"FROM {view}") == []
    assert {r["publisher"] for r in records(warehouse, "FROM reports_2014")} == {"甲政府"}


def test_proceedings_are_the_cells_of_table_4(full: Warehouse) -> None:
    row = records(full, "FROM proceedings WHERE year = 2023")[0]
    assert list(figures(row).values()) == [figure(2, 4, "1", col) for col in rows.COLS_4]
    assert row["suits_after_review_total"] == figure(2, 4, "1", "after.total")


def test_names_meet_their_cells(full: Warehouse) -> None:
    row = records(full, "FROM requests WHERE year = 2024")[0]
    names = {
        "new_requests": "1",
        "carried_in": "2",
        "granted": "3.1",
        "denied_enforcement_file": "3.3.7",
        "unable_unclear": "3.4.3",
        "not_processed_publication": "3.5.3",
        "other_fee_unpaid": "3.6.2",
        "total_handled": "3.7",
        "carried_out": "4",
    }
    assert {n: row[n] for n in names} == {n: figure(1, 3, code, "total") for n, code in names.items()}


@pytest.mark.parametrize("view", [*WIDE, *LONG, *NARRATIVE, "facts_labelled"])
def test_publisher_and_place_come_first(full: Warehouse, view: str) -> None:
    names, _ = full.query(f"FROM {view} LIMIT 0")
    assert names[: len(LEAD)] == LEAD
    assert (names[len(LEAD)] == "publisher_id") == (view in WITH_PUBLISHER_ID)


@pytest.mark.parametrize("view", ["requests", "facts_labelled", "series_by_report", "rates", *NARRATIVE])
def test_publisher_and_place_are_those_of_the_report(full: Warehouse, view: str) -> None:
    _, found = full.query(f"FROM {view} WHERE year = 2024 LIMIT 1")
    assert found[0][:8] == (
        "甲政府", "township", "区410402", "平顶山市", "河南省", 2024, "own_organ", "甲政府2024年报告",
    )  # fmt: skip


def test_nothing_but_a_number_has_a_figure() -> None:
    printed: dict[tuple[int, str, str], float | str] = {
        (3, "1", "total"): 0.0,
        (3, "2", "total"): "",
        (3, "3.1", "total"): "/",
        (3, "3.2", "total"): "—",
        (3, "4", "total"): "无",
        (3, "1", "natural"): "",
        (2, "1.rule", "made"): "",
        (2, "1.rule", "repealed"): 0.0,
        (4, "1", "review.total"): "/",
        (4, "1", "review.upheld"): 0.0,
    }
    warehouse = show(rows.report("甲", printed=printed))
    row = records(warehouse, "FROM requests")[0]
    names = ("new_requests", "carried_in", "granted", "partly_granted", "carried_out")
    assert [row[name] for name in names] == [0, None, None, None, None]
    natural = records(warehouse, "FROM requests_by_applicant WHERE applicant = 'natural_person'")[0]
    assert (natural["new_requests"], natural["carried_in"]) == (None, figure(1, 3, "2", "natural"))
    proactive = records(warehouse, "FROM proactive")[0]
    assert (proactive["rules_made"], proactive["rules_repealed"]) == (None, 0)
    proceedings = records(warehouse, "FROM proceedings")[0]
    assert (proceedings["reviews_total"], proceedings["reviews_upheld"]) == (None, 0)


def test_a_total_that_is_not_printed_is_not_worked_out() -> None:
    cells = [cell for cell in rows.FORM if cell[0] == 3 and cell[2] != "total"]
    warehouse = show(rows.report("甲", cells=cells))
    assert records(warehouse, "FROM requests") == []
    assert len(records(warehouse, "FROM requests_by_applicant")) == 6


def test_only_reports_that_have_the_table_have_a_row() -> None:
    three = rows.report("甲", cells=[c for c in rows.FORM if c[0] == 3])
    other = rows.report("乙", cells=[c for c in rows.FORM if c[0] != 3])
    warehouse = show(three, other, rows.report("丙", cells=[]))
    views = ("requests", "requests_by_applicant", "proactive", "proceedings")
    found = {v: {r["publisher"] for r in records(warehouse, f"FROM {v}")} for v in views}
    assert found["requests"] == found["requests_by_applicant"] == {"甲政府"}
    assert found["proactive"] == found["proceedings"] == {"乙政府"}


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("unit", "expected"), [("万元", 12.5), ("元", 0.00125), ("亿元", 125_000), (None, None), ("件", None)]
)
def test_fees_are_in_10k_yuan_whatever_unit_is_printed(unit: str | None, expected: float | None) -> None:
    report = rows.report("甲", printed={(2, "8.fee", "amount"): 12.5})
    facts = report["facts"]
    facts.loc[facts["row_code"] == "8.fee", "unit"] = unit
    row = records(show(report), "FROM proactive")[0]
    assert row["fees_collected_10k_yuan"] == (None if expected is None else Decimal(str(expected)))


def test_rows_of_another_form_disturb_nothing() -> None:
    """The form of 2019 has one row 3.6 instead of three."""
    report = rows.report("甲", cells=[c for c in rows.FORM if not c[1].startswith("3.6")])
    extra = rows.report("甲", cells=[(3, "3.6.1", "total")])["facts"].assign(row_code="3.6", form="2019")
    report["facts"] = rows.together({"facts": report["facts"]}, {"facts": extra})["facts"]
    row = records(show(report), "FROM requests")[0]
    assert [row[n] for n in ("other_no_correction", "other_fee_unpaid", "other_misc")] == [None] * 3
    assert row["other_undivided"] == figure(1, 3, "3.6.1", "total")
    assert row["total_handled"] == figure(1, 3, "3.7", "total")


def test_labelled_fact_leads_back_to_file_line_and_ink() -> None:
    warehouse = show(rows.report("甲", path="甲/a.txt", printed={(3, "3.1", "legal"): "无"}))
    sql = "FROM facts_labelled WHERE table_no = 3 AND row_code = '3.1' AND col_code = 'legal'"
    row = records(warehouse, sql)[0]
    number = rows.FORM.index((3, "3.1", "legal"))
    expected = {
        "publisher": "甲政府",
        "row_label": "行3.1",
        "col_label": "列legal",
        "value": None,
        "value_kind": "word",
        "value_raw": "无",
        "file_path": "甲/a.txt",
        "line": number + 10,
        "row": number,
        "cell_no": number + 1,
    }
    assert {name: row[name] for name in expected} == expected


def test_labelled_facts_are_all_facts_also_those_without_label() -> None:
    report = rows.report("甲")
    report["facts"].loc[0, "form"] = "unheard of"
    warehouse = show(report)
    assert warehouse.query("SELECT count(*), count(row_label) FROM facts_labelled")[1] == [(200, 199)]


def test_rows_and_columns_of_the_report_itself_have_their_printed_labels() -> None:
    report = rows.report("甲", cells=[(2, "1.rule", "made"), (2, "1.doc", "made"), (2, "5.permit", "count")])
    report["facts"]["row_code"] = ["?1", "1.doc", "5.permit"]
    report["facts"]["col_code"] = ["made", "?1", "count"]
    report["facts"]["label_raw"] = ["第二十条第（一）项 / 其他文件", "本年拟制发件数", None]
    warehouse = show(report)
    found = warehouse.query("SELECT row_label, col_label FROM facts_labelled ORDER BY row")[1]
    assert found == [
        ("第二十条第（一）项 / 其他文件", "列made"), ("行1.doc", "本年拟制发件数"), ("行5.permit", "列count"),
    ]  # fmt: skip
    row = records(warehouse, "FROM proactive")[0]
    assert (row["rules_made"], row["normative_documents_made"]) == (None, None)


def test_rows_of_the_report_itself_are_no_kind_of_applicant() -> None:
    report = rows.report("甲", cells=[(3, "1", "total"), (3, "1", "natural")])
    report["facts"]["col_code"] = ["?1", "total"]
    report["facts"]["label_raw"] = ["境外", None]
    found = show(report).query("SELECT applicant FROM requests_by_applicant")[1]
    assert found == [("total",)]


def test_views_work_when_the_file_is_attached_under_another_name(full: Warehouse) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {ddl.literal(str(full.published))} AS w (READ_ONLY)")
        for view in view_sql.view_sources():
            # Rules hold for every year, and publishers are there for some.
            of_year = "" if view in ("rules", "publishers") else "WHERE year = 2024"
            (found,) = connection.execute(f"SELECT count(*) FROM w.{view} {of_year}").fetchone() or (None,)
            assert found is not None
            assert (
                found > 0
                or view not in (*WIDE, *NARRATIVE, "rates", "rates_by_area", "series_by_area")
                or (view == "reports_2014")
            ), view


def comments(warehouse: Warehouse) -> Iterator[tuple[str, str | None]]:
    for kind in ("table", "view"):
        sql = f"SELECT {kind}_name, comment FROM duckdb_{kind}s() WHERE schema_name = 'main' AND NOT internal"
        yield from warehouse.query(sql)[1]
    sql = "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE schema_name = 'main'"
    yield from warehouse.query(f"{sql} AND NOT internal")[1]


def test_everything_has_a_comment_in_english_and_chinese(full: Warehouse) -> None:
    found = dict(comments(full))
    columns = sum(len(t.columns) for t in TABLES.values()) + sum(len(v.columns) for v in describe_views())
    assert len(found) == len(TABLES) + len(view_sql.view_sources()) + columns
    for name, comment in found.items():
        assert comment is not None, name
        assert re.fullmatch(r"[A-Za-z0-9].* · .*[一-鿿].*", comment), (name, comment)
    assert found["facts.value"] == "The figure; NULL unless value_kind is number · 数值"
    assert found["facts_labelled.form"] == found["facts.form"]


# The figure of each view, its state and its form's part in it are told view by view.
OWN_MEANING = {
    "value",
    "value_blank_as_zero",
    "form",
    "form_before",
    "cells",
    "rule",
    "state",
    "severity",
    "segment",
    "cells_used",
}


def test_columns_of_the_same_name_have_the_same_comment(full: Warehouse) -> None:
    by_name: dict[str, set[str | None]] = {}
    for name, comment in comments(full):
        view, _, column = name.partition(".")
        if view in (*WIDE, *LONG, *NARRATIVE) and column and column not in OWN_MEANING:
            by_name.setdefault(column, set()).add(comment)
    assert {name: texts for name, texts in by_name.items() if len(texts) > 1} == {}


def test_views_that_hold_printed_totals_say_so(full: Warehouse) -> None:
    said = {view.name: view.comment for view in describe_views()}
    for name in ("requests", "requests_by_applicant", "proceedings", "facts_labelled"):
        assert re.search("printed totals|totals .* as printed", said[name]), name


def test_file_of_a_view_has_its_name() -> None:
    for name, source in view_sql.view_sources().items():
        assert re.findall(r"^CREATE VIEW (\w+) AS$", source, re.MULTILINE) == [name]


@pytest.mark.parametrize(
    ("year", "level", "day"),
    [
        (2018, "township", "2019-03-31"),
        (2018, None, "2019-03-31"),
        (2019, "province", "2020-03-31"),
        (2019, "prefecture", "2020-03-31"),
        (2019, "county", "2020-03-31"),
        (2019, "township", "2020-01-31"),
        (2019, "department", "2020-01-31"),
        (2019, None, "2020-01-31"),
    ],
)
def test_when_a_report_is_due(full: Warehouse, year: int, level: str | None, day: str) -> None:
    assert full.query("SELECT due_on(?, ?)::VARCHAR", [year, level])[1] == [(day,)]


def test_the_views_that_tell_when_a_report_was_due_agree_also_in_an_attached_file(full: Warehouse) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {ddl.literal(str(full.published))} AS w (READ_ONLY)")
        sql = "SELECT deadline, due_on FROM w.reports_checked JOIN w.coverage USING (report_id)"
        found = connection.execute(sql).fetchall()
    assert len(found) == 2
    assert [deadline for deadline, _ in found] == [due_on for _, due_on in found] != [None, None]
