"""How often the garbage collector looks through what is in memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# A report makes some ten thousand objects that live until it is read, and hardly any garbage that has to be looked for:
# to look through them after each seven hundred costs a twentieth of the time. This many are a few megabytes.
_OBJECTS = 100_000


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Within, the collector begins a round only after a hundred thousand objects more, and then as it always does."""
    before = gc.get_threshold()
    if not 0 < before[0] < _OBJECTS:  # it is off, or somebody wants it to be rarer still
        yield
        return
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def not_collecting() -> Iterator[None]:
    """Within, the collector does not run: for work that makes many objects of which nearly all stay."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
