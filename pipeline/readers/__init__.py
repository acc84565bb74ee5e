"""From bytes to a `Document`: the format is found in the content, never in the name. One module a format."""

from __future__ import annotations

import re

from pipeline.document import Document
from pipeline.readers import text
from pipeline.readers.refused import Refused

__all__ = ["Refused", "read", "sniff"]

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
)
_NOT_READ_YET = {
    "pdf": "PDF",
    "zip": "Office and archive",
    "ole": "old Office",
    "html": "web page",
    "image": "image",
}
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|tbody|tr|td|div|p|span)\b[^<>]{0,500}>", re.IGNORECASE)


def sniff(data: bytes) -> str:
    """The format that the content shows: pdf, zip, ole, image, html, text or unknown."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if _MARKUP.search(data):
        return "html"
    return "text" if text.is_text(data) else "unknown"


def read(data: bytes) -> Document:
    """The document that a file's content lays out. Raises `Refused` with a reason where it cannot be read."""
    if not data.strip():
        raise Refused("empty")
    name = sniff(data)
    if name in _NOT_READ_YET:
        raise Refused("format-not-read", _NOT_READ_YET[name])
    if name == "unknown":
        raise Refused("binary")
    return text.read(data)
