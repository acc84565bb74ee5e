"""The result that a worker hands over for one file, and the parts on the disk that hold many results.

A worker makes the rows of its file and sends them as columns: that is less to pack and unpack than the parsed file,
and the rows are made on all cores. They are written as they come, a few hundred files at once, so that memory does not
grow with the batch. What does *not* belong here: which file gives which report, and how rows are made.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import pyarrow.parquet as pq

from pipeline.document import RawFile, number_of
from pipeline.frames import Columns, Row, aside_row, columns_of, refused_row
from pipeline.issues import PASSING, reason_sentence
from pipeline.parsed import Parsed, Refusal
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin
from pipeline.runs.workers import read_and_parse
from pipeline.schema import EXTRACTED, FILES, QUARANTINE, TABLES, Table
from pipeline.tables import arrow, arrow_schema, columns

# The rows of this many files are in memory at once, and lie together in the Parquet files.
GROUP_FILES = 200

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of one file: its report with all rows by table and column, or why it has none.

    `report_id` and `year` belong to the report that the file was found to be, also where it is refused in the end;
    `aside` is its row of `quarantine`, were it put there, `seconds` the CPU time that reading it took. `more` are the
    results of further reports of the file, each with its own path.
    """

    raw: RawFile
    format: str
    report_id: str | None
    year: int | None
    refusal: Refusal | None
    aside: Row
    columns: Columns = field(repr=False)
    seconds: float = field(default=0.0, compare=False)  # the same file gives the same result however long it takes
    more: tuple[FileResult, ...] = ()

    @property
    def reports(self) -> tuple[FileResult, ...]:
        """The result of each report of the file."""
        return (self, *self.more)

    @property
    def is_whole(self) -> bool:
        """Whether this is the result of all of the file, and not of one of several reports in it."""
        return not self.more and number_of(self.raw.path) == 1


def read_and_tabulate(raw_dir: Folder, raw: RawFile, pin: Pin | None) -> FileResult:
    """In a worker: read and parse one file and turn it into columns. Raises `OSError` where it cannot be read."""
    began = time.process_time()
    made = result_of(read_and_parse(raw_dir, raw, pin))
    return replace(made, seconds=time.process_time() - began)


def result_of(p: Parsed) -> FileResult:
    """The result of a parsed file, or of one report in it."""
    report = p.report
    report_id, year = (report.report_id, report.year) if report else (None, None)
    more = tuple(map(result_of, p.more))
    return FileResult(p.raw, p.format, report_id, year, p.refusal, aside_row(p), columns_of(p), more=more)


def gave_up(raw: RawFile, refusal: Refusal) -> FileResult:
    """The result of a file that could not be read within the limits; nothing else is known of it."""
    return result_of(Parsed(raw, "unknown", refusal=refusal))


def is_passing(result: FileResult | OSError) -> bool:
    """Whether a file failed for a reason that may be gone the next time."""
    return isinstance(result, FileResult) and result.refusal is not None and result.refusal.reason in PASSING


def refused(g: FileResult, stage: str, reason: str, detail: str) -> FileResult:
    """The result of one report without it, since this file must not give it."""
    refusal = Refusal(stage, reason, reason_sentence(reason, detail))
    return FileResult(g.raw, g.format, g.report_id, g.year, refusal, g.aside, {})


@dataclass(frozen=True)
class Counts:
    """The contents of parts in numbers: files by status, files in quarantine by reason, rows by table."""

    files: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)


def in_parts(items: Iterable[Item], size: int) -> Iterator[Iterator[Item]]:
    """The items in groups of `size`; each group has to be used up before the next is asked for."""
    left = iter(items)
    for first in left:
        yield chain([first], islice(left, size - 1))


def write_part(folder: Path, files: Iterable[FileResult], counts: Counts) -> None:
    """Writes a new part: a Parquet file for each table that is extracted, and `files` and `quarantine`."""
    folder.mkdir()
    tables = (*EXTRACTED, QUARANTINE, FILES)
    with ExitStack() as stack:
        out = {t: stack.enter_context(pq.ParquetWriter(folder / f"{t.name}.parquet", arrow_schema(t))) for t in tables}
        for group in in_parts(files, GROUP_FILES):
            for name, made in _columns_of_group(list(group), counts).items():
                out[TABLES[name]].write_table(arrow(TABLES[name], made))


def _columns_of_group(group: list[FileResult], counts: Counts) -> Columns:
    refusals = [refused_row(g.aside, g.refusal) for g in group if g.refusal]
    made = {
        FILES.name: columns(FILES, map(_file_row, group)),
        QUARANTINE.name: columns(QUARANTINE, refusals),
        **{t.name: _joined(t, [g.columns[t.name] for g in group if g.columns]) for t in EXTRACTED},
    }
    counts.files.update("quarantined" if g.refusal else "loaded" for g in group)
    counts.reasons.update(row["reason"] for row in refusals)
    counts.rows.update({t.name: len(made[t.name][0]) for t in EXTRACTED})
    return made


def _joined(table: Table, parts: list[list[list[Any]]]) -> list[list[Any]]:
    return [list(chain.from_iterable(part[number] for part in parts)) for number in range(len(table.columns))]


def _file_row(g: FileResult) -> Row:
    return {
        "path": g.raw.path,
        "file_sha256": g.raw.sha256,
        "size_bytes": g.raw.size_bytes,
        "format": g.format,
        "status": "quarantined" if g.refusal else "loaded",
        "report_id": None if g.refusal else g.report_id,
        "duplicate_of": None,
    }
