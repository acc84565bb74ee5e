"""Plain steps of page content: an operator with its operands, found by one match and carried out with few calls.

Nearly all content is of such steps. They do to the library's states what its own methods do, which look at each operand
for being a number, and copy more than is needed. What is no plain step is left to `operators`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import Any

from pdfminer.pdffont import PDFFont
from pdfminer.pdfinterp import PDFGraphicState, PDFPageInterpreter
from pdfminer.utils import Matrix, mult_matrix

from pipeline.readers.pdf.collector import Collector
from pipeline.readers.pdf.letters import TextState
from pipeline.readers.pdf.tokens import PLACE, array, operand

# Something always matches, if only what is no step, or the end: nothing is looked for farther on.
_ENDS = rb"""(?![A-Za-z0-9*'"])"""
STEP = re.compile(
    rb"""[\x00\s]*+(?:
    ([-+.0-9][-+.0-9\s]*+)?+
    ((?:\s*+(?:
        /[^\x00\s()<>\[\]{}/%]*+
      | [-+.0-9]++
      | <[0-9A-Fa-f]*+>
      | \([^()\\]*+\)
      | \[(?:\s*+(?:<[0-9A-Fa-f]*+>|\([^()\\]*+\)|[-+.0-9]++)){1,1000}+\s*+\]
      | <<(?:\s*+(?:/[^\x00\s()<>\[\]{}/%]*+|[-+.0-9]++))*+\s*+>>
    )){1,1000}+)?+
    \s*+((?:re\s++f\*?+|m(?:\s++""" + PLACE + rb"""){2}+\s++l\s++S)""" + _ENDS + rb"""|[A-Za-z'"][A-Za-z0-9*'"]*+)
    | [^\x00\s]
    | \Z)""",
    re.VERBOSE,
)  # fmt: skip
_STRING = re.compile(rb"<([0-9A-Fa-f]*+)>|\(([^()\\]*+)\)")
_NAME_AND_NUMBER = re.compile(rb"/([^\x00\s()<>\[\]{}/%]*+)\s++([-+.0-9]++)")
_ONE_LETTER = 6  # characters of a string of one letter, which comes again

# Each operator of use, what carries it out, and how many numbers it takes; None where it takes others.
_STEPS: Mapping[bytes, tuple[str, int | None]] = {
    b"q": ("do_q", 0), b"Q": ("do_Q", 0), b"cm": ("_transform", 6), b"w": ("_widen", 1),
    b"m": ("_begin", 2), b"l": ("_go_on", 2), b"h": ("do_h", 0), b"re": ("_box", 4), b"c": ("_curve", 6),
    b"S": ("do_S", 0), b"f": ("do_f", 0), b"f*": ("do_f", 0), b"n": ("do_n", 0), b"W": ("do_W", 0),
    b"W*": ("do_W", 0),
    b"BT": ("_begin_text", 0), b"Tc": ("_space", 1), b"Tw": ("_space_words", 1), b"Tz": ("_scale", 1),
    b"Tf": ("_set_font", None), b"Tr": ("_set_mode", 1), b"Td": ("_move", 2), b"TD": ("_move_down", 2),
    b"Tm": ("_place", 6), b"Tj": ("_show", None), b"TJ": ("_show_parts", None),
    b"g": ("_fill_grey", 1), b"rg": ("_fill_rgb", 3),
}  # fmt: skip
_FILLED_BOXES = [b"re" + space + f for space in (b"\n", b" ", b"\r\n", b"\r") for f in (b"f", b"f*")]
# Operators that may be of no use in a piece of content.
_AT_TIMES = frozenset(b"ET J j M d ri i G RG K SC SCN CS g rg k sc scn cs sh gs BDC BMC EMC DP MP BX EX".split())

_Steps = Mapping[bytes, tuple[Callable[..., Any] | None, int | None]]
_NOTHING = None, 0
_UNKNOWN = (lambda *_: False), -1  # perhaps a whole stroke, whose operators hold numbers
_LEVEL = (1, 0, 0, 1)
LOOK_EVERY = 2**16  # steps: so often it is looked whether there are too many
NEARLY = 0.0401  # of 1: the eye cannot tell it from white


class Steps(PDFPageInterpreter):
    """The library's interpreter of content, with plain steps."""

    collector: Collector
    textstate: TextState

    def init_resources(self, resources: dict[object, object]) -> None:
        """As the library does."""
        super().init_resources(resources)
        self._named_fonts: dict[bytes, tuple[PDFFont, float]] = {}

    def init_state(self, ctm: Matrix) -> None:
        """As the library does, with a text state that has a pen."""
        super().init_state(ctm)
        self.textstate = TextState()
        self._is_saved = False  # whether the graphics state is one to come back to
        self._letters: dict[bytes, bytes] = {}

    def steps_of_use(self, in_use: Collection[bytes]) -> _Steps:
        """The plain steps of content in which these operators are of use."""
        steps: dict[bytes, tuple[Callable[..., Any] | None, int | None]] = {
            name: (getattr(self, method), takes) for name, (method, takes) in _STEPS.items()
        }
        steps.update(dict.fromkeys(_FILLED_BOXES, (self._paint_box, 4)))
        steps.update(dict.fromkeys(_AT_TIMES.difference(in_use), _NOTHING))
        return steps

    def walk(self, content: bytes, at: int, steps: _Steps) -> tuple[int, int]:
        """Carry out plain steps from a place on, at most `LOOK_EVERY`: how many these are, and where they end."""
        count = 0
        for step in islice(STEP.finditer(content, at), LOOK_EVERY):
            numbers, others, operator = step.groups()
            method, takes = steps.get(operator, _UNKNOWN)
            if takes:
                if numbers is None or others is not None:
                    return count, step.start()
                try:
                    values = [float(n) for n in numbers.split()]
                except ValueError:  # such as --1 or 0.-5, which some programs write
                    return count, step.start()
                if takes < 0 and not self._paint_line(values, operator):
                    return count, step.start()
                if takes > 0 and (len(values) != takes or method(*values) is False):
                    return count, step.start()
            elif numbers is not None and others is not None:
                return count, step.start()
            elif takes is None:
                if others is None or not method(others):
                    return count, step.start()
            elif method:
                method()
            count += 1
        return count, step.end()

    def own_state(self) -> PDFGraphicState:
        """The graphics state, to be changed without changing one that is saved; strings may be drawn otherwise then."""
        if self._is_saved:
            self.graphicstate = self.graphicstate.copy()
            self._is_saved = False
        self.textstate.pen = None
        return self.graphicstate

    def do_q(self) -> None:
        """Save the states; the graphics state is copied when it is to be changed."""
        self.gstack.append((self.ctm, self.textstate.copy(), self.graphicstate))
        self._is_saved = True

    def do_Q(self) -> None:  # noqa: N802  the operator's name
        """Go back to the states saved last."""
        super().do_Q()
        self._is_saved = True  # it may have been saved more than once

    def do_w(self, linewidth: Any) -> None:
        """Set the width of lines."""
        self.own_state()
        super().do_w(linewidth)

    def _widen(self, width: float) -> None:
        a, b, *_ = self.ctm
        width *= (a**2 + b**2) ** 0.5
        if width != self.graphicstate.linewidth:
            self.own_state().linewidth = width

    def _transform(self, a: float, b: float, c: float, d: float, e: float, f: float) -> None:
        self.ctm = mult_matrix((a, b, c, d, e, f), self.ctm)
        self.device.set_ctm(self.ctm)
        self.textstate.pen = None

    def _begin(self, x: float, y: float) -> None:
        self.curpath.append(("m", x, y))

    def _go_on(self, x: float, y: float) -> None:
        self.curpath.append(("l", x, y))

    def _curve(self, a: float, b: float, c: float, d: float, e: float, f: float) -> None:
        self.curpath.append(("c", a, b, c, d, e, f))

    def _box(self, x: float, y: float, wide: float, high: float) -> None:
        right, top = x + wide, y + high
        self.curpath += (("m", x, y), ("l", right, y), ("l", right, top), ("l", x, top), ("h",))

    def _paint_box(self, x: float, y: float, wide: float, high: float) -> bool:
        if self.curpath:
            return False
        self.collector.paint_box(self.graphicstate, (x, y, x + wide, y + high))
        return True

    def _paint_line(self, start: Sequence[float], rest: bytes) -> bool:
        """Paint a path of one straight stroke, if that is what these operators do."""
        operators = rest.split()
        if operators[0] != b"m" or operators[-1] != b"S" or len(start) != 2 or self.curpath:
            return False
        self.collector.paint_line(self.graphicstate, (start[0], start[1]), (float(operators[1]), float(operators[2])))
        return True

    def _fill_grey(self, grey: float) -> None:
        self.fill_with(float(abs(grey - 1) <= NEARLY))

    def _fill_rgb(self, red: float, green: float, blue: float) -> None:
        self.fill_with(float(abs(red - 1) <= NEARLY and abs(green - 1) <= NEARLY and abs(blue - 1) <= NEARLY))

    def fill_with(self, colour: float) -> None:
        """Note with what is filled from here on: 1 for white, 2 for a pattern, 0 for any other colour."""
        if colour != self.graphicstate.ncolor:
            self.own_state().ncolor = colour

    def _begin_text(self) -> None:
        state = self.textstate
        if state.matrix[:4] != _LEVEL:
            state.pen = None
        state.reset()

    def _place(self, a: float, b: float, c: float, d: float, e: float, f: float) -> None:
        state = self.textstate
        if state.matrix[:4] != (a, b, c, d):
            state.pen = None
        state.matrix = (a, b, c, d, e, f)
        state.linematrix = (0, 0)

    def _move(self, right: float, up: float) -> None:
        state = self.textstate
        a, b, c, d, e, f = state.matrix
        state.matrix = (a, b, c, d, right * a + up * c + e, right * b + up * d + f)
        state.linematrix = (0, 0)

    def _move_down(self, right: float, up: float) -> None:
        self._move(right, up)
        self.textstate.leading = up

    def _space(self, amount: float) -> None:
        self.textstate.charspace, self.textstate.pen = amount, None

    def _space_words(self, amount: float) -> None:
        self.textstate.wordspace, self.textstate.pen = amount, None

    def _scale(self, share: float) -> None:
        self.textstate.scaling, self.textstate.pen = share, None

    def _set_mode(self, mode: float) -> None:
        self.textstate.render, self.textstate.pen = int(mode), None

    def _set_font(self, printed: bytes) -> bool:
        """Set a font by its name and size, where there is one of that name."""
        found = self._named_fonts.get(printed) or self._named_font(printed)
        if found:
            self.textstate.font, self.textstate.fontsize = found
            self.textstate.pen = None
        return found is not None

    def _named_font(self, printed: bytes) -> tuple[PDFFont, float] | None:
        parts = _NAME_AND_NUMBER.fullmatch(printed)
        font = parts and self.fontmap.get(operand("name", parts[1]).name)
        if not parts or font is None:
            return None
        try:
            size = float(parts[2])
        except ValueError:
            return None
        return self._named_fonts.setdefault(printed, (font, size))

    def _show(self, printed: bytes) -> bool:
        """Show a string."""
        string = self._letters.get(printed)
        if string is None:
            found = _STRING.fullmatch(printed)
            if found is None:
                return False
            string = operand("hex", found[1]) if found[1] is not None else found[2]
            if len(printed) <= _ONE_LETTER:
                self._letters[printed] = string
        self.collector.render_string(self.textstate, (string,), self.graphicstate.ncs, self.graphicstate)
        return True

    def _show_parts(self, printed: bytes) -> bool:
        """Show the strings of an array, with steps between them."""
        if not printed.startswith(b"[") or printed.find(b"]") != len(printed) - 1:
            return False
        self.collector.render_string(self.textstate, array(printed[1:-1]), self.graphicstate.ncs, self.graphicstate)
        return True
