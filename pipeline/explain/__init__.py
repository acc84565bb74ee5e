"""The path from ink to warehouse, of a report or of one figure, as plain data: what `disclosure explain` prints.

`trace` reads a file, `explain_report` and `explain_fact` describe it, `plain` makes JSON of that. What does *not*
belong here: printing, and what the warehouse holds (`in_warehouse`).
"""

from __future__ import annotations

from pipeline.explain.figure import WHEN, WHO, WHY, explain_fact
from pipeline.explain.model import (
    Claim,
    Decision,
    ExplainError,
    FactPath,
    Flaw,
    Found,
    IdentityPath,
    ProposalPath,
    Recognised,
    ReportPath,
    Shown,
    Spot,
    TablePath,
    name_of,
    plain,
)
from pipeline.explain.report import division_path, explain_report
from pipeline.explain.tracing import Traced, trace

__all__ = [
    "WHEN",
    "WHO",
    "WHY",
    "Claim",
    "Decision",
    "ExplainError",
    "FactPath",
    "Flaw",
    "Found",
    "IdentityPath",
    "ProposalPath",
    "Recognised",
    "ReportPath",
    "Shown",
    "Spot",
    "TablePath",
    "Traced",
    "division_path",
    "explain_fact",
    "explain_report",
    "name_of",
    "plain",
    "trace",
]
