"""Extracts the files of a batch into parts: each file read and turned into columns, and the files set aside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.document import RawFile
from pipeline.issues import reason_sentence
from pipeline.raw.scan import read_bytes
from pipeline.runs import run_report
from pipeline.runs.plan import Past, Plan
from pipeline.runs.planning import plan_without, planned_batch
from pipeline.runs.workspace import (
    ASIDE,
    BatchState,
    Progress,
    StageError,
    Workspace,
    exclusive,
    expect,
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
    from pipeline.runs.file_result import Counts
    from pipeline.runs.same_report.claims import Claims

# Where more than this many, and more than half of a batch, fail, the fault is ours and not the reports'.
SINGLE_CASES = 5


def extract(ws: Workspace, progress: Progress = lambda done, total: None) -> Counts:
    """Parse every file of the batch into tidy frames, in parts of the size that the workspace sets.

    A file that cannot be used is a row of `quarantine`. Of two files with one report the first path stays.
    """
    from pipeline.runs.batch_reading import BatchReading
    from pipeline.runs.file_result import Counts, in_parts, write_part

    with exclusive(ws), run_report.timed(ws.work, "extract"):
        work, current = planned_batch(ws), expect(ws, "ingested")
        claims = _claims(ws, work)
        batch = BatchReading(ws, work, claims)
        counts = Counts()
        with replacing_folder(ws.work / "extracted") as folder:
            for results in (batch.results(progress), batch.late_results()):
                first = sum(1 for _ in folder.iterdir()) + 1
                for number, files in enumerate(in_parts(results, ws.sizes.part_files), first):
                    write_part(folder / f"{number:04d}", files, counts)
            if claims.overtaken:
                _withdraw_overtaken(ws, folder, claims, counts)
            if claims.rivals:
                _tell_rivals_apart(ws, sorted(folder.iterdir()), claims)
            _set_aside(folder / ASIDE, _aside(ws, plan_without(work, batch.outside), batch.unread, claims.kept), counts)
            standing = sum(path not in claims.kept for path in claims.holders.values())
            _stop_if_reader_fails(batch.broken, len(work.todo), standing)
        save(ws, _extracted(claims, batch.outside, current))
        _prune_cache(ws, work)
        return counts


def _tell_rivals_apart(ws: Workspace, folders: Sequence[Path], claims: Claims) -> None:
    from pipeline.runs.same_report.rivals import tell_apart

    claims.settle_losers()
    with ws.warehouse.writer() as writer:
        tell_apart(folders, claims.rivals, claims.winner_of, writer)


def _withdraw_overtaken(ws: Workspace, folder: Path, claims: Claims, counts: Counts) -> None:
    """Put aside the files of the batch whose report a newer, later file takes."""
    from pipeline.runs.same_report.overtaken import withdraw

    claims.rivals |= withdraw(sorted(folder.iterdir()), claims.withdrawn(), counts)


def _prune_cache(ws: Workspace, work: Plan) -> None:
    """Keep the decoded documents within their limit."""
    from pipeline.runs.page_cache import prune

    if ws.documents is None:
        prune(ws.work / "documents", (raw.sha256 for raw, _ in work.todo))


def is_systemic(failed: int, of: int, standing: int) -> bool:
    """Whether so much failed that the fault is ours: nothing would be left, or most of a large batch failed.

    Loaded reports outside of the batch count as left, so that one bad file in a quiet night does not stop it.
    """
    nothing_left = failed > 0 and failed == of + standing
    return nothing_left or (failed > SINGLE_CASES and 2 * failed > of)


def _stop_if_reader_fails(broken: Sequence[str], of: int, standing: int) -> None:
    """Raise rather than put everything into quarantine: what is loaded stays."""
    if is_systemic(len(broken), of, standing):
        raise StageError(f"The reader failed on {len(broken)} of {of} files; on the first: {broken[0]}")


def _claims(ws: Workspace, work: Plan) -> Claims:
    from pipeline.runs.same_report.claims import Claims

    with ws.warehouse.writer() as writer:
        known, loaded, former = writer.known(), writer.sources(), writer.former_paths()
    return Claims.of(Past(known), loaded, former, work)


def _extracted(claims: Claims, outside: Sequence[str], before: BatchState) -> BatchState:
    """The state after the extraction."""
    return BatchState(
        before.batch,
        "extracted",
        displaced=tuple(claims.displaced),
        winners=tuple(sorted(claims.waiting().items())),
        standing=len(claims.holders),
        outside=tuple(outside),
        unfinished=before.unfinished,
        kept=tuple(sorted(claims.kept)),
        tries=tuple(sorted(claims.tries.items())),
        cleared=before.cleared,
        further=tuple(claims.further(outside)),
    )


def _aside(ws: Workspace, work: Plan, unread: Mapping[str, str], kept: Collection[str]) -> Frames:
    """Files that are not extracted: copies of others, and those that cannot be read."""
    from pipeline.runs.same_report.claims import STAYS
    from pipeline.tables import blank, frame

    files, quarantine = [], []
    for raw, first in work.copies:
        kind = {"format": _format(ws, raw), "status": "duplicate", "duplicate_of": first}
        files.append(
            {**blank(FILES), "path": raw.path, "file_sha256": raw.sha256, "size_bytes": raw.size_bytes, **kind}
        )
    sizes = {raw.path: raw.size_bytes for raw, _ in (*work.todo, *work.unreadable)}
    for path, detail in sorted({**{raw.path: why for raw, why in work.unreadable}, **unread}.items()):
        said = reason_sentence("unreadable", detail) + (f"; {STAYS}" if path in kept else "")
        kind = {"format": "unknown", "status": "quarantined"}
        files.append({**blank(FILES), "path": path, "file_sha256": "", "size_bytes": sizes.get(path, 0), **kind})
        why = {"stage": "read", "reason": "unreadable", "sentence": said}
        quarantine.append({**blank(QUARANTINE), "path": path, "file_sha256": "", **why})
    frames = {table.name: frame(table) for table in EXTRACTED}
    return {**frames, "files": frame(FILES, files), "quarantine": frame(QUARANTINE, quarantine)}


def _format(ws: Workspace, raw: RawFile) -> str:
    from pipeline.readers import Refused, sniff

    try:
        return sniff(read_bytes(ws.raw, raw))
    except (OSError, Refused):
        return "unknown"


def _set_aside(part: Path, frames: Frames, counts: Counts) -> None:
    """Write the part of files that were not extracted, and count them; nothing where there are none but other parts."""
    from pipeline.runs.parts import write_frames

    if frames["files"].empty and any(part.parent.iterdir()):
        return
    write_frames(part, frames)
    counts.files.update(frames["files"]["status"].tolist())
    counts.reasons.update(frames["quarantine"]["reason"].tolist())
