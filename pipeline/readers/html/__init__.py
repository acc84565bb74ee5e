"""Web pages: paragraphs from the blocks of text, grids from the tables, as a browser would show them.

The page is parsed by libxml2 (`tree`) and flattened there and then to one string of text and marks (`flat`), from
which tables and paragraphs are put together (`tables`, `grid`). A table that lays out a page (it holds other tables,
one column, or a narrative) is taken apart into its text and the tables inside. What a table means is for `matching`;
here it is only said when its rows do not share their columns (`ragged`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.document import Block, Document, Paragraph
from pipeline.marks import plain
from pipeline.readers.attachments import linked_in_page
from pipeline.readers.beside import Files, file_beside
from pipeline.readers.charset import decoded
from pipeline.readers.html.apart import mark_apart
from pipeline.readers.html.doubts import mark_doubts
from pipeline.readers.html.drawn import mark_drawn
from pipeline.readers.html.filled import mark_filled_by_scripts
from pipeline.readers.html.flat import PICTURE, flattened
from pipeline.readers.html.framed import with_inner_pages
from pipeline.readers.html.generated import mark_generated
from pipeline.readers.html.grid import grid_of
from pipeline.readers.html.listed import listed_in, with_listed
from pipeline.readers.html.markdown import with_lines, without_signs
from pipeline.readers.html.named import names_of_page
from pipeline.readers.html.references import mark_references
from pipeline.readers.html.scripts import mark_scripted
from pipeline.readers.html.sheets import Sheets
from pipeline.readers.html.styles import mark_styles
from pipeline.readers.html.tables import Piece, lines, pieces
from pipeline.readers.html.tree import prepared, put_bodies, tree_of
from pipeline.readers.html.unfilled import mark_unfilled
from pipeline.readers.pictured import Pictures, unpacked, without_inline, without_objects
from pipeline.readers.refused import Refused

MAX_BYTES = 20_000_000
_FRAME_OR_PICTURE = re.compile(rb"<(i?frame|img)\b", re.IGNORECASE)


def read(data: bytes) -> Document:
    """The paragraphs and tables of a web page. Raises `Refused` where it shows no text, or is too large."""
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of HTML")
    page, is_utf8 = decoded(data)
    made = with_lines(page)
    blocks = laid_out(made, file_beside, data if is_utf8 and made is page else None)
    blocks = blocks if made == page else without_signs(blocks)
    return Document("html", blocks, linked_in_page(page), names_of_page(page))


def laid_out(text: str, files: Files = lambda address: None, encoded: bytes | None = None) -> tuple[Block, ...]:
    """The paragraphs and grids of a page whose text is decoded. Raises `Refused` as `read` does.

    `encoded` is the text in UTF-8, where somebody has it.
    """
    whole, inline = without_inline(with_inner_pages(text))
    page = prepared(encoded if encoded is not None and whole is text else whole.encode("utf-8", errors="replace"))
    root = tree_of(page)
    if root is None:
        raise Refused("not-a-document", "a web page without content")
    if any("tbody" in (e.text or "") for e in root.iter("script", "style")):
        put_bodies(root)
    small = page.lower()
    sheets = Sheets(root, small)
    mark_styles(root, small, sheets)
    mark_references(root, small)
    mark_apart(root, sheets)
    mark_generated(sheets)
    mark_drawn(sheets)
    mark_doubts(root, sheets)
    mark_scripted(root, sheets)
    mark_filled_by_scripts(root, small)
    mark_unfilled(root, small, sheets)
    pictures = Pictures()
    for image in root.iter("img"):
        address = image.get("src", "").strip()
        image.set(PICTURE, pictures.sign(unpacked(address, inline) or files(address)))
    blocks = with_listed(pictures.shown(_blocks(pieces(flattened(root)))), listed_in(root))
    if not blocks:
        raise Refused("not-a-document", f"a web page that shows {_beside_text(page)}")
    return blocks


def _beside_text(page: bytes) -> str:
    """The content of a page without text, in words."""
    found = _FRAME_OR_PICTURE.search(page)
    if found is None:
        return "no text"
    return "pictures and no text" if found[1].lower() == b"img" else "only frames, whose content is in other files"


def _blocks(found: Iterable[Piece]) -> Iterator[Block]:
    """A paragraph for each line, a grid for each table."""
    grids = 0
    text: list[Piece] = []
    for piece in found:
        if isinstance(piece, str):
            text.append(piece)
            continue
        yield from map(Paragraph, _text_lines(text))
        text = []
        grids += 1
        yield grid_of(grids, piece)
    yield from map(Paragraph, _text_lines(text))


def _text_lines(text: Iterable[Piece]) -> Iterator[str]:
    """The lines outside of tables, without what is hidden or struck in them, with the signs of pictures."""
    return lines([without_objects(plain("".join(p for p in text if isinstance(p, str))))])
