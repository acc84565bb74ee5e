"""Dagster's event log: its own SQLite files, written by `assets/open_event_log.py` where that works.

That class stands on private modules of Dagster. It is tried once with every version of Dagster, in a process of its
own; where it does not work any more, Dagster's own class notes the same events into the same files, only slower. What
does *not* belong here: a Postgres, whose settings name no event log of this project (`deploy/container/dagster.yaml`).
"""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage  # the class that Dagster's own settings name

if TYPE_CHECKING:
    from dagster._config.config_schema import UserConfigSchema
    from dagster._serdes import ConfigurableClassData

TRIAL = "assets.open_event_log"
TRIAL_SECONDS = 120
TRIED = "open_event_log.txt"
WORKS = "works"


class EventLog(SqliteEventLogStorage):
    """The class that `dagster.yaml` names; it makes one of two classes that read and write the same files."""

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """The folder of Dagster's instance."""
        return {"home": dg.StringSource}

    @classmethod
    def from_config_value(  # type: ignore[override]  # Dagster takes any event log
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> SqliteEventLogStorage:
        """The event log with databases that stay open; where that does not work, Dagster's own, with a warning."""
        home = Path(config_value["home"])
        why_not = _why_not(home)
        if why_not:
            logging.getLogger(__name__).warning(
                "Events of Dagster %s are noted by its own class, which is slower: assets/open_event_log.py does not "
                "fit it (%s)",
                dg.__version__,
                why_not,
            )
            return SqliteEventLogStorage(str(home / "history" / "runs"), inst_data)
        from assets.open_event_log import OpenEventLog

        return OpenEventLog.from_config_value(inst_data, config_value)


def _why_not(home: Path) -> str:
    """Why the faster class cannot be used with this version of Dagster; "" where it can. Tried once, then noted."""
    note = home / "history" / TRIED
    tried, _, result = note.read_text("utf-8").partition(": ") if note.exists() else ("", "", "")
    if tried != dg.__version__:
        result = _tried()
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(f"{dg.__version__}: {result}", "utf-8")
    return "" if result == WORKS else result


def _tried() -> str:
    """`works`, or the last line of what went wrong."""
    trial = [sys.executable, "-m", TRIAL]
    # Beside the package that is imported here: the program may have been started elsewhere.
    beside = Path(__file__).resolve().parent.parent
    try:
        done = subprocess.run(  # noqa: S603  # a module of this project
            trial, cwd=beside, capture_output=True, text=True, timeout=TRIAL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {TRIAL_SECONDS} seconds"
    if done.returncode == 0:
        return WORKS
    return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
