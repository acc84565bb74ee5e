"""`disclosure export` and `disclosure sql` on a warehouse of made-up reports."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import click
import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from assets.command import cli
from pipeline.plain import plain
from tests import warehouse_rows as rows
from tests.warehouse.views import publish

FORMULA = '=HYPERLINK("x")'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("export")
    kinds = {(3, "1", "total"): 12.0, (2, "8.fee", "amount"): 58.25, (3, "4", "total"): "／"}
    reports = [
        rows.report("甲", "410402", 2023, printed=kinds, title=FORMULA),
        rows.report("乙", "410502", 2022, printed={(3, "1", "total"): 7.0}),
    ]
    publish(there, *reports)
    return there


def _run(folder: Path, *args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in (*args, "--warehouse", folder)])


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_is_for_excel_and_keeps_what_is_not_there_empty(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "申请.csv"
    result = _run(folder, "export", "requests", "-o", file)
    assert result.exit_code == 0, result.output
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    first, second = _csv(file)
    assert (first["publisher"], first["district_code"], first["new_requests"], first["carried_out"]) == (
        "甲政府", "410402", "12", "",
    )  # fmt: skip
    assert first["title"] == f"'{FORMULA}"
    assert second["new_requests"] == "7"
    assert [p.name for p in tmp_path.iterdir()] == [file.name]


def test_xlsx_has_numbers_and_no_formulas(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    assert _run(folder, "export", "requests", "--format", "xlsx", "-o", file).exit_code == 0
    heads, first, _ = openpyxl.load_workbook(file).active.iter_rows()
    row = dict(zip([h.value for h in heads], first, strict=True))
    assert (row["new_requests"].value, row["district_code"].value) == (12, "410402")
    assert row["carried_out"].value is None
    assert (row["title"].value, row["title"].data_type) == (FORMULA, "s")


@pytest.mark.parametrize("layout", ["csv", "xlsx", "parquet"])
def test_headings_in_chinese_differ_from_each_other(folder: Path, tmp_path: Path, layout: str) -> None:
    file = tmp_path / f"a.{layout}"
    assert _run(folder, "export", "requests", "--format", layout, "--headings", "zh", "-o", file).exit_code == 0
    if layout == "csv":
        heads = list(_csv(file)[0])
    elif layout == "xlsx":
        heads = [cell.value for cell in next(openpyxl.load_workbook(file).active.iter_rows())]
    else:
        heads = pq.read_table(file).column_names
    assert len(set(heads)) == len(heads) == 37
    assert {"发布机关", "报告年度"} <= set(heads)


def test_an_export_is_narrowed_by_year_and_district(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    assert _run(folder, "export", "requests", "--year", 2022, "--district", "4105", "-o", file).exit_code == 0
    assert [row["publisher"] for row in _csv(file)] == ["乙政府"]
    assert _run(folder, "export", "requests", "--year", 2022, "--district", "4104,1101", "-o", file).exit_code == 0
    assert _csv(file) == []
    assert _run(folder, "export", "requests", "--district", "410402, 4105", "-o", file).exit_code == 0
    assert [row["publisher"] for row in _csv(file)] == ["甲政府", "乙政府"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--district", "NONSENSE"), "'NONSENSE' is neither a district code of six digits nor the first two or four"),
        (("--district", "新华区"), "'新华区' is neither a district code of six digits nor the first two or four"),
        (("--district", "410402,419999"), "419999 is not a district"),
        (("--district", "99"), "no district code begins with 99"),
        (("--district", ""), "no district is given"),
        (("--year", "1999"), "1999 is not within 2008 to 2030, the years that are loaded"),
        (("--year", "last"), "'last' is not a valid integer"),
    ],
)
def test_a_district_or_year_that_nobody_knows_is_a_mistake_and_no_empty_answer(
    folder: Path, tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    result = _run(folder, "export", "requests", *given, "-o", tmp_path / "a.csv")
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert said in result.stderr


def test_no_other_option_takes_a_year_or_district_that_nobody_knows() -> None:
    context = click.Context(cli)
    told = {
        (name, option)
        for name in cli.list_commands(context)
        for command in (cli.get_command(context, name),)
        if command
        for parameter in command.params
        for option in parameter.opts
        if re.search(r"year|district", option)
    }
    mistaken = {
        ("export", "--year"): ["requests", "--year", "1999"],
        ("export", "--district"): ["requests", "--district", "419999"],
        ("locate", "--year"): ["新华区人民政府", "--year", "1999"],
        ("backfill", "--years"): ["--years", "1999"],
        ("backfill", "--districts"): ["--years", "2023", "--districts", "419999"],
    }
    assert told == set(mistaken)
    for (name, option), given in mistaken.items():
        result = CliRunner().invoke(cli, [name, *given])
        assert result.exit_code == 2, (name, option, result.output)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("export", "request"), "there is no table or view 'request'; there are: balances, "),
        (("export", "series", "--year", 2022), "series has no column year"),
        (("export", "requests", "-o", "/nowhere/a.csv"), "/nowhere/a.csv cannot be written: No such file or directory"),
        (("sql", "SELECT * FROM request"), "the query failed: "),
        (("sql", "DELETE FROM reports"), "the query failed: "),
        (("sql", ""), "the query is empty"),
        (("sql", "/* nothing */"), "the query is empty"),
    ],
)
def test_what_cannot_be_done_is_said(folder: Path, given: tuple[object, ...], said: str) -> None:
    result = _run(folder, *given)
    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize("layout", ["table", "csv"])
def test_what_a_terminal_obeys_is_spelt_out_on_one(layout: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("TERM", "dumb")
    question = "SELECT 'a' || chr(8238) || chr(155) AS a, '[bold]=1' AS b"
    cli(["sql", question, "--format", layout, "--warehouse", str(folder)], standalone_mode=False)
    assert "a\\u202e\\x9b" in out.getvalue()
    assert "[bold]=1" in out.getvalue()
    assert plain(out.getvalue()) == out.getvalue()


def test_a_question_is_answered_as_a_table_or_as_csv(folder: Path) -> None:
    question = "SELECT publisher, new_requests, carried_out FROM requests ORDER BY year DESC"
    table = _run(folder, "sql", question)
    assert table.exit_code == 0
    assert [line.split() for line in table.output.splitlines()][:2] == [
        ["publisher", "new_requests", "carried_out"],
        ["甲政府", "12", "NULL"],
    ]
    assert _run(folder, "sql", question, "--format", "csv").output.splitlines()[:2] == [
        "publisher,new_requests,carried_out",
        "甲政府,12,",
    ]


def test_no_cell_of_a_table_is_cut_off_in_a_pipe(folder: Path) -> None:
    result = _run(folder, "sql", "SELECT * FROM data_quality ORDER BY year")
    heads, first, second = result.output.splitlines()
    assert len(heads) > 200
    assert "…" not in result.output
    assert [line.split()[0] for line in (first, second)] == ["区410502", "区410402"]


@pytest.mark.parametrize(("columns", "wide"), [("80", False), ("1000", True)])
def test_a_terminal_too_narrow_for_a_table_shows_a_line_for_each_cell(
    folder: Path, monkeypatch: pytest.MonkeyPatch, columns: str, wide: bool
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", columns)
    question = "SELECT * FROM requests ORDER BY year DESC"
    cli(["sql", question, "--warehouse", str(folder)], standalone_mode=False)
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert (["new_requests", "12"] in lines) is not wide
    assert (["new_requests", "7"] in lines) is not wide


def test_an_empty_answer_says_where_to_look(folder: Path, tmp_path: Path) -> None:
    for given in (["sql", "SELECT * FROM requests WHERE year = 2010"], ["export", "requests", "--year", "2010"]):
        result = _run(folder, *given, *(["-o", tmp_path / "a.csv"] if given[0] == "export" else []))
        assert result.exit_code == 0
        assert "table quarantine" in result.stderr
