"""Dagster's home, and no telemetry of Dagster and Great Expectations. Imports nothing heavy."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.settings import PROJECT

DAGSTER_HOME = PROJECT / ".dagster"
INSTANCE = DAGSTER_HOME / "dagster.yaml"


def silence() -> None:
    """Turn off the telemetry of Dagster and Great Expectations."""
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ["GX_ANALYTICS_ENABLED"] = "false"


def settle_environment() -> None:
    """Give Dagster its home, and keep it and Great Expectations from reporting to their makers.

    A home without settings gets those of this project: an installed wheel has no folder that holds them already.
    """
    silence()
    os.environ.setdefault("DAGSTER_HOME", str(DAGSTER_HOME))
    # One planned event for a range of partitions, not one for each: assets/open_event_log.py says why.
    os.environ.setdefault("DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS", "1")
    home = Path(os.environ["DAGSTER_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    settings = home / INSTANCE.name
    if not settings.exists():
        settings.write_bytes(_instance().read_bytes())


def _instance() -> Path:
    """The settings of Dagster's instance: in the checkout in its home, in a wheel beside this file."""
    beside = Path(__file__).with_name(INSTANCE.name)
    return beside if beside.exists() else INSTANCE
