"""Lines of a dump cut into pieces: figures, words and labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise, takewhile

from pipeline.document import Document, Paragraph
from pipeline.forms.indicators import indicator, is_unit
from pipeline.forms.model import Form
from pipeline.labels import compact, label
from pipeline.layout.dumps.model import LEAST_PREFIX, LONGEST_PIECE, PROSE, REACH, Name, Piece
from pipeline.layout.dumps.names import (
    has_indicator_table,
    indicator_heads,
    indicator_rows,
    row_sizes,
    row_stubs,
    table_sizes,
)
from pipeline.layout.dumps.page_numbers import is_dressed
from pipeline.layout.sections import is_heading
from pipeline.numbers import is_figure

_RULE = re.compile(r"^[\s|:\-+=]*-{3,}[\s|:\-+=]*$")  # the line under a Markdown header


_GLUED = re.compile(r"^(\D{1,59}?[\w\s)）:：])(\d{1,20})$")  # not with a sign before the figure: `行政许可 ≥12`


_PART = re.compile(r"^(?:[0-9]+[.,．，]|[.,．，][0-9]+)$")  # of a figure that is broken over two lines


_GAP = re.compile(r"\t|[ \u00a0]{2,}")
_MAY_BE_CUT = re.compile(r"[ |\t\u00a0\u3000]")


_CAPTION = re.compile(
    r"^(?:附[件表]?[0-9一二三四五六]{0,2}[:：、]|[(（]?(?:20[0-9]{2}年?[-—–~～至到]+)?20[0-9]{2}学?年度?[)）]?)[^，。；]{0,16}"
    r"(?:政府信息公开|行政复议|行政诉讼|主动公开|申请)[^，。；]{0,24}(?:情况|统计|数据|如下)表?[:：]?$"
)  # of a table, not of a section


_FIGURE_WORDS = ("未增未减", "未增未減")


_ROW_NUMBER = re.compile(r"^[0-9]{1,2}$")  # the same, where many count the rows
_LONGEST_LINE = 8  # pieces
_LEAST_DENSE, _MOST_SPREAD = 6, 1.5  # numbers, and how far they may lie apart for each
_PRINTED_NUMBER = re.compile(r"^[0-9]{2}$")  # of a row of an indicator table


def without_numbers(pieces: list[Piece], names: dict[str, Name]) -> list[Piece]:
    """The pieces, the printed numbers of rows kept apart from figures: before a label, or between it and a unit.

    On a line with a unit the label may be one that is in no form. A number that ends a line is not that of the row
    below. There are numbers only where they count the rows; else they are figures.
    """
    found = [n for n in range(len(pieces) - 1) if _ROW_NUMBER.match(pieces[n].text)]
    before = [int(pieces[n].text) for n in found if _names_row(pieces[n + 1], names)]
    behind = [int(pieces[n].text) for n in found if n and pieces[n + 1].aside and _names_row(pieces[n - 1], names)]
    count_before, count_behind = _are_counted(before), _are_counted(behind)
    number = _ROW_NUMBER if max(len(before), len(behind)) >= _LEAST_DENSE else _PRINTED_NUMBER

    def names_row(n: int) -> bool:
        return 0 <= n < len(pieces) and _names_row(pieces[n], names)

    def is_behind_text(n: int) -> bool:
        before = pieces[n - 1] if n else None
        is_text = before is not None and not (before.figure or before.aside) and len(before.words) >= LEAST_PREFIX
        return is_text and _on_one_line(pieces[n - 1 : n + 2])

    def begins_line(n: int) -> bool:
        """True for a number before a text and a unit, or before a unit and a figure: the label may stand around it."""
        if not _ROW_NUMBER.match(pieces[n].text) or (n and _on_one_line(pieces[n - 1 : n + 1])):
            return False
        line = list(takewhile(lambda p: p.paragraph == pieces[n].paragraph, pieces[n + 1 : n + _LONGEST_LINE]))
        if len(line) < 2 or line[0].figure:
            return False
        return any(p.figure for p in line[1:]) if line[0].aside else any(p.aside for p in line)

    def is_number(n: int) -> bool:
        if n + 1 < len(pieces) and begins_line(n):
            return True
        if n + 1 == len(pieces) or not number.match(pieces[n].text):
            return False
        ends_line = pieces[n].paragraph != pieces[n + 1].paragraph and not pieces[n].alone
        is_behind = pieces[n + 1].aside and (names_row(n - 1) or is_behind_text(n))
        return (count_before and names_row(n + 1) and not ends_line) or (count_behind and is_behind)

    return [replace(p, figure=False, aside=True) if is_number(n) else p for n, p in enumerate(pieces)]


def _are_counted(numbers: Sequence[int]) -> bool:
    """True for numbers that mostly go on by one, as those of rows do, or that lie close together: of several halves.

    One alone counts nothing.
    """
    count = len(numbers)
    if count > 1 and 2 * sum(b == a + 1 for a, b in pairwise(numbers)) >= count - 1:
        return True
    is_dense = count >= _LEAST_DENSE and len(set(numbers)) == count
    return is_dense and max(numbers) - min(numbers) < _MOST_SPREAD * count


def with_words(pieces: list[Piece], names: dict[str, Name], forms: tuple[Form, ...]) -> list[Piece]:
    """The pieces, each word taken for a figure that stands where only a cell of a row can."""
    cells = {n for row in _printed_rows(pieces, names) for n in _cells_of(row, pieces, names, forms)}
    return [replace(p, figure=True) if n in cells else p for n, p in enumerate(pieces)]


def _printed_rows(pieces: Sequence[Piece], names: dict[str, Name]) -> Iterator[list[int]]:
    """What stands behind a label and before the next on a line, or on lines of one piece each, the label first.

    A row without a label begins with -1.
    """

    def is_label(n: int) -> bool:
        piece = pieces[n]
        if piece.figure or piece.aside:
            return False
        return piece.heading or piece.words in names or _has_unit(n, pieces) or (piece.alone and piece.is_long)

    for _, line in groupby(range(len(pieces)), key=lambda n: None if pieces[n].alone else pieces[n].paragraph):
        row = [-1]
        for n in line:
            if is_label(n):
                yield row
                row = [n]
            else:
                row.append(n)
        yield row


def _has_unit(n: int, pieces: Sequence[Piece]) -> bool:
    """True for what prints its unit or number behind it on its line, as the label of an indicator table's row does."""
    after = pieces[n + 1] if n + 1 < len(pieces) else None
    return after is not None and after.aside and after.paragraph == pieces[n].paragraph


def _cells_of(
    row: Sequence[int], pieces: Sequence[Piece], names: dict[str, Name], forms: tuple[Form, ...]
) -> Sequence[int]:
    """The cells of a printed row, where its layout shows that all behind its label are figures; else none."""
    at, *behind = row
    cells = [n for n in behind if not pieces[n].aside]
    if all(pieces[n].figure for n in cells) or any(len(pieces[n].text) > LONGEST_PIECE for n in cells):
        return ()
    found = [pieces[n] for n in cells]
    head = pieces[at] if at >= 0 else None
    has_unit = any(is_unit(pieces[n].text) for n in behind if pieces[n].aside)
    if head and not head.alone:
        own = table_sizes(forms).get(head.words, frozenset())
        return cells if has_unit or any(_is_row_of(size, found) for size in own) else ()
    follows_header = head is None or (head.words in names and names[head.words].column)
    return cells if follows_header and any(_is_nameless(size, found) for size in table_sizes(forms)[""]) else ()


def _is_row_of(size: int, cells: Sequence[Piece]) -> bool:
    """True for as many cells as a row has figures, or for figures where they belong.

    These may have lost blank cells, or have words behind them; but figures beyond those of the row are another's.
    """
    printed = [c.figure and bool(c.text) for c in cells]
    return _fill(size, cells) or (any(printed[:size]) and not any(printed[size:]))


def _is_nameless(size: int, cells: Sequence[Piece]) -> bool:
    """True for all cells of a row without a label, or on one line for most of them as figures.

    Where each stands on a line of its own there must be a figure among them.
    """
    figures = sum(c.figure and bool(c.text) for c in cells)
    if cells[0].alone:
        return len(cells) == size and figures > 0
    return _fill(size, cells) or len(cells) <= size <= 2 * figures


def _fill(size: int, cells: Sequence[Piece]) -> bool:
    """True for this many cells, without the blank ones that pad the line."""
    return max(n for n, c in enumerate(cells, start=1) if c.text) <= size <= len(cells)


def _on_one_line(pieces: Sequence[Piece]) -> bool:
    return len({p.paragraph for p in pieces}) == 1


def _names_row(piece: Piece, names: dict[str, Name]) -> bool:
    return piece.words in names and bool(names[piece.words].rows)


def cut_into_pieces(document: Document, forms: Sequence[Form]) -> Iterator[Piece]:
    """The pieces of all paragraphs; a heading is one piece, whatever words of a table it has."""
    sheets = has_indicator_table(forms)
    read = indicator if sheets else label
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph) or block.aside or is_dressed(block.text):
            continue
        heading = is_heading(block.text, forms) or _is_caption(block.text)
        parts = [] if heading else split_pieces(block.text, tuple(forms))
        texts = [block.text] if heading else [t for part in parts for t in _unglued(part, tuple(forms))]
        for text in texts:
            is_number = not heading and (
                is_figure(text) or text in _FIGURE_WORDS or not text or bool(_PART.match(text))
            )
            unit = sheets and is_unit(text)
            yield Piece(
                text, read(text).text, number, block.line, block.page, is_number, len(texts) == 1, heading, unit
            )


def _is_caption(text: str) -> bool:
    """True for a line that names a table, of an attachment or of a year, by words that are labels in it as well."""
    if "附" not in text and "20" not in text:
        return False
    is_one = bool(_CAPTION.match(compact(text)))
    return is_one and not any(is_figure(part) for part in text.split())


def _is_number(text: str) -> bool:
    """True for a figure, in digits or in words, and for a part of one."""
    return is_figure(text) or text in _FIGURE_WORDS or bool(_PART.match(text))


def split_pieces(line: str, forms: tuple[Form, ...]) -> Sequence[str]:
    """The parts of a line at pipes and wide gaps, else at the single spaces beside its figures."""
    if _RULE.match(line):
        return ()
    if not _MAY_BE_CUT.search(line):
        return (text,) if (text := line.strip()) else ()
    if "|" in line:
        return _cells(line)
    return (_cut if len(line) <= LONGEST_PIECE else _cut.__wrapped__)(line, forms)


@lru_cache(maxsize=4_096)
def _cut(line: str, forms: tuple[Form, ...]) -> tuple[str, ...]:
    """The parts at gaps; the same line is cut for one question and then for another."""
    gaps = (gap.strip().replace("\u3000", " ") for gap in _GAP.split(line))
    return tuple([part for gap in gaps for row in _rows_beside(gap, forms) for part in _at_spaces(row, forms) if part])


def _rows_beside(text: str, forms: tuple[Form, ...]) -> list[str]:
    """The rows of an indicator table's blocks on one line, each a label that is known, its unit and figures."""
    if " " not in text:
        return [text]
    words = text.split(" ") if indicator_rows(forms) else [text]
    ends = [n for n in range(1, len(words)) if is_figure(words[n - 1]) and not is_figure(words[n])]
    if not ends:
        return [text]
    rows = [words[a:b] for a, b in pairwise([0, *ends, len(words)])]
    units = [next((n for n, word in enumerate(row) if n and is_unit(word)), None) for row in rows]
    if all(n is not None and _is_indicator(row[:n], forms) for n, row in zip(units, rows, strict=True)):
        return [" ".join(row) for row in rows]
    return [text]


def _cells(line: str) -> list[str]:
    """The cells between pipes; blank ones stay only after the first text of a line that has several."""
    cells = [c.strip() for c in line.strip().removeprefix("|").removesuffix("|").split("|")]
    printed = [c for c in cells if c]
    if len(printed) < 2:
        return printed
    return cells[cells.index(printed[0]) :]


def _at_spaces(text: str, forms: tuple[Form, ...]) -> list[str]:
    """`行政许可 97`, `收到申请数 件 3` and `（七）总计 33 2 0 35` in parts; a figure inside a sentence stays in it.

    `54 专项经费 万元 无` and `规章 3 无 5` as well: a word among the cells of a row is no part of its label.
    """
    words = text.split(" ")
    if len(words) == 1:
        return words
    figures = 0
    while figures < len(words) and is_figure(words[-1 - figures]):
        figures += 1
    rest = len(words) - figures
    cells = words[rest:]
    if rest > 1 and is_unit(words[rest - 1]) and (figures or _is_indicator(words[:-1], forms)):
        end = _label_end(words, rest - 1)
        return [" ".join(words[:end]), *words[end:]]
    return (
        _before_unit(words[:rest], cells, forms)
        or _as_row(words, forms)
        or _as_header(words, forms)
        or [" ".join(words[:rest]), *cells]
    )


def _is_indicator(words: Sequence[str], forms: tuple[Form, ...]) -> bool:
    """True for the label of an indicator table's row, perhaps with the row's number."""
    return indicator(" ".join(words[_label_start(words) : _label_end(words, len(words))])).text in indicator_rows(forms)


def _as_header(words: Sequence[str], forms: tuple[Form, ...]) -> list[str]:
    """The heads of an indicator table's columns, where more than one of them may head figures; else none.

    A head may be printed with its characters apart: `单 位`.
    """
    heads, columns = indicator_heads(forms)
    if len(words) < 2 or not columns or sum(map(len, words)) > LONGEST_PIECE:
        return []
    parts: list[str] = []
    at = 0
    while at < len(words):
        ends = range(min(len(words), at + REACH), at, -1)
        end = next((e for e in ends if label("".join(words[at:e])).text in heads), at + 1)
        parts.append(" ".join(words[at:end]))
        at = end
    texts = [t for part in parts if (t := label(part).text)]
    of_figures = [t for t in texts if t in columns or t not in heads]
    is_header = bool(columns & set(texts)) or sum(t in heads for t in texts) > 1
    return parts if is_header and len(of_figures) > 1 else []


def _before_unit(words: Sequence[str], cells: Sequence[str], forms: tuple[Form, ...]) -> list[str]:
    """The parts of an indicator table's row in which a word stands behind label and unit; none without one.

    A label that is in no form is one word, and so is what stands behind its unit.
    """
    rows = indicator_rows(forms)
    for unit in range(1, min(len(words) - 1, LONGEST_PIECE) if rows else 0):
        if not is_unit(words[unit]):
            continue
        start, end = _label_start(words), _label_end(words, unit)
        name = indicator(" ".join(words[start:end])).text
        is_short = end - start == 1 and unit + 2 == len(words)
        if name in rows or (is_short and LEAST_PREFIX <= len(name) <= PROSE):
            figures = list(takewhile(is_figure, words[unit + 1 :]))
            word = " ".join(words[unit + 1 + len(figures) :])
            return [*words[:start], " ".join(words[start:end]), *words[end : unit + 1], *figures, word, *cells]
    return []


def _as_row(words: Sequence[str], forms: tuple[Form, ...]) -> list[str]:
    """The groups, label and cells of a row that has them all, figures among them; none where there is no such row.

    Of a row without a label most must be figures.
    """
    sizes, are_figures = table_sizes(forms), list(map(is_figure, words))
    for size in takewhile(lambda n: n <= len(words), row_sizes(forms)):
        figures = sum(are_figures[len(words) - size :])
        if not figures:
            continue
        before, cells = words[: len(words) - size], words[len(words) - size :]
        if not before and size in sizes[""] and 2 * figures > size:
            return list(cells)
        at = _label_at(before, size, forms)
        if at is not None:
            return [*before[:at], " ".join(before[at:]), *cells]
    return []


def _label_at(words: Sequence[str], size: int, forms: tuple[Form, ...]) -> int | None:
    """Where the label of a row of that size begins, behind nothing but the names of its groups."""
    if sum(map(len, words)) > LONGEST_PIECE:
        return None
    stubs, sizes = row_stubs(forms), table_sizes(forms)
    groups = list(takewhile(lambda w: label(w).text in stubs, words))
    starts = range(min(len(groups) + 1, len(words)))
    return next((n for n in starts if size in sizes.get(label(" ".join(words[n:])).text, ())), None)


def _label_start(words: Sequence[str]) -> int:
    """How many words at the beginning of a line are the row's number."""
    return 1 if _PRINTED_NUMBER.match(words[0]) else 0


def _label_end(words: Sequence[str], unit: int) -> int:
    """Where the label before a unit ends: at the unit, or at the row's number before it."""
    return unit - 1 if unit > 1 and _PRINTED_NUMBER.match(words[unit - 1]) else unit


def _unglued(text: str, forms: tuple[Form, ...]) -> list[str]:
    """`规章000` as label and figures: as many zeros as the row has figures, or the one figure that it has."""
    found = _GLUED.match(text)
    sizes = table_sizes(forms).get(label(found[1]).text, frozenset()) if found else frozenset()
    if not found or not sizes:
        return [text]
    name, digits = found.groups()
    if not digits.strip("0") and len(digits) in sizes:
        return [name, *digits]
    return [name, digits] if 1 in sizes and not digits.startswith("0") else [text]
