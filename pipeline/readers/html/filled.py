"""Marks what a page leaves to its scripts: where they write a figure, count up to one, or choose which piece is shown.

No script is run. What a person sees in such a cell is not in the file, so the figure is unread.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.marks import OBJECT
from pipeline.numbers import figure
from pipeline.readers.html.drawn import tell
from pipeline.readers.html.flat import BLANKS

_TAGS = ("span", "b", "i", "em", "strong", "div", "p", "font", "td", "th", "label")
# Attributes with the number that a counter ends at.
_COUNTERS = (
    *("data-to", "data-end", "data-count", "data-target", "data-value", "data-number", "data-num", "data-counter"),
    *("data-count-to", "data-countto", "data-to-value", "data-end-value", "data-endval", "data-stop", "data-final"),
)
_COUNTS = re.compile(rb"data-(?:count|to|end|target|val|num|stop|final)")
# Attributes by which a program of the page chooses what is shown.
_CHOICES = (
    *("v-if", "v-else", "v-else-if", "v-show", "ng-if", "ng-show", "ng-hide", "ng-switch-when", "x-if", "x-show"),
    *("data-ng-if", "data-ng-show", "data-ng-hide"),
)
_CHOOSES = re.compile(rb"-(?:if=|else|show=|hide=|switch-)")
_DIGIT = re.compile(r"[0-9０-９]")


def mark_filled_by_scripts(root: etree._Element, page: bytes) -> None:
    """Put the sign of an object into each cell whose figure a script makes; `page` is in small letters."""
    if page.rfind(b" data-") >= 0:  # `in` takes twice the time
        counts = _COUNTS.search(page) is not None
        for element in root.iter(*_TAGS):
            if not len(element):
                _mark(element, counts=counts)
    if _CHOOSES.search(page):
        _mark_chosen(root)


def _mark(element: etree._Element, *, counts: bool) -> None:
    """An empty element with data in a cell is where a script writes; one with another number is where it counts."""
    text = element.text
    if text is None or not text.strip(BLANKS):
        if _has_data(element) and _is_in_cell(element):
            element.text = OBJECT
    elif counts and _DIGIT.search(text) and _has_data(element) and _ends_otherwise(element) and _is_in_cell(element):
        tell(element)


def _has_data(element: etree._Element) -> bool:
    return any(str(name).startswith("data-") for name in element.keys())  # noqa: SIM118  # an element has children


def _is_in_cell(element: etree._Element) -> bool:
    return element.tag in ("td", "th") or next(element.iterancestors("td", "th"), None) is not None


def _ends_otherwise(element: etree._Element) -> bool:
    """True for an element whose data hold another number than it shows."""
    shown = figure(element.text or "").value
    ends = (figure(element.get(name, "")).value for name in _COUNTERS)
    return shown is not None and any(end is not None and end != shown for end in ends)


def _mark_chosen(root: etree._Element) -> None:
    """A cell of several pieces with digits of which a program shows some is unread."""
    for cell in root.iter("td", "th"):
        chosen = [e for e in cell.iterdescendants(etree.Element) if any(e.get(name) is not None for name in _CHOICES)]
        if chosen and cell.find(".//table") is None and _is_of_pieces(cell) and any(map(_has_digit, chosen)):
            tell(cell)


def _is_of_pieces(cell: etree._Element) -> bool:
    return sum(_DIGIT.search(str(text)) is not None for text in cell.itertext()) > 1


def _has_digit(element: etree._Element) -> bool:
    return _DIGIT.search("".join(map(str, element.itertext()))) is not None
