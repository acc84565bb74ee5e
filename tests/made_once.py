"""Folders that are dear to make: made once for all processes of a test run, and copied by who needs them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from filelock import FileLock

# Where the folders lie. Whoever starts a test run sets it, so that the processes that it starts know it too.
FOLDER = "TESTS_MADE_ONCE"


def made_once(what: str, make: Callable[[Path], object]) -> Path:
    """The folder of what is made, which the first process that asks has filled by `make`; nobody changes it.

    `what` says all that it depends on.
    """
    folder = _all() / hashlib.sha256(what.encode()).hexdigest()[:16]
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def _all() -> Path:
    shared = os.environ.get(FOLDER)
    return Path(shared) if shared else Path(_own().name)


@cache
def _own() -> tempfile.TemporaryDirectory[str]:
    """For a process that no test run has started."""
    return tempfile.TemporaryDirectory(prefix="made-once-")
