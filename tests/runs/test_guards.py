"""A wrong folder, an empty one, and notes that a power cut has left: what is published stays as it was."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.raw.folder import InputError, raw_folder
from pipeline.runs import planning
from pipeline.runs.limits import BatchSizes
from pipeline.runs.workspace import PLAN, StageError, Workspace, is_under_way
from tests.runs.nights import PUBLISHERS, published, three_loaded
from tests.workspace import put, report, rows, run, workspace

CAUSES = "SELECT cause, count(*) FROM restatements GROUP BY cause ORDER BY cause"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guards") / "project"
    ws = workspace(folder)
    three_loaded(ws)
    return folder


@pytest.fixture
def ws(template: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(template, tmp_path / "project", symlinks=True)
    return workspace(tmp_path / "project")


# --- Another folder --------------------------------------------------------------------------------


@pytest.mark.long
def test_a_folder_with_one_other_file_is_not_taken_for_the_reports(ws: Workspace, tmp_path: Path) -> None:
    other = replace(ws, raw=tmp_path / "other")
    put(other, "x.txt", report(PUBLISHERS[0], 2022))
    with pytest.raises(StageError, match=r"other is another folder than .*raw, of .* and lacks 3 files of it"):
        run(other)
    assert rows(ws, "SELECT count(*) FROM reports") == [(3,)]


@pytest.mark.long
def test_both_folders_may_move_together_and_the_reports_alone_where_none_is_missing(ws: Workspace) -> None:
    """The template was made elsewhere, so that the first of them has happened already."""
    (ws.raw / "c.txt").unlink()
    run(ws)
    moved = replace(ws, raw=Path(str(ws.raw)).rename(Path(str(ws.raw)).with_name("reports")))
    put(moved, "d.txt", report(PUBLISHERS[2], 2023))
    run(moved)
    (moved.raw / "a.txt").unlink()
    run(moved)
    assert rows(ws, "SELECT file_path FROM reports ORDER BY ALL") == [("b.txt",), ("d.txt",)]


@pytest.mark.long
def test_what_is_cleared_and_comes_back_is_told_apart_from_what_a_publisher_does(ws: Workspace) -> None:
    ws = replace(ws, sizes=BatchSizes(missing_files=2))
    good = {name: (ws.raw / name).read_bytes() for name in ("a.txt", "b.txt")}
    for name in good:
        (ws.raw / name).unlink()
    with pytest.raises(StageError, match="lacks 2 files, but 3 are in the warehouse"):
        run(ws)
    run(ws, accept_removals=True)
    assert rows(ws, "SELECT file_path FROM reports") == [("c.txt",)]
    for name, content in good.items():
        put(ws, name, content)
    run(ws)
    assert [cause for cause, _ in rows(ws, CAUSES)] == ["cleared"]
    assert rows(ws, "SELECT DISTINCT status FROM coverage") == [("received",)]


@pytest.mark.long
def test_files_that_moved_within_the_folder_are_not_gone(ws: Workspace) -> None:
    ws = replace(ws, sizes=BatchSizes(missing_files=2))
    before = rows(ws, "SELECT report_id, version FROM reports ORDER BY ALL")
    (ws.raw / "2023").mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (ws.raw / name).rename(ws.raw / "2023" / name)
    run(ws)
    assert rows(ws, "SELECT report_id, version FROM reports ORDER BY ALL") == before


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_text_names_no_folder(text: str) -> None:
    with pytest.raises(InputError, match="names no folder"):
        raw_folder(text)


# --- After a power cut -----------------------------------------------------------------------------


LEFT = (b"", b'{"batch": "12', b"[]", b"{}", bytes(4), b"null")


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.one_case
@pytest.mark.long
def test_a_state_that_cannot_be_read_is_an_unfinished_batch(ws: Workspace, left: bytes) -> None:
    (ws.work / "state.json").write_bytes(left)
    assert is_under_way(ws)
    assert planning.unfinished_paths(ws) == {"a.txt", "b.txt", "c.txt"}


@pytest.mark.parametrize("left", [LEFT[0], LEFT[1], LEFT[3]])
@pytest.mark.long
def test_notes_that_cannot_be_read_are_made_anew(ws: Workspace, left: bytes) -> None:
    before = published(ws)
    for name in ("state.json", "notes.json", PLAN, "folder.json", "archives.json"):
        (ws.work / name).write_bytes(left)
    put(ws, "d.txt", report(PUBLISHERS[0], 2022))
    run(ws)
    assert rows(ws, "SELECT file_path FROM reports ORDER BY ALL") == [("a.txt",), ("b.txt",), ("c.txt",), ("d.txt",)]
    assert [row for row in published(ws) if row in set(before)] == before
    assert planning.plan(ws).idle
