"""Finds the tables of a page that a person may see otherwise than they stand in it, and notes why at each.

Scripts are for `scripts`. Here: cells that a style sheet puts elsewhere, columns that are collapsed, rules that hold on
some screens only, and elements that show another tree than their own. What is seen then is not worked out; it is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from pipeline.readers.html.flat import DOUBT
from pipeline.readers.html.rules import Rule
from pipeline.readers.html.sheets import Sheets, Style, own_style
from pipeline.readers.html.styles import hides, is_tiny

_PARTS = ("table", "thead", "tbody", "tfoot", "tr", "td", "th")
_COLUMNS = ("col", "colgroup")
_BOXES = re.compile(r"display\s*:\s*(?:inline-)?(?:flex|grid)", re.IGNORECASE)
_ORDERS = ("grid-", "reverse", "-flow")
_ORDER = re.compile(r"(?<![-a-z])order\s*:")
_PLACES = ("order", "grid-column", "grid-row", "grid-area", "grid-column-start", "grid-row-start")
_FLOWS = ("flex-direction", "flex-flow", "flex-wrap", "grid-auto-flow")
_IN_ORDER = re.compile(
    r"^(?:auto|inherit|initial|unset|revert|0|span\b.*|1\s*/\s*(?:-1|span\b.*)|[a-z]+(?: / [a-z]+)*)$"
)
_OUTSIDE = ("absolute", "fixed")
_SHADOWS = ("shadowrootmode", "shadowroot")
_UNSURE = re.compile(r"@(?:media|container|scope)|:(?:nth-|focus-|dir\(|lang\(|state\(|host)|-shown")

MOVED = "a style sheet puts its cells elsewhere"
COLLAPSED = "a column of it is collapsed"
DEPENDS = "a rule hides a part of it on some screens"
SHADOWED = "something else is shown in the place of a part of it"


def mark_doubts(root: etree._Element, sheets: Sheets) -> None:
    """Note at each table why it may be seen otherwise."""
    _mark_shadowed(root)
    declared = sheets.declared
    if "collapse" in declared and next(root.iter(*_COLUMNS), None) is not None:
        _mark(_styled(sheets, ("visibility",), _COLUMNS, _is_collapsed), COLLAPSED)
    if any(place in declared for place in _OUTSIDE):
        _mark(_styled(sheets, ("position",), _PARTS, _is_outside), MOVED)
    if any(box in declared for box in ("flex", "grid")) and _names_order(declared) and _has_boxes(root, sheets):
        _mark(_styled(sheets, _PLACES + _FLOWS, _PARTS, _is_moved), MOVED)
    if sheets.text and _UNSURE.search(sheets.text):
        _mark((e for rule, found in sheets.doubtful(_may_hide) for e in found if _is_part(e)), DEPENDS)


def _has_boxes(root: etree._Element, sheets: Sheets) -> bool:
    """True where a table may be laid out as other boxes are."""
    own = (e.get("style") for e in root.iter("table", "tbody", "tr"))
    return bool(_BOXES.search(sheets.text)) or any("flex" in s.lower() or "grid" in s.lower() for s in own if s)


def _names_order(declared: str) -> bool:
    """True where a style may say in which order parts stand; every page says so much of a border."""
    return any(sign in declared for sign in _ORDERS) or bool(_ORDER.search(declared))


def doubt(element: etree._Element, why: str) -> None:
    """Note at the table that an element belongs to why it may be seen otherwise; the first reason stays."""
    table = element if element.tag == "table" else next(element.iterancestors("table"), None)
    if table is not None and table.get(DOUBT) is None:
        table.set(DOUBT, why)


def _mark(elements: Iterable[etree._Element], why: str) -> None:
    for element in elements:
        doubt(element, why)


def _mark_shadowed(root: etree._Element) -> None:
    """An element whose tree is written in a template shows that in the place of what it holds."""
    for template in root.iter("template"):
        host = template.getparent()
        if host is not None and any(template.get(name) is not None for name in _SHADOWS):
            doubt(host, SHADOWED)
            _mark((t for t in host.iter("table") if template not in t.iterancestors("template")), SHADOWED)


def _styled(
    sheets: Sheets,
    names: tuple[str, ...],
    tags: tuple[str, ...],
    is_told: Callable[[Style], bool],
) -> Iterator[etree._Element]:
    """The elements of some tags whose styles are to be told, as far as the named properties say."""
    given = sheets.styles(lambda rule: any(n in rule.declarations for n in names) and is_told(rule.style))
    own = sheets.with_attribute(lambda style: any(n in style.lower() for n in names))
    for element in (e for e in dict.fromkeys((*own, *given)) if e.tag in tags):
        if is_told(sheets.with_own(element, given.get(element, {}), own_style(element))):
            yield element


def _is_collapsed(style: Style) -> bool:
    return style.get("visibility") == "collapse"


def _is_outside(style: Style) -> bool:
    return style.get("position") in _OUTSIDE


def _is_moved(style: Style) -> bool:
    """True for a part of a table that stands in another order than its neighbours."""
    if any("reverse" in style.get(n, "") or style.get(n, "").startswith("column ") for n in _FLOWS):
        return True
    return any(not _IN_ORDER.match(style[n]) for n in _PLACES if n in style)


def _may_hide(rule: Rule) -> bool:
    style = rule.style
    return hides(rule) or is_tiny(style) or "line-through" in style.get("text-decoration", "")


def _is_part(element: etree._Element) -> bool:
    """True for a part of a table, or something in one, that is not a larger part of the page."""
    if element.tag == "table" or element.find(".//table") is not None:
        return False
    return element.tag in _PARTS or next(element.iterancestors("td", "th"), None) is not None
