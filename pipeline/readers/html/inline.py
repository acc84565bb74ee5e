"""Which styles leave a piece of a figure where it stands, as plain text beside the others."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.readers.html.colours import colour_of, is_in_colour_of_paper
from pipeline.readers.html.sheets import Style
from pipeline.readers.html.styles import is_tiny, points

# Properties that say nothing about where a piece of a line stands and whether it is seen.
_OF_LETTERS = re.compile(
    r"^(?:--.*|[_*].*|mso-.*|font-(?:family|weight|style|kerning|stretch|optical-sizing|smooth\w*|size-adjust)"
    r"|-(?:webkit|moz|ms|o)-(?:font-.*|text-(?:size-adjust|stroke.*|decoration.*)|user-select|tap-.*|hyphens|transition.*"
    r"|print-.*|line-.*|box-sizing)"
    r"|text-(?:align|decoration|shadow|underline|justify|transform|overflow|rendering|autospace|spacing|wrap|indent)[-a-z]*"
    r"|line-height|line-break|layout-.*|lang|tab-.*|page-break-.*|break-inside|orphans|widows|word-(?:break|wrap)"
    r"|overflow.*|box-sizing|cursor|white-space.*|punctuation-.*|list-style.*|quotes|user-select|transition.*|caret-color"
    r"|hyphens|background.*|pointer-events|ruby-.*|panose.*|visibility|table-layout"
    r"|z-index|align-self|justify-self|flex.*|border-(?:collapse|spacing|radius|top.*|bottom.*|color|image))$"
)
_OF_BOXES = re.compile(r"^(?:min-|max-)?(?:width|height)$|^(?:margin|padding)-(?:top|bottom)$")
_OF_PLACES = frozenset({"top", "left", "right", "bottom", "inset"})
_OF_SIDES = re.compile(r"^(?:margin|padding)")
_OF_LINES = re.compile(r"^(?:border|outline)")
_NOTHING = re.compile(
    r"^(?:inherit|initial|normal|none|auto|unset|revert|static|baseline|ltr|embed|isolate|visible|currentcolor|medium"
    r"|[-+]?(?:0+\.?0*|\.0+)(?:[a-z]{2,3}|%)?)$"
)
_INLINE = frozenset({"inline", "inline-block", "contents", "initial", "inherit", "none"})
_LOW = frozenset({"baseline", "middle", "bottom", "text-bottom", "inherit", "initial"})
_PARTS = re.compile(r"^(?:inline-)?(?:flex|grid|table)$|^-(?:webkit|ms|moz)-(?:inline-)?(?:flex|grid|box|flexbox)$")
_NARROW = 2.5  # points: less is no gap between two figures
_WIDEST_SPACING = 4.0  # points between the letters of one figure
_LEAST_OPACITY = 0.3


def is_plain(element: etree._Element, style: Style) -> bool:
    """True where a style is known to leave an element seen, and right behind what stands before it."""
    return not is_tiny(style) and all(_is_plain(name, value, element, style) for name, value in style.items())


def lays_out_parts(style: Style) -> bool:
    """True where an element puts what it holds into boxes or columns of their own."""
    if any(not _NOTHING.match(style.get(name, "auto")) for name in ("column-count", "columns", "column-width")):
        return True
    return bool(_PARTS.match(style.get("display", "")))


def _is_plain(name: str, value: str, element: etree._Element, style: Style) -> bool:
    if _OF_LETTERS.match(name) or _NOTHING.match(value):
        return True
    is_box = style.get("display", "inline") != "inline" or style.get("position") in ("absolute", "fixed")
    if _OF_BOXES.match(name):
        return not is_box
    if name in _OF_PLACES:
        return style.get("position", "static") == "static" or abs(points(value) or _NARROW) < _NARROW
    if _OF_LINES.match(name):
        return any(_NOTHING.match(part) for part in value.split())
    if _OF_SIDES.match(name):
        return all(abs(points(part) or 0.0) < _NARROW for part in value.split())
    return _is_plain_text(name, value, element, style)


def _is_plain_text(name: str, value: str, element: etree._Element, style: Style) -> bool:
    if name == "color":
        unknown = "(" in value and colour_of(value) is None
        return not unknown and not is_in_colour_of_paper(value, element, style)
    if name == "letter-spacing":
        return (points(value) or 0.0) <= _WIDEST_SPACING
    if name == "opacity":
        return value.replace(".", "", 1).isdecimal() and float(value) >= _LEAST_OPACITY
    if name == "position":
        return value == "relative"
    if name == "vertical-align":
        return value in _LOW or points(value) is not None
    return name in ("font", "font-size") or (name == "display" and value in _INLINE)
