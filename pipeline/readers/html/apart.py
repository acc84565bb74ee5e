"""Finds what a page shows apart inside of a cell, so that two figures beside each other are not read as one.

Only cells are looked at whose text would be a number put together from several pieces; hardly any page has one. There
a style that is not known to leave the pieces together sets them apart: what is doubtful is told, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cssselect import parser as css
from lxml import etree

from pipeline.marks import shown
from pipeline.numbers import figure
from pipeline.readers.html.drawn import tell
from pipeline.readers.html.elsewhere import mark_styled_elsewhere
from pipeline.readers.html.flat import BREAK, GAP
from pipeline.readers.html.inline import is_plain, lays_out_parts
from pipeline.readers.html.rules import Rule
from pipeline.readers.html.sheets import Sheets, Style, elements, own_style
from pipeline.readers.html.sizes import has_small_digits

_LONGEST = 60  # characters of a cell with a figure, and in its source, white space among them
_LONGEST_SOURCE = 300
_DIGIT = re.compile(r"[0-9０-９]")
_LINE_END = re.compile(r"[\r\n]")
# The cells of which several texts or lines may be a figure, found by libxml2 in a tenth of the time.
_SHORT = f"string-length() < {_LONGEST_SOURCE}"
_CELLS = ("td", "th")
_OF_PIECES = etree.XPath(
    "|".join(f"descendant::{c}[descendant::text()[normalize-space()][2]][{_SHORT}]" for c in _CELLS)
)
_OF_LINES = etree.XPath(
    "|".join(f"descendant::{c}[contains(normalize-space(), ' ') and contains(., '\n')][{_SHORT}]" for c in _CELLS)
)
_TEXT = etree.XPath("string()", smart_strings=False)
_DRAWN_AROUND = frozenset({"q", "button", "marquee"})  # elements that show more than their text


def mark_apart(root: etree._Element, sheets: Sheets) -> None:
    """Put a gap into each figure of several pieces that a style may set apart."""
    found = _found(_OF_PIECES, root) if any(map(len, root.iter(*_CELLS))) else []
    if "white-space" in sheets.declared:
        found += _found(_OF_LINES, root)
    cells = [c for c in dict.fromkeys(found) if _is_doubtful(c)]
    if not cells:
        return
    mark_styled_elsewhere(root, cells, sheets)
    near = dict.fromkeys(e for c in cells for e in (*c.iter(etree.Element), *c.iterancestors()))
    names = Names(near)
    given = sheets.styles(names.may_have, near)
    styles = {e: sheets.with_own(e, given.get(e, {}), own_style(e)) for e in near}
    for cell in cells:
        if has_small_digits(cell, styles):
            tell(cell)
        if any(styles[e].get("white-space", "").startswith(("pre", "break")) for e in _around(cell)):
            _keep_lines(cell)
        for element in list(cell.iter(etree.Element)):
            _set_apart(element, styles[element], is_cell=element is cell)


def _found(path: etree.XPath, root: etree._Element) -> list[etree._Element]:
    return elements(path(root))


def _is_doubtful(cell: etree._Element) -> bool:
    """True where the text of a cell would be a number, and its digits stand in several pieces or lines."""
    text = " ".join(str(_TEXT(cell)).split())
    if len(text) > _LONGEST or not _DIGIT.search(text) or figure(shown(text).text).kind != "number":
        return False
    pieces = list(filter(_DIGIT.search, map(str, cell.itertext())))
    in_lines = len(pieces) > 1 or _LINE_END.search(pieces[0].strip()) is not None
    return in_lines and cell.find(".//table") is None


def _around(cell: etree._Element) -> Iterator[etree._Element]:
    yield from cell.iter(etree.Element)
    yield from cell.iterancestors()


def _keep_lines(cell: etree._Element) -> None:
    """Line ends in the file are line ends on the screen."""
    for element in cell.iter(etree.Element):
        element.text = _LINE_END.sub(BREAK, element.text or "")
        if element is not cell:
            element.tail = _LINE_END.sub(BREAK, element.tail or "")


def _set_apart(element: etree._Element, style: Style, *, is_cell: bool) -> None:
    if lays_out_parts(style):
        for child in element.iterchildren(etree.Element):
            _put_gaps_around(child)
    if not is_cell and (element.tag in _DRAWN_AROUND or not is_plain(element, style)):
        _put_gaps_around(element)


def _put_gaps_around(element: etree._Element) -> None:
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        before.tail = (before.tail or "") + GAP
    elif parent is not None:
        parent.text = (parent.text or "") + GAP
    element.tail = GAP + (element.tail or "")


class Names:
    """The names of elements by which a selector can find them."""

    def __init__(self, elements: Collection[etree._Element]) -> None:
        self._tags = {str(e.tag) for e in elements}
        self._classes = {name for e in elements for name in (e.get("class") or "").split()}
        self._ids = {e.get("id") for e in elements}

    def may_have(self, rule: Rule) -> bool:
        """False for a rule that is for none of the elements; a search of the whole page costs much more."""
        tree = rule.selector.parsed_tree
        if isinstance(tree, css.CombinedSelector):
            tree = tree.subselector
        while not isinstance(tree, css.Element):
            if isinstance(tree, css.Class) and tree.class_name not in self._classes:
                return False
            if isinstance(tree, css.Hash) and tree.id not in self._ids:
                return False
            if not hasattr(tree, "selector"):
                return True
            tree = tree.selector
        return tree.element is None or tree.element.lower() in self._tags
