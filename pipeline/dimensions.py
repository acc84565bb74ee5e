"""The rows of tables that depend on no report: districts, what forms, series, metrics and rules are, and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product

import pandas as pd

from pipeline.forms.loading import forms
from pipeline.forms.series import all_series, series_of
from pipeline.forms.year_rules import equations
from pipeline.frames import Frames, Row, division_names
from pipeline.narrative.statements import METRICS as METRIC_CODES
from pipeline.places import Division, divisions
from pipeline.raw.verdicts import Verdict
from pipeline.schema import (
    CELLS,
    DISTRICTS,
    METRICS,
    SERIES,
    SERIES_CELLS,
    SERIES_VERDICTS,
    VERDICTS,
    YEAR_RULES,
    Table,
)
from pipeline.tables import frame


def dimension_frames(wanted: Collection[Table] | None = None) -> Frames:
    """The tables that do not depend on reports: districts, and what the forms, series, metrics and rules are.

    With `wanted` only those of them.
    """
    made: Mapping[Table, Callable[[], Iterable[Row]]] = {
        DISTRICTS: lambda: map(_district, divisions()),
        CELLS: _cells,
        METRICS: _metrics,
        YEAR_RULES: _year_rules,
        SERIES: _series,
        SERIES_CELLS: lambda: (
            {n: getattr(c, n) for n in SERIES_CELLS.column_names} for s in all_series() for c in s.cells
        ),
        SERIES_VERDICTS: _series_verdicts,
    }
    return {table.name: frame(table, rows()) for table, rows in made.items() if wanted is None or table in wanted}


def _series() -> Iterator[Row]:
    for series in all_series():
        yield {"series": series.code, **{name: getattr(series, name) for name in SERIES.column_names[1:]}}


def verdict_frame(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """The rows of `verdicts`, in the order of the file."""
    return frame(VERDICTS, map(_verdict, verdicts))


def _district(d: Division) -> Row:
    return {
        "district_code": d.code,
        "name": d.name,
        "level": d.level,
        "start_year": d.start_year,
        "end_year": d.end_year,
        "current_codes": " ".join(d.current_codes),
        **division_names(d),
    }


def _cells() -> Iterator[Row]:
    for f in forms():
        for number, c in enumerate(f.cells, start=1):
            yield {
                "form": f.name,
                "table_no": c.table_no,
                "row_code": c.row.code,
                "col_code": c.column.code,
                "row_label": " / ".join(c.row.path),
                "col_label": " / ".join(c.column.path),
                "unit": c.unit,
                "series": series_of(f.name, c),
                "additive": c.additive,
                "cell_no": number,
            }


def _metrics() -> Iterator[Row]:
    for code, m in METRIC_CODES.items():
        yield {"metric": code, "label": m.label, "meaning": m.meaning, "unit": m.unit}


def _spellings() -> Mapping[str, Sequence[str]]:
    """Each form with its variants, whose cells mean what its own do."""
    names: dict[str, list[str]] = {}
    for f in forms():
        names.setdefault(f.variant_of or f.name, []).append(f.name)
    return names


def _series_verdicts() -> Iterator[Row]:
    names = _spellings()
    for v in (v for s in all_series() for v in s.verdicts):
        for before, after in product(names[v.form_before], names[v.form_after]):
            yield {
                "series": v.series,
                "form_before": before,
                "form_after": after,
                "verdict": v.verdict,
                "note": v.note,
            }


def _year_rules() -> Iterator[Row]:
    """The rules of two years, for every form and variant."""
    names = _spellings()
    for e in equations():
        for now, before in product(names[e.form_now], names[e.form_before]):
            yield {
                "rule": e.rule,
                "severity": e.severity,
                "form_now": now,
                "form_before": before,
                "equation": e.number,
                "side": e.side,
                "of": e.year,
                "table_no": e.table_no,
                "row_code": e.row_code,
                "col_code": e.col_code,
                "sign": e.sign,
            }


def _verdict(v: Verdict) -> Row:
    return {
        "line_no": v.line,
        "district_code": v.district_code,
        "year": v.year,
        "publisher": v.publisher,
        "table_no": v.table_no,
        "row_code": v.row_code,
        "col_code": v.col_code,
        "printed": v.printed,
        "verdict": v.verdict,
        "value": v.value,
        "who": v.who,
        "decided_on": v.when.isoformat(),
        "why": v.why,
    }
