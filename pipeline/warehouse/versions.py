"""Reads what an earlier published file held. What does *not* belong here: which files are kept (`published_files`)."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from pipeline.schema import Partition
from pipeline.warehouse.database import as_warehouse_error, connect
from pipeline.warehouse.publishing import partitions_of, version_number


def version_before(current: Path) -> Path | None:
    """The file that was published before this one; None where none is kept."""
    others = [
        path for path in current.parent.glob("disclosure-*.duckdb") if version_number(path) < version_number(current)
    ]
    return max(others, key=version_number, default=None)


def partitions_in(version: Path, work: Path) -> set[Partition]:
    """The districts and years that a published file has reports of. Raises WarehouseError."""
    with (
        as_warehouse_error(f"{version.name} cannot be read"),
        closing(connect(version, work, read_only=True)) as opened,
    ):
        return partitions_of(opened)
