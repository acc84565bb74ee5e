"""Word documents that are one XML file, as the parts that the reader of .docx reads.

There are two: the package of a .docx written flat (Word 2006 and later), and Word 2003's own XML, whose names of
elements are for the most part the same in another namespace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from pipeline.document import Document
from pipeline.readers.archive import xml
from pipeline.readers.refused import Refused
from pipeline.readers.word.docx import laid_out
from pipeline.readers.word.elements import TYPE, VAL, W, word
from pipeline.readers.word.lists import WRITINGS

MAX_BYTES = 60_000_000
_PACKAGE = "http://schemas.microsoft.com/office/2006/xmlPackage"
_WORD_2003 = b"http://schemas.microsoft.com/office/word/2003/wordml"
_ANNOTATION = "{http://schemas.microsoft.com/aml/2001/core}annotation"
# Pictures, which may be longer than the longest text that a part may have.
_BINARY = re.compile(rb"<(?:pkg:binaryData|w:binData)\b[^<>]*>[^<]*</(?:pkg:binaryData|w:binData)>")


_RENAMED = MappingProxyType(
    {
        word(old): word(new)
        for old, new in {
            "vmerge": "vMerge",
            "hmerge": "hMerge",
            "listPr": "numPr",
            "ilfo": "numId",
            "listDef": "abstractNum",
            "ilst": "abstractNumId",
            "list": "num",
            "hlink": "hyperlink",
        }.items()
    }
)
# Elements of another part of a package, or outside of the text.
_ELSEWHERE = tuple(map(word, ("footnote", "endnote", "hdr", "ftr")))
_LEFT = frozenset({"Word.Insertion", "Word.Formatting"})
_PARTS = MappingProxyType({"word/numbering.xml": ("lists", "numbering"), "word/styles.xml": ("styles", "styles")})


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a package that was one file, by name."""

    contents: Mapping[str, bytes]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return tuple(self.contents)

    def part(self, name: str) -> bytes | None:
        """The content of a part, None where there is none."""
        return self.contents.get(name)

    def xml(self, name: str) -> etree._Element | None:
        """The root of an XML part, None where there is none."""
        content = self.part(name)
        return None if content is None else xml(content, name)


def read_flat(data: bytes) -> Document:
    """The paragraphs and tables of a package that is one file. Raises `Refused` where it cannot be read."""
    root = _root(data)
    contents: dict[str, bytes] = {}
    for part in root.iterchildren(f"{{{_PACKAGE}}}part"):
        content = part.find(f"{{{_PACKAGE}}}xmlData/*")
        if content is not None:
            contents[part.get(f"{{{_PACKAGE}}}name", "").lstrip("/")] = etree.tostring(content)
    return Document("flat_opc", laid_out(_Parts(contents)))


def read_2003(data: bytes) -> Document:
    """The paragraphs and tables of a document in the XML of Word 2003. Raises `Refused` where it cannot be read."""
    root = _root(data.replace(_WORD_2003, W.encode()))
    body = root.find(word("body"))
    if body is None:
        raise Refused("not-a-document", "its main text has no body")
    for element in list(root.iter(*_RENAMED)):
        element.tag = _RENAMED[str(element.tag)]
    for element in list(body.iter(_ANNOTATION)):
        _annotation(element)
    for element in list(body.iter(*_ELSEWHERE)):
        _remove(element)
    contents = {"word/document.xml": _part("document", [body])}
    for name, (old, new) in _PARTS.items():
        found = root.find(word(old))
        if found is not None:
            _number(found)
            contents[name] = _part(new, list(found))
    return Document("word2003xml", laid_out(_Parts(contents)))


def _root(data: bytes) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of XML")
    return xml(_BINARY.sub(b"", data), "document")


def _part(name: str, children: list[etree._Element]) -> bytes:
    root = etree.Element(word(name), nsmap={"w": W})
    root.extend(children)
    return etree.tostring(root)


def _annotation(element: etree._Element) -> None:
    """What was inserted stays, what was deleted is named so; comments and bookmarks go."""
    kind = element.get(TYPE)
    if kind == "Word.Deletion":
        element.tag = word("del")
    elif kind not in _LEFT:
        _remove(element)


def _remove(element: etree._Element) -> None:
    """Take out an element, but not what stands behind it."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _number(part: etree._Element) -> None:
    """Name lists, their definitions and the writing of numerals as a package does."""
    for old, new in (("listDefId", "abstractNumId"), ("ilfo", "numId")):
        for element in part.iterchildren():
            if (value := element.get(word(old))) is not None:
                element.set(word(new), value)
    for element in list(part.iter(word("nfc"))):
        value = element.get(VAL, "")
        element.tag = word("numFmt")
        element.set(VAL, WRITINGS.get(int(value), "unknown") if value.isdecimal() and len(value) < 4 else "unknown")
    for element in part.iter(word("suff")):
        element.set(VAL, element.get(VAL, "").lower())
