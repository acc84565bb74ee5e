"""The text of a paragraph of an OpenDocument file, marked where it is struck, raised or hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from pipeline.marks import DRAWN, OBJECT, Mark, marked
from pipeline.readers.odf.package import DRAW, OFFICE, STYLE, TABLE, TEXT, Styles
from pipeline.readers.references import is_note_mark
from pipeline.readers.refused import Refused

MAX_DEPTH = 120  # of elements; each takes some calls within each other
_MOST_SPACES = 1_000
_WHITE = re.compile(r"[ \t\r\n]+")  # which is one space, whatever elements it runs over
# What is written as an element is none of that: it is another character, which XML does not allow, until all is joined.
_SPACE, _TAB, _LINE_END = "\x1c", "\x1d", "\x1e"
_ALL_HIDDEN = "\x1f"  # of a field that hides its paragraph


def _t(name: str) -> str:
    return f"{{{TEXT}}}{name}"


SPAN, LINE_BREAK, TAB, SPACES = _t("span"), _t("line-break"), _t("tab"), _t("s")
STYLE_NAME = _t("style-name")
_HIDDEN_TEXT, _HIDDEN_PARAGRAPH = _t("hidden-text"), _t("hidden-paragraph")
_HIDDEN = frozenset({_HIDDEN_TEXT, _HIDDEN_PARAGRAPH})
_IS_HIDDEN, _DISPLAY = _t("is-hidden"), _t("display")
_STYLED = frozenset({SPAN, _t("p"), _t("h")})
_OF_TABLE = f"{{{TABLE}}}style-name"
_HOLDERS = {f"{{{TABLE}}}{name}": name for name in ("table-cell", "table-row", "table")}
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
# What shows a reference to another place of the file, and links, which may lead to one.
_REFERENCES = frozenset(map(_t, ("bookmark-ref", "reference-ref", "note-ref", "sequence-ref")))
_LINK, _ADDRESS = _t("a"), "{http://www.w3.org/1999/xlink}href"
_DRAWN = f"{{{DRAW}}}"
_IN_TABLE = f"{{{TABLE}}}table-cell"
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
        marks = self.styles.marks("paragraph", paragraph.get(STYLE_NAME))
        pieces = self._pieces(paragraph, depth, ())
        if marks and (undone := self._undone(paragraph, marks)):
            pieces = [p if n in undone else _in_marks(p, marks) for n, p in enumerate(pieces)]
            marks = ()
        text = (
            _WHITE.sub(" ", "".join(pieces))
            .strip(" ")
            .replace(_LINE_END, "\n")
            .replace(_TAB, "\t")
            .replace(_SPACE, " ")
        )
        text = _in_marks(text, marks)
        return marked(text.replace(_ALL_HIDDEN, ""), "hidden") if _ALL_HIDDEN in text else text

    def _undone(self, paragraph: etree._Element, marks: tuple[Mark, ...]) -> frozenset[int]:
        """Which of the pieces of a paragraph have a style that takes its marks away."""
        return frozenset(
            2 * n + 1
            for n, child in enumerate(paragraph)
            if child.tag == SPAN and self.styles.sets(child.get(STYLE_NAME)).issuperset(marks)
        )

    def _pieces(self, element: etree._Element, depth: int, around: tuple[etree._Element, ...]) -> list[str]:
        """The text of an element inside of some others, its children and what stands behind each."""
        if depth > MAX_DEPTH:
            raise Refused("too-large", f"elements nested over {MAX_DEPTH} deep")
        within = (element, *around)
        pieces = [element.text or ""]
        for child in element:
            pieces.append(self._child(child, depth + 1, within))
            pieces.append(child.tail or "")
        if self.styles.may_vanish:
            pieces[::2] = [self._seen(piece, within) for piece in pieces[::2]]
        return pieces

    def _child(self, child: etree._Element, depth: int, within: tuple[etree._Element, ...]) -> str:
        tag = str(child.tag)
        if tag == SPACES:
            return _SPACE * min(_number(child.get(_t("c")), 1), _MOST_SPACES)
        if tag in (LINE_BREAK, TAB):
            return _LINE_END if tag == LINE_BREAK else _TAB
        if tag in _ASIDE or (tag in _HIDDEN and child.get(_IS_HIDDEN) == "true"):
            return _ALL_HIDDEN if tag == _HIDDEN_PARAGRAPH else ""
        if tag.startswith(_DRAWN) and tag not in _GROUPS:
            return self._drawn(child)
        text = "" if child.get(_DISPLAY) == "none" else "".join(self._pieces(child, depth, within))
        if tag == _HIDDEN_TEXT and not text and child.get(_IS_HIDDEN) == "false":
            text = child.get(_t("string-value"), "")
        if tag != SPAN:
            return marked(text, "raised") if _refers(child) and is_note_mark(child, _holder(child)) else text
        name = child.get(STYLE_NAME)
        return (
            DRAWN
            if self.styles.is_two_lines(name) and len(text) > 1
            else _in_marks(text, self.styles.marks("text", name))
        )

    def _seen(self, text: str, within: tuple[etree._Element, ...]) -> str:
        """A text between marks where it has the colour of what is behind it; labels are seen, as with all formats."""
        if not text.strip() or any(map(str.isalpha, text)):
            return text
        keys = [("text" if e.tag == SPAN else "paragraph", e.get(STYLE_NAME)) for e in within if e.tag in _STYLED]
        holders = (e for e in within[-1].iterancestors(*_HOLDERS))
        papers = (*keys, *((_HOLDERS[str(e.tag)], e.get(_OF_TABLE)) for e in holders))
        return marked(text, "hidden") if self.styles.is_unseen(keys, papers) else text

    def _drawn(self, frame: etree._Element) -> str:
        """Put a text box behind the paragraph; anything else that is drawn is not text."""
        box = frame.find(BOX)
        if box is None:
            return self.sign(frame)
        self.box(box)
        return ""


def _refers(element: etree._Element) -> bool:
    return element.tag in _REFERENCES or (element.tag == _LINK and element.get(_ADDRESS, "").startswith("#"))


def _holder(element: etree._Element) -> etree._Element | None:
    """The cell that an element stands in."""
    return next(element.iterancestors(_IN_TABLE), None)


def _in_marks(text: str, marks: tuple[Mark, ...]) -> str:
    for mark in marks:
        text = marked(text, mark)
    return text


def _number(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 8 else otherwise
