"""The one resource, the project's two folders, and the progress of a run."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import dagster as dg
from pydantic import Field

from pipeline.raw.folder import raw_folder
from pipeline.runs.workspace import Progress, Workspace

WRITER_POOL = "warehouse"
TELL_SECONDS = 60.0


class WorkspaceResource(dg.ConfigurableResource):  # type: ignore[type-arg]  # it is no resource of another type
    """The folder of the reports and the folder of the warehouse."""

    raw: str = Field(description="Folder with the reports as they came, or its URL; never written to.")
    warehouse: str = Field(description="Folder of the warehouse, with work/ for what lies between the stages.")

    def open(self) -> Workspace:
        """The folders as the library takes them."""
        return Workspace(raw_folder(self.raw), Path(self.warehouse))


def _unseen(done: int, total: int) -> None:
    """Progress that is not shown."""


# The command shows a bar; a run of the daemon has nobody to show it to. A resource holds only what can be
# written down as configuration, hence not there.
progress: ContextVar[Progress] = ContextVar("progress", default=_unseen)


class Told:
    """Report a stage's progress as a sentence from time to time, with the rate so far and the time left."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._clock = say, clock
        self._began = self._last = clock()

    def __call__(self, done: int, total: int) -> None:
        """Say it where the last time is a minute ago."""
        now = self._clock()
        if now - self._last < TELL_SECONDS:
            return
        self._last = now
        rate = done / (now - self._began)
        left = (total - done) / rate / 60
        self._say(f"{done:,} of {total:,} files, {rate:,.1f} a second, {left:,.0f} minutes left")
