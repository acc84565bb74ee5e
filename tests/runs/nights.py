"""Nights over a small folder of reports, with workers that are killed or slow where a test says so."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.document import RawFile
from pipeline.forms.loading import form
from pipeline.issues import reason_sentence
from pipeline.parse import Refusal
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin
from pipeline.runs import extraction, loading, planning, publication, validation
from pipeline.runs.file_result import FileResult, gave_up, read_and_tabulate
from pipeline.runs.limits import Limits
from pipeline.runs.rejection import Judge, Judged, judge_part
from pipeline.runs.workspace import Workspace, state
from pipeline.schema import VALIDATIONS
from pipeline.tables import frame
from tests.empty_build import begin
from tests.render import TextStyle, balanced_figures, text_report

PUBLISHERS = ("平顶山市新华区人民政府", "北京市海淀区人民政府", "石家庄市新华区人民政府")
LIMITS = Limits(seconds=2, wall_seconds=20, memory_bytes=2**31, workers=2)
STEADY = ("reports", "facts", "sections", "report_versions", "facts_history", "issues", "balances")


def report(publisher: str, year: int, seed: int = 1, *, title: str = "政府信息公开工作年度报告", tail: str = "") -> str:
    figures = balanced_figures(form("2021"), random.Random(seed))
    return text_report(form("2021"), figures, TextStyle(title=f"{publisher}{year}年{title}")) + tail


def put(ws: Workspace, name: str, content: str | bytes) -> None:
    file = ws.raw / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


class Accepted:
    """A validation that finds nothing."""

    validations = frame(VALIDATIONS)
    rejected: dict[str, str] = {}  # noqa: RUF012  read only


def accept(parts: Sequence[tuple[Path, Path]]) -> Iterable[Judged]:
    return [judge_part(part, target, lambda _: Accepted()) for part, target in parts]


def night(ws: Workspace, *, again: bool = False, accept_removals: bool = False, judge: Judge = accept) -> None:
    begin(ws.root)
    planning.ingest(ws, again=again, accept_removals=accept_removals)
    extraction.extract(ws)
    validation.validate(ws, judge)
    loading.load(ws, state(ws).pending)
    publication.publish(ws)


def asked(ws: Workspace, sql: str) -> list[tuple[object, ...]]:
    return ws.warehouse.query(sql)[1]


def published(ws: Workspace) -> list[tuple[object, ...]]:
    """Every row of the tables that hold what reports say, and of their history."""
    every = " UNION ALL ".join(f"SELECT '{name}', t::VARCHAR FROM {name} t" for name in STEADY)
    return asked(ws, f"{every} ORDER BY ALL")


def quarantine(ws: Workspace) -> dict[object, object]:
    return dict(asked(ws, "SELECT path, reason FROM quarantine"))  # type: ignore[arg-type]


REASONS = {".killed": "reader-failed", ".slow": "too-slow", ".hungry": "too-much-memory"}

# --- Workers that fail -----------------------------------------------------------------------------


def trouble(ws: Workspace, name: str, kind: str, times: int = 1) -> None:
    """From now on reading a file of this name fails so often: `killed`, `slow` or `hungry`."""
    folder = ws.root.parent / "trouble"
    folder.mkdir(exist_ok=True)
    for number in range(times):
        (folder / f"{name}.{kind}.{number}").touch()


def refused(raw_dir: Folder, raw: RawFile, pin: Pin | None) -> FileResult:
    """Without a worker: read a file; where trouble is made for it, as it comes back where a worker fails."""
    made = _trouble(raw_dir, raw)
    if made:
        made.unlink()
        reason = REASONS[made.suffixes[-2]]
        return gave_up(raw, Refusal("read", reason, reason_sentence(reason, "so it happened")))
    return read_and_tabulate(raw_dir, raw, pin)


def _trouble(raw_dir: Folder, raw: RawFile) -> Path | None:
    return next(iter(sorted((Path(str(raw_dir)).parent / "trouble").glob(f"{Path(raw.path).name}.*"))), None)


def troubled(raw_dir: Folder, raw: RawFile, pin: Pin | None) -> FileResult:
    """In a worker: read a file, unless trouble is made for it."""
    made = _trouble(raw_dir, raw)
    if made:
        made.unlink()
        match made.suffixes[-2]:
            case ".killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case ".slow":
                until = time.process_time() + 60
                while time.process_time() < until:
                    pass
            case ".hungry":
                bytearray(2**32)
    return read_and_tabulate(raw_dir, raw, pin)
