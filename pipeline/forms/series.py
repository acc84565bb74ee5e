"""Series: which cells of which forms mean the same, since when, and how well they compare. Data in `forms/series.toml`.

A series that several rows make up is *derived*: views compute it, and never mix it with a printed figure. Across a
*break* nothing may be joined: the cells on either side of one belong to different segments of the series.
What does *not* belong here: figures.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import combinations, pairwise
from typing import Any, cast

from pipeline.forms.loading import forms
from pipeline.forms.model import Form, FormCell, FormTable
from pipeline.schema import Comparability

VERDICTS: tuple[Comparability, ...] = ("same", "comparable", "approximate", "break")  # from good to bad
WHOLE = "total"  # the breakdown of a figure that is not split by kind of applicant


class SeriesError(Exception):
    """The file of series contradicts itself or the forms; the message names the series."""


@dataclass(frozen=True, slots=True)
class SeriesCell:
    """One cell of a form that belongs to a series.

    `breakdown` is the column where the series is split by columns, else `total`. `cells` is how many cells make up
    the figure, `derived` True where they stand in several rows or columns and are added up. `segment` names the
    stretch of forms without a break in which the series may be joined.
    """

    series: str
    segment: str
    form: str
    table_no: int
    row_code: str
    col_code: str
    breakdown: str
    unit: str
    cells: int
    derived: bool


@dataclass(frozen=True, slots=True)
class SeriesVerdict:
    """How well a series compares between two forms, with a note for its users."""

    series: str
    form_before: str
    form_after: str
    verdict: Comparability
    note: str


@dataclass(frozen=True)
class Series:
    """A meaning shared by forms: code, Chinese label, English meaning, first year, cells and verdicts."""

    code: str
    label: str
    meaning: str
    unit: str
    since: int
    cells: tuple[SeriesCell, ...]
    verdicts: tuple[SeriesVerdict, ...]


@lru_cache(maxsize=1)
def all_series() -> tuple[Series, ...]:
    """Every series, for all forms and their variants. Raises `SeriesError` where the file is at fault."""
    text = files("pipeline.forms").joinpath("series.toml").read_text("utf-8")
    return parse_series(text, forms())


def parse_series(toml: str, known: Sequence[Form]) -> tuple[Series, ...]:
    """The series in the text of a file, checked against the forms. Raises `SeriesError` naming what is wrong."""
    try:
        raw = tomllib.loads(toml)
        entries = [*raw["series"], *_lone_entries(raw.get("only", []), known)]
        made = tuple(_series(entry, raw["since"], known) for entry in entries)
    except (KeyError, TypeError, ValueError, tomllib.TOMLDecodeError) as e:
        raise SeriesError(f"series: {type(e).__name__}: {e}") from e
    _check(made)
    return made


@lru_cache(maxsize=1)
def _own_series() -> Mapping[tuple[str, int, str, str], str]:
    cells = (c for s in all_series() for c in s.cells if c.cells == 1)
    return {(c.form, c.table_no, c.row_code, c.col_code): c.series for c in cells}


def series_of(form: str, cell: FormCell) -> str | None:
    """The series that consists of this cell alone; None where there is none or the cell is only part of a sum."""
    return _own_series().get((form, cell.table_no, cell.row.code, cell.column.code))


def _lone_entries(raw: Iterable[Mapping[str, Any]], known: Sequence[Form]) -> Iterator[dict[str, Any]]:
    """An entry for each row that is a series of its own in one form, with the label of the form."""
    for only in raw:
        table = _table(only["form"], only["table"], known)
        lines = {r.code: r for r in table.rows}
        for code in only["rows"]:
            if code not in lines:
                raise SeriesError(f"series {code}: form {only['form']} has no such row")
            label = " / ".join(lines[code].path)
            cell = f"{only['table']}:{code}:{only['column']}"
            unit = table.cells[code, only["column"]].unit or ""
            meaning = f"As the form of {only['form']} counts it"
            name = f"{only.get('prefix', '')}{code}"
            yield {"code": name, "label": label, "meaning": meaning, "unit": unit, "cells": {only["form"]: [cell]}}


def _series(raw: Mapping[str, Any], since: Mapping[str, int], known: Sequence[Form]) -> Series:
    code = raw["code"]
    present = sorted(raw["cells"])
    verdicts = tuple(_verdicts(code, present, raw.get("pairs", [])))
    segments = _segments(code, present, verdicts)
    units = raw.get("units", {})
    cells = tuple(
        cell
        for name in present
        for form in known
        if name in (form.name, form.variant_of)
        for cell in _cells(code, segments[name], form, raw["cells"][name], units.get(name, raw["unit"]))
    )
    return Series(code, raw["label"], raw["meaning"], raw["unit"], since[present[0]], cells, verdicts)


def _cells(code: str, segment: str, form: Form, wanted: Sequence[str], unit: str) -> Iterator[SeriesCell]:
    found = [found for text in wanted for found in _expanded(code, form, text)]
    parts = Counter(breakdown for _, breakdown in found)
    for cell, breakdown in found:
        many = parts[breakdown]
        yield SeriesCell(
            code, segment, form.name, cell.table_no, cell.row.code, cell.column.code, breakdown, unit, many, many > 1
        )  # fmt: skip


def _expanded(code: str, form: Form, text: str) -> Iterator[tuple[FormCell, str]]:
    """The cells that `table:row:column` names, each with its breakdown."""
    number, row, column = text.split(":")
    table = _table(form.name, int(number), (form,))
    hits = [c for (r, col), c in table.cells.items() if r == row and column in (col, "*")]
    if not hits:
        raise SeriesError(f"series {code}: form {form.name} has no cell {text}")
    for cell in hits:
        yield cell, cell.column.code if column == "*" else WHOLE


def _table(form: str, number: int, known: Sequence[Form]) -> FormTable:
    for f in known:
        if f.name == form:
            return f.table(number)
    raise SeriesError(f"series: no form {form}")


def _verdicts(code: str, present: Sequence[str], raw: Sequence[Mapping[str, str]]) -> Iterator[SeriesVerdict]:
    """The verdict of every pair of forms: as given for neighbours, else the worst of the steps between them."""
    given = {(p["before"], p["after"]): p for p in raw}
    steps = list(pairwise(present))
    if sorted(given) != steps:
        raise SeriesError(f"series {code}: verdicts are needed for exactly {steps}, not for {sorted(given)}")
    for before, after in combinations(present, 2):
        between = [given[s] for s in steps if before <= s[0] and s[1] <= after]
        worst = max((p["verdict"] for p in between), key=lambda v: VERDICTS.index(cast(Comparability, v)))
        notes = "; ".join(dict.fromkeys(p["note"] for p in between if p.get("note")))
        yield SeriesVerdict(code, before, after, cast(Comparability, worst), notes)


def _segments(code: str, present: Sequence[str], verdicts: Sequence[SeriesVerdict]) -> dict[str, str]:
    """The segment of each form: a new one begins behind every break, named by its first form."""
    breaks = {(v.form_before, v.form_after) for v in verdicts if v.verdict == "break"}
    segments: dict[str, str] = {}
    start = present[0]
    for before, name in pairwise(["", *present]):
        start = name if not before or (before, name) in breaks else start
        segments[name] = f"{code}@{start}"
    return segments


def _check(made: Sequence[Series]) -> None:
    """Raise for a code used twice, and for a cell that is two series by itself."""
    twice = [code for code, n in Counter(s.code for s in made).items() if n > 1]
    if twice:
        raise SeriesError(f"series given twice: {twice}")
    alone = Counter(
        (c.form, c.table_no, c.row_code, c.col_code) for s in made for c in s.cells if c.cells == 1
    )  # fmt: skip
    doubled = [key for key, n in alone.items() if n > 1]
    if doubled:
        raise SeriesError(f"cells that are several series by themselves: {doubled[:3]}")
    unnoted = [f"{v.series} {v.form_before}-{v.form_after}" for s in made for v in s.verdicts
               if v.verdict != "same" and not v.note]  # fmt: skip
    if unnoted:
        raise SeriesError(f"verdicts other than `same` need a note: {unnoted}")
