"""What a page of a PDF shows, in points from its upper left corner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

UNKNOWN = "\ufffd"  # the text of a character of which the font does not say what it is


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


@dataclass
class Page:
    """One page, from 1: its size in points and what it shows. `slanted` is text that is neither level nor upright."""

    number: int
    width: float = 0.0
    height: float = 0.0
    chars: list[Char] = field(default_factory=list)
    slanted: list[Char] = field(default_factory=list)
    level: list[Ruling] = field(default_factory=list)
    upright: list[Ruling] = field(default_factory=list)
    image_area: float = 0.0
