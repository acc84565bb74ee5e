"""Heads of columns in a dump: those of a form, and unknown ones beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.forms.indicators import is_unit
from pipeline.forms.model import PART_OF, FormTable
from pipeline.labels import label
from pipeline.layout.asides import REMARKS
from pipeline.layout.dumps.model import Hit, Name, Piece, Stream
from pipeline.layout.periods import ALL_YEARS, CHANGE, EARLIER_YEAR, PART_OF_YEAR

_YEARS = re.compile(rf"20[0-9]{{2}}年|{EARLIER_YEAR}|{ALL_YEARS}|{CHANGE}")

_PERIODS = re.compile(rf"{_YEARS.pattern}|{PART_OF_YEAR}|[本全今当]年")
_MARKS = frozenset("甲乙丙丁戊")  # name the columns of a table once more, below its header


def with_strange_heads(stream: Stream, hits: list[Hit], table: FormTable) -> tuple[list[Hit], int]:
    """The labels, with the heads that are in no form where a header has more than the form, and how many more.

    Without them the figures of another column would be taken for those of the form's, or those of other years for its
    own: a head that names years is kept in any case. So is that of the remarks, behind all figures.
    """
    most = 0
    for header in _headers(stream, hits, table):
        inside = [h for h in hits if h.start in header]
        known = _printed_apart(stream, header, table)
        strange = [p for p in header if p not in known and _is_strange_head(stream.pieces[p], p, inside, table)]
        is_header = len(inside) > 1 or any(h.name.column for h in inside)
        if not is_header and not any(_PERIODS.search(stream.pieces[p].words) for p in strange):
            continue  # 单位 may begin a line of signatures
        remarks = [p for p in header[-1:] if stream.pieces[p].words in REMARKS and is_header]
        kept = [h for h in inside if h.start not in (*strange, *remarks)]
        made = [h for p in strange for h in _strange_heads(stream.pieces[p], p, table)]
        more = (
            len(made) - len(remarks) + sum(h.name.column for h in kept) - table.columns_in([h.name.text for h in kept])
        )
        if more > 0 or remarks or any(_YEARS.search(h.name.text) for h in made):
            made += [h for p in remarks for h in _strange_heads(stream.pieces[p], p, table)]
            hits = sorted([h for h in hits if h.start not in (*strange, *remarks)] + made, key=lambda h: h.start)
            most = max(most, more)
    return hits, most


def _headers(stream: Stream, hits: Sequence[Hit], table: FormTable) -> Iterator[range]:
    """The pieces of each header of an indicator table: from a head on, up to a row, a group or a figure.

    A note above it may say the unit of all: `计量单位：件`.
    """
    at = {p: h for h in hits for p in range(h.start, h.end + 1)}
    end = 0
    for hit in hits:
        if hit.start < end or not _is_head(hit) or is_note(stream.pieces[hit.start]):
            continue
        end = hit.start
        while end < len(stream.pieces) and not _ends_header(stream.pieces[end], at.get(end)):
            end += 1
        begins_row = end - 1 not in at and _is_beside_label(stream.pieces[end : end + 2])
        yield range(hit.start, end - 1 if begins_row else end)


def _is_head(hit: Hit) -> bool:
    return hit.name.is_indicator and not hit.name.rows


def _is_beside_label(pieces: Sequence[Piece]) -> bool:
    """True for what begins with a figure or a unit, perhaps after a row's number: a label stands in front."""
    first = next(iter(pieces), None)
    return first is not None and (first.figure or (first.aside and any(is_unit(p.text) for p in pieces)))


def is_note(piece: Piece) -> bool:
    """True for a line such as `计量单位：件`, which is no head; `其中：区直单位统计数` is one."""
    return (":" in piece.text or "：" in piece.text) and not piece.text.lstrip(" (（").startswith(PART_OF)


def _ends_header(piece: Piece, hit: Hit | None) -> bool:
    """True for content that no header holds: a row or group, known or by its ordinal, a figure, a unit, prose."""
    if hit is not None:
        return not _is_head(hit)
    return piece.figure or piece.aside or piece.heading or piece.is_long or bool(label(piece.text).ordinal)


def _printed_apart(stream: Stream, header: range, table: FormTable) -> set[int]:
    """The pieces of known heads whose characters are printed apart: `单`, `位`."""
    runs = groupby(header, key=lambda p: len(stream.pieces[p].words) == 1)
    single = [list(run) for is_single, run in runs if is_single]
    return {p for run in single for p in run if "".join(stream.pieces[p].words for p in run) in table.headers}


def _is_strange_head(piece: Piece, at: int, hits: Sequence[Hit], table: FormTable) -> bool:
    """True for words that are not all known heads, and neither notes nor the marks below a header: 甲, 乙."""
    if piece.words in table.headers | REMARKS or set(piece.words) <= _MARKS or is_note(piece):
        return False
    return sum(len(h.name.text) for h in hits if h.start <= at <= h.end) < len(piece.words)


def _strange_heads(piece: Piece, at: int, table: FormTable) -> Iterator[Hit]:
    """A hit for each word that may head figures: of heads between single spaces none says where the next begins."""
    for word in piece.text.split():
        text = label(word).text
        if text and (text not in table.headers or text in table.names):
            name = Name(text, frozenset({table.number}), frozenset(), column=True, is_indicator=True)
            yield Hit(name, table.number, at, at, word)
