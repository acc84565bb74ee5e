"""The views over made-up reports: what several of their tests need."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipeline.dimensions import verdict_frame
from pipeline.raw.verdicts import Verdict
from pipeline.schema import TABLES
from pipeline.warehouse import Warehouse
from tests import warehouse_rows as rows

LEAD = ["publisher", "level", "district_name", "prefecture_name", "province_name", "year", "scope", "title"]
LEAD += ["district_code", "report_id"]


def publish(folder: Path, *reports: rows.Frames, verdicts: Sequence[Verdict] = ()) -> Warehouse:
    """A published warehouse of these reports, with the dimensions, the true series and what a person decided.

    The rows go from the build database into a published file that was made empty once: making the views takes longest.
    """
    shutil.copytree(_published_without_rows(), folder, symlinks=True, dirs_exist_ok=True)
    warehouse = Warehouse(folder)
    frames = rows.together(*reports)
    known = {**rows.dimensions(), **rows.knowledge(), "verdicts": verdict_frame(verdicts)}
    with warehouse.writer() as writer:
        writer.load(rows.keys_of(frames), frames, ())
        writer.record(rows.files([]), rows.quarantine([]), known, [], ())
    file = warehouse.published.resolve()
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"ATTACH '{warehouse.build}' AS build (READ_ONLY)")
        for name in TABLES:
            connection.execute(f"INSERT INTO main.{name} BY NAME FROM build.main.{name}")
    file.chmod(0o444)
    return warehouse


@cache
def _published_without_rows() -> Path:
    warehouse = Warehouse(Path(_FOLDER.name))
    with warehouse.writer():
        pass
    warehouse.publish()
    return warehouse.root


_FOLDER = tempfile.TemporaryDirectory(prefix="views-")


def records(warehouse: Warehouse, sql: str) -> list[dict[str, Any]]:
    """What a query gives, a dict a row."""
    names, found = warehouse.query(sql)
    return [dict(zip(names, row, strict=True)) for row in found]


def record(warehouse: Warehouse, sql: str) -> dict[str, Any]:
    """The only row that a query gives."""
    (found,) = records(warehouse, sql)
    return found
