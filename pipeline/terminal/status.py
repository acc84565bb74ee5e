"""`disclosure status`: what is published, what is in quarantine, what needs a person."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.raw.folder import Folder
from pipeline.runs import planning, run_report
from pipeline.runs.workspace import StageError, Workspace, is_at_work, state
from pipeline.terminal.failures import for_people
from pipeline.terminal.options import RAW, WAREHOUSE_FOLDER
from pipeline.terminal.screen import Screen


@click.command("status")
@RAW
@WAREHOUSE_FOLDER
def status_command(raw: Folder, warehouse: Path) -> None:
    """Show what is published, what is in quarantine, and what needs a person.

    Exit status: 0; 1 if nothing has been published yet.
    """
    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    with for_people(screen):
        if not ws.warehouse.published.exists():
            raise StageError(f"nothing has been published in {warehouse} yet; `disclosure run` does that")
        screen.place(ws)
        screen.statuses(ws)
        screen.totals(ws)
        screen.last_run(run_report.last(ws.work))
        _show_waiting(ws, screen)
        screen.quarantine(ws)
        screen.needs(ws)


def _show_waiting(ws: Workspace, screen: Screen) -> None:
    """What the next run has to do, and whether one did not end."""
    current = state(ws)
    if is_at_work(ws, "run"):
        screen.out.print("A run is at work.")
    elif current.stage not in ("nothing", "done"):
        screen.warn(f"a run did not end (batch {current.stage}); the next one does its work again")
    elif not (plan := planning.plan(ws, hashing=False)).idle:
        screen.out.print(f"Waiting:   {len(plan.displaced):,} new, changed or removed files: `disclosure run`")
