"""`disclosure site`: the pages that people look at, written by themselves."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.raw.folder import Folder
from pipeline.runs.workspace import StageError, Workspace
from pipeline.terminal.failures import for_people
from pipeline.terminal.options import RAW, WAREHOUSE_FOLDER
from pipeline.terminal.screen import Screen


@click.command("site")
@RAW
@WAREHOUSE_FOLDER
@click.option("--again", is_flag=True, help="Write all pages again, even those that have not changed.")
def site_command(raw: Folder, warehouse: Path, again: bool) -> None:
    """Write the pages of what is published into data/warehouse/site, to open by double click.

    A run does this by itself; districts that have not changed are not written again.

    Exit status: 0; 1 if nothing has been published yet, or the pages could not be written.
    """
    from pipeline.site import write_site  # templates and DuckDB are of use to no other verb

    ws, screen = Workspace(raw, warehouse.resolve()), Screen()
    with for_people(screen):
        if not ws.warehouse.published.exists():
            raise StageError(f"nothing has been published in {warehouse} yet; `disclosure run` does that")
        written = write_site(ws.warehouse, ws.raw, again=again)
        screen.out.print(
            f"Pages:     {written.path / 'index.html'}\n"
            f"           {written.renewed:,} of {written.districts:,} districts and {written.files:,} files written in "
            f"{written.seconds:.1f} s\n"
            f"           {written.pictures:,} pictures of places made"
            + (f", those of {written.left:,} files are left for the next time" if written.left else ""),
            markup=False,
            soft_wrap=True,
        )
