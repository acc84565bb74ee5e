"""Heads that are in no form, in the headers of tables whose form prints no units beside its rows.

Without them a header would say that it names all columns, or only those of the form, where it also says 上年总计 or
一审. What stands in a header is put into the grid, for `matching` to judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

from pipeline.forms.model import FormTable
from pipeline.labels import label
from pipeline.layout.asides import REMARKS, SERIAL
from pipeline.layout.dumps.heads import is_note
from pipeline.layout.dumps.model import LEAST_PREFIX, Hit, Name, Piece, Stream
from pipeline.layout.dumps.torn import Torn

_OF_LABELS = frozenset({"项目", "项目名称", "指标", "指标名称", "内容", "类别", "名称", "事项", "统计指标", "情形"})
_OF_NO_FIGURES = REMARKS | SERIAL | _OF_LABELS
_At = Mapping[int, Hit]
_Placed = tuple[int, int, Hit]  # the piece of a head, where in its words it begins, and the head


def with_unknown_heads(stream: Stream, hits: Sequence[Hit], table: FormTable) -> list[Hit]:
    """The labels of a table together with the heads that are in no form."""
    at = {p: h for h in stream.hits for p in range(h.start, h.end + 1)}
    starts = {h.start for h in hits}
    torn = Torn.of(table.headers)
    places = {p for header in _headers(stream.pieces, hits, at, table) for p in header if p not in at or p in starts}
    made: list[_Placed] = []
    for p in sorted(places):
        for at_word, word in _words_beside(stream.pieces[p], [h for h in hits if h.start == p]):
            if not torn.is_made_of_parts(label(word).text, p, stream.pieces):
                name = Name(label(word).text, frozenset({table.number}), frozenset(), column=True, strange=True)
                made.append((p, at_word, Hit(name, table.number, p, p, word)))
    if not made:
        return list(hits)
    return [hit for *_, hit in sorted([*_placed(hits, stream.pieces), *made], key=itemgetter(0, 1))]


def _placed(hits: Sequence[Hit], pieces: Sequence[Piece]) -> Iterator[_Placed]:
    """The labels with where they begin: several stand in one piece, torn ones too, and none may change places."""
    last = begin = end = 0
    for hit in hits:
        end = end if hit.start == last else 0
        last, words, name = hit.start, pieces[hit.start].words, hit.name.text
        begun = next((n for n in range(len(name), 0, -1) if words.find(name[:n], end) >= 0), 0)
        begin = words.find(name[:begun], end) if begun else end
        end = begin + begun
        yield hit.start, begin, hit


def _headers(pieces: Sequence[Piece], hits: Sequence[Hit], at: _At, table: FormTable) -> Iterator[range]:
    """The pieces of each header, with what stands before its first label and behind its last one."""
    end = -1
    for hit in hits:
        if hit.start < end or hit.name.text not in table.headers_alone:
            continue
        last = end = hit.end
        while end + 1 < len(pieces) and _is_in_header(pieces[end + 1], at.get(end + 1), table):
            end += 1
            last = end if end in at else last
        if end + 1 == len(pieces):
            return  # nothing stands below
        yield range(_start(pieces, hit.start, at, table), _end(pieces, last, end, at, table))


def _is_in_header(piece: Piece, hit: Hit | None, table: FormTable) -> bool:
    if hit is not None:
        return hit.table == table.number and hit.name.text in table.headers
    return not (piece.figure or piece.heading or piece.aside or piece.is_long or label(piece.text).ordinal)


def _start(pieces: Sequence[Piece], first: int, at: _At, table: FormTable) -> int:
    """Where the header of a first label begins: on its line, and in a table that is not open above it as well.

    A caption does no harm there: all heads are still printed, and the identities hold.
    """
    start = first
    while start > 0 and start - 1 not in at and _is_in_header(pieces[start - 1], None, table):
        if table.open and pieces[start - 1].paragraph != pieces[first].paragraph:
            break
        start -= 1
    return start


def _end(pieces: Sequence[Piece], last: int, end: int, at: _At, table: FormTable) -> int:
    """Where a header ends whose last known label and last piece are given: before the label of a row without figures.

    What stands right before a figure is the label of its row, where rows have labels.
    """
    if not any(r.path for r in table.rows):
        return end + 1
    figure = pieces[end + 1]
    is_row = figure.figure and (figure.paragraph == pieces[end].paragraph or (figure.alone and pieces[end].alone))
    stop = end if is_row and end > last else end + 1
    is_alone = pieces[last].alone and pieces[last].words == at[last].name.text
    return next((p for p in range(last + 1, stop) if pieces[p].alone and not is_alone), stop)


def _words_beside(piece: Piece, hits: Sequence[Hit]) -> Iterator[tuple[int, str]]:
    """The words between the spaces of a piece that are neither its labels nor heads of columns without figures.

    Each with where it begins in the piece's words.
    """
    if is_note(piece):
        return
    begin = 0
    for word in piece.text.split(" "):
        text = label(word).text
        if text and text not in _OF_NO_FIGURES and not any(_belongs(text, h) for h in hits):
            yield begin, word
        begin += len(text)


def _belongs(text: str, hit: Hit) -> bool:
    """True for a word of a label, which may be torn, and for several labels without a space."""
    begun = hit.name.text if hit.start == hit.end else hit.name.text[:LEAST_PREFIX]
    return begun in text or text in hit.name.text or text in label(hit.text).text
