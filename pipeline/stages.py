"""The stages of a run: ingest, extract, validate, load, publish. The command and Dagster's assets call these.

What passes from stage to stage lies under `work/`, so that each stage can be looked at and done again
alone: `plan.json` (what is to be done), `state.json` (how far it is), `extracted/` and `validated/` (the
frames as Parquet, in parts). A run that was killed is known by its state, and the next one does it again.
What does *not* belong here: how a file is read, what the warehouse looks like inside, and Dagster.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from filelock import FileLock, Timeout

from pipeline import register
from pipeline.document import RawFile
from pipeline.issues import reason_sentence
from pipeline.register import Pin, Plan
from pipeline.schema import EXTRACTED, FILES, PARTITIONED, QUARANTINE, REPORTS, TABLES, VALIDATIONS, Table
from pipeline.warehouse import Known, Published, Warehouse

# pandas takes a second to import, and a run with nothing to do needs none of it: pandas, `frames` and
# `parse` are imported inside the functions that make or read frames.
if TYPE_CHECKING:
    import pandas as pd

    from pipeline.fanout import Limits
    from pipeline.frames import Frames
    from pipeline.parse import Parsed

PART_FILES = 2_000
# The regulation has been in force since 1 May 2008. The upper end is fixed, so that the list of
# partitions does not depend on the day; a report beyond it is quarantined with a sentence that says so.
YEARS = range(2008, 2031)
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


class StageError(RuntimeError):
    """A stage cannot begin; the message says why and what to do."""


class Outcome(Protocol):
    """What a validation says of a part: its rows, and why which reports (by report_id) must not be loaded."""

    @property
    def validations(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def rejected(self) -> Mapping[str, str]: ...  # noqa: D102


@dataclass(frozen=True)
class Workspace:
    """The two folders of the project: the reports as they came, and the warehouse with its `work/`."""

    raw: Path
    root: Path

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
    that are done; `standing` counts the loaded reports that it leaves alone.
    """

    batch: str = ""
    stage: Stage = "nothing"
    late: tuple[str, ...] = ()
    losers: tuple[tuple[str, str], ...] = ()
    keys: tuple[Partition, ...] = ()
    loaded: tuple[Partition, ...] = ()
    standing: int = 0

    @property
    def pending(self) -> tuple[Partition, ...]:
        """Partitions that are still to be loaded."""
        return tuple(sorted(set(self.keys) - set(self.loaded)))


@dataclass(frozen=True)
class Extracted:
    """What an extraction gave: files by status, files in quarantine by reason, rows by table."""

    files: Counter[str]
    reasons: Counter[str]
    rows: Counter[str]


@dataclass(frozen=True)
class Validated:
    """What a validation gave: the reports judged, why which were rejected, and how many others are loaded."""

    reports: int
    rejected: Mapping[str, str]
    standing: int
    keys: tuple[Partition, ...]


# --- What is to be done ----------------------------------------------------------------------------


def plan(ws: Workspace, *, again: bool = False, hashing: bool = True) -> Plan:
    """What has changed since the last finished run; reads only files whose size or time is new.

    Without `hashing` it reads no file at all, which is enough to say whether there is work.
    Raises `InputError` for a folder or overrides that cannot be used.
    """
    past = register.Past(ws.warehouse.known(), _unfinished(ws))
    found = register.scan(ws.raw, past.files, hashing=hashing)
    if not found.files and len(past.seen) >= SURELY_NOT_MEANT:
        raise StageError(
            f"{ws.raw} holds no file, but {len(past.seen)} are in the warehouse. Is a disk missing? "
            f"If they are to go, remove {ws.root} too"
        )
    return register.plan(found, past, _pins(ws), register.fingerprint(), again=again)


def state(ws: Workspace) -> State:
    """How far the last batch is."""
    try:
        data = json.loads((ws.work / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State()
    keys, loaded = (tuple((code, year) for code, year in data[name]) for name in ("keys", "loaded"))
    losers = tuple((path, winner) for path, winner in data["losers"])
    return State(data["batch"], data["stage"], tuple(data["late"]), losers, keys, loaded, data["standing"])


def district_codes() -> frozenset[str]:
    """The codes of the register of divisions, of all years."""
    from pipeline.places import divisions

    return frozenset(d.code for d in divisions())


def _pins(ws: Workspace) -> dict[str, Pin]:
    """The overrides; district codes are looked up only where there are any."""
    if not (ws.raw / register.OVERRIDES).exists():
        return {}
    return register.read_overrides(ws.raw, district_codes())


def _unfinished(ws: Workspace) -> frozenset[str]:
    """The paths of a batch that was begun and not finished: their rows may be half loaded."""
    current = state(ws)
    return frozenset() if current.stage in ("nothing", "done") else frozenset(_displaced(ws, current))


# --- Ingest ----------------------------------------------------------------------------------------


def ingest(ws: Workspace, *, again: bool = False) -> Plan:
    """Look what has changed and note it as the batch that the other stages work on."""
    with exclusive(ws):
        _clean(ws)
        work = plan(ws, again=again)
        # A batch that is under way already keeps what is done of it; two runs may meet here.
        if not (_under_way(ws) and state(ws).batch == work.batch):
            _write(ws.work / "plan.json", register.plan_to_json(work))
            _save(ws, State(work.batch, "ingested"))
        return work


def note_times(ws: Workspace, work: Plan) -> None:
    """Note new times of files with the same content, so that they are not hashed again every night."""
    if work.touched:
        with exclusive(ws):
            _note_times(ws, work.touched)


def _note_times(ws: Workspace, touched: Sequence[RawFile]) -> None:
    """What is noted of a file is replaced whole: its rows are given again, from the published file."""
    if not touched or not ws.warehouse.is_published():
        return
    known = ws.warehouse.known()
    paths = [raw.path for raw in touched]
    files, quarantine = (
        ws.warehouse.read_frame(f"FROM {name} WHERE path IN (SELECT unnest(?))", [paths])
        for name in ("files", "quarantine")
    )
    again = [replace(known[raw.path], raw=raw) for raw in touched if raw.path in known]
    with ws.warehouse.writer() as writer:
        writer.record(files, quarantine, {}, again, ())


def _under_way(ws: Workspace) -> bool:
    return state(ws).stage not in ("nothing", "done")


def _clean(ws: Workspace) -> None:
    """Remove what a killed run has left half written."""
    ws.work.mkdir(parents=True, exist_ok=True)
    for left in (*ws.work.glob("*.part"), *ws.work.glob("error.txt")):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


# --- Extract ---------------------------------------------------------------------------------------


def extract(ws: Workspace, progress: Progress = lambda done, total: None) -> Extracted:
    """Parse every file of the batch into tidy frames, in parts of `PART_FILES` files.

    A file that cannot be used is a row of `quarantine`. Of two files with one report the first path stays.
    """
    with exclusive(ws):
        work, current = _plan(ws), _expect(ws, "ingested")
        claims = _Claims.of(ws, work)
        counts = Extracted(Counter(), Counter(), Counter())
        with _replacing(ws.work / "extracted") as folder:
            parsed = _parsed(ws, work, claims, progress)
            for number, batch in enumerate(iter(lambda: list(islice(parsed, PART_FILES)), []), 1):
                _hand_over(folder / f"{number:04d}", _part_frames(batch), counts)
            _hand_over(folder / ASIDE, _aside(ws, work, claims.unread), counts)
            _stop_if_reader_fails(claims.broken, len(work.todo), len(claims.holders))
        _save(ws, claims.state(current.batch))
        return counts


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


@dataclass
class _Claims:
    """Which file gives which report: the first path in order.

    `holders` are loaded and no part of the batch; `late` are those of them that have to stand back, and those
    that stood back before them; `losers` lead from a path to the one that it stands back before. `unread` and
    `broken` are what could not be read, and where the reader failed.
    """

    holders: dict[str, str]
    past: register.Past
    moved: frozenset[str]
    taken: dict[str, str] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)
    losers: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, ws: Workspace, work: Plan) -> _Claims:
        past = register.Past(ws.warehouse.known())
        with ws.warehouse.writer() as writer:
            loaded = writer.versions()
        first = {seen.raw.sha256: path for path, seen in sorted(past.seen.items(), reverse=True)}
        holders = {report: first[sha256] for report, (_, sha256) in loaded.items() if sha256 in first}
        moved = frozenset(work.displaced)
        return cls({report: path for report, path in holders.items() if path not in moved}, past, moved)

    def state(self, batch: str) -> State:
        """The state after the extraction."""
        losers = tuple(sorted(self.losers.items()))
        return State(batch, "extracted", tuple(self.late), losers, standing=len(self.holders))

    def winner(self, report_id: str, path: str) -> str:
        """The path that the report belongs to; a loaded file that comes later in order has to stand back."""
        holder = self.holders.get(report_id)
        if holder is not None and holder > path:
            del self.holders[report_id]
            self.late += sorted({holder, *self.past.waiting_for({holder})} - self.moved)
            holder = None
        first = holder or self.taken.setdefault(report_id, path)
        if first != path:
            self.losers[path] = first
        return first


def _parsed(ws: Workspace, work: Plan, claims: _Claims, progress: Progress) -> Iterator[Parsed]:
    """The files of the batch, then those that others have displaced, each parsed."""
    for number, parsed in enumerate(_read_all(ws, work.todo, claims), 1):
        yield from parsed
        progress(number, len(work.todo))
    pins = _pins(ws) if claims.late else {}
    late = [claims.past.seen[path].raw for path in claims.late]  # their reports are taken: none displaces another
    for parsed in _read_all(ws, [(raw, register.pin_of(raw, pins)) for raw in late], claims):
        yield from parsed


def _read_all(ws: Workspace, tasks: Sequence[tuple[RawFile, Pin | None]], claims: _Claims) -> Iterator[list[Parsed]]:
    """Each file parsed, in order; nothing for one that cannot be read, which is noted in `claims.unread`."""
    from pipeline.fanout import parse_all

    for raw, parsed in parse_all(ws.raw, tasks, LIMITS):
        if isinstance(parsed, OSError):
            claims.unread[raw.path] = parsed.strerror or str(parsed)
            yield []
            continue
        if parsed.refusal is not None and parsed.refusal.reason == "reader-failed":
            claims.broken.append(f"{raw.path}: {parsed.refusal.sentence}")
        yield [_contested(parsed, claims)]


def _contested(parsed: Parsed, claims: _Claims) -> Parsed:
    """The file as it is, or refused because its report is another file's or has no partition."""
    report = parsed.report
    if report is None or parsed.refusal is not None:
        return parsed
    if report.year not in YEARS:
        span = f"{YEARS[0]} to {YEARS[-1]}"
        sentence = reason_sentence("year-out-of-range", f"{report.year} is not within {span}, the")
        return _refused(parsed, "locate", "year-out-of-range", sentence)
    winner = claims.winner(report.report_id, parsed.raw.path)
    if winner != parsed.raw.path:
        return _refused(parsed, "load", "duplicate-report", reason_sentence("duplicate-report", winner))
    return parsed


def _refused(parsed: Parsed, stage: str, reason: str, sentence: str) -> Parsed:
    from pipeline.parse import Refusal

    return replace(parsed, refusal=Refusal(stage, reason, sentence))


def _part_frames(batch: Sequence[Parsed]) -> Frames:
    """The frames of one part, with a row of `files` for each file."""
    from pipeline.frames import extracted_frames

    rows = [
        {
            "path": p.raw.path,
            "file_sha256": p.raw.sha256,
            "size_bytes": p.raw.size_bytes,
            "format": p.format,
            "status": "quarantined" if p.refusal else "loaded",
            "report_id": p.report.report_id if p.report and not p.refusal else None,
        }
        for p in batch
    ]
    return {**extracted_frames(batch), "files": _frame(FILES, rows)}


def _aside(ws: Workspace, work: Plan, unread: Mapping[str, str]) -> Frames:
    """Files that are not extracted: copies of others, and those that cannot be read."""
    from pipeline.frames import empty

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
    frames = {table.name: empty(table) for table in EXTRACTED}
    return {**frames, "files": _frame(FILES, files), "quarantine": _frame(QUARANTINE, quarantine)}


def _format(ws: Workspace, raw: RawFile) -> str:
    from pipeline.readers import sniff

    try:
        return sniff(register.read_bytes(ws.raw, raw))
    except OSError:
        return "unknown"


def _hand_over(part: Path, frames: Frames, counts: Extracted) -> None:
    """Write a part and count what it holds."""
    _write_part(part, frames)
    for name in (table.name for table in EXTRACTED):
        counts.rows[name] += len(frames[name])
    counts.files.update(frames["files"]["status"].tolist())
    counts.reasons.update(frames["quarantine"]["reason"].tolist())


# --- Validate --------------------------------------------------------------------------------------


def validate(ws: Workspace, judge: Callable[[Frames], Outcome]) -> Validated:
    """Have every part with reports judged, put rejected reports aside, and find the partitions touched."""
    with exclusive(ws):
        current = _expect(ws, "extracted")
        rejected: dict[str, str] = {}
        reports = 0
        with _replacing(ws.work / "validated") as folder:
            for part in parts(ws, "extracted"):
                frames = _read_part(part)
                outcome = judge(frames) if len(frames["reports"]) else None
                reports += len(frames["reports"])
                rejected |= outcome.rejected if outcome else {}
                _write_part(folder / part.name, apply_validation(frames, outcome))
        keys = _touched(ws, _displaced(ws, current))
        _save(ws, replace(current, stage="validated", keys=keys, loaded=()))
        return Validated(reports, rejected, current.standing, keys)


def apply_validation(frames: Frames, outcome: Outcome | None) -> Frames:
    """The frames without the reports that must not be loaded; these become rows of `quarantine`."""
    import pandas as pd

    from pipeline.frames import empty

    if outcome is None:
        return {**frames, VALIDATIONS.name: empty(VALIDATIONS)}
    out = set(outcome.rejected)
    judged = {**frames, VALIDATIONS.name: outcome.validations}
    kept = {table.name: judged[table.name][~judged[table.name]["report_id"].isin(out)] for table in PARTITIONED}
    files = frames["files"].copy()
    files.loc[files["report_id"].isin(out), ["status", "report_id"]] = ["quarantined", None]
    aside = pd.concat([frames["quarantine"], _rejections(frames["reports"], outcome.rejected)])
    return {**kept, "files": files, "quarantine": aside.astype(QUARANTINE.dtypes)}


def _rejections(reports: pd.DataFrame, rejected: Mapping[str, str]) -> pd.DataFrame:
    """A row of `quarantine` for each report that breaks the contract."""
    out = reports[reports["report_id"].isin(set(rejected))]
    rows = out[["file_path", "file_sha256", "title", "publisher", "year"]].rename(columns={"file_path": "path"})
    rows = rows.assign(stage="validate", reason="contract", sentence=out["report_id"].map(rejected), candidates=None)
    return rows[list(QUARANTINE.column_names)].astype(QUARANTINE.dtypes)


def _touched(ws: Workspace, displaced: Sequence[str]) -> tuple[Partition, ...]:
    """The partitions of the reports that come and of those that go."""
    reports = read(ws, "validated", REPORTS)
    coming = {(str(c), int(y)) for c, y in zip(reports["district_code"], reports["year"], strict=True)}
    with ws.warehouse.writer() as writer:
        return tuple(sorted(coming | set(writer.partitions_of(displaced))))


# --- Load and publish ------------------------------------------------------------------------------


def load(ws: Workspace, keys: Collection[Partition]) -> dict[Partition, dict[str, int]]:
    """Replace these partitions in the build database, all or none; gives their rows by table."""
    if not keys:
        return {}
    with exclusive(ws):
        current = _expect(ws, "validated")
        gone = _displaced(ws, current)
        frames = {table.name: _in_keys(read(ws, "validated", table), keys) for table in PARTITIONED}
        with ws.warehouse.writer() as writer:
            frames["reports"] = _versioned(frames["reports"], writer.versions())
            rows = writer.load(sorted(keys), frames, gone)
        if current.stage != "done":
            _save(ws, replace(current, loaded=tuple(sorted({*current.loaded, *keys}))))
        return rows


def publish(ws: Workspace) -> Published:
    """Note what became of the files of the batch, and give analysts the new warehouse in one step.

    Raises `StageError` while a batch is only half loaded.
    """
    with exclusive(ws):
        current = state(ws)
        if current.stage in ("ingested", "extracted") or current.pending:
            raise StageError(
                f"A batch is under way ({current.stage}, {len(current.pending)} partitions to load): "
                "let it finish, or run `disclosure run`"
            )
        if current.stage == "validated":
            _record(ws, current)
            _save(ws, replace(current, stage="done"))
        published = ws.warehouse.publish()
        if current.stage == "validated":
            _note_times(ws, _plan(ws).touched)
        return published


def _record(ws: Workspace, current: State) -> None:
    from pipeline.frames import dimension_frames

    work = _plan(ws)
    files = read(ws, "validated", FILES)
    known = _now_known(ws, work, current, dict(zip(files["path"], files["file_sha256"], strict=True)))
    with ws.warehouse.writer() as writer:
        writer.record(files, read(ws, "validated", QUARANTINE), dimension_frames(), known, work.gone)


def _now_known(ws: Workspace, work: Plan, current: State, read_as: Mapping[str, str]) -> list[Known]:
    """What is known from now on. A file that could not be read has no SHA-256, so that it is tried again."""
    past = ws.warehouse.known() if current.late else {}
    again = [(past[path].raw, past[path].pin) for path in current.late]
    done = [(raw, pin.decides if pin else "") for raw, pin in work.todo]
    noted = [(raw, "") for raw, _ in (*work.copies, *work.unreadable)]
    losers = dict(current.losers)
    return [
        Known(
            replace(raw, sha256=read_as[raw.path]),
            register.outcome_of(work.fingerprint, losers.get(raw.path, "")),
            pin,
        )
        for raw, pin in (*done, *noted, *again)
    ]


def _versioned(reports: pd.DataFrame, loaded: Mapping[str, tuple[int, str]]) -> pd.DataFrame:
    """The reports with their versions: a changed file of a loaded report is one version more."""

    def version(report: str, sha256: str) -> int:
        last, before = loaded.get(report, (0, ""))
        return last if before == sha256 else last + 1

    pairs = zip(reports["report_id"], reports["file_sha256"], strict=True)
    return reports.assign(version=[version(*pair) for pair in pairs]).astype(REPORTS.dtypes)


def _in_keys(frame: pd.DataFrame, keys: Collection[Partition]) -> pd.DataFrame:
    import pandas as pd

    wanted = pd.MultiIndex.from_tuples(sorted(keys), names=["district_code", "year"])
    return frame[pd.MultiIndex.from_frame(frame[["district_code", "year"]]).isin(wanted)]


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


def read(ws: Workspace, stage: Literal["extracted", "validated"], table: Table) -> pd.DataFrame:
    """One table of a stage, over all parts."""
    import pandas as pd

    frames = [pd.read_parquet(part / f"{table.name}.parquet") for part in parts(ws, stage)]
    return pd.concat(frames, ignore_index=True).astype(table.dtypes)


def _read_part(part: Path) -> Frames:
    import pandas as pd

    return {
        file.stem: pd.read_parquet(file).astype(TABLES[file.stem].dtypes) for file in sorted(part.glob("*.parquet"))
    }


def _write_part(part: Path, frames: Frames) -> None:
    part.mkdir()
    for name, frame in frames.items():
        frame.to_parquet(part / f"{name}.parquet", index=False)


def _frame(table: Table, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(table.column_names)).astype(table.dtypes)


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A new folder that takes the place of an old one once it is complete."""
    new = folder.with_name(folder.name + ".part")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    yield new
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


def _plan(ws: Workspace) -> Plan:
    try:
        return register.plan_from_json((ws.work / "plan.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StageError("Nothing is planned: materialize raw_files first, or run `disclosure run`") from None


def _expect(ws: Workspace, stage: Stage) -> State:
    """The state of the batch, which must have come as far as `stage`."""
    current = state(ws)
    if _ORDER.index(current.stage) < _ORDER.index(stage):
        raise StageError(
            f"The batch is {current.stage}, not yet {stage}: do the stages in order, or run `disclosure run`"
        )
    return current


def _displaced(ws: Workspace, current: State) -> tuple[str, ...]:
    """Paths whose loaded rows go or are replaced."""
    return tuple(sorted({*_plan(ws).displaced, *current.late}))


def _save(ws: Workspace, new: State) -> None:
    _write(ws.work / "state.json", json.dumps(asdict(new), ensure_ascii=False))


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    new = file.with_name(file.name + ".part")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
