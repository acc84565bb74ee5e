"""The XML parts of an OpenDocument file, and the looks that its styles give to text and cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from pipeline.marks import Mark
from pipeline.readers.archive import Archive, xml
from pipeline.readers.refused import Refused
from pipeline.readers.word.shades import WHITE, is_like

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
FO = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"

_MOST_PARENTS = 20
_TINY = 2.0  # points
_NARROW = 10  # of 100: so much of its width is left of a character
_SIZE = re.compile(r"^([0-9.]{1,9})pt$")
_OPACITY = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}opacity"
_FAINT = 5  # of 100: so little of its colour a text may have and not be seen
_COLOUR_WRITTEN = re.compile(r"^#[0-9a-fA-F]{6}$")
_COLOUR, _BEHIND = f"{{{FO}}}color", f"{{{FO}}}background-color"
_AUTOMATIC = f"{{{STYLE}}}use-window-font-color"
_USUAL = "Standard"  # the style of a paragraph that names none
# The properties that put a colour behind what has a style, by the family of it.
_PAPERS = {
    "text": "text-properties",
    **{family: f"{family}-properties" for family in ("paragraph", "table-cell", "table-row", "table")},
}
_ADDRESS = "{http://www.w3.org/1999/xlink}href"
_BINARY = re.compile(rb"<office:binary-data\b[^<>]*>[^<]*</office:binary-data>")  # pictures in a file of one part
_BORDERS = tuple(f"{{{FO}}}{name}" for name in ("border", "border-left", "border-right", "border-top", "border-bottom"))
_NAME, _FAMILY, _PARENT = f"{{{STYLE}}}name", f"{{{STYLE}}}family", f"{{{STYLE}}}parent-style-name"


StyleKey = tuple[str, str | None]  # the family of a style and its name


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a file that a reader looks at: the body of its content, its styles by family and name.

    Its pictures are in its archive; a file that is one XML file has them in its content, where they are left out.
    """

    body: etree._Element
    styles: Styles
    archive: Archive | None = None

    def picture(self, frame: etree._Element) -> bytes | None:
        """The picture in a frame, of several the first that is at hand; None where there is none."""
        names = (image.get(_ADDRESS, "").removeprefix("./") for image in frame.iterchildren(f"{{{DRAW}}}image"))
        return next((data for name in names if self.archive and name and (data := self.archive.part(name))), None)


def package(data: bytes, kind: str) -> Package:
    """The parts of a file whose body holds a `kind`, text or spreadsheet. Raises `Refused` where it has none."""
    archive = Archive(data) if data.startswith(b"PK") else None
    roots = _zipped(archive) if archive else [xml(_BINARY.sub(b"", data), "document")]
    body = roots[0].find(f"{{{OFFICE}}}body/{{{OFFICE}}}{kind}")
    if body is None:
        raise Refused("not-a-document", f"an OpenDocument file without a {kind}")
    return Package(body, Styles(roots), archive)


def _zipped(archive: Archive) -> list[etree._Element]:
    if b"encryption-data" in (archive.part("META-INF/manifest.xml") or b""):
        raise Refused("encrypted")
    content = archive.xml("content.xml")
    if content is None:
        raise Refused("damaged", "its archive has no content.xml")
    styles = archive.xml("styles.xml")
    return [content] if styles is None else [content, styles]


@dataclass
class Styles:
    """The styles of a file by family and name; a parent supplies what a style leaves open."""

    roots: list[etree._Element]
    _own: dict[tuple[str, str], etree._Element] = field(init=False)
    _marks: dict[tuple[str, str], tuple[Mark, ...]] = field(default_factory=dict, init=False)
    _bordered: dict[str | None, bool] = field(default_factory=dict, init=False)
    _defaults: dict[str, etree._Element] = field(init=False)
    _found: dict[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Index the styles; those of the content come first."""
        found = (s for root in self.roots for s in root.iter(f"{{{STYLE}}}style"))
        self._own = {}
        for style in found:
            self._own.setdefault((style.get(_FAMILY, ""), style.get(_NAME, "")), style)
        defaults = (s for root in self.roots for s in root.iter(f"{{{STYLE}}}default-style"))
        self._defaults = {s.get(_FAMILY, ""): s for s in defaults}

    def lists(self) -> Iterator[etree._Element]:
        """The styles of lists, those of the content last."""
        for root in reversed(self.roots):
            yield from root.iter(f"{{{TEXT}}}list-style")

    def marks(self, family: str, name: str | None) -> tuple[Mark, ...]:
        """How a style shows its text, where it is hidden, struck, raised or lowered."""
        key = family, name or ""
        if key not in self._marks:
            self._marks[key] = tuple(_marks(self._properties(*key, "text-properties")))
        return self._marks[key]

    def sets(self, name: str | None) -> frozenset[Mark]:
        """The marks of which a style of text says whether they are there, undone ones with them."""
        return frozenset(_said(self._properties("text", name or "", "text-properties")))

    def is_two_lines(self, name: str | None) -> bool:
        """True where a style of text writes two lines in the place of one."""
        return self.value("text", name, "text-properties", f"{{{STYLE}}}text-combine") == "lines"

    @cached_property
    def may_vanish(self) -> bool:
        """True where a colour of text in the file is one that lies behind text, or that of paper."""
        elements = [e for style in (*self._own.values(), *self._defaults.values()) for e in style]
        papers = {WHITE, *(_hex(e.get(_BEHIND)) for e in elements)}
        colours = {_hex(e.get(_COLOUR)) for e in elements}
        return any(is_like(colour, paper) for colour in colours for paper in papers)

    def is_unseen(self, colours: Iterable[StyleKey], papers: Iterable[StyleKey]) -> bool:
        """True for text in the colour of what lies behind it, by the styles that say so, the nearest first."""
        written = (self._colour(*key) for key in colours)
        behind = (_hex(self._properties(family, name or "", _PAPERS[family]).get(_BEHIND)) for family, name in papers)
        return is_like(next((c for c in written if c), ""), next((p for p in behind if p), WHITE))

    def _colour(self, family: str, name: str | None) -> str:
        """The colour that a style gives to text, `auto` for one that is chosen to be seen, '' for none."""
        found = self._properties(family, name or "", "text-properties")
        return "auto" if found.get(_AUTOMATIC) == "true" else _hex(found.get(_COLOUR))

    def value(self, family: str, name: str | None, properties: str, attribute: str) -> str | None:
        """One attribute of some properties of a style, None where neither it nor a parent has it."""
        return self._properties(family, name or "", properties).get(attribute)

    def has_border(self, name: str | None) -> bool:
        """True where a cell of the style has a line at one of its sides."""
        if name not in self._bordered:
            found = self._properties("table-cell", name or "", "table-cell-properties")
            self._bordered[name] = any(found.get(side, "none") not in ("none", "") for side in _BORDERS)
        return self._bordered[name]

    def _properties(self, family: str, name: str, properties: str) -> Mapping[str, str]:
        """The attributes of some properties of a style, of those above it and of the default of its family."""
        key = family, name, properties
        if key not in self._found:
            self._found[key] = dict(self._inherited(*key))
        return self._found[key]

    def _inherited(self, family: str, name: str, properties: str) -> dict[str, str]:
        found: dict[str, str] = {}
        if not name and family == "paragraph":
            name = _USUAL
        for style in (*self._chain(family, name), self._defaults.get(family)):
            for element in () if style is None else style.iterchildren(f"{{{STYLE}}}{properties}"):
                if element.get(_AUTOMATIC) == "true" and element.get(_OPACITY):
                    found.setdefault(_OPACITY, "100%")  # LibreOffice writes 0% there, which says nothing
                for attribute, value in element.attrib.items():
                    found.setdefault(str(attribute), str(value))
        return found

    def _chain(self, family: str, name: str) -> Iterator[etree._Element]:
        """A style and those above it."""
        for _ in range(_MOST_PARENTS):
            style = self._own.get((family, name))
            if style is None:
                return
            yield style
            name = style.get(_PARENT, "")


def _marks(looks: Mapping[str, str]) -> Iterator[Mark]:
    if looks.get(f"{{{TEXT}}}display") == "none" or _is_too_small(looks) or _is_faint(looks):
        yield "hidden"
    lines = (looks.get(f"{{{STYLE}}}text-line-through-{name}", "none") for name in ("style", "type"))
    if any(line != "none" for line in lines):
        yield "struck"
    position = looks.get(f"{{{STYLE}}}text-position", "0%").split(" ")[0]
    if position == "super" or (position[:1].isdecimal() and position.rstrip("%").strip("0")):
        yield "raised"
    elif position == "sub" or position.startswith("-"):
        yield "lowered"


def _said(looks: Mapping[str, str]) -> Iterator[Mark]:
    """The marks of which some properties say whether they are there."""
    if any(f"{{{STYLE}}}text-line-through-{name}" in looks for name in ("style", "type")):
        yield "struck"
    if f"{{{TEXT}}}display" in looks:
        yield "hidden"
    if f"{{{STYLE}}}text-position" in looks:
        yield from ("raised", "lowered")


def _hex(colour: object) -> str:
    """The digits of a colour as written, '' for any other value."""
    return str(colour)[1:] if colour and _COLOUR_WRITTEN.match(str(colour)) else ""


def _is_too_small(looks: Mapping[str, str]) -> bool:
    """True for a font of which no character is seen."""
    size = _SIZE.match(looks.get(f"{{{FO}}}font-size", ""))
    scale = looks.get(f"{{{STYLE}}}text-scale", "").removesuffix("%")
    return (size is not None and float(size[1]) <= _TINY) or (scale.isdecimal() and 0 < int(scale) < _NARROW)


def _is_faint(looks: Mapping[str, str]) -> bool:
    """True for letters that let what lies behind them through."""
    opacity = looks.get(_OPACITY, "").removesuffix("%")
    return opacity.isdecimal() and int(opacity) <= _FAINT
