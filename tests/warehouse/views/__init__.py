"""The views over made-up reports: what several of their tests need."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import duckdb

from pipeline.dimensions import verdict_frame
from pipeline.raw.verdicts import Verdict
from pipeline.schema import MATERIALISED, TABLES
from pipeline.tables import arrow_of
from pipeline.warehouse import Warehouse, materialising
from pipeline.warehouse.database import connect
from pipeline.warehouse.extents import OF_ALL
from tests import warehouse_rows as rows
from tests.empty_build import begin
from tests.made_once import made_once

LEAD = ["publisher", "level", "district_name", "prefecture_name", "province_name", "year", "scope", "title"]
LEAD += ["district_code", "report_id"]


class Asked(Protocol):
    """What answers a query: a warehouse, or reports that are only shown."""

    def query(self, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]: ...


class Shown:
    """Reports in a transaction that nobody ends, over the dimensions and the true series: no file is made for them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def query(self, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The column names and rows of a query, as of a warehouse."""
        result = self._connection.execute(sql, list(parameters))
        return [column[0] for column in result.description or ()], result.fetchall()


def show(*reports: rows.Frames, verdicts: Sequence[Verdict] = (), materialised: bool = False) -> Shown:
    """These reports as the views show them, with the dimensions, the true series and what a person decided.

    Rows are put into the tables as they are: how they come is not what views are about. Without `materialised` there
    are no materialised tables, so that whoever asks for what they hold gets an error, not nothing.
    """
    connection = _base(materialised).cursor()
    connection.execute("BEGIN")
    _put(connection, reports, verdicts, materialised=materialised)
    return Shown(connection)


@cache
def _base(materialised: bool) -> duckdb.DuckDBPyConnection:
    """A database of this process with the views, the dimensions and the true series; nobody writes to it."""
    with tempfile.TemporaryDirectory(prefix="views-") as folder:
        warehouse = Warehouse(Path(folder))
        warehouse.work.mkdir()
        shutil.copyfile(_with_dimensions(), warehouse.build)
        connection = connect(warehouse.build, warehouse.work)
        if not materialised:
            _drop_materialised(connection)
    return connection


def publish(
    folder: Path, *reports: rows.Frames, verdicts: Sequence[Verdict] = (), materialised: bool = False
) -> Warehouse:
    """A warehouse of these reports that shows them as `show` does, for whoever needs its file.

    What it shows is its build database, which has the same views as a published file.
    """
    warehouse = begin(folder, _with_dimensions)
    _let_go(warehouse)
    with closing(connect(warehouse.build, warehouse.work)) as connection:
        _put(connection, reports, verdicts, materialised=materialised)
        if not materialised:
            _drop_materialised(connection)
    warehouse.published.symlink_to(warehouse.build)
    _keep_open(warehouse)
    return warehouse


def _put(
    connection: duckdb.DuckDBPyConnection,
    reports: Sequence[rows.Frames],
    verdicts: Sequence[Verdict],
    *,
    materialised: bool,
) -> None:
    frames = rows.together(*reports)
    if verdicts:
        frames["verdicts"] = verdict_frame(verdicts)
    for name, frame in frames.items():
        connection.register("arriving", arrow_of(TABLES[name], frame))
        connection.execute(f"INSERT INTO {name} BY NAME FROM arriving")
    if materialised:
        for new in materialising.work_out(connection, materialising.ALL_CHANGED, OF_ALL, {}):
            connection.execute(f"INSERT INTO {new.table.name} FROM {new.name}")


def _drop_materialised(connection: duckdb.DuckDBPyConnection) -> None:
    for table in MATERIALISED:
        connection.execute(f"DROP TABLE {table.name}")


# To open a file with all its views costs as much as to ask them; a file that is open already is not opened anew.
_OPEN: dict[Path, duckdb.DuckDBPyConnection] = {}
MOST_OPEN = 8


def _keep_open(warehouse: Warehouse) -> None:
    while len(_OPEN) >= MOST_OPEN:
        _OPEN.pop(next(iter(_OPEN))).close()
    _OPEN[warehouse.build] = connect(warehouse.build, warehouse.work, read_only=True)


def _let_go(warehouse: Warehouse) -> None:
    if warehouse.build in _OPEN:
        _OPEN.pop(warehouse.build).close()


def _with_dimensions() -> Path:
    """A build database that has the dimensions and the true series, and no report."""
    return Warehouse(made_once("build with dimensions", _make)).build


def _make(folder: Path) -> None:
    with begin(folder).writer() as writer:
        writer.record(rows.files([]), rows.quarantine([]), {**rows.dimensions(), **rows.knowledge()}, [], ())


def load(folder: Path, *reports: rows.Frames) -> Warehouse:
    """A warehouse into which these reports were loaded, with the dimensions and the true series; not published yet."""
    warehouse = begin(folder, _with_dimensions)
    frames = rows.together(*reports)
    with warehouse.writer() as writer:
        writer.load(rows.keys_of(frames), frames, ())
    return warehouse


def publish_file(folder: Path, *reports: rows.Frames) -> Warehouse:
    """A warehouse of these reports with a published file of its own, loaded and published as analysts meet it."""
    warehouse = load(folder, *reports)
    warehouse.publish()
    return warehouse


def records(warehouse: Asked, sql: str) -> list[dict[str, Any]]:
    """What a query gives, a dict a row."""
    names, found = warehouse.query(sql)
    return [dict(zip(names, row, strict=True)) for row in found]


def record(warehouse: Asked, sql: str) -> dict[str, Any]:
    """The only row that a query gives."""
    (found,) = records(warehouse, sql)
    return found
