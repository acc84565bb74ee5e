"""`disclosure status`: what is published, what is in quarantine, what needs a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from pipeline.environment import whole_number
from pipeline.plain import plain
from pipeline.raw.folder import Folder, InputError
from pipeline.runs import planning, run_report
from pipeline.runs.workspace import StageError, Workspace, is_at_work, state
from pipeline.terminal.failures import for_people
from pipeline.terminal.options import RAW, WAREHOUSE_FOLDER
from pipeline.terminal.screen import Screen, print_json
from pipeline.warehouse import WarehouseError

QUARANTINE_PERCENT = "DISCLOSURE_QUARANTINE_PERCENT"
NOTHING_PUBLISHED, MANY_IN_QUARANTINE, RUN_FAILED = 1, 3, 4


@click.command("status")
@RAW
@WAREHOUSE_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON for a monitor, with an exit status of its own.")
def status_command(raw: Folder, warehouse: Path, as_json: bool) -> None:
    """Show what is published, what is in quarantine, and what needs a person.

    Exit status: 0; 1 if nothing has been published yet, or what is there cannot be read. With --json also 3 if more
    files are in quarantine than DISCLOSURE_QUARANTINE_PERCENT (5) allows, and 4 if the last run failed in part or
    whole, or did not end.
    """
    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    if as_json:
        found = _status_or_why_not(ws)
        print_json(asdict(found))
        click.get_current_context().exit(found.exit_status)
    with for_people(screen):
        if not ws.warehouse.published.exists():
            raise StageError(f"nothing has been published in {warehouse} yet; `disclosure run` does that")
        screen.place(ws)
        screen.statuses(ws)
        screen.totals(ws)
        screen.last_run(run_report.last(ws.work))
        _show_waiting(ws, screen)
        screen.quarantine(ws)
        screen.kept(ws)
        screen.gave_up(ws)
        screen.rivals(ws)
        screen.needs(ws)
        screen.overrides(ws)
        screen.renamed(ws)


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand, for a monitor: what is published, what waits, and how the last run ended."""

    state: str
    """`published`, `nothing published`, or `unknown`, where what is there cannot be read."""
    published: str | None
    reports: int
    files: int
    quarantined: int
    reasons: dict[str, int]
    """Files in quarantine by reason."""
    waiting: int | None
    """New, changed or removed files that no run has seen; None while one is at work or after one that did not end."""
    run: str
    """`idle`, `at work`, `did not end`, or `unknown`."""
    last_outcome: str | None
    last_ended_at: str | None
    failures: dict[str, str]
    """What failed in the last run, by where."""
    vanished: str | None
    error: str | None
    """Why something is unknown."""
    exit_status: int


_UNKNOWN = Status("unknown", None, 0, 0, 0, {}, None, "unknown", None, None, {}, None, None, NOTHING_PUBLISHED)


def _status_or_why_not(ws: Workspace) -> Status:
    """How things stand, also where that cannot be found out: a monitor gets an answer in the same form."""
    try:
        return status_of(ws)
    except (InputError, StageError, WarehouseError, OSError) as error:
        return replace(_UNKNOWN, error=plain(str(error)))


def status_of(ws: Workspace) -> Status:
    """How things stand. Raises InputError, StageError, WarehouseError and OSError."""
    report, run = run_report.last(ws.work), _run_of(ws)
    found = replace(
        _UNKNOWN,
        state="nothing published",
        waiting=len(planning.plan(ws, hashing=False).displaced) if run == "idle" else None,
        run=run,
        last_outcome=report.outcome if report else None,
        last_ended_at=report.ended_at if report else None,
        failures=dict(report.notes.failures) if report else {},
        vanished=str(report.vanished) if report and report.vanished else None,
    )
    return _with_published(ws, found) if ws.warehouse.published.exists() else found


def _with_published(ws: Workspace, found: Status) -> Status:
    """The status with what the published file holds, and the exit status that follows from both."""
    with ws.warehouse.snapshot() as snapshot:
        ((reports, files),) = snapshot.query("SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM files)")
        reasons = dict(snapshot.query("SELECT reason, count(*) FROM quarantine GROUP BY reason ORDER BY reason"))
        published = str(snapshot.path)
    quarantined = sum(reasons.values())
    return replace(
        found,
        state="published",
        published=published,
        reports=reports,
        files=files,
        quarantined=quarantined,
        reasons=reasons,
        exit_status=_exit_status(found, is_above_threshold(quarantined, files)),
    )


def _run_of(ws: Workspace) -> str:
    if is_at_work(ws, "run"):
        return "at work"
    return "idle" if state(ws).stage in ("nothing", "done") else "did not end"


def _exit_status(found: Status, many: bool) -> int:
    if found.run == "did not end" or found.last_outcome not in (None, "done"):
        return RUN_FAILED
    return MANY_IN_QUARANTINE if many else 0


def is_above_threshold(quarantined: int, files: int) -> bool:
    """Whether more files are in quarantine than the setting allows. Raises InputError for an invalid setting."""
    return quarantined * 100 > whole_number(QUARANTINE_PERCENT, 5, least=0) * files


def _show_waiting(ws: Workspace, screen: Screen) -> None:
    """What the next run has to do, and whether one did not end."""
    current = state(ws)
    if is_at_work(ws, "run"):
        screen.out.print("A run is at work.")
    elif current.stage not in ("nothing", "done"):
        screen.warn(f"a run did not end (batch {current.stage}); the next one does its work again")
    elif not (plan := planning.plan(ws, hashing=False)).idle:
        screen.out.print(f"Waiting:   {len(plan.displaced):,} new, changed or removed files: `disclosure run`")
