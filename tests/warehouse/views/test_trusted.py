"""What a person decided and what is doubtful: verdicts, the facts that can be trusted, quality, copies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.raw.verdicts import Verdict
from pipeline.schema import VerdictKind
from pipeline.warehouse import describe_views, view_sql
from tests import warehouse_rows as rows
from tests.warehouse.views import Asked, Shown, publish, record, records, show

CELL = (3, "3.1", "total")
OTHER = (3, "3.2", "total")


def verdict(line: int, kind: VerdictKind, printed: str | None = "7", value: int | None = None, **given: Any) -> Verdict:
    cell: dict[str, Any] = {"table_no": CELL[0], "row_code": CELL[1], "col_code": CELL[2]}
    told = {"district_code": "410402", "year": 2024, "publisher": "甲政府", **cell, **given}
    meant = None if value is None else Decimal(value)
    return Verdict(
        line=line, printed=printed, verdict=kind, value=meant, who="Li", when=date(2026, 2, 1), why="seen", **told
    )


def doubting(report: rows.Frames, *cells: rows.CellKey) -> rows.Frames:
    facts = report["facts"]
    keys = zip(facts["table_no"], facts["row_code"], facts["col_code"], strict=True)
    trust = ["doubtful" if key in cells else "proven" for key in keys]
    return {**report, "facts": facts.assign(trust=pd.Series(trust, dtype="str"))}


def trusted(warehouse: Asked, cell: rows.CellKey = CELL) -> tuple[Any, ...]:
    where = "table_no = {} AND row_code = '{}' AND col_code = '{}'".format(*cell)
    found = record(warehouse, f"FROM facts_trusted WHERE {where}")
    return found["value"], found["value_kind"], found["value_printed"], found["verdict"]


def reported(*verdicts: Verdict, doubtful: tuple[rows.CellKey, ...] = (), materialised: bool = False) -> Shown:
    report = doubting(rows.report("甲", printed={CELL: 7.0, OTHER: 9.0}), *doubtful)
    return show(report, verdicts=verdicts, materialised=materialised)


def test_a_sound_figure_is_trusted_and_a_doubtful_one_withheld() -> None:
    warehouse = reported(doubtful=(CELL,))
    assert trusted(warehouse) == (None, "withheld", 7, None)
    assert trusted(warehouse, OTHER) == (9, "number", 9, None)
    assert record(warehouse, "SELECT granted, partly_granted FROM requests") == {"granted": 7, "partly_granted": 9}
    told = record(warehouse, "SELECT granted, partly_granted FROM requests_trusted")
    assert told == {"granted": None, "partly_granted": 9}


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("confirmed", None, (7, "number", 7, "confirmed")),
        ("misread", 12, (12, "number", 7, "misread")),
        ("ignore", None, (None, "withheld", 7, "ignore")),
    ],
)
@pytest.mark.parametrize("doubtful", [(), (CELL,)])
def test_a_verdict_decides(
    kind: VerdictKind, value: int | None, expected: tuple[Any, ...], doubtful: tuple[rows.CellKey, ...]
) -> None:
    warehouse = reported(verdict(2, kind, value=value), doubtful=doubtful)
    assert trusted(warehouse) == expected
    assert record(warehouse, "SELECT granted FROM requests_trusted")["granted"] == expected[0]
    assert record(warehouse, "SELECT granted FROM requests")["granted"] == 7
    assert record(warehouse, "SELECT status FROM verdicts_applied")["status"] == "applied"


@pytest.mark.one_case
@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"printed": "8"}, "out of date"),
        ({"printed": " 7 "}, "applied"),
        ({"year": 2023}, "no such report"),
        ({"publisher": "乙政府"}, "no such report"),
        ({"row_code": "9.9"}, "no such cell"),
        ({"district_code": "410499"}, "no such report"),
    ],
)
def test_a_verdict_on_something_else_is_shown_and_not_applied(given: dict[str, Any], status: str) -> None:
    warehouse = reported(verdict(2, "misread", value=12, **given))
    assert record(warehouse, "SELECT status FROM verdicts_applied")["status"] == status
    assert trusted(warehouse)[0] == (12 if status == "applied" else 7)


def test_the_last_line_on_a_cell_counts() -> None:
    again = verdict(3, "misread", value=13, publisher="甲政府的统一名称")
    report = rows.report("甲", printed={CELL: 7.0})
    report["reports"]["publisher_name"] = "甲政府的统一名称"
    warehouse = show(report, verdicts=[verdict(2, "misread", value=12), again])
    assert trusted(warehouse)[0] == 13
    assert [r["status"] for r in records(warehouse, "FROM verdicts_applied ORDER BY line_no")] == [
        "overruled",
        "applied",
    ]


def test_a_whole_report_is_ignored_but_for_cells_that_were_judged() -> None:
    whole = verdict(2, "ignore", None, table_no=None, row_code=None, col_code=None)
    warehouse = reported(whole, verdict(3, "confirmed"))
    assert trusted(warehouse) == (7, "number", 7, "confirmed")
    assert trusted(warehouse, OTHER) == (None, "withheld", 9, "ignore")


@pytest.mark.long
def test_a_verdict_is_there_again_after_the_warehouse_was_deleted(tmp_path: Path) -> None:
    report, decided = rows.report("甲", printed={CELL: 7.0}), [verdict(2, "misread", value=12)]
    first, second = (publish(tmp_path / name, report, verdicts=decided) for name in ("a", "b"))
    sql = "FROM verdicts_applied"
    assert first.query(sql) == second.query(sql)
    assert trusted(second)[0] == 12


@pytest.mark.long
def test_views_of_facts_say_what_was_decided() -> None:
    warehouse = reported(verdict(2, "misread", value=12), materialised=True)
    where = "table_no = 3 AND row_code = '3.1' AND col_code = 'total'"
    found = record(warehouse, f"SELECT value, verdict, verdict_value FROM facts_labelled WHERE {where}")
    assert found == {"value": 7, "verdict": "misread", "verdict_value": 12}
    for view in ("requests", "proactive", "proceedings", "series_by_report", "rates"):
        assert {r["verdicts"] for r in records(warehouse, f"SELECT DISTINCT verdicts FROM {view}")} == {1}


def test_whatever_shows_figures_says_how_many_verdicts_are_about_them() -> None:
    views = {view.name: {name for name, _, _ in view.columns} for view in describe_views()}
    figures = {
        name for name, columns in views.items() if not columns.isdisjoint({"value", "left_value", "table_value"})
    }
    # What these are made of is not judged: the single figures of a report, versions, words, and verdicts themselves.
    figures -= {"series_figures", "series_figures_trusted", "facts_dated", "verdicts_applied"}
    assert [name for name in sorted(figures) if views[name].isdisjoint({"verdict", "verdicts"})] == []


def test_every_view_of_figures_has_a_twin_that_reads_trusted_facts() -> None:
    sources = view_sql.view_sources()
    for name in view_sql.with_twins():
        assert sources[f"{name}_trusted"] != sources[name]
        assert not {"facts", *view_sql.with_twins()} & set(view_sql.reads(sources[f"{name}_trusted"]))


def test_quality_of_a_district_and_year() -> None:
    report = doubting(rows.report("甲"), CELL)
    report["reports"] = report["reports"].assign(grade="C", routes_compared=200, routes_agreeing=150)
    found = record(show(report, verdicts=[verdict(2, "confirmed", printed=None)]), "FROM data_quality")
    expected = {"reports": 1, "grade_c": 1, "grade_a": 0, "facts": 200, "facts_doubtful": 1, "facts_proven": 199}
    assert {name: found[name] for name in expected} == expected
    assert found["agreement_share"] == 0.75


def test_copies_share_figures_or_narrative() -> None:
    made = {"甲": ("f1", "n1"), "乙": ("f1", "n2"), "丙": ("f2", "n2"), "丁": (None, None)}
    frames = []
    for name, (figures, narrative) in made.items():
        frames.append(rows.report(name))
        frames[-1]["reports"] = frames[-1]["reports"].assign(figures_digest=figures, narrative_digest=narrative)
    frames = [{**f, "reports": f["reports"].astype(rows.REPORTS.dtypes)} for f in frames]
    found = records(show(rows.together(*frames)), "FROM copies")
    assert {(r["publisher"], r["shared"], r["reports_sharing"], r["publishers_sharing"]) for r in found} == {
        ("甲政府", "figures", 2, 2),
        ("乙政府", "figures", 2, 2),
        ("乙政府", "narrative", 2, 2),
        ("丙政府", "narrative", 2, 2),
    }
