"""Files beside the one that is read, such as the pictures of a saved page: none, unless `reading_beside` gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Files = Callable[[str], bytes | None]
"""Gives the content of the file at an address that a page names; None where it is not at hand."""

_files: ContextVar[Files | None] = ContextVar("files", default=None)


def file_beside(address: str) -> bytes | None:
    """The content of the file at an address, None where it is not at hand."""
    files = _files.get()
    return files(address) if files and address else None


@contextmanager
def reading_beside(files: Files) -> Iterator[None]:
    """Within it, readers ask for the files that a page names."""
    token = _files.set(files)
    try:
        yield
    finally:
        _files.reset(token)
