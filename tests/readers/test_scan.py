"""Pages that are pictures: read cell for cell however they are worn, turned or packed; what is not certain is told."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Protocol

import numpy as np
import pypdfium2
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.forms.loading import form
from pipeline.issues import REASONS
from pipeline.raw.scan import scan_folder
from pipeline.readers import Refused, read, scan, sniff
from pipeline.readers.kept import Pages, keeping
from pipeline.readers.scan import watching
from tests.conftest import parse_bytes, printed
from tests.readers.draw_ofd import pictured
from tests.readers.draw_pdf import Box, Rows, Style, of_table, report, table2, table3, table4
from tests.render import Figures, balanced_figures, keys

pytest.importorskip("onnxruntime", reason="pip install 'disclosure[ocr]' to test how pictures are read")
pytest.importorskip("rapidocr", reason="pip install 'disclosure[ocr]' to test how pictures are read")

from PIL import Image, ImageFilter

from pipeline.readers.scan import blobs, cleaning, cutting, pictures, reading, recogniser, recognition, ruled
from pipeline.runs.page_cache import load, store
from pipeline.runs.workers import read_and_parse
from tests.readers.draw_scan import beside, digits, photocopied, saved, scanned, sealed, stamped, turned
from tests.readers.draw_scan import pictures as shown

FORM = form("2021")
PLAIN = Style(size=9.5)


@pytest.fixture(scope="module")
def figures() -> Figures:
    return balanced_figures(FORM, random.Random(8), zeros=0.5)


@pytest.fixture(scope="module")
def sheet(figures: Figures) -> Image.Image:
    """A page with table 二, which has no identity."""
    return shown(of_table(table2(FORM.table(2), figures), Style(size=9.5, page_numbers=False)))[0]


def of(figures: Figures, *tables: int) -> Mapping[tuple[int, str, str], str]:
    return {key: value for key, value in figures.items() if key[0] in tables}


@pytest.mark.long
def test_a_photocopied_report_is_read_cell_for_cell(figures: Figures) -> None:
    pages = [photocopied(page) for page in shown(report(FORM, figures, PLAIN))]
    with watching(lambda done, of_all: seen.append((done, of_all))):
        seen: list[tuple[int, int]] = []
        parsed = parse_bytes(scanned(pages))
    assert printed(parsed) == figures
    assert parsed.title == "新华区曙光街街道办事处2024年政府信息公开工作年度报告"
    assert seen == [(n, len(pages)) for n in range(len(pages) + 1)]
    assert all(f.printed.ocr for f in parsed.facts)
    assert parsed.refusal is not None
    assert parsed.refusal.reason == "title-unconfirmed"  # nothing but the title names the publisher


@pytest.mark.long
def test_a_folder_of_numbered_pictures_is_the_report_that_they_show(figures: Figures, tmp_path: Path) -> None:
    """Two reports in one folder are two."""
    other = replace(PLAIN, title=("东湖区教育局2023年政府信息公开工作年度报告",))
    of_both = shown(report(FORM, figures, PLAIN)), shown(report(FORM, figures, other))
    for name, pages in (("one", of_both[0]), ("both", [*of_both[0], *of_both[1]])):
        (tmp_path / name).mkdir()
        for n, page in enumerate(pages, start=1):
            (tmp_path / name / f"第{n}页.png").write_bytes(saved([page], "PNG", dpi=(200, 200)))
    kept: dict[bytes, Pages] = {}
    with keeping(lambda picture, make: kept.get(picture) or kept.setdefault(picture, make())):
        both, one = (read_and_parse(tmp_path, raw, None) for raw in scan_folder(tmp_path, {}).files)
    assert (one.raw.path, one.title) == ("one/第1页.png", "新华区曙光街街道办事处2024年政府信息公开工作年度报告")
    assert printed(one) == figures
    assert [p.title for p in both.reports] == [one.title, *other.title]
    assert [printed(p) for p in both.reports] == [figures] * 2


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "pack"),
    [
        ("image", lambda page: saved([page], "PNG")),
        ("image", lambda page: saved([page.convert("1")], "TIFF", compression="group4", dpi=(200, 200))),
        ("image", lambda page: saved([page.convert("L")], "BMP")),
        ("image", lambda page: saved([page], "WEBP")),
        ("image", lambda page: saved([page.resize((992, 1403))], "JPEG", quality=85)),
        ("ofd", lambda page: pictured([saved([page], "PNG")])),
        ("ofd", lambda page: pictured([saved([page], "JPEG")], matrix=False)),
        ("pdf", lambda page: scanned([page.rotate(180)])),
        ("pdf", lambda page: scanned([page.rotate(90, expand=True)])),
        ("pdf", lambda page: scanned([turned(2)(page)])),
        ("pdf", lambda page: scanned([page.point(lambda v: 255 - (255 - v) // 12)])),
        ("pdf", lambda page: scanned([beside(Image.new("RGB", page.size, "white"), page)])),
    ],
    ids=["png", "bilevel-tiff", "bmp", "webp", "jpeg-120-dpi", "ofd", "ofd-jpeg", "upside-down", "on-its-side", "askew", "pale", "spread"],
)  # fmt: skip
def test_a_page_is_read_whatever_it_is_packed_in_and_however_it_lies(
    sheet: Image.Image, figures: Figures, kind: str, pack: object
) -> None:
    data = pack(sheet)  # type: ignore[operator]
    assert sniff(data) == kind
    parsed = parse_bytes(data)
    assert parsed.format == kind
    assert printed(parsed) == of(figures, 2)


@pytest.mark.long
def test_pages_of_text_and_of_pictures_are_one_report(figures: Figures) -> None:
    whole = report(FORM, figures, Style(size=9.5, space=500))
    document = pypdfium2.PdfDocument(whole)
    page = shown(whole)[1]
    mixed = pypdfium2.PdfDocument.new()
    for number in range(len(document)):
        if number == 1:
            mixed.import_pages(pypdfium2.PdfDocument(scanned([page])))
        else:
            mixed.import_pages(document, [number])
    out = BytesIO()
    mixed.save(out)
    parsed = parse_bytes(out.getvalue())
    assert printed(parsed) == figures
    assert {f.printed.page for f in parsed.facts if f.printed.ocr} == {2}
    assert any(f.printed.ocr is None for f in parsed.facts)


@pytest.mark.long
def test_dashes_blanks_and_lone_digits_are_told_apart_by_their_ink() -> None:
    marks = ["—", "-", "", "0", "1", "/", "7", "——", "11", "8"]
    rows = [[Box("甲"), Box("乙")], *([Box("合计"), Box(mark)] for mark in marks)]
    page = shown(of_table(Rows(rows, [1, 1]), Style(size=10.5, page_numbers=False)))[0]
    (grid,) = read(scanned([page])).grids
    assert [c.text for c in grid.cells if c.col == 1 and c.row] == [
        m.replace("——", "—").replace("-", "—") for m in marks
    ]


class Layer(Protocol):
    """How text is put on a page beside its picture."""

    def __call__(self, canvas: Canvas, picture: Callable[[], None], write: Callable[[int], None]) -> None: ...


def over(canvas: Canvas, picture: Callable[[], None], write: Callable[[int], None]) -> None:
    picture()
    write(3)


def under(canvas: Canvas, picture: Callable[[], None], write: Callable[[int], None]) -> None:
    write(0)
    picture()


@pytest.mark.parametrize("layer", [over, under])
def test_text_that_nobody_sees_beside_a_picture_is_not_believed(
    sheet: Image.Image, figures: Figures, layer: Layer
) -> None:
    out = BytesIO()
    canvas = Canvas(out, (595, 842))

    def write(mode: int) -> None:
        text = canvas.beginText(60, 700)
        text.setTextRenderMode(mode)
        for _ in range(20):
            text.textLine("999 999 999 999 999 999")
        canvas.drawText(text)

    layer(canvas, lambda: canvas.drawImage(ImageReader(sheet), 0, 0, 595, 842), write)
    canvas.save()
    assert printed(parse_bytes(out.getvalue())) == of(figures, 2)


@pytest.mark.one_case
@pytest.mark.parametrize("whole", [True, False], ids=["a-picture-of-the-page", "a-picture-of-the-table"])
def test_a_table_that_is_a_picture_on_a_page_of_text_is_read(sheet: Image.Image, figures: Figures, whole: bool) -> None:
    """What the page prints itself is kept, and only what is a picture is uncertain."""
    out = BytesIO()
    canvas = Canvas(out, (595, 842))
    for n in range(3):
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(60, 800 - 20 * n, "二、主动公开政府信息情况，本年共公开信息三百余条")
    table = sheet.crop((120, 120, 1540, 900))
    if whole:
        page = Image.new("RGB", sheet.size, "white")
        page.paste(table, (120, 520))
        canvas.drawImage(ImageReader(page), 0, 0, 595, 842, mask=None)
        for n in range(3):
            canvas.drawString(60, 800 - 20 * n, "二、主动公开政府信息情况，本年共公开信息三百余条")
    else:
        canvas.drawImage(ImageReader(table), 42, 300, 511, 281)
    canvas.save()
    document = read(out.getvalue())
    assert [p.text for p in document.paragraphs] == ["二、主动公开政府信息情况，本年共公开信息三百余条"] * 3
    assert not any(p.ocr for p in document.paragraphs)
    parsed = parse_bytes(out.getvalue())
    assert printed(parsed) == of(figures, 2)
    assert all(f.printed.ocr for f in parsed.facts)


def test_amounts_in_text_keep_all_their_digits() -> None:
    """Of too few dots across, digits are lost: 564454 was read as 54."""
    rng = random.Random(6)
    said = [str(rng.randint(1, 999_999)) for _ in range(90)]
    text = "".join(f"办理行政许可{n}件，" if number % 2 else f"罚款{n}万元，" for number, n in enumerate(said))
    page = shown(report(FORM, {}, replace(PLAIN, narrative=text)), 120)[0].filter(ImageFilter.GaussianBlur(0.8))
    printed_text = "".join(p.text for p in read(scanned([page], 120)).paragraphs)
    assert re.findall(r"(?:许可|罚款)(\d+)", printed_text) == said


def test_a_seal_over_labels_of_a_table_draws_no_rulings() -> None:
    """Its sides are as straight for a while as a ruling is, and cut the cell that they stand in."""
    figures = balanced_figures(FORM, random.Random(3))
    page = shown(of_table(table3(FORM.table(3), figures), Style(size=9.5, page_numbers=False)))[0]
    plain, red = (printed(parse_bytes(scanned([p]))) for p in (page, sealed(330, 250)(page)))
    assert red == plain
    assert len(plain) > 100


@pytest.mark.parametrize(("x", "y"), [(560, 260), (820, 330), (950, 330)])
def test_rims_that_jpeg_leaves_of_a_seal_are_no_print(x: int, y: int) -> None:
    """They joined letters of the head of a table and figures, and a column was lost with its label."""
    figures = balanced_figures(FORM, random.Random(3))
    page = shown(of_table(table3(FORM.table(3), figures), Style(size=9.5, page_numbers=False)))[0]
    assert printed(parse_bytes(scanned([stamped(x, y)(page)]))) == of(figures, 3)


def test_an_upright_page_of_dashes_is_not_turned() -> None:
    """Dashes are the longest lines of such a page for their height, and tell nothing of its letters."""
    marked = {key: "—" if n % 5 else str(n) for n, key in enumerate(keys(FORM))}
    page = shown(report(FORM, marked, Style(size=12, narrative="无。")))[1]
    assert reading.levelled_pages(np.asarray(page))[0].shape == page.size[::-1]


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("page", ["text-and-table", "table-sealed-grey"])
def test_a_page_whose_letters_are_read_as_they_lie_is_turned(figures: Figures, page: str, quarters: int) -> None:
    """Letters on their side are read surely too where they stand in lines of a few, far from each other."""
    if page == "text-and-table":
        upright = shown(report(FORM, figures, PLAIN))[0]
    else:
        table = shown(of_table(table4(FORM.table(4), figures), Style(size=9.5, page_numbers=False)))[0]
        upright = sealed(900, 420)(table).convert("L").convert("RGB")
    dots = np.asarray(upright)
    (level,) = reading.levelled_pages(np.ascontiguousarray(np.rot90(dots, quarters)))
    assert level.shape == upright.size[::-1]
    own, turned_over = ((level - dots[::way, ::way, 0].astype(float)) ** 2 for way in (1, -1))
    assert own.mean() < turned_over.mean() / 2


def test_an_upright_page_whose_lines_a_seal_has_joined_is_not_turned() -> None:
    """With few dots its joined cells are hardly legible, and look no better than the table on its side."""
    figures = balanced_figures(FORM, random.Random(8), zeros=0.5)
    sheet = shown(of_table(table4(FORM.table(4), figures), Style(size=9.5, page_numbers=False)))[0]
    page = sealed(900, 420)(sheet).convert("L").convert("RGB")
    assert reading.levelled_pages(np.asarray(page))[0].shape == page.size[::-1]


@pytest.mark.parametrize(("colour", "dpi", "most"), [(True, 200, 2), (False, 120, 10)], ids=["red", "grey"])
def test_what_a_seal_spoils_is_told(sheet: Image.Image, figures: Figures, colour: bool, dpi: int, most: int) -> None:
    """Print shows through red ink; a grey seal cannot be told from print. What is lost or wrong is so aloud."""
    page = sealed(900, 420)(sheet)
    page = page if colour else page.convert("L").convert("RGB").resize((992, 1403))
    parsed = parse_bytes(scanned([page], dpi))
    told = {(i.table_no, i.row_code) for i in parsed.issues}
    found = printed(parsed)
    wrong = [key for key, value in of(figures, 2).items() if found.get(key) != value]
    assert len(wrong) <= most
    assert all((key[0], key[1]) in told or (key[0], None) in told for key in wrong)


def test_pages_are_kept_with_all_that_was_read(sheet: Image.Image, tmp_path_factory: pytest.TempPathFactory) -> None:
    kept: list[object] = []

    def keep(data: bytes, make: object) -> object:
        kept.append(pages := make())  # type: ignore[operator]
        return pages

    with keeping(keep):  # type: ignore[arg-type]
        read(scanned([sheet]))
    (pages,) = kept
    file = tmp_path_factory.mktemp("kept") / "a.json.gz"
    store(file, pages)  # type: ignore[arg-type]
    assert load(file) == pages
    assert pages[0].crops  # type: ignore[index]


def test_without_the_packages_a_scan_is_refused_and_told_how_to_get_them(
    sheet: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "is_installed", lambda: False)
    for data in (scanned([sheet]), saved([sheet], "PNG")):
        with pytest.raises(Refused, match=r"pip install 'disclosure\[ocr\]'") as refused:
            read(data)
        assert refused.value.reason == "scan-without-text"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "damaged"),
        (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 400, "damaged"),
        (lambda: b"II*\0" + b"\xff" * 60, "damaged"),
        (lambda: saved([Image.new("1", (20_000, 20_000))], "PNG"), "too-large"),
        (lambda: saved([Image.new("L", (40, 30), 255)], "PNG"), "nothing-legible"),
        (lambda: saved([Image.new("1", (9, 9), 1)] * (scan.MAX_PAGES + 1), "TIFF"), "too-large"),
    ],
    ids=["damaged-png", "damaged-jpeg", "damaged-tiff", "bomb", "empty", "too-many-pages"],
)
def test_a_bad_picture_is_refused_with_its_reason(data: Callable[[], bytes], reason: str) -> None:
    picture = data()
    with pytest.raises(Refused) as refused:
        read(picture)
    assert refused.value.reason == reason
    assert reason in REASONS


# ------------------------------------------------------------------------------------------------- the steps by themselves


@pytest.mark.parametrize("angle", [-2.0, -0.5, 0.0, 0.8, 3.0])
def test_the_angle_of_a_page_is_found(sheet: Image.Image, angle: float) -> None:
    shades = cleaning.grey(np.asarray(turned(-angle)(sheet)))
    assert cleaning.skew(shades) == pytest.approx(angle, abs=0.06)


def test_a_wide_table_is_no_spread(figures: Figures) -> None:
    wide = shown(of_table(table3(FORM.table(3), figures), Style(size=9.5, page_numbers=False)))[0]
    assert len(cleaning.halves(cleaning.grey(np.asarray(beside(wide, wide))))) == 2
    landscape = cleaning.grey(np.asarray(wide.resize((2339, 1654))))
    assert len(cleaning.halves(landscape)) == 1


def test_a_dark_edge_of_a_copy_is_no_ruling(figures: Figures) -> None:
    page = np.asarray(shown(of_table(table3(FORM.table(3), figures), PLAIN))[0]).copy()
    page[:1_400, :14] = page[-9:, :300] = 30
    plain, edged = (cutting.cut(cleaning.grey(p), 1)[0] for p in (page[9:-9, 14:], page))
    assert len(edged.level) == len(plain.level) > 20
    assert len(edged.upright) == len(plain.upright) > 5


def test_rulings_are_found_where_they_are_drawn_and_none_in_large_letters(figures: Figures) -> None:
    page = shown(report(FORM, figures, Style(size=12, title=("平安市政府",) * 3)))[0]
    shades = cleaning.grey(np.asarray(page))
    found, lines = cutting.cut(shades, 1)
    title = [line for line in lines if not line.in_cell][:3]
    assert all(not r.at < line.span.bottom * pictures.POINTS for line in title for r in found.level)
    assert ruled.ruled(cleaning.ink(shades)).level


def test_a_picture_of_a_table_in_a_word_document_is_the_table(sheet: Image.Image, figures: Figures) -> None:
    docx = pytest.importorskip("docx", reason="python-docx draws the document of this test")
    document = docx.Document()
    document.add_paragraph("二、主动公开政府信息情况")
    document.add_picture(BytesIO(saved([sheet.crop((120, 120, 1540, 900))], "PNG")))
    document.add_picture(BytesIO(saved([Image.new("RGB", (60, 60), "red")], "PNG")))  # a logo
    out = BytesIO()
    document.save(out)
    parsed = parse_bytes(out.getvalue())
    assert parsed.format == "docx"
    assert printed(parsed) == of(figures, 2)
    assert all(f.printed.ocr for f in parsed.facts)


def test_characters_that_fonts_do_not_tell_are_known_beside_western_ones_that_they_seem() -> None:
    unknown = scan.UNKNOWN
    assert scan.is_untold([unknown] * 40 + list("2023‘Ž”•œ") * 8)
    assert scan.is_untold([unknown])
    assert not scan.is_untold(list("二〇二三年政府信息公开") + [unknown] * 6)
    assert not scan.is_untold(list("plain text"))


@pytest.mark.parametrize(("bar", "certain"), [(False, True), (True, False)], ids=["a-1", "a-worn-4"])
def test_a_1_with_a_bar_below_its_flag_is_not_certain(bar: bool, certain: bool) -> None:
    """A 4 of which black and white have left the stem and the end of the bar is read as a 1 by both recognisers."""
    dots = np.full((64, 80), 255, dtype=np.uint8)
    dots[14:50, 40:44] = 0
    dots[14:18, 35:40] = 0  # the flag
    if bar:
        dots[36:39, 26:40] = 0
    pieces = blobs.blobs(dots < 128)
    line = replace(cutting.line_of(blobs.lines(pieces, 48)[0], pieces, dots, 48), in_cell=True)
    ((one, other, _),) = recognition.read_lines([line])
    assert other is not None
    assert (one.text == "1" and min(one.sure, other.sure) >= recognition.SURE) is certain


class Sure:
    """A model that gives each step of a line the same chances, by number of the character."""

    def __init__(self, chances: Sequence[float]) -> None:
        self.chances = chances

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="x")]

    def run(self, _: None, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        lines, _, _, width = inputs["x"].shape
        return [np.tile(np.array(self.chances, dtype=np.float32), (lines, width // 8, 1))]


@pytest.mark.parametrize(
    ("chances", "text", "sure"),
    [
        ([0.02, 0.55, 0.4, 0.02, 0.01, 0.0], "0", 0.97),
        ([0.02, 0.3, 0.6, 0.05, 0.02, 0.01], "O", 0.95),
        ([0.3, 0.5, 0.1, 0.0, 0.05, 0.05], "0", 0.6),
        ([0.02, 0.0, 0.0, 0.0, 0.58, 0.4], "1", 0.58),
    ],
    ids=["0-or-O", "O-or-0", "0-or-nothing", "1-or-l"],
)
def test_a_nought_is_as_sure_as_that_it_is_one_or_the_letter(chances: list[float], text: str, sure: float) -> None:
    model = recogniser.Recogniser(Sure(chances), ("", *"0Oo1l"))
    ((letter,),) = model.read([np.full((30, 30), 255, dtype=np.uint8)])
    assert (letter.text, letter.sure) == (text, pytest.approx(sure, abs=1e-6))


@pytest.mark.parametrize(
    ("wide", "high", "text", "asked"), [(14, 4, "—", False), (6, 6, "", False), (24, 4, "—", True), (16, 36, "1", True)]
)
def test_no_recogniser_is_asked_where_ink_alone_decides(
    monkeypatch: pytest.MonkeyPatch, wide: int, high: int, text: str, asked: bool
) -> None:
    """A dash that is short is doubtful whatever it is read as, dust is nothing."""
    dots = np.full((64, 80), 255, dtype=np.uint8)
    dots[30 - high // 2 : 30 + high // 2, 40 - wide // 2 : 40 + wide // 2] = 0
    pieces = blobs.blobs(dots < 128)
    line = replace(cutting.line_of(blobs.lines(pieces, 48)[0], pieces, dots, 48), in_cell=True)
    seen: list[int] = []

    def read(_: object, lines: Sequence[object]) -> list[tuple[recogniser.Letter, ...]]:
        seen.append(len(lines))
        return [(recogniser.Letter("1", 0.5, 1.0),) for _ in lines]

    monkeypatch.setattr(recogniser.Recogniser, "read", read)
    ((one, other, rivals),) = recognition.read_lines([line])
    assert other is not None
    assert (one.text, other.text, rivals) == (text, text, ())
    assert (sum(seen) > 0) is asked


def test_ink_in_a_cell_that_no_recogniser_reads_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where only two cells are so, of which no page is worn."""
    monkeypatch.setattr(recogniser.Recogniser, "read", lambda _, lines: [()] * len(lines))
    pixels = np.asarray(digits(2, 3)).copy()
    for column in (310, 460):
        pixels[210:250, column : column + 130] = pixels[270:310, column : column + 130] = 255
    ((_, page),) = reading.pages(pixels, 1)
    assert [(crop.text, crop.sure) for crop in page.crops] == [("", 0.0)] * 2
