"""Validation in processes of its own: the same as in this one, and what comes of a process that dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from assets.judging import PROCESSES, Judge, judge_in_process, kept_processes
from expectations.pages import MADE_OF
from expectations.rules import RuleResult
from pipeline.runs import extraction, planning, stage_parts, validation
from pipeline.runs.limits import BatchSizes
from pipeline.runs.parts import read_frames
from pipeline.runs.rejection import Judged
from pipeline.runs.workspace import StageError, Workspace, state
from tests.workspace import HAIDIAN, SHIJIAZHUANG, XINHUA, accept, put, report, workspace

Verdicts = tuple[list[Judged], dict[str, tuple[RuleResult, ...]]]


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Four parts: two of one report each, one of whose report two facts have one key, and the one set aside."""
    folder = tmp_path_factory.mktemp("judged")
    ws = workspace(folder, BatchSizes(part_files=1))
    for number, publisher in enumerate((XINHUA, HAIDIAN, SHIJIAZHUANG)):
        put(ws, f"{number}.txt", report(publisher, 2023, seed=number))
    planning.ingest(ws)
    extraction.extract(ws)
    file = stage_parts.parts(ws, "extracted")[1] / "facts.parquet"
    facts = pd.read_parquet(file)
    pd.concat([facts, facts.head(1)]).to_parquet(file, index=False)
    return ws


def pairs(ws: Workspace, folder: Path) -> list[tuple[Path, Path]]:
    return [(part, folder / part.name) for part in stage_parts.parts(ws, "extracted")]


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))


@pytest.mark.long
def test_the_same_as_in_this_process(ws: Workspace, tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    with Judge() as judge:
        judged = list(judge(pairs(ws, there)))
    expected = [judge_in_process(part, target, n, None) for n, (part, target) in enumerate(pairs(ws, here), start=1)]
    assert judged == [one for one, _ in expected]
    assert [(one.reports, len(one.rejected)) for one in judged] == [(1, 0), (1, 1), (1, 0)]
    by_rule: dict[str, list[RuleResult]] = {}
    for result in (result for _, results in expected for result in results):
        by_rule.setdefault(f"{result.suite} {result.rule}", []).append(result)
    assert {(r.suite, r.rule): (r.evaluated, r.failed, r.reports_failed) for r in judge.results} == {
        (found[0].suite, found[0].rule): tuple(
            sum(getattr(r, name) for r in found) for name in ("evaluated", "failed", "reports_failed")
        )
        for found in by_rule.values()
    }
    assert sum(r.failed for r in judge.results if r.rule == "facts.key") == 2
    for part in here.iterdir():
        ours, theirs = read_frames(part), read_frames(there / part.name)
        assert list(ours) == list(theirs)
        for table, frame in ours.items():
            pd.testing.assert_frame_equal(theirs[table], frame)


def test_pages_of_every_part_become_one_site(ws: Workspace, tmp_path: Path) -> None:
    docs, targets = tmp_path / "docs", tmp_path / "targets"
    targets.mkdir()
    (tmp_path / "docs.killed.part").mkdir()
    with Judge(docs) as judge:
        list(judge([]))
        assert list(tmp_path.iterdir()) == [targets]  # nothing was validated
        list(judge(pairs(ws, targets)))
    pages = names(docs)
    numbers = {page.split("/")[3] for page in pages if page.startswith("validations/")}
    assert numbers == {"part-00001", "part-00002", "part-00003"}
    index = (docs / "index.html").read_text(encoding="utf-8")
    assert [page for page in pages if page not in index] == ["index.html"]
    assert sorted(tmp_path.iterdir()) == [docs, targets]


def test_pages_of_suites_stay_while_the_code_does_and_none_is_gone(ws: Workspace, tmp_path: Path) -> None:
    docs = tmp_path / "docs"

    def written() -> dict[str, int]:
        with Judge(docs) as judge:
            target = tmp_path / f"{len(list(tmp_path.iterdir()))}"
            target.mkdir()
            list(judge(pairs(ws, target)[:1]))
        return {page: (docs / page).stat().st_mtime_ns for page in names(docs) if page.startswith("expectations/")}

    with kept_processes(1):
        once = written()
        assert written() == once
        (docs / min(once)).unlink()
        again = written()
        assert again.keys() == once.keys()
        assert not again.items() & once.items()
        (docs / MADE_OF).write_text("other code, 3 pages")
        assert not written().items() & again.items()


@pytest.mark.parametrize("wrong", [False, True])
def test_what_is_done_meanwhile_is_done_once_and_needs_no_luck(wrong: bool, tmp_path: Path) -> None:
    done: list[str] = []

    def meanwhile() -> None:
        time.sleep(0.1)  # the first judge ends no sooner
        done.append(threading.current_thread().name)
        if wrong:
            raise RuntimeError

    with kept_processes(1, meanwhile=meanwhile):
        assert not done
        for _ in range(2):
            with Judge() as judge:
                assert list(judge([])) == []
            assert len(done) == 1
    assert done[0] != threading.current_thread().name
    with kept_processes(1), Judge() as judge:
        assert list(judge([])) == []
    assert len(done) == 1


@contextmanager
def killing() -> Iterator[None]:
    """Kills every process of this one as soon as it is there."""
    done = threading.Event()
    mine = {process.pid for process in multiprocessing.active_children()}

    def kill() -> None:
        while not done.wait(0.02):
            for process in multiprocessing.active_children():
                if process.pid and process.pid not in mine:
                    os.kill(process.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        done.set()
        killer.join()


def test_a_process_that_dies_ends_the_stage_with_a_sentence(ws: Workspace, tmp_path: Path) -> None:
    with killing(), Judge() as judge, pytest.raises(StageError, match="A process that validates was killed"):
        validation.validate(ws, judge)
    assert state(ws).stage == "extracted"
    validation.validate(ws, accept)
    assert state(ws).stage == "validated"


def test_what_an_expectation_raises_is_raised_here(ws: Workspace, tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.mkdir()
    for table, frame in read_frames(stage_parts.parts(ws, "extracted")[0]).items():
        frame.astype({"year": "Int64"} if table == "issues" else {}).to_parquet(part / f"{table}.parquet", index=False)
    facts = pd.read_parquet(part / "facts.parquet")
    facts.assign(report_id=None).to_parquet(part / "facts.parquet", index=False)
    with Judge() as judge, pytest.raises(RuntimeError, match="facts: rows without a report_id"):
        list(judge([(part, tmp_path / "target")]))


@pytest.mark.longest
def test_processes_are_kept_for_the_next_batch(ws: Workspace, tmp_path: Path) -> None:
    def at_work() -> set[int | None]:
        return {process.pid for process in multiprocessing.active_children()}

    before = at_work()
    with kept_processes():
        seen = []
        for number in range(2):
            (tmp_path / f"{number}").mkdir()
            with Judge() as judge:
                list(judge(pairs(ws, tmp_path / f"{number}")))
                seen.append(at_work() - before)
        assert len(seen[0]) == PROCESSES
        assert seen[0] == seen[1]
    assert not at_work() & seen[0]
