"""Finds figures whose pieces a style sheet outside of the page may show in different ways: they are not read as one.

A sheet that is not at hand may hide, strike or move whatever has a class. Where pieces of a figure have all the same
classes it does the same with each, and the figure is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from pipeline.readers.html.drawn import tell
from pipeline.readers.html.rules import written_in
from pipeline.readers.html.sheets import Sheets

_DIGIT = re.compile(r"[0-9０-９]")
_IMPORT = re.compile(r"@import\b(?!\s*(?:url\(\s*)?[\"']?data:)", re.IGNORECASE)


def mark_styled_elsewhere(root: etree._Element, cells: Iterable[etree._Element], sheets: Sheets) -> None:
    """Let each of some cells be unread whose pieces have different classes that no sheet at hand declares."""
    told = [cell for cell in cells if len(_classes_of_pieces(cell, sheets.text)) > 1]
    if told and has_sheets_elsewhere(root, sheets):
        for cell in told:
            tell(cell)


def has_sheets_elsewhere(root: etree._Element, sheets: Sheets) -> bool:
    """True for a page that names a sheet which is not at hand."""
    links = (e for e in root.iter("link") if "stylesheet" in (e.get("rel") or "").lower())
    return any(not written_in(e.get("href") or "") for e in links) or _IMPORT.search(sheets.text) is not None


def _classes_of_pieces(cell: etree._Element, declared: str) -> set[frozenset[str]]:
    """The unknown classes around each piece with digits, inside of a cell."""
    found: set[frozenset[str]] = set()
    around: list[frozenset[str]] = [frozenset()]
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        if event == "start":
            own = () if element is cell else (element.get("class") or "").split()
            around.append(around[-1].union(name for name in own if f".{name}" not in declared))
            text = element.text
        else:
            around.pop()
            text = element.tail if element is not cell else None
        if text and _DIGIT.search(text):
            found.add(around[-1])
    return found
