"""Reading a file to explain it: in a process of its own, with what only an explanation needs.

That is the charset, the labels printed around a cell, and a picture of its place.
"""

from __future__ import annotations

import errno
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from itertools import takewhile
from typing import Any

from pipeline.document import Cell, Document, Grid, RawFile, file_of, number_of
from pipeline.explain.model import ExplainError, name_of
from pipeline.forms.loading import forms
from pipeline.layout.dumps import reflow
from pipeline.layout.several import reports_in
from pipeline.numbers import is_figure
from pipeline.parse import words_of
from pipeline.parsed import Parsed
from pipeline.raw.folder import Folder, holds
from pipeline.raw.overrides import Pin, pin_of
from pipeline.raw.pictured import by_path
from pipeline.readers import Refused, read
from pipeline.readers.charset import decode
from pipeline.runs.limits import Limits
from pipeline.runs.workers import parse_all, parse_beside

_ENCODINGS = ("utf-8", "gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


@dataclass(frozen=True)
class Around:
    """The labels as printed beside and above a cell; None above it where the layout has no columns."""

    row: tuple[str, ...]
    header: tuple[str, ...] | None


@dataclass(frozen=True)
class Traced(Parsed):
    """The result of a file, and what is looked up only for an explanation. `held` counts the reports in the file."""

    held: int = 1
    pinned: str | None = None
    encoding: str | None = None
    around: Around | None = None
    picture: bytes | None = None
    no_picture: str | None = None


def trace(
    folder: Folder,
    path: str,
    pins: Mapping[str, Pin] | None = None,
    cell: str | None = None,
    *,
    picture: bool = False,
    limits: Limits | None = None,
) -> Traced:
    """One report of a file, read and parsed in a process of its own, within the limits of a run.

    `path` is below `folder`; `file#2` is the second report of a file. With the name of a cell also the labels around
    it, and a picture of it where one is wanted and the file is a PDF or a picture. Raises `ExplainError` for a file
    that cannot be read.
    """
    work = partial(_trace, pins=pins or {}, cell=cell, picture=picture)
    ((_, found),) = parse_all(folder, [(RawFile(path, 0, 0, ""), None)], limits or Limits(workers=1), work)
    if isinstance(found, OSError):
        raise ExplainError(f"{path} cannot be read: {found.strerror or found or type(found).__name__}")
    return found if isinstance(found, Traced) else Traced(**_fields(found))


def _fields(parsed: Parsed) -> dict[str, Any]:
    return {f.name: getattr(parsed, f.name) for f in fields(Parsed)}


def _trace(
    folder: Folder, raw: RawFile, pin: Pin | None, *, pins: Mapping[str, Pin], cell: str | None, picture: bool
) -> Traced:
    """In a worker: the report by its path alone. Raises `OSError` where there is none that can be read."""
    file = raw.path if holds(folder, raw.path) else file_of(raw.path)
    found, data = by_path(folder, file)
    pin = pin_of(found, pins)
    reports = parse_beside(folder, found, data, pin).reports
    number = number_of(raw.path) if file != raw.path else 1
    if number > len(reports):
        raise OSError(errno.ENOENT, f"there is no report of this number in its file, which holds {len(reports)}")
    parsed, pin = reports[number - 1], pin.of_report(number) if pin else None
    fact = next((f for f in parsed.facts if name_of(f.key) == cell), None) if cell else None
    extra: dict[str, Any] = {"held": len(reports), "pinned": pin.decides if pin else None}
    extra["encoding"] = _encoding(parsed.format, data)
    if fact:
        printed = frozenset(f.printed for f in parsed.facts)
        document = reports_in(read(data, words_of(forms())), forms())[number - 1]
        extra["around"] = around(reflow(document, forms()), fact.printed, printed)
    if fact and picture:
        extra |= _picture(parsed.format, data, fact.printed)
    return Traced(**_fields(parsed), **extra)


def _encoding(file_format: str, data: bytes) -> str | None:
    """The charset by which a text or page was decoded: the first that gives the same text."""
    if file_format not in ("text", "html"):
        return None
    try:
        text = decode(data)
    except Refused:
        return None
    marked = data.startswith(b"\xef\xbb\xbf")
    names = ("utf-8-sig", *_ENCODINGS) if marked else _ENCODINGS
    return next((name for name in names if data.decode(name, errors="replace") == text), None)


def _picture(file_format: str, data: bytes, cell: Cell) -> dict[str, Any]:
    """A picture of a cell, or why there is none."""
    if file_format not in ("pdf", "image") or cell.page is None:
        return {"no_picture": f"the file is {file_format}; only the pages of a PDF and pictures can be drawn"}
    from pipeline.explain.crop import CropError, crop

    try:
        return {"picture": crop(data, cell.page, cell.box, file_format)}
    except CropError as error:
        return {"no_picture": str(error)}


def around(document: Document, cell: Cell, figures: Collection[Cell]) -> Around:
    """The labels beside and above a cell as printed; `figures` are cells that are not labels, whatever they say."""
    grid = next((g for g in document.grids if g.number == cell.grid), None)
    if grid is None:
        return Around((), None)
    row = tuple(_beside(grid, cell, figures))
    return Around(row, None if grid.ragged or grid.folded else tuple(_above(grid, cell, figures)))


def _beside(grid: Grid, cell: Cell, figures: Collection[Cell]) -> Iterator[str]:
    """The labels left of a cell. A dump prints a group's label on its first row only, above fields left empty."""
    labels = {(c.row, c.col): c for c in grid.cells if _is_label(c, figures) and c.col < cell.col}
    own = [c for c in labels.values() if c.row <= cell.row < c.row + c.row_span]
    first = min((c.col for c in own), default=0)
    if grid.ragged:
        over = [max((k for k in labels if k[0] < cell.row and k[1] == col), default=None) for col in range(first)]
        yield from (_text(labels[k]) for k in over if k)
    yield from (_text(c) for c in sorted(own, key=lambda c: c.col))


def _above(grid: Grid, cell: Cell, figures: Collection[Cell]) -> Iterator[str]:
    """The labels of the header over a cell, from top to bottom: those between its figures and what is above them."""
    over = [c for c in grid.cells if c.col <= cell.col < c.col + c.col_span and c.row + c.row_span <= cell.row]
    upwards = [c for c in sorted(over, key=lambda c: -c.row) if not c.is_blank]
    while upwards and not _is_label(upwards[0], figures):
        upwards.pop(0)
    yield from reversed([_text(c) for c in takewhile(lambda c: _is_label(c, figures), upwards)])


def _is_label(cell: Cell, figures: Collection[Cell]) -> bool:
    return not cell.is_blank and cell not in figures and not is_figure(cell.text)


def _text(cell: Cell) -> str:
    return " ".join(cell.text.split())
