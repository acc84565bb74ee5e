"""The small shapes that the paths of a page draw and that are seen: letters may be among them.

What does *not* belong here: which of them are figures (`drawn`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.readers.pdf.page import Area, Char, Page
from pipeline.readers.pdf.painted import Fill, painted_over
from pipeline.readers.pdf.shapes import Outline, is_box
from pipeline.readers.pdf.states import common, is_apart

MAX_SHAPES = 50_000  # of a page: with more of them it is a drawing
_LETTER = 40.0  # points: what is larger is no letter or figure of a table
_SEAL, _UNEVEN, _ROUND = 200.0, 0.1, 16  # points across; how far from as high as wide; corners of what is round


@dataclass(slots=True)
class Ink:
    """The boxes of small shapes, the rims of seals, and what is filled over them: how many were drawn before."""

    shapes: list[Area] = field(default_factory=list)
    seals: list[Area] = field(default_factory=list)
    over: list[Fill] = field(default_factory=list)

    def draw(self, points: Outline, box: Area, clip: Area | None) -> None:
        """Note the outline of a shape in its box, as far as a clip lets it be seen."""
        if len(points) >= _ROUND and _is_seal(box):
            self.seals.append(box)
        elif not (len(points) >= len(box) and is_box(points, box)):
            self.fill(box, clip)

    def fill(self, box: Area, clip: Area | None) -> None:
        """Note a shape by its box; what has no breadth is a ruling."""
        if is_small(box) and len(self.shapes) < MAX_SHAPES and not (clip and is_apart(box, clip)):
            self.shapes.append(common(box, clip))

    def cover(self, boxes: Iterable[Area]) -> None:
        """Note boxes that are filled: what was drawn before under them is not seen."""
        if self.shapes:
            self.over += ((box, len(self.shapes)) for box in boxes)

    def clear(self, place: Area) -> None:
        """Forget what lies under a picture."""
        self.shapes = [s for s in self.shapes if not _holds(place, s)]
        self.over.clear()

    def seen(self, page: Page) -> list[Area]:
        """The shapes of a page that are seen, without the letters of seals."""
        shapes: Sequence[Area] = self.shapes
        if shapes and self.over:
            hidden = painted_over(Page(0, page.width, page.height, [Char(*s, "", 0.0) for s in shapes]), self.over)
            shapes = [s for i, s in enumerate(shapes) if i not in hidden]
        return [s for s in shapes if not any(_holds(seal, s) for seal in self.seals)]


def is_small(box: Area) -> bool:
    """True for a box with some breadth that is no larger than a letter or a figure of a table."""
    return 0 < box[2] - box[0] <= _LETTER and 0 < box[3] - box[1] <= _LETTER


def _is_seal(box: Area) -> bool:
    """True for the size and shape of the rim of a seal."""
    wide, high = box[2] - box[0], box[3] - box[1]
    return min(wide, high) > _LETTER and max(wide, high) <= _SEAL and abs(wide - high) <= _UNEVEN * high


def _holds(place: Area, shape: Area) -> bool:
    x, y = (shape[0] + shape[2]) / 2, (shape[1] + shape[3]) / 2
    return place[0] <= x <= place[2] and place[1] <= y <= place[3]
