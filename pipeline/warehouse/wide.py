"""SQL of the wide views: the figures of a table of a form, one column per cell. Data in `forms/views/*.toml`.

A file gives the view its name, each column its cell, unit, meaning and label; statement and comments are made from
them. What does *not* belong here: views that compute something (`views/*.sql`), and twins over trusted facts
(`view_sql`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.warehouse.ddl import comment_on, literal

WIDE_FOLDER = Path(__file__).parents[1] / "forms" / "views"
# The columns that name a row's report: the first columns of every view for people.
LEAD = (
    "publisher", "level", "district_name", "prefecture_name", "province_name", "year", "scope", "title",
    "district_code", "report_id",
)  # fmt: skip
_MONEY = "万元"
_ANY = "*"  # every column of the table
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FORM = ("Form that the table follows; two joined by + where it mixes them", "表式")


class WideViewError(Exception):
    """The file of a wide view contradicts itself; the message names the file."""


@dataclass(frozen=True, slots=True)
class WideColumn:
    """A column of a wide view: the cell that it shows, as row code and column code (`*`: any), unit and texts."""

    name: str
    row_code: str
    col_code: str
    unit: str
    meaning: str
    label: str
    note: str = ""

    @property
    def is_money(self) -> bool:
        """True for an amount, which keeps its fractions."""
        return self.unit == _MONEY

    @property
    def comment(self) -> tuple[str, str]:
        """The comment: its meaning with the unit counted, and its label; for an amount the text names the unit."""
        unit = "" if self.is_money else f" ({self.unit})"
        return f"{self.meaning}{unit}{'; ' if self.note else ''}{self.note}", self.label


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The column that says which column of the table a row is; `values` are names for unclear codes."""

    name: str
    meaning: str
    label: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Totals:
    """A view of the rows that hold printed totals: its name, their value in the breakdown column, and its texts."""

    name: str
    value: str
    meaning: str
    label: str


@dataclass(frozen=True, slots=True)
class WideView:
    """A view that shows cells of the table of that number in columns, in this order.

    Where several forms give a table the same number, `known_by` is a row that only the forms meant here have.
    """

    name: str
    table_no: int
    meaning: str
    label: str
    columns: tuple[WideColumn, ...]
    known_by: str = ""
    with_publisher_id: bool = False
    with_form: bool = False
    with_twin: bool = True
    breakdown: Breakdown | None = None
    total: Totals | None = field(default=None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the views that are made from it."""
        return (self.name, self.total.name) if self.total else (self.name,)


def wide_views() -> tuple[WideView, ...]:
    """The wide views, by name. Raises `WideViewError` where a file is at fault."""
    return tuple(parse_view(path.stem, path.read_text("utf-8")) for path in sorted(WIDE_FOLDER.glob("*.toml")))


@lru_cache(maxsize=100)
def parse_view(name: str, toml: str) -> WideView:
    """A wide view from the text of its file. Raises `WideViewError` naming the file and what is wrong."""
    try:
        raw = tomllib.loads(toml)
        known = {"columns": tuple(map(_column, raw.pop("columns"))), "table_no": raw.pop("table")}
        parts = {"breakdown": Breakdown, "total": Totals}
        known |= {key: kind(**raw.pop(key)) for key, kind in parts.items() if key in raw}
        made = WideView(name, **known, **raw)
    except (KeyError, TypeError, ValueError, tomllib.TOMLDecodeError) as e:
        raise WideViewError(f"wide view {name}: {type(e).__name__}: {e}") from e
    _check(made)
    return made


def _column(raw: dict[str, Any]) -> WideColumn:
    row_code, _, col_code = raw.pop("cell").partition(":")
    return WideColumn(row_code=row_code, col_code=col_code, **raw)


def _check(made: WideView) -> None:
    names = [*made.names, *(c.name for c in made.columns), *([made.breakdown.name] if made.breakdown else [])]
    wrong = [n for n in names if not _NAME.fullmatch(n)]
    wrong += sorted({n for n in (*LEAD, *names) if [*LEAD, *names].count(n) > 1})
    if wrong:
        raise WideViewError(f"wide view {made.name}: no names of their own: {wrong}")
    if any((c.col_code == _ANY) != (made.breakdown is not None) or not c.row_code or not c.col_code
           for c in made.columns):  # fmt: skip
        raise WideViewError(f"wide view {made.name}: a cell is row:column, or row:* where there is a breakdown")
    if made.total and not made.breakdown:
        raise WideViewError(f"wide view {made.name}: totals without a breakdown")


def wide_sources() -> Mapping[str, str]:
    """The statements of the wide views by name: CREATE VIEW and the comments that they have of their own."""
    return {name: sql for view in wide_views() for name, sql in _sources(view)}


def with_twins() -> tuple[str, ...]:
    """The names of the wide views that come a second time over trusted facts."""
    return tuple(name for view in wide_views() if view.with_twin for name in view.names)


def _sources(view: WideView) -> Iterator[tuple[str, str]]:
    yield view.name, "\n".join((_create(view), "", *_comments(view), ""))
    if view.breakdown and view.total:
        yield view.total.name, "\n".join((_create_total(view, view.breakdown, view.total), ""))


def _create(view: WideView) -> str:
    keys = [*_OF_REPORT, *(["col_code"] if view.breakdown else [])]
    figures = [*keys, *map(_figure, view.columns), *([_FORMS] if view.with_form else [])]
    amount = _AMOUNT if any(column.is_money for column in view.columns) else ""  # it costs each question 0.7 ms
    return f"""CREATE VIEW {view.name} AS
WITH printed AS (
    -- The publisher stands below the figures, so that whoever asks for one reads its facts only.
    SELECT
        {", ".join(_OF_REPORT)}, form, row_code, col_code,
        CASE WHEN value_kind = 'number' THEN whole(in_ones(value::DECIMAL(28, 6), unit)) END AS figure{amount}
    FROM facts
    JOIN (SELECT {", ".join(_OF_REPORT)} FROM yearly_reports) AS y USING (report_id, district_code, year)
    SEMI JOIN {_cells_of(view)} USING (form, table_no, row_code, col_code)
    WHERE table_no = {view.table_no}
),
figures AS (
    SELECT
        {_lines(figures)}
    FROM printed
    GROUP BY {", ".join(keys)}
)
SELECT
    {_lines(_shown(view), 4)}
FROM yearly_reports AS r
JOIN figures AS f USING ({", ".join(_OF_REPORT)})
LEFT JOIN verdict_counts AS vc USING (report_id, district_code, year);"""  # noqa: S608 -- names are checked


_AMOUNT = """,
        -- A cell that prints another unit is turned into 万元, one without any is not guessed at.
        CASE WHEN value_kind = 'number'
            THEN TRY_CAST(in_10k_yuan(value::DOUBLE, unit) AS DECIMAL(18, 6)) END AS amount"""
_OF_REPORT = ("publisher", "report_id", "district_code", "year")
# Reports may mix two forms in one table.
_FORMS = "CASE WHEN min(form) = max(form) THEN min(form) ELSE min(form) || '+' || max(form) END AS form"


def _cells_of(view: WideView) -> str:
    if not view.known_by:
        return "cells"
    return f"(FROM cells WHERE form IN (SELECT form FROM cells WHERE row_code = {literal(view.known_by)})) AS c"  # noqa: S608 -- quoted


def _figure(column: WideColumn) -> str:
    of_column = "" if column.col_code == _ANY else f" AND col_code = {literal(column.col_code)}"
    value = "amount" if column.is_money else "figure"
    return f"max({value}) FILTER (row_code = {literal(column.row_code)}{of_column}) AS {column.name}"


def _shown(view: WideView) -> Iterator[str]:
    yield from (f"r.{name}" for name in LEAD)
    if view.with_publisher_id:
        yield "r.publisher_id"
    if view.breakdown:
        names = " ".join(f"WHEN {literal(code)} THEN {literal(name)}" for code, name in view.breakdown.values.items())
        yield f"CASE f.col_code {names} ELSE f.col_code END AS {view.breakdown.name}"
    yield from (f"f.{column.name}" for column in view.columns)
    if view.with_form:
        yield "f.form"
    yield "coalesce(vc.verdicts, 0) AS verdicts"


def _create_total(view: WideView, breakdown: Breakdown, total: Totals) -> str:
    shown = [*LEAD, *(column.name for column in view.columns), "verdicts"]
    return f"""CREATE VIEW {total.name} AS
SELECT
    {_lines(shown, 4)}
FROM {view.name}
WHERE {breakdown.name} = {literal(total.value)};

{comment_on(f"VIEW {total.name}", total.meaning, total.label)}"""  # noqa: S608 -- names are checked


def _comments(view: WideView) -> Iterator[str]:
    yield comment_on(f"VIEW {view.name}", view.meaning, view.label)
    texts = {column.name: column.comment for column in view.columns}
    if view.breakdown:
        texts[view.breakdown.name] = (view.breakdown.meaning, view.breakdown.label)
    if view.with_form:
        texts["form"] = _FORM
    for name, (meaning, label) in texts.items():
        yield comment_on(f"COLUMN {view.name}.{name}", meaning, label)


def _lines(parts: Iterator[str] | list[str], indent: int = 8) -> str:
    return (",\n" + " " * indent).join(parts)
