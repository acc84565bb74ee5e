"""Draw reports as RTF documents, in the ways in which Word, WPS and LibreOffice write the same page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.forms.model import Form
from tests.readers.draw_docx import Box, drawn_table
from tests.render import HEADINGS, TITLE, Figures

FONTS = r"{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\fnil\fcharset134 \'cb\'ce\'cc\'e5;}{\f2\fcharset136 MingLiU;}{\f3\fcharset2 Wingdings;}}"
HEAD = (
    r"{\rtf1\ansi\ansicpg936\deff0"
    + FONTS
    + r"{\colortbl;\red0\green0\blue0;\red255\green255\blue255;}{\stylesheet{\s0 Normal;}}"
)
Encode = Callable[[str], str]


def in_unicode(text: str) -> str:
    """A sign for older programs behind each character."""
    return "".join(c if c.isascii() and c not in "\\{}" else rf"\u{_signed(c)}?" for c in text)


def without_a_sign(text: str) -> str:
    return r"\uc0 " + "".join(c if c.isascii() else rf"\u{_signed(c)} " for c in text) + r"\uc1 "


def with_bytes_of_gbk(text: str) -> str:
    """Two bytes for older programs behind each character, as Word writes."""
    return r"{\uc2 " + "".join(c if c.isascii() else rf"\u{_signed(c)}{in_gbk(c)}" for c in text) + "}"


def in_gbk(text: str) -> str:
    return "".join(rf"\'{b:02x}" if b > 127 else chr(b) for b in text.encode("gb18030"))


def in_a_chinese_font(text: str) -> str:
    return rf"{{\loch\af0\hich\af0\dbch\f1 {in_gbk(text)}}}"


def raw_gbk(text: str) -> str:
    return text.encode("gb18030").decode("latin-1")


def _signed(char: str) -> int:
    return ord(char) - 65536 if ord(char) > 32767 else ord(char)


@dataclass(frozen=True)
class RtfStyle:
    """How text is encoded, and where the definition of a row stands: before its cells, behind them, or both."""

    encode: Encode = in_unicode
    defined: str = "before"
    merged_left: bool = False  # wide cells as several that are merged
    in_table: str = r"\pard\plain\intbl "
    head: str = HEAD
    shaky: int = 0  # twips by which the edges of every second row lie off


def rtf_report(form: Form, figures: Figures, style: RtfStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is printed as a blank."""
    s = style or RtfStyle()
    parts = [paragraph(TITLE, s)]
    for number, heading in HEADINGS.items():
        parts.append(paragraph(heading, s))
        table = next((t for t in form.tables if t.number == number), None)
        parts.append(
            table_rtf(drawn_table(table, figures), s) if table else paragraph("2024 年公开政府信息 385 条。", s)
        )
    return (s.head + "".join(parts) + "}").encode("latin-1")


def paragraph(text: str, s: RtfStyle | None = None) -> str:
    return rf"\pard\plain {(s or RtfStyle()).encode(text)}\par" + "\r\n"


def table_rtf(rows: list[list[Box]], s: RtfStyle) -> str:
    """The rows of a table: cells merged downwards are written in every row that they reach over."""
    out = []
    above: list[tuple[Box, int]] = []  # what reaches down, and over how many rows more
    for number, row in enumerate(rows):
        cells = sorted(
            [*((b, b.height, True) for b in row), *((b, n, False) for b, n in above)], key=lambda c: c[0].col
        )
        shift = s.shaky if number % 2 else 0
        definition = r"\trowd\trgaph108\trleft0" + "".join(_defined(b, own, shift, s) for b, _, own in cells)
        content = "".join(_content(b, own, s) for b, _, own in cells)
        before = definition if s.defined in ("before", "both") else ""
        behind = f"{{{definition}\\row}}" if s.defined in ("behind", "both") else r"\row"
        out.append(f"{before}{content}{behind}\r\n")
        above = [(b, n - 1) for b, n, _ in cells if n > 1]
    return "".join(out)


def _defined(box: Box, own: bool, shift: int, s: RtfStyle) -> str:
    down = "" if box.height == 1 else r"\clvmgf" if own else r"\clvmrg"
    edges = range(box.col + 1, box.col + box.width + 1)
    if not s.merged_left or box.width == 1:
        return rf"{down}\clvertalc\clbrdrt\brdrs\cellx{edges[-1] * 900 + shift}"
    return "".join(
        rf"{down}{chr(92)}{'clmgf' if n == 0 else 'clmrg'}\cellx{e * 900 + shift}" for n, e in enumerate(edges)
    )


def _content(box: Box, own: bool, s: RtfStyle) -> str:
    text = s.encode(box.text) if own else ""
    more = rf"{s.in_table}\cell" * (box.width - 1) if s.merged_left else ""
    return rf"{s.in_table}{text}\cell{more}"
