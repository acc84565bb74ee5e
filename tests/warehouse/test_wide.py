"""Wide views are made of their files, and the files agree with the forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.forms.loading import forms
from pipeline.forms.model import Form, FormCell
from pipeline.warehouse import view_sql
from pipeline.warehouse.wide import WideView, WideViewError, parse_view, wide_sources, wide_views

VIEWS = {view.name: view for view in wide_views()}
# A view may leave rows out where it says so.
IN_PART = {"reports_2014"}
FILE = """table = 7
meaning = "Visits, one row per report"
label = "来访"
columns = [
    { name = "visits", cell = "1:count", unit = "次", meaning = "Visits", note = "by day", label = "来访次数" },
    { name = "spent_10k_yuan", cell = "2:count", unit = "万元", meaning = "Spent, in 10,000 yuan", label = "费用" },
]
"""


def meant(view: WideView) -> tuple[Form, ...]:
    """The forms whose cells a view shows."""
    found = [f for f in forms() if any(t.number == view.table_no for t in f.tables)]
    return tuple(f for f in found if not view.known_by or view.known_by in {r.code for t in f.tables for r in t.rows})


def cells_of(view: WideView, row_code: str, col_code: str) -> Iterator[FormCell]:
    for form in meant(view):
        for cell in form.table(view.table_no).cells.values():
            if cell.row.code == row_code and col_code in ("*", cell.column.code):
                yield cell


@pytest.mark.parametrize("name", VIEWS)
def test_every_column_shows_a_cell_of_a_form_in_its_unit(name: str) -> None:
    for column in VIEWS[name].columns:
        units = {cell.unit for cell in cells_of(VIEWS[name], column.row_code, column.col_code)}
        assert units, column.name
        assert units <= {column.unit, None}, column.name


@pytest.mark.parametrize("name", sorted(VIEWS.keys() - IN_PART))
def test_no_cell_of_a_form_is_left_out(name: str) -> None:
    view = VIEWS[name]
    shown = {(c.row_code, c.col_code) for c in view.columns}
    cells = {(c.row.code, c.column.code) for form in meant(view) for c in form.table(view.table_no).cells.values()}
    assert cells
    assert {(row, col) for row, col in cells if not {(row, col), (row, "*")} & shown} == set()


@pytest.mark.parametrize("name", VIEWS)
def test_no_cell_is_shown_twice(name: str) -> None:
    shown = [(c.row_code, c.col_code) for c in VIEWS[name].columns]
    assert len(set(shown)) == len(shown)


def test_every_table_of_the_forms_in_force_has_a_view() -> None:
    tables = {t.number for f in forms() if f.prescribed for t in f.tables}
    assert tables <= {view.table_no for view in VIEWS.values()}


def test_names_of_the_breakdown_are_those_of_columns() -> None:
    view = VIEWS["requests_by_applicant"]
    assert view.breakdown is not None
    assert view.total is not None
    columns = {c.column.code for form in meant(view) for c in form.table(view.table_no).cells.values()}
    assert {*view.breakdown.values, view.total.value} <= columns
    names = {view.breakdown.values.get(code, code) for code in columns}
    assert [name for name in names if f"{name} " not in view.breakdown.meaning] == []


def test_a_new_file_is_a_view_with_comments_and_a_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "callers.toml").write_text(FILE, encoding="utf-8")
    monkeypatch.setattr("pipeline.warehouse.wide.WIDE_FOLDER", tmp_path)
    sql = wide_sources()["callers"]
    assert sql.startswith("CREATE VIEW callers AS\n")
    assert "max(figure) FILTER (row_code = '1' AND col_code = 'count') AS visits" in sql
    assert "max(amount) FILTER (row_code = '2' AND col_code = 'count') AS spent_10k_yuan" in sql
    assert "COMMENT ON VIEW callers IS 'Visits, one row per report · 来访';" in sql
    assert "COMMENT ON COLUMN callers.visits IS 'Visits (次); by day · 来访次数';" in sql
    assert "COMMENT ON COLUMN callers.spent_10k_yuan IS 'Spent, in 10,000 yuan · 费用';" in sql
    assert "FROM facts_trusted" in view_sql.view_sources()["callers_trusted"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("table = 7", "", "KeyError: 'table'"),
        ('unit = "次", ', "", "unit"),
        ("table = 7", 'table = 7\nlable = "x"', "lable"),
        ('"visits", cell', '"year", cell', r"no names of their own: \['year'\]"),
        ('"spent_10k_yuan"', '"visits"', r"no names of their own: \['visits'\]"),
        ('"visits", cell', '"Visits; DROP", cell', "no names of their own"),
        ('"1:count"', '"1"', "row:column"),
        ('"1:count"', '"1:*"', "row:column"),
        ("table = 7", "table = ", "TOMLDecodeError"),
    ],
)
def test_a_faulty_file_is_named(before: str, after: str, said: str) -> None:
    assert before in FILE
    with pytest.raises(WideViewError, match=f"wide view callers: .*{said}"):
        parse_view("callers", FILE.replace(before, after, 1))
