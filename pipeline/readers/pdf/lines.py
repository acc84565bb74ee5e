"""Characters to lines, and lines to their parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

from pipeline.numbers import OBJECT, is_figure
from pipeline.readers.pdf.page import Char

_SAME_LINE = 0.45  # of the font size: how far the middles of characters of one line may differ
_REACH, _CLEARLY = 1.2, 1.3  # of the font size: how far lines are looked at; how much farther off another must be
_NEARLY = 0.8  # of the font size: how far figures may stand from the line of their label
_ALIKE = 0.8  # of the size: smaller print is a mark or a note
_SAME_PLACE = 0.15  # of the font size: a character drawn twice this close is bold print, not two characters
_UPON = 0.6  # of the narrower of two characters: one that begins earlier stands upon the other
_ROUNDING = -0.3  # points: characters that only touch overlap by less
_NO_STEP = 0.3  # of the font size: less than the width of any digit
_SPACE = 0.5  # of the font size: a gap as wide as this is a space
CELL_LEADING = 0.75  # of the font size: the largest gap between two lines of a cell
_COLUMN = 1.5  # of the font size: a gap as wide as this divides columns
UNIT = 3  # letters: what figures are counted in, as 万元 and 条/次
_HEADS = 0.25  # of the font size: a gap as wide as this may divide heads
_SECTION = re.compile(r"^\s*[一二三四五六七八九十]{1,3}\s*[、.．]\s*\S{4,40}(?:情况|事项|表|问题|措施)$")


_LEFT = itemgetter(0)


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text: its page and box in points, its font size, its text without the white space at its ends.

    `chars` are its characters, so that it can be divided again.
    """

    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    text: str
    chars: tuple[Char, ...] = field(default=(), repr=False, compare=False)

    def of(self, chars: Sequence[Char]) -> TextLine:
        """The part of the line that some of its characters make."""
        made = _line(chars, self.page)
        assert made is not None
        return made


def lines_of(chars: Iterable[Char], page: int) -> tuple[TextLine, ...]:
    """The lines that the characters form, from top to bottom."""
    rows: list[list[Char]] = []
    reference = 0.0
    for char in sorted(chars, key=_middle):
        middle = _middle(char)
        if rows and middle - reference <= _SAME_LINE * min(char.size, rows[-1][0].size):
            rows[-1].append(char)
        else:
            rows.append([char])
            reference = middle
    made = (_line(sorted(row, key=_LEFT), page) for row in rows)
    return tuple(line for line in made if line)


def with_figures_beside(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines, those of figures alone put into the line left of them that stands at nearly the same height.

    Figures at the top or bottom of their cells, or of another font, are a line of their own. Where another line is
    hardly farther off nobody can say whose they are.
    """
    heights = [(x.top + x.bottom) / 2 for x in lines]
    alone = {n for n, x in enumerate(lines) if all(map(is_figure, x.text.split()))}
    own: dict[int, list[int]] = {}
    for n in sorted(alone):
        near = sorted((abs(heights[m] - heights[n]), m) for m in _around(n, lines, heights) if m not in alone)
        if (
            near
            and near[0][0] <= _NEARLY * lines[n].size
            and (len(near) == 1 or near[1][0] >= _CLEARLY * near[0][0])
            and lines[near[0][1]].x1 <= lines[n].x0
        ):
            own.setdefault(near[0][1], []).append(n)
    beside = {m: found[0] for m, found in own.items() if len(found) == 1}
    gone = set(beside.values())
    made = []
    for n, line in enumerate(lines):
        if n in beside:
            line = line.of(sorted([*line.chars, *lines[beside[n]].chars], key=_LEFT))
        if n not in gone:
            made.append(line)
    return made


def _around(at: int, lines: Sequence[TextLine], heights: Sequence[float]) -> Iterator[int]:
    """The lines of about the same size of print that stand as high as one, or nearly so."""
    size = lines[at].size
    for step in (-1, 1):
        n = at + step
        while 0 <= n < len(lines) and abs(heights[n] - heights[at]) <= _REACH * size:
            if _ALIKE * size <= lines[n].size <= size / _ALIKE:
                yield n
            n += step


def _middle(char: Char) -> float:
    return (char.y0 + char.y1) / 2


def _line(chars: Sequence[Char], page: int) -> TextLine | None:
    """A line of characters that are in order; None where they are all white space."""
    first, end = 0, len(chars)
    while first < end and chars[first].text.isspace():
        first += 1
    while end > first and chars[end - 1].text.isspace():
        end -= 1
    if first == end:
        return None
    last = chars[first]
    kept, parts = [last], [last.text]
    for char in chars[first + 1 : end]:
        if char.text == last.text and _again(last, char):
            continue
        gap = char.x0 - last.x1
        if gap > _SPACE * char.size and not (char.text + parts[-1]).isspace():
            parts.append(" ")
        elif gap < _ROUNDING and _are_upon(last, char):
            char = char._replace(text=char.text + OBJECT)
        last = char
        kept.append(char)
        parts.append(char.text)
    lefts, tops, rights, bottoms, _, sizes = zip(*kept, strict=True)
    box = (lefts[0], max(rights), min(tops), max(bottoms))
    return TextLine(page, *box, max(sizes), "".join(parts), tuple(kept))


def _again(before: Char, char: Char) -> bool:
    """True for the same character at the place of the one before it."""
    return char.x0 - before.x0 < _SAME_PLACE * char.size and not char.text.isspace()


def _are_upon(before: Char, char: Char) -> bool:
    """True for two characters at one place, one of them a digit: nobody can say which of them counts."""
    first, second = before.text[:1], char.text[:1]
    if not (first.isalnum() and second.isalnum() and (first.isdigit() or second.isdigit())):
        return False
    narrow = min(before.x1 - before.x0, char.x1 - char.x0)
    return char.x0 - before.x0 < min(_UPON * narrow, _NO_STEP * char.size)


def joined(texts: Iterable[str]) -> str:
    """Lines as one text, joined without a space except between Latin words: Chinese and wrapped figures have none."""
    text = ""
    for more in texts:
        between = text[-1:] + more[:1]
        text += (" " if len(between) == 2 and between.isascii() and between.isalpha() else "") + more
    return text


def columns_of(line: TextLine) -> list[str]:
    """The texts of a line between gaps as wide as those between columns.

    Between two digits, and beside what is drawn, a space is enough: figures that stand close are never run together.
    """
    texts = ["".join(c.text for c in part) for part in _parts(line)] if line.chars else [line.text]
    return [t.strip() for t in texts if t.strip()]


def without_signs(line: TextLine) -> list[TextLine]:
    """The line without the signs of objects that stand alone in it; none where nothing is left."""
    if OBJECT not in line.text or not (chars := [c for c in line.chars if c.text != OBJECT]):
        return [line]
    made = _line(chars, line.page) if len(chars) < len(line.chars) else line
    return [made] if made is not None else []


def segments_of(line: TextLine) -> list[TextLine]:
    """The parts of a line between such gaps, each as a line of its own."""
    made = (_line(part, line.page) for part in _parts(line)) if line.chars else (line,)
    return [part for part in made if part is not None]


def pieces_of(line: TextLine) -> list[TextLine]:
    """The parts of a line between all gaps, as of heads that stand close, each as a line of its own."""
    parts: list[list[Char]] = [[]]
    for before, char in pairwise((None, *line.chars)):
        if before is not None and char is not None and char.x0 - before.x1 >= _HEADS * char.size:
            parts.append([])
        if char is not None:
            parts[-1].append(char)
    made = (_line(part, line.page) for part in parts if part)
    return [part for part in made if part is not None]


def _parts(line: TextLine) -> list[list[Char]]:
    parts = [[line.chars[0]]]
    for before, char in pairwise(line.chars):
        is_narrow = (before.text[:1].isdigit() and char.text[:1].isdigit()) or OBJECT in (before.text, char.text)
        least = _SPACE if is_narrow else _COLUMN
        if char.x0 - before.x1 > least * char.size:
            parts.append([])
        parts[-1].append(char)
    return parts


def is_headed(line: TextLine) -> bool:
    """True for a line that begins with the numeral of a section."""
    return bool(_SECTION.match(line.text))
