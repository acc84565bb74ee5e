"""Binary spreadsheets (.xlsb): the records of the parts of the archive, with what is hidden, merged and bordered.

A part is a run of records: a number, a length, the content. Only those that a person sees something of are looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from pipeline.document import Document
from pipeline.marks import OBJECT, Mark, marked
from pipeline.readers.archive import Archive
from pipeline.readers.number_format import printed, section_of
from pipeline.readers.pictured import Pictures
from pipeline.readers.refused import Refused
from pipeline.readers.sheet import MAX_CELLS, Bounds, Stored, StoredCell, document
from pipeline.readers.sheet_looks import BLACK, LEAST_HEIGHT, LEAST_WIDTH, SYSTEM, colour_in, hex_of, is_unseen
from pipeline.readers.sheet_pictures import pictures_in, with_pictures
from pipeline.readers.word.shades import UNKNOWN, WHITE

_BOOK = "xl/workbook.bin"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_VISIBLE = 0
_MOST_RECORDS = 2_000_000
_LAST_COLUMN = 16_384

_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _STRING, _SHARED = range(8)
_OF_FORMULA = MappingProxyType({8: _STRING, 9: _REAL, 10: _BOOL, 11: _ERROR})
_RICH, _SHARED_ITEM, _FONT, _FORMAT, _FILL, _BORDER, _STYLE, _COLUMN = 62, 19, 43, 44, 45, 46, 47, 60
_BY_NUMBER, _WRITTEN, _OF_THEME = 1, 2, 3  # how a colour is given
_VIEW, _BOOK_PROPERTIES, _SHEET, _MERGED, _DRAWING, _CELL_STYLES, _CELL_STYLES_END = 137, 153, 156, 176, 550, 617, 618
_ERRORS = MappingProxyType(
    {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
)

_SCRIPTS: Mapping[int, tuple[Mark, ...]] = MappingProxyType({1: ("raised",), 2: ("lowered",)})

Record = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class _Style:
    """How a cell looks: its number format, the number of its font, whether a border is drawn."""

    number_format: str = "General"
    font: int = 0
    bordered: bool = False
    fill: str | None = None


@dataclass(frozen=True, slots=True)
class _Font:
    """How a font shows its text: its marks, the colour and size of its letters."""

    marks: tuple[Mark, ...] = ()
    letters: str | None = None
    size: float | None = None


@dataclass(frozen=True, slots=True)
class _Rich:
    """A text whose runs each begin at a character and have a font by its number."""

    text: str
    runs: Sequence[tuple[int, int]] = ()
    letters: str | None = None  # the colour that a number format gives


@dataclass(frozen=True, slots=True)
class _Book:
    """What the sheets of a workbook share."""

    strings: Sequence[_Rich]
    styles: Sequence[_Style]
    fonts: Sequence[_Font]
    epoch: datetime


@dataclass(slots=True)
class _Sheet:
    """A sheet being read; `row` is the number of the row whose cells follow."""

    row: int = 0
    cells: list[StoredCell] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Bounds] = field(default_factory=list)
    shows_zeros: bool = True
    drawing: str = ""  # the name of its relation


def read(data: bytes) -> Document:
    """The paragraphs and tables of a binary spreadsheet. Raises `Refused` where it cannot be read."""
    pictures = Pictures()
    laid_out = document("xlsb", stored(data, pictures.sign))
    return replace(laid_out, blocks=pictures.shown(laid_out.blocks))


def stored(data: bytes, sign: Callable[[bytes | None], str] = lambda _: OBJECT) -> Iterator[Stored]:
    """The visible sheets as stored, rows and columns from 0; `sign` gives what stands for a picture.

    Raises `Refused` as `read` does.
    """
    archive = Archive(data)
    targets = _targets(archive)
    try:
        names, epoch = _sheets(_records(archive, _BOOK))
        book = _Book(_strings(archive), *_styles(archive), epoch)
        for name, title in names:
            if targets.get(name) in archive.names:
                sheet = _sheet(_records(archive, targets[name]), book)
                over = list(pictures_in(archive, targets[name], sheet.drawing)) if sheet.drawing else ()
                yield with_pictures(replace(_stored(sheet), title=title), over, sign)
    except (struct.error, IndexError) as e:
        raise Refused("damaged", "a record of its workbook is cut off") from e


def _targets(archive: Archive) -> Mapping[str, str]:
    """The names of the parts by the names that the workbook gives to its relations."""
    root = archive.xml("xl/_rels/workbook.bin.rels")
    found = () if root is None else root.iter(_RELATION)
    return {r.get("Id", ""): _absolute(r.get("Target", "")) for r in found}


def _absolute(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _records(archive: Archive, name: str) -> Iterator[Record]:
    """The records of a part, nothing where there is no such part."""
    content = archive.part(name) or b""
    at = 0
    for _ in range(_MOST_RECORDS):
        if at >= len(content):
            return
        number, at = _varying(content, at, 2)
        size, at = _varying(content, at, 4)
        yield number, content[at : at + size]
        at += size
    raise Refused("too-large", f"more than {_MOST_RECORDS:,} records in {name}")


def _varying(content: bytes, at: int, longest: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = 0
    for place in range(longest):
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            break
    return value, at


def _text(content: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends; a missing one has the length -1."""
    (length,) = struct.unpack_from("<I", content, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(content):
        raise struct.error
    return content[at + 4 : end].decode("utf-16-le", errors="replace"), end


# ------------------------------------------------------------------------------------------------------- the workbook


def _sheets(records: Iterator[Record]) -> tuple[list[tuple[str, str]], datetime]:
    """The relations and names of the visible sheets in order, and the day from which days are counted."""
    names: list[tuple[str, str]] = []
    epoch = WINDOWS_EPOCH
    for number, content in records:
        if number == _SHEET and struct.unpack_from("<I", content)[0] == _VISIBLE:
            relation, end = _text(content, 8)
            names.append((relation, _text(content, end)[0]))
        elif number == _BOOK_PROPERTIES and content[0] & 1:
            epoch = MAC_EPOCH
    return names, epoch


def _strings(archive: Archive) -> list[_Rich]:
    return [_rich(c, 0) for number, c in _records(archive, "xl/sharedStrings.bin") if number == _SHARED_ITEM]


def _rich(content: bytes, at: int) -> _Rich:
    """A text with its runs: flags, the text, how many runs, then for each its start and its font."""
    text, end = _text(content, at + 1)
    if not content[at] & 1:
        return _Rich(text)
    (count,) = struct.unpack_from("<I", content, end)
    if 4 * count > len(content) - end - 4:
        raise struct.error
    return _Rich(text, [struct.unpack_from("<HH", content, end + 4 + 4 * n) for n in range(count)])


def _styles(archive: Archive) -> tuple[list[_Style], list[_Font]]:
    """The styles of cells by number, and how each font shows its text."""
    fonts: list[_Font] = []
    fills: list[str | None] = []
    formats: dict[int, str] = dict(BUILTIN_FORMATS)
    borders: list[bool] = []
    styles: list[_Style] = []
    of_cells = False
    for number, content in _records(archive, "xl/styles.bin"):
        if number == _FORMAT:
            formats[struct.unpack_from("<H", content)[0]] = _text(content, 2)[0]
        elif number == _FONT:
            height, flags, script = struct.unpack_from("<HH2xH", content)
            marks: tuple[Mark, ...] = (*_SCRIPTS.get(script, ()), *(("struck",) if flags & 8 else ()))
            fonts.append(_Font(marks, _colour(content, 12), height / 20))
        elif number == _FILL:
            pattern = struct.unpack_from("<I", content)[0]
            fills.append(_colour(content, 4) or UNKNOWN if pattern == 1 else UNKNOWN if pattern else None)
        elif number == _BORDER:
            borders.append(any(content[at] for at in (1, 11, 21, 31)))
        elif number in (_CELL_STYLES, _CELL_STYLES_END):
            of_cells = number == _CELL_STYLES
        elif number == _STYLE and of_cells:
            number_format, font, fill, border = struct.unpack_from("<2xHHHH", content)
            bordered = border < len(borders) and borders[border]
            behind = fills[fill] if fill < len(fills) else None
            styles.append(_Style(formats.get(number_format, "General"), font, bordered, behind))
    return styles, fonts


def _colour(content: bytes, at: int) -> str | None:
    """The digits of a colour, None for the usual one; those of the theme are known where they are plain."""
    kind, number, tint = struct.unpack_from("<BBh", content, at)
    if kind >> 1 == _BY_NUMBER:
        return hex_of(COLOR_INDEX[number]) if number < len(COLOR_INDEX) else SYSTEM.get(number, UNKNOWN)
    if kind >> 1 == _WRITTEN:
        return content[at + 4 : at + 7].hex().upper()
    if kind >> 1 == _OF_THEME:
        return UNKNOWN if tint else {0: WHITE, 1: BLACK}.get(number, UNKNOWN)
    return None


# ---------------------------------------------------------------------------------------------------------- the sheets


def _sheet(records: Iterator[Record], book: _Book) -> _Sheet:
    sheet = _Sheet()
    for number, content in records:
        _take(sheet, number, content, book)
        if len(sheet.cells) + len(sheet.merged) > MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
    return sheet


def _stored(sheet: _Sheet) -> Stored:
    return Stored(
        sheet.cells, frozenset(sheet.hidden_rows), frozenset(sheet.hidden_columns), sheet.merged, sheet.shows_zeros
    )


def _take(sheet: _Sheet, number: int, content: bytes, book: _Book) -> None:
    """Apply a record that concerns the sheet."""
    if number == _ROW:
        sheet.row, height, flags = struct.unpack_from("<I4xHxB", content)
        least = 0 if flags & 0x20 else 1  # some programs write no height; a height that is set may be none
        if flags & 0x10 or least <= height < 20 * LEAST_HEIGHT:
            sheet.hidden_rows.add(sheet.row)
    elif number <= _SHARED or number in _OF_FORMULA or number == _RICH:
        sheet.cells.append(_cell(sheet.row, _OF_FORMULA.get(number, number), content, book))
    elif number == _COLUMN:
        first, last, width, flags = struct.unpack_from("<III4xH", content)
        if flags & 1 or width < 256 * LEAST_WIDTH:
            sheet.hidden_columns.update(range(first, min(last, _LAST_COLUMN) + 1))
    elif number == _MERGED:
        top, bottom, left, right = struct.unpack_from("<IIII", content)
        sheet.merged.append((left, top, right, bottom))
    elif number == _DRAWING:
        sheet.drawing = _text(content, 0)[0]
    elif number == _VIEW:
        sheet.shows_zeros = bool(struct.unpack_from("<H", content)[0] & 0x10)


def _cell(row: int, kind: int, content: bytes, book: _Book) -> StoredCell:
    column, named = struct.unpack_from("<II", content)
    number = named & 0xFFFFFF
    style = book.styles[number] if number < len(book.styles) else _Style()
    return StoredCell(row, column, _marked(_shown(kind, content, style, book), style, book), style.bordered)


def _marked(content: _Rich, style: _Style, book: _Book) -> str:
    """The text with its marks; what comes before the first run has the font of the style."""
    starts = [(0, style.font), *content.runs]
    ends = [at for at, _ in starts[1:]] + [len(content.text)]
    found = ""
    for (at, font), end in zip(starts, ends, strict=True):
        text = content.text[at:end]
        look = book.fonts[font] if font < len(book.fonts) else _Font()
        if is_unseen(content.letters or look.letters, style.fill, look.size):
            text = marked(text, "hidden")
        for mark in look.marks:
            text = marked(text, mark)
        found += text
    return found


def _shown(kind: int, content: bytes, style: _Style, book: _Book) -> _Rich:
    """What a cell shows, by the kind of its record."""
    if kind == _SHARED:
        (number,) = struct.unpack_from("<I", content, 8)
        return book.strings[number] if number < len(book.strings) else _Rich("")
    if kind == _RICH:
        return _rich(content, 8)
    if kind == _RK:
        return _of_number(_packed(struct.unpack_from("<I", content, 8)[0]), style, book)
    if kind == _REAL:
        return _of_number(struct.unpack_from("<d", content, 8)[0], style, book)
    if kind == _STRING:
        return _Rich(_text(content, 8)[0])
    if kind == _BOOL:
        return _Rich(printed(bool(content[8]), style.number_format))
    return _Rich(_ERRORS.get(content[8], "#N/A") if kind == _ERROR else "")


def _packed(stored: int) -> float:
    """A number packed into 30 bits: whole or the upper part of a fraction, or a hundredth of it."""
    if stored & 2:
        value = float((stored >> 2) - (1 << 30 if stored & 0x80000000 else 0))
    else:
        (value,) = struct.unpack("<d", struct.pack("<Q", (stored & 0xFFFFFFFC) << 32))
    return value / 100 if stored & 1 else value


def _of_number(value: float, style: _Style, book: _Book) -> _Rich:
    return _Rich(_number(value, style, book), letters=colour_in(section_of(value, style.number_format)))


def _number(value: float, style: _Style, book: _Book) -> str:
    if is_date_format(style.number_format):
        try:
            return printed(from_excel(value, book.epoch), style.number_format)
        except (ArithmeticError, ValueError):  # no day
            return printed(value, "General")
    return printed(value, style.number_format)
