"""Sends alerts at once: a run has failed, a check has stopped it, much is in quarantine, a district is gone.

What does *not* belong here: how alerts are sent (`pipeline/alerts.py`).
"""

from __future__ import annotations

import dagster as dg

from assets.automation import COMMAND, STARTED_BY
from pipeline import alerts
from pipeline.alerts import Alert

# What Dagster raises where a blocking check fails; the class has no public name.
BLOCKED = "DagsterAssetCheckFailedError"


def about_failure(where: str, why: str, trace: str) -> Alert:
    """The alert about a run that has failed."""
    kind: alerts.Kind = "check-blocked" if BLOCKED in trace else "run-failed"
    return Alert(kind, f"{where}: {why}. What was published before stays.")


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells people of a failed run by the webhook or e-mail that the settings name (docs/alerts.md).",
)
def run_failed(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """One alert for each failed run; `disclosure run` and `disclosure backfill` send their own."""
    run = context.dagster_run
    if run.tags.get(STARTED_BY) == COMMAND:
        return dg.SkipReason("the command tells of its runs itself")
    if not alerts.is_set_up():
        return dg.SkipReason("no alert is set up")
    failures = (event.step_failure_data.error for event in context.get_step_failure_events())
    trace = "\n".join(error.to_string() for error in failures if error)
    alerts.send_all([about_failure(run.job_name, context.failure_event.message or "it failed", trace)])
    return None
