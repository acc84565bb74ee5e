"""Reads the files of a batch in turn: what each gives, and what is noted about those that give nothing.

What does *not* belong here: how a file is read (`reading`), which of several gives a report (`claims`), and where the
rows go (`extraction`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline.document import RawFile, file_of
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin, pin_of
from pipeline.raw.range import Range
from pipeline.runs.claims import Claims
from pipeline.runs.file_result import Given, read_and_tabulate
from pipeline.runs.page_cache import Caching, limit
from pipeline.runs.plan import Plan
from pipeline.runs.reading import Found, read_in_turns
from pipeline.runs.workers import Task
from pipeline.runs.workspace import Progress, StageError, Workspace, pins_of
from pipeline.schema import REPORTS


class BatchReading:
    """Reads the files of a batch once; `claims` decides meanwhile which of them gives which report.

    Afterwards `unread` says why files could not be read and `broken` where the reader failed; `outside` are the files
    that only reading showed to be outside of the range.
    """

    def __init__(self, ws: Workspace, work: Plan, claims: Claims) -> None:
        self._ws, self._work, self._claims = ws, work, claims
        self.unread: dict[str, str] = {}
        self.broken: list[str] = []
        self.outside: list[str] = []
        self._again: set[str] = set()

    def given(self, progress: Progress) -> Iterator[Given]:
        """The results of the files of the batch."""
        for raw, _ in self._work.unreadable:
            self._claims.keep(raw)
        for number, given in enumerate(self._read_all(self._work.todo), 1):
            yield from given
            progress(number, len(self._work.todo))

    def given_late(self) -> Iterator[Given]:
        """The results of the files that had to wait for the others, and of those that others displaced.

        By then it is known which file gives which report.
        """
        claims, work = self._claims, self._work
        claims.is_late = True
        self._again = set(map(file_of, claims.again))
        pins = pins_of(self._ws) if claims.late else {}
        late = [claims.past.seen[path].raw for path in claims.late]
        again = (task for task in work.todo if task[0].path in self._again)
        tasks = [*again, *((raw, pin_of(raw, pins)) for raw in late)]
        for given in self._read_all(tasks):
            yield from given

    def _read_all(self, tasks: Sequence[Task]) -> Iterator[list[Given]]:
        for found in read_in_turns(self._ws.raw, tasks, reading_of(self._ws), self._ws.limits):
            self._claims.came(found.raw, is_last=found.is_last)
            if found.is_last:
                yield self._settled(found)

    def _settled(self, found: Found) -> list[Given]:
        """The final results of a file; nothing for one that cannot be read, is not wanted, or is read once more."""
        raw, given, claims = found.raw, found.given, self._claims
        if isinstance(given, ConnectionError):  # the others would fail too, and their loaded reports would go
            raise StageError(f"{given}; nothing was loaded, and the next run tries again")
        if isinstance(given, OSError):
            self.unread[raw.path] = given.strerror or str(given)
            claims.keep(raw)
            return []
        if self._work.wanted and raw.path in self._work.unplaced and is_outside(given, self._work.wanted):
            self.outside.append(raw.path)
            return []
        if given.refusal is not None and given.refusal.reason == "reader-failed":
            self.broken.append(f"{raw.path}: {given.refusal.sentence}")
        ordered = sorted(given.reports, key=lambda report: report.refusal is not None)
        return [told for report in ordered for told in self._told(report, is_left=found.is_left)]

    def _told(self, report: Given, *, is_left: bool) -> list[Given]:
        """The final result of one report of a file; nothing where it is given later, or was given before."""
        claims, path = self._claims, report.raw.path
        was_given = file_of(path) in self._again and path not in claims.again
        if was_given and report.refusal is None:
            return []
        told = claims.settled(report, self._work.fingerprint, is_left=is_left)  # what is loaded of a refused one stays
        return [] if was_given or claims.is_put_off(path) else [told]


def reading_of(ws: Workspace) -> Callable[[Folder, RawFile, Pin | None], Given]:
    """The work on a file in a worker: PDF pages that were decoded before are taken from the cache."""
    if not limit():
        return read_and_tabulate
    return Caching(ws.documents or ws.work / "documents", adding=ws.documents is None)


def is_outside(given: Given, wanted: Range) -> bool:
    """Whether all reports of a file are surely outside of the range; one that cannot be placed is not."""
    return all(_is_outside(report, wanted) for report in given.reports)


def _is_outside(given: Given, wanted: Range) -> bool:
    codes = str(given.aside["candidates"] or "").split()
    if given.columns:
        codes = given.columns[REPORTS.name][REPORTS.column_names.index("district_code")]
    return not wanted.may_hold(codes, given.aside["year"])
