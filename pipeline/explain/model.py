"""The trace of a report or of one figure from ink to warehouse, as plain data.

A cell is named `table:row:column`, as 4:1:review.total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.raw.folder import InputError
from pipeline.trust.second_reading import CellKey


class ExplainError(InputError):
    """What was asked for does not exist; the message says what does."""


def name_of(key: CellKey) -> str:
    """The name of a cell: table:row:column."""
    return ":".join(map(str, key))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a cell stands: page, grid and line from 1, row and column from 0, box in points from the upper left."""

    page: int | None
    grid: int
    row: int
    col: int
    line: int | None
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell of a form and what the report shows there; `kind` is absent where the report does not show the cell."""

    cell: str
    row_label: str
    col_label: str
    printed: str | None
    value: Decimal | None
    kind: str
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class Recognised:
    """What two recognisers read in the picture of a cell, and the lowest probability of any character by each.

    `others` is what they read when they look at more or less of a blurred cell.
    """

    first: str
    first_sure: float
    second: str | None
    second_sure: float
    others: tuple[str, ...]
    is_certain: bool


@dataclass(frozen=True, slots=True)
class IdentityPath:
    """An identity worked out for the report. `words` is the rule in words; codes alone stand for many labels.

    `at_most` marks a bound: the left side may be less than the right one, and where it holds nothing is proven.
    `failed` says that what is printed is at odds: blanks count as 0 only where both sides print a number. `cause` are
    the cells that show whose error a failure is: read two ways, or by one way only.
    """

    name: str
    table: int
    words: str
    at_most: bool
    left: tuple[Shown, ...]
    right: tuple[Shown, ...]
    left_value: Decimal | None
    right_value: Decimal | None
    difference: Decimal | None
    state: str
    state_blank_as_zero: str
    failed: bool
    blame: str | None
    cause: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposalPath:
    """A cell that failing identities point at, of one set of `size` cells that change together; never applied."""

    set_no: int
    size: int
    at: Shown
    proposed: Decimal
    alternatives: int
    explanation: str
    meaning: str
    blank_as_zero: bool
    mends: tuple[str, ...]
    blame: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """An issue of the report."""

    code: str
    severity: str
    cell: str | None
    printed: str | None
    sentence: str
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the text that differs from the table, or from other text; `phrase` is the clause as printed."""

    rule: str
    metric: str
    severity: str
    cause: str | None
    sentence: str
    cells: tuple[str, ...]
    section: int | None
    offset: int | None
    phrase: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of verdicts.csv that is about the report or a cell of it, and whether it is applied."""

    line: int
    cell: str | None
    verdict: str
    value: Decimal | None
    printed: str | None
    status: str
    who: str
    when: date
    why: str


@dataclass(frozen=True, slots=True)
class TablePath:
    """A table: the form it follows, how well it fits, its figures, how many both ways of reading give alike."""

    table: int
    caption: str
    form: str
    expected: int
    matched: int
    left_over: int
    mixed: bool
    also: str | None
    grid: int
    page: int | None
    figures: int
    compared: int
    agreeing: int
    differing: tuple[str, ...]
    identities: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class District:
    """A division code with its names, largest division first."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """Who published the report and how its district was found. `pinned` is what overrides.csv decided."""

    publisher: str
    publisher_name: str | None
    level: str
    scope: str | None
    year: int | None
    status: str
    via: str
    district: District | None
    district_code_current: str | None
    township: str | None
    candidates: tuple[District, ...]
    pinned: str | None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Why the file is not loaded."""

    stage: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReportPath:
    """A report on its way from a file to the warehouse. Without a `report_id` it was not located.

    `others` are the paths of the other reports in its file.
    """

    path: str
    size_bytes: int
    sha256: str
    format: str
    encoding: str | None
    others: tuple[str, ...]
    title: str
    report_id: str | None
    found: Found | None
    published_on: date | None
    form: str | None
    grade: str | None
    reasons: tuple[str, ...]
    body_cells: int
    fact_cells: int
    issue_cells: int
    tables: tuple[TablePath, ...]
    compared: int
    agreeing: int
    trust: Mapping[str, int]
    identities: Mapping[str, int]
    failing: tuple[IdentityPath, ...]
    proposals: tuple[ProposalPath, ...]
    unexplained: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    statements: int
    comparisons: Mapping[str, int]
    differing: tuple[Claim, ...]
    decisions: tuple[Decision, ...]
    quarantined: Quarantined | None


@dataclass(frozen=True, slots=True)
class SeriesPath:
    """A series that the cell is by itself (`alone`) or a part of."""

    code: str
    label: str
    since: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Second:
    """What the second way of reading gives for the cell."""

    text: str
    page: int | None
    line: int | None


@dataclass(frozen=True, slots=True)
class FactPath:
    """One figure on its way from ink to warehouse.

    `row_printed` and `col_printed` are the labels beside and above it as printed; `col_printed` is None where the
    layout has no columns. `verdict_line` is a line for verdicts.csv with `WHO`, `WHEN` and `WHY` to be filled in.
    """

    path: str
    sha256: str
    format: str
    report_id: str | None
    district_code: str | None
    year: int | None
    publisher: str | None
    form: str
    caption: str
    at: Shown
    row_printed: tuple[str, ...]
    col_printed: tuple[str, ...] | None
    unit: str | None
    unit_printed: str | None
    additive: bool
    series: tuple[SeriesPath, ...]
    second: Second | None
    recognised: Recognised | None
    route: str
    trust: str
    why: tuple[str, ...]
    identities: tuple[IdentityPath, ...]
    proposals: tuple[ProposalPath, ...]
    flaws: tuple[Flaw, ...]
    decisions: tuple[Decision, ...]
    verdict_columns: str
    verdict_line: str | None


def plain(value: object) -> Any:
    """Dataclasses as what JSON can hold: figures as text, since they are exact, and days as YYYY-MM-DD."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
