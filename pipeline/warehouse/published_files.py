"""The published files: read-only copies under versioned names, and the link to the newest.

What does *not* belong here: what is in a copy (`publishing`), and when there is a new one (`store`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import duckdb

from pipeline.durable import flush
from pipeline.schema import Partition
from pipeline.warehouse.database import (
    WarehouseError,
    as_warehouse_error,
    connect,
    published_notes_of,
    whole_number,
)
from pipeline.warehouse.extents import Extent
from pipeline.warehouse.folder import WarehouseFolder
from pipeline.warehouse.publishing import VERSION_NAME, partitions_of, verify_copy, version_number, write_copy

# How many published files are kept, the newest and those before it, unless the environment says another number.
VERSIONS_KEPT = 3
KEEP = "DISCLOSURE_VERSIONS_KEPT"


Answer = TypeVar("Answer")


class PublishedFiles:
    """The published files of a folder."""

    def __init__(self, folder: WarehouseFolder) -> None:
        self._at = folder

    def open(self) -> duckdb.DuckDBPyConnection:
        """The newest, read-only. Raises WarehouseError where there is none, or it cannot be opened."""
        if not self._at.published.exists():
            raise WarehouseError(f"nothing has been published yet: {self._at.published} is missing")
        # The version's own name: under the link, DuckDB may give a process the file that it opened before.
        with as_warehouse_error(f"{self._at.published} cannot be opened"):
            return connect(self._at.published.resolve(), self._at.work, read_only=True)

    def notes(self) -> dict[str, str]:
        """The notes of the published file about itself; empty where it is missing or cannot be read."""
        return self._read(published_notes_of, {})

    def notes_and_partitions(self) -> tuple[dict[str, str], set[Partition]]:
        """The notes, and the districts and years of its reports; empty where the file is missing or cannot be read."""
        nothing: tuple[dict[str, str], set[Partition]] = ({}, set())
        return self._read(lambda opened: (published_notes_of(opened), partitions_of(opened)), nothing)

    def _read(self, ask: Callable[[duckdb.DuckDBPyConnection], Answer], otherwise: Answer) -> Answer:
        try:
            with closing(self.open()) as connection:
                return ask(connection)
        except (WarehouseError, duckdb.Error):
            return otherwise

    def replace(self, extents: Mapping[str, Extent], meta: Mapping[str, str]) -> None:
        """Turns a copy of the build database into what people see; `extents` are its tables, `meta` its notes.

        All of the copy is read back, also tables that are as before: what the disk has lost since is lost in the copy
        too. Raises WarehouseError, with the published file as it was, when the copy fails.
        """
        version = self._at.versions / self._next_version()
        part = version.with_name(f".part-{version.name}")
        what = f"publishing failed, {self._at.published.name} stays as it was"
        try:
            with as_warehouse_error(what):
                write_copy(self._at.build, part, self._at.work, meta)
                verify_copy(part, self._at.work, extents, meta)
                part.chmod(0o444)
                flush(part)
                part.replace(version)
                self._point_to(version)
        finally:
            self.clear_leftovers()

    def _next_version(self) -> str:
        numbers = [version_number(path) for path in self._version_files()]
        return f"disclosure-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{max(numbers, default=0) + 1}.duckdb"

    def _version_files(self) -> list[Path]:
        """The published files, the oldest first, by their number, since clocks may go back."""
        found = self._at.versions.glob("disclosure-*.duckdb")
        return sorted((path for path in found if VERSION_NAME.fullmatch(path.name)), key=version_number)

    def _point_to(self, version: Path) -> None:
        link = self._at.root / ".disclosure.next"
        link.unlink(missing_ok=True)
        link.symlink_to(version.relative_to(self._at.root))
        flush(self._at.versions)
        link.replace(self._at.published)
        flush(self._at.root)

    def drop_old(self) -> None:
        """Removes all but the newest few."""
        current = self._at.published.resolve()
        for path in self._version_files()[: -versions_kept()]:
            if path.resolve() != current:
                path.unlink()

    def clear_leftovers(self) -> None:
        """Removes the remains of a failed or killed publish; called under the lock, when no copy is under way."""
        self._at.versions.mkdir(parents=True, exist_ok=True)
        for path in self._at.versions.glob(".part-*"):
            path.unlink()


def versions_kept() -> int:
    """How many published files are kept. Raises WarehouseError for any other setting."""
    return whole_number(KEEP, VERSIONS_KEPT, least=1)
