"""Pictures inside web pages and Word documents: of a table, of pages, of single figures; what cannot be read is told."""

from __future__ import annotations

import random
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from pipeline.document import Paragraph, RawFile
from pipeline.forms.loading import form
from pipeline.marks import OBJECT
from pipeline.readers import Refused, read
from pipeline.readers.kept import Pages, keeping
from pipeline.readers.pictured import MAX_PICTURES, Pictures, unpacked, without_inline
from pipeline.runs.workers import read_and_parse
from tests.conftest import parse_bytes, printed
from tests.readers.draw_doc import Content, Floating, InLine, doc
from tests.readers.draw_html import HtmlStyle, html_report, plain
from tests.readers.draw_mhtml import Part, archive
from tests.readers.draw_odf import OdtStyle, as_ods, odf, odt_report, paragraph
from tests.readers.draw_pdf import Style, of_table, table2, table4
from tests.readers.draw_rtf import RtfStyle, in_unicode, rtf_report
from tests.readers.draw_xls import Corners, as_xls, with_pictures
from tests.readers.draw_xlsb import as_xlsb, with_drawing
from tests.readers.draw_xlsx import XlsxStyle, workbook
from tests.render import Figures, balanced_figures

pytest.importorskip("onnxruntime", reason="pip install 'disclosure[ocr]' to test how pictures are read")
pytest.importorskip("rapidocr", reason="pip install 'disclosure[ocr]' to test how pictures are read")

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from PIL import Image, ImageDraw, ImageFont

from pipeline.readers.scan import figures_in_pictures
from tests.readers.draw_scan import pictures, saved

FORM = form("2021")
PAGE = Style(size=9.5, page_numbers=False)
FIGURE = re.compile(r"\d+")
HIDDEN = b"\x3c\x08\x01"


@pytest.fixture(scope="module")
def figures() -> Figures:
    return balanced_figures(FORM, random.Random(8), zeros=0.5)


@pytest.fixture(scope="module")
def sheets(figures: Figures) -> list[Image.Image]:
    """Pages with table 二 and table 四."""
    tables = table2(FORM.table(2), figures), table4(FORM.table(4), figures)
    return [pictures(of_table(table, PAGE))[0] for table in tables]


def of(figures: Figures, *tables: int) -> Mapping[tuple[int, str, str], str]:
    return {key: value for key, value in figures.items() if key[0] in tables}


def drawn(text: str, size: int = 20, border: bool = False, kind: str = "PNG") -> bytes:
    """A small picture of a figure."""
    font = ImageFont.load_default(size)
    image = Image.new("RGB", (int(font.getlength(text)) + 12, int(1.5 * size)), "white")
    draw = ImageDraw.Draw(image)
    draw.text((6, image.height / 2), text, fill="black", font=font, anchor="lm")
    if border:
        draw.rectangle((0, 0, image.width - 1, image.height - 1), outline="grey")
    return saved([image], kind)


def inline(data: bytes, kind: str = "png") -> str:
    return f'<img src="data:image/{kind};base64,{b64encode(data).decode()}">'


@pytest.mark.parametrize("size", [12, 16, 28])
@pytest.mark.parametrize("text", ["0", "1", "7", "12", "403", "5096", "31.5", "/", "-"])
def test_a_small_picture_is_the_figure_that_it_shows(text: str, size: int) -> None:
    found = figures_in_pictures([drawn(text, size), drawn(text, size, border=True), drawn(text, size, kind="BMP")])
    assert [f and f[0] for f in found] == [text.replace("-", "—")] * 3


def test_a_short_dash_of_small_print_is_a_dash_by_its_shape() -> None:
    picture = Image.new("L", (9, 17), "white")
    picture.paste(0, (3, 9, 7, 12))
    ((text, ocr),) = (found for found in figures_in_pictures([saved([picture], "PNG")]) if found)
    assert (text, ocr.sure) == ("—", 0.5)


def test_what_is_no_figure_is_not_read() -> None:
    two_lines = Image.new("RGB", (60, 80), "white")
    for n in range(2):
        ImageDraw.Draw(two_lines).text(
            (6, 20 + 40 * n), "12", fill="black", font=ImageFont.load_default(24), anchor="lm"
        )
    pictured = [Image.new("RGB", (60, 30), "white"), Image.new("RGB", (60, 30), "black"), two_lines]
    data = [*(saved([p], "PNG") for p in pictured), b"", b"\x89PNG\r\n\x1a\nbroken", b"GIF89a"]
    assert figures_in_pictures(data) == [None] * len(data)


def in_pictures(text: str) -> str:
    return inline(drawn(text)) if FIGURE.fullmatch(text) else plain(text)


def digit_by_digit(text: str) -> str:
    return "".join(inline(drawn(c)) for c in text) if FIGURE.fullmatch(text) else plain(text)


@pytest.mark.parametrize("text", [in_pictures, digit_by_digit])
def test_pictures_in_the_cells_of_a_page_are_its_figures(figures: Figures, text: object) -> None:
    own = of(figures, 2)
    parsed = parse_bytes(html_report(FORM, dict(own), HtmlStyle(text=text)).encode())  # type: ignore[arg-type]
    read = {key: value for key, value in printed(parsed).items() if key[0] == 2}
    assert read == own
    facts = [f for f in parsed.facts if f.key[0] == 2]
    assert all(f.printed.ocr for f in facts if f.printed.text)


def test_a_picture_that_is_not_at_hand_is_unread_and_told(figures: Figures) -> None:
    key = (2, "1.rule", "made")
    page = html_report(FORM, {**figures, key: "4711"})
    for picture in ('<img src="4711.png">', inline(b"\x89PNG not a picture at all")):
        parsed = parse_bytes(page.replace("4711", picture).encode())
        (fact,) = [f for f in parsed.facts if f.key == key]
        assert fact.kind == "unread"
        assert "figure-unread" in [i.code for i in parsed.issues]


@pytest.fixture(scope="module")
def table(sheets: list[Image.Image]) -> bytes:
    return saved([sheets[0].crop((120, 120, 1540, 900))], "PNG")


@pytest.mark.long
def test_a_picture_of_a_table_stands_where_the_table_should(table: bytes, figures: Figures) -> None:
    around = "<html><p>二、主动公开政府信息情况</p>{}<p>三、收到和处理政府信息公开申请情况</p>"
    logo = inline(saved([Image.new("RGB", (400, 300), "red")], "PNG"))
    wrapped = "<html><table><tr><td>" + around.format(inline(table, "x-png")) + "</td></tr></table>"
    archived = archive(
        Part(around.format('<img src="image001.png">').encode(), packed="quoted-printable"),
        Part(table, "image/png", "http://www.example.invalid/image001.png"),
    )
    by_cid = archive(Part(around.format('<img src="cid:a1">').encode()), Part(table, "image/png", "", cid="a1"))
    kept: dict[bytes, Pages] = {}
    with keeping(lambda picture, make: kept.get(picture) or kept.setdefault(picture, make())):
        for data in (around.format(inline(table) + logo).encode(), wrapped.encode(), archived, by_cid):
            parsed = parse_bytes(data)
            assert printed(parsed) == of(figures, 2)
            assert all(f.printed.ocr for f in parsed.facts)
    assert list(kept) == [table]


def test_pictures_in_the_folder_of_a_saved_page_are_read(figures: Figures, tmp_path: Path) -> None:
    """Those outside of it are not looked at, wherever a link or an address leads."""
    key = (2, "1.rule", "made")
    page = html_report(FORM, {**figures, key: "4711"}).replace("4711", '<img src="a.files/1.png">').encode()
    raw = RawFile("a.htm", len(page), 0, sha256(page).hexdigest())
    (tmp_path / "raw" / "a.files").mkdir(parents=True)
    (tmp_path / "raw" / "a.htm").write_bytes(page)
    (tmp_path / "secret.png").write_bytes(drawn("99"))
    picture = tmp_path / "raw" / "a.files" / "1.png"

    def read_there() -> str | None:
        return next(f for f in read_and_parse(tmp_path / "raw", raw, None).facts if f.key == key).printed.text

    unread = read_there()
    picture.symlink_to(tmp_path / "secret.png")
    assert read_there() == unread == OBJECT
    picture.unlink()
    picture.write_bytes(drawn("35"))
    assert read_there() == "35"


@pytest.mark.long
def test_a_page_of_pictures_is_the_report_that_they_show(sheets: list[Image.Image], figures: Figures) -> None:
    page = "".join(f"<p>{inline(saved([sheet], 'JPEG', quality=85), 'jpeg')}</p>" for sheet in sheets)
    assert printed(parse_bytes(f"<html><body>{page}</body></html>".encode())) == of(figures, 2, 4)


def test_pictures_in_the_cells_of_a_word_document_are_its_figures(figures: Figures) -> None:
    docx = pytest.importorskip("docx", reason="python-docx draws the document of this test")
    rows = [["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"], ["规章", "12", "0", "7"],
            ["行政规范性文件", "3", "403", "/"]]  # fmt: skip
    document = docx.Document()
    grid = document.add_table(3, 4)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if r and c:
                grid.cell(r, c).paragraphs[0].add_run().add_picture(BytesIO(drawn(text)))
            else:
                grid.cell(r, c).text = text
    out = BytesIO()
    document.save(out)
    (found,) = read(out.getvalue()).grids
    assert [[c.text for c in row] for row in found.rows] == rows


def in_rtf(text: str) -> str:
    return pict(drawn(text)) if FIGURE.fullmatch(text) else in_unicode(text)


def pict(data: bytes) -> str:
    digits = re.sub("(.{128})", r"\1\r\n", data.hex())
    picture = rf"{{\pict{{\*\picprop{{\sp{{\sn a}}{{\sv 12}}}}}}\pngblip\picw60{{\*\blipuid 0a1b}} {digits}}}"
    return rf"{{\*\shppict{picture}}}{{\nonshppict{{\pict\wmetafile8 0a0b}}}}"


def bin_pict(data: bytes) -> bytes:
    return rb"{\pict\pngblip\bin%d " % len(data) + data + b"}"


def test_pictures_in_the_cells_of_a_rich_text_are_its_figures(figures: Figures) -> None:
    own = of(figures, 2)
    data = rtf_report(FORM, own, RtfStyle(encode=in_rtf))
    parsed = parse_bytes(data)
    assert {key: value for key, value in printed(parsed).items() if key[0] == 2} == own
    assert all(f.printed.ocr for f in parsed.facts if f.key[0] == 2 and f.printed.text)
    packed = rtf_report(FORM, {**own, (2, "1.rule", "made"): "4711"}).replace(b"4711", bin_pict(drawn("58")))
    assert printed(parse_bytes(packed))[2, "1.rule", "made"] == "58"


def test_pictures_in_the_cells_of_an_open_document_are_its_figures(figures: Figures) -> None:
    own, files = of(figures, 2), dict[str, bytes]()

    def cell(text: str) -> str:
        if not FIGURE.fullmatch(text):
            return paragraph(text)
        name = f"Pictures/{len(files)}.png"
        files[name] = drawn(text)
        images = "".join(f'<draw:image xlink:href="{n}"/>' for n in ("./ObjectReplacements/a", name))
        return f'<text:p><draw:frame text:anchor-type="as-char">{images}</draw:frame></text:p>'

    def with_files(body: str) -> bytes:
        out = BytesIO(odf(body.replace("<draw:image ", '<draw:image xmlns:xlink="http://www.w3.org/1999/xlink" ')))
        with ZipFile(out, "a") as made:
            for name, data in files.items():
                made.writestr(name, data)
        return out.getvalue()

    parsed = parse_bytes(odt_report(FORM, own, OdtStyle(cell=cell, pack=with_files)))
    assert {key: value for key, value in printed(parsed).items() if key[0] == 2} == own
    assert all(f.printed.ocr for f in parsed.facts if f.key[0] == 2 and f.printed.text)


BLANK = ("4711", "4712", "4713")


BORDERLESS = XlsxStyle(borders=False)


def placed(book: Workbook) -> dict[str, Cell]:
    """The cells of a sheet by what they show."""
    return {str(cell.value): cell for row in book.active.iter_rows() for cell in row if cell.value is not None}


def image_at(corners: Corners, data: bytes) -> SheetImage:
    top, left, bottom, right = corners
    image = SheetImage(BytesIO(data))
    image.anchor = TwoCellAnchor(_from=AnchorMarker(left - 1, 9, top - 1, 9), to=AnchorMarker(right, 0, bottom, 0))
    return image


IN_CELLS = (
    '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"'
    ' xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><etc:cellImage><xdr:pic><xdr:nvPicPr>'
    '<xdr:cNvPr id="2" name="ID_A"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic>'
    "</etc:cellImage></etc:cellImages>"
)
OF_IN_CELLS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="image" Target="media/a.png"/></Relationships>'
)


def with_blanks(own: Figures, pictures: Sequence[tuple[Corners, bytes]], style: XlsxStyle | None = None) -> Workbook:
    """A sheet with the figures but for blank ones, and pictures that lie over it."""
    book = workbook(FORM, own, style or XlsxStyle())
    for corners, data in pictures:
        book.active.add_image(image_at(corners, data))
    for row in book.active.iter_rows():
        for cell in row:
            if str(cell.value) in BLANK:
                cell.value = None
    return book


def as_xlsx(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def as_old(book: Workbook, pictures: Sequence[tuple[Corners, bytes]]) -> bytes:
    return with_pictures(as_xls(book), pictures)


def as_older(book: Workbook, pictures: Sequence[tuple[Corners, bytes]]) -> bytes:
    """As programs that know Excel 5 put pictures into a sheet."""
    return as_xls(book, [(at, converted(data)) for at, data in pictures])


def converted(data: bytes) -> bytes:
    return saved([Image.open(BytesIO(data)).convert("RGB")], "BMP")


WRITERS: dict[str, Callable[[Workbook, Sequence[tuple[Corners, bytes]]], bytes]] = {
    "xlsx": lambda book, _: as_xlsx(book),
    "xlsb": lambda book, _: with_drawing(as_xlsb(book), as_xlsx(book)),
    "xls": as_old,
    "xls of Excel 5": as_older,
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_a_picture_over_a_cell_of_a_sheet_is_its_figure_and_one_over_several_is_told(
    write: Callable[[Workbook, Sequence[tuple[Corners, bytes]]], bytes], figures: Figures
) -> None:
    keys = (2, "1.rule", "made"), (2, "1.doc", "made"), (2, "1.doc", "valid")
    own = {**of(figures, 2), **dict(zip(keys, BLANK, strict=True))}
    cells = [cell for row in workbook(FORM, own, XlsxStyle()).active.iter_rows() for cell in row]
    at = {str(cell.value): (cell.row, cell.column) for cell in cells}
    over = [((*at["4711"], *at["4711"]), drawn("58")), ((*at["4712"], *at["4713"]), drawn("99"))]
    parsed = parse_bytes(write(with_blanks(own, over), over))
    read = {f.key: f for f in parsed.facts}
    assert printed(parsed)[keys[0]] == "58"
    assert read[keys[0]].printed.ocr
    assert [read[key].kind for key in keys[1:]] == ["unread"] * 2
    assert printed(parsed)[2, "1.doc", "repealed"] == own[2, "1.doc", "repealed"]
    assert "figure-unread" in [i.code for i in parsed.issues]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_a_picture_in_a_table_without_borders_is_its_figure(
    write: Callable[[Workbook, Sequence[tuple[Corners, bytes]]], bytes], figures: Figures
) -> None:
    """One beside it is not of the table."""
    key, own = (2, "1.rule", "made"), dict(of(figures, 2))
    cells = {k: (c.row, c.column) for k, c in placed(workbook(FORM, {**own, key: "4711"}, BORDERLESS)).items()}
    (row, column), last = cells["4711"], max(column for _, column in cells.values())
    over = [((row, column, row, column), drawn("58")), ((row, last + 2, row, last + 2), drawn("99"))]
    parsed = parse_bytes(write(with_blanks({**own, key: "4711"}, over, BORDERLESS), over))
    assert {k: v for k, v in printed(parsed).items() if k[0] == 2} == {**own, key: "58"}


@pytest.mark.long
@pytest.mark.parametrize("kind", ["xlsx", "xlsb", "xls"])
def test_a_picture_of_a_table_over_a_sheet_is_that_table(kind: str, table: bytes, figures: Figures) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A2"], sheet["A40"] = "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"
    over = [((4, 1, 30, 8), table)]
    for at, data in over:
        sheet.add_image(image_at(at, data))
    assert printed(parse_bytes(WRITERS[kind](book, over))) == of(figures, 2)


def test_a_picture_that_wps_puts_into_a_cell_is_its_figure(figures: Figures) -> None:
    """One that is not at hand is unread."""
    keys = (2, "1.rule", "made"), (2, "1.doc", "made")
    own = {**of(figures, 2), **dict.fromkeys(keys, "4711")}
    book = workbook(FORM, own, XlsxStyle())
    names = iter(("ID_A", "ID_B"))
    for row in book.active.iter_rows():
        for cell in row:
            if cell.value == 4711:
                cell.value = f'=DISPIMG("{next(names)}",1)'
                cell.data_type = "s"
    out = BytesIO(as_xlsx(book))
    with ZipFile(out, "a") as made:
        made.writestr("xl/cellimages.xml", IN_CELLS)
        made.writestr("xl/_rels/cellimages.xml.rels", OF_IN_CELLS)
        made.writestr("xl/media/a.png", drawn("58"))
    parsed = parse_bytes(out.getvalue())
    read = {f.key: f.printed.text for f in parsed.facts}
    assert [read[key] for key in keys] == ["58", OBJECT]
    assert [f.key for f in parsed.facts if f.printed.ocr] == [keys[0]]


def test_a_metafile_over_a_cell_of_an_old_sheet_is_unread(figures: Figures) -> None:
    key = (2, "1.rule", "made")
    own = {**of(figures, 2), key: "4711"}
    cells = [cell for row in workbook(FORM, own, XlsxStyle()).active.iter_rows() for cell in row]
    (place,) = [(c.row, c.column) for c in cells if str(c.value) == "4711"]
    parsed = parse_bytes(as_old(with_blanks(own, []), [((*place, *place), b"metafile")]))
    assert [f.kind for f in parsed.facts if f.key == key] == ["unread"]


def test_pictures_in_the_cells_of_an_old_word_document_are_its_figures() -> None:
    """In the line and floating, stored with it and apart; a metafile is unread, what is hidden is not there."""
    rows: list[list[Content]] = [
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", InLine(drawn("12")), Floating(drawn("0", kind="JPEG")), Floating(drawn("7"), apart=True)],
        ["行政规范性文件", InLine(drawn("403", kind="BMP")), InLine(b"metafile"), InLine(drawn("5"), HIDDEN)],
    ]
    (found,) = read(doc([], rows)).grids
    assert [[c.text for c in row] for row in found.rows][1:] == [
        ["规章", "12", "0", "7"], ["行政规范性文件", "403", OBJECT, ""],
    ]  # fmt: skip
    assert [c.left_out for c in found.cells if c.left_out] == [OBJECT]


def test_damaged_drawings_of_old_files_end_well() -> None:
    rng = random.Random(4)
    book, place = workbook(FORM, {}, XlsxStyle()), (5, 3, 5, 3)
    pictured = [[InLine(b"metafile"), Floating(b"metafile"), Floating(b"metafile", apart=True)]]
    for data in (doc([], pictured), as_old(book, [(place, b"metafile")]), as_older(book, [(place, drawn("5"))])):
        for _ in range(60):
            damaged = bytearray(data)
            for _ in range(rng.choice([1, 5, 40])):
                damaged[rng.randrange(512, len(data))] = rng.choice([0, 1, 255, rng.randrange(256)])
            with suppress(Refused):
                read(bytes(damaged))


@pytest.mark.long
def test_a_picture_of_a_table_in_an_old_word_document_is_that_table(table: bytes, figures: Figures) -> None:
    headings = "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"
    for picture in (InLine(table), Floating(table)):
        parsed = parse_bytes(doc([headings[0], picture, headings[1]], [["甲", "1"], ["乙", "2"]]))
        assert printed(parsed) == of(figures, 2)
        assert all(f.printed.ocr for f in parsed.facts)


def test_a_picture_over_a_cell_of_an_open_sheet_is_its_figure(figures: Figures) -> None:
    key = (2, "1.rule", "made")
    frame = (
        '<draw:frame><draw:image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="Pictures/a.png"/></draw:frame>'
    )
    own = {**of(figures, 2), key: "4711"}

    def with_picture(body: str, *more: str) -> bytes:
        out = BytesIO(odf(re.sub(r"<text:p>4711</text:p>", frame, body), *more))
        with ZipFile(out, "a") as made:
            made.writestr("Pictures/a.png", drawn("58"))
        return out.getvalue()

    parsed = parse_bytes(as_ods(workbook(FORM, own, XlsxStyle()), with_picture))
    assert {k: v for k, v in printed(parsed).items() if k[0] == 2} == {**own, key: "58"}
    assert [f.key for f in parsed.facts if f.printed.ocr] == [key]


def test_a_drawing_without_a_picture_in_a_cell_is_no_blank() -> None:
    docx = pytest.importorskip("docx", reason="python-docx draws the document of this test")
    document = docx.Document()
    grid = document.add_table(1, 2)
    grid.cell(0, 1).paragraphs[0].add_run().add_picture(BytesIO(drawn("7")))
    (graphic,) = document.element.body.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}graphic")
    graphic.getparent().remove(graphic)
    out = BytesIO()
    document.save(out)
    (found,) = read(out.getvalue()).grids
    assert [(c.text, c.is_blank) for c in found.cells] == [("", True), (OBJECT, False)]


def test_signs_are_for_so_many_pictures_and_no_text_keeps_any() -> None:
    pictures = Pictures()
    signs = [pictures.sign(b"no picture") for _ in range(MAX_PICTURES + 1)]
    assert len(set(signs[:MAX_PICTURES])) == MAX_PICTURES
    assert signs[-1] == pictures.sign(None) == pictures.sign(b"") != signs[0]
    assert pictures.shown([Paragraph(f"一{signs[0]}、总体{signs[1]}")]) == (Paragraph("一"), Paragraph("、总体"))


@pytest.mark.parametrize("address", ["inline-picture:7", "inline-picture:x", "inline-picture:", "a.png", ""])
def test_an_address_of_no_picture_in_the_page_gives_none(address: str) -> None:
    page, found = without_inline('<img src="data:image/png;base64,' + "QUJD" * 9 + '">')
    assert page == '<img src="inline-picture:0">'
    assert unpacked("inline-picture:0", found) == b"ABC" * 9
    assert unpacked(address, found) is None


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("<xdr:sp><xdr:spPr><a:custGeom/></xdr:spPr></xdr:sp>", "unread"),
        ('<xdr:sp><xdr:spPr><a:prstGeom prst="rect"/></xdr:spPr></xdr:sp>', "blank"),
        ('<xdr:cxnSp><xdr:spPr><a:prstGeom prst="line"/></xdr:spPr></xdr:cxnSp>', "blank"),
    ],
)
def test_a_digit_that_is_drawn_over_a_cell_of_a_sheet_is_unread(shape: str, kind: str, figures: Figures) -> None:
    key = (2, "1.rule", "made")
    own = {**of(figures, 2), key: BLANK[0]}
    cells = [cell for row in workbook(FORM, own, XlsxStyle()).active.iter_rows() for cell in row]
    at = next((c.row, c.column) for c in cells if str(c.value) == BLANK[0])
    names = "".join(
        f' xmlns:{name}="http://schemas.openxmlformats.org/drawingml/2006/{kind}"'
        for name, kind in (("xdr", "spreadsheetDrawing"), ("a", "main"))
    )
    out = BytesIO()
    with ZipFile(BytesIO(as_xlsx(with_blanks(own, [((*at, *at), drawn("58"))])))) as made, ZipFile(out, "w") as other:
        for name in made.namelist():
            part = made.read(name)
            if name == "xl/drawings/drawing1.xml":
                text = re.sub(r"<(?:\w+:)?pic\b.*</(?:\w+:)?pic>", shape, part.decode(), flags=re.DOTALL)
                part = re.sub(r"<(?:\w+:)?wsDr\b", lambda found: found[0] + names, text, count=1).encode()
            other.writestr(name, part)
    facts = {f.key: f for f in parse_bytes(out.getvalue()).facts}
    assert facts[key].kind == kind
