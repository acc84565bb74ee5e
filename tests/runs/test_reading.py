"""The time that a run has for slow files: what exceeds it is left for the next one, and the others are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.document import RawFile
from pipeline.issues import reason_sentence
from pipeline.parsed import Parsed, Refusal
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin
from pipeline.runs import reading
from pipeline.runs.file_result import FileResult, gave_up, result_of
from pipeline.runs.limits import Limits
from pipeline.runs.reading import Found, read_in_turns

SLOW = 300


def a_slow_one(folder: Folder, raw: RawFile, pin: Pin | None) -> FileResult:
    """A stand-in for a worker: slow if the file's name says so."""
    if "slow" in raw.path:
        return gave_up(raw, Refusal("read", "too-slow", reason_sentence("too-slow", "its time")))
    return result_of(Parsed(raw, "text"))


def read(names: list[str]) -> list[Found]:
    tasks = [(RawFile(name, 1, 1, name), None) for name in names]
    return list(read_in_turns(Path(), tasks, a_slow_one, Limits(workers=0)))


def test_each_file_comes_once_for_good_and_failed_ones_once_before() -> None:
    found = read(["a", "slow-b", "c"])
    assert [(f.raw.path, f.is_last, f.is_left) for f in found] == [
        ("a", True, False),
        ("slow-b", False, False),
        ("c", True, False),
        ("slow-b", True, False),
    ]


def test_beyond_the_budget_files_get_less_time_and_none_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[tuple[float, int, list[str]]] = []
    work_all = reading.work_all

    def watched(folder, tasks, work, refused, limits):  # type: ignore[no-untyped-def]
        names: list[str] = []
        turns.append((limits.seconds, limits.workers, names))
        for raw, found in work_all(folder, tasks, work, refused, limits):
            names.append(raw.path)
            yield raw, found

    monkeypatch.setattr(reading, "work_all", watched)
    monkeypatch.setenv(reading.BUDGET, "480")
    names = [f"slow-{number:03}" for number in range(SLOW)] + ["z"]
    found = read(names)
    assert [f.raw.path for f in found if not f.is_last] == names[:-1]
    assert sorted(f.raw.path for f in found if f.is_last) == names
    assert [(seconds, len(some)) for seconds, _, some in turns] == [
        (120, 2),
        (reading.HURRIED_SECONDS, SLOW - 1),
        (300, SLOW),
    ]


def test_files_that_are_refused_after_long_work_spend_the_budget_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a drawing without end, which no limit on time meets; what is refused at once spends nothing."""

    def refused(folder: Folder, raw: RawFile, pin: Pin | None) -> FileResult:
        refusal = Refusal("read", "too-large", reason_sentence("too-large", "more than 10 operators"))
        seconds = 16.0 if "long" in raw.path else 0.5
        return replace(result_of(Parsed(raw, "pdf", refusal=refusal)), seconds=seconds)

    turns: list[tuple[float, list[str]]] = []
    work_all = reading.work_all

    def watched(folder, tasks, work, refused, limits):  # type: ignore[no-untyped-def]
        names: list[str] = []
        turns.append((limits.seconds, names))
        for raw, found in work_all(folder, tasks, work, refused, limits):
            names.append(raw.path)
            yield raw, found

    monkeypatch.setattr(reading, "work_all", watched)
    monkeypatch.setenv(reading.BUDGET, "60")
    names = ["a", "b", "long-c", "long-d", "e", "f"]
    list(read_in_turns(Path(), [(RawFile(name, 1, 1, name), None) for name in names], refused, Limits(workers=0)))
    assert turns == [(120, ["a", "b", "long-c", "long-d"]), (reading.HURRIED_SECONDS, ["e", "f"]), (300, [])]


def test_what_is_left_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 100))
    monkeypatch.setattr(reading.time, "monotonic", lambda: next(clock))
    monkeypatch.setenv(reading.BUDGET, "480")
    found = [f for f in read(["slow-a", "slow-b", "slow-c", "slow-d"]) if f.is_last]
    assert [(f.raw.path, f.is_left) for f in found] == [
        ("slow-a", False),
        ("slow-b", False),
        ("slow-c", True),
        ("slow-d", True),
    ]
    assert isinstance(found[-1].result, FileResult)
    assert found[-1].result.refusal
    assert found[-1].result.refusal.sentence.endswith("this run had no more time for slow files")
