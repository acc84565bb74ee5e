"""How the runs of a .docx look: which are hidden, struck, raised or lowered, by themselves or by their styles.

The text of such a run is put between marks. Its use is decided in `pipeline.marks` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.marks import Mark, marked
from pipeline.readers.word.elements import (
    CELL,
    CELL_PROPERTIES,
    OFF,
    PARAGRAPH,
    PARAGRAPH_PROPERTIES,
    RUN,
    RUN_PROPERTIES,
    TABLE,
    TEXT,
    value_of,
    word,
)
from pipeline.readers.word.shades import UNKNOWN, WHITE, WHITE_TEXT, highlight, is_like, shade_of
from pipeline.readers.word.styles_part import (
    CELL_PAPER,
    ODD_SIGNS,
    PARAGRAPH_PAPER,
    TINY,
    Looks,
    StyleSheet,
    colours_of,
    fills_of,
    has_any,
    is_odd,
    looks_of,
    may_be_unseen,
    meet,
)
from pipeline.readers.word.table_looks import TableLooks

_LEAST_RISE = 2  # half points: less is a matter of fonts
_NARROW = 10  # of 100: so much of its width is left of a character
# What a text says of colours and sizes, a few things hundreds of times.
_SAID = re.compile(rb"<w:(?:shd|color|highlight|sz) [^<>]*>")
_DARK_BEHIND = (b'<w:highlight w:val="black"', b'<w:shd w:val="solid"')


def may_vanish(text: bytes, styles: StyleSheet) -> bool:
    """True where colours or sizes may let some text of a document not be seen: then they are to be kept."""
    said = b"".join(set(_SAID.findall(text)))
    if may_be_unseen(said) or has_any(_DARK_BEHIND, said):
        return True
    used = list(styles.in_use(text))
    if any("sz" in looks or WHITE_TEXT.match(looks.get("color", "")) for looks in used):
        return True
    fills = fills_of(said) | {k[n] for k in used for n in ("shd", PARAGRAPH_PAPER, CELL_PAPER) if n in k}
    fills = {f for f in fills if not WHITE_TEXT.match(f)}
    return bool(fills) and meet(fills, colours_of(said) | {k["color"] for k in used if "color" in k})


def mark_looks(body: etree._Element, text: bytes, styles: StyleSheet, *, colours: bool) -> None:
    """Put marks around the text of runs that do not look plain. `text` is what the body was parsed from.

    Colours and sizes count only where `colours` says that they were kept.
    """
    if not colours and not has_any(ODD_SIGNS, text) and not any(map(is_odd, styles.in_use(text))):
        return
    around = _Around(styles)
    for run in body.iter(RUN):
        looks = around.looks(run)
        if looks and (mark := _mark(looks, run, around, colours=colours)):
            mark_run(run, mark)


class _Around:
    """What the styles around a run say of its looks: the defaults, its table's, its paragraph's, its own."""

    def __init__(self, styles: StyleSheet) -> None:
        self._styles = styles
        self._tables = TableLooks(styles) if styles.tables else None
        self._has_any = bool(styles.defaults or styles.tables or styles.paragraphs)

    def looks(self, run: etree._Element) -> Looks:
        """The looks of a run; the nearer ones count."""
        properties = run.find(RUN_PROPERTIES)
        style = value_of(properties, "rStyle")
        named = self._styles.runs.get(style, {}) if style is not None else {}
        own = {**named, **looks_of(properties)}
        return {**self._of_table(run), **self._of_paragraph(run), **own} if self._has_any else own

    def _of_table(self, run: etree._Element) -> Looks:
        return {**self._styles.defaults, **(self._tables.of(run) if self._tables else {})}

    def _of_paragraph(self, run: etree._Element) -> Looks:
        if not self._styles.paragraphs:
            return {}
        paragraph = next(run.iterancestors(PARAGRAPH), None)
        style = None if paragraph is None else value_of(paragraph.find(PARAGRAPH_PROPERTIES), "pStyle")
        return self._styles.paragraphs.get(style or "", {})

    def paper(self, looks: Looks, run: etree._Element) -> str:
        """The colour behind a run: its own, its paragraph's, its cell's, its table's; white where there is none."""
        return next((shade for shade in self._papers(looks, run) if shade), WHITE)

    def _papers(self, looks: Looks, run: etree._Element) -> Iterator[str | None]:
        yield highlight(looks.get("highlight"))
        yield looks.get("shd")
        yield from (shade_of(p.find(PARAGRAPH_PROPERTIES)) for p in run.iterancestors(PARAGRAPH))
        yield looks.get(PARAGRAPH_PAPER)
        yield from (shade_of(cell.find(CELL_PROPERTIES)) for cell in run.iterancestors(CELL))
        yield looks.get(CELL_PAPER)
        for table in run.iterancestors(TABLE):
            yield shade_of(table.find(word("tblPr")))
            named = value_of(table.find(word("tblPr")), "tblStyle") is not None
            yield UNKNOWN if named and not self._styles.is_there else None  # it may shade its cells


def mark_run(run: etree._Element, mark: Mark) -> None:
    """Put marks around the texts of a run, or of all runs inside an element."""
    for text in run.iter(TEXT):
        text.text = marked(text.text or "", mark)


def _mark(looks: Looks, run: etree._Element, around: _Around, *, colours: bool) -> Mark | None:
    """The strongest mark of a run; text in the colour of what is behind it is hidden."""
    if _is_on(looks, "vanish") or 0 < _number(looks.get("w")) < _NARROW:
        return "hidden"
    if colours and (0 < _number(looks.get("sz")) <= TINY or is_like(looks.get("color", ""), around.paper(looks, run))):
        return "hidden"
    if _is_on(looks, "strike") or _is_on(looks, "dstrike"):
        return "struck"
    if (align := looks.get("vertAlign")) in ("superscript", "subscript"):
        return "raised" if align == "superscript" else "lowered"
    if abs(rise := _number(looks.get("position"))) >= _LEAST_RISE:
        return "raised" if rise > 0 else "lowered"
    return None


def _is_on(looks: Looks, name: str) -> bool:
    return name in looks and looks[name] not in OFF


def _number(value: str | None) -> int:
    return int(value) if value and value.lstrip("-").isdecimal() and len(value) < 6 else 0
