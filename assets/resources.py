"""The one resource: the project's two folders."""

from contextvars import ContextVar
from pathlib import Path

import dagster as dg
from pydantic import Field

from pipeline.stages import Progress, Workspace

WRITER_POOL = "warehouse"


class WorkspaceResource(dg.ConfigurableResource):  # type: ignore[type-arg]  # it is no resource of another type
    """The folder of the reports and the folder of the warehouse."""

    raw: str = Field(description="Folder with the reports as they came; never written to.")
    warehouse: str = Field(description="Folder of the warehouse, with work/ for what lies between the stages.")

    def open(self) -> Workspace:
        """The folders as the library takes them."""
        return Workspace(Path(self.raw), Path(self.warehouse))


def _unseen(done: int, total: int) -> None:
    """Progress that nobody looks at."""


# The command shows a bar; a run of the daemon has nobody to show it to. A resource holds only what can be
# written down as configuration, hence not there.
progress: ContextVar[Progress] = ContextVar("progress", default=_unseen)
