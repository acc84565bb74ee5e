"""Half-years, school years and whole systems are kept beside a year's own report, and are no yearly figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace import XINHUA, is_idle, put, quarantined, report, rows, run, workspace

KEPT = "SELECT file_path, year, period, scope FROM reports ORDER BY file_path"
YEARLY = ("yearly_reports", "requests", "rates", "series_by_report", "reports_checked", "year_balances", "report_areas")


@pytest.mark.long
def test_other_periods_and_systems_are_loaded_beside_the_year(tmp_path: Path) -> None:
    ws = workspace(tmp_path)
    half = report(XINHUA, 2023, seed=2, title="上半年政府信息公开工作报告")
    put(ws, "a.txt", half)
    put(ws, "b.txt", report(XINHUA, 2023))
    put(ws, "c.txt", report("平顶山市新华区教育系统", 2023, seed=3))
    run(ws)
    assert quarantined(ws) == {}
    periods = [(path, year, period) for path, year, period, _ in rows(ws, KEPT)]
    assert periods == [("a.txt", 2023, "half-year-1"), ("b.txt", 2023, "year"), ("c.txt", 2023, "year")]
    assert rows(ws, KEPT)[2][3] == "system"
    own = rows(ws, "SELECT report_id FROM reports WHERE file_path = 'b.txt'")
    for view in YEARLY:
        assert rows(ws, f"SELECT DISTINCT report_id FROM {view} WHERE report_id IS NOT NULL") in (own, []), view
    assert rows(ws, "SELECT DISTINCT report_id FROM rates") == own
    assert rows(ws, "SELECT file_path, year, status FROM coverage") == [("b.txt", 2023, "received")]
    assert rows(ws, "SELECT count(DISTINCT report_id) FROM facts_labelled") == [(3,)]
    assert is_idle(ws)

    put(ws, "a.txt", half.replace("上半年", "下半年"))
    put(ws, "d.txt", half)
    run(ws)
    assert [row[2] for row in rows(ws, KEPT)] == ["half-year-2", "year", "year", "half-year-1"]
    assert rows(ws, "SELECT * FROM restatements") == []
