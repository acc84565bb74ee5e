"""How an indicator table prints its rows: 其中 and a number before the label, the unit and the number beside it."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.labels import Label, compact, label, simplified

# 其中：1.当面申请数, 01 主动公开信息数: a row is part of the one above, its number stands before it.
_BEFORE_LABEL = re.compile(r"^(?:其中[:,]?)?(?:[0-9]{2}(?=[^\W\d_]))?(?=.)")
_LONG = 300  # not a label, and not worth a closer look
_UNITS = frozenset({*"条件次篇个人元宗份期场例项", "人次", "万元", "亿元", "条次", "件次"})


@lru_cache(maxsize=20_000)
def indicator(printed: str) -> Label:
    """The label of a row, without 其中 and the row's number before it."""
    return label(_BEFORE_LABEL.sub("", compact(printed), count=1)) if len(printed) < _LONG else label(printed)


@lru_cache(maxsize=4_096)
def is_unit(printed: str) -> bool:
    """True for a cell that prints a unit and nothing else: `条`, `（万元）`."""
    return len(printed) < _LONG and unit_text(printed) in _UNITS


def unit_text(printed: str) -> str:
    """The text of a cell of an indicator table, in simplified characters and without brackets."""
    return simplified(compact(printed)).strip("()")
