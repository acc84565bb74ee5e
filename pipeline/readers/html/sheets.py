"""The rules of a page's own style sheets and of the attributes of its elements: which hold on a screen, and for what.

Sheets outside of the page are never fetched. What a rule does to text is for `styles`, `apart` and `generated`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from html import unescape

from cssselect import HTMLTranslator, SelectorError, parse
from cssselect.parser import Selector
from lxml import etree

from pipeline.readers.html.rules import (
    COMMENT,
    PSEUDO,
    Layer,
    Reader,
    Rule,
    declared,
    is_for_screens,
    spelled_out,
    with_letters,
    written_in,
)

MAX_MATCHES = 50_000
_TRANSLATOR = HTMLTranslator()
_STYLES = etree.XPath("//@style")
# As most pages write them first: there are thousands.
_STYLE = re.compile(rb"style(?:=\"[^\"]*\"|\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))")

Style = Mapping[str, str]


class Sheets:
    """The style sheets in a page, read where somebody asks for a rule."""

    def __init__(self, root: etree._Element, page: bytes) -> None:
        """`page` is what `root` was made of, in small letters."""
        self._root = root
        self._page = page
        self._important: set[tuple[etree._Element, str]] = set()

    @cached_property
    def declared(self) -> str:
        """All that attributes and sheets declare, in small letters: what is not in it is the style of nothing."""
        written = COMMENT.sub("", self.text).lower()
        return f"{self.attributes}\n{written}\n{self._unpacked if self.are_packed else ''}"

    @cached_property
    def are_packed(self) -> bool:
        """True where what a sheet declares is not written out in it."""
        return "data:text/css" in self.text or "/**/" in self.text or any(s.tag == "link" for s in self._elements)

    @property
    def _unpacked(self) -> str:
        return "\n".join(f"{name}:{value}" for r in self._all for name, value in r.style.items())

    @cached_property
    def attributes(self) -> str:
        """The styles that attributes give, spelled out, each once: a search for all costs more than that."""
        written = b"\n".join(dict.fromkeys(_STYLE.findall(self._page))).decode("utf-8", "replace")
        return spelled_out(unescape(written) if "&" in written else written).lower()

    def with_attribute(self, wanted: Callable[[str], bool]) -> list[etree._Element]:
        """The elements, in their order, that have an attribute with a wanted style."""
        told = {style for style in dict.fromkeys(self._attributes) if wanted(spelled_out(style))}
        return elements([a.getparent() for a in self._attributes if a in told] if told else None)

    @cached_property
    def _attributes(self) -> list[etree._ElementUnicodeResult]:
        found = _STYLES(self._root)
        return [a for a in found if isinstance(a, etree._ElementUnicodeResult)] if isinstance(found, list) else []

    @cached_property
    def _elements(self) -> list[etree._Element]:
        return [s for s in self._root.iter("style", "link") if s.tag == "style" or _is_sheet(s)]

    @cached_property
    def text(self) -> str:
        """The sheets as they are written."""
        return "\n".join(map(_text_of, self._elements))

    @cached_property
    def _all(self) -> list[Rule]:
        reader = Reader()
        return [r for s in self._elements if _is_for_screens(s) for r in reader.rules(_text_of(s))]

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that hold on every screen, in their order."""
        return [r for r in self._all if r.certain]

    def doubtful(self, wanted: Callable[[Rule], bool]) -> Iterator[tuple[Rule, Iterable[etree._Element]]]:
        """Some of the rules of which nobody can say whether they hold, each with the elements that it may be for."""
        for rule in self._all:
            if not rule.pseudo and wanted(rule) and (not rule.certain or self._path(rule) is None):
                yield rule, self._may_select(rule)

    def selected(self, rule: Rule) -> Iterable[etree._Element]:
        """The elements that a rule is for."""
        path = self._path(rule)
        return () if path is None else self._found(path)

    def _path(self, rule: Rule) -> str | None:
        """Where a rule looks; None for a selector that cannot be followed here."""
        try:
            return _path_of(rule.selector)
        except SelectorError:
            return None

    def _found(self, path: str) -> list[etree._Element]:
        try:
            found = self._root.xpath(path)
        except etree.XPathError:
            return []
        return elements(found)

    def _may_select(self, rule: Rule) -> list[etree._Element]:
        """What a rule is for if all states that it asks for are there."""
        path = self._path(rule)
        return self.chosen(rule.selector.canonical()) if path is None else self._found(path)

    def chosen(self, selector: str) -> list[etree._Element]:
        """What a selector in a script or a sheet is for; without the states in it where these are unknown."""
        for written in (selector, PSEUDO.sub("", selector)):
            try:
                paths = [_path_of(s) for s in parse(written)]
            except SelectorError:
                continue
            return [e for path in paths for e in self._found(path)]
        return []

    def styles(
        self, wanted: Callable[[Rule], bool], among: Container[etree._Element] | None = None
    ) -> dict[etree._Element, dict[str, str]]:
        """The styles that some of the rules give to elements: the later and more specific rule counts."""
        found: dict[etree._Element, dict[str, str]] = {}
        weights: dict[tuple[etree._Element, str], tuple[bool, Layer, tuple[int, int, int]]] = {}
        matches = 0
        for rule in (r for r in self.rules if not r.pseudo and wanted(r)):
            declared = [(n, v, rule.weight(important=i)) for n, (i, v) in rule.declarations.items()]
            important = [n for n, (i, _) in rule.declarations.items() if i]
            for element in self.selected(rule):
                matches += 1
                if matches > MAX_MATCHES:
                    return found
                self._important.update((element, name) for name in important)
                if among is not None and element not in among:
                    continue
                style = found.setdefault(element, {})
                for name, value, weight in declared:
                    if name not in style or weight >= weights[element, name]:
                        weights[element, name] = weight
                        style[name] = value
        return found

    def with_own(self, element: etree._Element, given: Style, own: Style) -> dict[str, str]:
        """The styles that `styles` has given to an element, with its own, which outweigh all but important ones."""
        return {**given, **{name: v for name, v in own.items() if (element, name) not in self._important}}


def elements(found: object) -> list[etree._Element]:
    """The elements among what a path has found."""
    return [e for e in found if isinstance(e, etree._Element)] if isinstance(found, list) else []


@lru_cache(maxsize=2_048)
def _path_of(selector: Selector) -> str:
    return _TRANSLATOR.selector_to_xpath(selector)


def _is_sheet(link: etree._Element) -> bool:
    """True for a link to a sheet that its address holds itself."""
    return "stylesheet" in (link.get("rel") or "").lower() and bool(written_in(link.get("href") or ""))


def _text_of(sheet: etree._Element) -> str:
    return with_letters(written_in(sheet.get("href") or "") if sheet.tag == "link" else sheet.text or "")


def _is_for_screens(sheet: etree._Element) -> bool:
    """False for a sheet of another language, for print, for narrow screens, or where there are no scripts."""
    kind = (sheet.get("type") or "text/css").strip().lower()
    media = (sheet.get("media") or "all").strip()
    return kind == "text/css" and is_for_screens(media) and next(sheet.iterancestors("noscript"), None) is None


def own_style(element: etree._Element) -> dict[str, str]:
    """The style that the attributes of an element give it."""
    style = {name: value for name, (_, value) in declared(element.get("style") or "").items()}
    if element.get("hidden") is not None or element.get("popover") is not None:
        style.setdefault("display", "none")
    if element.tag == "font" and element.get("color"):
        style.setdefault("color", (element.get("color") or "").strip().lower())
    return style
