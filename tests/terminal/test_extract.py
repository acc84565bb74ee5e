"""`disclosure extract`: what it prints in each layout, and its exit status."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.forms.model import Form
from pipeline.plain import plain
from pipeline.terminal.command import cli
from pipeline.terminal.extract import FACT_COLUMNS, ISSUE_COLUMNS
from pipeline.terminal.locate import PLACE_COLUMNS
from pipeline.terminal.rows import row_writer
from tests.conftest import SAMPLES, SHARED
from tests.render import TextStyle, balanced_figures, distinct_figures, text_report

needs_reports = pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (shared/reports)")


def _run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_extract_prints_a_row_a_cell(tmp_path: Path, form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(0)) | {
        (3, "1", "natural"): "",
        (4, "1", "after.other"): "12 件",
    }
    file = tmp_path / "报告.txt"
    file.write_text(text_report(form_2021, figures), "utf-8")
    result = _run("extract", file)
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == ",".join(FACT_COLUMNS)
    rows = {(int(r["table"]), r["row_code"], r["col_code"]): r for r in _rows(result.stdout)}
    assert {k: r["value_raw"] for k, r in rows.items()} == figures
    assert {r["report"] for r in rows.values()} == {"报告.txt"}
    assert (rows[3, "1", "natural"]["value"], rows[3, "1", "natural"]["value_kind"]) == ("", "blank")
    assert (rows[4, "1", "after.other"]["value"], rows[4, "1", "after.other"]["value_kind"]) == ("12", "number")
    assert {r["form"] for r in rows.values()} == {"2021"}


def test_extract_as_json_lines() -> None:
    lines = _run("extract", SAMPLES[0], "--format", "jsonl").stdout.splitlines()
    assert len(lines) == 200
    assert set(json.loads(lines[0])) == set(FACT_COLUMNS)


ODD = {(3, "1", "total"): "=1+1", (3, "1", "natural"): "-3", (3, "1", "business"): "a\u202eb\x9b"}


def test_formulas_are_inert_where_a_spreadsheet_is_meant(tmp_path: Path, form_2021: Form) -> None:
    file = tmp_path / "=a.txt"
    file.write_text(text_report(form_2021, distinct_figures(form_2021, random.Random(0)) | ODD), "utf-8")
    for options, total, name in (((), "=1+1", "=a.txt"), (("--excel-safe",), "'=1+1", "'=a.txt")):
        rows = {
            (r["row_code"], r["col_code"]): r
            for r in _rows(_run("extract", *options, file).stdout)
            if r["table"] == "3"
        }
        assert rows["1", "total"]["value_raw"] == total
        assert (rows["1", "natural"]["value_raw"], rows["1", "natural"]["value"]) == ("-3", "-3")
        assert {r["report"] for r in rows.values()} == {name}


@pytest.mark.parametrize("options", [("--format", "jsonl"), ("--issues", "--format", "jsonl")])
def test_no_sign_that_a_terminal_obeys_is_in_json(tmp_path: Path, form_2021: Form, options: tuple[str, ...]) -> None:
    file = tmp_path / "a\u202eb.txt"
    file.write_text(text_report(form_2021, distinct_figures(form_2021, random.Random(0)) | ODD), "utf-8")
    said = _run("extract", *options, file).stdout
    assert plain(said) == said
    assert "\\u202e" in said
    assert json.loads(said.splitlines()[0])["report"] == file.name


def test_csv_on_a_terminal_spells_such_signs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout", out)
    row_writer(("a", "b"), "csv")([{"a": "x\x1b[2J", "b": True}])
    assert out.getvalue() == "a,b\nx\\x1b[2J,true\n"


def test_issues_instead_of_facts() -> None:
    result = _run("extract", "--issues", *SAMPLES)
    assert result.output.splitlines()[0] == ",".join(ISSUE_COLUMNS)
    assert [(r["report"], r["code"], r["table"], r["col_code"]) for r in _rows(result.stdout)] == [
        (SAMPLES[1].name, "label-misprint", "2", "repealed")
    ]


def test_proposals_instead_of_facts(tmp_path: Path, form_2021: Form) -> None:
    """The printed total that is 5 too high is named, with the value that would mend it, and not applied."""
    figures = balanced_figures(form_2021, random.Random(0))
    true = int(figures[3, "3.2", "total"])
    (tmp_path / "a.txt").write_text(text_report(form_2021, figures | {(3, "3.2", "total"): str(true + 500)}), "utf-8")
    (tmp_path / "b.txt").write_text(text_report(form_2021, figures), "utf-8")
    result = _run("extract", "--proposals", tmp_path / "a.txt", tmp_path / "b.txt")
    assert result.output.splitlines()[0] == "report,table,row_code,col_code,printed,proposed,alternatives,blame"
    assert _rows(result.stdout) == [
        {"report": "a.txt", "table": "3", "row_code": "3.2", "col_code": "total", "printed": str(true + 500),
         "proposed": str(true), "alternatives": "0", "blame": "source"}
    ]  # fmt: skip
    (line,) = _run("extract", "--proposals", "--format", "jsonl", tmp_path / "a.txt").stdout.splitlines()
    assert json.loads(line)["alternatives"] == 0


@needs_reports
def test_what_hongze_printed_wrong() -> None:
    result = _run("extract", "--proposals", SHARED / "real" / "district_huaian-hongze_2023.pdf")
    found = {
        (r["row_code"], r["col_code"], r["printed"], r["proposed"], r["alternatives"], r["blame"])
        for r in _rows(result.stdout)
    }
    assert ("1", "review.total", "0", "11", "0", "source") in found
    assert ("1", "after.total", "0", "5", "1", "source") in found


def test_statements_and_comparisons_instead_of_facts(tmp_path: Path, form_2021: Form) -> None:
    figures = balanced_figures(form_2021, random.Random(0))
    received = int(figures[3, "1", "total"])
    style = TextStyle(narrative=f"2024年共收到政府信息公开申请{received + 1}件。累计发布信息约300条。")
    (tmp_path / "a.txt").write_text(text_report(form_2021, figures, style), "utf-8")
    result = _run("extract", "--statements", tmp_path / "a.txt")
    assert result.output.splitlines()[0] == (
        "report,metric,value,unit,approximate,cumulative,stated_year,scope,section,offset,phrase"
    )
    (told,) = [r for r in _rows(result.stdout) if r["metric"] == "nar_req_received"]
    assert (told["report"], told["value"], told["unit"], told["stated_year"]) == (
        "a.txt",
        str(received + 1),
        "件",
        "2024",
    )
    assert (told["approximate"], told["cumulative"], told["offset"]) == ("false", "false", "16")
    result = _run("extract", "--comparisons", tmp_path / "a.txt")
    assert result.output.splitlines()[0] == "report,rule,metric,stated,printed,state,cause,severity,cells"
    (compared,) = [r for r in _rows(result.stdout) if r["metric"] == "nar_req_received"]
    assert (compared["stated"], compared["printed"], compared["state"]) == (str(received + 1), str(received), "differ")
    assert compared["cells"] == "3:1:total"
    lines = _run("extract", "--statements", "--format", "jsonl", tmp_path / "a.txt").stdout.splitlines()
    assert {type(json.loads(line)["approximate"]) for line in lines} == {bool}


def test_one_bad_file_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "leer.txt").write_bytes(b"")
    files = (tmp_path / "leer.txt", SAMPLES[0], tmp_path / "nicht-da.txt")
    result = _run("extract", *files)
    assert result.exit_code == 3
    assert len(_rows(result.stdout)) == 200
    assert "leer.txt: quarantined: empty: the file is empty" in result.stderr
    assert "nicht-da.txt: quarantined: unreadable" in result.stderr
    told = _rows(_run("extract", "--issues", *files).stdout)
    assert [(r["code"], r["table"], r["row_code"]) for r in told if r["report"] == "leer.txt"] == [
        ("empty", number, "") for number in "1234"
    ]


def test_locate_answers_row_for_row(tmp_path: Path) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_text("title,year,context\n文峰区商颂街道办事处,2024,\n太平镇人民政府,2022,\n,,\n", "utf-8")
    result = _run("locate", "--from", asked, "--format", "csv")
    assert result.output.splitlines()[0] == ",".join(PLACE_COLUMNS)
    rows = _rows(result.stdout)
    assert [r["status"] for r in rows] == ["unique", "ambiguous", "none"]
    assert rows[0]["district_code"] == "410502"
    assert rows[1]["district_code"] == ""
    assert "610423" in rows[1]["candidates"].split(" ")


def test_locate_for_a_person() -> None:
    result = _run("locate", "新华区曙光街街道办事处2024年政府信息公开工作年度报告")
    assert "410402 河南省 平顶山市 新华区" in result.output


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["locate"], "give either a TITLE or --from"),
        (["locate", "x", "--from", "y.csv"], "does not exist"),
        (["extract"], "Missing argument"),
        (["extract", "--format", "xml", "a"], "'xml' is not one of"),
        (["extract", "--issues", "--proposals", "a"], "give one of --issues and --proposals"),
    ],
)
def test_usage_errors(args: list[str], says: str) -> None:
    result = _run(*args)
    assert result.exit_code == 2
    assert says in result.output


def test_a_bad_list_names_the_line(tmp_path: Path) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_text("title,year\nx,2024\ny,zwei\n", "utf-8")
    result = _run("locate", "--from", asked)
    assert result.exit_code == 1
    assert "asked.csv, line 3: year is not a number: zwei" in result.output


def test_the_version_names_the_program_and_what_it_stands_on() -> None:
    result = _run("--version")
    assert result.exit_code == 0
    assert re.fullmatch(
        r"disclosure \d+\.\d+\.\d+ \(Python 3\.\d+\.\d+, duckdb \S+, dagster \S+, great-expectations \S+\)\n",
        result.output,
    )
