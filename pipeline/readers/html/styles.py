"""Applies the styles of a web page to its text: what is hidden, struck, raised or lowered is marked in the tree.

Looks at the attributes of elements and at the style sheets inside the page; sheets outside of it are never fetched.
Only declarations that can hide or mark text are looked at, and a page without any costs a few searches. What it shows
after its scripts have run is unknown, so a style sheet never hides all tables of a page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from lxml import etree

from pipeline.marks import BEGIN, END, OBJECT, Mark
from pipeline.readers.html.colours import is_in_colour_of_paper
from pipeline.readers.html.rules import Rule, spelled_out
from pipeline.readers.html.sheets import Sheets, Style, own_style

# What can hide or mark text: plain letters, for which a page is searched fast, and what must follow.
_MATTERS = {
    "display": r"\s*:\s*none",
    "visibility": r"\s*:",
    "opacity": r"\s*(?::\s*|\(\s*)[.0]",
    "line-through": "",
    "vertical-align": r"\s*:\s*(?:su|-?[0-9.])",
    "clip": "",
    "scale": r"(?:[xy]|3d)?\s*(?:\(|:\s*[-+]?[.0])",
    "font": r"(?:(?:-size)?\s*:\s*(?:[.0]|[12](?:\.[0-9]+)?(?:p[xt]|%))|-variant[-a-z]*\s*:\s*su)",
    "position": r"\s*:\s*[arf]",
    "indent": r"\s*:\s*-[0-9]{3}",
    "margin-": r"(?:left|top)\s*:\s*-[0-9]{3}",
    "color": r"\s*:\s*(?:white|transparent|snow|ivory|ghostw|mint|canvas|#f|#(?:[0-9a-f]{3}|[0-9a-f]{6}0)0(?![0-9a-f])"
    r"|rgba?\(\s*(?:2[0-9]{2}|9[0-9]|100%|[^)]*[,/]\s*0?\.?0)|hsl|hwb|lab|lch|okl)",
    "overflow": r"(?:-[xy])?\s*:\s*(?:hidden|clip)",
    "translate": r"[xy]?\(\s*-[0-9]{3}",
    "inset": r"\s*:\s*-[0-9]{3}",
    "-override": "",
}
_DECLARED = {word: re.compile(re.escape(word) + following) for word, following in _MATTERS.items()}
_ATTRIBUTES = {"hidden": re.compile(rb"hidden[\s=/>]"), "popover": re.compile(rb"popover[\s=/>]")}
_COLOURED = etree.XPath("boolean(descendant::font/@color)")
_IN_STYLE = re.compile("|".join(re.escape(word) + following for word, following in _MATTERS.items()), re.IGNORECASE)
_ZERO = re.compile(r"^[-+]?0*\.?0*(?:px|pt|em|rem|%|ex|cm|mm|in|pc|vw|vh)?$")
_LENGTH = re.compile(r"^([-+]?[0-9]*\.?[0-9]+)(px|pt|em|rem|%|cm|mm|in|ex|vw|vh)?$")
_POINTS = {
    "px": 0.75,
    "pt": 1.0,
    "em": 12.0,
    "rem": 12.0,
    "%": 0.12,
    "cm": 28.3,
    "mm": 2.83,
    "in": 72.0,
    "ex": 6.0,
    "vw": 8.0,
    "vh": 6.0,
    None: 0.75,
}
_FAR = -150.0  # points: what begins so far to the left or above stands outside of any page
_RAISED = 1.0  # points
TINY = 1.5  # points: a font that shows no more than dots
_FAINT = 0.05  # of 1: what is no darker is not seen
_FONT = re.compile(r"(?:^|\s)([0-9.]+(?:px|pt|em|rem|%)?)\s*(?:/|\s)")
_OF_ANOTHER = re.compile(r"^(?:[0-9.]+(?:em|ex|%)|larger|smaller|inherit|unset)$")  # a part of nothing is nothing
_SCALED_AWAY = re.compile(r"scale(?:[xy]|3d)?\(\s*[-+]?(?:0*\.)?0+\s*[,)]")
_MOVED_AWAY = re.compile(r"translate[xy]?\(\s*(-[0-9.]+[a-z%]*)")

_CELLS = ("td", "th")
_LAYS_OUT = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th"})
Styles = Mapping[etree._Element, Style]
_GONE = "template"  # the reader shows none
_CONTROLS = frozenset({"input", "select", "textarea"})  # their values are no text between tags
_VOID = frozenset({"br", "hr", "img", "script", "style", "template", "col", "colgroup", "head", "meta", "link"})


def mark_styles(root: etree._Element, page: bytes, sheets: Sheets) -> None:
    """Mark in the tree what the page does not show as plain text; what takes no place at all becomes a template.

    `page` is in small letters.
    """
    attributes = _has_attributes(root, page)
    declared = sheets.declared
    if not attributes and not any(word in declared and sign.search(declared) for word, sign in _DECLARED.items()):
        return
    styled = filter(_has_style, root.iter(etree.Element)) if attributes else sheets.with_attribute(_matters)
    own = {e: own_style(e) for e in styled}
    given = _of_sheets(sheets, own.values())
    styles = {e: sheets.with_own(e, given.get(e, {}), own.get(e, {})) for e in {**own, **given}}
    for element, style in styles.items():
        if element.tag not in _VOID and element.tag not in ("html", "body"):
            from_sheet = element in given and not _takes_no_place(own.get(element, {}))
            _apply(element, style, styles, from_sheet=from_sheet)


def _has_attributes(root: etree._Element, page: bytes) -> bool:
    """True where other attributes than `style` give a style."""
    found = (n for n, sign in _ATTRIBUTES.items() if page.rfind(n.encode()) >= 0 and sign.search(page))
    if any(root.xpath(f"boolean(//@{name})") for name in found):
        return True
    return page.rfind(b"<font") >= 0 and bool(_COLOURED(root))


def _of_sheets(sheets: Sheets, own: Collection[Style]) -> dict[etree._Element, dict[str, str]]:
    """The styles by sheets, of the properties that any rule or element uses to hide or mark something."""
    rules = [r for r in sheets.rules if not r.pseudo and _matters(_written(r.style))]
    names = {name for rule in rules for name in rule.declarations}
    if any(map(_is_invisible, own)):
        names.add("visibility")
    if any(map(is_tiny, own)) or any(is_tiny(rule.style) for rule in rules):
        names |= {"font", "font-size"}
    return sheets.styles(lambda rule: not names.isdisjoint(rule.declarations)) if names else {}


def hides(rule: Rule) -> bool:
    """True where a rule lets nothing be seen of what it is for, whatever that is."""
    return is_hidden(rule.style)


def is_hidden(style: Style) -> bool:
    """True for a style that lets nothing be seen."""
    return _takes_no_place(style) or _is_gone(style)


def _written(style: Style) -> str:
    return ";".join(f"{name}:{value}" for name, value in style.items())


def _has_style(element: etree._Element) -> bool:
    style = element.get("style")
    return (
        (style is not None and _matters(spelled_out(style)))
        or element.get("hidden") is not None
        or element.get("popover") is not None
        or (element.tag == "font" and element.get("color") is not None)
    )


@lru_cache(maxsize=4_096)
def _matters(style: str) -> bool:
    return bool(_IN_STYLE.search(style))


# ------------------------------------------------------------------------------------------------------ what they do


def _apply(element: etree._Element, style: Style, styles: Styles, *, from_sheet: bool) -> None:
    if _takes_no_place(style):
        if not (from_sheet and _holds_all_tables(element)):
            _take_out(element)
    elif element.tag == "table" or element.find(".//table") is not None:
        return  # of a page's larger parts only what takes no place is not there
    elif "override" in style.get("unicode-bidi", "") and "rtl" in (
        style.get("direction"),
        element.get("dir", "").lower(),
    ):
        element.text = OBJECT + (element.text or "")  # digits from right to left
    elif (undone_by := _unseen(element, style)) is not None:
        if element.tag in _CONTROLS:
            element.tag = _GONE
        else:
            _hide(element, undone_by, styles)
    elif "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", ""):
        mark(element, "struck")
    elif element.tag not in _LAYS_OUT and (moved := _moved(style)):
        mark(element, moved)


def _takes_no_place(style: Style) -> bool:
    return style.get("display") == "none"


def _holds_all_tables(element: etree._Element) -> bool:
    """True where no table would be left without the element: then scripts show it."""
    inside = sum(1 for _ in element.iter("table"))
    return inside > 0 and inside == sum(1 for _ in element.getroottree().getroot().iter("table"))


def _take_out(element: etree._Element) -> None:
    """Inside a cell it is kept under a mark, so that an issue can name what was left out."""
    in_cell = element.tag not in _LAYS_OUT | _CONTROLS and next(element.iterancestors(*_CELLS), None) is not None
    if in_cell and element.find(".//table") is None:
        mark(element, "hidden")
    else:
        element.tag = _GONE


def _unseen(element: etree._Element, style: Style) -> str | None:
    """For text that takes its place but is not seen, the property by which a part of it may be; '' where none may."""
    if _is_invisible(style):
        return "visibility"
    if is_tiny(style):
        return "font-size"
    if _is_gone(style):
        return ""
    return "color" if _is_in_colour_of_paper(element, style) else None


def _hide(element: etree._Element, undone_by: str, styles: Styles) -> None:
    """Mark the text of an element as hidden, but for the parts inside whose own style shows them again."""
    again = {e for e in element.iterdescendants(etree.Element) if _undoes(e, undone_by, styles)} if undone_by else set()
    if not again:
        mark(element, "hidden")
        return
    waiting = [element]
    while waiting:
        hidden = waiting.pop()
        hidden.text = _in_marks(hidden.text)
        for child in hidden:
            child.tail = _in_marks(child.tail)
            if isinstance(child.tag, str) and child.tag not in _VOID and child not in again:
                waiting.append(child)


def _undoes(element: etree._Element, name: str, styles: Styles) -> bool:
    """True where the style of an element shows what one around it hides by a property."""
    style = styles.get(element)
    if style is None:
        style = own_style(element) if element.get("style") else {}
    if name == "visibility":
        return style.get(name) == "visible"
    value = size_of(style) if name == "font-size" else style.get(name)
    return bool(value) and not _OF_ANOTHER.match(value or "")


def _in_marks(text: str | None) -> str:
    return f"{BEGIN['hidden']}{text}{END}" if text and text.strip() else text or ""


def is_tiny(style: Style) -> bool:
    """True for a font so small that no character of it is seen."""
    size = size_of(style)
    if not size:
        return False
    high = points(size)
    return bool(_ZERO.match(size)) or (high is not None and high <= TINY)


def _is_invisible(style: Style) -> bool:
    return style.get("visibility") in ("hidden", "collapse")


def size_of(style: Style) -> str | None:
    """The size of letters as a style writes it; None where it says nothing."""
    size = style.get("font-size")
    if size is None and (found := _FONT.search(style.get("font", ""))):
        size = found[1]
    return size


def _is_gone(style: Style) -> bool:
    """True where no part of an element is seen, nor of anything inside."""
    if _is_invisible(style) or style.get("content-visibility") == "hidden":
        return True
    faint = _is_faint(style.get("opacity", "1")) or "opacity(0" in style.get("filter", "")
    return faint or _is_off_screen(style) or _is_clipped(style)


def _is_faint(opacity: str) -> bool:
    share = opacity.removesuffix("%")
    if not share.replace(".", "", 1).isdecimal():
        return False
    return float(share) / (100 if opacity.endswith("%") else 1) <= _FAINT


def _is_off_screen(style: Style) -> bool:
    names = ["text-indent", "margin-left", "margin-top"]
    if style.get("position") in ("absolute", "fixed", "relative"):
        names += ["left", "top", "right", "bottom", "inset"]
    lengths = [style[n].split(" ")[0] for n in names if n in style]
    lengths += _MOVED_AWAY.findall(style.get("transform", ""))
    return any((far := points(length)) is not None and far <= _FAR for length in lengths)


def _is_clipped(style: Style) -> bool:
    clip = style.get("clip", "") + style.get("clip-path", "")
    if re.search(r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?|inset\(\s*(?:50|100)%|circle\(\s*0", clip):
        return True
    if _SCALED_AWAY.search(style.get("transform", "")) or _ZERO.match(style.get("scale", "1")):
        return True
    cut = any(w in style.get(n, "") for n in ("overflow", "overflow-x", "overflow-y") for w in ("hidden", "clip"))
    return cut and any(_is_nothing(style[n]) for n in ("height", "width", "max-height", "max-width") if n in style)


def _is_nothing(length: str) -> bool:
    """True for the size of a box in which no character fits."""
    return bool(_ZERO.match(length)) or length in ("1px", "1pt")


def _is_in_colour_of_paper(element: etree._Element, style: Style) -> bool:
    written = style.get("-webkit-text-fill-color") or style.get("color")
    if not written or element.tag in _LAYS_OUT - set(_CELLS):
        return False
    return is_in_colour_of_paper(written, element, style)


def _moved(style: Style) -> Mark | None:
    """Raised or lowered by its alignment, or by moving it up or down as Word's pages do."""
    align = style.get("vertical-align", "")
    if align in ("super", "sub"):
        return "raised" if align == "super" else "lowered"
    if style.get("font-variant-position", style.get("font-variant")) in ("super", "sub"):
        return "raised" if "super" in (style.get("font-variant-position"), style.get("font-variant")) else "lowered"
    moved = (points(style.get("bottom")) or 0.0) - (points(style.get("top")) or 0.0)
    up = points(align) or moved * (style.get("position") == "relative")
    if abs(up) < _RAISED:
        return None
    return "raised" if up > 0 else "lowered"


@lru_cache(maxsize=1_024)
def points(value: str | None) -> float | None:
    """A length in points, as letters of 12 points have it; None for what is no length."""
    found = _LENGTH.match(value) if value else None
    return float(found[1]) * _POINTS[found[2]] if found else None


# -------------------------------------------------------------------------------------------------------------- marks


def mark(element: etree._Element, kind: Mark) -> None:
    """Put the marks around the text of an element; of rows and their groups around that of each cell."""
    if element.tag in _LAYS_OUT and element.tag not in _CELLS:
        for cell in element.iter(*_CELLS):
            mark(cell, kind)
        return
    element.text = BEGIN[kind] + (element.text or "")
    last = element[-1] if len(element) else None
    if last is None:
        element.text += END
    else:
        last.tail = (last.tail or "") + END
