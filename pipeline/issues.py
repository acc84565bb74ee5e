"""The catalogue of flaws: every code, its severity and its sentence. A flaw of a report is a row, not an error.

Faults of whole files (why one is quarantined) are in the same catalogue, as `REASONS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.document import Cell
from pipeline.schema import Severity

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

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "empty": "the file is empty",
        "binary": "the content is neither text nor a document of a known format",
        "undecodable": "the text is not in UTF-8, UTF-16, GB 18030 or Big5",
        "too-large": "the file has {detail}, more than the limit",
        "unreadable": "the file could not be read: {detail}",
        "damaged": "the file is damaged: {detail}",
        "encrypted": "the file is locked with a password",
        "scan-without-text": "its pages are pictures of text; to read them: pip install 'disclosure[ocr]'",
        "nothing-legible": "its pages show no legible text",
        "text-without-unicode": "its fonts do not say which characters they draw; to read it as a picture: "
        "pip install 'disclosure[ocr]'",
        "not-a-document": "the file holds no document: {detail}",
        "needs-converter": "{detail}",
        "reader-failed": "the reader failed, which is our fault: {detail}",
        "too-slow": "reading it took longer than {detail}",
        "too-much-memory": "reading it took more than {detail} of memory",
        "format-not-read": "it is {detail}, which cannot be read",
        "only-an-attachment": "it only links to its attachment “{detail}”; put that file into data/raw",
        "not-a-report": "neither a report's title nor any of its tables was found",
        "no-publisher": "no publisher is named; add a line for the file to overrides.csv",
        "title-unconfirmed": "its title is read from a picture, and nothing else in the file or its folder names "
        "{detail}; add a line for the file to overrides.csv",
        "year-out-of-range": "the year {detail} years that are loaded; add a line for the file to overrides.csv",
        "no-year": "no year is given; add a line for the file to overrides.csv",
        "district-ambiguous": "“{detail}” matches several districts; add a line for the file to overrides.csv",
        "district-none": "“{detail}” matches no district; add a line for the file to overrides.csv",
        "contract": "the rows break the contract: {detail}",
        "duplicate-report": "{detail} gives the same report; remove one of the two",
    }
)


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
        return SEVERITY[self.code]


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
    sentence = _SENTENCES[code].format_map({"printed": printed, "table": table_no, **words})
    place = at or (cells[0] if cells else None)
    return Issue(code, sentence, table_no, row_code, col_code, printed, place, cells, line)


def reason_sentence(reason: str, detail: str = "") -> str:
    """The sentence of a reason for quarantine."""
    return REASONS[reason].format(detail=detail)
