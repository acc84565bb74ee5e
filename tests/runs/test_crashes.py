"""Runs that are killed, runs that meet, readers during a publish, and a disk without room.

Whatever happens: the published file opens and holds one whole state, and the next run heals.
"""

from __future__ import annotations

import json
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.runs import planning
from pipeline.runs.workspace import Workspace, state
from pipeline.schema import LOGS, PARTITIONED, TABLES
from pipeline.warehouse import Warehouse, WarehouseFullError
from tests import warehouse_rows as rows
from tests.conftest import LONG
from tests.workspace import HAIDIAN, SHIJIAZHUANG, dagster_home, put, report

PROJECT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT), "COLUMNS": "200"}
FRACTIONS = 14 if LONG else 3
KILLED = 20 if LONG else 10  # of the runs that are to be killed at least so many are, some end before
STEADY = tuple(name for name, table in TABLES.items() if table not in LOGS)  # the same however often a run was killed
# Districts with codes near each other: Dagster plans a run for all that lie between them.
CHAOYANG = "北京市朝阳区人民政府"
Content = dict[str, list[str]]


# --- Runs that may be killed -----------------------------------------------------------------------


class Runner:
    """Processes that run all stages; see `crash_runner`."""

    def __init__(self, said: Path) -> None:
        self.said = said
        self._ended: dict[int, int] = {}
        self._lines: queue.Queue[list[str]] = queue.Queue()
        command = [sys.executable, "-m", "tests.runs.crash_runner"]
        with said.open("wb") as err:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(
                command, env=ENVIRONMENT, cwd=PROJECT, stdin=pipe, stdout=pipe, stderr=err, text=True
            )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.split())

    def start(self, ws: Workspace, day: str, *, alone: bool = True) -> int:
        """The process of a run that has begun."""
        assert self._process.stdin is not None
        task = {"raw": str(ws.raw), "root": str(ws.root), "day": day, "alone": alone}
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        while (line := self._lines.get(timeout=60))[0] != "began":
            self._ended[int(line[1])] = int(line[2])
        return int(line[1])

    def has_ended(self, pid: int) -> bool:
        with suppress(queue.Empty):
            while True:
                _, found, status = self._lines.get_nowait()
                self._ended[int(found)] = int(status)
        return pid in self._ended

    def wait(self, pid: int) -> int:
        """Its exit status."""
        while pid not in self._ended:
            _, found, status = self._lines.get(timeout=120)
            self._ended[int(found)] = int(status)
        return self._ended[pid]

    def run(self, ws: Workspace, day: str) -> None:
        assert self.wait(self.start(ws, day)) == 0, self.said.read_text(encoding="utf-8")

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    runner = Runner(tmp_path_factory.mktemp("runner") / "said.txt")
    yield runner
    runner.close()


def content(database: Path, tables: Any = STEADY) -> Content:
    """Every row of every table, as text."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return {
            name: [row for (row,) in connection.execute(f"SELECT t::VARCHAR FROM {name} t ORDER BY ALL").fetchall()]
            for name in tables
        }


def partitions(database: Path) -> dict[tuple[str, int], tuple[str, ...]]:
    """What each partition holds, in a number for each table."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        for table in PARTITIONED:
            sql = f"SELECT district_code, year, sum(hash(t)) FROM {table.name} t GROUP BY ALL"
            for code, year, rows_hash in connection.execute(sql).fetchall():
                found.setdefault((code, year), {})[table.name] = str(rows_hash)
    return {key: tuple(hashes.get(t.name, "") for t in PARTITIONED) for key, hashes in found.items()}


@dataclass(frozen=True)
class Story:
    """A project before and after a night: what is published, what each partition holds, how long the night took."""

    folder: Path
    before: Content
    after: Content
    before_by_key: dict[tuple[str, int], tuple[str, ...]]
    after_by_key: dict[tuple[str, int], tuple[str, ...]]
    seconds: float

    def begin(self, folder: Path) -> Workspace:
        """A project in the state of before, with what came overnight."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        ws = workspace(folder)
        night(ws)
        return ws


def workspace(folder: Path) -> Workspace:
    return Workspace(folder / "raw", folder / "warehouse")


def evening(ws: Workspace) -> None:
    for number, (publisher, year) in enumerate((p, y) for p in (CHAOYANG, HAIDIAN) for y in (2021, 2022, 2023)):
        put(ws, f"{number}.txt", report(publisher, year, seed=number))


def night(ws: Workspace) -> None:
    """Two reports change, one goes, two come."""
    put(ws, "1.txt", report(CHAOYANG, 2022, seed=10))
    put(ws, "4.txt", report(HAIDIAN, 2022, seed=11))
    (ws.raw / "2.txt").unlink()
    for year in (2022, 2023):
        put(ws, f"new {year}.txt", report(SHIJIAZHUANG, year, seed=year))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, runner: Runner) -> Story:
    folder = tmp_path_factory.mktemp("before")
    ws = workspace(folder)
    evening(ws)
    runner.run(ws, "2025-03-03")
    undisturbed = workspace(tmp_path_factory.mktemp("undisturbed"))
    shutil.copytree(folder, undisturbed.raw.parent, symlinks=True, dirs_exist_ok=True)
    night(undisturbed)
    began = time.monotonic()
    runner.run(undisturbed, "2025-03-04")
    return Story(
        folder,
        content(ws.warehouse.published),
        content(undisturbed.warehouse.published),
        partitions(ws.warehouse.published),
        partitions(undisturbed.warehouse.published),
        time.monotonic() - began,
    )


@pytest.mark.long
def test_the_story_is_worth_telling(story: Story) -> None:
    assert story.before != story.after
    differing = {
        k
        for k in {*story.before_by_key, *story.after_by_key}
        if story.before_by_key.get(k) != story.after_by_key.get(k)
    }
    assert len(differing) == 5
    assert len(story.after["facts_history"]) == 3 * 200
    assert {year for _, year in differing} == {2022, 2023}


def stage(name: str) -> Callable[[Workspace], bool]:
    return lambda ws: state(ws).stage == name


def loaded(count: int) -> Callable[[Workspace], bool]:
    return lambda ws: state(ws).stage == "validated" and len(state(ws).loaded) >= count


def publishing(ws: Workspace) -> bool:
    return any(ws.warehouse.versions.glob(".part-*"))


def swapped(ws: Workspace) -> bool:
    return len(list(ws.warehouse.versions.glob("disclosure-*.duckdb"))) > 1


MOMENTS: dict[str, Callable[[Workspace], bool]] = {
    "ingested": stage("ingested"),
    "extracted": stage("extracted"),
    "validated": stage("validated"),
    "a year loaded": loaded(1),
    "all loaded": loaded(5),
    "done": stage("done"),
    "publishing": publishing,
    "swapped": swapped,
}


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def check_whole(ws: Workspace, story: Story, folder: Path) -> None:
    """The published file is one state, and each partition of the build database that of before or after."""
    assert content(ws.warehouse.published) in (story.before, story.after)
    copy = folder / "copy"
    copy.mkdir()
    for file in ws.work.glob("build.duckdb*"):
        shutil.copy(file, copy)
    duckdb.connect(str(copy / "build.duckdb")).close()  # takes in what it had not yet written to its place
    found = partitions(copy / "build.duckdb")
    for key in {*story.before_by_key, *story.after_by_key, *found}:
        assert found.get(key) in (story.before_by_key.get(key), story.after_by_key.get(key)), key


def check_healed(ws: Workspace, story: Story, but: tuple[str, ...] = ()) -> None:
    found = content(ws.warehouse.published)
    assert {t: r for t, r in found.items() if t not in but} == {t: r for t, r in story.after.items() if t not in but}
    assert state(ws).stage == "done"
    assert planning.plan(ws).idle
    assert ws.warehouse.is_published()
    assert not publishing(ws)


@pytest.fixture(scope="module")
def killed() -> list[str]:
    """The moments at which a run was under way when it was killed."""
    return []


@pytest.mark.long
@pytest.mark.sampled
@pytest.mark.parametrize("number", range(1, FRACTIONS + 1))
def test_killed_at_a_fraction_of_its_time(
    runner: Runner, story: Story, tmp_path: Path, killed: list[str], number: int
) -> None:
    ws = story.begin(tmp_path)
    pid = runner.start(ws, "2025-03-04")
    time.sleep(story.seconds * number / (FRACTIONS + 1))
    kill(pid)
    if runner.wait(pid) == -signal.SIGKILL:
        killed.append(f"{number} of {FRACTIONS + 1}")
    check_whole(ws, story, tmp_path)
    runner.run(ws, "2025-03-04")
    check_healed(ws, story)


@pytest.mark.long
@pytest.mark.sampled
@pytest.mark.parametrize("reached", MOMENTS.values(), ids=MOMENTS)
def test_killed_when_it_has_come_so_far(
    runner: Runner, story: Story, tmp_path: Path, killed: list[str], reached: Callable[[Workspace], bool]
) -> None:
    ws = story.begin(tmp_path)
    (ws.work / "state.json").unlink()  # that of the last night says "done"
    pid = runner.start(ws, "2025-03-04")
    while not reached(ws) and not runner.has_ended(pid):
        time.sleep(0.0005)
    kill(pid)
    if runner.wait(pid) == -signal.SIGKILL:
        killed.append("state")
    check_whole(ws, story, tmp_path)
    runner.run(ws, "2025-03-04")
    check_healed(ws, story)


@pytest.mark.long
@pytest.mark.sampled
def test_killed_again_and_again(runner: Runner, story: Story, tmp_path: Path, killed: list[str]) -> None:
    """No run in between that could heal."""
    ws = story.begin(tmp_path)
    for number in range(1, 6):
        pid = runner.start(ws, "2025-03-04")
        time.sleep(story.seconds * number / 6)
        kill(pid)
        if runner.wait(pid) == -signal.SIGKILL:
            killed.append(f"again, {number} of 6")
        assert content(ws.warehouse.published) in (story.before, story.after)
    runner.run(ws, "2025-03-04")
    check_healed(ws, story)


@pytest.mark.long
@pytest.mark.sampled
def test_enough_runs_were_killed_on_the_way(killed: list[str], request: pytest.FixtureRequest) -> None:
    asked = [item for item in request.session.items if "test_killed_at_a_fraction" in item.name]
    if len(asked) < FRACTIONS:
        pytest.skip("only some of the moments were asked for")
    assert len(killed) >= KILLED, killed


@pytest.mark.longest
def test_the_command_killed_and_healed(story: Story, tmp_path: Path) -> None:
    """The whole command, with Dagster and Great Expectations, in a group of its own processes."""
    ws = story.begin(tmp_path)
    home = dagster_home(tmp_path / "home")
    code = "from assets.command import main; main()"
    command = [sys.executable, "-c", code, "run", "--raw", str(ws.raw), "--warehouse", str(ws.root)]
    environment = {**ENVIRONMENT, "DAGSTER_HOME": str(home)}
    (ws.work / "state.json").unlink()
    for reached in (loaded(1), None):
        with subprocess.Popen(
            command,
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            while reached and not reached(ws) and process.poll() is None:
                time.sleep(0.002)
            if reached:
                os.killpg(process.pid, signal.SIGKILL)
            said = process.communicate(timeout=120)[0].decode()
        assert process.returncode == (-signal.SIGKILL if reached else 0), said
        if reached:
            assert content(ws.warehouse.published) == story.before
    # The expectations judged for themselves, and the day is today.
    check_healed(ws, story, but=("validations", "report_versions"))


# --- Two runs, and readers -------------------------------------------------------------------------


@pytest.mark.long
def test_two_runs_at_once_wait_for_each_other(runner: Runner, story: Story, tmp_path: Path) -> None:
    ws = story.begin(tmp_path)
    pids = [runner.start(ws, "2025-03-04") for _ in range(2)]
    assert [runner.wait(pid) for pid in pids] == [0, 0]
    check_healed(ws, story)


@pytest.mark.long
def test_two_runs_that_do_not_wait_fail_at_worst_with_a_sentence(runner: Runner, story: Story, tmp_path: Path) -> None:
    """Such as from two pages of Dagster: their stages meet in any order."""
    ws = story.begin(tmp_path)
    before = len(runner.said.read_text(encoding="utf-8"))
    pids = [runner.start(ws, "2025-03-04", alone=False) for _ in range(2)]
    statuses = [runner.wait(pid) for pid in pids]
    said = runner.said.read_text(encoding="utf-8")[before:].splitlines()
    assert set(statuses) <= {0, 1}
    assert len(said) == statuses.count(1)
    assert all(line.startswith(("StageError: ", "WarehouseBusyError: ")) for line in said), said
    check_whole(ws, story, tmp_path)
    runner.run(ws, "2025-03-04")
    check_healed(ws, story)


READER = """
import sys, duckdb
from pathlib import Path
link, stop = Path(sys.argv[1]), Path(sys.argv[2])
sql = "SELECT count(*), min(version), max(version), sum(value)::BIGINT FROM facts JOIN reports USING (report_id)"
held = duckdb.connect(str(link.resolve()), read_only=True)
first = held.execute(sql).fetchone()
print("open", flush=True)
queries, seen = 0, set()
while not stop.exists():
    assert held.execute(sql).fetchone() == first
    with duckdb.connect(str(link.resolve()), read_only=True) as fresh:
        count, low, high, total = fresh.execute(sql).fetchone()
    assert (count, low) == (400, high), (count, low, high)
    seen.add((low, total))
    queries += 2
print(queries, len(seen), len({low for low, _ in seen}), flush=True)
"""


@pytest.mark.longest
def test_four_readers_through_five_publishes(tmp_path: Path) -> None:
    """Each holds the file that it opened first, and opens the newest one again and again."""
    warehouse, stop = Warehouse(tmp_path), tmp_path / "stop"

    def publish(seed: int) -> None:
        with warehouse.writer() as writer:
            frames = rows.together(rows.report("甲", seed=seed), rows.report("乙", "410502", 2023, seed=seed))
            writer.load(rows.keys_of(frames), frames, ())
        warehouse.publish()

    publish(1)
    command = [sys.executable, "-c", READER, str(warehouse.published), str(stop)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [r.stdout.readline().strip() for r in readers if r.stdout] == ["open"] * 4
    for seed in range(2, 7):
        publish(seed)
    stop.touch()
    for reader in readers:
        out, err = reader.communicate(timeout=60)
        assert reader.returncode == 0, err
        queries, states, versions = map(int, out.split())
        assert queries >= 10
        assert states == versions > 1  # each state was seen whole


# --- No room ---------------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """A disk of a few MiB at `folder`, which can be filled up for a while."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")

    @contextmanager
    def filled() -> Iterator[None]:
        filler = folder / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as handle:
            while handle.write(bytes(4096)):
                pass
        yield
        filler.unlink()

    try:
        yield filled
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def small_files(folder: Path) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """A limit on the size of files that this process writes, for a while."""

    @contextmanager
    def limited() -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    yield limited


@pytest.mark.long
@pytest.mark.parametrize("disk", [small_disk, small_files])
def test_without_room_it_fails_with_a_sentence_and_heals(tmp_path: Path, disk: Any) -> None:
    keys = [(f"{410000 + n}", 2024) for n in range(60)]
    pattern = rows.report("甲")
    with disk(tmp_path) as no_room:
        warehouse = Warehouse(tmp_path / "warehouse")

        def load(seed: int) -> None:
            with warehouse.writer() as writer:
                writer.load(keys, rows.spread(pattern, keys, seed), ())

        load(1)
        old = warehouse.publish()
        before = content(warehouse.published)
        actions: dict[str, tuple[Callable[[], object], str]] = {
            "load": (lambda: load(2), "loading failed|cannot be opened now"),
            "publish": (warehouse.publish, "publishing failed|cannot be opened now"),
            "lake": (warehouse.write_lake, "writing the lake failed"),
        }
        for name, (action, complaint) in actions.items():
            with no_room(), pytest.raises(WarehouseFullError, match=complaint) as caught:
                action()
            assert str(caught.value).startswith(f"{warehouse.root}: disk full, or a limit on the size of files"), name
            assert content(warehouse.published) == before
            assert warehouse.published.resolve() == old.path
            if name == "load":
                action()
        assert warehouse.publish().renewed
        assert warehouse.query("SELECT DISTINCT version FROM reports")[1] == [(2,)]
        assert warehouse.write_lake().files > 0
        assert warehouse.query_lake("SELECT count(*) FROM facts_history")[1] == [(12_000,)]
