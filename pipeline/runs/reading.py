"""Reads the files of a batch in the time that a run has for slow ones; one that a worker fails on is read once more.

A killed worker, or a lack of time or memory, may be due to the machine that night and not to the file. So each of
these files is read again, alone, at the end. Files that take long and give nothing share a budget, so that a thousand
of them cost minutes and not the night: once half of it is spent, the files left get less time each, and the other half
is for those that are read again. What does *not* belong here: what happens to a file that failed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.document import RawFile
from pipeline.environment import whole_number
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin
from pipeline.runs.file_result import FileResult, gave_up, is_passing
from pipeline.runs.limits import Limits
from pipeline.runs.workers import Task, Work, work_all

BUDGET = "DISCLOSURE_SLOW_SECONDS"
BUDGET_SECONDS = 1800
# The time of a file once others have spent the budget: a document that is not a scan rarely takes longer.
HURRIED_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a file, or the error that kept it from being read; `is_last` unless it is read once more.

    `is_left` where it did not get its time, since others had spent it.
    """

    raw: RawFile
    result: FileResult | OSError
    is_last: bool = True
    is_left: bool = False


def read_in_turns(
    raw_dir: Folder, tasks: Sequence[Task], work: Work[FileResult], limits: Limits | None = None
) -> Iterator[Found]:
    """Each file with its result, in the order of the tasks; then again those that failed for a passing reason.

    Raises `InputError` for a budget that is not a number of seconds.
    """
    limits = limits or Limits()
    half = whole_number(BUDGET, BUDGET_SECONDS, least=1) / 2
    failed: list[FileResult] = []
    for found in _first_turn(raw_dir, tasks, work, limits, half):
        if isinstance(found.result, FileResult) and not found.is_last:
            failed.append(found.result)
        yield found
    yield from _second_turn(raw_dir, failed, {raw.path: pin for raw, pin in tasks if pin}, work, limits, half)


def _first_turn(
    raw_dir: Folder, tasks: Sequence[Task], work: Work[FileResult], limits: Limits, budget: float
) -> Iterator[Found]:
    left = iter(tasks)
    spent = 0.0

    def within_budget() -> Iterator[Task]:
        while spent < budget and (task := next(left, None)):
            yield task

    for raw, result in work_all(raw_dir, within_budget(), work, gave_up, limits.first):
        if isinstance(result, FileResult) and result.refusal:
            spent += limits.first.seconds if result.refusal.reason == "too-slow" else _in_vain(result)
        yield Found(raw, result, not is_passing(result))
    hurried = replace(limits, seconds=min(limits.seconds, HURRIED_SECONDS))
    for raw, result in work_all(raw_dir, left, work, gave_up, hurried):
        yield Found(raw, result, not is_passing(result))


def _in_vain(result: FileResult) -> float:
    """The seconds that a file took which gives nothing, where others would have been read in that time."""
    return result.seconds if result.seconds > HURRIED_SECONDS else 0.0


def _second_turn(
    raw_dir: Folder,
    failed: Sequence[FileResult],
    pins: dict[str, Pin],
    work: Work[FileResult],
    limits: Limits,
    budget: float,
) -> Iterator[Found]:
    """The files that failed, read one at a time; those for which no time is left keep their first result."""
    # Files whose worker was killed take no longer than any other file, and always have their turn.
    ordered = sorted(failed, key=lambda result: result.refusal is not None and result.refusal.reason == "too-slow")
    until = time.monotonic() + budget
    waiting = iter(ordered)
    left: list[FileResult] = []

    def within_budget() -> Iterator[Task]:
        for result in waiting:
            if time.monotonic() >= until:
                left.append(result)
                break
            yield result.raw, pins.get(result.raw.path)

    for raw, result in work_all(raw_dir, within_budget(), work, gave_up, limits.alone):
        yield Found(raw, result)
    for result in (*left, *waiting):
        yield Found(result.raw, _left(result), is_left=True)


def _left(result: FileResult) -> FileResult:
    """A file for which no time was left, with a sentence that says so."""
    assert result.refusal is not None
    sentence = f"{result.refusal.sentence}, and this run had no more time for slow files"
    return replace(result, refusal=replace(result.refusal, sentence=sentence))
