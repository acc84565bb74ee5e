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
from pipeline.runs.file_result import FileResult, read_and_tabulate
from pipeline.runs.page_cache import Caching, limit
from pipeline.runs.plan import Plan
from pipeline.runs.reading import Found, read_in_turns
from pipeline.runs.same_report.claims import Claims
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

    def results(self, progress: Progress) -> Iterator[FileResult]:
        """The results of the files of the batch."""
        for raw, _ in self._work.unreadable:
            self._claims.keep(raw)
        for number, results in enumerate(self._read_all(self._work.todo), 1):
            yield from results
            progress(number, len(self._work.todo))

    def late_results(self) -> Iterator[FileResult]:
        """The results of the files that had to wait for the others, and of those that others displaced.

        By then it is known which file gives which report.
        """
        claims, work = self._claims, self._work
        claims.is_late = True
        self._again = set(map(file_of, claims.again))
        pins = pins_of(self._ws) if claims.displaced else {}
        late = [claims.past.seen[path].raw for path in claims.displaced]
        again = (task for task in work.todo if task[0].path in self._again)
        tasks = [*again, *((raw, pin_of(raw, pins)) for raw in late)]
        for results in self._read_all(tasks):
            yield from results

    def _read_all(self, tasks: Sequence[Task]) -> Iterator[list[FileResult]]:
        for found in read_in_turns(self._ws.raw, tasks, reading_of(self._ws), self._ws.limits):
            self._claims.came(found.raw, is_last=found.is_last)
            if found.is_last:
                yield self._settled(found)

    def _settled(self, found: Found) -> list[FileResult]:
        """The final results of a file; nothing for one that cannot be read, is not wanted, or is read once more."""
        raw, result, claims = found.raw, found.result, self._claims
        if isinstance(result, ConnectionError):  # the others would fail too, and their loaded reports would go
            raise StageError(f"{result}; nothing was loaded, and the next run tries again")
        if isinstance(result, OSError):
            self.unread[raw.path] = result.strerror or str(result)
            claims.keep(raw)
            return []
        if self._work.wanted and raw.path in self._work.unplaced and is_outside(result, self._work.wanted):
            self.outside.append(raw.path)
            return []
        if result.refusal is not None and result.refusal.reason == "reader-failed":
            self.broken.append(f"{raw.path}: {result.refusal.sentence}")
        ordered = sorted(result.reports, key=lambda report: report.refusal is not None)
        return [told for report in ordered for told in self._told(report, is_left=found.is_left)]

    def _told(self, report: FileResult, *, is_left: bool) -> list[FileResult]:
        """The final result of one report of a file; nothing where it is given later, or was given before."""
        claims, path = self._claims, report.raw.path
        was_given = file_of(path) in self._again and path not in claims.again
        if was_given and report.refusal is None:
            return []
        told = claims.settled(report, self._work.fingerprint, is_left=is_left)  # what is loaded of a refused one stays
        return [] if was_given or claims.is_put_off(path) else [told]


def reading_of(ws: Workspace) -> Callable[[Folder, RawFile, Pin | None], FileResult]:
    """The work on a file in a worker: PDF pages that were decoded before are taken from the cache."""
    if not limit():
        return read_and_tabulate
    return Caching(ws.documents or ws.work / "documents", adding=ws.documents is None)


def is_outside(result: FileResult, wanted: Range) -> bool:
    """Whether all reports of a file are surely outside of the range; one that cannot be placed is not."""
    return all(_is_outside(report, wanted) for report in result.reports)


def _is_outside(result: FileResult, wanted: Range) -> bool:
    codes = str(result.aside["candidates"] or "").split()
    if result.columns:
        codes = result.columns[REPORTS.name][REPORTS.column_names.index("district_code")]
    return not wanted.may_hold(codes, result.aside["year"])
