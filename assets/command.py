"""The console command `disclosure`: `run`, `status` and `explain`, beside the library's `extract` and `locate`.

Dagster, pandas and Great Expectations take seconds to import: they are only where there is work to do.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import click

from assets.explained import Explained
from assets.project import RAW_SETTING, WAREHOUSE, place_of_reports, settle_environment, silence
from assets.show import Screen
from pipeline.explain import ExplainError, Traced, explain_fact, explain_report, plain, trace
from pipeline.explain.in_warehouse import Stored, file_of, is_key, stored
from pipeline.raw.folder import Folder, InputError, holds, raw_folder
from pipeline.raw.overrides import OVERRIDES, read_overrides
from pipeline.raw.range import YEARS, Range, districts_of, years_of
from pipeline.raw.verdicts import read_verdicts
from pipeline.runs import extraction, planning, run_report
from pipeline.runs.backfill import backfill, plain_rehearsal, rehearse
from pipeline.runs.plan import Plan
from pipeline.runs.workspace import Progress, StageError, Workspace, district_codes, is_at_work, only_run, state
from pipeline.terminal.extract import cli
from pipeline.warehouse import WarehouseError


def _raw_folder(context: click.Context, option: click.Parameter, text: str) -> Folder:
    try:
        return raw_folder(text)
    except InputError as error:
        raise click.BadParameter(str(error), context, option) from None


_FOLDER = click.Path(file_okay=False, path_type=Path)
_RAW = click.option(
    "--raw",
    callback=_raw_folder,
    default=place_of_reports,
    help=f"Folder of the reports, or a URL as s3://bucket/reports.  [default: {RAW_SETTING}, else data/raw]",
)
_WAREHOUSE = click.option(
    "--warehouse", type=_FOLDER, default=WAREHOUSE, help="Folder of the warehouse.  [default: data/warehouse]"
)
LINES_SHOWN = 20
_OUR_LOGGERS = ("pipeline", "expectations", "assets")
_OURS = (ExplainError, InputError, StageError, WarehouseError)


@cli.command("run")
@_RAW
@_WAREHOUSE
@click.option("--reparse", is_flag=True, help="Extract every file again, changed or not.")
def run_command(raw: Folder, warehouse: Path, reparse: bool) -> None:
    """Bring the warehouse up to date with the reports under data/raw.

    New and changed files are extracted, checked, loaded by district and year, and published in one step.
    A file that cannot be used is put into quarantine with its reason and stops nothing. Where nothing has
    changed nothing is done.

    Exit status: 0, also with files in quarantine; 1 if the run failed, and then the published warehouse
    stays as it was.
    """
    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    with _for_people(screen):
        plan = planning.plan(ws, again=reparse)
        if _is_up_to_date(ws, plan):
            planning.note_times(ws, plan.touched)
            screen.out.print(f"Nothing has changed: {_looked_at(plan)}; nothing extracted, loaded or published.\n")
        else:
            plan = plan.without_files  # those of a large batch would be in memory throughout the run
            _work(ws, screen, reparse)
        _show_result(ws, screen, plan)


@cli.command("backfill")
@click.option("--years", required=True, help="Years of the reports, as 2019-2021,2023.")
@click.option(
    "--districts", default="", help="District codes or their first 2 or 4 digits, as 41,410402.  [default: all]"
)
@click.option("--reparse", is_flag=True, help="Extract every file of the range again, changed or not.")
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would change, by district and year.")
@click.option("--format", "layout", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_RAW
@_WAREHOUSE
def backfill_command(
    years: str, districts: str, reparse: bool, dry_run: bool, layout: str, raw: Folder, warehouse: Path
) -> None:
    """Bring the reports of some years and districts up to date, and leave all others as they are.

    It goes on year by year and publishes at the end. One that was killed goes on where it was; what fails is told
    at the end, and everything else is published.

    Exit status: 0; 1 if anything failed.
    """
    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    with _for_people(screen):
        wanted = Range(years_of(years, YEARS), districts_of(districts, district_codes()))
        if dry_run:
            failed = _rehearse(ws, screen, wanted, reparse, layout)
        else:
            failed = _backfill(ws, screen, wanted, reparse, layout)
    if failed:
        raise click.ClickException("; ".join(failed))


def _rehearse(ws: Workspace, screen: Screen, wanted: Range, reparse: bool, layout: str) -> tuple[str, ...]:
    """What a backfill would do; gives the partitions that could not be loaded."""
    silence()
    from assets.judging import Judge

    screen.say(f"rehearsing {wanted}")
    with screen.bar() as show, Judge() as judge:
        found = rehearse(ws, wanted, judge, show, again=reparse)
    if layout == "json":
        _print_json(plain_rehearsal(found))
    else:
        screen.rehearsal(found)
    return tuple(f"{code} {year} could not be loaded" for code, year in found.failed)


def _backfill(ws: Workspace, screen: Screen, wanted: Range, reparse: bool, layout: str) -> tuple[str, ...]:
    """Do it, piece by piece; gives what failed."""
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
        _print_json({"run": report.row if report else None, "failed": failed})
    else:
        screen.last_run(report)
    return failed


@cli.command("status")
@_RAW
@_WAREHOUSE
def status_command(raw: Folder, warehouse: Path) -> None:
    """Show what is published, what is in quarantine, and what needs a person.

    Exit status: 0; 1 if nothing has been published yet.
    """
    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    with _for_people(screen):
        if not ws.warehouse.published.exists():
            raise StageError(f"nothing has been published in {warehouse} yet; `disclosure run` does that")
        screen.place(ws)
        screen.statuses(ws)
        screen.totals(ws)
        screen.last_run(run_report.last(ws.work))
        _show_waiting(ws, screen)
        screen.quarantine(ws)
        screen.needs(ws)


@cli.command("explain")
@click.argument("target")
@click.option("--cell", metavar="TABLE:ROW:COLUMN", help="One figure of it, as 3:3.1:total.")
@click.option(
    "--png",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --cell: draw its place in a PDF into this file.",
)
@click.option("--format", "layout", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_RAW
@_WAREHOUSE
def explain_command(target: str, cell: str | None, png: Path | None, layout: str, raw: Folder, warehouse: Path) -> None:
    """Show the path from ink to warehouse of a report, or of one of its figures.

    TARGET is a file, anywhere or below the folder of the reports, or a report of the warehouse: its report_id,
    DISTRICT/YEAR or DISTRICT/YEAR/PUBLISHER, as 410402/2024. The file is read anew, and nothing is changed.

    Exit status: 0; 1 if there is no such file, report or cell.
    """
    if png and not cell:
        raise click.UsageError("--png needs --cell")
    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    with _for_people(screen):
        pins = read_overrides(ws.raw, district_codes()) if holds(ws.raw, OVERRIDES) else {}
        traced = trace(*_place_of(ws, target), pins, cell, picture=png is not None)
        if cell is None:
            _explain_report(ws, screen, traced, layout)
        else:
            _explain_cell(ws, screen, traced, cell, png, layout)


def _place_of(ws: Workspace, target: str) -> tuple[Folder, str]:
    """The folder and path of the file that a person means; below data/raw the path that a run would give it."""
    file = Path(target)
    if file.is_file():
        whole = file.parent.resolve() / file.name
        below = isinstance(ws.raw, Path) and whole.is_relative_to(ws.raw)
        return (ws.raw, whole.relative_to(str(ws.raw)).as_posix()) if below else (Path(), target)
    path = target if holds(ws.raw, target) else None
    if path is None and not is_key(target):
        raise ExplainError(
            f"{target} is no file, neither here nor under {ws.raw}, and names no report: that is a report_id of 16 "
            f"digits and letters, DISTRICT/YEAR or DISTRICT/YEAR/PUBLISHER, as 410402/2024"
        )
    path = path or file_of(ws.warehouse, target)
    if not holds(ws.raw, path):
        raise ExplainError(f"{target} was loaded from {path}, which is not under {ws.raw} any more")
    return ws.raw, path


def _explain_report(ws: Workspace, screen: Screen, traced: Traced, layout: str) -> None:
    told = explain_report(traced, read_verdicts(ws.raw))
    found: Stored | str
    try:
        found = stored(ws.warehouse, told.path, told.sha256, told.report_id)
    except WarehouseError as error:  # one made by other code, as before the first run after a change
        found = f"cannot be asked: {error}"
    if layout == "json":
        _print_json({"report": plain(told), "warehouse": {"state": found} if isinstance(found, str) else plain(found)})
    else:
        Explained(screen.out).report(told, found)


def _explain_cell(ws: Workspace, screen: Screen, traced: Traced, cell: str, png: Path | None, layout: str) -> None:
    told = explain_fact(traced, cell, read_verdicts(ws.raw))
    if png:
        _write_picture(png, traced)
    if layout == "json":
        _print_json({"fact": plain(told), "png": str(png) if png else None})
        return
    Explained(screen.out).fact(told)
    if png:
        whole = "" if told.at.spot and told.at.spot.box else " (the whole page, as the place on it is not known)"
        screen.out.print(f"\nDrawn: {png}{whole}", markup=False, soft_wrap=True)


def _write_picture(png: Path, traced: Traced) -> None:
    if traced.picture is None:
        raise ExplainError(f"{png} is not drawn: {traced.no_picture}")
    try:
        png.write_bytes(traced.picture)
    except OSError as error:
        raise ExplainError(f"{png} cannot be written: {error.strerror}") from None


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _is_up_to_date(ws: Workspace, plan: Plan) -> bool:
    return plan.idle and (ws.warehouse.is_published() or not ws.warehouse.build.exists())


def _work(ws: Workspace, screen: Screen, reparse: bool) -> None:
    """Run the assets, unless another run has done the work while this one waited for it."""
    settle_environment()
    from assets.judging import kept_processes

    with _at_work(ws, screen) as show:
        plan = planning.plan(ws, again=reparse)
        if _is_up_to_date(ws, plan):
            return
        parts = math.ceil(len(plan.todo) / extraction.PART_FILES)
        del plan
        with ExitStack() as validators:
            # They get ready while this process imports Dagster and files are read, and end before anything is loaded.
            validators.enter_context(kept_processes(parts))
            from assets.execution import execute

            run_report.begin(ws.work)
            execute(ws, screen.say, show, validators.close, again=reparse)


@contextmanager
def _at_work(ws: Workspace, screen: Screen) -> Iterator[Progress]:
    """The only run of the command, with its bar, its log, and a report of it where it fails."""
    waiting = "another run is at work; waiting for it to end"
    with only_run(ws, lambda: screen.say(waiting)), screen.bar() as show, _traces(ws):
        try:
            yield show
        except run_report.RunFailedError as error:
            _report_failure(ws, error)
            trace = ws.work / "error.txt"
            trace.write_text(error.trace, encoding="utf-8")
            raise click.ClickException(f"{error} (details: {trace})") from None
        except (StageError, WarehouseError) as error:
            _report_failure(ws, error)
            raise


def _report_failure(ws: Workspace, error: Exception) -> None:
    """Leave the report of a run that failed; a disk without room must not hide why."""
    with suppress(OSError):
        run_report.fail(ws.work, "the run", str(error))
        run_report.close(ws.work, run_report.ended(ws.work, failed=True))


def _show_waiting(ws: Workspace, screen: Screen) -> None:
    """What the next run has to do, and whether one did not end."""
    current = state(ws)
    if is_at_work(ws, "run"):
        screen.out.print("A run is at work.")
    elif current.stage not in ("nothing", "done"):
        screen.warn(f"a run did not end (batch {current.stage}); the next one does its work again")
    elif not (plan := planning.plan(ws, hashing=False)).idle:
        screen.out.print(f"Waiting:   {len(plan.displaced):,} new, changed or removed files: `disclosure run`")


def _show_result(ws: Workspace, screen: Screen, plan: Plan) -> None:
    if not ws.warehouse.published.exists():
        screen.out.print(f"No reports lie under {ws.raw}: put some there and run again.", soft_wrap=True)
        return
    screen.reports(ws)
    screen.place(ws)
    screen.quarantine(ws)
    screen.odd_input(plan)
    screen.example(ws)
    screen.next_steps()


def _looked_at(plan: Plan) -> str:
    return "1 file" if plan.files == 1 else f"{plan.files:,} files"


@contextmanager
def _for_people(screen: Screen) -> Iterator[None]:
    """Warnings as lines; errors that a person can do something about as one line and exit status 1."""
    handler = _Lines(screen)
    for name in _OUR_LOGGERS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False
    try:
        yield
    except _OURS as error:
        raise click.ClickException(str(error)) from None
    finally:
        for name in _OUR_LOGGERS:
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).propagate = True


@contextmanager
def _traces(ws: Workspace) -> Iterator[None]:
    """Keep what is logged, with its traces, in `work/log.txt`; no file where there is nothing."""
    file = ws.work / "log.txt"
    file.unlink(missing_ok=True)
    handler = logging.FileHandler(file, encoding="utf-8", delay=True)
    handler.setLevel(logging.WARNING)
    for name in _OUR_LOGGERS:
        logging.getLogger(name).addHandler(handler)
    try:
        yield
    finally:
        for name in _OUR_LOGGERS:
            logging.getLogger(name).removeHandler(handler)
        handler.close()


class _Lines(logging.Handler):
    """Shows what the library logs, without the traces."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.WARNING)
        self._screen = screen
        self._shown = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Show one line, of the first lines only: a reader that fails may fail on every file."""
        self._shown += 1
        if self._shown <= LINES_SHOWN:
            self._screen.warn(record.getMessage())


def main() -> None:
    """The console script."""
    cli(prog_name="disclosure")
