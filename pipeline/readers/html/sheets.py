"""The rules of a page's own style sheets and of the attributes of its elements: which hold on a screen, and for what.

Sheets outside of the page are never fetched. What a rule does to text is for `styles`, `apart` and `generated`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

from cssselect import GenericTranslator, SelectorError, parse
from cssselect.parser import Selector
from lxml import etree

MAX_RULES = 2_000
MAX_MATCHES = 50_000

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_BRACE = re.compile(r"[{};]")
_WIDE = r"\(\s*(?:min-width\s*:|width\s*>=?)\s*[0-9]{1,3}(?:\.[0-9]+)?px\s*\)"  # so wide is every screen
_SHOWN_AT = re.compile(
    rf"@(?:media\s+(?:only\s+)?(?:(?:screen|all)(?:\s+and\s+{_WIDE})?|{_WIDE})\s*$|media{_WIDE}$"
    rf"|media\s+not\s+print\s*$|container\b[^(]*{_WIDE}\s*$|supports\b(?!\s*not\b)|layer\b)",
    re.IGNORECASE,
)
_STATE = re.compile(r"::?(?:hover|focus|active|visited|link|checked|target|placeholder|selection)")

Style = Mapping[str, str]


class Rule(NamedTuple):
    """A rule of a style sheet: its selector, and its declarations with whether each outweighs others."""

    selector: Selector
    declarations: dict[str, tuple[bool, str]]

    @property
    def pseudo(self) -> str:
        """The part of an element that the rule is for, as `before`; '' where it is for the element itself."""
        return str(self.selector.pseudo_element or "")

    @property
    def style(self) -> dict[str, str]:
        """The values of the declarations by their names."""
        return {name: value for name, (_, value) in self.declarations.items()}


class Sheets:
    """The style sheets in a page, read where somebody asks for a rule."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._translator = GenericTranslator()
        self._important: set[tuple[etree._Element, str]] = set()

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that hold on a screen, in their order."""
        sheets = (s for s in self._root.iter("style") if _is_for_screens(s))
        return [r for sheet in sheets for r in _rules(_COMMENT.sub("", sheet.text or ""))]

    def selected(self, rule: Rule) -> Iterable[etree._Element]:
        """The elements that a rule is for."""
        try:
            found = self._root.xpath(self._translator.selector_to_xpath(rule.selector))
        except (SelectorError, etree.XPathError):
            return ()
        return [e for e in found if isinstance(e, etree._Element)] if isinstance(found, list) else ()

    def styles(self, wanted: Callable[[Rule], bool]) -> dict[etree._Element, dict[str, str]]:
        """The styles that some of the rules give to elements: the later and more specific rule counts."""
        found: dict[etree._Element, dict[str, str]] = {}
        weights: dict[tuple[etree._Element, str], tuple[bool, tuple[int, int, int]]] = {}
        matches = 0
        for rule in (r for r in self.rules if not r.pseudo and wanted(r)):
            for element in self.selected(rule):
                matches += 1
                if matches > MAX_MATCHES:
                    return found
                for name, (important, value) in rule.declarations.items():
                    weight = important, rule.selector.specificity()
                    if weight >= weights.get((element, name), (False, (0, 0, 0))):
                        weights[element, name] = weight
                        if important:
                            self._important.add((element, name))
                        found.setdefault(element, {})[name] = value
        return found

    def with_own(self, element: etree._Element, given: Style, own: Style) -> dict[str, str]:
        """The styles that `styles` has given to an element, with its own, which outweigh all but important ones."""
        return {**given, **{name: v for name, v in own.items() if (element, name) not in self._important}}


def _is_for_screens(sheet: etree._Element) -> bool:
    """False for a sheet of another language, for print, for narrow screens, or where there are no scripts."""
    kind = (sheet.get("type") or "text/css").strip().lower()
    media = (sheet.get("media") or "all").strip()
    return (
        kind == "text/css"
        and any(_SHOWN_AT.match(f"@media {medium.strip()}") for medium in media.split(","))
        and next(sheet.iterancestors("noscript"), None) is None
    )


@lru_cache(maxsize=4_096)
def declared(text: str) -> dict[str, tuple[bool, str]]:
    """The declarations of a rule or an attribute: by property whether it is important, and its value."""
    found: dict[str, tuple[bool, str]] = {}
    for declaration in text.lower().split(";"):
        name, colon, value = declaration.partition(":")
        important = "!important" in value
        if colon and (important or not found.get(name.strip(), (False,))[0]):
            found[name.strip()] = important, value.replace("!important", "").strip()
    return found


def own_style(element: etree._Element) -> dict[str, str]:
    """The style that the attributes of an element give it."""
    style = {name: value for name, (_, value) in declared(element.get("style") or "").items()}
    if element.get("hidden") is not None or element.get("popover") is not None:
        style.setdefault("display", "none")
    if element.tag == "font" and element.get("color"):
        style.setdefault("color", (element.get("color") or "").strip().lower())
    return style


def _rules(sheet: str) -> Iterator[Rule]:
    """The rules that hold on a screen; those whose selector asks for a state or cannot be read are left out."""
    at, inside, count = 0, list[bool](), 0
    for brace in _BRACE.finditer(sheet):
        text = sheet[at : brace.start()]
        if brace[0] == "{":
            prelude = text.strip()
            if prelude.startswith("@"):
                inside.append(bool(_SHOWN_AT.match(prelude)))
                at = brace.end()
            else:
                end = sheet.find("}", brace.end())
                if all(inside) and end > 0 and not _STATE.search(prelude):
                    count += 1
                    if count > MAX_RULES:
                        return
                    yield from _of_selectors(prelude, sheet[brace.end() : end])
                inside.append(True)
        elif brace[0] == "}" and inside:
            inside.pop()
        at = brace.end()


def _of_selectors(prelude: str, body: str) -> Iterator[Rule]:
    declarations = declared(body)
    if not declarations:
        return
    try:
        for selector in parse(prelude):
            yield Rule(selector, declarations)
    except SelectorError:
        return
