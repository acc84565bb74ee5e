"""Starts runs: a schedule at night, a sensor for new files, and two that carry a run on to its end.

    raw_files_changed, nightly → refresh (ingest, extract, validate)
    validated → load, one run over a range for each touched year
    loaded → publish

The schedule and the two that carry on are on from the start, the sensor for new files is switched on by
whoever wants it. `disclosure run` does the same in one process, without a daemon.
"""

import time
from collections.abc import Iterator

import dagster as dg

from assets.partitions import by_year, key_of, range_tags
from assets.raw import raw_files
from assets.reports import extracted_reports, validated_reports
from assets.resources import WorkspaceResource
from assets.site import published_site
from assets.warehouse import Load, loaded_reports, published_warehouse
from pipeline.runs import planning
from pipeline.runs.workspace import StageError, Workspace, is_at_work, state
from pipeline.schema import Partition

TIME_ZONE = "Asia/Shanghai"
SETTLED_SECONDS = 30
STARTED_BY = "disclosure/started_by"
COMMAND = "command"
REFRESH_RUN = "disclosure/refresh_run"

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.assets(raw_files, extracted_reports, validated_reports),
    executor_def=dg.in_process_executor,
    description="Ingest, extract and validate what is new under data/raw.",
)
load = dg.define_asset_job(
    "load",
    selection=dg.AssetSelection.assets(loaded_reports),
    executor_def=dg.in_process_executor,
    description="Load the touched partitions of one year.",
)
publish = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.assets(published_warehouse, published_site),
    executor_def=dg.in_process_executor,
    description="Give analysts what is loaded, and the pages made of it.",
)
JOBS = (refresh, load, publish)
AT_WORK = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


def load_config(of_year: tuple[Partition, ...]) -> dg.RunConfig:
    """The configuration of a run that loads only these partitions of its range, from the batch that is validated."""
    return dg.RunConfig(ops={"loaded_reports": Load(only=[key_of(p) for p in of_year], reparse=False)})


@dg.schedule(
    job=refresh,
    cron_schedule="0 2 * * *",
    execution_timezone=TIME_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night at two: a run if anything under data/raw, an override, or the code has changed.",
)
def nightly(
    context: dg.ScheduleEvaluationContext, workspace: WorkspaceResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """One run, or the reason for none."""
    reason, _ = _why_not(context.instance, workspace.open())
    yield dg.SkipReason(reason) if reason else dg.RunRequest()


@dg.sensor(
    job=refresh,
    minimum_interval_seconds=60,
    description="Looks at names, sizes and times under data/raw every minute; a run once they have settled.",
)
def raw_files_changed(
    context: dg.SensorEvaluationContext, workspace: WorkspaceResource
) -> dg.RunRequest | dg.SkipReason:
    """One run for one change: the sensor does not ask again if the run fails; the schedule tries again."""
    reason, change = _why_not(context.instance, workspace.open())
    return dg.SkipReason(reason) if reason else dg.RunRequest(run_key=change)


def _why_not(instance: dg.DagsterInstance, ws: Workspace) -> tuple[str, str]:
    """Why there is nothing to start, or "" and a name for the change. Reads no file."""
    if _is_at_work(instance, ws):
        return "a run is at work", ""
    try:
        plan = planning.plan(ws, hashing=False)
    except (StageError, ValueError) as error:
        return str(error), ""
    if plan.idle and ws.warehouse.is_published():
        return "nothing has changed", ""
    youngest = max((raw.mtime_ns for raw, _ in plan.todo), default=0) / 1e9
    if 0 <= time.time() - youngest < SETTLED_SECONDS:
        return "files are still arriving", ""
    return "", plan.batch


def _is_at_work(instance: dg.DagsterInstance, ws: Workspace) -> bool:
    """Whether a run is queued or under way; one of the command only while the command lives."""
    alive = is_at_work(ws, "run")
    runs = instance.get_runs(dg.RunsFilter(statuses=AT_WORK))
    return alive or any(run.tags.get(STARTED_BY) != COMMAND for run in runs)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[refresh],
    request_jobs=[load, publish],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="After refresh: one load over a range for each touched year; publish where none is touched.",
)
def validated(
    context: dg.RunStatusSensorContext, workspace: WorkspaceResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """The loads that a refresh calls for."""
    run = context.dagster_run
    if run.tags.get(STARTED_BY) == COMMAND:
        yield dg.SkipReason("the command carries its run on itself")
        return
    tags = {REFRESH_RUN: run.run_id}
    pending = by_year(state(workspace.open()).pending)
    for year, of_year in pending.items():
        yield dg.RunRequest(
            run_key=f"{run.run_id}:{year}",
            job_name=load.name,
            run_config=load_config(of_year),
            tags={**tags, **range_tags(of_year)},
        )
    if not pending:
        yield dg.RunRequest(run_key=run.run_id, job_name=publish.name, tags=tags)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[load],
    request_job=publish,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="After the last load of a batch: publish.",
)
def loaded(context: dg.RunStatusSensorContext, workspace: WorkspaceResource) -> dg.RunRequest | dg.SkipReason:
    """The publication, once no partition is pending."""
    run = context.dagster_run
    if run.tags.get(STARTED_BY) == COMMAND:
        return dg.SkipReason("the command carries its run on itself")
    pending = state(workspace.open()).pending
    if pending:
        return dg.SkipReason(f"{len(pending)} partitions are still to be loaded")
    return dg.RunRequest(run_key=run.tags.get(REFRESH_RUN, run.run_id))
