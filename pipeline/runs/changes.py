"""What has changed under `data/raw` since the last run, found with no more in memory than what may be work.

Of the files known, only those in folders that differ are read and compared, and with them the files that they may
decide about: those of the same content, and those that stand back for another one.

What does *not* belong here: what is to be done about it (`plan`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TypeAlias

from pipeline.document import RawFile, file_of
from pipeline.raw.archives import Archived
from pipeline.raw.companions import folder_of
from pipeline.raw.expected import EXPECTED_FILE
from pipeline.raw.folder import Folder
from pipeline.raw.folders import Differing, differing
from pipeline.raw.overrides import Pin, pin_of
from pipeline.raw.scan import Scan, compared, duplicates
from pipeline.raw.verdicts import VERDICTS_FILE
from pipeline.runs.plan import Past, Plan, plan_from
from pipeline.warehouse import Known, KnownFiles

LookingUp: TypeAlias = Callable[[], AbstractContextManager[KnownFiles]]
"""Asks what is known; each time nobody writes meanwhile."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The files that may be work and what is known of them, as if there were no others.

    `files` and `known` count all that are there and all that are known. `archives` and `decisions`, the files of
    decisions, are those that are there, and `pinned` the paths and contents of the other files that pins may be about.
    """

    found: Scan
    past: Past
    files: int
    known: int
    archives: Mapping[str, Archived]
    decisions: frozenset[str]
    pinned: frozenset[str]

    def plan(self, pins: Mapping[str, Pin], code: str, *, again: bool = False) -> Plan:
        """The work that they make; `again` says that they are all files, and takes each of them."""
        work = plan_from(self.found, self.past, pins, code, again=again)
        unused = tuple(name for name in work.unused_pins if file_of(name) not in self.pinned)
        return replace(work, files=self.files - len(self.decisions), unused_pins=unused)


def changes(
    raw_dir: Folder,
    looking_up: LookingUp,
    pins: Mapping[str, Pin],
    code: str,
    unfinished: frozenset[str],
    archives: Mapping[str, Archived],
    *,
    again: bool = False,
    hashing: bool = True,
) -> Changes:
    """What has changed, for `code` and `pins`; with `again` every file. Raises `InputError` for an unusable folder.

    `unfinished` are the paths that a killed run may have half done, `archives` those opened before. Without `hashing`
    no file is read.
    """
    with looking_up() as asked:
        folders, pinned = asked.folders(code), asked.pinned({file_of(name) for name in pins})
    doubtful = unfinished | {path for path, seen in pinned.items() if seen.pin != _decided(seen, pins)}
    unsettled = folders.sums.keys() if again else folders.unsettled.union(map(folder_of, doubtful))
    there = differing(raw_dir, replace(folders, unsettled=frozenset(unsettled)), archives)
    past = _past(looking_up, there)
    known = {path: seen.raw for path, seen in past.items()}
    found = compared(raw_dir, there.listing, known, hashing=hashing, archives=archives)
    kin = _kin(looking_up, there, found, known)
    decisions = {VERDICTS_FILE, EXPECTED_FILE}.intersection(raw.path for raw in found.files)
    others = (seen.raw for path, seen in pinned.items() if folder_of(path) in there.same)
    return Changes(
        _with(found, kin),
        Past({**past, **kin}, unfinished),
        there.files + len(found.files),
        folders.files,
        {**there.archives, **{archive.raw.path: archive for archive in found.archives}},
        there.decisions | decisions,
        frozenset(name for raw in others for name in (raw.path, raw.sha256)),
    )


def _decided(seen: Known, pins: Mapping[str, Pin]) -> str:
    pin = pin_of(seen.raw, pins)
    return pin.decides if pin else ""


def _past(looking_up: LookingUp, there: Differing) -> dict[str, Known]:
    """What is known of the files in the folders that differ."""
    if not there.known:
        return {}
    with looking_up() as asked:
        return asked.in_folders(there.known) if there.same else asked.all()


def _kin(looking_up: LookingUp, there: Differing, found: Scan, known: Mapping[str, RawFile]) -> dict[str, Known]:
    """The files in the other folders about which those that differ may decide."""
    if not there.same or not (found.files or known):
        return {}
    contents = {raw.sha256 for raw in (*found.files, *known.values())} - {""}
    with looking_up() as asked:
        return {path: seen for path, seen in asked.like(contents).items() if folder_of(path) in there.same}


def _with(found: Scan, kin: Mapping[str, Known]) -> Scan:
    """The scan with some files that are there as they are known."""
    if not kin:
        return found
    files = tuple(sorted((*found.files, *(seen.raw for seen in kin.values())), key=lambda raw: raw.path))
    return replace(found, files=files, unchanged=found.unchanged | kin.keys(), duplicates=duplicates(files))
