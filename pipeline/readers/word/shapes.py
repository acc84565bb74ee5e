"""Shapes of a Word document that are drawn over the text of a cell, as a line through a figure or a box before it.

In a cell without text a line or box is nothing, but a shape of any form may be a figure that is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from pipeline.readers.word.elements import BOX, CELL, DRAWING, NO_TEXT, OFF
from pipeline.schema import ValueKind

_ANCHOR, _NO_WRAP = f"{{{DRAWING}}}anchor", f"{{{DRAWING}}}wrapNone"
_VML = "{urn:schemas-microsoft-com:vml}"
_SHAPES = tuple(_VML + name for name in ("line", "rect", "roundrect", "oval", "polyline", "curve", "arc", "shape"))
_FREE = "{http://schemas.openxmlformats.org/drawingml/2006/main}custGeom"
_FREE_OLD = tuple(_VML + name for name in ("polyline", "curve", "arc", "shape"))
_CROSSED: frozenset[ValueKind] = frozenset({"number"})
_DRAWN: frozenset[ValueKind] = frozenset({"blank"})
_WRITTEN, _WRAP = _VML + "textpath", "{urn:schemas-microsoft-com:office:word}wrap"


def shapes_in_cells(body: etree._Element) -> Mapping[etree._Element, frozenset[ValueKind]]:
    """The cells with shapes that are no pictures, such as a seal, and in which nothing is written.

    For each: of which kind what its text says is not all that a person sees there.
    """
    across, free = frozenset(_cells(body)), frozenset(_with_free_shapes(body))
    told: dict[etree._Element, frozenset[ValueKind]] = dict.fromkeys(across, _CROSSED)
    return {**told, **{cell: told.get(cell, frozenset()) | _DRAWN for cell in free}}


def _with_free_shapes(body: etree._Element) -> Iterator[etree._Element]:
    for shape in body.iter(_FREE, *_FREE_OLD):
        is_free = shape.tag != _VML + "shape" or shape.get("path")
        if is_free and next(shape.iter(*NO_TEXT, BOX, _WRITTEN), None) is None:
            yield from (cell for cell, _ in zip(shape.iterancestors(CELL), range(1), strict=False))


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
