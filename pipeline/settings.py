"""Where the project's folders are, and settings of the environment.

What does *not* belong here: what is done with a setting. Imports nothing heavy.
"""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.raw.folder import InputError


def _project() -> Path:
    """The folder with `pyproject.toml` that this code stands in, else the current one."""
    here = Path(__file__).resolve().parent.parent
    return here if (here / "pyproject.toml").exists() else Path.cwd()


PROJECT = _project()
RAW = PROJECT / "data" / "raw"
WAREHOUSE = PROJECT / "data" / "warehouse"
RAW_SETTING = "DISCLOSURE_RAW"


def place_of_reports() -> str:
    """The folder of the reports, or its URL: as `DISCLOSURE_RAW` says, else data/raw."""
    return os.environ.get(RAW_SETTING) or str(RAW)


def whole_number(name: str, default: int, least: int) -> int:
    """A setting, or the default where there is none.

    Raises `InputError` for one that is no whole number from `least` on.
    """
    setting = os.environ.get(name, "")
    if not setting:
        return default
    if not setting.isdecimal() or int(setting) < least:
        raise InputError(f"{name} must be a whole number from {least} on, not {setting!r}")
    return int(setting)
