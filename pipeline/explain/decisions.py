"""The verdicts of people about a report, and whether they are applied, as the view `verdicts_applied` says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.explain.model import Decision, name_of
from pipeline.parsed import Parsed, Report
from pipeline.raw.verdicts import Verdict
from pipeline.trust.second_reading import CellKey


def decisions(p: Parsed, verdicts: Sequence[Verdict]) -> Iterator[Decision]:
    """The verdicts that are about the report, those on the whole of it first."""
    if p.report is None:
        return
    mine = [v for v in verdicts if _is_about(v, p.report)]
    printed = {f.key: f.printed.text.strip() for f in p.facts}  # as `facts` has it
    for v in sorted(mine, key=lambda v: (v.table_no is not None, v.line)):
        key = _key_of(v)
        last = max(other.line for other in mine if _key_of(other) == key)
        status = "overruled" if v.line < last else _status(v, key, printed)
        cell = name_of(key) if key else None
        yield Decision(v.line, cell, v.verdict, v.value, v.printed, status, v.who, v.when, v.why)


def _is_about(v: Verdict, report: Report) -> bool:
    codes = (report.district_code, report.place.district_code_current)
    return v.year == report.year and v.district_code in codes and v.publisher in (report.publisher, report.body.name)


def _key_of(v: Verdict) -> CellKey | None:
    if v.table_no is None or v.row_code is None or v.col_code is None:
        return None
    return v.table_no, v.row_code, v.col_code


def _status(v: Verdict, key: CellKey | None, printed: Mapping[CellKey, str]) -> str:
    if key is None:
        return "applied"
    if key not in printed:
        return "no such cell"
    return "applied" if _bare(v.printed or "") == _bare(printed[key]) else "out of date"


def _bare(text: str) -> str:
    return re.sub(r"[\t\n\f\r ]", "", text)  # what DuckDB takes for white space
