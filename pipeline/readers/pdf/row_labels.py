"""The labels beside the rows of a table without upright rulings: of one line or several, in one column or more.

The vocabulary says which lines make one label, and where the label of a row begins behind that of its group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.labels import label
from pipeline.readers.pdf.figure_columns import SLACK
from pipeline.readers.pdf.lines import CELL_LEADING, TextLine, joined
from pipeline.readers.vocabulary import Vocabulary

LEAST_ROWS = 3  # of figures: fewer show no columns
NEAR = 1.6  # points: how far the beginnings of one column may differ
GAP = 0.2  # of the font size: between the cells of two columns that are full


@dataclass(frozen=True, slots=True)
class RowLabel:
    """A label of one line or several."""

    lines: tuple[TextLine, ...]

    @property
    def text(self) -> str:
        """What it says, its lines joined."""
        return joined(line.text for line in self.lines)

    @property
    def top(self) -> float:
        """Where its first line begins, in points from the top of the page."""
        return self.lines[0].top

    @property
    def bottom(self) -> float:
        """Where its last line ends."""
        return self.lines[-1].bottom

    def is_beside(self, row: Sequence[TextLine]) -> bool:
        """True for a label that stands at the height of a row of figures."""
        middle = (row[0].top + row[0].bottom) / 2
        return self.top - SLACK <= middle <= self.bottom + SLACK

    def is_left_of(self, other: RowLabel) -> bool:
        """True for the label of a column before that of the other."""
        return self.lines[0].x0 < other.lines[0].x0 - NEAR


def labels_in(beside: Sequence[Sequence[TextLine]], words: Vocabulary) -> list[RowLabel]:
    """The labels among the parts of lines: one goes on with the one above it where both together may begin a label."""
    found: list[RowLabel] = []
    for line in _divided(beside, words):
        for part in line:
            above = next((x for x in reversed(found) if _is_below(part, x)), None)
            text = above.text + part.text if above else ""
            if above is not None and (words.begins(text) or not (words.begins(part.text) or words.knows(above.text))):
                found[found.index(above)] = RowLabel((*above.lines, part))
            else:
                found.append(RowLabel((part,)))
    return found


def _divided(beside: Sequence[Sequence[TextLine]], words: Vocabulary) -> list[list[TextLine]]:
    """The labels of each line, those of columns without a gap between them apart."""
    starts = Counter(round(p.x0) for line in beside for p in line)
    common = [x for x, n in starts.items() if n >= LEAST_ROWS]
    out = []
    for line in beside:
        pieces: list[TextLine] = []
        for part in line:
            if words.begins(part.text) or words.ends(part.text):
                pieces.append(part)
                continue
            at = next((n for n, c in enumerate(part.chars) if n and any(abs(c.x0 - x) <= NEAR for x in common)), None)
            at = at or _end_of_group(part, words)
            pieces += [part.of(part.chars[:at]), part.of(part.chars[at:])] if at else [part]
        out.append(pieces)
    return out


def _end_of_group(part: TextLine, words: Vocabulary) -> int | None:
    """Where the label of a row begins behind that of its group, of which both ends are known, at a narrow gap."""
    for n, (before, char) in enumerate(pairwise(part.chars), 1):
        if char.x0 - before.x1 >= GAP * char.size:
            group, own = ("".join(c.text for c in chars) for chars in (part.chars[:n], part.chars[n:]))
            if words.ends(group) and label(own).ordinal and words.begins(own):
                return n
    return None


def _is_below(part: TextLine, label: RowLabel) -> bool:
    last = label.lines[-1]
    gap = part.top - last.bottom
    overlap = min(part.x1, last.x1) - max(part.x0, last.x0)
    return -SLACK < gap <= CELL_LEADING * part.size and overlap > 0


def own_label(row: Sequence[TextLine], labels: Sequence[RowLabel]) -> RowLabel | None:
    """The label of a row of figures: the rightmost at its height."""
    beside = [x for x in labels if x.is_beside(row)]
    return max(beside, key=lambda x: x.lines[0].x0, default=None)
