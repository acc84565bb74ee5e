"""Page numbers in a dump of one cell per line, where a lone number may stand in place of a lost blank cell.

A number printed like a page number (`- 3 -`, `第3页`, `3/8`) is certainly one, and so is a number between two page
numbers of the text that continues their count. Any other lone number is a figure that may be a page number; where
nothing speaks for the figure, it is marked so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.labels import compact
from pipeline.layout.dumps.model import Group, Name, Piece

_DRESSED = re.compile(
    r"^(?:[-—–―─_·.~]{1,4}[0-9]{1,3}[-—–―─_·.~]{1,4}"
    r"|第[0-9]{1,3}页(?:[,/]?共[0-9]{1,3}页)?|共[0-9]{1,3}页[,/]?第[0-9]{1,3}页|[0-9]{1,3}页?/[0-9]{1,3}页?"
    r"|(?:page|p\.?)[0-9]{1,3}(?:(?:of|/)[0-9]{1,3})?)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^[1-9][0-9]{0,2}$")
_MOST_PAGES = 40  # a report has ten or twenty
_LEAST_IN_TEXT = 2  # one number by itself in the text may be anything
_LARGEST_STEP = 3  # between page numbers in the text: those between stand in tables, or are lost


@dataclass(frozen=True, slots=True)
class _Lone:
    at: int
    value: int


def without_page_numbers(pieces: Sequence[Piece], names: Mapping[str, Name]) -> list[Piece]:
    """The pieces without those that are page numbers for certain; `expected` marks those that may well be some."""
    lone = [_Lone(n, int(t)) for n, p in enumerate(pieces) if p.alone and p.figure and (t := _digits(p))]
    known = _numbers_of_pages([f for f in lone if _is_in_text(f.at, pieces, names)])
    if not known:
        return list(pieces)
    certain, likely = {f.at for f in known}, set[int]()
    for low, high in pairwise([_Lone(-1, 0), *known, _Lone(len(pieces), _MOST_PAGES)]):
        for value in range(low.value + 1, high.value):
            found = [f.at for f in lone if f.value == value and low.at < f.at < high.at]
            between = low.at >= 0 and high.at < len(pieces)
            (certain if between and len(found) == 1 else likely).update(found)
    return [replace(p, expected=True) if n in likely else p for n, p in enumerate(pieces) if n not in certain]


def is_dressed(line: str) -> bool:
    """True for a line that prints only a number, in the style of a page number."""
    return bool(_DRESSED.match(compact(line)))


def _digits(piece: Piece) -> str:
    found = _NUMBER.match(compact(piece.text))
    return found[0] if found else ""


def _is_in_text(at: int, pieces: Sequence[Piece], names: Mapping[str, Name]) -> bool:
    """True for a number that is not a cell: neither beside another figure nor below the label of a row."""
    around = [pieces[n] for n in (at - 1, at + 1) if 0 <= n < len(pieces)]
    before = pieces[at - 1] if at else None
    names_row = before is not None and before.words in names and bool(names[before.words].rows)
    return not names_row and not any(p.figure or p.aside for p in around)


def _numbers_of_pages(found: Sequence[_Lone]) -> list[_Lone]:
    """The numbers of the text, where they go up by small steps, as those of pages do; none otherwise."""
    rises = all(0 < b.value - a.value <= _LARGEST_STEP for a, b in pairwise(found))
    return list(found) if len(found) >= _LEAST_IN_TEXT and rises else []


def doubtful(groups: Sequence[Group], pieces: Sequence[Piece], *, guarded: bool) -> frozenset[int]:
    """The figures of rows that may be page numbers, where blank cells are lost: a page may end between any two cells.

    A table that prints zeros has no blank cells to lose. In one that is `guarded` by identities across its columns
    these would fail.
    """
    rows = [g for g in groups if pieces[g.pieces[-1]].alone]
    prints_zero = any(pieces[p].text == "0" for g in groups for p in g.pieces)
    return frozenset(_doubtful(rows, pieces, by_habit=guarded or prints_zero))


def _doubtful(rows: Sequence[Group], pieces: Sequence[Piece], *, by_habit: bool) -> Iterator[int]:
    for group in rows:
        for p in group.pieces:
            digits = _digits(pieces[p])
            if pieces[p].expected or (not by_habit and digits and int(digits) <= _MOST_PAGES):
                yield p
