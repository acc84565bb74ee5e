"""PDF files, drawn in many styles and read."""

from __future__ import annotations

import contextlib
import random
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from pipeline.document import Document, Grid, Paragraph, RawFile
from pipeline.facts import extract
from pipeline.forms.loading import form, forms, parse_form
from pipeline.matching import match
from pipeline.parse import parse, words_of
from pipeline.readers import Refused, pdf, scan
from pipeline.readers.pdf import canvas, collector, content, frames, lattice, operators, streams
from tests.conftest import examples, parse_bytes, printed, true_cells
from tests.readers.draw_pdf import Box, Rows, Style, of_table, report, table3
from tests.render import HEADINGS, TITLE, Figures, balanced_figures, distinct_figures

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "reports" / "real"


def read(data: bytes) -> Document:
    return pdf.read(data, words_of(forms()))


def facts(document: Document) -> Figures:
    return {f.key: f.printed.text.strip() for m in match(document, forms()) for f in extract(m)[0]}


def table(document: Document, number: int = 1) -> list[list[tuple[int, str, int, int]]]:
    grid = next(g for g in document.grids if g.number == number)
    return [[(c.col, c.text, c.row_span, c.col_span) for c in row] for row in grid.rows]


@pytest.mark.each_value
@pytest.mark.parametrize("name", ["2019", "2021"])
@pytest.mark.parametrize(
    "style",
    [
        pytest.param(Style(), id="plain"),
        pytest.param(Style(borders="fills"), id="fills"),
        pytest.param(Style(borders="frames", bold_twice=True), id="frames"),
        pytest.param(Style(repeat_header=True, space=300), id="header"),
        pytest.param(Style(split_rows=True, space=250, size=12), id="split rows"),
        pytest.param(Style(split_rows=True, repeat_header=True, space=330, size=14), id="split rows and header"),
        pytest.param(Style(open_ends=True, split_rows=True, space=180, size=13), id="open ends"),
        pytest.param(Style(rotation=90), id="90"),
        pytest.param(Style(rotation=180, borders="fills"), id="180"),
        pytest.param(Style(rotation=270), id="270"),
        pytest.param(Style(running_header="新华区曙光街街道办事处 2024", boxed_narrative=True, space=220), id="boxed"),
        pytest.param(Style(watermark="征求意见稿", space=200, split_rows=True), id="watermark"),
    ],
)
def test_every_figure_comes_back(name: str, style: Style) -> None:
    figures = distinct_figures(form(name), random.Random(1))
    got = facts(read(report(form(name), figures, style)))
    # No identity holds between distinct figures, so what a narrow cell breaks stays broken.
    assert {k: v.replace("\n", "") for k, v in got.items()} == figures


@settings(max_examples=examples(20))
@given(
    seed=st.integers(0, 10_000),
    space=st.floats(0, 700),
    size=st.sampled_from([8, 10.5, 12, 15, 20]),
    borders=st.sampled_from(["strokes", "fills", "frames"]),
    header=st.booleans(),
    split=st.booleans(),
    open_ends=st.booleans(),
)  # fmt: skip
def test_wherever_pages_cut_the_tables_the_figures_come_back(
    seed: int, space: float, size: float, borders: str, header: bool, split: bool, open_ends: bool
) -> None:
    rng = random.Random(seed)
    chosen = form(rng.choice(["2019", "2021"]))
    figures = balanced_figures(chosen, rng, zeros=0.5)
    if rng.random() < 0.3:
        figures = {k: "" if v == "0" else v for k, v in figures.items()}
    style = Style(borders, size, space=space, repeat_header=header, split_rows=split, open_ends=open_ends)
    document = read(report(chosen, figures, style))
    assert facts(document) == figures
    assert [g.number for g in document.grids] == [1, 2, 3]


def figures_of(rows: list[list[tuple[int, str, int, int]]]) -> list[list[tuple[int, str, int, int]]]:
    found = [[cell for cell in row if cell[1].isdigit()] for row in rows]
    return [row for row in found if row]


@settings(max_examples=examples(25))
@given(space=st.floats(0, 700), size=st.sampled_from([9, 12, 16]), header=st.booleans(), split=st.booleans())
@example(space=687.0, size=16, header=False, split=False)  # in the middle of the header's corner
def test_a_table_cut_anywhere_is_the_same_table(space: float, size: float, header: bool, split: bool) -> None:
    figures = distinct_figures(form("2021"), random.Random(8))
    whole = Style(size=size, margin=20, page_numbers=False)
    sheet = table(read(of_table(table3(form("2021").table(3), figures), whole, height=2000)))
    style = replace(whole, space=space, repeat_header=header, split_rows=split)
    cut = read(of_table(table3(form("2021").table(3), figures), style))
    pages = [c.page for g in cut.grids for c in g.cells if c.text.startswith("一、") or (c.row, c.col) == (0, 0)]
    if len(set(pages)) == 1:
        assert table(cut) == sheet
    else:  # cut in the header: half a cell may stay one of its own there, but no figure may move
        assert figures_of(table(cut)) == figures_of(sheet)
    assert not list(cut.paragraphs)


def test_text_that_runs_out_of_its_cell_at_the_page_s_end_belongs_to_it() -> None:
    """As browsers print a label of several rows that is cut between them."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(350, 720))
    canvas.setFont("STSong-Light", 12)
    for x in (50, 100, 250, 300):
        canvas.line(x, 700, x, 650)
    for y in (700, 675, 650):
        canvas.line(50 if y == 700 else 100, y, 300, y)
    for x, y, text in ((55, 662, "（四）"), (55, 648, "无法"), (55, 634, "提"), (105, 660, "1.本机关不掌握相关")):
        canvas.drawString(x, y, text)
    canvas.drawString(105, 685, "8.属于行政查询事项")
    canvas.showPage()
    canvas.setFont("STSong-Light", 12)
    for x in (50, 100, 250, 300):
        canvas.line(x, 700, x, 675)
    for y in (700, 675):
        canvas.line(50, y, 300, y)
    canvas.drawString(55, 685, "供")
    canvas.drawString(105, 685, "2.没有现成信息需要")
    canvas.save()
    document = read(out.getvalue())
    assert not list(document.paragraphs)
    assert [c.text for c in next(document.grids).cells if c.col == 0] == ["（四）无法提供"]


def test_text_is_paragraphs_in_order_and_cells_know_their_page() -> None:
    title = ("新华区曙光街街道办事处", "2024年政府信息公开工作年度报告")
    style = Style(title=title, space=450, running_header="政府信息公开 2024")
    document = read(report(form("2021"), distinct_figures(form("2021"), random.Random(2)), style))
    texts = [p.text for p in document.paragraphs]
    body = [
        *title,
        HEADINGS[1],
        style.narrative,
        *(HEADINGS[n] for n in (2, 3, 4, 5)),
        "无。",
        HEADINGS[6],
        "无其他事项。",
    ]
    assert texts[: len(body)] == body
    rims = [(p.page, p.text) for p in document.blocks if isinstance(p, Paragraph) and p.aside]
    pages = sorted({p for p, _ in rims if p})
    assert rims == [(n, t) for n in pages for t in ("政府信息公开 2024", f"- {n} -")]
    assert pages == list(range(1, len(pages) + 1))
    assert {c.page for g in document.grids for c in g.cells} <= set(pages)
    first = next(c for g in document.grids for c in g.cells)
    last = [c for g in document.grids for c in g.cells][-1]
    assert first.page is not None
    assert last.page is not None
    assert first.page < last.page


def test_nothing_is_lost() -> None:
    """Every character that a page shows is in one paragraph or cell."""
    figures = distinct_figures(form("2021"), random.Random(9))
    for space in (0, 150, 300, 450):
        style = Style(space=space, split_rows=True, boxed_narrative=True, watermark="草稿", running_header="页眉 1")
        data = report(form("2021"), figures, style)
        document = read(data)
        texts = [p.text for p in document.blocks if isinstance(p, Paragraph)] + [
            c.text for g in document.grids for c in g.cells
        ]
        shown = [c.text for page in content.pages(data) for c in (*page.chars, *page.slanted)]
        assert Counter("".join("".join(texts).split())) == Counter("".join("".join(shown).split()))


def test_boxed_narrative_is_text_and_no_grid() -> None:
    figures = distinct_figures(form("2021"), random.Random(3))
    style = Style(boxed_narrative=True)
    document = read(report(form("2021"), figures, style))
    assert style.narrative in [p.text for p in document.paragraphs]
    assert len(list(document.grids)) == 3


def test_a_grid_says_its_spans() -> None:
    rows = Rows([[Box("甲", 2), Box("乙", 1, 2)], [Box("丙"), Box("")], [Box("丁"), Box("1"), Box("2")]], [1, 1, 1])
    assert table(read(of_table(rows))) == [
        [(0, "甲", 2, 1), (1, "乙", 1, 2)],
        [(1, "丙", 1, 1), (2, "", 1, 1)],
        [(0, "丁", 1, 1), (1, "1", 1, 1), (2, "2", 1, 1)],
    ]


def test_a_figure_keeps_the_lines_of_its_cell_however_full_they_are() -> None:
    """Eight digits over four in a narrow cell: a broken figure or two of them, which no width can tell."""
    rows = Rows([[Box("本年收费金额（单位：万元）"), Box("123456789012"), Box("x")]], [1, 1, 8])
    assert table(read(of_table(rows)))[0][:2] == [
        (0, "本年收费金额（单位：万元）", 1, 1),
        (1, "12345678\n9012", 1, 1),
    ]


@pytest.mark.parametrize("borders", ["strokes", "fills"])
def test_a_figure_over_lines_is_one_where_the_identities_prove_it(borders: str) -> None:
    figures = {k: str(int(v) * 1_000_003) for k, v in balanced_figures(form("2021"), random.Random(5)).items()}
    parsed = parse_bytes(report(form("2021"), figures, Style(borders=borders, margin=190)))
    got = printed(parsed)
    assert {k: v.replace("\n", "") for k, v in got.items()} == figures
    broken = {k for k, v in got.items() if "\n" in v}
    assert {k[0] for k in broken} == {2}  # table 二 has no identity
    assert {(f.key, f.kind) for f in parsed.facts if f.key in broken} == {(k, "word") for k in broken}
    told = {(i.table_no, i.row_code, i.col_code) for i in parsed.issues if i.code == "figure-word"}
    assert told == broken


def test_two_real_rows_are_never_joined() -> None:
    """Rows without labels, unknown labels, figures on both sides of the break: all stay what they are."""
    for labels in (("", ""), ("规章", "行政规范性文件"), ("甲", "乙"), ("1.重复申请", "2.其他"), ("总计", "其他")):
        rows = Rows([[Box(labels[0]), Box("12"), Box("3")], [Box(labels[1]), Box("4"), Box("56")]], [2, 1, 1])
        for open_ends in (False, True):
            style = Style(space=842 - 120 - 25, open_ends=open_ends, page_numbers=False)
            cells = table(read(of_table(rows, style)))
            assert [[text for _, text, _, _ in row] for row in cells] == [
                [labels[0], "12", "3"],
                [labels[1], "4", "56"],
            ]


def test_a_table_after_other_text_is_another_table() -> None:
    figures = balanced_figures(form("2021"), random.Random(4))
    for space in range(0, 700, 90):
        document = read(report(form("2021"), figures, Style(space=space)))
        kinds = [type(b) for b in document.blocks]
        assert kinds.count(Grid) == 3


def _canvas(draw: object, **options: object) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, **options)  # type: ignore[arg-type]
    draw(canvas)  # type: ignore[operator]
    canvas.save()
    return out.getvalue()


def _scan(canvas: Canvas) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 600, 850)
    canvas.drawString(20, 20, "CamScanner")
    canvas.showPage()


def test_scans_are_refused_where_nothing_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "is_installed", lambda: False)
    with pytest.raises(Refused) as refused:
        read(_canvas(_scan))
    assert refused.value.reason == "scan-without-text"


def test_locked_files_are_refused_unless_anybody_may_open_them() -> None:
    figures = distinct_figures(form("2021"), random.Random(5))
    with pytest.raises(Refused) as refused:
        read(report(form("2021"), figures, Style(password="geheim")))
    assert refused.value.reason == "encrypted"
    from reportlab.lib.pdfencrypt import StandardEncryption

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "for anybody to open")

    lock = StandardEncryption("", ownerPassword="owner")
    assert [p.text for p in read(_canvas(draw, encrypt=lock)).paragraphs] == ["for anybody to open"]


def _raw_pdf(content_stream: bytes, font: bytes, extra: bytes = b"", filters: bytes = b"") -> bytes:
    """A file of one page, written by hand."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(content_stream), filters, content_stream),
        font,
        extra or b"null",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table_at)


HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
NAMELESS = (
    b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2"
    b"/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)>>>>]>>"
)


def test_fonts_without_unicode_are_refused_where_nothing_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "is_installed", lambda: False)
    with pytest.raises(Refused) as refused:
        read(_raw_pdf(b"BT /F1 12 Tf 50 700 Td <000100020003000400050006> Tj ET", NAMELESS))
    assert refused.value.reason == "text-without-unicode"


def test_strings_are_read_in_every_spelling() -> None:
    drawn = rb"BT /F1 12 Tf 50 700 Td (a\(b\)\101\\(c)) Tj 0 -20 Td <6465 6> Tj 0 -20 Td [(f) -20 (g) -900 <68>] TJ ET"
    assert [p.text for p in read(_raw_pdf(drawn, HELVETICA)).paragraphs] == [r"a(b)A\(c)", "de‘", "fg h"]


def test_what_stands_in_inline_images_is_no_content() -> None:
    drawn = b"q BI /W 2 /H 2 /BPC 8 /CS /G ID (Tj)( EI Q BT /F1 12 Tf 50 700 Td (after) Tj ET"
    assert [p.text for p in read(_raw_pdf(drawn, HELVETICA)).paragraphs] == ["after"]


def test_invisible_text_is_not_read_and_slanted_text_is_no_cell() -> None:
    drawn = (
        b"BT /F1 12 Tf 3 Tr 50 700 Td (hidden) Tj 0 Tr (seen) Tj ET BT /F1 40 Tf .7 .7 -.7 .7 100 300 Tm (MARK) Tj ET"
    )
    blocks = read(_raw_pdf(drawn, HELVETICA)).blocks
    assert [(b.text, b.aside) for b in blocks if isinstance(b, Paragraph)] == [("seen", False), ("MARK", True)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lambda: b"%PDF-1.7 and nothing else", "damaged"),
        (lambda: b"%PDF-1.4\nxref\n0 99999999\ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF", "damaged"),
        (lambda: _raw_pdf(zlib.compress(b"0 0 m " * 20_000_000), HELVETICA, filters=b"/Filter/FlateDecode"), "too-large"),
        (lambda: _raw_pdf(zlib.compress(b"BT /F1 12 Tf (a) Tj ET" * 9)[:-12], HELVETICA, filters=b"/Filter/FlateDecode"), "damaged"),
        (lambda: _raw_pdf(b"[" * 300_000, HELVETICA), "nothing-legible"),
        (lambda: _raw_pdf(b"1 " * 300_000, HELVETICA), "too-large"),
        (lambda: _raw_pdf(b"/X Do", HELVETICA), "damaged"),
        (lambda: _raw_pdf(b"BT /F1 9 Tf (a) Tj ET", NAMELESS.replace(b"/CIDSystemInfo", b"/W[0 4000000000 1]/CIDSystemInfo")), "too-large"),
        (lambda: _raw_pdf(b"BT /F1 9 Tf (a) Tj ET", b"null"), "damaged"),
        (lambda: _raw_pdf(b"0 0 m 9 0 l S " * 250_000, HELVETICA), "too-large"),
        (lambda: _raw_pdf(b"/X Do", HELVETICA, b"<</A" + b"[" * 5000), "damaged"),
    ],
    ids=["nothing", "loop", "bomb", "cut stream", "brackets", "operands", "no content", "widths", "no font", "rulings", "nested"],
)  # fmt: skip
def test_hostile_files_are_refused(data: Callable[[], bytes], reason: str) -> None:
    file = data()
    with pytest.raises(Refused) as refused:
        read(file)
    assert refused.value.reason == reason


def test_content_within_content_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    own = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 20>>stream\nBT /F1 9 Tf (a) Tj ET\nendstream"
    data = _raw_pdf(b"/X Do " * 50, HELVETICA, own)
    monkeypatch.setattr(operators, "MAX_CONTENTS", 20)
    with pytest.raises(Refused, match="20 pieces of content"):
        read(data)


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    data = report(form("2021"), distinct_figures(form("2021"), random.Random(6)), Style(space=500))
    for module, limit, value in (
        (content, "MAX_PAGES", 1),
        (collector, "MAX_CHARS", 50),
        (canvas, "MAX_RULINGS", 50),
        (frames, "MAX_LINES", 5),
        (lattice, "MAX_SLOTS", 20),
        (streams, "MAX_STREAM_BYTES", 100),
        (streams, "MAX_UNPACKED_BYTES", 100),
        (pdf, "MAX_BYTES", 1000),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(module, limit, value)
            with pytest.raises(Refused) as refused:
                read(data)
            assert refused.value.reason == "too-large", limit


SMALL = of_table(Rows([[Box("规章"), Box("1")], [Box("行政规范性文件"), Box("20")]], [2, 1]), Style())


# A file whose letters cannot be read any more is read as a picture, which takes five seconds.
@settings(max_examples=examples(150), deadline=30_000)
@given(st.data())
def test_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    mutated = bytearray(SMALL)
    for at in data.draw(st.lists(st.integers(0, len(SMALL) - 1), max_size=6)):
        mutated[at] = data.draw(st.integers(0, 255))
    del mutated[data.draw(st.integers(len(SMALL) // 20, len(SMALL))) :]
    with contextlib.suppress(Refused):
        assert read(bytes(mutated)).blocks


@given(st.binary(max_size=200))
def test_any_content_is_read_or_refused(drawn: bytes) -> None:
    with contextlib.suppress(Refused):
        assert read(_raw_pdf(b"BT /F1 9 Tf (a) Tj " + drawn + b" ET", HELVETICA)).blocks


def test_title_is_one_paragraph() -> None:
    figures = distinct_figures(form("2021"), random.Random(7))
    assert next(read(report(form("2021"), figures)).paragraphs).text == TITLE


@pytest.mark.skipif(not REAL.is_dir(), reason="the real reports are not at hand")
@pytest.mark.parametrize("path", sorted(REAL.glob("*.pdf")), ids=lambda p: p.stem)
def test_real_reports(path: Path) -> None:
    assert facts(read(path.read_bytes())) == true_cells(path.with_name(f"{path.stem}.cells.csv"))


def test_a_label_that_only_a_form_brought_along_knows_is_put_together_over_the_break() -> None:
    """The reader is given the labels of the forms that `parse` was given, and knows none itself."""
    issued = files("pipeline.forms").joinpath("2021.toml").read_text("utf-8")
    long_label = "4.涉及农村宅基地确权颁证历史遗留事项协商调处台账资料"
    toml = issued.replace('name = "2021"', 'name = "2031"').replace("4.保护第三方合法权益", long_label)
    own = parse_form("2031", toml)
    figures = distinct_figures(own, random.Random(3))
    data = report(own, figures, Style(split_rows=True, space=616, size=12))
    parsed = parse(RawFile("a.pdf", len(data), 0, "0" * 64), data, known=[own])
    assert {f.key: f.printed.text.replace("\n", "") for f in parsed.facts} == figures
    printed = {name: [c.text for g in document.grids for c in g.cells] for name, document in
               {"own": pdf.read(data, words_of((own,))), "issued": read(data)}.items()}  # fmt: skip
    assert long_label in printed["own"]
    assert long_label not in printed["issued"]  # it is cut here
