"""Where the project's folders are. Imports nothing heavy."""

from __future__ import annotations

import os
from pathlib import Path


def _project() -> Path:
    """The folder with `pyproject.toml` that this code stands in, else the current one."""
    here = Path(__file__).resolve().parent.parent
    return here if (here / "pyproject.toml").exists() else Path.cwd()


PROJECT = _project()
RAW = PROJECT / "data" / "raw"
WAREHOUSE = PROJECT / "data" / "warehouse"
RAW_SETTING = "DISCLOSURE_RAW"
DAGSTER_HOME = PROJECT / ".dagster"
INSTANCE = DAGSTER_HOME / "dagster.yaml"


def place_of_reports() -> str:
    """The folder of the reports, or its URL: as `DISCLOSURE_RAW` says, else data/raw."""
    return os.environ.get(RAW_SETTING) or str(RAW)


def silence() -> None:
    """Keep Dagster and Great Expectations from reporting to their makers."""
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ["GX_ANALYTICS_ENABLED"] = "false"


def settle_environment() -> None:
    """Give Dagster its home, and keep it and Great Expectations from reporting to their makers.

    A home without settings gets those of this project: an installed wheel has no folder that holds them already.
    """
    silence()
    os.environ.setdefault("DAGSTER_HOME", str(DAGSTER_HOME))
    home = Path(os.environ["DAGSTER_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    settings = home / INSTANCE.name
    if not settings.exists():
        settings.write_bytes(_instance().read_bytes())


def _instance() -> Path:
    """The settings of Dagster's instance: in the checkout in its home, in a wheel beside this file."""
    beside = Path(__file__).with_name(INSTANCE.name)
    return beside if beside.exists() else INSTANCE
