"""Applies the styles of a web page to its text: what is hidden, struck, raised or lowered is marked in the tree.

Looks at the attributes of elements and at the style sheets inside the page; sheets outside of it are never fetched.
Only declarations that can hide or mark text are looked at, and a page without any costs one search. What a page shows
after its scripts have run is unknown, so a style sheet never hides all tables of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from cssselect import GenericTranslator, SelectorError, parse
from cssselect.parser import Selector
from lxml import etree

from pipeline.marks import BEGIN, END, Mark

MAX_RULES = 2_000  # of those that may hide or mark something
MAX_MATCHES = 50_000

# What can hide or mark text: plain letters, for which a page is searched fast, and what must follow.
_MATTERS = {
    "display": r"\s*:\s*none",
    "visibility": r"\s*:",
    "opacity": r"\s*:\s*[.0]",
    "line-through": "",
    "vertical-align": r"\s*:\s*(?:su|-?[0-9.])",
    "clip": "",
    "scale(": "",
    "font-size": r"\s*:\s*[.0]",
    "position": r"\s*:\s*[arf]",
    "indent": r"\s*:\s*-[0-9]{3}",
    "margin-left": r"\s*:\s*-[0-9]{3}",
    "margin-top": r"\s*:\s*-[0-9]{3}",
    "color": r"\s*:\s*(?:white|transparent|#f|rgba?\(\s*2[0-9]{2})",
    "overflow": r"\s*:\s*(?:hidden|clip)",
}
_IN_PAGE = tuple(
    re.compile((re.escape(word) + following).encode())
    for word, following in (*_MATTERS.items(), (" hidden", r"[\s=>]"), ("color=", r"\s*[\"']?(?:white|#f)"))
)
_IN_STYLE = re.compile("|".join(re.escape(word) + following for word, following in _MATTERS.items()), re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_BRACE = re.compile(r"[{};]")
_SHOWN_MEDIA = re.compile(r"@media\s+(?:only\s+)?(?:screen|all)\s*$", re.IGNORECASE)
_PSEUDO = re.compile(
    r"::?(?:before|after|hover|focus|active|visited|link|checked|target|first-l|placeholder|selection)"
)

_ZERO = re.compile(r"^[-+]?0*\.?0*(?:px|pt|em|rem|%|ex|cm|mm|in|pc|vw|vh)?$")
_LENGTH = re.compile(r"^([-+]?[0-9]*\.?[0-9]+)(px|pt|em|rem|%|cm|mm|in|ex)?$")
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
    None: 0.75,
}
_FAR = -150.0  # points: what begins so far to the left or above stands outside of any page
_RAISED = 1.0  # points
_LIKE = 10  # of 255: colours this near to each other are one to the eye
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240)}
_HEX = re.compile(r"^#([0-9a-f]{3}|[0-9a-f]{6})$")
_RGB = re.compile(r"^rgba?\(\s*([0-9]+)[\s,]+([0-9]+)[\s,]+([0-9]+)\s*(?:[,/]\s*([0-9.]+%?)\s*)?\)$")

_CELLS = ("td", "th")
_LAYS_OUT = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th"})
_GONE = "template"  # the reader shows none
_VOID = frozenset(
    {"br", "hr", "img", "input", "script", "style", "template", "col", "colgroup", "head", "meta", "link"}
)

Style = Mapping[str, str]


class _Rule(NamedTuple):
    """A rule of a style sheet: its selector, and those of its declarations that matter, with what outweighs others."""

    selector: Selector
    declarations: dict[str, tuple[bool, str]]


def mark_styles(root: etree._Element, page: bytes) -> None:
    """Mark in the tree what the page does not show as plain text; what takes no place at all becomes a template."""
    page = page.lower()
    if not any(pattern.search(page) for pattern in _IN_PAGE):
        return
    own = {e: _own_style(e) for e in root.iter() if _has_style(e)}
    sheets = _of_sheets(root)
    for element in {**own, **sheets}:
        if element.tag not in _VOID and element.tag not in ("html", "body"):
            style = {**sheets.get(element, {}), **own.get(element, {})}
            _apply(element, style, from_sheet=element in sheets and not _takes_no_place(own.get(element, {})))


def _has_style(element: etree._Element) -> bool:
    style = element.get("style")
    return (
        (style is not None and _matters(style))
        or element.get("hidden") is not None
        or (element.tag == "font" and element.get("color") is not None)
    )


@lru_cache(maxsize=4_096)
def _matters(style: str) -> bool:
    return bool(_IN_STYLE.search(style))


def _own_style(element: etree._Element) -> dict[str, str]:
    style = {name: value for name, (_, value) in _declared(element.get("style") or "").items()}
    if element.get("hidden") is not None:
        style.setdefault("display", "none")
    if element.tag == "font" and element.get("color"):
        style.setdefault("color", (element.get("color") or "").strip().lower())
    return style


@lru_cache(maxsize=4_096)
def _declared(text: str) -> dict[str, tuple[bool, str]]:
    """The declarations of a rule or an attribute: by property whether it is important, and its value."""
    found: dict[str, tuple[bool, str]] = {}
    for declaration in text.lower().split(";"):
        name, colon, value = declaration.partition(":")
        important = "!important" in value
        if colon and (important or not found.get(name.strip(), (False,))[0]):
            found[name.strip()] = important, value.replace("!important", "").strip()
    return found


# -------------------------------------------------------------------------------------------------------- style sheets


def _of_sheets(root: etree._Element) -> dict[etree._Element, dict[str, str]]:
    """The styles that the page's own sheets give to elements: the later and more specific rule counts."""
    rules = [r for sheet in root.iter("style") for r in _rules(_COMMENT.sub("", sheet.text or ""))]
    names = {name for r in rules if _matters(_written(r.declarations)) for name in r.declarations}
    if not names:
        return {}
    translator = GenericTranslator()
    found: dict[etree._Element, dict[str, str]] = {}
    weights: dict[tuple[etree._Element, str], tuple[bool, tuple[int, int, int]]] = {}
    matches = 0
    for rule in (r for r in rules if names & r.declarations.keys()):
        for element in _selected(root, rule.selector, translator):
            matches += 1
            if matches > MAX_MATCHES:
                return found
            for name, (important, value) in rule.declarations.items():
                weight = important, rule.selector.specificity()
                if weight >= weights.get((element, name), (False, (0, 0, 0))):
                    weights[element, name] = weight
                    found.setdefault(element, {})[name] = value
    return found


def _written(declarations: Mapping[str, tuple[bool, str]]) -> str:
    return ";".join(f"{name}:{value}" for name, (_, value) in declarations.items())


def _rules(sheet: str) -> Iterator[_Rule]:
    """The rules that hold on a screen; those whose selector asks for a state or cannot be read are left out."""
    at, inside, count = 0, list[bool](), 0
    for brace in _BRACE.finditer(sheet):
        text = sheet[at : brace.start()]
        if brace[0] == "{":
            prelude = text.strip()
            if prelude.startswith("@"):
                inside.append(bool(_SHOWN_MEDIA.match(prelude)))
                at = brace.end()
            else:
                end = sheet.find("}", brace.end())
                if all(inside) and end > 0 and not _PSEUDO.search(prelude):
                    count += 1
                    if count > MAX_RULES:
                        return
                    yield from _of_selectors(prelude, sheet[brace.end() : end])
                inside.append(True)
        elif brace[0] == "}" and inside:
            inside.pop()
        at = brace.end()


def _of_selectors(prelude: str, body: str) -> Iterator[_Rule]:
    declarations = _declared(body)
    if not declarations:
        return
    try:
        for selector in parse(prelude):
            yield _Rule(selector, declarations)
    except SelectorError:
        return


def _selected(root: etree._Element, selector: Selector, translator: GenericTranslator) -> Iterable[etree._Element]:
    try:
        found = root.xpath(translator.selector_to_xpath(selector))
    except (SelectorError, etree.XPathError):
        return ()
    return [e for e in found if isinstance(e, etree._Element)] if isinstance(found, list) else ()


# ------------------------------------------------------------------------------------------------------ what they do


def _apply(element: etree._Element, style: Style, *, from_sheet: bool) -> None:
    if _takes_no_place(style):
        if not (from_sheet and _holds_all_tables(element)):
            _take_out(element)
    elif element.tag == "table" or element.find(".//table") is not None:
        return  # of a page's larger parts only what takes no place is not there
    elif _is_unseen(element, style):
        _mark(element, "hidden")
    elif "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", ""):
        _mark(element, "struck")
    elif element.tag not in _LAYS_OUT and (moved := _moved(style)):
        _mark(element, moved)


def _takes_no_place(style: Style) -> bool:
    return style.get("display") == "none"


def _holds_all_tables(element: etree._Element) -> bool:
    """True where no table would be left without the element: then scripts show it."""
    inside = sum(1 for _ in element.iter("table"))
    return inside > 0 and inside == sum(1 for _ in element.getroottree().getroot().iter("table"))


def _take_out(element: etree._Element) -> None:
    """Inside a cell it is kept under a mark, so that an issue can name what was left out."""
    in_cell = element.tag not in _LAYS_OUT and next(element.iterancestors(*_CELLS), None) is not None
    if in_cell and element.find(".//table") is None:
        _mark(element, "hidden")
    else:
        element.tag = _GONE


def _is_unseen(element: etree._Element, style: Style) -> bool:
    """True for text that takes its place but is not seen, and that nothing inside makes visible again."""
    size = style.get("font-size", "")
    if style.get("visibility") in ("hidden", "collapse"):
        return not _inside(element, "visibility")
    if size and _ZERO.match(size):
        return not _inside(element, "font-size")
    return (
        bool(_ZERO.match(style.get("opacity", "1")))
        or _is_off_screen(style)
        or _is_clipped(style)
        or _is_in_colour_of_paper(element, style)
    )


def _inside(element: etree._Element, name: str) -> bool:
    """True where an element inside declares the property for itself."""
    return any(name in _declared(e.get("style") or "") for e in element.iterdescendants(etree.Element))


def _is_off_screen(style: Style) -> bool:
    names = ["text-indent"]
    if style.get("position") in ("absolute", "fixed", "relative"):
        names += ["left", "top", "right", "bottom"]
    names += ["margin-left", "margin-top"]
    return any((points := _points(style.get(name))) is not None and points <= _FAR for name in names)


def _is_clipped(style: Style) -> bool:
    clip = style.get("clip", "") + style.get("clip-path", "")
    if re.search(r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?|inset\(\s*(?:50|100)%|circle\(\s*0", clip):
        return True
    if re.search(r"scale\(\s*0(?:\.0*)?\s*[,)]", style.get("transform", "")):
        return True
    cut = style.get("overflow", "") in ("hidden", "clip") or style.get("overflow-x", "") == "hidden"
    return cut and any(_ZERO.match(style[n]) for n in ("height", "width", "max-height", "max-width") if n in style)


def _moved(style: Style) -> Mark | None:
    """Raised or lowered by its alignment, or by moving it up or down as Word's pages do."""
    align = style.get("vertical-align", "")
    if align in ("super", "sub"):
        return "raised" if align == "super" else "lowered"
    up = _points(align) or -(_points(style.get("top")) or 0.0) * (style.get("position") == "relative")
    if abs(up) < _RAISED:
        return None
    return "raised" if up > 0 else "lowered"


@lru_cache(maxsize=1_024)
def _points(value: str | None) -> float | None:
    found = _LENGTH.match(value) if value else None
    return float(found[1]) * _POINTS[found[2]] if found else None


# ------------------------------------------------------------------------------------------------------------ colours

Colour = tuple[int, int, int]


def _is_in_colour_of_paper(element: etree._Element, style: Style) -> bool:
    written = style.get("color")
    if not written or element.tag in _LAYS_OUT - set(_CELLS):
        return False
    if written == "transparent":
        return True
    colour = _colour(written)
    if colour is None or _inside(element, "color"):
        return False
    paper = _paper(element, style)
    return paper is not None and all(abs(a - b) <= _LIKE for a, b in zip(colour, paper, strict=True))


def _paper(element: etree._Element, style: Style) -> Colour | None:
    """The colour behind an element; None where an image or a sheet outside of the page may give another."""
    behind = (_own_style(e) | {"bgcolor": e.get("bgcolor") or ""} for e in element.iterancestors())
    for found in ({**style, "bgcolor": element.get("bgcolor") or ""}, *behind):
        written = found.get("background-color") or found.get("background") or found["bgcolor"].lower()
        if written and written not in ("transparent", "none", "initial", "inherit"):
            return _colour(written.split()[0] if "(" not in written else written)
    root = element.getroottree().getroot()
    if any("stylesheet" in (e.get("rel") or "").lower() for e in root.iter("link")):
        named = (e for e in (element, *element.iterancestors()) if e.get("class") or e.get("id"))
        if next(named, None) is not None:
            return None
    return _NAMED["white"]


@lru_cache(maxsize=256)
def _colour(written: str) -> Colour | None:
    if written in _NAMED:
        return _NAMED[written]
    if found := _HEX.match(written):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * d for d in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _RGB.match(written):
        return (int(found[1]), int(found[2]), int(found[3])) if found[4] is None or not _ZERO.match(found[4]) else None
    return None


# -------------------------------------------------------------------------------------------------------------- marks


def _mark(element: etree._Element, mark: Mark) -> None:
    """Put the marks around the text of an element; of rows and their groups around that of each cell."""
    if element.tag in _LAYS_OUT and element.tag not in _CELLS:
        for cell in element.iter(*_CELLS):
            _mark(cell, mark)
        return
    element.text = BEGIN[mark] + (element.text or "")
    last = element[-1] if len(element) else None
    if last is None:
        element.text += END
    else:
        last.tail = (last.tail or "") + END
