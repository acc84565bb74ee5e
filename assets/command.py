"""The verbs of `disclosure` that run the graph, `run` and `backfill`; all others are in `pipeline.terminal`.

Dagster, pandas and Great Expectations take seconds to import: they are imported only where there is work to do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import click

from assets.project import settle_environment, silence
from pipeline.alerts import Alert, is_set_up, send_all
from pipeline.raw.folder import Folder, InputError
from pipeline.raw.range import YEARS, Range, districts_of, years_of
from pipeline.runs import planning, run_report
from pipeline.runs.backfill import backfill, plain_rehearsal, rehearse
from pipeline.runs.plan import Plan
from pipeline.runs.workers import preloaded_for, workers_ready
from pipeline.runs.workspace import Progress, StageError, Workspace, district_codes, only_run
from pipeline.terminal.command import cli
from pipeline.terminal.ending import end_in_a_sentence, mind_readers, say_the_rest
from pipeline.terminal.failures import for_people, traces
from pipeline.terminal.options import RAW, WAREHOUSE_FOLDER
from pipeline.terminal.screen import Screen, print_json
from pipeline.warehouse import WarehouseError


@cli.command("run")
@RAW
@WAREHOUSE_FOLDER
@click.option("--reparse", is_flag=True, help="Extract every file again, changed or not.")
@click.option(
    "--accept-removals", is_flag=True, help="It is meant that most files are gone, or that this is another folder."
)
def run_command(raw: Folder, warehouse: Path, reparse: bool, accept_removals: bool) -> None:
    """Bring the warehouse up to date with the reports under data/raw.

    New and changed files are extracted, checked, loaded by district and year, and published in one step.
    A file that cannot be used is put into quarantine with its reason and stops nothing. Where nothing has
    changed nothing is done.

    Exit status: 0, also with files in quarantine; 1 if the run failed, and then the published warehouse
    stays as it was.
    """
    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    with for_people(screen), _telling_people("disclosure run"):
        plan = planning.plan(ws, again=reparse, accept_removals=accept_removals)
        if _is_up_to_date(ws, plan):
            planning.note_times(ws, plan.touched)
            screen.out.print(f"Nothing has changed: {_looked_at(plan)}; nothing extracted, loaded or published.\n")
        else:
            files, plan = len(plan.todo), plan.without_files  # a large batch would be in memory throughout the run
            _work(ws, screen, files, reparse, accept_removals)
        _show_result(ws, screen, plan)


@cli.command("backfill")
@click.option("--years", required=True, help="Years of the reports, e.g. 2019-2021,2023.")
@click.option(
    "--districts", default="", help="District codes or their first 2 or 4 digits, e.g. 41,410402.  [default: all]"
)
@click.option("--reparse", is_flag=True, help="Extract every file of the range again, changed or not.")
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would change, by district and year.")
@click.option("--format", "layout", type=click.Choice(["text", "json"]), default="text", show_default=True)
@RAW
@WAREHOUSE_FOLDER
def backfill_command(
    years: str, districts: str, reparse: bool, dry_run: bool, layout: str, raw: Folder, warehouse: Path
) -> None:
    """Bring the reports of some years and districts up to date, and leave all others as they are.

    Goes on year by year and publishes at the end. One that was killed resumes where it was; what fails is reported
    at the end, and everything else is published.

    Exit status: 0; 1 if anything failed.
    """
    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    with for_people(screen):
        wanted = _range_of(years, districts)
        if dry_run:
            failed = _rehearse(ws, screen, wanted, reparse, layout)
        else:
            with _telling_people("disclosure backfill"):
                failed = _backfill(ws, screen, wanted, reparse, layout)
    if failed and not dry_run:
        send_all([Alert("run-failed", f"disclosure backfill: {'; '.join(failed)}")])
    if failed:
        raise click.ClickException("; ".join(failed))


def _rehearse(ws: Workspace, screen: Screen, wanted: Range, reparse: bool, layout: str) -> tuple[str, ...]:
    """Show what a backfill would do, and return the partitions that could not be loaded."""
    silence()
    from assets.judging import Judge

    screen.say(f"rehearsing {wanted}")
    with screen.bar() as show, Judge() as judge:
        found = rehearse(ws, wanted, judge, show, again=reparse)
    if layout == "json":
        print_json(plain_rehearsal(found))
    else:
        screen.rehearsal(found)
    return tuple(f"{code} {year} could not be loaded" for code, year in found.failed)


def _backfill(ws: Workspace, screen: Screen, wanted: Range, reparse: bool, layout: str) -> tuple[str, ...]:
    """Do the backfill piece by piece, and return what failed."""
    settle_environment()
    from assets.execution import execute_pieces

    with _at_work(ws, screen) as show:
        todo = backfill(ws, wanted, again=reparse)
        if todo.done_before:
            screen.say(f"{todo.done_before} pieces were done before it was stopped")
        if not todo.pieces:
            screen.say(f"nothing has changed in {wanted}")
            return ()
        run_report.begin(ws.work)
        failed = execute_pieces(ws, todo, screen.say, show)
    report = run_report.last(ws.work)
    if layout == "json":
        print_json({"run": report.row if report else None, "failed": failed})
    else:
        screen.last_run(report)
    return failed


def _is_up_to_date(ws: Workspace, plan: Plan) -> bool:
    return plan.idle and (ws.warehouse.is_published() or not ws.warehouse.build.exists())


def _work(ws: Workspace, screen: Screen, files: int, reparse: bool, accept_removals: bool) -> None:
    """Run the assets, unless another run has done the work while this one waited for it; `files` are to be read."""
    settle_environment()
    from assets.judging import kept_processes

    parts, preload = math.ceil(files / ws.sizes.part_files), preloaded_for(files)
    with _at_work(ws, screen) as show, ExitStack() as others:
        # They get ready while this process looks again and imports Dagster, and end before anything is loaded.
        others.enter_context(kept_processes(parts, preload, _get_ready_to_load))
        others.enter_context(workers_ready(files, ws.limits.first))
        if _is_up_to_date(ws, planning.plan(ws, again=reparse, accept_removals=accept_removals)):
            return
        from assets.execution import execute

        run_report.begin(ws.work)
        execute(ws, screen.say, show, others.close, again=reparse, accept_removals=accept_removals)


def _get_ready_to_load() -> None:
    """Make what loading and publishing wait for once in a process: lists of all partitions and divisions, and forms.

    Called while others validate and this process has nothing to do.
    """
    from assets.partitions import district_year
    from pipeline.dimensions import dimension_frames

    dimension_frames()
    district_year.get_partition_keys()


@contextmanager
def _at_work(ws: Workspace, screen: Screen) -> Iterator[Progress]:
    """The only run of the command, with its bar, its log, and a report of it where it fails."""
    waiting = "another run is at work; waiting for it to end"
    with only_run(ws, lambda: screen.say(waiting)), screen.bar() as show, traces(ws):
        try:
            yield show
        except run_report.RunFailedError as error:
            _report_failure(ws, error)
            raise click.ClickException(f"{error}{_kept_trace(ws, error)}") from error
        except (StageError, WarehouseError, OSError) as error:
            _report_failure(ws, error)
            raise


@contextmanager
def _telling_people(what: str) -> Iterator[None]:
    """An alert for an error that ends the command."""
    try:
        yield
    except (click.ClickException, InputError, StageError, WarehouseError, OSError) as error:
        if is_set_up():
            from assets.alerting import about_failure  # imports Dagster

            sentence = error.message if isinstance(error, click.ClickException) else str(error)
            trace = error.__cause__.trace if isinstance(error.__cause__, run_report.RunFailedError) else ""
            send_all([about_failure(what, sentence, trace)])
        raise


def _kept_trace(ws: Workspace, error: run_report.RunFailedError) -> str:
    """The place of the trace of a failure from now on; nothing where there is no room for it."""
    trace = ws.work / "error.txt"
    try:
        trace.write_text(error.trace, encoding="utf-8")
    except OSError:
        return ""
    return f" (details: {trace})"


def _report_failure(ws: Workspace, error: Exception) -> None:
    """Leave the report of a run that failed; a disk without room must not hide why."""
    with suppress(OSError):
        run_report.fail(ws.work, "the run", str(error))
        run_report.close(ws.work, run_report.ended(ws.work, failed=True))


def _show_result(ws: Workspace, screen: Screen, plan: Plan) -> None:
    if not ws.warehouse.published.exists():
        screen.out.print(f"No reports lie under {ws.raw}: put some there and run again.", soft_wrap=True)
        return
    with ws.warehouse.kept_open():
        screen.reports(ws)
        screen.place(ws)
        screen.quarantine(ws)
        screen.odd_input(plan)
        screen.example(ws)
        screen.next_steps()


def _looked_at(plan: Plan) -> str:
    return "1 file" if plan.files == 1 else f"{plan.files:,} files"


def _range_of(years: str, districts: str) -> Range:
    """The range that two options name. Raises `UsageError` where they name none."""
    try:
        return Range(years_of(years, YEARS), districts_of(districts, district_codes()))
    except InputError as error:
        raise click.UsageError(str(error)) from None


def main() -> None:
    """The console script for callers that import all of it at once; the installed one begins in `assets.main`."""
    end_in_a_sentence()
    mind_readers()
    try:
        cli(prog_name="disclosure")
    finally:
        say_the_rest()


if __name__ == "__main__":
    main()
