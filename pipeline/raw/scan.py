"""Scans `data/raw`: sizes and times first; only a file whose size or time is new is read and hashed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pipeline.document import RawFile, file_of
from pipeline.raw.archives import MAX_UNPACKED_BYTES, SEPARATOR, Archived, NotUsable, is_archive, split, survey
from pipeline.raw.companions import may_have_lost_parts, parts_by_page, with_times_of_parts, without_parts
from pipeline.raw.folder import TEMPORARY, Folder, Listing, digests, listing, opened
from pipeline.raw.overrides import OVERRIDES
from pipeline.raw.pictured import content_of, digest, grouped, joined_digest

MAX_FILE_BYTES = 200_000_000
_NAMED_LIKE_A_REPORT = "its name ends as that of a further report of a file does (#2); rename it"


@dataclass(frozen=True, slots=True)
class Scan:
    """The files found, by path, and how they differ from those known.

    `touched` files have another time and the same content; a page of which a part is new or gone has changed.
    `duplicates` lead
    from a path to the first path with the same content, which stands for it. `unreadable` files have no SHA-256 and a
    sentence. `skipped` are the entries not looked into, with what they are: nothing below them is `gone`. `archives`
    are those whose members are among the files, in their place. `companions` counts the files that belong to a page
    beside their folder.
    """

    files: tuple[RawFile, ...]
    new: frozenset[str]
    changed: frozenset[str]
    gone: frozenset[str]
    unchanged: frozenset[str]
    touched: frozenset[str]
    duplicates: Mapping[str, str]
    unreadable: Mapping[str, str]
    skipped: tuple[tuple[str, str], ...]
    archives: tuple[Archived, ...] = ()
    companions: int = 0

    def is_hidden(self, path: str) -> bool:
        """Whether a path lies at or below a skipped entry: its files may still be there."""
        return any(path == name or path.startswith(f"{name}/") for name, _ in self.skipped)


def scan_folder(
    raw_dir: Folder,
    known: Mapping[str, RawFile],
    *,
    hashing: bool = True,
    archives: Mapping[str, Archived] = MappingProxyType({}),
) -> Scan:
    """Compare the files under `raw_dir` with those known by path.

    Without `hashing` no file is read: one whose size or time differs counts as changed and has no SHA-256, which is
    enough to say whether there is work. `archives` were opened before: one of the same size and time is not opened
    again. Raises `InputError` without a folder.
    """
    return compared(raw_dir, reports(listing(raw_dir)), known, hashing=hashing, archives=archives)


def compared(
    raw_dir: Folder,
    listed: Listing,
    known: Mapping[str, RawFile],
    *,
    hashing: bool = True,
    archives: Mapping[str, Archived] = MappingProxyType({}),
) -> Scan:
    """The same for the `reports` of whole folders, with those known in them."""
    unreadable = dict(listed.unreadable)
    before = {**known, **{path: found.raw for path, found in archives.items()}}
    looked = _looked(raw_dir, before, hashing, listed, unreadable)
    opened_now = _archives(raw_dir, looked, known, archives, unreadable) if hashing else _unopened(looked, archives)
    whole = tuple(_with_members(looked, opened_now, known, unreadable))
    parts = parts_by_page(raw.path for raw in whole)
    beside = {part for own in parts.values() for part in own}
    files = tuple(raw for raw in whole if raw.path not in beside)
    paths = {raw.path for raw in files}
    same = frozenset(raw.path for raw in files if raw is (seen := known.get(raw.path)) or raw == seen)
    whole_in_one = (raw for raw in files if raw.path not in parts)  # a page stays the same where a part has changed
    same_content = frozenset(
        raw.path
        for raw in whole_in_one
        if (seen := known.get(raw.path))
        and _same_content(raw, seen)
        and not may_have_lost_parts(raw, seen, _known_archive(raw.path, archives))
    )
    found = Scan(
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
        companions=len(beside),
    )
    return replace(found, gone=frozenset(path for path in found.gone if not found.is_hidden(path)))


def reports_known(listed: Listing, archives: Mapping[str, Archived]) -> Sequence[RawFile] | None:
    """The `reports` of whole folders as they are noted where nothing has changed; None where that is surely not so.

    Members are in the place of archives that are as they were, and parts of pages are left out.
    """
    found, unreadable = listed.files, dict(listed.unreadable)
    hashed = [archives[raw.path].raw if _is_as_noted(raw, archives) else raw for raw in found] if archives else found
    if unopened := _unopened(hashed, archives):
        found = tuple(_with_members(hashed, unopened, {}, unreadable))
    return None if unreadable else without_parts(found)


def _is_as_noted(raw: RawFile, archives: Mapping[str, Archived]) -> bool:
    noted = archives.get(raw.path)
    return noted is not None and bool(noted.raw.sha256) and _stamp(noted.raw) == _stamp(raw)


def _unopened(looked: Sequence[RawFile], archives: Mapping[str, Archived]) -> dict[str, Archived]:
    """The archives that have not changed since they were opened."""
    return {raw.path: found for raw in looked if (found := archives.get(raw.path)) and found.raw == raw}


def _archives(
    raw_dir: Folder,
    looked: Sequence[RawFile],
    known: Mapping[str, RawFile],
    archives: Mapping[str, Archived],
    unreadable: Mapping[str, str],
) -> dict[str, Archived]:
    """The archives among the files by path, opened where new or changed; a file already known as itself is not one."""
    found = _unopened(looked, archives)
    for raw in looked:
        if raw.path in found or raw.path in unreadable or known.get(raw.path) == raw:
            continue
        if not (isinstance(raw_dir, Path) or raw.path.lower().endswith(".zip")):
            continue  # opening every new file of a remote store would take a request each
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
    """The files in the order of their paths, with archives replaced by their members.

    The members of an archive that could be opened before and cannot be now stay: they are not gone.
    """
    members: dict[str, list[RawFile]] = {}
    for path, raw in known.items():
        for archive, _ in split(path) if SEPARATOR in path else ():
            members.setdefault(archive, []).append(raw)
    found: list[RawFile] = []
    for raw in looked:
        if (opened_now := archives.get(raw.path)) is not None:
            members_now, odd = _told_apart(opened_now.members)
            not_used = {**opened_now.unreadable, **odd}
            found += with_times_of_parts(grouped(members_now, not_used, raw.path + SEPARATOR)[0])
            unreadable.update(not_used)
        else:
            found += [raw, *members.get(raw.path, ())]
    yield from sorted(found, key=lambda f: f.path)


def _told_apart(files: Sequence[RawFile]) -> tuple[tuple[RawFile, ...], dict[str, str]]:
    """The files, and why some are not used: a path like that of a report in another file is spelt in another way."""
    further = (raw.path for raw in files if "#" in raw.path and file_of(raw.path) != raw.path)
    odd = {path: path[::-1].replace("#", "32x\\", 1)[::-1] for path in further}
    if not odd:
        return tuple(files), {}
    found = (replace(raw, path=odd[raw.path], sha256="") if raw.path in odd else raw for raw in files)
    return tuple(found), dict.fromkeys(odd.values(), _NAMED_LIKE_A_REPORT)


def reports(listed: Listing) -> Listing:
    """The listing without the overrides, and with the pages of a report in pictures as one file."""
    files, odd = _told_apart([raw for raw in listed.files if raw.path != OVERRIDES])
    unreadable = {**listed.unreadable, **odd}
    together, pages = grouped(files, [*unreadable, *(path for path, _ in listed.skipped)])
    return replace(listed, files=tuple(with_times_of_parts(together)), unreadable=unreadable, pages=pages)


def duplicates(files: Iterable[RawFile]) -> dict[str, str]:
    """The duplicates: each path whose content an earlier path has, with that first path."""
    first: dict[str, str] = {}
    copies: dict[str, str] = {}
    for raw in sorted((f for f in files if f.sha256), key=lambda f: f.path):
        if first.setdefault(raw.sha256, raw.path) != raw.path:
            copies[raw.path] = first[raw.sha256]
    return copies


def read_bytes(raw_dir: Folder, raw: RawFile) -> bytes:
    """The content of a registered file. Raises `OSError` where it cannot be read or has changed by now."""
    data = content_of(raw_dir, raw.path)
    if digest(data) != raw.sha256:
        raise OSError("it changed while it was read; the next run reads it again")
    return data


def _looked(
    raw_dir: Folder, known: Mapping[str, RawFile], hashing: bool, listed: Listing, unreadable: dict[str, str]
) -> list[RawFile]:
    """The files with their SHA-256: the known one where size and time are the same, else read now."""
    unreadable.update({raw.path: why for raw in listed.files if (why := _too_large(raw))})
    old = {raw.path: seen for raw in listed.files if (seen := known.get(raw.path)) and _stamp(seen) == _stamp(raw)}
    todo = [raw for raw in listed.files if raw.path not in unreadable and not (raw.path in old and _hashed(old, raw))]
    read: dict[str, RawFile | None] = {}
    for raw, found in _digests(raw_dir, todo, listed.pages) if hashing else ():
        if isinstance(found, str):
            read[raw.path] = replace(raw, sha256=found)
        elif isinstance(found, FileNotFoundError):  # it has just gone
            read[raw.path] = None
        else:
            unreadable[raw.path] = f"it cannot be read: {found.strerror or found}"
    looked = (raw if raw.path in unreadable else read.get(raw.path, old.get(raw.path, raw)) for raw in listed.files)
    return [raw for raw in looked if raw is not None]


def _digests(
    raw_dir: Folder, files: Sequence[RawFile], pages: Mapping[str, Sequence[RawFile]]
) -> Iterator[tuple[RawFile, str | OSError]]:
    """Each file with its SHA-256, or with the error that kept it, or one of its pages, from being read."""
    yield from digests(raw_dir, [raw for raw in files if raw.path not in pages])
    for raw in (raw for raw in files if raw.path in pages):
        found = [of_page for _, of_page in digests(raw_dir, pages[raw.path])]
        errors = (of_page for of_page in found if isinstance(of_page, OSError))
        yield raw, next(errors, None) or joined_digest([str(of_page) for of_page in found])


def _too_large(raw: RawFile) -> str:
    """Why a file is not even hashed; "" where its size allows reading. Of an archive only the members are hashed."""
    most = MAX_UNPACKED_BYTES if raw.path.lower().endswith(".zip") else MAX_FILE_BYTES
    return f"it has {raw.size_bytes:,} bytes, more than the {most:,} that are read" if raw.size_bytes > most else ""


def _hashed(old: Mapping[str, RawFile], raw: RawFile) -> bool:
    return bool(old[raw.path].sha256)


def _stamp(raw: RawFile) -> tuple[int, int]:
    return raw.size_bytes, raw.mtime_ns


def _same_content(raw: RawFile, known: RawFile) -> bool:
    return bool(raw.sha256) and raw.sha256 == known.sha256


def _known_archive(path: str, archives: Mapping[str, Archived]) -> RawFile | None:
    """The archive of a member as it was when it was opened before; None for any other file."""
    found = (archives[archive].raw for archive, _ in split(path) if archive in archives) if SEPARATOR in path else ()
    return next(iter(found), None)
