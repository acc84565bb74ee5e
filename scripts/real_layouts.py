"""Make the golden documents that are laid out by real programs: Chromium and LibreOffice.

    python scripts/real_layouts.py [CASE…]

Each case of `CASES` is an invented report in a layout in which a fault was found once. Its page is handed to the
program as markup; what the program prints, saves or exports goes to `tests/golden/CASE/report.*`, with its true cells
in `cells.csv`: the figures that were drawn, never what a reader finds. `issues.csv` is written as the docstring of
`tests/test_golden.py` says. Needs `soffice`, `chromium` and a font for Chinese that PDF files hold only in part
(Debian: `fonts-droid-fallback`); the files differ a little from version to version.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.odd.page import Box, Page, Rows, placed, width  # noqa: E402 - of this checkout
from tests.odd.tables import figures, report, table2, table3, table4, truth_of  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

GOLDEN = ROOT / "tests" / "golden"
FONT = "Droid Sans Fallback"


@dataclass(frozen=True)
class Dressed(Box):
    """A cell with what surrounds its figure: a struck one before it, a raised mark behind it, a control around it.

    A unit is part of what is printed; in a spreadsheet it comes from the number format.
    """

    struck: str = ""
    raised: str = ""
    control: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Hidden(Box):
    """The first cell of a row that is hidden."""


@dataclass(frozen=True)
class Case:
    """A page, the program that lays it out, the ending of its file, and the true cells."""

    page: Page
    make: Callable[[Page], bytes]
    ending: str
    truth: Mapping[tuple[int, str, str], str]


# --------------------------------------------------------------------------------------------------------- pages


def plain(seed: int) -> Page:
    """The three tables as issued."""
    of = figures(seed)
    return report([table2(of)], [table3(of)], [table4(of)])


def dressed(seed: int, controls: bool = True) -> Page:
    """Tables with struck figures, raised marks and controls beside and around their figures."""
    of = figures(seed)
    two, three, four = ([list(row) for row in t] for t in (table2(of), table3(of), table4(of)))
    _dress(two, 2, 1, struck="8")
    _dress(two, 5, 1, raised="1")
    _dress(three, 3, -1, raised="2")
    _dress(three, 3, 1, struck="77")
    _dress(three, 6, -2, raised="①")
    _dress(four, 3, 4, struck="12345", raised="3")
    if controls:
        for col in (1, 2, 3):
            _dress(two, 3, col, control=True)
        _dress(three, 4, -1, control=True)
        _dress(four, 3, 0, control=True)
    notes = ["注：1.含自动失效的许可。2.含上年度补录的申请。3.含上年度结转数量。"]
    return report([two], [three], [four, *notes])


def _dress(rows: list[list[Box]], row: int, col: int, **how: str | bool) -> None:
    box = rows[row][col]
    rows[row][col] = Dressed(box.text, box.right, box.down, **how)  # type: ignore[arg-type]


def with_hidden_rows(seed: int, fee: str = "") -> Page:
    """Tables in which the rows of last year's figures are hidden; the fee carries its unit."""
    of, last = figures(seed), figures(seed + 50)
    two = [list(row) for row in table2(of)]
    before = table2(last)
    two.insert(3, [Hidden(before[2][0].text), *before[2][1:]])
    if fee:
        box = two[-1][-1]
        two[-1][-1] = Dressed(fee, box.right, unit="万元")
    three = [list(row) for row in table3(of)]
    three.append([Hidden("四、结转下年度继续办理", 3), *table3(last)[-1][1:]])
    return report([two], [three], [table4(of)])


# ---------------------------------------------------------------------------------------------------------- Chromium

RULES = "td{border:0.5pt solid #000}"
STYLE = (
    f"body{{font:9pt '{FONT}';margin:0}}"
    " table{border-collapse:collapse;width:100%;margin:6pt 0}"
    " td{padding:2pt;text-align:center} input{width:4em;font:inherit;text-align:center} .off{display:none}"
)


def markup(page: Page, style: str = "", script: str = "") -> str:
    """The page for a browser; each table is in an element of its own whose class is its number."""
    parts, number = [], 1
    for part in page:
        if isinstance(part, str):
            parts.append(f"<p>{escape(part)}</p>")
            continue
        number += 1
        rows = "".join(_html_row(row) for row in part)
        parts.append(f"<div class='t{number}'><table>{rows}</table></div>")
    return (
        f"<!DOCTYPE html><html lang='zh'><head><meta charset='utf-8'><title>{escape(str(page[0]))}</title>"
        f"<style>{STYLE}{style}</style></head><body>{''.join(parts)}<script>{script}</script></body></html>"
    )


def _html_row(row: Sequence[Box]) -> str:
    off = " class='off'" if isinstance(row[0], Hidden) else ""
    return f"<tr{off}>{''.join(map(_html_cell, row))}</tr>"


def _html_cell(box: Box) -> str:
    spans = (f" colspan='{box.right}'" if box.right > 1 else "") + (f" rowspan='{box.down}'" if box.down > 1 else "")
    return f"<td{spans}>{_html_text(box)}</td>"


def _html_text(box: Box) -> str:
    text = escape(box.text)
    if not isinstance(box, Dressed):
        return text
    shown = f"<input type='text' value='{text}'>" if box.control else text + box.unit
    struck = f"<s>{box.struck}</s>" if box.struck else ""
    return struck + shown + (f"<sup>{box.raised}</sup>" if box.raised else "")


def in_browser(html: str, then: Callable[[Tab], bytes]) -> bytes:
    """What is done with a page in Chromium."""
    from playwright.sync_api import sync_playwright  # takes a while: not for whoever only looks at the cases

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page()
        tab.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        tab.goto("http://report.example/2024.html")
        made = then(tab)
        browser.close()
    return made


def printed_by_chromium(style: str = RULES, numbers: bool = False) -> Callable[[Page], bytes]:
    """A hand that prints to PDF, with page numbers at the foot where they are asked for."""
    foot = "<div style='font-size:8pt;width:100%;text-align:center'>- <span class='pageNumber'></span> -</div>"

    def made(page: Page) -> bytes:
        return in_browser(
            markup(page, style),
            lambda tab: tab.pdf(
                prefer_css_page_size=True,
                display_header_footer=numbers,
                header_template="<span></span>",
                footer_template=foot,
                margin=dict.fromkeys(("top", "bottom", "left", "right"), "18mm"),
            ),
        )

    return made


# A script of the page sets the figures anew, as pages of content management systems do.
FILL = (
    "for (const c of document.querySelectorAll('.t4 td'))"
    " if (/^\\d+$/.test(c.textContent)) c.innerHTML = '<b>' + c.textContent + '</b>';"
)


def saved_by_chromium(page: Page) -> bytes:
    """The page as it stands after its script has run."""
    return in_browser(markup(page, RULES, FILL), lambda tab: tab.content().encode())


def archived_by_chromium(page: Page) -> bytes:
    """The page as one file (MHTML)."""

    def snapshot(tab: Tab) -> bytes:
        session = tab.context.new_cdp_session(tab)
        return str(session.send("Page.captureSnapshot", {"format": "mhtml"})["data"]).encode()

    return in_browser(markup(page, RULES), snapshot)


# ------------------------------------------------------------------------------------------------------- LibreOffice

SPACES = (
    " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
        for name, urn in {
            "office": "office",
            "style": "style",
            "text": "text",
            "table": "table",
            "draw": "drawing",
            "form": "form",
            "number": "datastyle",
            "fo": "xsl-fo-compatible",
            "svg": "svg-compatible",
        }.items()
    )
    + ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)


@dataclass(frozen=True)
class Paper:
    """How Writer lays out: the size of letters, fields in place of content controls, table 三 on a page on its side."""

    size: float = 8
    fields: bool = False
    landscape: bool = False
    repeat: bool = False


_TURNS = {"三": "Wide", "四": "Tall"}


def writer(page: Page, paper: Paper) -> str:
    """The page for Writer, as a flat OpenDocument text."""
    across = 25.7 if paper.landscape else 17.0
    styles, body, fields, number = [], [], list[str](), 1
    for part in page:
        if isinstance(part, str):
            turn = paper.landscape and part[:2] in ("三、", "四、")
            style = f' text:style-name="{_TURNS[part[0]]}"' if turn else ""
            body.append(f"<text:p{style}>{escape(part)}</text:p>")
            continue
        number += 1
        wide = across if number == 3 else 17.0
        styles.append(_column_styles(part, number, wide))
        body.append(_writer_table(part, number, paper, fields))
    forms = f'<office:forms><form:form form:name="F">{"".join(fields)}</form:form></office:forms>' if fields else ""
    return _flat("text", _writer_styles() + "".join(styles), forms + "".join(body), paper)


def _flat(kind: str, styles: str, body: str, paper: Paper) -> str:
    size = f'fo:font-size="{paper.size}pt" style:font-size-asian="{paper.size}pt"'
    letters = f'<style:text-properties style:font-name="Song" style:font-name-asian="Song" {size}/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {SPACES} office:version="1.3"'
        f' office:mimetype="application/vnd.oasis.opendocument.{kind}"><office:font-face-decls>'
        f'<style:font-face style:name="Song" svg:font-family="\'{FONT}\'"/></office:font-face-decls><office:styles>'
        f'<style:default-style style:family="paragraph">{letters}</style:default-style>'
        f'<style:default-style style:family="table-cell">{letters}</style:default-style></office:styles>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="Standard" style:page-layout-name="Upright"/>'
        '<style:master-page style:name="Sideways" style:page-layout-name="Lying"/></office:master-styles>'
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>"
    )


def _page_layout(name: str, wide: float, high: float, orientation: str) -> str:
    return (
        f'<style:page-layout style:name="{name}"><style:page-layout-properties fo:page-width="{wide}cm"'
        f' fo:page-height="{high}cm" style:print-orientation="{orientation}" fo:margin="2cm"/></style:page-layout>'
    )


MARKS = (
    '<style:style style:name="Struck" style:family="text"><style:text-properties'
    ' style:text-line-through-style="solid" style:text-line-through-type="single"/></style:style>'
    '<style:style style:name="Raised" style:family="text"><style:text-properties'
    ' style:text-position="super 58%"/></style:style>'
)
LAYOUTS = _page_layout("Upright", 21, 29.7, "portrait") + _page_layout("Lying", 29.7, 21, "landscape")


def _writer_styles() -> str:
    return (
        LAYOUTS
        + MARKS
        + (
            '<style:style style:name="Wide" style:family="paragraph" style:master-page-name="Sideways"/>'
            '<style:style style:name="Tall" style:family="paragraph" style:master-page-name="Standard"/>'
            '<style:style style:name="Cell" style:family="table-cell"><style:table-cell-properties'
            ' fo:border="0.5pt solid #000000" fo:padding="0.05cm" style:vertical-align="middle"/></style:style>'
        )
    )


def _column_styles(rows: Rows, number: int, across: float) -> str:
    weights = _weights(rows)
    return (
        f'<style:style style:name="T{number}" style:family="table"><style:table-properties'
        f' style:width="{across}cm" table:align="left"/></style:style>'
    ) + "".join(
        f'<style:style style:name="T{number}.{n}" style:family="table-column"><style:table-column-properties'
        f' style:column-width="{across * w / sum(weights):.3f}cm"/></style:style>'
        for n, w in enumerate(weights)
    )


def _weights(rows: Rows) -> list[float]:
    """How wide columns are to each other: wide for words."""
    longest = [0] * width(rows)
    for p in placed(rows):
        if p.box.right == 1:
            longest[p.col] = max(longest[p.col], len(p.box.text))
    return [2.5 if n > 12 else 1.3 if n > 6 else 1.0 for n in longest]


def _writer_table(rows: Rows, number: int, paper: Paper, fields: list[str]) -> str:
    columns = "".join(f'<table:table-column table:style-name="T{number}.{n}"/>' for n in range(width(rows)))
    drawn = [
        f"<table:table-row>{row}</table:table-row>" for row in _cells(rows, lambda b: _writer_cell(b, paper, fields))
    ]
    if paper.repeat and number == 3:
        drawn[0:3] = [f"<table:table-header-rows>{''.join(drawn[0:3])}</table:table-header-rows>"]
    head = f'<table:table table:name="Table{number}" table:style-name="T{number}">'
    return f"{head}{columns}{''.join(drawn)}</table:table>"


def _cells(rows: Rows, draw: Callable[[Box], str]) -> list[str]:
    """The XML of each row's cells: `draw` gives a cell without its spans, which are put in here."""
    out = [[""] * width(rows) for _ in rows]
    for p in placed(rows):
        for r in range(p.row, p.row + p.box.down):
            for c in range(p.col, p.col + p.box.right):
                out[r][c] = "<table:covered-table-cell/>"
        spans = f' table:number-columns-spanned="{p.box.right}" table:number-rows-spanned="{p.box.down}"'
        out[p.row][p.col] = draw(p.box).replace("<table:table-cell", "<table:table-cell" + spans, 1)
    return ["".join(row) for row in out]


def _writer_cell(box: Box, paper: Paper, fields: list[str]) -> str:
    return (
        f'<table:table-cell table:style-name="Cell"><text:p>{_odf_text(box, paper, fields)}</text:p></table:table-cell>'
    )


def _odf_text(box: Box, paper: Paper, fields: list[str]) -> str:
    text = escape(box.text)
    if not isinstance(box, Dressed):
        return text
    struck = f'<text:span text:style-name="Struck">{box.struck}</text:span>' if box.struck else ""
    raised = f'<text:span text:style-name="Raised">{box.raised}</text:span>' if box.raised else ""
    if not box.control:
        return f"{struck}{text}{box.unit}{raised}"
    if not paper.fields:
        return f"{struck}<loext:content-control>{text}</loext:content-control>{raised}"
    name = f"field{len(fields)}"
    fields.append(
        f'<form:text form:name="{name}" form:id="{name}" xml:id="{name}"'
        f' form:value="{text}" form:current-value="{text}"'
        ' form:control-implementation="ooo:com.sun.star.form.component.TextField"/>'
    )
    place = 'text:anchor-type="as-char" svg:width="1.2cm" svg:height="0.45cm"'
    return f'{struck}<draw:control draw:control="{name}" {place}/>{raised}'


def calc(page: Page, columns: float = 2.0) -> str:
    """The page for Calc, as a flat OpenDocument spreadsheet of one sheet; columns are so many centimetres wide."""
    wide = max(width(part) for part in page if not isinstance(part, str))
    styles = (
        LAYOUTS
        + MARKS
        + (
            '<style:style style:name="Col" style:family="table-column"><style:table-column-properties'
            f' style:column-width="{columns}cm"/></style:style>'
            '<style:style style:name="Sheet" style:family="table" style:master-page-name="Standard"/>'
            f'<style:style style:name="Cell" style:family="table-cell">{BORDER}</style:style>'
            '<number:number-style style:name="N1"><number:number number:decimal-places="2"'
            ' number:min-decimal-places="2"'
            ' number:min-integer-digits="1"/><number:text>万元</number:text></number:number-style>'
            f'<style:style style:name="Money" style:family="table-cell" style:data-style-name="N1">'
            f"{BORDER}</style:style>"
        )
    )
    rows = []
    for part in page:
        if isinstance(part, str):
            rows.append(f"<table:table-row>{_words(escape(part))}</table:table-row>")
            continue
        for row, cells in zip(part, _cells(part, _calc_cell), strict=True):
            off = ' table:visibility="collapse"' if isinstance(row[0], Hidden) else ""
            rows.append(f"<table:table-row{off}>{cells}</table:table-row>")
    column = f'<table:table-column table:style-name="Col" table:number-columns-repeated="{wide}"/>'
    sheet = f'<table:table table:name="年报" table:style-name="Sheet">{column}{"".join(rows)}</table:table>'
    return _flat("spreadsheet", styles, sheet, Paper(9))


BORDER = '<style:table-cell-properties fo:border="0.5pt solid #000000" fo:wrap-option="wrap"/>'


def _words(content: str, style: str = "") -> str:
    named = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell{named} office:value-type="string"><text:p>{content}</text:p></table:table-cell>'


def _calc_cell(box: Box) -> str:
    text = escape(box.text)
    if isinstance(box, Dressed) and (box.struck or box.raised):
        return _words(_odf_text(box, Paper(), []), "Cell")
    if not text.replace(".", "", 1).isdecimal():
        return _words(text, "Cell")
    style = "Money" if isinstance(box, Dressed) and box.unit else "Cell"
    return f'<table:table-cell table:style-name="{style}" office:value-type="float" office:value="{text}"/>'


def exported(flat: str, source: str, target: str) -> bytes:
    """What LibreOffice makes of a flat document; `target` is the ending of the file that is wanted."""
    program = shutil.which("soffice")
    if program is None:
        raise SystemExit("soffice is not installed")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"report.{source}").write_text(flat, "utf-8")
        command = [program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", target, "--outdir", folder, str(Path(folder, f"report.{source}"))]
        subprocess.run(command, check=True, timeout=180, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return Path(folder, f"report.{target}").read_bytes()


def by_writer(target: str, paper: Paper | None = None) -> Callable[[Page], bytes]:
    """A hand that exports from Writer."""
    return lambda page: exported(writer(page, paper or Paper()), "fodt", target)


def by_calc(target: str, columns: float = 2.0) -> Callable[[Page], bytes]:
    """A hand that exports from Calc."""
    return lambda page: exported(calc(page, columns), "fods", target)


# ------------------------------------------------------------------------------------------------------------- cases

FEE = {(2, "8.fee", "amount"): "16.05万元"}
LYING = "@page wide{size:A4 landscape} .t3{page:wide;break-before:page;break-after:page}"
TURNED = (
    ".t3{break-before:page;break-after:page;height:250mm;position:relative}"
    " .t3 table{position:absolute;top:0;left:0;width:245mm;transform-origin:0 0;"
    "transform:translate(0,247mm) rotate(-90deg);font-size:7pt}"
)


def _case(
    seed: int,
    draw: Callable[[int], Page],
    make: Callable[[Page], bytes],
    ending: str,
    fee: bool = False,
    leave_out: int = 0,
) -> Case:
    """A case of drawn figures. A table is left out of formats whose files would be large with it."""
    page = [part for part, number in _numbered(draw(seed)) if isinstance(part, str) or number != leave_out]
    truth = truth_of(figures(seed)) | (FEE if fee else {})
    return Case(page, make, ending, {k: v for k, v in truth.items() if k[0] != leave_out})


def _numbered(page: Page) -> Iterator[tuple[str | Rows, int]]:
    """The parts of a page; each table with its number."""
    number = 1
    for part in page:
        number += not isinstance(part, str)
        yield part, number


def with_fee(seed: int) -> Page:
    """Hidden rows, and a fee with its unit."""
    return with_hidden_rows(seed, "16.05")


def without_controls(seed: int) -> Page:
    """Struck figures and raised marks alone."""
    return dressed(seed, controls=False)


CASES: Mapping[str, Case] = {
    "chromium_pdf_page_break": _case(
        11, plain, printed_by_chromium("td{border:0.5pt solid #000;padding:5pt}", True), "pdf"
    ),
    "chromium_pdf_marks": _case(12, dressed, printed_by_chromium(), "pdf"),
    "chromium_pdf_no_rules": _case(13, plain, printed_by_chromium("", True), "pdf"),
    "chromium_pdf_landscape": _case(14, plain, printed_by_chromium(RULES + LYING), "pdf"),
    "chromium_pdf_sideways": _case(15, plain, printed_by_chromium(RULES + TURNED), "pdf"),
    "chromium_html_hidden_rows": _case(16, with_fee, saved_by_chromium, "html", fee=True),
    "chromium_mhtml_marks": _case(17, dressed, archived_by_chromium, "mhtml"),
    "writer_pdf_landscape": _case(21, plain, by_writer("pdf", Paper(9, landscape=True, repeat=True)), "pdf"),
    "writer_pdf_ruled": _case(22, plain, by_writer("pdf"), "pdf"),
    "writer_docx_controls": _case(23, dressed, by_writer("docx"), "docx"),
    "writer_doc_marks": _case(24, without_controls, by_writer("doc"), "doc"),
    "writer_rtf_marks": _case(25, without_controls, by_writer("rtf"), "rtf", leave_out=3),
    "writer_odt_marks": _case(26, dressed, by_writer("odt"), "odt"),
    "writer_html_marks": _case(27, without_controls, by_writer("html"), "html"),
    "calc_xlsx_hidden_rows": _case(31, with_fee, by_calc("xlsx"), "xlsx", fee=True),
    "calc_xls_marks": _case(32, without_controls, by_calc("xls"), "xls"),
    "calc_ods_hidden_rows": _case(33, with_fee, by_calc("ods"), "ods", fee=True),
    "calc_html_hidden_rows": _case(34, with_fee, by_calc("html"), "html", fee=True, leave_out=4),
}


def cells(case: Case) -> str:
    """The true cells of a case as its `cells.csv`."""
    lines = ["table,row_code,col_code,value"]
    return "\n".join([*lines, *(f"{t},{r},{c},{v}" for (t, r, c), v in case.truth.items())]) + "\n"


def main(names: Sequence[str]) -> None:
    """Make the cases of these names, or all."""
    for name in names or CASES:
        case, folder = CASES[name], GOLDEN / name
        folder.mkdir(exist_ok=True)
        data = case.make(case.page)
        (folder / f"report.{case.ending}").write_bytes(data)
        (folder / "cells.csv").write_text(cells(case), "utf-8")
        print(f"{name}: {len(data):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
