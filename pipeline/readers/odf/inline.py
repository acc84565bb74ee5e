"""The text of a paragraph of an OpenDocument file, marked where it is struck, raised or hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from pipeline.marks import DRAWN, OBJECT, marked
from pipeline.readers.odf.package import DRAW, OFFICE, STYLE, TABLE, TEXT, Styles
from pipeline.readers.refused import Refused

MAX_DEPTH = 120  # of elements; each takes some calls within each other
_MOST_SPACES = 1_000
_WHITE = re.compile(r"[ \t\r\n]+")  # which is one space, whatever elements it runs over
# What is written as an element is none of that: it is another character, which XML does not allow, until all is joined.
_SPACE, _TAB, _LINE_END = "\x1c", "\x1d", "\x1e"


def _t(name: str) -> str:
    return f"{{{TEXT}}}{name}"


SPAN, LINE_BREAK, TAB, SPACES = _t("span"), _t("line-break"), _t("tab"), _t("s")
STYLE_NAME = _t("style-name")
_HIDDEN = frozenset({_t("hidden-text"), _t("hidden-paragraph")})
_IS_HIDDEN, _DISPLAY = _t("is-hidden"), _t("display")
# Elements in a paragraph that are not part of its line, or are not shown.
_ASIDE = frozenset(
    {
        _t("note"),
        _t("ruby-text"),
        _t("script"),
        _t("tracked-changes"),
        _t("number"),
        f"{{{OFFICE}}}annotation",
        f"{{{OFFICE}}}annotation-end",
        f"{{{OFFICE}}}forms",
        f"{{{OFFICE}}}event-listeners",
        f"{{{STYLE}}}style",
        f"{{{TABLE}}}table",
        f"{{{TABLE}}}shapes",
    }
)
_DRAWN = f"{{{DRAW}}}"
_GROUPS = frozenset({f"{{{DRAW}}}g", f"{{{DRAW}}}a"})
FRAME, BOX = f"{{{DRAW}}}frame", f"{{{DRAW}}}text-box"


@dataclass(frozen=True, slots=True)
class Inline:
    """Reads the text of paragraphs.

    `box` takes the text boxes that a paragraph anchors; `sign` gives what stands for the picture of a frame.
    """

    styles: Styles
    box: Callable[[etree._Element], None] = lambda _: None
    sign: Callable[[etree._Element], str] = lambda _: OBJECT

    def text(self, paragraph: etree._Element, depth: int = 0) -> str:
        """The text of a paragraph with its marks; a picture is one sign."""
        pieces = self._pieces(paragraph, depth)
        text = (
            _WHITE.sub(" ", "".join(pieces))
            .strip(" ")
            .replace(_LINE_END, "\n")
            .replace(_TAB, "\t")
            .replace(_SPACE, " ")
        )
        for mark in self.styles.marks("paragraph", paragraph.get(STYLE_NAME)):
            text = marked(text, mark)
        return text

    def _pieces(self, element: etree._Element, depth: int) -> list[str]:
        if depth > MAX_DEPTH:
            raise Refused("too-large", f"elements nested over {MAX_DEPTH} deep")
        pieces = [element.text or ""]
        for child in element:
            pieces.append(self._child(child, depth + 1))
            pieces.append(child.tail or "")
        return pieces

    def _child(self, child: etree._Element, depth: int) -> str:
        tag = str(child.tag)
        if tag == SPACES:
            return _SPACE * min(_number(child.get(_t("c")), 1), _MOST_SPACES)
        if tag in (LINE_BREAK, TAB):
            return _LINE_END if tag == LINE_BREAK else _TAB
        if tag in _ASIDE or (tag in _HIDDEN and child.get(_IS_HIDDEN) == "true"):
            return ""
        if tag.startswith(_DRAWN) and tag not in _GROUPS:
            return self._drawn(child)
        text = "" if child.get(_DISPLAY) == "none" else "".join(self._pieces(child, depth))
        if tag == SPAN and self.styles.is_two_lines(child.get(STYLE_NAME)) and len(text) > 1:
            return DRAWN
        if tag == SPAN and self.styles.is_white(child.get(STYLE_NAME)) and not any(map(str.isalpha, text)):
            text = marked(text, "hidden")
        for mark in self.styles.marks("text", child.get(STYLE_NAME)) if tag == SPAN else ():
            text = marked(text, mark)
        return text

    def _drawn(self, frame: etree._Element) -> str:
        """Put a text box behind the paragraph; anything else that is drawn is not text."""
        box = frame.find(BOX)
        if box is None:
            return self.sign(frame)
        self.box(box)
        return ""


def _number(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 8 else otherwise
