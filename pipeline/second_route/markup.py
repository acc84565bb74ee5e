"""Web pages with their tags stripped: the cells in the order of the source. Spans are not looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from pipeline.readers import mhtml
from pipeline.readers.charset import decode
from pipeline.readers.html import MAX_BYTES, MAX_TAGS
from pipeline.readers.refused import Refused
from pipeline.second_route.lines import read_lines
from pipeline.second_route.model import Key, Reading, Slot, Wanted

_UNSEEN = re.compile(r"<(!--|script\b|style\b|template\b|textarea\b)", re.IGNORECASE)
_ENDS = {
    "!--": re.compile("-->"),
    **{tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("script", "style", "template", "textarea")},
}
_TAG = re.compile(r"<(/?)(table|tr|td|th)\b([^<>]*)>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|\shidden(?=[\s=/>]|$)", re.IGNORECASE)
_DOWN = re.compile(r"rowspan\s*=\s*[\"']?\s*0*(?:[2-9]|1[0-9])", re.IGNORECASE)
_LINE = re.compile(r"</?(?:p|br|div|li|h[1-6]|center)\b[^<>]*>", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def read_html(data: bytes, wanted: Wanted) -> dict[Key, Reading]:
    """The readings of a web page. Raises `Refused` where it is too large or no text."""
    if len(data) > MAX_BYTES or data.count(b"<") > MAX_TAGS:
        raise Refused("too-large", f"{len(data):,} bytes of HTML")
    return _of_page(decode(data), wanted)


def read_mhtml(data: bytes, wanted: Wanted) -> dict[Key, Reading]:
    """The readings of a web archive. Raises `Refused` where it is too large or holds no page."""
    page = mhtml.page_of(data)
    if page.count("<") > MAX_TAGS:
        raise Refused("too-large", f"{page.count('<'):,} tags")
    return _of_page(page, wanted)


def _of_page(page: str, wanted: Wanted) -> dict[Key, Reading]:
    return read_lines(_strips(_seen(page.replace("\0", ""))), wanted)


def _seen(page: str) -> str:
    """The page without comments, scripts and what else holds text that is not shown."""
    parts = []
    at = 0
    while found := _UNSEEN.search(page, at):
        parts.append(page[at : found.start()])
        closed = _ENDS[found[1].lower()].search(page, found.end())
        if not closed:
            return "".join(parts)
        at = closed.end()
    return "".join([*parts, page[at:]])


def _strips(page: str) -> Iterator[list[Slot]]:
    """The cells of each row as it is written; a table that begins or ends within one ends it."""
    strip: list[Slot] = []
    cell: tuple[str, int] | None = None  # the attributes of the open cell, and where its content begins
    for tag in _TAG.finditer(page):
        if cell is not None:
            holds_table = tag[2].lower() == "table" and not tag[1]
            strip.append(Slot(None if holds_table else _shown(page[cell[1] : tag.start()], cell[0])))
            cell = None
        if tag[2].lower() in ("td", "th"):
            cell = None if tag[1] else (tag[3], tag.end())
            continue
        if strip:
            yield strip
        strip = []
    if strip:
        yield strip


@lru_cache(maxsize=4_096)
def _shown(content: str, attributes: str) -> str | None:
    """What a cell shows; None where a part of it may be hidden, or where it reaches down and is no label."""
    if _HIDING.search(attributes) or ("<" in content and any(_HIDING.search(t) for t in _ANY_TAG.findall(content))):
        return None
    lines = _LINE.split(content) if "<" in content else [content]
    shown = "".join(_SPACES.sub(" ", unescape(_ANY_TAG.sub("", line))).strip() for line in lines)
    return None if _DOWN.search(attributes) and not any(c.isalpha() for c in shown) else shown
