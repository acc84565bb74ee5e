"""Brings a range of districts and years up to date, in pieces, or rehearses that without writing anything.

A piece is a batch like a night's: what it finished is known and not done again, and a piece that fails is left as it
is, so that the next can begin. Where all files are read again, `work/backfill.json` notes which pieces are done. What
does *not* belong here: carrying out a piece (the stages, in Dagster's runs), and what a range is (`raw.range`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.raw.range import Range
from pipeline.runs import extraction, loading, planning, stage_parts, validation
from pipeline.runs.narrowing import pieces_of
from pipeline.runs.plan import Plan
from pipeline.runs.workspace import PLAN, Progress, Workspace, exclusive, replacing_file, state
from pipeline.schema import FACTS, QUARANTINE, REPORTS, Partition
from pipeline.warehouse.history import COMPARED

if TYPE_CHECKING:
    from pipeline.runs.rejection import Judge

PROGRESS = "backfill.json"
REPORT_COMPARED = tuple(c for c in REPORTS.column_names if c not in (*REPORTS.key, "version", "file_path"))

Counts = tuple[int, int, int]
"""Rows added, changed and removed."""


@dataclass(frozen=True)
class Backfill:
    """The work for a range: its pieces with their names, without those that an earlier try finished."""

    wanted: Range
    again: bool
    work: Plan
    pieces: tuple[tuple[str, Plan], ...]
    done_before: int = 0

    @property
    def files(self) -> int:
        """The number of files to look into."""
        return sum(len(piece.displaced) for _, piece in self.pieces)


def backfill(ws: Workspace, wanted: Range, *, again: bool = False) -> Backfill:
    """Find the work for a range; `again` takes every file of it. Raises `InputError` and `StageError`."""
    work = planning.plan(ws, again=again, wanted=wanted)
    pieces = tuple(pieces_of(work, ws.warehouse.places(), ws.sizes.piece_files))
    done = _done(ws, wanted, work, again=again)
    return Backfill(wanted, again, work, tuple(p for p in pieces if p[0] not in done), len(done))


def note_done(ws: Workspace, todo: Backfill, name: str) -> None:
    """Note that a piece is done; new and changed files are known without that."""
    if todo.again:
        done = sorted({*_done(ws, todo.wanted, todo.work, again=True), name})
        told = {"of": _request(todo.wanted, todo.work), "done": done}
        with replacing_file(ws.work / PROGRESS) as new:
            new.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def forget(ws: Workspace) -> None:
    """Note that all pieces are done, or were tried: asking for the same range again then means all of it."""
    (ws.work / PROGRESS).unlink(missing_ok=True)


def _done(ws: Workspace, wanted: Range, work: Plan, *, again: bool) -> set[str]:
    """The pieces that an earlier try of the same work finished before it was killed."""
    try:
        told = json.loads((ws.work / PROGRESS).read_text(encoding="utf-8"))
        return set(told["done"]) if again and told["of"] == _request(wanted, work) else set()
    except (FileNotFoundError, ValueError, KeyError):
        return set()


def _request(wanted: Range, work: Plan) -> str:
    """A name for the request: the range, the code, and the files that it concerns."""
    files = [(raw.path, raw.sha256) for raw, _ in work.todo]
    text = json.dumps([wanted.years, wanted.districts, work.fingerprint, files])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- Rehearsal -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A partition's reports and facts as they would be, beside the published ones."""

    district_code: str
    year: int
    reports: Counts
    facts: Counts


@dataclass(frozen=True)
class Rehearsal:
    """What a backfill would do: the partitions that would change, the files that would be put into quarantine as path,
    reason and sentence, and the partitions that could not be loaded. `files` were looked into, `outside` of them are
    not in the range.
    """

    files: int
    outside: int
    touched: int
    changes: tuple[Change, ...]
    quarantine: tuple[tuple[str, str, str], ...]
    failed: Mapping[Partition, str]


def plain_rehearsal(found: Rehearsal) -> dict[str, Any]:
    """A rehearsal as plain values, for JSON."""
    names = ("added", "changed", "removed")
    return {
        "files": found.files,
        "outside": found.outside,
        "partitions_touched": found.touched,
        "partitions": [
            {
                "district_code": change.district_code,
                "year": change.year,
                "reports": dict(zip(names, change.reports, strict=True)),
                "facts": dict(zip(names, change.facts, strict=True)),
            }
            for change in found.changes
        ],
        "quarantine": [dict(zip(("path", "reason", "sentence"), row, strict=True)) for row in found.quarantine],
        "failed": [{"district_code": code, "year": year, "why": why} for (code, year), why in found.failed.items()],
    }


def rehearse(
    ws: Workspace,
    wanted: Range,
    judge: Judge,
    show: Progress = lambda done, total: None,
    *,
    again: bool = False,
) -> Rehearsal:
    """Do it all on a copy of the build database in a scratch folder, and compare with what is published.

    It needs room for that copy in the folder for temporary files (TMPDIR).
    """
    work = planning.plan(ws, again=again, wanted=wanted)
    with _scratch(ws) as copy:
        planning.prepare(copy, work)
        extraction.extract(copy, show)
        validation.validate(copy, judge)
        keys = state(copy).pending
        failed = loading.load_each(copy, keys).failed
        quarantine = stage_parts.read(copy, "validated", QUARANTINE)
        outside = state(copy).outside
        return Rehearsal(
            len(work.displaced) - len(outside),
            len(outside),
            len(keys),
            _changes(ws, copy, keys),
            tuple(zip(*(quarantine[name] for name in ("path", "reason", "sentence")), strict=True)),
            failed,
        )


@contextmanager
def _scratch(ws: Workspace) -> Iterator[Workspace]:
    """A workspace of its own with the same reports, the same rows, and the same decoded documents to look up."""
    with tempfile.TemporaryDirectory(prefix="disclosure-rehearsal-") as folder:
        copy = replace(ws, root=Path(folder), documents=ws.documents or ws.work / "documents")
        copy.work.mkdir(parents=True)
        with exclusive(ws) if ws.work.exists() else nullcontext():
            for name in (ws.warehouse.build.name, ws.warehouse.build.name + ".wal", "state.json", PLAN):
                if (ws.work / name).exists():
                    shutil.copyfile(ws.work / name, copy.work / name)
        yield copy


def _changes(ws: Workspace, copy: Workspace, keys: tuple[Partition, ...]) -> tuple[Change, ...]:
    before = ws.warehouse.published.resolve()
    reports = copy.warehouse.changes(before, REPORTS, REPORT_COMPARED, keys)
    facts = copy.warehouse.changes(before, FACTS, COMPARED, keys)
    none = (0, 0, 0)
    return tuple(
        Change(code, year, reports.get((code, year), none), facts.get((code, year), none))
        for code, year in sorted({*reports, *facts})
    )
