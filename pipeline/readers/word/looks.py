"""How the runs of a .docx look: which are hidden, struck, raised or lowered, by themselves or by their styles.

The text of such a run is put between marks. Its use is decided in `pipeline.marks` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from pipeline.marks import Mark, marked
from pipeline.readers.archive import xml
from pipeline.readers.word.elements import (
    OFF,
    PARAGRAPH,
    PARAGRAPH_PROPERTIES,
    RUN,
    RUN_PROPERTIES,
    TEXT,
    VAL,
    W,
    based_on,
    word,
)

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_LEAST_RISE = 2  # half points: less is a matter of fonts
_TINY = 4  # half points
_NARROW = 10  # of 100: so much of its width is left of a character
_WHITE = re.compile(r"^(?:[fF][5-9a-fA-F]){3}$")  # or so near to it that the eye cannot tell
_FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}textFill"
_NO_FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}noFill"

# In bytes, where one of them may stand: nearly every document and sheet of styles has none.
COLOURS = tuple(map(re.compile, (rb'w:val="(?:[fF][5-9a-fA-F]){3}"', rb'<w:sz w:val="[1-4]"')))
_SIGNS = tuple(
    map(
        re.compile,
        (rb"w:strike\b", rb"w:dstrike\b", rb"w:vertAlign\b", rb"w:position\b", rb'<w:w w:val="[0-9]"', rb":noFill\b"),
    )
)
_IN_TEXT = (*_SIGNS, *COLOURS)
_IN_STYLES = (*_IN_TEXT, re.compile(rb"w:vanish\b"))

Looks = Mapping[str, str]  # by the name of a property its value


_NAMES = ("w", "strike", "dstrike", "vanish", "vertAlign", "position", "color", "sz", "shd", "highlight")


def mark_looks(body: etree._Element, content: bytes, styles: bytes) -> None:
    """Put marks around the text of runs that do not look plain. `content` and `styles` are the parts as stored."""
    of_styles = _styles(styles) if any(p.search(styles) for p in _IN_STYLES) else {}
    if not any(p.search(content) for p in _IN_TEXT) and not any(
        b'"%b"' % name.encode() in content for name in of_styles
    ):
        return
    for run in body.iter(RUN):
        looks = {**_of_paragraph(run, of_styles), **_of_run(run, of_styles)}
        if looks and (mark := _mark(looks, run)):
            mark_run(run, mark)


def mark_run(run: etree._Element, mark: Mark) -> None:
    """Put marks around the texts of a run, or of all runs inside an element."""
    for text in run.iter(TEXT):
        text.text = marked(text.text or "", mark)


def _of_run(run: etree._Element, of_styles: Mapping[str, Looks]) -> Looks:
    properties = run.find(RUN_PROPERTIES)
    if properties is None:
        return {}
    style = properties.find(word("rStyle"))
    return {**of_styles.get("" if style is None else style.get(VAL, ""), {}), **_looks(properties)}


def _of_paragraph(run: etree._Element, of_styles: Mapping[str, Looks]) -> Looks:
    if not of_styles:
        return {}
    paragraph = next(run.iterancestors(PARAGRAPH), None)
    style = None if paragraph is None else paragraph.find(f"{PARAGRAPH_PROPERTIES}/{word('pStyle')}")
    return {} if style is None else of_styles.get(style.get(VAL, ""), {})


def _looks(properties: etree._Element) -> dict[str, str]:
    found = ((name, properties.find(word(name))) for name in _NAMES)
    looks = {name: _value(name, sign) for name, sign in found if sign is not None}
    fill = properties.find(_FILL)
    return looks if fill is None or fill.find(_NO_FILL) is None else {**looks, "vanish": "1"}


def _value(name: str, sign: etree._Element) -> str:
    return sign.get(word("fill"), "auto") if name == "shd" else sign.get(VAL, "1")


def _mark(looks: Looks, run: etree._Element) -> Mark | None:
    """The strongest mark of a run; white text is hidden where nothing is shaded behind it."""
    if _is_on(looks, "vanish") or 0 < _number(looks.get("sz")) <= _TINY or 0 < _number(looks.get("w")) < _NARROW:
        return "hidden"
    if _WHITE.match(looks.get("color", "")) and not _is_shaded(looks, run):
        return "hidden"
    if _is_on(looks, "strike") or _is_on(looks, "dstrike"):
        return "struck"
    if (align := looks.get("vertAlign")) in ("superscript", "subscript"):
        return "raised" if align == "superscript" else "lowered"
    if abs(rise := _number(looks.get("position"))) >= _LEAST_RISE:
        return "raised" if rise > 0 else "lowered"
    return None


def _is_on(looks: Looks, name: str) -> bool:
    return name in looks and looks[name] not in OFF


def _is_shaded(looks: Looks, run: etree._Element) -> bool:
    """True where the run, its paragraph, cell or table has a colour behind it; a table's own style may have one."""
    if looks.get("highlight", "none") != "none" or _is_colour(looks.get("shd")):
        return True
    around = (e.find(f"{e.tag}Pr") for e in run.iterancestors(PARAGRAPH, word("tc"), word("tbl")))
    for properties in (p for p in around if p is not None):
        shade = properties.find(word("shd"))
        if shade is not None and _is_colour(shade.get(word("fill"))):
            return True
    return any(t.find(f"{word('tblPr')}/{word('tblStyle')}") is not None for t in run.iterancestors(word("tbl")))


def _is_colour(fill: str | None) -> bool:
    return fill not in (None, "auto") and not _WHITE.match(fill or "")


def _number(value: str | None) -> int:
    return int(value) if value and value.lstrip("-").isdecimal() and len(value) < 6 else 0


def _styles(content: bytes) -> dict[str, Looks]:
    """The looks of each style that has any, those of the styles that it is based on with them."""
    root = xml(content.replace(_STRICT, W.encode()), "styles.xml")
    own = {s.get(word("styleId"), ""): s for s in root.iter(word("style"))}
    found = {name: _inherited(own[base] for base in based_on(name, own)) for name in own}
    return {name: looks for name, looks in found.items() if looks}


def _inherited(chain: Iterable[etree._Element]) -> dict[str, str]:
    looks: dict[str, str] = {}
    for style in chain:
        properties = style.find(RUN_PROPERTIES)
        if properties is not None:
            looks = {**_looks(properties), **looks}
    looks.pop("sz", None)  # sizes are in every style, and none is meant to hide
    return looks if {*looks} - {"shd", "highlight", "color"} or _WHITE.match(looks.get("color", "")) else {}
