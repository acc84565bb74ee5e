"""A file, and the document read from it: paragraphs and grids of cells, with their places.

Every reader gives this, and everything after the readers works on this alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

# How the path of a report ends that is not the first one of its file.
FURTHER = r"#([2-9]|[1-9][0-9]+)$"
_FURTHER = re.compile(FURTHER)


def path_in(file: str, number: int) -> str:
    """The path of one report of a file, by its number from 1: `file`, `file#2`, `file#3` and so on."""
    return file if number == 1 else f"{file}#{number}"


def file_of(path: str) -> str:
    """The path of the file that holds the report of this path."""
    return _FURTHER.sub("", path)


def number_of(path: str) -> int:
    """The number of a report in its file, from 1."""
    found = _FURTHER.search(path)
    return int(found[1]) if found else 1


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file under `data/raw`: path below it (forward slashes), size in bytes, time and SHA-256 of content."""

    path: str
    size_bytes: int
    mtime_ns: int
    sha256: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Source:
    """The path of a loaded report, the content of its file, and what the report says about itself."""

    path: str
    sha256: str
    title: str = ""
    published_on: date | None = None


class Ocr(NamedTuple):
    """How a cell was read from its picture: the least probability of a character by the first recogniser, the reading
    of the second (None where it was not read again), and the least probability of that.

    `rivals` are the other things that the two read of a blurred cell, looking at more or less of it.
    """

    sure: float
    other: str | None = None
    other_sure: float = 0.0
    rivals: tuple[str, ...] = ()


class Cell(NamedTuple):
    """One cell as printed: its grid (from 1), row and column (from 0), spans, and its place in the file.

    `text` is what a person sees, with one sign (`numbers.OBJECT`) for each thing other than text, as a picture.
    `left_out` is what the file has in the cell beside that: struck, hidden, or the mark of a note. Both are decided by
    `marks.shown`, for every format alike.

    `box` is its area on the page where the format gives it: left, top, right and bottom in points from the page's
    upper left corner. What goes on over the page's end is not in it. `ocr` is there for a cell of a picture. In a dump
    a figure may be the number of a page (`maybe_page`), printed where a blank cell was lost.
    """

    grid: int
    row: int
    col: int
    text: str
    row_span: int = 1
    col_span: int = 1
    page: int | None = None
    line: int | None = None
    box: tuple[float, float, float, float] | None = None
    left_out: str = ""
    ocr: Ocr | None = None
    maybe_page: bool = False

    @property
    def is_blank(self) -> bool:
        """True when nothing but white space is printed."""
        return not self.text.strip()


_TEXT = itemgetter(Cell._fields.index("text"))  # of thousands: by its name it takes half as long again


@dataclass(frozen=True)
class Grid:
    """A table as laid out: its cells by row and column. `number` counts the grids of a file from 1.

    `ragged` says that columns are only the order of fields on a line, so that the same column may stand
    at different positions in different rows. `folded` says that there are no columns at all: a row is a
    label and its figures, a header the labels in the order of reading. `unruled` says that no lines are drawn, and the
    columns are where the words stand. `doubt` says why a person may see something else than the cells hold, '' where
    nothing in the file does so. `sheet` is the name of the sheet that it stands in, of a spreadsheet.
    """

    number: int
    cells: tuple[Cell, ...]
    ragged: bool = False
    folded: bool = False
    unruled: bool = False
    doubt: str = ""
    sheet: str = ""

    @cached_property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells by row, in order of columns; rows without a cell are left out."""
        by_row: dict[int, list[Cell]] = {}
        for row, cells in groupby(self.cells, key=attrgetter("row")):  # they come row by row
            by_row.setdefault(row, []).extend(cells)
        return tuple(tuple(sorted(by_row[r], key=attrgetter("col"))) for r in sorted(by_row))

    @cached_property
    def texts(self) -> frozenset[str]:
        """What its cells print, each text once; '' where one prints nothing."""
        return frozenset(map(_TEXT, self.cells))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text outside of tables, as printed, with its page or line.

    `aside` is what stands at the rim of a page or across it: page numbers, running heads, watermarks. `ocr` marks what
    was read from a picture, `listed` an item of a list, as one of links to other pages is.
    """

    text: str
    page: int | None = None
    line: int | None = None
    aside: bool = False
    ocr: bool = False
    listed: bool = False


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A file as laid out: its blocks in reading order, and the format that its content showed.

    `attachments` are the names of the documents that it links to, `names` is what a page calls itself beside its text.
    `heading` is the title of one of several reports in a file, where its own lines do not print all of it, '' where
    nothing does.
    """

    format: str
    blocks: tuple[Block, ...]
    attachments: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    heading: str | None = None

    @property
    def grids(self) -> Iterator[Grid]:
        """The grids, in reading order."""
        return (b for b in self.blocks if isinstance(b, Grid))

    @property
    def words(self) -> tuple[str, ...]:
        """What the cells of its grids print, each text once, but for what is no label: figures and other ASCII."""
        return tuple([t for t in frozenset[str]().union(*(g.texts for g in self.grids)) if not t.isascii()])

    @property
    def paragraphs(self) -> Iterator[Paragraph]:
        """The paragraphs of the text, in reading order, without what stands aside."""
        return (b for b in self.blocks if isinstance(b, Paragraph) and not b.aside)
