"""Markdown with tables in HTML, as converters of scans and PDF files write it: lines of text with markup between them.

A browser would run such lines together. A person reads each as a line, and so does this module: it makes a page of
them, in which a line is a paragraph and a table of pipes with true columns is a table like the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby

from pipeline.document import Block, Cell, Grid
from pipeline.readers.fields import Fields, cells_of, is_markdown, markdown_at, seen_of

# What only a page has; a converter writes none of it.
_OF_PAGES = re.compile(
    r"<(?=(?-i:[!hHmMlLsSfF]|[tT][iI]))(?:!doctype|head|meta|title|link|script|style|form)\b", re.IGNORECASE
)
_OF_BLOCKS = re.compile(r"<(?:p|li|h[1-6]|td|br)\b", re.IGNORECASE)
_TABLE = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)
# What stands around a table or a picture.
_FRAME = re.compile(r"<(/?)(html|body|div|figure|figcaption|center|details|summary)\b[^<>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\[\]\n]{0,200}\]\((?P<address>[^()\s]{1,500})\)")
_HEADING = re.compile(r"^#{1,6}[ \u3000]+")
_SIGNS = ("*", "_", "`", "$", "\\", "~~", "^", "==")
_MOST_PIPES = 100_000  # a report has a few hundred cells
_LEAST_LINES = 2  # of text outside of all markup

_Part = tuple[bool, str]  # whether it is a table, and its text


def with_lines(text: str) -> str:
    """The page that a text in Markdown with tables in HTML makes; any other page as it is."""
    if _OF_PAGES.search(text) or not (first := _TABLE.search(text)):
        return text
    if _is_laid_out(_without_comments(text[: first.start()])):  # as nearly all are; what follows need not be looked at
        return text
    parts = [(is_table, part if is_table else _without_comments(part)) for is_table, part in _parts(text)]
    if not _is_markdown("".join("" if is_table else part for is_table, part in parts)):
        return text
    lines = [line for is_table, part in parts if not is_table for line in part.split("\n")]
    piped = text.count("|") <= _MOST_PIPES and is_markdown(lines)
    return "".join(part if is_table else "".join(_page_of(part, piped=piped)) for is_table, part in parts)


def without_signs(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, the cells without the signs of Markdown that a converter wrote into them: `**0**`, `$12$`."""
    return tuple(replace(b, cells=tuple(map(_unsigned, b.cells))) if isinstance(b, Grid) else b for b in blocks)


def _unsigned(cell: Cell) -> Cell:
    if not any(sign in cell.text for sign in _SIGNS):
        return cell
    text, left_out = seen_of(cell.text)
    return cell._replace(text=text, left_out=" ".join(t for t in (cell.left_out, left_out) if t))


def _parts(text: str) -> Iterator[_Part]:
    """The tables of a text, each with those inside it, and what stands between them."""
    at = depth = start = 0
    for tag in _TABLE.finditer(text):
        if not tag[1]:
            if not depth:
                yield False, text[at : tag.start()]
                start = tag.start()
            depth += 1
        elif depth:
            depth -= 1
            at = tag.end()
            if not depth:
                yield True, text[start:at]
    yield (True, text[start:]) if depth else (False, text[at:])


def _without_comments(part: str) -> str:
    first, *rest = part.split("<!--")
    return first + "".join(text.partition("-->")[2] for text in rest)


def _is_markdown(outside: str) -> bool:
    """True where lines of text stand outside of all markup, and nothing there is laid out by tags."""
    if _is_laid_out(outside):
        return False
    free: list[str] = []
    at = depth = 0
    for tag in _FRAME.finditer(outside):
        free += [outside[at : tag.start()]] if not depth else []
        depth = max(0, depth + (-1 if tag[1] else 1))
        at = tag.end()
    free += [outside[at:]] if not depth else []
    return sum(any(c.isalpha() for c in line) for part in free for line in part.split("\n")) >= _LEAST_LINES


def _is_laid_out(outside: str) -> bool:
    """True where tags lay out lines, but for those in the cells of a table of pipes."""
    return any(_OF_BLOCKS.search(line) for line in outside.split("\n") if not line.lstrip().startswith("|"))


def _page_of(part: str, *, piped: bool) -> Iterator[str]:
    """The markup of lines between tables; those with pipes are tables where `piped` says so."""
    lines = [line.strip() for line in part.split("\n")]
    at = 0
    while at < len(lines):
        found = markdown_at(lines, at) if piped and lines[at].startswith("|") else None
        if found:
            yield _table(found)
        elif lines[at]:
            yield _line(lines[at])
        at += found.lines if found else 1


def _line(text: str) -> str:
    """A line as a paragraph, its pictures as pictures; the frame of a table or a picture stays as it is."""
    shown = _PICTURE.sub(lambda m: f'<img src="{escape(m["address"])}">', _HEADING.sub("", text))
    return shown if _FRAME.match(shown) else f"<p>{shown}</p>\n"


def _table(found: Fields) -> str:
    rows = groupby(cells_of(found, 0), key=lambda c: c.row)
    cells = ("".join(map(_cell, row)) for _, row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>\n"


def _cell(cell: Cell) -> str:
    left_out = f"<del>{escape(cell.left_out)}</del>" if cell.left_out else ""
    return f'<td colspan="{cell.col_span}">{escape(cell.text)}{left_out}</td>'
