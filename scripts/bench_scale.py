"""Measures the cost of loading many reports, at several sizes, so that growth shows: `make bench-scale N=2000,20000`.

    python scripts/bench_scale.py --sizes 2000,20000 [--publishers 8] [--out FILE.json] [--keep FOLDER]

For each size a project folder is made in a temporary place, filled with synthetic reports (see `synthetic.py`) and
loaded by `disclosure run`, as in a night. A small size is measured before the others: what is paid once (imports,
the first partition) then shows as what it is. *Growth* is the cost of a further report between the last two sizes
over that between the two before: 1.00 is linear. Seconds are those of this machine; where it is shared, the CPU time
of the main process is the sturdier figure.

The smallest size is also loaded with one publisher a district, so with many more partitions for the same reports: what
that costs more, over the partitions that there are more, is what a partition costs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

BASE = 100
POINT_QUERIES = 50
SAMPLE_SECONDS = 0.05
FILES_OF_A_FORMAT = {"html": 400, "text": 400, "docx": 300, "pdf": 100}
WARM, DRAINING = 16, 8  # results that count neither at the start of the pool nor at its end
# Whatever else the assets do counts as Dagster's.
STAGES: Mapping[str, str] = MappingProxyType(
    {
        "ingest": "planning",
        "extract": "extraction",
        "validate": "validation",
        "load": "loading",
        "publish": "publication",
        "read": "stage_parts",
        "sample": "stage_parts",
        "count": "stage_parts",
    }
)
NATIONAL = "SELECT province_name, year, sum(new_requests) FROM requests GROUP BY ALL ORDER BY ALL"

Measured = dict[str, float]


@dataclass(frozen=True)
class Row:
    """A line of the table: what is measured, its unit, how it is printed, and whether its growth by report is."""

    key: str
    label: str
    digits: int = 1
    grows: bool = False


ROWS = (
    Row("reports", "reports", 0),
    Row("partitions", "partitions (district, year)", 0),
    Row("loaded", "of the reports loaded", 0),
    Row("write_s", "writing the synthetic files, s", 1),
    Row("rate_html", "extraction, HTML, files/s (all workers)", 0),
    Row("rate_text", "extraction, text, files/s", 0),
    Row("rate_docx", "extraction, DOCX, files/s", 0),
    Row("rate_pdf", "extraction, PDF, files/s", 0),
    Row("run_s", "first run, whole, s", 1, grows=True),
    Row("start_s", "- start: imports, looking, ending, s"),
    Row("extract_s", "- extract, s", 1, grows=True),
    Row("validate_s", "- validate, with pages, s", 1, grows=True),
    Row("load_s", "- load, s", 1, grows=True),
    Row("publish_s", "- publish, s", 1, grows=True),
    Row("other_s", "- ingest, previews, s", 1, grows=True),
    Row("dagster_s", "- Dagster: the rest, s", 1, grows=True),
    Row("beyond_ms", "beyond extraction, ms a report", 1),
    Row("dagster_cpu_ms", "Dagster in CPU time, ms a partition", 1),
    Row("main_mib", "peak memory of the main process, MiB", 0, grows=True),
    Row("extract_mib", "- in extract", 0),
    Row("validate_mib", "- in validate", 0),
    Row("load_mib", "- in load", 0),
    Row("publish_mib", "- in publish", 0),
    Row("reader_mib", "peak memory of a process that reads files, MiB", 0, grows=True),
    Row("validator_mib", "peak memory of a process that validates, MiB", 0, grows=True),
    Row("idle_s", "idle night, s", 2, grows=True),
    Row("changed_s", "one changed file, s", 1, grows=True),
    Row("changed_dagster_s", "- of it Dagster, s", 1, grows=True),
    Row("file_mib", "published file, MiB", 1, grows=True),
    Row("home_mib", "Dagster's instance, MiB", 1, grows=True),
    Row("point_ms", f"point query by district and year, ms (median of {POINT_QUERIES})", 1),
    Row("point_cold_ms", "- with opening the file, ms (median of 10)", 1),
    Row("point_view_ms", "- through the view `requests`, ms", 1),
    Row("national_ms", "requests by province and year, ms (median of 5)", 1),
)


# --- A project of its own --------------------------------------------------------------------------


@dataclass(frozen=True)
class Project:
    """A folder with data/raw, data/warehouse and Dagster's home."""

    root: Path

    @property
    def raw(self) -> Path:
        """The reports."""
        return self.root / "data" / "raw"

    @property
    def warehouse(self) -> Path:
        """The warehouse."""
        return self.root / "data" / "warehouse"

    @property
    def home(self) -> Path:
        """Dagster's home."""
        return self.root / ".dagster"

    def make(self) -> None:
        """The folders, and the settings of Dagster's instance."""
        for folder in (self.raw, self.warehouse, self.home):
            folder.mkdir(parents=True)
        shutil.copy(ROOT / ".dagster" / "dagster.yaml", self.home)

    def run(self, *timed: str) -> tuple[float, Memory]:
        """One `disclosure run`: seconds and peak memory. Raises `SystemExit` with its output if it fails."""
        driver = timed or ("-c", "from assets.command import main; main()")
        folders = ("--raw", str(self.raw), "--warehouse", str(self.warehouse))
        settings = {**os.environ, "PYTHONPATH": str(ROOT), "DAGSTER_HOME": str(self.home)}
        log = self.root / "run.log"
        with log.open("w", encoding="utf-8") as out:
            start = time.perf_counter()
            command = [sys.executable, *driver, "run", *folders]
            process = subprocess.Popen(command, stdout=out, stderr=out, env=settings, cwd=self.root)
            with sampled(process.pid) as memory:
                status = process.wait()
            seconds = time.perf_counter() - start
        if status:
            raise SystemExit(f"the run failed with status {status}:\n{log.read_text(encoding='utf-8')[-3000:]}")
        return seconds, memory

    def timed_run(self) -> tuple[float, Memory, dict[str, float]]:
        """The same with the seconds of each stage."""
        times = self.root / "times.json"
        seconds, memory = self.run(str(Path(__file__).resolve()), "--timed", str(times))
        return seconds, memory, json.loads(times.read_text(encoding="utf-8"))


# --- Watching a run --------------------------------------------------------------------------------


@dataclass
class Memory:
    """Peaks in bytes: of a process, and of the largest of those below it that read files, and that validate."""

    main: int = 0
    reader: int = 0
    validator: int = 0


@contextmanager
def sampled(pid: int) -> Iterator[Memory]:
    """Watch a process and all below it until the end of the block."""
    memory, done = Memory(), threading.Event()

    def look() -> None:
        while not done.wait(SAMPLE_SECONDS):
            memory.main = max(memory.main, peak(pid))
            for child in below(pid):
                if is_limited(child):
                    memory.reader = max(memory.reader, peak(child))
                else:
                    memory.validator = max(memory.validator, peak(child))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        done.set()
        watcher.join()


def peak(pid: int) -> int:
    """The most memory that a process has held at once, in bytes; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def is_limited(pid: int) -> bool:
    """Whether a process may take only so much memory: those that read files may."""
    try:
        return resource.prlimit(pid, resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
    except OSError:
        return False


def below(pid: int) -> Iterator[int]:
    """The processes that a process has started, and theirs."""
    try:
        found = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="utf-8").split()
        ]
    except OSError:
        return
    for child in found:
        yield child
        yield from below(child)


def timed_command(times: Path, arguments: Sequence[str]) -> None:
    """`disclosure` with clocks around each stage; seconds and CPU seconds go to the file `times`."""
    from assets import command, execution

    spent: dict[str, float] = defaultdict(float)
    inside: list[str] = []
    for name in STAGES:
        stage = import_module(f"pipeline.runs.{STAGES[name]}")
        setattr(stage, name, _clocked(getattr(stage, name), name, spent, inside))
    clocked = _clocked(execution.execute, "execute", spent, [])
    setattr(execution, "execute", clocked)  # noqa: B010
    try:
        sys.argv = ["disclosure", *arguments]
        command.main()
    finally:
        times.write_text(json.dumps(spent), encoding="utf-8")


def _clocked(work: Callable[..., Any], name: str, spent: dict[str, float], inside: list[str]) -> Callable[..., Any]:
    """The same, with its seconds added up; not where another stage calls it."""

    def clocked(*args: Any, **options: Any) -> Any:
        if inside:
            return work(*args, **options)
        inside.append(name)
        own = Path("/proc/self/clear_refs")
        own.write_text("5", encoding="utf-8")  # the peak of memory begins anew
        start, cpu = time.perf_counter(), time.process_time()
        try:
            return work(*args, **options)
        finally:
            spent[name] += time.perf_counter() - start
            spent[f"{name}_cpu"] += time.process_time() - cpu
            spent[f"{name}_peak"] = max(spent[f"{name}_peak"], peak(os.getpid()))
            inside.pop()

    return clocked


# --- What is measured ------------------------------------------------------------------------------


def measure(reports: int, publishers: int, folder: Path, say: Callable[[str], None]) -> Measured:
    """All figures at one size."""
    from scripts.synthetic import Settings, write

    project = Project(folder)
    project.make()
    say("writing the files")
    start = time.perf_counter()
    written = [(made.path, made.format) for made in write(project.raw, Settings(reports, publishers=publishers))]
    found: Measured = {"reports": len(written), "write_s": time.perf_counter() - start}
    say("extracting by format")
    found |= {f"rate_{kind}": rate(project.raw, written, kind) for kind in FILES_OF_A_FORMAT}
    say("first run")
    found |= first_run(project)
    say("idle night")
    found["idle_s"] = min(project.run()[0] for _ in range(2))
    say("one changed file")
    found |= one_changed(project, written)
    say("queries")
    return found | queries(project)


def rate(raw_dir: Path, written: Sequence[tuple[str, str]], kind: str) -> float:
    """Files per second of one format, over all workers, once they are at work; 0 where there are too few to measure."""
    from pipeline.raw.scan import scan_folder
    from pipeline.runs.workers import parse_all

    paths = {path for path, given in written if given == kind}
    few = set(islice(sorted(paths, key=lambda p: p[::-1]), FILES_OF_A_FORMAT[kind]))
    tasks = [(raw, None) for raw in scan_folder(raw_dir, {}).files if raw.path in few]
    if len(tasks) < WARM + 2 * DRAINING:
        return 0.0
    ends = [time.perf_counter() for _ in parse_all(raw_dir, tasks)]
    return (len(ends) - WARM - DRAINING) / (ends[-1 - DRAINING] - ends[WARM - 1])


def first_run(project: Project) -> Measured:
    """All reports are new."""
    seconds, memory, spent = project.timed_run()
    sql = "SELECT count(*), count(DISTINCT (district_code, year)) FROM reports"
    [(loaded, partitions)] = ask(project, sql)
    return {
        "run_s": seconds,
        "loaded": loaded,
        "partitions": partitions,
        "start_s": seconds - spent["execute"],
        **{f"{name}_s": spent.get(name, 0.0) for name in ("extract", "validate", "load", "publish")},
        "other_s": sum(spent.get(name, 0.0) for name in ("ingest", "read", "sample", "count")),
        "dagster_s": _rest(spent),
        "beyond_ms": 1000 * (seconds - spent["extract"]) / loaded,
        "dagster_cpu_ms": 1000 * _rest(spent, "_cpu") / partitions,
        "main_mib": max(memory.main, *(spent[name] for name in spent if name.endswith("_peak"))) / 2**20,
        **{f"{name}_mib": spent[f"{name}_peak"] / 2**20 for name in ("extract", "validate", "load", "publish")},
        "reader_mib": memory.reader / 2**20,
        "validator_mib": memory.validator / 2**20,
        "file_mib": (project.warehouse / "disclosure.duckdb").stat().st_size / 2**20,
        "home_mib": sum(f.stat().st_size for f in project.home.rglob("*") if f.is_file()) / 2**20,
    }


def _rest(spent: Mapping[str, float], clock: str = "") -> float:
    """What the assets took beyond our stages: Dagster."""
    return spent["execute" + clock] - sum(spent.get(name + clock, 0.0) for name in STAGES)


def spread(reports: int, publishers: int, folder: Path) -> Measured:
    """A first run over as many reports in other partitions: one for each publisher with `publishers` = 1."""
    from scripts.synthetic import Settings, write

    project = Project(folder)
    project.make()
    for _ in write(project.raw, Settings(reports, publishers=publishers)):
        pass
    return {"reports": reports, **first_run(project)}


def cost_of_partitions(few: Mapping[str, float], many: Mapping[str, float]) -> str:
    """What a partition costs: the difference between two runs over as many reports, by partition."""
    more = many["partitions"] - few["partitions"]

    def each(*names: str) -> float:
        return 1000 * sum(many[name] - few[name] for name in names) / more

    ours = each("validate_s", "load_s", "publish_s", "other_s")
    dagster = each("dagster_s")
    return (
        f"A further partition, {int(few['reports']):,} reports in {int(many['partitions']):,} partitions in the place "
        f"of {int(few['partitions']):,}: {ours + dagster:.1f} ms beyond extraction, {dagster:.1f} of it Dagster's and "
        f"{ours:.1f} ours."
    )


def one_changed(project: Project, written: Sequence[tuple[str, str]]) -> Measured:
    """One report comes again with another sentence."""
    file = project.raw / next(path for path, kind in written if kind == "text")
    file.write_text(
        file.read_text(encoding="utf-8").replace("主动公开政府信息", "主动公开各类政府信息"), encoding="utf-8"
    )
    seconds, _, spent = project.timed_run()
    return {"changed_s": seconds, "changed_dagster_s": _rest(spent)}


def queries(project: Project) -> Measured:
    """Medians over the published file."""
    keys = ask(project, "SELECT DISTINCT district_code, year FROM reports ORDER BY ALL")
    wanted = random.Random(1).choices(keys, k=POINT_QUERIES)
    point = "SELECT * FROM {} WHERE district_code = ? AND year = ?"
    with opened(project) as connection:

        def asked(sql: str, values: Sequence[object] = ()) -> Callable[[], object]:
            return lambda: connection.execute(sql, list(values)).fetchall()

        points = [asked(point.format("facts"), key) for key in wanted]
        views = [asked(point.format("requests"), key) for key in wanted]
        national = [asked(NATIONAL)] * 5
        found = {"point_ms": points, "point_view_ms": views, "national_ms": national}
        medians = {name: median_ms(works) for name, works in found.items()}
    cold = [lambda key=key: ask(project, point.format("facts"), key) for key in wanted[:10]]
    return {**medians, "point_cold_ms": median_ms(cold)}


def median_ms(works: Sequence[Callable[[], object]]) -> float:
    """The median time of the calls; a first one beforehand is not counted."""
    works[0]()
    taken = []
    for work in works:
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)


@contextmanager
def opened(project: Project) -> Iterator[Any]:
    """The published file, as an analyst opens it."""
    import duckdb

    connection = duckdb.connect(str((project.warehouse / "disclosure.duckdb").resolve()), read_only=True)
    try:
        connection.execute("SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def ask(project: Project, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with opened(project) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(sql, list(values)).fetchall()
        return rows


# --- What is said ----------------------------------------------------------------------------------


def table(found: Sequence[Measured]) -> Iterator[str]:
    """The figures as Markdown, a column for each size."""
    sizes = [f"{int(m['reports']):,}" for m in found]
    yield f"| measured | {' | '.join(sizes)} | growth |"
    yield f"|---|{'---:|' * (len(sizes) + 1)}"
    for row in ROWS:
        values = " | ".join(f"{m[row.key]:,.{row.digits}f}" if m[row.key] else "" for m in found)
        yield f"| {row.label} | {values} | {growth(row, found)} |"


def growth(row: Row, found: Sequence[Measured]) -> str:
    """What a further report costs between the last two sizes, over what it cost between the two before."""
    if not row.grows or len(found) < 3:
        return ""
    before, after = (_slope(row.key, *pair) for pair in (found[-3:-1], found[-2:]))
    return f"{after / before:.2f}" if before > 0 else ""


def _slope(key: str, less: Mapping[str, float], more: Mapping[str, float]) -> float:
    return (more[key] - less[key]) / (more["reports"] - less["reports"])


def measured(sizes: Sequence[int], publishers: int, folder: Path) -> Iterator[Measured]:
    """Each size in turn, in a folder of its own."""
    for size in sizes:
        began = time.perf_counter()

        def say(what: str, size: int = size, began: float = began) -> None:
            print(f"{time.perf_counter() - began:7.0f} s  {size:,} reports: {what}", file=sys.stderr, flush=True)

        yield measure(size, publishers, folder / str(size), say)


def main(arguments: Sequence[str]) -> None:
    """Measure, print the table, and write the figures to a file where one is given."""
    parser = argparse.ArgumentParser(description="Measure loads of synthetic reports.")
    parser.add_argument("--sizes", default="2000", help="numbers of reports, with commas between")
    parser.add_argument("--publishers", type=int, default=8, help="publishers in a district")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    parser.add_argument("--keep", type=Path, help="an empty folder to keep the projects in")
    given = parser.parse_args(arguments)
    sizes = sorted({BASE, *(int(size) for size in given.sizes.split(","))})
    with tempfile.TemporaryDirectory(prefix="disclosure-scale-") as temporary:
        folder = given.keep or Path(temporary)
        found = list(measured(sizes, given.publishers, folder))
        many = spread(sizes[min(1, len(sizes) - 1)], 1, folder / "spread")
    for line in table(found):
        print(line)
    print(f"\n{cost_of_partitions(found[min(1, len(found) - 1)], many)}")
    if given.out:
        given.out.write_text(json.dumps([*found, many], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--timed"]:
        timed_command(Path(sys.argv[2]), sys.argv[3:])
    else:
        main(sys.argv[1:])
