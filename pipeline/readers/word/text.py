"""The text of a binary Word file, paragraph by paragraph with its properties, as it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.marks import DRAWN, OBJECT, Mark, looks_like_note, marked, plain
from pipeline.readers.references import refers
from pipeline.readers.word import binary
from pipeline.readers.word.binary import Piece, Properties, Runs, Streams, looks_of_runs, paragraph_runs, pieces
from pipeline.readers.word.pictures import IN_LINE, Drawn, Sign, is_drawn
from pipeline.readers.word.symbols import shows_itself

CELL_MARK = "\x07"
_MARKS = re.compile("[\r\x07\x0c]")
_LEAST_RISE = 2  # half points
_TINY = 4  # half points
_WHITE = 8  # among the sixteen colours
_FIELD_MARKS = re.compile("([\x13\x14\x15])")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SIGNS = str.maketrans(
    {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\t": "\t", **{chr(c): None for c in (*range(9), *range(15, 30), 31)}}
)
_MAIN, _BOXES = 0, 6  # which of the texts of a file: the main one, the text boxes


@dataclass(frozen=True, slots=True)
class Marked:
    """A paragraph: its printed text, the mark that ends it, its properties."""

    text: str
    mark: str
    properties: Properties


def paragraphs(file: Streams, sign: Sign = lambda _: OBJECT) -> Iterator[Marked]:
    """The paragraphs of the main text, and then those of the text boxes; `sign` gives what stands for a picture."""
    marks, looks, drawn = paragraph_runs(file), looks_of_runs(file), Drawn(file, sign)
    found = pieces(file)
    for number in (_MAIN, _BOXES):
        start = sum(file.text_lengths[:number])
        yield from _split(found, start, start + file.text_lengths[number], marks, _Shown(looks, drawn))


def _split(found: tuple[Piece, ...], start: int, end: int, marks: Runs, shown: _Shown) -> Iterator[Marked]:
    parts: list[str] = []
    for piece in found:
        first, last = max(start - piece.first, 0), min(end - piece.first, len(piece.text))
        if first >= last:
            continue
        at = first
        for mark in _MARKS.finditer(piece.text, first, last):
            parts.append(shown.stretch(piece, at, mark.start()))
            properties = marks.at(piece.position + piece.width * mark.start())
            yield Marked(_clean("".join(parts)), mark[0], properties or Properties())
            parts, at = [], mark.end()
        parts.append(shown.stretch(piece, at, last))
    if any(parts):
        yield Marked(_clean("".join(parts)), "\r", Properties())


@dataclass(frozen=True, slots=True)
class _Shown:
    """How the characters of a file look, and its pictures."""

    looks: Runs
    drawn: Drawn

    def stretch(self, piece: Piece, start: int, end: int) -> str:
        """A part of a piece's text, what does not look plain between marks."""
        if not self.looks.starts:
            return self.drawn.in_text(piece.text[start:end], piece.first + start, None)
        parts: list[str] = []
        at = start
        while at < end:
            here = piece.position + piece.width * at
            following = self.looks.next_start(here)
            to = end if following is None else min(end, -(-(following - piece.position) // piece.width))
            to = max(to, at + 1)
            parts.append(self._run(piece.text[at:to], piece.first + at, self.looks.at(here)))
            at = to
        return "".join(parts)

    def _run(self, text: str, first: int, look: Properties | None) -> str:
        if look and binary.SYMBOL in look.modifiers:  # in its place stands another character
            text = DRAWN
        mark = _mark(look, text) if look else None
        text = self.drawn.in_text(text, first, look)
        return _between_field_marks(text, mark) if mark else text


def _between_field_marks(text: str, mark: Mark) -> str:
    """The text between marks; the marks of fields stay outside, since what they hold may be left out."""
    return "".join(part if _FIELD_MARKS.match(part) else marked(part, mark) for part in _FIELD_MARKS.split(text))


def _mark(look: Properties, text: str) -> Mark | None:
    """The strongest mark of a run of characters. White labels stand in shaded cells, which are not known here."""
    size = look.number(binary.SIZE) or 0
    pale = 0 < size <= _TINY or (_is_white(look) and not any(map(str.isalpha, text)))
    if look.number(binary.HIDDEN) == 1 or (pale and not is_drawn(text)):
        return "hidden"
    if any(look.number(code) == 1 for code in (binary.DELETED, binary.STRUCK, binary.STRUCK_TWICE)):
        return "struck"
    if align := look.number(binary.ALIGNED):
        return "raised" if align == 1 else "lowered"
    moved = look.modifiers.get(binary.MOVED)
    rise = int.from_bytes(moved, "little", signed=True) if moved else 0
    return None if abs(rise) < _LEAST_RISE else "raised" if rise > 0 else "lowered"


def _is_white(look: Properties) -> bool:
    """True for white characters that are not shaded themselves."""
    colour = look.modifiers.get(binary.COLOUR)
    white = colour == b"\xff\xff\xff\0" if colour else look.number(binary.COLOUR_NUMBER) == _WHITE
    return white and not any(code in look.modifiers for code in binary.SHADES)


def _clean(text: str) -> str:
    """Without the codes of fields, with their results; without the signs that stand for pictures and notes."""
    if _FIELD_MARKS.search(text):
        text = _without_codes(text)
    text = text.replace(IN_LINE, OBJECT).translate(_SIGNS)
    return (
        text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if _SURROGATES.search(text) else text
    )


def _without_codes(text: str) -> str:
    """A field is begun, separated from its result, ended; fields may stand in the code of others."""
    kept: list[str] = []
    codes: list[str | None] = []  # of each field that is open, None behind it
    references: list[int | None] = []  # where the result of each begins, if it refers to another place
    for part in _FIELD_MARKS.split(text):
        if part == "\x13":
            codes.append("")
            references.append(None)
        elif part == "\x14":
            if codes:
                references[-1] = len(kept) if refers(codes[-1] or "") else None
                codes[-1] = None
        elif part == "\x15":
            code = codes.pop() if codes else None
            if code and all(c is None for c in codes) and shows_itself(code):
                kept.append(DRAWN)
            if references and (start := references.pop()) is not None:
                kept[start:] = [_reference("".join(kept[start:]), kept[:start])]
        elif all(c is None for c in codes):
            kept.append(part)
        elif codes[-1] is not None:
            codes[-1] += part
    return "".join(kept)


def _reference(text: str, before: Sequence[str]) -> str:
    """A reference to another place: raised where it is the mark of a note behind other text."""
    is_mark = looks_like_note(plain(text)) and any(b.strip() for b in before)
    return marked(text, "raised") if is_mark else text
