"""Everything that Dagster loads: `defs`."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from assets import automation
from assets.alerting import run_failed
from assets.raw import raw_files
from assets.reports import extracted_reports, validated_reports
from assets.resources import WorkspaceResource
from assets.site import published_site
from assets.warehouse import loaded_reports, published_warehouse
from pipeline.raw.folder import Folder, raw_folder
from pipeline.settings import place_of_reports, place_of_warehouse


def define(raw: Folder, warehouse: Path) -> dg.Definitions:
    """The definitions for the two folders."""
    return dg.Definitions(
        assets=[raw_files, extracted_reports, validated_reports, loaded_reports, published_warehouse, published_site],
        jobs=automation.JOBS,
        schedules=[automation.nightly],
        sensors=[automation.raw_files_changed, automation.validated, automation.loaded, run_failed],
        resources={"workspace": WorkspaceResource(raw=str(raw), warehouse=str(warehouse))},
        executor=dg.in_process_executor,
    )


defs = define(raw_folder(place_of_reports()), place_of_warehouse().resolve())
