"""Marks the links of a page to another place in it that stand behind the text of a cell: they lead to notes."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.readers.html.styles import mark
from pipeline.readers.references import is_note_mark

_SIGN = re.compile(rb"href\s*+=\s*+[\"']?[^\"'\s<>#]*+#")


def mark_references(root: etree._Element, page: bytes) -> None:
    """Mark them as raised; `page` is in small letters."""
    if not _SIGN.search(page):
        return
    for link in root.iter("a"):
        if "#" in link.get("href", "") and is_note_mark(link, next(link.iterancestors("td", "th"), None)):
            mark(link, "raised")
