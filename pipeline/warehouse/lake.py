"""The lake: the published tables as Parquet, which any engine reads; only changed files are written.

    lake/facts/year=2024/part-0.parquet    a table of which every row has a district and a year; sorted by district
    lake/cells.parquet                     any other table
    lake/.manifest.json                    number and hash of the rows of each file, by which a change is known

A file takes its place whole: it is first written under a name that no reader looks for. What does *not* belong here:
anything that runs SQL.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.schema import TABLES, Table
from pipeline.warehouse import ddl

MANIFEST = ".manifest.json"
PART = ".part"


@dataclass(frozen=True, order=True, slots=True)
class Piece:
    """The content of one file: a table, or a year of it."""

    table: str
    year: int | None = None

    @property
    def name(self) -> str:
        """Its path below the lake."""
        return f"{self.table}.parquet" if self.year is None else f"{self.table}/year={self.year}/part-0.parquet"


Write = Callable[[Piece, Path], None]
Extents = Mapping[Piece, str]
"""What the rows of each piece are, in a text that differs where they do."""


@dataclass(frozen=True, slots=True)
class LakeResult:
    """The years that were written or removed, and how many files and bytes were written."""

    years: tuple[int, ...]
    files: int
    bytes: int


def by_year(table: Table) -> bool:
    """Whether a table has a file for each year."""
    return ddl.by_partition(table)


def extents_sql(table: Table) -> str:
    """A query that gives year (NULL for a table that is one file), number of rows and sum of their hashes."""
    if by_year(table):
        return f"SELECT year, count(*), sum(hash(t)) FROM {table.name} AS t GROUP BY year"  # noqa: S608
    return f"SELECT NULL, count(*), coalesce(sum(hash(t)), 0) FROM {table.name} AS t"  # noqa: S608


def copy_sql(piece: Piece, path: Path) -> str:
    """The statement that writes a piece. The year is in the name of the folder and not in the file."""
    rows = f"FROM {piece.table}"
    if piece.year is not None:
        rows = f"SELECT * EXCLUDE (year) FROM {piece.table} WHERE year = {piece.year}"  # noqa: S608
    order = ddl.storage_order(TABLES[piece.table])
    return f"COPY ({rows} ORDER BY {order}) TO {ddl.literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"


def view_sql(folder: Path) -> tuple[str, ...]:
    """Statements that make a view of each table in an empty DuckDB, with the columns in the order of the warehouse.

    A table without a file in the lake has no view.
    """
    return tuple(_view(folder, table) for table in TABLES.values() if _files(folder, table))


def _view(folder: Path, table: Table) -> str:
    pattern = f"{table.name}/*/*.parquet" if by_year(table) else f"{table.name}.parquet"
    hive = ", hive_partitioning = true, hive_types = {'year': INTEGER}" if by_year(table) else ""
    source = f"read_parquet({ddl.literal(str(folder / pattern))}{hive})"
    return f"CREATE VIEW {table.name} AS SELECT {ddl.listed(table.column_names)} FROM {source}"  # noqa: S608


def _files(folder: Path, table: Table) -> list[Path]:
    return sorted(folder.glob(f"{table.name}/year=*/part-0.parquet" if by_year(table) else f"{table.name}.parquet"))


def refresh(folder: Path, extents: Extents, write: Write) -> LakeResult:
    """Writes the new, changed or missing pieces with `write`, and removes those that no longer exist.

    The manifest drops a piece before its file changes and lists it again at the end, so that the pieces of a killed
    run are written again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / PART, ignore_errors=True)
    noted = _noted(folder)
    stale = sorted(p for p in extents if noted.get(p.name) != extents[p] or not (folder / p.name).exists())
    surplus = sorted(_surplus(folder, extents))
    if not stale and not surplus:
        return LakeResult((), 0, 0)
    names = {p.name for p in stale}
    _note(folder, {p.name: e for p, e in extents.items() if p.name not in names and noted.get(p.name) == e})
    written = sum(_put(folder, piece, write) for piece in stale)
    for path in surplus:
        _remove(folder, path)
    _note(folder, {p.name: e for p, e in extents.items()})
    shutil.rmtree(folder / PART, ignore_errors=True)
    return LakeResult(_years(stale, surplus), len(stale), written)


def _put(folder: Path, piece: Piece, write: Write) -> int:
    """Writes one piece and returns its size."""
    part, path = folder / PART / piece.name, folder / piece.name
    part.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(piece, part)
    size = part.stat().st_size
    part.replace(path)
    return size


def _surplus(folder: Path, extents: Extents) -> set[Path]:
    """Files of a table, or a year of it, that the warehouse no longer has."""
    wanted = {p.name for p in extents}
    found = {*folder.glob("*.parquet"), *folder.glob("*/year=*/*.parquet")}
    return {path for path in found if path.relative_to(folder).as_posix() not in wanted}


def _remove(folder: Path, path: Path) -> None:
    path.unlink()
    for parent in (path.parent, path.parent.parent):
        if parent != folder and parent.is_relative_to(folder) and not any(parent.iterdir()):
            parent.rmdir()


def _years(stale: Iterable[Piece], surplus: Iterable[Path]) -> tuple[int, ...]:
    gone = (path.parent.name.removeprefix("year=") for path in surplus)
    return tuple(sorted({p.year for p in stale if p.year is not None} | {int(y) for y in gone if y.isdecimal()}))


def _noted(folder: Path) -> dict[str, str]:
    """The manifest; empty where it is missing or was not written by this code."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found["files"] if found.get("schema") == _schema() else {}


def _note(folder: Path, files: Mapping[str, str]) -> None:
    new = folder / f"{MANIFEST}{PART}"
    text = json.dumps({"schema": _schema(), "files": dict(sorted(files.items()))}, indent=1)
    new.write_text(text + "\n", encoding="utf-8")
    new.replace(folder / MANIFEST)


def _schema() -> str:
    """The version of the layout: another one means that everything is written again."""
    return ddl.digest(tuple(map(ddl.create_table, TABLES.values())))
