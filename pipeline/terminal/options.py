"""Options that several verbs share: where the reports and the warehouse are, which years and districts are meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from pipeline.raw.folder import Folder, InputError, raw_folder
from pipeline.raw.range import YEARS, districts_of
from pipeline.runs.workspace import district_codes
from pipeline.settings import RAW_SETTING, WAREHOUSE_SETTING, place_of_reports, place_of_warehouse, warehouse_folder


def _raw_folder(context: click.Context, option: click.Parameter, text: str) -> Folder:
    try:
        return raw_folder(text)
    except InputError as error:
        raise click.BadParameter(str(error), context, option) from None


def _warehouse_folder(context: click.Context, option: click.Parameter, text: str | None) -> Path:
    try:
        folder = place_of_warehouse() if text is None else warehouse_folder(text)
    except InputError as error:
        raise click.BadParameter(str(error), context, option) from None
    if folder.exists() and not folder.is_dir():
        raise click.BadParameter(f"{folder} is a file, not a folder", context, option)
    return folder


def _known_year(context: click.Context, option: click.Parameter, year: int | None) -> int | None:
    if year is not None and year not in YEARS:
        sentence = f"{year} is not within {YEARS[0]} to {YEARS[-1]}, the years that are loaded"
        raise click.BadParameter(sentence, context, option)
    return year


def _known_districts(context: click.Context, option: click.Parameter, text: str | None) -> tuple[str, ...]:
    """The codes and beginnings of codes that an option lists; none where it is not given."""
    if text is None:
        return ()
    try:
        found = districts_of(text, district_codes())
    except InputError as error:
        raise click.BadParameter(str(error), context, option) from None
    if not found:
        raise click.BadParameter("no district is given", context, option)
    return found


def year_option(meaning: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`--year`: a year of which reports can be loaded; any other is a mistake in the command."""
    return click.option("--year", type=int, callback=_known_year, help=meaning)


RAW = click.option(
    "--raw",
    callback=_raw_folder,
    default=place_of_reports,
    help=f"Folder of the reports, or a URL, e.g. s3://bucket/reports.  [default: {RAW_SETTING}, else data/raw]",
)
WAREHOUSE_FOLDER = click.option(
    "--warehouse",
    callback=_warehouse_folder,
    metavar="DIRECTORY",
    help=f"Folder of the warehouse.  [default: {WAREHOUSE_SETTING}, else data/warehouse]",
)
DISTRICT = click.option(
    "--district",
    "districts",
    metavar="CODES",
    callback=_known_districts,
    help="Only these districts: codes or their first 2 or 4 digits, e.g. 41,410402.",
)
