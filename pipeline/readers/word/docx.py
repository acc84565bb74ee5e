"""Word documents (.docx), straight from their XML: the main text with its tables, text boxes and automatic numbers.

What is not printed as part of the text stays out: headers, footers and notes, hidden and deleted text, field codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.document import Block, Document
from pipeline.numbers import OBJECT
from pipeline.readers.archive import Archive, Parts, xml
from pipeline.readers.refused import Refused
from pipeline.readers.word.embedded import SIGN, Embedded
from pipeline.readers.word.flow import Item, TableCell, WordTable, blocks, complete
from pipeline.readers.word.looks import COLOURS, mark_looks, mark_run
from pipeline.readers.word.numbering import MAX_LEVEL, Level, Numbered, Numbering

MAX_CELLS = 200_000
MAX_SPAN = 200  # columns; Word itself has at most 63
_MOST_BASES = 20  # styles based on each other; Word allows about ten

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_BASED_ON = re.compile(rb'basedOn\s[^<>]*val="([^"]*)"')
_HEAD = 10_000  # bytes in which the root element ends
_LOOKS = re.compile(
    rb"<w:(?:top|left|bottom|right|insideH|insideV|shd|tcW|vAlign|noWrap|rFonts|szCs|sz|bCs|b|kern|lang|color"
    rb"|highlight|u|jc|ind|spacing|keepNext|keepLines|widowControl|suppressLineNumbers|snapToGrid|trHeight)"
    rb"(?: [^<>]*)?/>"
)
_LOOKS_BUT_COLOURS = re.compile(re.sub(rb"(?<=[(|])(?:shd|color|highlight|sz)\|", b"", _LOOKS.pattern))
_OFF = frozenset({"0", "false", "off"})


def _w(name: str) -> str:
    return f"{{{_W}}}{name}"


_VAL, _TYPE = _w("val"), _w("type")
_P, _R, _T, _BREAK, _BOX = _w("p"), _w("r"), _w("t"), _w("br"), _w("txbxContent")
_TABLE, _ROW, _CELL = _w("tbl"), _w("tr"), _w("tc")
_P_PR, _R_PR, _ROW_PR = _w("pPr"), _w("rPr"), _w("trPr")
_MATH_TEXT = f"{{{_MATH}}}t"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
# A picture, chart or embedded object, and the parts of an equation that are not plain numbers.
_NO_TEXT = (
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
    "{urn:schemas-microsoft-com:vml}imagedata",
    *(f"{{{_MATH}}}{name}" for name in ("f", "sSup", "sSub", "sSubSup", "rad", "nary", "m")),
)
_CHOICE, _FALLBACK = f"{{{_MC}}}Choice", f"{{{_MC}}}Fallback"
_SIGNS: Mapping[str, str] = {
    _w("tab"): "\t",
    _w("ptab"): "\t",
    _w("cr"): "\n",
    _w("noBreakHyphen"): "-",
}


_FILES_INSIDE = (b"altChunk", b"OLEObject", b":blip", b":imagedata")


def read(data: bytes) -> Document:
    """The paragraphs and tables of a Word document. Raises `Refused` where it cannot be read."""
    return Document("docx", laid_out(Archive(data)))


def laid_out(archive: Parts, depth: int = 0) -> tuple[Block, ...]:
    """The paragraphs and grids of a document by the parts of its package. Raises `Refused` as `read` does.

    `depth` says how many documents it is inside of.
    """
    name = _main_part(archive)
    content = archive.part(name)
    if content is None:
        raise Refused("not-a-document", "its archive has no main text")
    root = _root_of_text(content, name)
    body = root.find(_w("body"))
    if body is None:
        raise Refused("not-a-document", "its main text has no body")
    _prune(body)
    mark_looks(body, content, archive.part(_beside(name, "styles.xml")) or b"")
    inside = Embedded(archive, name, depth) if any(name in content for name in _FILES_INSIDE) else None
    if inside:
        inside.mark(body)
    found = tuple(blocks(_Walk(body, _numbering(archive, name, body)).items()))
    found = inside.shown(found) if inside else found
    if not found and any(name in content for name in _FILES_INSIDE[:2]):
        raise Refused("needs-converter", "the whole text is a file inside the Word file; save it anew in Word")
    return found


def _beside(main: str, name: str) -> str:
    """The name of a part in the folder of the main text."""
    folder = main.rpartition("/")[0]
    return f"{folder}/{name}" if folder else name


def _main_part(archive: Parts) -> str:
    """Where the package says its document is; nearly always word/document.xml."""
    if "word/document.xml" in archive.names:
        return "word/document.xml"
    relations = archive.xml("_rels/.rels")
    if relations is None:
        raise Refused("not-a-document", "its archive does not name a document")
    for relation in relations.iter(f"{{{_RELATIONS}}}Relationship"):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    raise Refused("not-a-document", "its archive does not name a document")


def _root(content: bytes, name: str) -> etree._Element:
    """The root, with the names of the strict form of the standard changed to the usual ones."""
    return xml(content.replace(_STRICT, _W.encode()) if _STRICT in content[:_HEAD] else content, name)


def _root_of_text(content: bytes, name: str) -> etree._Element:
    """The root of the main text without most of its looks, three quarters of the elements, all without content.

    Dropping them here takes half of the time that building and freeing them takes. Where the prefix is another
    they stay, and nothing is lost but that time.
    """
    looks = _LOOKS_BUT_COLOURS if any(p.search(content) for p in COLOURS) else _LOOKS
    return _root(looks.sub(b"", content), name)


def _prune(body: etree._Element) -> None:
    """Take out what is not printed; nearly every document has nothing of the kind.

    From the end, so that in a chain of joined paragraphs each piece is moved but once.
    """
    for element in reversed(list(body.iter(*_PRUNED))):
        _PRUNED[element.tag](element)


def _remove(element: etree._Element | None) -> None:
    parent = None if element is None else element.getparent()
    if element is not None and parent is not None:
        parent.remove(element)


def _remove_deleted(deleted: etree._Element) -> None:
    """Deleted is the text inside the element, or what the properties around it belong to: a paragraph's mark, a row."""
    properties = deleted.getparent()
    owner = None if properties is None else properties.getparent()
    if properties is not None and properties.tag == _ROW_PR:
        _remove(owner)
    elif owner is not None and owner.tag == _P_PR:
        _join_to_next(owner.getparent())
    elif _is_in_cell(deleted):
        for text in list(deleted.iter(_w("delText"))):
            text.tag = _T
        mark_run(deleted, "struck")
    else:
        _remove(deleted)


def _is_in_cell(element: etree._Element) -> bool:
    return next(element.iterancestors(_CELL), None) is not None


def _join_to_next(paragraph: etree._Element | None) -> None:
    """Without its mark a paragraph is the beginning of the next one."""
    following = None if paragraph is None else paragraph.getnext()
    if paragraph is None or following is None or following.tag != _P:
        return
    first = next(iter(following), None)
    at = 1 if first is not None and first.tag == _P_PR else 0
    for child in reversed([child for child in paragraph if child.tag != _P_PR]):
        following.insert(at, child)
    _remove(paragraph)


def _remove_hidden(sign: etree._Element) -> None:
    """Hidden is a run or a row; what is hidden in other ways stays."""
    properties = sign.getparent()
    owner = None if properties is None else properties.getparent()
    if owner is None or owner.tag not in (_R, _ROW) or sign.get(_VAL, "1") in _OFF:
        return
    if owner.tag == _R and _is_in_cell(owner):
        _remove(sign)
        mark_run(owner, "hidden")
    else:
        _remove(owner)


def _remove_prompt(sign: etree._Element) -> None:
    """Remove the content of a control that was not filled in: it shows only instructions."""
    properties = sign.getparent()
    if properties is not None and sign.get(_VAL, "1") not in _OFF:
        _remove(properties.getparent())


def _keep_one_branch(alternatives: etree._Element) -> None:
    """Of several ways to draw the same thing the first is kept."""
    choice = alternatives.find(_CHOICE)
    kept = alternatives.find(_FALLBACK) if choice is None else choice
    for branch in list(alternatives):
        if branch is not kept:
            _remove(branch)


_PRUNED: Mapping[str, Callable[[etree._Element], None]] = {
    **dict.fromkeys(
        (_w(n) for n in ("moveFrom", "rt", "pPrChange", "rPrChange", "tblPrChange", "trPrChange", "tcPrChange")),
        _remove,
    ),
    _w("del"): _remove_deleted,
    _w("vanish"): _remove_hidden,
    _w("hidden"): _remove_hidden,
    _w("showingPlcHdr"): _remove_prompt,
    f"{{{_MC}}}AlternateContent": _keep_one_branch,
}


@dataclass(slots=True)
class _Paragraph:
    """A paragraph being read: where its pieces of text start, the text boxes anchored in it, its list and level."""

    start: int = 0
    boxes: list[Item] | None = None
    style: str | None = None
    list_name: str | None = None
    level: int | None = None
    unnumbered: bool = False  # its mark is hidden, and its number with it


@dataclass(slots=True)
class _Rows:
    """A table being read: the row that is open, and how far its cells reach."""

    table: WordTable
    row: list[TableCell] = field(default_factory=list)
    reach: int = 0
    to_the_left: bool = False  # the open cell belongs to the one before it


class _Walk:
    """One pass over the elements that matter, in their order, with a stack of those that are open.

    Elements come without their ends, which is many times faster: whatever does not contain the next one is over.
    """

    def __init__(self, body: etree._Element, numbers: _Numbers | None) -> None:
        self._body = body
        self._numbers = numbers
        self._open = [body]
        self._inside = {body}
        self._pieces: list[str] = []
        self._flows: list[list[Item]] = [[]]
        self._paragraphs: list[_Paragraph] = [_Paragraph()]
        self._tables: list[_Rows] = []
        self._cells = 0
        self._begin: Mapping[str, Callable[[etree._Element], None]] = {
            _P: self._paragraph,
            _TABLE: self._table,
            _ROW: self._row,
            _CELL: self._cell,
            _BOX: self._box,
        }
        self._end: Mapping[str, Callable[[], None]] = {
            _P: self._end_paragraph,
            _TABLE: self._end_table,
            _ROW: self._end_row,
            _CELL: self._end_cell,
            _BOX: self._end_box,
            body.tag: self._end_paragraph,
        }
        self._take: dict[str, Callable[[etree._Element], None]] = {
            _T: self._text,
            _MATH_TEXT: self._text,
            _BREAK: self._break,
            _w("gridBefore"): self._indent,
            _w("gridSpan"): self._span,
            _w("vMerge"): self._merge_down,
            _w("hMerge"): self._merge_left,
            _w("ddList"): self._choice,
            **dict.fromkeys(_NO_TEXT, self._object),
            **dict.fromkeys(_SIGNS, self._sign),
        }
        if numbers:
            self._take |= {_w("pStyle"): self._style, _w("numId"): self._list, _w("ilvl"): self._level}
            self._take[_w("vanish")] = self._hide_number

    def items(self) -> list[Item]:
        """The paragraphs and tables of the body."""
        begin, take, is_open = self._begin, self._take, self._open
        for element in self._body.iter(*begin, *take):
            tag = element.tag
            if tag in begin:
                self._close_around(element)
                begin[tag](element)
                is_open.append(element)
                self._inside.add(element)
            else:
                if len(self._paragraphs) > 2:  # inside a text box, or behind one
                    self._close_around(element)
                take[tag](element)
        while is_open:
            self._end[is_open.pop().tag]()
        while self._tables:  # begun by a cell that stands in no table
            self._end_table()
        return self._flows[0]

    def _close_around(self, element: etree._Element) -> None:
        """End what is open until the top of the stack contains the element."""
        is_open, inside = self._open, self._inside
        parent = element.getparent()
        if is_open[-1] is parent:
            return
        while parent not in inside:
            assert parent is not None
            parent = parent.getparent()
        while is_open[-1] is not parent:
            over = is_open.pop()
            inside.remove(over)
            self._end[over.tag]()

    def _text(self, element: etree._Element) -> None:
        self._pieces.append(element.text or "")

    def _choice(self, element: etree._Element) -> None:
        """What a list of a form shows is in no text: the entry chosen, else the first."""
        chosen = _int(_value(element, "result") or _value(element, "default"), 0, MAX_SPAN)
        entries = [e.get(_VAL, "") for e in element.iterchildren(_w("listEntry"))]
        self._pieces.extend(entries[chosen : chosen + 1])

    def _object(self, element: etree._Element) -> None:
        """A picture, drawing or formula in the line of a cell; what floats over the text stands in no line."""
        if self._tables and not _floats(element):
            self._pieces.append(element.get(SIGN, OBJECT))

    def _sign(self, element: etree._Element) -> None:
        parent = element.getparent()
        if parent is not None and parent.tag == _R:  # elsewhere it is a stop of the tabulator
            self._pieces.append(_SIGNS[element.tag])

    def _break(self, element: etree._Element) -> None:
        if element.get(_TYPE) not in ("page", "column"):
            self._pieces.append("\n")

    def _style(self, element: etree._Element) -> None:
        self._paragraphs[-1].style = element.get(_VAL)

    def _list(self, element: etree._Element) -> None:
        self._paragraphs[-1].list_name = element.get(_VAL)

    def _level(self, element: etree._Element) -> None:
        self._paragraphs[-1].level = _int(element.get(_VAL), 0, MAX_LEVEL)

    def _hide_number(self, element: etree._Element) -> None:
        """Hidden runs are gone already, so this is the mark of a paragraph."""
        self._paragraphs[-1].unnumbered |= element.get(_VAL, "1") not in _OFF

    def _paragraph(self, _: etree._Element) -> None:
        self._paragraphs.append(_Paragraph(len(self._pieces)))

    def _end_paragraph(self) -> None:
        paragraph = self._paragraphs.pop()
        text = ""
        if len(self._pieces) > paragraph.start:
            text = "".join(self._pieces[paragraph.start :])
            del self._pieces[paragraph.start :]
        if self._numbers and self._is_numbered(paragraph):
            ordinal = self._numbers.ordinal(paragraph.style, paragraph.list_name, paragraph.level)
            text = ordinal + text if text or len(self._flows) > 1 else ""  # a bare number heads nothing
        self._flows[-1].append(text)
        if paragraph.boxes:
            self._flows[-1].extend(paragraph.boxes)

    def _is_numbered(self, paragraph: _Paragraph) -> bool:
        """False where the number is not shown and so does not count."""
        if paragraph.unnumbered or not self._paragraphs:
            return False
        row = self._tables[-1].row if self._tables else []
        return not row or row[-1].merge != "continued"

    def _box(self, _: etree._Element) -> None:
        """A text box is read into the paragraph that anchors it, and stands after it."""
        self._flows.append([])

    def _end_box(self) -> None:
        box = self._flows.pop()
        if self._paragraphs[-1].boxes is None:
            self._paragraphs[-1].boxes = box
        else:
            self._paragraphs[-1].boxes.extend(box)

    def _table(self, element: etree._Element) -> None:
        self._tables.append(_Rows(WordTable(twips=_edges(element))))

    def _end_table(self) -> None:
        self._end_row()
        table = self._tables.pop().table
        if any(row[-1].right not in table.twips for row in table.rows):
            table.twips = {}
        self._flows[-1].extend(complete(table))

    def _row(self, _: etree._Element) -> None:
        self._end_row()

    def _end_row(self) -> None:
        if self._tables:
            rows = self._tables[-1]
            if rows.row:
                rows.table.rows.append(rows.row)
            rows.row, rows.reach = [], 0

    def _cell(self, _: etree._Element) -> None:
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise Refused("too-large", f"more than {MAX_CELLS:,} cells")
        if not self._tables:
            self._tables.append(_Rows(WordTable()))
        rows = self._tables[-1]
        cell = TableCell(rows.reach, rows.reach + 1)
        rows.reach += 1
        rows.row.append(cell)
        self._flows.append(cell.items)

    def _end_cell(self) -> None:
        self._flows.pop()
        rows = self._tables[-1]
        if rows.to_the_left and len(rows.row) > 1:
            cell = rows.row.pop()
            rows.row[-1].right = cell.right
            rows.row[-1].items.extend(cell.items)
        rows.to_the_left = False

    def _indent(self, element: etree._Element) -> None:
        if self._tables and not self._tables[-1].row:
            self._tables[-1].reach = _int(element.get(_VAL), 0, MAX_SPAN)

    def _span(self, element: etree._Element) -> None:
        if self._tables and self._tables[-1].row:
            rows = self._tables[-1]
            rows.row[-1].right = rows.reach = rows.row[-1].left + _int(element.get(_VAL), 1, MAX_SPAN)

    def _merge_down(self, element: etree._Element) -> None:
        if self._tables and self._tables[-1].row:
            self._tables[-1].row[-1].merge = "first" if element.get(_VAL) == "restart" else "continued"

    def _merge_left(self, element: etree._Element) -> None:
        if self._tables:
            self._tables[-1].to_the_left = element.get(_VAL) != "restart"


def _floats(element: etree._Element) -> bool:
    """True for what is placed on the page by itself, such as a seal."""
    if next(element.iterancestors(f"{{{_DRAWING}}}anchor"), None) is not None:
        return True
    shape = element.getparent()
    return shape is not None and "position:absolute" in (shape.get("style") or "").replace(" ", "")


def _is_on(properties: etree._Element | None, name: str) -> bool:
    found = None if properties is None else properties.find(_w(name))
    return found is not None and found.get(_VAL, "1") not in _OFF


def _value(properties: etree._Element | None, name: str) -> str | None:
    """The value of a property; '' where it is there without one, None where it is not there."""
    found = None if properties is None else properties.find(_w(name))
    return None if found is None else found.get(_VAL, "")


def _int(value: str | None, otherwise: int, most: int) -> int:
    if value is None or not value.isdecimal() or len(value) > 9:
        return otherwise
    return max(otherwise, min(int(value), most))


def _edges(table: etree._Element) -> dict[int, int]:
    """Where the grid of a table has its edges, in twips; nothing where it has widths that cannot be."""
    grid = table.find(_w("tblGrid"))
    widths = [] if grid is None else [_int(c.get(_w("w")), 0, 100_000) for c in grid.iterchildren(_w("gridCol"))]
    if 0 in widths:
        return {}
    edges = {0: 0}
    for n, width in enumerate(widths, start=1):
        edges[n] = edges[n - 1] + width
    return edges


@dataclass(slots=True)
class _Numbers:
    """The automatic numbers of paragraphs: their own list and level, else those of their style."""

    numbering: Numbering
    of_style: Mapping[str, tuple[str, int]]

    def ordinal(self, style: str | None, list_name: str | None, level: int | None) -> str:
        """The ordinal of the next paragraph, by its style and what it says itself."""
        name, own_level = self.of_style.get(style or "", ("", 0))
        name = list_name or name
        return self.numbering.ordinal(name, own_level if level is None else level) if name else ""


def _numbering(archive: Parts, main: str, body: etree._Element) -> _Numbers | None:
    """The lists of the document and the styles that number, None where no paragraph is in a list."""
    if _beside(main, "numbering.xml") not in archive.names:
        return None
    used = {style.get(_VAL, "") for style in body.iter(_w("pStyle"))}
    styles = archive.part(_beside(main, "styles.xml")) or b"" if used else b""
    styled = _may_number(styles, used)
    if not styled and next(body.iter(_w("numPr")), None) is None:
        return None
    root = _root(archive.part(_beside(main, "numbering.xml")) or b"", "numbering.xml")
    levels = {d.get(_w("abstractNumId"), ""): _levels(d) for d in root.iterchildren(_w("abstractNum"))}
    lists = {n.get(_w("numId"), ""): _numbered(n, levels) for n in root.iterchildren(_w("num"))}
    lists.pop("0", None)  # which says: no list
    of_style = _numbering_styles(_root(styles, "styles.xml"), used, root, lists) if styled else {}
    return _Numbers(Numbering(lists), of_style)


def _may_number(styles: bytes, used: Iterable[str]) -> bool:
    """Whether one of the styles in use, or one that it is based on, names a list.

    Looks at bytes, since a sheet of styles is often ten times as long as the text and none of those in use numbers.
    """
    if b"numPr" not in styles:
        return False
    waiting = [f'styleId="{name}"'.encode() for name in used]
    seen: set[bytes] = set()
    while waiting:
        name = waiting.pop()
        at = styles.find(name)
        definition = styles[at : styles.find(b"style>", at)]
        if at < 0 or b"numPr" in definition:
            return True
        seen.add(name)
        based = _BASED_ON.search(definition)
        if based and (parent := b'styleId="' + based[1] + b'"') not in seen:
            waiting.append(parent)
    return False


def _levels(definition: etree._Element) -> dict[int, Level]:
    return {
        _int(found.get(_w("ilvl")), 0, MAX_LEVEL): _level(found) for found in definition.iterchildren(_w("lvl"))
    }  # fmt: skip


def _level(found: etree._Element) -> Level:
    text = _value(found, "lvlText") or ""
    gap = {"space": " ", "nothing": ""}.get(_value(found, "suff") or "tab", " " if text[-1:].isalnum() else "")
    return Level(
        _int(_value(found, "start"), 0, 32_767) if _value(found, "start") else 1,
        _writing(found),
        text,
        gap,
        _value(found, "lvlRestart") != "0",
        _is_on(found, "isLgl"),
    )


def _writing(level: etree._Element) -> str:
    """How a level writes its numerals; newer ways stand in alternative content beside an older one."""
    for found in level.iter(_w("numFmt")):
        return found.get(_VAL, "decimal")
    return "decimal"


def _numbered(num: etree._Element, definitions: Mapping[str, Mapping[int, Level]]) -> Numbered:
    definition = _value(num, "abstractNumId") or ""
    levels = dict(definitions.get(definition, {}))
    restarted: set[int] = set()
    for override in num.iterchildren(_w("lvlOverride")):
        number = _int(override.get(_w("ilvl")), 0, MAX_LEVEL)
        other = override.find(_w("lvl"))
        if other is not None:
            levels[number] = _level(other)
        start = _value(override, "startOverride")
        if start:
            old = levels.get(number, Level())
            levels[number] = Level(_int(start, 0, 32_767), old.writing, old.text, old.gap, old.restarts, old.legal)
            restarted.add(number)
    return Numbered(definition, levels, frozenset(restarted))


def _numbering_styles(
    styles: etree._Element, used: Iterable[str], numbering: etree._Element, lists: Mapping[str, Numbered]
) -> dict[str, tuple[str, int]]:
    """By style in use: its list and level. A style takes over the list of the style it is based on."""
    level_of = {
        (definition.get(_w("abstractNumId"), ""), style): level
        for definition in numbering.iterchildren(_w("abstractNum"))
        for level, style in _linked_styles(definition)
    }
    own = {s.get(_w("styleId"), ""): s for s in styles.iterchildren(_w("style"))}
    found: dict[str, tuple[str, int]] = {}
    for name in used:
        chain = _based_on(name, own)
        number = next((n for n in (_style_list(own[s]) for s in chain) if n), None)
        if number is None or number[0] not in lists:
            continue
        definition = lists[number[0]].definition
        linked = next((level_of[definition, s] for s in chain if (definition, s) in level_of), None)
        found[name] = number[0], number[1] if linked is None else linked
    return found


def _linked_styles(definition: etree._Element) -> Iterator[tuple[int, str]]:
    for level in definition.iterchildren(_w("lvl")):
        style = _value(level, "pStyle")
        if style:
            yield _int(level.get(_w("ilvl")), 0, MAX_LEVEL), style


def _style_list(style: etree._Element) -> tuple[str, int] | None:
    """The list and level that a style itself names, list 0 to have none."""
    number = style.find(f"{_P_PR}/{_w('numPr')}")
    name = _value(number, "numId")
    return (name, _int(_value(number, "ilvl"), 0, MAX_LEVEL)) if name else None


def _based_on(name: str, styles: Mapping[str, etree._Element]) -> list[str]:
    chain: list[str] = []
    while name in styles and name not in chain and len(chain) < _MOST_BASES:
        chain.append(name)
        name = _value(styles[name], "basedOn") or ""
    return chain
