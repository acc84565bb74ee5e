"""Word documents as a stream of cells: of .docx the texts between its tags, of .doc the text between its marks."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from html import unescape

from pipeline.numbers import is_figure
from pipeline.readers.archive import Archive
from pipeline.readers.doc import binary
from pipeline.readers.doc.binary import Broken, streams
from pipeline.readers.doc.text import CELL_MARK, paragraphs
from pipeline.second_route.lines import read_lines
from pipeline.second_route.model import Key, Reading, Slot, Wanted

_PART = re.compile(r"^word/document\d*\.xml$")
_MARK = re.compile(r"<(/?)w:(tbl|tr|tc)(?:\s[^<>]*)?(/?)>")
_TEXT = re.compile(r"<w:t(?:\s[^<>]*)?>([^<]*)</w:t>|<w:(?:br|cr)\b[^<>]*>|(<w:noBreakHyphen\b)")
# What is not shown, or shown otherwise than the texts follow each other.
_ODD = re.compile(
    r"<w:(?:moveFrom|vanish|txbxContent|rt|sym|showingPlcHdr|ptab|tab)\b(?![^<>]*w:pos=)|<mc:AlternateContent|<m:t\b"
)
_GOES_ON = re.compile(r"<w:vMerge(?:\s+w:val=\"continue\")?\s*/>")
_MAIN_TEXT = re.compile(rb"<w:document\b.*</w:document>", re.DOTALL)
_BODY = re.compile(rb"<w:body\b.*</w:body>", re.DOTALL)
_NEW_NAMES = {"w:vmerge": "w:vMerge", "w:hmerge": "w:hMerge", "w:listPr": "w:numPr", "aml:annotation": "w:moveFrom"}
_NEW_NAMES |= dict.fromkeys(("w:footnote", "w:endnote"), "w:rt")
_OLD_NAME = re.compile(f"(?<=[</])(?:{'|'.join(_NEW_NAMES)})\\b")
_NUMBERED = re.compile(r"<w:numPr\b")
_ROW_GONE = re.compile(r"<w:(?:del|hidden|hMerge)\b")


def read_docx(data: bytes, wanted: Wanted) -> dict[Key, Reading]:
    """The readings of a Word document. Raises `Refused` where its archive cannot be read."""
    archive = Archive(data)
    name = next((n for n in archive.names if _PART.match(n)), "")
    content = (archive.part(name) or b"").decode("utf-8", "replace")
    return read_lines(_strips(content), wanted)


def read_flat_opc(data: bytes, wanted: Wanted) -> dict[Key, Reading]:
    """The readings of a Word document whose package is one XML file."""
    found = _MAIN_TEXT.search(data)
    return read_lines(_strips(found[0].decode("utf-8", "replace")), wanted) if found else {}


def read_word2003xml(data: bytes, wanted: Wanted) -> dict[Key, Reading]:
    """The readings of a document in the XML of Word 2003, which writes the names of some elements otherwise."""
    found = _BODY.search(data)
    content = found[0].decode("utf-8", "replace") if found else ""
    return read_lines(_strips(_OLD_NAME.sub(lambda m: _NEW_NAMES[m[0]], content)), wanted)


def _strips(content: str) -> Iterator[list[Slot]]:
    """The cells of each row as they are written; a table that begins or ends within one ends it."""
    strip: list[Slot] = []
    cell: int | None = None
    gone, last = False, 0
    for mark in _MARK.finditer(content):
        closing, tag = bool(mark[1]), mark[2]
        if cell is not None:
            holds_table = tag == "tbl" and not closing
            strip.append(Slot(None if holds_table else _shown(content[cell : mark.start()])))
            cell = None
        elif tag == "tc" and not closing and not strip:
            gone = bool(_ROW_GONE.search(content, last, mark.start()))  # what stands before the first cell of a row
        last = mark.end()
        if tag == "tc":
            cell = mark.end() if not closing and not mark[3] else None
            continue
        if strip and not gone:
            yield strip
        strip = []
    if strip and not gone:
        yield strip


def _shown(cell: str) -> str | None:
    """The text of a cell; None where it goes on from above, or other signs may be shown than its texts."""
    if _GOES_ON.search(cell) or _ODD.search(cell) or "w:hMerge" in cell:
        return None
    parts = [unescape(t[1]) if t[1] is not None else "-" if t[2] else "" for t in _TEXT.finditer(cell)]
    text = "".join(parts).strip()
    return None if (is_figure(text) or not text) and _NUMBERED.search(cell) else text


def read_doc(data: bytes, wanted: Wanted) -> dict[Key, Reading]:
    """The readings of an old Word document, nothing where its parts do not fit together. Raises `Refused`."""
    try:
        return read_lines(_marked(data), wanted)
    except (Broken, struct.error, IndexError):
        return {}


def _marked(data: bytes) -> Iterator[list[Slot]]:
    """The cells between the marks of a row's end; a paragraph outside of any table ends a row too."""
    strip: list[Slot] = []
    cell: list[str] = []
    for paragraph in paragraphs(streams(data)):
        of_table = paragraph.properties.is_on(binary.IN_TABLE)
        if of_table and not paragraph.properties.is_on(binary.ROW_END):
            cell.append(paragraph.text.replace("\n", ""))
            if paragraph.mark == CELL_MARK:
                strip.append(Slot("".join(cell).strip()))
                cell = []
            continue
        if strip:
            yield strip
        strip, cell = [], []
    if strip:
        yield strip
