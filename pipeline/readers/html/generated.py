"""Finds what a style sheet writes into cells before and behind their text: a figure that is not in the page's text.

What is written is counted, taken from an attribute, or said in the sheet: a cell that shows such digits or signs of a
number is not read. Bullets, arrows and the like are mere ornament.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.readers.html.drawn import crosses, is_in_figure, tell
from pipeline.readers.html.flat import BLANKS
from pipeline.readers.html.inline import is_plain
from pipeline.readers.html.rules import Rule
from pipeline.readers.html.sheets import Sheets
from pipeline.readers.html.styles import hides, is_tiny

_SIGNS = (":before", ":after", ":first-l")
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPED = re.compile(r"\\([0-9a-f]{1,6})\s?|\\(.)", re.DOTALL)
_WORKED_OUT = re.compile(r"(?:counters?|attr|var|env)\(")
_OF_NUMBERS = re.compile(r"[0-9０-９.,，．+\-−－%％‰/／\\①-⑳]|[一二三四五六七八九十〇零百千万亿增减減加]")
_OWN_SIGN = re.compile(r"url\(|\\0*(?:e[0-9a-f]|f[0-8])[0-9a-f]{2}\b|[\ue000-\uf8ff]", re.IGNORECASE)
_NONE = frozenset({"", "none", "normal", "inherit", "initial"})
_FIRST = ("first-letter", "first-line")


def mark_generated(sheets: Sheets) -> None:
    """Put the sign of an object into each cell whose figure is not what stands in the page's text."""
    if not sheets.are_packed and not any(sign in sheets.declared for sign in _SIGNS):
        return
    for rule in sheets.rules:
        if rule.pseudo and ((is_told := _is_told(rule)) or _shows_sign(rule)):
            for element in sheets.selected(rule):
                if is_in_figure(element) and (is_told or not _text_around(element)):
                    tell(element)


def _is_told(rule: Rule) -> bool:
    """True for a rule that adds to a number, or lets the first of its characters stand apart or not be seen."""
    if rule.pseudo in ("before", "after"):
        added = not is_tiny(rule.style) and adds_to_number(rule.style.get("content", ""))
        return not hides(rule) and (added or crosses(rule.style))
    return rule.pseudo in _FIRST and not is_plain(etree.Element("span"), rule.style)


def _shows_sign(rule: Rule) -> bool:
    """True for a rule that adds a picture, or a sign of a font of its own: beside a figure it is an ornament."""
    content = rule.style.get("content", "")
    return rule.pseudo in ("before", "after") and bool(_OWN_SIGN.search(content)) and not hides(rule)


def _text_around(element: etree._Element) -> str:
    """What the cell of an element prints."""
    cell = element if element.tag in ("td", "th") else next(element.iterancestors("td", "th"))
    return "".join(map(str, cell.itertext())).strip(BLANKS)


def adds_to_number(content: str) -> bool:
    """True where what a sheet writes shows something that belongs to numbers, or cannot be known."""
    if content in _NONE:
        return False
    if _WORKED_OUT.search(content):
        return True
    written = "".join(_unescaped(one or other) for one, other in _STRING.findall(content))
    return bool(_OF_NUMBERS.search(written))


def _unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        return found[2] or chr(min(int(found[1], 16), 0x10FFFF))

    return _ESCAPED.sub(character, text)
