"""Comma-separated values whose lines have as many fields as cells: none for those that a merged cell covers.

They are what a table copied cell by cell gives, or one whose blank fields at the end of a line were cut off. Their
fields are no columns. They are handed on as fields between tabs, which nobody takes for columns either.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from itertools import groupby

from pipeline.numbers import is_figure

THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
"""The commas within numbers."""

_LEAST_FIGURES = 10  # lines with a figure in a field: fewer may be sentences
LONGEST_FIELD = 120
"""Characters: a longer text is a sentence with commas in it."""

_LEAST_LINES = 3  # of as many fields: a table with true columns
_SHARE = 4  # a table has no true columns where so many of its lines are in shorter runs: one in four


def with_tabs(lines: list[str]) -> list[str]:
    """The lines, with tabs between the fields of uneven values; other lines as they are.

    Where other signs stand between cells, or a field goes on over several lines, all stay as they are.
    """
    if any("\t" in line or "|" in line or line.count('"') % 2 for line in lines):
        return lines
    for delimiter in ",;":
        found = _values(lines, delimiter)
        if _are_uneven(found):
            return ["\t".join(found[n]) if n in found else line for n, line in enumerate(lines)]
    return lines


def _values(lines: list[str], delimiter: str) -> Mapping[int, list[str]]:
    """The fields of the lines that have several, by the number of the line."""
    found: dict[int, list[str]] = {}
    for n, line in enumerate(lines):
        if delimiter in THOUSANDS.sub("", line) and not line.rstrip().endswith("。"):
            fields = next(csv.reader([line], delimiter=delimiter)) if len(line) <= csv.field_size_limit() else [line]
            if len(fields) > 1 and max(map(len, fields)) <= LONGEST_FIELD:
                found[n] = fields
    return found


def _are_uneven(found: Mapping[int, list[str]]) -> bool:
    if sum(any(f and is_figure(f) for f in fields) for fields in found.values()) < _LEAST_FIGURES:
        return False
    runs = [list(run) for _, run in groupby(enumerate(found), key=lambda at: (at[1] - at[0], len(found[at[1]])))]
    short = sum(len(run) for run in runs if len(run) < _LEAST_LINES)
    return short * _SHARE >= len(found)
