"""The stages of a run: ingest, extract, validate, load, publish. The command and Dagster's assets call these.

What passes from stage to stage lies under `work/`, so that each stage can be looked at and done again
alone: `plan.jsonl` (what is to be done), `state.json` (how far it is), `extracted/` and `validated/` (the
frames as Parquet, in parts). A run that was killed is known by its state, and the next one does it again.
What does *not* belong here: how a file is read, what the warehouse looks like inside, and Dagster.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from filelock import FileLock, Timeout

from pipeline import register
from pipeline.coverage import Vanished, read_expected, vanished
from pipeline.document import RawFile
from pipeline.issues import reason_sentence
from pipeline.ranges import Range, narrowed
from pipeline.raw.archives import index_text, read_index
from pipeline.raw.folder import Folder, holds
from pipeline.raw.verdicts import read_verdicts
from pipeline.register import Entry, Kind, Pin, Plan
from pipeline.runs import run_report
from pipeline.runs.code_digest import fingerprint
from pipeline.schema import (
    EXPECTED,
    EXTRACTED,
    FILES,
    PARTITIONED,
    QUARANTINE,
    REPORTS,
    RUNS,
    VALIDATIONS,
    Table,
)
from pipeline.warehouse import (
    Clock,
    Known,
    Published,
    Warehouse,
    WarehouseBusyError,
    WarehouseError,
    WarehouseFullError,
    today,
)

# pandas takes a second to import, and a run with nothing to do needs none of it: pandas, `frames` and
# `parse` are imported inside the functions that make or read frames.
if TYPE_CHECKING:
    import pandas as pd

    from pipeline.frames import Frames
    from pipeline.runs.claims import Claims
    from pipeline.runs.file_result import Counts, Given
    from pipeline.runs.rejection import Judge
    from pipeline.runs.rivals import Rival
    from pipeline.runs.workers import Limits

# Validation takes 3 s for a part, whatever is in it, and a quarter of a MiB for each report of a part.
PART_FILES = 1_000
# Partitions with so many reports in all are loaded in one transaction: with more, DuckDB would need more memory or the
# disk, and each transaction takes half a second, whatever is in it.
LOAD_REPORTS = 4_000
# An input folder that has lost this many files at once and all of them is rather a missing disk.
SURELY_NOT_MEANT = 10
# Beyond this many, and more than half of a batch, what fails is our work and not the reports.
SINGLE_CASES = 5
LIMITS: Limits | None = None  # those of `fanout`, unless a test sets others
LOCK_WAIT_SECONDS = 600.0

Partition = tuple[str, int]
Progress = Callable[[int, int], None]
Stage = Literal["nothing", "ingested", "extracted", "validated", "done"]
_ORDER: tuple[Stage, ...] = ("nothing", "ingested", "extracted", "validated", "done")
ASIDE = "aside"
PLAN = "plan.jsonl"
ARCHIVES = "archives.json"


class StageError(RuntimeError):
    """A stage cannot begin; the message says why and what to do."""


@dataclass(frozen=True)
class Workspace:
    """The two folders of the project: the reports as they came, and the warehouse with its `work/`.

    `clock` gives the day by which versions of reports are dated. `documents` is where decoded documents are only
    looked up, in the place of `work/documents` where they are kept.
    """

    raw: Folder
    root: Path
    clock: Clock = field(default=today, compare=False)
    documents: Path | None = None

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse."""
        return Warehouse(self.root)

    @property
    def work(self) -> Path:
        """Where stages hand over to each other."""
        return self.root / "work"


@dataclass(frozen=True)
class State:
    """How far a batch is.

    `late` are files that were extracted again because another one takes their report; `losers` pairs of a
    file and the one that has its report; `keys` the partitions that the batch touches, `loaded` those of them
    that are done; `standing` counts the loaded reports that it leaves alone. `outside` are files that turned out
    not to be of the range that was wanted; `failed` partitions that could not be loaded. `owed` are files whose rows
    may be half loaded, by batches that were not finished.
    """

    batch: str = ""
    stage: Stage = "nothing"
    late: tuple[str, ...] = ()
    losers: tuple[tuple[str, str], ...] = ()
    keys: tuple[Partition, ...] = ()
    loaded: tuple[Partition, ...] = ()
    standing: int = 0
    outside: tuple[str, ...] = ()
    failed: tuple[Partition, ...] = ()
    owed: tuple[str, ...] = ()

    @property
    def pending(self) -> tuple[Partition, ...]:
        """Partitions that are still to be loaded."""
        return tuple(sorted(set(self.keys) - set(self.loaded)))


@dataclass(frozen=True)
class Validated:
    """What a validation gave: the reports judged, why which were rejected, and how many others are loaded."""

    reports: int
    rejected: Mapping[str, str]
    standing: int
    keys: tuple[Partition, ...]


# --- What is to be done ----------------------------------------------------------------------------


def plan(ws: Workspace, *, again: bool = False, hashing: bool = True, wanted: Range | None = None) -> Plan:
    """What has changed since the last finished run; reads only files whose size or time is new.

    Without `hashing` it reads no file at all, which is enough to say whether there is work. With a range only what
    is `wanted`, as far as it can be told without reading reports.
    Raises `InputError` for a folder or overrides that cannot be used.
    """
    past = register.Past(ws.warehouse.known(), _unfinished(ws))
    archives = read_index(ws.work / ARCHIVES)
    found = register.scan(ws.raw, past.files, hashing=hashing, archives=archives)
    if hashing and ws.work.is_dir() and {a.raw.path: a for a in found.archives} != archives:
        _write(ws.work / ARCHIVES, index_text(found.archives))
    if not found.files and len(past.seen) >= SURELY_NOT_MEANT:
        raise StageError(
            f"{ws.raw} holds no file, but {len(past.seen)} are in the warehouse. Is a disk missing? "
            f"If they are to go, remove {ws.root} too"
        )
    read_verdicts(ws.raw)  # a line that cannot be used stops the run before it has done anything
    read_expected(ws.raw)
    work = register.plan(found, past, _pins(ws), fingerprint(), again=again)
    return narrowed(work, wanted, ws.warehouse.places()) if wanted else work


def state(ws: Workspace) -> State:
    """How far the last batch is."""
    try:
        data = json.loads((ws.work / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State()
    keys, loaded, failed = (tuple((c, y) for c, y in data.get(name, ())) for name in ("keys", "loaded", "failed"))
    late, outside, owed = (tuple(data.get(name, ())) for name in ("late", "outside", "owed"))
    losers = tuple((path, winner) for path, winner in data["losers"])
    return State(
        data["batch"], data["stage"], late, losers, keys, loaded, data["standing"], outside, failed, owed
    )  # fmt: skip


def district_codes() -> frozenset[str]:
    """The codes of the register of divisions, of all years."""
    from pipeline.places import divisions

    return frozenset(d.code for d in divisions())


def _pins(ws: Workspace) -> dict[str, Pin]:
    """The overrides; district codes are looked up only where there are any."""
    if not holds(ws.raw, register.OVERRIDES):
        return {}
    return register.read_overrides(ws.raw, district_codes())


def _unfinished(ws: Workspace) -> frozenset[str]:
    """The paths of a batch that was begun and not finished: their rows may be half loaded."""
    current = state(ws)
    owed = frozenset(current.owed)
    return owed if current.stage in ("nothing", "done") else owed | frozenset(_displaced(ws, current))


# --- Ingest ----------------------------------------------------------------------------------------


def ingest(ws: Workspace, *, again: bool = False, wanted: Range | None = None, unplaced: bool = True) -> Plan:
    """Look what has changed and note it as the batch that the other stages work on.

    Of a range, files that have to be read to tell whether they are of it come with it where `unplaced` is asked for.
    """
    with exclusive(ws), run_report.timed(ws.work, "ingest"):
        _clean(ws)
        work = plan(ws, again=again, wanted=wanted)
        if wanted:
            work = _with_waiting(ws, work if unplaced else _without(work, work.unplaced))
        _begin(ws, work)
        return work


def prepare(ws: Workspace, work: Plan) -> Plan:
    """Note a plan, which was made before, as the batch that the other stages work on."""
    with exclusive(ws):
        _clean(ws)
        whole = _with_waiting(ws, work)
        _begin(ws, whole)
        return whole


def prepared(ws: Workspace) -> Plan:
    """The batch that was noted last. Raises `StageError` where there is none."""
    _expect(ws, "ingested")
    return _plan(ws)


def _begin(ws: Workspace, work: Plan) -> None:
    """A batch that is under way already keeps what is done of it; two runs may meet here."""
    under_way = _under_way(ws)
    if under_way or not run_report.is_begun(ws.work):
        run_report.begin(ws.work)
    if not (under_way and state(ws).batch == work.batch):
        owed = tuple(sorted(_unfinished(ws)))
        with _replacing_file(ws.work / PLAN) as new:
            register.write_plan(new, work)
        _save(ws, State(work.batch, "ingested", owed=owed))


def _with_waiting(ws: Workspace, work: Plan) -> Plan:
    """The part of a plan, with the files that stand back before one of its files and so are to be read with it."""
    past = register.Past(ws.warehouse.known())
    waiting = sorted(past.waiting_for(set(work.displaced)) - set(work.displaced))
    here = [past.seen[path].raw for path in waiting if holds(ws.raw, path)]
    pins = _pins(ws) if here else {}
    more = tuple((raw, register.pin_of(raw, pins)) for raw in here)
    return replace(work, todo=tuple(sorted((*work.todo, *more), key=lambda task: task[0].path)))


def note_times(ws: Workspace, touched: Sequence[RawFile]) -> None:
    """Note new times of files with the same content, so that they are not hashed again every night."""
    if touched:
        with exclusive(ws):
            _note_times(ws, touched)


def _note_times(ws: Workspace, touched: Iterable[RawFile]) -> None:
    left = iter(touched)
    if first := next(left, None):
        with ws.warehouse.writer() as writer:
            writer.note_times(chain([first], left))


def _under_way(ws: Workspace) -> bool:
    return state(ws).stage not in ("nothing", "done")


def _clean(ws: Workspace) -> None:
    """Remove what a killed run has left half written."""
    ws.work.mkdir(parents=True, exist_ok=True)
    for left in (*ws.work.glob("*.part"), *ws.work.glob("error.txt")):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)  # what is being written into goes the next time
        else:
            left.unlink()


# --- Extract ---------------------------------------------------------------------------------------


def extract(ws: Workspace, progress: Progress = lambda done, total: None) -> Counts:
    """Parse every file of the batch into tidy frames, in parts of `PART_FILES` files.

    A file that cannot be used is a row of `quarantine`. Of two files with one report the first path stays.
    """
    from pipeline.runs.file_result import Counts, in_parts, write_part

    with exclusive(ws), run_report.timed(ws.work, "extract"):
        work, current = _plan(ws), _expect(ws, "ingested")
        claims = _claims(ws, work)
        counts = Counts()
        with _replacing(ws.work / "extracted") as folder:
            given = _given(ws, work, claims, progress)
            for number, files in enumerate(in_parts(given, PART_FILES), 1):
                write_part(folder / f"{number:04d}", files, counts)
            if claims.rivals:
                _tell_rivals_apart(ws, sorted(folder.iterdir()), claims.rivals)
            _set_aside(folder / ASIDE, _aside(ws, _without(work, claims.outside), claims.unread), counts)
            _stop_if_reader_fails(claims.broken, len(work.todo), len(claims.holders))
        _save(ws, _extracted(claims, current))
        _prune_cache(ws, work)
        return counts


def _tell_rivals_apart(ws: Workspace, folders: Sequence[Path], rivals: Mapping[str, Rival]) -> None:
    from pipeline.runs.rivals import tell_apart

    with ws.warehouse.writer() as writer:
        tell_apart(folders, rivals, writer)


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
        loaded = {report: sha256 for report, (_, sha256) in writer.versions().items()}
    return Claims.of(register.Past(ws.warehouse.known()), loaded, work)


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
    )


def _given(ws: Workspace, work: Plan, claims: Claims, progress: Progress) -> Iterator[Given]:
    """What the files of the batch give, then those that others have displaced."""
    for number, given in enumerate(_read_all(ws, work.todo, claims), 1):
        yield from given
        progress(number, len(work.todo))
    pins = _pins(ws) if claims.late else {}
    late = [claims.past.seen[path].raw for path in claims.late]  # their reports are taken: none displaces another
    for given in _read_all(ws, [(raw, register.pin_of(raw, pins)) for raw in late], claims):
        yield from given


def _read_all(ws: Workspace, tasks: Sequence[tuple[RawFile, Pin | None]], claims: Claims) -> Iterator[list[Given]]:
    """What each file gives, in order; nothing for one that cannot be read, which is noted in `claims.unread`."""
    from pipeline.runs.claims import contested, is_outside
    from pipeline.runs.file_result import given_up
    from pipeline.runs.workers import work_all

    for raw, given in work_all(ws.raw, tasks, _reading(ws), given_up, LIMITS):
        if isinstance(given, ConnectionError):  # the others would not come either, and what is loaded would go
            raise StageError(f"{given}; nothing was loaded, and the next run tries again")
        if isinstance(given, OSError):
            claims.unread[raw.path] = given.strerror or str(given)
            yield []
            continue
        if claims.wanted and raw.path in claims.unplaced and is_outside(given, claims.wanted):
            claims.outside.append(raw.path)
            yield []
            continue
        if given.refusal is not None and given.refusal.reason == "reader-failed":
            claims.broken.append(f"{raw.path}: {given.refusal.sentence}")
        yield [contested(given, claims)]


def _reading(ws: Workspace) -> Callable[[Folder, RawFile, Pin | None], Given]:
    """What a worker does with a file: PDF pages that were decoded before are taken from the cache."""
    from pipeline.runs.file_result import read_and_tabulate
    from pipeline.runs.page_cache import Caching, limit

    if not limit():
        return read_and_tabulate
    return Caching(ws.documents or ws.work / "documents", adding=ws.documents is None)


def _aside(ws: Workspace, work: Plan, unread: Mapping[str, str]) -> Frames:
    """Files that are not extracted: copies of others, and those that cannot be read."""
    from pipeline.runs.parts import frame_of

    files, quarantine = [], []
    for raw, first in work.copies:
        kind = {"format": _format(ws, raw), "status": "duplicate", "duplicate_of": first}
        files.append({"path": raw.path, "file_sha256": raw.sha256, "size_bytes": raw.size_bytes, **kind})
    sizes = {raw.path: raw.size_bytes for raw, _ in (*work.todo, *work.unreadable)}
    for path, detail in sorted({**{raw.path: why for raw, why in work.unreadable}, **unread}.items()):
        kind = {"format": "unknown", "status": "quarantined"}
        files.append({"path": path, "file_sha256": "", "size_bytes": sizes.get(path, 0), **kind})
        why = {"stage": "read", "reason": "unreadable", "sentence": reason_sentence("unreadable", detail)}
        quarantine.append({"path": path, "file_sha256": "", **why})
    frames = {table.name: frame_of(table) for table in EXTRACTED}
    return {**frames, "files": frame_of(FILES, files), "quarantine": frame_of(QUARANTINE, quarantine)}


def _format(ws: Workspace, raw: RawFile) -> str:
    from pipeline.readers import sniff

    try:
        return sniff(register.read_bytes(ws.raw, raw))
    except OSError:
        return "unknown"


def _set_aside(part: Path, frames: Frames, counts: Counts) -> None:
    """Write the part of files that were not extracted, and count them."""
    from pipeline.runs.parts import write_frames

    write_frames(part, frames)
    counts.files.update(frames["files"]["status"].tolist())
    counts.reasons.update(frames["quarantine"]["reason"].tolist())


# --- Validate --------------------------------------------------------------------------------------


def validate(ws: Workspace, judge: Judge) -> Validated:
    """Have every part judged and rejected reports put aside, and find the partitions touched."""
    with exclusive(ws), run_report.timed(ws.work, "validate"):
        current = _expect(ws, "extracted")
        rejected: dict[str, str] = {}
        reports = 0
        with _replacing(ws.work / "validated") as folder:
            for judged in judge([(part, folder / part.name) for part in parts(ws, "extracted")]):
                reports += judged.reports
                rejected |= judged.rejected
        keys = _touched(ws, _displaced(ws, current))
        _save(ws, replace(current, stage="validated", keys=keys, loaded=()))
        return Validated(reports, rejected, current.standing, keys)


def _touched(ws: Workspace, displaced: Iterable[str]) -> tuple[Partition, ...]:
    """The partitions of the reports that come and of those that go."""
    reports = read(ws, "validated", REPORTS, ("district_code", "year"))
    coming = {(str(c), int(y)) for c, y in zip(reports["district_code"], reports["year"], strict=True)}
    with ws.warehouse.writer() as writer:
        return tuple(sorted(coming | set(writer.partitions_of(displaced))))


# --- Load and publish ------------------------------------------------------------------------------


Holding = Mapping[Path, Mapping[Partition, int]]
"""How many reports of which partitions lie in each part."""


def load(ws: Workspace, keys: Collection[Partition], holding: Holding | None = None) -> dict[Partition, dict[str, int]]:
    """Replace these partitions in the build database, all or none; gives their rows by table.

    Only the parts are looked at in which their reports lie: those that `holding` tells, where that is known already.
    """
    if not keys:
        return {}
    with exclusive(ws), run_report.timed(ws.work, "load"):
        current = _expect(ws, "validated")
        lying = _holding(ws, keys) if holding is None else holding
        found = [part for part, reports in lying.items() if not reports.keys().isdisjoint(keys)]
        files = {t.name: [part / f"{t.name}.parquet" for part in found] for t in PARTITIONED}
        with ws.warehouse.writer() as writer:
            rows = writer.load(sorted(keys), files, _displaced(ws, current), ws.clock)
        if current.stage != "done":
            _save(ws, replace(current, loaded=tuple(sorted({*current.loaded, *keys}))))
        loaded: Counter[str] = Counter()
        for counts in rows.values():
            loaded.update(counts)
        run_report.add(ws.work, "rows", loaded, partitions=len(rows))
        return rows


def _holding(ws: Workspace, keys: Collection[Partition]) -> Holding:
    """How many of the reports of these partitions lie in each part; reads two columns."""
    import pyarrow.parquet as pq

    wanted, years = set(keys), sorted({year for _, year in keys})
    holding: dict[Path, dict[Partition, int]] = {}
    for part in parts(ws, "validated"):
        file, columns = part / f"{REPORTS.name}.parquet", ["district_code", "year"]
        reports = pq.read_table(file, columns=columns, filters=[("year", "in", years)]).group_by(columns)
        counts = reports.aggregate([([], "count_all")]).to_pylist()
        found = {(row["district_code"], row["year"]): row["count_all"] for row in counts}
        holding[part] = {key: number for key, number in found.items() if key in wanted}
    return holding


@dataclass(frozen=True)
class Loaded:
    """The rows of each partition that was loaded, by table, and why which others could not be."""

    rows: Mapping[Partition, Mapping[str, int]]
    failed: Mapping[Partition, str]


def load_each(ws: Workspace, keys: Collection[Partition]) -> Loaded:
    """Replace these partitions, so many at once as memory holds; where some cannot be loaded, the others all the same.

    What helps against none of them, as a full disk, is raised.
    """
    rows: dict[Partition, dict[str, int]] = {}
    failed: dict[Partition, str] = {}
    _expect(ws, "validated")
    holding = _holding(ws, keys)
    for some in _at_once(sorted(keys), holding):
        loaded, not_loaded = _load_what_can_be(ws, some, holding)
        rows |= loaded
        failed |= not_loaded
    if failed and len(rows) + len(failed) > 1:
        # A report that moved can be loaded once it has left its former partition, or together with that.
        more, _ = _load_what_can_be(ws, sorted(failed), holding)
        rows |= more
    return Loaded(rows, {key: why for key, why in failed.items() if key not in rows})


def _at_once(keys: Sequence[Partition], holding: Holding) -> Iterator[list[Partition]]:
    """The partitions, so many at a time as have `LOAD_REPORTS` reports in all."""
    reports: Counter[Partition] = Counter()
    for lying in holding.values():
        reports.update(lying)
    some: list[Partition] = []
    number = 0
    for key in keys:
        some.append(key)
        number += reports[key]
        if number >= LOAD_REPORTS:
            yield some
            some, number = [], 0
    if some:
        yield some


def _load_what_can_be(
    ws: Workspace, keys: Sequence[Partition], holding: Holding
) -> tuple[dict[Partition, dict[str, int]], dict[Partition, str]]:
    """Halves what cannot be loaded together, until the partitions are found that cannot be loaded at all."""
    try:
        return load(ws, keys, holding), {}
    except (WarehouseBusyError, WarehouseFullError):
        raise
    except WarehouseError as error:
        if len(keys) == 1:
            return {}, {keys[0]: str(error)}
    half = len(keys) // 2
    rows, failed = _load_what_can_be(ws, keys[:half], holding)
    more_rows, more_failed = _load_what_can_be(ws, keys[half:], holding)
    return rows | more_rows, failed | more_failed


def loadable(ws: Workspace) -> frozenset[Partition]:
    """The partitions for which the last validated batch holds rows, or should remove some."""
    return frozenset(_expect(ws, "validated").keys)


def leave_out(ws: Workspace) -> tuple[Partition, ...]:
    """Take the partitions that are still to be loaded out of the batch, so that the rest of it can be published.

    Their files count as not done, and the next run tries them again.
    """
    with exclusive(ws):
        current = state(ws)
        out = current.pending
        if out:
            keys = tuple(key for key in current.keys if key not in out)
            _save(ws, replace(current, keys=keys, failed=tuple(sorted({*current.failed, *out}))))
        return out


def give_up(ws: Workspace) -> None:
    """Leave the batch as it is, so that another can begin: what may be half loaded is remembered for the next run."""
    with exclusive(ws):
        current = state(ws)
        owed = _unfinished(ws) if current.stage == "validated" else current.owed
        _save(ws, State(owed=tuple(sorted(owed))))


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
    unfit = _unfit(ws, current)
    _record(ws, current, unfit)
    owed = {*current.owed, *unfit}
    for path in _displaced(ws, current) if owed else ():
        if path not in unfit:
            owed.discard(path)
    _save(ws, replace(current, stage="done", owed=tuple(sorted(owed))))
    return True


def publish(ws: Workspace) -> Published:
    """Note what became of the files of the batch, and give analysts the new warehouse in one step.

    Raises `StageError` while a batch is only half loaded.
    """
    with exclusive(ws):
        with run_report.timed(ws.work, "publish"):
            touched = _of_kind(ws, "touched") if _finish(ws) else iter(())
            _note_runs(ws)
            before = _published_partitions(ws)
            published = ws.warehouse.publish()
            lost = vanished(before, _published_partitions(ws)) if published.renewed else Vanished()
            _note_times(ws, (entry.raw for entry in touched if entry.raw))
        said = lost.sentence if lost else None
        run_report.close(ws.work, run_report.ended(ws.work, said, published.path.name))
        return replace(published, vanished=lost)


def _published_partitions(ws: Workspace) -> set[Partition]:
    """The partitions of what is published; none where nothing is, or it cannot be read."""
    try:
        found = ws.warehouse.query("SELECT DISTINCT district_code, year FROM reports")[1]
    except WarehouseError:
        return set()
    return {(code, year) for code, year in found}


def _note_runs(ws: Workspace) -> None:
    """Put this run into the table `runs`, with those before that failed."""
    from pipeline.runs.parts import frame_of

    if current := run_report.ended(ws.work):
        rows = [*run_report.rows(ws.work), current.row]
        with ws.warehouse.writer() as writer:
            writer.note_runs(frame_of(RUNS, rows))


def _unfit(ws: Workspace, current: State) -> set[str]:
    """The files whose reports come into partitions that could not be loaded, or should have left them."""
    if not current.failed:
        return set()
    reports = read(ws, "validated", REPORTS, ("district_code", "year", "file_path"))
    keys = zip(reports["district_code"], reports["year"], strict=True)
    coming = reports["file_path"][[key in current.failed for key in keys]]
    places = ws.warehouse.places()
    return {*coming, *(path for path in _displaced(ws, current) if places.get(path) in current.failed)}


def _record(ws: Workspace, current: State, unfit: Collection[str]) -> None:
    """Note files, quarantine and what does not depend on reports; nothing of the `unfit` files."""
    from pipeline.frames import dimension_frames, verdict_frame
    from pipeline.runs.parts import frame_of

    files, quarantine = ([part / f"{t.name}.parquet" for part in parts(ws, "validated")] for t in (FILES, QUARANTINE))
    expected = [dict(zip(EXPECTED.column_names, astuple(line), strict=True)) for line in read_expected(ws.raw)]
    decided = {"verdicts": verdict_frame(read_verdicts(ws.raw)), EXPECTED.name: frame_of(EXPECTED, expected)}
    dimensions = {**dimension_frames(), **decided}
    out = {*current.outside, *unfit}
    gone = (entry.path for entry in _of_kind(ws, "gone", out))
    past = ws.warehouse.known() if current.late else {}
    late = [past[path] for path in current.late if path not in unfit]
    known = _now_known(ws, late, dict(current.losers), out)
    with ws.warehouse.writer() as writer:
        recorded = writer.record(files, quarantine, dimensions, known, gone, ws.clock, unfit)
    number = sum(1 for _ in _of_kind(ws, "gone", out))
    run_report.add(ws.work, "files", {**recorded.files, **({"gone": number} if number else {})}, batches=1)
    run_report.add(ws.work, "reasons", recorded.reasons)
    run_report.add(ws.work, "checks", _failed_checks(ws))


def _failed_checks(ws: Workspace) -> Counter[str]:
    """How many reports failed each rule."""
    import pyarrow.parquet as pq

    checks: Counter[str] = Counter()
    for part in parts(ws, "validated"):
        failed = pq.read_table(part / f"{VALIDATIONS.name}.parquet", columns=["rule"], filters=[("failed", ">", 0)])
        checks.update(failed.column("rule").to_pylist())
    return checks


def _now_known(
    ws: Workspace, late: Sequence[Known], losers: Mapping[str, str], out: Collection[str]
) -> Iterator[Known]:
    """What is known from now on, but for the files in `out`; `late` is what was known of those read once more."""
    head = register.read_head(ws.work / PLAN)
    again = ((seen.raw, seen.pin) for seen in late)
    read_now = ((e.raw, e.pin.decides if e.pin else "") for e in _entries(ws, out) if e.raw and e.kind != "touched")
    yield from (Known(raw, head.fingerprint) for raw in head.decisions)
    for raw, pin in chain(read_now, again):
        yield Known(raw, register.outcome_of(head.fingerprint, losers.get(raw.path, "")), pin)


# --- What lies between the stages ------------------------------------------------------------------


@contextmanager
def exclusive(ws: Workspace, wait_seconds: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
    """One stage at a time, of whatever process; the system frees the lock of one that dies."""
    ws.work.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(ws.work / "stage.lock", timeout=wait_seconds):
            yield
    except Timeout:
        raise StageError(f"Another run has been at work in {ws.work} for {wait_seconds:.0f} seconds") from None


@contextmanager
def only_run(ws: Workspace, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """One `disclosure run` at a time; `waiting` is called where another one is at work."""
    ws.work.mkdir(parents=True, exist_ok=True)
    lock = FileLock(ws.work / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def is_at_work(ws: Workspace, lock: Literal["run", "stage"]) -> bool:
    """Whether a process holds the lock of `disclosure run`, or of a stage."""
    file = ws.work / f"{lock}.lock"
    if not file.exists():
        return False
    try:
        with FileLock(file, timeout=0):
            return False
    except Timeout:
        return True


def parts(ws: Workspace, stage: Literal["extracted", "validated"]) -> list[Path]:
    """The folders of the parts of a stage, in order."""
    return sorted(folder for folder in (ws.work / stage).iterdir() if folder.is_dir())


def read(
    ws: Workspace, stage: Literal["extracted", "validated"], table: Table, columns: Sequence[str] = ()
) -> pd.DataFrame:
    """One table of a stage, over all parts: these columns of it, or all."""
    import pandas as pd

    wanted = list(columns or table.column_names)
    frames = [pd.read_parquet(part / f"{table.name}.parquet", columns=wanted) for part in parts(ws, stage)]
    return pd.concat(frames, ignore_index=True).astype({name: table.dtypes[name] for name in wanted})


def count(ws: Workspace, stage: Literal["extracted", "validated"], table: Table) -> int:
    """How many rows a table of a stage has, over all parts; reads none of them."""
    import pyarrow.parquet as pq

    found = (pq.read_metadata(part / f"{table.name}.parquet") for part in parts(ws, stage))
    return sum(metadata.num_rows for metadata in found)


def sample(ws: Workspace, stage: Literal["extracted", "validated"], table: Table, rows: int) -> pd.DataFrame:
    """The first rows of a table of a stage; reads no more than the parts that have them."""
    import pyarrow.parquet as pq

    from pipeline.frames import empty

    for part in parts(ws, stage):
        for batch in pq.ParquetFile(part / f"{table.name}.parquet").iter_batches(rows):
            if batch.num_rows:
                found: pd.DataFrame = batch.to_pandas()
                return found.astype(table.dtypes)
    return empty(table)


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A new folder that takes the place of an old one once it is complete.

    Its name is given once: a process of a run that was killed may still be writing into the one of that run.
    """
    new = folder.with_name(f"{folder.name}.{uuid4().hex}.part")
    new.mkdir(parents=True)
    yield new
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


def _plan(ws: Workspace) -> Plan:
    try:
        return register.read_plan(ws.work / PLAN)
    except FileNotFoundError:
        raise StageError("Nothing is planned: materialize raw_files first, or run `disclosure run`") from None


def _entries(ws: Workspace, out: Collection[str] = ()) -> Iterator[Entry]:
    """The files of the batch, one after the other, without those in `out` and their copies."""
    for entry in register.read_entries(ws.work / PLAN):
        if entry.path not in out and not (entry.kind == "copies" and entry.detail in out):
            yield entry


def _of_kind(ws: Workspace, kind: Kind, out: Collection[str] = ()) -> Iterator[Entry]:
    return (entry for entry in _entries(ws, out) if entry.kind == kind)


def _expect(ws: Workspace, stage: Stage) -> State:
    """The state of the batch, which must have come as far as `stage`."""
    current = state(ws)
    if _ORDER.index(current.stage) < _ORDER.index(stage):
        raise StageError(
            f"The batch is {current.stage}, not yet {stage}: do the stages in order, or run `disclosure run`"
        )
    return current


def _displaced(ws: Workspace, current: State) -> Iterator[str]:
    """Paths whose loaded rows go or are replaced."""
    yield from (entry.path for entry in _entries(ws, set(current.outside)) if entry.kind != "touched")
    yield from current.late


def _without(work: Plan, paths: Collection[str]) -> Plan:
    """A plan without these files and their copies."""
    out = set(paths)
    return replace(
        work,
        todo=tuple((raw, pin) for raw, pin in work.todo if raw.path not in out),
        copies=tuple((raw, first) for raw, first in work.copies if not {raw.path, first} & out),
        unreadable=tuple((raw, why) for raw, why in work.unreadable if raw.path not in out),
        gone=tuple(path for path in work.gone if path not in out),
    )


def _save(ws: Workspace, new: State) -> None:
    _write(ws.work / "state.json", json.dumps(asdict(new), ensure_ascii=False))


def _write(file: Path, text: str) -> None:
    with _replacing_file(file) as new:
        new.write_text(text, encoding="utf-8")


@contextmanager
def _replacing_file(file: Path) -> Iterator[Path]:
    """A new file that takes the place of an old one, whole or not at all."""
    new = file.with_name(file.name + ".part")
    yield new
    new.replace(file)
