"""What the graphics state of a PDF's content says of the ink that follows: how thin it is, and where it is cut off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pdfminer.pdfinterp import PDFGraphicState
from pdfminer.pdftypes import num_value, resolve1
from pdfminer.psparser import LIT
from pdfminer.utils import Matrix, PathSegment

from pipeline.readers.pdf.page import Area

_PLAIN = frozenset(str(LIT(name)) for name in ("Normal", "Compatible"))
_NO_INK = 0.05  # of full ink: nobody sees what is thinner
_MOST = 500  # pieces of a path: one of more cuts nothing off here
_OF_BOX = 5  # pieces of the path of a box: most clips are boxes, and there may be one for each string
_UNSEEN = "unseen"


def thinness(state: Mapping[str, Any]) -> dict[str, bool]:
    """Whether what a state says of opacity, blending and masks lets through what is under a shape."""
    found: dict[str, bool] = {}
    if "ca" in state:
        ink = num_value(state["ca"])
        found["ca"], found[_UNSEEN] = ink < 1, ink <= _NO_INK
    if "BM" in state:
        found["BM"] = str(resolve1(state["BM"])) not in _PLAIN
    if "SMask" in state:
        found["SMask"] = isinstance(resolve1(state["SMask"]), dict)
    return found


def make_thin(state: PDFGraphicState, more: Mapping[str, bool]) -> None:
    """Note by what the content is drawn thinly from here on; the library's state has a free place for it."""
    thin = {**dict.fromkeys(_thin(state), True), **more}
    state.flatness = frozenset(key for key, is_thin in thin.items() if is_thin)


def is_unseen(state: PDFGraphicState) -> bool:
    """True where what is filled, letters too, leaves no ink."""
    return state.flatness is not None and _UNSEEN in _thin(state)


def _thin(state: PDFGraphicState) -> frozenset[str]:
    return cast(frozenset[str], state.flatness or frozenset())


def shown_within(path: Sequence[PathSegment], ctm: Matrix, page: Area) -> Area | None:
    """The box around a path outside of which it cuts content off; None where it cuts nothing off.

    What the path leaves out within its box is taken as seen. Half of all clips are a whole page, and say nothing.
    """
    if not 1 < len(path) <= _MOST:
        return None
    box = _around(path, ctm)
    cuts = box[0] > page[0] or box[1] > page[1] or box[2] < page[2] or box[3] < page[3]
    return box if cuts else None


def seen_part(state: PDFGraphicState, outer: Area | None) -> Area | None:
    """The box outside of which nothing is drawn; `outer` is that of the content around it, None where there is none."""
    return outer if state.intent is None else cast(Area, state.intent)


def common(box: Area, clip: Area | None) -> Area:
    """The part of a box that is seen; one that is turned inside out where none is."""
    if clip is None:
        return box
    return max(box[0], clip[0]), max(box[1], clip[1]), min(box[2], clip[2]), min(box[3], clip[3])


def is_apart(box: Area, clip: Area) -> bool:
    """True for a box of which nothing is seen."""
    return box[0] >= clip[2] or box[2] <= clip[0] or box[1] >= clip[3] or box[3] <= clip[1]


def _around(path: Sequence[PathSegment], ctm: Matrix) -> Area:
    a, b, c, d, e, f = ctm
    if b == 0 == c and len(path) == _OF_BOX:
        (_, *one), (_, *two), (_, *three), (_, *four), *_ = path
        if one[0] == four[0] and one[1] == two[1] and two[0] == three[0] and three[1] == four[1]:
            left, right, low, high = a * one[0] + e, a * three[0] + e, d * one[1] + f, d * three[1] + f
            return min(left, right), min(low, high), max(left, right), max(low, high)
    numbers: list[Any] = [n for segment in path for n in segment[1:]]
    xs, ys = numbers[::2], numbers[1::2]
    if b == 0 == c:
        across, down = (a * min(xs) + e, a * max(xs) + e), (d * min(ys) + f, d * max(ys) + f)
        return min(across), min(down), max(across), max(down)
    points = list(zip(xs, ys, strict=False))
    xs, ys = [a * x + c * y + e for x, y in points], [b * x + d * y + f for x, y in points]
    return min(xs), min(ys), max(xs), max(ys)
