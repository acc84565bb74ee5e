"""The `code_version` of each asset: a digest of exactly the sources that decide what it makes.

Dagster's page then shows what a changed form, reader or view makes stale. What does *not* belong here: which files a
run reads again, for which the register has a digest beside every file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pipeline
from pipeline.runs.code_digest import KINDS, fingerprint_of, sources

ROOTS: Mapping[str, tuple[str, ...]] = {
    "raw_files": ("pipeline.raw.scan", "pipeline.runs.plan"),
    "extracted_reports": (
        "pipeline.runs.file_result",
        "pipeline.runs.same_report",
        "pipeline.runs.page_cache",
    ),
    "validated_reports": ("pipeline.runs.rejection", "expectations"),
    "loaded_reports": ("pipeline.warehouse.history", "pipeline.warehouse"),
    "published_warehouse": ("pipeline.warehouse", "pipeline.warehouse.lake"),
    "published_site": ("pipeline.site",),
}
# The published file is made from these too; no other asset is.
_VIEWS = ("warehouse/views/*.sql", "warehouse/macros/*.sql", "forms/views/*.toml", "forms/macros/*.toml")
# The site is made from the files beside its code.
_PAGES = (".html", ".js", ".css", ".toml", ".json")


@cache
def code_version(asset: str) -> str:
    """The version of the code behind an asset."""
    return fingerprint_of(sources_of(asset), (*KINDS, ".sql", *_PAGES))


def sources_of(asset: str) -> tuple[Path, ...]:
    """The files that make up an asset's code, in order."""
    folder = Path(pipeline.__file__).parent
    beside: list[Path] = []
    if asset == "published_warehouse":
        beside = [file for pattern in _VIEWS for file in folder.glob(pattern)]
    elif asset == "published_site":
        beside = [file for file in (folder / "site").rglob("*") if file.suffix in _PAGES]
    return tuple(sorted({*sources(ROOTS[asset]), *beside}))
