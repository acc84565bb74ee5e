"""Extracts the files of a batch into parts: each file read and made into columns, and those that are set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.document import RawFile
from pipeline.issues import reason_sentence
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin, pin_of
from pipeline.raw.scan import read_bytes
from pipeline.runs import run_report
from pipeline.runs.plan import Past, Plan
from pipeline.runs.planning import plan_without, planned_batch
from pipeline.runs.workspace import (
    ASIDE,
    Progress,
    StageError,
    State,
    Workspace,
    exclusive,
    expect,
    pins_of,
    replacing_folder,
    save,
)
from pipeline.schema import (
    EXTRACTED,
    FILES,
    QUARANTINE,
)

if TYPE_CHECKING:
    from pipeline.frames import Frames
    from pipeline.runs.claims import Claims
    from pipeline.runs.file_result import Counts, Given
    from pipeline.runs.workers import Task

# Beyond this many, and more than half of a batch, what fails is our work and not the reports.
SINGLE_CASES = 5


def extract(ws: Workspace, progress: Progress = lambda done, total: None) -> Counts:
    """Parse every file of the batch into tidy frames, in parts of so many files as the workspace says.

    A file that cannot be used is a row of `quarantine`. Of two files with one report the first path stays.
    """
    from pipeline.runs.file_result import Counts, in_parts, write_part

    with exclusive(ws), run_report.timed(ws.work, "extract"):
        work, current = planned_batch(ws), expect(ws, "ingested")
        claims = _claims(ws, work)
        counts = Counts()
        with replacing_folder(ws.work / "extracted") as folder:
            for given in (_given(ws, work, claims, progress), _given_late(ws, work, claims)):
                first = sum(1 for _ in folder.iterdir()) + 1
                for number, files in enumerate(in_parts(given, ws.sizes.part_files), first):
                    write_part(folder / f"{number:04d}", files, counts)
            if claims.overtaken:
                _withdraw_overtaken(ws, folder, claims, counts)
            if claims.rivals:
                _tell_rivals_apart(ws, sorted(folder.iterdir()), claims)
            _set_aside(folder / ASIDE, _aside(ws, plan_without(work, claims.outside), claims), counts)
            standing = sum(path not in claims.kept for path in claims.holders.values())
            _stop_if_reader_fails(claims.broken, len(work.todo), standing)
        save(ws, _extracted(claims, current))
        _prune_cache(ws, work)
        return counts


def _tell_rivals_apart(ws: Workspace, folders: Sequence[Path], claims: Claims) -> None:
    from pipeline.runs.rivals import tell_apart

    claims.settle_losers()
    with ws.warehouse.writer() as writer:
        tell_apart(folders, claims.rivals, claims.winner_of, writer)


def _withdraw_overtaken(ws: Workspace, folder: Path, claims: Claims, counts: Counts) -> None:
    """Put aside the files of the batch that a newer one, which came later, takes the report of."""
    from pipeline.runs.overtaken import withdraw

    overtaken = {path: report for report, path in claims.overtaken.items() if report in claims.arrived}
    claims.rivals.update(withdraw(sorted(folder.iterdir()), overtaken, counts))


def _prune_cache(ws: Workspace, work: Plan) -> None:
    """Keep the decoded documents within their limit."""
    from pipeline.runs.page_cache import prune

    if ws.documents is None:
        prune(ws.work / "documents", (raw.sha256 for raw, _ in work.todo))


def is_systemic(failed: int, of: int, standing: int) -> bool:
    """Whether so many of a batch failed that the mistake is ours: nothing at all would be left, or most of many.

    Reports that are loaded and no part of the batch count as left, so that one bad file in a quiet night does
    not stop it.
    """
    nothing_left = failed > 0 and failed == of + standing
    return nothing_left or (failed > SINGLE_CASES and 2 * failed > of)


def _stop_if_reader_fails(broken: Sequence[str], of: int, standing: int) -> None:
    """Rather keep what is loaded than put everything into quarantine."""
    if is_systemic(len(broken), of, standing):
        raise StageError(f"The reader failed on {len(broken)} of {of} files; on the first: {broken[0]}")


def _claims(ws: Workspace, work: Plan) -> Claims:
    from pipeline.runs.claims import Claims

    with ws.warehouse.writer() as writer:
        loaded, former = writer.sources(), writer.former_paths()
    return Claims.of(Past(ws.warehouse.known()), loaded, former, work)


def _extracted(claims: Claims, before: State) -> State:
    """The state after the extraction."""
    return State(
        before.batch,
        "extracted",
        late=tuple(claims.late),
        losers=tuple(sorted(claims.losers.items())),
        standing=len(claims.holders),
        outside=tuple(claims.outside),
        owed=before.owed,
        kept=tuple(sorted(claims.kept)),
        tries=tuple(sorted(claims.tries.items())),
        cleared=before.cleared,
    )


def _given(ws: Workspace, work: Plan, claims: Claims, progress: Progress) -> Iterator[Given]:
    """What the files of the batch give."""
    for raw, _ in work.unreadable:
        claims.keep(raw)
    for number, given in enumerate(_read_all(ws, work.todo, claims, work.fingerprint), 1):
        yield from given
        progress(number, len(work.todo))


def _given_late(ws: Workspace, work: Plan, claims: Claims) -> Iterator[Given]:
    """What those give that had to wait for the others, and those that others have displaced.

    Which file gives which report is known by then.
    """
    claims.is_late = True
    waiting = set(claims.again)
    pins = pins_of(ws) if claims.late else {}
    late = [claims.past.seen[path].raw for path in claims.late]
    tasks = [*(task for task in work.todo if task[0].path in waiting), *((raw, pin_of(raw, pins)) for raw in late)]
    for given in _read_all(ws, tasks, claims, work.fingerprint):
        yield from given


def _read_all(ws: Workspace, tasks: Sequence[Task], claims: Claims, code: str) -> Iterator[list[Given]]:
    """What each file gives; nothing for one that cannot be read, which is noted in `claims.unread`."""
    from pipeline.runs.claims import is_outside, settled
    from pipeline.runs.reading import read_in_turns

    for found in read_in_turns(ws.raw, tasks, _reading(ws), ws.limits):
        raw, given = found.raw, found.given
        claims.ahead.discard(raw.path)
        if not found.is_last:
            claims.keep(raw)  # no other file may take the place of its report meanwhile
            continue
        claims.release(raw)
        if isinstance(given, ConnectionError):  # the others would not come either, and what is loaded would go
            raise StageError(f"{given}; nothing was loaded, and the next run tries again")
        if isinstance(given, OSError):
            claims.unread[raw.path] = given.strerror or str(given)
            claims.keep(raw)
            yield []
            continue
        if claims.wanted and raw.path in claims.unplaced and is_outside(given, claims.wanted):
            claims.outside.append(raw.path)
            yield []
            continue
        if given.refusal is not None and given.refusal.reason == "reader-failed":
            claims.broken.append(f"{raw.path}: {given.refusal.sentence}")
        told = settled(given, claims, code, is_left=found.is_left)
        yield [] if claims.is_put_off(raw.path) else [told]


def _reading(ws: Workspace) -> Callable[[Folder, RawFile, Pin | None], Given]:
    """What a worker does with a file: PDF pages that were decoded before are taken from the cache."""
    from pipeline.runs.file_result import read_and_tabulate
    from pipeline.runs.page_cache import Caching, limit

    if not limit():
        return read_and_tabulate
    return Caching(ws.documents or ws.work / "documents", adding=ws.documents is None)


def _aside(ws: Workspace, work: Plan, claims: Claims) -> Frames:
    """Files that are not extracted: copies of others, and those that cannot be read."""
    from pipeline.runs.claims import STAYS
    from pipeline.tables import blank, frame

    files, quarantine = [], []
    for raw, first in work.copies:
        kind = {"format": _format(ws, raw), "status": "duplicate", "duplicate_of": first}
        files.append(
            {**blank(FILES), "path": raw.path, "file_sha256": raw.sha256, "size_bytes": raw.size_bytes, **kind}
        )
    sizes = {raw.path: raw.size_bytes for raw, _ in (*work.todo, *work.unreadable)}
    for path, detail in sorted({**{raw.path: why for raw, why in work.unreadable}, **claims.unread}.items()):
        said = reason_sentence("unreadable", detail) + (f"; {STAYS}" if path in claims.kept else "")
        kind = {"format": "unknown", "status": "quarantined"}
        files.append({**blank(FILES), "path": path, "file_sha256": "", "size_bytes": sizes.get(path, 0), **kind})
        why = {"stage": "read", "reason": "unreadable", "sentence": said}
        quarantine.append({**blank(QUARANTINE), "path": path, "file_sha256": "", **why})
    frames = {table.name: frame(table) for table in EXTRACTED}
    return {**frames, "files": frame(FILES, files), "quarantine": frame(QUARANTINE, quarantine)}


def _format(ws: Workspace, raw: RawFile) -> str:
    from pipeline.readers import sniff

    try:
        return sniff(read_bytes(ws.raw, raw))
    except OSError:
        return "unknown"


def _set_aside(part: Path, frames: Frames, counts: Counts) -> None:
    """Write the part of files that were not extracted, and count them."""
    from pipeline.runs.parts import write_frames

    write_frames(part, frames)
    counts.files.update(frames["files"]["status"].tolist())
    counts.reasons.update(frames["quarantine"]["reason"].tolist())
