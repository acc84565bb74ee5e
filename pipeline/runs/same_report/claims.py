"""Decides which of several files gives a report, and which files give none that can be loaded.

The file that is newer by its own words gives the report. Where they do not say, the loaded one stays, or of new files
the first by its path, and a person decides. What does *not* belong here: how a file is read, and how the second file
of a report differs from the first (`rivals`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from pipeline.document import RawFile, Source, file_of
from pipeline.raw.range import YEARS
from pipeline.runs.file_result import FileResult, is_passing, refused
from pipeline.runs.plan import TRIES, Past, Plan, joined, tries_of
from pipeline.runs.same_report.precedence import Words, is_newer, words, words_of
from pipeline.runs.same_report.rivals import REASON, Rival, Winner, rival

STAYS = "what was loaded before stays"


@dataclass
class Claims:
    """Which file gives which report.

    Paths are those of reports; a file that holds several has one for each (`file`, `file#2`). `displaced`, `moved`,
    `ahead` and `tries` are about whole files.

    `holders` are loaded and not part of the batch; `displaced` are the files of those that have to stand back, and of
    those that stood back before them; `winners` lead from a path to the one that it stands back before, `rivals` to
    what it says. `loaded` is each report's source, `files` leads back from the path and the SHA-256 of a file to
    its reports; `kept` are those of these paths whose rows stay although they are part of the batch, and `tries`
    says in how many runs a worker failed on a file. `gave_last` is the path that gave a report last, `ahead` are the
    files that are still to be read. `again` are read once more when all others have been (`is_late` then): those
    that come before the file that gave their report last, and those that are newer than a file of the batch, which is
    `overtaken` once they have `arrived`.
    """

    holders: dict[str, str]
    past: Past
    moved: frozenset[str]
    taken: dict[str, str] = field(default_factory=dict)
    displaced: list[str] = field(default_factory=list)
    winners: dict[str, str] = field(default_factory=dict)
    rivals: dict[str, Rival] = field(default_factory=dict)
    loaded: Mapping[str, Source] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    tries: dict[str, int] = field(default_factory=dict)
    gave_last: Mapping[str, str] = field(default_factory=dict)
    ahead: set[str] = field(default_factory=set)
    words: dict[str, Words] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    is_late: bool = False
    overtaken: dict[str, str] = field(default_factory=dict)
    arrived: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, past: Past, loaded: Mapping[str, Source], former: Mapping[str, str], work: Plan) -> Claims:
        """The claims at the beginning of a batch.

        `loaded` is the file of each loaded report, `former` the path of each report that is to be loaded again.
        """
        moved = frozenset(path for path in work.displaced if path in past.seen)
        paths = {report: source.path for report, source in loaded.items()}
        staying = past.seen.keys() - moved
        left = {report: path for report, path in paths.items() if file_of(path) in staying}
        files: dict[str, tuple[str, ...]] = {}
        for report, source in loaded.items():
            for name in (file_of(source.path), source.sha256):
                files[name] = (*files.get(name, ()), report)
        return cls(
            left,
            past,
            moved,
            loaded=loaded,
            files=files,
            gave_last={**former, **paths},
            ahead={raw.path for raw, _ in work.todo},
        )

    def winner(self, report_id: str, raw: RawFile, said: Words) -> str:
        """The path that the report belongs to, of this and earlier files; a loaded one may have to stand back."""
        first = self._holder(report_id, raw, said) or self._first_of_batch(report_id, raw.path, said)
        if first != raw.path:
            self.winners[raw.path] = first
        return first

    def _holder(self, report_id: str, raw: RawFile, said: Words) -> str | None:
        """The loaded file that the report stays with; None where there is none, or this one takes its place."""
        holder = self.holders.get(report_id)
        if holder is None or holder == raw.path:
            return holder
        if self.loaded[report_id].sha256 == raw.sha256:
            del self.holders[report_id]  # it is the same content under another name
            return None
        if self.is_late or not is_newer(said, self.words_loaded(report_id)):
            return holder
        del self.holders[report_id]
        file = file_of(holder)
        self.displaced += sorted({file, *self.past.waiting_for({file})} - self.moved - set(self.displaced))
        return None

    def _first_of_batch(self, report_id: str, path: str, said: Words) -> str:
        """The file of the batch that the report belongs to as yet."""
        first = self.taken.get(report_id)
        if first is None and self._waits_for_last_giver(report_id, path, said):
            self.again.append(path)
            return path
        if first is None:
            self.taken[report_id], self.words[report_id] = path, said
        elif first != path and not self.is_late and self._overtakes(report_id, path, said):
            self.overtaken.setdefault(report_id, first)
            self.again.append(path)
            self.taken[report_id], self.words[report_id] = path, said
        if self.is_late and self.taken[report_id] == path:
            self.arrived.add(report_id)
        return self.taken[report_id]

    def _waits_for_last_giver(self, report_id: str, path: str, said: Words) -> bool:
        """Whether the file that gave the report last is still to be read and this one does not say that it is newer."""
        giver = self.gave_last.get(report_id)
        here = giver is not None and giver != path and file_of(giver) in self.ahead
        return here and not (report_id in self.loaded and is_newer(said, self.words_loaded(report_id)))

    def _overtakes(self, report_id: str, path: str, said: Words) -> bool:
        newer = is_newer(said, self.words[report_id])
        return path == self.gave_last.get(report_id) if newer is None else newer

    def words_loaded(self, report_id: str) -> Words:
        """The age of the loaded report, in its own words."""
        source = self.loaded[report_id]
        return words(source.title, source.published_on)

    def winner_of(self, report_id: str) -> Winner:
        """The file that the report belongs to, as far as is known so far."""
        if report_id in self.holders:
            return Winner(self.holders[report_id], self.words_loaded(report_id))
        return Winner(self.taken[report_id], self.words[report_id])

    def settle_losers(self) -> None:
        """Make each file stand back for the one that finally gives its report."""
        self.winners.update((path, self.winner_of(each.report_id).path) for path, each in self.rivals.items())

    def is_put_off(self, path: str) -> bool:
        """Whether a file gives nothing yet, since it is read once more when all others have been."""
        return not self.is_late and path in self.again

    def keep(self, raw: RawFile) -> bool:
        """Keep the rows that were loaded from this file or this content; False where there are none to keep."""
        return self._keep(self._reports_of(raw))

    def _keep(self, reports: Collection[str]) -> bool:
        mine = {report: self.loaded[report].path for report in reports if report not in self.taken}
        self.kept.update(mine.values())
        self.holders |= mine
        return bool(mine)

    def release(self, raw: RawFile) -> None:
        """Drop what was kept for a file, since the file is read once more."""
        for report in self._reports_of(raw):
            if self.loaded[report].path in self.kept:
                self.kept.discard(self.loaded[report].path)
                self.holders.pop(report, None)

    def has_moved(self, raw: RawFile) -> bool:
        """Whether this content is loaded from another file."""
        return any(file_of(self.loaded[report].path) != raw.path for report in self.files.get(raw.sha256, ()))

    def came(self, raw: RawFile, *, is_last: bool) -> None:
        """Note that a file has been read; one that is read once more keeps its report until then."""
        self.ahead.discard(raw.path)
        if is_last:
            self.release(raw)
        else:
            self.keep(raw)

    def withdrawn(self) -> dict[str, str]:
        """The report_id of each file, by path, whose report a newer file of the batch has taken."""
        return {path: report for report, path in self.overtaken.items() if report in self.arrived}

    def waiting(self) -> dict[str, str]:
        """The files that stand back, each with those that it waits for as one text."""
        found: dict[str, set[str]] = {}
        for path, winner in self.winners.items():
            if file_of(path) != file_of(winner):  # reports of one file are read together in any case
                found.setdefault(file_of(path), set()).add(file_of(winner))
        return {file: joined(winners) for file, winners in found.items()}

    def further(self, outside: Collection[str]) -> list[str]:
        """The paths of further reports that the files of the batch gave before, without the files `outside` of it."""
        files = {*self.moved, *self.displaced}.difference(outside)
        paths = (source.path for source in self.loaded.values())
        return sorted(path for path in paths if file_of(path) != path and file_of(path) in files)

    def _reports_of(self, raw: RawFile) -> set[str]:
        return {report for name in (raw.path, raw.sha256) for report in self.files.get(name, ())}

    def _given_before(self, result: FileResult) -> set[str]:
        """The reports that were loaded from this path; of a result for the whole file, those of all its paths."""
        path = result.raw.path
        reports = self.files.get(file_of(path), ())
        return {report for report in reports if result.is_whole or self.loaded[report].path == path}

    def settled(self, result: FileResult, code: str, *, is_left: bool = False) -> FileResult:
        """The report as it is, or refused; the loaded one stays where the file could not be read, or not tonight.

        Of several reports in a file those that are not refused are to be settled first: they may have moved in it.

        A file that `is_left` did not get its time, and this does not count against it.
        """
        told = self._contested(result)
        if told.refusal is None or told.refusal.reason == REASON:
            return told
        raw, sentence, passing = result.raw, told.refusal.sentence, is_passing(told)
        before = self._given_before(result)
        changed = any(self.loaded[report].sha256 != raw.sha256 for report in before)
        stays = (passing or changed) and (self.keep(raw) if result.is_whole else self._keep(before))
        if passing:
            failed = tries_of(self.past.seen.get(raw.path), raw, code)
            tries = max(1, failed) if is_left else failed + 1
            # A file that has moved must be read in the end: its rows belong to a path that is gone.
            self.tries[raw.path] = min(tries, TRIES) if self.has_moved(raw) else tries
            again = "the next run tries again" if self.tries[raw.path] <= TRIES else "only --reparse reads it again"
            sentence += f"; {again}"
        if stays:
            sentence += f"; {STAYS}"
        return replace(told, refusal=replace(told.refusal, sentence=sentence))

    def _contested(self, result: FileResult) -> FileResult:
        """The report as it is, or refused because another file gives it or it has no partition."""
        if result.report_id is None or result.year is None or result.refusal is not None:
            return result
        if result.year not in YEARS:
            return refused(
                result, "locate", "year-out-of-range", f"{result.year} is not within {YEARS[0]} to {YEARS[-1]}, the"
            )
        said = words_of(result)
        winner = self.winner(result.report_id, result.raw, said)
        if winner == result.raw.path:
            return result
        self.rivals[result.raw.path] = rival(result)
        return refused(result, "load", REASON, winner)  # how it differs is added once all files are read
