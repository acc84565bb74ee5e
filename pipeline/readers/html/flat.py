"""Flattens the tree of a page to one string: text, with marks where tables, rows and cells begin and end."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.marks import BEGIN, END, OBJECT

# Elements that begin and end a line; any other is a part of its line.
_BLOCKS = (
    "address|article|aside|blockquote|body|br|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure"
    "|footer|form|h1|h2|h3|h4|h5|h6|head|header|hgroup|hr|html|legend|li|main|menu|nav|ol|p|pre|search|section|summary"
    "|ul"
)
_UNSEEN = (
    "script|style|noscript|template|title|iframe|noframes|noembed|select|datalist|svg|audio|video|canvas|textarea|rp"
)
_BUTTONS = ("submit", "button", "reset")
# Controls of which a person sees no value at all, and those that show it in another way than as text.
_NO_VALUE = ("hidden", "checkbox", "radio", "file")
_VALUE_DRAWN = ("password", "range", "color", "image")

PICTURE = "shown"  # the attribute of a picture that holds the sign for it
DOUBT = "seen-otherwise"  # the attribute of a table that says why
BLANKS = " \t\r\n\f\v\xa0\u3000\u2002\u2003\u2009\u200b\u200c\u200d\u2028\u2060\ufeff"
# The flat page: a mark and a letter before each table, row and cell, and where these end; between lines a break. Before
# a cell that spans several columns or rows stands how many.
MARK = "\x7f"  # taken out of the page itself, where it may be written as a reference too
BREAK = "\u2028"
SAID = "\ufdd6"  # behind what an attribute says of a table
GAP = "\ufdd4"  # between what a cell shows apart on a line; in text outside of cells it says nothing
TABLE, TABLE_END, ROWS, ROW, SPANS, CELL, _CELL_END = "tegrsdx"
SPANNED = "|"  # between how many columns and how many rows a cell spans

# A cell with spans, while the page is flattened: the parser writes all names in small letters. To look for attributes
# of each cell would be most of what the stylesheet takes.
_SPANNED = "TD"
_CELLS = ("td", "th", _SPANNED)
# One question for each: the union of two takes the square of how many there are. Attributes are found sooner than
# cells that have one.
_SPANS_OF = {
    cell: tuple(etree.XPath(f"descendant::{cell}/@{name}") for name in ("colspan", "rowspan")) for cell in ("td", "th")
}


def _flattener() -> etree.XSLT:
    """The stylesheet that flattens a page; walking the tree from here would take several times as long.

    White space between rows and cells is not even looked at. Any other element there (mode `part`) ends the cell.
    """
    templates = (
        _template(_UNSEEN, inside=""),
        _template(_BLOCKS, before=BREAK, after=BREAK),
        _template("s|strike|del", before=BEGIN["struck"], after=END),
        _template("sup|rt|rtc", before=BEGIN["raised"], after=END),
        _template("sub", before=BEGIN["lowered"], after=END),
        *_in_cells(),
        _template("pre/text()", inside=f"<x:value-of select=\"translate(., '&#10;', '{BREAK}')\"/>"),
        _template("table", before=MARK + TABLE, inside=_INSIDE_PART, after=MARK + TABLE_END),
        _template(f"table[@{DOUBT}]", before=MARK + TABLE, after=MARK + TABLE_END, priority=1,
                  inside=f"<x:value-of select='@{DOUBT}'/><x:text>{SAID}</x:text>{_INSIDE_PART}"),
        _template("|".join(_CELLS), before=MARK + CELL, after=MARK + _CELL_END),
        *(_template("thead|tbody|tfoot", m, before=MARK + ROWS, inside=_INSIDE_PART) for m in ("", "part")),
        *(_template("tr", m, before=MARK + ROW, inside=_INSIDE_PART) for m in ("", "part")),
        _template(_UNSEEN, "part", inside=""),
        _template("td|th", "part", before=MARK + CELL),
        _template(_SPANNED, "part", before=MARK + SPANS,
                  inside=f"{_COLUMNS_AND_ROWS}<x:text>{MARK}{CELL}</x:text><x:apply-templates/>"),
        _template("*", "part", before=MARK + _CELL_END, inside='<x:apply-templates select="."/>'),
        _template("text()", "part", before=MARK + _CELL_END, inside='<x:value-of select="."/>'),
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
        return "|".join(f"{cell}//{pattern}" for cell in _CELLS for pattern in patterns)

    value = '<x:value-of select="{}"/>'
    yield _template(inside("input"), inside=_input())
    yield _template(inside("textarea"), "", GAP, value.format("."), GAP)
    chosen = "((.//option[@selected])[last()]|(.//option)[1][not(ancestor::select[1]//option[@selected])])"
    yield _template(inside("select"), "", GAP, value.format(chosen), GAP)
    yield _template(inside(f"select[@multiple or @size > 1 or {chosen}/@label]"), priority=1, inside=OBJECT)
    yield _template(inside("meter", "progress", "bdo[translate(@dir, 'RTL', 'rtl') = 'rtl']"), inside=OBJECT)
    yield _template(inside("dialog[not(@open)]"), "", BEGIN["hidden"], after=END, priority=1)
    folded = '<x:apply-templates select="node()[not(self::summary)]"/>'
    folded = f"<x:text>{BEGIN['hidden']}</x:text>{folded}<x:text>{END}</x:text>"
    unfolded = f'<x:apply-templates select="summary[1]"/>{folded}'
    yield _template(inside("details[not(@open)]"), "", BREAK, unfolded, BREAK, priority=1)
    yield _template(inside("svg", "canvas", "object", "embed", "video", "iframe"), inside=OBJECT)
    yield _template("img", inside=value.format(f"@{PICTURE}"))
    tiny = " or ".join(f"@{side} = '{n}'" for side in ("width", "height") for n in ("0", "1", "2", "3", "0px", "1px"))
    yield _template(f"img[{tiny}]", inside="", priority=1)
    yield _template(inside("script[contains(., 'document.write')]"), inside=OBJECT)
    laid_out = "|".join(f".//{n}" for n in ("mfrac", "msup", "msub", "msqrt", "mroot", "mover", "munder", "mtable"))
    yield _template(inside(f"math[{laid_out}]"), inside=OBJECT)


def _input() -> str:
    """What is shown of a control. Its kind is found once here; in patterns it would be, for each, again and again."""
    value = f'<x:text>{GAP}</x:text><x:value-of select="@value"/><x:text>{GAP}</x:text>'
    cell = "|".join(f"ancestor::{cell}" for cell in _CELLS)
    alone = f"normalize-space(({cell})[last()]) = '' and translate(@value, '0123456789', '') != @value"
    shown = ((_BUTTONS, f'<x:if test="{alone}">{value}</x:if>'), (_NO_VALUE, ""), (_VALUE_DRAWN, OBJECT))
    known = (
        f"<x:when test=\"contains('{'|'.join(('', *kinds, ''))}', $kind)\">{text}</x:when>" for kinds, text in shown
    )
    return (
        "<x:variable name='kind' select=\"concat('|', translate(@type, '|ABCDEFGHIKLMNOPRSTUWX',"
        f" ' abcdefghiklmnoprstuwx'), '|')\"/><x:choose>{''.join(known)}<x:otherwise>{value}</x:otherwise></x:choose>"
    )


_INSIDE_PART = '<x:apply-templates mode="part"/>'
_COLUMNS_AND_ROWS = (
    f"<x:value-of select=\"translate(@colspan, '{SPANNED}', '')\"/><x:text>{SPANNED}</x:text>"
    '<x:value-of select="@rowspan"/>'
)


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


def flattened(root: etree._Element) -> str:
    """The page as one string: text, and a mark and a letter before each table, row and cell, and at their ends.

    Changes the tree.
    """
    kinds = (cell for cell in _SPANS_OF if next(root.iter(cell), None) is not None)
    for found in (find(root) for cell in kinds for find in _SPANS_OF[cell]):
        for span in found if isinstance(found, list) else ():
            if isinstance(span, etree._ElementUnicodeResult) and (cell := span.getparent()) is not None:
                cell.tag = _SPANNED
    return str(_FLATTEN(root))
