"""The furniture of pages: page numbers, running headers and footers. It is not part of the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.readers.pdf.lattice import RuledTable
from pipeline.readers.pdf.lines import TextLine

_RIM = 0.12  # of a page's height
_SAME_HEIGHT = 3.0  # points
_PAGE_NUMBER = re.compile(
    r"^[-—–―－·.\s]*(?:第\s*)?\d{1,3}(?:\s*页)?(?:\s*[/,，、共]+\s*(?:共\s*)?\d{1,3}(?:\s*页)?)?[-—–―－·.\s]*$"
)
_DIGITS = re.compile(r"\d+")


def without_furniture(
    pages: Sequence[Sequence[TextLine | RuledTable]], heights: Sequence[float]
) -> tuple[list[list[TextLine | RuledTable]], list[TextLine]]:
    """The pages without the lines at their rims, and those lines."""
    rims = [_rim(items, height) for items, height in zip(pages, heights, strict=True)]
    places = Counter(place for rim in rims for place in {_place(line) for line in rim})
    furniture = [
        line for rim in rims for line in rim if _PAGE_NUMBER.match(line.text) or _repeats(line, places, len(pages))
    ]
    gone = {id(line) for line in furniture}
    return [[i for i in items if id(i) not in gone] for items in pages], furniture


def _rim(items: Sequence[TextLine | RuledTable], height: float) -> list[TextLine]:
    """The lines near the upper or lower end of a page, as far as the first table."""
    found: dict[int, TextLine] = {}
    for run, low, high in ((items, 0.0, _RIM), (items[::-1], 1 - _RIM, 1.0)):
        for item in run:
            if isinstance(item, RuledTable) or not low * height <= (item.top + item.bottom) / 2 <= high * height:
                break
            found[id(item)] = item
    return list(found.values())


def _place(line: TextLine) -> tuple[str, int]:
    return _DIGITS.sub("0", line.text), round(line.top / _SAME_HEIGHT)


def _repeats(line: TextLine, places: Counter[tuple[str, int]], pages: int) -> bool:
    """True for a line that most pages have at the same height, whatever its digits."""
    text, height = _place(line)
    count = max(places[text, h] for h in (height - 1, height, height + 1))
    return count >= 2 and 2 * count > pages
