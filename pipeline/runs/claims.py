"""Which of several files gives a report, and which files give none that can be loaded.

What does *not* belong here: how a file is read, and what the second file of a report says beside the first (`rivals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.raw.range import YEARS, Range
from pipeline.runs.file_result import Given, refused
from pipeline.runs.plan import Past, Plan
from pipeline.runs.rivals import Rival, rival
from pipeline.schema import REPORTS


@dataclass
class Claims:
    """Which file gives which report: the first path in order.

    `holders` are loaded and no part of the batch; `late` are those of them that have to stand back, and those
    that stood back before them; `losers` lead from a path to the one that it stands back before, `rivals` to what
    it says. `unread` and `broken` are what could not be read, and where the reader failed; `outside` what is not of
    the range that is `wanted`, of files of which only reading tells (`unplaced`).
    """

    holders: dict[str, str]
    past: Past
    moved: frozenset[str]
    taken: dict[str, str] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)
    losers: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    rivals: dict[str, Rival] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    wanted: Range | None = None
    unplaced: frozenset[str] = frozenset()

    @classmethod
    def of(cls, past: Past, loaded: Mapping[str, str], work: Plan) -> Claims:
        """Those at the beginning of a batch; `loaded` is the SHA-256 of the file of each report that is loaded."""
        first = {seen.raw.sha256: path for path, seen in sorted(past.seen.items(), reverse=True)}
        holders = {report: first[sha256] for report, sha256 in loaded.items() if sha256 in first}
        moved = frozenset(path for path in work.displaced if path in past.seen)
        left = {report: path for report, path in holders.items() if path not in moved}
        return cls(left, past, moved, wanted=work.wanted, unplaced=frozenset(work.unplaced))

    def winner(self, report_id: str, path: str) -> str:
        """The path that the report belongs to; a loaded file that comes later in order has to stand back."""
        holder = self.holders.get(report_id)
        if holder is not None and holder > path:
            del self.holders[report_id]
            self.late += sorted({holder, *self.past.waiting_for({holder})} - self.moved)
            holder = None
        first = holder or self.taken.setdefault(report_id, path)
        if first != path:
            self.losers[path] = first
        return first


def is_outside(given: Given, wanted: Range) -> bool:
    """Whether a file is surely not of the range; of one that nobody can place that is not sure."""
    codes = str(given.aside["candidates"] or "").split()
    if given.columns:
        codes = given.columns[REPORTS.name][REPORTS.column_names.index("district_code")]
    return not wanted.may_hold(codes, given.aside["year"])


def contested(given: Given, claims: Claims) -> Given:
    """The file as it is, or refused because its report is another file's or has no partition."""
    if given.report_id is None or given.year is None or given.refusal is not None:
        return given
    if given.year not in YEARS:
        return refused(
            given, "locate", "year-out-of-range", f"{given.year} is not within {YEARS[0]} to {YEARS[-1]}, the"
        )
    winner = claims.winner(given.report_id, given.raw.path)
    if winner == given.raw.path:
        return given
    claims.rivals[given.raw.path] = rival(given)
    return refused(given, "load", "duplicate-report", winner)
