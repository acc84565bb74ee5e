"""One run per year for a backfill of Dagster's page, however scattered its districts are.

Dagster cuts a selection into unbroken ranges and makes a run for each: 640 scattered partitions would be some 600 runs
of 7 seconds each, nearly all of it spent on starting. The first run of a year therefore does the work of the others,
which still wait in the queue, and takes them out of it. What does *not* belong here: what is done for a partition.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import dagster as dg

from assets.partitions import district_year, partition_of

BACKFILL = "dagster/backfill"
START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
SUBMITTED_SECONDS = 600.0
LOOK_SECONDS = 1.0


def partitions_to_run(context: dg.AssetExecutionContext) -> Sequence[str]:
    """The keys of the run's range, and those of the runs that it takes over: of the same backfill and first year."""
    own: Sequence[str] = context.partition_keys
    backfill, start = (context.run.tags.get(tag) for tag in (BACKFILL, START))
    if backfill is None or start is None:
        return own
    _wait_until_submitted(context, backfill)
    first_year = partition_of(start)[1]
    queued = dg.RunsFilter(tags={BACKFILL: backfill}, statuses=[dg.DagsterRunStatus.QUEUED], job_name=context.job_name)
    others = [run for run in context.instance.get_runs(queued) if _first_year(run) == first_year]
    keys = dict.fromkeys(own)
    for run in others:
        span = dg.PartitionKeyRange(run.tags[START], run.tags[END])
        keys |= dict.fromkeys(district_year.get_partition_keys_in_range(span))
        context.instance.delete_run(run.run_id)
    if others:
        context.log.info(
            f"This run does the work of {len(others)} others of the backfill, {len(keys)} partitions in all"
        )
    return list(keys)


def _wait_until_submitted(context: dg.AssetExecutionContext, backfill_id: str) -> None:
    """Wait until the daemon has queued all runs of the backfill, or is gone."""
    latest = time.monotonic() + SUBMITTED_SECONDS
    while time.monotonic() < latest:
        backfill = context.instance.get_backfill(backfill_id)
        if backfill is None or not backfill.submitting_run_requests:
            return
        time.sleep(LOOK_SECONDS)


def _first_year(run: dg.DagsterRun) -> int | None:
    """The first year of a run's range; None for a run without one, as of another asset of the backfill."""
    return partition_of(run.tags[START])[1] if START in run.tags and END in run.tags else None
