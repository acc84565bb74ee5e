"""The lists of a binary Word file: definitions, the lists that paragraphs name, and the styles that number."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.readers.word.binary import (
    LIST,
    LIST_LEVEL,
    LIST_OVERRIDES,
    LISTS,
    STYLES,
    Broken,
    Properties,
    Streams,
    modifiers_in,
)
from pipeline.readers.word.numbering import MAX_LEVEL, Level, Numbered, Numbering

WRITINGS = {
    **dict(enumerate(("decimal", "upperRoman", "lowerRoman", "upperLetter", "lowerLetter"))),
    **dict(enumerate(("ideographDigital", "japaneseCounting"), start=10)),
    **dict(enumerate(("decimalEnclosedCircle", "decimalFullWidth2"), start=18)),
    **dict(enumerate(("decimalZero", "bullet"), start=22)),
    **dict(enumerate(("decimalEnclosedFullstop", "decimalEnclosedParen", "decimalEnclosedCircleChinese"), start=26)),
    **dict(enumerate(("ideographEnclosedCircle", "ideographTraditional", "ideographZodiac"), start=29)),
    **dict(enumerate(("taiwaneseCountingThousand", "taiwaneseDigital", "chineseCounting"), start=35)),
    **dict(enumerate(("chineseLegalSimplified", "chineseCountingThousand"), start=38)),
    14: "decimalFullWidth",
    33: "taiwaneseCounting",
    255: "none",
}
_GAPS = {1: " ", 2: ""}
_MOST_BASES = 20  # styles based on each other; Word allows about ten


@dataclass(slots=True)
class Lists:
    """The automatic numbers of paragraphs: their own list and level, else those of their style."""

    numbering: Numbering
    of_style: Mapping[int, tuple[int, int]]

    def ordinal(self, properties: Properties) -> str:
        """The ordinal of the next paragraph, by its properties."""
        name, level = self.of_style.get(properties.style, (0, 0))
        own, own_level = properties.number(LIST), properties.number(LIST_LEVEL)
        if own is not None:
            name, level = own, own_level or 0
        elif own_level is not None:
            level = own_level
        return self.numbering.ordinal(str(name), level) if name else ""


def lists(file: Streams) -> Lists | None:
    """The lists of a file, None where it has none, or none that can be made out: then ordinals are left out."""
    try:
        definitions = _definitions(file)
        if not definitions:
            return None
        return Lists(Numbering(_numbered(file, definitions)), _numbering_styles(file.part(STYLES)))
    except (struct.error, Broken, IndexError):
        return None


def _definitions(file: Streams) -> dict[int, dict[int, Level]]:
    """Levels by the name of their definition. The levels of all follow behind the part that its length covers."""
    head = file.part(LISTS)
    if len(head) < 2:
        return {}
    (count,) = struct.unpack_from("<H", head)
    at = file.pairs[LISTS][0] + len(head)
    found: dict[int, dict[int, Level]] = {}
    for n in range(count):
        (name,) = struct.unpack_from("<i", head, 2 + 28 * n)
        levels = 1 if head[2 + 28 * n + 26] & 1 else MAX_LEVEL + 1
        found[name] = {}
        for number in range(levels):
            found[name][number], at = _level(file.table, at)
    return found


def _level(table: bytes, at: int) -> tuple[Level, int]:
    """A level, and where the next one begins."""
    start, writing, flags = struct.unpack_from("<iBB", table, at)
    follows, characters, paragraphs = table[at + 15], table[at + 24], table[at + 25]
    text_at = at + 28 + characters + paragraphs
    (length,) = struct.unpack_from("<H", table, text_at)
    end = text_at + 2 + 2 * length
    codes = table[text_at + 2 : end].decode("utf-16-le", "replace")
    text = "".join(f"%{ord(c) + 1}" if ord(c) <= MAX_LEVEL else c for c in codes)
    gap = _GAPS.get(follows, " " if text[-1:].isalnum() else "")
    level = Level(start, WRITINGS.get(writing, "unknown"), text, gap, not flags & 8, bool(flags & 4))
    return level, end


def _numbered(file: Streams, definitions: Mapping[int, Mapping[int, Level]]) -> dict[str, Numbered]:
    """The lists by the number that paragraphs give, from 1, with what each changes in its definition."""
    part = file.part(LIST_OVERRIDES)
    (count,) = struct.unpack_from("<I", part)
    at = 4 + 16 * count
    found: dict[str, Numbered] = {}
    for n in range(min(count, len(part) // 16)):
        (name,) = struct.unpack_from("<i", part, 4 + 16 * n)
        changes = part[4 + 16 * n + 12]
        levels = dict(definitions.get(name, {}))
        at += 4
        restarted: set[int] = set()
        for _ in range(changes):
            start, flags = struct.unpack_from("<iI", part, at)
            at += 8
            number = min(flags & 15, MAX_LEVEL)
            if flags & 32:
                levels[number], at = _level(part, at)
                restarted.add(number)
            elif flags & 16:
                levels[number] = replace(levels.get(number, Level()), start=start)
                restarted.add(number)
        found[str(n + 1)] = Numbered(str(name), levels, frozenset(restarted))
    return found


def _numbering_styles(sheet: bytes) -> dict[int, tuple[int, int]]:
    """By style: its list and level. A style takes over the list of the style it is based on."""
    if len(sheet) < 6:
        return {}
    header, count, base = struct.unpack_from("<HHH", sheet)
    own: dict[int, tuple[int, dict[int, bytes]]] = {}
    at = 2 + header
    for number in range(count):
        (length,) = struct.unpack_from("<H", sheet, at)
        if length:
            own[number] = _style(sheet[at + 2 : at + 2 + length], base)
        at += 2 + length + length % 2
    return {n: found for n in own if (found := _list_of(n, own)) is not None}


def _style(stored: bytes, base: int) -> tuple[int, dict[int, bytes]]:
    """The style that one is based on, and its modifiers of paragraphs."""
    kind_and_parent, sets = struct.unpack_from("<HH", stored, 2)
    parent = kind_and_parent >> 4
    if kind_and_parent & 15 != 1 or not sets & 15:
        return parent, {}
    (name_length,) = struct.unpack_from("<H", stored, base)
    at = base + 2 + 2 * name_length + 2
    at += at % 2
    (length,) = struct.unpack_from("<H", stored, at)
    return parent, dict(modifiers_in(stored[at + 4 : at + 2 + length]))


def _list_of(number: int, styles: Mapping[int, tuple[int, dict[int, bytes]]]) -> tuple[int, int] | None:
    seen: set[int] = set()
    level: int | None = None
    while number in styles and number not in seen and len(seen) < _MOST_BASES:
        seen.add(number)
        number, modifiers = styles[number]
        if level is None and LIST_LEVEL in modifiers:
            level = int.from_bytes(modifiers[LIST_LEVEL], "little")
        if LIST in modifiers:
            return int.from_bytes(modifiers[LIST], "little"), level or 0
    return None
