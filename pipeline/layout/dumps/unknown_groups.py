"""Labels like those of the groups of a table's rows, or numbered as they are: 上年度办理结果, 可以提供, （四）涉外事项.

Rows are known by their own labels, so that nothing else would show what stands above them. Such a label is put into the
grid, for `matching` to judge.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.forms.model import FormTable
from pipeline.labels import label, similarity
from pipeline.layout.dumps.model import LEAST_PREFIX, PROSE, Hit, Name, Piece, Stream

_ALIKE = 0.4


def with_unknown_groups(stream: Stream, hits: Sequence[Hit], table: FormTable) -> list[Hit]:
    """The labels of a table together with those between them that are like its groups or stand in the place of one."""
    groups = {parent for row in table.rows for parent in row.parents}
    if not groups or not hits:
        return list(hits)
    covered = {p for h in stream.hits for p in range(h.start, h.end + 1)}
    rows = {h.start for h in hits if h.name.rows}
    between = range(hits[0].start + 1, hits[-1].start)
    made = [
        Hit(_name(piece, table), table.number, p, p, piece.text)
        for p in between
        if p not in covered
        and _is_short(piece := stream.pieces[p])
        and (_is_like(piece, groups) or (p + 1 in rows and label(piece.text).ordinal))
    ]
    return sorted([*hits, *made], key=lambda h: h.start)


def _is_short(piece: Piece) -> bool:
    return not (piece.figure or piece.heading or piece.aside) and LEAST_PREFIX < len(piece.words) <= PROSE


def _is_like(piece: Piece, groups: set[str]) -> bool:
    return any(g in piece.words or similarity(piece.words, g) >= _ALIKE for g in groups)


def _name(piece: Piece, table: FormTable) -> Name:
    return Name(piece.words, frozenset({table.number}), frozenset(), column=False)
