"""Files that are on the disk before anything relies on them.

A rename alone outlives the end of a process, not a power cut: afterwards the new name may stand for an empty file.
What does *not* belong here: what is written.
"""

from __future__ import annotations

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Makes sure that a file or folder is on the disk before anything points to it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_tree(folder: Path) -> None:
    """Makes sure that a folder is on the disk with all that lies below it."""
    for place, _, names in os.walk(folder):
        for name in names:
            flush(Path(place, name))
        flush(Path(place))


def put_in_place(new: Path, file: Path) -> None:
    """Gives a new file the name of another, whose place it takes whole or not at all, also in a power cut."""
    flush(new)
    new.replace(file)
    flush(file.parent)
