"""Words at their places → labels, and the figures beside them. No ruling is looked at.

A label is put together from words below each other; a row's figures are those whose middle lies within the height of
its label. What stands near a row without belonging to one makes that row uncertain, and it is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.forms.model import Block, FormLine, FormTable
from pipeline.labels import compact, label
from pipeline.numbers import is_figure
from pipeline.readers.refused import Refused
from pipeline.trust.second_reading.columns import Span, nearest, spread
from pipeline.trust.second_reading.model import CellKey, Reading, Wanted

_LEADING = 3.5  # of the font size: how far below the line before a label may go on
_MOST_LINES = 12  # of one label
_MOST_WORDS = 4  # of one line of a label
_NEAR = 0.9  # of the font size: a figure this near to a row, and in no row itself, may be part of it
_LONGEST = 60  # characters: a longer word is prose
_RIM = 0.12  # of a page's height, where its number stands
MAX_WORDS = 40_000
MAX_LABELS = 600  # a report has a hundred
_MOST_IN_LINE = 80  # words; a line with more is not a row of a table
_OPENING = "（(一二三四五六七八九十0123456789"


class Word(NamedTuple):
    """Characters without a gap between them, in points; `line` counts the lines of a file, `number` those of a text."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    page: int
    line: int
    number: int | None = None

    @property
    def middle(self) -> float:
        """The height halfway between its top and bottom."""
        return (self.top + self.bottom) / 2


Text = list[list[Word]]  # words by line, down the pages; no line without a word


@dataclass(frozen=True, slots=True)
class _Label:
    """A label that was found: its text and the box that its words fill."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    page: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table: where its label stands, and the words to the right of it."""

    table: FormTable
    row: FormLine
    place: _Label
    words: tuple[Word, ...]

    @property
    def spans(self) -> list[Span]:
        return [(w.x0, w.x1) for w in self.words]


def read_words(text: Text, wanted: Wanted, heights: Mapping[int, float]) -> Iterator[tuple[CellKey, Reading]]:
    """The readings of the words of a file; a cell that is found twice has more than one.

    The heights of pages are needed where they have numbers. Raises `Refused` where there are too many.
    """
    if sum(map(len, text)) > MAX_WORDS:
        raise Refused("too-large", f"more than {MAX_WORDS:,} words")
    text = [words for words in text if len(words) <= _MOST_IN_LINE]
    columns = frozenset(n for t in wanted.tables.values() for b in t.blocks for n in _names(b))
    rows = _rows(text, wanted, heights)
    heads = _found(text, columns)
    yield from _readings(rows, heads, text)
    yield from _nameless(text, rows, heads, wanted)


# ------------------------------------------------------------------------------------------------------------- labels


def _found(text: Text, names: frozenset[str]) -> list[_Label]:
    """The labels among the words, each as long as possible; of overlapping ones, the one that begins furthest left."""
    begins = _beginnings(names)
    opening = frozenset(_OPENING) | {n[0] for n in names}
    labels: list[_Label] = []
    for number, words in enumerate(text):
        for start in (i for i, w in enumerate(words) if compact(w.text[0])[:1] in opening):
            for end in range(start + 1, min(start + _MOST_WORDS, len(words)) + 1):
                printed = "".join(w.text for w in words[start:end])
                if is_figure(words[end - 1].text) or len(printed) > _LONGEST:
                    break
                if _may_go_on(printed, begins):
                    labels += _grown(_merged(words[start:end]), number, text, names)
        if len(labels) > MAX_LABELS:
            raise Refused("too-large", f"more than {MAX_LABELS:,} labels")
    return _without_overlaps(labels)


@lru_cache(maxsize=8)
def _beginnings(names: frozenset[str]) -> frozenset[str]:
    return frozenset(n[:i] for n in names for i in range(1, len(n) + 1))


def _may_go_on(printed: str, begins: frozenset[str]) -> bool:
    """True for the beginning of a label; a remark in brackets that is not closed yet may be anything."""
    text = label(printed).text
    if text in begins:
        return True
    remark = compact(printed)
    return remark.count("(") > remark.count(")") and text[:2] in begins


def _merged(words: Sequence[Word]) -> Word:
    """One word as wide and high as all of them together."""
    return words[0]._replace(
        text="".join(w.text for w in words),
        x0=min(w.x0 for w in words),
        x1=max(w.x1 for w in words),
        top=min(w.top for w in words),
        bottom=max(w.bottom for w in words),
        size=max(w.size for w in words),
    )


def _grown(first: Word, number: int, text: Text, names: frozenset[str]) -> list[_Label]:
    """The longest label that begins with a word and goes on below it; None where there is none."""
    found = [_placed(first)] if label(first.text).text in names else []
    box = first
    for words in text[number + 1 : number + 3 * _MOST_LINES]:
        if words[0].page != first.page or words[0].top - box.bottom > _LEADING * box.size:
            break
        more = [w for w in words if w.x1 > box.x0 and w.x0 < box.x1 and not is_figure(w.text)]
        if not more:
            continue
        box = _merged([box, *more])
        if len(box.text) > 3 * _LONGEST or not _may_go_on(box.text, _beginnings(names)):
            break
        if label(box.text).text in names:
            found = [_placed(box)]
    return found


def _placed(box: Word) -> _Label:
    return _Label(box.text, box.x0, box.x1, box.top, box.bottom, box.size, box.page)


def _without_overlaps(labels: Sequence[_Label]) -> list[_Label]:
    kept: list[_Label] = []
    for found in sorted(labels, key=lambda f: (f.page, f.x0 - f.x1, f.top)):
        if not any(_overlap(found, k) for k in kept if k.page == found.page):
            kept.append(found)
    return sorted(kept, key=lambda f: (f.page, f.top, f.x0))


def _overlap(a: _Label, b: _Label) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1 and a.top < b.bottom and b.top < a.bottom


# --------------------------------------------------------------------------------------------------------------- rows


def _rows(text: Text, wanted: Wanted, heights: Mapping[int, float]) -> list[_Row]:
    """The rows whose label is found, each with the figures beside it, without the uncertain ones."""
    by_page: dict[int, Text] = {}
    for words in text:
        if any(is_figure(w.text) for w in words):
            by_page.setdefault(words[0].page, []).append(words)
    rows: list[_Row] = []
    users: dict[int, list[int]] = {}  # by line the rows beside which it stands
    for place in _found(text, frozenset(wanted.rows)):
        beside = [words for words in by_page.get(place.page, []) if _beside(words, place)]
        named = wanted.row(place.text)
        if not named or (not beside and label(place.text).text in named[0].headers):
            continue
        for words in beside:
            users.setdefault(words[0].line, []).append(len(rows))
        found = tuple(w for words in beside for w in words if w.x0 > place.x1)
        rows.append(_Row(*named, place, found))
    unsure = {at for line in users.values() if len(line) > 1 for at in line}
    unsure |= {at for at, row in enumerate(rows) if len({w.line for w in row.words}) > 1}
    unsure |= {
        at for at, row in enumerate(rows) if any(_runs_into(row.place, ws) for ws in by_page.get(row.place.page, []))
    }
    loose = [words for words in text if words[0].line not in users and _is_loose(words, heights)]
    unsure |= _at_breaks([r.place for r in rows], loose)
    return [row for at, row in enumerate(rows) if at not in unsure]


def _beside(words: Sequence[Word], place: _Label) -> bool:
    """True for a line with figures to the right of a label, at its height."""
    return any(w.x0 > place.x1 and place.top <= w.middle <= place.bottom and is_figure(w.text) for w in words)


def _runs_into(place: _Label, words: Sequence[Word]) -> bool:
    """True where a figure at the height of a label is not to the right of it."""
    return any(
        place.x0 < w.x1 and w.x0 <= place.x1 and place.top <= w.middle <= place.bottom and is_figure(w.text)
        for w in words
    )


def _is_loose(words: Sequence[Word], heights: Mapping[int, float]) -> bool:
    """True for a line that ends with a figure of its own, which is not the page's number."""
    if not is_figure(words[-1].text):
        return False
    figures = [w for w in words if is_figure(w.text)]
    digits = "".join(w.text for w in figures).strip("-—–― ")
    height = heights.get(words[0].page, 0.0)
    at_rim = height > 0 and not _RIM < words[0].middle / height < 1 - _RIM
    return not (at_rim and len(figures) == len(words) <= 3 and digits == str(words[0].page))


def _may_belong(place: _Label, word: Word) -> bool:
    """True for a word to the right of a label that is not far above or below it."""
    away = max(place.top - word.middle, word.middle - place.bottom)
    return word.page == place.page and word.x0 > place.x1 and away < _NEAR * place.size


def _at_breaks(places: Sequence[_Label], alone: Sequence[Sequence[Word]]) -> set[int]:
    """The last row of a page where the next begins with loose figures, the first where the page before ends so."""
    unsure: set[int] = set()
    for at, (upper, lower) in enumerate(pairwise(places)):
        if lower.page > upper.page:
            between = [w[-1] for w in alone if upper.page <= w[0].page <= lower.page]
            if any(w.page > upper.page and (w.page < lower.page or w.middle < lower.top) for w in between):
                unsure.add(at)
            if any(w.page < lower.page and (w.page > upper.page or w.middle > upper.bottom) for w in between):
                unsure.add(at + 1)
    return unsure


# ----------------------------------------------------------------------------------------------------------- readings


def _readings(rows: Sequence[_Row], heads: Sequence[_Label], text: Text) -> Iterator[tuple[CellKey, Reading]]:
    blocks: dict[tuple[int, str], list[_Row]] = {}
    for row in rows:
        blocks.setdefault((row.table.number, row.table.block_of(row.row.code).rows[0].code), []).append(row)
    of_rows = {w for row in rows for w in row.words}
    others: dict[int, list[Word]] = {}
    for word in (w for words in text for w in words if w not in of_rows):
        others.setdefault(word.page, []).append(word)
    for found in blocks.values():
        block = found[0].table.block_of(found[0].row.code)
        by_place = spread([r.spans for r in found], len(block.columns))
        if by_place is None or not _in_order(_above(heads, found[0].place, rows), by_place.places, block):
            continue
        for row, numbers in zip(found, by_place.rows, strict=True):
            if numbers is not None and row.place.x1 < by_place.places[0][0]:
                yield from _of_row(row, block, numbers, _unsure(row, by_place.places, others.get(row.place.page, [])))


def _unsure(row: _Row, places: Sequence[Span], others: Sequence[Word]) -> set[int]:
    """The places of a row near which stray text is printed: it may be the rest of a cell."""
    return {nearest((w.x0, w.x1), places) for w in others if w.x1 > places[0][0] and _may_belong(row.place, w)}


def _of_row(
    row: _Row, block: Block, numbers: Sequence[int | None], unsure: set[int]
) -> Iterator[tuple[CellKey, Reading]]:
    """The figures of a row, and its blanks; a text that is not one whole figure may go on elsewhere."""
    line = row.words[0].number if row.words else None
    page = row.place.page if line is None else None
    for at, (column, number) in enumerate(zip(block.columns, numbers, strict=True)):
        text = "" if number is None else row.words[number].text
        if at not in unsure and (number is None or is_figure(text)):
            yield (row.table.number, row.row.code, column.code), Reading(text, page, line)


def _names(block: Block) -> frozenset[str]:
    return frozenset(n for c in block.columns for n in (*c.names, *c.damaged_names)) - {""}


def _above(heads: Sequence[_Label], first: _Label, rows: Sequence[_Row]) -> list[_Label]:
    """The column labels between a row and the row before it."""
    here = first.page, first.top
    before = max(((r.place.page, r.place.bottom) for r in rows if (r.place.page, r.place.top) < here), default=(0, 0.0))
    return [h for h in heads if before <= (h.page, h.top) < here]


def _in_order(heads: Sequence[_Label], places: Sequence[Span], block: Block) -> bool:
    """True where most columns of a block are labelled above their place, and none above another's."""
    names = _names(block)
    right: set[int] = set()
    for head in heads:
        text = label(head.text).text
        if text not in names or head.x1 < places[0][0]:
            continue
        at = nearest((head.x0, head.x1), places)
        if text not in block.columns[at].names | block.columns[at].damaged_names:
            return False
        right.add(at)
    return 2 * len(right) >= len(block.columns)


def _nameless(
    text: Text, rows: Sequence[_Row], heads: Sequence[_Label], wanted: Wanted
) -> Iterator[tuple[CellKey, Reading]]:
    """The lines right below the columns of a table of one unlabelled row, with as many figures as it has columns."""
    for table in wanted.nameless:
        block = table.blocks[0]
        for number, words in enumerate(text):
            if len(words) != len(block.columns) or not all(is_figure(w.text) for w in words):
                continue
            box = words[0]
            place = _Label("", 0.0, 0.0, box.top, box.bottom, box.size, box.page)
            around = [w for ws in (*text[max(number - 3, 0) : number], *text[number + 1 : number + 4]) for w in ws]
            row = _Row(table, table.rows[0], place, tuple(words))
            if _in_order(_above(heads, place, rows), row.spans, block):
                yield from _of_row(row, block, range(len(words)), _unsure(row, row.spans, around))
