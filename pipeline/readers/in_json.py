"""A web page that came in a JSON answer, as the programs behind many sites give it: {"title": "…", "content": "<p>…"}.

Read as it stands, its quotation marks are escaped, so that no cell would know how many columns it spans.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape

from pipeline.readers.charset import decode
from pipeline.readers.refused import Refused

MAX_BYTES = 20_000_000
_HEAD_BYTES = 200
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[\w.$]{1,60}\s*\(\s*)?[\[{]\s*[\"\[{]")
_AROUND = re.compile(r"^\s*[\w.$]{1,60}\s*\(|\)\s*;?\s*$")  # of JSONP: callback({…});
_MARKUP = re.compile(r"<(?:html|body|table|tr|td|div|p)\b[^<>]{0,500}>", re.IGNORECASE)
_LETTERS = re.compile("[\u4e00-\u9fff]")
_ESCAPED = re.compile(rb"<(?:table|tr|td|th|div|p|span)\b[^<>]{0,500}=\\[\"']", re.IGNORECASE)


def looks_so(data: bytes) -> bool:
    """True for what begins as JSON does."""
    return bool(_BEGINS.match(data[:_HEAD_BYTES]))


def page_in(data: bytes) -> bytes | None:
    """The page that a JSON answer holds, with the other texts of the answer in their order; None where it holds none.

    Raises `Refused` for a page in what begins as JSON and cannot be taken apart.
    """
    if not looks_so(data) or (b"<" not in data and b"\\u003c" not in data.lower()):
        return None
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of JSON")
    try:
        text = decode(data)
        texts = list(_texts(json.loads(_AROUND.sub("", text) if text.lstrip()[:1] not in "[{" else text)))
    except (ValueError, RecursionError, Refused):
        if _ESCAPED.search(data):
            raise Refused(
                "damaged", "it begins as data in JSON, with a web page in it, and cannot be taken apart"
            ) from None
        return None
    if not any(_MARKUP.search(t) for t in texts):
        return None
    shown = (t if _MARKUP.search(t) else f"<p>{escape(t)}</p>" for t in texts if _LETTERS.search(t))
    return f"<!DOCTYPE html><html><body>{''.join(shown)}</body></html>".encode()


def _texts(value: object) -> Iterator[str]:
    """The texts of some data in their order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
