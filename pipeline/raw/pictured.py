"""Reports that lie in a folder of numbered pictures, one a page: they are one file, by the path of the first.

A folder counts only where it holds such pictures and nothing else, all named alike but for their numbers, which go on
without a gap. The content of the file is that of all pages in order, one behind the other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.document import RawFile
from pipeline.raw.companions import time_of_all
from pipeline.raw.folder import Folder, content, names_beside

MAX_PAGES = 100
MAGIC = b"\x89pages in pictures\r\n"
"""How the content of such a file begins."""

_KIND = r"\.(?P<kind>jpe?g|png|bmp|tiff?|webp)"
_PAGE = re.compile(
    r"(?P<before>(?:第|(?:pages?|p|img|image|scan|dsc|图|图片|扫描|扫描件)?[-_ (（]*|[^/]*[-_ (（]))"
    r"(?<![0-9])(?P<number>[0-9]{1,4})(?P<behind>页|[)）])?"
    rf"{_KIND}",
    re.IGNORECASE,
)
_PICTURE = re.compile(rf"{_KIND}(?:\n|\Z)", re.IGNORECASE)
_FIRST = (0, 1)
_OTHER = re.compile("附|表")  # what is numbered so is another document
_LENGTH = 8  # bytes that say how long a page is


def content_of(folder: Folder, path: str) -> bytes:
    """The content of a file, with that of the further pages where it is the first one of a report in pictures.

    Raises the same as `folder.content`.
    """
    above, name = _split(path)
    found = _PAGE.fullmatch(name)
    pages = _numbered(names_beside(folder, path)) if found and int(found["number"]) in _FIRST else ()
    if not pages or pages[0] != name:
        return content(folder, path)
    return packed(content(folder, above + page) for page in pages)


def by_path(folder: Folder, path: str) -> tuple[RawFile, bytes]:
    """A file that was not listed, with its content; its time is not asked for. Raises the same as `folder.content`."""
    data = content_of(folder, path)
    return RawFile(path, len(data), 0, digest(data)), data


def grouped(
    files: Sequence[RawFile], others: Iterable[str] = (), root: str = ""
) -> tuple[list[RawFile], Mapping[str, tuple[RawFile, ...]]]:
    """The files, those that are pages of one report as one; and the pages by the path of each such file.

    `others` are paths that are there and cannot be read. Of the files at the `root` none are pages, unless it is an
    archive.
    """
    if not _PICTURE.search("\n".join(raw.path for raw in files)):
        return list(files), {}
    by_folder: dict[str, list[RawFile]] = {}
    for raw in files:
        by_folder.setdefault(_folder(raw.path, root), []).append(raw)
    spoilt = {_folder(path, root) for path in others} | ({""} if not root else set())
    pages: dict[str, tuple[RawFile, ...]] = {}
    for folder, inside in by_folder.items():
        by_name = {raw.path[len(folder) :]: raw for raw in inside}
        found = _numbered(by_name) if folder not in spoilt else ()
        if found:
            pages[folder + found[0]] = tuple(by_name[name] for name in found)
    later = {page.path for own in pages.values() for page in own[1:]}
    together = (_together(pages[raw.path]) if raw.path in pages else raw for raw in files if raw.path not in later)
    return list(together), pages


def _together(pages: Sequence[RawFile]) -> RawFile:
    """The pages as one file, whose time changes with that of any page."""
    known = all(p.sha256 for p in pages)
    return replace(
        pages[0],
        size_bytes=sum(p.size_bytes for p in pages),
        mtime_ns=time_of_all(pages),
        sha256=joined_digest([p.sha256 for p in pages]) if known else "",
    )


def _split(path: str) -> tuple[str, str]:
    """The folder and the name of a path, the folder with what divides them."""
    at = max(path.rfind("/"), path.rfind("!")) + 1
    return path[:at], path[at:]


def _folder(path: str, root: str) -> str:
    """The folder of a path below a root, with what divides it from the name."""
    return root + path[len(root) : path.rfind("/") + 1] if path.startswith(root) else ""


def _numbered(names: Iterable[str]) -> tuple[str, ...]:
    """The names of pages in order; nothing where any name is not that of a page, or a number is missing."""
    found: dict[str, re.Match[str]] = {}
    for name in names:
        if (page := _PAGE.fullmatch(name)) is None:
            return ()
        found[name] = page
    alike = {(page["before"], page["behind"], page["kind"].lower()) for page in found.values()}
    if len(alike) != 1 or not 2 <= len(found) <= MAX_PAGES:
        return ()
    numbers = {int(page["number"]): name for name, page in found.items() if not _OTHER.search(page["before"])}
    first = min(numbers, default=-1)
    if first not in _FIRST or sorted(numbers) != list(range(first, first + len(found))):
        return ()
    return tuple(numbers[n] for n in sorted(numbers))


def packed(pages: Iterable[bytes]) -> bytes:
    """The content of a report by that of its pages."""
    return MAGIC + b"".join(len(page).to_bytes(_LENGTH, "big") + page for page in pages)


def unpacked(data: bytes) -> Iterator[bytes]:
    """The pages of a report by its content; any other file as a page alone."""
    if not data.startswith(MAGIC):
        yield data
        return
    at = len(MAGIC)
    for _ in range(MAX_PAGES):
        if at + _LENGTH > len(data):
            return
        start, size = at + _LENGTH, int.from_bytes(data[at : at + _LENGTH], "big")
        yield data[start : start + size]
        at = start + size


def digest(data: bytes) -> str:
    """The SHA-256 by which the content of a file is known."""
    if not data.startswith(MAGIC):
        return hashlib.sha256(data).hexdigest()
    return joined_digest([hashlib.sha256(page).hexdigest() for page in unpacked(data)])


def joined_digest(pages: Sequence[str]) -> str:
    """The SHA-256 of a report by those of its pages."""
    return hashlib.sha256(MAGIC + "\n".join(pages).encode()).hexdigest()
