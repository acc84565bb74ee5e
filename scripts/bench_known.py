"""Measures nights over many files that are known already: `make bench-scale KNOWN=160000`.

    python scripts/bench_known.py --files 160000 [--changed 100] [--keep FOLDER]

A few synthetic reports are loaded by `disclosure run`. Beside them as many small files as were asked for are put and
noted as known, though nobody has read them: only planning is measured. Times are CPU seconds of a process, since
machines are shared, the least of three; memory is its peak. What does *not* belong here: what work costs once it is
planned (`bench_scale.py`).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.document import RawFile  # noqa: E402
from pipeline.runs import planning  # noqa: E402
from pipeline.runs.workspace import Workspace  # noqa: E402
from pipeline.warehouse.staging import slices  # noqa: E402
from scripts.bench_scale import Project, sampled  # noqa: E402
from scripts.synthetic import Settings, write  # noqa: E402

REPORTS, FILES_OF_A_FOLDER, TIMES = 20, 50, 3
RUN = ("-c", "from assets.main import main; main()", "run")
NOTE = """
    INSERT INTO internal.known
    SELECT *, (SELECT any_value(fingerprint) FROM internal.known), ''
    FROM (SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::VARCHAR[]))"""


def put_known(project: Project, files: int) -> None:
    """Puts so many files beside the reports that were loaded, and notes them as known."""
    build = Workspace(project.raw, project.warehouse).warehouse.build
    with closing(duckdb.connect(str(build))) as connection:
        for some in slices(put(project.raw, number) for number in range(files)):
            columns = [(raw.path, raw.size_bytes, raw.mtime_ns, raw.sha256) for raw in some]
            connection.execute(NOTE, [list(column) for column in zip(*columns, strict=True)])


def put(raw_dir: Path, number: int) -> RawFile:
    """One small file, in a folder of a district and year."""
    folder = number // FILES_OF_A_FOLDER
    file = (
        raw_dir / f"{110000 + folder // 6:06}" / f"{2019 + folder % 6}" / f"政府信息公开工作年度报告_{number:07}.html"
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    data = b"%d" % number
    file.write_bytes(data)
    status = file.stat()
    sha256 = hashlib.sha256(data).hexdigest()
    return RawFile(file.relative_to(raw_dir).as_posix(), status.st_size, status.st_mtime_ns, sha256)


def change(raw_dir: Path, files: int) -> None:
    """Gives another content to the first file of so many folders."""
    folders = (folder for of_district in sorted(raw_dir.iterdir()) for folder in sorted(of_district.glob("20??")))
    for _, folder in zip(range(files), folders, strict=False):
        first = min(folder.glob("*_*.html"), default=None)
        if first:
            first.write_bytes(first.read_bytes() + b" is another one now")


def planned(root: Path) -> None:
    """Plans once, and prints the CPU seconds and the files to be read."""
    project = Project(root)
    began = time.process_time()
    work = planning.plan(Workspace(project.raw, project.warehouse))
    print(time.process_time() - began, len(work.todo))


def measured(project: Project, arguments: Sequence[str]) -> tuple[float, int, str]:
    """CPU seconds, peak memory in bytes, and output of Python with these arguments."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "DAGSTER_HOME": str(project.home)}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=out, stderr=subprocess.STDOUT, env=settings, cwd=project.root
        )
        with sampled(process.pid) as memory:
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if process.returncode:
        raise SystemExit(f"it failed with status {process.returncode}:\n{said[-3000:]}")
    return used.ru_utime + used.ru_stime, memory.main, said


def row(what: str, cpu: float, memory: int, said: str) -> str:
    """A line of the table."""
    return f"{what:30} {cpu:6.2f} s {memory / 2**20:6.0f} MiB  {said.splitlines()[0]}"


def idle_night(project: Project) -> str:
    """The whole command where nothing has changed."""
    folders = ("--raw", str(project.raw), "--warehouse", str(project.warehouse))
    return row("idle night", *min(measured(project, (*RUN, *folders)) for _ in range(TIMES)))


def planning_alone(project: Project, what: str) -> str:
    """Planning in a process of its own, without its imports."""
    arguments = (str(Path(__file__).resolve()), "--plan", str(project.root))
    runs = [measured(project, arguments) for _ in range(TIMES)]
    cpu, todo = min((float(cpu), todo) for _, _, said in runs for cpu, todo in [said.split()])
    return row(what, cpu, max(memory for _, memory, _ in runs), f"{todo} to be read")


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure nights over files that are known.")
    parser.add_argument("--files", type=int, default=20_000, help="how many files are known")
    parser.add_argument("--changed", type=int, default=100, help="how many of them change, in as many folders")
    parser.add_argument("--keep", type=Path, help="an empty folder to keep the project in")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="disclosure-known-") as temporary:
        project = Project(given.keep or Path(temporary))
        project.make()
        for _ in write(project.raw, Settings(REPORTS)):
            pass
        project.run()
        put_known(project, given.files)
        print(idle_night(project))
        print(planning_alone(project, "planning, nothing changed"))
        change(project.raw, given.changed)
        print(planning_alone(project, f"planning, {given.changed} files changed"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plan"]:
        planned(Path(sys.argv[2]))
    else:
        main(sys.argv[1:])
