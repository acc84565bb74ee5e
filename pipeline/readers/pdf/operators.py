"""The operators of page content, found fast: one pattern over the whole content feeds the library's interpreter.

The library's own tokeniser takes most of its time; what its operators mean is left to it. Colours are looked at only
in content that sets white, marked content only in files with layers that are off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, cast

from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, dict_value, list_value, num_value, resolve1
from pdfminer.psparser import PSLiteral, literal_name
from pdfminer.utils import Matrix, mult_matrix

from pipeline.readers.pdf.canvas import PATTERN, Note
from pipeline.readers.pdf.collector import Collector
from pipeline.readers.pdf.fields import (
    Annotation,
    Rectangle,
    annotations_of,
    appearance,
    placed,
    rectangle,
    subtype,
    value,
)
from pipeline.readers.pdf.layers import Groups, is_off
from pipeline.readers.pdf.notes import COVERING, contents, shape_of
from pipeline.readers.pdf.states import common, is_unseen, make_thin, seen_part, shown_within, thinness
from pipeline.readers.pdf.steps import LOOK_EVERY, NEARLY, Steps
from pipeline.readers.pdf.tokens import TOKEN, array, numbers, operand, string
from pipeline.readers.refused import Refused

MAX_CONTENTS = 20_000
MAX_OPERANDS = 100_000
MAX_OPERATORS = 3_000_000
MAX_PATH = 1_000_000
MAX_SAVED = 10_000

_INLINE_IMAGE_END = re.compile(rb"\sEI(?=[\s\x00]|$)")

# Each operator of use, the library's method for it, and how many operands it takes.
_OPERATORS = {
    b"q": ("do_q", 0), b"Q": ("do_Q", 0), b"cm": ("do_cm", 6), b"w": ("do_w", 1),
    b"m": ("do_m", 2), b"l": ("do_l", 2), b"c": ("do_c", 6), b"v": ("do_v", 4), b"y": ("do_y", 4), b"h": ("do_h", 0),
    b"re": ("do_re", 4), b"S": ("do_S", 0), b"s": ("do_s", 0), b"f": ("do_f", 0), b"F": ("do_f", 0),
    b"f*": ("do_f", 0), b"B": ("do_B", 0), b"B*": ("do_B", 0), b"b": ("do_b", 0), b"b*": ("do_b", 0), b"n": ("do_n", 0),
    b"W": ("do_W", 0), b"W*": ("do_W", 0),
    b"BT": ("do_BT", 0), b"Tc": ("do_Tc", 1), b"Tw": ("do_Tw", 1), b"Tz": ("do_Tz", 1), b"TL": ("do_TL", 1),
    b"Tf": ("do_Tf", 2), b"Tr": ("do_Tr", 1), b"Ts": ("do_Ts", 1), b"Td": ("do_Td", 2), b"TD": ("do_TD", 2),
    b"Tm": ("do_Tm", 6), b"T*": ("do_T_a", 0), b"Tj": ("do_Tj", 1), b"TJ": ("do_TJ", 1), b"'": ("do__q", 1),
    b'"': ("do__w", 3), b"Do": ("do_Do", 1),
}  # fmt: skip


# Operators that set the colour of what is filled, letters too: how many numbers they take, and which of them are white.
_COLOURS = {b"g": (1, (1.0,)), b"rg": (3, (1.0, 1.0, 1.0)), b"k": (4, (0.0, 0.0, 0.0, 0.0))}
_BY_COUNT = {count: white for count, white in _COLOURS.values() if count > 1}
_SETS_WHITE = re.compile(
    rb"(?:^|[\s\]>])(?:1(?:\.0*)?|0?\.9[6-9][0-9]*)\s+(?:g|(?:1(?:\.0*)?|0?\.9[6-9][0-9]*)\s+(?:1(?:\.0*)?|0?\.9[6-9][0-9]*)"
    rb"\s+(?:rg|scn?))(?=[\s/(<\[]|$)|(?:^|\s)0(?:\.0*)?(?:\s+0(?:\.0*)?){3}\s+(?:k|scn?)(?=[\s/(<\[]|$)"
)
# One of these stands in content that sets white, and in little else: looking for them takes a quarter of the time.
_WHITE_SIGNS = (b"1 g", b"1 rg", b"1 sc", b"0 k", b"0 sc", b".0 g", b".0 rg", b"00 g", b"00 rg")
_NEARLY_WHITE = re.compile(rb"\.9[6-9][0-9]*\s+(?:g|rg|scn?)")
_MARKED = frozenset({b"BDC", b"BMC", b"EMC"})
_STATE = b"gs"
_COLOURING = frozenset({b"g", b"rg", b"k", b"sc", b"scn", b"cs", b"sh"})


class Interpreter(Steps):
    """The library's interpreter with a fast reader of operators, and bounded in how much content it draws.

    What is on one of the layers `off` is drawn as unseen.
    """

    def __init__(self, rsrcmgr: PDFResourceManager, device: Collector, off: Groups = frozenset()) -> None:
        super().__init__(rsrcmgr, device)
        self.collector = device
        self._off = off
        self._marked: list[bool] = []  # of the marked content that is open, whether it is off
        self._coloured = False
        methods = {name: (getattr(self, method), count) for name, (method, count) in _OPERATORS.items()}
        self._methods: dict[bytes, tuple[Callable[..., None], int]] = methods

    def dup(self) -> Interpreter:
        """Another one like it, for content within content."""
        return Interpreter(self.rsrcmgr, self.collector, self._off)

    def execute(self, streams: Sequence[object]) -> None:
        """Draw the contents, but none within itself."""
        self.collector.contents += 1
        if self.collector.contents > MAX_CONTENTS:
            raise Refused("too-large", f"more than {MAX_CONTENTS:,} pieces of content")
        found = [_present(s) for s in streams]
        own = [s for s in found if s.objid is None or s.objid not in self.parent_stream_ids]
        self.stream_ids = {s.objid for s in own if s.objid is not None}
        content = b"\n".join(s.get_data() for s in own)
        may_be = any(s in content for s in _WHITE_SIGNS) or _NEARLY_WHITE.search(content) is not None
        self._coloured = may_be and _SETS_WHITE.search(content) is not None
        outside = self.collector.see_through
        self.collector.see_through = outside or "Pattern" in self.resources
        self._run(content)
        self.collector.see_through = outside
        while self._marked:  # content that does not end what it begins
            self._end_marked()

    def process_page(self, page: PDFPage) -> None:
        """Draw a page the way it is turned, with y growing downwards."""
        (x0, x1), (y0, y1) = _shown_part(page)
        turned, height = {
            90: ((0, 1, 1, 0, -y0, -x0), x1 - x0),
            180: ((-1, 0, 0, 1, x1, -y0), y1 - y0),
            270: ((0, -1, -1, 0, y1, x1), x1 - x0),
        }.get(page.rotate, ((1, 0, 0, -1, -x0, y1), y1 - y0))
        self.collector.page.height = height
        self.collector.page.width = (y1 - y0) if page.rotate in (90, 270) else (x1 - x0)
        self.collector.cropped = _shown_part(page) != _sides(page.mediabox)
        self.collector.shapes.clear()
        self.collector.clip = None
        self.render_contents(page.resources, page.contents, ctm=turned)
        for annotation in annotations_of(page.annots):
            self._annotate(annotation, turned)
        self.collector.finish()

    def _annotate(self, annotation: Annotation, turned: Matrix) -> None:
        """Draw a field, a text or another note upon the page; a line through the text strikes it."""
        at, kind = rectangle(annotation), subtype(annotation)
        if at is None or is_off(annotation.get("OC"), self._off):
            return
        if kind == "StrikeOut":
            self.collector.strike(annotation.get("QuadPoints"), at, turned)
        elif kind == "Widget":
            if (content := appearance(annotation)) is not None:
                self._draw_appearance(content, at, turned)
            elif text := value(annotation):
                self.collector.write(text, at, turned)
        elif kind == "FreeText" or kind in COVERING:
            self._draw_note(annotation, kind, at, turned)

    def _draw_note(self, annotation: Annotation, kind: str, at: Rectangle, turned: Matrix) -> None:
        """Draw a note over what the page shows; one without an appearance is drawn by what its entries say."""
        content = appearance(annotation)
        if content is not None:
            self.collector.note = Note(is_text=kind == "FreeText", hides_alone=kind == "Stamp")
            self._draw_appearance(content, at, turned)
            self.collector.end_note()
            return
        self.collector.lay(*shape_of(annotation, kind, at), turned)
        if kind == "FreeText" and (text := contents(annotation)):
            self.collector.write(text, at, turned)

    def _draw_appearance(self, content: PDFStream, at: Rectangle, turned: Matrix) -> None:
        resources = dict_value(content.get("Resources", {}))
        own = cast(Matrix, tuple(num_value(n) for n in list_value(content.get("Matrix", [1, 0, 0, 1, 0, 0]))))
        inside = mult_matrix(own, mult_matrix(placed(content, at), turned)) if len(own) == 6 else turned
        self.dup().render_contents(resources, [content], ctm=inside)

    def do_Do(self, xobjid_arg: Any) -> None:  # noqa: N802  the operator's name
        """Draw an image or content within content, which must be there."""
        named = self.xobjmap.get(literal_name(xobjid_arg))
        if named is not None:
            hidden = bool(self._off) and is_off(_present(named).attrs.get("OC"), self._off)
            hidden = hidden or is_unseen(self.graphicstate)
            _present(named)
            self.collector.blended = self._is_blended()
            outside = self.collector.see_through, self.collector.clip
            self.collector.see_through = outside[0] or bool(self.graphicstate.flatness)
            self.collector.clip = seen_part(self.graphicstate, outside[1])
            self.collector.off += hidden
            super().do_Do(xobjid_arg)
            self.collector.off -= hidden
            self.collector.see_through, self.collector.clip = outside

    def _is_blended(self) -> bool:
        """True where the content may draw with a blend or thinly, so that what is under a picture may be seen."""
        states = dict_value(self.resources.get("ExtGState", {})).values()
        return any(is_thin for state in states for is_thin in thinness(dict_value(state)).values())

    def _set_state(self, operands: Sequence[Any]) -> None:
        """Note by what the content is drawn thinly from here on."""
        name = literal_name(operands[-1]) if operands and isinstance(operands[-1], PSLiteral) else ""
        found = dict_value(dict_value(self.resources.get("ExtGState", {})).get(name, {}))
        make_thin(self.own_state(), thinness(found))

    def do_W(self) -> None:  # noqa: N802  the operator's name
        """Draw nothing outside a path from here on."""
        page = self.collector.page
        self.collector.cut_out(self.curpath)
        seen = shown_within(self.curpath, self.ctm, (0.0, 0.0, page.width, page.height))
        if seen is not None:
            self.own_state().intent = common(seen, seen_part(self.graphicstate, self.collector.clip))

    def do_TJ(self, seq: Any) -> None:  # noqa: N802  the operator's name
        """Show text; unlike the library's, without a copy of the graphics state for each string."""
        state = self.graphicstate
        self.device.render_string(self.textstate, seq, state.ncs, state)

    def _run(self, content: bytes) -> None:
        """Walk the content: plain steps at once, and between them what is not plain."""
        in_use = self._in_use()
        steps = self.steps_of_use(in_use)
        at = count = 0
        while at < len(content):
            done, at = self.walk(content, at, steps)
            if done < LOOK_EVERY:
                self.textstate.pen = None  # the operator may change what it says, and show text too
                at = self._next(content, at, in_use)
                count += 1
            count += done
            if count >= LOOK_EVERY:
                self._look(count)
                count = 0
        self._look(count)

    def _next(self, content: bytes, at: int, in_use: frozenset[bytes]) -> int:
        """Gather operands until an operator takes them; where it ends."""
        operands: list[Any] = []
        array_at = 0
        next_token, end = TOKEN.match, len(content)
        while at < end and (token := next_token(content, at)):  # else nothing but white space is left
            at = token.end()
            kind = token.lastgroup
            if kind == "operator":
                before, operator = token.group("before", "operator")
                if operator in in_use:
                    if before:
                        operands += numbers(before)
                    self._do(operator, operands)
                return self._after_inline_image(content, at) if operator == b"ID" else at
            if kind == "numbers":
                operands += numbers(token["numbers"])
            elif kind == "array":
                operands.append(array(token["array"]))
            elif kind == "mark":
                if token["mark"] == b"[":
                    array_at = len(operands)
                else:
                    operands[array_at:] = [operands[array_at:]]
            elif kind == "string":
                text, at = string(content, at)
                operands.append(text)
            elif kind is not None and kind != "other":
                operands.append(operand(kind, token[kind]))
            if len(operands) > MAX_OPERANDS:
                raise Refused("too-large", f"more than {MAX_OPERANDS:,} operands")
        return end

    def _do(self, operator: bytes, operands: Sequence[Any]) -> None:
        """Do what an operator means, where it has the operands that it takes."""
        known = self._methods.get(operator)
        if known is None:
            self._operate(operator, operands)
        elif len(operands) >= known[1]:
            method, takes = known
            method(*operands[len(operands) - takes :])

    def _look(self, more: int) -> None:
        """Count operators, and look whether there are more than a document has, or have piled up."""
        self.collector.operators += more
        for found, most, what in (
            (self.collector.operators, MAX_OPERATORS, "operators"),
            (len(self.curpath), MAX_PATH, "pieces of one path"),
            (len(self.gstack), MAX_SAVED, "graphics states saved"),
        ):
            if found > most:
                raise Refused("too-large", f"more than {most:,} {what}")

    def _in_use(self) -> frozenset[bytes]:
        """The operators that are of use in this content."""
        is_coloured = self._coloured or "Pattern" in self.resources or "Shading" in self.resources
        marked, colouring = _MARKED if self._off else (), _COLOURING if is_coloured else ()
        return frozenset((*_OPERATORS, *marked, *colouring, *((_STATE,) if self._is_blended() else ())))

    def _operate(self, name: bytes, operands: Sequence[Any]) -> None:
        """Do what an operator of marked content, of colours or of a whole state means."""
        if name == _STATE:
            self._set_state(operands)
        elif name in _MARKED:
            self._mark(name, operands)
        else:
            self._colour(name, operands)

    def _mark(self, name: bytes, operands: Sequence[Any]) -> None:
        """Begin or end marked content; what a layer is on stands among the page's resources by name."""
        if name == b"EMC":
            self._end_marked()
            return
        names = [literal_name(o) for o in operands if isinstance(o, PSLiteral)]
        held = dict_value(self.resources.get("Properties", {})) if names[:1] == ["OC"] and len(names) > 1 else {}
        off = names[-1:] != [] and is_off(held.get(names[-1]), self._off)
        self._marked.append(off)
        self.collector.off += off

    def _end_marked(self) -> None:
        if self._marked:
            self.collector.off -= self._marked.pop()

    def _colour(self, name: bytes, operands: Sequence[Any]) -> None:
        """Note with what is filled from here on: 1 for white, 2 for a pattern, 0 for any other colour."""
        if name == b"sh":
            self.collector.shade(self.graphicstate)
            return
        if operands and isinstance(operands[-1], PSLiteral):
            self.fill_with(PATTERN)
            return
        count, white = _COLOURS.get(name, (len(operands), _BY_COUNT.get(len(operands), ())))
        numbers = [o for o in operands if isinstance(o, int | float)]
        is_white = len(numbers) == count == len(white) and all(
            abs(n - w) <= NEARLY for n, w in zip(numbers, white, strict=True)
        )
        self.fill_with(float(is_white))

    def _after_inline_image(self, content: bytes, at: int) -> int:
        self.device.render_image("", PDFStream({}, b""))
        found = _INLINE_IMAGE_END.search(content, at)
        return found.end() if found else len(content)


Sides = tuple[list[float], list[float]]  # left and right, bottom and top


def _sides(box: Sequence[float]) -> Sides:
    return sorted(box[::2]), sorted(box[1::2])


def _shown_part(page: PDFPage) -> Sides:
    """The part of a page that is shown: what its crop box leaves of it."""
    media, crop = _sides(page.mediabox), _sides(page.cropbox)
    xs, ys = ([max(m[0], c[0]), min(m[1], c[1])] for m, c in zip(media, crop, strict=True))
    return (xs, ys) if xs[0] < xs[1] and ys[0] < ys[1] else media


def _present(reference: object) -> PDFStream:
    """The stream referred to: what is lost must not pass for an empty page."""
    found = resolve1(reference)
    if not isinstance(found, PDFStream):
        raise Refused("damaged", "content is missing")
    return found
