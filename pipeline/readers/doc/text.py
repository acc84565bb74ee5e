"""The text of a binary Word file, paragraph by paragraph with its properties, as it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.readers.doc.binary import Piece, Properties, Runs, Streams, paragraph_runs, pieces, unprinted_runs

CELL_MARK = "\x07"
_MARKS = re.compile("[\r\x07\x0c]")
_NOT_KEPT = re.compile("[^\r\x07\x0c\x13\x14\x15]")  # all but the marks of paragraphs and fields
_FIELD_MARKS = re.compile("([\x13\x14\x15])")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SIGNS = str.maketrans(
    {"\x0b": "\n", "\x1e": "-", "\t": "\t", **{chr(c): None for c in (*range(9), *range(14, 30), 31)}}
)
_MAIN, _BOXES = 0, 6  # which of the texts of a file: the main one, the text boxes


@dataclass(frozen=True, slots=True)
class Marked:
    """A paragraph: its printed text, the mark that ends it, its properties."""

    text: str
    mark: str
    properties: Properties


def paragraphs(file: Streams) -> Iterator[Marked]:
    """The paragraphs of the main text, and then those of the text boxes."""
    marks, unprinted = paragraph_runs(file), unprinted_runs(file)
    found = pieces(file)
    for number in (_MAIN, _BOXES):
        start = sum(file.text_lengths[:number])
        yield from _split(found, start, start + file.text_lengths[number], marks, unprinted)


def _split(found: tuple[Piece, ...], start: int, end: int, marks: Runs, unprinted: Runs) -> Iterator[Marked]:
    parts: list[str] = []
    for piece in found:
        first, last = max(start - piece.first, 0), min(end - piece.first, len(piece.text))
        if first >= last:
            continue
        text = _printed(piece, unprinted) if unprinted.starts else piece.text
        at = first
        for mark in _MARKS.finditer(text, first, last):
            parts.append(text[at : mark.start()])
            properties = marks.at(piece.position + piece.width * mark.start())
            yield Marked(_clean("".join(parts)), mark[0], properties or Properties())
            parts, at = [], mark.end()
        parts.append(text[at:last])
    if any(parts):
        yield Marked(_clean("".join(parts)), "\r", Properties())


def _printed(piece: Piece, unprinted: Runs) -> str:
    """The text of a piece with hidden and deleted characters made 0, marks excepted."""
    text: list[str] = []
    at = 0
    while at < len(piece.text):
        here = piece.position + piece.width * at
        following = unprinted.next_start(here)
        end = len(piece.text) if following is None else -(-(following - piece.position) // piece.width)
        part = piece.text[at:end]
        text.append(_NOT_KEPT.sub("\0", part) if unprinted.at(here) else part)
        at = max(end, at + 1)
    return "".join(text)


def _clean(text: str) -> str:
    """Without the codes of fields, with their results; without the signs that stand for pictures and notes."""
    if _FIELD_MARKS.search(text):
        text = _without_codes(text)
    text = text.translate(_SIGNS)
    return (
        text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if _SURROGATES.search(text) else text
    )


def _without_codes(text: str) -> str:
    """A field is begun, separated from its result, ended; fields may stand in the code of others."""
    kept: list[str] = []
    codes: list[bool] = []
    for part in _FIELD_MARKS.split(text):
        if part == "\x13":
            codes.append(True)
        elif part == "\x14":
            if codes:
                codes[-1] = False
        elif part == "\x15":
            if codes:
                codes.pop()
        elif True not in codes:
            kept.append(part)
    return "".join(kept)
