"""Documents kept with their true cells and issues. Every bug leaves its document here.

`issues.csv` is compared whole; rewrite it after a change that was meant with
`disclosure extract --issues tests/golden/CASE/report.txt > tests/golden/CASE/issues.csv`, and read the difference.
Those that Chromium and LibreOffice laid out are made by `scripts/real_layouts.py`.
A case with a `form.toml` is read by that form beside those that are issued: a new form is one file and one case.
"""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.document import RawFile
from pipeline.forms.loading import forms, parse_form
from pipeline.forms.model import Form
from pipeline.frames import issue_row
from pipeline.parse import parse
from pipeline.parsed import Parsed
from pipeline.terminal.command import cli
from pipeline.terminal.extract import ISSUE_COLUMNS
from tests.conftest import assert_accounted, parse_bytes, printed, true_cells
from tests.odd.scoring import score

FOLDERS = sorted(p for p in (Path(__file__).parent / "golden").iterdir() if p.is_dir())
LAID_OUT = [c for c in FOLDERS if c.name.startswith(("chromium_", "writer_", "calc_"))]
CASES = [c for c in FOLDERS if c not in LAID_OUT]
OWN_FORM = [c for c in CASES if (c / "form.toml").exists()]


@pytest.mark.parametrize("case", [c for c in CASES if c not in OWN_FORM], ids=lambda p: p.name)
def test_golden(case: Path) -> None:
    (document,) = case.glob("report.*")
    parsed = parse_bytes(document.read_bytes(), document.name)
    assert printed(parsed) == true_cells(case / "cells.csv")
    assert_accounted(parsed)
    issues = CliRunner().invoke(cli, ["extract", "--issues", str(document)])
    assert issues.output == (case / "issues.csv").read_text("utf-8")


@pytest.mark.parametrize("case", LAID_OUT, ids=lambda p: p.name)
def test_layout_of_a_real_program(case: Path) -> None:
    (document,) = case.glob("report.*")
    parsed = parse_bytes(document.read_bytes(), document.name)
    truth = true_cells(case / "cells.csv")
    assert printed(parsed) == truth
    assert score(parsed, truth).right == len(truth)
    assert_accounted(parsed)
    assert _issues(parsed, document.name) == (case / "issues.csv").read_text("utf-8")


@pytest.mark.parametrize("case", OWN_FORM, ids=lambda p: p.name)
def test_golden_with_a_form_of_its_own(case: Path) -> None:
    (document,) = case.glob("report.*")
    made = _form(case)
    parsed = _parse(document, made)
    assert printed(parsed) == true_cells(case / "cells.csv")
    assert {f.form for f in parsed.facts} == {made.name}
    assert_accounted(parsed)
    assert _issues(parsed, document.name) == (case / "issues.csv").read_text("utf-8")


@pytest.mark.parametrize("case", OWN_FORM, ids=lambda p: p.name)
def test_without_its_form_the_same_cells_are_known_and_the_others_kept(case: Path) -> None:
    (document,) = case.glob("report.*")
    made = _form(case)
    parsed = parse_bytes(document.read_bytes())
    got = printed(parsed)
    assert {k: v for k, v in got.items() if "?" not in k[1] + k[2]}.items() <= true_cells(case / "cells.csv").items()
    assert sorted(got.values()) == sorted(true_cells(case / "cells.csv").values())
    assert {f.form for f in parsed.facts} == {made.variant_of}
    assert_accounted(parsed)


@pytest.mark.parametrize("case", [c for c in CASES if c not in OWN_FORM], ids=lambda p: p.name)
@pytest.mark.parametrize("own", OWN_FORM, ids=lambda p: p.name)
def test_a_variant_is_chosen_only_where_its_own_labels_are_printed(own: Path, case: Path) -> None:
    (document,) = case.glob("report.*")
    assert _parse(document, _form(own)) == _parse(document)


def _form(case: Path) -> Form:
    text = (case / "form.toml").read_text("utf-8")
    return parse_form(tomllib.loads(text)["name"], text)


def _parse(document: Path, *more: Form) -> Parsed:
    data = document.read_bytes()
    return parse(RawFile(document.name, len(data), 0, ""), data, known=(*forms(), *more))


def _issues(parsed: Parsed, report: str) -> str:
    """As `disclosure extract --issues` prints them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, ISSUE_COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for i in parsed.issues:
        writer.writerow({**issue_row(i), "report": report, "table": i.table_no})
    return out.getvalue()
