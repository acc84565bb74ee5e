"""Files in a folder beside a page that belong to it: `name.files/` beside `name.htm`, as browsers save pages.

Pictures, styles, scripts and frames there are parts of the page, not reports of their own. A document there is a
report, since a page may only link to it, and so are the sheets of a workbook saved as a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import dirname, join, normpath, splitext
from urllib.parse import unquote

_FOLDER = re.compile(r"^(?P<page>.+/|)(?P<stem>[^/]+)(?:[._-]files|\.fld|\.assets)/", re.IGNORECASE)
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


def companions(paths: Iterable[str]) -> frozenset[str]:
    """The paths of the files that are parts of a page beside their folder."""
    beside: dict[str, list[str]] = {}
    pages: set[str] = set()
    for path in paths:
        stem, ending = splitext(path)
        if ending.lower() in _PAGES:
            pages.add(stem)
        found = _FOLDER.match(path)
        if found and not _DOCUMENT.search(path):
            beside.setdefault(found["page"] + found["stem"], []).append(path)
    return frozenset(path for stem, parts in beside.items() if stem in pages for path in parts)


def companion(path: str, address: str) -> str | None:
    """The path of the part of a page that an address in it names; None for what does not belong to the page."""
    name = unquote(re.split("[?#]", address, maxsplit=1)[0]).replace("\\", "/").removeprefix("./")
    if not name or ":" in name or name.startswith("/") or "\0" in name or ".." in name.split("/"):
        return None
    part = normpath(join(dirname(path), name))
    return part if part in companions([path, part]) else None
