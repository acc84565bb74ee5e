"""How the rules of quality did in the last batch and in the one before, so that a check reports only news.

A few rules fail in some reports of every batch: publishers err. News is a rule that fails in a larger share of the
reports than before, by more than chance explains. What does *not* belong here: the rules (`expectations/quality.py`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from expectations.rules import RuleResult
from pipeline.runs.validation import Validated
from pipeline.runs.workspace import Workspace, replacing_file, state

NIGHTS = "quality.json"
# Two standard errors: some one in 44 unchanged rules is reported as worse by chance.
STANDARD_ERRORS = 2.0


@dataclass(frozen=True, slots=True)
class Night:
    """How many reports a batch had, and how many of them failed each rule."""

    reports: int
    failed: Mapping[str, int]


def night_of(validated: Validated, results: Iterable[RuleResult]) -> Night:
    """The rules of quality in this batch."""
    return Night(validated.reports, {r.rule: r.reports_failed for r in results if r.suite == "quality"})


def note(ws: Workspace, night: Night) -> Night | None:
    """Note this batch and return the one before; None where there is none. A batch without reports is not noted.

    The same batch may come again, after a kill: it is still compared with the one before it.
    """
    told = _told(ws)
    batch = state(ws).batch
    before = told.get("before") if told.get("batch") == batch else told.get("now")
    if night.reports:
        with replacing_file(ws.work / NIGHTS) as new:
            new.write_text(json.dumps({"batch": batch, "before": before, "now": asdict(night)}), encoding="utf-8")
    return Night(before["reports"], before["failed"]) if before else None


def before_last(ws: Workspace) -> Night | None:
    """The batch before the last one."""
    before = _told(ws).get("before")
    return Night(before["reports"], before["failed"]) if before else None


def _told(ws: Workspace) -> Mapping[str, Any]:
    """The notes; empty where they are missing or damaged."""
    try:
        told = json.loads((ws.work / NIGHTS).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def worse(now: Night, before: Night) -> tuple[str, ...]:
    """The rules that fail in a larger share of the reports than the time before, by more than chance explains."""
    return tuple(rule for rule in sorted(now.failed) if _is_worse(rule, now, before))


def _is_worse(rule: str, now: Night, before: Night) -> bool:
    if not (now.reports and before.reports):
        return False
    failed, failed_before = now.failed[rule], before.failed.get(rule, 0)
    grown = failed / now.reports - failed_before / before.reports
    share = (failed + failed_before) / (now.reports + before.reports)
    error = math.sqrt(share * (1 - share) * (1 / now.reports + 1 / before.reports))
    return grown > STANDARD_ERRORS * error
