"""The two folders of the project, how far a batch is, and who may work on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from filelock import FileLock, Timeout

from pipeline.durable import flush, flush_tree, put_in_place
from pipeline.raw.folder import Folder, holds
from pipeline.raw.overrides import OVERRIDES, Pin, read_overrides
from pipeline.runs.limits import BatchSizes, Limits
from pipeline.schema import Partition
from pipeline.warehouse import (
    Clock,
    Warehouse,
    today,
)

LOCK_WAIT_SECONDS = 600.0


Progress = Callable[[int, int], None]


Stage = Literal["nothing", "ingested", "extracted", "validated", "done"]


_ORDER: tuple[Stage, ...] = ("nothing", "ingested", "extracted", "validated", "done")


ASIDE = "aside"


UNKNOWN = "unknown"  # the name of the batch whose state cannot be read


PLAN = "plan.jsonl"


ARCHIVES = "archives.json"


class StageError(RuntimeError):
    """A stage cannot begin; the message says why and what to do."""


@dataclass(frozen=True)
class Workspace:
    """The two folders of the project: the reports as they came, and the warehouse with its `work/`.

    `clock` gives the day by which versions of reports are dated. `documents` is a folder where decoded documents are
    only looked up, instead of `work/documents`, where they are kept. `limits` and `sizes` bound how files are read and
    how much is worked on at once.
    """

    raw: Folder
    root: Path
    clock: Clock = field(default=today, compare=False)
    documents: Path | None = None
    limits: Limits = field(default=Limits(), compare=False)
    sizes: BatchSizes = field(default=BatchSizes(), compare=False)

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse."""
        return Warehouse(self.root)

    @property
    def work(self) -> Path:
        """The folder in which stages hand over to each other."""
        return self.root / "work"


@dataclass(frozen=True)
class BatchState:
    """How far a batch is.

    `displaced` are files that were extracted again because another one takes their report; `winners` are pairs of a
    file and the one that has its report (or several, joined); `keys` are the partitions that the batch touches, of
    which `loaded` are done; `standing` counts the loaded reports that it leaves alone. `outside` are files that
    turned out not to be of the range that was wanted; `failed` partitions that could not be loaded. `unfinished`
    are files whose rows may be half loaded, by batches that were not finished. `kept` are paths whose loaded rows
    stay although the file there now gives none; `tries` says in how many runs a worker failed on a file that is to
    be tried again. `cleared` says that a person has allowed many files to be gone at once. `further` are the paths
    of reports behind the first one of a file (`file#2`) that files of the batch gave before.
    """

    batch: str = ""
    stage: Stage = "nothing"
    displaced: tuple[str, ...] = ()
    winners: tuple[tuple[str, str], ...] = ()
    keys: tuple[Partition, ...] = ()
    loaded: tuple[Partition, ...] = ()
    standing: int = 0
    outside: tuple[str, ...] = ()
    failed: tuple[Partition, ...] = ()
    unfinished: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    cleared: bool = False
    tries: tuple[tuple[str, int], ...] = ()
    further: tuple[str, ...] = ()

    @property
    def pending(self) -> tuple[Partition, ...]:
        """Partitions that are still to be loaded."""
        return tuple(sorted(set(self.keys) - set(self.loaded)))


def state(ws: Workspace) -> BatchState:
    """The state of the last batch; where that cannot be read, as after a power cut, it was begun and not finished."""
    try:
        return _state(json.loads((ws.work / "state.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return BatchState()
    except (ValueError, KeyError, TypeError, AttributeError):
        return BatchState(UNKNOWN, "ingested")


# The names that notes of earlier code have: a batch that it began is still finished.
_FORMER_NAMES = {"late": "displaced", "losers": "winners", "owed": "unfinished"}


def _state(noted: dict[str, Any]) -> BatchState:
    data = {_FORMER_NAMES.get(name, name): value for name, value in noted.items()}
    keys, loaded, failed = (tuple((c, y) for c, y in data.get(name, ())) for name in ("keys", "loaded", "failed"))
    displaced, outside, unfinished = (tuple(data.get(name, ())) for name in ("displaced", "outside", "unfinished"))
    winners = tuple((path, winner) for path, winner in data["winners"])
    kept, tries = tuple(data.get("kept", ())), tuple((path, number) for path, number in data.get("tries", ()))
    return BatchState(
        data["batch"], data["stage"], displaced, winners, keys, loaded, data["standing"], outside, failed, unfinished,
        kept, bool(data.get("cleared")), tries, tuple(data.get("further", ())),
    )  # fmt: skip


def district_codes() -> frozenset[str]:
    """The codes of the register of divisions, of all years."""
    from pipeline.places import divisions

    return frozenset(d.code for d in divisions())


def form_cells() -> frozenset[tuple[int, str, str]]:
    """Table, row and column code of every cell of every form."""
    from pipeline.forms.loading import forms

    return frozenset((c.table_no, c.row.code, c.column.code) for form in forms() for c in form.cells)


def pins_of(ws: Workspace) -> dict[str, Pin]:
    """The overrides; district codes are looked up only where there are any."""
    if not holds(ws.raw, OVERRIDES):
        return {}
    return read_overrides(ws.raw, district_codes())


def is_under_way(ws: Workspace) -> bool:
    """Whether a batch was begun and is not yet published."""
    return state(ws).stage not in ("nothing", "done")


def clean(ws: Workspace) -> None:
    """Remove what a killed run left half written."""
    ws.work.mkdir(parents=True, exist_ok=True)
    for left in (*ws.work.glob("*.part"), *ws.work.glob("error.txt")):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)  # a folder that is being written into goes the next time
        else:
            left.unlink()


@contextmanager
def exclusive(ws: Workspace, wait_seconds: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
    """One stage at a time, in any process; the system frees the lock of one that dies."""
    ws.work.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(ws.work / "stage.lock", timeout=wait_seconds):
            yield
    except Timeout:
        raise StageError(f"Another run has been at work in {ws.work} for {wait_seconds:.0f} seconds") from None


@contextmanager
def only_run(ws: Workspace, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """One `disclosure run` at a time; `waiting` is called while another one is at work."""
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


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """A new folder that takes the place of an old one once it is complete.

    Its name is given once: a process of a run that was killed may still be writing into the one of that run.
    """
    new = folder.with_name(f"{folder.name}.{uuid4().hex}.part")
    new.mkdir(parents=True)
    yield new
    flush_tree(new)
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
    flush(folder.parent)


def expect(ws: Workspace, stage: Stage) -> BatchState:
    """The state of the batch, which must have come as far as `stage`."""
    current = state(ws)
    if _ORDER.index(current.stage) < _ORDER.index(stage):
        raise StageError(
            f"The batch is {current.stage}, not yet {stage}: do the stages in order, or run `disclosure run`"
        )
    return current


def save(ws: Workspace, new: BatchState) -> None:
    """Write the state of the batch, whole or not at all."""
    write_whole(ws.work / "state.json", json.dumps(asdict(new), ensure_ascii=False))


def write_whole(file: Path, text: str) -> None:
    """Write a file, whole or not at all."""
    with replacing_file(file) as new:
        new.write_text(text, encoding="utf-8")


@contextmanager
def replacing_file(file: Path) -> Iterator[Path]:
    """A new file that takes the place of an old one, whole or not at all."""
    new = file.with_name(file.name + ".part")
    yield new
    put_in_place(new, file)
