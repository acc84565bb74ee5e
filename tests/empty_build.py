"""An empty build database that has its views already: making them takes a second, and most tests are not about that."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.warehouse import Warehouse
from tests.made_once import made_once


def begin(root: Path, made: Callable[[], Path] | None = None) -> Warehouse:
    """The warehouse in a folder; its build database is a copy of the one that is `made`, else empty, where it has none."""
    warehouse = Warehouse(root)
    if not warehouse.build.exists():
        warehouse.work.mkdir(parents=True, exist_ok=True)
        shutil.copyfile((made or _empty)(), warehouse.build)
    return warehouse


def _empty() -> Path:
    return Warehouse(made_once("empty build", _make)).build


def _make(folder: Path) -> None:
    warehouse = Warehouse(folder)
    with warehouse.writer():
        pass
    warehouse.publish()
