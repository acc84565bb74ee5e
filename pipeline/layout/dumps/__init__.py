"""Tables that lost their shape: one cell a line, rows with pipes, columns held by spaces, labels torn from figures.

Some dumps keep a table's words and figures but not its grid. What is left is a stream of pieces: labels, whole or
torn, and groups of figures. A group becomes a row when a row's own label stands before or around it, or when, between
two such rows, just as many groups as rows are left whose labels are all printed. Where the line of a row shows its
cells, by a unit beside the label or by as many of them as the row has figures, a word among them is a figure too. The
rows make *folded* grids: sequences without columns of their own, which `matching` binds only where each row has all
its figures. What else their lines print goes with them, to be left over there with an issue. So do the heads of an
indicator table's columns that no form knows: they show how many figures a row has.

What does *not* belong here: deciding which figure answers which column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.document import Block, Document, Grid, Paragraph
from pipeline.forms.indicators import indicator
from pipeline.forms.model import Form
from pipeline.labels import label, labels_of
from pipeline.layout.dumps.labels import find_labels, place_labels
from pipeline.layout.dumps.model import LEAST_PREFIX, LONGEST_PIECE, PROSE, Name, Stream
from pipeline.layout.dumps.names import (
    has_indicator_table,
    indicator_rows,
    indicator_starts,
    names_of_forms,
    tables_with_rows,
)
from pipeline.layout.dumps.page_numbers import without_page_numbers
from pipeline.layout.dumps.pieces import cut_into_pieces, split_pieces, with_words, without_numbers
from pipeline.layout.dumps.rows import fold_groups, group_pieces
from pipeline.numbers import is_figure

_MOST_LINES = 6  # over which a label is torn
_MOST_LABELS = 3_000  # a report has two hundred; a text with this many is not one, and would take long


def reflow(document: Document, forms: Sequence[Form]) -> Document:
    """The document with a folded grid for each table that is only in its paragraphs.

    Paragraphs that were taken into a grid are not repeated beside it.
    """
    words = document.words
    forms = _told(document, words, tuple(forms))
    names = names_of_forms(forms)
    done, held = _in_grids(frozenset(labels_of(words) & names.keys()), forms)
    cut = _cut_off(document, names, held, forms) & done
    done -= cut
    if any(done >= {t.number for t in f.tables} for f in forms):
        return document
    pieces = list(cut_into_pieces(document, forms))
    if has_indicator_table(forms):
        pieces = without_numbers(pieces, names)
    pieces = with_words(without_page_numbers(pieces, names), names, forms)
    if not has_indicator_table(forms) and sum(p.figure for p in pieces) < 2:
        return document
    hits = find_labels(pieces, names)
    if cut:
        hits = [h for h in hits if not h.name.rows or h.name.tables.isdisjoint(cut) or not h.name.rows <= held]
    if len(hits) > _MOST_LABELS:
        return document
    stream = Stream(pieces)
    stream.hits = place_labels(hits, done)
    stream.groups = list(group_pieces(pieces))
    number = max((g.number for g in document.grids), default=0)
    blocks: list[Block | None] = list(document.blocks)
    for table in sorted({h.table for h in stream.hits}):
        made = fold_groups(stream, table, forms, number + 1)
        if made:
            number += 1
            _put(blocks, *made)
    return replace(document, blocks=tuple(b for b in blocks if b is not None))


def _told(document: Document, words: Iterable[str], forms: tuple[Form, ...]) -> tuple[Form, ...]:
    """The forms that the document may follow; of a form whose rows have common words, enough must be printed.

    `words` are those of all cells.
    """
    if all(t.least <= 0 for f in forms for t in f.tables):
        return forms
    printed = {indicator(text).text for text in words}
    for paragraph in document.paragraphs:
        printed.update(
            [indicator(part).text for part in split_pieces(paragraph.text, forms) if len(part) <= LONGEST_PIECE]
        )
    printed.update(_torn([p.text for p in document.paragraphs], forms))
    return tuple(f for f in forms if all(t.is_among(printed) for t in f.tables))


def _torn(lines: Sequence[str], forms: tuple[Form, ...]) -> Iterator[str]:
    """The labels of indicator tables' rows that are torn over several lines, each of which is part of one."""
    names, starts = indicator_rows(forms), indicator_starts(forms)
    for at, line in enumerate(lines if names else ()):
        text = indicator(line).text if len(line) <= PROSE else ""
        if text[:LEAST_PREFIX] not in starts or len(text) < LEAST_PREFIX or text in names:
            continue
        for following in lines[at + 1 : at + _MOST_LINES]:
            text += label(following).text if len(following) <= PROSE else ""
            if text in names:
                yield text
                break


@lru_cache(maxsize=256)
def _in_grids(labels: frozenset[str], forms: tuple[Form, ...]) -> tuple[frozenset[int], frozenset[tuple[int, str]]]:
    """The tables that stand in grids already, and the rows that are named there; reports print the same labels.

    A table does so where a row of it is named, or two columns where rows have no labels. `labels` are those of the
    forms that the grids print.
    """
    names = [names_of_forms(forms)[text] for text in labels]
    own = [n for n in names if len(n.tables) == 1 and not n.vague]
    rows = {table for n in own for table, _ in n.rows}
    columns = Counter(table for n in own if n.column for table in n.tables)
    with_rows = tables_with_rows(forms)
    done = frozenset(rows | {table for table, found in columns.items() if found > 1 and table not in with_rows})
    return done, frozenset(row for name in names for row in name.rows)


def _cut_off(
    document: Document, names: dict[str, Name], held: frozenset[tuple[int, str]], forms: tuple[Form, ...]
) -> frozenset[int]:
    """The tables with rows on lines of their own: a label with only its figures behind it.

    This happens where only part of a table is ruled. The other rows are in grids: those are `held`.
    """
    found: set[int] = set()
    for paragraph in document.paragraphs if held else ():
        if len(paragraph.text) > LONGEST_PIECE:
            continue
        first, *rest = split_pieces(paragraph.text, forms) or ("",)
        name = names.get(label(first).text) if rest else None
        if name and len(name.rows) == 1 and len(name.tables) == 1 and all(map(is_figure, rest)):
            found |= {table for table, _ in name.rows - held}
    return frozenset(found)


def _put(blocks: list[Block | None], grid: Grid, paragraphs: set[int]) -> None:
    """The grid in place of the first paragraph that it took; the others go. A line may have served two tables."""
    free = sorted(i for i in paragraphs if isinstance(blocks[i], Paragraph))
    for i in free:
        blocks[i] = None
    if free:
        blocks[free[0]] = grid
    else:
        blocks.append(grid)
