"""Walks through a folder of this machine: what lies in it and below, and which entries are no files to read.

What does *not* belong here: what the files are to us (`folder`).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.raw.companions import folder_of

# Each year's reports are often on a disk of their own, and links are often made by accident.
FOLLOW = "DISCLOSURE_FOLLOW_LINKS"
_LINKED = f"is a link to a folder ({FOLLOW}=1 follows it)"
_IN_A_CIRCLE = "is a link to a folder that it lies in"


class UnreadableError(Exception):
    """A folder cannot be read; the message says which one and why."""


class Walked(NamedTuple):
    """One folder by its path below the root: its files and links by their paths, and linked folders that are skipped.

    Those in folders beside its pages are among them.
    """

    path: str
    entries: list[tuple[str, os.DirEntry[str]]]
    skipped: list[tuple[str, str]]


class _Folder(NamedTuple):
    """A folder, its path below the root, and the real folders that it lies in where links are followed."""

    place: str
    path: str
    line: frozenset[str]


def walk(root: Path, left_out: re.Pattern[str]) -> Iterator[Walked]:
    """The folders below `root`, one after the other, without the names that are `left_out`.

    Asks the system at most once per file: a whole country's reports are scanned every night. Raises `UnreadableError`.
    """
    folders = [_Folder(str(root), "", frozenset({os.path.realpath(root)}))]
    while folders:
        inside = [folders.pop()]
        found = Walked(inside[0].path, [], [])
        while inside:
            for below in _within(inside.pop(), left_out, found):
                (folders if folder_of(below.path) == below.path else inside).append(below)
        yield found


def _within(folder: _Folder, left_out: re.Pattern[str], found: Walked) -> Iterator[_Folder]:
    """The folders in a folder; its files and links become `found`."""
    for entry in _entries(folder.place):
        if left_out.match(entry.name):
            continue
        path = folder.path + entry.name
        if not _is_folder(entry):
            found.entries.append((path, entry))
            continue
        line = folder.line if not _follows() else folder.line | {os.path.realpath(entry.path)}
        if not entry.is_symlink() or (_follows() and line != folder.line):
            yield _Folder(entry.path, f"{path}/", line)
        else:
            found.skipped.append((printable(path), _IN_A_CIRCLE if _follows() else _LINKED))


def printable(name: str) -> str:
    """The name as it is, or with marks for its bytes that are not UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    return name


def is_read(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a file as far as links are followed."""
    return not entry.is_dir() or (entry.is_symlink() and not _follows())


def _follows() -> bool:
    """Whether links are followed wherever they lead."""
    return os.environ.get(FOLLOW, "") not in ("", "0", "no")


def odd(entry: os.DirEntry[str], root: Path) -> str:
    """The kind of an entry that is neither a folder nor readable; "" for a file."""
    if entry.is_symlink():
        try:
            target = Path(entry.path).resolve(strict=True)
        except (OSError, RuntimeError):
            return "is a link that leads nowhere, or in a circle"
        if not (_follows() or target.is_relative_to(root)):
            return f"is a link that leads outside of the folder ({FOLLOW}=1 follows it)"
    try:
        is_file = entry.is_file()
    except OSError:
        return ""
    return "" if is_file or not _is_special(entry) else "is a pipe, a socket or a device"


def _is_special(entry: os.DirEntry[str]) -> bool:
    """Whether it exists and is not a regular file; one that has just gone is not reported."""
    try:
        return not stat.S_ISREG(entry.stat().st_mode)
    except OSError:
        return False


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError as error:
        raise UnreadableError(f"The folder {error.filename} cannot be read: {error.strerror}") from None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def status_of(entry: os.DirEntry[str]) -> os.stat_result | None:
    """Size and time of a regular file; None for a pipe, a device, or a file that has just gone."""
    try:
        status = entry.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None
