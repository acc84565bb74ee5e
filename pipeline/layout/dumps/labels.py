"""Where the labels of the forms stand in a dump's pieces.

A label that is printed with other words beside it keeps them: `2023年处理决定数量` is for `matching` to judge.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.layout.dumps.beside import Found, with_words_beside
from pipeline.layout.dumps.model import LEAST_PREFIX, LONGEST_PIECE, REACH, Hit, Name, Piece
from pipeline.layout.dumps.torn import Torn

_COVERED = 0.6  # of a piece's characters must be labels, or it is prose that mentions one


_NOISE = 3  # this many characters of a neighbouring cell may stick to the rest of a torn label


def find_labels(pieces: Sequence[Piece], names: dict[str, Name]) -> list[Hit]:
    """The labels in reading order; a torn one is put together from the pieces that follow."""
    prefixes = {n[:i] for n in names for i in range(LEAST_PREFIX, len(n))}
    torn = Torn.of(names)
    hits: list[Hit] = []
    taken: set[int] = set()
    for i, piece in enumerate(pieces):
        if piece.figure or piece.heading or piece.aside or i in taken or len(piece.words) > LONGEST_PIECE:
            continue
        if piece.text.endswith("。"):
            continue  # a sentence, whatever labels it mentions
        found: list[Found] = []
        for start, text in _segments(piece.words, names, prefixes):
            if text in names:
                found.append(Found(names[text], start, start + len(text), i))
            elif end := _go_on(pieces, i, text, names, taken):
                name, last, used = end
                taken |= used
                found.append(Found(name, start, start + len(text), last))
        hits += with_words_beside(found, i, pieces, torn)
    return hits


def _segments(text: str, names: dict[str, Name], prefixes: set[str]) -> list[tuple[int, str]]:
    """The labels and beginnings of labels in a piece, each with its place; none where it is mostly something else."""
    found: list[tuple[int, str]] = []
    at = 0
    while at < len(text):
        if text[at] not in names and (pair := text[at : at + LEAST_PREFIX]) not in names and pair not in prefixes:
            at += 1
            continue
        end = next((e for e in range(len(text), at, -1) if text[at:e] in names or text[at:e] in prefixes), at)
        if end > at:
            found.append((at, text[at:end]))
        at = max(end, at + 1)
    digits = sum(c.isdigit() for c in text)
    return found if sum(len(t) for _, t in found) >= _COVERED * max(1, len(text) - digits) else []


def _go_on(
    pieces: Sequence[Piece], start: int, begun: str, names: dict[str, Name], taken: set[int]
) -> tuple[Name, int, set[int]] | None:
    """The label that a beginning and later pieces make together, its last piece, and the pieces used up.

    Of several labels with one beginning it is the one that is whole first.
    """
    ends = []
    near = range(start + 1, min(start + 1 + REACH, len(pieces)))
    heads = {i for i in near if pieces[i].words in names and names[pieces[i].words].is_indicator}
    for whole in (n for n in names if n.startswith(begun) and n != begun):
        rest = whole[len(begun) :]
        used = _rest_of(pieces, start, rest, taken | heads, names, is_head=names[whole].is_indicator)
        if used:
            ends.append((max(used), -len(whole), whole, used))
    if not ends:
        return None
    last, _, whole, used = min(ends)
    return names[whole], last, {p for p in used if pieces[p].words in whole}


def _rest_of(
    pieces: Sequence[Piece], start: int, rest: str, taken: set[int], names: Collection[str], *, is_head: bool
) -> list[int]:
    """The pieces, in order, that make up the rest of a label; none where they do not come.

    What ends in the rest of a head of an indicator table is another head: 本年度数据 is no end of 统计数据.
    """
    used: list[int] = []
    for i in range(start + 1, min(start + 1 + REACH, len(pieces))):
        if pieces[i].figure or pieces[i].heading or i in taken:
            continue
        text = pieces[i].words
        is_noisy = len(rest) >= LEAST_PREFIX and text.endswith(rest) and len(text) - len(rest) <= _NOISE
        ends_so = is_noisy and not is_head and text not in names
        if ends_so or (text and rest.startswith(text)):
            rest = "" if ends_so else rest[len(text) :]
            used.append(i)
        if not rest:
            return used
    return []


def place_labels(hits: Sequence[Hit], skip: frozenset[int]) -> list[Hit]:
    """Each label in a table. A vague one (总计, 其他) belongs to the table of the label before it, else after it."""
    own = [0 if h.name.vague or len(h.name.tables) > 1 else next(iter(h.name.tables)) for h in hits]
    placed: list[Hit] = []
    for i, hit in enumerate(hits):
        before = next((t for t in reversed(own[:i]) if t), 0)
        after = next((t for t in own[i:] if t), 0)
        table = own[i] or (before if before in hit.name.tables else after)
        if table in hit.name.tables and table not in skip:
            placed.append(replace(hit, table=table))
    return placed
