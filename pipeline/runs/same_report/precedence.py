"""Which of two files of one report is the newer one, by their own words.

A title that calls the report a correction outweighs a date: a corrected report is often signed with the old day. What
does *not* belong here: what follows where neither says so (`claims`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipeline.issues import UNDECIDED
from pipeline.layout.title_lines import CORRECTED
from pipeline.schema import REPORTS

if TYPE_CHECKING:
    from pipeline.runs.file_result import FileResult


@dataclass(frozen=True, slots=True)
class Words:
    """The age that a file states: the day of its publication, and whether its title calls it a correction."""

    published_on: date | None = None
    is_corrected: bool = False


def words(title: str, published_on: date | None) -> Words:
    """The words of a report with this title and day."""
    return Words(published_on, bool(CORRECTED.search(title)))


def words_of(result: FileResult) -> Words:
    """The words of a file that gives a report."""
    found = dict(zip(REPORTS.column_names, result.columns[REPORTS.name], strict=True))
    (title,), (day,) = found["title"], found["published_on"]
    return words(title, day.date() if day else None)


def is_newer(one: Words, other: Words) -> bool | None:
    """Whether the first is the newer one; None where they do not say."""
    if one.is_corrected != other.is_corrected:
        return one.is_corrected
    if one.published_on and other.published_on and one.published_on != other.published_on:
        return one.published_on > other.published_on
    return None


def told_why(winner: Words, loser: Words) -> str:
    """Why the winning file gives the report, in words."""
    if not is_newer(winner, loser):
        return UNDECIDED
    if winner.is_corrected != loser.is_corrected:
        return "its title calls it a correction"
    return f"it is the newer one, of {winner.published_on} and not of {loser.published_on}"
