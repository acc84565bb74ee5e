"""Names of the elements of a .docx, and what their properties say."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_MOST_BASES = 20  # styles based on each other; Word allows about ten
OFF = frozenset({"0", "false", "off"})


def word(name: str) -> str:
    """The full name of an element or attribute of the text."""
    return f"{{{W}}}{name}"


VAL, TYPE = word("val"), word("type")
PARAGRAPH, RUN, TEXT, BREAK, BOX = word("p"), word("r"), word("t"), word("br"), word("txbxContent")
TABLE, ROW, CELL = word("tbl"), word("tr"), word("tc")
PARAGRAPH_PROPERTIES, RUN_PROPERTIES = word("pPr"), word("rPr")
ROW_PROPERTIES, CELL_PROPERTIES = word("trPr"), word("tcPr")
MATH_TEXT = f"{{{_MATH}}}t"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
# A picture, chart or embedded object, and the parts of an equation that are not plain numbers.
NO_TEXT = (
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
    "{urn:schemas-microsoft-com:vml}imagedata",
    *(f"{{{_MATH}}}{name}" for name in ("f", "sSup", "sSub", "sSubSup", "sPre", "rad", "nary", "m", "eqArr", "d")),
    *(f"{{{_MATH}}}{name}" for name in ("limLow", "limUpp", "bar", "acc", "groupChr", "phant", "borderBox")),
)
CHOICE, FALLBACK = f"{{{MC}}}Choice", f"{{{MC}}}Fallback"


def is_on(properties: etree._Element | None, name: str) -> bool:
    """Whether a property is there and not switched off."""
    found = None if properties is None else properties.find(word(name))
    return found is not None and found.get(VAL, "1") not in OFF


def value_of(properties: etree._Element | None, name: str) -> str | None:
    """The value of a property; '' where it is there without one, None where it is not there."""
    found = None if properties is None else properties.find(word(name))
    return None if found is None else found.get(VAL, "")


def whole(value: str | None, otherwise: int, most: int) -> int:
    """A number as written, between `otherwise` and `most`; `otherwise` where there is none."""
    if value is None or not value.isdecimal() or len(value) > 9:
        return otherwise
    return max(otherwise, min(int(value), most))


def based_on(name: str, styles: Mapping[str, etree._Element]) -> list[str]:
    """The names of a style and of those that it is based on, the nearest first."""
    chain: list[str] = []
    while name in styles and name not in chain and len(chain) < _MOST_BASES:
        chain.append(name)
        name = value_of(styles[name], "basedOn") or ""
    return chain
