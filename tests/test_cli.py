from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import FACT_COLUMNS, ISSUE_COLUMNS, PLACE_COLUMNS, cli
from pipeline.forms import Form
from tests.conftest import SAMPLES
from tests.render import distinct_figures, text_report


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


def test_issues_instead_of_facts() -> None:
    result = _run("extract", "--issues", *SAMPLES)
    assert result.output.splitlines()[0] == ",".join(ISSUE_COLUMNS)
    assert [(r["report"], r["code"], r["table"], r["col_code"]) for r in _rows(result.stdout)] == [
        (SAMPLES[1].name, "label-misprint", "2", "repealed")
    ]


def test_one_bad_file_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "leer.txt").write_bytes(b"")
    result = _run("extract", tmp_path / "leer.txt", SAMPLES[0], tmp_path / "nicht-da.txt")
    assert result.exit_code == 3
    assert len(_rows(result.stdout)) == 200
    assert "leer.txt: quarantined: empty: the file is empty" in result.stderr
    assert "nicht-da.txt: quarantined: unreadable" in result.stderr


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
