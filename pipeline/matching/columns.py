"""Columns: which of a block's columns the heads of one band name, by labels, by groups and by order.

A column is bound by its own label and, where several columns share one, by the labels above it. A damaged
label is bound only when order leaves it a single place, and then with an issue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.forms.model import Block, FormLine, FormTable
from pipeline.issues import Issue, issue
from pipeline.labels import similarity
from pipeline.matching.bands import Head, heads_of
from pipeline.matching.model import GridRow
from pipeline.matching.wordings import is_misprint, says_otherwise

# Below this a header text shares too little with a label: position alone would decide.
_ALIKE = 0.4
_LEAST_LEFT_OUT = 3  # characters of a group's name that are left out together


@dataclass(frozen=True, slots=True)
class Bound:
    """The result of a band: the columns it binds by code, their issues, and the heads that name no column.

    `of_others` says that it heads other figures than the form's, so that no band above it speaks for the rows below. It
    is `doubted` where it prints more heads than the form has columns: the figures of folded rows may be theirs.
    """

    found: dict[str, int] = field(default_factory=dict)
    flaws: tuple[Issue, ...] = ()
    left: tuple[Head, ...] = ()
    of_others: bool = False
    doubted: bool = False


def bind(band: Sequence[GridRow], block: Block, table: FormTable) -> Bound:
    """The columns of a block by their labels, then those that order leaves a single place."""
    heads = list(heads_of(band, table))
    exact = _by_label(heads, block, table)
    taken = {h.cell for h in exact.values()}
    open_heads = [h for h in heads if h.cell not in taken]
    if not exact and not _some_alike(heads, block.columns):
        of_others = any(counts_others(h, c) for h in open_heads for c in block.columns)
        return _alone(open_heads, block, table) if table.unit_headers else Bound({}, (), tuple(open_heads), of_others)
    open_columns = [c for c in block.columns if c.code not in exact]
    inferred, flaws = _by_order(open_heads, open_columns, exact, block.columns, table)
    found = {code: h.cell.col for code, h in {**exact, **inferred}.items()}
    left = tuple(h for h in open_heads if h not in inferred.values())
    groups = _strange_groups(exact, band, block, table)
    return Bound(found, (*_misprints(exact, block.columns, table), *groups, *flaws), left)


def bind_all(heads: Sequence[Head], block: Block, table: FormTable) -> Bound:
    """The form's columns by their labels alone, and the heads that are left."""
    exact = _by_label(heads, block, table)
    open_columns = [c for c in block.columns if c.code not in exact]
    flaws = (*_misprints(exact, block.columns, table), *(unbound(c, table) for c in open_columns))
    left = tuple(h for h in heads if h not in exact.values())
    return Bound({code: h.at for code, h in exact.items()}, flaws, left)


def columns_printed(band: Sequence[GridRow], block: Block, table: FormTable) -> int:
    """How many columns of a block a header band names."""
    return len(_by_label(list(heads_of(band, table)), block, table))


def _alone(heads: Sequence[Head], block: Block, table: FormTable) -> Bound:
    """The one column of an indicator table under the one head that is left, whatever it says, such as 2015年."""
    if len(block.columns) != 1 or len(heads) != 1:
        return Bound(left=tuple(heads))
    column = block.columns[0]
    return Bound({column.code: heads[0].cell.col}, (_misprint(column, heads[0], table, "label-inferred"),))


def in_order(block: Block) -> dict[str, int]:
    """The columns of a block at the first fields, in the form's order."""
    return {c.code: i for i, c in enumerate(block.columns)}


def _by_label(heads: Sequence[Head], block: Block, table: FormTable) -> dict[str, Head]:
    """The columns whose own label, or label under its groups, stands at exactly one place.

    A place has the figures of one column: what may be either of two is neither.
    """
    wanted: dict[str, list[Head]] = {}
    for head in heads:
        for column in _called(head, block, table):
            wanted.setdefault(column.code, []).append(head)
    alone = {code: found[0] for code, found in wanted.items() if len(found) == 1}
    served = Counter([head.cell for head in alone.values()])
    return alone if len(served) == len(alone) else {code: h for code, h in alone.items() if served[h.cell] == 1}


def _called(head: Head, block: Block, table: FormTable) -> Sequence[FormLine]:
    """The columns that a header cell may name: by its text, then those with the most of their groups above.

    Below a group that is none of the form's nothing tells which of them it is.
    """
    named = block.named.get(head.text, ())
    if len(named) < 2:
        return named
    shared = [len(head.above & set(c.parents)) for c in named]
    missing = [len(set(c.parents) - head.above) for c in named]
    best = [c for c, s, m in zip(named, shared, missing, strict=True) if s == max(shared) and m == min(missing)]
    return [c for c in best if _is_below_own(head, c, table)]


def _some_alike(heads: Sequence[Head], columns: Sequence[FormLine]) -> bool:
    return any(is_alike(h, c) for h in heads for c in columns)


def is_alike(head: Head, column: FormLine) -> bool:
    """True for a head that may be the column's label misprinted."""
    return similarity(head.text, column.leaf.text) >= _ALIKE and not says_otherwise(head.text, column.leaf.text)


def _is_below_own(head: Head, column: FormLine, table: FormTable) -> bool:
    """True unless a label above the head is like none of the column's groups: under 一审 stands no 直接起诉."""
    strange = head.above - table.headers - table.groups
    return not column.parents or all(any(_is_group(t, g) for g in column.parents) for t in strange if t)


def _strange_groups(exact: dict[str, Head], band: Sequence[GridRow], block: Block, table: FormTable) -> Iterator[Issue]:
    """An issue for each label above bound columns that says something else than one of their groups.

    It is like that group, or stands above some of the columns in its place.
    """
    above = [h.above for h in exact.values()]
    strange = frozenset[str]().union(*above) - table.headers - table.groups
    if not strange:
        return
    over_all = frozenset.intersection(*above)
    first = min(h.cell.col for h in exact.values())
    labels = {t.text: c for row in band for c, t in row.labels if c.col >= first and t.text}
    told: set[str] = set()
    for column in (c for c in block.columns if c.code in exact):
        for text in sorted((exact[column.code].above & strange & labels.keys()) - told):
            best = _replaced(text, column, exact[column.code], over_all)
            if best is None:
                continue
            told.add(text)
            code = "label-misprint" if _is_group(text, best) else "label-inferred"
            meant = dict(zip(column.parents, column.path, strict=False))[best]
            yield issue(code, table_no=table.number, printed=labels[text].text.strip(), at=labels[text], meant=meant)


def _replaced(text: str, column: FormLine, head: Head, over_all: frozenset[str]) -> str | None:
    """The group of a column that a label above its head is like, or in whose place it stands; else None."""
    alike = {g: 1.0 if g in text or text in g else similarity(text, g) for g in column.parents}
    best = max(alike, key=lambda g: alike[g], default=None)
    if best is not None and alike[best] >= _ALIKE:
        return best
    return next((g for g in column.parents if g not in head.above), None) if text not in over_all else None


def _is_group(printed: str, group: str) -> bool:
    """True for the name of a group with a misprint, with less or with more words: 直接起诉, 经复议后起诉.

    Less by a `not` is the opposite: 经复议直接起诉 of 未经复议直接起诉.
    """
    is_part = printed in group and len(group) - len(printed) >= _LEAST_LEFT_OUT
    return is_part or is_misprint(printed, group) or (group in printed and not says_otherwise(printed, group))


def counts_others(head: Head, column: FormLine) -> bool:
    """True for a head like the column's label that says that it counts something else, such as other years."""
    return similarity(head.text, column.leaf.text) >= _ALIKE and says_otherwise(head.text, column.leaf.text)


def _by_order(
    heads: Sequence[Head],
    columns: Sequence[FormLine],
    exact: dict[str, Head],
    all_columns: Sequence[FormLine],
    table: FormTable,
) -> tuple[dict[str, Head], tuple[Issue, ...]]:
    """Bind what labels left open, where as many similar heads as columns lie between the same bound neighbours."""
    found: dict[str, Head] = {}
    flaws: list[Issue] = []
    for gap_columns, low, high in _gaps(columns, exact, all_columns):
        inside = [h for h in heads if low < h.cell.col < high]
        pairs = list(zip(gap_columns, inside, strict=False))
        if len(inside) == len(gap_columns) and all(is_alike(h, c) and _is_below_own(h, c, table) for c, h in pairs):
            found |= {c.code: h for c, h in pairs}
            flaws += [inferred_label(c, h, table) for c, h in pairs]
        else:
            flaws += [unbound(c, table) for c in gap_columns]
    return found, tuple(flaws)


def _gaps(
    open_columns: Sequence[FormLine], exact: dict[str, Head], columns: Sequence[FormLine]
) -> Iterator[tuple[list[FormLine], float, float]]:
    """Runs of open columns between bound ones, with the fields of those on either side."""
    run: list[FormLine] = []
    low = float("-inf")
    for column in columns:
        if column in open_columns:
            run.append(column)
            continue
        here = float(exact[column.code].cell.col)
        if run:
            yield run, low, here
        run, low = [], here
    if run:
        yield run, low, float("inf")


def _misprints(exact: dict[str, Head], columns: Sequence[FormLine], table: FormTable) -> Iterator[Issue]:
    for column in columns:
        head = exact.get(column.code)
        if head and head.text in column.damaged_names:
            yield _misprint(column, head, table)


def inferred_label(column: FormLine, head: Head, table: FormTable) -> Issue:
    """The issue of a label that is bound by order: a misprint, or worded otherwise.

    An undamaged one is inferred as well: its group is damaged, or it is printed twice.
    """
    is_slip = head.text not in column.names and is_misprint(head.text, column.leaf.text)
    return _misprint(column, head, table, "label-misprint" if is_slip else "label-inferred")


def _misprint(column: FormLine, head: Head, table: FormTable, code: str = "label-misprint") -> Issue:
    return issue(
        code,
        table_no=table.number,
        col_code=column.code,
        printed=head.cell.text.strip(),
        at=head.cell,
        meant=column.path[-1],
    )


def unbound(column: FormLine, table: FormTable) -> Issue:
    """The issue of a column that no head names."""
    return issue("column-unbound", table_no=table.number, col_code=column.code, meant=column.path[-1])
