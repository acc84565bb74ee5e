"""The stages of a run: ingest, extract, validate, load, publish. The command and Dagster's assets call these.

What passes from stage to stage lies under `work/`, so that each stage can be looked at and done again
alone: `plan.jsonl` (what is to be done), `state.json` (how far it is), `extracted/` and `validated/` (the
frames as Parquet, in parts). A run that was killed is known by its state, and the next one does it again.
What does *not* belong here: how a file is read, what the warehouse looks like inside, and Dagster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.document import RawFile
from pipeline.raw.archives import index_text, read_index
from pipeline.raw.expected import read_expected
from pipeline.raw.folder import holds
from pipeline.raw.overrides import pin_of
from pipeline.raw.range import Range
from pipeline.raw.scan import scan_folder
from pipeline.raw.verdicts import read_verdicts
from pipeline.runs import run_report
from pipeline.runs.code_digest import fingerprint
from pipeline.runs.narrowing import narrowed
from pipeline.runs.plan import Kind, Past, Plan, plan_from
from pipeline.runs.plan_file import Entry, read_entries, read_plan, write_plan
from pipeline.runs.workspace import (
    ARCHIVES,
    PLAN,
    StageError,
    State,
    Workspace,
    _write,
    clean,
    exclusive,
    expect,
    is_under_way,
    pins_of,
    replacing_file,
    save,
    state,
)

if TYPE_CHECKING:
    pass


def plan(ws: Workspace, *, again: bool = False, hashing: bool = True, wanted: Range | None = None) -> Plan:
    """What has changed since the last finished run; reads only files whose size or time is new.

    Without `hashing` it reads no file at all, which is enough to say whether there is work. With a range only what
    is `wanted`, as far as is known without reading reports.
    Raises `InputError` for a folder or overrides that cannot be used.
    """
    past = Past(ws.warehouse.known(), unfinished_paths(ws))
    archives = read_index(ws.work / ARCHIVES)
    found = scan_folder(ws.raw, past.files, hashing=hashing, archives=archives)
    if hashing and ws.work.is_dir() and {a.raw.path: a for a in found.archives} != archives:
        _write(ws.work / ARCHIVES, index_text(found.archives))
    if not found.files and len(past.seen) >= ws.sizes.missing_files:
        raise StageError(
            f"{ws.raw} holds no file, but {len(past.seen)} are in the warehouse. Is a disk missing? "
            f"If they are to go, remove {ws.root} too"
        )
    read_verdicts(ws.raw)  # a line that cannot be used stops the run before it has done anything
    read_expected(ws.raw)
    work = plan_from(found, past, pins_of(ws), fingerprint(), again=again)
    return narrowed(work, wanted, ws.warehouse.places()) if wanted else work


def unfinished_paths(ws: Workspace) -> frozenset[str]:
    """The paths of a batch that was begun and not finished: their rows may be half loaded."""
    current = state(ws)
    owed = frozenset(current.owed)
    return owed if current.stage in ("nothing", "done") else owed | frozenset(displaced_paths(ws, current))


def ingest(ws: Workspace, *, again: bool = False, wanted: Range | None = None, unplaced: bool = True) -> Plan:
    """Look what has changed and note it as the batch that the other stages work on.

    Of a range, files that have to be read to tell whether they are of it come with it where `unplaced` is asked for.
    """
    with exclusive(ws), run_report.timed(ws.work, "ingest"):
        clean(ws)
        work = plan(ws, again=again, wanted=wanted)
        if wanted:
            work = _with_waiting(ws, work if unplaced else plan_without(work, work.unplaced))
        _begin(ws, work)
        return work


def prepare(ws: Workspace, work: Plan) -> Plan:
    """Note a plan, which was made before, as the batch that the other stages work on."""
    with exclusive(ws):
        clean(ws)
        whole = _with_waiting(ws, work)
        _begin(ws, whole)
        return whole


def prepared(ws: Workspace) -> Plan:
    """The batch that was noted last. Raises `StageError` where there is none."""
    expect(ws, "ingested")
    return planned_batch(ws)


def _begin(ws: Workspace, work: Plan) -> None:
    """A batch that is under way already keeps what is done of it; two runs may meet here."""
    under_way = is_under_way(ws)
    if under_way or not run_report.is_begun(ws.work):
        run_report.begin(ws.work)
    if not (under_way and state(ws).batch == work.batch):
        owed = tuple(sorted(unfinished_paths(ws)))
        with replacing_file(ws.work / PLAN) as new:
            write_plan(new, work)
        save(ws, State(work.batch, "ingested", owed=owed))


def _with_waiting(ws: Workspace, work: Plan) -> Plan:
    """The part of a plan, with the files that stand back before one of its files and so are to be read with it."""
    past = Past(ws.warehouse.known())
    waiting = sorted(past.waiting_for(set(work.displaced)) - set(work.displaced))
    here = [past.seen[path].raw for path in waiting if holds(ws.raw, path)]
    pins = pins_of(ws) if here else {}
    more = tuple((raw, pin_of(raw, pins)) for raw in here)
    return replace(work, todo=tuple(sorted((*work.todo, *more), key=lambda task: task[0].path)))


def note_times(ws: Workspace, touched: Sequence[RawFile]) -> None:
    """Note new times of files with the same content, so that they are not hashed again every night."""
    if touched:
        with exclusive(ws):
            write_times(ws, touched)


def write_times(ws: Workspace, touched: Iterable[RawFile]) -> None:
    """Note new times of files; the caller holds the lock."""
    left = iter(touched)
    if first := next(left, None):
        with ws.warehouse.writer() as writer:
            writer.note_times(chain([first], left))


def planned_batch(ws: Workspace) -> Plan:
    """The plan of the batch that was noted last. Raises `StageError` where there is none."""
    try:
        return read_plan(ws.work / PLAN)
    except FileNotFoundError:
        raise StageError("Nothing is planned: materialize raw_files first, or run `disclosure run`") from None


def batch_entries(ws: Workspace, out: Collection[str] = ()) -> Iterator[Entry]:
    """The files of the batch, one after the other, without those in `out` and their copies."""
    for entry in read_entries(ws.work / PLAN):
        if entry.path not in out and not (entry.kind == "copies" and entry.detail in out):
            yield entry


def entries_of_kind(ws: Workspace, kind: Kind, out: Collection[str] = ()) -> Iterator[Entry]:
    """The files of the batch of one kind, without those in `out` and their copies."""
    return (entry for entry in batch_entries(ws, out) if entry.kind == kind)


def displaced_paths(ws: Workspace, current: State) -> Iterator[str]:
    """Paths whose loaded rows go or are replaced."""
    yield from (entry.path for entry in batch_entries(ws, set(current.outside)) if entry.kind != "touched")
    yield from current.late


def plan_without(work: Plan, paths: Collection[str]) -> Plan:
    """A plan without these files and their copies."""
    out = set(paths)
    return replace(
        work,
        todo=tuple((raw, pin) for raw, pin in work.todo if raw.path not in out),
        copies=tuple((raw, first) for raw, first in work.copies if not {raw.path, first} & out),
        unreadable=tuple((raw, why) for raw, why in work.unreadable if raw.path not in out),
        gone=tuple(path for path in work.gone if path not in out),
    )
