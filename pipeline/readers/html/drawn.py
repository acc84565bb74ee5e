"""Finds what a style draws across a figure, and figures whose look is not known: their cells are not read.

A line can be drawn through a figure without striking it out: as a background of colours, or as an empty box that is put
there. A box with a colour covers what stands below it.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.marks import OBJECT, plain
from pipeline.numbers import figure
from pipeline.readers.html.sheets import Sheets, Style, own_style
from pipeline.readers.html.styles import is_hidden, points

_SIGNS = ("gradient(", "absolute")
# Digits over each other, mirrored or upside down.
_UPSET = re.compile(r"letter-spacing\s*:\s*-|scale(?:x|y|3d)?\([^()]*-|rotate[xyz]?\(", re.IGNORECASE)
_IN_STYLE = re.compile(
    "|".join([*map(re.escape, (*_SIGNS, "var(", "text-security", "mask")), _UPSET.pattern]), re.IGNORECASE
)
# A word of each: the patterns are slow over a whole sheet.
_UPSETTING = ("letter-spacing", "scale", "rotate")
_WORDS = (*_SIGNS, "var(", "text-security", "mask", *_UPSETTING)
_CLOSEST = -3.0  # points: letters that are closer lie over each other
_TURNED = re.compile(
    r"scale(?:x|y|3d)?\([^()]*-|rotate[xy]\(|rotatez?\(\s*-?(?:1[0-9]{2}|0?\.[4-6]turn|[23]\.?[0-9]*rad)"
)
_PARTLY = re.compile(r"transparent|no-repeat|rgba?\([^()]*[,/]\s*0?(?:\.0+)?\s*\)|/\s*\d+%?\s+\d+px")
_INK = re.compile(r"^(?:border(?!-(?:radius|collapse|spacing))|outline|background|box-shadow)")
_NO_INK = re.compile(
    r"^(?:none|0(?:px|pt)?|transparent|initial|inherit|unset|hidden)?$|^0(?:px|pt)?\s|\bnone\b|\btransparent$"
)
_UNKNOWN = ("display", "visibility", "opacity")
_MASKS = ("mask", "mask-image", "-webkit-mask", "-webkit-mask-image", "-webkit-text-security", "text-security")
_SIDES = ("top", "bottom")
_RIM = 3.0  # points: what is drawn so near to the side of a box is its border


def mark_drawn(sheets: Sheets) -> None:
    """Put the sign of an object into each figure that something is drawn across."""
    rules = (r for r in sheets.rules if not r.pseudo and _may_be_told(r.style)) if _is_looked_at(sheets.text) else ()
    given = ((e, r.style) for r in rules for e in sheets.selected(r))
    own = ((e, own_style(e)) for e in sheets.with_attribute(_is_named)) if _is_named(sheets.attributes) else ()
    for element, style in (*given, *own):
        if is_in_figure(element) and _is_told(element, style):
            tell(element)


def tell(element: etree._Element) -> None:
    """Let the cell of an element be unread."""
    element.text = OBJECT + (element.text or "")


def is_in_figure(element: etree._Element) -> bool:
    """True for a cell, or a part of one, that holds a figure or nothing."""
    cell = element if element.tag in ("td", "th") else next(element.iterancestors("td", "th"), None)
    if cell is None or element.tag in ("script", "style", "template") or cell.find(".//table") is not None:
        return False
    return figure(plain("".join(map(str, cell.itertext())))).kind != "word"


def crosses(style: Style) -> bool:
    """True for the style of an empty box that is drawn across what stands around it, not at its rim."""
    if is_hidden(style) or not any(_INK.match(name) and not _NO_INK.search(value) for name, value in style.items()):
        return False
    if "rotate" in style.get("transform", "") or "rotate" in style:
        return True
    if style.get("position") not in ("absolute", "fixed"):
        return False
    at_rim = sum(_is_at_rim(style.get(side) or style.get("inset", "auto")) for side in _SIDES)
    return at_rim != 1 or style.get("height") == "100%"


def _is_at_rim(place: str) -> bool:
    """True for a place at the side of the box; of shares only nothing and all."""
    length = points(place)
    return place == "100%" if place.endswith("%") and length else length is not None and abs(length) <= _RIM


def _is_named(style: str) -> bool:
    style = style.lower()
    if any(sign in style for sign in _SIGNS):
        return True
    return any(word in style for word in _UPSETTING) and _UPSET.search(style) is not None


def _is_looked_at(text: str) -> bool:
    small = text.lower()
    return any(word in small for word in _WORDS) and _IN_STYLE.search(text) is not None


def _may_be_told(style: Style) -> bool:
    return any(_IN_STYLE.search(f"{name}:{value}") for name, value in style.items())


def _is_told(element: etree._Element, style: Style) -> bool:
    if any(style.get(name, "none") != "none" for name in _MASKS) or any("var(" in style.get(n, "") for n in _UNKNOWN):
        return True
    if (points(style.get("letter-spacing")) or 0.0) <= _CLOSEST or _TURNED.search(style.get("transform", "")):
        return True
    if element.tag not in ("td", "th") and not "".join(map(str, element.itertext())).strip() and crosses(style):
        return True
    return any(_is_line(style, style[name]) for name in ("background", "background-image") if name in style)


def _is_line(style: Style, background: str) -> bool:
    """True for colours of which a part is none, or which do not fill their box."""
    return "gradient(" in background and bool(_PARTLY.search(background) or "background-size" in style)
