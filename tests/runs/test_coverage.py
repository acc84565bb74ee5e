"""What was expected against what is there, and what has vanished since the version before."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.raw.expected import EXPECTED_FILE
from pipeline.runs import extraction, loading, planning, publication, validation
from pipeline.runs.workspace import Workspace, state
from pipeline.warehouse.vanished import Vanished
from tests.workspace import (
    CODES,
    HAIDIAN,
    SHIJIAZHUANG,
    XINHUA,
    accept,
    first_run,
    put,
    reject,
    report,
    rows,
    run,
    workspace,
)

STATUS = "SELECT district_code, year, status FROM coverage ORDER BY ALL"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """新华区 published 2021 late, 2023 in time; 海淀区 2022 without a day; 2020 of the latter cannot be told."""
    ws = workspace(tmp_path)
    put(ws, "a.txt", dated(report(XINHUA, 2021), "2022-04-02"))
    put(ws, "b.txt", dated(report(XINHUA, 2023, seed=2), "2024-03-31"))
    put(ws, "c.txt", report(HAIDIAN, 2022, seed=3))
    return ws


def dated(text: str, day: str) -> str:
    return text.replace("\n", f"\n发布日期：{day}\n", 1)


def lines(ws: Workspace, *expected: str) -> None:
    put(ws, EXPECTED_FILE, "\n".join(["district_code,publisher,year", *expected]) + "\n")


@pytest.mark.long
def test_without_a_list_every_publisher_is_expected_every_year(ws: Workspace) -> None:
    first_run(ws)
    haidian, xinhua = CODES[HAIDIAN], CODES[XINHUA]
    assert rows(ws, STATUS) == [
        (haidian, 2021, "missing"),
        (haidian, 2022, "received"),
        (haidian, 2023, "missing"),
        (xinhua, 2021, "late"),
        (xinhua, 2022, "missing"),
        (xinhua, 2023, "received"),
    ]
    sql = "SELECT year, due_on::VARCHAR, days_late FROM coverage WHERE status IN ('late', 'received') ORDER BY year"
    assert rows(ws, sql) == [(2021, "2022-03-31", 2), (2022, "2023-03-31", None), (2023, "2024-03-31", 0)]


@pytest.mark.parametrize(
    ("publisher", "year", "day", "status"),
    [
        ("平顶山市新华区教育局", 2023, "2024-01-31", "received"),
        ("平顶山市新华区教育局", 2023, "2024-02-01", "late"),
        ("平顶山市新华区教育局", 2018, "2019-03-31", "received"),
        ("平顶山市新华区教育局", 2018, "2019-04-01", "late"),
        ("平顶山市新华区人民政府", 2018, "2019-04-01", "late"),
    ],
)
@pytest.mark.one_case
@pytest.mark.long
def test_when_a_report_is_late(tmp_path: Path, publisher: str, year: int, day: str, status: str) -> None:
    ws = workspace(tmp_path)
    put(ws, "410402/2023/a.txt", dated(report(publisher, year), day))
    first_run(ws)
    assert rows(ws, "SELECT status FROM coverage") == [(status,)]


@pytest.mark.long
def test_what_is_in_quarantine_removed_or_superseded(ws: Workspace) -> None:
    put(ws, "d.txt", report(SHIJIAZHUANG, 2022, seed=4))
    put(ws, "e.txt", report(SHIJIAZHUANG, 2023, seed=5))
    first_run(ws)
    (ws.raw / "e.txt").unlink()
    put(ws, "c.txt", report(HAIDIAN, 2022, seed=6))
    put(ws, "f.txt", report(XINHUA, 2022, seed=7))
    run(ws, reject(XINHUA))
    found = {(p, y): s for p, y, s in rows(ws, STATUS)}
    assert found[CODES[XINHUA], 2022] == "quarantined"
    assert found[CODES[SHIJIAZHUANG], 2023] == "removed"
    assert rows(ws, "SELECT district_code, year, superseded_versions FROM coverage WHERE superseded_versions > 0") == [
        (CODES[HAIDIAN], 2022, 1)
    ]
    assert rows(ws, "SELECT reason, file_path FROM coverage WHERE status = 'quarantined'") == [("contract", "f.txt")]


@pytest.mark.long
def test_a_list_says_what_is_expected_and_a_change_of_it_is_work(ws: Workspace) -> None:
    lines(ws, f"410402,{XINHUA},2021", f"410402,{XINHUA},2022", "110108, 北京市 海淀区教育局 ,2022")
    first_run(ws)
    assert rows(ws, STATUS) == [
        (CODES[HAIDIAN], 2022, "missing"),
        (CODES[XINHUA], 2021, "late"),
        (CODES[XINHUA], 2022, "missing"),
    ]
    assert planning.plan(ws).idle
    assert planning.plan(ws).files == 3
    lines(ws, f"410402,{XINHUA},2021")
    assert not planning.plan(ws).idle
    run(ws)
    assert rows(ws, STATUS) == [(CODES[XINHUA], 2021, "late")]
    (ws.raw / EXPECTED_FILE).unlink()
    run(ws)
    assert len(rows(ws, STATUS)) == 6


@pytest.mark.long
def test_a_publication_says_what_the_one_before_had(ws: Workspace) -> None:
    first_run(ws)
    (ws.raw / "c.txt").unlink()
    for step in (planning.ingest, extraction.extract):
        step(ws)
    validation.validate(ws, accept)
    loading.load(ws, state(ws).pending)
    found = publication.publish(ws).vanished
    assert found == Vanished(years=(2022,), districts=(CODES[HAIDIAN],))
    assert not publication.publish(ws).vanished


@pytest.mark.long
def test_a_publisher_whose_last_report_is_gone_is_expected_still(ws: Workspace) -> None:
    first_run(ws)
    (ws.raw / "c.txt").unlink()
    run(ws)
    of_haidian = f"SELECT year, status, level, district_name FROM coverage WHERE district_code = '{CODES[HAIDIAN]}'"
    assert rows(ws, f"{of_haidian} ORDER BY year") == [
        (2021, "missing", "county", "海淀区"),
        (2022, "removed", "county", "海淀区"),
        (2023, "missing", "county", "海淀区"),
    ]
