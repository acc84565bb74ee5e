"""A workspace for tests: reports to put under its folder, runs over it, and what they left in the warehouse."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from assets.project import DAGSTER_HOME
from pipeline.forms.loading import form
from pipeline.frames import Frames
from pipeline.runs import extraction, loading, planning, publication, stage_parts, validation
from pipeline.runs.limits import BatchSizes, Limits
from pipeline.runs.rejection import Judge, Judged, Outcome, judge_part
from pipeline.runs.workspace import Workspace, state
from pipeline.schema import LOGS, TABLES, VALIDATIONS, Partition
from pipeline.tables import frame
from pipeline.warehouse import Clock, today
from tests.empty_build import begin
from tests.made_once import made_once
from tests.render import TextStyle, balanced_figures, text_report

XINHUA = "平顶山市新华区人民政府"
HAIDIAN = "北京市海淀区人民政府"
SHIJIAZHUANG = "石家庄市新华区人民政府"
CODES = {XINHUA: "410402", HAIDIAN: "110108", SHIJIAZHUANG: "130105"}

HERE = Limits(workers=0)  # a pool costs a second each time


def workspace(folder: Path, sizes: BatchSizes = BatchSizes(), clock: Clock = today) -> Workspace:  # noqa: B008
    """The two folders of a project; its files are read in this process."""
    return Workspace(folder / "raw", folder / "warehouse", clock, limits=HERE, sizes=sizes)


@dataclass(frozen=True)
class Verdict:
    """A validation that rejects the reports it is given."""

    validations: pd.DataFrame = field(default_factory=lambda: frame(VALIDATIONS))
    rejected: Mapping[str, str] = field(default_factory=dict)


def each_part(judge: Callable[[Frames], Outcome]) -> Judge:
    """Has the parts judged one after the other, in this process."""
    return lambda parts: (judge_part(part, target, judge) for part, target in parts)


def accept(parts: Sequence[tuple[Path, Path]]) -> Iterable[Judged]:
    return each_part(lambda frames: Verdict())(parts)


def reject(publisher: str) -> Judge:
    def judge(frames: Frames) -> Outcome:
        reports = frames["reports"]
        out = reports.loc[reports["publisher"] == publisher, "report_id"]
        return Verdict(rejected=dict.fromkeys(out, "the figures are upside down"))

    return each_part(judge)


def report(publisher: str, year: int, seed: int = 1, *, title: str = "政府信息公开工作年度报告", tail: str = "") -> str:
    figures = balanced_figures(form("2021"), random.Random(seed))
    return text_report(form("2021"), figures, TextStyle(title=f"{publisher}{year}年{title}")) + tail


def put(ws: Workspace, name: str, content: str | bytes) -> None:
    file = ws.raw / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def run(ws: Workspace, judge: Judge = accept, *, again: bool = False, accept_removals: bool = False) -> None:
    begin(ws.root)
    planning.ingest(ws, again=again, accept_removals=accept_removals)
    extraction.extract(ws)
    validation.validate(ws, judge)
    loading.load(ws, state(ws).pending)
    publication.publish(ws)


def first_run(ws: Workspace, judge: Judge = accept) -> None:
    """As `run` over a new workspace that a test only begins with: it is done once for the same files, and copied.

    The files get the times of those that were read.
    """
    assert not ws.root.exists()
    files = {path.relative_to(ws.raw).as_posix(): path for path in sorted(ws.raw.rglob("*")) if path.is_file()}
    contents = [(name, hashlib.sha256(path.read_bytes()).hexdigest()) for name, path in files.items()]
    what = repr((_named(judge), _named(ws.clock), ws.sizes, ws.limits, contents))

    def make(folder: Path) -> None:
        shutil.copytree(ws.raw, folder / "raw")
        run(replace(ws, raw=folder / "raw", root=folder / "warehouse"), judge)

    made = made_once(what, make)
    shutil.copytree(made / "warehouse", ws.root, symlinks=True)
    for name, path in files.items():
        shutil.copystat(made / "raw" / name, path)


def _named(function: Callable[..., object]) -> str:
    """The name of a function, by which every process of a test run knows it."""
    name = f"{function.__module__}.{function.__qualname__}"
    assert "<" not in name, f"{name} may differ from test to test: a run with it cannot be copied"
    return name


def is_idle(ws: Workspace) -> bool:
    return planning.plan(ws).idle and ws.warehouse.is_published()


def rows(ws: Workspace, sql: str) -> list[tuple[object, ...]]:
    return ws.warehouse.query(sql)[1]


def everything(ws: Workspace) -> list[tuple[object, ...]]:
    """Every row of every table, as text; the logs of runs carry the time of day."""
    names = [name for name, table in TABLES.items() if table not in LOGS]
    return rows(
        ws, " UNION ALL ".join(f"SELECT '{name}', t::VARCHAR FROM {name} t" for name in names) + " ORDER BY ALL"
    )


def reports(ws: Workspace) -> list[tuple[object, ...]]:
    return rows(ws, "SELECT publisher, year, file_path, version FROM reports ORDER BY ALL")


def quarantined(ws: Workspace) -> dict[object, object]:
    return dict(rows(ws, "SELECT path, reason FROM quarantine"))  # type: ignore[arg-type]


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    files = (f for f in folder.rglob("*") if f.is_file())
    return {str(f): (f.lstat().st_mtime_ns, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files}


def spoil(ws: Workspace, key: Partition) -> None:
    """Rows that the warehouse refuses: two facts with one key."""
    for part in stage_parts.parts(ws, "validated"):
        file = part / "facts.parquet"
        facts = pd.read_parquet(file)
        found = facts[(facts["district_code"] == key[0]) & (facts["year"] == key[1])]
        pd.concat([facts, found.head(1)]).to_parquet(file, index=False)


def dagster_home(folder: Path) -> Path:
    """A new home for Dagster with the project's settings, for which the event log has been tried already."""
    from assets.event_log import TRIED, WORKS  # imports Dagster

    (folder / "history").mkdir(parents=True)
    shutil.copy(DAGSTER_HOME / "dagster.yaml", folder)
    (folder / "history" / TRIED).write_text(f"{version('dagster')}: {WORKS}", "utf-8")
    return folder
