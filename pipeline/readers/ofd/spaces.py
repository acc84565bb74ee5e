"""Boxes, matrices and paths as an OFD page writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import islice

from pipeline.readers.pdf.strokes import Point, straight

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_TOKEN = re.compile(rf"[A-Za-z]|{_NUMBER.pattern}")
_OPERANDS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7}

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]


def box_of(text: str | None) -> Box | None:
    """Left, top, width and height of a box in millimetres; None where it is not a box."""
    found = numbers(text)
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 and min(found[2:]) > 0 else None


def numbers(text: str | None) -> list[float]:
    """The numbers in a text; none where one of them is none."""
    found = [float(n) for n in _NUMBER.findall(text or "")]
    return found if all(map(math.isfinite, found)) else []


def matrix_of(text: str | None) -> Matrix:
    """A matrix as written; that which moves nothing where there is none."""
    found = numbers(text)
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if len(found) == 6 else (1, 0, 0, 1, 0, 0)


def times(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does one after the other."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def moved(point: Point, by: Matrix) -> Point:
    """A point where a matrix moves it."""
    a, b, c, d, e, f = by
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f


def outlines_of(data: str, *, smooth: bool = False) -> Iterator[tuple[list[Point], bool]]:
    """The parts of a path, and whether each is closed.

    A curve is taken as its chord, or as several pieces where that is to be `smooth`; an arc ends a part.
    """
    points: list[Point] = []
    words = iter(_TOKEN.findall(data))
    for word in words:
        if word == "C":
            if len(points) > 1:
                yield points, True
            points = points[:1]
            continue
        operands = [float(n) for n in islice(words, _OPERANDS.get(word, 0)) if not n.isalpha()]
        if word in ("M", "S", "A"):
            if len(points) > 1:
                yield points, False
            points = []
        if len(operands) >= 2 and all(map(math.isfinite, operands)):
            pairs = list(zip(operands[::2], operands[1::2], strict=False))
            is_smooth = smooth and word in ("Q", "B") and points and len(operands) == _OPERANDS[word]
            points += straight(points[-1], pairs[:-1], pairs[-1]) if is_smooth else [(operands[-2], operands[-1])]
    if len(points) > 1:
        yield points, False
