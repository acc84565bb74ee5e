"""Word documents as a stream of cells: of .docx the texts between its tags, of .doc the text between its marks."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from pipeline.marks import BEGIN, END
from pipeline.numbers import is_figure
from pipeline.readers.archive import Archive
from pipeline.readers.word import binary
from pipeline.readers.word.binary import Broken, streams
from pipeline.readers.word.text import CELL_MARK, paragraphs
from pipeline.trust.second_reading.lines import read_lines
from pipeline.trust.second_reading.model import CellKey, Reading, Slot, Wanted, cell_text

_PART = re.compile(r"^word/document\d*\.xml$")
_MARK = re.compile(r"<(/?)w:(tbl|tr|tc)(?:\s[^<>]*)?(/?)>")
_TEXT_ALONE = re.compile(r"<w:t(?:\s[^<>]*)?>([^<]*)</w:t>")
_TEXT = re.compile(_TEXT_ALONE.pattern + r"|<w:(?:br|cr)\b[^<>]*>|(<w:noBreakHyphen\b)|</w:p>")
_OTHER_PIECES = ("<w:br", "<w:cr", "<w:noBreakHyphen")
_LOOKS = ("trike", "vanish", "vertAlign", "w:position")
# Elements that are not shown, or that show something other than their text.
_ODD = re.compile(
    r"<(?:w:(?:(?:moveFrom|txbxContent|rt|sym|showingPlcHdr|ptab|tab|drawing|pict|object|ddList)\b(?![^<>]*w:pos=)"
    r"|color [^<>]*\"[fF]{6}\"|sz w:val=\"[1-4]\")|mc:AlternateContent|m:t\b)"
)
_RUN = re.compile(r"<w:r(?:\s[^<>]*)?>(?:<w:rPr\b[^<>]*>(.*?)</w:rPr>)?(.*?)</w:r>|</w:p>", re.DOTALL)
_GONE = re.compile(r"<w:(?:d?strike|vanish)(?![^<>]*\"(?:0|false|off)\")[\s/>]")
_LIFTED = re.compile(r"<w:(?:vertAlign [^<>]*\"su[^<>]*|position [^<>]*\"-?(?:[2-9]|[1-9][0-9])\"[^<>]*)>")
_STYLE = re.compile(r"<w:style\b[^<>]*w:styleId=\"([^\"]+)\"[^<>]*>(.*?)</w:style>", re.DOTALL)
_BASE = re.compile(r"<w:basedOn [^<>]*\"([^\"]+)\"")
_USED = re.compile(r"<w:[pr]Style [^<>]*\"([^\"]+)\"")
_GOES_ON = re.compile(r"<w:vMerge(?:\s+w:val=\"continue\")?\s*/>")
_MAIN_TEXT = re.compile(rb"<w:document\b.*</w:document>", re.DOTALL)
_BODY = re.compile(rb"<w:body\b.*</w:body>", re.DOTALL)
_NEW_NAMES = {"w:vmerge": "w:vMerge", "w:hmerge": "w:hMerge", "w:listPr": "w:numPr", "aml:annotation": "w:moveFrom"}
_NEW_NAMES |= dict.fromkeys(("w:footnote", "w:endnote"), "w:rt")
_OLD_NAME = re.compile(f"(?<=[</])(?:{'|'.join(_NEW_NAMES)})\\b")
_MOST_BASES = 10
_NUMBERED = "<w:numPr"
# The marks of the characters of an old document, which never stand inside each other.
_NOT_SEEN = re.compile(f"[{BEGIN['hidden']}{BEGIN['struck']}][^{END}]*{END}")
_RAISED = re.compile(f"[{BEGIN['raised']}{BEGIN['lowered']}]([^{END}]*){END}")
_ROW_GONE = re.compile(r"<w:(?:del|hidden|hMerge)\b")


def read_docx(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a Word document. Raises `Refused` where its archive cannot be read."""
    archive = Archive(data)
    name = next((n for n in archive.names if _PART.match(n)), "")
    content = (archive.part(name) or b"").decode("utf-8", "replace")
    styles = (archive.part("word/styles.xml") or b"").decode("utf-8", "replace")
    return read_lines(_strips(content, _odd_styles(styles)), wanted)


def _odd_styles(styles: str) -> frozenset[str]:
    """The styles whose text is not plain, and the styles based on them."""
    if not (_GONE.search(styles) or _LIFTED.search(styles) or _ODD.search(styles)):
        return frozenset()
    found = _STYLE.findall(styles)
    odd = {name for name, body in found if any(p.search(body) for p in (_GONE, _LIFTED, _ODD))}
    for _ in range(_MOST_BASES):
        more = {name for name, body in found if (base := _BASE.search(body)) and base[1] in odd} - odd
        odd |= more
        if not more:
            break
    return frozenset(odd)


def read_flat_opc(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a Word document whose package is one XML file."""
    found = _MAIN_TEXT.search(data)
    return read_lines(_strips(found[0].decode("utf-8", "replace")), wanted) if found else {}


def read_word2003xml(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a document in the XML of Word 2003, which has other names for some elements."""
    found = _BODY.search(data)
    content = found[0].decode("utf-8", "replace") if found else ""
    return read_lines(_strips(_OLD_NAME.sub(lambda m: _NEW_NAMES[m[0]], content)), wanted)


def _strips(content: str, odd_styles: frozenset[str] = frozenset()) -> Iterator[list[Slot]]:
    """The cells of each row as they are written; a table that begins or ends within one ends it."""
    strip: list[Slot] = []
    cell: int | None = None
    gone, last = False, 0
    holds = _Holds.of(content)
    for mark in _MARK.finditer(content):
        closing, tag = bool(mark[1]), mark[2]
        if cell is not None:
            holds_table = tag == "tbl" and not closing
            strip.append(Slot(None if holds_table else _shown(content[cell : mark.start()], odd_styles, holds)))
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


class _Holds(NamedTuple):
    """What a document has anywhere, so that cells are searched for nothing that is in none of them."""

    odd: bool
    looks: bool
    numbers: bool

    @classmethod
    def of(cls, content: str) -> _Holds:
        """What the content has."""
        odd = _ODD.search(content) is not None or "w:hMerge" in content
        return cls(odd, any(look in content for look in _LOOKS), _NUMBERED in content)


def _shown(cell: str, odd_styles: frozenset[str], holds: _Holds) -> str | None:
    """The text of a cell; None where it goes on from above, or may show other characters than its texts."""
    if "w:vMerge" in cell and _GOES_ON.search(cell):
        return None
    if holds.odd and (_ODD.search(cell) or "w:hMerge" in cell):
        return None
    if odd_styles and not odd_styles.isdisjoint(_USED.findall(cell)):
        return None
    has_looks = holds.looks and any(look in cell for look in _LOOKS)
    text = cell_text(*_by_runs(cell)) if has_looks else _plain(cell)
    if text is None or (holds.numbers and (is_figure(text) or not text) and _NUMBERED in cell):
        return None
    return text


def _plain(cell: str) -> str | None:
    """The text of a cell whose runs all look plain. Most have one paragraph, without breaks within."""
    if cell.count("</w:p>") == 1 and not any(piece in cell for piece in _OTHER_PIECES):
        return unescape("".join(_TEXT_ALONE.findall(cell))).strip()
    text = "".join(map(_piece, _TEXT.finditer(cell))).strip()
    return cell_text(text) if "\n" in text else text


def _by_runs(cell: str) -> tuple[str, str]:
    """The text of the runs that look plain, and that of those that are raised or lowered."""
    plain: list[str] = []
    raised: list[str] = []
    for run in _RUN.finditer(cell):
        if run[2] is None:
            plain.append("\n")
        elif not _GONE.search(run[1] or ""):
            lifted = _LIFTED.search(run[1] or "")
            (raised if lifted else plain).extend(map(_piece, _TEXT.finditer(run[2])))
    return "".join(plain), "".join(raised)


def _piece(found: re.Match[str]) -> str:
    return unescape(found[1]) if found[1] is not None else "-" if found[2] else "\n"


def read_doc(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
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
            cell.append(paragraph.text)
            if paragraph.mark == CELL_MARK:
                content = _NOT_SEEN.sub("", "\n".join(cell))
                lifted = "".join(_RAISED.findall(content))
                strip.append(Slot(cell_text(_RAISED.sub("", content), lifted)))
                cell = []
            continue
        if strip:
            yield strip
        strip, cell = [], []
    if strip:
        yield strip
