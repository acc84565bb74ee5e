"""A level page in grey to its rulings and to the printed lines that are to be read, each cut out of the page.

Lines in tables are cut out of their cells, since a detector of lines overlooks lone digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image
from scipy import ndimage

from pipeline.readers.pdf.frames import NEAR
from pipeline.readers.pdf.lattice import RuledTable, tables_of
from pipeline.readers.pdf.page import Area, Crop, Page, Ruling
from pipeline.readers.scan.blobs import Span, em_of, lines, no_dust, solid, within
from pipeline.readers.scan.cleaning import PAPER, Mask, grown, ink
from pipeline.readers.scan.connected import BOTTOM, LEFT, RIGHT, TOP, Boxes, pieces_of
from pipeline.readers.scan.pictures import POINTS, Pixels
from pipeline.readers.scan.ruled import Ruled, ruled

_ASIDE, _ABOVE = 0.35, 0.16  # of the em: paper around a line
_LEAST_HEIGHT = 1.3  # of the em
_CLOSE_ASIDE, _CLOSE_ABOVE, _CLOSE_HEIGHT = 0.2, 0.05, 0.7  # the same for the second recogniser
_LONG_RULING = 300  # pixels: outside of tables a shorter one may be a stroke of a large letter
_SAME_EM = 1.25
_TABLE_WIDTH, _TABLE_HEIGHT = 140.0, 60.0  # points: anything smaller both ways is not a table
_STRAY_INK, _INSET, _BESIDE = 40, 4, 3  # pixels of ink that are no dirt; how far from borders and lines they are
_BLURRED = 8  # pixels beside a ruling that may be dark from it
_GRAIN, _WIDEST_SPOT, _LEAST_SPOT = 1.5, 41, 12  # pixels: of noise, of a spot across, and of all of one
_SHADED = 10  # by how much a spot is darker than the paper beside it
_RIM = 18.0  # points
_DRAWN = 0.6  # of a side
_PAPER_SHARE, _INK_SHARE = 90, 2  # per cent of the pixels of a line that are lighter and darker
_CONTRAST = 30


@dataclass(frozen=True)
class CutLine:
    """A printed line: its place in pixels, its em, the ink that it is made of, its picture, which begins at `start`.

    `cell` is the place of its cell; it is `spoilt` where that has other ink beside it.
    """

    span: Span
    em: float
    pieces: Boxes = field(repr=False)
    in_cell: bool
    picture: Pixels = field(repr=False)
    start: int
    cell: tuple[int, int, int, int] | None = None
    spoilt: bool = False

    @property
    def closely(self) -> CutLine:
        """The same with less paper around it, as the second recogniser wants it."""
        tall = self.span.bottom - self.span.top
        aside, above = round(_CLOSE_ASIDE * self.em), max(round(_CLOSE_ABOVE * self.em), 1)
        above = max(above, round((_CLOSE_HEIGHT * self.em - tall) / 2))
        left = max(self.span.left - aside - self.start, 0)
        right = self.span.right + aside - self.start
        top = max((self.picture.shape[0] - tall) // 2 - above, 0)
        return replace(self, picture=self.picture[top : top + tall + 2 * above, left:right], start=self.start + left)

    def narrower(self, share: float) -> CutLine:
        """The same with fewer dots across: the place of a letter is a share of the width, and stays."""
        height, width = self.picture.shape
        size = max(round(share * width), 1), height
        picture = np.asarray(Image.fromarray(self.picture).resize(size, Image.Resampling.BOX))
        return replace(self, picture=picture)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of its ink, in ems."""
        return (self.span.right - self.span.left) / self.em, (self.span.bottom - self.span.top) / self.em


def cut(shades: Pixels, number: int, sealed: Pixels | None = None) -> tuple[Page, list[CutLine]]:
    """A page with its rulings and without characters, and the lines printed on it.

    `sealed` is the same page with its seals, under which a ruling may go on that is too thin to stand out from them.
    """
    printed = ink(shades)
    found = ruled(printed) if sealed is None or sealed is shades else ruled(ink(sealed), printed)
    height, width = shades.shape
    page = Page(number, width * POINTS, height * POINTS, level=found.level, upright=found.upright)
    page.level, page.upright = _without_rims(page)
    tables = [t for t in tables_of(page)[0] if _is_framed(t, page)]
    page.level = [r for r in page.level if any(_level_in(r, t) for t in tables)]
    page.upright = [r for r in page.upright if any(_upright_in(r, t) for t in tables)]
    inside = _inside(tables, printed.shape)
    gone = _strokes(found, _inside(tables, printed.shape, 3))
    printed &= ~gone
    of_ink = pieces_of(printed)
    kept = no_dust(of_ink, em_of(solid(of_ink.boxes)))
    letters = of_ink.mask(kept)
    gone |= grown(of_ink.mask(~kept), 2)
    clean = np.where(gone, np.uint8(PAPER), shades)
    pieces = solid(of_ink.boxes[kept])
    outer = pieces[~inside[_middles(pieces)]]
    cells = [line for table in tables for line in _in_table(table, pieces, clean)]
    page.crops += _blots(tables, cells, letters, shades, gone)
    cells = [replace(line, spoilt=_is_spoilt(line, letters)) for line in cells]
    return page, [*cells, *_outside(outer, np.where(inside, np.uint8(PAPER), clean), em_of(outer))]


def _without_rims(page: Page) -> tuple[list[Ruling], list[Ruling]]:
    """The level and upright rulings without the dark edges of a copy: at the rim of the page, and met by no other."""
    level = [r for r in page.level if _RIM <= r.at <= page.height - _RIM or _is_met(r, page.upright)]
    upright = [r for r in page.upright if _RIM <= r.at <= page.width - _RIM or _is_met(r, page.level)]
    return level, upright


def _is_met(ruling: Ruling, others: Sequence[Ruling]) -> bool:
    near = 2 * NEAR
    return any(
        o.start - near <= ruling.at <= o.end + near and ruling.start - near <= o.at <= ruling.end + near for o in others
    )


def _is_framed(table: RuledTable, page: Page) -> bool:
    """True for a table with two sides drawn that are not short: strokes of large letters do not make a table."""
    left, right, top, bottom = table.edges[0], table.edges[-1], table.top, table.bottom
    if right - left < _TABLE_WIDTH and bottom - top < _TABLE_HEIGHT:
        return False
    sides = [(page.level, at, left, right) for at in (top, bottom)]
    sides += [(page.upright, at, top, bottom) for at in (left, right)]
    drawn = [end - start for lines, at, start, end in sides if _drawn(lines, at, start, end) >= _DRAWN]
    return len(drawn) >= 2 and sum(drawn) >= _TABLE_WIDTH


def _drawn(rulings: Sequence[Ruling], at: float, start: float, end: float) -> float:
    """Which share of a side is drawn."""
    own = [r for r in rulings if abs(r.at - at) <= 2 * NEAR]
    return sum(max(min(r.end, end) - max(r.start, start), 0.0) for r in own) / (end - start)


def _level_in(ruling: Ruling, table: RuledTable) -> bool:
    across = ruling.end >= table.edges[0] - NEAR and ruling.start <= table.edges[-1] + NEAR
    return across and table.top - NEAR <= ruling.at <= table.bottom + NEAR


def _upright_in(ruling: Ruling, table: RuledTable) -> bool:
    along = ruling.end >= table.top - NEAR and ruling.start <= table.bottom + NEAR
    return along and table.edges[0] - NEAR <= ruling.at <= table.edges[-1] + NEAR


def _inside(tables: Sequence[RuledTable], shape: tuple[int, ...], rim: int = 0) -> Mask:
    """Which pixels lie within tables or so near to one."""
    inside = np.zeros(shape, dtype=bool)
    for table in tables:
        sides = (table.edges[0], table.top, table.edges[-1], table.bottom)
        left, top, right, bottom = (round(side / POINTS) for side in sides)
        inside[max(top - rim, 0) : bottom + rim, max(left - rim, 0) : right + rim] = True
    return inside


def _strokes(found: Ruled, inside: Mask) -> Mask:
    """The pixels of rulings with their blurred edges: of all in tables, and of long ones elsewhere."""
    outer = pieces_of(found.mask & ~inside)
    sizes = outer.boxes[:, [RIGHT, BOTTOM]] - outer.boxes[:, [LEFT, TOP]]
    long = np.asarray(sizes.max(axis=1, initial=0) >= _LONG_RULING)
    return grown((found.mask & inside) | outer.mask(long), 1)


def _middles(pieces: Boxes) -> tuple[Boxes, Boxes]:
    return (pieces[:, 1] + pieces[:, 3]) // 2, (pieces[:, 0] + pieces[:, 2]) // 2


def _in_table(table: RuledTable, pieces: Boxes, clean: Pixels) -> Iterator[CutLine]:
    left, top, right, bottom = (side / POINTS for side in (table.edges[0], table.top, table.edges[-1], table.bottom))
    pieces = within(pieces, (left, top, right, bottom))
    em = em_of(pieces)
    for box in table.boxes:
        place = _pixels(box.place)
        own = within(pieces, place)
        for span in lines(own, em) if len(own) else ():
            yield line_of(span, own, clean, em, place)


def blanks(page: Page) -> list[Crop]:
    """A reading that is not certain for each cell in which nothing was read: it may be lost."""
    boxes = [box.place for table in tables_of(page)[0] for box in table.boxes]
    return [_unread(place) for place in boxes if not any(_is_in(crop, place) for crop in page.crops)]


def _is_in(crop: Crop, place: Area) -> bool:
    left, top, right, bottom = place
    return left <= (crop.x0 + crop.x1) / 2 <= right and top <= (crop.y0 + crop.y1) / 2 <= bottom


def _unread(place: Area) -> Crop:
    return Crop(*place, "", 0.0, None, 0.0, "")


def _blots(
    tables: Sequence[RuledTable], cells: Sequence[CutLine], letters: Mask, shades: Pixels, gone: Mask
) -> Iterator[Crop]:
    """A reading that is not certain for each cell with ink and no line: a stroke or a seal has swallowed its figure.

    So has a ruling the pale ink beside it, which is no darker than its surroundings.
    """
    filled = {line.cell for line in cells}
    for box in (box for table in tables for box in table.boxes):
        place = _pixels(box.place)
        if place not in filled and (_ink_in(letters, place) >= _STRAY_INK or _is_shaded(shades, gone, place)):
            yield _unread(box.place)


def _is_shaded(shades: Pixels, gone: Mask, place: tuple[int, int, int, int]) -> bool:
    """True for a cell with a spot that is darker than the paper on both sides of it.

    What a level ruling blurs is as dark all along it, what an upright one does lies at the side.
    """
    left, top, right, bottom = place
    inner = slice(max(top + _INSET, 0), bottom - _INSET), slice(max(left + _BLURRED, 0), right - _BLURRED)
    part, bare = shades[inner], ~gone[inner]
    if not bare.any():
        return False
    grey = ndimage.gaussian_filter(np.where(bare, part, np.median(part[bare])), _GRAIN)
    darker = ndimage.grey_closing(grey, (1, _WIDEST_SPOT)) - grey
    spots, number = ndimage.label(darker >= float(np.median(darker)) + _SHADED, np.ones((3, 3)))
    sizes = np.bincount(spots.ravel(), minlength=number + 1)
    sizes[[0, *spots[:, 0], *spots[:, -1]]] = 0
    return int(sizes.max()) >= _LEAST_SPOT


def _is_spoilt(line: CutLine, letters: Mask) -> bool:
    """True where a cell has more ink beside its lines than dirt: part of its figure may be in that."""
    assert line.cell is not None
    left, top, right, bottom = line.cell
    own = max(line.span.top - _BESIDE, top), min(line.span.bottom + _BESIDE, bottom)
    beside = _ink_in(letters[own[0] : own[1]], (left, -_INSET, right, own[1] - own[0] + _INSET))
    covered = letters[own[0] : own[1], max(line.span.left - _BESIDE, left) : line.span.right + _BESIDE].sum()
    return beside - int(covered) >= _STRAY_INK


def _ink_in(letters: Mask, place: tuple[int, int, int, int]) -> int:
    """How many pixels of ink a cell has within its borders."""
    left, top, right, bottom = place
    return int(letters[max(top + _INSET, 0) : bottom - _INSET, max(left + _INSET, 0) : right - _INSET].sum())


def _pixels(place: Area) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(side / POINTS) for side in place)
    return left, top, right, bottom


def _outside(pieces: Boxes, clean: Pixels, em: float) -> Iterator[CutLine]:
    for span in lines(pieces, em) if len(pieces) else ():
        tall = span.bottom - span.top
        own = em if tall <= _SAME_EM * em else float(tall)
        yield line_of(span, pieces, clean, own, None)


def line_of(
    span: Span, pieces: Boxes, clean: Pixels, em: float, cell: tuple[int, int, int, int] | None = None
) -> CutLine:
    """A line with paper around it: as much as a recogniser wants, nothing from another cell."""
    height, width = clean.shape
    aside, above = round(_ASIDE * em), round(_ABOVE * em)
    above = max(above, round((_LEAST_HEIGHT * em - (span.bottom - span.top)) / 2))
    left, top, right, bottom = span.left - aside, span.top - above, span.right + aside, span.bottom + above
    limits = cell or (0, 0, width, height)
    inner = (
        max(left, limits[0], 0),
        max(top, limits[1], 0),
        min(right, limits[2], width),
        min(bottom, limits[3], height),
    )
    picture = np.full((bottom - top, right - left), PAPER, dtype=np.uint8)
    part = _stretched(clean[inner[1] : inner[3], inner[0] : inner[2]])
    picture[inner[1] - top : inner[3] - top, inner[0] - left : inner[2] - left] = part
    own = within(pieces, span)
    return CutLine(span, em, own, cell is not None, picture, left, cell)


def _stretched(part: Pixels) -> Pixels:
    """Paper as white and ink as black, however grey they are."""
    if not part.size:
        return part
    dark, light = np.percentile(part, (_INK_SHARE, _PAPER_SHARE))
    if light - dark < _CONTRAST:
        return part
    return np.asarray(np.clip((part - dark) * (255 / (light - dark)), 0, 255), dtype=np.uint8)
