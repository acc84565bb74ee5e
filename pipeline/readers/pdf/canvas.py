"""What the paths of a page's content leave on it: rulings, the boxes behind text, and what may lie over figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfinterp import PDFGraphicState, PDFResourceManager
from pdfminer.utils import PathSegment

from pipeline.readers.pdf.crossed import Over, mark_crossed
from pipeline.readers.pdf.ink import Ink, is_small
from pipeline.readers.pdf.page import Area, Char, Page
from pipeline.readers.pdf.painted import Fill, Sheet, hide, is_large, painted_over, take_rulings
from pipeline.readers.pdf.paths import is_bent, outlines_of
from pipeline.readers.pdf.shapes import Outline, are_corners, around, corners, kind_of, sides
from pipeline.readers.pdf.states import common, is_apart, is_unseen, seen_part
from pipeline.readers.pdf.strokes import THIN, Line, Point, middles, rule
from pipeline.readers.refused import Refused

MAX_RULINGS = 200_000

_THICK = 4.5  # points: a broader stroke is a box; no table is ruled with such

Shape = tuple[float, float, float, float, bool]  # a filled box, and whether it is white

PATTERN = 2.0  # what is filled with a pattern, where 1 is white and 0 any other colour
_CORNERS = 4  # of a box
_OF_BOX = 5  # pieces of the path of a box

EVERYWHERE: Shape = (float("-inf"), float("-inf"), float("inf"), float("inf"), False)


@dataclass(slots=True)
class Note:
    """A note drawn upon the page: whether its text is the page's, or it hides only; its letters; if it is a seal."""

    is_text: bool = False
    hides_alone: bool = False
    letters: list[Char] = field(default_factory=list)
    is_seal: bool = False


class Canvas(PDFTextDevice):
    """A page on which paths are painted, in page space."""

    def __init__(self, rsrcmgr: PDFResourceManager) -> None:
        super().__init__(rsrcmgr)
        self.page = Page(0)
        self.see_through = False  # whether shapes may let through what is under them
        self.clip: Area | None = None  # outside of which the content shows nothing
        self.off = 0  # how many layers that are off the content is on
        self.note: Note | None = None  # which is drawn upon the page
        self.shapes: list[Shape] = []  # what is filled so far, the newest last
        self._fills: list[Fill] = []
        self._ink = Ink()
        self._sheets: list[Sheet] = []
        self._over = Over()
        self._ruled = 0

    def paint_line(self, state: PDFGraphicState, start: Point, end: Point) -> None:
        """Keep a path of one straight stroke, as most are: what `paint_path` would do with it, in less time."""
        assert self.ctm is not None
        a, b, c, d, e, f = self.ctm
        is_thick = state.linewidth * abs(a * d - b * c) ** 0.5 > _THICK
        if self.note or is_thick or self.clip or state.intent is not None or state.flatness is not None:
            self.paint_path(state, True, False, False, [("m", *start), ("l", *end)])
        elif not self.off:
            slanting: list[Line] = []
            ends = [(a * x + c * y + e, b * x + d * y + f) for x, y in (start, end)]
            self._rule([(ends[0], ends[1])], slanting)
            if slanting:
                self._over.draw(slanting)
                self._trace([(ends, False)], state, stroke=True)

    def paint_box(self, state: PDFGraphicState, place: Area) -> None:
        """Keep a path of one filled box, of which two corners are given: the same."""
        assert self.ctm is not None
        a, b, c, d, e, f = self.ctm
        if self.note or b or c or state.flatness is not None:
            first, *others = corners(place)
            self.paint_path(state, False, True, False, [("m", *first), *(("l", *p) for p in others), ("h",)])
        elif not self.off:
            x0, x1, y0, y1 = a * place[0] + e, a * place[2] + e, d * place[1] + f, d * place[3] + f
            outside, self.clip = self.clip, seen_part(state, self.clip)
            box = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
            self._fill_box(box, white=state.ncolor == 1.0)
            if state.ncolor == PATTERN:
                self._ink.fill(box, self.clip)
            self.clip = outside

    def _fill_box(self, box: Area, *, white: bool) -> None:
        if self.clip and is_apart(box, _with_rim(self.clip)):
            return
        if not self._fill(box, white=white):
            self._rule(middles(box), [])
        elif not self.see_through and (self.page.chars or self._ink.shapes):
            self._hide_under([box])

    def paint_path(
        self, graphicstate: PDFGraphicState, stroke: bool, fill: bool, evenodd: bool, path: Sequence[PathSegment]
    ) -> None:
        """Keep the straight strokes and the thin filled shapes, and what may lie over figures."""
        assert self.ctm is not None
        if self.off:
            return
        if graphicstate.flatness is None and graphicstate.intent is None:
            self._paint(graphicstate, stroke, fill, path)
            return
        outside = self.see_through, self.clip
        self.see_through = self.see_through or bool(graphicstate.flatness)
        self.clip = seen_part(graphicstate, self.clip)
        self._paint(graphicstate, stroke, fill, path)
        self.see_through, self.clip = outside

    def _paint(self, graphicstate: PDFGraphicState, stroke: bool, fill: bool, path: Sequence[PathSegment]) -> None:
        assert self.ctm is not None
        a, b, c, d, _, _ = self.ctm
        breadth = graphicstate.linewidth * abs(a * d - b * c) ** 0.5 if stroke else 0.0
        if self.note or breadth > _THICK:
            smooth = list(outlines_of(path, self.ctm, smooth=True))
            if self.note and not self.note.hides_alone:
                self._trace(smooth, graphicstate, stroke=stroke)
            self._draw_over(smooth, stroke, fill, breadth)
            return
        outlines = list(outlines_of(path, self.ctm))
        bent = list(outlines_of(path, self.ctm, smooth=True)) if is_bent(path) else []
        self._trace(bent or outlines, graphicstate, stroke=stroke)
        if self.clip is not None:
            outlines = [o for o in outlines if not self._is_cut_off(o[0])]
        slanting: list[Line] = []
        is_any_large = False
        for points, closed in outlines:
            is_large = fill and self._fill(around([points]), white=graphicstate.ncolor == 1.0)
            is_any_large = is_any_large or is_large
            if stroke:
                self._rule(zip(points, [*points[1:], *points[:1]] if closed else points[1:], strict=False), slanting)
            elif fill and not is_large:
                self._rule(middles(around([points])), [])
        if bent:
            self._draw_over(bent, stroke, fill, breadth)
        else:
            self._over.draw(slanting)
            if is_any_large and (self.page.chars or self._ink.shapes):
                self._patch([points for points, _ in outlines])

    def _is_cut_off(self, points: Sequence[Point]) -> bool:
        """True for an outline of which a clip shows nothing; one at its rim is seen."""
        assert self.clip is not None
        left, top, right, bottom = self.clip
        x, y = points[0]
        if left <= x <= right and top <= y <= bottom:
            return False
        return is_apart(around([points]), _with_rim(self.clip))

    def is_on_white(self, box: Area) -> bool:
        """True where only paper or a white shape is behind the middle of a box."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        behind = (white for x0, y0, x1, y1, white in reversed(self.shapes) if x0 <= x <= x1 and y0 <= y <= y1)
        return next(behind, True)

    def _trace(self, outlines: Sequence[tuple[Outline, bool]], state: PDFGraphicState, *, stroke: bool) -> None:
        """Note the small shapes of a path that are seen and are neither rulings nor boxes."""
        if not stroke and is_unseen(state):
            return
        is_white = not stroke and state.ncolor == 1.0
        for points, _ in outlines:
            if len(points) == _CORNERS and are_corners(points):  # as most are
                continue
            box = around([points])
            if not (is_white and (not is_small(box) or self.is_on_white(box))):
                self._ink.draw(points, box, self.clip)

    def cut_out(self, path: Sequence[PathSegment]) -> None:
        """Note the small shapes to which content is cut: what is painted in them shows as letters do."""
        if self.ctm is not None and not self.off and len(path) > _OF_BOX:
            self._trace(list(outlines_of(path, self.ctm, smooth=True)), PDFGraphicState(), stroke=True)

    def shade(self, state: PDFGraphicState) -> None:
        """Note what is painted with a shading: all that is not cut off."""
        self.shapes.append(EVERYWHERE)
        seen = seen_part(state, self.clip)
        if seen is not None and not self.off:
            self._ink.fill(seen, None)

    def _fill(self, box: Area, *, white: bool) -> bool:
        """Note a filled shape that is large enough to have text before it; whether it is, and so is no ruling."""
        x0, y0, x1, y1 = box
        is_large = x1 - x0 >= THIN and y1 - y0 >= THIN
        if is_large and len(self.shapes) < MAX_RULINGS:
            self.shapes.append((x0, y0, x1, y1, white))
        return is_large

    def _draw_over(self, outlines: Sequence[tuple[Outline, bool]], stroke: bool, fill: bool, breadth: float) -> None:
        """Note what is drawn over figures by a path of curves or thick strokes, or by a note on the page."""
        is_seal = self.note is not None and self.note.hides_alone
        for points, closed in outlines if stroke and not is_seal else ():
            lines = list(pairwise([*points, *points[:1]] if closed else points))
            if breadth <= _THICK:
                self._over.draw(lines)
            elif not self.see_through:
                for line in lines:
                    self._over.fill([sides(line, breadth)], len(self.page.chars))
        if fill:
            self._patch([points for points, _ in outlines])

    def _patch(self, outlines: Sequence[Outline]) -> None:
        """Note a filled shape by what it hides: all that is under a box, and perhaps what is under another shape."""
        kind, boxes = kind_of(outlines) if outlines else ("other", [])
        if kind == "line":
            self._over.draw(pairwise([*outlines[0], outlines[0][0]]))
        elif self.see_through:
            return
        elif kind == "boxes" and (self.note is None or self.note.is_text):
            self._hide_under(boxes)
        else:
            self._over.fill(outlines, len(self.page.chars))

    def _hide_under(self, boxes: Sequence[Area]) -> None:
        """Note what of boxes is seen: nothing is under it."""
        seen = [common(b, self.clip) for b in boxes]
        large = [b for b in seen if min(b[2] - b[0], b[3] - b[1]) >= THIN]
        self._fills += ((b, len(self.page.chars)) for b in large)
        if self.clip is None:  # within a clip it may be what fills a letter
            self._ink.cover(large)
        self._cover_all(seen)

    def _cover_all(self, boxes: Sequence[Area]) -> None:
        """Note boxes over most of the page."""
        page = self.page
        for box in boxes if page.chars else ():
            if is_large(box, page):
                self._sheets.append(Sheet(box, len(page.chars), len(page.level), len(page.upright)))

    def finish(self) -> None:
        """Set apart what was painted over and mark what is crossed, when the page is drawn."""
        hidden = painted_over(self.page, self._fills)
        mark_crossed(self.page, self._over, self._fills, hidden)
        take_rulings(self.page, self._sheets)
        hide(self.page, hidden)
        self.page.ink = self._ink.seen(self.page)
        self._fills, self._sheets, self._over, self._ink = [], [], Over(), Ink()

    def _rule(self, lines: Iterable[Line], slanting: list[Line]) -> None:
        self._ruled += rule(self.page, lines, MAX_RULINGS - self._ruled, slanting)
        if self._ruled > MAX_RULINGS:
            raise Refused("too-large", f"more than {MAX_RULINGS:,} rulings")


def _with_rim(clip: Area) -> Area:
    left, top, right, bottom = clip
    return left - THIN, top - THIN, right + THIN, bottom + THIN
