"""`disclosure explain`: one report, or one of its figures, from ink to warehouse."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.document import file_of
from pipeline.explain import ExplainError, Traced, explain_fact, explain_report, plain, trace
from pipeline.explain.in_warehouse import Stored, is_key, path_of, stored
from pipeline.raw.folder import Folder, holds, is_file
from pipeline.raw.overrides import OVERRIDES, read_overrides
from pipeline.raw.verdicts import read_verdicts
from pipeline.runs.workspace import Workspace, district_codes
from pipeline.terminal.explain_screen import Explained
from pipeline.terminal.failures import for_people
from pipeline.terminal.options import RAW, WAREHOUSE_FOLDER
from pipeline.terminal.screen import Screen, print_json
from pipeline.warehouse import WarehouseError


@click.command("explain")
@click.argument("target")
@click.option("--cell", metavar="TABLE:ROW:COLUMN", help="One figure of the report, e.g. 3:3.1:total.")
@click.option(
    "--png",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --cell: write a picture of its place in the PDF to this file.",
)
@click.option("--format", "layout", type=click.Choice(["text", "json"]), default="text", show_default=True)
@RAW
@WAREHOUSE_FOLDER
def explain_command(target: str, cell: str | None, png: Path | None, layout: str, raw: Folder, warehouse: Path) -> None:
    """Show the path from ink to warehouse of a report, or of one of its figures.

    TARGET is a file, anywhere or below the folder of the reports (FILE#2: its second report), or a report of the
    warehouse: its report_id,
    DISTRICT/YEAR or DISTRICT/YEAR/PUBLISHER, e.g. 410402/2024. The file is read anew, and nothing is changed.

    Exit status: 0; 1 if the file, report or cell does not exist.
    """
    if png and not cell:
        raise click.UsageError("--png needs --cell")
    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    with for_people(screen):
        pins = read_overrides(ws.raw, district_codes()) if holds(ws.raw, OVERRIDES) else {}
        traced = trace(*_place_of(ws, target), pins, cell, picture=png is not None)
        if cell is None:
            _explain_report(ws, screen, traced, layout)
        else:
            _explain_cell(ws, screen, traced, cell, png, layout)


def _place_of(ws: Workspace, target: str) -> tuple[Folder, str]:
    """The folder and path of the report that is meant; below data/raw the path is the one that a run would give it."""
    file = Path(target)
    if is_file(file) or is_file(Path(file_of(target))):
        whole = file.parent.resolve() / file.name
        below = isinstance(ws.raw, Path) and whole.is_relative_to(ws.raw)
        return (ws.raw, whole.relative_to(str(ws.raw)).as_posix()) if below else (Path(), target)
    path = target if holds(ws.raw, target) or holds(ws.raw, file_of(target)) else None
    if path is None and not is_key(target):
        raise ExplainError(
            f"{target} is not a file here or under {ws.raw}, and not the name of a report: a report_id of 16 "
            f"digits and letters, DISTRICT/YEAR or DISTRICT/YEAR/PUBLISHER, e.g. 410402/2024"
        )
    path = path or path_of(ws.warehouse, target)
    if not holds(ws.raw, file_of(path)):
        raise ExplainError(f"{target} was loaded from {path}, which is no longer under {ws.raw}")
    return ws.raw, path


def _explain_report(ws: Workspace, screen: Screen, traced: Traced, layout: str) -> None:
    report = explain_report(traced, read_verdicts(ws.raw))
    found: Stored | str
    try:
        found = stored(ws.warehouse, report.path, report.sha256, report.report_id)
    except WarehouseError as error:  # a warehouse made by other code, as before the first run after a change
        found = f"cannot be asked: {error}"
    if layout == "json":
        in_warehouse = {"state": found} if isinstance(found, str) else plain(found)
        print_json({"report": plain(report), "warehouse": in_warehouse})
    else:
        Explained(screen.out).report(report, found)


def _explain_cell(ws: Workspace, screen: Screen, traced: Traced, cell: str, png: Path | None, layout: str) -> None:
    figure = explain_fact(traced, cell, read_verdicts(ws.raw))
    if png:
        _write_picture(png, traced)
    if layout == "json":
        print_json({"fact": plain(figure), "png": str(png) if png else None})
        return
    Explained(screen.out).fact(figure)
    if png:
        whole = "" if figure.at.spot and figure.at.spot.box else " (the whole page, as the place on it is not known)"
        screen.out.print(f"\nDrawn: {png}{whole}", markup=False, soft_wrap=True)


def _write_picture(png: Path, traced: Traced) -> None:
    if traced.picture is None:
        raise ExplainError(f"{png} is not drawn: {traced.no_picture}")
    try:
        png.write_bytes(traced.picture)
    except OSError as error:
        raise ExplainError(f"{png} cannot be written: {error.strerror}") from None
