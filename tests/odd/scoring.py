"""What is read of a document, cell by cell: right, wrong, missing; silent where no issue names its table and row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.numbers import figure
from pipeline.parsed import Parsed

Key = tuple[int, str, str]


@dataclass(frozen=True)
class Score:
    """How many cells are right, wrong and missing, and those of which no issue tells."""

    right: int
    wrong: int
    missing: int
    silent: tuple[Key, ...]

    def __str__(self) -> str:
        all_cells = self.right + self.wrong + self.missing
        if self.silent:
            return f"SILENT {len(self.silent)}"
        if self.right == all_cells:
            return "whole"
        return f"{self.right}/{all_cells}" if self.right else "refused"


def score(found: Parsed, truth: Mapping[Key, str]) -> Score:
    """The score of a report; '' in the truth is a cell in which no number is printed."""
    facts = {f.key: f for f in found.facts}
    told = {(i.table_no, i.row_code) for i in found.issues}
    right = wrong = missing = 0
    silent = []
    for key, text in truth.items():
        fact = facts.get(key)
        value = fact.value if fact else None
        if value == figure(text).value and (fact is not None or not text):
            right += 1
            continue
        wrong, missing = (wrong, missing + 1) if fact is None else (wrong + 1, missing)
        if (key[0], key[1]) not in told and (key[0], None) not in told:
            silent.append(key)
    return Score(right, wrong, missing, tuple(silent))
