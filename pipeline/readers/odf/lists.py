"""The automatic numbers of an OpenDocument text, counted as its lists say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from pipeline.readers.odf.package import STYLE, TEXT, Styles
from pipeline.readers.word.numbering import MAX_LEVEL, Level, Numbered, Numbering

_LOEXT = "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"
_NAME = f"{{{STYLE}}}name"
_PLACE = re.compile(r"%([1-9])%")
_WRITINGS = MappingProxyType(
    {
        "1": "decimal",
        "a": "lowerLetter",
        "A": "upperLetter",
        "i": "lowerRoman",
        "I": "upperRoman",
        "一": "chineseCountingThousand",
        "壹": "chineseLegalSimplified",
        "①": "decimalEnclosedCircle",
        "１": "decimalFullWidth",
        "甲": "ideographTraditional",
        "子": "ideographZodiac",
        "": "none",
    }
)


def _t(name: str) -> str:
    return f"{{{TEXT}}}{name}"


@dataclass(slots=True)
class Lists:
    """The lists of a text as they are met. A list may say that it goes on counting from the one before of its style."""

    styles: Styles
    _levels: dict[str, dict[int, Level]] = field(init=False)
    _numbering: Numbering = field(init=False)
    _lists: dict[str, Numbered] = field(default_factory=dict, init=False)
    _definitions: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Read the styles of lists."""
        self._levels = {s.get(_NAME, ""): _levels(s) for s in self.styles.lists()}
        self._numbering = Numbering(self._lists)

    def begin(self, element: etree._Element, style: str) -> str:
        """The name of a list that begins, by the element and the style of it or of the list that it stands in."""
        name = f"{style}#{len(self._lists)}"
        goes_on = element.get(_t("continue-numbering")) == "true" or element.get(_t("continue-list"))
        definition = self._definitions.get(style, name) if goes_on else name
        self._definitions[style] = definition
        self._lists[name] = Numbered(definition, self._levels.get(style, {}))
        return name

    def ordinal(self, name: str, level: int) -> str:
        """The ordinal of the next item of a list, '' where it has none; levels count from 0."""
        return self._numbering.ordinal(name, min(level, MAX_LEVEL)) if name else ""


def _levels(style: etree._Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for element in style:
        number = element.get(_t("level"), "")
        if number in tuple("123456789"):
            found[int(number) - 1] = _level(element, int(number))
    return found


def _level(element: etree._Element, number: int) -> Level:
    if element.tag != _t("list-level-style-number"):
        return Level(writing="bullet")
    sign = element.get(f"{{{STYLE}}}num-format", "")[:1]
    start = element.get(_t("start-value"), "1")
    return Level(
        int(start) if start.isdecimal() and len(start) < 6 else 1,
        _WRITINGS.get(sign, "unknown"),
        _PLACE.sub(r"%\1", element.get(f"{{{_LOEXT}}}num-list-format", "")) or _text(element.attrib, number),
    )


def _text(attributes: Mapping[str, str] | etree._Attrib, number: int) -> str:
    """The text of a level around its numerals: %1 and so on stand for these."""
    shown = attributes.get(_t("display-levels"), "1")
    levels = int(shown) if shown in tuple("123456789") else 1
    numerals = ".".join(f"%{n}" for n in range(max(1, number - levels + 1), number + 1))
    affix = (attributes.get(f"{{{STYLE}}}num-{name}", "") for name in ("prefix", "suffix"))
    return f"{next(affix)}{numerals}{next(affix)}"
