"""Where the project's folders are, and settings of the environment.

What does *not* belong here: the use of a setting. Imports nothing heavy.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from pipeline.raw.folder import InputError


def _project() -> Path:
    """The folder with `pyproject.toml` that this code stands in, else the current one."""
    here = Path(__file__).resolve().parent.parent
    return here if (here / "pyproject.toml").exists() else Path.cwd()


PROJECT = _project()
RAW = PROJECT / "data" / "raw"
WAREHOUSE = PROJECT / "data" / "warehouse"
RAW_SETTING, WAREHOUSE_SETTING = "DISCLOSURE_RAW", "DISCLOSURE_WAREHOUSE"
OWNERS_SETTING = "DISCLOSURE_OWNERS"
_OWNER = re.compile(r"team:[\w.-]+|[^@\s:]+@[^@\s:]+\.[^@\s:]+")


def place_of_reports() -> str:
    """The folder of the reports, or its URL: as `DISCLOSURE_RAW` says, else data/raw."""
    return os.environ.get(RAW_SETTING) or str(RAW)


def place_of_warehouse() -> Path:
    """The folder of the warehouse: as `DISCLOSURE_WAREHOUSE` says, else data/warehouse. Raises `InputError`."""
    return warehouse_folder(os.environ.get(WAREHOUSE_SETTING) or str(WAREHOUSE))


def warehouse_folder(text: str) -> Path:
    """The folder of a warehouse, which is a local one. Raises `InputError` for a URL."""
    if "://" in text:
        raise InputError(f"{text}: a warehouse is a folder of this machine, not a URL")
    return Path(text)


def owners() -> list[str]:
    """Who owns the assets on Dagster's page: as `DISCLOSURE_OWNERS` says, else a team of the project's name.

    Each is an e-mail address or `team:name`. Raises `InputError` for any other.
    """
    named = [name.strip() for name in os.environ.get(OWNERS_SETTING, "").split(",") if name.strip()]
    wrong = [name for name in named if not _OWNER.fullmatch(name)]
    if wrong:
        raise InputError(f"{OWNERS_SETTING}: {wrong[0]!r} is neither an e-mail address nor team:name")
    return named or ["team:disclosure"]
