"""Lets a reader ask for work that was done before; none is kept unless `keeping` names a keeper.

What does *not* belong here: how it is kept (`pipeline.runs.page_cache`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # PDF files need a heavy library, which other files do not
    from pipeline.readers.pdf.page import Page

Pages = tuple["Page", ...]
Keeper = Callable[[bytes, Callable[[], Pages]], Pages]
"""Gives the pages of a file's content: those it has kept, else those that the function makes."""

_keeper: ContextVar[Keeper | None] = ContextVar("keeper", default=None)


def pages_of(data: bytes, make: Callable[[], Pages]) -> Pages:
    """The pages of a file, made by `make` unless they are kept."""
    keeper = _keeper.get()
    return make() if keeper is None else keeper(data, make)


@contextmanager
def keeping(keeper: Keeper) -> Iterator[None]:
    """A context within which readers ask the keeper."""
    token = _keeper.set(keeper)
    try:
        yield
    finally:
        _keeper.reset(token)
