"""The folder of the reports: one of this machine, or one in a remote store that fsspec knows, as `s3://bucket/reports`.

For either it gives the files with size and time, the SHA-256 of those that have to be read for it, and the content of
a file. A remote store is given by its URL; keys and the like come from where its library looks for them (the
environment, or fsspec's configuration). What does *not* belong here: what is known about the files from earlier runs
(`runs.plan`).
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from pipeline.document import RawFile
from pipeline.raw import archives
from pipeline.raw.companions import folder_of
from pipeline.raw.walk import UnreadableError, Walked, is_read, odd, printable, status_of, walk

if TYPE_CHECKING:  # takes a tenth of a second to import, and a folder of this machine does not need it
    from upath import UPath

Folder: TypeAlias = "Path | UPath"
"""The folder of the reports."""

TEMPORARY = re.compile(
    r"^(\..*|~\$.*|.*~|#.*#|.*\.(tmp|temp|swp|swo|bak|part|crdownload|download)|thumbs\.db|desktop\.ini|__macosx)$",
    re.IGNORECASE,
)
_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+://")
# Remote files are fetched together, since each takes a while: this many, and this many bytes, at once.
_TOGETHER = 64
_TOGETHER_BYTES = 64 * 2**20
_STEP_BYTES = 2**20
# The exceptions of remote stores' libraries that are not OSErrors, by module and class.
_FOREIGN = (
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
    ("aiohttp", "ClientError"),
)
# The name under which a store gives a checksum.
_CHECKSUMS = ("ETag", "etag", "md5Hash", "content_md5", "sha")


class InputError(ValueError):
    """`data/raw`, a file of decisions or what a person asks for cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The contents of the folder, by path: files without SHA-256, the reasons for unusable ones, and what is skipped.

    Skipped are links to folders, to the outside or to nowhere, and entries that are neither file nor folder; each with
    what it is. Files below such a link may return once it works again. `pages` are those of reports in pictures, each
    of which is one file by the path of its first page.
    """

    files: tuple[RawFile, ...]
    unreadable: Mapping[str, str]
    skipped: tuple[tuple[str, str], ...] = ()
    pages: Mapping[str, tuple[RawFile, ...]] = field(default_factory=dict)


def raw_folder(text: str) -> Folder:
    """The folder that a path or a URL names.

    Raises `InputError` for an empty text, and for a store that cannot be used here.
    """
    if not text.strip():
        raise InputError("An empty text names no folder of reports")
    if not _URL.match(text):
        return Path(text).resolve()
    from upath import UPath

    with _told(text):
        folder = UPath(text)
        local = folder.fs.protocol in ("file", ("file", "local"))
    return Path(folder.path).resolve() if local else folder


def listing(folder: Folder) -> Listing:
    """All files below the folder, hidden and temporary names left out. Raises the same as `listings`."""
    return merged([listed for _, listed in listings(folder)])


def listings(folder: Folder) -> Iterator[tuple[str, Listing]]:
    """The same piece by piece, each with its name: what lies in one folder, and in folders beside its pages.

    Raises `InputError` where the folder, or one below it, is missing or cannot be read: its reports would seem gone.
    """
    return _listings(folder) if isinstance(folder, Path) else _remote_listings(folder)


def merged(pieces: Sequence[Listing]) -> Listing:
    """Pieces of a listing as one."""
    pages = {first: pages for piece in pieces for first, pages in piece.pages.items()}
    unreadable = {path: why for piece in pieces for path, why in piece.unreadable.items()}
    files = chain.from_iterable(piece.files for piece in pieces)
    return _in_order(files, unreadable, chain.from_iterable(piece.skipped for piece in pieces), pages)


def _in_order(
    files: Iterable[RawFile],
    unreadable: Mapping[str, str],
    skipped: Iterable[tuple[str, str]],
    pages: Mapping[str, tuple[RawFile, ...]] = MappingProxyType({}),
) -> Listing:
    return Listing(tuple(sorted(files, key=lambda f: f.path)), unreadable, tuple(sorted(skipped)), pages)


def digests(folder: Folder, files: Sequence[RawFile]) -> Iterator[tuple[RawFile, str | OSError]]:
    """Each file with its SHA-256, or with the error that kept it from being read. Raises `InputError` for an outage."""
    if isinstance(folder, Path):
        yield from ((raw, _sha256(folder / raw.path)) for raw in files)
    else:
        yield from _remote_digests(folder, files)


def content(folder: Folder, path: str) -> bytes:
    """The content of a file, or of a member of an archive.

    Raises `OSError`, for an outage of a remote store `ConnectionError`.
    """
    archive, member = _member(folder, path)
    if member:
        with opened(folder, archive) as stream:
            return archives.member(stream, member)
    if isinstance(folder, Path):
        return (folder / path).read_bytes()
    with _told(path, outage=ConnectionError):
        data: bytes = folder.fs.cat_file(_key(folder, path))
    return data


def names_beside(folder: Folder, path: str) -> list[str]:
    """The names of the files in the folder of one; nothing for a file in no folder. Raises the same as `content`."""
    archive, member = _member(folder, path)
    if member:
        with opened(folder, archive) as stream:
            return archives.names_beside(stream, member, TEMPORARY)
    if not (above := path.rpartition("/")[0]):
        return []
    if isinstance(folder, Path):
        with os.scandir(folder / above) as found:
            names = [entry.name for entry in found if is_read(entry)]
    else:
        with _told(path, outage=ConnectionError):
            inside = folder.fs.ls(_key(folder, above), detail=True)
            names = [i["name"].rpartition("/")[2] for i in inside if i["type"] == "file"]
    return [name for name in names if not TEMPORARY.match(name)]


@contextmanager
def opened(folder: Folder, path: str) -> Iterator[BinaryIO]:
    """A file to read at any position. Raises `OSError`, for an outage of a remote store `ConnectionError`."""
    if isinstance(folder, Path):
        with (folder / path).open("rb") as stream:
            yield stream
    else:
        with _told(path, outage=ConnectionError), folder.fs.open(_key(folder, path), "rb", block_size=_STEP_BYTES) as s:
            yield s


def holds(folder: Folder, path: str) -> bool:
    """Whether there is such a file or member of an archive. Raises `InputError` for a store that cannot be asked."""
    archive, member = _member(folder, path)
    if not member:
        return _is_file(folder, path)
    with opened(folder, archive) as stream:
        return archives.holds(stream, member)


def _member(folder: Folder, path: str) -> tuple[str, str]:
    """The archive and the member that a path names; the path and nothing where it names a file."""
    if archives.SEPARATOR not in path or _is_file(folder, path):
        return path, ""
    return next((found for found in archives.split(path) if _is_file(folder, found[0])), (path, ""))


def is_file(path: Path) -> bool:
    """Whether there is such a file on this machine; that of a member behind its archive may be too long for a name."""
    try:
        return path.is_file()
    except OSError:
        return False


def _is_file(folder: Folder, path: str) -> bool:
    if isinstance(folder, Path):
        return is_file(folder / path)
    with _told(str(folder)):
        return bool(folder.fs.isfile(_key(folder, path)))


# --- On this machine -------------------------------------------------------------------------------


def _listings(folder: Path) -> Iterator[tuple[str, Listing]]:
    root = _checked(folder)
    for name, entries, skipped in _walked(root):
        found: list[RawFile] = []
        unreadable: dict[str, str] = {}
        for file, entry in entries:
            path = printable(file)
            if why := odd(entry, root):
                skipped.append((path, why))
            elif (status := status_of(entry)) is not None:
                found.append(RawFile(path, status.st_size, status.st_mtime_ns, ""))
                if path != file:
                    unreadable[path] = "its name is not UTF-8; rename it"
        yield printable(name), _in_order(found, unreadable, skipped)


def _checked(folder: Path) -> Path:
    """The folder itself; a missing or unreadable one is an error, since it would look like an empty one."""
    try:
        next(os.scandir(folder), None)
    except FileNotFoundError:
        raise InputError(f"There is no folder {folder}; make it and put the reports in") from None
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be read: {error.strerror}") from None
    return folder.resolve()


def _walked(root: Path) -> Iterator[Walked]:
    """All folders. Raises `InputError` for one that cannot be read: left out, its reports would seem to be gone."""
    try:
        yield from walk(root, TEMPORARY)
    except UnreadableError as error:
        raise InputError(str(error)) from None


def _sha256(file: Path) -> str | OSError:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return error


# --- In a remote store -----------------------------------------------------------------------------


def _remote_listings(folder: UPath) -> Iterator[tuple[str, Listing]]:
    try:
        with _told(str(folder)):
            folder.fs.invalidate_cache()  # a daemon would see the same listing for ever
            found = folder.fs.find(folder.path, detail=True)
            if not found and not folder.fs.exists(folder.path):
                raise FileNotFoundError
    except FileNotFoundError:
        raise InputError(f"There is no folder {folder}; make it and put the reports in") from None
    except PermissionError as error:
        raise InputError(f"The folder {folder} cannot be read: {error}") from None
    above = folder.path.rstrip("/") + "/"
    named = {name.removeprefix(above): info for name, info in found.items()}
    wanted = {path: info for path, info in named.items() if not any(map(TEMPORARY.match, path.split("/")))}
    by_folder: dict[str, list[RawFile]] = {}
    for path, info in wanted.items():
        by_folder.setdefault(folder_of(path), []).append(RawFile(path, *_stamp(folder, path, info), ""))
    for name, files in by_folder.items():
        yield name, _in_order(files, {}, ())


def _stamp(folder: UPath, path: str, info: Mapping[str, Any]) -> tuple[int, int]:
    """Size and time as the store gives them.

    Stores give the time in whole seconds; a checksum, where there is one, stands for the digits below.
    """
    # Private, but nothing else there knows each store's name for the time without a request per file.
    from upath._stat import UPathStatResult

    status = UPathStatResult.from_info(info)
    seconds = int(status.st_mtime or getattr(status, "st_birthtime", 0))
    checksum = next((str(info[name]) for name in _CHECKSUMS if info.get(name)), "")
    if not (seconds or checksum) or info.get("size") is None:
        raise InputError(
            f"{folder} does not record when {path} was changed, so changes would go unnoticed; copy the reports "
            "to a folder or to a store that does"
        )
    below = int(hashlib.sha256(checksum.encode()).hexdigest(), 16) % 10**9 if checksum else 0
    return status.st_size, seconds * 10**9 + below


def _remote_digests(folder: UPath, files: Sequence[RawFile]) -> Iterator[tuple[RawFile, str | OSError]]:
    for together in _together(files):
        if len(together) == 1:  # it may be too large to hold in memory
            yield together[0], _streamed(folder, together[0].path)
            continue
        keys = [_key(folder, raw.path) for raw in together]
        with _told(str(folder)):
            fetched = folder.fs.cat_ranges(keys, None, None, on_error="return")
        for raw, data in zip(together, fetched, strict=True):
            yield raw, hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else _of_file(folder, data)


def _together(files: Sequence[RawFile]) -> Iterator[list[RawFile]]:
    """The files in groups that are fetched at once; a larger file comes alone."""
    run: list[RawFile] = []
    size_bytes = 0
    for raw in files:
        size_bytes += raw.size_bytes
        if run and (len(run) == _TOGETHER or size_bytes > _TOGETHER_BYTES):
            yield run
            run, size_bytes = [], raw.size_bytes
        run.append(raw)
    if run:
        yield run


def _streamed(folder: UPath, path: str) -> str | OSError:
    digest = hashlib.sha256()
    try:
        with _told(str(folder)), folder.fs.open(_key(folder, path), "rb", block_size=_STEP_BYTES) as stream:
            while block := stream.read(_STEP_BYTES):
                digest.update(block)
    except (FileNotFoundError, PermissionError) as error:
        return error
    return digest.hexdigest()


def _of_file(folder: UPath, error: Exception) -> OSError:
    """The error if it concerns one file; any other is an outage, which must not look like bad reports."""
    if isinstance(error, (FileNotFoundError, PermissionError)):
        return error
    with _told(str(folder)):
        raise error


def _key(folder: UPath, path: str) -> str:
    """The store's name for a file, joined as text: keys may contain characters that are special in a path."""
    return f"{folder.path.rstrip('/')}/{path}"


@contextmanager
def _told(place: str, outage: type[InputError] | type[ConnectionError] = InputError) -> Iterator[None]:
    """Turn what a store or its library complains about into a sentence.

    That one file is not there, or must not be read, is left as it is.
    """
    foreign = [getattr(sys.modules[module], name) for module, name in _FOREIGN if module in sys.modules]
    try:
        yield
    except (InputError, FileNotFoundError, PermissionError, archives.MemberError):
        raise
    except ImportError as error:
        raise InputError(f"{place} needs another package: {error}; for S3: pip install 'disclosure[s3]'") from None
    except (OSError, ValueError, *foreign) as error:
        raise outage(f"{place} cannot be read: {error}") from error
