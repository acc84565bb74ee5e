"""Notes the outcome of the files of a batch, and publishes the warehouse in one step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, replace
from itertools import chain

from pipeline.document import file_of
from pipeline.raw.expected import read_expected
from pipeline.raw.verdicts import read_verdicts
from pipeline.runs import run_report
from pipeline.runs.plan import outcome_of
from pipeline.runs.plan_file import read_head
from pipeline.runs.planning import batch_entries, displaced_paths, entries_of_kind, write_times
from pipeline.runs.stage_parts import parts, read
from pipeline.runs.workspace import PLAN, BatchState, StageError, Workspace, exclusive, save, state
from pipeline.schema import (
    EXPECTED,
    FILES,
    QUARANTINE,
    REPORTS,
    RUNS,
    VALIDATIONS,
)
from pipeline.warehouse import (
    Known,
    Published,
    Writer,
)
from pipeline.warehouse.vanished import Vanished, vanished
from pipeline.warehouse.versions import partitions_in, version_before


def finish(ws: Workspace) -> bool:
    """Note what became of the files of the batch, once all of it is loaded; False where there is nothing to note.

    Raises `StageError` while a batch is only half loaded.
    """
    with exclusive(ws):
        return _finish(ws)


def _finish(ws: Workspace) -> bool:
    current = state(ws)
    if current.stage in ("ingested", "extracted") or current.pending:
        raise StageError(
            f"A batch is under way ({current.stage}, {len(current.pending)} partitions to load): "
            "let it finish, or run `disclosure run`"
        )
    if current.stage != "validated":
        return False
    not_loaded = _not_loaded(ws, current)
    _record(ws, current, not_loaded)
    unfinished = {*current.unfinished, *not_loaded}
    for path in chain(displaced_paths(ws, current), current.kept) if unfinished else ():
        if file_of(path) not in not_loaded:
            unfinished.discard(file_of(path))
    save(ws, replace(current, stage="done", unfinished=tuple(sorted(unfinished))))
    return True


def publish(ws: Workspace) -> Published:
    """Note what became of the files of the batch, and give analysts the new warehouse in one step.

    Raises `StageError` while a batch is only half loaded.
    """
    with exclusive(ws):
        with run_report.timed(ws.work, "publish"):
            touched = entries_of_kind(ws, "touched") if _finish(ws) else iter(())
            published = ws.warehouse.publish(first=lambda writer: _note_runs(ws, writer))
            write_times(ws, (entry.raw for entry in touched if entry.raw))
        said = published.vanished.sentence if published.vanished else None
        run_report.close(ws.work, run_report.ended(ws.work, said, published.path.name))
        return published


def compare_with_version_before(ws: Workspace) -> Vanished:
    """The partitions that the published file lacks and the one before had. Raises WarehouseError."""
    current = ws.warehouse.published.resolve()
    before = version_before(current)
    if before is None:
        return Vanished()
    return vanished(partitions_in(before, ws.work), partitions_in(current, ws.work))


def _note_runs(ws: Workspace, writer: Writer) -> None:
    """Put this run into the table `runs`, along with failed runs before it."""
    from pipeline.tables import blank, frame

    if current := run_report.ended(ws.work):
        rows = [{**blank(RUNS), **row} for row in (*run_report.rows(ws.work), current.row)]  # also those of other code
        writer.note_runs(frame(RUNS, rows))


def _not_loaded(ws: Workspace, current: BatchState) -> set[str]:
    """The files whose reports belong in partitions that could not be loaded, or should have left these."""
    if not current.failed:
        return set()
    reports = read(ws, "validated", REPORTS, ("district_code", "year", "file_path"))
    keys = zip(reports["district_code"], reports["year"], strict=True)
    coming = reports["file_path"][[key in current.failed for key in keys]]
    places = ws.warehouse.places()
    files = {file_of(path) for path in displaced_paths(ws, current)}
    leaving = (file for file in files if not set(current.failed).isdisjoint(places.get(file, ())))
    return {*map(file_of, coming), *leaving}


def _record(ws: Workspace, current: BatchState, not_loaded: Collection[str]) -> None:
    """Note files, quarantine and the tables that do not depend on reports; nothing about the `not_loaded` files."""
    from pipeline.dimensions import dimension_frames, verdict_frame
    from pipeline.tables import frame

    files, quarantine = ([part / f"{t.name}.parquet" for part in parts(ws, "validated")] for t in (FILES, QUARANTINE))
    expected = [dict(zip(EXPECTED.column_names, astuple(line), strict=True)) for line in read_expected(ws.raw)]
    decided = {"verdicts": verdict_frame(read_verdicts(ws.raw)), EXPECTED.name: frame(EXPECTED, expected)}
    dimensions = {**dimension_frames(), **decided}
    out = {*current.outside, *not_loaded}
    gone = [entry.path for entry in entries_of_kind(ws, "gone", {*out, *map(file_of, current.kept)})]
    past = ws.warehouse.known() if current.displaced else {}
    late = [past[path] for path in current.displaced if path not in not_loaded]
    known = _now_known(ws, late, current, out)
    with ws.warehouse.writer() as writer:
        recorded = writer.record(files, quarantine, dimensions, known, gone, ws.clock, _with_further(ws, not_loaded))
    number, kept = len(gone), len(current.kept)
    counted = {name: n for name, n in (("gone", number), ("kept", kept)) if n}
    run_report.add(ws.work, "files", {**recorded.files, **counted}, batches=1)
    run_report.add(ws.work, "reasons", recorded.reasons)
    run_report.add(ws.work, "checks", _failed_checks(ws))


def _with_further(ws: Workspace, files: Collection[str]) -> set[str]:
    """These files, and the paths of further reports in them."""
    paths = read(ws, "validated", FILES, ("path",))["path"] if files else ()
    return {*files, *(path for path in paths if file_of(path) in files)}


def _failed_checks(ws: Workspace) -> Counter[str]:
    """How many reports failed each rule."""
    import pyarrow.parquet as pq

    checks: Counter[str] = Counter()
    for part in parts(ws, "validated"):
        failed = pq.read_table(part / f"{VALIDATIONS.name}.parquet", columns=["rule"], filters=[("failed", ">", 0)])
        checks.update(failed.column("rule").to_pylist())
    return checks


def _now_known(ws: Workspace, late: Sequence[Known], current: BatchState, out: Collection[str]) -> Iterator[Known]:
    """What is known from now on, without the files in `out`; `late` is what was known of those read once more."""
    head = read_head(ws.work / PLAN)
    winners, tries = dict(current.winners), dict(current.tries)
    again = ((seen.raw, seen.pin) for seen in late)
    read_now = (
        (e.raw, e.pin.decides if e.pin else "") for e in batch_entries(ws, out) if e.raw and e.kind != "touched"
    )
    yield from (Known(raw, head.fingerprint) for raw in head.decisions)
    for raw, pin in chain(read_now, again):
        outcome = outcome_of(head.fingerprint, winners.get(raw.path, ""), tries.get(raw.path, 0))
        yield Known(raw, outcome, pin)
