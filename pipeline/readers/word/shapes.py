"""Shapes of a Word document that are drawn over the text of a cell, as a line through a figure or a box before it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.readers.word.elements import BOX, CELL, DRAWING, NO_TEXT, OFF

_ANCHOR, _NO_WRAP = f"{{{DRAWING}}}anchor", f"{{{DRAWING}}}wrapNone"
_VML = "{urn:schemas-microsoft-com:vml}"
_SHAPES = tuple(_VML + name for name in ("line", "rect", "roundrect", "oval", "polyline", "curve", "arc", "shape"))
_WRITTEN, _WRAP = _VML + "textpath", "{urn:schemas-microsoft-com:office:word}wrap"


def shapes_across(body: etree._Element) -> frozenset[etree._Element]:
    """The cells over which something is drawn that is no picture, such as a seal, and in which nothing is written."""
    return frozenset(_cells(body))


def _cells(body: etree._Element) -> Iterator[etree._Element]:
    for shape in body.iter(_ANCHOR, *_SHAPES):
        if _is_before_text(shape) and next(shape.iter(*NO_TEXT, BOX, _WRITTEN), None) is None:
            yield from (cell for cell, _ in zip(shape.iterancestors(CELL), range(1), strict=False))


def _is_before_text(shape: etree._Element) -> bool:
    """True for what is placed on the page by itself, before a text that does not give way to it."""
    if shape.tag == _ANCHOR:
        return shape.get("behindDoc", "0") in OFF and shape.find(_NO_WRAP) is not None
    style = (shape.get("style") or "").replace(" ", "")
    return "position:absolute" in style and "z-index:-" not in style and shape.find(_WRAP) is None
