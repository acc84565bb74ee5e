"""Web pages: paragraphs from the blocks of text, grids from the tables, as a browser would show them.

The page is parsed by libxml2 and flattened there and then to one string of text and marks, from which tables and
paragraphs are put together. A table that lays out a page (it holds other tables, one column, or a narrative) is taken
apart into its text and the tables inside. What a table means is for `matching`; here it is only said when its rows do
not share their columns (`ragged`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, pairwise
from operator import attrgetter
from typing import Union

from lxml import etree

from pipeline.document import Block, Cell, Document, Grid, Paragraph
from pipeline.marks import BEGIN, END, OBJECT, Shown, plain, shown
from pipeline.readers.attachments import linked_in_page
from pipeline.readers.beside import Files, file_beside
from pipeline.readers.charset import decode
from pipeline.readers.pictured import SIGN, Pictures, unpacked, without_inline, without_objects
from pipeline.readers.refused import Refused
from pipeline.readers.styles import mark_styles

MAX_BYTES = 20_000_000
MAX_TAGS = 200_000
MAX_TAG_LENGTH = 8_000
MAX_FIELDS = 1_000_000  # the cells of all rows of a table, counted again in each row that they reach into
MAX_SPAN = 1_000

# Elements that begin and end a line; any other is a part of its line.
_BLOCKS = (
    "address|article|aside|blockquote|body|br|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure"
    "|footer|form|h1|h2|h3|h4|h5|h6|head|header|hgroup|hr|html|legend|li|main|menu|nav|ol|p|pre|search|section|summary"
    "|ul"
)
_UNSEEN = (
    "script|style|noscript|template|title|iframe|noframes|noembed|select|datalist|svg|audio|video|canvas|textarea|rp"
)
_INLINE_TAG = re.compile(rb"</?(?:a|b|big|em|font|i|small|span|strong|u)\b[^<>]*>", re.IGNORECASE)
# Controls whose value a person sees. Nothing of the others is text.
_VALUE_TYPES = ("text", "number", "tel", "search", "email", "url", "date")

_PAGE_END = re.compile(rb"</(?:[Hh][Tt][Mm][Ll]|[Bb][Oo][Dd][Yy])\s*>")
_CDATA = re.compile(rb"<!\[CDATA\[|\]\]>")
_TABLE_TAG = re.compile(rb"<(table|tbody|thead|tr|td|th)\b", re.IGNORECASE)
_FRAME_OR_PICTURE = re.compile(rb"<(i?frame|img)\b", re.IGNORECASE)
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % MAX_TAG_LENGTH)
_LONG_VALUE = re.compile(rb"\"[^\"<>]{200,}\"|'[^'<>]{200,}'")
_SPAN = re.compile(r"\s*\+?0*([0-9]{1,7})")

_PICTURE = "shown"  # the attribute of a picture that holds the sign for it
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_BREAK_IN_CHINESE = re.compile(rf"(?<={_WIDE})[ \t]*[\r\n][ \t\r\n\f]*(?={_WIDE})")
_BLANKS = " \t\r\n\f\v\xa0\u3000\u2002\u2003\u2009\u200b\u200c\u200d\u2028\u2060\ufeff"
_WHITE = re.compile(r"[ \t\r\n\f\v\u2028]")

# The flat page: a mark and a letter before each table, row and cell, and where these end; between lines a break.
_MARK = "\x7f"  # taken out of the page itself, where it may be written as a reference too
_BREAK = "\u2028"
_MARK_REFERENCE = re.compile(rb"&#(?:[xX]0*7[fF]|0*127)(?![0-9a-fA-F]);?")
_TABLE, _TABLE_END, _ROWS, _ROW, _CELL, _SPANNED_CELL, _CELL_END = "tegrdsx"

_REMEMBERED_LENGTH = 100  # labels, blanks and small figures come again and again

# A table inside a cell with no more text than this is a frame around a label or figure.
_FRAME_LENGTH = 30
_CELLS_BESIDE_A_FRAME = 4
# A cell with this much text, this many lines and this large a part of its table is page layout, not a cell of data.
_NARRATIVE_LENGTH = 300
_NARRATIVE_LINES = 3
_NARRATIVE_SHARE = 0.6


def read(data: bytes) -> Document:
    """The paragraphs and tables of a web page. Raises `Refused` where it shows no text, or is too large."""
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data):,} bytes of HTML")
    page = decode(data)
    return Document("html", laid_out(page, file_beside), linked_in_page(page))


def laid_out(text: str, files: Files = lambda address: None) -> tuple[Block, ...]:
    """The paragraphs and grids of a page whose text is decoded. Raises `Refused` as `read` does."""
    text, inline = without_inline(text)
    page = _prepared(text.encode("utf-8", errors="replace"))
    root = _tree(page)
    if root is None:
        raise Refused("not-a-document", "a web page without content")
    mark_styles(root, page)
    if b" data-" in page:
        _mark_filled_by_scripts(root)
    pictures = Pictures()
    for image in root.iter("img"):
        address = image.get("src", "").strip()
        image.set(_PICTURE, pictures.sign(unpacked(address, inline) or files(address)))
    blocks = pictures.shown(_blocks(_pieces(_flat(root))))
    if not blocks:
        raise Refused("not-a-document", f"a web page that shows {_beside_text(page)}")
    return blocks


def _beside_text(page: bytes) -> str:
    """The content of a page without text, in words."""
    found = _FRAME_OR_PICTURE.search(page)
    if found is None:
        return "no text"
    return "pictures and no text" if found[1].lower() == b"img" else "only frames, whose content is in other files"


# ------------------------------------------------------------------------------------------------------------ to a tree


def _prepared(page: bytes) -> bytes:
    """The page within our limits, without what would end it early: pages are stored twice, and cut from others."""
    page = _sized(page).replace(b"\0", b"").replace(b"\x7f", b"")
    page = _MARK_REFERENCE.sub(b"", _PAGE_END.sub(b"", page))
    if b"<![CDATA[" in page:
        page = _CDATA.sub(b"", page)
    first = _TABLE_TAG.search(page)
    if first and first[1].lower() != b"table":  # cut at the front, inside of a table
        return b"%b<table>%b" % (page[: first.start()], page[first.start() :])
    return page


def _sized(page: bytes) -> bytes:
    """Reading a tag takes the square of its attributes, so it must not be long; an image in it is but one attribute."""
    if (tags := page.count(b"<")) > MAX_TAGS:
        raise Refused("too-large", f"{tags:,} tags")
    half = MAX_TAG_LENGTH // 2
    if all(page.find(b"<", at, at + half) >= 0 for at in range(0, len(page), half)):
        return page
    if _LONG_TAG.search(page):
        page = _LONG_VALUE.sub(b'""', page)
    if _LONG_TAG.search(page):
        raise Refused("too-large", f"a tag of over {MAX_TAG_LENGTH:,} characters")
    return page


def _tree(page: bytes) -> etree._Element | None:
    """The page as libxml2 mends it."""
    root, cut = _parsed(page)
    if cut:  # tags left open, such as hundreds of <font>, nest as deep as a bomb's; these carry nothing we need
        root, cut = _parsed(_INLINE_TAG.sub(b"", page))
    if cut:
        raise Refused("too-large", "tags nested over 256 deep, or a text of over 10 MB")
    return root


def _parsed(page: bytes) -> tuple[etree._Element | None, bool]:
    """The tree, and whether it was cut at a limit of the parser."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(page, parser)
    except etree.XMLSyntaxError as e:
        raise Refused("damaged", str(e)) from e
    return root, any(e.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for e in parser.error_log)


def _mark_filled_by_scripts(root: etree._Element) -> None:
    """An empty element with data in a cell is where a script writes: what a person sees there is not in the page."""
    for element in root.iter("span", "b", "i", "em", "strong", "div", "p", "font", "td", "th", "label"):
        if not len(element) and not (element.text or "").strip(_BLANKS) and _is_filled(element):
            element.text = OBJECT


def _is_filled(element: etree._Element) -> bool:
    if not any(name.startswith("data-") for name in map(str, element.attrib)):
        return False
    return element.tag in ("td", "th") or next(element.iterancestors("td", "th"), None) is not None


# ------------------------------------------------------------------------------------------------ to text with marks


def _flattener() -> etree.XSLT:
    """The stylesheet that flattens a page; walking the tree from here would take several times as long.

    White space between rows and cells is not even looked at. Any other element there (mode `part`) ends the cell.
    """
    spans = "<x:value-of select=\"concat(translate(@colspan, '|', ''), '|', translate(@rowspan, '|', ''), '|')\"/>"
    templates = (
        _template(_UNSEEN, inside=""),
        _template(_BLOCKS, before=_BREAK, after=_BREAK),
        _template("s|strike|del", before=BEGIN["struck"], after=END),
        _template("sup", before=BEGIN["raised"], after=END),
        _template("sub", before=BEGIN["lowered"], after=END),
        *_in_cells(),
        _template("pre/text()", inside=f"<x:value-of select=\"translate(., '&#10;', '{_BREAK}')\"/>"),
        _template("table", before=_MARK + _TABLE, inside=_INSIDE_PART, after=_MARK + _TABLE_END),
        _template("td|th", before=_MARK + _CELL, after=_MARK + _CELL_END),
        *(_template("thead|tbody|tfoot", m, before=_MARK + _ROWS, inside=_INSIDE_PART) for m in ("", "part")),
        *(_template("tr", m, before=_MARK + _ROW, inside=_INSIDE_PART) for m in ("", "part")),
        _template(_UNSEEN, "part", inside=""),
        _template("td|th", "part", before=_MARK + _CELL),
        _template("td[@colspan|@rowspan]|th[@colspan|@rowspan]", "part", before=_MARK + _SPANNED_CELL,
                  inside=f"{spans}<x:apply-templates/>"),
        _template("*", "part", before=_MARK + _CELL_END, inside='<x:apply-templates select="."/>'),
        _template("text()", "part", before=_MARK + _CELL_END, inside='<x:value-of select="."/>'),
    )  # fmt: skip
    sheet = (
        '<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:output method="text"/>'
        '<x:strip-space elements="table thead tbody tfoot tr"/>'
        f"{''.join(templates)}</x:stylesheet>"
    )
    no_access = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # the stubs do not know it
    return etree.XSLT(etree.fromstring(sheet), access_control=no_access)


def _in_cells() -> Iterator[str]:
    """The content of a cell that is shown but not as text between tags: values of controls, pictures and the like."""

    def inside(*patterns: str) -> str:
        return "|".join(f"{cell}//{pattern}" for cell in ("td", "th") for pattern in patterns)

    value, text = '<x:value-of select="{}"/>', '<x:value-of select="."/>'
    kind = "translate(@type, 'ABCDEHILMNORTUWX', 'abcdehilmnortuwx')"
    typed = " or ".join(f"{kind} = '{t}'" for t in _VALUE_TYPES)
    yield _template(inside(f"input[not(@type) or {typed}]"), inside=value.format("@value"))
    yield _template(inside("textarea"), inside=text)
    chosen = "(.//option[@selected]|.//option[not(../option/@selected)][1])[1]"
    yield _template(inside("select"), inside=value.format(chosen))
    yield _template(inside("svg", "canvas", "object", "embed", "video", "iframe"), inside=OBJECT)
    yield _template("img", inside=value.format(f"@{_PICTURE}"))
    tiny = " or ".join(f"@{side} = '{n}'" for side in ("width", "height") for n in ("0", "1", "2", "3", "0px", "1px"))
    yield _template(f"img[{tiny}]", inside="", priority=1)
    yield _template(inside("script[contains(., 'document.write')]"), inside=OBJECT)
    laid_out = "|".join(f".//{n}" for n in ("mfrac", "msup", "msub", "msqrt", "mroot", "mover", "munder", "mtable"))
    yield _template(inside(f"math[{laid_out}]"), inside=OBJECT)


_INSIDE_PART = '<x:apply-templates mode="part"/>'


def _template(
    match: str,
    mode: str = "",
    before: str = "",
    inside: str = "<x:apply-templates/>",
    after: str = "",
    priority: int = 0,
) -> str:
    printed = [f"<x:text>{text}</x:text>" if text else "" for text in (before, after)]
    moded = (f' mode="{mode}"' if mode else "") + (f' priority="{priority}"' if priority else "")
    return f'<x:template match="{match}"{moded}>{printed[0]}{inside}{printed[1]}</x:template>'


_FLATTEN = _flattener()


def _flat(root: etree._Element) -> str:
    return str(_FLATTEN(root))


# ---------------------------------------------------------------------------------------------- to tables inside text


@dataclass(slots=True)
class _TableCell:
    """A cell as marked up; once its table is spread, its edges, first row, and how many rows it reaches into."""

    columns: int
    rows: int
    content: list[_Piece]
    text: str = ""
    left_out: str = ""
    start: int = 0
    end: int = 0
    row: int = 0
    height: int = 0


@dataclass(slots=True)
class _Table:
    """The rows of a table, where its groups of rows begin, and what stands in it outside of cells."""

    rows: list[list[_TableCell]] = field(default_factory=list)
    groups: set[int] = field(default_factory=set)
    before: list[_Piece] = field(default_factory=list)
    after: list[_Piece] = field(default_factory=list)
    inside: list[_Table] = field(default_factory=list)

    @property
    def cells(self) -> Iterator[_TableCell]:
        return chain.from_iterable(self.rows)

    @property
    def around(self) -> list[_Piece]:
        """Where text belongs that stands in no cell."""
        return self.after if self.rows else self.before


_Piece = Union[str, "_Table"]


def _pieces(flat: str) -> list[_Piece]:
    """The page as text and tables of data. As in browsers, a row or cell that opens ends the one before."""
    first, *marked = flat.split(_MARK)
    into: list[_Piece] = [first]
    table = _Table()
    opened: list[tuple[_Table, list[_Piece]]] = []
    for piece in marked:
        kind, text = piece[0], piece[1:]
        if kind == _CELL and opened:
            into = _open_cell(table, 1, 1)
        elif kind == _TABLE:
            opened.append((table, into))
            table = _Table()
            into = table.before
        elif not opened:
            text = _BREAK + text  # rows and cells outside of any table are lines
        elif kind == _TABLE_END:
            found = _resolved(table)
            table, into = opened.pop()
            into += found
            if into is not table.around:
                table.inside += (p for p in found if isinstance(p, _Table))
        elif kind == _SPANNED_CELL:
            columns, rows, text = text.split("|", 2)
            into = _open_cell(table, _span(columns, 1), _span(rows, MAX_SPAN))
        else:
            into = table.around
            _open_row(table, kind)
        into.append(text)
    return into


def _open_row(table: _Table, kind: str) -> None:
    """Begin a row or a group of rows; nothing begins where a cell ends."""
    if kind == _ROW:
        table.rows.append([])
    elif kind == _ROWS:
        table.groups.add(len(table.rows))


def _open_cell(table: _Table, columns: int, rows: int) -> list[_Piece]:
    if not table.rows:
        table.rows.append([])
    cell = _TableCell(columns, rows, [])
    table.rows[-1].append(cell)
    return cell.content


def _span(printed: str, of_zero: int) -> int:
    """A span as browsers read it: leading digits; a cell with rowspan 0 reaches down to the end of its group."""
    found = _SPAN.match(printed)
    return min(int(found[1]) or of_zero, MAX_SPAN) if found else 1


def _resolved(table: _Table) -> list[_Piece]:
    """A table of data with the text around it; of a table that lays out the page what its cells hold, by lines."""
    if table.inside and _only_frames(table):
        for cell in table.cells:
            cell.content = list(_unframed(cell.content))
        table.inside = []
    if not table.inside:
        for cell in table.cells:
            cell.text, cell.left_out = _cell_text(cell.content)
        if not _lays_out(table):
            return [_BREAK, *table.before, _BREAK, table, *table.after, _BREAK]
    held = (piece for cell in table.cells for piece in (_BREAK, *cell.content))
    return [_BREAK, *table.before, *held, _BREAK, *table.after, _BREAK]


def _only_frames(table: _Table) -> bool:
    """True where the tables inside merely frame a few of a table's many labels and figures."""
    if any(sum(len(c.text) for c in t.cells) > _FRAME_LENGTH for t in table.inside):
        return False
    return sum(1 for _ in table.cells) >= _CELLS_BESIDE_A_FRAME * len(table.inside)


def _unframed(content: Iterable[_Piece]) -> Iterator[_Piece]:
    for piece in content:
        if isinstance(piece, _Table):
            yield from (c.text for c in piece.cells)
        else:
            yield piece


def _lays_out(table: _Table) -> bool:
    """True for a table of one column, of text between spacers, or of one narrative with little beside it."""
    if all(len(row) <= 1 for row in table.rows) and all(c.rows == 1 for c in table.cells):
        return True
    if all(_between_spacers(row) for row in table.rows):
        return any(c.text for c in table.cells)
    longest = max(table.cells, key=_text_length)
    if len(longest.text) < _NARRATIVE_LENGTH or len(list(_lines(longest.content))) < _NARRATIVE_LINES:
        return False
    return len(longest.text) >= _NARRATIVE_SHARE * sum(map(_text_length, table.cells))


def _text_length(cell: _TableCell) -> int:
    return len(cell.text)


def _between_spacers(row: Sequence[_TableCell]) -> bool:
    if len(row) > 3:
        return False
    printed = [c for c in row if _is_printed(c)]
    return not printed or len(row) == 1 or (len(printed) == 1 and not _is_printed(row[0]))


def _is_printed(cell: _TableCell) -> bool:
    return bool(SIGN.sub("", cell.text).strip(OBJECT))


# ------------------------------------------------------------------------------------------------------------ to lines


def _cell_text(content: Sequence[_Piece]) -> Shown:
    printed = "".join(p for p in content if isinstance(p, str)) if len(content) > 1 else str(content[0])
    return _joined(printed) if len(printed) < _REMEMBERED_LENGTH else _joined.__wrapped__(printed)


@lru_cache(maxsize=4_096)
def _joined(printed: str) -> Shown:
    """The text that a cell shows of its lines."""
    printed = printed.strip(_BLANKS)
    return shown("\n".join(_lines([printed])) if _WHITE.search(printed) else printed)


def _lines(content: Iterable[_Piece]) -> Iterator[str]:
    """The lines that are not blank, as shown."""
    for line in "".join(p for p in content if isinstance(p, str)).split(_BREAK):
        if shown := _shown(line):
            yield shown


def _shown(text: str) -> str:
    """White space in the file is one space, a line end between Chinese characters none, blanks at the ends nothing."""
    if "\n" in text or "\r" in text:
        text = _BREAK_IN_CHINESE.sub("", text)
    if "  " in text or "\n" in text or "\t" in text or "\r" in text:  # quicker than a pattern over long paragraphs
        text = _SPACES.sub(" ", text)
    return text.strip(_BLANKS)


def _blocks(pieces: Iterable[_Piece]) -> Iterator[Block]:
    """A paragraph for each line, a grid for each table."""
    grids = 0
    text: list[_Piece] = []
    for piece in pieces:
        if isinstance(piece, str):
            text.append(piece)
            continue
        yield from map(Paragraph, _text_lines(text))
        text = []
        grids += 1
        yield _grid(grids, piece)
    yield from map(Paragraph, _text_lines(text))


def _text_lines(text: Iterable[_Piece]) -> Iterator[str]:
    """The lines outside of tables, without what is hidden or struck in them, with the signs of pictures."""
    return _lines([without_objects(plain("".join(p for p in text if isinstance(p, str))))])


# ------------------------------------------------------------------------------------------------------------ to grids

_Edges = tuple[int, ...]
_START = attrgetter("start")
_START_AND_END = attrgetter("start", "end")


def _grid(number: int, table: _Table) -> Grid:
    """The cells at their columns. `ragged` where the rows between two captions do not share their columns."""
    column, shared = _columns(_runs(_spread(table)))
    cells = [
        Cell(number, c.row, column[c.start], c.text, c.height, column[c.end] - column[c.start], left_out=c.left_out)
        for c in table.cells
    ]
    return Grid(number, tuple(cells if shared else _padded(cells)), ragged=not shared)


def _padded(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Where columns are only an order, a span is fields left blank: any of them may be that of a figure not printed."""
    if (fields := sum(c.col_span for c in cells)) > MAX_FIELDS:
        raise Refused("too-large", f"{fields:,} fields in a table")
    for cell in cells:
        yield cell._replace(col_span=1)
        for col in range(cell.col + 1, cell.col + cell.col_span):
            yield Cell(cell.grid, cell.row, col, "")


def _spread(table: _Table) -> Iterator[list[_TableCell]]:
    """The cells of each row from left to right, those that reach down from above among them, all with their edges."""
    cells: list[_TableCell] = []
    fields = 0
    for number, row in enumerate(table.rows):
        above = [] if number in table.groups else [c for c in cells if c.row + c.rows > number]
        _place(row, number, above)
        cells = sorted((*above, *row), key=_START) if above else row
        fields += len(cells)
        if fields > MAX_FIELDS:
            raise Refused("too-large", f"over {MAX_FIELDS:,} fields in a table")
        for cell in cells:
            cell.height += 1
        yield cells


def _place(row: Iterable[_TableCell], number: int, above: Sequence[_TableCell]) -> None:
    """Each cell takes the next free place; it never covers one that reaches down from above."""
    passed = 0
    start = 0
    for cell in row:
        while passed < len(above) and above[passed].start <= start:
            start = max(start, above[passed].end)
            passed += 1
        end = start + cell.columns
        if passed < len(above):
            end = min(end, above[passed].start)
        cell.row, cell.start, cell.end = number, start, end
        start = end


def _runs(rows: Iterable[Sequence[_TableCell]]) -> list[dict[_Edges, None]]:
    """The different edges of the rows between captions; a row of one cell is a caption and a run of its own."""
    runs: list[dict[tuple[_Edges, ...], None]] = [{}]
    for cells in rows:
        spans = tuple(map(_START_AND_END, cells))
        if len(spans) > 1:
            runs[-1][spans] = None
        elif spans:
            runs += [{spans: None}, {}]
    return [{tuple(sorted(set(chain.from_iterable(spans)))): None for spans in run} for run in runs if run]


def _columns(runs: Sequence[Iterable[_Edges]]) -> tuple[dict[int, int], bool]:
    """The column that begins at each edge, and whether the rows of every run share their columns.

    Colspans only say which edges are one. Header and figures are often spanned differently: then rows of a run with
    equally many cells have the same columns, if all of them can; and edges next to each other are one where no row
    has both.
    """
    same = _by_order(runs)
    profiles = {tuple(same.get(e, e) for e in edges) for run in runs for edges in run}
    shared = all(a < b for edges in profiles for a, b in pairwise(edges))
    if not shared:
        same = {}
        profiles = {edges for run in runs for edges in run}
    number = _by_neighbours(profiles)
    column = {e: number[same.get(e, e)] for run in runs for edges in run for e in edges}
    ends = all(len({column[edges[-1]] for edges in run}) == 1 for run in runs)
    return column, shared and ends


def _by_order(runs: Iterable[Iterable[_Edges]]) -> dict[int, int]:
    """For each edge that differs the one that stands for it: edges of the same order in rows with as many."""
    leader: dict[int, int] = {}

    def find(edge: int) -> int:
        while edge in leader:
            edge = leader[edge]
        return edge

    for run in runs:
        first: dict[int, _Edges] = {}
        for edges in run:
            for pair in zip(first.setdefault(len(edges), edges), edges, strict=True):
                low, high = sorted(map(find, pair)) if pair[0] != pair[1] else pair
                if low != high:
                    leader[high] = low
    return {edge: find(edge) for edge in leader}


def _by_neighbours(profiles: Iterable[_Edges]) -> dict[int, int]:
    """Number the edges; the next one has the same number where no row has both and it can be no other's either."""
    users: dict[int, set[int]] = {}
    for row, edges in enumerate(profiles):
        for edge in edges:
            users.setdefault(edge, set()).add(row)
    number: dict[int, int] = {}
    together: set[int] = set()
    last = -1
    doubtful = False
    ordered = sorted(users)
    for edge, following in zip(ordered, [*ordered[1:], None], strict=True):
        after = users[following] if following is not None else users[edge]
        rival = after.isdisjoint(users[edge]) and not after.isdisjoint(together)
        if not together or rival or doubtful or not together.isdisjoint(users[edge]):
            last += 1
            together = set()
        together |= users[edge]
        number[edge] = last
        doubtful = rival
    return number
