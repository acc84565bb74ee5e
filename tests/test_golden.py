"""Documents kept with their true cells and issues. Every bug leaves its document here.

`issues.csv` is compared whole; rewrite it after a change that was meant with
`disclosure extract --issues tests/golden/CASE/report.txt > tests/golden/CASE/issues.csv`, and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from tests.conftest import accounted, parse_bytes, printed, true_cells

CASES = sorted(p for p in (Path(__file__).parent / "golden").iterdir() if p.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_golden(case: Path) -> None:
    (document,) = case.glob("report.*")
    parsed = parse_bytes(document.read_bytes(), document.name)
    assert printed(parsed) == true_cells(case / "cells.csv")
    accounted(parsed)
    issues = CliRunner().invoke(cli, ["extract", "--issues", str(document)])
    assert issues.output == (case / "issues.csv").read_text("utf-8")
