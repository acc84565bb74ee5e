"""The folders below `data/raw` that hold exactly what is known of them; only the others are compared file by file.

What does *not* belong here: comparing files (`scan`), and keeping what is known (`warehouse.known`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.document import RawFile
from pipeline.raw.archives import SEPARATOR, Archived
from pipeline.raw.companions import folder_of
from pipeline.raw.expected import EXPECTED_FILE
from pipeline.raw.folder import Folder, Listing, listings, merged
from pipeline.raw.scan import reports, reports_known
from pipeline.raw.verdicts import VERDICTS_FILE

BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class KnownFolders:
    """What is known of the files, as one number a folder: the sum of the hashes of their lines.

    A folder is `unsettled` where a file of it is work although it is as known, or may be. `files` are all that are
    known.
    """

    sums: Mapping[str, int] = field(default_factory=dict)
    unsettled: frozenset[str] = frozenset()
    files: int = 0

    @property
    def settled(self) -> dict[str, int]:
        """The number of each folder that may be as known."""
        found: dict[str, int] = defaultdict(int)
        for folder, number in self.sums.items():
            found[folder_of(folder)] += number
        unsettled = set(map(folder_of, self.unsettled))
        return {folder: number for folder, number in found.items() if folder not in unsettled}


@dataclass(frozen=True, slots=True)
class Differing:
    """What is in the folders that differ from what is known, and what is said of the `same`, those that do not.

    `listing` are the files to be compared with those known in the folders `known`. Of the other folders `files` counts
    the files, `archives` are the archives, and `decisions` the files of decisions.
    """

    listing: Listing
    known: tuple[str, ...]
    same: frozenset[str]
    files: int
    archives: Mapping[str, Archived]
    decisions: frozenset[str]


def differing(raw_dir: Folder, known: KnownFolders, archives: Mapping[str, Archived]) -> Differing:
    """The folders below `raw_dir` that have to be compared file by file. Raises `InputError` as `listings` does.

    Every file is asked for its size and time: one that is replaced in place changes no time of its folder. Of a folder
    that is as known nothing is kept. `archives` are those opened before.
    """
    settled = known.settled
    others: list[Listing] = []
    same: set[str] = set()
    files, decisions, unchanged = 0, set[str](), dict[str, Archived]()
    for name, listed in listings(raw_dir):
        there = reports(listed)
        found = reports_known(there, archives) if name in settled else None
        if found is None or sum_of(found) != settled[name]:
            others.append(there)
            continue
        if there.skipped:
            others.append(Listing((), {}, there.skipped))
        same.add(name)
        files += len(found)
        unchanged |= {raw.path: archives[raw.path] for raw in there.files if raw.path in archives}
        decisions |= {VERDICTS_FILE, EXPECTED_FILE}.intersection(raw.path for raw in found if not name)
    compared = tuple(folder for folder in known.sums if folder_of(folder) not in same)
    return Differing(merged(others), compared, frozenset(same), files, unchanged, frozenset(decisions))


def sum_of(files: Iterable[RawFile]) -> int:
    """The number by which the files of a folder are known, within one process.

    The hash of a text differs from process to process, so that no two states are taken for one another every night.
    """
    return sum(hash(line_of(raw)) for raw in files)


def line_of(raw: RawFile) -> str:
    """What has to be as known of a file, as one text; members of archives have no time of their own."""
    content = raw.sha256 if SEPARATOR in raw.path else ""
    return BETWEEN.join((raw.path, str(raw.size_bytes), str(raw.mtime_ns), content))
