"""What starts runs, on a small folder and a Dagster instance of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets import automation
from assets.definitions import define
from assets.partitions import by_year, key_of, range_tags
from assets.resources import WorkspaceResource
from pipeline.runs import extraction, loading, planning, publication, validation
from pipeline.runs.workspace import Workspace, only_run, state
from tests.workspace import CODES, HAIDIAN, XINHUA, accept, put, report, workspace


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    ws = workspace(tmp_path)
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "b.txt", report(HAIDIAN, 2022))
    for file in ws.raw.iterdir():
        os.utime(file, (1, 1))
    return ws


@pytest.fixture
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """One for each test: a context that is closed takes the storages of its instance with it."""
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("home"))) as found:
        yield found


def resource(ws: Workspace) -> WorkspaceResource:
    return WorkspaceResource(raw=str(ws.raw), warehouse=str(ws.root))


def sensor_asks(instance: dg.DagsterInstance, ws: Workspace) -> dg.RunRequest | dg.SkipReason:
    with dg.build_sensor_context(instance=instance, resources={"workspace": resource(ws)}) as context:
        found = automation.raw_files_changed(context)
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def schedule_asks(instance: dg.DagsterInstance, ws: Workspace) -> dg.RunRequest | dg.SkipReason:
    with dg.build_schedule_context(instance=instance, resources={"workspace": resource(ws)}) as context:
        [found] = list(automation.nightly(context))  # type: ignore[call-overload]
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def stage(ws: Workspace, upto: str) -> None:
    planning.ingest(ws)
    extraction.extract(ws)
    validation.validate(ws, accept)
    if upto != "validated":
        loading.load(ws, state(ws).pending)
        publication.publish(ws)


def load_year(instance: dg.DagsterInstance, ws: Workspace, year: int) -> dg.ExecuteInProcessResult:
    """A run over the whole year's range, with `only` as the sensor gives it."""
    of_year = by_year(state(ws).keys)[year]
    codes = (("110000", year), ("110109", year))
    assert codes[0] < of_year[0] < codes[1]
    tags = range_tags(codes)
    job = define(ws.raw, ws.root).resolve_job_def("load")
    return job.execute_in_process(run_config=automation.load_config(of_year), instance=instance, tags=tags)


def after(
    instance: dg.DagsterInstance, ws: Workspace, job: str, sensor: dg.SensorDefinition, **tags: str
) -> list[dg.RunRequest | dg.SkipReason]:
    """What a sensor asks for after a job has succeeded."""

    @dg.job(name=job)
    def done() -> None:
        pass

    result = done.execute_in_process(instance=instance, tags=tags)
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name,
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_success_event(),
        resources={"workspace": resource(ws)},
    )
    found = sensor(context)
    if isinstance(found, dg.RunRequest | dg.SkipReason):
        return [found]
    return list(found)  # type: ignore[call-overload]


def test_new_files_call_for_one_refresh(instance: dg.DagsterInstance, ws: Workspace) -> None:
    first = sensor_asks(instance, ws)
    assert isinstance(first, dg.RunRequest)
    assert first == sensor_asks(instance, ws)
    put(ws, "c.txt", "another")
    os.utime(ws.raw / "c.txt", (1, 1))
    second = sensor_asks(instance, ws)
    assert isinstance(second, dg.RunRequest)
    assert first.run_key != second.run_key
    assert isinstance(schedule_asks(instance, ws), dg.RunRequest)


def test_files_that_are_still_arriving_are_waited_for(instance: dg.DagsterInstance, ws: Workspace) -> None:
    put(ws, "c.txt", "half")
    assert sensor_asks(instance, ws) == dg.SkipReason("files are still arriving")


@pytest.mark.long
def test_nothing_changed_and_mistakes_are_reasons_to_skip(instance: dg.DagsterInstance, ws: Workspace) -> None:
    stage(ws, "published")
    assert sensor_asks(instance, ws) == dg.SkipReason("nothing has changed")
    assert schedule_asks(instance, ws) == dg.SkipReason("nothing has changed")
    put(ws, "overrides.csv", "file,county\n")
    skipped = sensor_asks(instance, ws)
    assert isinstance(skipped, dg.SkipReason)
    assert "overrides.csv, line 1" in (skipped.skip_message or "")


def test_a_run_under_way_is_waited_for(instance: dg.DagsterInstance, ws: Workspace) -> None:
    job = define(ws.raw, ws.root).resolve_job_def("refresh")
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    assert sensor_asks(instance, ws) == dg.SkipReason("a run is at work")
    instance.report_run_failed(run)
    own = {automation.STARTED_BY: automation.COMMAND}
    dead = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=own)
    assert isinstance(sensor_asks(instance, ws), dg.RunRequest)
    with only_run(ws):
        assert sensor_asks(instance, ws) == dg.SkipReason("a run is at work")
    instance.report_run_failed(dead)


def test_a_refresh_calls_for_one_load_a_touched_year(instance: dg.DagsterInstance, ws: Workspace) -> None:
    stage(ws, "validated")
    requests = after(instance, ws, "refresh", automation.validated)
    assert [r.job_name for r in requests if isinstance(r, dg.RunRequest)] == ["load", "load"]
    first = requests[0]
    assert isinstance(first, dg.RunRequest)
    assert first.tags["dagster/asset_partition_range_start"] == key_of((CODES[HAIDIAN], 2022))
    assert first.run_config["ops"]["loaded_reports"]["config"] == {
        "only": [key_of((CODES[HAIDIAN], 2022))],
        "reparse": False,
    }
    own = {automation.STARTED_BY: automation.COMMAND}
    [skipped] = after(instance, ws, "refresh", automation.validated, **own)
    assert isinstance(skipped, dg.SkipReason)


def test_a_range_run_loads_only_what_it_is_told(instance: dg.DagsterInstance, ws: Workspace) -> None:
    stage(ws, "validated")
    assert load_year(instance, ws, 2022).success
    key = dg.AssetKey("loaded_reports")
    assert instance.get_materialized_partitions(key) == {key_of((CODES[HAIDIAN], 2022))}
    event = instance.get_latest_materialization_event(key)
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["dagster/partition_row_count"].value == 200
    assert state(ws).pending == ((CODES[XINHUA], 2023),)


def test_the_last_load_calls_for_the_publication(instance: dg.DagsterInstance, ws: Workspace) -> None:
    stage(ws, "validated")
    loading.load(ws, [(CODES[HAIDIAN], 2022)])
    [waiting] = after(instance, ws, "load", automation.loaded)
    assert waiting == dg.SkipReason("1 partitions are still to be loaded")
    loading.load(ws, state(ws).pending)
    [asked] = after(instance, ws, "load", automation.loaded, **{automation.REFRESH_RUN: "r1"})
    assert isinstance(asked, dg.RunRequest)
    assert asked.run_key == "r1"
    [publish] = after(instance, ws, "refresh", automation.validated)
    assert isinstance(publish, dg.RunRequest)
    assert publish.job_name == "publish"
