"""The event log: one announcement for a range, every loaded partition noted, and nothing that Dagster would miss."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value

from assets import event_log as choosing
from assets.open_event_log import OPEN_AT_ONCE, OpenEventLog
from tests.workspace import dagster_home

LAST = 300
CODES = [f"{410000 + i}" for i in range(LAST)]
PARTITIONS = dg.MultiPartitionsDefinition(
    {"district": dg.StaticPartitionsDefinition(CODES), "year": dg.StaticPartitionsDefinition(["2020", "2021"])}
)
SCATTERED = [f"{CODES[i]}|2020" for i in (0, 7, 150, LAST - 1)]
RANGE = {
    "dagster/asset_partition_range_start": f"{CODES[0]}|2020",
    "dagster/asset_partition_range_end": f"{CODES[-1]}|2020",
}
KEY = dg.AssetKey("loaded")


def definitions(fails: bool = False) -> dg.Definitions:
    """An asset that says of a few partitions of its range that they are loaded."""

    @dg.asset(
        name="loaded",
        partitions_def=PARTITIONS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        output_required=False,
    )
    def loaded(context: dg.AssetExecutionContext) -> Iterator[dg.Output[None]]:
        for key in SCATTERED:
            context.log_event(dg.AssetMaterialization(KEY, partition=key, metadata={"rows": 1}))
        if fails:
            raise ValueError("the disk is full")
        yield from ()

    job = dg.define_asset_job("load", selection=[loaded], executor_def=dg.in_process_executor)
    return dg.Definitions(assets=[loaded], jobs=[job])


def load(instance: dg.DagsterInstance, fails: bool = False) -> dg.ExecuteInProcessResult:
    job = definitions(fails).resolve_job_def("load")
    return job.execute_in_process(instance=instance, tags=RANGE, raise_on_error=False)


def statuses(instance: dg.DagsterInstance) -> tuple[int, int, int]:
    """How many partitions Dagster's page shows as materialized, failed and in progress."""
    cached = get_and_update_asset_status_cache_value(instance, KEY, PARTITIONS)
    assert cached is not None
    return (
        len(list(cached.deserialize_materialized_partition_subsets(PARTITIONS).get_partition_keys())),
        len(list(cached.deserialize_failed_partition_subsets(PARTITIONS).get_partition_keys())),
        len(list(cached.deserialize_in_progress_partition_subsets(PARTITIONS).get_partition_keys())),
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home for Dagster with the project's settings."""
    home = dagster_home(tmp_path / "home")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    return home


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.get() as found:
        yield found


def event_log(instance: dg.DagsterInstance) -> OpenEventLog:
    found = instance.event_log_storage
    assert isinstance(found, OpenEventLog)
    return found


def test_a_range_is_announced_once_and_every_loaded_partition_is_noted(instance: dg.DagsterInstance) -> None:
    result = load(instance)
    assert result.success
    announced = [e for e in instance.all_logs(result.run_id) if _kind(e) == "ASSET_MATERIALIZATION_PLANNED"]
    assert len(announced) == 1
    assert instance.get_materialized_partitions(KEY) == set(SCATTERED)
    assert statuses(instance) == (len(SCATTERED), 0, 0)
    found = instance.fetch_materializations(KEY, limit=10).records
    assert sorted(r.asset_materialization.partition for r in found if r.asset_materialization) == SCATTERED  # type: ignore[type-var]
    assert {r.run_id for r in found} == {result.run_id}


def _kind(entry: dg.EventLogEntry) -> str:
    return entry.dagster_event.event_type_value if entry.dagster_event else ""


def test_a_failed_range_marks_what_was_loaded_and_nothing_else(instance: dg.DagsterInstance) -> None:
    assert not load(instance, fails=True).success
    assert statuses(instance) == (len(SCATTERED), 0, 0)
    assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]


@pytest.mark.long
def test_dagsters_own_event_log_reads_what_was_written_and_the_reverse(home: Path) -> None:
    settings = home / "dagster.yaml"
    ours = settings.read_text(encoding="utf-8")
    plain = ours.partition("event_log_storage:")[0]
    for text in (ours, plain, ours):
        settings.write_text(text, encoding="utf-8")
        with dg.DagsterInstance.get() as instance:
            assert isinstance(instance.event_log_storage, OpenEventLog) == (text is ours)
            load(instance)
            assert instance.get_materialized_partitions(KEY) == set(SCATTERED)
    with dg.DagsterInstance.get() as instance:
        assert len(instance.get_runs()) == 3
        assert all(len(instance.all_logs(run.run_id)) > len(SCATTERED) for run in instance.get_runs())


def test_few_databases_are_open_at_once(instance: dg.DagsterInstance) -> None:
    runs = [load(instance).run_id for _ in range(2 * OPEN_AT_ONCE)]
    for run in runs:
        assert instance.all_logs(run)
    assert len(event_log(instance)._open) <= OPEN_AT_ONCE
    assert len(list(Path("/proc/self/fd").iterdir())) < 100


def test_the_file_of_a_run_tells_the_page_of_each_event(instance: dg.DagsterInstance) -> None:
    run = load(instance).run_id
    file = Path(event_log(instance).path_for_shard(run))
    os.utime(file, (1, 1))
    instance.report_engine_event("one more", instance.get_run_by_id(run))
    assert file.stat().st_mtime > 1


@pytest.mark.long
def test_events_outlive_a_killed_process(home: Path) -> None:
    code = (
        "import os, signal, dagster as dg\n"
        "from tests.assets.test_event_log import load\n"
        "instance = dg.DagsterInstance.get()\n"
        "load(instance)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=os.environ, capture_output=True, check=False)
    assert done.returncode == -9
    with dg.DagsterInstance.get() as instance:
        assert instance.get_materialized_partitions(KEY) == set(SCATTERED)


def test_wiping_forgets_all(instance: dg.DagsterInstance) -> None:
    load(instance)
    instance.wipe()
    assert instance.get_materialized_partitions(KEY) == set()
    assert load(instance).success


@pytest.mark.long
def test_a_class_that_does_not_fit_is_left_by_itself_with_a_sentence(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its trial fails, as when a private module has moved; it is made once and noted."""
    (home / "history" / choosing.TRIED).write_text("1.0.0: works", "utf-8")
    monkeypatch.setattr(choosing, "TRIAL", "assets.moved")
    for _ in range(2):
        with dg.DagsterInstance.get() as instance:
            assert type(instance.event_log_storage) is choosing.SqliteEventLogStorage
            load(instance)
            assert instance.get_materialized_partitions(KEY) == set(SCATTERED)
        monkeypatch.setattr(choosing, "_tried", lambda: pytest.fail("tried twice"))
    assert caplog.messages[0].startswith(f"Events of Dagster {dg.__version__} are noted by its own class")
    assert "No module named assets.moved" in caplog.messages[0]


@pytest.mark.long
def test_the_trial_finds_what_is_in_use_here_to_work() -> None:
    assert choosing._tried() == choosing.WORKS
