"""Pictures inside a document: placeholders while it is laid out, then replaced by what the pictures show.

A cell that holds pictures alone gets the figure that they show. Pictures outside of cells, one after the other, give
the tables and text of their pages. A picture that cannot be read remains something other than text.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from urllib.parse import unquote

from pipeline.document import Block, Cell, Grid, Ocr, Paragraph
from pipeline.marks import OBJECT
from pipeline.readers.refused import Refused

MAX_PICTURES = 1_000
MAX_BYTES = 200_000_000  # of all pictures of a document

_FIRST = 0xF0000  # characters for private use, which no text has behind the sign of an object
_NUMBER = f"[{chr(_FIRST)}-{chr(_FIRST + MAX_PICTURES - 1)}]"
SIGN = re.compile(f"{OBJECT}({_NUMBER})")
_NO_PICTURE = re.compile(f"{OBJECT}(?!{_NUMBER})")
_IN_PAGE = re.compile(r"data:image/[-+.\w]{1,40}(?:;[-=\w]{1,40})*;base64,([A-Za-z0-9+/=%\s]{20,})", re.IGNORECASE)
_INLINE = "inline-picture:"


class Pictures:
    """The pictures of a document in the order in which their signs were asked for."""

    def __init__(self) -> None:
        self._found: list[bytes] = []
        self._size = 0

    def sign(self, data: bytes | None) -> str:
        """What stands for a picture: only that of an object where nothing is known of it, or there are too many."""
        if not data or len(self._found) >= MAX_PICTURES or self._size + len(data) > MAX_BYTES:
            return OBJECT
        self._size += len(data)
        self._found.append(data)
        return OBJECT + chr(_FIRST + len(self._found) - 1)

    def shown(self, blocks: Iterable[Block]) -> tuple[Block, ...]:
        """The blocks with what the pictures show in their places, and the grids numbered anew."""
        return tuple(numbered(self._shown(tuple(blocks)))) if self._found else tuple(blocks)

    def _shown(self, blocks: Sequence[Block]) -> Iterator[Block]:
        figures = self._figures(blocks)
        run: list[bytes] = []
        for block in blocks:
            if isinstance(block, Paragraph):
                for text, picture in self._parts(block.text):
                    if picture is not None:
                        run.append(picture)
                    elif text:
                        yield from _pages(run)
                        yield replace(block, text=text)
                        run = []
                continue
            yield from _pages(run)
            run = []
            yield replace(block, cells=tuple(_filled(c, figures) for c in block.cells))
        yield from _pages(run)

    def _parts(self, text: str) -> Iterator[tuple[str, bytes | None]]:
        """The stretches of text, and the pictures between them."""
        for n, part in enumerate(SIGN.split(text)):
            yield ("", self._found[ord(part) - _FIRST]) if n % 2 else (part.replace(OBJECT, "").strip(), None)

    def _figures(self, blocks: Sequence[Block]) -> Mapping[str, tuple[str, Ocr]]:
        """By sign what the pictures in cells show."""
        cells = (c.text for b in blocks if isinstance(b, Grid) for c in b.cells if OBJECT in c.text)
        signs = list(dict.fromkeys(s for text in cells if not SIGN.sub("", text).strip() for s in SIGN.findall(text)))
        if not signs:
            return {}
        data = [self._found[ord(s) - _FIRST] for s in signs]
        read = import_module("pipeline.readers.scan").figures_in_pictures(data)
        return {s: found for s, found in zip(signs, read, strict=True) if found is not None}


def without_objects(text: str) -> str:
    """A text without the signs of objects, but with those of pictures that can be looked at."""
    return _NO_PICTURE.sub("", text) if OBJECT in text else text


def without_inline(page: str) -> tuple[str, Sequence[str]]:
    """A web page with an address of ours in the place of each picture that stands in it, and these in Base64."""
    found: list[str] = []

    def addressed(picture: re.Match[str]) -> str:
        found.append(picture[1])
        return f"{_INLINE}{len(found) - 1}"

    has_any = page.rfind("base64,") >= 0  # `in` takes twice the time
    return (_IN_PAGE.sub(addressed, page), found) if has_any else (page, found)


def unpacked(address: str, inline: Sequence[str]) -> bytes | None:
    """The picture that stood in a page, by the address that it got; None for any other address."""
    number = address.removeprefix(_INLINE)
    if number == address or not number.isdecimal() or len(number) > 9 or int(number) >= len(inline):
        return None
    try:
        return b64decode("".join(unquote(inline[int(number)]).split()) + "==")
    except ValueError:
        return None


def numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with their grids numbered in order."""
    grids = 0
    for block in blocks:
        if isinstance(block, Grid):
            grids += 1
            if block.number != grids:
                block = replace(block, number=grids, cells=tuple(c._replace(grid=grids) for c in block.cells))
        yield block


def _filled(cell: Cell, figures: Mapping[str, tuple[str, Ocr]]) -> Cell:
    """A cell with the figure of its pictures; if any of them cannot be read, it has only the signs of objects."""
    if OBJECT in cell.left_out:
        cell = cell._replace(left_out=SIGN.sub(OBJECT, cell.left_out))
    if OBJECT not in cell.text:
        return cell
    signs = SIGN.findall(cell.text)
    if not signs or not all(s in figures for s in signs) or SIGN.sub("", cell.text).strip():
        return cell._replace(text=SIGN.sub(OBJECT, cell.text))
    read = [figures[s] for s in signs]
    again = [ocr.other for _, ocr in read if ocr.other is not None]
    ocr = Ocr(
        min(o.sure for _, o in read),
        "".join(again) if len(again) == len(read) else None,
        min(o.other_sure for _, o in read),
        read[0][1].rivals if len(read) == 1 else (),
    )
    return cell._replace(text="".join(text for text, _ in read), ocr=ocr)


def _pages(run: Sequence[bytes]) -> tuple[Block, ...]:
    """The content of consecutive pictures where one is a table; otherwise nothing, which is reported as missing."""
    if not run:
        return ()
    try:
        return tuple(import_module("pipeline.readers.scan").tables_in_pictures(run))
    except Refused:
        return ()
