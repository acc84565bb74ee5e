"""Labels of rows that print their groups in the same cell: 三、本年度办理结果-（三）不予公开-1.属于国家秘密.

Whatever stands between a group and a label, the cell is then worded as in the form. Only labels change, never a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, product

from pipeline.document import Grid
from pipeline.forms.model import FormTable
from pipeline.labels import compact, label, simplified

_NOT_TEXT = re.compile(r"[^\w]|_")
_LONGEST = 100

_Line = tuple[tuple[str, ...], tuple[str, ...]]  # the path and the aliases of a row


def with_plain_stubs(grid: Grid, tables: Sequence[FormTable]) -> Grid:
    """The grid with the labels of its rows as the forms word them; its table is one of these."""
    if any(t.beside for t in tables):
        return grid
    wholes = _wholes(tuple((r.path, r.aliases) for t in tables for r in t.rows if len(r.path) > 1))
    known = frozenset[str]().union(*(t.stubs | t.headers for t in tables))
    # Figures are no labels, and there are more of them than of anything else.
    meant = {t: leaf for t in grid.texts if not t.isascii() and (leaf := _leaf(t, known, wholes))}
    return replace(grid, cells=tuple(c._replace(text=meant.get(c.text, c.text)) for c in grid.cells)) if meant else grid


def _leaf(printed: str, known: frozenset[str], wholes: Mapping[str, str]) -> str | None:
    """The label of a form that a text prints with its groups before it, where it is no label itself."""
    return wholes.get(_words(printed)) if len(printed) <= _LONGEST and label(printed).text not in known else None


def _words(text: str) -> str:
    return _NOT_TEXT.sub("", simplified(compact(text)))


@lru_cache(maxsize=8)
def _wholes(lines: tuple[_Line, ...]) -> Mapping[str, str]:
    """The label of each row by its words together with those of its groups; those of two labels are left out."""
    found: dict[str, set[str]] = {}
    for (*groups, leaf), aliases in lines:
        names = [(text, words) for text in (leaf, *aliases) for words in _wordings(text)]
        for size in range(1, len(groups) + 1):
            for above in combinations(groups, size):
                for before, (text, words) in product(product(*map(_wordings, above)), names):
                    found.setdefault("".join((*before, words)), set()).add(text)
    return {whole: texts.pop() for whole, texts in found.items() if len(texts) == 1}


def _wordings(text: str) -> Iterator[str]:
    """The words of a label with and without its ordinal and its remarks."""
    plain = label(text)
    yield from dict.fromkeys((_words(text), f"{plain.ordinal}{plain.text}", plain.text))
