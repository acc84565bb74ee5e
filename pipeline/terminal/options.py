"""Options that several verbs share: where the reports are, and where the warehouse is."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.raw.folder import Folder, InputError, raw_folder
from pipeline.settings import RAW_SETTING, WAREHOUSE, place_of_reports


def _raw_folder(context: click.Context, option: click.Parameter, text: str) -> Folder:
    try:
        return raw_folder(text)
    except InputError as error:
        raise click.BadParameter(str(error), context, option) from None


_FOLDER = click.Path(file_okay=False, path_type=Path)
RAW = click.option(
    "--raw",
    callback=_raw_folder,
    default=place_of_reports,
    help=f"Folder of the reports, or a URL, e.g. s3://bucket/reports.  [default: {RAW_SETTING}, else data/raw]",
)
WAREHOUSE_FOLDER = click.option(
    "--warehouse", type=_FOLDER, default=WAREHOUSE, help="Folder of the warehouse.  [default: data/warehouse]"
)
