"""An empty build database that has its views already: making them takes a second, and most tests are not about that."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from pipeline.warehouse import Warehouse

_FOLDER = tempfile.TemporaryDirectory(prefix="empty-build-")


def begin(root: Path, made: Callable[[], Path] | None = None) -> Warehouse:
    """The warehouse in a folder; its build database is a copy of the one that is `made`, else empty, where it has none."""
    warehouse = Warehouse(root)
    if not warehouse.build.exists():
        warehouse.work.mkdir(parents=True, exist_ok=True)
        shutil.copyfile((made or _empty)(), warehouse.build)
    return warehouse


@cache
def _empty() -> Path:
    warehouse = Warehouse(Path(_FOLDER.name))
    with warehouse.writer():
        pass
    warehouse.publish()
    return warehouse.build
