"""Which of several files gives a report, and which files give none that can be loaded.

What does *not* belong here: how a file is read, and what the second file of a report says beside the first (`rivals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.document import RawFile
from pipeline.raw.range import YEARS, Range
from pipeline.runs.file_result import Given, is_passing, refused
from pipeline.runs.plan import TRIES, Past, Plan, tries_of
from pipeline.runs.rivals import REASON, Rival, rival
from pipeline.schema import REPORTS

STAYS = "what was loaded before stays"


@dataclass
class Claims:
    """Which file gives which report: the first path in order.

    `holders` are loaded and no part of the batch; `late` are those of them that have to stand back, and those
    that stood back before them; `losers` lead from a path to the one that it stands back before, `rivals` to what
    it says. `unread` and `broken` are what could not be read, and where the reader failed; `outside` what is not of
    the range that is `wanted`, of files whose range only reading shows (`unplaced`). `loaded` is path and SHA-256 of
    each loaded report's file, `files` leads back from either of them; `kept` are those of these paths whose rows stay
    although they are part of the batch, and `tries` says in how many runs a worker failed on a file.
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
    loaded: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    tries: dict[str, int] = field(default_factory=dict)
    wanted: Range | None = None
    unplaced: frozenset[str] = frozenset()

    @classmethod
    def of(cls, past: Past, loaded: Mapping[str, tuple[str, str]], work: Plan) -> Claims:
        """Those at the beginning of a batch; `loaded` is path and SHA-256 of the file of each loaded report."""
        moved = frozenset(path for path in work.displaced if path in past.seen)
        left = {report: path for report, (path, _) in loaded.items() if path in past.seen and path not in moved}
        files = {name: report for report, names in loaded.items() for name in names}
        wanted, unplaced = work.wanted, frozenset(work.unplaced)
        return cls(left, past, moved, loaded=loaded, files=files, wanted=wanted, unplaced=unplaced)

    def winner(self, report_id: str, path: str, sha256: str) -> str:
        """The path that the report belongs to; a loaded file that comes later in order has to stand back."""
        holder = self.holders.get(report_id)
        if holder != path and self.loaded.get(report_id, ("", ""))[1] == sha256:
            self.holders.pop(report_id, None)  # it is the same content under another name
            holder = None
        if holder is not None and holder > path:
            del self.holders[report_id]
            self.late += sorted({holder, *self.past.waiting_for({holder})} - self.moved)
            holder = None
        first = holder or self.taken.setdefault(report_id, path)
        if first != path:
            self.losers[path] = first
        return first

    def keep(self, raw: RawFile) -> bool:
        """Let the rows stay that were loaded from this path or this content; False where there are none to stay."""
        mine = {report: self.loaded[report][0] for report in self._reports_of(raw) if report not in self.taken}
        self.kept.update(mine.values())
        self.holders |= mine
        return bool(mine)

    def release(self, raw: RawFile) -> None:
        """What was kept for a file is kept no more, since it is read once more."""
        for report in self._reports_of(raw):
            if self.loaded[report][0] in self.kept:
                self.kept.discard(self.loaded[report][0])
                self.holders.pop(report, None)

    def has_other_content(self, raw: RawFile) -> bool:
        """Whether a report is loaded that this path gave with another content."""
        report = self.files.get(raw.path)
        return report is not None and self.loaded[report][1] != raw.sha256

    def has_moved(self, raw: RawFile) -> bool:
        """Whether this content is loaded from another path."""
        report = self.files.get(raw.sha256)
        return report is not None and self.loaded[report][0] != raw.path

    def _reports_of(self, raw: RawFile) -> set[str]:
        return {self.files[name] for name in (raw.path, raw.sha256) if name in self.files}


def is_outside(given: Given, wanted: Range) -> bool:
    """Whether a file is surely not of the range; of one that nobody can place that is not sure."""
    codes = str(given.aside["candidates"] or "").split()
    if given.columns:
        codes = given.columns[REPORTS.name][REPORTS.column_names.index("district_code")]
    return not wanted.may_hold(codes, given.aside["year"])


def settled(given: Given, claims: Claims, code: str, *, is_left: bool = False) -> Given:
    """The file as it is, or refused; what was loaded from it stays where it could not be read, or only not tonight.

    A file that `is_left` did not have its time, so that this is not held against it.
    """
    told = contested(given, claims)
    if told.refusal is None or told.refusal.reason == REASON:
        return told
    raw, sentence, passing = given.raw, told.refusal.sentence, is_passing(told)
    stays = (passing or claims.has_other_content(raw)) and claims.keep(raw)
    if passing:
        before = tries_of(claims.past.seen.get(raw.path), raw, code)
        tries = max(1, before) if is_left else before + 1
        # A file that has moved must be read in the end: its rows are those of a path that is gone.
        claims.tries[raw.path] = min(tries, TRIES) if claims.has_moved(raw) else tries
        again = "the next run tries again" if claims.tries[raw.path] <= TRIES else "only --reparse reads it again"
        sentence += f"; {again}"
    if stays:
        sentence += f"; {STAYS}"
    return replace(told, refusal=replace(told.refusal, sentence=sentence))


def contested(given: Given, claims: Claims) -> Given:
    """The file as it is, or refused because its report is another file's or has no partition."""
    if given.report_id is None or given.year is None or given.refusal is not None:
        return given
    if given.year not in YEARS:
        return refused(
            given, "locate", "year-out-of-range", f"{given.year} is not within {YEARS[0]} to {YEARS[-1]}, the"
        )
    winner = claims.winner(given.report_id, given.raw.path, given.raw.sha256)
    if winner == given.raw.path:
        return given
    claims.rivals[given.raw.path] = rival(given)
    return refused(given, "load", "duplicate-report", winner)
