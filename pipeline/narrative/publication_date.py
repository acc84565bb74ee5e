"""The day on which a report was published, as its own page says: a labelled date, else the one under the signature.

A date before the counted year ends is some other date. What does *not* belong here: deadlines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.document import Document, Grid
from pipeline.labels import compact

_DATE = r"(20[0-9]{2})[-年/.]([0-9]{1,2})[-月/.]([0-9]{1,2})"
# From the surest label to the vaguest: a bare 时间 may be anything that a page shows.
_LABELLED = (
    ("published", re.compile(rf"(?:发布|公开|公示|公布|上线)(?:日期|时间)[^0-9]{{0,6}}{_DATE}")),
    ("dated", re.compile(rf"(?:成文|生成|发文|印发|制发)(?:日期|时间)[^0-9]{{0,6}}{_DATE}")),
    ("time", re.compile(rf"(?:日期|时间)[^0-9]{{0,4}}{_DATE}")),
)
# What divides a date, also as compatibility characters: most lines of a report have none, and cannot have a date.
_DIVIDER = re.compile("[-年/.\u2024-\u2026\ufe52\ufe63\uff0d-\uff0f]")
_ALONE = re.compile(rf"^{_DATE}日?$")
_LAST_LINES = 12
_LONGEST = 400  # a line with a date beside its label is short


@dataclass(frozen=True, slots=True)
class Publication:
    """The date and its evidence: `published` or `dated` in a label, `signature`, or a bare `time`."""

    on: date
    via: str


def published(document: Document, year: int) -> Publication | None:
    """The day on which the report of a year was published; None where its page states none."""
    lines = list(_lines(document))
    for via, pattern in _LABELLED[:2]:
        if found := _first(pattern, lines, year):
            return Publication(found, via)
    if found := _first(_ALONE, lines[-_LAST_LINES:], year):
        return Publication(found, "signature")
    via, pattern = _LABELLED[2]
    found = _first(pattern, lines, year)
    return Publication(found, via) if found else None


def _lines(document: Document) -> Iterator[str]:
    """The canonical text of each line that is not long, empty where it cannot have a date."""
    for block in document.blocks:
        texts = ["".join(c.text for c in row) for row in block.rows] if isinstance(block, Grid) else [block.text]
        yield from (compact(t) if _DIVIDER.search(t) else "" for t in texts if len(t) <= _LONGEST)


def _first(pattern: re.Pattern[str], lines: list[str], year: int) -> date | None:
    found = (_date(m) for line in lines for m in pattern.finditer(line))
    return next((d for d in found if d is not None and d >= date(year, 12, 31)), None)


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:  # 2021年13月40日 is not a date
        return None
