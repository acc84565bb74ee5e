"""The catalogue of flaws: every code, its severity, its sentence and its effect on the grade. A flaw of a report is a
row, not an error.

Faults of whole files (why one is quarantined, and what to do) are in the same catalogue, as `REASONS`. What does *not*
belong here: reasons for a grade that are no issues, as a failing identity (`trust.grades`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from pipeline.document import Cell
from pipeline.schema import SEVERITIES, Letter, Severity

_CATALOGUE: tuple[tuple[str, Severity, str], ...] = (
    ("label-misprint", "info", "“{printed}” is read as “{meant}”"),
    ("label-inferred", "warning", "“{printed}” is taken for “{meant}”, the only line missing at its place"),
    ("column-unbound", "warning", "no column of table {table} is headed “{meant}”; its figures are left out"),
    (
        "column-alone",
        "warning",
        "no header of table {table} was found; each row has one figure, taken for the only column",
    ),
    (
        "columns-inferred",
        "warning",
        "the header of table {table} is torn; the identities prove the order of its columns",
    ),
    ("row-unbound", "warning", "the row “{printed}” matches no row of table {table}"),
    ("row-missing", "warning", "table {table} has no row “{meant}”"),
    ("rows-missing", "info", "table {table} lacks {choices} of the {expected} rows that its form may have"),
    ("row-unknown", "warning", "the form's table {table} has no row “{printed}”; it is kept as printed"),
    ("column-unknown", "warning", "the form's table {table} has no column “{printed}”; it is kept as printed"),
    ("form-unknown", "info", "neither a table nor a heading shows which form the report follows"),
    ("row-repeated", "info", "the row “{meant}” is printed again with the same figures"),
    ("row-conflict", "error", "the row “{meant}” is printed more than once with different figures"),
    ("cell-missing", "warning", "the row “{meant}” has no cell under one of its columns"),
    (
        "columns-out-of-order",
        "error",
        "the columns of table {table} stand in another order, against the identities",
    ),
    ("row-without-figures", "warning", "the row “{meant}” has no cells for its figures"),
    ("figures-ambiguous", "error", "“{printed}” in the row “{meant}” fits {choices} columns equally well"),
    (
        "figure-apart",
        "warning",
        "“{printed}” is printed apart from its row; the identities allow it only in the row “{meant}”",
    ),
    ("figures-misplaced", "error", "“{printed}” in the row “{meant}” does not fit its {choices} columns"),
    (
        "figures-beside",
        "warning",
        "the figures of the row “{meant}” stand beside their columns; the identities put them there",
    ),
    ("cell-outside", "warning", "“{printed}” stands in a table but outside its rows and columns"),
    ("figure-word", "warning", "“{printed}” stands where a figure is expected"),
    ("figure-unread", "warning", "something other than text, for example a picture, stands where a figure is expected"),
    (
        "figure-maybe-page",
        "warning",
        "“{printed}” stands on a line by itself; it may be the number of a page instead of a lost blank",
    ),
    (
        "text-left-out",
        "info",
        "“{left_out}” is struck out, hidden or the mark of a note, so the cell reads “{printed}”",
    ),
    ("figure-not-number", "info", "{kind} is printed in a table that prints numbers elsewhere"),
    (
        "figures-not-numbers",
        "info",
        "{choices} cells of table {table} print a {kind} where others print a zero; they may not mean the same",
    ),
    ("figure-remark", "info", "a remark is printed beside the figure: “{printed}”"),
    ("figure-unit", "info", "the figure is printed in {unit}; the form's unit is {expected}"),
    (
        "unit-missing",
        "info",
        "no unit is printed beside “{printed}” or above it; the form's unit is {expected}",
    ),
    ("table-without-figures", "warning", "table {table} prints no figures"),
    (
        "ocr-uncertain",
        "warning",
        "“{printed}” is an uncertain reading of a picture; a second recogniser reads {other}",
    ),
    (
        "ocr-repaired",
        "info",
        "the picture is read as “{printed}” and as “{other}”; the identities hold only with “{other}”",
    ),
    ("figure-negative", "warning", "“{printed}” is below zero"),
    ("figure-fraction", "warning", "“{printed}” is not a whole number"),
    ("balance-fails", "warning", "{rule}: {left} is printed where the parts give {right}"),
    (
        "balance-incomplete",
        "warning",
        "{rule}: with blanks as 0, {left} is printed where the parts give {right}",
    ),
    ("bound-fails", "warning", "{rule}: {left} is printed, which is more than the {right} that it is part of"),
    ("reports-more", "warning", "the file holds {choices} further reports, which are not loaded; split it"),
    ("table-elsewhere", "info", "the table below “{printed}” is not a table of this report: {meant}"),
    ("column-elsewhere", "info", "the column “{printed}” is for another year or period than the report"),
    ("row-elsewhere", "info", "the row “{printed}” of table {table} is for another year than the report"),
    ("column-aside", "info", "the column “{printed}” holds none of the figures of table {table}"),
    (
        "table-rearranged",
        "info",
        "table {table} is laid out differently from its form; its cells are matched by their labels",
    ),
    ("table-missing", "warning", "no table {table} was found"),
    ("tables-in-attachment", "warning", "no table was found; the file links to “{printed}”, which may hold them"),
    ("section-missing", "warning", "section {meant} was not found"),
    ("heading-variant", "info", "the heading “{printed}” is read as “{meant}”"),
    ("rules-implausible", "warning", "{printed} rules (规章) are printed, which a body of level {level} cannot make"),
    ("year-mismatch", "warning", "the title says {printed}, the file's folder or override says {meant}"),
)
SEVERITY: Mapping[str, Severity] = MappingProxyType({code: severity for code, severity, _ in _CATALOGUE})
_SENTENCES = {code: sentence for code, _, sentence in _CATALOGUE}

@dataclass(frozen=True, slots=True)
class Flaw:
    """A kind of flaw of a report: severity, sentence, and what it means for the trust in the report.

    `grade` is the best that a report with it can have, `because` the word for that in its reasons; both are empty where
    it changes no grade. It makes a figure `doubtful` in itself.
    """

    severity: Severity
    sentence: str
    grade: Letter | None = None
    because: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for quarantine: its sentence, and what a person can do about it."""

    sentence: str
    advice: str


_E = TypeVar("_E", Flaw, Reason)


class CatalogueError(Exception):
    """The catalogue contradicts itself; the message names the code."""


def parse_catalogue(toml: str) -> tuple[Mapping[str, Flaw], Mapping[str, Reason]]:
    """Flaws and reasons by their codes. Raises `CatalogueError` for an entry that says too little or too much."""
    raw = tomllib.loads(toml)
    flaws = {code: _entry(Flaw, code, entry) for code, entry in raw["flaw"].items()}
    reasons = {code: _reason(code, entry, raw["advice"]) for code, entry in raw["reason"].items()}
    _check(flaws)
    return MappingProxyType(flaws), MappingProxyType(reasons)


def _reason(code: str, entry: Mapping[str, str], advices: Mapping[str, str]) -> Reason:
    if entry.get("advice") not in advices:
        raise CatalogueError(f"{code}: no such advice: {entry.get('advice')}")
    return _entry(Reason, code, {**entry, "advice": advices[entry["advice"]]})


def _check(flaws: Mapping[str, Flaw]) -> None:
    letters: dict[str, str | None] = {}
    for code, flaw in flaws.items():
        known = flaw.severity in SEVERITIES and flaw.grade in (None, "B", "C", "D")
        if not known or bool(flaw.because) != bool(flaw.grade):
            raise CatalogueError(f"issue {code}: {flaw.severity}, {flaw.grade}, {flaw.because!r}")
        if flaw.because and letters.setdefault(flaw.because, flaw.grade) != flaw.grade:
            raise CatalogueError(f"issue {code}: {flaw.because} means {letters[flaw.because]} elsewhere")


def _entry(kind: type[_E], code: str, entry: Mapping[str, Any]) -> _E:
    try:
        return kind(**entry)
    except TypeError as e:
        raise CatalogueError(f"{code}: {e}") from e


CATALOGUE, REASONS = parse_catalogue(files("pipeline").joinpath("issues.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Issue:
    """One flaw of a report: its code, sentence and place; `cells` are those that became no fact because of it."""

    code: str
    sentence: str
    table_no: int | None = None
    row_code: str | None = None
    col_code: str | None = None
    printed: str | None = None
    at: Cell | None = None
    cells: tuple[Cell, ...] = ()
    line: int | None = None

    @property
    def severity(self) -> Severity:
        """How grave it is, as the catalogue says."""
        return CATALOGUE[self.code].severity


def issue(
    code: str,
    *,
    table_no: int | None = None,
    row_code: str | None = None,
    col_code: str | None = None,
    printed: str | None = None,
    at: Cell | None = None,
    cells: tuple[Cell, ...] = (),
    line: int | None = None,
    **words: str | int,
) -> Issue:
    """An issue with its sentence filled in. Raises `KeyError` for a code or word that the catalogue lacks."""
    if printed is None and cells:
        printed = " | ".join(c.text.strip() for c in cells)
    sentence = CATALOGUE[code].sentence.format_map({"printed": printed, "table": table_no, **words})
    place = at or (cells[0] if cells else None)
    return Issue(code, sentence, table_no, row_code, col_code, printed, place, cells, line)


def reason_sentence(reason: str, detail: str = "") -> str:
    """The sentence of a reason for quarantine."""
    return REASONS[reason].sentence.format(detail=detail)


def advice(reason: str) -> str:
    """What a person can do about a reason for quarantine; a warehouse of other code may have reasons unknown here."""
    return REASONS.get(reason, REASONS["unreadable"]).advice
