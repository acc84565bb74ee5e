"""The parts of a .docx as XML: the main one, those beside it, and how a part is parsed within its limits."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.readers.archive import Parts, xml
from pipeline.readers.refused import Refused
from pipeline.readers.word.elements import W
from pipeline.readers.word.spelling import STRICT, as_word_writes

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = 10_000  # bytes in which the root element ends
_LOOKS = re.compile(
    rb"<w:(?:top|left|bottom|right|insideH|insideV|tcW|vAlign|noWrap|rFonts|szCs|bCs|b|kern|lang|u|jc|ind|spacing|keepNext|keepLines"
    rb"|widowControl|suppressLineNumbers|snapToGrid|bidi|trHeight(?![^<>]*\"exact\"))"
    rb"(?: [^<>]*)?/>"
)
_COLOURS = re.compile(rb"<w:(?:shd|color|highlight|sz)(?: [^<>]*)?/>")
# What had nothing but looks in it, the inner ones first.
_EMPTIED = tuple(b"<w:%b></w:%b>" % (name, name) for name in (b"rPr", b"pPr", b"tcBorders", b"tcPr", b"trPr"))


def beside(main: str, name: str) -> str:
    """The name of a part in the folder of the main text."""
    folder = main.rpartition("/")[0]
    return f"{folder}/{name}" if folder else name


def style_part(archive: Parts, main: str) -> bytes:
    """The sheet of styles beside the main text, nothing where there is none."""
    return as_word_writes(archive.part(beside(main, "styles.xml")) or b"", "styles.xml")


def main_part(archive: Parts) -> str:
    """Where the package says its document is; nearly always word/document.xml."""
    if "word/document.xml" in archive.names:
        return "word/document.xml"
    relations = archive.xml("_rels/.rels")
    if relations is None:
        raise Refused("not-a-document", "its archive does not name a document")
    for relation in relations.iter(f"{{{_RELATIONS}}}Relationship"):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    raise Refused("not-a-document", "its archive does not name a document")


def parsed(content: bytes, name: str) -> etree._Element:
    """The root, with the names of the strict form of the standard changed to the usual ones."""
    return xml(content.replace(STRICT, W.encode()) if STRICT in content[:_HEAD] else content, name)


def without_looks(content: bytes) -> bytes:
    """The main text without most of its looks, half of the elements, all without content.

    Dropping them here takes half of the time that building and freeing them takes. Where the prefix is another
    they stay, and nothing is lost but that time.
    """
    return _LOOKS.sub(b"", content)


def without_colours(text: bytes) -> bytes:
    """The main text without colours and sizes."""
    return _COLOURS.sub(b"", text)


def without_emptied(text: bytes) -> bytes:
    """The main text without the properties of which nothing is left."""
    for emptied in _EMPTIED:
        text = text.replace(emptied, b"")
    return text
