"""The `code_version` of each asset: a digest of exactly the sources that decide what it makes.

Dagster's page then shows what a changed form, reader or view makes stale. What does *not* belong here: which files a
run reads again, for which the register's digest over all code stands beside every file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pipeline
from pipeline.register import SOURCES, fingerprint_of

ROOTS: Mapping[str, tuple[str, ...]] = {
    "raw_files": ("pipeline.register",),
    "extracted_reports": ("pipeline.handover", "pipeline.rivals", "pipeline.cache"),
    "validated_reports": ("expectations",),
    "loaded_reports": ("pipeline.history", "pipeline.warehouse"),
    "published_warehouse": ("pipeline.warehouse", "pipeline.lake"),
}
KINDS = (*SOURCES, ".sql")
# The published file is made from these too; no other asset is.
_VIEWS = ("views", "macros")
_IMPORT = re.compile(r"^\s*(?:from|import) (pipeline|expectations)\b([.\w]*)(?: import \(?([^#\n(]*))?", re.MULTILINE)


@cache
def code_version(asset: str) -> str:
    """The version of the code behind an asset."""
    return fingerprint_of(sources(asset), KINDS)


def sources(asset: str) -> tuple[Path, ...]:
    """The modules that an asset's code is made of, packages as their folders, in order."""
    found = _closure(name for name in ROOTS[asset] if _place(name))
    folder = Path(pipeline.__file__).parent
    views = [folder / name for name in _VIEWS] if asset == "published_warehouse" else []
    return tuple(sorted({*found.values(), *views}))


def _closure(roots: Iterable[str]) -> dict[str, Path]:
    """The modules by name that are imported by the roots or by what these import; a package counts as one module."""
    found: dict[str, Path] = {}
    todo = list(roots)
    while todo:
        name = ".".join(todo.pop().split(".")[:2])
        name = "expectations" if name.startswith("expectations.") else name
        place = _place(name)
        if name not in found and place is not None:
            found[name] = place
            todo += _imported(place)
    return found


def _imported(place: Path) -> Iterable[str]:
    """What the modules at a place import of the project's own."""
    for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
        for top, rest, names in _IMPORT.findall(file.read_text(encoding="utf-8")):
            yield from [top + rest] if rest else [f"{top}.{name.strip().split(' ')[0]}" for name in names.split(",")]


@cache
def _place(name: str) -> Path | None:
    """A module's file, or a package's folder; None for what is neither, as a name within a module."""
    top, _, module = name.partition(".")
    spec = find_spec(top)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0])
    if top == "expectations":  # the suites are one whole
        return folder
    places = (folder / module, folder / f"{module}.py")
    return next((place for place in places if place.exists()), None)
