"""The work of a run: what was found under `data/raw`, compared with what is known from earlier runs.

What does *not* belong here: looking at the folder (`raw.scan`), and the plan on the disk (`plan_file`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from typing import Any, Literal, Protocol, get_args

from pipeline.document import RawFile, file_of
from pipeline.raw.expected import EXPECTED_FILE
from pipeline.raw.overrides import Pin, pin_of
from pipeline.raw.range import Range
from pipeline.raw.scan import Scan, duplicates
from pipeline.raw.verdicts import VERDICTS_FILE


class Seen(Protocol):
    """A file that was processed before, by which code and with which pin ("": none)."""

    @property
    def raw(self) -> RawFile: ...  # noqa: D102
    @property
    def fingerprint(self) -> str: ...  # noqa: D102
    @property
    def pin(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of a run. Paths are below `data/raw`.

    `todo` is to be extracted, each with its pin; `verdicts` and `expected` are the files of that name, where they are
    to be read again; `copies` are only noted beside the file that stands for them; `touched` are only noted with their
    new time; `gone` are no longer there. `unused_pins` fit no file. Where only a range is `wanted`, reading the
    `unplaced` files shows whether they are in it. `cleared` says that a person had to allow the removal of many files.
    """

    fingerprint: str
    todo: tuple[tuple[RawFile, Pin | None], ...] = ()
    verdicts: RawFile | None = None
    expected: RawFile | None = None
    copies: tuple[tuple[RawFile, str], ...] = ()
    unreadable: tuple[tuple[RawFile, str], ...] = ()
    touched: tuple[RawFile, ...] = ()
    gone: tuple[str, ...] = ()
    files: int = 0
    unused_pins: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    wanted: Range | None = None
    unplaced: tuple[str, ...] = ()
    cleared: bool = False

    @property
    def idle(self) -> bool:
        """True when nothing that decides rows has changed."""
        return not (self.todo or self.decisions or self.copies or self.unreadable or self.gone)

    @property
    def decisions(self) -> tuple[RawFile, ...]:
        """The files beside the reports that are to be read again."""
        return tuple(raw for raw in (self.verdicts, self.expected) if raw)

    @property
    def displaced(self) -> tuple[str, ...]:
        """Paths whose loaded rows, if any, are to be removed or replaced."""
        again = [raw.path for raw, _ in (*self.todo, *self.copies, *self.unreadable)]
        return tuple(sorted({*self.gone, *again}))

    @property
    def without_files(self) -> Plan:
        """The parts of the plan other than its files."""
        return replace(self, todo=(), copies=(), unreadable=(), touched=(), gone=())

    @property
    def batch(self) -> str:
        """A short name for exactly this work: equal plans have equal names."""
        digest = hashlib.sha256()
        for line in lines_of(self):
            digest.update(line.encode())
        return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Past:
    """What is known from earlier runs: the processed files, and paths that a killed run may have half done."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    unfinished: frozenset[str] = frozenset()

    @property
    def files(self) -> dict[str, RawFile]:
        """The files by path."""
        return {path: seen.raw for path, seen in self.seen.items()}

    def waiting_for(self, paths: Collection[str]) -> set[str]:
        """Files that stood back for one of these."""
        return {path for path, seen in self.seen.items() if _waits_for(seen.fingerprint, paths)}


_BETWEEN = "\x1f"  # in no name that a person gives


def joined(paths: Collection[str]) -> str:
    """Paths as one text."""
    return _BETWEEN.join(sorted(paths))


def _waits_for(fingerprint: str, paths: Collection[str]) -> bool:
    _, _, winners = fingerprint.partition("|")
    return bool(winners) and any(winner in paths for winner in winners.split(_BETWEEN))


# A file on which a worker failed is read again in this many runs, then only by new code or when all are read again.
TRIES = 3


def outcome_of(fingerprint: str, winner: str = "", tries: int = 0) -> str:
    """What an outcome depends on: the code, and for a second file of a report also the first one's path.

    `winner` is that path; of a file with several reports it may be several, `joined`.

    A file that is to be tried again after `tries` runs has an outcome that no code has.
    """
    code = f"{fingerprint}~{tries}" if 0 < tries <= TRIES else fingerprint
    return f"{code}|{winner}" if winner else code


def tries_of(seen: Seen | None, raw: RawFile, code: str) -> int:
    """How many runs of this code have failed on exactly this content, if it is to be tried again."""
    if seen is None or seen.raw.sha256 != raw.sha256:
        return 0
    by, _, tries = seen.fingerprint.partition("|")[0].partition("~")
    return int(tries) if by == code and tries else 0


def plan_from(found: Scan, past: Past, pins: Mapping[str, Pin], code: str, *, again: bool = False) -> Plan:
    """The work that brings the warehouse up to `found`; `again` takes every file."""
    is_idle = len(found.files) == len(past.seen) and not (found.new or found.changed or found.gone or found.touched)
    before = found.duplicates if is_idle else duplicates(past.files.values())
    fresh = found.new | found.changed | past.unfinished
    stale = {
        raw.path
        for raw in found.files
        if again or raw.path in fresh or _is_stale(raw, past.seen[raw.path], found, before, pins, code)
    }
    away = past.unfinished - {raw.path for raw in found.files}
    gone = found.gone | {path for path in away if not found.is_hidden(path)}
    stale |= past.waiting_for(stale | gone) & {raw.path for raw in found.files}
    decisions = {raw.path: raw for raw in found.files if raw.path in (VERDICTS_FILE, EXPECTED_FILE)}
    again_read = {path: raw for path, raw in decisions.items() if path in stale}
    work = [raw for raw in found.files if raw.path in stale and raw.path not in decisions]
    return Plan(
        fingerprint=code,
        verdicts=again_read.get(VERDICTS_FILE),
        expected=again_read.get(EXPECTED_FILE),
        todo=tuple((raw, pin_of(raw, pins)) for raw in work if _stands(raw, found)),
        copies=tuple((raw, found.duplicates[raw.path]) for raw in work if raw.path in found.duplicates),
        unreadable=tuple((raw, found.unreadable[raw.path]) for raw in work if raw.path in found.unreadable),
        touched=tuple(raw for raw in found.files if raw.path in found.touched and raw.path not in stale),
        gone=tuple(sorted(gone)),
        files=len(found.files) - len(decisions),
        unused_pins=_unused(found.files, pins),
        skipped=found.skipped,
    )


def _is_stale(
    raw: RawFile, seen: Seen, found: Scan, before: Mapping[str, str], pins: Mapping[str, Pin], code: str
) -> bool:
    """Whether an unchanged file would now have another outcome."""
    if seen.fingerprint.partition("|")[0] != code:
        return True
    if before.get(raw.path) != found.duplicates.get(raw.path):
        return True
    pin = pin_of(raw, pins) if _stands(raw, found) else None
    return seen.pin != (pin.decides if pin else "")


def _stands(raw: RawFile, found: Scan) -> bool:
    """Whether a file is to be extracted: it can be read and is not a copy."""
    return raw.path not in found.duplicates and raw.path not in found.unreadable


def _unused(files: Sequence[RawFile], pins: Mapping[str, Pin]) -> tuple[str, ...]:
    names = {raw.path for raw in files} | {raw.sha256 for raw in files}
    return tuple(sorted(name for name, pin in pins.items() if file_of(name) not in names and _is_line(pin)))


def _is_line(pin: Pin) -> bool:
    """Whether a pin is a line by itself, and not only where those of further reports of a file are kept."""
    return bool(pin.of_report(1) or not pin.more)


FilesKind = Literal["todo", "copies", "unreadable", "touched", "gone"]


LISTS: tuple[FilesKind, ...] = get_args(FilesKind)


def lines_of(work: Plan) -> Iterator[str]:
    """A plan as lines of JSON: first a line about the plan as a whole, then one for each file."""
    told = asdict(work.without_files)
    yield _line({name: value for name, value in told.items() if name not in LISTS})
    for kind in LISTS:
        yield from (_line([kind, *_plain(item)]) for item in getattr(work, kind))


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _plain(item: Any) -> list[Any]:
    """An entry of a plan's list as plain values: a path, a file, or a file with its detail."""
    if isinstance(item, str):
        return [item]
    if isinstance(item, RawFile):
        return [astuple(item)]
    raw, beside = item
    return [astuple(raw), astuple(beside) if isinstance(beside, Pin) else beside]
