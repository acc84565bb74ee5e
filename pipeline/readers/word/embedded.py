"""Other files inside a Word document: a page, text or document put in as a part (altChunk), an embedded spreadsheet,
a picture of a table.

Where one stands the document has a paragraph with a sign, for which the blocks of that file are put in afterwards.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module

from lxml import etree

from pipeline.document import Block, Grid, Paragraph
from pipeline.readers.archive import Parts
from pipeline.readers.refused import Refused

MAX_EMBEDDED = 50
MAX_DEPTH = 2
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_OLE_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_IMAGE_DATA = "{urn:schemas-microsoft-com:vml}imagedata"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BEGIN, _END = "\ufdd8", "\ufdd9"  # characters that Unicode keeps for internal use


def mark_embedded(body: etree._Element) -> list[str]:
    """Put a paragraph with a sign where another file stands, and list the relations that name these files."""
    named: list[str] = []
    for element in list(body.iter(f"{_W}altChunk", _OLE_OBJECT, _BLIP, _IMAGE_DATA)):
        name = "embed" if element.tag == _BLIP else "id"
        relation = element.get(f"{{{_OFFICE}}}{name}") or element.get(f"{{{_STRICT_OFFICE}}}{name}") or ""
        place = element if element.tag == f"{_W}altChunk" else next(element.iterancestors(f"{_W}p"), None)
        if place is None or len(named) >= MAX_EMBEDDED or next(place.iterancestors(f"{_W}tc"), None) is not None:
            continue
        sign = etree.Element(f"{_W}p")
        etree.SubElement(etree.SubElement(sign, f"{_W}r"), f"{_W}t").text = f"{_BEGIN}{len(named)}{_END}"
        place.addnext(sign)
        named.append(relation)
    return named


def with_embedded(
    blocks: Sequence[Block], named: Sequence[str], archive: Parts, main: str, depth: int
) -> tuple[Block, ...]:
    """The blocks with those of the files that the relations name in their place, and the grids numbered anew."""
    targets = _targets(archive, main) if named else {}
    found: list[Block] = []
    for block in blocks:
        number = _number(block)
        if number is None:
            found.append(block)
        elif number < len(named):
            found += _blocks_of(archive.part(targets.get(named[number], "")), depth)
    return tuple(_numbered(found))


def _number(block: Block) -> int | None:
    if not isinstance(block, Paragraph) or not block.text.startswith(_BEGIN):
        return None
    digits = block.text.strip(_BEGIN + _END)
    return int(digits) if digits.isdecimal() else None


def _targets(archive: Parts, main: str) -> Mapping[str, str]:
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
            return tuple(import_module("pipeline.readers.scan").tables_in_picture(data))
        return tuple(readers.read(data).blocks) if kind in ("html", "mhtml", "text", "xlsx", "xlsb", "xls") else ()
    except Refused:
        return ()


def _numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    grids = 0
    for block in blocks:
        if isinstance(block, Grid):
            grids += 1
            block = replace(block, number=grids, cells=tuple(c._replace(grid=grids) for c in block.cells))
        yield block
