"""Words that a dump prints beside a label: part of what the cell says, unless they are a torn neighbour's.

A piece is a label only where it is one in whole, but for the numbers of rows and for what is left of neighbouring cells
whose labels are torn: `（四）无2.没有现成信息需要另` above `法提供行制作`. Any other word stays with the label beside
which it stands, since `不予行政许可` is no 行政许可.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.labels import label
from pipeline.layout.dumps.heads import is_note
from pipeline.layout.dumps.model import Hit, Name, Piece
from pipeline.layout.dumps.torn import Torn

_NUMBERS = re.compile(r"^[0-9]{1,2}|[0-9]{1,2}$")  # of rows
_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")  # no number of a row has four digits


@dataclass(frozen=True, slots=True)
class Found:
    """A label in a piece: where it, or its beginning, stands among the words, and the last piece of it."""

    name: Name
    start: int
    end: int
    last: int


def with_words_beside(found: Sequence[Found], at: int, pieces: Sequence[Piece], torn: Torn) -> Iterator[Hit]:
    """The labels of a piece as hits, each with the words beside it in the text that it prints."""
    piece = pieces[at]
    for low, high, part in _clusters(found, piece):
        if not _fit_together([f.name for f in part]):
            most = max(part, key=lambda f: (bool(f.name.rows) and not f.name.vague, len(f.name.text)))
            yield Hit(most.name, 0, at, most.last, _raw(piece, low, high) or piece.words[low:high])
            continue
        ends = [low, *(f.end for f in part[:-1])]
        for start, f in zip(ends, part, strict=True):
            end = high if f is part[-1] else f.end
            yield Hit(f.name, 0, at, f.last, _text(f, (start, end), at, pieces, torn))


def _text(f: Found, reach: tuple[int, int], at: int, pieces: Sequence[Piece], torn: Torn) -> str:
    """The label with the words beside it as printed; as the form words it where it was torn or nothing is beside it.

    A note above a sheet that names its unit is no head: `计量单位：件`.
    """
    piece, (low, high) = pieces[at], reach
    is_plain = f.name.is_indicator and is_note(piece)
    before = "" if is_plain else _strange(piece.words[low : f.start], at, pieces, torn)
    after = "" if is_plain else _strange(piece.words[f.end : high], at, pieces, torn)
    is_whole = before or after or (low, high) == (f.start, f.end)
    return (_raw(piece, low, high) if is_whole and f.last == at else "") or before + f.name.text + after


def _clusters(found: Sequence[Found], piece: Piece) -> Iterator[tuple[int, int, list[Found]]]:
    """The labels that are printed together, with what stands between spaces around them; all of them for a row."""
    if any(f.name.rows and not f.name.column for f in found):
        yield 0, len(piece.words), list(found)
        return
    edges = [start for start, _ in _tokens(piece)] + [len(piece.words)]
    run: list[Found] = []
    high = 0
    low = 0
    for f in found:
        if run and f.start >= high:
            yield low, high, run
            run = []
        low = low if run else max(e for e in edges if e <= f.start)
        high = min(e for e in edges if e >= f.end)
        run.append(f)
    if run:
        yield low, high, run


def _tokens(piece: Piece) -> list[tuple[int, str]]:
    """The words of a piece between spaces, each with its place; the whole piece where these do not make it up."""
    found: list[tuple[int, str]] = []
    at = 0
    for part in piece.text.split(" "):
        if text := label(part).text:
            found.append((at, part))
            at += len(text)
    return found if at == len(piece.words) else [(0, piece.text)]


def _raw(piece: Piece, low: int, high: int) -> str:
    """What is printed between two places of a piece, where no word is cut there; '' else."""
    if (low, high) == (0, len(piece.words)):
        return piece.text
    tokens = [*_tokens(piece), (len(piece.words), "")]
    inside = [part for (start, part), (end, _) in pairwise(tokens) if low <= start and end <= high]
    return " ".join(inside) if {low, high} <= {start for start, _ in tokens} else ""


def _fit_together(names: Sequence[Name]) -> bool:
    """True for heads beside each other, and for a row behind its groups; 其他行政强制 is neither of the two."""
    if all(n.column or not n.rows for n in names):
        return True
    return bool(names[-1].rows) and all(n.is_group for n in names[:-1])


def _strange(words: str, at: int, pieces: Sequence[Piece], torn: Torn) -> str:
    """The words, '' where they are the number of a row or part of a torn label."""
    rest = words if _YEAR.search(words) else _NUMBERS.sub("", words)
    return "" if not rest or torn.is_made_of_parts(rest, at, pieces) else words
