"""Spreadsheets (.xlsx): the visible sheets in order, rows that touch as grids, lines of text as paragraphs.

A cell's text is what a person sees: the stored value of a formula, a number in its number format.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.document import Block, Cell, Document, Grid, Paragraph
from pipeline.readers.archive import Archive
from pipeline.readers.refused import Refused

MAX_CELLS = 200_000  # of all sheets, cells that are merged or blank with them
MAX_BYTES = 60_000_000
_LAST_COLUMN = 16_384

# What openpyxl raises on parts that are missing, cut off or hold what the standard does not allow.
_ERRORS = (
    AttributeError,
    EOFError,
    IndexError,
    InvalidFileException,
    KeyError,
    OverflowError,
    ParseError,
    TypeError,
    ValueError,
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", _MAIN[1:-1].encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)
_SHEET = re.compile(r"^/?xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_XML = re.compile(r"\.(?:xml|rels|vml)$", re.IGNORECASE)

Place = tuple[int, int]  # row and column


def read(data: bytes) -> Document:
    """The paragraphs and tables of a spreadsheet. Raises `Refused` where it cannot be read."""
    archive = Archive(data)
    if "xl/workbook.xml" not in archive.names:
        raise Refused("not-a-document", "its archive has no workbook")
    uncounted = _survey(archive)
    data = _transitional(archive, data)
    book = _open(data, values=True)
    formulas = _open(data, values=False) if uncounted else None
    blocks: list[Block] = []
    visible = (s for s in book.worksheets if s.sheet_state == "visible")
    for number, sheet in enumerate(visible, start=1):
        laid_out = _laid_out(sheet, formulas[sheet.title] if formulas else None, number)
        blocks += _blocks(laid_out, sum(isinstance(b, Grid) for b in blocks))
    return Document("xlsx", tuple(blocks))


def _open(data: bytes, *, values: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features that are not read
            return load_workbook(BytesIO(data), data_only=values, keep_links=False)
    except _ERRORS as e:
        raise Refused("damaged", f"its workbook cannot be read ({type(e).__name__})") from e


def _survey(archive: Archive) -> bool:
    """Look through all XML before openpyxl does, whose own reading has no limits.

    True where a formula has no stored value: then the formula itself is all that there is to see.
    """
    cells = size = 0
    uncounted = False
    for name in archive.names:
        if not _XML.search(name):
            continue
        size += len(archive.part(name) or b"")
        if size > MAX_BYTES:
            raise Refused("too-large", f"more than {MAX_BYTES:,} bytes of XML")
        root = archive.xml(name)
        if root is not None and _SHEET.match(name):
            cells += sum(1 for _ in root.iter("{*}c")) + sum(_area(m.get("ref", "")) for m in root.iter("{*}mergeCell"))
            uncounted = uncounted or any(_has_no_value(f) for f in root.iter("{*}f"))
        if cells > MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
    return uncounted


def _has_no_value(formula: etree._Element) -> bool:
    value = formula.getnext()
    return value is None or not value.text


def _area(reference: str) -> int:
    try:
        left, top, right, bottom = range_boundaries(reference)
        return int((right - left + 1) * (bottom - top + 1))
    except (ValueError, TypeError) as e:
        raise Refused("damaged", "it merges cells that cannot be") from e


def _transitional(archive: Archive, data: bytes) -> bytes:
    """A file of the strict form of the standard with the usual names, which are all that openpyxl knows."""
    if b"purl.oclc.org/ooxml/spreadsheetml" not in (archive.part("xl/workbook.xml") or b""):
        return data
    changed = BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_STORED) as made:
        for name in archive.names:
            content = archive.part(name) or b""
            for strict, usual in _STRICT:
                content = content.replace(strict, usual)
            made.writestr(name, content)
    return changed.getvalue()


@dataclass(slots=True)
class _Sheet:
    """The visible part of a sheet, row by row: printed texts, columns within borders, merged areas."""

    number: int
    texts: dict[int, dict[int, str]] = field(default_factory=dict)
    bordered: dict[int, set[int]] = field(default_factory=dict)
    covered: dict[int, dict[int, Place]] = field(default_factory=dict)  # every place of an area, to its first one
    lasts: dict[Place, Place] = field(default_factory=dict)  # the last place of an area, by its first one

    def columns_of(self, row: int) -> list[int]:
        """The columns in which something is printed."""
        return sorted(self.texts.get(row, ()))


class _Visible:
    """Numbers of rows or columns as they are seen: those that are hidden do not count."""

    def __init__(self, hidden: set[int]) -> None:
        self._hidden = sorted(hidden)

    def number(self, stored: int) -> int:
        """The number seen; that of the next visible one for a hidden one."""
        return stored - bisect_left(self._hidden, stored)

    def is_hidden(self, stored: int) -> bool:
        """True for a row or column that is not shown."""
        at = bisect_left(self._hidden, stored)
        return at < len(self._hidden) and self._hidden[at] == stored


def _laid_out(sheet: Any, formulas: Any, number: int) -> _Sheet:
    rows = _Visible({n for n, d in sheet.row_dimensions.items() if d.hidden})
    columns = _Visible(_hidden_columns(sheet))
    laid_out = _Sheet(number)
    # The public ways to the cells make all cells up to the last one, which may be the millionth.
    for (stored_row, stored_column), cell in sheet._cells.items():
        if rows.is_hidden(stored_row) or columns.is_hidden(stored_column):
            continue
        row, column = rows.number(stored_row), columns.number(stored_column)
        text = _text(cell, formulas)
        if text.strip() and not (text == "0" and sheet.sheet_view.showZeros is False):
            laid_out.texts.setdefault(row, {})[column] = text
        elif _has_border(cell):
            laid_out.bordered.setdefault(row, set()).add(column)
    for merged in sheet.merged_cells.ranges:
        _merge(laid_out, merged.bounds, rows, columns)
    return laid_out


def _hidden_columns(sheet: Any) -> set[int]:
    hidden: set[int] = set()
    reach = 0
    for first, last in sorted((d.min or 0, d.max or 0) for d in sheet.column_dimensions.values() if d.hidden):
        hidden.update(range(max(first, reach + 1), min(last, _LAST_COLUMN) + 1))
        reach = max(reach, last)
    return hidden


def _text(cell: Any, formulas: Any) -> str:
    value = cell.value
    if value is None and formulas is not None:
        value = formulas.cell(cell.row, cell.column).value
        return str(value) if isinstance(value, str) else ""
    return "" if value is None else printed(value, cell.number_format or "General")


def _has_border(cell: Any) -> bool:
    if not cell.has_style:
        return False
    border = cell.border
    return any(side is not None and side.style for side in (border.left, border.right, border.top, border.bottom))


def _merge(laid_out: _Sheet, bounds: tuple[int, int, int, int], rows: _Visible, columns: _Visible) -> None:
    left, top, right, bottom = bounds
    first = rows.number(top), columns.number(left)
    last = rows.number(bottom + 1) - 1, columns.number(right + 1) - 1
    if last < first or last[1] < first[1]:
        return
    laid_out.lasts[first] = last
    for row in range(first[0], last[0] + 1):
        for column in range(first[1], last[1] + 1):
            laid_out.covered.setdefault(row, {})[column] = first


def _blocks(sheet: _Sheet, grids: int) -> Iterator[Block]:
    """Rows that touch are a grid, but for the lines of text among them."""
    for run in _runs(sheet):
        lines = _lines(sheet, run)
        rows: list[int] = []
        for row in [*run, None]:
            if row is not None and row not in lines:
                rows.append(row)
                continue
            if rows:
                grids += 1
                yield _grid(sheet, rows, grids)
                rows = []
            if row is not None:
                (text,) = sheet.texts[row].values()
                yield from (Paragraph(line.strip(), sheet.number) for line in text.split("\n") if line.strip())


def _runs(sheet: _Sheet) -> Iterator[list[int]]:
    """Runs of printed rows; one row of blank cells within borders below a printed row belongs to it."""
    run: list[int] = []
    for row in sorted(sheet.texts.keys() | {r for r in sheet.bordered if r - 1 in sheet.texts}):
        if run and row != run[-1] + 1:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _lines(sheet: _Sheet, run: Sequence[int]) -> frozenset[int]:
    """The rows of a run that are lines of text, not rows of a table."""
    wide = [row for row in run if len(sheet.columns_of(row)) > 1]
    width = max((sheet.columns_of(row)[-1] for row in wide), default=0)
    found: set[int] = set()
    table_row = -1  # the row below, where it has figures
    for row in reversed(run):
        columns = sheet.columns_of(row)
        if len(columns) == 1 and _is_line(sheet, (row, columns[0]), width, followed=table_row == row + 1):
            found.add(row)
        elif any(_is_number(t) for t in sheet.texts.get(row, {}).values()) or (
            len(columns) == 1 and table_row == row + 1
        ):
            table_row = row
    return frozenset(found)


def _is_line(sheet: _Sheet, place: Place, width: int, *, followed: bool) -> bool:
    """True for a text alone in its row, merged over the whole width or not at all, without empty cells beside it.

    A label whose figures are all blank looks alike where no borders are drawn: such a row is followed by figures.
    """
    row, column = place
    last = sheet.lasts.get(place, place)
    if _is_number(sheet.texts[row][column]) or last[0] > row:
        return False
    if any(not column <= c <= last[1] for c in sheet.bordered.get(row, ())):
        return False
    if any(first[0] < row for first in sheet.covered.get(row, {}).values()):
        return False
    return last[1] >= width or (last == place and not followed)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.match(text.strip()))


def _grid(sheet: _Sheet, rows: Sequence[int], number: int) -> Grid:
    """The cells of some rows, blank ones too, from the first column in use to the last."""
    nothing: dict[int, Place] = {}
    used = {c for row in rows for part in (sheet.texts, sheet.bordered, sheet.covered) for c in part.get(row, nothing)}
    left, right = min(used), max(used)
    if len(rows) * (right - left + 1) > MAX_CELLS:
        raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
    places = ((row, column) for row in rows for column in range(left, right + 1))
    firsts = (p for p in places if sheet.covered.get(p[0], nothing).get(p[1], p) == p)
    return Grid(number, tuple(_cell(sheet, place, (rows[0], left, rows[-1]), number) for place in firsts))


def _cell(sheet: _Sheet, place: Place, bounds: tuple[int, int, int], number: int) -> Cell:
    (row, column), (top, left, bottom) = place, bounds
    last_row, last_column = sheet.lasts.get(place, place)
    return Cell(
        number,
        row - top,
        column - left,
        sheet.texts.get(row, {}).get(column, ""),
        min(last_row, bottom) - row + 1,
        last_column - column + 1,
        sheet.number,
    )


# ------------------------------------------------------------------------------------------------ numbers as printed

_NUMBER = re.compile(r"^[-+]?[0-9][0-9,]*(?:\.[0-9]+)?%?$")
_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[[^\]]*\]|(?P<plain>.)', re.DOTALL)
_SECTION_END = re.compile(r'("[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[]|["\\\[])*', re.DOTALL)
_PATTERN = re.compile(
    r"^(?P<before>[^0#?.]*)(?P<whole>[0#?][0#?,]*|(?=\.[0#?]))(?:\.(?P<part>[0#?]+))?(?P<after>[^0#?]*)$"
)
_PLACEHOLDER = re.compile("[0#?]")
_LITERAL = 0xF0000  # literal characters are moved to a private plane while a pattern is read
_MOST_DIGITS = 15
_TOO_MUCH = Decimal(10) ** _MOST_DIGITS
_EXACTLY = Context(prec=100)
_MOST_PART, _MOST_SCALE = 30, 12


def printed(value: object, number_format: str) -> str:
    """What a cell shows for a stored value."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return _day(value, number_format) if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return _day(value, number_format)
    return str(value) if isinstance(value, str | time | timedelta) else ""


def _day(value: date, number_format: str) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if "年" in number_format else f"{value:%Y-%m-%d}"


def _number(value: float, number_format: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    section, magnitude, signed = _section(value, number_format)
    if section.strip().lower() in ("general", "@"):
        return _general(value)
    pattern = _parsed(section)
    if pattern is None or magnitude >= _TOO_MUCH:
        return _general(value)
    return ("-" if signed else "") + pattern.text(magnitude)


def _section(value: float, number_format: str) -> tuple[str, Decimal, bool]:
    """The part of a format that is for a number, the number to show, and whether a minus comes before it."""
    sections = _sections(number_format)
    exact = Decimal(f"{Decimal(value):.{_MOST_DIGITS}g}")
    if exact < 0 and len(sections) > 1:
        return sections[1], -exact, False
    if exact == 0 and len(sections) > 2:
        return sections[2], exact, False
    return sections[0], abs(exact), exact < 0


@lru_cache(maxsize=1000)
def _sections(number_format: str) -> tuple[str, ...]:
    found: list[str] = []
    at = 0
    while at <= len(number_format):
        section = _SECTION_END.match(number_format, at)
        assert section is not None
        found.append(section[0])
        at = section.end() + 1
    return tuple(found)


def _general(value: float) -> str:
    """At most fifteen digits, no exponent, nothing behind the point that is not needed."""
    text = format(Decimal(f"{Decimal(value):.{_MOST_DIGITS}g}"), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A number format read: the text around the number, and how its digits are written."""

    before: str
    after: str
    least_whole: int
    least_part: int
    most_part: int
    thousands: bool
    scale: int  # the power of ten to multiply with
    digits: bool = True  # False where only the text is shown

    def text(self, magnitude: Decimal) -> str:
        """The number written so."""
        if not self.digits:
            return self.before
        shown = magnitude.scaleb(self.scale, _EXACTLY)
        shown = shown.quantize(Decimal(1).scaleb(-self.most_part), ROUND_HALF_UP, _EXACTLY)
        whole, _, part = format(shown, "f").partition(".")
        whole = whole.lstrip("0").rjust(self.least_whole, "0")
        if self.thousands and whole:
            whole = format(int(whole), ",").rjust(self.least_whole, "0")
        while len(part) > self.least_part and part.endswith("0"):
            part = part[:-1]
        return self.before + whole + (f".{part}" if part else "") + self.after


@lru_cache(maxsize=1000)
def _parsed(section: str) -> _Pattern | None:
    """A format for plain numbers; None for dates, fractions, exponents and what else is not known here."""
    spelled = "".join(_unquoted(token) for token in _TOKEN.finditer(section))
    found = _PATTERN.match(spelled)
    if re.search(r"[A-DF-Za-df-z/@]|[Ee][-+]", spelled) or (found is None and _PLACEHOLDER.search(spelled)):
        return None
    if found is None:
        return _Pattern(_shown(spelled).strip(), "", 0, 0, 0, thousands=False, scale=0, digits=False)
    whole, part = found["whole"], found["part"] or ""
    shrunk = len(whole) - len(whole.rstrip(","))
    scale = 2 * (found["before"] + found["after"]).count("%") - 3 * shrunk
    if len(part) > _MOST_PART or abs(scale) > _MOST_SCALE:
        return None
    return _Pattern(
        _shown(found["before"]).lstrip(),
        _shown(found["after"]).rstrip(),
        min(whole.count("0"), _MOST_PART),
        part.count("0"),
        len(part),
        thousands="," in whole.rstrip(","),
        scale=scale,
    )


def _unquoted(token: re.Match[str]) -> str:
    literal = token["quoted"] or token["escaped"] or ""
    return "".join(chr(ord(c) + _LITERAL) for c in literal if ord(c) < 0x10000) + (token["plain"] or "")


def _shown(text: str) -> str:
    return "".join(chr(ord(c) - _LITERAL) if ord(c) >= _LITERAL else c for c in text)
