"""Finds blank cells of which a person sees more than a blank: what a program, a picture or a font puts into them.

A cell may be bound to data, hold an element that a script fills or an object that is shown, or a box that shows a
picture of a figure by a style. None of it is text of the page, so such a cell is unread. What does *not* belong here:
what editors leave behind, empty elements without anything that fills them: these stay blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline.readers.html.apart import Names
from pipeline.readers.html.drawn import tell
from pipeline.readers.html.elsewhere import has_sheets_elsewhere
from pipeline.readers.html.flat import BLANKS
from pipeline.readers.html.rules import Rule
from pipeline.readers.html.sheets import Sheets, Style, own_style

_CELLS = ("td", "th")
# What a page has where an attribute binds the text of its element to data, and where it has elements of a script.
_OF_TEXT, _OF_MARKUP, _BOUND = re.compile(rb"text[a-z.\]-]*="), re.compile(rb"html[a-z.\]-]*="), b"bind"
_OF_SCRIPTS = re.compile(rb"-[a-z0-9][a-z0-9-]*+>")
_BINDS = re.compile(
    r"^(?:(?:data-)?(?:v|x|u|ng|th|wire|tal|s|m|p|hx|al|c|n)[-:])?[:\[.(]*"
    r"(?:v-bind:)?(?:u?text|html|bind(?:-.*)?|bind:.*|content|replace|inner-?text|inner-?html|text-?content)[\])]*(?:\..*)?$"
)
_HAS_SIGN = re.compile(r"[-:\[.(]")
_FILLED = ("slot", "applet", "v:shape", "v:imagedata")
_NO_LINES = frozenset({"script", "style", "noscript", "template"})
_SHOWN = frozenset(
    {"img", "input", "select", "textarea", "svg", "canvas", "object", "embed", "video", "iframe", "math"}
)
_OTHER_LANGUAGE = re.compile(r"json|template|html|x-|importmap|speculation", re.IGNORECASE)
_BACKGROUNDS = ("background", "background-image")
_SIZES = ("width", "height", "padding", "padding-left", "padding-top", "min-width", "min-height")
_PLACES = ("background-position", "background-size", "background-repeat")
_ICON = re.compile(
    r"^(?:icon(?:font)?|fa[srlbd]?|glyphicon|num(?:ber)?|digit|figure|sprite|count(?:er)?)(?:[-_]?[0-9]|[-_]|$)"
)
_BOXES = ("td", "th", "i", "em", "b", "span", "s", "div", "p", "a", "strong", "label", "font", "u")
_ICON_TAGS = frozenset({"i", "em", "b", "span", "s"})


def mark_unfilled(root: etree._Element, page: bytes, sheets: Sheets) -> None:
    """Put the sign of an object into each cell that is only blank in the text; `page` is in small letters."""
    found = list(root.iter(*_FILLED))
    if _OF_SCRIPTS.search(page):
        found += (e for e in root.iter(etree.Element) if "-" in e.tag and ":" not in e.tag)
    if _BOUND in page or _OF_TEXT.search(page) or _OF_MARKUP.search(page):
        found += (e for c in root.iter(*_CELLS) for e in c.iter(etree.Element) if e.attrib and _binds(e))
    found += filter(_runs, root.iter("script"))
    has_pictures, has_others = "url(" in sheets.declared, next(root.iter("link"), None) is not None
    if has_pictures or has_others:
        boxes = [e for c in root.iter(*_CELLS) for e in c.iter(*_BOXES) if not len(e) and e.attrib and _is_box(e)]
        found += _with_pictures(boxes, sheets) if has_pictures else ()
        found += _icons(boxes, root, sheets) if has_others else ()
    for cell in dict.fromkeys(map(_cell_of, found)):
        if cell is not None and _is_blank(cell):
            tell(cell)


def _cell_of(element: etree._Element) -> etree._Element | None:
    return element if element.tag in _CELLS else next(element.iterancestors(*_CELLS), None)


def _is_blank(cell: etree._Element) -> bool:
    """True for a cell that shows neither text nor a thing of its own."""
    parts = list(cell.iter(etree.Element))
    if any(e.tag in _SHOWN for e in parts):
        return False
    texts = [e.text for e in parts if e.tag not in _NO_LINES] + [e.tail for e in parts[1:]]
    return not any(t and t.strip(BLANKS) for t in texts)


def _is_box(element: etree._Element) -> bool:
    """True for an element without text that a sheet may be for."""
    return not (element.text or "").strip(BLANKS) and any(map(element.get, ("class", "style", "id")))


def _binds(element: etree._Element) -> bool:
    """True where an attribute binds the text of an element to data."""
    return any(_HAS_SIGN.search(name) and _BINDS.match(name) for name in map(str, element.attrib))


def _runs(script: etree._Element) -> bool:
    """True for a script that runs where it stands, in a cell; what it writes there itself is told by `flat`."""
    if "document.write" in (script.text or ""):
        return False
    kind = script.get("type") or ""
    is_data = _OTHER_LANGUAGE.search(kind) is not None and "javascript" not in kind.lower()
    return not is_data and _cell_of(script) is not None


def _with_pictures(boxes: Sequence[etree._Element], sheets: Sheets) -> Iterator[etree._Element]:
    """The boxes that show a picture as their background, or in their place."""
    if not boxes:
        return
    names, among = Names(boxes), set(boxes)
    given = sheets.styles(lambda rule: _says_of_box(rule) and names.may_have(rule), among)
    for box in boxes:
        style = sheets.with_own(box, given.get(box, {}), own_style(box) if box.get("style") else {})
        if _shows_picture(style, is_cell=box.tag in _CELLS):
            yield box


def _says_of_box(rule: Rule) -> bool:
    return any(name in rule.declarations for name in (*_BACKGROUNDS, *_SIZES, *_PLACES, "content"))


def _shows_picture(style: Style, *, is_cell: bool) -> bool:
    """True for a box with a picture in it; one that fills a whole cell again and again is wallpaper."""
    if "url(" in style.get("content", ""):
        return True
    pictures = [style[n] for n in _BACKGROUNDS if "url(" in style.get(n, "")]
    if not is_cell:
        return bool(pictures) and any(n in style for n in _SIZES)
    return bool(pictures) and (
        any(n in style for n in _PLACES[:2]) or any("no-repeat" in p for p in (*pictures, style.get(_PLACES[2], "")))
    )


def _icons(boxes: Sequence[etree._Element], root: etree._Element, sheets: Sheets) -> Sequence[etree._Element]:
    """The boxes that a sheet which is not at hand makes a sign of a font, or of a picture."""
    found = [e for e in boxes if e.tag in _ICON_TAGS and any(map(_ICON.match, (e.get("class") or "").split()))]
    return found if found and has_sheets_elsewhere(root, sheets) else []
