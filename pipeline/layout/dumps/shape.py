"""The shape of a form's table: which rows it has, and how many figures each must have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.forms.model import FormTable
from pipeline.layout.dumps.model import Group, Hit, Piece


@dataclass(frozen=True)
class Shape:
    """The rows of a table: their order, how many figures each must have, and whether it is an indicator table.

    It is `guarded` where identities across the columns tell which figures are its own.
    """

    number: int
    order: dict[str, int]
    sizes: dict[str, int]
    is_indicator: bool
    guarded: bool = False

    @classmethod
    def of(cls, table: FormTable, more: int = 0) -> Shape:
        """The shape of a form's table whose header prints `more` additional columns."""
        order = {r.code: n for n, r in enumerate(table.rows)}
        sizes = {r.code: len(b.columns) + more for b in table.blocks for r in b.rows}
        guarded = any(i.over == "columns" for i in table.identities)
        return cls(table.number, order, sizes, bool(table.beside), guarded)

    @property
    def nameless(self) -> bool:
        """True for a table whose only row has no label."""
        return len(self.order) == 1

    def code(self, hit: Hit) -> str | None:
        """The row that a label names in this table, if it names one."""
        if hit.code:
            return hit.code
        codes = [c for t, c in hit.name.rows if t == self.number and c in self.order]
        return codes[0] if len(codes) == 1 else None

    def trimmed(self, group: Group, pieces: Sequence[Piece]) -> Group:
        """The group without blank cells at its end that go beyond the widest row."""
        widest = max(self.sizes.values())
        kept = list(group.pieces)
        while len(kept) > widest and not pieces[kept[-1]].text:
            kept.pop()
        return group if is_shifted(group, widest, pieces) else Group(tuple(kept))


def is_shifted(group: Group, size: int, pieces: Sequence[Piece]) -> bool:
    """True for figures between blank cells: the first of these may be what a merged label leaves of its width.

    Nobody knows then which of too many cells are the row's own, unless its figures alone are as many.
    """
    printed = [n for n, p in enumerate(group.pieces) if pieces[p].text]
    is_between = bool(printed) and printed[0] > 0 and printed[-1] < len(group.pieces) - 1
    return is_between and printed[-1] - printed[0] + 1 < size
