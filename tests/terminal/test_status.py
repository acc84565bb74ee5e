"""`disclosure status`: as a person sees it, and with --json as a monitor reads it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.issues import SAME, UNDECIDED, advice
from pipeline.raw.overrides import OVERRIDES, read_overrides
from pipeline.runs import run_report
from pipeline.runs.workspace import Workspace
from pipeline.schema import QUARANTINE
from pipeline.terminal.command import cli
from tests import warehouse_rows as rows
from tests.made_once import made_once
from tests.warehouse.views import publish_file


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    (tmp_path / "raw").mkdir()
    shutil.copytree(made_once("a published report", _publish), tmp_path / "warehouse", symlinks=True)
    return Workspace(tmp_path / "raw", tmp_path / "warehouse")


def _publish(folder: Path) -> None:
    publish_file(folder, rows.report("甲", cells=[(3, "1", "total")]))


def _status(ws: Workspace) -> tuple[int, dict[str, Any]]:
    given = ["status", "--json", "--raw", str(ws.raw), "--warehouse", str(ws.warehouse.root)]
    found = CliRunner().invoke(cli, given)
    return found.exit_code, json.loads(found.stdout)


def _refuse(ws: Workspace, loaded: int, refused: int) -> None:
    """Note files as a run does, and publish again."""
    names = [f"{n}.txt" for n in range(loaded)], tuple(f"x{n}.txt" for n in range(refused))
    with ws.warehouse.writer() as writer:
        known = {**rows.dimensions(), **rows.knowledge()}
        writer.record(rows.files(*names), rows.quarantine(names[1]), known, [], ())
    ws.warehouse.publish()


def test_all_is_well(ws: Workspace) -> None:
    code, found = _status(ws)
    assert (code, found["exit_status"], found["state"], found["error"]) == (0, 0, "published", None)
    assert (found["reports"], found["quarantined"], found["waiting"], found["run"]) == (1, 0, 0, "idle")
    assert (found["last_outcome"], found["failures"]) == (None, {})
    assert Path(found["published"]).is_file()


def test_a_monitor_gets_json_before_anything_is_published(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("a file")
    new = Workspace(tmp_path / "raw", tmp_path / "warehouse")
    code, found = _status(new)
    assert (code, found["exit_status"], found["state"], found["published"]) == (1, 1, "nothing published", None)
    assert (found["reports"], found["waiting"], found["run"], found["last_outcome"]) == (0, 1, "idle", None)
    run_report.begin(new.work)
    run_report.fail(new.work, "the run", "the disk is full")
    run_report.close(new.work, run_report.ended(new.work, failed=True))
    code, found = _status(new)
    assert (code, found["state"], found["failures"]) == (1, "nothing published", {"the run": "the disk is full"})


def test_a_monitor_gets_json_where_nothing_can_be_found_out(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = set(_status(ws)[1])
    monkeypatch.setenv("DISCLOSURE_QUARANTINE_PERCENT", "many")
    code, found = _status(ws)
    assert (code, found["exit_status"], found["state"], set(found)) == (1, 1, "unknown", keys)
    assert found["error"] == "DISCLOSURE_QUARANTINE_PERCENT must be a whole number from 0 on, not 'many'"
    monkeypatch.delenv("DISCLOSURE_QUARANTINE_PERCENT")
    file = ws.warehouse.published.resolve()
    file.chmod(0o644)
    file.write_bytes(b"no database")
    code, found = _status(ws)
    assert (code, found["state"]) == (1, "unknown")
    assert file.name in found["error"]


@pytest.mark.one_case
@pytest.mark.parametrize(("refused", "setting", "code"), [(1, "50", 0), (1, "5", 3), (0, "0", 0), (1, "0", 3)])
def test_many_files_in_quarantine(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, refused: int, setting: str, code: int
) -> None:
    monkeypatch.setenv("DISCLOSURE_QUARANTINE_PERCENT", setting)
    _refuse(ws, 2, refused)
    assert _status(ws)[0] == code
    assert sum(_status(ws)[1]["reasons"].values()) == refused


def _put_aside(ws: Workspace, *told: dict[str, object]) -> None:
    """Note files in quarantine as a run does, and publish again."""
    with ws.warehouse.writer() as writer:
        aside = rows.frame(QUARANTINE, [rows.filled(QUARANTINE, **each) for each in told])
        known = {**rows.dimensions(), **rows.knowledge()}
        writer.record(rows.files([]), aside, known, [], ())
    ws.warehouse.publish()


def _said(ws: Workspace) -> list[str]:
    """What a person is shown, line by line."""
    found = CliRunner().invoke(cli, ["status", "--raw", str(ws.raw), "--warehouse", str(ws.warehouse.root)])
    assert found.exit_code == 0, found.output
    return found.output.splitlines()


def test_files_that_the_run_gave_up_on_are_a_list_of_their_own_with_what_to_do(ws: Workspace) -> None:
    _put_aside(
        ws,
        {
            "path": "a.pdf",
            "reason": "too-slow",
            "sentence": "reading it took longer than 300 s; the next run tries again",
        },
        {"path": "b.pdf", "reason": "reader-failed", "sentence": "the reader failed; only --reparse reads it again"},
        {"path": "c.pdf", "reason": "not-a-report", "sentence": "no title was found"},
    )
    said = _said(ws)
    at = said.index("Warning: 2 files could not be read on this machine, which may not be the file's fault:")
    assert said[at + 1 : at + 5] == [
        "  b.pdf: the reader failed; only --reparse reads it again",
        "  a.pdf: reading it took longer than 300 s; the next run tries again",
        f"  reader-failed: {advice('reader-failed')}",
        f"  too-slow: {advice('too-slow')}",
    ]


def test_files_between_which_a_person_decides_are_listed(ws: Workspace) -> None:
    undecided = f"甲.txt gives the same report; {UNDECIDED}"
    kind = {"reason": "duplicate-report", "stage": "load"}
    _put_aside(
        ws,
        {**kind, "path": "乙.txt", "sentence": f"{undecided}; 3 of 200 cells differ"},
        {**kind, "path": "丙.txt", "sentence": f"{undecided}; {SAME}"},
        {**kind, "path": "丁.txt", "sentence": "甲.txt gives the same report; its title calls it a correction"},
    )
    said = _said(ws)
    at = said.index("Warning: of 1 pair of files nothing says which is the newer report; keep one of each:")
    assert said[at + 1] == f"  乙.txt: {undecided}; 3 of 200 cells differ"
    assert "丙" not in said[at + 2]


def test_lines_for_overrides_are_ready_to_paste_with_the_names_of_the_candidates(ws: Workspace) -> None:
    _put_aside(
        ws,
        {
            "path": '河南/"甲",乙.txt', "reason": "district-ambiguous", "publisher": "甲政府", "year": 2023,
            "candidates": "410402 410502",
        },
        {"path": "c.txt", "reason": "no-year", "publisher": None, "year": None, "candidates": None},
        {"path": "d.txt", "reason": "empty", "publisher": None, "year": None, "candidates": None},
    )  # fmt: skip
    said = _said(ws)
    at = said.index("file,district_code,year,publisher,level,note")
    assert said[at + 1 :] == [
        "c.txt,,,,,",
        '"河南/""甲"",乙.txt",410402,2023,甲政府,,区410402',
        '"河南/""甲"",乙.txt",410502,2023,甲政府,,区410502',
    ]
    Path(str(ws.raw), OVERRIDES).write_text("\n".join(said[at : at + 3]), encoding="utf-8")
    pins = read_overrides(ws.raw, {"410402", "410502"})
    assert (pins['河南/"甲",乙.txt'].district_code, pins['河南/"甲",乙.txt'].year) == ("410402", 2023)


def test_lines_for_overrides_that_are_left_out_are_counted(ws: Workspace) -> None:
    kind: dict[str, object] = {"reason": "no-year", "publisher": None, "year": None, "candidates": None}
    _put_aside(ws, *({**kind, "path": f"{n:02}.txt"} for n in range(23)))
    said = _said(ws)
    assert said[said.index("19.txt,,,,,") :] == ["19.txt,,,,,", "… and 3 more lines; all candidates are in quarantine"]


def test_publishers_that_may_have_been_renamed_come_with_lines_that_join_them(tmp_path: Path) -> None:
    bodies = (("甲区文化局", 2018), ("甲区旅游局", 2018), ("甲区文化和旅游局", 2019))
    reports = [
        rows.report(
            name, year=year, path=f"{name}.txt", cells=[(3, "1", "total")], publisher_name=name, level="department"
        )
        for name, year in bodies
    ]
    publish_file(tmp_path / "warehouse", *reports)
    (tmp_path / "raw").mkdir()
    said = _said(Workspace(tmp_path / "raw", tmp_path / "warehouse"))
    assert said[-3:] == [
        "file,district_code,year,publisher,level,note",
        "甲区文化和旅游局.txt,,,甲区文化局,,甲区文化和旅游局 since 2019",
        "甲区文化和旅游局.txt,,,甲区旅游局,,甲区文化和旅游局 since 2019",
    ]


def test_a_run_that_failed(ws: Workspace) -> None:
    run_report.begin(ws.work)
    run_report.fail(ws.work, "loading 2023", "the disk is full")
    run_report.close(ws.work, run_report.ended(ws.work, failed=True))
    code, found = _status(ws)
    assert code == 4
    assert (found["last_outcome"], found["failures"]) == ("failed", {"loading 2023": "the disk is full"})
