"""The warehouse: a build database that one writer at a time changes, and the copy that everyone reads.

    work/build.duckdb       what the writer works on; nobody else opens it
    work/writer.lock        held while somebody does
    versions/               the published copies, read-only, the last few
    disclosure.duckdb       link to the newest of them
    lake/                   the same as Parquet

This is the only package that imports DuckDB: `store` is the whole, of `build_database`
(its lock, and that it opens) and `published_files` in one `folder`; `writer` is what may be done to the build
database (`loading` replaces partitions and `recording` notes files, both by way of `staging`, `replacing` and
`versioning`; `known` answers what was noted of them; `materialising` works out what follows from them), `publishing`
makes of it what people see, `extents` checks that all rows are there, `snapshot` is what a reader with many questions
has, `database` opens and ends connections.
What does *not* belong here: what the columns mean (`schema`), the text of tables and views (`ddl`, `views/`), what
makes a version of a report (`history`), which files of the lake are to be written (`lake`), and which partitions are
to be loaded.
"""

from pipeline.warehouse.database import (
    MEMORY,
    WarehouseBusyError,
    WarehouseError,
    WarehouseFullError,
    WarehouseMemoryError,
    memory_mib,
)
from pipeline.warehouse.known import Known, KnownFiles
from pipeline.warehouse.made_views import View, describe_views
from pipeline.warehouse.published_files import KEEP, versions_kept
from pipeline.warehouse.recording import Recorded
from pipeline.warehouse.snapshot import Snapshot
from pipeline.warehouse.store import Published, Warehouse
from pipeline.warehouse.versioning import Clock, today
from pipeline.warehouse.writer import Writer

__all__ = [
    "KEEP",
    "MEMORY",
    "Clock",
    "Known",
    "KnownFiles",
    "Published",
    "Recorded",
    "Snapshot",
    "View",
    "Warehouse",
    "WarehouseBusyError",
    "WarehouseError",
    "WarehouseFullError",
    "WarehouseMemoryError",
    "Writer",
    "describe_views",
    "memory_mib",
    "today",
    "versions_kept",
]
