"""Conditional formats of a spreadsheet: what they make of a number that they hide, strike or write otherwise.

A rule that compares the number with constants is worked out. Of any other that would change what is seen nobody but the
spreadsheet's own program knows whether it applies: the number is not read. Colours that leave it visible do not matter.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pipeline.marks import OBJECT, marked
from pipeline.readers.number_format import printed

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "equal": operator.eq,
    "notEqual": operator.ne,
    "greaterThan": operator.gt,
    "greaterThanOrEqual": operator.ge,
    "lessThan": operator.lt,
    "lessThanOrEqual": operator.le,
}


class ConditionalFormats:
    """The rules of a sheet, as openpyxl reads them, that change what is seen of a number."""

    def __init__(self, sheet: Any, is_white: Callable[[Any], bool]) -> None:
        self._is_white = is_white
        found = [(area, r) for area in sheet.conditional_formatting for r in area.rules if self._changes(r)]
        self._rules = sorted(found, key=lambda pair: pair[1].priority or 0)

    def shown(self, cell: Any, text: str) -> str:
        """The text of a cell as its rules show it, between marks where it is hidden or struck."""
        if not self._rules or isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
            return text
        for rule in self._of(cell):
            applies = _applies(rule, float(cell.value))
            if applies is None:
                return OBJECT
            if applies:
                return self._formatted(rule, cell.value, text)
        return text

    def _of(self, cell: Any) -> Iterator[Any]:
        return (rule for area, rule in self._rules if any(_holds(bounds, cell) for bounds in area.sqref.ranges))

    def _changes(self, rule: Any) -> bool:
        if any(part is not None and part.showValue is False for part in (rule.dataBar, rule.iconSet)):
            return True
        style = rule.dxf
        return style is not None and (style.numFmt is not None or bool(style.font and self._hides(style)))

    def _hides(self, style: Any) -> bool:
        return bool(style.font.strike) or (self._is_white(style.font) and style.fill is None)

    def _formatted(self, rule: Any, value: float, text: str) -> str:
        style = rule.dxf
        if style.numFmt is not None:
            text = printed(value, style.numFmt.formatCode)
            return text or marked(str(value), "hidden")
        return marked(text, "struck" if style.font.strike else "hidden")


def _holds(bounds: Any, cell: Any) -> bool:
    return bool(bounds.min_row <= cell.row <= bounds.max_row and bounds.min_col <= cell.column <= bounds.max_col)


def _applies(rule: Any, value: float) -> bool | None:
    """Whether a rule applies to a number; None where only a spreadsheet's program knows."""
    limits = _constants(rule.formula or ()) if rule.type == "cellIs" else None
    if not limits:
        return None
    if rule.operator in ("between", "notBetween") and len(limits) > 1:
        return (min(limits) <= value <= max(limits)) is (rule.operator == "between")
    compare = _COMPARISONS.get(rule.operator)
    return compare(value, limits[0]) if compare else None


def _constants(formulas: Sequence[str]) -> list[float] | None:
    try:
        return [float(text) for text in formulas]
    except ValueError:
        return None
