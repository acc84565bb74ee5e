"""Tables cut by page breaks, joined: repeated headers dropped, the parts of split rows and labels put together.

Two real rows must never become one. So a row counts as split only where its parts say so: the label of one part is not
a label alone but both together are, or one part has figures and no label of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.labels import compact, label
from pipeline.numbers import is_figure
from pipeline.readers.pdf.frames import NEAR
from pipeline.readers.pdf.lattice import Box, RuledTable
from pipeline.readers.pdf.lines import TextLine, lines_of
from pipeline.readers.pdf.page import Char
from pipeline.readers.vocabulary import Vocabulary

_AGREE = 4.0  # points: how far the outer edges of two parts may differ
_ALIKE = 0.8
_CAPTION = 40  # characters
_OVERFLOW = 1.5  # of the font size: how far below its cell text may go on


def stitch(upper: RuledTable, lower: RuledTable, words: Vocabulary) -> RuledTable | None:
    """The one table that two parts on following pages make; None where they are two tables.

    `words` are the labels that say what is one row or label and what is two.
    """
    if max(abs(upper.edges[0] - lower.edges[0]), abs(upper.edges[-1] - lower.edges[-1])) > _AGREE:
        return None
    if (len(upper.edges) == 2) != (len(lower.edges) == 2) and any(_is_prose(t) for t in (upper, lower)):
        return None
    edges = _union(upper.edges, lower.edges)
    above, below, last = (_in_columns(t, edges) for t in (upper, lower, upper.last or upper))
    if above is None or below is None or last is None:
        return None
    body = _without_header(above, below, last)
    if not body.rows:
        return replace(above, page=lower.page)
    pairs = _pairs(above, body)
    is_split = _is_split(above, body, pairs, words)
    one = _joined(above, body, pairs) if is_split else _stacked(above, body, pairs, words)
    return replace(one, page=lower.page, bottom=lower.bottom, is_open=lower.is_open, last=lower)


def with_overflow(table: RuledTable, lines: Sequence[TextLine], words: Vocabulary) -> RuledTable | None:
    """The table with the lines that run out of its last cells at the page's end; None where one does not."""
    chars = [c for line in lines for c in line.chars]
    ends = [b for b in table.boxes if b.row + b.row_span == table.rows]
    grown = {box: replace(box, lines=(*box.lines, *lines_of(_within(table, box, chars), box.page))) for box in ends}
    over = [(box, new) for box, new in grown.items() if new.lines != box.lines]
    if sum(len(c.lines) - len(b.lines) for b, c in over) < len(lines):
        return None
    if not all(_runs_out(table, *o, words) for o in over):
        return None
    return replace(table, boxes=tuple(grown.get(b, b) for b in table.boxes))


def _within(table: RuledTable, box: Box, chars: Sequence[Char]) -> list[Char]:
    left, right = table.edges[box.col], table.edges[box.col + box.col_span]
    return [c for c in chars if left <= (c.x0 + c.x1) / 2 < right]


def _runs_out(table: RuledTable, box: Box, grown: Box, words: Vocabulary) -> bool:
    """True where new lines below the table go on with what a cell at its end says, and are as wide as it."""
    if not box.lines or not (words.begins(grown.text) or (is_figure(box.text) and is_figure(grown.text))):
        return False
    bottom = max(table.bottom, box.lines[-1].bottom)
    for line in grown.lines[len(box.lines) :]:
        if line.top - bottom >= _OVERFLOW * line.size or _out_of(table, box, line):
            return False
        bottom = line.bottom
    return True


def _out_of(table: RuledTable, box: Box, line: TextLine) -> bool:
    return line.x0 < table.edges[box.col] or line.x1 > table.edges[box.col + box.col_span]


def _union(upper: Sequence[float], lower: Sequence[float]) -> tuple[float, ...]:
    """The edges of both; the first and last are the same, and so are those that nearly agree."""
    more = [e for e in lower[1:-1] if min(abs(e - u) for u in upper) > NEAR]
    return tuple(sorted([*upper, *more]))


def _is_prose(table: RuledTable) -> bool:
    """True for a box around text; a row that spans all columns, such as a caption, is short."""
    return len(table.edges) == 2 and any(len(b.text) > _CAPTION for b in table.boxes)


def _in_columns(table: RuledTable, edges: tuple[float, ...]) -> RuledTable | None:
    """The table with its columns counted by other edges; None where two of its edges would become one."""
    if table.edges == edges:
        return table
    at = [min(range(len(edges)), key=lambda i: abs(edges[i] - e)) for e in table.edges]
    at[0], at[-1] = 0, len(edges) - 1
    if len(set(at)) < len(at):
        return None
    boxes = tuple(replace(b, col=at[b.col], col_span=at[b.col + b.col_span] - at[b.col]) for b in table.boxes)
    return replace(table, edges=edges, boxes=boxes)


def _without_header(above: RuledTable, below: RuledTable, last: RuledTable) -> RuledTable:
    """The lower part without its first rows where they repeat those of the table, or of the part before it."""
    repeated = max(_repeated(above, below), _repeated(last, below))
    if not repeated:
        return below
    rest = tuple(replace(b, row=b.row - repeated) for b in below.boxes if b.row >= repeated)
    return replace(below, rows=below.rows - repeated, boxes=rest)


def _repeated(above: RuledTable, below: RuledTable) -> int:
    """How many first rows of the lower part are those of the upper one: the same cells with the same labels."""
    repeated = 0
    for n in range(1, min(above.rows, below.rows) + 1):
        here, there = _top(above, n), _top(below, n)
        if not here or here != there or any(is_figure(b.text) for b in below.boxes if b.row < n):
            break
        whole = all(row + span <= n for row, _, span, _, _ in here)
        if whole and any(text for *_, text in here):
            repeated = n
    return repeated


def _top(table: RuledTable, rows: int) -> list[tuple[int, int, int, int, str]]:
    return sorted((b.row, b.col, b.row_span, b.col_span, label(b.text).text) for b in table.boxes if b.row < rows)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A cell at the end of the upper part and the cell right below it at the start of the lower part."""

    upper: Box
    lower: Box

    @property
    def in_one_row(self) -> bool:
        return self.upper.row_span == self.lower.row_span == 1

    @property
    def is_label(self) -> bool:
        """True where a label is printed in one of the parts, and no figure in the other."""
        texts = [b.text for b in (self.upper, self.lower) if b.lines]
        return bool(texts) and not any(is_figure(t) for t in texts)

    @property
    def mixed(self) -> bool:
        """True for a label in one part and a figure in the other."""
        return len({is_figure(b.text) for b in (self.upper, self.lower) if b.lines}) == 2

    @property
    def both(self) -> bool:
        return bool(self.upper.lines and self.lower.lines)


def _pairs(above: RuledTable, below: RuledTable) -> list[_Pair]:
    ends = {(b.col, b.col_span): b for b in above.boxes if b.row + b.row_span == above.rows}
    tops = sorted((b for b in below.boxes if b.row == 0), key=lambda b: b.col)
    return [_Pair(ends[b.col, b.col_span], b) for b in tops if (b.col, b.col_span) in ends]


def _is_split(above: RuledTable, below: RuledTable, pairs: Sequence[_Pair], words: Vocabulary) -> bool:
    """True where the last row above and the first row below are two parts of one row."""
    row = [p for p in pairs if p.in_one_row]
    paired = {p.lower for p in pairs}
    alone = any(b.row == 0 and b.lines and b not in paired for b in below.boxes)
    if alone or any(p.mixed for p in row):
        return False
    if not any(p.upper.lines for p in row) or not any(p.lower.lines for p in row):
        return False  # nothing to join
    labels = [p for p in row if p.is_label]
    verdicts = {_label_verdict(p.upper.text, p.lower.text, words) for p in labels if p.both}
    if verdicts:
        return verdicts == {True}
    return _figures_go_on(above, below, row, labels, words)


def _figures_go_on(
    above: RuledTable, below: RuledTable, row: Sequence[_Pair], labels: Sequence[_Pair], words: Vocabulary
) -> bool:
    """Judge a row whose parts have no label in common: one part has the label, or neither has one."""
    figures = [p for p in row if not p.is_label]
    padding = _padding(above)
    if not all(_is_full(above, p.upper, padding) for p in figures if p.both):
        return False
    if not labels:
        return below.rows == 1 and all(p.upper.lines for p in figures if p.lower.lines)
    in_upper = {bool(p.upper.lines) for p in labels}
    printed = labels[-1].upper if labels[-1].upper.lines else labels[-1].lower
    return len(in_upper) == 1 and bool(figures) and (words.knows(printed.text) or above.is_open)


def _is_full(table: RuledTable, box: Box, padding: float) -> bool:
    """True where no other digit would have fitted on the last line of a cell."""
    line, left, right = box.lines[-1], table.edges[box.col], table.edges[box.col + box.col_span]
    letter = (line.x1 - line.x0) / len(line.text)
    return right - left - (line.x1 - line.x0) < 2 * padding + letter


def _padding(table: RuledTable) -> float:
    """The least distance of any text from the border of its cell."""
    gaps = (
        min(line.x0 - table.edges[b.col], table.edges[b.col + b.col_span] - line.x1)
        for b in table.boxes
        for line in b.lines
    )
    return max(min(gaps, default=0.0), 0.0)


def _label_verdict(upper: str, lower: str, words: Vocabulary) -> bool:
    """True where two texts are the parts of one label, False where they are two labels or it is not clear."""
    if label(lower).ordinal:
        return False
    if _open_brackets(upper) > 0 > _open_brackets(lower):
        return True
    if words.knows(upper + lower):
        return not (words.knows(upper) and words.knows(lower))
    if words.knows(upper) or words.knows(lower):
        return False
    if words.begins(upper + lower):
        return True
    together = words.likeness(upper + lower)
    return together >= _ALIKE and together > max(words.likeness(upper), words.likeness(lower))


def _open_brackets(text: str) -> int:
    """How many brackets are left open; below zero for those that close what was opened before."""
    return compact(text).count("(") - compact(text).count(")")


def _joined(above: RuledTable, below: RuledTable, pairs: Sequence[_Pair]) -> RuledTable:
    """Both parts with the row at the break counted once."""
    return _merged(above, below, {p.lower: p.upper for p in pairs}, above.rows - 1)


def _stacked(above: RuledTable, below: RuledTable, pairs: Sequence[_Pair], words: Vocabulary) -> RuledTable:
    """The lower part under the upper one; a label of several rows that goes on is one cell."""
    going_on = {p.lower: p.upper for p in pairs if _group_goes_on(above, below, p, words)}
    return _merged(above, below, going_on, above.rows)


def _group_goes_on(above: RuledTable, below: RuledTable, pair: _Pair, words: Vocabulary) -> bool:
    """True for a group's label that reaches over the break: cut in two, or printed beside other labels in one part."""
    if not pair.is_label:
        return False
    if pair.both:
        return _label_verdict(pair.upper.text, pair.lower.text, words)
    ends = [b for b in above.boxes if b.row + b.row_span == above.rows]
    beside = ends if pair.lower.lines else [b for b in below.boxes if b.row == 0]
    has_own = any(b.col > pair.lower.col and b.lines and not is_figure(b.text) for b in beside)
    return has_own and (above.is_open or not pair.in_one_row)


def _merged(above: RuledTable, below: RuledTable, into: dict[Box, Box], shift: int) -> RuledTable:
    """The cells of both, the rows below moved by `shift`, with the cells of `into` put together."""
    grown = {upper: _grown(upper, lower, shift) for lower, upper in into.items()}
    boxes = [grown.get(b, b) for b in above.boxes]
    boxes += [replace(b, row=b.row + shift) for b in below.boxes if b not in into]
    return replace(
        above,
        rows=shift + below.rows,
        boxes=tuple(sorted(boxes, key=lambda b: (b.row, b.col))),
    )


def _grown(upper: Box, lower: Box, shift: int) -> Box:
    shown = upper if upper.lines else lower
    bottom = shift + lower.row_span
    return replace(
        upper,
        row_span=bottom - upper.row,
        lines=(*upper.lines, *lower.lines),
        notes=upper.notes + lower.notes,
        unseen=upper.unseen + lower.unseen,
        pictures=upper.pictures + lower.pictures,
        page=shown.page,
        place=shown.place,
    )


def cells_in_order(table: RuledTable) -> Iterator[Box]:
    """The cells by row and column."""
    return iter(sorted(table.boxes, key=lambda b: (b.row, b.col)))
