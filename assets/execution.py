"""Runs the assets in this process, without a daemon: refresh, one load for each touched year, publish."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import DatabaseError

from assets.automation import AT_WORK, COMMAND, STARTED_BY, load, load_config, publish, refresh
from assets.definitions import define
from assets.judging import kept_processes
from assets.kept_runs import runs_kept_open
from assets.migrations import migrations_read_once
from assets.partitions import by_year, range_tags
from assets.raw import Ingest
from assets.resources import WRITER_POOL, progress
from pipeline.runs import backfill, loading, planning, publication, run_report
from pipeline.runs.backfill import Backfill
from pipeline.runs.plan import Plan
from pipeline.runs.run_report import RunFailedError
from pipeline.runs.workspace import Progress, StageError, Workspace, is_at_work, state

GRACE_SECONDS = 2.0
# What this process prints is for the terminal: no processes that copy it into files of Dagster.
ON_THE_TERMINAL = {
    "compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
}
Say = Callable[[str], None]


def execute(
    ws: Workspace,
    say: Say,
    show: Progress,
    validated: Callable[[], None] = lambda: None,
    *,
    again: bool = False,
    accept_removals: bool = False,
) -> None:
    """All stages in order; `validated` is called before anything is loaded. Raises `RunFailedError`."""
    with _running(ws, show) as runner:
        say("reading and checking what is new")
        how = Ingest(reparse=again, accept_removals=accept_removals)
        runner.run(refresh.name, dg.RunConfig(ops={"raw_files": how}))
        validated()
        for year, of_year in by_year(state(ws).pending).items():
            say(f"loading {year}: {len(of_year)} of its partitions")
            runner.run(load.name, load_config(of_year), range_tags(of_year))
        say("publishing")
        runner.run(publish.name)


def execute_pieces(ws: Workspace, todo: Backfill, say: Say, show: Progress) -> tuple[str, ...]:
    """Run the pieces of a backfill one after the other, then publish; return a sentence for each failure.

    Raises `RunFailedError` where the publication fails.
    """
    with _running(ws, show) as runner:
        with kept_processes():
            failed = [said for name, piece in todo.pieces for said in _piece(runner, ws, todo, name, piece, say)]
        say("publishing")
        runner.run(publish.name)
        backfill.forget(ws)
    return tuple(failed)


def _piece(runner: _Runner, ws: Workspace, todo: Backfill, name: str, piece: Plan, say: Say) -> list[str]:
    """Do one piece of a backfill: what fails is left out and returned as sentences, and the rest goes on."""
    say(f"{name}: reading and checking {len(piece.todo):,} files")
    planning.prepare(ws, piece)
    failed: list[str] = []
    try:
        runner.run(refresh.name, dg.RunConfig(ops={"raw_files": Ingest(prepared=True)}))
    except RunFailedError as error:
        loading.give_up(ws)
        return [_note_failure(ws, name, error)]
    for year, of_year in by_year(state(ws).pending).items():
        say(f"loading {year}: {len(of_year)} of its partitions")
        try:
            runner.run(load.name, load_config(of_year), range_tags(of_year))
        except RunFailedError as error:
            failed.append(_note_failure(ws, f"{name}, loading {year}" if name != str(year) else name, error))
    loading.leave_out(ws)
    publication.finish(ws)
    if not failed:
        backfill.note_done(ws, todo, name)
    return failed


def _note_failure(ws: Workspace, where: str, error: RunFailedError) -> str:
    """The failure as a sentence, also noted for the run's report."""
    run_report.fail(ws.work, where, str(error))
    return f"{where}: {error}"


@contextmanager
def _running(ws: Workspace, show: Progress) -> Iterator[_Runner]:
    """Yield a runner of jobs, once dead runs have been ended; the extraction moves `show`.

    Raises `StageError` where Dagster's own database is damaged, or there is no room for it.
    """
    token, home = progress.set(show), os.environ["DAGSTER_HOME"]
    try:
        with (
            migrations_read_once(),
            dg.DagsterInstance.local_temp(home, overrides=ON_THE_TERMINAL) as instance,
            runs_kept_open(Path(home)),
        ):
            end_dead_runs(instance, ws)
            yield _Runner(define(ws.raw, ws.root), instance)
    except DatabaseError as error:
        raise StageError(
            f"Dagster's own database under {home} cannot be used ({error.orig}). Make room where "
            "the disk is full; else take the folders history and schedules away, which hold no reports, and run again"
        ) from None
    finally:
        progress.reset(token)


class _Runner:
    """Runs jobs in this process, and reports a failure in a sentence."""

    def __init__(self, definitions: dg.Definitions, instance: dg.DagsterInstance) -> None:
        self._definitions = definitions
        self._instance = instance

    def run(self, job: str, config: dg.RunConfig | None = None, tags: Mapping[str, str] | None = None) -> None:
        """Run one job. Raises `RunFailedError`."""
        # What people see is the command's own progress; every event is in the instance for Dagster's page.
        quiet = {"console": {"config": {"log_level": "CRITICAL"}}}
        result = self._definitions.resolve_job_def(job).execute_in_process(
            run_config=dg.RunConfig(ops=config.ops if config else {}, loggers=quiet),
            instance=self._instance,
            tags={**(tags or {}), STARTED_BY: COMMAND},
            raise_on_error=False,
        )
        if not result.success:
            raise _failure(result)


def _failure(result: dg.ExecuteInProcessResult) -> RunFailedError:
    """The first failure of a run: of an asset, of a blocking check, or of the run itself."""
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error is not None:
            error = event.step_failure_data.error
            cause = error.cause or error
            sentence = cause.message.strip().partition(": ")[2] or cause.message.strip()
            return RunFailedError(f"{event.step_key}: {_one_line(sentence)}", error.to_string())
    last = next((e for e in result.all_events if e.is_failure), None)
    return RunFailedError((last and last.message) or "the run failed", "")


def _one_line(message: str) -> str:
    """The sentence of an error that may bring a trace along, as those of other processes do."""
    lines = [line.strip() for line in message.splitlines() if line.strip()] or [""]
    return lines[-1 if lines[0].startswith("Traceback") else 0]


def end_dead_runs(instance: dg.DagsterInstance, ws: Workspace) -> None:
    """End runs whose process was killed, so that the next one does not wait for their place in the pool.

    Runs of the command are dead, since this process holds the command's lock. Any other run that holds the
    place in the pool holds the lock of a stage too; else it is dead.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=AT_WORK, tags={STARTED_BY: COMMAND})):
        instance.report_run_failed(run, "The process that ran this was killed.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    while (held := _in_pool(instance)) and not is_at_work(ws, "stage"):
        time.sleep(GRACE_SECONDS)
        if is_at_work(ws, "stage"):
            return
        for run_id in held & _in_pool(instance):
            instance.event_log_storage.free_concurrency_slots_for_run(run_id)


def _in_pool(instance: dg.DagsterInstance) -> set[str]:
    """Runs that hold the place in the pool, or are next."""
    pool = instance.event_log_storage.get_concurrency_info(WRITER_POOL)
    return {slot.run_id for slot in pool.claimed_slots} | pool.assigned_run_ids
