"""The warehouse as a whole: what is asked of it, who writes, and when something is published.

What does *not* belong here: how a writer changes rows (`writer`), how the build database is opened (`build_database`),
and how one file takes the place of another (`published_files`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipeline.document import file_of
from pipeline.schema import Partition, Table
from pipeline.warehouse import ddl, lake, materialising
from pipeline.warehouse.build_database import BuildDatabase, remove_database
from pipeline.warehouse.database import as_warehouse_error, attached, memory_mib
from pipeline.warehouse.extents import content_digest, is_scattered, noted_content, noted_extents
from pipeline.warehouse.folder import WarehouseFolder
from pipeline.warehouse.known import Known, KnownFiles
from pipeline.warehouse.lake import LakeResult
from pipeline.warehouse.made_views import make_views, published_schema
from pipeline.warehouse.published_files import PublishedFiles
from pipeline.warehouse.publishing import lake_pieces, partitions_of, write_piece
from pipeline.warehouse.snapshot import Snapshot
from pipeline.warehouse.vanished import Vanished, vanished
from pipeline.warehouse.writer import Writer

if TYPE_CHECKING:  # pandas takes a second to import, and looking whether there is work to do needs none of it
    import pandas as pd

WRITE_WAIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Published:
    """The published file, its rows by table, its size, whether this call made it anew, and what has vanished."""

    path: Path
    rows: Mapping[str, int]
    size_bytes: int
    renewed: bool
    vanished: Vanished = field(default_factory=Vanished)


@dataclass
class Warehouse(WarehouseFolder):
    """The warehouse in the folder `root`."""

    def __post_init__(self) -> None:
        """Makes its two parts; touches no file yet."""
        super().__post_init__()
        self._build = BuildDatabase(self)
        self._files = PublishedFiles(self)

    def known(self) -> dict[str, Known]:
        """The files processed so far, by path; none where the build database is missing or has an old schema."""
        with self.looking_up() as known:
            return known.all()

    @contextmanager
    def looking_up(self) -> Iterator[KnownFiles]:
        """The files processed so far, to be asked for some of them; nobody writes meanwhile."""
        with self._build.reading() as connection:
            yield KnownFiles(connection)

    def places(self) -> dict[str, tuple[Partition, ...]]:
        """The partitions of the reports of every loaded file, by its path and by its SHA-256."""
        sql = "SELECT file_path, file_sha256, district_code, year FROM reports ORDER BY ALL"
        with self._build.reading() as connection:
            rows = connection.execute(sql).fetchall() if connection else []
        found: dict[str, tuple[Partition, ...]] = {}
        for path, sha256, code, year in rows:
            for name in (file_of(path), sha256):
                found[name] = (*found.get(name, ()), (code, year))
        return found

    def changes(
        self, former: Path, table: Table, compared: Sequence[str], keys: Collection[Partition]
    ) -> dict[Partition, tuple[int, int, int]]:
        """Counts of rows that the build database has alone, that differ in `compared`, or that `former` has alone.

        They are by partition, for those of `keys` that differ. Without a file `former` all rows are new. Raises
        WarehouseError where it cannot be compared, as one of another schema.
        """
        rows: list[tuple[Any, ...]] = []
        scope = [[code for code, _ in keys], [year for _, year in keys]]
        with as_warehouse_error(f"{former.name} cannot be compared"), self._build.reading() as connection:
            if connection is not None and former.is_file():
                with attached(connection, former, "READ_ONLY"):
                    old = f"copy.main.{table.name}"
                    rows = connection.execute(_changes_sql(table, old, compared), scope).fetchall()
            elif connection is not None:
                nothing = f"(FROM {table.name} LIMIT 0)"
                rows = connection.execute(_changes_sql(table, nothing, compared), scope).fetchall()
        return {(code, year): (added, changed, removed) for code, year, added, changed, removed in rows}

    def is_published(self) -> bool:
        """True when the published file opens and holds what the build database does, in the code's schema."""
        published = self._files.notes()
        if published.get("schema") != published_schema():
            return False
        with self._build.reading() as connection:
            return connection is not None and published["content"] == noted_content(connection)

    @contextmanager
    def writer(self, wait_seconds: float = WRITE_WAIT_SECONDS) -> Iterator[Writer]:
        """The one writer. Waits for another to finish; WarehouseBusyError after `wait_seconds`.

        A build database that cannot be opened is renamed to `*.broken`, one of another schema removed, and an
        empty one takes its place, so that `known` knows nothing and everything is extracted again.
        """
        with self._build.locked(wait_seconds), self._build.using() as connection:
            yield Writer(connection)

    def publish(
        self, wait_seconds: float = WRITE_WAIT_SECONDS, *, first: Callable[[Writer], None] = lambda writer: None
    ) -> Published:
        """Copies the file of the build database, makes it what people see, read-only, and points the link to it.

        `first` notes what is to be published with it. Readers that have the old file open go on reading it. Nothing is
        copied when it holds the same already. Raises WarehouseError, with the published file as it was, when the copy
        fails.
        """
        with self._build.locked(wait_seconds):
            self._files.clear_leftovers()
            remove_database(self.ordered)
            with self._build.using() as connection, as_warehouse_error("publishing failed"):
                first(Writer(connection))
                extents = noted_extents(connection)
                meta = {"content": content_digest(extents), "schema": published_schema()}
                notes, before = self._files.notes_and_partitions()
                renewed = notes != meta
                lost = vanished(before, partitions_of(connection)) if renewed else Vanished()
                scattered = is_scattered(connection, extents)
                if renewed:
                    materialising.check(connection, meta["content"])
                    make_views(connection)
                    connection.execute("CHECKPOINT")
            if renewed and scattered:
                self._build.put_in_order(extents)
            if renewed:
                with self._build.setting_damage_aside(), self._build.telling_where():
                    self._files.replace(extents, meta)
            self._files.drop_old()
        path = self.published.resolve()
        return Published(path, {t: rows for t, (rows, _) in extents.items()}, path.stat().st_size, renewed, lost)

    def write_lake(self, wait_seconds: float = WRITE_WAIT_SECONDS) -> LakeResult:
        """Brings the Parquet files under `lake` up to what is published; writes changed years only.

        No reader meets a half-written file, but for a moment some files are newer than others. Raises WarehouseError,
        and leaves the files that it did not reach as they were.
        """
        with (
            self._build.locked(wait_seconds),
            self._build.telling_where(),
            as_warehouse_error("writing the lake failed"),
            closing(self._files.open()) as connection,
        ):
            return lake.refresh(self.lake, lake_pieces(connection), lambda *to: write_piece(connection, *to))

    def query_lake(self, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The column names and rows of a query on the lake, where each table is a view."""
        with closing(duckdb.connect()) as connection, as_warehouse_error("the query failed"):
            for statement in ("SET enable_progress_bar = false", *lake.view_sql(self.lake)):
                connection.execute(statement)
            result = connection.execute(sql, list(parameters))
            return [column[0] for column in result.description or ()], result.fetchall()

    def query(self, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The column names and rows of a query on the published file."""
        with closing(self._files.open()) as connection, as_warehouse_error("the query failed"):
            result = connection.execute(sql, list(parameters))
            return [column[0] for column in result.description or ()], result.fetchall()

    def read_frame(self, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
        """The result of a query on the published file, as a frame."""
        with closing(self._files.open()) as connection, as_warehouse_error("the query failed"):
            return connection.execute(sql, list(parameters)).df()

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """The published file stays open, so that each of several questions need not open it, which takes 25 ms."""
        with closing(self._files.open()):
            yield

    @contextmanager
    def snapshot(self, least_mib: int = 0) -> Iterator[Snapshot]:
        """The currently published file, for a reader with many questions.

        It may take `least_mib` of memory even where the setting says less.
        """
        with closing(self._files.open()) as connection:
            yield Snapshot(connection, self.published.resolve(), max(memory_mib(), least_mib))


def _changes_sql(table: Table, old: str, compared: Sequence[str]) -> str:
    """Counts by partition the rows of `table` that `old` lacks, has differently, or has alone; parameters: the keys."""
    key = ddl.listed((*table.key, "district_code", "year"))
    content = f"hash({', '.join(f'{ddl.quoted(name)}::VARCHAR' for name in compared)}) AS content"
    return f"""
    WITH keys AS (SELECT unnest(?::VARCHAR[]) AS district_code, unnest(?::INTEGER[]) AS year),
    now AS (SELECT {key}, {content}, true AS there FROM {table.name} SEMI JOIN keys USING (district_code, year)),
    before AS (SELECT {key}, {content}, true AS there FROM {old} SEMI JOIN keys USING (district_code, year))
    SELECT
        district_code,
        year,
        count(*) FILTER (before.there IS NULL) AS added,
        count(*) FILTER (before.content <> now.content) AS changed,
        count(*) FILTER (now.there IS NULL) AS removed
    FROM now FULL JOIN before USING ({key})
    GROUP BY district_code, year
    HAVING added + changed + removed > 0
    ORDER BY ALL"""
