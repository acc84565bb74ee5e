"""Columns of folded grids, whose rows are labels and figures in order, without columns of their own.

A header that prints all labels of a form's columns names them in the form's order. Where it prints other heads as well,
or instead, the order must come out without these: then they are told as in any grid, and what may be theirs is unbound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from pipeline.forms.indicators import is_unit
from pipeline.forms.model import Block, FormLine, FormTable
from pipeline.issues import Issue
from pipeline.matching.bands import Head, heads_of
from pipeline.matching.columns import Bound, bind, bind_all, counts_others, in_order, inferred_label, is_alike
from pipeline.matching.model import GridRow

_MOST_UNKNOWN = 6  # of the heads of a table: with more of them the header is another one


def bind_folded(band: Sequence[GridRow], block: Block, table: FormTable) -> Bound:
    """The columns in the form's order, where the header prints all their labels in any order.

    Where the header of an open table has more heads, there are as many columns, in the order of the heads.
    """
    unknown = [] if table.beside else list(_unknown(band, table))
    heads = list(_heads_of_figures(band, table)) if table.open and (table.beside or unknown) else []
    usual = table.columns_in(t.text for row in band for _, t in row.labels) if table.beside else len(block.columns)
    if len(heads) > usual:
        return bind_all(heads, block, table)
    if unknown and not table.open:
        return _bind_among(unknown, band, block, table)
    printed = Counter(t.text for row in band for _, t in row.labels)
    if _heads_two_groups(printed, block) or _has_lost_a_group([t.text for row in band for _, t in row.labels], block):
        return Bound(of_others=True)
    wanted = Counter(c.leaf.text for c in block.columns)
    called = {c.leaf.text: sum(printed[n] for n in c.names | c.damaged_names) for c in block.columns}
    if all(called[text] >= n for text, n in wanted.items()):
        return Bound(in_order(block))
    bound = bind(band, block, table)
    if len(bound.found) == len(block.columns):
        return Bound(in_order(block), bound.flaws)
    return replace(bind_all(heads, block, table), of_others=True) if unknown else Bound()


def _heads_two_groups(printed: Counter[str], block: Block) -> bool:
    """True where the name of one group stands over the columns of another as well, whose own is not printed."""
    groups = _telling(block)
    return any(printed[g] > 1 for g in groups) and any(not printed[g] for g in groups)


def _telling(block: Block) -> set[str]:
    """The groups that tell columns of one name apart."""
    names = Counter(c.leaf.text for c in block.columns)
    return {c.parents[-1] for c in block.columns if names[c.leaf.text] > 1 and c.parents}


def _has_lost_a_group(texts: Sequence[str], block: Block) -> bool:
    """True where columns of one name are told apart by their groups, and some group stands nowhere above them.

    Nothing says then which figures are whose.
    """
    names = {c.leaf.text for c in block.columns}
    groups = _telling(block)
    printed = groups.intersection(texts)
    last = max((n for n, t in enumerate(texts) if t in names), default=-1)
    return bool(printed) and (printed != groups or any(g in texts[last + 1 :] for g in groups))


def _unknown(band: Sequence[GridRow], table: FormTable) -> Iterator[Head]:
    """The labels of a header that are in no form, save units."""
    known = table.headers | table.stubs | {""}
    labels = [(cell, text.text) for row in band for cell, text in row.labels]
    for at, (cell, text) in enumerate(labels):
        if text not in known and not is_unit(cell.text) and not any(text.startswith(f) for f in table.below):
            yield Head(cell, text, frozenset(), at)


def _heads_of_figures(band: Sequence[GridRow], table: FormTable) -> Iterator[Head]:
    """The heads of a folded grid, each at its number among them, since names of rows may stand beside them."""
    heads = (h for h in heads_of(band, table) if h.text not in table.stubs)
    yield from (replace(h, at=n) for n, h in enumerate(heads))


def _bind_among(unknown: Sequence[Head], band: Sequence[GridRow], block: Block, table: FormTable) -> Bound:
    """The columns of a closed table whose header prints unknown heads too, as far as these are none of them."""
    others = {n for c in block.columns for n in c.parents} | {t for t in table.headers if t not in table.names}
    texts = [t.text for row in band for _, t in row.labels]
    leaves = [(n, t) for n, t in enumerate(texts) if t not in others and t]
    by_place = {h.at: h for h in unknown}
    groups = _groups(unknown, texts, block)
    surplus = len(leaves) - len(block.columns)
    ways = combinations(by_place, surplus) if surplus >= 0 and len(unknown) <= _MOST_UNKNOWN else ()
    orders = (block.columns, sorted(block.columns, key=lambda c: len(c.path)))
    for left_out in ways:
        kept = [(n, t) for n, t in leaves if n not in left_out]
        for order in orders:
            if all(n in by_place or t in c.names | c.damaged_names for (n, t), c in zip(kept, order, strict=True)):
                heads = {c.code: by_place[n] for (n, _), c in zip(kept, order, strict=True) if n in by_place}
                return _told(block, heads, groups, table)
    return Bound(of_others=True)


def _groups(unknown: Sequence[Head], texts: Sequence[str], block: Block) -> dict[str, Head | None]:
    """The groups of columns in whose place an unknown head may stand, each with that which may be its misprint.

    A header may do without groups; where it prints some, what another is called is not known.
    """
    groups: dict[str, Head | None] = {}
    some = any(p in texts for c in block.columns for p in c.parents)
    for group in dict.fromkeys(p for c in block.columns for p in c.parents if p not in texts):
        line = FormLine(group, (group,))
        alike = [h for h in unknown if is_alike(h, line)]
        is_of_all = all(group in c.parents for c in block.columns)
        if alike or (some and not is_of_all) or any(counts_others(h, line) for h in unknown):
            groups[group] = alike[0] if alike else None
    return groups


def _told(block: Block, heads: dict[str, Head], groups: dict[str, Head | None], table: FormTable) -> Bound:
    """The columns in the form's order, unless an unknown head is no misprint of one: then figures are another's."""
    flaws: list[Issue] = []
    for column in block.columns:
        over = [groups[p] for p in column.parents if p in groups]
        own = heads.get(column.code)
        if None in over or (own is not None and not is_alike(own, column)):
            return Bound(of_others=True)
        if own is not None or over:
            flaws.append(inferred_label(column, own or next(h for h in over if h), table))
    is_less = bool(heads or groups)
    return Bound(in_order(block), tuple(flaws), of_others=is_less, doubted=not is_less)
