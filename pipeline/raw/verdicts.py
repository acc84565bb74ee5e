"""Verdicts: what a person decided about a printed figure, in `data/raw/verdicts.csv`.

A verdict is keyed by what is printed on the page (district, year, publisher, cell and text), so that it outlives
re-runs, new versions of the parser and deletion of the warehouse. Where the page now prints something else, as after a
restatement, it is out of date: shown but no longer applied. It changes no row of `facts`; the views `*_trusted` apply
it. What does *not* belong here: which report and fact it concerns, which the view `verdicts_applied` finds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import get_args

from pipeline.raw.csv_lines import decided_lines, known_code
from pipeline.raw.folder import Folder, InputError
from pipeline.schema import UNKNOWN_LINE, VerdictKind

VERDICTS_FILE = "verdicts.csv"
KINDS: tuple[VerdictKind, ...] = get_args(VerdictKind)
CellKey = tuple[int, str, str]
"""Table, row code and column code."""
_CELL = ("table", "row_code", "col_code", "printed")
COLUMNS = ("district_code", "year", "publisher", *_CELL, "verdict", "value", "who", "when", "why")
REQUIRED = ("district_code", "year", "publisher", "verdict", "who", "when", "why")
_LARGEST = Decimal(10) ** 12  # what a figure of the warehouse can hold


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line: the report and, unless it is about the whole report, the cell; what was decided, by whom, why.

    `printed` is the text of the cell when it was judged. `misread` gives the `value` that is meant; `confirmed` says
    that the page does print what was read; `ignore` that the figure, or the report, is not to be used.
    """

    line: int
    district_code: str
    year: int
    publisher: str
    table_no: int | None
    row_code: str | None
    col_code: str | None
    printed: str | None
    verdict: VerdictKind
    value: Decimal | None
    who: str
    when: date
    why: str


def read_verdicts(
    raw_dir: Folder, codes: Collection[str] = (), cells: Collection[CellKey] = frozenset()
) -> tuple[Verdict, ...]:
    """The verdicts in the order of the file; none without it. Raises `InputError` naming line and reason.

    With `codes`, a district code must be one of them; with `cells`, a cell must be one of these, or in a row or column
    that no form has.
    """
    return tuple(_checked(raw_dir, codes, cells))


def _checked(raw_dir: Folder, codes: Collection[str], cells: Collection[CellKey]) -> Iterator[Verdict]:
    seen: dict[tuple[object, ...], int] = {}
    for number, line in decided_lines(raw_dir, VERDICTS_FILE, COLUMNS, REQUIRED):
        try:
            found = _verdict(number, line)
            known_code(found.district_code, codes)
            _known_cell(found, cells)
            key = (found.district_code, found.year, found.publisher, found.table_no, found.row_code, found.col_code)
            if key in seen:
                raise ValueError(f"line {seen[key]} decides the same")
        except ValueError as error:
            raise InputError(f"{VERDICTS_FILE}, line {number}: {error}") from None
        seen[key] = number
        yield found


def _known_cell(found: Verdict, cells: Collection[CellKey]) -> None:
    table, row, col = found.table_no, found.row_code, found.col_code
    if not cells or table is None or row is None or col is None or UNKNOWN_LINE in (row[0], col[0]):
        return
    if (table, row) not in {(t, r) for t, r, _ in cells}:
        raise ValueError(f"no form has a row {row!r} in table {table}; a spreadsheet may have changed the code")
    if (table, row, col) not in cells:
        raise ValueError(f"no form has a column {col!r} in the row {row!r} of table {table}")


def _verdict(number: int, line: Mapping[str, str]) -> Verdict:
    _filled(line)
    kind = line["verdict"]
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a verdict; the verdicts are {', '.join(KINDS)}")
    cell = [line.get(name, "") for name in ("table", "row_code", "col_code")]
    if any(cell) and not all(cell):
        raise ValueError("a cell needs table, row_code and col_code; a verdict on the whole report none of them")
    if not any(cell) and kind == "misread":
        raise ValueError("'misread' needs table, row_code and col_code")
    table, row, col = cell
    return Verdict(
        number,
        _matching(line, "district_code", r"[0-9]{6}", "six digits"),
        int(_matching(line, "year", r"(?:19|20)[0-9]{2}", "four digits")),
        line["publisher"],
        int(_matching(line, "table", r"[1-4]", "a table's number")) if table else None,
        row or None,
        col or None,
        line.get("printed", "") if table else None,
        kind,
        _value(line.get("value", ""), kind),
        line["who"],
        _day(line["when"]),
        line["why"],
    )


def _filled(line: Mapping[str, str]) -> None:
    for name in REQUIRED:
        if not line.get(name):
            raise ValueError(f"the column {name!r} is empty")


def _matching(line: Mapping[str, str], name: str, pattern: str, meant: str) -> str:
    if not re.fullmatch(pattern, line[name]):
        raise ValueError(f"{name} is {line[name]!r}, not {meant}")
    return line[name]


def _value(text: str, kind: str) -> Decimal | None:
    if kind != "misread":
        if text:
            raise ValueError(f"a value belongs to 'misread' only, not to {kind!r}")
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the value of 'misread' is {text!r}, not a number") from None
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise ValueError(f"the value {text} is out of range")
    return value


def _day(text: str) -> date:
    written = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    try:
        return date(*map(int, written.groups())) if written else date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"when is {text!r}, not a date like 2026-01-31") from None
