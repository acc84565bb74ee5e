"""Tables that stand as pictures on a page of text: finds where they may be and adds them to the page.

The page's own text is painted over before, so that nothing is read twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from pipeline.readers.pdf.page import Area, Char, Crop, Page, Ruling
from pipeline.readers.scan.cleaning import PAPER
from pipeline.readers.scan.pictures import Picture, Pixels, resampled
from pipeline.readers.scan.reading import pages

_LEAST = 140.0, 60.0  # points across and down: a smaller picture shows no table
_SAME_SIZE = 0.02
_INSIDE = 0.5  # points: how far the paint over a character reaches beyond it


def places(page: Page) -> list[Area]:
    """Where a page has a picture in which a table may be: large enough, with no text of the page printed over it."""
    shown = (
        (max(left, 0.0), max(top, 0.0), min(right, page.width), min(bottom, page.height))
        for left, top, right, bottom in page.pictures
    )
    return [place for place in shown if _is_large(place) and _has_room(place, page.chars)]


def _is_large(place: Area) -> bool:
    left, top, right, bottom = place
    return right - left >= _LEAST[0] and bottom - top >= _LEAST[1]


def _has_room(place: Area, chars: Sequence[Char]) -> bool:
    """True where between the lines of text printed over a picture there is room for a table."""
    left, top, right, bottom = place
    over = sorted(
        (c.y0, c.y1) for c in chars
        if left <= (c.x0 + c.x1) / 2 <= right and c.y1 >= top and c.y0 <= bottom and not c.text.isspace()
    )  # fmt: skip
    edges = [(top, top), *over, (bottom, bottom)]
    return any(after[0] - before[1] >= _LEAST[1] for before, after in pairwise(edges))


def with_tables(page: Page, shown: Picture) -> list[Page]:
    """A page with the tables that its pictures show, and those that do not lie as the page does as pages of their own.

    `shown` is the whole page as drawn. The page stays as it is where no picture shows a table.
    """
    scale = shown.dpi / 72
    height, width = shown.pixels.shape[:2]
    if not (_is_about(width / scale, page.width) and _is_about(height / scale, page.height)):
        return [page]  # it was turned to be read
    bare = _without_text(shown.pixels, page.chars, scale)
    added: list[Page] = []
    page.again = list(page.chars)
    for place in places(page):
        left, top, right, bottom = (round(side * scale) for side in place)
        part = np.ascontiguousarray(bare[top:bottom, left:right])
        found = [p for _, p in pages(resampled(Picture(part, shown.dpi)), page.number, only_tables=True)]
        if len(found) == 1 and (found[0].width > found[0].height) == (right - left > bottom - top):
            _put(page, found[0], place)
        else:
            added += found
    if not page.parts:
        page.again = []
    return [page, *added]


def _is_about(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME_SIZE * other


def _without_text(pixels: Pixels, chars: Sequence[Char], scale: float) -> Pixels:
    """The page without the characters that it prints itself."""
    bare = pixels.copy()
    for c in chars:
        left, top = (max(round((side - _INSIDE) * scale), 0) for side in (c.x0, c.y0))
        right, bottom = (max(round((side + _INSIDE) * scale), 0) for side in (c.x1, c.y1))
        bare[top:bottom, left:right] = PAPER
    return bare


def _put(page: Page, part: Page, place: Area) -> None:
    """Add to a page what was read at a place of it."""
    left, top, right, bottom = place
    across, along = (right - left) / part.width, (bottom - top) / part.height

    def moved(chars: Sequence[Char]) -> Iterator[Char]:
        for c in chars:
            yield Char(
                left + c.x0 * across, top + c.y0 * along, left + c.x1 * across, top + c.y1 * along,
                c.text, c.size * along,
            )  # fmt: skip

    page.chars += moved(part.chars)
    page.again += moved(part.again)
    page.level += [Ruling(top + r.at * along, left + r.start * across, left + r.end * across) for r in part.level]
    page.upright += [Ruling(left + r.at * across, top + r.start * along, top + r.end * along) for r in part.upright]
    page.crops += [_moved_crop(c, left, top, across, along) for c in part.crops]
    page.parts.append(place)


def _moved_crop(crop: Crop, left: float, top: float, across: float, along: float) -> Crop:
    return crop._replace(
        x0=left + crop.x0 * across, y0=top + crop.y0 * along, x1=left + crop.x1 * across, y1=top + crop.y1 * along
    )


def with_layer(page: Page, unseen: Sequence[Char]) -> Page:
    """A page that was read, with its invisible text as one more reading of each line.

    That text is not seen, so it decides nothing by itself: an identity may choose it.
    """
    if unseen:
        page.crops = [_with_rival(crop, unseen) for crop in page.crops]
    return page


def _with_rival(crop: Crop, unseen: Sequence[Char]) -> Crop:
    if crop.other is None:
        return crop
    own = [
        c for c in unseen if crop.x0 <= (c.x0 + c.x1) / 2 <= crop.x1 and crop.y0 <= (c.y0 + c.y1) / 2 <= crop.y1
    ]  # fmt: skip
    text = "".join(c.text for c in sorted(own, key=lambda c: c.x0)).strip()
    known = (crop.text, crop.other, *crop.rivals)
    return crop._replace(rivals=(*crop.rivals, text)) if text and text not in known else crop
