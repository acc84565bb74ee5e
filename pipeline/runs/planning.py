"""The stage that begins a batch: finds what has changed, and notes it for the stages that follow.

What passes from stage to stage lies under `work/`: `plan.jsonl` (what is to be done), `state.json` (how far it is),
`extracted/` and `validated/` (frames as Parquet, in parts). A killed run is recognised by its state, and the next one
does its work again. What does *not* belong here: comparing what is known with what is found (`plan`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import chain
from pathlib import Path

from pipeline.collecting import not_collecting
from pipeline.document import RawFile, file_of
from pipeline.raw.archives import index_text, read_index
from pipeline.raw.expected import EXPECTED_FILE, read_expected
from pipeline.raw.folder import holds
from pipeline.raw.overrides import pin_of
from pipeline.raw.range import Range
from pipeline.raw.verdicts import VERDICTS_FILE, read_verdicts
from pipeline.runs import run_report
from pipeline.runs.changes import Changes, changes
from pipeline.runs.code_digest import fingerprint
from pipeline.runs.narrowing import narrowed
from pipeline.runs.plan import FilesKind, Past, Plan
from pipeline.runs.plan_file import Entry, read_entries, read_plan, write_plan
from pipeline.runs.workspace import (
    ARCHIVES,
    PLAN,
    UNKNOWN,
    BatchState,
    StageError,
    Workspace,
    clean,
    district_codes,
    exclusive,
    expect,
    form_cells,
    is_under_way,
    pins_of,
    replacing_file,
    save,
    state,
    write_whole,
)

PLACE = "folder.json"


def plan(
    ws: Workspace,
    *,
    again: bool = False,
    hashing: bool = True,
    wanted: Range | None = None,
    accept_removals: bool = False,
) -> Plan:
    """The changes since the last finished run; reads only files whose size or time is new.

    Without `hashing` it reads no file at all, which is enough to say whether there is work. With a range only what is
    `wanted`, as far as can be known without reading reports. Raises `InputError` for a folder or overrides that cannot
    be used, and `StageError` where so many files are gone that this is hardly intended, unless `accept_removals` says
    that it is.
    """
    # Looking for garbage among the files would take a quarter of the time where all of them are work.
    with nullcontext() if hashing else not_collecting():
        return _plan(ws, again=again, hashing=hashing, wanted=wanted, accept_removals=accept_removals)


def _plan(ws: Workspace, *, again: bool, hashing: bool, wanted: Range | None, accept_removals: bool) -> Plan:
    pins, code, archives = pins_of(ws), fingerprint(), read_index(ws.work / ARCHIVES)
    unfinished, looking_up = unfinished_paths(ws), ws.warehouse.looking_up
    found = changes(ws.raw, looking_up, pins, code, unfinished, archives, again=again, hashing=hashing)
    if hashing and ws.work.is_dir() and found.archives != archives:
        write_whole(ws.work / ARCHIVES, index_text(found.archives.values()))
    doubt = _doubt(ws, found, by_content=hashing)
    if doubt and not accept_removals:
        raise StageError(
            f"{doubt}{'' if doubt.endswith('?') else '.'} If these reports are to go, run with --accept-removals"
        )
    _check_decisions(ws, found.decisions)
    work = replace(found.plan(pins, code, again=again), cleared=bool(doubt))
    return narrowed(work, wanted, ws.warehouse.places()) if wanted else work


def _check_decisions(ws: Workspace, paths: Collection[str]) -> None:
    """Raises `InputError` for a line that cannot be used, before the run has done anything."""
    if VERDICTS_FILE in paths:
        read_verdicts(ws.raw, district_codes(), form_cells())
    if EXPECTED_FILE in paths:
        read_expected(ws.raw, district_codes())


def _doubt(ws: Workspace, now: Changes, *, by_content: bool) -> str:
    """Why files are hardly meant to be gone, in a sentence; "" where they may be. A moved file is not gone."""
    here = {raw.sha256 for raw in now.found.files if raw.sha256} if by_content else set()
    gone = [path for path in now.found.gone if now.past.seen[path].raw.sha256 not in here]
    if not gone or not (by_content or not now.files):
        return ""
    place = _noted_place(ws)
    if place and _place_of(ws) not in place:
        lacks = f"{len(gone):,} file{'' if len(gone) == 1 else 's'} of it"
        return f"{ws.raw} is another folder than {place[0]}, of which the warehouse is, and lacks {lacks}"
    if len(gone) >= ws.sizes.missing_files and 2 * len(gone) > now.known:
        lost = "holds no file" if not now.files else f"lacks {len(gone):,} files"
        return f"{ws.raw} {lost}, but {now.known:,} are in the warehouse. Is a disk missing?"
    return ""


def _place_of(ws: Workspace) -> str:
    return str(ws.raw)


def _noted_place(ws: Workspace) -> tuple[str, ...]:
    """The folder of the warehouse's reports, and where it would be had both moved together; nothing before a run."""
    try:
        told = json.loads((ws.work / PLACE).read_text(encoding="utf-8"))
        raw, root = str(told["raw"]), str(told["warehouse"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return ()
    if not isinstance(ws.raw, Path):
        return (raw,)
    return raw, os.path.normpath(ws.root.resolve() / os.path.relpath(raw, root))


def _note_place(ws: Workspace) -> None:
    told = json.dumps({"raw": _place_of(ws), "warehouse": str(ws.root.resolve())}, ensure_ascii=False)
    file = ws.work / PLACE
    if not file.exists() or file.read_text(encoding="utf-8") != told:
        write_whole(file, told)


def unfinished_paths(ws: Workspace) -> frozenset[str]:
    """The paths of a batch that was begun and not finished; their rows may be half loaded."""
    current = state(ws)
    if current.batch == UNKNOWN:  # it is unknown which were unfinished before
        return frozenset(ws.warehouse.known())
    unfinished = frozenset(current.unfinished)
    return (
        unfinished
        if current.stage in ("nothing", "done")
        else unfinished | set(map(file_of, displaced_paths(ws, current)))
    )


def ingest(
    ws: Workspace,
    *,
    again: bool = False,
    wanted: Range | None = None,
    unplaced: bool = True,
    accept_removals: bool = False,
) -> Plan:
    """Find what has changed and note it as the batch that the other stages work on.

    With `unplaced`, a range includes the files that have to be read to know whether they are in it.
    """
    with exclusive(ws), run_report.timed(ws.work, "ingest"):
        clean(ws)
        work = plan(ws, again=again, wanted=wanted, accept_removals=accept_removals)
        if wanted:
            work = _with_waiting(ws, work if unplaced else plan_without(work, work.unplaced))
        _begin(ws, work)
        return work


def prepare(ws: Workspace, work: Plan) -> Plan:
    """Note a plan that was made before as the batch that the other stages work on."""
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
    """Note a plan as the batch, unless the same one is under way: then its plan and state stay; two runs may meet here.

    The stages that it has passed are done again all the same.
    """
    under_way = is_under_way(ws)
    if under_way or not run_report.is_begun(ws.work):
        run_report.begin(ws.work)
    if not (under_way and state(ws).batch == work.batch):
        unfinished = tuple(sorted(unfinished_paths(ws)))
        with replacing_file(ws.work / PLAN) as new:
            write_plan(new, work)
        save(ws, BatchState(work.batch, "ingested", unfinished=unfinished, cleared=work.cleared))
        _note_place(ws)


def _with_waiting(ws: Workspace, work: Plan) -> Plan:
    """The part of a plan, with the files that stand back for one of its files and so are read with it."""
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
    except (FileNotFoundError, ValueError, StopIteration):
        raise StageError("Nothing is planned: materialize raw_files first, or run `disclosure run`") from None


def batch_entries(ws: Workspace, out: Collection[str] = ()) -> Iterator[Entry]:
    """The files of the batch, one after the other, without those in `out` and their copies."""
    for entry in read_entries(ws.work / PLAN):
        if entry.path not in out and not (entry.kind == "copies" and entry.detail in out):
            yield entry


def entries_of_kind(ws: Workspace, kind: FilesKind, out: Collection[str] = ()) -> Iterator[Entry]:
    """The files of the batch of one kind, without those in `out` and their copies."""
    return (entry for entry in batch_entries(ws, out) if entry.kind == kind)


def displaced_paths(ws: Workspace, current: BatchState) -> Iterator[str]:
    """Paths of reports whose rows are removed or replaced, without those that stay though the file is another now."""
    out = {*current.outside, *current.kept}
    entries = (entry for entry in batch_entries(ws, set(current.outside)) if entry.kind != "touched")
    yield from (entry.path for entry in entries if entry.path not in out)
    yield from (path for path in (*current.displaced, *current.further) if path not in out)


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
