"""OpenDocument files: of texts the cells between their tags in the order of the source, of spreadsheets by columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from pipeline.readers.archive import Archive
from pipeline.readers.odf import sheets
from pipeline.trust.second_reading.lines import read_lines
from pipeline.trust.second_reading.model import CellKey, Reading, Slot, Wanted
from pipeline.trust.second_reading.xlsx import of_stored

_MARK = re.compile(r"<(/?)table:(table|table-row|table-cell|covered-table-cell)(\s[^<>]*)?>")
_REPEATED = re.compile(r'number-columns-repeated="([0-9]{1,3})"')
_DOWN = re.compile(r'number-rows-spanned="(?:[2-9]|[1-9][0-9]+)"')
_STYLE = re.compile(r'<style:style style:name="([^"]*)"[^<>]*>((?:(?!</style:style>).)*)', re.DOTALL)
_LOOKS = re.compile(r'text-line-through|text:display="none"|text-position')
# Elements that are not shown, or that show something other than their text.
_ODD = re.compile(r"<(?:text:(?:note|ruby|hidden|conditional|list|tab|number)|office:annotation|draw:)")
_STYLED = re.compile(r'text:style-name="([^"]*)"')
_SPACE = re.compile(r"<text:s\b[^<>]*/>")
_TAG = re.compile(r"<[^<>]*>")


def read_ods(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a spreadsheet. Raises `Refused` where it cannot be decoded."""
    return of_stored(sheets.stored(data), wanted)


def read_odt(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a text. Raises `Refused` where its archive cannot be read."""
    content = (Archive(data).part("content.xml") or b"") if data.startswith(b"PK") else data
    return read_lines(_strips(content.decode("utf-8", "replace")), wanted)


def _strips(content: str) -> Iterator[list[Slot]]:
    """The cells of each row as they are written; a table that begins or ends within one ends it."""
    looks = frozenset(name for name, inside in _STYLE.findall(content) if _LOOKS.search(inside))
    strip: list[Slot] = []
    cell: tuple[str, int] | None = None  # the attributes of the open cell, and where its content begins
    for mark in _MARK.finditer(content):
        closing, tag, attributes = bool(mark[1]), mark[2], mark[3] or ""
        if cell is not None:
            holds_table = tag == "table" and not closing
            slot = Slot(None if holds_table else _shown(content[cell[1] : mark.start()], cell[0], looks))
            strip += [slot] * _times(cell[0])
            cell = None
        if tag == "table-cell":
            if attributes.endswith("/"):
                strip += [Slot("")] * _times(attributes)
            elif not closing:
                cell = attributes, mark.end()
        elif tag != "covered-table-cell":
            if strip:
                yield strip
            strip = []


def _times(attributes: str) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _shown(cell: str, attributes: str, looks: frozenset[str]) -> str | None:
    """The text of a cell; None where it may show other characters than its texts, or a figure reaches down."""
    if _ODD.search(cell) or not looks.isdisjoint(_STYLED.findall(cell)):
        return None
    text = unescape(_TAG.sub("", _SPACE.sub(" ", cell))).strip()
    return None if _DOWN.search(attributes) and not any(c.isalpha() for c in text) else text
