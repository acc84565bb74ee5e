"""Narrowing a plan to a range, and cutting it in pieces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.raw.range import Range
from pipeline.runs import planning
from pipeline.runs.narrowing import narrowed, partitions_of, pieces_of
from pipeline.runs.workspace import Workspace
from pipeline.schema import Partition
from tests.workspace import HAIDIAN, SHIJIAZHUANG, XINHUA, first_run, put, report, workspace

YEARS = range(2008, 2031)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Four reports, of which two lie in folders that say where they belong, and a file that is none."""
    ws = workspace(tmp_path)
    put(ws, "410402/2022/a.txt", report(XINHUA, 2022))
    put(ws, "410402/2023/a.txt", report(XINHUA, 2023, seed=2))
    put(ws, "x/b.txt", report(HAIDIAN, 2022, seed=3))
    put(ws, "x/c.txt", report(HAIDIAN, 2021, seed=4))
    put(ws, "x/junk.txt", "no report")
    return ws


@pytest.mark.parametrize(
    ("path", "sha256", "place"),
    [
        ("a.txt", "s1", ("110108", 2022)),
        ("410402/2023/a.txt", "s1", ("110108", 2022)),
        ("河南/410402/2023/x/a.txt", "s2", ("410402", 2023)),
        ("410402/2023", "s2", None),
        ("a.txt", "s2", None),
    ],
)
def test_where_a_file_belongs_before_it_is_read(path: str, sha256: str, place: Partition | None) -> None:
    assert partitions_of(path, sha256, {"s1": (("110108", 2022),)}) == ((place,) if place else ())


def test_a_range_takes_its_files_and_those_that_nobody_knows(ws: Workspace) -> None:
    work = planning.plan(ws, wanted=Range((2022,)))
    assert [raw.path for raw, _ in work.todo] == ["410402/2022/a.txt", "x/b.txt", "x/c.txt", "x/junk.txt"]
    assert work.unplaced == ("x/b.txt", "x/c.txt", "x/junk.txt")
    assert planning.plan(ws, wanted=Range((2022,), ("13",))).unplaced == work.unplaced


@pytest.mark.long
def test_pieces_are_all_of_the_work_once(ws: Workspace) -> None:
    first_run(ws)
    put(ws, "new.txt", report(SHIJIAZHUANG, 2022))
    (ws.raw / "x" / "c.txt").unlink()
    put(ws, "410402/2023/copy.txt", report(XINHUA, 2023, seed=2))
    work = planning.plan(ws, again=True)
    places = ws.warehouse.places()
    for most in (1, 2, 100):
        pieces = dict(pieces_of(work, places, most))
        assert sorted(path for piece in pieces.values() for path in piece.displaced) == sorted(work.displaced)
        assert all(len(piece.todo) <= most for piece in pieces.values())
    assert list(pieces) == ["no place yet", "2021", "2022", "2023"]
    assert pieces["2021"].gone == ("x/c.txt",)
    assert [raw.path for raw, _ in pieces["2023"].copies] == ["410402/2023/copy.txt"]


def test_narrowing_to_everything_changes_no_work(ws: Workspace) -> None:
    work = planning.plan(ws)
    whole = narrowed(work, Range(tuple(YEARS)), {})
    assert replace(whole, wanted=None, unplaced=()) == work
