"""The contents of a page of a PDF, in points from its upper left corner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

UNKNOWN = "\ufffd"  # the text of a character that the font does not identify


class Char(NamedTuple):
    """One drawn character: its box, its text, its font size."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    size: float


class Ruling(NamedTuple):
    """A level or upright line: `at` is its y or x, `start` and `end` its ends along the other axis."""

    at: float
    start: float
    end: float


Area = tuple[float, float, float, float]  # left, top, right, bottom


class Crop(NamedTuple):
    """A printed line that two recognisers read from its picture: its box, what the first reads, what the second does.

    `sure` and `other_sure` are the least probabilities of their characters; `raw` is what the first read before specks
    and look-alikes were taken out of it. `other` is None where nobody read it again. `rivals` is what both read of a
    blurred line with more or less paper around it, as far as that is something else.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    sure: float
    other: str | None
    other_sure: float
    raw: str
    rivals: tuple[str, ...] = ()


@dataclass
class Page:
    """One page, from 1: its size in points and what it shows. `slanted` is text that is neither level nor upright.

    `unseen` is what the file draws there but nobody sees: white, struck, or on a layer that is off. `flipped`
    are characters that stand upside down or mirrored among the others. `pictures` are the boxes of images, `ink` those
    of small shapes that paths draw, such as the outline of a digit: neither text nor rulings.

    A page that was read from a picture is marked `is_read` and has a crop for each line; `again` are the characters of
    the second recogniser, and those of the first where only that one read. `parts` are the boxes of the pictures that
    were read on a page of text; then `again` has its text too. Where two pages stood on one sheet, `gutter` is where it
    was divided; the right one is below the left one then.
    """

    number: int
    width: float = 0.0
    height: float = 0.0
    chars: list[Char] = field(default_factory=list)
    slanted: list[Char] = field(default_factory=list)
    level: list[Ruling] = field(default_factory=list)
    upright: list[Ruling] = field(default_factory=list)
    image_area: float = 0.0
    is_read: bool = False
    crops: list[Crop] = field(default_factory=list)
    again: list[Char] = field(default_factory=list)
    unseen: list[Char] = field(default_factory=list)
    flipped: list[Char] = field(default_factory=list)
    pictures: list[Area] = field(default_factory=list)
    ink: list[Area] = field(default_factory=list)
    parts: list[Area] = field(default_factory=list)
    gutter: float = 0.0
