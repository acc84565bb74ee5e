"""The part of a file's bytes that each of its reports takes, so that each has a second reading of its own.

A text is cut at the lines on which the reports begin, a web page where its source prints their titles. Reports of
other formats, and pages that print a title twice or in pieces, have none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from pipeline.document import Document, Paragraph
from pipeline.readers.charset import decode
from pipeline.trust.second_reading.dump import LINE_END

_MARK = "\ufeff".encode()  # says that bytes are UTF-8, whatever a page's source says
_TABLE = re.compile(r"<table\b", re.IGNORECASE)


def parts_of(data: bytes, documents: Sequence[Document]) -> tuple[bytes, ...]:
    """The bytes of each report of a file, b"" where it is not certain which they are."""
    if len(documents) == 1:
        return (data,)
    starts = [d.blocks[0] for d in documents[1:]]
    titles = [b for b in starts if isinstance(b, Paragraph)]
    found: Sequence[bytes] = ()
    if len(titles) == len(starts) and documents[0].format == "text":
        found = _of_text(decode(data), titles)
    elif len(titles) == len(starts) and documents[0].format == "html":
        found = _of_page(decode(data), titles)
    return tuple(found) or (b"",) * len(documents)


def _of_text(text: str, titles: Sequence[Paragraph]) -> Sequence[bytes]:
    """The lines of each report, with blank ones in front so that they keep their numbers."""
    lines = LINE_END.split(text)
    numbers = [t.line for t in titles if t.line is not None]
    if len(numbers) < len(titles):
        return ()
    edges = [0, *(n - 1 for n in numbers), len(lines)]
    return [_MARK + "\n".join((*[""] * left, *lines[left:right])).encode() for left, right in pairwise(edges)]


def _of_page(source: str, titles: Sequence[Paragraph]) -> Sequence[bytes]:
    """The source of each report; what stands above the first one, as style sheets do, comes before each."""
    places = [[m.start(1) for m in _title(t.text).finditer(source)] for t in titles]
    if any(len(found) != 1 for found in places):
        return ()
    cuts = [found[0] for found in places]
    if cuts != sorted(cuts):
        return ()
    head = source[: found.start()] if (found := _TABLE.search(source)) else ""
    first, *others = (source[left:right] for left, right in pairwise([0, *cuts, len(source)]))
    return [_MARK + part.encode() for part in (first, *(head + other for other in others))]


def _title(text: str) -> re.Pattern[str]:
    """A pattern of what a source prints alone between two tags, its first group."""
    words = r"\s*".join(map(re.escape, escape("".join(text.split()), quote=False)))
    return re.compile(rf">\s*({words})\s*<")
