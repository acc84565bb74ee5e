"""PDF pages without their rulings: glyphs → lines by base line → words by gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.readers.ofd import package as ofd
from pipeline.readers.pdf import glyphs
from pipeline.readers.pdf.page import Char, Page
from pipeline.trust.second_reading.drawn import Text, Word, read_words
from pipeline.trust.second_reading.model import CellKey, Reading, Wanted, agreed

_SAME_LINE = 0.35  # of the font size: how far base lines of one line may differ
_DESCENT = 0.12  # of the font size: how far below its base line the box of a glyph ends
_GAP = 0.5  # of the font size: a gap as wide as this divides words
_FIGURE_GAP = 0.3  # the same where a figure may begin or end
_CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff（）〔〕，、。；：]")
_AGAIN = 0.15  # of the font size: the same glyph as near as this is bold print


def read_pdf(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a PDF. Raises `Refused` where its pages cannot be read."""
    return _read(glyphs(data), wanted)


def read_image(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a picture file. Raises `Refused` where it cannot be read."""
    return _read(glyphs(data, "image"), wanted)


def read_ofd(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of an OFD document. Raises `Refused` where its pages cannot be read."""
    return _read(ofd.pages(data), wanted)


def _read(pages: Iterable[Page], wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of pages; for pictures, those of the second recogniser."""
    text: Text = []
    heights: dict[int, float] = {}
    for page in pages:
        heights[page.number] = page.height
        text += lines(page.again or page.chars, page.number, len(text))
    return agreed(read_words(text, wanted.plain, heights))


def lines(chars: Iterable[Char], page: int, first: int) -> Text:
    """The words of a page, line by line; lines are numbered from `first`."""
    rows: list[list[Char]] = []
    reference = 0.0
    for char in sorted((c for c in chars if not c.text.isspace()), key=_base):
        if rows and _base(char) - reference <= _SAME_LINE * min(char.size, rows[-1][0].size):
            rows[-1].append(char)
        else:
            rows.append([char])
            reference = _base(char)
    return [list(_words(sorted(row), page, first + n)) for n, row in enumerate(rows)]


def _base(char: Char) -> float:
    return char.y1 - _DESCENT * char.size


def _words(chars: Sequence[Char], page: int, line: int) -> Iterator[Word]:
    run: list[Char] = []
    for char in chars:
        if run and char.text == run[-1].text and char.x0 - run[-1].x0 < _AGAIN * char.size:
            continue
        if run and char.x0 - run[-1].x1 > _gap(run[-1], char):
            yield _word(run, page, line)
            run = []
        run.append(char)
    if run:
        yield _word(run, page, line)


def _gap(before: Char, char: Char) -> float:
    chinese = _CHINESE.match(before.text) and _CHINESE.match(char.text)
    return (_GAP if chinese else _FIGURE_GAP) * min(char.size, before.size)


def _word(run: Sequence[Char], page: int, line: int) -> Word:
    lefts, tops, rights, bottoms, texts, sizes = zip(*run, strict=True)
    return Word("".join(texts), lefts[0], max(rights), min(tops), max(bottoms), max(sizes), page, line)
