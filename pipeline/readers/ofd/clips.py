"""Clips of an object of an OFD page: what lies outside of them is not shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline.numbers import OBJECT
from pipeline.readers.ofd.spaces import Matrix, matrix_of, moved, numbers, outlines_of, times
from pipeline.readers.pdf.page import Area, Char
from pipeline.readers.pdf.shapes import around

_INNER = 0.15  # of a character: what may be cut off of it at each side
_WHOLE, _NOTHING = 0.9, 0.1  # of a character: what is shown of one that is, and of one that is not

Parts = Sequence[Sequence[Area]]  # of each clip, the boxes in which it shows anything


def shown_parts(element: etree._Element, whole: Matrix, outside: Matrix) -> Parts | None:
    """The parts of the page that the clips of an object leave of it; None where it has none that are known.

    `whole` leads from the space of the object to the page, `outside` does so without the object's own matrix.
    """
    clips = element.find("{*}Clips")
    if clips is None:
        return None
    space = outside if clips.get("TransFlag") == "false" else whole
    found = [list(_boxes(clip, space)) for clip in clips.iterfind("{*}Clip") if clip.find("{*}Area/{*}Text") is None]
    return found or None


def _boxes(clip: etree._Element, space: Matrix) -> Iterator[Area]:
    for area in clip.iterfind("{*}Area"):
        for path in area.iterfind("{*}Path"):
            left, top, *_ = [*numbers(path.get("Boundary")), 0.0, 0.0]
            own = times(matrix_of(path.get("CTM")), (1, 0, 0, 1, left, top))
            by = times(times(own, matrix_of(area.get("CTM"))), space)
            outlines = [points for points, _ in outlines_of(path.findtext("{*}AbbreviatedData") or "", smooth=True)]
            if outlines:
                yield around([[moved(p, by) for p in points] for points in outlines])


def within(char: Char, parts: Parts) -> Char | None:
    """A character as far as it is shown: a digit cut in two is known no longer, and of some nothing is left."""
    shown = min(max((_share(char, box) for box in boxes), default=0.0) for boxes in parts)
    if shown <= _NOTHING:
        return None
    return char._replace(text=char.text + OBJECT) if shown < _WHOLE and char.text.isdigit() else char


def _share(char: Char, box: Area) -> float:
    """How much of a character lies in a box."""
    wide, high = char.x1 - char.x0, char.y1 - char.y0
    left, right = char.x0 + _INNER * wide, char.x1 - _INNER * wide
    top, bottom = char.y0 + _INNER * high, char.y1 - _INNER * high
    if right <= left or bottom <= top:
        return 1.0
    across, down = min(right, box[2]) - max(left, box[0]), min(bottom, box[3]) - max(top, box[1])
    return max(across, 0.0) * max(down, 0.0) / ((right - left) * (bottom - top))
