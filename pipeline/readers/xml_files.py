"""Which documents are one XML file, by the root element and its namespaces: Office has saved several kinds of them.

Their names end in .xml, or in .doc and .xls just as well.
"""

from __future__ import annotations

import re

_HEAD_BYTES = 20_000
_BEFORE_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s+|<\?[^<>]{0,2000}\?>|<!--(?:(?!-->).){0,4000}-->|<!DOCTYPE\b[^<>\[\]]{0,500}(?:\[[^\]]{0,4000}\]\s*)?>)*+",
    re.DOTALL,
)
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?(?P<name>[A-Za-z_][\w.-]{0,40})(?P<attributes>[^<>]*)>")
# The name of the root, what stands among its attributes, and the format.
_KINDS: tuple[tuple[bytes, bytes, str], ...] = (
    (b"package", b"http://schemas.microsoft.com/office/2006/xmlPackage", "flat_opc"),
    (b"wordDocument", b"http://schemas.microsoft.com/office/word/2003/wordml", "word2003xml"),
    (b"UOF", b"", "uof"),
    (b"Workbook", b"urn:schemas-microsoft-com:office:spreadsheet", "spreadsheetml"),
    (b"document", b"application/vnd.oasis.opendocument.text", "odt"),
    (b"document", b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
)


def kind_of_xml(data: bytes) -> str | None:
    """The format of a document that is one XML file; None for any other file."""
    head = _utf8(data[:_HEAD_BYTES])
    before = _BEFORE_ROOT.match(head)
    root = _ROOT.match(head, before.end() if before else 0)
    if root is None:
        return None
    return next((k for name, sign, k in _KINDS if name == root["name"] and sign in root["attributes"]), None)


def _utf8(head: bytes) -> bytes:
    """The beginning of a file of 16-bit characters as one of 8-bit ones."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, errors="ignore").encode()
    return head
