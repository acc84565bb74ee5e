"""PDF files: what their pages show → tables and lines of each page → tables over page breaks → a document.

Tables are recognised by their rulings alone. A table of one column is a box around text, and so it is text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from pipeline.document import Block, Cell, Document, Grid, Ocr, Paragraph
from pipeline.readers.kept import pages_of
from pipeline.readers.pdf import content
from pipeline.readers.pdf.furniture import without_furniture
from pipeline.readers.pdf.lattice import Box, RuledTable, tables_of
from pipeline.readers.pdf.lines import TextLine, joined, without_signs
from pipeline.readers.pdf.page import Area, Page
from pipeline.readers.pdf.paragraphs import paragraphs
from pipeline.readers.pdf.sideways import turned
from pipeline.readers.pdf.spreads import divided, on_the_sheet
from pipeline.readers.pdf.stitch import cells_in_order, stitch, with_overflow
from pipeline.readers.pdf.struck import without_struck
from pipeline.readers.pdf.tiles import without_tiles
from pipeline.readers.pdf.unruled import over_breaks, with_unruled
from pipeline.readers.pdf.watermark import without_watermarks
from pipeline.readers.refused import Refused
from pipeline.readers.vocabulary import NO_WORDS, Vocabulary

MAX_BYTES = 100_000_000
_FEW_CHARS = 30  # a page: what a scanner may print beside an image
_MOST_OF_A_PAGE = 0.5
_LEAST_WIDTH = 0.6  # of a page: lines of text that wraps reach at least as far
_OVERFLOWING = 8  # lines that may run out of the cells of a table cut by the page's end

_LAST: dict[bytes, tuple[Page, ...]] = {}  # what the last file shows: finding it is most of the work

Item = TextLine | RuledTable


def read(data: bytes, words: Vocabulary = NO_WORDS) -> Document:
    """The paragraphs and tables of a PDF; `words` help to put together what a page break has cut.

    Raises `Refused` where it cannot be read, or has no readable text.
    """
    return _read(data, "pdf", _pages, words)


def read_picture(data: bytes, words: Vocabulary = NO_WORDS) -> Document:
    """The paragraphs and tables of a picture file. Raises `Refused` where it cannot be read, or shows no text."""
    return _read(data, "image", _pictures, words)


def read_pictures(pictures: Sequence[bytes], words: Vocabulary = NO_WORDS) -> Document:
    """The paragraphs and tables of pages that are a picture file each. Raises `Refused` as `read_picture` does."""
    pages = [page for data in pictures for page in _pictures(data)]
    _check_text(pages)
    return Document("image", blocks_of([replace(page, number=n) for n, page in enumerate(pages, 1)], words))


def _read(data: bytes, name: str, decode: Callable[[bytes], tuple[Page, ...]], words: Vocabulary) -> Document:
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes")
    pages = decode(data)
    _LAST.clear()
    _LAST[data] = pages
    _check_text(pages)
    return Document(name, blocks_of(pages, words))


def blocks_of(pages: Sequence[Page], words: Vocabulary) -> tuple[Block, ...]:
    """The paragraphs and tables of pages, in reading order; what stands aside last."""
    laid_out = [with_unruled(_items(page), words) for page in pages]
    bodies, furniture = without_furniture(laid_out, [p.height for p in pages])
    aside = [*furniture, *(line for p in pages for line in _slanted(p))]
    blocks = tuple(_blocks(_stitched(over_breaks(bodies, words), words), aside, max(p.width for p in pages), words))
    spreads = {p.number: p for p in pages if p.gutter}
    blocks = tuple(_on_the_sheets(b, spreads) for b in blocks) if spreads else blocks
    read = {p.number: p for p in pages if p.is_read or p.parts}
    return tuple(_with_certainty(b, read) for b in blocks) if read else blocks


def glyphs(data: bytes, name: str = "pdf") -> tuple[Page, ...]:
    """The contents of the pages of a file; those read last are kept once. Raises `Refused` as `read` does."""
    return _LAST.pop(data, None) or (_pictures(data) if name == "image" else _pages(data))


def _pages(data: bytes) -> tuple[Page, ...]:
    from pipeline.readers.scan import with_pictures_read  # which needs the tables of this package

    return pages_of(data, lambda: with_pictures_read(data, as_seen(data)))


def as_seen(data: bytes) -> tuple[Page, ...]:
    """The pages as they are drawn, with what is struck or a watermark set apart."""
    drawn = tuple(divided(turned(p)) for p in content.pages(data))
    return tuple(map(without_struck, without_tiles(without_watermarks(drawn))))


def _pictures(data: bytes) -> tuple[Page, ...]:
    from pipeline.readers.scan import pages_of_pictures

    return pages_of(data, lambda: pages_of_pictures(data))


def _on_the_sheets(block: Block, spreads: Mapping[int, Page]) -> Block:
    """A block with the boxes of its cells where they stand on sheets of two pages."""
    if isinstance(block, Paragraph):
        return block
    cells = (
        c._replace(box=on_the_sheet(c.box, page)) if c.box and (page := spreads.get(c.page or 0)) else c
        for c in block.cells
    )
    return replace(block, cells=tuple(cells))


def _with_certainty(block: Block, read: Mapping[int, Page]) -> Block:
    """A block of a picture, with how certainly its cells were read; any other as it is."""
    if isinstance(block, Paragraph):
        page = read.get(block.page or 0)
        return replace(block, ocr=page is not None and page.is_read)
    cells = tuple(_certain(c, page) if (page := read.get(c.page or 0)) else c for c in block.cells)
    return replace(block, cells=cells)


def _certain(cell: Cell, page: Page) -> Cell:
    """A cell with the certainty of the lines that stand in it; one beside the pictures of a page of text as it is."""
    assert cell.box is not None
    left, top, right, bottom = cell.box
    own = [
        c for c in page.crops if left <= (c.x0 + c.x1) / 2 <= right and top <= (c.y0 + c.y1) / 2 <= bottom
    ]  # fmt: skip
    if not page.is_read and not any(_is_on(cell.box, part) for part in page.parts):
        return cell
    if not own:
        return cell._replace(ocr=Ocr(1.0, "", 1.0))  # no ink
    again = [c.other for c in own if c.other is not None]
    other = joined(again) if len(again) == len(own) else None
    rivals = own[0].rivals if len(own) == 1 else ()
    return cell._replace(ocr=Ocr(min(c.sure for c in own), other, min(c.other_sure for c in own), rivals))


def _is_on(box: Area, part: Area) -> bool:
    """True where the middle of a box lies on a part of the page."""
    across, along = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return part[0] <= across <= part[2] and part[1] <= along <= part[3]


def _check_text(pages: Sequence[Page]) -> None:
    """Refuse pages that show no text, or text whose fonts do not say which characters it shows."""
    printed = [c.text for p in pages for c in p.chars if not c.text.isspace()]
    pictures = [not p.is_read and p.image_area >= _MOST_OF_A_PAGE * p.width * p.height for p in pages]
    if any(pictures) and (not printed or (all(pictures) and len(printed) < _FEW_CHARS * len(pages))):
        raise Refused("scan-without-text")
    if not printed:
        raise Refused("nothing-legible")
    from pipeline.readers.scan import is_untold

    if is_untold(printed):
        raise Refused("text-without-unicode")


def _items(page: Page) -> list[Item]:
    """The tables and lines of a page from top to bottom."""
    tables, lines = tables_of(page)
    items: list[Item] = [*tables, *lines]
    return sorted(items, key=lambda i: i.top)


def _slanted(page: Page) -> tuple[TextLine, ...]:
    """All slanted text of a page, such as a watermark, as one line, in the order in which it was drawn."""
    text = "".join(c.text for c in page.slanted).strip()
    return (TextLine(page.number, 0, 0, page.height, page.height, page.slanted[0].size, text),) if text else ()


def _stitched(bodies: Sequence[Sequence[Item]], words: Vocabulary) -> list[Item]:
    """The items of all pages, tables that end one page and begin the next joined."""
    items: list[Item] = []
    for body in bodies:
        first = body[0] if body else None
        one = _over_the_break(items, first, words) if isinstance(first, RuledTable) else None
        if one:
            end = max(n for n, i in enumerate(items) if isinstance(i, RuledTable))
            items[end:] = [one, *body[1:]]
        else:
            items += body
    return items


def _over_the_break(items: Sequence[Item], lower: RuledTable, words: Vocabulary) -> RuledTable | None:
    """The table at the end of the page before, joined with its lower part; None where they are two tables."""
    tail = list(takewhile(lambda i: isinstance(i, TextLine), reversed(items)))
    upper = items[-1 - len(tail)] if len(tail) < len(items) else None
    if not isinstance(upper, RuledTable) or upper.page != lower.page - 1 or len(tail) > _OVERFLOWING:
        return None
    whole = with_overflow(upper, [i for i in reversed(tail) if isinstance(i, TextLine)], words)
    return stitch(whole, lower, words) if whole else None


def _blocks(items: Sequence[Item], aside: Sequence[TextLine], width: float, words: Vocabulary) -> Iterator[Block]:
    """Grids and paragraphs in reading order, then what stands aside: at the rims of pages, or slanted across."""
    body = [i for i in items if isinstance(i, TextLine)]
    left, right = min((i.x0 for i in body), default=0.0), max((i.x1 for i in body), default=0.0)
    right = max(right, _LEAST_WIDTH * width)
    run: list[TextLine] = []
    grids = 0
    for item in items:
        if isinstance(item, TextLine):
            run += without_signs(item)
            continue
        yield from paragraphs(run, left, right, words)
        run = []
        if len(item.edges) > 2:
            grids += 1
            yield _grid(item, grids)
        else:
            yield from _boxed(item)
    yield from paragraphs(run, left, right, words)
    yield from (Paragraph(line.text, line.page, aside=True) for line in aside)


def _boxed(table: RuledTable) -> Iterator[Paragraph]:
    for box in cells_in_order(table):
        if box.lines:
            left = min(i.x0 for i in box.lines)
            yield from paragraphs(box.lines, left, table.edges[box.col + box.col_span])


def _grid(table: RuledTable, number: int) -> Grid:
    return Grid(
        number,
        tuple(
            Cell(number, b.row, b.col, seen.text, b.row_span, b.col_span, _page(b), None, b.extent, seen.left_out)
            for b in cells_in_order(table)
            for seen in (b.shown,)
        ),
        unruled=table.unruled,
    )


def _page(box: Box) -> int:
    return box.lines[0].page if box.lines else box.page
