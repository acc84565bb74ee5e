"""Joins: a figure that is broken over lines of its cell, made one again where the identities prove it.

A line end between two digits says nothing by itself: one figure may go on there, or a second one begin. Where every
identity through the cell that can be worked out holds with the joint figure, and one of them is not only between
zeros, it is one figure. Anything less leaves the cell as printed, which is a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.forms.model import Equation, FormTable
from pipeline.matching.arithmetic import Values, numbers
from pipeline.matching.model import Bound

_BREAK = re.compile(r"(?<=[0-9０-９])\n(?=[0-9０-９])")
RowCol = tuple[str, str]


def join_lines(bound: Sequence[Bound], table: FormTable) -> tuple[Bound, ...]:
    """The bound cells, those proven to hold one figure over several lines with that figure as their text."""
    broken = {_key(b): b for b in bound if _BREAK.search(b.cell.text)}
    if not broken:
        return tuple(bound)
    joint = {key: b.cell._replace(text=_BREAK.sub("", b.cell.text)) for key, b in broken.items()}
    values = numbers({_key(b): joint.get(_key(b), b.cell) for b in bound})
    proven = {key for key in broken if _is_proven(key, values, table)}
    return tuple(b._replace(cell=joint[_key(b)]) if _key(b) in proven else b for b in bound)


def _key(b: Bound) -> RowCol:
    return b.row.code, b.column.code


def _is_proven(key: RowCol, values: Values, table: FormTable) -> bool:
    known = [e for e in table.equations if key in e.cells and values.keys() >= set(e.cells)]
    return any(values[k] for e in known for k in e.cells) and all(_is_equal(e, values) for e in known)


def _is_equal(equation: Equation, values: Values) -> bool:
    return sum(values[k] for k in equation.left) == sum(values[k] for k in equation.right)
