"""The views over made-up reports: what several of their tests need."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.dimensions import verdict_frame
from pipeline.raw.verdicts import Verdict
from pipeline.warehouse import Warehouse
from tests import warehouse_rows as rows
from tests.empty_build import begin

LEAD = ["publisher", "level", "district_name", "prefecture_name", "province_name", "year", "scope", "title"]
LEAD += ["district_code", "report_id"]


def publish(folder: Path, *reports: rows.Frames, verdicts: Sequence[Verdict] = ()) -> Warehouse:
    """A warehouse of these reports, with the dimensions, the true series and what a person decided.

    What it shows is its build database, which has the same views as a published file.
    """
    warehouse = begin(folder, _with_dimensions)
    frames = rows.together(*reports)
    with warehouse.writer() as writer:
        writer.load(rows.keys_of(frames), frames, ())
        if verdicts:
            writer.record(rows.files([]), rows.quarantine([]), {"verdicts": verdict_frame(verdicts)}, [], ())
    warehouse.published.symlink_to(warehouse.build)
    return warehouse


@cache
def _with_dimensions() -> Path:
    """A build database that has the dimensions and the true series, and no report."""
    warehouse = begin(Path(_FOLDER.name))
    with warehouse.writer() as writer:
        writer.record(rows.files([]), rows.quarantine([]), {**rows.dimensions(), **rows.knowledge()}, [], ())
    return warehouse.build


_FOLDER = tempfile.TemporaryDirectory(prefix="known-build-")


def publish_file(folder: Path, *reports: rows.Frames) -> Warehouse:
    """As `publish`, with a published file of its own, as analysts meet it."""
    warehouse = publish(folder, *reports)
    warehouse.published.unlink()
    warehouse.publish()
    return warehouse


def records(warehouse: Warehouse, sql: str) -> list[dict[str, Any]]:
    """What a query gives, a dict a row."""
    names, found = warehouse.query(sql)
    return [dict(zip(names, row, strict=True)) for row in found]


def record(warehouse: Warehouse, sql: str) -> dict[str, Any]:
    """The only row that a query gives."""
    (found,) = records(warehouse, sql)
    return found
