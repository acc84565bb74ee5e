"""Files in a folder beside a page that belong to it: `name.files/` beside `name.htm`, as browsers save pages.

Pictures, styles, scripts and frames there are parts of the page, not reports of their own. A document there is a
report, since a page may only link to it, and so are the sheets of a workbook saved as a page.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from posixpath import dirname, join, normpath, splitext
from urllib.parse import unquote

from pipeline.document import RawFile
from pipeline.raw.archives import SEPARATOR

_NAME = r"(?P<stem>[^/]+)(?:[._-]files|\.fld|\.assets)/"
_FOLDER = re.compile(rf"^(?P<page>.+/|){_NAME}", re.IGNORECASE)
_BESIDE = re.compile(rf"(?:^|/)(?={_NAME})", re.IGNORECASE)
_SIGNS = (".files/", "_files/", "-files/", ".fld/", ".assets/")  # looked for first, since few folders have such paths
_PAGES = (
    ".htm",
    ".html",
    ".shtml",
    ".xhtml",
    ".mht",
    ".mhtml",
    ".asp",
    ".aspx",
    ".jsp",
    ".php",
    ".doc",
    ".docx",
    ".md",
)
_DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|docm|xlsx?|xlsm|xlsb|wps|et|ofd|odt|ods|rtf|txt|csv|zip|rar|7z)$|(?:^|/)sheet[0-9]+\.html?$",
    re.IGNORECASE,
)

_SPARE = 1_000  # nanoseconds: file systems and archives know no shorter time, or none that matters


def folder_of(path: str) -> str:
    """The folder of a path, with "/" at its end, "" for the root.

    What lies in a folder beside a page, or in an archive, counts as in the folder of these, so that all files that
    decide about each other are in one folder.
    """
    folder = path[: path.rfind("/", 0, path.find(SEPARATOR) if SEPARATOR in path else None) + 1]
    beside = _BESIDE.search(folder)
    return folder[: beside.end()] if beside else folder


def companions(paths: Iterable[str]) -> frozenset[str]:
    """The paths of the files that are parts of a page beside their folder."""
    return frozenset(part for parts in parts_by_page(paths).values() for part in parts)


def parts_by_page(paths: Iterable[str]) -> dict[str, list[str]]:
    """The paths of the parts of each page that has any."""
    beside: dict[str, list[str]] = {}
    pages: dict[str, list[str]] = {}
    for path in paths:
        stem, ending = splitext(path)
        if ending.lower() in _PAGES:
            pages.setdefault(stem, []).append(path)
        found = _FOLDER.match(path)
        if found and not _DOCUMENT.search(path):
            beside.setdefault(found["page"] + found["stem"], []).append(path)
    return {page: parts for stem, parts in beside.items() for page in pages.get(stem, ())}


def with_times_of_parts(files: Sequence[RawFile]) -> list[RawFile]:
    """The files, a page with parts at a time that changes with that of any of them, since they may show its figures."""
    if not _may_have_parts(files):
        return list(files)
    by_path = {raw.path: raw for raw in files}
    parts = parts_by_page(by_path)
    return [
        replace(raw, mtime_ns=time_of_all([raw, *(by_path[p] for p in parts[raw.path])])) if raw.path in parts else raw
        for raw in files
    ]


def without_parts(files: Sequence[RawFile]) -> Sequence[RawFile]:
    """The files that are not parts of a page among them."""
    if not _may_have_parts(files):
        return files
    parts = companions(raw.path for raw in files)
    return [raw for raw in files if raw.path not in parts]


def _may_have_parts(files: Sequence[RawFile]) -> bool:
    everything = "\n".join(raw.path for raw in files).lower()
    return any(sign in everything for sign in _SIGNS)


def time_of_all(files: Sequence[RawFile]) -> int:
    """The latest time of some files in nanoseconds, but for the last three digits, which change with any of them."""
    times = zlib.crc32(repr([(f.path, f.size_bytes, f.mtime_ns) for f in files]).encode()) % _SPARE
    return max(f.mtime_ns for f in files) // _SPARE * _SPARE + times


def may_have_lost_parts(page: RawFile, known: RawFile, archive: RawFile | None) -> bool:
    """True for a page without parts, of the content known, that may have had some: its time then was that of all.

    That is never earlier than its own, as the time of a page is that was only touched. In an archive, known as
    `archive`, all members have its time.
    """
    if splitext(page.path)[1].lower() not in _PAGES:
        return False
    if archive is not None:
        return known.mtime_ns != archive.mtime_ns
    return known.mtime_ns != page.mtime_ns and known.mtime_ns // _SPARE >= page.mtime_ns // _SPARE


def companion(path: str, address: str) -> str | None:
    """The path of the part of a page that an address in it names; None for what does not belong to the page."""
    name = unquote(re.split("[?#]", address, maxsplit=1)[0]).replace("\\", "/").removeprefix("./")
    if not name or ":" in name or name.startswith("/") or "\0" in name or ".." in name.split("/"):
        return None
    part = normpath(join(dirname(path), name))
    return part if part in companions([path, part]) else None
