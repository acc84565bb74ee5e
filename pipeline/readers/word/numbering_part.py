"""The automatic numbers of a .docx: its lists, and the styles that number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from pipeline.readers.archive import Parts
from pipeline.readers.word.elements import (
    PARAGRAPH_PROPERTIES,
    VAL,
    based_on,
    is_on,
    value_of,
    whole,
    word,
)
from pipeline.readers.word.numbering import MAX_LEVEL, Level, Numbered, Numbering
from pipeline.readers.word.parts import beside, parsed, style_part

_BASED_ON = re.compile(rb'basedOn\s[^<>]*val="([^"]*)"')


@dataclass(slots=True)
class Numbers:
    """The automatic numbers of paragraphs: their own list and level, else those of their style."""

    numbering: Numbering
    of_style: Mapping[str, tuple[str, int]]

    def ordinal(self, style: str | None, list_name: str | None, level: int | None) -> str:
        """The ordinal of the next paragraph, by its style and what it says itself."""
        name, own_level = self.of_style.get(style or "", ("", 0))
        name = list_name or name
        return self.numbering.ordinal(name, own_level if level is None else level) if name else ""


def numbers_of(archive: Parts, main: str, body: etree._Element) -> Numbers | None:
    """The lists of the document and the styles that number, None where no paragraph is in a list."""
    if beside(main, "numbering.xml") not in archive.names:
        return None
    used = {style.get(VAL, "") for style in body.iter(word("pStyle"))}
    styles = style_part(archive, main) if used else b""
    styled = _may_number(styles, used)
    if not styled and next(body.iter(word("numPr")), None) is None:
        return None
    root = parsed(archive.part(beside(main, "numbering.xml")) or b"", "numbering.xml")
    levels = {d.get(word("abstractNumId"), ""): _levels(d) for d in root.iterchildren(word("abstractNum"))}
    lists = {n.get(word("numId"), ""): _numbered(n, levels) for n in root.iterchildren(word("num"))}
    lists.pop("0", None)  # which says: no list
    of_style = _numbering_styles(parsed(styles, "styles.xml"), used, root, lists) if styled else {}
    return Numbers(Numbering(lists), of_style)


def _may_number(styles: bytes, used: Iterable[str]) -> bool:
    """Whether one of the styles in use, or one that it is based on, names a list.

    Looks at bytes, since a sheet of styles is often ten times as long as the text and none of those in use numbers.
    """
    if b"numPr" not in styles:
        return False
    waiting = [f'styleId="{name}"'.encode() for name in used]
    seen: set[bytes] = set()
    while waiting:
        name = waiting.pop()
        at = styles.find(name)
        definition = styles[at : styles.find(b"style>", at)]
        if at < 0 or b"numPr" in definition:
            return True
        seen.add(name)
        based = _BASED_ON.search(definition)
        if based and (parent := b'styleId="' + based[1] + b'"') not in seen:
            waiting.append(parent)
    return False


def _levels(definition: etree._Element) -> dict[int, Level]:
    return {
        whole(found.get(word("ilvl")), 0, MAX_LEVEL): _level(found) for found in definition.iterchildren(word("lvl"))
    }  # fmt: skip


def _level(found: etree._Element) -> Level:
    text = value_of(found, "lvlText") or ""
    gap = {"space": " ", "nothing": ""}.get(value_of(found, "suff") or "tab", " " if text[-1:].isalnum() else "")
    return Level(
        whole(value_of(found, "start"), 0, 32_767) if value_of(found, "start") else 1,
        _writing(found),
        text,
        gap,
        value_of(found, "lvlRestart") != "0",
        is_on(found, "isLgl"),
    )


def _writing(level: etree._Element) -> str:
    """How a level writes its numerals; newer ways stand in alternative content beside an older one."""
    for found in level.iter(word("numFmt")):
        return found.get(VAL, "decimal")
    return "decimal"


def _numbered(num: etree._Element, definitions: Mapping[str, Mapping[int, Level]]) -> Numbered:
    definition = value_of(num, "abstractNumId") or ""
    levels = dict(definitions.get(definition, {}))
    restarted: set[int] = set()
    for override in num.iterchildren(word("lvlOverride")):
        number = whole(override.get(word("ilvl")), 0, MAX_LEVEL)
        other = override.find(word("lvl"))
        if other is not None:
            levels[number] = _level(other)
        start = value_of(override, "startOverride")
        if start:
            old = levels.get(number, Level())
            levels[number] = Level(whole(start, 0, 32_767), old.writing, old.text, old.gap, old.restarts, old.legal)
            restarted.add(number)
    return Numbered(definition, levels, frozenset(restarted))


def _numbering_styles(
    styles: etree._Element, used: Iterable[str], numbering: etree._Element, lists: Mapping[str, Numbered]
) -> dict[str, tuple[str, int]]:
    """By style in use: its list and level. A style takes over the list of the style it is based on."""
    level_of = {
        (definition.get(word("abstractNumId"), ""), style): level
        for definition in numbering.iterchildren(word("abstractNum"))
        for level, style in _linked_styles(definition)
    }
    own = {s.get(word("styleId"), ""): s for s in styles.iterchildren(word("style"))}
    found: dict[str, tuple[str, int]] = {}
    for name in used:
        chain = based_on(name, own)
        number = next((n for n in (_style_list(own[s]) for s in chain) if n), None)
        if number is None or number[0] not in lists:
            continue
        definition = lists[number[0]].definition
        linked = next((level_of[definition, s] for s in chain if (definition, s) in level_of), None)
        found[name] = number[0], number[1] if linked is None else linked
    return found


def _linked_styles(definition: etree._Element) -> Iterator[tuple[int, str]]:
    for level in definition.iterchildren(word("lvl")):
        style = value_of(level, "pStyle")
        if style:
            yield whole(level.get(word("ilvl")), 0, MAX_LEVEL), style


def _style_list(style: etree._Element) -> tuple[str, int] | None:
    """The list and level that a style itself names, list 0 to have none."""
    number = style.find(f"{PARAGRAPH_PROPERTIES}/{word('numPr')}")
    name = value_of(number, "numId")
    return (name, whole(value_of(number, "ilvl"), 0, MAX_LEVEL)) if name else None
