"""A verdict from the file to the published views: entered, changed, taken back, and after the warehouse was deleted."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.explain import explain_report, trace
from pipeline.forms.loading import form
from pipeline.raw.folder import InputError
from pipeline.raw.verdicts import COLUMNS, VERDICTS_FILE, read_verdicts
from pipeline.runs import planning
from pipeline.runs.limits import Limits
from pipeline.runs.workspace import Workspace
from tests.render import balanced_figures, text_report
from tests.workspace import first_run, run, workspace

PUBLISHER = "新华区曙光街街道办事处"


def granted(ws: Workspace, view: str = "requests_trusted") -> Any:
    return ws.warehouse.query(f"SELECT granted, verdicts FROM {view}")[1][0]


def statuses(ws: Workspace) -> list[Any]:
    return [row[0] for row in ws.warehouse.query("SELECT status FROM verdicts_applied ORDER BY line_no")[1]]


def decide(ws: Workspace, *lines: str) -> None:
    (ws.raw / VERDICTS_FILE).write_text("\n".join((",".join(COLUMNS), *lines)), encoding="utf-8")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """One report, loaded."""
    made = workspace(tmp_path)
    made.raw.mkdir()
    write(made, 1)
    first_run(made)
    return made


def write(ws: Workspace, seed: int) -> None:
    figures = {**balanced_figures(form("2021"), random.Random(seed)), (3, "3.1", "total"): "7"}
    (ws.raw / "a.txt").write_text(text_report(form("2021"), figures), encoding="utf-8")


def line(printed: str = "7", value: int = 12) -> str:
    return f"410402,2024,{PUBLISHER},3,3.1,total,{printed},misread,{value},Li,2026-02-01,seen on the page"


@pytest.mark.long
def test_a_verdict_changes_the_trusted_view_and_outlives_the_warehouse(ws: Workspace) -> None:
    assert granted(ws) == (None, 0)  # 7 against the sum of its row: doubtful
    decide(ws, line())
    assert not planning.plan(ws).idle
    run(ws)
    assert granted(ws) == (12, 1)
    assert granted(ws, "requests") == (7, 1)
    assert planning.plan(ws).idle
    shutil.rmtree(ws.root)
    run(ws)
    assert granted(ws) == (12, 1)


@pytest.mark.long
def test_another_line_and_none_are_noticed(ws: Workspace) -> None:
    decide(ws, line())
    run(ws)
    decide(ws, line(value=13))
    run(ws)
    assert granted(ws) == (13, 1)
    (ws.raw / VERDICTS_FILE).unlink()
    assert not planning.plan(ws).idle
    run(ws)
    assert granted(ws) == (None, 0)
    assert planning.plan(ws).idle


@pytest.mark.long
def test_a_restated_report_keeps_the_verdict_only_where_it_prints_the_same(ws: Workspace) -> None:
    decide(ws, line(), line(printed="8").replace("3.1", "3.2"))
    run(ws)
    assert statuses(ws) == ["applied", "out of date"]
    write(ws, 2)
    run(ws)
    assert statuses(ws) == ["applied", "out of date"]
    assert granted(ws) == (12, 2)


@pytest.mark.long
def test_the_file_of_verdicts_is_no_report(ws: Workspace) -> None:
    decide(ws, line())
    run(ws)
    assert ws.warehouse.query("SELECT path FROM files")[1] == [("a.txt",)]
    assert ws.warehouse.query("FROM quarantine")[1] == []


@pytest.mark.long
def test_a_mistake_stops_the_run_before_it_begins(ws: Workspace) -> None:
    decide(ws, line().replace("misread", "wrong"))
    with pytest.raises(InputError, match=r"verdicts\.csv, line 2: 'wrong' is not a verdict"):
        planning.ingest(ws)
    decide(ws, line().replace(",total,", ",totals,"))
    with pytest.raises(InputError, match=r"verdicts\.csv, line 2: no form has a column 'totals' in the row"):
        planning.ingest(ws)
    decide(ws, line().replace("410402", "410499"))
    with pytest.raises(InputError, match=r"verdicts\.csv, line 2: the district code 410499 is in no year's list"):
        planning.ingest(ws)
    assert granted(ws) == (None, 0)


# --- What `disclosure explain` says of a file, without any warehouse, and what the view says ----------

BOTH = f"410402,2024,{PUBLISHER}"
IN_ONE_SPELLING = "410402,2024,曙光街街道"
MENGJIN = "孟津县人民政府"
PRINTED = {
    (3, "3.1", "total"): "7",
    (3, "3.1", "natural"): "1 234",
    (3, "3.1", "business"): "\u30005\u3000",
    (3, "3.2", "total"): "1\u00a0234",
    (3, "3.2", "natural"): "—",
    (3, "3.2", "business"): "",
    (3, "1", "total"): "40",
    (3, "1", "natural"): "41",
}
# A line each: report, cell, text when it was judged, verdict, value; and what becomes of it.
CASES = [
    (f"{BOTH},3,3.1,total,7,misread,12", "applied"),
    (f"{IN_ONE_SPELLING},3,3.1,natural,1234,confirmed,", "applied"),
    (f"{BOTH},3,3.1,business,5,confirmed,", "applied"),
    (f"{BOTH},3,3.2,total,1\u00a0234,confirmed,", "overruled"),
    (f"{IN_ONE_SPELLING},3,3.2,total,1 234,confirmed,", "out of date"),
    (f"{BOTH},3,3.2,natural,—,ignore,", "applied"),
    (f"{BOTH},3,3.2,business,,confirmed,", "applied"),
    (f"{BOTH},3,1,total,8,misread,12", "out of date"),
    (f"{BOTH},3,1,natural,40,confirmed,", "overruled"),
    (f"{IN_ONE_SPELLING},3,1,natural,41,confirmed,", "applied"),
    (f"{BOTH},2,5.other,count,7,ignore,", "no such cell"),  # of the form of 2019
    (f"{BOTH},,,,,ignore,", "overruled"),
    (f"{IN_ONE_SPELLING},,,,,confirmed,", "applied"),
    (f"410402,2023,{PUBLISHER},3,3.1,total,7,ignore,", "no such report"),
    (f"410403,2024,{PUBLISHER},3,3.1,total,7,ignore,", "no such report"),
    ("410402,2024,曙光街,3,3.1,total,7,ignore,", "no such report"),
    (f"410322,2019,{MENGJIN},3,3.1,total,7,ignore,", "overruled"),
    (f"410308,2019,{MENGJIN},3,3.1,total,7,confirmed,", "applied"),  # by the code of today
    (f"410308,2019,{MENGJIN},3,3.2,total,x,ignore,", "out of date"),
]


@pytest.mark.long
def test_a_file_is_told_the_same_of_verdicts_as_the_warehouse(ws: Workspace) -> None:
    figures = balanced_figures(form("2021"), random.Random(1))
    (ws.raw / "a.txt").write_text(text_report(form("2021"), {**figures, **PRINTED}), encoding="utf-8")
    old = text_report(form("2019"), {**balanced_figures(form("2019"), random.Random(2)), (3, "3.1", "total"): "7"})
    old = old.replace(PUBLISHER, MENGJIN).replace("2024", "2019")
    (ws.raw / "b.txt").write_text(old, encoding="utf-8")
    decide(ws, *(f"{line},Li,2026-02-01,seen" for line, _ in CASES))
    run(ws)
    expected = {number: status for number, (_, status) in enumerate(CASES, start=2)}
    applied = "SELECT line_no, status FROM verdicts_applied ORDER BY line_no"
    assert dict(ws.warehouse.query(applied)[1]) == expected
    assert told_of_files(ws) == {line: status for line, status in expected.items() if status != "no such report"}


def told_of_files(ws: Workspace) -> dict[int, str]:
    """What is said of the verdicts on each file, by their lines."""
    verdicts = read_verdicts(ws.raw)
    traced = [trace(ws.raw, path, limits=Limits(workers=0)) for path in ("a.txt", "b.txt")]
    return {d.line: d.status for one in traced for d in explain_report(one, verdicts).decisions}
