"""What lies under `data/raw`, what of it is new, and what a person has pinned.

Sizes and times are compared first; only a file whose size or time differs from what is known is read
and hashed. What does *not* belong here: what a file says, and what is in the warehouse.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol, get_args

from pipeline.coverage import EXPECTED_FILE
from pipeline.document import RawFile
from pipeline.ranges import Range
from pipeline.raw.archives import SEPARATOR, Archived, NotUsable, is_archive, split, survey
from pipeline.raw.csv_lines import checked_code, checked_year, decided_lines
from pipeline.raw.folder import TEMPORARY, Folder, InputError, Listing, content, digests, listing, opened
from pipeline.raw.verdicts import VERDICTS_FILE
from pipeline.schema import LEVELS

OVERRIDES = "overrides.csv"
PIN_COLUMNS = ("file", "district_code", "year", "publisher", "level", "note")


@dataclass(frozen=True, slots=True)
class Pin:
    """A line of `data/raw/overrides.csv`: what a person decided about a file; None is not pinned.

    `pattern` is a path below `data/raw` or a SHA-256.
    """

    pattern: str
    district_code: str | None = None
    year: int | None = None
    publisher: str | None = None
    level: str | None = None
    note: str = ""

    @property
    def decides(self) -> str:
        """What it decides, as a text to compare; a note decides nothing."""
        pinned = {
            "district_code": self.district_code,
            "year": self.year,
            "publisher": self.publisher,
            "level": self.level,
        }
        given = {name: value for name, value in pinned.items() if value is not None}
        return json.dumps(given, ensure_ascii=False) if given else ""


class Seen(Protocol):
    """What was processed before: the file, by which code, and with which pin ("" is none)."""

    @property
    def raw(self) -> RawFile: ...  # noqa: D102
    @property
    def fingerprint(self) -> str: ...  # noqa: D102
    @property
    def pin(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Scan:
    """The files found, by path, and how they differ from those known.

    `touched` files have another time and the same content. `duplicates` lead from a path to the first
    path with the same content, which stands for it. `unreadable` files have no SHA-256 and a sentence.
    `skipped` are links that lead outside. `archives` are those whose members are among the files, in their place.
    """

    files: tuple[RawFile, ...]
    new: frozenset[str]
    changed: frozenset[str]
    gone: frozenset[str]
    unchanged: frozenset[str]
    touched: frozenset[str]
    duplicates: Mapping[str, str]
    unreadable: Mapping[str, str]
    skipped: tuple[str, ...]
    archives: tuple[Archived, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do. Paths are below `data/raw`.

    `todo` is to be extracted, each with its pin; `verdicts` and `expected` are the files of that name, where they
    are to be read again; `copies` only noted beside the file that stands for them; `touched` only noted with their
    new time; `gone` is no longer there. `unused_pins` fit no file. Where only a range is `wanted`, reading the
    `unplaced` files tells whether they are in it.
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
    skipped: tuple[str, ...] = ()
    wanted: Range | None = None
    unplaced: tuple[str, ...] = ()

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
        """Paths whose rows, where any are loaded, are to go or to be replaced."""
        again = [raw.path for raw, _ in (*self.todo, *self.copies, *self.unreadable)]
        return tuple(sorted({*self.gone, *again}))

    @property
    def without_files(self) -> Plan:
        """What it says beside its files."""
        return replace(self, todo=(), copies=(), unreadable=(), touched=(), gone=())

    @property
    def batch(self) -> str:
        """A short name for exactly this work: equal plans have equal names."""
        digest = hashlib.sha256()
        for line in lines_of(self):
            digest.update(line.encode())
        return digest.hexdigest()[:16]


# --- Looking at data/raw ---------------------------------------------------------------------------


def scan(
    raw_dir: Folder,
    known: Mapping[str, RawFile],
    *,
    hashing: bool = True,
    archives: Mapping[str, Archived] = MappingProxyType({}),
) -> Scan:
    """Compare the files under `raw_dir` with those known by path.

    Without `hashing` no file is read: one whose size or time differs counts as changed and has no
    SHA-256, which is enough to say whether there is work. `archives` were looked into before: one of the same size and
    time is not opened again. Raises `InputError` without a folder.
    """
    listed = _reports(listing(raw_dir))
    unreadable = dict(listed.unreadable)
    before = {**known, **{path: found.raw for path, found in archives.items()}}
    looked = _looked(raw_dir, before, hashing, listed, unreadable)
    opened_now = _archives(raw_dir, looked, known, archives, unreadable) if hashing else _unopened(looked, archives)
    files = tuple(_with_members(looked, opened_now, known, unreadable))
    paths = {raw.path for raw in files}
    same = frozenset(raw.path for raw in files if raw is (seen := known.get(raw.path)) or raw == seen)
    same_content = frozenset(raw.path for raw in files if _same_content(raw, known.get(raw.path)))
    return Scan(
        files=files,
        new=frozenset(paths - known.keys()),
        changed=frozenset((paths & known.keys()) - same - same_content),
        gone=frozenset(known.keys() - paths),
        unchanged=same | same_content,
        touched=same_content - same,
        duplicates=duplicates(files),
        unreadable=unreadable,
        skipped=listed.skipped,
        archives=tuple(opened_now.values()),
    )


def _unopened(looked: Sequence[RawFile], archives: Mapping[str, Archived]) -> dict[str, Archived]:
    """The archives that are as they were when they were looked into."""
    return {raw.path: found for raw in looked if (found := archives.get(raw.path)) and found.raw == raw}


def _archives(
    raw_dir: Folder,
    looked: Sequence[RawFile],
    known: Mapping[str, RawFile],
    archives: Mapping[str, Archived],
    unreadable: Mapping[str, str],
) -> dict[str, Archived]:
    """The archives among the files by path, opened where they are new or changed; a file known as itself is none."""
    found = _unopened(looked, archives)
    for raw in looked:
        if raw.path in found or raw.path in unreadable or known.get(raw.path) == raw:
            continue
        if not (isinstance(raw_dir, Path) or raw.path.lower().endswith(".zip")):
            continue  # a look into every new file of a remote store would take a request each
        try:
            with opened(raw_dir, raw.path) as stream:
                if is_archive(stream):
                    found[raw.path] = survey(stream, raw, TEMPORARY)
        except (OSError, NotUsable):  # it is read as a file, which says why it cannot be used
            continue
    return found


def _with_members(
    looked: Sequence[RawFile],
    archives: Mapping[str, Archived],
    known: Mapping[str, RawFile],
    unreadable: dict[str, str],
) -> Iterator[RawFile]:
    """The files, those of archives in the place of these, in the order of their paths.

    Of an archive that was opened before and cannot be now its members stay: they are not gone.
    """
    members: dict[str, list[RawFile]] = {}
    for path, raw in known.items():
        for archive, _ in split(path) if SEPARATOR in path else ():
            members.setdefault(archive, []).append(raw)
    found: list[RawFile] = []
    for raw in looked:
        if (opened_now := archives.get(raw.path)) is not None:
            found += opened_now.members
            unreadable.update(opened_now.unreadable)
        else:
            found += [raw, *members.get(raw.path, ())]
    yield from sorted(found, key=lambda f: f.path)


def _reports(listed: Listing) -> Listing:
    """What lies there beside the overrides."""
    return replace(listed, files=tuple(raw for raw in listed.files if raw.path != OVERRIDES))


def duplicates(files: Iterable[RawFile]) -> dict[str, str]:
    """From each path whose content an earlier path has already, to that first path."""
    first: dict[str, str] = {}
    copies: dict[str, str] = {}
    for raw in sorted((f for f in files if f.sha256), key=lambda f: f.path):
        if first.setdefault(raw.sha256, raw.path) != raw.path:
            copies[raw.path] = first[raw.sha256]
    return copies


def read_bytes(raw_dir: Folder, raw: RawFile) -> bytes:
    """The content of a registered file. Raises `OSError` where it cannot be read or is another by now."""
    data = content(raw_dir, raw.path)
    if hashlib.sha256(data).hexdigest() != raw.sha256:
        raise OSError("it changed while it was read; the next run reads it again")
    return data


def _looked(
    raw_dir: Folder, known: Mapping[str, RawFile], hashing: bool, listed: Listing, unreadable: dict[str, str]
) -> list[RawFile]:
    """The files with their SHA-256: the known one where size and time are the same, else read now."""
    old = {raw.path: seen for raw in listed.files if (seen := known.get(raw.path)) and _stamp(seen) == _stamp(raw)}
    todo = [raw for raw in listed.files if raw.path not in unreadable and not (raw.path in old and _hashed(old, raw))]
    read: dict[str, RawFile | None] = {}
    for raw, found in digests(raw_dir, todo) if hashing else ():
        if isinstance(found, str):
            read[raw.path] = replace(raw, sha256=found)
        elif isinstance(found, FileNotFoundError):  # it has just gone
            read[raw.path] = None
        else:
            unreadable[raw.path] = f"it cannot be read: {found.strerror or found}"
    looked = (raw if raw.path in unreadable else read.get(raw.path, old.get(raw.path, raw)) for raw in listed.files)
    return [raw for raw in looked if raw is not None]


def _hashed(old: Mapping[str, RawFile], raw: RawFile) -> bool:
    return bool(old[raw.path].sha256)


def _stamp(raw: RawFile) -> tuple[int, int]:
    return raw.size_bytes, raw.mtime_ns


def _same_content(raw: RawFile, known: RawFile | None) -> bool:
    return known is not None and bool(raw.sha256) and raw.sha256 == known.sha256


# --- What a person pinned --------------------------------------------------------------------------


def read_overrides(raw_dir: Folder, codes: Collection[str] = ()) -> dict[str, Pin]:
    """The lines of `overrides.csv` by path or SHA-256; {} without the file.

    With `codes`, a district code must be one of them. Raises `InputError` with line and reason.
    """
    pins: dict[str, Pin] = {}
    for number, line in decided_lines(raw_dir, OVERRIDES, PIN_COLUMNS, ("file",)):
        try:
            _add(pins, _pin(line, codes))
        except ValueError as error:
            raise InputError(f"{OVERRIDES}, line {number}: {error}") from None
    return pins


def _pin(line: Mapping[str, str], codes: Collection[str]) -> Pin:
    """The pin of one line. Raises `ValueError` with the reason."""
    pattern = line.get("file", "").replace("\\", "/").removeprefix("./")
    if not pattern:
        raise ValueError("the column 'file' is empty")
    if re.fullmatch(r"[0-9A-Fa-f]{64}", pattern):
        pattern = pattern.lower()
    return Pin(
        pattern,
        district_code=_pinned_code(line.get("district_code", ""), codes),
        year=checked_year(line["year"]) if line.get("year") else None,
        publisher=line.get("publisher") or None,
        level=_pinned_level(line.get("level", "")),
        note=line.get("note", ""),
    )


def _pinned_code(text: str, codes: Collection[str]) -> str | None:
    if text and checked_code(text) and codes and text not in codes:
        raise ValueError(f"the district code {text} is in no year's list")
    return text or None


def _pinned_level(text: str) -> str | None:
    if text and text not in LEVELS:
        raise ValueError(f"{text!r} is no level; the levels are {', '.join(LEVELS)}")
    return text or None


def _add(pins: dict[str, Pin], pin: Pin) -> None:
    if pin.pattern in pins:
        raise ValueError(f"{pin.pattern} stands on an earlier line already")
    pins[pin.pattern] = pin


def pin_of(raw: RawFile, pins: Mapping[str, Pin]) -> Pin | None:
    """The pin of a file: by its path before by its content."""
    return pins.get(raw.path) or (pins.get(raw.sha256) if raw.sha256 else None)


# --- What is to be done ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of earlier runs: what was processed, and paths that a killed run may have half done."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    unfinished: frozenset[str] = frozenset()

    @property
    def files(self) -> dict[str, RawFile]:
        """The files by path."""
        return {path: seen.raw for path, seen in self.seen.items()}

    def waiting_for(self, paths: Collection[str]) -> set[str]:
        """Files that stood back before one of these."""
        return {path for path, seen in self.seen.items() if seen.fingerprint.partition("|")[2] in paths}


def outcome_of(fingerprint: str, winner: str = "") -> str:
    """What an outcome hangs on: the code, and for a second file of a report also the first one's path."""
    return f"{fingerprint}|{winner}" if winner else fingerprint


def plan(found: Scan, past: Past, pins: Mapping[str, Pin], code: str, *, again: bool = False) -> Plan:
    """What has to be done so that the warehouse says what `found` says; `again` takes every file."""
    before = duplicates(past.files.values())
    fresh = found.new | found.changed | past.unfinished
    stale = {
        raw.path
        for raw in found.files
        if again or raw.path in fresh or _is_stale(raw, past.seen[raw.path], found, before, pins, code)
    }
    gone = found.gone | (past.unfinished - {raw.path for raw in found.files})
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
    """Whether an unchanged file would now come to another outcome."""
    if seen.fingerprint.partition("|")[0] != code:
        return True
    if before.get(raw.path) != found.duplicates.get(raw.path):
        return True
    pin = pin_of(raw, pins) if _stands(raw, found) else None
    return seen.pin != (pin.decides if pin else "")


def _stands(raw: RawFile, found: Scan) -> bool:
    """Whether a file is to be extracted: it can be read and is no copy."""
    return raw.path not in found.duplicates and raw.path not in found.unreadable


def _unused(files: Sequence[RawFile], pins: Mapping[str, Pin]) -> tuple[str, ...]:
    names = {raw.path for raw in files} | {raw.sha256 for raw in files}
    return tuple(sorted(pins.keys() - names))


# --- A plan as text --------------------------------------------------------------------------------

Kind = Literal["todo", "copies", "unreadable", "touched", "gone"]
_LISTS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a plan: the list in which it stands, and what stands beside it there.

    That is the pin of what is to be extracted, and the detail of a copy, the file that stands for it, or of what is
    unreadable, why. What is gone has no `raw`.
    """

    kind: Kind
    path: str
    raw: RawFile | None = None
    pin: Pin | None = None
    detail: str = ""


def lines_of(work: Plan) -> Iterator[str]:
    """A plan as lines of JSON: the first tells of it what is not about a single file, then each file has one."""
    told = asdict(work.without_files)
    yield _line({name: value for name, value in told.items() if name not in _LISTS})
    for kind in _LISTS:
        yield from (_line([kind, *_plain(item)]) for item in getattr(work, kind))


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _plain(item: Any) -> list[Any]:
    """What stands in a list of a plan as plain values: a path, a file, or a file and what stands beside it."""
    if isinstance(item, str):
        return [item]
    if isinstance(item, RawFile):
        return [astuple(item)]
    raw, beside = item
    return [astuple(raw), astuple(beside) if isinstance(beside, Pin) else beside]


def write_plan(file: Path, work: Plan) -> None:
    """Writes a plan into a new file."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(lines_of(work))


def read_head(file: Path) -> Plan:
    """A plan that was written, without its files."""
    with file.open(encoding="utf-8") as lines:
        head = json.loads(next(lines))
    wanted, *decisions = (head.pop(name) for name in ("wanted", "verdicts", "expected"))
    files, code = head.pop("files"), head.pop("fingerprint")
    verdicts, expected = (RawFile(**raw) if raw else None for raw in decisions)
    within = Range(**{name: tuple(values) for name, values in wanted.items()}) if wanted else None
    lists = {name: tuple(values) for name, values in head.items()}
    return Plan(code, verdicts=verdicts, expected=expected, files=files, wanted=within, **lists)


def read_entries(file: Path) -> Iterator[Entry]:
    """The files of a plan that was written, one after the other: the plan need not be held for that."""
    with file.open(encoding="utf-8") as lines:
        for line in islice(lines, 1, None):
            kind, what, *beside = json.loads(line)
            yield Entry(kind, what) if kind == "gone" else _entry(kind, RawFile(*what), *beside)


def _entry(kind: Kind, raw: RawFile, beside: Any = None) -> Entry:
    if isinstance(beside, str):
        return Entry(kind, raw.path, raw, detail=beside)
    return Entry(kind, raw.path, raw, Pin(*beside) if beside else None)


def read_plan(file: Path) -> Plan:
    """A plan that was written, whole."""
    lists: dict[str, list[Any]] = {kind: [] for kind in _LISTS}
    for entry in read_entries(file):
        beside = {"todo": entry.pin, "copies": entry.detail, "unreadable": entry.detail}
        what = entry.raw or entry.path
        lists[entry.kind].append((what, beside[entry.kind]) if entry.kind in beside else what)
    todo, copies, unreadable, touched, gone = (tuple(lists[kind]) for kind in _LISTS)
    head = read_head(file)
    return replace(head, todo=todo, copies=copies, unreadable=unreadable, touched=touched, gone=gone)
