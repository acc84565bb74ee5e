"""The page of issues by code: every code once, with its counts, however many reports there are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.schema import ISSUES
from pipeline.warehouse.issue_page import FILE, write_issue_page
from tests import warehouse_rows as rows
from tests.warehouse.views import publish, records, show

FLAWS = [("balance-fails", "warning"), ("row-conflict", "error"), ("balance-fails", "warning")]


def flawed(name: str, *flaws: tuple[str, str], sentence: str = "“<b>” & more") -> rows.Frames:
    made = rows.report(name)
    (first,) = made["issues"].to_dict("records")
    found = [
        {**first, "issue_no": n, "code": code, "severity": severity, "sentence": sentence}
        for n, (code, severity) in enumerate(flaws, start=1)
    ]
    return {**made, "issues": pd.DataFrame(found, columns=list(ISSUES.column_names)).astype(ISSUES.dtypes)}


def test_each_code_has_one_line_with_its_counts(tmp_path: Path) -> None:
    warehouse = publish(tmp_path / "w", flawed("甲", *FLAWS), flawed("乙", FLAWS[0]))
    page = write_issue_page(warehouse, tmp_path / "docs")
    text = page.read_text("utf-8")
    assert page == tmp_path / "docs" / FILE
    assert text.index("<td>row-conflict</td>") < text.index("<td>balance-fails</td>")  # the gravest first
    assert '<td>balance-fails</td><td class="warning">warning</td><td class="n">3</td><td class="n">2</td>' in text
    assert "2 reports" in text
    assert "“&lt;b&gt;” &amp; more" in text
    assert "http" not in text


def test_the_view_counts_by_code_and_year() -> None:
    warehouse = show(flawed("甲", *FLAWS), flawed("乙", FLAWS[0]))
    found = {(r["code"], r["issues"], r["reports"]) for r in records(warehouse, "FROM issues_by_code")}
    assert found == {("balance-fails", 3, 2), ("row-conflict", 1, 1)}


def test_a_warehouse_without_issues_has_a_page(tmp_path: Path) -> None:
    text = write_issue_page(publish(tmp_path, flawed("甲")), tmp_path).read_text("utf-8")
    assert "1 reports, 1 of grade A" in text
