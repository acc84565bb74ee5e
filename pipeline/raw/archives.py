"""Archives of reports (.zip): their members as files of their own, with `archive.zip!member` as path.

Nothing is ever unpacked to disk, so that the names inside are only keys. A document that is itself a zip (.docx, .odt,
.ofd) does not count as an archive. An archive inside of another is a member like any other, and is not opened.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import BinaryIO

from pipeline.document import RawFile

SEPARATOR = "!"
MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 200_000_000
MAX_UNPACKED_BYTES = 4_000_000_000
MAX_RATIO = 300  # of a member above a megabyte; text packs 10 to 60 times

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
LEADING, LEADING_WITHIN = b"\xef\xbb\xbf \t\r\n", 256  # empty lines that some servers write before a file
_SMALL = 1_000_000
_STEP_BYTES = 2**20
_DOCUMENTS = frozenset({"[content_types].xml", "mimetype", "ofd.xml", "meta-inf/manifest.xml"})
_UTF8 = 0x800  # the flag of an entry whose name is in UTF-8
_MODE_BITS = 16  # of an entry's attributes, below the mode that Unix gives the file
_UNICODE_NAME = 0x7075  # the extra field that holds a name in UTF-8
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # a method of packing that zipfile does not know
    OverflowError,
    RuntimeError,  # a member is locked
    ValueError,
)


class NotUsable(Exception):  # noqa: N818  a verdict on a file, not an error of ours
    """An archive without a readable member; the message says why in words."""


class MemberError(OSError):
    """A member cannot be read, whether or not its archive can."""


@dataclass(frozen=True, slots=True)
class Archived:
    """An archive and its members: those that can be read with SHA-256, the others with the reason by path."""

    raw: RawFile
    members: tuple[RawFile, ...]
    unreadable: Mapping[str, str] = field(default_factory=dict)


def split(path: str) -> Iterator[tuple[str, str]]:
    """The ways to split a path into archive and member, whose names may contain the separator too."""
    at = path.find(SEPARATOR)
    while at >= 0:
        yield path[:at], path[at + 1 :]
        at = path.find(SEPARATOR, at + 1)


def is_archive(stream: BinaryIO) -> bool:
    """True for a zip that is not a document itself; a damaged one is a file like any other."""
    stream.seek(0)
    if not stream.read(LEADING_WITHIN).lstrip(LEADING).startswith(_MAGIC):
        return False
    try:
        with zipfile.ZipFile(stream) as archive:
            return not any(i.filename.lower() in _DOCUMENTS for i in archive.infolist())
    except ZIP_ERRORS:
        return False


def survey(stream: BinaryIO, raw: RawFile, is_left_out: re.Pattern[str]) -> Archived:
    """The members of an archive; parts of their names that `is_left_out` matches leave a member out.

    Raises `NotUsable` where none can be read.
    """
    members: list[RawFile] = []
    unreadable: dict[str, str] = {}
    try:
        with zipfile.ZipFile(stream) as archive:
            for name, info in _entries(archive, is_left_out).items():
                path = f"{raw.path}{SEPARATOR}{name}"
                found = _digest(archive, info)
                if isinstance(found, MemberError):
                    unreadable[path] = found.strerror or str(found)
                members.append(RawFile(path, info.file_size, raw.mtime_ns, found if isinstance(found, str) else ""))
    except ZIP_ERRORS as error:
        raise NotUsable("a damaged ZIP archive") from error
    if not members:
        raise NotUsable("a ZIP archive without files")
    return Archived(raw, tuple(members), unreadable)


def member(stream: BinaryIO, name: str) -> bytes:
    """The content of a member. Raises `OSError` where there is none, or it cannot be read."""
    try:
        with zipfile.ZipFile(stream) as archive:
            info = _named(archive, name)
            if info is None:
                raise FileNotFoundError(errno.ENOENT, "there is no such file in the archive")
            return b"".join(_unpacked(archive, info))
    except (*ZIP_ERRORS, NotUsable) as error:
        raise MemberError(errno.EIO, f"the archive cannot be read ({error})") from error


def holds(stream: BinaryIO, name: str) -> bool:
    """Whether an archive has a member of this name."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return _named(archive, name) is not None
    except (*ZIP_ERRORS, NotUsable):
        return False


def names_beside(stream: BinaryIO, name: str, is_left_out: re.Pattern[str]) -> list[str]:
    """The names of the members in the folder of one, without those that `survey` leaves out."""
    above = name[: name.rfind("/") + 1]
    try:
        with zipfile.ZipFile(stream) as archive:
            inside = (n[len(above) :] for n in _entries(archive, is_left_out) if n.startswith(above))
            return [n for n in inside if "/" not in n]
    except (*ZIP_ERRORS, NotUsable):
        return []


def reason(data: bytes) -> str:
    """Name, in words, a zip that is read as a file of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = _entries(archive, re.compile("(?!)"))
    except NotUsable as error:
        return str(error)
    except ZIP_ERRORS:
        return "a damaged ZIP archive"
    if not found:
        return "a ZIP archive without files"
    if any(name.lower() in _DOCUMENTS for name in found):
        return "a ZIP archive with parts of a document, but of none that is read"
    return "a ZIP archive inside of another one"


def _named(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    return _entries(archive, re.compile("(?!)")).get(name)


def _entries(archive: zipfile.ZipFile, is_left_out: re.Pattern[str]) -> dict[str, zipfile.ZipInfo]:
    """The files of an archive by name. Raises `NotUsable` where they are too many or too large."""
    infos = [i for i in archive.infolist() if not i.is_dir()]
    if len(infos) > MAX_MEMBERS:
        raise NotUsable(f"a ZIP archive of {len(infos):,} files, more than the limit")
    if sum(i.file_size for i in infos) > MAX_UNPACKED_BYTES:
        raise NotUsable("a ZIP archive of more bytes than the limit")
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = _name(info)
        number, unique = 2, name
        while unique in found:
            number, unique = number + 1, f"{name} ({number})"
        found[unique] = info
    return {name: i for name, i in found.items() if not any(map(is_left_out.match, name.split("/")))}


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member, in UTF-8 where it is marked so or can be, else in GB 18030; nothing in it leads outside."""
    text = _decoded(info).replace("\\", "/")
    parts = [_CONTROL.sub("_", p) for p in text.split("/") if p not in ("", ".", "..")]
    return "/".join(parts) or "_"


def _decoded(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8:
        return info.orig_filename
    stored = info.orig_filename.encode("cp437", errors="replace")
    written = _unicode_name(info.extra, stored)
    for encoding in ("utf-8", "gb18030"):
        try:
            return (written or stored).decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def _unicode_name(extra: bytes, stored: bytes) -> bytes | None:
    """The UTF-8 name that some programs write beside the other one; it counts only where it belongs to that one."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == _UNICODE_NAME and size > 5:
            (checksum,) = struct.unpack_from("<I", extra, at + 5)
            return extra[at + 9 : at + 4 + size] if checksum == zlib.crc32(stored) else None
        at += 4 + size
    return None


def _digest(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str | MemberError:
    digest = hashlib.sha256()
    try:
        for block in _unpacked(archive, info):
            digest.update(block)
    except MemberError as error:
        return error
    return digest.hexdigest()


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member in pieces. Raises `MemberError` where it cannot be read."""
    if info.flag_bits & 1:
        raise MemberError(errno.EACCES, "it is locked with a password")
    if stat.S_ISLNK(info.external_attr >> _MODE_BITS):
        raise MemberError(errno.ELOOP, "it is a link to another file, and not that file")
    if info.file_size > MAX_MEMBER_BYTES or info.file_size > max(_SMALL, MAX_RATIO * info.compress_size):
        raise MemberError(errno.EFBIG, f"it has {info.file_size:,} bytes, packed into {info.compress_size:,}")
    try:
        with archive.open(info) as stream:
            while block := stream.read(_STEP_BYTES):
                yield block
    except ZIP_ERRORS as error:
        raise MemberError(errno.EIO, "it cannot be unpacked") from error


# --- What is known of archives ---------------------------------------------------------------------


def read_index(file: Path) -> dict[str, Archived]:
    """The archives that were opened before, by path; {} where nothing is kept, or in another format."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {raw[0]: Archived(RawFile(*raw), tuple(RawFile(*m) for m in members), why) for raw, members, why in kept}
    except (OSError, ValueError, TypeError, IndexError):
        return {}


def index_text(archives: Iterable[Archived]) -> str:
    """The archives in the form that is kept, so that an unchanged one is not opened again."""
    kept = [(astuple(a.raw), [astuple(m) for m in a.members], dict(a.unreadable)) for a in archives]
    return json.dumps(kept, ensure_ascii=False)
