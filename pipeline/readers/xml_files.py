"""Which documents are one XML file, by the root element and its namespaces: Office has saved several kinds of them.

Their names end in .xml, or in .doc and .xls just as well.
"""

from __future__ import annotations

import re

_HEAD_BYTES = 20_000
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DECLARATION = re.compile(r"^\s*<\?xml\b[^<>]{0,200}\?>")
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
    root = _root(data)
    if root is None:
        return None
    return next((k for name, sign, k in _KINDS if name == root["name"] and sign in root["attributes"]), None)


def root_of(data: bytes) -> str | None:
    """The name of the root of an XML file, without its prefix; None for a file that does not begin with a tag."""
    root = _root(data)
    return root["name"].decode() if root else None


def _root(data: bytes) -> re.Match[bytes] | None:
    head = _utf8(data[:_HEAD_BYTES])
    before = _BEFORE_ROOT.match(head)
    return _ROOT.match(head, before.end() if before else 0)


def in_utf8(data: bytes) -> bytes:
    """A document that is one XML file of 16-bit characters as one of 8-bit ones, in which its readers look for tags."""
    if not data.startswith(tuple(_WIDE)) or kind_of_xml(data) is None:
        return data
    text = data.decode("utf-16", errors="replace")
    return _DECLARATION.sub("", text, count=1).encode()


def _utf8(head: bytes) -> bytes:
    """The beginning of a file of 16-bit characters as one of 8-bit ones."""
    for mark, encoding in _WIDE.items():
        if head.startswith(mark):
            return head[2:].decode(encoding, errors="ignore").encode()
    return head
