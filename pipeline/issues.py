"""The catalogue of flaws: every code, its title, severity, sentence and effect on the grade. A flaw of a report is a
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


@dataclass(frozen=True, slots=True)
class Title:
    """A few words in Chinese and in English that name a kind of flaw, or a reason."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """A kind of flaw of a report: title, severity, sentence, and what it means for the trust in the report.

    `grade` is the best that a report with it can have, `because` the word for that in its reasons; both are empty where
    it changes no grade. It makes a figure `doubtful` in itself.
    """

    title: Title
    severity: Severity
    sentence: str
    grade: Letter | None = None
    because: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for quarantine: its title, its sentence, and what a person can do about it.

    One that is `passing` may say something of the machine alone, and not of the file.
    """

    title: Title
    sentence: str
    advice: str
    passing: bool = False


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


def _reason(code: str, entry: Mapping[str, Any], advices: Mapping[str, str]) -> Reason:
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
    title = entry.get("title", {})
    if not all(title.get(tongue) for tongue in ("zh", "en")):
        raise CatalogueError(f"{code}: no title in Chinese and English")
    try:
        return kind(**{**entry, "title": Title(**title)})
    except TypeError as e:
        raise CatalogueError(f"{code}: {e}") from e


CATALOGUE, REASONS = parse_catalogue(files("pipeline").joinpath("issues.toml").read_text("utf-8"))
# Where a file failed for one of these it is tried again by itself.
PASSING = frozenset(code for code, reason in REASONS.items() if reason.passing)
# How the sentence of a second file of a report goes on where a person has to decide, and where nothing differs.
UNDECIDED = "neither says which is the newer one, so that a person decides"
SAME = "both say the same"


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
