"""`disclosure locate`: which publisher and district a printed title stands for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.explain import division_path
from pipeline.places import locate
from pipeline.plain import plain
from pipeline.terminal.options import year_option
from pipeline.terminal.rows import EXCEL_SAFE, FORMAT, Row, row_writer

PLACE_COLUMNS = ("title", "year", "publisher", "level", "status", "district_code", "candidates")


@click.command("locate")
@click.argument("title", required=False)
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file with the columns title,year,context.",
)
@year_option("The year of the report, if the title does not give it.")
@FORMAT
@EXCEL_SAFE
def locate_command(title: str | None, source: Path | None, year: int | None, layout: str, excel_safe: bool) -> None:
    """Show which publisher, level and district a printed TITLE or publisher's name stands for.

    With --from, answers every row of a CSV file (title,year,context) with a row
    title,year,publisher,level,status,district_code,candidates.
    """
    if (title is None) == (source is None):
        raise click.UsageError("give either a TITLE or --from FILE.csv")
    if source is not None:
        row_writer(PLACE_COLUMNS, layout, excel_safe=excel_safe)(_place_rows(source))
    else:
        assert title is not None
        _show_place(title, year)


def _place_rows(source: Path) -> Iterator[Row]:
    with source.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if "title" not in (reader.fieldnames or ()):
            raise click.ClickException(f"{source}: the first line must name a column title")
        for number, row in enumerate(reader, start=2):
            yield _place_row(row["title"], _year(row.get("year"), source, number), row.get("context") or "")


def _year(text: str | None, source: Path, line: int) -> int | None:
    if not text or not text.strip():
        return None
    if not text.strip().isdecimal():
        raise click.ClickException(f"{source}, line {line}: year is not a number: {text}")
    return int(text)


def _place_row(title: str, year: int | None, context: str) -> Row:
    place = locate(title, year, context)
    return {
        "title": title,
        "year": place.year,
        "publisher": place.publisher,
        "level": place.level,
        "status": place.status,
        "district_code": place.district_code or "",
        "candidates": " ".join(place.candidates),
    }


def _show_place(title: str, year: int | None) -> None:
    """One answer for a person, one line per item."""
    place = locate(title, year)
    click.echo(f"publisher  {plain(place.publisher) or '—'}")
    click.echo(f"year       {place.year or '—'}")
    click.echo(f"level      {place.level}")
    click.echo(f"status     {place.status}" + (f" (by {place.via})" if place.via else ""))
    for code in place.candidates:
        click.echo(f"district   {code} {division_path(code, place.year)}")
    if place.township:
        click.echo(f"township   {plain(place.township)}")
