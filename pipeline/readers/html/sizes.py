"""The sizes of letters in a cell: a digit that is much smaller than those beside it may be the mark of a note.

Such a mark is mostly raised, and then told by that. One on the base line may be a digit as well: nobody can know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from pipeline.marks import BEGIN
from pipeline.readers.html.sheets import Style
from pipeline.readers.html.styles import TINY, points, size_of

_MUCH_SMALLER = 0.76  # of the size beside it; a figure pieced together from 14 and 12 points is one
_SMALL_PRINT = 0.75  # `small` is meant as such, though browsers show it at 5/6
_USUAL = 12.0  # points
_PART = re.compile(r"^([0-9.]+)(em|%|rem)$")
_OF_WORDS: Mapping[str, float] = MappingProxyType(
    {"xx-small": 6.75, "x-small": 7.5, "small": 9.75, "medium": 12.0, "large": 13.5, "x-large": 18.0, "xx-large": 24.0}
)
_OF_FONT = (7.5, 9.75, 12.0, 13.5, 18.0, 24.0, 36.0)  # by `size`, from 1
_OF_TAGS: Mapping[str, float] = MappingProxyType({"small": _SMALL_PRINT, "big": 1.2})
_MARKS = frozenset({"sup", "sub"})
_DIGIT = re.compile(r"[0-9０-９]")


def has_small_digits(cell: etree._Element, styles: Mapping[etree._Element, Style]) -> bool:
    """True for a cell whose last digits are much smaller than others before them on the same line."""
    sizes = [size for size in _sizes(cell, styles) if size > TINY]
    return len(set(sizes)) > 1 and sizes[-1] < _MUCH_SMALLER * max(sizes)


def _sizes(cell: etree._Element, styles: Mapping[etree._Element, Style]) -> Iterator[float]:
    """The size of each piece of text in a cell that has digits and no mark, in points."""
    for element in cell.iter(etree.Element):
        if _is_read(element.text) and not _is_marked(element, cell):
            yield _size(element, styles)
        parent = element.getparent()
        if element is not cell and parent is not None and _is_read(element.tail) and not _is_marked(parent, cell):
            yield _size(parent, styles)


def _is_read(text: str | None) -> bool:
    return bool(text and _DIGIT.search(text)) and not any(sign in (text or "") for sign in BEGIN.values())


def _is_marked(element: etree._Element, cell: etree._Element) -> bool:
    while element is not cell:
        if element.tag in _MARKS:
            return True
        parent = element.getparent()
        if parent is None:
            return False
        element = parent
    return False


def _size(element: etree._Element | None, styles: Mapping[etree._Element, Style]) -> float:
    """The size of the letters right in an element; that of the page where nothing says more."""
    if element is None:
        return _USUAL
    written = size_of(styles.get(element, {}))
    if written is None and element.tag == "font":
        return _of_font(element.get("size", ""), element, styles)
    if written is None or written in ("inherit", "unset"):
        return _OF_TAGS.get(str(element.tag), 1.0) * _size(element.getparent(), styles)
    if written in _OF_WORDS:
        return _OF_WORDS[written]
    if written in ("smaller", "larger"):
        return (_SMALL_PRINT if written == "smaller" else 1.2) * _size(element.getparent(), styles)
    if part := _PART.match(written):
        of = _USUAL if part[2] == "rem" else _size(element.getparent(), styles)
        return of * float(part[1]) / (100 if part[2] == "%" else 1)
    absolute = points(written)
    return _size(element.getparent(), styles) if absolute is None else absolute


def _of_font(size: str, element: etree._Element, styles: Mapping[etree._Element, Style]) -> float:
    found = re.fullmatch(r"([+-]?)([1-7])", size.strip())
    if not found:
        return _size(element.getparent(), styles)
    number = int(found[2]) if not found[1] else 3 + int(found[1] + found[2])
    return _OF_FONT[min(max(number, 1), len(_OF_FONT)) - 1]
