"""Conditional formats of a spreadsheet: what they make of a number that they hide, strike or write otherwise.

A rule that compares the number with constants is worked out. Of any other that would change what is seen nobody but the
spreadsheet's own program knows whether it applies: the number is not read. Colours that leave it visible do not matter.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from openpyxl.styles.colors import COLOR_INDEX

from pipeline.marks import OBJECT, marked
from pipeline.readers.number_format import printed
from pipeline.readers.sheet_looks import BLACK, SYSTEM, hex_of, is_unseen
from pipeline.readers.word.shades import UNKNOWN, WHITE

_NO_COLOUR = "00000000"  # of a part of a fill that is not given

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

    def __init__(self, sheet: Any) -> None:
        found = [(area, r) for area in sheet.conditional_formatting for r in area.rules if _may_change(r)]
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
        rules = (rule for area, rule in self._rules if any(_holds(bounds, cell) for bounds in area.sqref.ranges))
        return (rule for rule in rules if _changes(rule, cell))

    def _formatted(self, rule: Any, value: float, text: str) -> str:
        style = rule.dxf
        if style.numFmt is not None:
            text = printed(value, style.numFmt.formatCode)
            return text or marked(str(value), "hidden")
        return marked(text, "struck" if style.font and style.font.strike else "hidden")


def fill_of(fill: Any) -> str | None:
    """The colour that a fill puts behind a number, None where it puts none."""
    pattern = getattr(fill, "fill_type", UNKNOWN) if fill is not None else None
    if pattern is None:
        return None
    return _hex(fill.fgColor) if pattern == "solid" else UNKNOWN


def is_unseen_in(font: Any, fill: Any) -> bool:
    """True for a font of which nothing is seen in a cell of a fill."""
    return is_unseen(_hex(font.color), fill_of(fill), font.sz)


def _hex(colour: Any) -> str | None:
    """The digits of a colour, None for the usual one; those of the theme are known where they are plain."""
    if colour is None or colour.type == "auto":
        return None
    if colour.type == "rgb":
        return hex_of(str(colour.rgb))
    if colour.type == "indexed":
        number = int(colour.indexed)
        return hex_of(COLOR_INDEX[number]) if number < len(COLOR_INDEX) else SYSTEM.get(number, UNKNOWN)
    return {0: WHITE, 1: BLACK}.get(colour.theme, UNKNOWN) if colour.type == "theme" and not colour.tint else UNKNOWN


def _may_change(rule: Any) -> bool:
    """True for a rule that may change what is seen of a number."""
    return _shows_no_value(rule) or rule.dxf is not None


def _changes(rule: Any, cell: Any) -> bool:
    """True for a rule that, where it applies, changes what is seen of the number of a cell."""
    if _shows_no_value(rule):
        return True
    style = rule.dxf
    return style.numFmt is not None or bool(style.font and style.font.strike) or _hides(style, cell)


def _shows_no_value(rule: Any) -> bool:
    return any(part is not None and part.showValue is False for part in (rule.dataBar, rule.iconSet))


def _hides(style: Any, cell: Any) -> bool:
    """True where the letters and the fill that a rule gives, or leaves as they are, are of one colour."""
    if not (style.font and style.font.color) and style.fill is None:
        return False
    letters = style.font.color if style.font and style.font.color else cell.font.color
    return is_unseen(_hex(letters), fill_of(cell.fill) if style.fill is None else _fill_of_rule(style.fill))


def _fill_of_rule(fill: Any) -> str | None:
    """The colour of a rule's fill, which stands where that of a pattern's background does."""
    if getattr(fill, "fill_type", UNKNOWN) not in (None, "solid"):
        return UNKNOWN
    colours = [_hex(c) for c in (fill.bgColor, fill.fgColor) if c is not None and str(c.rgb) != _NO_COLOUR]
    return next((c for c in colours if c), None)


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
