"""The report that each run leaves for people: `work/runs/<start>.md` and `.json`, and its row in the table `runs`.

While a run is under way its stages add to `work/notes.json`; a run that was killed leaves only these notes, which the
next one starts afresh. A run that has nothing to do notes nothing. What does *not* belong here: what a stage does.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipeline.durable import put_in_place
from pipeline.issues import advice
from pipeline.plain import plain_json, plain_markdown
from pipeline.schema import RunOutcome

KEPT = 50
NOTES = "notes.json"
FOLDER = "runs"
SHOWN = 20

CountKind = Literal["files", "reasons", "rows", "checks", "seconds"]


class RunFailedError(RuntimeError):
    """A part of a run failed; the message says which and why, the trace shows where in the code."""

    def __init__(self, message: str, trace: str) -> None:
        super().__init__(message)
        self.trace = trace


@dataclass(frozen=True)
class Notes:
    """The work that a run has done so far: counts by kind and name, and failures by place.

    `batches` counts what was finished and `partitions` what was loaded; `peak_bytes` is the most memory that the
    process took, without the processes that read and validate for it: once they have ended, the system
    reports nothing about them.
    """

    run: str
    started_at: str
    files: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    checks: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    batches: int = 0
    partitions: int = 0
    peak_bytes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class RunReport:
    """A run that has ended: what it did, how it ended, what it published, and what a person should do now."""

    notes: Notes
    outcome: RunOutcome
    ended_at: str
    version: str | None = None
    vanished: str | None = None

    @property
    def total_seconds(self) -> float:
        """The seconds from its beginning to its end."""
        ended, started = (datetime.fromisoformat(text) for text in (self.ended_at, self.notes.started_at))
        return (ended - started).total_seconds()

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The matters that need a person, one sentence each."""
        lost = [f"{self.vanished}: look whether a folder is missing"] if self.vanished else []
        failed = [f"{where} failed: {why}" for where, why in self.notes.failures.items()]
        reasons = [f"{n:,} × {reason}: {advice(reason)}" for reason, n in _ordered(self.notes.reasons)]
        return (*failed, *lost, *reasons)

    @property
    def row(self) -> dict[str, Any]:
        """Its row in the table `runs`."""
        files = self.notes.files
        return {
            "run": self.notes.run,
            "started_at": self.notes.started_at,
            "ended_at": self.ended_at,
            "outcome": self.outcome,
            "files": sum(files.get(name, 0) for name in ("new", "changed", "read again", "gone")),
            "files_loaded": files.get("loaded", 0),
            "files_quarantined": files.get("quarantined", 0),
            "partitions": self.notes.partitions,
            "rows_loaded": sum(self.notes.rows.values()),
            "seconds": self.total_seconds,
        }


# --- While it is under way -------------------------------------------------------------------------


def begin(work: Path) -> None:
    """Begin a new run; the notes of one that was killed are dropped."""
    now = datetime.now(UTC)
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    later = (f"{stamp}-{number}" for number in range(2, sys.maxsize))
    free = next(name for name in (stamp, *_first(later, KEPT)) if not (work / FOLDER / f"{name}.json").exists())
    _save(work, Notes(free, _iso(now)))


def _first(names: Iterator[str], number: int) -> list[str]:
    return [name for name, _ in zip(names, range(number), strict=False)]


def is_begun(work: Path) -> bool:
    """Whether a run is taking notes, or was when it was killed."""
    return (work / NOTES).exists()


def add(work: Path, kind: CountKind, counts: Mapping[str, float], *, partitions: int = 0, batches: int = 0) -> None:
    """Add to the notes; do nothing where no run has begun."""
    if not is_begun(work):
        return
    told = {**asdict(_load(work))}
    told[kind] = dict(Counter(told[kind]) + Counter(counts))
    told["partitions"] += partitions
    told["batches"] += batches
    _save(work, Notes(**told))


def fail(work: Path, where: str, why: str) -> None:
    """Note a failure by the name of the piece of work or partition."""
    if is_begun(work):
        told = asdict(_load(work))
        _save(work, Notes(**{**told, "failures": {**told["failures"], where: why}}))


@contextmanager
def timed(work: Path, stage: str) -> Iterator[None]:
    """Note how long the block takes, as this stage, and how much memory was taken so far."""
    start = time.perf_counter()
    try:
        yield
    finally:
        if is_begun(work):
            told = asdict(_load(work))
            seconds = {**told["seconds"], stage: told["seconds"].get(stage, 0.0) + time.perf_counter() - start}
            peak = {who: max(told["peak_bytes"].get(who, 0), most) for who, most in _peak().items()}
            _save(work, Notes(**{**told, "seconds": seconds, "peak_bytes": peak}))


def _peak() -> dict[str, int]:
    """The most memory that this process took."""
    unit = 1 if sys.platform == "darwin" else 1024
    return {"main": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}


def _load(work: Path) -> Notes:
    """The notes; only a beginning as of now where they cannot be read, as after a power cut."""
    try:
        return Notes(**json.loads((work / NOTES).read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        now = datetime.now(UTC)
        return Notes(f"{now:%Y%m%dT%H%M%SZ}", _iso(now))


def _save(work: Path, notes: Notes) -> None:
    work.mkdir(parents=True, exist_ok=True)
    _write(work / NOTES, plain_json(asdict(notes)))


# --- When it has ended -----------------------------------------------------------------------------


def ended(
    work: Path, vanished: str | None = None, version: str | None = None, *, failed: bool = False
) -> RunReport | None:
    """The report of the run so far; None where no run has begun, or it finished nothing and did not fail."""
    if not is_begun(work):
        return None
    notes = _load(work)
    if not (notes.batches or notes.failures or failed):
        return None
    outcome: RunOutcome = "failed" if failed else "incomplete" if notes.failures else "done"
    return RunReport(notes, outcome, _iso(datetime.now(UTC)), version, vanished)


def close(work: Path, report: RunReport | None) -> None:
    """Write the report, of which the newest 50 are kept, and end the notes."""
    if report:
        folder = work / FOLDER
        folder.mkdir(exist_ok=True)
        told = {**asdict(report), "row": report.row, "next_steps": report.next_steps}
        _write(folder / f"{report.notes.run}.md", markdown(report))
        _write(folder / f"{report.notes.run}.json", plain_json(told, indent=1))
        for old in reports(work)[:-KEPT]:
            old.unlink()
            old.with_suffix(".md").unlink(missing_ok=True)
    (work / NOTES).unlink(missing_ok=True)


def reports(work: Path) -> list[Path]:
    """The reports as JSON files, the oldest first."""
    return sorted((work / FOLDER).glob("*.json"), key=lambda file: (file.stem[:16], len(file.stem), file.stem))


def last(work: Path) -> RunReport | None:
    """The report of the last run; None where there is none that can be read."""
    found = reports(work)
    return _read(found[-1]) if found else None


def rows(work: Path) -> list[dict[str, Any]]:
    """The rows of all kept reports: those of failed runs enter the table with the next run's."""
    return [report.row for file in reports(work) if (report := _read(file))]


def _read(file: Path) -> RunReport | None:
    """A report; None where a person has changed the file so that it no longer is one."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return RunReport(
            Notes(**told["notes"]), *(told[name] for name in ("outcome", "ended_at", "version", "vanished"))
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


# --- For people ------------------------------------------------------------------------------------


def markdown(report: RunReport) -> str:
    """The report as a text."""
    notes = report.notes
    files = {name: notes.files[name] for name in notes.files}
    peak = {who: f"{most / 2**20:,.0f} MiB" for who, most in notes.peak_bytes.items()}
    seconds = {stage: f"{spent:,.1f}" for stage, spent in notes.seconds.items()}
    sections = (
        _section("Files", ("what", "files"), list(files.items())),
        _section("In quarantine", ("reason", "files"), _ordered(notes.reasons)),
        _section("Rows loaded", ("table", "rows"), list(notes.rows.items())),
        _section("Checks that failed", ("rule", "reports"), _ordered(notes.checks)),
        _section("Time by stage", ("stage", "seconds"), list(seconds.items())),
        _section("Most memory", ("process", "taken"), list(peak.items())),
    )
    failures = len(notes.failures)  # they come first, and may quote a file; the rest is our own wording
    told = [plain_markdown(s) if n < failures else s for n, s in enumerate(report.next_steps[:SHOWN])]
    steps = [f"- {step}" for step in told] or ["Nothing needs a person."]
    head = (
        f"# Run {notes.run}: {report.outcome}",
        f"From {notes.started_at} to {report.ended_at}, {report.total_seconds:,.1f} seconds; "
        f"{notes.partitions:,} partitions replaced; published: {report.version or 'nothing'}.",
    )
    return "\n\n".join([*head, *filter(None, sections), "## Next", "\n".join(steps)]) + "\n"


def _section(title: str, header: Sequence[str], lines: Sequence[tuple[str, object]]) -> str:
    if not lines:
        return ""
    shown = [f"| {name} | {f'{value:,}' if isinstance(value, int) else value} |" for name, value in lines]
    return "\n".join([f"## {title}", "", f"| {' | '.join(header)} |", "|---|---:|", *shown])


def _ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The counts, the largest first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write(file: Path, text: str) -> None:
    new = file.with_name(file.name + ".part")
    new.write_text(text, encoding="utf-8")
    put_in_place(new, file)
