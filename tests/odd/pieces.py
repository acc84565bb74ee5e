"""Reports whose figures stand in pieces: two figures in each cell, or one beside what nobody sees or what is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from tests.odd import page as hands
from tests.odd.kinds import TRUE
from tests.odd.tables import Cells, report
from tests.readers import draw_docx

Made = tuple[str, bytes, Cells]
# The figures that a drawing puts into pieces, and what is read of them: nothing is a number where two stand in a cell.
APART: Cells = {key: "" if len(text) > 1 else text for key, text in TRUE.items()}
_FIGURE = re.compile(r"(<td[^>]*>)([0-9]{2,})(</td>)")


def _page(piece: Callable[[str], str], head: str = "", most: int = 0) -> bytes:
    """The page with every figure of two digits or more drawn in its own way, or so many of them."""
    drawn = _FIGURE.sub(lambda found: found[1] + piece(found[2]) + found[3], hands.html(report()).decode(), most)
    return drawn.replace("<table", f"<style>{head}</style><table", 1).encode()


def _drawn(markup: str) -> Callable[[str], str]:
    """The figure and another one, 7, which is not one of the report."""
    return lambda figure: markup.format(figure, 7)


_INNER_TABLE = "<table><tr><td>{}</td><td>{}</td></tr></table>"
_TWO = "<span>{}</span><span class='x'>{}</span>"
PAGES_APART: Mapping[str, tuple[str, str]] = {
    "flex": ("<div style='display:flex;gap:1em'><span>{}</span><span>{}</span></div>", ""),
    "floating": ("<span style='float:left'>{}</span><span style='float:right'>{}</span>", ""),
    "margin_of_a_sheet": (_TWO, ".x{margin-left:2em}"),
    "columns_of_a_sheet": (_TWO, "td{column-count:2}"),
    "fields": ("{}<input value='{}'>", ""),
    "kept_lines": ("{}\n{}", "td{white-space:pre}"),
    "from_right_to_left": ("<bdo dir='rtl'>{}</bdo>", ""),
    "counted_by_a_sheet": ("{}", "td::before{counter-increment:n;content:counter(n)}"),
    "unknown_colour": ("{}<span style='color:color(srgb 1 1 1)'>{}</span>", ""),
}
PAGES_BESIDE: Mapping[str, tuple[str, str]] = {
    "white_by_hue": ("{}<span style='color:hsl(0,0%,100%)'>{}</span>", ""),
    "tiny": ("{}<span style='font-size:.1px'>{}</span>", ""),
    "hidden_in_a_layer": ("{}<span class='x'>{}</span>", "@layer a{.x{display:none}}"),
    "folded": ("{}<details><summary></summary>{}</details>", ""),
    "hidden_field": ("{}<input type='number' style='display:none' value='{}'>", ""),
}


_FEW = 3  # cells with a table inside; where most have one these stand for themselves
FEW_APART: Cells = {key: "" if n < _FEW else text for n, (key, text) in enumerate(TRUE.items())}


def _document(content: Callable[[str], str], most: int = 0) -> bytes:
    """The Word document with every figure of two digits or more drawn in its own way, or so many of the first table."""

    def table(xml: str) -> str:
        return re.sub(
            r"(<w:p>(?:(?!<w:p>).)*?)<w:r>(?:(?!<w:r>).)*?<w:t[^>]*>([0-9]{2,})</w:t></w:r></w:p>",
            drawn,
            xml,
            count=most,
        )

    def drawn(found: re.Match[str]) -> str:
        return content(found[2])

    parts = [p if isinstance(p, str) else hands.docx_table(p) for p in report()]
    drawable = next(n for n, p in enumerate(parts) if p.startswith("<w:tbl>"))
    drawn_parts = [
        table(p) if p.startswith("<w:tbl>") and (n == drawable or not most) else p for n, p in enumerate(parts)
    ]
    body = "".join(p if p.startswith("<w:tbl>") else draw_docx.paragraph(p) for p in drawn_parts)
    return draw_docx.docx(body + draw_docx.paragraph(""))


def _run(content: str) -> str:
    return f"<w:r>{content}</w:r>"


def _split(between: str) -> Callable[[str], str]:
    return lambda f: f"<w:p>{_run(f'<w:t>{f}</w:t>')}{between}{_run('<w:t>7</w:t>')}</w:p>"


def _inner_table(figure: str) -> str:
    cells = "".join(f"<w:tc>{draw_docx.paragraph(text)}</w:tc>" for text in (figure, "7"))
    return f"<w:tbl><w:tr>{cells}</w:tr></w:tbl><w:p/>"


_EQUATION = _run("<w:fldChar w:fldCharType='begin'/>") + _run(r"<w:instrText>EQ \o(1)</w:instrText>")
DOCUMENTS: Mapping[str, Callable[[str], str]] = {
    "symbol": _split(_run('<w:sym w:font="Wingdings" w:char="F0FC"/>')),
    "page_break": _split(_run('<w:br w:type="page"/>')),
    "equation": _split(_EQUATION + _run("<w:fldChar w:fldCharType='end'/>")),
    "from_right_to_left": lambda f: f'<w:p><w:bdo w:val="rtl">{_run(f"<w:t>{f}</w:t>")}</w:bdo></w:p>',
}


def _made_page(markup: str, head: str, truth: Cells) -> Made:
    return "html", _page(_drawn(markup), head), truth


def _made_document(content: Callable[[str], str]) -> Made:
    return "docx", _document(content), APART


def _pages_of_few() -> Made:
    return "html", _page(_drawn(_INNER_TABLE), most=_FEW), FEW_APART


def _documents_of_few() -> Made:
    return "docx", _document(_inner_table, _FEW), FEW_APART


PIECES: dict[str, Callable[[], Made]] = {
    **{f"html_{name}": partial(_made_page, *page, APART) for name, page in PAGES_APART.items()},
    **{f"html_{name}": partial(_made_page, *page, TRUE) for name, page in PAGES_BESIDE.items()},
    **{f"docx_{name}": partial(_made_document, content) for name, content in DOCUMENTS.items()},
    "html_inner_table": _pages_of_few,
    "docx_inner_table": _documents_of_few,
}
