"""Dagster's scripts of migration, read once for all of its databases.

Each of its databases, and each run has one, is asked which version it is of; for that all of some hundred scripts are
read and executed. They do not change while a process lives. What does *not* belong here: the databases.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.config import Config
from alembic.script import ScriptDirectory


@contextmanager
def migrations_read_once() -> Iterator[None]:
    """A context within which the scripts of each place are read once."""
    read = vars(ScriptDirectory)["from_config"]
    known: dict[tuple[str | None, ...], ScriptDirectory] = {}

    def from_config(config: Config) -> ScriptDirectory:
        place = tuple(config.get_main_option(name) for name in ("script_location", "version_locations"))
        if place not in known:
            known[place] = read.__get__(None, ScriptDirectory)(config)
        return known[place]

    ScriptDirectory.from_config = staticmethod(from_config)  # type: ignore[method-assign]
    try:
        yield
    finally:
        ScriptDirectory.from_config = read  # type: ignore[method-assign]
