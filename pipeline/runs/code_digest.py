"""Which code decides what: the files that some modules consist of, and a digest of their contents.

When the code that decides a file's rows has changed, the digest causes the file to be read again, and Dagster shows
what is stale. What does *not* belong here: which asset is made of which modules (`assets.code`), and which files are
read again (`plan`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

# Code, forms, lists of places, suites. No SQL: views decide no rows of a file.
KINDS = (".py", ".toml", ".csv", ".gz", ".json")
# The code that decides the rows of a file: all that a worker does, which of several files gives a report, and which
# report is rejected; and the rows that depend on no report. Not how rows are loaded, published, shown or explained.
DECIDING = (
    "pipeline.dimensions",
    "pipeline.runs.file_result",
    "pipeline.runs.same_report",
    "pipeline.runs.rejection",
    "expectations",
)
# The suites are one whole: they are found by name, so no import shows which there are.
WHOLE = ("expectations",)
_IMPORT = re.compile(
    r"^\s*(?:from (?P<source>(?:pipeline|expectations)\b[.\w]*) import (?P<names>\([^)]*\)|[^\n#]*)"
    r"|import (?P<module>(?:pipeline|expectations)\b[.\w]*))",
    re.MULTILINE,
)
# A module that is named only at run time may be any module of its package.
_BY_NAME = re.compile(r'import_module\(f"(?P<package>(?:pipeline|expectations)[.\w]*)\.\{')


@cache
def fingerprint() -> str:
    """A digest of the sources that decide rows; when it changes, every file is stale."""
    return fingerprint_of(sources(DECIDING))


def fingerprint_of(files: Iterable[Path], kinds: Collection[str] = KINDS) -> str:
    """A digest of the names and contents of files; `kinds` are the suffixes of those that count."""
    digest = hashlib.sha256()
    for file in sorted(file for file in files if file.suffix in kinds):
        data = file.read_bytes()
        digest.update(f"{_place_of(file)}\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()[:16]


def sources(roots: Iterable[str]) -> tuple[Path, ...]:
    """The files of the roots and of all modules that they import, or that these import, with the data beside them.

    Roots are names of modules or packages; a package stands for all that is in it. With a module come the packages
    that it is in, since they are imported with it.
    """
    found: set[Path] = set()
    todo = [file for root in roots for file in _files_of(root, whole=True)]
    while todo:
        file = todo.pop()
        if file not in found:
            found.add(file)
            todo += _imported(file)
    data = (near for folder in {file.parent for file in found} for near in folder.iterdir())
    return tuple(sorted(found | {near for near in data if near.suffix in KINDS and near.suffix != ".py"}))


@cache  # several digests go over the same modules
def _imported(file: Path) -> tuple[Path, ...]:
    """The files of the project's own modules that a module imports, at its head or later."""
    text = file.read_text(encoding="utf-8")
    files: list[Path] = []
    for found in _IMPORT.finditer(text):
        files += _files_of(found["source"] or found["module"])
        for name in re.findall(r"\w+", found["names"] or ""):
            files += _files_of(f"{found['source']}.{name}")
    for found in _BY_NAME.finditer(text):
        files += _files_of(found["package"], whole=True)
    return tuple(files)


@cache
def _files_of(name: str, *, whole: bool = False) -> tuple[Path, ...]:
    """The file of a module and those of the packages that it is in; none for a name that is not a module.

    With `whole` a package stands for all of its modules.
    """
    top, *below = name.split(".")
    folder = _folder_of(top)
    if folder is None:
        return ()
    place = folder.joinpath(*below)
    if top in WHOLE or (whole and place.is_dir()):
        inside = tuple(sorted((folder if top in WHOLE else place).rglob("*.py")))
    elif (place / "__init__.py").is_file():
        inside = (place / "__init__.py",)
    elif place.with_suffix(".py").is_file():
        inside = (place.with_suffix(".py"),)
    else:
        return ()
    around = (folder.joinpath(*below[:depth]) / "__init__.py" for depth in range(len(below)))
    return (*(file for file in around if file.is_file()), *inside)


@cache
def _folder_of(top: str) -> Path | None:
    """The folder of one of the project's packages."""
    spec = find_spec(top)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _place_of(file: Path) -> str:
    """A file by its path from the project's folder, or by its name where it is outside of the project."""
    for top in ("pipeline", "expectations"):
        folder = _folder_of(top)
        if folder and file.is_relative_to(folder):
            return f"{top}/{file.relative_to(folder).as_posix()}"
    return file.name
