"""Which code decides what: the modules that some others are made of, and a digest over what stands in them.

By it a file is read again once the code that decides its rows is another, and Dagster shows what is stale. What does
*not* belong here: which asset is made of which modules (`assets.code`), and which files are read again (`register`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

# Code, forms, lists of places, suites. Views are made anew by each publication.
KINDS = (".py", ".toml", ".csv", ".gz", ".json")
# What decides the rows of a file: all that a worker does, which of several files gives a report, and which report is
# rejected. Not how rows are loaded, published, shown or explained.
DECIDING = ("pipeline.handover", "pipeline.rivals", "pipeline.claims", "pipeline.rejection", "expectations")
_IMPORT = re.compile(r"^\s*(?:from|import) (pipeline|expectations)\b([.\w]*)(?: import \(?([^#\n(]*))?", re.MULTILINE)


@cache
def fingerprint() -> str:
    """A digest over the sources that decide rows; another one makes every file stale."""
    return fingerprint_of(sources(DECIDING))


def fingerprint_of(places: Sequence[Path], kinds: Collection[str] = KINDS) -> str:
    """A digest over names and contents of the sources in `places`, folders or files; `kinds` are their suffixes."""
    digest = hashlib.sha256()
    for place in places:
        folder = place if place.is_dir() else place.parent
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in (f for f in found if f.suffix in kinds and f.is_file()):
            data = file.read_bytes()
            digest.update(f"{folder.name}/{file.relative_to(folder).as_posix()}\n{len(data)}\n".encode())
            digest.update(data)
    return digest.hexdigest()[:16]


def sources(roots: Iterable[str]) -> tuple[Path, ...]:
    """The roots and the modules that they import, or that these import, in order; packages as their folders.

    With a module come the data beside it that bear its name. Names that are no modules of the project are left out.
    """
    found: dict[str, Path] = {}
    todo = list(roots)
    while todo:
        name = ".".join(todo.pop().split(".")[:2])
        name = "expectations" if name.startswith("expectations.") else name
        place = _place(name)
        if name not in found and place is not None:
            found[name] = place
            todo += _imported(place)
    return tuple(sorted(file for place in found.values() for file in _with_data(place)))


def _with_data(place: Path) -> Iterable[Path]:
    yield place
    if place.is_file():
        yield from (file for file in place.parent.glob(f"{place.stem}.*") if file.suffix in KINDS and file != place)


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
