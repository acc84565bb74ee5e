"""The console command `disclosure`: `run` and `status`, beside the library's `extract` and `locate`.

Dagster, pandas and Great Expectations take seconds to import: they are only where there is work to do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from assets.project import RAW, WAREHOUSE, settle_environment
from assets.show import Screen
from pipeline import stages
from pipeline.cli import cli
from pipeline.register import InputError, Plan
from pipeline.stages import StageError, Workspace
from pipeline.warehouse import WarehouseError

_FOLDER = click.Path(file_okay=False, path_type=Path)
_RAW = click.option("--raw", type=_FOLDER, default=RAW, help="Folder of the reports.  [default: data/raw]")
_WAREHOUSE = click.option(
    "--warehouse", type=_FOLDER, default=WAREHOUSE, help="Folder of the warehouse.  [default: data/warehouse]"
)
LINES_SHOWN = 20
_OUR_LOGGERS = ("pipeline", "expectations", "assets")
_OURS = (InputError, StageError, WarehouseError)


@cli.command("run")
@_RAW
@_WAREHOUSE
@click.option("--reparse", is_flag=True, help="Extract every file again, changed or not.")
def run_command(raw: Path, warehouse: Path, reparse: bool) -> None:
    """Bring the warehouse up to date with the reports under data/raw.

    New and changed files are extracted, checked, loaded by district and year, and published in one step.
    A file that cannot be used is put into quarantine with its reason and stops nothing. Where nothing has
    changed nothing is done.

    Exit status: 0, also with files in quarantine; 1 if the run failed, and then the published warehouse
    stays as it was.
    """
    ws, screen = Workspace(raw.resolve(), warehouse.resolve()), Screen()
    with _for_people(screen):
        plan = stages.plan(ws, again=reparse)
        if _is_up_to_date(ws, plan):
            stages.note_times(ws, plan)
            screen.out.print(f"Nothing has changed: {_looked_at(plan)}; nothing extracted, loaded or published.\n")
        else:
            _work(ws, screen, reparse)
        _show_result(ws, screen, plan)


@cli.command("status")
@_RAW
@_WAREHOUSE
def status_command(raw: Path, warehouse: Path) -> None:
    """Show what is published, what is in quarantine, and what needs a person.

    Exit status: 0; 1 if nothing has been published yet.
    """
    ws, screen = Workspace(raw.resolve(), warehouse.resolve()), Screen()
    with _for_people(screen):
        if not ws.warehouse.published.exists():
            raise StageError(f"nothing has been published in {warehouse} yet; `disclosure run` does that")
        screen.place(ws)
        screen.statuses(ws)
        screen.totals(ws)
        _show_waiting(ws, screen)
        screen.quarantine(ws)
        screen.needs(ws)


def _is_up_to_date(ws: Workspace, plan: Plan) -> bool:
    return plan.idle and (ws.warehouse.is_published() or not ws.warehouse.build.exists())


def _work(ws: Workspace, screen: Screen, reparse: bool) -> None:
    """Run the assets, unless another run has done the work while this one waited for it."""
    settle_environment()
    from assets.execution import RunFailedError, execute

    waiting = "another run is at work; waiting for it to end"
    with stages.only_run(ws, lambda: screen.say(waiting)), screen.bar() as show, _traces(ws):
        if _is_up_to_date(ws, stages.plan(ws, again=reparse)):
            return
        try:
            execute(ws, screen.say, show, again=reparse)
        except RunFailedError as error:
            trace = ws.work / "error.txt"
            trace.write_text(error.trace, encoding="utf-8")
            raise click.ClickException(f"{error} (details: {trace})") from None


def _show_waiting(ws: Workspace, screen: Screen) -> None:
    """What the next run has to do, and whether one did not end."""
    current = stages.state(ws)
    if stages.is_at_work(ws, "run"):
        screen.out.print("A run is at work.")
    elif current.stage not in ("nothing", "done"):
        screen.warn(f"a run did not end (batch {current.stage}); the next one does its work again")
    elif not (plan := stages.plan(ws, hashing=False)).idle:
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
