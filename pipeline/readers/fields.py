"""Turns fields of lines into cells: tables in Markdown and in comma-separated values, with true columns.

Such lines come from programs that wrote a table field for field, so that a column stands at the same field in each
line. Where a merged cell was repeated over its fields it is one cell again; an index of rows and columns that the
program added is left out. Lines whose figures stand under no head are not laid out here: they have lost fields.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.document import Cell
from pipeline.marks import Shown
from pipeline.numbers import figure, is_figure
from pipeline.readers.inline_markup import seen
from pipeline.readers.uneven_values import LONGEST_FIELD, THOUSANDS

_DELIMITERS = ",;"
_LEAST_FIELDS, _LEAST_LINES = 3, 3
_LEAST_ALONE = 5  # fields of a header and of the one line of figures below it
_LEAST_PAIRS = 8  # lines of two fields, a label and a figure: fewer may be sentences with one comma
_MOST_JOINED = 6  # lines of one quoted field
_RULE = re.compile(r"^\|?(?:\s*:?-{1,}:?\s*\|)+\s*(?::?-{1,}:?\s*)?$")
_BORDER = re.compile(r"^\+(?:[-=]{3,}\+)+$")
_EMPHASIS = re.compile(r"^(\*{1,3}|_{1,3}|`|\${1,2})(?P<text>.+)\1$")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_NOTHING = re.compile(r"^(?:nan|NaN|None|null|Unnamed: ?\d+(?:_level_\d+)?|&nbsp;)$")
# How a spreadsheet is told to keep a number as text.
_KEPT_TEXT = re.compile(r"""^(?:="([^"]*)"|'([-+]?[0-9][0-9.,]*))$""")
_OUTSIDE = re.compile(r"(?:情况|报告|年报|事项|说明)$")  # ends a heading or a title, not a label of a table
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class FieldRow:
    """The fields of one line, with its number in the file, and what stands in each beside what is seen (or nothing)."""

    number: int
    fields: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def alone(self) -> str | None:
        """The text of a row that prints only its first field."""
        return self.fields[0] if self.fields[0] and not any(self.fields[1:]) else None


@dataclass(frozen=True, slots=True)
class Fields:
    """A run of lines laid out as fields, how many lines it takes, and whether its columns are true ones."""

    rows: tuple[FieldRow, ...]
    lines: int
    torn: bool = False  # the last line ends within a row, at the end of the file

    @property
    def is_even(self) -> bool:
        """True where every line has as many fields, a torn one aside."""
        return len({len(r.fields) for r in (self.rows[:-1] if self.torn else self.rows)}) == 1

    @property
    def is_aligned(self) -> bool:
        """True where every line has as many fields and each figure stands under a head.

        The heads may reach no further than the figures do.
        """
        if not self.is_even:
            return False
        headed: set[int] = set()
        filled: set[int] = set()
        for row in self.rows:
            figures = {n for n, f in enumerate(row.fields) if f and is_figure(f)}
            if figures - headed:
                return False
            filled |= figures
            if not figures:
                headed |= {n for n, f in enumerate(row.fields) if f}
        return bool(filled)

    @property
    def is_list(self) -> bool:
        """True where each line has one figure, in the last field, with labels or blanks before it: it needs no head."""
        lasts = [r.fields[-1] for r in self.rows]
        before = (f for r in self.rows for f in r.fields[:-1] if f)
        return self.is_even and all(f and is_figure(f) for f in lasts) and not any(map(is_figure, before))

    @property
    def says_nothing(self) -> bool:
        """True where no figure is printed that could stand under a head or not: all cells are blank or words."""
        return self.is_even and not any(f and is_figure(f) for r in self.rows for f in r.fields)

    @property
    def is_part(self) -> bool:
        """True for a part cut off by a page break: a header without figures, or rows with figures before any header."""
        figures = [any(f and is_figure(f) for f in r.fields) for r in self.rows]
        return self.is_even and (figures[0] or not any(figures))


def markdown_at(lines: Sequence[str], start: int) -> Fields | None:
    """The lines with pipes that begin at a line: with a rule below it, as in Markdown, or with a border above it.

    Lines that have neither must all have as many fields, with a head above each figure.
    """
    first = start + bool(_BORDER.match(lines[start].strip()))
    if first == len(lines) or not _is_piped(lines[first]):
        return None
    end = first
    while end < len(lines) and (lines[end].strip().startswith("|") or _BORDER.match(lines[end].strip())):
        end += 1
    rows = tuple(
        _seen_row(n + 1, _piped(lines[n]))
        for n in range(first, end)
        if not _RULE.match(lines[n].strip()) and not _BORDER.match(lines[n].strip())
    )
    found = Fields(tuple(r for r in rows if any(r.fields)), end - start)
    is_last = found.rows and not any(line.strip(" .…·") for line in lines[end:])  # dots say that it goes on
    found = _with_torn_row(found, lines[end - 1]) if is_last else found
    has_rule = first + 1 < len(lines) and _RULE.match(lines[first + 1].strip())
    return without_index(found) if has_rule or _is_plain(found) else None


def _seen_row(number: int, fields: Sequence[str]) -> FieldRow:
    found = [seen_of(f) for f in fields]
    left_out = tuple(f.left_out for f in found)
    return FieldRow(number, tuple(f.text for f in found), left_out if any(left_out) else ())


def _is_plain(found: Fields) -> bool:
    """True for lines without a rule that have true columns all the same."""
    enough = len(found.rows) >= _LEAST_LINES and len(found.rows[0].fields) >= _LEAST_FIELDS
    return enough and found.is_aligned


def _with_torn_row(found: Fields, line: str) -> Fields:
    """The table whose last line has fewer fields than the others, as a row as far as it is whole.

    Of a field that no pipe ends nobody knows how it went on.
    """
    *rows, last = found.rows
    if not rows or len(last.fields) >= len(rows[-1].fields):
        return found
    whole = last.fields if line.rstrip().endswith("|") else last.fields[:-1]
    return replace(found, rows=(*rows, replace(last, fields=whole)) if any(whole) else tuple(rows), torn=any(whole))


def is_markdown(lines: Sequence[str]) -> bool:
    """True where each table in Markdown has true columns: a program that has lost some is to be trusted in none.

    A part of a table has the columns of the part beside it. A table without figures says nothing beside others.
    """
    at = 0
    tables: list[Fields] = []
    while at < len(lines):
        table = markdown_at(lines, at) if "|" in lines[at] or lines[at].startswith("+-") else None
        tables += [table] if table is not None else []
        at += table.lines if table else 1
    widths = [len(t.rows[0].fields) if t.rows else 0 for t in tables]
    parts = [
        t.rows and t.is_part and widths[n] in (*widths[max(n - 1, 0) : n], *widths[n + 1 : n + 2])
        for n, t in enumerate(tables)
    ]
    fair = all(part or t.is_aligned or t.is_list or t.says_nothing for t, part in zip(tables, parts, strict=True))
    return fair and any(part or t.is_aligned for t, part in zip(tables, parts, strict=True))


def tabbed_at(lines: Sequence[str], start: int) -> Fields:
    """The lines with tabs that begin at one, with the lines on which a cell of theirs goes on."""
    rows: list[FieldRow] = []
    at = start
    while at < len(lines):
        if "\t" in lines[at]:
            text, end = _quoted(lines, at, "\t")
            fields = _tabbed(text) if end > at + 1 or '="' in text else text.split("\t")
            if "'" in text or '="' in text:
                fields = [_KEPT_TEXT.sub(r"\1\2", f) for f in fields]
            rows.append(FieldRow(at + 1, tuple(fields)))
        elif rows and (more := _second_line(lines[at], rows[-1])):
            rows.append(FieldRow(at + 1, more))
            end = at + 1
        else:
            break
        at = end
    return without_index(Fields(tuple(rows), at - start))


def _tabbed(text: str) -> list[str]:
    return next(csv.reader([text], delimiter="\t"), []) if len(text) <= csv.field_size_limit() else text.split("\t")


def _second_line(line: str, above: FieldRow) -> tuple[str, ...]:
    """The fields of a line that holds one number right below one that ends with a number; none of any other.

    A line end in the last cell of a row makes such a line.
    """
    text = line.strip()
    if not text or not all(figure(t).kind == "number" for t in (text, above.fields[-1])):
        return ()
    return (*("" for _ in above.fields[1:]), text)


def values_at(lines: Sequence[str], start: int) -> Fields | None:
    """The comma-separated or semicolon-separated values that begin at a line; None where they are too few."""
    found = (_values(lines, start, d) for d in _DELIMITERS if d in THOUSANDS.sub("", lines[start]))
    return max((f for f in found if f), key=lambda f: f.lines, default=None)


def _values(lines: Sequence[str], start: int, delimiter: str) -> Fields | None:
    rows: list[FieldRow] = []
    at = start
    while at < len(lines):
        text, end = _quoted(lines, at, delimiter)
        if len(text) > csv.field_size_limit():  # any field of it may be too long for the library
            break
        fields = tuple(filled(f) for f in next(csv.reader([text], delimiter=delimiter), []))
        if rows and len(fields) == 1:
            fields = _second_line(text, rows[-1])
        if len(fields) < 2 or (rows and len(fields) != len(rows[0].fields)):
            break
        if max(map(len, fields)) > LONGEST_FIELD:
            break
        rows.append(FieldRow(at + 1, fields))
        at = end
    if rows and len(rows[0].fields) < _LEAST_FIELDS:
        return Fields(tuple(rows), at - start) if _are_pairs(rows) else None
    if len(rows) < _LEAST_LINES and not _are_header_and_figures(rows):
        return None
    if not any(is_figure(f) for r in rows for f in r.fields if f):
        return None
    return Fields(tuple(rows), at - start)


def _are_header_and_figures(rows: Sequence[FieldRow]) -> bool:
    """True for a line of labels with a figure below each: nothing but a table has so many of both."""
    if len(rows) != 2 or len(rows[0].fields) < _LEAST_ALONE:
        return False
    header, figures = (r.fields for r in rows)
    return all(f and not is_figure(f) for f in header) and all(f and is_figure(f) for f in figures)


def _are_pairs(rows: Sequence[FieldRow]) -> bool:
    """True for labels with a figure or nothing behind each, figures in most: sentences are none."""
    pairs = [r.fields for r in rows if r.fields[0] and not is_figure(r.fields[0])]
    figures = sum(bool(f) and is_figure(f) for _, f in pairs)
    return len(pairs) >= max(_LEAST_PAIRS, len(rows) - 1) and 2 * figures > len(pairs)


def _quoted(lines: Sequence[str], at: int, delimiter: str) -> tuple[str, int]:
    """A line with those on which a quoted field goes on, and the number of the line behind.

    A quotation mark inside of a field quotes none: `危及"三安全` goes on nowhere.
    """
    end = at + 1
    text = lines[at]
    while text.count('"') % 2 and end < len(lines) and end - at < _MOST_JOINED:
        text = f"{text}\n{lines[end]}"
        end += 1
    return (text, end) if end == at + 1 or _is_one(text, delimiter) else (lines[at], at + 1)


def _is_one(text: str, delimiter: str) -> bool:
    """True for lines that make up one line of values, with a quoted field over the ends of lines."""
    if text.count('"') % 2 or len(text) > csv.field_size_limit():
        return False
    try:
        return len(list(csv.reader([text], delimiter=delimiter))) == 1
    except csv.Error:  # a line ends outside of quotation marks
        return False


def parts_of(found: Fields) -> Iterator[FieldRow | Fields]:
    """The tables of a run, without the index that a program added, and the headings and titles between them."""
    rows: list[FieldRow] = []
    for n, row in enumerate(found.rows):
        if _is_between_tables(row, found.rows[n + 1 :]):
            if rows:
                yield without_index(Fields(tuple(rows), 0))
            rows = []
            yield row
        else:
            rows.append(row)
    if rows:
        yield without_index(Fields(tuple(rows), 0))


def _is_between_tables(row: FieldRow, below: Sequence[FieldRow]) -> bool:
    """True for a heading or a title in a field alone; right above figures it is the name of a group of rows."""
    text = row.alone
    if text is None or is_figure(text) or not (_OUTSIDE.search(text) or len(text) > _LONGEST_LABEL):
        return False
    following = next((r for r in below if r.alone is None), None)
    return following is None or not any(f and is_figure(f) for f in following.fields)


def without_index(found: Fields) -> Fields:
    """The rows without the count of columns above them and that of rows beside them."""
    rows = found.rows
    if not rows:
        return found
    above = [f for f in rows[0].fields if f]
    if counts(above) and len(above) >= max(len(rows[0].fields) - 1, _LEAST_FIELDS - 1):
        rows = rows[1:]
    beside = [r.fields[0] for r in rows]
    if beside and not beside[0]:
        beside = beside[1:]
    if len(beside) >= _LEAST_FIELDS - 1 and counts(beside):
        rows = tuple(replace(r, fields=r.fields[1:], left_out=r.left_out[1:]) for r in rows)
    if rows is found.rows or not any(any(r.fields) for r in rows):  # a count alone is no index
        return found
    return replace(found, rows=rows)


def counts(texts: Sequence[str]) -> bool:
    """True for 0, 1, 2 and so on, or from 1."""
    if not texts or texts[0] not in ("0", "1"):
        return False
    first = int(texts[0])
    return list(texts) == [str(n) for n in range(first, first + len(texts))]


def repeats_labels(found: Fields) -> bool:
    """True where a label stands twice side by side, as in the fields of a cell that was merged."""
    twice = {a for row in found.rows for a, b in pairwise(row.fields) if a == b}
    return any(text and not is_figure(text) for text in twice)


def cells_of(found: Fields, grid: int) -> Iterator[Cell]:
    """The cells of a table; equal texts side by side are one, and equal figures under such a one."""
    width: dict[int, range] = {}  # by field the fields of the last head above it
    for at, row in enumerate(found.rows):
        heads: dict[int, range] = {}
        for fields in _merged(row.fields, width):
            text = row.fields[fields[0]]
            left_out = row.left_out[fields[0]] if row.left_out else ""
            yield Cell(grid, at, fields[0], text, col_span=len(fields), line=row.number, left_out=left_out)
            if text and not is_figure(text):
                heads |= dict.fromkeys(fields, fields)
        if not any(f and is_figure(f) for f in row.fields):
            width |= heads


def _merged(fields: Sequence[str], width: dict[int, range]) -> Iterator[range]:
    start = 0
    while start < len(fields):
        end = start + 1
        while end < len(fields) and fields[start] and fields[end] == fields[start]:
            end += 1
        together = range(start, end)
        if not is_figure(fields[start]) or width.get(start) == together:
            yield together
            start = end
        else:
            of_head = width.get(start, range(start, start + 1))
            end = of_head[-1] + 1 if of_head[0] == start and of_head[-1] < end else start + 1
            yield range(start, end)
            start = end


def _is_piped(line: str) -> bool:
    text = line.strip()
    return text.count("|") > 1 and text.startswith("|")


def _piped(line: str) -> list[str]:
    text = line.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [f.strip() for f in re.split(r"(?<!\\)\|", text)]


def seen_of(field: str) -> Shown:
    """What is seen of a field in Markdown, without the signs around it, and what is left out; '' for a placeholder."""
    text, left_out = seen(field.strip())
    while found := _EMPHASIS.match(text):
        text = found["text"].strip()
    return Shown(filled(_ESCAPED.sub(r"\1", text)), left_out)


def filled(field: str) -> str:
    """The text of a field, empty for a placeholder that a program wrote where there was no value."""
    text = field.strip()
    if text[:1] in ("=", "'"):
        text = _KEPT_TEXT.sub(r"\1\2", text)
    return "" if _NOTHING.match(text) else text
