"""A file that holds several reports: each is loaded by itself, and the state of the file governs them all."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.document import file_of, number_of, path_in
from pipeline.forms.loading import form
from pipeline.runs.workspace import Workspace
from pipeline.terminal.command import cli
from tests.readers import draw_pdf
from tests.readers.draw_html import HtmlStyle, html_report
from tests.render import Figures, balanced_figures
from tests.workspace import (
    HAIDIAN,
    SHIJIAZHUANG,
    XINHUA,
    first_run,
    is_idle,
    put,
    quarantined,
    report,
    rows,
    run,
    workspace,
)

FIRST_DAY, LATER = date(2026, 3, 1), date(2026, 3, 9)
FORM = form("2021")
CELL = (3, "1", "natural")
Named = tuple[str, int]
REPORTS = "SELECT file_path, publisher, version FROM reports ORDER BY ALL"
VERSIONS = "SELECT publisher, version, cause FROM report_versions ORDER BY ALL"
FILES = "SELECT path, status FROM files ORDER BY ALL"
THREE = [(XINHUA, 1), (HAIDIAN, 2), (SHIJIAZHUANG, 3)]


def title(publisher: str) -> str:
    return f"{publisher}2023年政府信息公开工作年度报告"


def figures(seed: int) -> Figures:
    return balanced_figures(FORM, random.Random(seed))


def html(reports: Sequence[Named]) -> bytes:
    bare = HtmlStyle(head="", tail="")
    pages = [html_report(FORM, figures(seed), replace(bare, title=title(name))) for name, seed in reports]
    return f"<html><head><meta charset='utf-8'></head><body>{''.join(pages)}</body></html>".encode()


def pdf(reports: Sequence[Named]) -> bytes:
    return draw_pdf.compilation(FORM, [((title(name),), figures(seed)) for name, seed in reports])


def first_day() -> date:
    return FIRST_DAY


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A page with three reports, loaded and published."""
    ws = workspace(tmp_path, clock=first_day)
    put(ws, "all.html", html(THREE))
    first_run(ws)
    return replace(ws, clock=lambda: LATER)


@pytest.mark.parametrize(
    ("path", "file", "number"),
    [
        ("a.html", "a.html", 1),
        ("a.html#2", "a.html", 2),
        ("x.zip!b/a.pdf#12", "x.zip!b/a.pdf", 12),
        ("a.html#1", "a.html#1", 1),
        ("a#02", "a#02", 1),
        ("a#2.html", "a#2.html", 1),
    ],
)
def test_the_path_of_a_report_says_its_file_and_number(path: str, file: str, number: int) -> None:
    assert (file_of(path), number_of(path), path_in(file, number)) == (file, number, path)


@pytest.mark.parametrize("draw", [pytest.param(html, marks=pytest.mark.long), pdf])
def test_each_report_of_a_file_is_loaded(tmp_path: Path, draw: object) -> None:
    ws = workspace(tmp_path)
    put(ws, "all", draw(THREE))  # type: ignore[operator]
    run(ws)
    paths = ["all", "all#2", "all#3"]
    assert rows(ws, REPORTS) == [(path, name, 1) for path, (name, _) in zip(paths, THREE, strict=True)]
    assert rows(ws, FILES) == [(path, "loaded") for path in paths]
    found = "SELECT value::INTEGER FROM facts JOIN reports USING (report_id) WHERE (table_no, row_code, col_code) = (?, ?, ?)"
    values = ws.warehouse.query(f"{found} ORDER BY file_path", list(CELL))[1]
    assert values == [(int(figures(seed)[CELL]),) for _, seed in THREE]
    counts = "SELECT count(DISTINCT report_id) FROM {} GROUP BY ALL"
    assert [rows(ws, counts.format(table)) for table in ("sections", "balances", "report_tables")] == [[(3,)]] * 3
    assert is_idle(ws)


@pytest.mark.long
def test_a_change_in_one_report_leaves_the_figures_of_the_others(ws: Workspace) -> None:
    put(ws, "all.html", html([THREE[0], (HAIDIAN, 7), THREE[2]]))
    run(ws)
    assert {row[2] for row in rows(ws, REPORTS)} == {2}
    assert {row[0] for row in rows(ws, "SELECT DISTINCT publisher FROM restatements")} == {HAIDIAN}
    assert is_idle(ws)


@pytest.mark.long
def test_a_report_that_disappears_is_removed_alone(ws: Workspace) -> None:
    put(ws, "all.html", html([THREE[0], THREE[2]]))
    run(ws)
    assert rows(ws, REPORTS) == [("all.html", XINHUA, 2), ("all.html#2", SHIJIAZHUANG, 2)]
    assert (HAIDIAN, 1, "removed") in rows(ws, VERSIONS)
    assert rows(ws, FILES) == [("all.html", "loaded"), ("all.html#2", "loaded")]
    assert rows(ws, "SELECT DISTINCT publisher FROM restatements") == [(HAIDIAN,)]
    put(ws, "all.html", html(THREE[:1]))
    run(ws)
    assert rows(ws, REPORTS) == [("all.html", XINHUA, 3)]
    assert rows(ws, FILES) == [("all.html", "loaded")]
    assert is_idle(ws)


@pytest.mark.long
@pytest.mark.one_case
def test_garbage_over_a_file_keeps_all_its_reports(ws: Workspace) -> None:
    before = rows(ws, REPORTS), rows(ws, VERSIONS)
    put(ws, "all.html", b"\x00\x01 no report")
    run(ws)
    assert (rows(ws, REPORTS), rows(ws, VERSIONS)) == before
    assert rows(ws, "SELECT path, kept_since FROM quarantine") == [("all.html", LATER.isoformat())]
    assert rows(ws, "SELECT file_path FROM reports ANTI JOIN files ON path = file_path") == []
    put(ws, "all.html", html(THREE))
    run(ws)
    assert (rows(ws, REPORTS), rows(ws, VERSIONS), quarantined(ws)) == (*before, {})
    assert rows(ws, FILES) == [(path, "loaded") for path in ("all.html", "all.html#2", "all.html#3")]
    assert is_idle(ws)


@pytest.mark.long
def test_a_file_that_is_renamed_or_removed_takes_all_its_reports_along(ws: Workspace) -> None:
    before = rows(ws, VERSIONS)
    Path(str(ws.raw), "all.html").rename(Path(str(ws.raw), "new.html"))
    run(ws)
    assert [row[0] for row in rows(ws, REPORTS)] == ["new.html", "new.html#2", "new.html#3"]
    assert (rows(ws, VERSIONS), len(rows(ws, FILES))) == (before, 3)
    (ws.raw / "new.html").unlink()
    put(ws, "other.txt", report(XINHUA, 2020))
    run(ws)
    assert [row[0] for row in rows(ws, REPORTS)] == ["other.txt"]
    assert {row[2] for row in rows(ws, VERSIONS)} == {"removed", None}
    assert rows(ws, FILES) == [("other.txt", "loaded")]
    assert is_idle(ws)


@pytest.mark.long
def test_a_report_that_cannot_be_placed_is_named_alone_and_a_line_of_the_overrides_places_it(tmp_path: Path) -> None:
    ws = workspace(tmp_path)
    put(ws, "all.html", html([THREE[0], ("新华区人民政府", 2), THREE[2]]))
    run(ws)
    assert quarantined(ws) == {"all.html#2": "district-ambiguous"}
    assert rows(ws, "SELECT DISTINCT kept_since FROM quarantine") == [(None,)]
    assert [row[0] for row in rows(ws, REPORTS)] == ["all.html", "all.html#3"]
    put(ws, "overrides.csv", "file,district_code\nall.html#2,410402\n")
    put(ws, "all.html", html([THREE[1], ("新华区人民政府", 2), THREE[2]]))
    run(ws)
    placed = "SELECT file_path, district_code, located_via FROM reports WHERE located_via = 'override'"
    assert rows(ws, placed) == [("all.html#2", "410402", "override")]
    assert quarantined(ws) == {}
    assert is_idle(ws)


@pytest.mark.long
def test_a_report_that_cannot_be_placed_any_more_stays_while_the_others_change(ws: Workspace) -> None:
    put(ws, "all.html", html([(XINHUA, 8), ("新华区人民政府", 2), THREE[2]]))
    run(ws)
    assert rows(ws, REPORTS) == [("all.html", XINHUA, 2), ("all.html#2", HAIDIAN, 1), ("all.html#3", SHIJIAZHUANG, 2)]
    assert rows(ws, "SELECT path, kept_since FROM quarantine") == [("all.html#2", LATER.isoformat())]
    assert is_idle(ws)


@pytest.mark.long
def test_reports_of_files_and_in_files_are_rivals(ws: Workspace) -> None:
    put(ws, "b.txt", report(HAIDIAN, 2023, seed=5))
    run(ws)
    assert quarantined(ws) == {"b.txt": "duplicate-report"}
    assert "all.html#2" in str(rows(ws, "SELECT sentence FROM quarantine")[0][0])
    put(ws, "all.html", html([THREE[0], THREE[2]]))
    run(ws)
    assert ("b.txt", HAIDIAN, 2) in rows(ws, REPORTS)
    assert quarantined(ws) == {}
    put(ws, "c.txt", report(SHIJIAZHUANG, 2023, seed=5, title="政府信息公开工作年度报告（更正版）"))
    run(ws)
    assert {row[0] for row in rows(ws, REPORTS)} == {"all.html", "b.txt", "c.txt"}
    assert quarantined(ws) == {"all.html#2": "duplicate-report"}
    assert is_idle(ws)
    (ws.raw / "c.txt").unlink()
    run(ws)
    assert {row[0] for row in rows(ws, REPORTS)} == {"all.html", "all.html#2", "b.txt"}
    assert quarantined(ws) == {}


@pytest.mark.long
def test_of_two_reports_of_one_file_the_correction_is_loaded(tmp_path: Path) -> None:
    ws = workspace(tmp_path)
    both = html([THREE[0], THREE[1], (XINHUA, 4)]).decode()
    at = both.rindex(title(XINHUA))
    put(ws, "all.html", f"{both[:at]}{title(XINHUA)}（更正版）{both[at + len(title(XINHUA)) :]}")
    run(ws)
    assert [row[:2] for row in rows(ws, REPORTS)] == [("all.html#2", HAIDIAN), ("all.html#3", XINHUA)]
    assert quarantined(ws) == {"all.html": "duplicate-report"}
    assert is_idle(ws)


@pytest.mark.long
def test_a_file_whose_name_could_be_a_report_s_is_refused(ws: Workspace) -> None:
    before = rows(ws, REPORTS)
    put(ws, "all.html#2", report(XINHUA, 2020))
    run(ws)
    assert (rows(ws, REPORTS), quarantined(ws)) == (before, {r"all.html\x232": "unreadable"})
    assert is_idle(ws)


def test_commands_find_a_report_by_its_path(ws: Workspace) -> None:
    folders = ["--raw", str(ws.raw), "--warehouse", str(ws.root)]
    cell = ":".join(map(str, CELL))
    asked_for = ["explain", "all.html#2", "--cell", cell, "--format", "json", *folders]
    told = CliRunner().invoke(cli, asked_for, catch_exceptions=False)
    assert f'"{figures(2)[CELL]}"' in told.stdout
    by_name = CliRunner().invoke(cli, ["explain", f"110108/2023/{HAIDIAN}", *folders], catch_exceptions=False)
    assert "all.html#2" in by_name.stdout
    lacking = CliRunner().invoke(cli, ["explain", "all.html#9", *folders])
    assert (lacking.exit_code, "which holds 3" in lacking.output) == (1, True)
    rows = CliRunner().invoke(cli, ["extract", str(ws.raw / "all.html#3")]).stdout.splitlines()
    assert {row.split(",")[0] for row in rows[1:]} == {"all.html#3"}
    nothing = CliRunner().invoke(cli, ["extract", str(ws.raw / "all.html#9")])
    assert (nothing.exit_code, len(nothing.stdout.splitlines())) == (3, 1)
