"""Brings a part of a .docx into the spelling that Word writes: byte searches through a part know no other one.

XML leaves open which quotes and how much white space stand in a tag, and by which prefix a namespace is named.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.readers.archive import xml
from pipeline.readers.word.elements import W

STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_DECLARED = tuple(b'xmlns:w="%b"' % space for space in (W.encode(), STRICT))
_HEAD = 10_000  # bytes in which the root element ends
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of text in 16 bits
_SAMPLE = 8_000
_ODD_SIGNS = (b"='", b"  ", b"\n", b"\t", b"\r", b" =", b"= ")
_OTHERWISE = re.compile(rb"<[^<>]*=\s*'|<[^<>]*(?:\s=|=\s)|<[\w:]+(?:[\t\r\n]|  )")


def as_word_writes(content: bytes, name: str) -> bytes:
    """The part in the usual spelling, as it is where it has that already."""
    head = content[:_HEAD]
    if not content or (any(d in head for d in _DECLARED) and not _is_spelled_otherwise(content)):
        return content
    root = xml(content.replace(STRICT, W.encode()), name)
    spaces = {prefix: space for prefix, space in root.nsmap.items() if prefix and space != W}
    written = etree.Element(root.tag, nsmap={**spaces, "w": W})
    written.attrib.update(root.attrib)
    written.extend(list(root))
    return etree.tostring(written)


def _is_spelled_otherwise(content: bytes) -> bool:
    """True where tags have other quotes or white space, at the beginning: a program writes all of them alike."""
    start = content.find(b"?>", 0, _HEAD) + 3
    for sign in _ODD_SIGNS:
        if content.find(sign, start, _SAMPLE) >= 0:
            return _OTHERWISE.search(content, start) is not None
    return False
