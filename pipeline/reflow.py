"""Tables that lost their shape: one cell a line, rows with pipes, columns held by spaces, labels torn from figures.

Some dumps keep a table's words and figures but not its grid. What is left is a stream of pieces: labels, whole or
torn, and groups of figures. A group becomes a row when a row's own label stands before or around it, or when, between
two such rows, just as many groups as rows are left whose labels are all printed. Where the line of a row tells its
cells, by a unit beside the label or by as many of them as the row has figures, a word among them is a figure too. The
rows make *folded* grids: sequences without columns of their own, which `matching` binds only where each row has all
its figures. What else their lines print goes with them, to be left over there with an issue. So do the heads of a
sheet's columns that no form knows: they tell how many figures a row has.

What does *not* belong here: deciding which figure answers which column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby, pairwise, takewhile

from pipeline.document import Block, Cell, Document, Grid, Paragraph
from pipeline.forms import Form, FormTable
from pipeline.forms.indicators import indicator, is_unit
from pipeline.labels import label
from pipeline.layout.sections import is_heading
from pipeline.numbers import figure, is_figure

_RULE = re.compile(r"^[\s|:\-+=]*-{3,}[\s|:\-+=]*$")  # the line under a Markdown header
_GLUED = re.compile(r"^(\D{2,60}?)(\d{1,20})$")
_GAP = re.compile(r"\t|[ \u00a0]{2,}")
_FIGURE_WORDS = ("未增未减", "未增未減")
_LONGEST_PIECE = 80  # longer ones are prose
_REACH = 14  # a torn label goes on within so many pieces
_COVERED = 0.6  # of a piece's characters must be labels, or it is prose that mentions one
_LEAST_PREFIX = 2
_MOST_LABELS = 3_000  # a report has two hundred; what has so many is none, and would take long
_NOISE = 3  # so many characters of a neighbouring cell may be glued before the rest of a torn label
_PROSE = 20  # a longer piece without any label ends a table
_REMARKS = frozenset({"备注", "说明", "备注说明"})  # what so heads a column of a sheet says that it has no figures
_MARKS = frozenset("甲乙丙丁戊")  # name the columns of a table once more, below its header
_PRINTED_NUMBER = re.compile(r"^[0-9]{2}$")  # of a row on a sheet of indicators


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a line: its text, line and paragraph, and whether it is a figure or a blank cell among them.

    `words` is its canonical text as a label. `aside` is the unit or the number of a row. A word that stands where only
    a figure can is one as well.
    """

    text: str
    words: str
    paragraph: int
    line: int | None
    page: int | None
    figure: bool
    alone: bool  # the only piece of its line
    heading: bool = False  # of a section: it is no label, and no table goes on across it
    aside: bool = False

    @property
    def is_long(self) -> bool:
        """True for prose; not for a label with an explanation in brackets."""
        if self.figure or len(self.text) <= _PROSE:
            return False
        return len(self.words) > _PROSE or not self.text.endswith((")", "）"))


@dataclass(frozen=True, slots=True)
class _Name:
    """A label of a form: in which tables it stands, and which rows it names (none for headers and groups).

    `sheet` says that it heads a column of a sheet: such words are short and common (数量), and no part of a label.
    """

    text: str
    tables: frozenset[int]
    rows: frozenset[tuple[int, str]]
    column: bool
    sheet: bool = False

    @property
    def vague(self) -> bool:
        """True for what names rows and columns alike: 总计, 其他."""
        return self.column and bool(self.rows)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A label found: its name, the table it was taken for, and the first and last piece of it."""

    name: _Name
    table: int
    start: int
    end: int
    text: str
    code: str | None = None  # of the row, where the name alone leaves several


@dataclass(frozen=True, slots=True)
class _Group:
    """Figures that stand together: the pieces, blank ones between them included."""

    pieces: tuple[int, ...]


@dataclass
class _Stream:
    """A document's pieces with the labels and groups found in them."""

    pieces: list[_Piece]
    hits: list[_Hit] = field(default_factory=list)
    groups: list[_Group] = field(default_factory=list)


def reflow(document: Document, forms: Sequence[Form]) -> Document:
    """The document with a folded grid for each table that is only in its paragraphs.

    Paragraphs that were taken into a grid are not repeated beside it.
    """
    forms = _told(document, forms)
    names = _names(forms)
    done = _in_grids(document, names)
    if any(done >= {t.number for t in f.tables} for f in forms):
        return document
    pieces = list(_pieces(document, forms))
    if _has_sheet(forms):
        pieces = _without_numbers(pieces, names)
    pieces = _with_words(pieces, names, forms)
    if not _has_sheet(forms) and sum(p.figure for p in pieces) < 2:
        return document
    hits = _find_labels(pieces, names)
    if len(hits) > _MOST_LABELS:
        return document
    stream = _Stream(pieces)
    stream.hits = _placed(hits, done)
    stream.groups = list(_groups(pieces))
    number = max((g.number for g in document.grids), default=0)
    blocks: list[Block | None] = list(document.blocks)
    for table in sorted({h.table for h in stream.hits}):
        made = _fold(stream, table, forms, number + 1)
        if made:
            number += 1
            _put(blocks, *made)
    return replace(document, blocks=tuple(b for b in blocks if b is not None))


def _told(document: Document, forms: Sequence[Form]) -> tuple[Form, ...]:
    """The forms that the document may follow: of those whose rows have common words enough must be printed."""
    if all(t.least <= 0 for f in forms for t in f.tables):
        return tuple(forms)
    printed = {indicator(c.text).text for g in document.grids for c in g.cells if c.text}
    for paragraph in document.paragraphs:
        printed |= {
            indicator(part).text for part in _split(paragraph.text, tuple(forms)) if len(part) <= _LONGEST_PIECE
        }
    return tuple(f for f in forms if all(t.is_among(printed) for t in f.tables))


def _has_sheet(forms: Sequence[Form]) -> bool:
    return any(t.beside for f in forms for t in f.tables)


def _without_numbers(pieces: list[_Piece], names: dict[str, _Name]) -> list[_Piece]:
    """The pieces, the printed numbers of rows told from figures: before a label, or between it and a unit.

    On a line with a unit the label may be one that no form knows. What ends a line is no number of the row on the next.
    """

    def names_row(n: int) -> bool:
        return 0 <= n < len(pieces) and _names_row(pieces[n], names)

    def is_behind_text(n: int) -> bool:
        before = pieces[n - 1] if n else None
        is_text = before is not None and not (before.figure or before.aside) and len(before.words) >= _LEAST_PREFIX
        return is_text and _on_one_line(pieces[n - 1 : n + 2])

    def is_number(n: int) -> bool:
        if n + 1 == len(pieces) or not _PRINTED_NUMBER.match(pieces[n].text):
            return False
        ends_line = pieces[n].paragraph != pieces[n + 1].paragraph and not pieces[n].alone
        return (names_row(n + 1) and not ends_line) or (pieces[n + 1].aside and (names_row(n - 1) or is_behind_text(n)))

    return [replace(p, figure=False, aside=True) if is_number(n) else p for n, p in enumerate(pieces)]


def _with_words(pieces: list[_Piece], names: dict[str, _Name], forms: tuple[Form, ...]) -> list[_Piece]:
    """The pieces, each word taken for a figure that stands where only a cell of a row can."""
    cells = {n for row in _printed_rows(pieces, names) for n in _cells_of(row, pieces, names, forms)}
    return [replace(p, figure=True) if n in cells else p for n, p in enumerate(pieces)]


def _printed_rows(pieces: Sequence[_Piece], names: dict[str, _Name]) -> Iterator[list[int]]:
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


def _has_unit(n: int, pieces: Sequence[_Piece]) -> bool:
    """True for what prints its unit or number behind it on its line, as the label of a sheet's row does."""
    after = pieces[n + 1] if n + 1 < len(pieces) else None
    return after is not None and after.aside and after.paragraph == pieces[n].paragraph


def _cells_of(
    row: Sequence[int], pieces: Sequence[_Piece], names: dict[str, _Name], forms: tuple[Form, ...]
) -> Sequence[int]:
    """The cells of a printed row, where its layout tells that all behind its label are such; else none."""
    at, *behind = row
    cells = [n for n in behind if not pieces[n].aside]
    if all(pieces[n].figure for n in cells) or any(len(pieces[n].text) > _LONGEST_PIECE for n in cells):
        return ()
    found = [pieces[n] for n in cells]
    head = pieces[at] if at >= 0 else None
    has_unit = any(is_unit(pieces[n].text) for n in behind if pieces[n].aside)
    if head and not head.alone:
        own = _sizes(forms).get(head.words, frozenset())
        return cells if has_unit or any(_is_row_of(size, found) for size in own) else ()
    follows_header = head is None or (head.words in names and names[head.words].column)
    return cells if follows_header and any(_is_nameless(size, found) for size in _sizes(forms)[""]) else ()


def _is_row_of(size: int, cells: Sequence[_Piece]) -> bool:
    """True for as many cells as a row has figures, or for figures where they belong.

    These may have lost blank cells, or have words behind them; but figures beyond those of the row are another's.
    """
    printed = [c.figure and bool(c.text) for c in cells]
    return _fill(size, cells) or (any(printed[:size]) and not any(printed[size:]))


def _is_nameless(size: int, cells: Sequence[_Piece]) -> bool:
    """True for all cells of a row without a label, or on one line for most of them as figures.

    Where each stands on a line of its own there must be a figure among them.
    """
    figures = sum(c.figure and bool(c.text) for c in cells)
    if cells[0].alone:
        return len(cells) == size and figures > 0
    return _fill(size, cells) or len(cells) <= size <= 2 * figures


def _fill(size: int, cells: Sequence[_Piece]) -> bool:
    """True for so many cells, blank ones that pad the line left out."""
    return max(n for n, c in enumerate(cells, start=1) if c.text) <= size <= len(cells)


def _on_one_line(pieces: Sequence[_Piece]) -> bool:
    return len({p.paragraph for p in pieces}) == 1


def _names_row(piece: _Piece, names: dict[str, _Name]) -> bool:
    return piece.words in names and bool(names[piece.words].rows)


def _in_grids(document: Document, names: dict[str, _Name]) -> frozenset[int]:
    """The tables that stand in grids already: those of which a row is named there, or of one without, two columns."""
    texts = {label(c.text).text for g in document.grids for c in g.cells}
    own = [names[t] for t in texts & names.keys() if len(names[t].tables) == 1 and not names[t].vague]
    rows = {table for n in own for table, _ in n.rows}
    columns = Counter(table for n in own if n.column for table in n.tables)
    with_rows = {table for n in names.values() if not n.vague for table, _ in n.rows}
    return frozenset(rows | {table for table, found in columns.items() if found > 1 and table not in with_rows})


def _put(blocks: list[Block | None], grid: Grid, paragraphs: set[int]) -> None:
    """The grid in place of the first paragraph that it took; the others go. A line may have served two tables."""
    free = sorted(i for i in paragraphs if isinstance(blocks[i], Paragraph))
    for i in free:
        blocks[i] = None
    if free:
        blocks[free[0]] = grid
    else:
        blocks.append(grid)


# --- Pieces and groups -------------------------------------------------------------------------------------------


def _pieces(document: Document, forms: Sequence[Form]) -> Iterator[_Piece]:
    """The pieces of all paragraphs; a heading is one piece, whatever words of a table it has."""
    sheets = _has_sheet(forms)
    read = indicator if sheets else label
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph) or block.aside:
            continue
        heading = is_heading(block.text, forms)
        parts = [] if heading else _split(block.text, tuple(forms))
        texts = [block.text] if heading else [t for part in parts for t in _unglued(part, tuple(forms))]
        for text in texts:
            is_number = not heading and (is_figure(text) or text in _FIGURE_WORDS or not text)
            unit = sheets and is_unit(text)
            yield _Piece(
                text, read(text).text, number, block.line, block.page, is_number, len(texts) == 1, heading, unit
            )


def _split(line: str, forms: tuple[Form, ...]) -> list[str]:
    """The parts of a line at pipes and wide gaps, else at the single spaces beside its figures."""
    if _RULE.match(line):
        return []
    if "|" in line:
        return _cells(line)
    return [part for gap in _GAP.split(line) for part in _at_spaces(gap.strip(), forms) if part]


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
    figures = 0
    while figures < len(words) and is_figure(words[-1 - figures]):
        figures += 1
    rest = len(words) - figures
    cells = words[rest:]
    if figures and rest > 1 and is_unit(words[rest - 1]):
        end = _label_end(words, rest - 1)
        return [" ".join(words[:end]), *words[end:]]
    return (
        _before_unit(words[:rest], cells, forms)
        or _as_row(words, forms)
        or _as_header(words, forms)
        or [" ".join(words[:rest]), *cells]
    )


def _as_header(words: Sequence[str], forms: tuple[Form, ...]) -> list[str]:
    """The heads of a sheet's columns, where more than one of them may head figures; else none.

    A head may be printed with its characters apart: `单 位`.
    """
    heads, columns = _sheet_heads(forms)
    if len(words) < 2 or not columns or sum(map(len, words)) > _LONGEST_PIECE:
        return []
    parts: list[str] = []
    at = 0
    while at < len(words):
        ends = range(min(len(words), at + _REACH), at, -1)
        end = next((e for e in ends if label("".join(words[at:e])).text in heads), at + 1)
        parts.append(" ".join(words[at:end]))
        at = end
    texts = [t for part in parts if (t := label(part).text)]
    of_figures = [t for t in texts if t in columns or t not in heads]
    is_header = bool(columns & set(texts)) or sum(t in heads for t in texts) > 1
    return parts if is_header and len(of_figures) > 1 else []


def _before_unit(words: Sequence[str], cells: Sequence[str], forms: tuple[Form, ...]) -> list[str]:
    """The parts of a sheet's row in which a word stands behind label and unit; none where there is no such row.

    A label that no form knows is one word, and so is what stands behind its unit.
    """
    rows = _sheet_rows(forms)
    for unit in range(1, min(len(words) - 1, _LONGEST_PIECE) if rows else 0):
        if not is_unit(words[unit]):
            continue
        start, end = _label_start(words), _label_end(words, unit)
        name = indicator(" ".join(words[start:end])).text
        is_short = end - start == 1 and unit + 2 == len(words)
        if name in rows or (is_short and _LEAST_PREFIX <= len(name) <= _PROSE):
            figures = list(takewhile(is_figure, words[unit + 1 :]))
            word = " ".join(words[unit + 1 + len(figures) :])
            return [*words[:start], " ".join(words[start:end]), *words[end : unit + 1], *figures, word, *cells]
    return []


def _as_row(words: Sequence[str], forms: tuple[Form, ...]) -> list[str]:
    """The groups, label and cells of a row that has them all, figures among them; none where there is no such row.

    Of a row without a label most must be figures.
    """
    sizes = _sizes(forms)
    for size in sorted({n for found in sizes.values() for n in found if n <= len(words)}):
        before, cells = words[: len(words) - size], words[len(words) - size :]
        figures = sum(map(is_figure, cells))
        if not before and size in sizes[""] and 2 * figures > size:
            return list(cells)
        at = _label_at(before, size, forms) if figures else None
        if at is not None:
            return [*before[:at], " ".join(before[at:]), *cells]
    return []


def _label_at(words: Sequence[str], size: int, forms: tuple[Form, ...]) -> int | None:
    """Where the label of a row of that size begins, behind nothing but the names of its groups."""
    if sum(map(len, words)) > _LONGEST_PIECE:
        return None
    groups = list(takewhile(lambda w: label(w).text in _stubs(forms), words))
    starts = range(min(len(groups) + 1, len(words)))
    return next((n for n in starts if size in _sizes(forms).get(label(" ".join(words[n:])).text, ())), None)


def _label_start(words: Sequence[str]) -> int:
    """How many words at the beginning of a line are the row's number."""
    return 1 if _PRINTED_NUMBER.match(words[0]) else 0


def _label_end(words: Sequence[str], unit: int) -> int:
    """Where the label before a unit ends: at the unit, or at the row's number before it."""
    return unit - 1 if unit > 1 and _PRINTED_NUMBER.match(words[unit - 1]) else unit


def _unglued(text: str, forms: tuple[Form, ...]) -> list[str]:
    """`规章000` as label and figures: as many zeros as the row has figures, or the one figure that it has."""
    found = _GLUED.match(text)
    sizes = _sizes(forms).get(label(found[1]).text, frozenset()) if found else frozenset()
    if not found or not sizes:
        return [text]
    name, digits = found.groups()
    if not digits.strip("0") and len(digits) in sizes:
        return [name, *digits]
    return [name, digits] if 1 in sizes and not digits.startswith("0") else [text]


@lru_cache(maxsize=8)
def _sheet_rows(forms: tuple[Form, ...]) -> frozenset[str]:
    """The labels of the rows of sheets."""
    tables = (t for f in forms for t in f.tables if t.beside)
    return frozenset(n for t in tables for r in t.rows for n in r.names | r.damaged_names) - {""}


@lru_cache(maxsize=8)
def _sheet_heads(forms: tuple[Form, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The labels that head the columns of sheets, and those of them that head figures."""
    tables = [t for f in forms for t in f.tables if t.beside]
    columns = {n for t in tables for b in t.blocks for c in b.columns for n in (*c.names, *c.damaged_names)}
    return frozenset(n for t in tables for n in t.headers) - {""}, frozenset(columns) - {""}


@lru_cache(maxsize=8)
def _stubs(forms: tuple[Form, ...]) -> frozenset[str]:
    """The labels of rows and of their groups."""
    return frozenset(n for f in forms for t in f.tables for n in t.stubs) - {""}


@lru_cache(maxsize=8)
def _sizes(forms: tuple[Form, ...]) -> dict[str, frozenset[int]]:
    """How many figures the rows of each name have; under '' those of rows without a label."""
    sizes: dict[str, set[int]] = {}
    for block in (b for f in forms for t in f.tables for b in t.blocks):
        for name in (n for r in block.rows for n in (r.names if r.path else ("",))):
            sizes.setdefault(name, set()).add(len(block.columns))
    sizes.setdefault("", set())
    return {name: frozenset(found) for name, found in sizes.items()}


def _groups(pieces: Sequence[_Piece]) -> Iterator[_Group]:
    """Figures on one line, or one a line on lines that follow each other."""
    run: list[int] = []
    for i, piece in enumerate(pieces):
        if run and not (piece.figure and _together(pieces[run[-1]], piece)):
            yield _Group(tuple(run))
            run = []
        if piece.figure:
            run.append(i)
    if run:
        yield _Group(tuple(run))


def _together(last: _Piece, piece: _Piece) -> bool:
    return last.paragraph == piece.paragraph or (last.alone and piece.alone)


# --- Labels ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _names(forms: tuple[Form, ...]) -> dict[str, _Name]:
    """Every label of the forms by its canonical text."""
    tables: dict[str, set[int]] = {}
    rows: dict[str, set[tuple[int, str]]] = {}
    columns: set[str] = set()
    heads: set[str] = set()
    for table in (t for f in forms for t in f.tables):
        for text in (table.headers | table.stubs) - {""}:
            tables.setdefault(text, set()).add(table.number)
        for row in table.rows:
            for text in (row.names | row.damaged_names) - {""}:
                rows.setdefault(text, set()).add((table.number, row.code))
        columns |= {n for b in table.blocks for c in b.columns for n in (*c.names, *c.damaged_names)}
        heads |= table.headers if table.beside else frozenset()
    return {
        text: _Name(text, frozenset(found), frozenset(rows.get(text, ())), text in columns, text in heads)
        for text, found in tables.items()
    }


def _find_labels(pieces: Sequence[_Piece], names: dict[str, _Name]) -> list[_Hit]:
    """The labels in reading order; a torn one is put together from the pieces that follow."""
    prefixes = {n[:i] for n in names for i in range(_LEAST_PREFIX, len(n))}
    hits: list[_Hit] = []
    taken: set[int] = set()
    for i, piece in enumerate(pieces):
        whole = piece.words
        if piece.figure or piece.heading or piece.aside or i in taken or len(whole) > _LONGEST_PIECE:
            continue
        for text in _segments(whole, names, prefixes):
            if text in names:
                hits.append(_Hit(names[text], 0, i, i, piece.text))
            elif end := _go_on(pieces, i, text, names, taken):
                name, last, used = end
                taken |= used
                hits.append(_Hit(name, 0, i, last, piece.text))
    return hits


def _segments(text: str, names: dict[str, _Name], prefixes: set[str]) -> list[str]:
    """The labels and beginnings of labels that a piece is made of; none where it is mostly something else."""
    found: list[str] = []
    at = 0
    while at < len(text):
        end = next((e for e in range(len(text), at, -1) if text[at:e] in names or text[at:e] in prefixes), at)
        if end > at:
            found.append(text[at:end])
        at = max(end, at + 1)
    digits = sum(c.isdigit() for c in text)
    return found if sum(map(len, found)) >= _COVERED * max(1, len(text) - digits) else []


def _go_on(
    pieces: Sequence[_Piece], start: int, begun: str, names: dict[str, _Name], taken: set[int]
) -> tuple[_Name, int, set[int]] | None:
    """The label that a beginning and later pieces make together, its last piece, and the pieces used up.

    Of several labels with one beginning it is the one that is whole first.
    """
    ends = []
    near = range(start + 1, min(start + 1 + _REACH, len(pieces)))
    heads = {i for i in near if pieces[i].words in names and names[pieces[i].words].sheet}
    for whole in (n for n in names if n.startswith(begun) and n != begun):
        used = _rest_of(pieces, start, whole[len(begun) :], taken | heads)
        if used:
            ends.append((max(used), -len(whole), whole, used))
    if not ends:
        return None
    last, _, whole, used = min(ends)
    return names[whole], last, {p for p in used if pieces[p].words in whole}


def _rest_of(pieces: Sequence[_Piece], start: int, rest: str, taken: set[int]) -> list[int]:
    """The pieces, in order, that make up the rest of a label; none where they do not come."""
    used: list[int] = []
    for i in range(start + 1, min(start + 1 + _REACH, len(pieces))):
        if pieces[i].figure or pieces[i].heading or i in taken:
            continue
        text = pieces[i].words
        ends_so = len(rest) >= _LEAST_PREFIX and text.endswith(rest) and len(text) - len(rest) <= _NOISE
        if ends_so or (text and rest.startswith(text)):
            rest = "" if ends_so else rest[len(text) :]
            used.append(i)
        if not rest:
            return used
    return []


def _placed(hits: Sequence[_Hit], skip: frozenset[int]) -> list[_Hit]:
    """Each label in a table. One that says little (总计, 其他) stands in that of the label before, else after it."""
    own = [0 if h.name.vague or len(h.name.tables) > 1 else next(iter(h.name.tables)) for h in hits]
    placed: list[_Hit] = []
    for i, hit in enumerate(hits):
        before = next((t for t in reversed(own[:i]) if t), 0)
        after = next((t for t in own[i:] if t), 0)
        table = own[i] or (before if before in hit.name.tables else after)
        if table in hit.name.tables and table not in skip:
            placed.append(replace(hit, table=table))
    return placed


# --- Rows --------------------------------------------------------------------------------------------------------


def _fold(stream: _Stream, table_no: int, forms: Sequence[Form], number: int) -> tuple[Grid, set[int]] | None:
    """The folded grid of a table and the paragraphs that it takes; None where there are no rows of figures."""
    hits = [h for h in stream.hits if h.table == table_no]
    table = _best_fit(table_no, forms, hits)
    hits = list(_under_their_groups(hits, table))
    hits, more = _with_strange_heads(stream, hits, table) if table.open and table.beside else (hits, 0)
    shape = _Shape.of(table, more)
    groups = [shape.trimmed(g, stream.pieces) for g in _groups_of(stream, table_no)]
    if table.beside:
        groups = [g for g in groups if not _is_stroke(g, hits, shape, stream)]
    bound = _bind_near(stream, hits, groups, shape)
    if not table.beside:  # a single figure between two rows may be anything
        bound |= _bind_between(hits, groups, bound, shape)
    if table.open:
        bound |= _bind_strangers(stream, hits, groups, bound, shape)
    hits, groups, bound = _of_the_table(stream, hits, groups, bound, shape)
    if not groups or (table.beside and not _looks_like_a_sheet(stream, hits, groups, bound)):
        return None
    groups, bound = _with_rest(stream, hits, groups, bound, shape)
    grid = _grid(stream, number, _rows(hits, groups, bound, shape))
    used = {p for h in hits for p in (h.start, h.end)} | {p for g in groups for p in g.pieces}
    return grid, {stream.pieces[p].paragraph for p in used}


def _looks_like_a_sheet(stream: _Stream, hits: Sequence[_Hit], groups: Sequence[_Group], bound: dict[int, int]) -> bool:
    """True where a header names the figures or most rows print their unit beside them; else it is a list in a text."""

    def has_unit(g: int) -> bool:
        return any(is_unit(p.text) for p in stream.pieces[hits[bound[g]].end + 1 : groups[g].pieces[0]] if p.aside)

    return any(h.name.column for h in hits) or 2 * sum(has_unit(g) for g in bound) > len(bound)


def _with_strange_heads(stream: _Stream, hits: list[_Hit], table: FormTable) -> tuple[list[_Hit], int]:
    """The labels with the heads that no form knows, where a header has more than the form; and how many more.

    Without them the figures of another column would be taken for those of the form's.
    """
    most = 0
    for header in _headers(stream, hits, table):
        inside = [h for h in hits if h.start in header]
        if len(inside) < 2 and not any(h.name.column for h in inside):
            continue  # 单位 may begin a line of signatures
        known = _printed_apart(stream, header, table)
        strange = [p for p in header if p not in known and _is_strange_head(stream.pieces[p], p, inside, table)]
        kept = [h for h in inside if h.start not in strange]
        made = [h for p in strange for h in _strange_heads(stream.pieces[p], p, table)]
        more = len(made) + sum(h.name.column for h in kept) - table.columns_in([h.name.text for h in kept])
        if more > 0:
            hits = sorted([h for h in hits if h.start not in strange] + made, key=lambda h: h.start)
            most = max(most, more)
    return hits, most


def _headers(stream: _Stream, hits: Sequence[_Hit], table: FormTable) -> Iterator[range]:
    """The pieces of each header of a sheet: from a head on, up to a row, a group or a figure.

    A note above it may say the unit of all: `计量单位：件`.
    """
    at = {p: h for h in hits for p in range(h.start, h.end + 1)}
    end = 0
    for hit in hits:
        if hit.start < end or not _is_head(hit) or _is_note(stream.pieces[hit.start]):
            continue
        end = hit.start
        while end < len(stream.pieces) and not _ends_header(stream.pieces[end], at.get(end)):
            end += 1
        begins_row = end - 1 not in at and _is_beside_label(stream.pieces[end : end + 2])
        yield range(hit.start, end - 1 if begins_row else end)


def _is_head(hit: _Hit) -> bool:
    return hit.name.sheet and not hit.name.rows


def _is_beside_label(pieces: Sequence[_Piece]) -> bool:
    """True for what begins with a figure or with a unit, be a row's number before it: a label stands in front."""
    first = next(iter(pieces), None)
    return first is not None and (first.figure or (first.aside and any(is_unit(p.text) for p in pieces)))


def _is_note(piece: _Piece) -> bool:
    return ":" in piece.text or "：" in piece.text


def _ends_header(piece: _Piece, hit: _Hit | None) -> bool:
    """True for what no header holds: a row or group, known or by its ordinal, a figure, a unit, prose."""
    if hit is not None:
        return not _is_head(hit)
    return piece.figure or piece.aside or piece.heading or piece.is_long or bool(label(piece.text).ordinal)


def _printed_apart(stream: _Stream, header: range, table: FormTable) -> set[int]:
    """The pieces of known heads whose characters are printed apart: `单`, `位`."""
    runs = groupby(header, key=lambda p: len(stream.pieces[p].words) == 1)
    single = [list(run) for is_single, run in runs if is_single]
    return {p for run in single for p in run if "".join(stream.pieces[p].words for p in run) in table.headers}


def _is_strange_head(piece: _Piece, at: int, hits: Sequence[_Hit], table: FormTable) -> bool:
    """True for words that are not all known heads, and neither notes nor the marks below a header: 甲, 乙."""
    if piece.words in table.headers | _REMARKS or set(piece.words) <= _MARKS or _is_note(piece):
        return False
    return sum(len(h.name.text) for h in hits if h.start <= at <= h.end) < len(piece.words)


def _strange_heads(piece: _Piece, at: int, table: FormTable) -> Iterator[_Hit]:
    """A hit for each word that may head figures: of heads between single spaces none says where the next begins."""
    for word in piece.text.split():
        text = label(word).text
        if text and (text not in table.headers or text in table.names):
            name = _Name(text, frozenset({table.number}), frozenset(), column=True, sheet=True)
            yield _Hit(name, table.number, at, at, word)


def _under_their_groups(hits: Sequence[_Hit], table: FormTable) -> Iterator[_Hit]:
    """The labels, those that name several rows taken for that whose group was named last."""
    rows = {r.code: r for r in table.rows}
    called: dict[str, frozenset[str]] = {r.leaf.text: r.names for r in table.rows}
    last: dict[str, int] = {}
    for n, hit in enumerate(hits):
        lines = [rows[c] for t, c in sorted(hit.name.rows) if t == table.number and c in rows]
        if len(lines) > 1:
            named = {r.code: max((_last_named(p, last, called) for p in r.parents), default=-1) for r in lines}
            best = [code for code, at in named.items() if at == max(named.values())]
            hit = replace(hit, code=best[0]) if len(best) == 1 else hit
        last[hit.name.text] = n
        yield hit


def _last_named(parent: str, last: dict[str, int], called: dict[str, frozenset[str]]) -> int:
    return max(last.get(name, -1) for name in {parent, *called.get(parent, ())})


def _is_stroke(group: _Group, hits: Sequence[_Hit], shape: _Shape, stream: _Stream) -> bool:
    """True for strokes beside the label of a group, where a sheet wants neither unit nor figure."""
    texts = [stream.pieces[p].text for p in group.pieces]
    before = [h for h in hits if h.end < group.pieces[0]]
    is_group = bool(before) and before[-1].end == group.pieces[0] - 1 and shape.code(before[-1]) is None
    return is_group and all(figure(t).kind in ("dash", "slash", "blank") for t in texts)


def _bind_strangers(
    stream: _Stream, hits: list[_Hit], groups: Sequence[_Group], bound: dict[int, int], shape: _Shape
) -> dict[int, int]:
    """Groups right after a label that no form knows, and as long as the row above: a row of the report's own.

    The labels are put behind the `hits`.
    """
    found: dict[int, int] = {}
    covered = {p for h in hits for p in range(h.start, h.end + 1)}
    size = 0
    for g, group in enumerate(groups):
        if g in bound:
            size = shape.sizes[shape.code(hits[bound[g]]) or ""]
            continue
        at = group.pieces[0] - 1
        while at > 0 and stream.pieces[at].aside:
            at -= 1
        piece = stream.pieces[at]
        taken = piece.figure or piece.heading or at in covered
        if not taken and _LEAST_PREFIX <= len(piece.words) <= _PROSE and _is_sized(group, size, shape):
            found[g] = len(hits)
            name = _Name(piece.words, frozenset({shape.number}), frozenset(), column=False)
            hits.append(_Hit(name, shape.number, at, at, piece.text))
    return found


def _is_sized(group: _Group, size: int, shape: _Shape) -> bool:
    """True for as many figures as the row above has, or on a sheet for fewer."""
    return len(group.pieces) == size or (shape.sheet and len(group.pieces) < size)


def _best_fit(table_no: int, forms: Sequence[Form], hits: Sequence[_Hit]) -> FormTable:
    """The form's table that fits the labels found: most of its rows and columns are among them, fewest are not."""
    printed = {h.name.text for h in hits}

    def fit(table: FormTable) -> tuple[int, int]:
        lines = [*table.rows, *(c for b in table.blocks for c in b.columns)]
        return sum(bool(line.names & printed) for line in lines), -len(lines)

    return max((t for f in forms for t in f.tables if t.number == table_no), key=fit)


@dataclass(frozen=True)
class _Shape:
    """The rows of a table: their order, their names, how many figures each must have, and whether it is a sheet."""

    number: int
    order: dict[str, int]
    sizes: dict[str, int]
    sheet: bool

    @classmethod
    def of(cls, table: FormTable, more: int = 0) -> _Shape:
        """The shape of a form's table whose header prints so many `more` columns."""
        order = {r.code: n for n, r in enumerate(table.rows)}
        sizes = {r.code: len(b.columns) + more for b in table.blocks for r in b.rows}
        return cls(table.number, order, sizes, bool(table.beside))

    @property
    def nameless(self) -> bool:
        """True for a table whose only row has no label."""
        return len(self.order) == 1

    def code(self, hit: _Hit) -> str | None:
        """The row that a label names in this table, if it names one."""
        if hit.code:
            return hit.code
        codes = [c for t, c in hit.name.rows if t == self.number and c in self.order]
        return codes[0] if len(codes) == 1 else None

    def trimmed(self, group: _Group, pieces: Sequence[_Piece]) -> _Group:
        """The group without blank cells at its end that go beyond the widest row."""
        kept = list(group.pieces)
        while len(kept) > max(self.sizes.values()) and not pieces[kept[-1]].text:
            kept.pop()
        return _Group(tuple(kept))


def _groups_of(stream: _Stream, table: int) -> list[_Group]:
    """The groups of figures that follow a label of the table with no prose between."""
    found = []
    for group in stream.groups:
        first = group.pieces[0]
        before = max((h for h in stream.hits if h.start < first), key=lambda h: (h.start, h.end), default=None)
        if before is None or before.table != table or not _printed(stream, group):
            continue
        if not any(_is_prose(stream, p) for p in range(before.start + 1, first)):
            found.append(group)
    return found


def _is_prose(stream: _Stream, piece: int) -> bool:
    found = stream.pieces[piece]
    return found.heading or (found.is_long and not any(h.start <= piece <= h.end for h in stream.hits))


def _printed(stream: _Stream, group: _Group) -> bool:
    """True where something is printed, or where cells stand side by side and are all blank."""
    return len(group.pieces) > 1 or bool(stream.pieces[group.pieces[0]].text)


def _bind_near(stream: _Stream, hits: Sequence[_Hit], groups: Sequence[_Group], shape: _Shape) -> dict[int, int]:
    """By group its label, as indexes: on the same line, or right before or around it and alone in that place.

    Behind a label and its unit all figures are the row's, be there too many: it is refused under its name then.
    """
    bound: dict[int, int] = {}
    for g, group in enumerate(groups):
        first, last = group.pieces[0], group.pieces[-1]
        line = stream.pieces[first].paragraph
        after = groups[g - 1].pieces[-1] if g else -1
        rows = [i for i, h in enumerate(hits) if shape.code(h) and h.start < first and i not in bound.values()]
        same = [i for i in rows if stream.pieces[hits[i].end].paragraph == line and hits[i].end < first]
        around = [i for i in rows if hits[i].end > last]
        before = [i for i in rows if after < hits[i].end < first]
        following = [i for i in before if _is_next(stream, hits[i].end, first)]
        adjacent = following if stream.pieces[first].alone else []
        if shape.sheet:  # a figure has one label: what else is printed between them names another row, or is a cell
            before = following
        choice = same[-1:] or around[-1:] or adjacent or (before if len(before) == 1 else [])
        behind_unit = shape.sheet and choice == adjacent and is_unit(stream.pieces[first - 1].text)
        if choice and (same or behind_unit or _fits(hits[choice[0]], group, shape, short=choice == adjacent)):
            bound[g] = choice[0]
    return bound


def _is_next(stream: _Stream, label_end: int, first: int) -> bool:
    """True where nothing but a unit, a number or a remark stands between a label and the first figure."""
    return all(p.aside or not (p.words or p.figure) for p in stream.pieces[label_end + 1 : first])


def _fits(hit: _Hit, group: _Group, shape: _Shape, *, short: bool) -> bool:
    """True for as many figures as the row has; `short` of them, one a line below the label, where blanks were dropped.

    A single one may be a page's number, but not right below the label of a sheet's row.
    """
    code = shape.code(hit)
    if code is None:
        return False
    least = 1 if shape.sheet else 2
    return len(group.pieces) == shape.sizes[code] or (short and least <= len(group.pieces) < shape.sizes[code])


def _bind_between(
    hits: Sequence[_Hit], groups: Sequence[_Group], bound: dict[int, int], shape: _Shape
) -> dict[int, int]:
    """Between bound rows, the groups in order where the rows left are as many and all their labels are printed."""
    found: dict[int, int] = {}
    codes = {i: shape.code(h) for i, h in enumerate(hits)}
    free = {shape.order[c]: i for i, c in codes.items() if c and i not in bound.values()}
    named = {shape.order[c] for i in bound.values() if (c := codes[i])}
    anchors = [(-1, -1), *((g, shape.order[c]) for g, i in sorted(bound.items()) if (c := codes[i]))]
    anchors.append((len(groups), len(shape.order)))
    widest = max(shape.sizes.values())
    for (g0, r0), (g1, r1) in pairwise(anchors):
        open_groups = [g for g in range(g0 + 1, g1) if len(groups[g].pieces) == widest]
        open_rows = [r for r in range(r0 + 1, r1) if r not in named]
        if open_groups and len(open_groups) == len(open_rows) and all(r in free for r in open_rows):
            found |= {g: free[r] for g, r in zip(open_groups, open_rows, strict=True)}
    return found


def _of_the_table(
    stream: _Stream, hits: list[_Hit], groups: list[_Group], bound: dict[int, int], shape: _Shape
) -> tuple[list[_Hit], list[_Group], dict[int, int]]:
    """Leave out what only the narrative says: parts between prose that hold no row of the table.

    Also left out are labels without figures of rows that have them elsewhere.
    """
    part = _parts(stream)
    real = {part[groups[g].pieces[0]] for g in bound}
    real |= {part[g.pieces[0]] for g in groups if shape.nameless and 2 * len(g.pieces) >= max(shape.sizes.values())}
    done = {shape.code(hits[i]) for i in bound.values()}
    keep_hits = [
        i
        for i, h in enumerate(hits)
        if i in bound.values()
        or (part[h.start] in real and (h.name.column or shape.code(h) is None or shape.code(h) not in done))
    ]
    keep_groups = [g for g, group in enumerate(groups) if part[group.pieces[0]] in real]
    renumbered = {keep_groups.index(g): keep_hits.index(i) for g, i in bound.items()}
    return [hits[i] for i in keep_hits], [groups[g] for g in keep_groups], renumbered


def _with_rest(
    stream: _Stream, hits: Sequence[_Hit], groups: Sequence[_Group], bound: dict[int, int], shape: _Shape
) -> tuple[list[_Group], dict[int, int]]:
    """The groups with the words that end the lines of their rows, and a group of such words where a row has no other.

    The lines go into the grid, and whatever they print with them.
    """
    full, now_bound = list(groups), dict(bound)
    covered = {p for h in (*hits, *stream.hits) for p in range(h.start, h.end + 1)}
    of_row = {i: g for g, i in bound.items()}
    for i, hit in enumerate(hits):
        g = of_row.get(i)
        if g is None and (hit.name.column or shape.code(hit) is None):
            continue
        rest = _rest_of_line(stream, groups[g].pieces[-1] if g is not None else hit.end, covered)
        if rest and g is not None:
            full[g] = _Group((*groups[g].pieces, *rest))
        elif rest and not any(_is_prose(stream, p) for p in rest):
            now_bound[len(full)] = i
            full.append(_Group(rest))
    return full, now_bound


def _rest_of_line(stream: _Stream, last: int, covered: Container[int]) -> tuple[int, ...]:
    """The words between a piece and the end of its line; none where a label or another figure is among them."""
    line = stream.pieces[last].paragraph
    rest: list[int] = []
    for p in takewhile(lambda p: stream.pieces[p].paragraph == line, range(last + 1, len(stream.pieces))):
        piece = stream.pieces[p]
        if piece.text and (piece.figure or p in covered):
            return ()
        if piece.text and not piece.aside:
            rest.append(p)
    return tuple(rest)


def _parts(stream: _Stream) -> list[int]:
    """For each piece, in which stretch between pieces of prose it stands."""
    parts, part = [], 0
    covered = {p for h in stream.hits for p in range(h.start, h.end + 1)}
    for i, piece in enumerate(stream.pieces):
        part += piece.heading or (piece.is_long and i not in covered)
        parts.append(part)
    return parts


Row = tuple[list[_Hit], _Group | None]


def _rows(hits: Sequence[_Hit], groups: Sequence[_Group], bound: dict[int, int], shape: _Shape) -> Iterator[Row]:
    """Header labels and groups in reading order: a row of labels, or a label with its figures."""
    events: list[tuple[int, int, _Hit | None, int]] = []
    events += [(h.start, 0, h, -1) for i, h in enumerate(hits) if i not in bound.values()]
    events += [(group.pieces[0], 1, None, g) for g, group in enumerate(groups)]
    run: list[_Hit] = []
    for _, _, hit, g in sorted(events, key=lambda e: (e[0], e[1])):
        if hit is not None and (hit.name.column or shape.code(hit) is None):
            run.append(hit)
            continue
        if _is_header(run):
            yield run, None
        run = []
        if hit is None:
            yield ([hits[bound[g]]] if g in bound else []), groups[g]
        else:
            yield [hit], None
    if _is_header(run):
        yield run, None


def _is_header(run: Sequence[_Hit]) -> bool:
    """A 其他 or 总计 by itself is what is left of a torn label, no header."""
    return len(run) > 1 or any(not h.name.vague for h in run)


def _grid(stream: _Stream, number: int, rows: Iterator[Row]) -> Grid:
    cells: list[Cell] = []
    for r, (labels, group) in enumerate(rows):
        texts = [(_joined(h, stream.pieces[h.start]), stream.pieces[h.start]) for h in labels]
        if labels and group:
            units = [p for p in stream.pieces[labels[-1].end + 1 : group.pieces[0]] if p.aside and is_unit(p.text)]
            texts += [(p.text, p) for p in units[-1:]]
        figures = [(stream.pieces[p].text, stream.pieces[p]) for p in (group.pieces if group else ())]
        for c, (text, piece) in enumerate([*texts, *figures]):
            cells.append(Cell(number, r, c, text, page=piece.page, line=piece.line))
    return Grid(number, tuple(cells), ragged=True, folded=True)


def _joined(hit: _Hit, piece: _Piece) -> str:
    """The label as the form words it where it was torn, as printed where it was not."""
    return hit.text if hit.start == hit.end and piece.words == hit.name.text else hit.name.text
