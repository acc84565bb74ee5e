"""Colours as style sheets write them: whether a text is seen before what lies behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from lxml import etree

from pipeline.readers.html.sheets import Style, own_style

_LIKE = 10  # of 255: colours this near to each other are one to the eye
_FAINT = 0.05  # of 1: less of a colour is none
_HEX = re.compile(r"^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$")
_FUNCTION = re.compile(r"^(rgba?|hsla?|hwb|lab|lch|oklab|oklch)\((.*)\)$")
_NO_COLOUR = ("transparent", "none", "initial", "inherit", "unset")


class Colour(NamedTuple):
    """A colour: red, green and blue of 255, and how much of it covers what lies behind."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, paper: Colour) -> Colour:
        """The colour that is seen where this one lies on some paper."""
        return Colour(*(self.alpha * a + (1 - self.alpha) * b for a, b in zip(self[:3], paper[:3], strict=True)))

    def is_like(self, other: Colour) -> bool:
        """True where the eye cannot tell the two apart."""
        return all(abs(a - b) <= _LIKE for a, b in zip(self[:3], other[:3], strict=True))


WHITE = Colour(255, 255, 255)
_NAMED: Mapping[str, Colour] = MappingProxyType(
    {
        "white": WHITE, "black": Colour(0, 0, 0), "snow": Colour(255, 250, 250), "ivory": Colour(255, 255, 240),
        "ghostwhite": Colour(248, 248, 255), "whitesmoke": Colour(245, 245, 245), "mintcream": Colour(245, 255, 250),
        "azure": Colour(240, 255, 255), "floralwhite": Colour(255, 250, 240), "canvas": WHITE,
        "red": Colour(255, 0, 0), "green": Colour(0, 128, 0), "blue": Colour(0, 0, 255), "navy": Colour(0, 0, 128),
        "yellow": Colour(255, 255, 0), "gray": Colour(128, 128, 128), "grey": Colour(128, 128, 128),
        "silver": Colour(192, 192, 192), "maroon": Colour(128, 0, 0), "lightgray": Colour(211, 211, 211),
        "lightgrey": Colour(211, 211, 211), "orange": Colour(255, 165, 0), "canvastext": Colour(0, 0, 0),
    }
)  # fmt: skip


def is_in_colour_of_paper(written: str, element: etree._Element, style: Style) -> bool:
    """True where an element's text, of a colour as written, is not seen before what lies behind it."""
    colour = colour_of(written)
    if colour is None or colour.alpha <= _FAINT:
        return colour is not None
    paper = _paper(element, style)
    return paper is not None and colour.over(paper).is_like(paper)


def _paper(element: etree._Element, style: Style) -> Colour | None:
    """The colour behind an element; None where an image or a sheet outside of the page may give another."""
    behind = (own_style(e) | {"bgcolor": e.get("bgcolor") or ""} for e in element.iterancestors())
    for found in ({**style, "bgcolor": element.get("bgcolor") or ""}, *behind):
        written = found.get("background-color") or found.get("background") or found["bgcolor"].lower()
        if written and written not in _NO_COLOUR:
            colour = colour_of(written.split()[0] if "(" not in written else written)
            return None if colour is None else colour.over(WHITE)
    root = element.getroottree().getroot()
    if any("stylesheet" in (e.get("rel") or "").lower() for e in root.iter("link")):
        named = (e for e in (element, *element.iterancestors()) if e.get("class") or e.get("id"))
        if next(named, None) is not None:
            return None
    return WHITE


@lru_cache(maxsize=256)
def colour_of(written: str) -> Colour | None:
    """A colour as written in small letters; None for one that cannot be told."""
    if written == "transparent":
        return Colour(0, 0, 0, 0)
    if written in _NAMED:
        return _NAMED[written]
    if _HEX.match(written):
        digits = written[1:] if len(written) > 5 else "".join(2 * d for d in written[1:])
        parts = [int(digits[n : n + 2], 16) for n in range(0, len(digits), 2)]
        return Colour(parts[0], parts[1], parts[2], parts[3] / 255 if len(parts) > 3 else 1.0)
    found = _FUNCTION.match(written)
    return None if found is None else _worked_out(found[1].rstrip("a"), found[2])


def _worked_out(space: str, written: str) -> Colour | None:
    """The colour that a function gives for its numbers; of the rarer ones only white."""
    parts = [p for p in re.split(r"[\s,/]+", written.strip()) if p]
    alpha = _share(parts[3], 1) if len(parts) > 3 else 1.0
    if len(parts) < 3 or alpha is None:
        return None
    if space == "rgb":
        first, second, third = (_share(p, 255) for p in parts[:3])
    elif space == "hsl":
        hue, second, third = _hue(parts[0]), *(_share(p, 100) for p in parts[1:3])
        return None if hue is None or second is None or third is None else _of_hsl(hue, second, third, alpha)
    elif space == "hwb":
        first = second = third = _grey_of_hwb(*(_share(p, 100) for p in parts[1:3]))
    else:
        first = second = third = _light(space, parts)
    if first is None or second is None or third is None:
        return None
    return Colour(255 * first, 255 * second, 255 * third, alpha)


def _share(written: str, whole: float) -> float | None:
    """A number of a whole, or a percentage, as a part of one."""
    try:
        return float(written[:-1]) / 100 if written.endswith("%") else float(written) / whole
    except ValueError:
        return 0.0 if written == "none" else None


def _hue(written: str) -> float | None:
    return _share(written.removesuffix("deg"), 360)


def _of_hsl(hue: float, saturation: float, light: float, alpha: float) -> Colour:
    spread = saturation * min(light, 1 - light)

    def part(number: int) -> float:
        at = (number + hue * 12) % 12
        return 255 * (light - spread * max(-1, min(at - 3, 9 - at, 1)))

    return Colour(part(0), part(8), part(4), alpha)


def _grey_of_hwb(white: float | None, black: float | None) -> float | None:
    """How light a colour is that is nothing but white and black."""
    if white is None or black is None or white + black < 1:
        return None
    return white / (white + black)


def _light(space: str, parts: list[str]) -> float | None:
    """How light a colour is that has no hue."""
    light = _share(parts[0], 1 if space.startswith("ok") else 100)
    hues = [_share(p, 1) for p in (parts[1:2] if space.endswith("lch") else parts[1:3])]
    return light if light is not None and all(h == 0 for h in hues) else None
