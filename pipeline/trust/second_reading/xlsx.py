"""Spreadsheets by the letters of their columns: which cells hold something, whatever is merged or bordered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from lxml import etree

from pipeline.forms.model import Block
from pipeline.readers import spreadsheetml, xls, xlsb
from pipeline.readers.archive import Archive
from pipeline.readers.refused import Refused
from pipeline.readers.sheet import MAX_CELLS, Stored
from pipeline.readers.xlsx import MAX_BYTES
from pipeline.trust.second_reading.columns import spread
from pipeline.trust.second_reading.lines import Run, runs
from pipeline.trust.second_reading.model import CellKey, Reading, Slot, Wanted, agreed, cell_text

_SHEET = re.compile(r"^/?xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_PLACE = re.compile(r"^([A-Z]{1,3})([0-9]{1,7})$")
_AS_STORED = frozenset({"0", "1", "2", "3", "4", "49"})  # the built-in formats that leave a whole number unchanged
_GENERAL = frozenset({"0", "49"})
_TOO_MUCH = Decimal(10) ** 11
_ODD = "odd"
_OFF = frozenset({None, "0", "false"})


def read_xlsx(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a spreadsheet. Raises `Refused` where its archive or a part of it cannot be read."""
    archive = Archive(data)
    book = _root(archive, "xl/workbook.xml")
    if book is None or any(s.get("state", "visible") != "visible" for s in book.iter("{*}sheet")):
        return {}
    strings, formats = _strings(archive), _formats(archive)
    sheets = (n for n in archive.names if _SHEET.match(n))
    return agreed(pair for name in sheets for pair in _sheet(archive, name, strings, formats, wanted))


def _root(archive: Archive, name: str) -> etree._Element | None:
    if len(archive.part(name) or b"") > MAX_BYTES:
        raise Refused("too-large", f"more than {MAX_BYTES:,} bytes of XML")
    return archive.xml(name)


def _strings(archive: Archive) -> list[str | None]:
    """The texts that cells refer to by number, without phonetic guides."""
    root = _root(archive, "xl/sharedStrings.xml")
    return [] if root is None else [_text(item) for item in root.iterchildren("{*}si")]


def _text(item: etree._Element) -> str | None:
    """The text of a cell by its runs; None where raised text may be part of it."""
    plain: list[str] = []
    raised: list[str] = []
    for text in item.iter("{*}t"):
        run = text.getparent()
        if run is None or str(run.tag).endswith("}rPh"):
            continue
        looks = run.find("{*}rPr")
        if looks is None or not any(_is_on(s) for s in looks.iterchildren("{*}strike")):
            lifted = looks is not None and _is_lifted(looks)
            (raised if lifted else plain).append(text.text or "")
    return cell_text("".join(plain), "".join(raised))


def _is_on(sign: etree._Element) -> bool:
    return sign.get("val", "1") not in ("0", "false")


def _is_lifted(looks: etree._Element) -> bool:
    return any(v.get("val", "") in ("superscript", "subscript") for v in looks.iterchildren("{*}vertAlign"))


def _formats(archive: Archive) -> list[str]:
    """The number of each cell style's format, or a mark where its font may hide or mark what it shows."""
    root = _root(archive, "xl/styles.xml")
    styles = None if root is None else root.find("{*}cellXfs")
    if root is None or styles is None:
        return []
    fonts = root.find("{*}fonts")
    odd = {str(n) for n, f in enumerate(() if fonts is None else fonts.iterchildren("{*}font")) if _is_odd(f)}
    return [_ODD if x.get("fontId") in odd else x.get("numFmtId", "0") for x in styles.iterchildren("{*}xf")]


def _is_odd(font: etree._Element) -> bool:
    if any(_is_on(s) for s in font.iterchildren("{*}strike")) or _is_lifted(font):
        return True
    return any(
        c.get("theme") == "0" or c.get("rgb", "")[-6:].upper() == "FFFFFF" for c in font.iterchildren("{*}color")
    )


def _sheet(
    archive: Archive, name: str, strings: list[str | None], formats: list[str], wanted: Wanted
) -> Iterator[tuple[CellKey, Reading]]:
    root = _root(archive, name)
    if root is None or any(c.get("hidden") not in _OFF for c in root.iter("{*}col")):
        return
    if any(v.get("showZeros") in ("0", "false") for v in root.iter("{*}sheetView")):
        return
    yield from _of_rows(_rows(root, strings, formats), wanted)


def read_xls(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of an old spreadsheet. Raises `Refused` where it cannot be decoded."""
    return of_stored(xls.stored(data), wanted)


def read_xlsb(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a binary spreadsheet. Raises `Refused` where it cannot be decoded."""
    return of_stored(xlsb.stored(data), wanted)


def read_spreadsheetml(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of a spreadsheet in XML. Raises `Refused` where it cannot be decoded."""
    return of_stored(spreadsheetml.stored(data), wanted)


def of_stored(sheets: Iterable[Stored], wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of sheets whose cells are decoded; a sheet with hidden columns or zeros has none."""
    plain = (s for s in sheets if s.shows_zeros and not s.hidden_columns)
    return agreed(pair for sheet in plain for pair in _of_rows(_stored_rows(sheet), wanted))


def _stored_rows(sheet: Stored) -> Iterator[list[Slot]]:
    """The cells in which something stands, row by row; those of hidden rows are left out."""
    seen = (c for c in sheet.cells if c.text.strip() and c.row not in sheet.hidden_rows)
    for row, cells in groupby(sorted(seen), key=lambda c: c.row):
        yield [Slot(c.text, c.col, line=row + 1) for c in cells]


def _of_rows(rows: Iterable[list[Slot]], wanted: Wanted) -> Iterator[tuple[CellKey, Reading]]:
    blocks: dict[tuple[int, str], list[Run]] = {}
    for run in runs(rows, wanted.plain):
        blocks.setdefault((run.table.number, run.block.rows[0].code), []).append(run)
    for found in blocks.values():
        yield from _readings(found[0].block, found)


def _rows(root: etree._Element, strings: list[str | None], formats: list[str]) -> Iterator[list[Slot]]:
    """The cells in which something stands, row by row; those of hidden rows are left out."""
    cells = 0
    for row in root.iter("{*}row"):
        found = [s for c in row.iterchildren("{*}c") if (s := _slot(c, strings, formats)) and not s.is_blank]
        cells += len(found)
        if cells > MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
        if found and row.get("hidden") in _OFF:
            yield sorted(found, key=lambda s: s.at)


def _slot(cell: etree._Element, strings: list[str | None], formats: list[str]) -> Slot | None:
    place = _PLACE.match(cell.get("r", ""))
    if not place:
        return None
    at = 0
    for letter in place[1]:
        at = 26 * at + ord(letter) - ord("A") + 1
    return Slot(_shown(cell, strings, formats), at, line=int(place[2]))


def _shown(cell: etree._Element, strings: list[str | None], formats: list[str]) -> str | None:
    """What a cell shows; None for a number that its format may change, a formula without a value, an odd font."""
    style = _numbered(formats, cell.get("s", "0")) or "0"
    inline = cell.find("{*}is")
    value = cell.findtext("{*}v")
    if inline is None and value is None:
        return "" if cell.find("{*}f") is None else None
    if style == _ODD:
        return None
    if inline is not None or value is None:
        return None if inline is None else _text(inline)
    kind = cell.get("t", "n")
    if kind == "str":
        return None if value.startswith("=") else value
    return _numbered(strings, value) if kind == "s" else _number(value, style) if kind == "n" else None


def _numbered(values: Sequence[str | None], number: str) -> str | None:
    return values[int(number)] if number.isdecimal() and len(number) < 8 and int(number) < len(values) else None


def _number(value: str, style: str) -> str | None:
    """A number to the fifteen digits that are shown; None where its format may show something else."""
    try:
        number = Decimal(f"{Decimal(value):.15g}")
        if not number.is_finite() or abs(number) >= _TOO_MUCH:
            return None
        whole = number == number.to_integral_value()
    except ArithmeticError:
        return None
    if style not in (_AS_STORED if whole else _GENERAL):
        return None
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _readings(block: Block, found: list[Run]) -> Iterator[tuple[CellKey, Reading]]:
    by_place = spread([[(float(s.at), s.at + 0.5) for s in run.slots] for run in found], len(block.columns))
    if by_place is None:
        return
    for run, numbers in zip(found, by_place.rows, strict=True):
        if numbers is None or not run.ordered:
            continue
        line = run.slots[0].line if run.slots else None
        for column, number in zip(block.columns, numbers, strict=True):
            slot = Slot("", line=line) if number is None else run.slots[number]
            if slot.text is not None:
                yield (run.table.number, run.row.code, column.code), Reading(slot.text, None, slot.line)
