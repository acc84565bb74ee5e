"""Other files inside a Word document: a page, text or document put in as a part (altChunk), an embedded spreadsheet,
a picture of a table or of a figure.

Where one stands the document has a paragraph with a sign, for which the blocks of that file are put in afterwards. A
picture in a cell has the sign itself.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from importlib import import_module

from lxml import etree

from pipeline.document import Block, Paragraph
from pipeline.readers.archive import Parts
from pipeline.readers.pictured import Pictures, numbered
from pipeline.readers.refused import Refused
from pipeline.readers.word.elements import CELL, PARAGRAPH, RUN, TEXT, word

MAX_EMBEDDED = 50
MAX_DEPTH = 2
_READ = frozenset({"html", "mhtml", "text", "rtf", "xlsx", "xlsb", "xls"})  # and what is read here itself
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_OLE_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_IMAGE_DATA = "{urn:schemas-microsoft-com:vml}imagedata"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
SIGN = "sign"
"""The attribute of a picture in a cell that holds the sign for it."""
_BEGIN, _END = "\ufdd8", "\ufdd9"  # characters that Unicode keeps for internal use


class Embedded:
    """The files and pictures that a document names."""

    def __init__(self, archive: Parts, main: str, depth: int) -> None:
        self._archive = archive
        self._depth = depth
        self._targets = targets(archive, main)
        self._files: list[str] = []
        self._pictures = Pictures()

    def mark(self, body: etree._Element) -> None:
        """Put a paragraph with a sign where a file or a picture stands, and note pictures in cells with their sign."""
        for element in list(body.iter(word("altChunk"), _OLE_OBJECT, _BLIP, _IMAGE_DATA)):
            name = "embed" if element.tag == _BLIP else "id"
            target = relation(element, name)
            place = element if element.tag == word("altChunk") else next(element.iterancestors(PARAGRAPH), None)
            in_cell = place is not None and next(place.iterancestors(CELL), None) is not None
            if element.tag in (_BLIP, _IMAGE_DATA):
                sign = self._pictures.sign(self._archive.part(self._targets.get(target, "")))
            elif in_cell or len(self._files) >= MAX_EMBEDDED:
                continue
            else:
                sign = f"{_BEGIN}{len(self._files)}{_END}"
                self._files.append(target)
            if in_cell:
                shape = next(element.iterancestors(_PICTURE), element)
                shape.set(SIGN, sign)
            elif place is not None:
                _put_behind(place, sign)

    def shown(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """The blocks with those of the files and pictures in their place, and the grids numbered anew."""
        found: list[Block] = []
        for block in blocks:
            number = _number(block)
            if number is None:
                found.append(block)
            elif number < len(self._files):
                found += _blocks_of(self._archive.part(self._targets.get(self._files[number], "")), self._depth)
        return self._pictures.shown(numbered(found))


def _put_behind(place: etree._Element, sign: str) -> None:
    paragraph = etree.Element(PARAGRAPH)
    etree.SubElement(etree.SubElement(paragraph, RUN), TEXT).text = sign
    place.addnext(paragraph)


def _number(block: Block) -> int | None:
    if not isinstance(block, Paragraph) or not block.text.startswith(_BEGIN):
        return None
    digits = block.text.strip(_BEGIN + _END)
    return int(digits) if digits.isdecimal() else None


def relation(element: etree._Element, name: str) -> str:
    """The name of a relation that an attribute of an element gives."""
    return element.get(f"{{{_OFFICE}}}{name}") or element.get(f"{{{_STRICT_OFFICE}}}{name}") or ""


def targets(archive: Parts, main: str) -> Mapping[str, str]:
    """The parts to which the relations of a part lead, by their names."""
    folder, name = posixpath.split(main)
    relations = archive.xml(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
    if relations is None:
        return {}
    inside = (r for r in relations.iter(_RELATIONS) if r.get("TargetMode") != "External")
    return {r.get("Id", ""): _path(folder, r.get("Target", "")) for r in inside}


def _path(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _blocks_of(data: bytes | None, depth: int) -> Sequence[Block]:
    """The blocks of a file inside; none of a file that cannot be read, whose missing tables are then reported."""
    if not data or depth >= MAX_DEPTH:
        return ()
    readers = import_module("pipeline.readers")
    try:
        kind = readers.sniff(data)
        if kind == "docx":
            docx = import_module("pipeline.readers.word.docx")
            return tuple(docx.laid_out(import_module("pipeline.readers.archive").Archive(data), depth + 1))
        if kind == "image":
            return tuple(import_module("pipeline.readers.scan").tables_in_pictures([data]))
        return tuple(readers.read(data).blocks) if kind in _READ else ()
    except Refused:
        return ()
