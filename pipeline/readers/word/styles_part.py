"""The styles of a .docx, as far as they say how text looks: of characters, paragraphs and tables, and the defaults."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.readers.archive import xml
from pipeline.readers.word.elements import (
    CELL_PROPERTIES,
    PARAGRAPH_PROPERTIES,
    RUN_PROPERTIES,
    TYPE,
    VAL,
    W,
    based_on,
    value_of,
    whole,
    word,
)
from pipeline.readers.word.shades import WHITE_TEXT, is_like, shade_of
from pipeline.readers.word.spelling import STRICT

TINY = 4  # half points
_FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}textFill"
_NO_FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}noFill"
_NAMES = ("w", "strike", "dstrike", "vanish", "vertAlign", "position", "color", "sz", "highlight")
# Properties that say by themselves that text is not plain.
ODD = frozenset({"w", "strike", "dstrike", "vanish", "vertAlign", "position"})
_PAPER = "shd"  # what is behind text: of a run, and of a paragraph or cell under names of their own
PARAGRAPH_PAPER, CELL_PAPER = "paragraph-shd", "cell-shd"
# In bytes, which are looked through fastest, since nearly no text or sheet of styles has any of these.
ODD_SIGNS = (b"strike", b"w:vertAlign", b"w:position", b'<w:w w:val="', b":noFill")
_TINY_SIGNS = tuple(b'<w:sz w:val="%d"' % half_points for half_points in range(1, TINY + 1))
_WHITE = re.compile(rb'w:val="(?:[fF][5-9a-fA-F]){3}"')
_WHITE_SIGNS = (b'w:val="F', b'w:val="f')
_PATTERN = re.compile(rb'<w:shd w:val="(?!clear|nil)')
_FILLS = re.compile(rb'w:fill="([0-9a-fA-F]{6})"')
_TEXT_COLOURS = re.compile(rb'w:color w:val="([0-9a-fA-F]{6})"')
_MOST_PAIRS = 2_000

Looks = Mapping[str, str]  # by the name of a property its value


@dataclass(frozen=True, slots=True)
class TableStyle:
    """How a style of tables shows text: all of it, and that of the parts it names, as firstRow; rows in a band."""

    whole: Looks = field(default_factory=dict)
    parts: Mapping[str, Looks] = field(default_factory=dict)
    band_rows: int = 1
    band_columns: int = 1

    @property
    def all_looks(self) -> Iterator[Looks]:
        """The looks of the whole and of the parts."""
        yield self.whole
        yield from self.parts.values()


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """The looks by names of styles; '' stands for the style of paragraphs or tables that name none."""

    defaults: Looks = field(default_factory=dict)
    runs: Mapping[str, Looks] = field(default_factory=dict)
    paragraphs: Mapping[str, Looks] = field(default_factory=dict)
    tables: Mapping[str, TableStyle] = field(default_factory=dict)
    is_there: bool = False  # a style that it does not name is a plain one

    def in_use(self, content: bytes) -> Iterator[Looks]:
        """The looks of the styles that a text names, and of those that hold without being named."""
        yield self.defaults
        for name, looks in (*self.runs.items(), *self.paragraphs.items()):
            if looks and (not name or b'"%b"' % name.encode() in content):
                yield looks
        for name, style in self.tables.items():
            if b"<w:tbl>" in content and (not name or b'"%b"' % name.encode() in content):
                yield from style.all_looks


def style_sheet(content: bytes, text: bytes) -> StyleSheet:
    """The styles of a part; none where no style can do more to the text than change fonts and colours."""
    if not content:
        return StyleSheet()
    shades = bool(_PATTERN.search(content) or fills_of(content))
    if not (has_any(ODD_SIGNS, content) or b"w:vanish" in content or may_be_unseen(content)) and not (
        shades and (_may_be_white(text) or meet(fills_of(content), colours_of(content) | colours_of(text)))
    ):
        return StyleSheet(is_there=True)
    root = xml(content.replace(STRICT, W.encode()), "styles.xml")
    own = {s.get(word("styleId"), ""): s for s in root.iter(word("style"))}
    chains = {name: [own[base] for base in based_on(name, own)] for name in own}
    kinds = {name: style.get(TYPE, "") for name, style in own.items()}
    tables = {n: _table_style(chains[n]) for n in own if kinds[n] == "table"}
    others = {n: _inherited(chains[n]) for n in own if kinds[n] != "table"}
    defaults = root.find(f"{word('docDefaults')}/{word('rPrDefault')}/{RUN_PROPERTIES}")
    usual = {kinds[n]: n for n, s in own.items() if s.get(word("default"), "0") in ("1", "true", "on")}
    of_paragraphs = {n: looks for n, looks in others.items() if kinds[n] != "character"}
    return StyleSheet(
        {} if defaults is None else _without_size(looks_of(defaults)),
        {n: looks for n, looks in others.items() if kinds[n] != "paragraph"},
        {**of_paragraphs, "": others.get(usual.get("paragraph", ""), {})},
        {**tables, "": tables.get(usual.get("table", ""), TableStyle())},
        is_there=True,
    )


def has_any(signs: Iterable[bytes], content: bytes) -> bool:
    """True where one of some signs stands in a part."""
    for sign in signs:  # noqa: SIM110 - a generator takes longer than the search
        if sign in content:
            return True
    return False


def may_be_unseen(content: bytes) -> bool:
    """True where a part may give text a size too small to be read, or white."""
    return has_any(_TINY_SIGNS, content) or _may_be_white(content)


def _may_be_white(content: bytes) -> bool:
    return has_any(_WHITE_SIGNS, content) and _WHITE.search(content) is not None


def fills_of(content: bytes) -> set[str]:
    """The colours, other than white, that a part puts behind text."""
    return {fill for f in set(_FILLS.findall(content)) if not WHITE_TEXT.match(fill := f.decode())}


def colours_of(content: bytes) -> set[str]:
    """The colours that a part gives to text."""
    return {c.decode() for c in set(_TEXT_COLOURS.findall(content))}


def meet(fills: Collection[str], colours: Collection[str]) -> bool:
    """True where a text of one of the colours may not be seen on one of the fills."""
    return len(fills) * len(colours) > _MOST_PAIRS or any(is_like(c, f) for c in colours for f in fills)


def looks_of(properties: etree._Element | None) -> dict[str, str]:
    """The looks that the properties of a run give."""
    if properties is None:
        return {}
    found = ((name, properties.find(word(name))) for name in _NAMES)
    looks = {name: sign.get(VAL, "1") for name, sign in found if sign is not None}
    if (shade := shade_of(properties)) is not None:
        looks[_PAPER] = shade
    fill = properties.find(_FILL)
    return looks if fill is None or fill.find(_NO_FILL) is None else {**looks, "vanish": "1"}


def is_odd(looks: Looks) -> bool:
    """True for looks that hide or mark text by themselves, or give it a colour that may not be seen."""
    return not ODD.isdisjoint(looks) or "sz" in looks or bool(WHITE_TEXT.match(looks.get("color", "")))


def _inherited(chain: Iterable[etree._Element]) -> dict[str, str]:
    """The looks of a style and of those that it is based on, the nearest first."""
    looks: dict[str, str] = {}
    for style in chain:
        looks = {**_own(style), **looks}
    return _without_size(looks)


def _own(style: etree._Element) -> dict[str, str]:
    """The looks that a style, or the part of one for some cells, gives itself."""
    looks = looks_of(style.find(RUN_PROPERTIES))
    for name, properties in ((PARAGRAPH_PAPER, PARAGRAPH_PROPERTIES), (CELL_PAPER, CELL_PROPERTIES)):
        shade = shade_of(style.find(properties))
        if shade is not None:
            looks[name] = shade
    return looks


def _without_size(looks: dict[str, str]) -> dict[str, str]:
    """The looks without their size, if it is one that can be read: every style has one."""
    return looks if 0 < whole(looks.get("sz"), 0, 1_000) <= TINY else {n: v for n, v in looks.items() if n != "sz"}


def _table_style(chain: Iterable[etree._Element]) -> TableStyle:
    chain = list(chain)
    parts: dict[str, dict[str, str]] = {}
    bands = {"tblStyleRowBandSize": 1, "tblStyleColBandSize": 1}
    for style in reversed(chain):
        for part in style.iterchildren(word("tblStylePr")):
            kind = part.get(TYPE, "")
            parts[kind] = {**parts.get(kind, {}), **_own(part)}
        for name in bands:
            bands[name] = whole(value_of(style.find(word("tblPr")), name), bands[name], 1_000)
    return TableStyle(_inherited(chain), {kind: _without_size(looks) for kind, looks in parts.items()}, *bands.values())
